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

const char *
cvm_closest(const char *word, const char *const *candidates)
{
    guint limit = (guint)MAX(strlen(word) / 3, 1);
    const char *best = NULL;

    if (strlen(word) > LONGEST) {
        return NULL;
    }
    for (; *candidates; candidates++) {
        guint found = strlen(*candidates) > LONGEST ? G_MAXUINT : distance(word, *candidates);

        if (found <= limit) {
            best = *candidates;
            limit = found ? found - 1 : 0;
            if (found == 0) {
                break;
            }
        }
    }
    return best;
}
