/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The format of ASK and ARK, AMD's own certificates. */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "attest/cert.h"
#include "util/bytes.h"
#include "util/i18n.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)

/* AMD publication 55766, appendix "Certificate Format", table "AMD Certificate Format"; exponent,
 * modulus and signature follow, in little endian. */
enum {
    CERT_VERSION = 0x00,
    KEY_ID = 0x04,
    CERTIFYING_ID = 0x14,
    USAGE = 0x24,
    RESERVED = 0x28,
    EXPONENT_BITS = 0x38,
    MODULUS_BITS = 0x3c,
    NUMBERS = 0x40,
};

/* That of all of AMD's keys. */
#define EXPONENT 65537

static int
check_head(const unsigned char *at, size_t size, enum attest_role role, cvmdom_error **error)
{
    const char *name = attest_roles[role].name;

    if (size < NUMBERS) {
        return cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                                _("the chain ends within the certificate of the %1$s"), name);
    }
    if (attest_cert_check_head(role, cvm_get_u32(at + CERT_VERSION), cvm_get_u32(at + USAGE),
                               error) < 0) {
        return -1;
    }
    if (cvm_get_u64(at + RESERVED) || cvm_get_u64(at + RESERVED + 8)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the certificate of the %1$s is damaged: bytes that its format wants "
              "to be zero are not"),
            name);
    }
    return 0;
}

/* The algorithm that belongs to the size of the key; NULL for any that is not 2048 or 4096 bits. */
static const struct attest_algorithm *
parse_sizes(const unsigned char *at, size_t size, enum attest_role role, cvmdom_error **error)
{
    const char *name = attest_roles[role].name;
    uint32_t bits = cvm_get_u32(at + MODULUS_BITS);
    const struct attest_algorithm *algorithm = attest_algorithm_of_rsa(bits);

    if (!algorithm || cvm_get_u32(at + EXPONENT_BITS) != bits) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the key of the %1$s has %2$u bits with an exponent of %3$u; it should be "
              "2048 or 4096 of each"),
            name, bits, cvm_get_u32(at + EXPONENT_BITS));
        return NULL;
    }
    if (size < NUMBERS + 3 * algorithm->size) {
        cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                         _("the chain ends within the certificate of the %1$s"), name);
        return NULL;
    }
    return algorithm;
}

static EVP_PKEY *
make_key(const BIGNUM *exponent, const BIGNUM *modulus, cvmdom_error **error)
{
    g_autoptr(OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new();
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    g_autoptr(OSSL_PARAM) parameters = NULL;
    EVP_PKEY *key = NULL;

    if (!builder || !context ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1) {
        attest_crypto_error(error);
        return NULL;
    }
    parameters = OSSL_PARAM_BLD_to_param(builder);
    if (!parameters || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        attest_crypto_error(error);
        return NULL;
    }
    return key;
}

static EVP_PKEY *
parse_key(const unsigned char *at, const struct attest_algorithm *algorithm, enum attest_role role,
          cvmdom_error **error)
{
    int size = (int)algorithm->size;
    g_autoptr(BIGNUM) exponent = BN_lebin2bn(at, size, NULL);
    g_autoptr(BIGNUM) modulus = BN_lebin2bn(at + size, size, NULL);

    if (!exponent || !modulus) {
        attest_crypto_error(error);
        return NULL;
    }
    if (!BN_is_word(exponent, EXPONENT) || BN_num_bits(modulus) != algorithm->rsa_bits ||
        !BN_is_odd(modulus)) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the key of the %1$s is none of RSA as AMD's: its exponent is not 65537, or "
              "its modulus is even or too short"),
            attest_roles[role].name);
        return NULL;
    }
    return make_key(exponent, modulus, error);
}

int
attest_amd_cert_parse(const unsigned char *at, size_t size, enum attest_role role,
                      struct attest_cert *cert, cvmdom_error **error)
{
    const struct attest_algorithm *algorithm;
    EVP_PKEY *key;

    if (check_head(at, size, role, error) < 0) {
        return -1;
    }
    algorithm = parse_sizes(at, size, role, error);
    key = algorithm ? parse_key(at + NUMBERS, algorithm, role, error) : NULL;
    if (!key) {
        return -1;
    }
    *cert = (struct attest_cert){
        .role = role,
        .bytes = at,
        .size = NUMBERS + 3 * algorithm->size,
        .signed_size = NUMBERS + 2 * algorithm->size,
        .key = key,
        .signatures = { { attest_roles[role].signers[0], algorithm,
                          at + NUMBERS + 2 * algorithm->size } },
        .n_signatures = 1,
        .key_id = at + KEY_ID,
        .certifying_id = at + CERTIFYING_ID,
    };
    return 0;
}
