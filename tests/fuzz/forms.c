/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scripts, units and YAML, from whatever was read: each is read by its reader's own rules, written
 * down here a second time, and has exactly the words that it should have. */
#include <jansson.h>
#include <string.h>
#include <yaml.h>

#include "fuzz.h"
#include "read/read.h"
#include "render/qemu.h"
#include "render/render.h"
#include "resolve/resolve.h"

#define HOST "epyc-genoa-snp"

/* ---- POSIX shell: lines of words (XCU 2.2, 2.3) ---- */

struct shell {
    const char *at;
    gboolean in_line; /* a word of it was read */
};

/* What "$(printf '\\342\\200\\256')" prints, as the renderers write it; FALSE: it is none. */
static gboolean
read_printed(struct shell *shell, GString *word)
{
    static const char start[] = "$(printf '\\";
    const char *at = shell->at + strlen(start) - 1;

    if (!g_str_has_prefix(shell->at, start)) {
        return FALSE;
    }
    for (; *at == '\\'; at += 4) {
        g_assert_true(strspn(at + 1, "01234567") >= 3);
        g_string_append_c(word, (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 + at[3] - '0'));
    }
    g_assert_true(g_str_has_prefix(at, "')"));
    shell->at = at + 1;
    return TRUE;
}

/* The next word of the line; NULL at its end. What a shell would do more with than to take it as a
 * word is taken as it stands. */
static char *
read_word(struct shell *shell)
{
    g_autoptr(GString) word = g_string_new(NULL);
    gboolean any = FALSE;
    char quote = '\0';

    for (;; shell->at++) {
        char c = *shell->at;

        if (c == '\0') {
            g_assert_true(quote == '\0'); /* no quote is left open */
            break;
        }
        if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) {
            if (any || c == '\n') {
                break;
            }
        } else if (quote == '\0' && c == '#' && !any) {
            shell->at += strcspn(shell->at, "\n");
            break;
        } else if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
            any = TRUE;
        } else if (c == quote) {
            quote = '\0';
        } else if (quote == '"' && read_printed(shell, word)) {
            any = TRUE;
        } else if (c == '\\' && quote != '\'' && shell->at[1] == '\n') {
            shell->at++;
        } else if (c == '\\' && quote != '\'' &&
                   (quote == '\0' || (shell->at[1] && strchr("$`\"\\", shell->at[1])))) {
            g_assert_true(shell->at[1] != '\0');
            g_string_append_c(word, *++shell->at);
            any = TRUE;
        } else {
            g_string_append_c(word, c);
            any = TRUE;
        }
    }
    return any ? g_string_free(g_steal_pointer(&word), FALSE) : NULL;
}

/* The words of the next line, the caller's; NULL at the end. */
static GPtrArray *
read_line(struct shell *shell)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    char *word;

    if (*shell->at == '\0') {
        g_ptr_array_unref(words);
        return NULL;
    }
    while ((word = read_word(shell))) {
        g_ptr_array_add(words, word);
    }
    shell->at += *shell->at == '\n';
    return words;
}

/* All lines begin with words that the renderers write; the last line, the caller's. */
static GPtrArray *
read_script(const char *text)
{
    static const char *const known[] = {
        "set",
        "fail()",
        "check()",
        "copy()",
        "beside()",
        "allow_locking()",
        "{",
        "}",
        "printf",
        "exit",
        "[",
        "check",
        "umask",
        "mkdir",
        "copy",
        "beside",
        "export",
        "exec",
        "cp",
        "mv",
        "rm",
        "helpers=",
        "trap",
        "socket=$1",
        "shift",
        "$@",
        "tries=0",
        "until",
        "kill",
        "tries=$((tries",
        "sleep",
        "done",
        "ulimit",
        "fail",
        "taskset",
        "numactl",
        "limit=$(ulimit",
        "allow_locking",
        "helpers=$helpers $!",
        NULL,
    };
    struct shell shell = { .at = text };
    GPtrArray *last = NULL, *line;

    while ((line = read_line(&shell))) {
        const char *first = line->len > 0 ? g_ptr_array_index(line, 0) : "set";

        g_assert_true(*shell.at == '\0' || g_strv_contains(known, first) ||
                      g_str_has_prefix(first, "TZ="));
        if (line->len > 0) {
            g_clear_pointer(&last, g_ptr_array_unref);
            last = line;
        } else {
            g_ptr_array_unref(line);
        }
    }
    g_assert_nonnull(last);
    return last;
}

/* ---- what QEMU gets ---- */

/* The last words are these. */
static void
check_words(const GPtrArray *words, guint end, char **expected)
{
    guint count = g_strv_length(expected);

    g_assert_cmpuint(count, <=, end);
    for (guint i = 0; i < count; i++) {
        g_assert_cmpstr(g_ptr_array_index(words, end - count + i), ==, expected[i]);
    }
}

static void
check_arguments(char **arguments)
{
    for (char **word = arguments; *word; word++) {
        if (**word == '{') {
            json_error_t error;
            json_t *json = json_loads(*word, 0, &error);

            g_assert_true(json_is_object(json));
            json_decref(json);
        }
    }
}

static void
check_script(const char *text, char **arguments)
{
    g_autoptr(GPtrArray) last = read_script(text);

    g_assert_cmpstr(g_ptr_array_index(last, last->len - 1), ==, "$@");
    check_words(last, last->len - 1, arguments);
}

static void
check_virt_install(const char *text, char **arguments G_GNUC_UNUSED)
{
    g_autoptr(GPtrArray) last = read_script(text);

    g_assert_cmpstr(g_ptr_array_index(last, 0), ==, "exec");
    g_assert_cmpstr(g_ptr_array_index(last, 1), ==, "virt-install");
    g_assert_cmpstr(g_ptr_array_index(last, last->len - 1), ==, "$@");
    for (guint i = 3; i + 1 < last->len; i++) { /* an option has one value at most */
        g_assert_true(g_str_has_prefix(g_ptr_array_index(last, i), "--") ||
                      g_str_has_prefix(g_ptr_array_index(last, i - 1), "--"));
    }
}

/* ---- systemd: settings, and the words of one (systemd.syntax, systemd.service) ---- */

/* A character behind a backslash. */
static const char *
unescape(const char *at, GString *word)
{
    if (*at == 'x') {
        int high = g_ascii_xdigit_value(at[1]), low = high < 0 ? -1 : g_ascii_xdigit_value(at[2]);

        g_assert_true(low >= 0);
        g_string_append_c(word, (char)(high * 16 + low));
        return at + 3;
    }
    g_assert_true(*at == '\'' || *at == '\\');
    g_string_append_c(word, *at);
    return at + 1;
}

static GPtrArray *
read_unit_words(const char *at)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    while (*(at += strspn(at, " "))) {
        g_autoptr(GString) word = g_string_new(NULL);
        gboolean quoted = *at == '\'';

        for (at += quoted; *at && *at != (quoted ? '\'' : ' ');) {
            if (*at == '\\') {
                at = unescape(at + 1, word);
                continue;
            }
            g_assert_true(*at != '%' || *++at == '%');
            g_string_append_c(word, *at++);
        }
        g_assert_true(!quoted || *at == '\'');
        at += quoted;
        g_ptr_array_add(words, g_string_free(g_steal_pointer(&word), FALSE));
    }
    return words;
}

static void
check_setting(const char *line)
{
    size_t key = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    g_assert_true(*line == '\0' || *line == '#' || line[key] == '=' ||
                  g_str_equal(line, "[Unit]") || g_str_equal(line, "[Service]") ||
                  g_str_equal(line, "[Install]"));
}

static void
check_unit(const char *text, char **arguments)
{
    g_autoptr(GString) joined = g_string_new(text);
    g_auto(GStrv) lines = NULL;
    unsigned starts = 0;

    for (const char *c = text; *c; c++) {
        g_assert_true(*c == '\n' || !g_ascii_iscntrl(*c));
    }
    g_string_replace(joined, "\\\n", " ", 0);
    lines = g_strsplit(joined->str, "\n", -1);
    for (char **line = lines; *line; line++) {
        check_setting(*line);
        if (g_str_has_prefix(*line, "ExecStart=:")) {
            g_autoptr(GPtrArray) words = read_unit_words(*line + strlen("ExecStart=:"));

            check_words(words, words->len, arguments);
            starts++;
        }
    }
    g_assert_cmpuint(starts, ==, 1);
}

/* ---- KubeVirt ---- */

/* To libyaml itself: cvmdom's own reader refuses characters that may well be written. */
static void
check_kubevirt(const char *text, char **arguments G_GNUC_UNUSED)
{
    yaml_parser_t parser;
    yaml_event_type_t type;
    unsigned documents = 0;

    g_assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    do {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            g_error("%s in %s", parser.problem, text);
        }
        type = event.type;
        g_assert_true(type != YAML_ALIAS_EVENT);
        documents += type == YAML_DOCUMENT_START_EVENT;
        yaml_event_delete(&event);
    } while (type != YAML_STREAM_END_EVENT);
    yaml_parser_delete(&parser);
    g_assert_cmpuint(documents, ==, 1);
}

/* ---- all of them ---- */

static const struct {
    const struct cvm_renderer *renderer;
    void (*check)(const char *text, char **arguments);
} forms[] = {
    { &cvm_renderer_qemu, check_script },
    { &cvm_renderer_systemd, check_unit },
    { &cvm_renderer_virt_install, check_virt_install },
    { &cvm_renderer_kubevirt, check_kubevirt },
};

static void
render(const struct cvm_domain *domain, const struct cvm_host *host)
{
    char **arguments = cvm_qemu_arguments(domain, host);

    check_arguments(arguments);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        forms[i].renderer->render(domain, host, out);
        g_assert_true(strlen(out->str) == out->len); /* no NUL */
        forms[i].check(out->str, arguments);
    }
    free(arguments);
}

gboolean
fuzz_forms(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_documents_parse("x", (const char *)data, size, NULL, &error);

    if (!domains) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    for (guint i = 0; i < MIN(domains->len, 4); i++) {
        struct cvm_domain *domain = g_ptr_array_index(domains, i);
        const struct cvm_host *host = i % 2 ? NULL : fuzz_bundled_host(HOST);

        if (domain->form == CVM_FORM_PROFILE) {
            cvm_resolve(domain, host);
        }
        render(domain, host);
    }
    return TRUE;
}
