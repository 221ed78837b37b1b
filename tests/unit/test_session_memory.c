/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is secret of a session is nowhere in memory once the session was cleared. Looks through what
 * the process can write to, which neither AddressSanitizer nor Valgrind makes sense of. */
#include <fcntl.h>
#include <unistd.h>

#include "session_fixture.h"
#include "session_vectors.h"

enum {
    NEEDLE = 16,
    MASK = 0xa5, /* so that what is looked for is not found where it is kept */
};

static unsigned char needles[3][NEEDLE];

static void
keep_needle(int i, const unsigned char *secret)
{
    for (int k = 0; k < NEEDLE; k++) {
        needles[i][k] = secret[k] ^ MASK;
    }
}

static gboolean
is_needle(const unsigned char *at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(needles); i++) {
        size_t k = 0;

        while (k < NEEDLE && (at[k] ^ MASK) == needles[i][k]) {
            k++;
        }
        if (k == NEEDLE) {
            return TRUE;
        }
    }
    return FALSE;
}

static unsigned
count_in(int memory, unsigned long from, unsigned long to)
{
    static unsigned char piece[1 << 16];
    unsigned places = 0;

    for (unsigned long at = from; at < to; at += sizeof(piece) - NEEDLE) {
        ssize_t got = pread(memory, piece, MIN(sizeof(piece), to - at), (off_t)at);

        for (ssize_t i = 0; i + NEEDLE <= got; i++) {
            places += is_needle(piece + i);
        }
        memset(piece, 0, sizeof(piece)); /* it is looked through itself */
    }
    return places;
}

static unsigned
count_places(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned long from, to;
    char line[512], mode[8];
    unsigned places = 0;

    ck_assert(maps && memory >= 0);
    while (fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && mode[1] == 'w') {
            places += count_in(memory, from, to);
        }
    }
    fclose(maps);
    close(memory);
    return places;
}

START_TEST(test_fresh_session)
{
    g_autofree char *path = unit_source_path("tests/platform/one.chain");
    g_autofree char *pdh = NULL;
    struct cvmdom_session session;
    size_t size;

    ck_assert(g_file_get_contents(path, &pdh, &size, NULL));
    ck_assert_int_eq(cvmdom_session_make((const unsigned char *)pdh, size, 7, &session, NULL), 0);
    keep_needle(0, session.keys.tek);
    keep_needle(1, session.keys.tik);
    keep_needle(2, session.keys.tik);
    ck_assert_uint_eq(count_places(), 2); /* the caller's own */
    cvmdom_session_clear(&session);
    ck_assert_uint_eq(count_places(), 0);
}
END_TEST

/* The shared secret of both sides, which nobody gets to see. */
START_TEST(test_shared_secret)
{
    const struct vector *vector = &vectors[0];
    g_autoptr(EVP_PKEY) pdh = firmware_key(platform.private, platform.public);
    struct attest_session_seed seed = { .key = firmware_key(vector->private, vector->public) };
    struct cvmdom_session session = { .keys = { .tek = "some keys" } };

    keep_needle(0, vector->secret);
    keep_needle(1, vector->secret + NEEDLE);
    keep_needle(2, vector->secret + 2 * NEEDLE);
    ck_assert_int_eq(attest_session_make(pdh, &seed, vector->policy, &session, NULL), 0);
    EVP_PKEY_free(seed.key);
    ck_assert_uint_eq(count_places(), 0);
}
END_TEST

static gboolean
can_scan(void)
{
#ifdef __SANITIZE_ADDRESS__
    return FALSE;
#else
    return g_strcmp0(g_getenv("CK_FORK"), "no") != 0 && access("/proc/self/mem", R_OK) == 0;
#endif
}

static UNIT_RUNNER(run_tests, "session_memory", test_fresh_session, test_shared_secret)

    int main(void)
{
    if (!can_scan()) {
        puts("SKIP: this process cannot look through its own memory");
        return 77;
    }
    return run_tests();
}
