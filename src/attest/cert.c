/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who signs whom in a SEV platform's chain, with what, and whether it holds. */
#include "attest/cert.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "util/i18n.h"

enum {
    FORMAT_VERSION = 1, /* of both formats */
    LONGEST_RSA = 4096 / 8,
};

/* AMD publication 55766, appendix "Certificate Format", tables of key usages and of algorithms; and
 * its chapter on certificates and keys for who signs whom. A platform does not know what AMD signed
 * its CEK with: sevctl fetches that certificate from AMD, and puts it into the chain instead. */
const struct attest_role_info attest_roles[ATTEST_ROLES] = {
    [ATTEST_PDH] = { "PDH", 0x1003, 3 /* ECDH-SHA256 */, FALSE, { ATTEST_PEK }, 1, FALSE },
    [ATTEST_PEK] = { "PEK", 0x1002, 2, FALSE, { ATTEST_OCA, ATTEST_CEK }, 2, FALSE },
    [ATTEST_OCA] = { "OCA", 0x1001, 2, FALSE, { ATTEST_OCA }, 1, FALSE },
    [ATTEST_CEK] = { "CEK", 0x1004, 2, FALSE, { ATTEST_ASK }, 1, TRUE },
    [ATTEST_ASK] = { "ASK", 0x13, 0, TRUE, { ATTEST_ARK }, 1, FALSE },
    [ATTEST_ARK] = { "ARK", 0x00, 0, TRUE, { ATTEST_ARK }, 1, FALSE },
};

/* Of those tables what AMD's chains have: RSA keys of two sizes, with a hash each. */
static const struct attest_algorithm algorithms[] = {
    { 0x001, "RSA-SHA256", EVP_sha256, 2048, 2048 / 8 },
    { 0x101, "RSA-SHA384", EVP_sha384, 4096, 4096 / 8 },
    { 0x002, "ECDSA-SHA256", EVP_sha256, 0, 2 * 72 /* r and s */ },
};

const struct attest_algorithm *
attest_algorithm_find(uint32_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (algorithms[i].number == number) {
            return &algorithms[i];
        }
    }
    return NULL;
}

const struct attest_algorithm *
attest_algorithm_of_rsa(uint32_t bits)
{
    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        if (algorithms[i].rsa_bits && (uint32_t)algorithms[i].rsa_bits == bits) {
            return &algorithms[i];
        }
    }
    return NULL;
}

void
attest_cert_clear(struct attest_cert *cert)
{
    EVP_PKEY_free(cert->key);
    memset(cert, 0, sizeof(*cert));
}

int
attest_cert_check_head(enum attest_role role, uint32_t version, uint32_t usage,
                       cvmdom_error **error)
{
    const char *name = attest_roles[role].name;

    if (version != FORMAT_VERSION) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("in the place of the %1$s there is no certificate: it would have version "
              "1, not %2$u"),
            name, version);
    }
    if (usage == attest_roles[role].usage) {
        return 0;
    }
    for (int other = 0; other < ATTEST_ROLES; other++) {
        if (attest_roles[other].usage == usage) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_SYNTAX,
                _("in the place of the %1$s there is the certificate of the %2$s"), name,
                attest_roles[other].name);
        }
    }
    return cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                            _("the certificate of the %1$s is for another use of its key, 0x%2$x "
                              "instead of 0x%3$x"),
                            name, usage, attest_roles[role].usage);
}

/* PSS with the hash of the message in MGF1, and a salt as long as it; AMD has the number in little
 * endian. */
static int
verify_rsa(const struct attest_cert *cert, const struct attest_signature *signature, EVP_PKEY *key,
           cvmdom_error **error)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *details = NULL; /* the context's */
    const EVP_MD *md = signature->algorithm->md();
    size_t size = signature->algorithm->size;
    unsigned char reversed[LONGEST_RSA];
    int result;

    for (size_t i = 0; i < size; i++) {
        reversed[size - 1 - i] = signature->bytes[i];
    }
    if (!context || EVP_DigestVerifyInit(context, &details, md, NULL, key) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(details, md) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) != 1) {
        return attest_crypto_error(error);
    }
    result = EVP_DigestVerify(context, reversed, size, cert->bytes, cert->signed_size);
    ERR_clear_error(); /* whatever keeps it from being verified, it does not hold */
    return result == 1;
}

int
attest_cert_verify(const struct attest_cert *cert, const struct attest_signature *signature,
                   const struct attest_cert *signer, cvmdom_error **error)
{
    const struct attest_algorithm *algorithm = signature->algorithm;

    if (!algorithm->rsa_bits) {
        return attest_ecc_verify(signer->key, algorithm->md(), cert->bytes, cert->signed_size,
                                 signature->bytes, error);
    }
    return EVP_PKEY_get_bits(signer->key) == algorithm->rsa_bits
               ? verify_rsa(cert, signature, signer->key, error)
               : 0;
}
