/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates of SEV platforms. */
#include <string.h>

#include "cvmdom/attest.h"
#include "fuzz.h"

enum {
    CEK = 3 * CVMDOM_SEV_CERT_SIZE,
    FIRST_SIGNATURE = 0x414,
    SECOND_SIGNATURE = 0x61c,
};

/* Whole platforms: a chain of PDH, PEK, OCA and CEK, and its CA's. */
static struct platform {
    const char *chain_file, *ca_file;
    uint8_t *chain, *ca;
    size_t chain_size, ca_size;
} platforms[] = {
    { .chain_file = "tests/platform/one.chain", .ca_file = "tests/platform/one.ca" },
    { .chain_file = "tests/platform/large.chain", .ca_file = "tests/platform/large.ca" },
};

static void
read_platforms(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        struct platform *one = &platforms[i];

        one->chain = fuzz_read(one->chain_file, &one->chain_size);
        one->ca = fuzz_read(one->ca_file, &one->ca_size);
    }
}

void
fuzz_drop_chains(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        g_clear_pointer(&platforms[i].chain, g_free);
        g_clear_pointer(&platforms[i].ca, g_free);
    }
}

static gboolean
verify(const uint8_t *chain, size_t size, const uint8_t *ca, size_t ca_size)
{
    const struct cvmdom_chain_options options = { .need_ca = TRUE };
    cvmdom_error *error = NULL;

    if (cvmdom_chain_verify(chain, size, ca, ca_size, &options, NULL, NULL, &error) < 0) {
        return fuzz_refuse(error);
    }
    g_assert_null(error);
    return TRUE;
}

/* ---- chains ---- */

void
fuzz_make_chains(void)
{
    read_platforms();
    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        const struct platform *one = &platforms[i];
        g_autofree uint8_t *full = g_malloc(one->chain_size + one->ca_size);

        fuzz_add(one->chain_file, one->chain, one->chain_size);
        /* the same with the CA behind it */
        memcpy(full, one->chain, one->chain_size);
        memcpy(full + one->chain_size, one->ca, one->ca_size);
        fuzz_add("full chain", full, one->chain_size + one->ca_size);
        /* a CEK that nobody signed, as a platform exports it, is not AMD's */
        memset(full + CEK + FIRST_SIGNATURE, 0, SECOND_SIGNATURE - FIRST_SIGNATURE);
        fuzz_add("unsigned CEK", full, one->chain_size + one->ca_size)->verdict = FUZZ_REFUSED;
    }
}

/* But for the CEK's other signature, which is none, and is either marked so or nothing but zeros.
 */
static gboolean
is_known(const uint8_t *data, size_t size)
{
    const struct fuzz_range ranges[] = {
        { 0, CEK + SECOND_SIGNATURE },
        { CEK + SECOND_SIGNATURE + 4, size },
        { 0, 0 },
    };

    return fuzz_is_known(data, size, ranges);
}

gboolean
fuzz_chain(const uint8_t *data, size_t size)
{
    gboolean verified = verify(data, size, NULL, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        verified |= verify(data, size, platforms[i].ca, platforms[i].ca_size);
    }
    g_assert_true(!verified || is_known(data, size));
    return verified;
}

/* ---- AMD's certificates, below a chain that is whole ---- */

void
fuzz_make_cas(void)
{
    read_platforms();
    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        fuzz_add(platforms[i].ca_file, platforms[i].ca, platforms[i].ca_size);
    }
}

gboolean
fuzz_ca(const uint8_t *data, size_t size)
{
    gboolean verified = FALSE;

    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        verified |= verify(platforms[i].chain, platforms[i].chain_size, data, size);
    }
    g_assert_true(!verified || fuzz_is_known(data, size, NULL));
    return verified;
}

/* ---- what a session is made with ---- */

/* The certificate without its signatures, which nobody asked to verify, and without the version of
 * the platform's API. */
static const struct fuzz_range body_of_pdh[] = { { 0, 4 }, { 6, 0x414 }, { 0, 0 } };

void
fuzz_make_pdhs(void)
{
    size_t size;
    g_autofree uint8_t *data = fuzz_read("tests/platform/one.chain", &size);

    fuzz_add("PDH", data, CVMDOM_SEV_CERT_SIZE)->focus =
        (struct fuzz_range){ 0, 0x10 + 4 + 2 * 72 };
    fuzz_add("export", data, size);
}

gboolean
fuzz_pdh(const uint8_t *data, size_t size)
{
    static const unsigned char nothing[sizeof(struct cvmdom_session)];
    struct cvmdom_session session = { 0 };
    cvmdom_error *error = NULL;

    if (cvmdom_session_make(data, size, 7, &session, &error) < 0) {
        g_assert_cmpint(memcmp(&session, nothing, sizeof(session)), ==, 0);
        return fuzz_refuse(error);
    }
    g_assert_true(fuzz_is_known(data, size, body_of_pdh));
    g_assert_cmpint(memcmp(session.keys.tik, nothing, CVMDOM_KEY_SIZE), !=, 0);
    g_assert_cmpint(memcmp(session.keys.tek, session.keys.tik, CVMDOM_KEY_SIZE), !=, 0);
    cvmdom_session_clear(&session);
    g_assert_cmpint(memcmp(&session, nothing, sizeof(session)), ==, 0);
    return TRUE;
}
