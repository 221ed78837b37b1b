/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A platform's chain with all its private keys, so that what is wrong in it can be signed. */
#ifndef CVM_TESTS_CHAIN_FIXTURE_H
#define CVM_TESTS_CHAIN_FIXTURE_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <string.h>

#include "attest/cert.h"
#include "unit.h"
#include "util/bytes.h"

enum {
    CERT = CVMDOM_SEV_CERT_SIZE,
    PLATFORM = 4 * CERT,
    SIGNED = 0x414,
    SLOT = 520,
    RSA_SIZE = 256,
    CA_CERT = 64 + 3 * RSA_SIZE,
    CA = 2 * CA_CERT,
};

struct made {
    EVP_PKEY *keys[4]; /* of PDH, PEK, OCA, CEK */
    EVP_PKEY *rsa;     /* of ASK and ARK; NULL: there is no CA */
    unsigned char chain[PLATFORM];
    unsigned char ca[CA];
};

/* Signs the first bytes of a certificate with a key, in the slot. */
static inline void
made_sign(struct made *made, enum attest_role role, unsigned slot, enum attest_role signer)
{
    unsigned char *cert = made->chain + (size_t)role * CERT;
    unsigned char *at = cert + SIGNED + slot * SLOT;

    cvm_put_u32(at, attest_roles[signer].usage);
    cvm_put_u32(at + 4, 2);
    ck_assert_int_eq(attest_ecc_sign(made->keys[signer], EVP_sha256(), cert, SIGNED, at + 8, NULL),
                     0);
}

static inline void
made_sign_rsa(EVP_PKEY *key, const unsigned char *data, size_t size, unsigned char *at)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *details;
    unsigned char signature[RSA_SIZE];
    size_t length = sizeof(signature);

    ck_assert_int_eq(EVP_DigestSignInit(context, &details, EVP_sha256(), NULL, key), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST), 1);
    ck_assert_int_eq(EVP_DigestSign(context, signature, &length, data, size), 1);
    ck_assert_uint_eq(length, RSA_SIZE);
    for (size_t i = 0; i < RSA_SIZE; i++) {
        at[i] = signature[RSA_SIZE - 1 - i];
    }
}

/* All signatures anew. */
static inline void
made_sign_all(struct made *made)
{
    unsigned char *cek = made->chain + ATTEST_CEK * CERT;

    made_sign(made, ATTEST_PDH, 0, ATTEST_PEK);
    made_sign(made, ATTEST_PEK, 0, ATTEST_OCA);
    made_sign(made, ATTEST_PEK, 1, ATTEST_CEK);
    made_sign(made, ATTEST_OCA, 0, ATTEST_OCA);
    if (made->rsa) {
        cvm_put_u32(cek + SIGNED, attest_roles[ATTEST_ASK].usage);
        cvm_put_u32(cek + SIGNED + 4, 1);
        made_sign_rsa(made->rsa, cek, SIGNED, cek + SIGNED + 8);
        for (int i = 0; i < 2; i++) {
            unsigned char *cert = made->ca + i * CA_CERT;

            made_sign_rsa(made->rsa, cert, CA_CERT - RSA_SIZE, cert + CA_CERT - RSA_SIZE);
        }
    }
}

static inline void
made_fill_ca(const struct made *made, unsigned char *at, enum attest_role role)
{
    BIGNUM *modulus = NULL;

    memset(at, 0, CA_CERT);
    cvm_put_u32(at, 1);
    memset(at + 4, role, 16);
    memset(at + 20, ATTEST_ARK, 16);
    cvm_put_u32(at + 36, attest_roles[role].usage);
    cvm_put_u32(at + 56, 8 * RSA_SIZE);
    cvm_put_u32(at + 60, 8 * RSA_SIZE);
    cvm_put_u32(at + 64, 65537);
    ck_assert_int_eq(EVP_PKEY_get_bn_param(made->rsa, OSSL_PKEY_PARAM_RSA_N, &modulus), 1);
    ck_assert_int_eq(BN_bn2lebinpad(modulus, at + 64 + RSA_SIZE, RSA_SIZE), RSA_SIZE);
    BN_free(modulus);
}

static inline void
made_init(struct made *made, gboolean with_ca)
{
    memset(made, 0, sizeof(*made));
    for (int role = 0; role < 4; role++) {
        unsigned char *at = made->chain + role * CERT;

        made->keys[role] = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
        ck_assert_int_eq(attest_sev_cert_write_unsigned(made->keys[role], at, NULL), 0);
        cvm_put_u32(at + 8, attest_roles[role].usage);
        cvm_put_u32(at + 12, attest_roles[role].key_algorithm);
    }
    if (with_ca) {
        made->rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)(8 * RSA_SIZE));
        made_fill_ca(made, made->ca, ATTEST_ASK);
        made_fill_ca(made, made->ca + CA_CERT, ATTEST_ARK);
    }
    made_sign_all(made);
}

static inline void
made_clear(struct made *made)
{
    for (int role = 0; role < 4; role++) {
        EVP_PKEY_free(made->keys[role]);
    }
    EVP_PKEY_free(made->rsa);
}

#endif
