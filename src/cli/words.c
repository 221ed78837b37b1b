/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closed lists of words: what an argument may be, for checking, completion, and "did you mean". */
#include "cli/cmd.h"
#include "util/closest.h"

static const char *
fixed_word(enum cli_values values, size_t i)
{
    static const char *const severities[] = { "error", "warning", "note", NULL };
    static const char *const guests[] = { "sev", "sev-es", "sev-snp", NULL };
    static const char *const colours[] = { "auto", "always", "never", NULL };
    static const char *const shells[] = { "bash", "zsh", "fish", NULL };

    switch (values) {
    case CLI_SEVERITY:
        return severities[i];
    case CLI_GUEST:
        return guests[i];
    case CLI_COLOUR:
        return colours[i];
    case CLI_SHELL:
        return shells[i];
    default:
        return NULL;
    }
}

static const char *
word_at(enum cli_values values, size_t i)
{
    struct cvmdom_rule rule;

    switch (values) {
    case CLI_COMMAND:
        return cli_commands[i] ? cli_commands[i]->name : NULL;
    case CLI_TARGET:
        return cvmdom_target_name(i, NULL, NULL);
    case CLI_FORMAT:
        return cvmdom_format_name(i, NULL);
    case CLI_RULE:
        return cvmdom_rule_at(i, &rule) == 0 ? rule.id : NULL;
    default:
        return fixed_word(values, i);
    }
}

const char **
cli_words(enum cli_values values)
{
    GPtrArray *words;
    const char *word;

    if (!word_at(values, 0)) {
        return NULL;
    }
    words = g_ptr_array_new();
    for (size_t i = 0; (word = word_at(values, i)); i++) {
        g_ptr_array_add(words, (char *)word);
    }
    g_ptr_array_add(words, NULL);
    return (const char **)g_ptr_array_free(words, FALSE);
}

gboolean
cli_word_check(enum cli_values values, const char *what, const char *word)
{
    g_autofree const char **words = cli_words(values);
    g_autofree char *list = NULL;
    const char *near;

    if (!words || g_strv_contains(words, word)) {
        return TRUE;
    }
    near = cvm_closest(word, words);
    if (near) {
        cli_say(_("there is no %1$s '%2$s'; did you mean '%3$s'?"), what, word, near);
        return FALSE;
    }
    list = g_strjoinv(", ", (char **)words);
    cli_say(_("there is no %1$s '%2$s'; there are: %3$s"), what, word, list);
    return FALSE;
}
