/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What most texts of a profile have to look like, by hand: a match by GRegex takes as long as to
 * read some lines of YAML, and its library half a megabyte of memory. Each is a pattern of the
 * field tables, and a test holds the two to each other. */
#include <string.h>

#include "read/profile_rows.h"

gboolean
cvm_text_is_line(const char *text)
{
    return *text && !strpbrk(text, "\n\r");
}

gboolean
cvm_text_is_path(const char *text)
{
    return *text == '/' && cvm_text_is_line(text);
}

static gboolean
is_made_of(const char *text, const char *others)
{
    const char *at = text;

    while (g_ascii_isalnum(*at) || (*at && strchr(others, *at))) {
        at++;
    }
    return at > text && *at == '\0';
}

gboolean
cvm_text_is_word(const char *text)
{
    return is_made_of(text, "_.-");
}

gboolean
cvm_text_is_cpus(const char *text)
{
    return *text && text[strspn(text, "0123456789,^-")] == '\0';
}

gboolean
cvm_text_is_target(const char *text)
{
    static const char *const prefixes[] = { "fd", "hd", "sd", "vd", "xvd", "ubd" };

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(text, prefixes[i])) {
            return is_made_of(text + strlen(prefixes[i]), "_");
        }
    }
    return FALSE;
}

/* Six bytes with ':' between; the first one even. */
gboolean
cvm_text_is_mac(const char *text)
{
    enum { BYTES = 6 };

    for (unsigned i = 0; i < BYTES; i++, text += 3) {
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]) ||
            (i == 0 && g_ascii_xdigit_value(text[1]) % 2 != 0) ||
            text[2] != (i == BYTES - 1 ? '\0' : ':')) {
            return FALSE;
        }
    }
    return TRUE;
}
