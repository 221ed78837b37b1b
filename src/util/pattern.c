/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/pattern.h"

#include <string.h>

gboolean
cvm_pattern_is_plain(const char *pattern)
{
    size_t length = strlen(pattern);

    return length >= 2 && pattern[0] == '^' && pattern[length - 1] == '$' &&
           pattern[length - 2] != '\\' && !strpbrk(pattern, "(|");
}

/* The character that stands at *at, escaped or not. */
static unsigned char
take_char(const char **at)
{
    char c = *(*at)++;

    if (c == '\\') {
        c = *(*at)++;
        c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
    }
    return (unsigned char)c;
}

/* Steps over a class, and says whether a character is in it. */
static gboolean
take_class(const char **at, unsigned char c)
{
    gboolean negated = **at == '^', found = FALSE;

    *at += negated;
    while (**at != ']') {
        unsigned char first = take_char(at), last = first;

        if ((*at)[0] == '-' && (*at)[1] != ']') {
            ++*at;
            last = take_char(at);
        }
        found = found || (first <= c && c <= last);
    }
    ++*at;
    return found != negated;
}

/* Steps over a character or class, and says whether c is one of it. */
static gboolean
take_item(const char **at, unsigned char c)
{
    if (**at == '[') {
        ++*at;
        return take_class(at, c);
    }
    return take_char(at) == c;
}

static void
take_count(const char **at, size_t *least, size_t *most)
{
    *least = **at == '?' || **at == '*' ? 0 : 1;
    *most = **at == '+' || **at == '*' ? G_MAXSIZE : 1;
    if (**at == '{') {
        *least = *most = (size_t)g_ascii_strtoull(*at + 1, NULL, 10);
        *at = strchr(*at, '}') + 1;
    } else if (**at && strchr("?*+", **at)) {
        ++*at;
    }
}

static gboolean
matches(const char *pattern, const char *text)
{
    const char *next = pattern;
    size_t least, most, count = 0;

    if (g_str_equal(pattern, "$")) {
        return *text == '\0';
    }
    take_item(&next, 0);
    take_count(&next, &least, &most);
    while (count < most && text[count]) {
        const char *item = pattern;

        if (!take_item(&item, (unsigned char)text[count])) {
            break;
        }
        count++;
    }
    for (; count >= least; count--) {
        if (matches(next, text + count)) {
            return TRUE;
        }
        if (count == 0) {
            break;
        }
    }
    return FALSE;
}

gboolean
cvm_pattern_matches(const char *pattern, const char *text)
{
    return matches(pattern + 1, text);
}
