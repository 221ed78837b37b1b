/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/yaml_out.h"

#include <string.h>

#include "util/visible.h"

enum { INDENT = 2 };

void
cvm_yaml_init(struct cvm_yaml *yaml, GString *out)
{
    memset(yaml, 0, sizeof *yaml);
    yaml->out = out;
    yaml->depth = 1;
    yaml->level[0].written = TRUE;
}

/* A key of a level, by its number. Items stand below their list's key, and their keys two columns
 * to the right of the dash. */
static void
start_line(struct cvm_yaml *yaml, unsigned level, const char *key)
{
    unsigned columns = level * INDENT;

    for (unsigned i = 0; i <= level; i++) {
        columns -= yaml->level[i].list ? INDENT : 0;
    }
    for (unsigned i = 0; i < columns; i++) {
        g_string_append_c(yaml->out, yaml->dash && i == columns - INDENT ? '-' : ' ');
    }
    yaml->dash = FALSE;
    g_string_append_printf(yaml->out, "%s:", key);
}

/* The keys that wait, since there is a member now. */
static void
write_waiting(struct cvm_yaml *yaml, unsigned depth)
{
    for (unsigned i = 1; i < depth; i++) {
        struct cvm_yaml_level *level = &yaml->level[i];

        if (!level->written && level->key) {
            start_line(yaml, i - 1, level->key);
            g_string_append_c(yaml->out, '\n');
        } else if (!level->written) {
            yaml->dash = TRUE;
        }
        level->written = TRUE;
    }
}

static void
open_level(struct cvm_yaml *yaml, const char *key, gboolean list)
{
    g_assert(yaml->depth < CVM_YAML_DEPTH && !yaml->level[yaml->depth - 1].list == (key != NULL));
    yaml->level[yaml->depth++] = (struct cvm_yaml_level){ .key = key, .list = list };
}

void
cvm_yaml_map(struct cvm_yaml *yaml, const char *key)
{
    open_level(yaml, key, FALSE);
}

void
cvm_yaml_list(struct cvm_yaml *yaml, const char *key)
{
    open_level(yaml, key, TRUE);
}

void
cvm_yaml_item(struct cvm_yaml *yaml)
{
    open_level(yaml, NULL, FALSE);
}

void
cvm_yaml_end_unless_empty(struct cvm_yaml *yaml)
{
    g_assert(yaml->depth > 1);
    yaml->depth--;
}

void
cvm_yaml_end(struct cvm_yaml *yaml)
{
    const struct cvm_yaml_level *level = &yaml->level[yaml->depth - 1];

    g_assert(level->written || level->key);
    if (!level->written) {
        write_waiting(yaml, yaml->depth - 1);
        start_line(yaml, yaml->depth - 2, level->key);
        g_string_append(yaml->out, level->list ? " []\n" : " {}\n");
    }
    cvm_yaml_end_unless_empty(yaml);
}

/* ---- scalars ---- */

static gboolean
is_word_of_yaml(const char *text)
{
    /* Of YAML 1.1's types (yaml.org/type) and YAML 1.2's core schema. */
    static const char *const words[] = { "y",     "n",  "yes", "no",   "true",
                                         "false", "on", "off", "null", NULL };
    g_autofree char *lower = g_ascii_strdown(text, -1);

    return g_strv_contains(words, lower);
}

/* Letters first, then nothing that YAML has a use for; or a size like 4Gi. */
static gboolean
is_plain(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (digits > 0) {
        return strlen(text) == digits + 2 && strchr("KMGT", text[digits]) &&
               text[digits + 1] == 'i';
    }
    return g_ascii_isalpha(*text) &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_./+=-")] == '\0' &&
           !is_word_of_yaml(text);
}

/* What YAML does not print (1.2.2, 5.1), takes for a line break, or nobody would see is escaped. */
static void
append_quoted(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_string_append_c(out, '"');
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c == '"' || c == '\\') {
            g_string_append_printf(out, "\\%c", (char)c);
        } else if (c == '\n') {
            g_string_append(out, "\\n");
        } else if (cvm_char_is_hidden(c) || c == 0xfffe || c == 0xffff) {
            const char *form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";

            g_string_append_printf(out, form, c);
        } else {
            g_string_append_unichar(out, c);
        }
    }
    g_string_append_c(out, '"');
}

static void
start_member(struct cvm_yaml *yaml, const char *key)
{
    g_assert(!yaml->level[yaml->depth - 1].list);
    write_waiting(yaml, yaml->depth);
    start_line(yaml, yaml->depth - 1, key);
}

void
cvm_yaml_text(struct cvm_yaml *yaml, const char *key, const char *text)
{
    start_member(yaml, key);
    g_string_append_c(yaml->out, ' ');
    if (is_plain(text)) {
        g_string_append(yaml->out, text);
    } else {
        append_quoted(yaml->out, text);
    }
    g_string_append_c(yaml->out, '\n');
}

void
cvm_yaml_uint(struct cvm_yaml *yaml, const char *key, uint64_t number)
{
    start_member(yaml, key);
    g_string_append_printf(yaml->out, " %" G_GUINT64_FORMAT "\n", number);
}

void
cvm_yaml_flag(struct cvm_yaml *yaml, const char *key, gboolean flag)
{
    start_member(yaml, key);
    g_string_append_printf(yaml->out, " %s\n", flag ? "true" : "false");
}
