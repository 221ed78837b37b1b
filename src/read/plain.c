/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/plain.h"

#include <string.h>

#include "util/number.h"

gboolean
cvm_plain_is_null(const struct cvm_node *node)
{
    static const char *const words[] = { "null", "Null", "NULL", NULL };
    const char *text = node->text;

    if (node->kind != CVM_NODE_SCALAR || node->quoted) {
        return FALSE;
    }
    return *text == '\0' || g_str_equal(text, "~") ||
           (g_ascii_toupper(*text) == 'N' && g_strv_contains(words, text));
}

gboolean
cvm_plain_is_boolean(const char *text)
{
    static const char *const words[] = { "true", "false", "yes", "no", "on", "off" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_tolower(*text) == *words[i] && g_ascii_strcasecmp(text, words[i]) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_radix_number(const char *text)
{
    const char *digits = g_str_has_prefix(text, "0x")   ? "0123456789abcdefABCDEF"
                         : g_str_has_prefix(text, "0o") ? "01234567"
                         : g_str_has_prefix(text, "0b") ? "01"
                                                        : NULL;

    return digits && text[2] && text[2 + strspn(text + 2, digits)] == '\0';
}

static char *
without_underscores(const char *text)
{
    char *result = g_strdup(text), *to = result;

    for (; *text; text++) {
        if (*text != '_' && *text != ' ') {
            *to++ = *text;
        }
    }
    *to = '\0';
    return result;
}

gboolean
cvm_plain_is_number(const char *text)
{
    g_autofree char *joined = NULL;
    const char *start;
    char *end;

    if (g_ascii_isalpha(*text) || *text == '/') {
        return FALSE; /* most texts */
    }
    joined = without_underscores(text);
    start = joined + (*joined == '-' || *joined == '+');
    if (is_radix_number(start)) {
        return TRUE;
    }
    if (*text == '_' || strchr(text, ' ')) {
        return FALSE;
    }
    if (!g_ascii_isdigit(start[*start == '.'])) {
        return g_ascii_strcasecmp(start, ".inf") == 0 || g_ascii_strcasecmp(start, ".nan") == 0;
    }
    if (start[0] == '0' && g_ascii_isalpha(start[1]) && g_ascii_tolower(start[1]) != 'e') {
        return FALSE;
    }
    if (start[strspn(start, "0123456789.eE+-")] != '\0') {
        return FALSE; /* a UUID or a MAC address */
    }
    g_ascii_strtod(start, &end);
    return *end == '\0';
}

gboolean
cvm_plain_parse_number(const char *text, uint64_t *value)
{
    if (g_str_has_prefix(text, "0x")) {
        return cvm_number_parse_hex(text, value);
    }
    return !(text[0] == '0' && text[1] != '\0') && cvm_number_parse_decimal(text, value);
}
