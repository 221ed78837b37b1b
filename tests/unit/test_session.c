/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <openssl/pem.h>

#include "session_fixture.h"
#include "session_vectors.h"

/* ---- against what was computed elsewhere ---- */

static void
fill(const struct vector *vector, struct attest_session_seed *seed, struct cvmdom_launch_keys *keys)
{
    seed->key = firmware_key(vector->private, vector->public);
    memcpy(seed->nonce, vector->nonce, sizeof(seed->nonce));
    memcpy(seed->iv, vector->iv, sizeof(seed->iv));
    memcpy(keys->tek, vector->tek, sizeof(keys->tek));
    memcpy(keys->tik, vector->tik, sizeof(keys->tik));
}

START_TEST(test_vectors)
{
    g_autoptr(EVP_PKEY) pdh = firmware_key(platform.private, platform.public);

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const struct vector *vector = &vectors[i];
        struct attest_session_seed seed;
        struct cvmdom_session session;
        unsigned char hash[32];

        fill(vector, &seed, &session.keys);
        ck_assert_int_eq(attest_session_make(pdh, &seed, vector->policy, &session, NULL), 0);
        ck_assert_msg(memcmp(session.session, vector->session, CVMDOM_SESSION_SIZE) == 0, "%s",
                      vector->name);
        attest_hash(EVP_sha256(), session.dh_cert, CVMDOM_SEV_CERT_SIZE, hash, NULL);
        ck_assert_msg(memcmp(hash, vector->dh_cert_sha256, 32) == 0, "%s", vector->name);
        ck_assert_mem_eq(session.keys.tek, vector->tek, CVMDOM_KEY_SIZE);
        ck_assert_mem_eq(session.keys.tik, vector->tik, CVMDOM_KEY_SIZE);
        EVP_PKEY_free(seed.key);
    }
}
END_TEST

START_TEST(test_shared_secrets)
{
    g_autoptr(EVP_PKEY) pdh = firmware_key(platform.private, platform.public);
    unsigned short_ones = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        g_autoptr(EVP_PKEY) own = firmware_key(vectors[i].private, vectors[i].public);
        unsigned char secret[ATTEST_SECRET_SIZE];

        memset(secret, 0xaa, sizeof(secret));
        ck_assert_int_eq(attest_agree(own, pdh, secret, NULL), 0);
        ck_assert_mem_eq(secret, vectors[i].secret, sizeof(secret));
        short_ones += secret[0] == 0;
    }
    ck_assert_uint_eq(short_ones, 2);
}
END_TEST

START_TEST(test_peer_on_another_curve)
{
    g_autoptr(EVP_PKEY) own = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    g_autoptr(EVP_PKEY) peer = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    unsigned char secret[ATTEST_SECRET_SIZE];
    cvmdom_error *error = NULL;

    ck_assert_int_eq(attest_agree(own, peer, secret, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_UNSUPPORTED);
    cvmdom_error_free(error);
}
END_TEST

/* ---- against the firmware ---- */

static unsigned char *
read_chain(size_t *size)
{
    g_autofree char *path = unit_source_path("tests/platform/one.chain");
    char *data;

    ck_assert(g_file_get_contents(path, &data, size, NULL));
    return (unsigned char *)data;
}

static EVP_PKEY *
read_platform_key(void)
{
    g_autofree char *path = unit_source_path("tests/platform/one.pdh.pem");
    FILE *file = fopen(path, "r");
    EVP_PKEY *key;

    ck_assert_ptr_nonnull(file);
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    ck_assert_ptr_nonnull(key);
    return key;
}

static enum firmware_status
start(EVP_PKEY *key, const struct cvmdom_session *session, uint32_t policy)
{
    struct cvmdom_launch_keys keys;
    enum firmware_status status =
        firmware_launch_start(key, session->dh_cert, session->session, policy, &keys);

    if (status == FIRMWARE_ACCEPTS) {
        ck_assert_mem_eq(keys.tek, session->keys.tek, CVMDOM_KEY_SIZE);
        ck_assert_mem_eq(keys.tik, session->keys.tik, CVMDOM_KEY_SIZE);
    }
    return status;
}

START_TEST(test_firmware_accepts)
{
    static const uint32_t policies[] = { 0, 1, 3, 7, 0x2f, 0x37010003, 0xff000007, 0xffffffff };
    g_autoptr(EVP_PKEY) key = read_platform_key();
    size_t size;
    g_autofree unsigned char *pdh = read_chain(&size);

    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
        struct cvmdom_session session;

        ck_assert_int_eq(cvmdom_session_make(pdh, size, policies[i], &session, NULL), 0);
        ck_assert_int_eq(start(key, &session, policies[i]), FIRMWARE_ACCEPTS);
        for (unsigned bit = 0; bit < 32; bit++) {
            ck_assert_int_eq(start(key, &session, policies[i] ^ UINT32_C(1) << bit),
                             FIRMWARE_BAD_MEASUREMENT);
        }
    }
}
END_TEST

START_TEST(test_firmware_refuses_a_changed_session)
{
    g_autoptr(EVP_PKEY) key = read_platform_key();
    g_autoptr(EVP_PKEY) other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    size_t size;
    g_autofree unsigned char *pdh = read_chain(&size);
    struct cvmdom_session session;

    ck_assert_int_eq(cvmdom_session_make(pdh, CVMDOM_SEV_CERT_SIZE, 3, &session, NULL), 0);
    for (size_t i = 0; i < CVMDOM_SESSION_SIZE; i++) {
        session.session[i] ^= 0x10;
        ck_assert_int_eq(start(key, &session, 3), FIRMWARE_BAD_MEASUREMENT);
        session.session[i] ^= 0x10;
    }
    ck_assert_int_eq(start(key, &session, 3), FIRMWARE_ACCEPTS);
    ck_assert_int_eq(start(other, &session, 3), FIRMWARE_BAD_MEASUREMENT);
}
END_TEST

/* ---- sessions as such ---- */

START_TEST(test_sessions_differ)
{
    enum { COUNT = 16 };
    size_t size;
    g_autofree unsigned char *pdh = read_chain(&size);
    struct cvmdom_session sessions[COUNT];

    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(cvmdom_session_make(pdh, size, 3, &sessions[i], NULL), 0);
        ck_assert_mem_ne(sessions[i].keys.tik, sessions[i].keys.tek, CVMDOM_KEY_SIZE);
        for (int k = 0; k < i; k++) {
            ck_assert_mem_ne(sessions[i].keys.tik, sessions[k].keys.tik, CVMDOM_KEY_SIZE);
            ck_assert_mem_ne(sessions[i].keys.tek, sessions[k].keys.tek, CVMDOM_KEY_SIZE);
            ck_assert_mem_ne(sessions[i].dh_cert, sessions[k].dh_cert, CVMDOM_SEV_CERT_SIZE);
            ck_assert_mem_ne(sessions[i].session, sessions[k].session, 16);           /* nonce */
            ck_assert_mem_ne(sessions[i].session + 48, sessions[k].session + 48, 16); /* IV */
        }
    }
}
END_TEST

START_TEST(test_clear)
{
    static const struct cvmdom_session none;
    struct cvmdom_session session;

    memset(&session, 0x5a, sizeof(session));
    cvmdom_session_clear(&session);
    ck_assert_mem_eq(&session, &none, sizeof(session));
}
END_TEST

/* Exactly size bytes are given, so that a tool sees what is read beyond them. */
static void
check_refused(const unsigned char *pdh, size_t size)
{
    g_autofree unsigned char *copy = g_memdup2(pdh, size);
    struct cvmdom_session session, before;
    cvmdom_error *error = NULL;

    memset(&session, 0x5a, sizeof(session));
    before = session;
    ck_assert_int_eq(cvmdom_session_make(copy, size, 3, &session, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_SYNTAX);
    cvmdom_error_free(error);
    ck_assert_mem_eq(&session, &before, sizeof(session));
}

START_TEST(test_what_is_no_pdh)
{
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    size_t size;
    g_autofree unsigned char *chain = read_chain(&size);
    unsigned char unsigned_cert[CVMDOM_SEV_CERT_SIZE];

    for (size_t length = 0; length < CVMDOM_SEV_CERT_SIZE; length++) {
        check_refused(chain, length);
    }
    for (int i = 1; i < 4; i++) { /* PEK, OCA, CEK */
        check_refused(chain + i * CVMDOM_SEV_CERT_SIZE, CVMDOM_SEV_CERT_SIZE);
    }
    ck_assert_int_eq(attest_sev_cert_write_unsigned(key, unsigned_cert, NULL), 0);
    check_refused(unsigned_cert, sizeof(unsigned_cert)); /* a guest owner's */
}
END_TEST

/* ---- the key derivation ---- */

START_TEST(test_kdf)
{
    unsigned char key[16] = { 7 }, context[5] = { 1, 2, 3 }, out[16], expected[16];

    ck_assert_int_eq(attest_kdf(key, sizeof(key), "label", context, sizeof(context), out, NULL), 0);
    firmware_kdf(key, sizeof(key), "label", context, sizeof(context), expected);
    ck_assert_mem_eq(out, expected, sizeof(out));
    ck_assert_int_eq(attest_kdf(key, sizeof(key), "labe", context, sizeof(context), out, NULL), 0);
    ck_assert_mem_ne(out, expected, sizeof(out));
}
END_TEST

UNIT_MAIN("session", test_vectors, test_shared_secrets, test_peer_on_another_curve,
          test_firmware_accepts, test_firmware_refuses_a_changed_session, test_sessions_differ,
          test_clear, test_what_is_no_pdh, test_kdf)
