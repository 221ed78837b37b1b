/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers that are none. */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method(): a provider would be ten times this  \
                                     */
#include <openssl/rand.h>

#include "fuzz.h"

static guint64 state;

/* xorshift64* (Vigna, 2016): no two keys are alike, which is all that is asked of it. */
static int
draw(unsigned char *to, int count)
{
    for (int i = 0; i < count; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        to[i] = (unsigned char)(state * G_GUINT64_CONSTANT(0x2545f4914f6cdd1d) >> 56);
    }
    return 1;
}

static int
is_ready(void)
{
    return 1;
}

void
fuzz_repeat_random(void)
{
    static const RAND_METHOD method = { .bytes = draw, .pseudorand = draw, .status = is_ready };

    state = 1;
    RAND_set_rand_method(&method);
}
