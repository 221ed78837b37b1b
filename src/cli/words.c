/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closed lists of words: what an argument may be, for checking, completion, and "did you mean". */
#include <string.h>

#include "cli/cmd.h"
#include "cvmdom/readiness.h"
#include "util/closest.h"

static const char *
fixed_word(enum cli_values values, size_t i)
{
    static const char *const severities[] = { "error", "warning", "note", NULL };
    static const char *const guests[] = { "sev", "sev-es", "sev-snp", NULL };
    static const char *const colours[] = { "auto", "always", "never", NULL };
    static const char *const shells[] = { "bash", "zsh", "fish", NULL };
    static const char *const schemas[] = { "profile",     "config", "findings", "readiness",
                                           "measurement", "guest",  "fleet",    NULL };
    static const char *const descriptions[] = { "text", "json", NULL };
    static const char *const yes_no[] = { "yes", "no", NULL };
    static const char *const vmsas[] = { "legacy", "fpu", NULL };
    static const char *const vmms[] = { "qemu", "ec2", "gce", "svsm", NULL };
    static const char *const digests[] = { "text", "json", "base64", NULL };
    static const char *const fleets[] = { "text", "json", "html", NULL };

    switch (values) {
    case CLI_SEVERITY:
        return severities[i];
    case CLI_GUEST:
        return guests[i];
    case CLI_COLOUR:
        return colours[i];
    case CLI_SHELL:
        return shells[i];
    case CLI_SCHEMA:
        return schemas[i];
    case CLI_DESCRIPTION:
        return descriptions[i];
    case CLI_YES_NO:
        return yes_no[i];
    case CLI_VMSA:
        return vmsas[i];
    case CLI_VMM:
        return vmms[i];
    case CLI_DIGEST:
        return digests[i];
    case CLI_FLEET:
        return fleets[i];
    default:
        return NULL;
    }
}

/* Rules by turns by id and name, then messages, return codes, errors of the kernel, and checks of
 * hosts. */
static const char *
topic_at(size_t i)
{
    struct cvmdom_rule rule;
    struct cvmdom_message message;
    struct cvmdom_firmware_code code;
    struct cvmdom_errno error;
    struct cvmdom_check_info check;
    size_t rules = 0, messages = 0, codes = 0, errors = 0;

    while (cvmdom_rule_at(rules, &rule) == 0) {
        if (i / 2 == rules++) {
            return i % 2 == 0 ? rule.id : rule.name;
        }
    }
    i -= 2 * rules;
    while (cvmdom_message_at(messages, &message) == 0) {
        if (i == messages++) {
            return message.id;
        }
    }
    i -= messages;
    while (cvmdom_firmware_code_at(codes, &code) == 0) {
        if (i == codes++) {
            return code.name;
        }
    }
    i -= codes;
    while (cvmdom_errno_at(errors, &error) == 0) {
        if (i == errors++) {
            return error.name;
        }
    }
    return cvmdom_check_info_at(i - errors, &check) == 0 ? check.id : NULL;
}

static const char *
word_at(enum cli_values values, size_t i)
{
    switch (values) {
    case CLI_COMMAND:
        return cli_program.commands[i] ? cli_program.commands[i]->name : NULL;
    case CLI_TARGET:
        return cvmdom_target_name(i, NULL, NULL);
    case CLI_FORMAT:
        return cvmdom_format_name(i, NULL);
    case CLI_TOPIC:
        return topic_at(i);
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

/* What is said of a word that is not on a list: with a near one, and without. */
struct mistake {
    enum cli_values values;
    const char *near, *far;
};

static const struct mistake mistakes[] = {
    { CLI_COMMAND, N_("there is no command '%1$s'; did you mean '%2$s'?"),
      N_("there is no command '%1$s'; there are: %2$s") },
    { CLI_SCHEMA, N_("there is no schema '%1$s'; did you mean '%2$s'?"),
      N_("there is no schema '%1$s', but: %2$s") },
    { CLI_TOPIC, N_("there is nothing to explain about '%1$s'; did you mean '%2$s'?"),
      N_("there is nothing to explain about '%1$s': 'cvmdom explain --list' lists what there "
         "is") },
    { CLI_SHELL, N_("there is no completion for '%1$s'; did you mean '%2$s'?"),
      N_("there is no completion for '%1$s', but for: %2$s") },
};

static void
explain_operand(enum cli_values values, const char *word, const char *near, const char *list)
{
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        if (mistakes[i].values == values) {
            cli_say(near ? _(mistakes[i].near) : _(mistakes[i].far), word, near ? near : list);
        }
    }
}

static void
explain_option(const char *option, const char *word, const char *near, const char *list)
{
    if (near) {
        cli_say(_("option '--%1$s' does not take '%2$s'; did you mean '%3$s'?"), option, word,
                near);
    } else {
        cli_say(_("option '--%1$s' does not take '%2$s', but: %3$s"), option, word, list);
    }
}

gboolean
cli_word_check(enum cli_values values, const char *option, const char *word)
{
    g_autofree const char **words = cli_words(values);
    g_autofree char *list = NULL;
    const char *near;

    if (!words || g_strv_contains(words, word)) {
        return TRUE;
    }
    near = cvm_closest(word, words);
    list = g_strjoinv(", ", (char **)words);
    if (option) {
        explain_option(option, word, near, list);
    } else {
        explain_operand(values, word, near, list);
    }
    return FALSE;
}

/* "host check": how a command is called, without the program's own name. */
static char *
join_path(const struct cli_command *parent, const char *name)
{
    g_autofree char *path = cli_command_path(parent);

    return g_strjoin(" ", path, name, NULL);
}

/* The nearest command to a name that is none below parent: by its spelling, or of that name but
 * below another one. The caller's to g_free(), as it is called below the program. */
static char *
find_near(const struct cli_command *parent, const char *name, const char *const *names)
{
    const char *near = cvm_closest(name, names);

    if (near) {
        return join_path(parent, near);
    }
    for (size_t i = 0; cli_program.commands[i]; i++) {
        const struct cli_command *group = cli_program.commands[i];

        for (size_t j = 0; group->commands && group->commands[j]; j++) {
            if (g_str_equal(group->commands[j]->name, name)) {
                return cli_command_path(group->commands[j]);
            }
        }
    }
    return NULL;
}

char *
cli_command_names(const struct cli_command *parent, const char *between)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; parent->commands[i]; i++) {
        g_string_append_printf(names, "%s%s", i > 0 ? between : "", parent->commands[i]->name);
    }
    return g_string_free(names, FALSE);
}

const struct cli_command *
cli_command_find(const struct cli_command *parent, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *list = cli_command_names(parent, ", ");
    g_autofree char *path = join_path(parent, name);
    g_autofree char *near = NULL;

    for (size_t i = 0; parent->commands[i]; i++) {
        if (g_str_equal(parent->commands[i]->name, name)) {
            return parent->commands[i];
        }
        g_ptr_array_add(names, (char *)parent->commands[i]->name);
    }
    g_ptr_array_add(names, NULL);
    near = find_near(parent, name, (const char *const *)names->pdata);
    explain_operand(CLI_COMMAND, path + strlen(PACKAGE " "),
                    near ? near + strlen(PACKAGE " ") : NULL, list);
    return NULL;
}
