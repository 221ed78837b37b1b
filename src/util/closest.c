/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Optimal string alignment distance over three rows. */
#include "util/closest.h"

#include <string.h>

enum { LONGEST = 64 };

static guint
least(guint a, guint b, guint c)
{
    return MIN(MIN(a, b), c);
}

static guint
distance(const char *a, const char *b)
{
    guint rows[3][LONGEST + 1];
    guint *before = rows[0], *last = rows[1], *now = rows[2];
    size_t width = strlen(b);

    for (guint j = 0; j <= width; j++) {
        last[j] = j;
    }
    for (guint i = 1; a[i - 1]; i++) {
        guint *spare = before;

        now[0] = i;
        for (guint j = 1; j <= width; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);

            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
                y == g_ascii_tolower(a[i - 2])) {
                now[j] = MIN(now[j], before[j - 2] + 1);
            }
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[width];
}

/* A bit for each letter that occurs, and one for all other characters. */
static guint32
letters(const char *word, size_t *length)
{
    guint32 mask = 0;
    const char *at = word;

    for (; *at; at++) {
        mask |= g_ascii_isalpha(*at) ? 1U << ((*at | 0x20) - 'a') : 1U << 26;
    }
    *length = (size_t)(at - word);
    return mask;
}

static guint
count_bits(guint32 mask)
{
    return (guint)__builtin_popcount(mask);
}

/* Most words are far from most candidates, which their lengths and letters tell: one edit brings in
 * at most one letter, and takes out at most one. */
static gboolean
may_be_near(guint32 word, size_t length, const char *candidate, guint limit)
{
    size_t other_length;
    guint32 other = letters(candidate, &other_length);
    size_t apart = length > other_length ? length - other_length : other_length - length;

    return other_length <= LONGEST && apart <= limit && count_bits(word & ~other) <= limit &&
           count_bits(other & ~word) <= limit;
}

const char *
cvm_closest(const char *word, const char *const *candidates)
{
    size_t length;
    guint32 mask = letters(word, &length);
    guint limit = (guint)MAX(length / 3, 1);
    const char *best = NULL;

    if (length > LONGEST) {
        return NULL;
    }
    for (size_t i = 0; candidates[i]; i++) {
        if (g_ascii_strcasecmp(word, candidates[i]) == 0) {
            return candidates[i];
        }
    }
    for (; *candidates; candidates++) {
        guint found =
            may_be_near(mask, length, *candidates, limit) ? distance(word, *candidates) : G_MAXUINT;

        if (found <= limit) {
            best = *candidates;
            limit = found - 1;
        }
    }
    return best;
}
