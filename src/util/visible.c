/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/visible.h"

#include <string.h>

/* Joiners and soft hyphens are part of words in some languages, and of emoji. */
static gboolean
is_part_of_words(gunichar c)
{
    return c == 0xad /* SHY */ || c == 0x200c /* ZWNJ */ || c == 0x200d /* ZWJ */;
}

gboolean
cvm_char_is_hidden(gunichar c)
{
    if (c < 0x80) { /* most of what is asked for */
        return c < 0x20 || c == 0x7f;
    }
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    case G_UNICODE_FORMAT: /* with all of Bidi_Control (UAX #9), and the tags U+E0020 and on */
        return !is_part_of_words(c);
    default:
        return FALSE;
    }
}

void
cvm_visible_append(GString *out, const char *text, gunichar instead)
{
    const char *end = text + strlen(text);

    while (text < end) {
        gunichar c = g_utf8_get_char_validated(text, end - text);
        gboolean valid = c < (gunichar)-2;

        g_string_append_unichar(out, valid && !cvm_char_is_hidden(c) ? c : instead);
        text = valid ? g_utf8_next_char(text) : text + 1;
    }
}

const char *
cvm_path_prefix(const char *path)
{
    while (g_ascii_isspace(*path)) {
        path++;
    }
    return *path == ':' ? "./" : "";
}

static gboolean
has_hidden(const char *word)
{
    for (; *word; word = g_utf8_next_char(word)) {
        if (*word != '\n' && cvm_char_is_hidden(g_utf8_get_char(word))) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
append_quoted(GString *out, const char *from, const char *to)
{
    g_autofree char *part = g_strndup(from, (gsize)(to - from));
    g_autofree char *quoted = g_shell_quote(part);

    g_string_append(out, to > from ? quoted : "");
}

/* "$(printf '\342\200\256')": three digits a byte. */
static void
append_numbers(GString *out, const char *from, const char *to)
{
    g_string_append(out, "\"$(printf '");
    for (; from < to; from++) {
        g_string_append_printf(out, "\\%03o", (guchar)*from);
    }
    g_string_append(out, "')\"");
}

char *
cvm_shell_quote(const char *word)
{
    g_autofree char *valid = g_utf8_make_valid(word, -1);
    GString *out;
    const char *from = valid;

    if (!has_hidden(valid)) {
        return g_shell_quote(valid);
    }
    out = g_string_new(NULL);
    for (const char *at = valid, *next; *at; at = next) {
        next = g_utf8_next_char(at);
        if (*at != '\n' && cvm_char_is_hidden(g_utf8_get_char(at))) {
            append_quoted(out, from, at);
            append_numbers(out, at, next);
            from = next;
        }
    }
    append_quoted(out, from, from + strlen(from));
    return g_string_free(out, FALSE);
}
