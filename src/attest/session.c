/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest owner's session: transport keys, wrapped so that only one platform can unwrap them, and
 * a MAC that binds them to one policy. */
#include "attest/session.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <string.h>

#include "util/bytes.h"
#include "util/i18n.h"

/* AMD publication 55766, LAUNCH_START, table "Session Data Buffer". */
enum {
    NONCE = 0x00,
    WRAP_TK = 0x10,
    WRAP_IV = 0x30,
    WRAP_MAC = 0x40,
    POLICY_MAC = 0x60,
};

/* What is wrapped: both keys in one stream. */
enum {
    TK_TEK = 0,
    TK_TIK = CVMDOM_KEY_SIZE,
    TK_SIZE = 2 * CVMDOM_KEY_SIZE,
};

G_STATIC_ASSERT(WRAP_TK + TK_SIZE == WRAP_IV);
G_STATIC_ASSERT(POLICY_MAC + 32 == CVMDOM_SESSION_SIZE);

int
attest_kdf(const unsigned char *key, size_t key_size, const char *label,
           const unsigned char *context, size_t context_size, unsigned char out[CVMDOM_KEY_SIZE],
           cvmdom_error **error)
{
    unsigned char counter[4], bits[4], block[32];
    const struct attest_part parts[] = {
        { counter, sizeof(counter) }, { label, strlen(label) + 1 }, /* its NUL is the separator */
        { context, context_size },    { bits, sizeof(bits) },       { NULL, 0 },
    };
    int status;

    cvm_put_u32(counter, 1);
    cvm_put_u32(bits, 8 * CVMDOM_KEY_SIZE);
    status = attest_hmac(key, key_size, parts, block, error);
    if (status == 0) {
        memcpy(out, block, CVMDOM_KEY_SIZE);
    }
    OPENSSL_cleanse(block, sizeof(block));
    return status;
}

int
attest_agree(EVP_PKEY *own, EVP_PKEY *peer, unsigned char secret[ATTEST_SECRET_SIZE],
             cvmdom_error **error)
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new(own, NULL);
    size_t size = ATTEST_SECRET_SIZE;

    if (!context || EVP_PKEY_derive_init(context) != 1 ||
        EVP_PKEY_derive_set_peer(context, peer) != 1 ||
        EVP_PKEY_derive(context, secret, &size) != 1 || size != ATTEST_SECRET_SIZE) {
        return attest_crypto_error(error);
    }
    return 0;
}

/* ---- the blob ---- */

/* Those that wrap and authenticate, of a session. */
struct wrap_keys {
    unsigned char master[CVMDOM_KEY_SIZE];
    unsigned char encryption[CVMDOM_KEY_SIZE];
    unsigned char integrity[CVMDOM_KEY_SIZE];
};

static const unsigned char nothing[1];

static int
derive_wrap_keys(const unsigned char *secret, size_t secret_size,
                 const struct attest_session_seed *seed, struct wrap_keys *keys,
                 cvmdom_error **error)
{
    return attest_kdf(secret, secret_size, "sev-master-secret", seed->nonce, sizeof(seed->nonce),
                      keys->master, error) < 0 ||
                   attest_kdf(keys->master, sizeof(keys->master), "sev-kek", nothing, 0,
                              keys->encryption, error) < 0 ||
                   attest_kdf(keys->master, sizeof(keys->master), "sev-kik", nothing, 0,
                              keys->integrity, error) < 0
               ? -1
               : 0;
}

static int
wrap(const struct wrap_keys *by, const unsigned char *iv, const struct cvmdom_launch_keys *keys,
     unsigned char *blob, cvmdom_error **error)
{
    const struct attest_part wrapped[] = { { blob + WRAP_TK, TK_SIZE }, { NULL, 0 } };
    unsigned char tk[TK_SIZE];
    int status;

    memcpy(tk + TK_TEK, keys->tek, CVMDOM_KEY_SIZE);
    memcpy(tk + TK_TIK, keys->tik, CVMDOM_KEY_SIZE);
    status = attest_aes_ctr(by->encryption, iv, tk, sizeof(tk), blob + WRAP_TK, error);
    OPENSSL_cleanse(tk, sizeof(tk));
    return status < 0
               ? -1
               : attest_hmac(by->integrity, sizeof(by->integrity), wrapped, blob + WRAP_MAC, error);
}

/* All 32 bits, as they are: the firmware compares with what it was told to launch. */
static int
bind_policy(const struct cvmdom_launch_keys *keys, uint32_t policy, unsigned char *blob,
            cvmdom_error **error)
{
    unsigned char bytes[4];
    const struct attest_part parts[] = { { bytes, sizeof(bytes) }, { NULL, 0 } };

    cvm_put_u32(bytes, policy);
    return attest_hmac(keys->tik, CVMDOM_KEY_SIZE, parts, blob + POLICY_MAC, error);
}

int
attest_session_seal(const unsigned char *secret, size_t secret_size,
                    const struct attest_session_seed *seed, const struct cvmdom_launch_keys *keys,
                    uint32_t policy, unsigned char blob[CVMDOM_SESSION_SIZE], cvmdom_error **error)
{
    struct wrap_keys by;
    int status = derive_wrap_keys(secret, secret_size, seed, &by, error);

    memcpy(blob + NONCE, seed->nonce, sizeof(seed->nonce));
    memcpy(blob + WRAP_IV, seed->iv, sizeof(seed->iv));
    if (status == 0) {
        status = wrap(&by, seed->iv, keys, blob, error);
    }
    OPENSSL_cleanse(&by, sizeof(by));
    return status == 0 ? bind_policy(keys, policy, blob, error) : -1;
}

/* ---- the session ---- */

void
cvmdom_session_clear(struct cvmdom_session *session)
{
    OPENSSL_cleanse(session, sizeof(*session));
}

int
attest_session_make(EVP_PKEY *pdh, const struct attest_session_seed *seed, uint32_t policy,
                    struct cvmdom_session *session, cvmdom_error **error)
{
    unsigned char secret[ATTEST_SECRET_SIZE];
    int status = attest_agree(seed->key, pdh, secret, error);

    if (status == 0) {
        status = attest_session_seal(secret, sizeof(secret), seed, &session->keys, policy,
                                     session->session, error);
    }
    OPENSSL_cleanse(secret, sizeof(secret));
    if (status < 0 || attest_sev_cert_write_unsigned(seed->key, session->dh_cert, error) < 0) {
        cvmdom_session_clear(session);
        return -1;
    }
    return 0;
}

static int
draw(struct attest_session_seed *seed, struct cvmdom_launch_keys *keys, cvmdom_error **error)
{
    if (attest_random(seed->nonce, sizeof(seed->nonce), error) < 0 ||
        attest_random(seed->iv, sizeof(seed->iv), error) < 0 ||
        attest_random(keys, sizeof(*keys), error) < 0) {
        return -1;
    }
    seed->key = EVP_EC_gen("P-384");
    return seed->key ? 0 : attest_crypto_error(error);
}

int
cvmdom_session_make(const unsigned char *pdh, size_t size, uint32_t policy,
                    struct cvmdom_session *session, cvmdom_error **error)
{
    struct attest_session_seed seed = { 0 };
    struct attest_cert cert = { 0 };
    int status;

    if (size < CVMDOM_SEV_CERT_SIZE) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("a platform's PDH is a certificate of %1$d bytes; this has %2$zu"),
            CVMDOM_SEV_CERT_SIZE, size);
    }
    if (attest_sev_cert_parse(pdh, ATTEST_PDH, &cert, error) < 0) {
        return -1;
    }
    status = draw(&seed, &session->keys, error);
    if (status == 0) {
        status = attest_session_make(cert.key, &seed, policy, session, error);
    } else {
        cvmdom_session_clear(session);
    }
    EVP_PKEY_free(seed.key); /* clears what is secret of it */
    attest_cert_clear(&cert);
    return status;
}
