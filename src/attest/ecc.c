/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#include "attest/attest.h"
#include "util/bytes.h"
#include "util/i18n.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)

enum {
    NUMBER_SIZE = 72,
    LONGEST_POINT = 1 + 2 * 48, /* 4, x and y in big endian */
};

static const struct curve {
    uint32_t id;
    const char *name;
    size_t size; /* bytes of a coordinate */
} curves[] = {
    { 1, "P-256", 32 },
    { 2, "P-384", 48 },
};

/* Little endian to big endian; FALSE when the number is longer than size bytes. */
static gboolean
reverse(const unsigned char *at, size_t size, unsigned char *out)
{
    for (size_t i = 0; i < NUMBER_SIZE; i++) {
        if (i < size) {
            out[size - 1 - i] = at[i];
        } else if (at[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

static EVP_PKEY *
make_key(const struct curve *curve, unsigned char *point, cvmdom_error **error)
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve->name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * curve->size),
        OSSL_PARAM_construct_end()
    };

    if (!context || EVP_PKEY_fromdata_init(context) != 1) {
        attest_crypto_error(error);
        return NULL;
    }
    if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        ERR_clear_error();
        cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                         _("the public key is no point of the elliptic curve %s"), curve->name);
        return NULL;
    }
    return key;
}

EVP_PKEY *
attest_ecc_key_parse(const unsigned char *at, cvmdom_error **error)
{
    uint32_t id = cvm_get_u32(at);
    unsigned char point[LONGEST_POINT] = { 4 };

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++) {
        const struct curve *curve = &curves[i];

        if (curve->id == id && reverse(at + 4, curve->size, point + 1) &&
            reverse(at + 4 + NUMBER_SIZE, curve->size, point + 1 + curve->size)) {
            return make_key(curve, point, error);
        }
    }
    cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                     _("the public key is none on P-256 or P-384 (its curve has number %u)"), id);
    return NULL;
}

static int
write_number(const BIGNUM *number, unsigned char *at)
{
    return number && BN_bn2lebinpad(number, at, NUMBER_SIZE) == NUMBER_SIZE ? 0 : -1;
}

int
attest_ecc_key_write(const EVP_PKEY *key, unsigned char *at, cvmdom_error **error)
{
    char group[32] = "";
    BIGNUM *x = NULL, *y = NULL;
    int status = 0;

    if (!EVP_PKEY_is_a(key, "EC") ||
        EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
        !g_str_equal(group, SN_secp384r1)) {
        ERR_clear_error();
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("the key is none on the elliptic curve P-384"));
    }
    memset(at, 0, ATTEST_ECC_KEY_SIZE);
    cvm_put_u32(at, 2);
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1 ||
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1 ||
        write_number(x, at + 4) < 0 || write_number(y, at + 4 + NUMBER_SIZE) < 0) {
        status = attest_crypto_error(error);
    }
    BN_free(x);
    BN_free(y);
    return status;
}

int
attest_ecc_verify(EVP_PKEY *key, const EVP_MD *md, const void *data, size_t size,
                  const unsigned char *signature, cvmdom_error **error)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    g_autoptr(ECDSA_SIG) pair = ECDSA_SIG_new();
    g_autoptr(BIGNUM) r = BN_lebin2bn(signature, NUMBER_SIZE, NULL);
    g_autoptr(BIGNUM) s = BN_lebin2bn(signature + NUMBER_SIZE, NUMBER_SIZE, NULL);
    unsigned char *der = NULL;
    int length, result;

    if (!context || !pair || !r || !s || ECDSA_SIG_set0(pair, r, s) != 1) {
        return attest_crypto_error(error);
    }
    r = s = NULL; /* the pair's */
    length = i2d_ECDSA_SIG(pair, &der);
    if (length <= 0 || EVP_DigestVerifyInit(context, NULL, md, NULL, key) != 1) {
        OPENSSL_free(der);
        return attest_crypto_error(error);
    }
    result = EVP_DigestVerify(context, der, (size_t)length, data, size);
    OPENSSL_free(der);
    ERR_clear_error(); /* numbers out of range count as a signature that does not hold */
    return result == 1;
}

static int
write_signature(const unsigned char *der, size_t length, unsigned char *signature)
{
    g_autoptr(ECDSA_SIG) pair = d2i_ECDSA_SIG(NULL, &der, (long)length);

    memset(signature, 0, ATTEST_ECC_SIGNATURE_SIZE);
    return pair && write_number(ECDSA_SIG_get0_r(pair), signature) == 0 &&
                   write_number(ECDSA_SIG_get0_s(pair), signature + NUMBER_SIZE) == 0
               ? 0
               : -1;
}

int
attest_ecc_sign(EVP_PKEY *key, const EVP_MD *md, const void *data, size_t size,
                unsigned char *signature, cvmdom_error **error)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    unsigned char der[256];
    size_t length = sizeof(der);

    if (!context || EVP_DigestSignInit(context, NULL, md, NULL, key) != 1 ||
        EVP_DigestSign(context, der, &length, data, size) != 1 ||
        write_signature(der, length, signature) < 0) {
        return attest_crypto_error(error);
    }
    return 0;
}
