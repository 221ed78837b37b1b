/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates of SEV platforms. Files: a chain of PDH, PEK, OCA and CEK, and its CA's, each. */
#include <string.h>

#include "attest.h"

enum {
    LARGEST = 12 * 1024,
    CEK = 3 * CVMDOM_SEV_CERT_SIZE,
    FIRST_SIGNATURE = 0x414,
    SECOND_SIGNATURE = 0x61c,
};

/* ---- chains ---- */

/* The seed's CA, which is not damaged with it. */
struct ca {
    size_t size;
    unsigned char data[LARGEST];
};

static struct ca *
read_ca(const char *path)
{
    struct ca *ca = g_new0(struct ca, 1);
    g_autofree unsigned char *data = fuzz_read(path, &ca->size);

    g_assert_cmpuint(ca->size, <=, sizeof(ca->data));
    memcpy(ca->data, data, ca->size);
    return ca;
}

static gboolean
verify(const unsigned char *chain, size_t size, const unsigned char *ca, size_t ca_size)
{
    const struct cvmdom_chain_options options = { .need_ca = TRUE };
    cvmdom_error *error = NULL;

    if (cvmdom_chain_verify(chain, size, ca, ca_size, &options, NULL, NULL, &error) < 0) {
        return fuzz_refuse(error);
    }
    g_assert_null(error);
    return TRUE;
}

static void
set_up_chain(char **files)
{
    for (; files[0] && files[1]; files += 2) {
        size_t size;
        g_autofree unsigned char *data = fuzz_read(files[0], &size);
        g_autofree unsigned char *full = NULL;
        struct ca *ca = read_ca(files[1]);
        struct fuzz_seed *seed = fuzz_add(files[0], data, size);

        seed->details = ca;
        /* the same with the CA behind it */
        full = g_malloc(size + ca->size);
        memcpy(full, data, size);
        memcpy(full + size, ca->data, ca->size);
        fuzz_add("full chain", full, size + ca->size);
        /* a CEK that nobody signed, as a platform exports it, is not AMD's */
        memset(full + CEK + FIRST_SIGNATURE, 0, SECOND_SIGNATURE - FIRST_SIGNATURE);
        fuzz_add("unsigned CEK", full, size + ca->size)->accepted = FALSE;
    }
}

/* But for the CEK's other signature, which is none, and is either marked so or nothing but zeros.
 */
static gboolean
is_same(const unsigned char *data, const unsigned char *seed, size_t size)
{
    const size_t from = CEK + SECOND_SIGNATURE, to = from + 4;

    return memcmp(data, seed, from) == 0 && memcmp(data + to, seed + to, size - to) == 0;
}

static gboolean
attempt_chain(const struct fuzz_seed *seed, const unsigned char *data, size_t size)
{
    const struct ca *ca = seed->details;
    gboolean verified = verify(data, size, ca ? ca->data : NULL, ca ? ca->size : 0);

    g_assert_true(!verified || (size == seed->size && is_same(data, seed->data, size)));
    return verified;
}

const struct fuzz_target fuzz_chain = {
    .name = "chain",
    .set_up = set_up_chain,
    .attempt = attempt_chain,
};

/* ---- AMD's certificates, below a chain that is whole ---- */

static void
set_up_ca(char **files)
{
    for (; files[0] && files[1]; files += 2) {
        size_t size;
        g_autofree unsigned char *data = fuzz_read(files[1], &size);
        struct fuzz_seed *seed = fuzz_add(files[1], data, size);

        seed->details = read_ca(files[0]); /* the chain, here */
    }
}

static gboolean
attempt_ca(const struct fuzz_seed *seed, const unsigned char *data, size_t size)
{
    const struct ca *chain = seed->details;
    gboolean verified = verify(chain->data, chain->size, data, size);

    g_assert_true(!verified || (size == seed->size && memcmp(data, seed->data, size) == 0));
    return verified;
}

const struct fuzz_target fuzz_ca = {
    .name = "ca",
    .set_up = set_up_ca,
    .attempt = attempt_ca,
};

/* ---- what a session is made with ---- */

/* The certificate without its signatures, which nobody asked to verify, and without the version of
 * the platform's API. */
static const struct fuzz_range body_of_pdh[] = { { 0, 4 }, { 6, 0x414 }, { 0, 0 } };

static void
set_up_pdh(char **files)
{
    size_t size;
    g_autofree unsigned char *data = fuzz_read(files[0], &size);
    struct fuzz_seed *seed = fuzz_add("PDH", data, CVMDOM_SEV_CERT_SIZE);

    seed->counts = body_of_pdh;
    seed->focus = (struct fuzz_range){ 0, 0x10 + 4 + 2 * 72 };
    seed = fuzz_add("export", data, size);
    seed->counts = body_of_pdh;
}

static gboolean
attempt_pdh(const struct fuzz_seed *seed G_GNUC_UNUSED, const unsigned char *data, size_t size)
{
    static const unsigned char nothing[sizeof(struct cvmdom_session)];
    struct cvmdom_session session = { 0 };
    cvmdom_error *error = NULL;

    if (cvmdom_session_make(data, size, 7, &session, &error) < 0) {
        g_assert_cmpint(memcmp(&session, nothing, sizeof(session)), ==, 0);
        return fuzz_refuse(error);
    }
    g_assert_cmpint(memcmp(session.keys.tik, nothing, CVMDOM_KEY_SIZE), !=, 0);
    g_assert_cmpint(memcmp(session.keys.tek, session.keys.tik, CVMDOM_KEY_SIZE), !=, 0);
    cvmdom_session_clear(&session);
    g_assert_cmpint(memcmp(&session, nothing, sizeof(session)), ==, 0);
    return TRUE;
}

const struct fuzz_target fuzz_pdh = {
    .name = "pdh",
    .set_up = set_up_pdh,
    .attempt = attempt_pdh,
};
