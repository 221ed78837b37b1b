/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The format of PDH, PEK, OCA and CEK. */
#include <string.h>

#include "attest/cert.h"
#include "util/bytes.h"
#include "util/i18n.h"

/* AMD publication 55766, appendix "Certificate Format", table "SEV Certificate Format". */
enum {
    CERT_VERSION = 0x000,
    RESERVED = 0x006,
    USAGE = 0x008,
    ALGORITHM = 0x00c,
    PUBLIC_KEY = 0x010,
    SIGNATURES = PUBLIC_KEY + ATTEST_ECC_KEY_SIZE,
};

/* Of a signature. */
enum {
    SIGNER = 0,
    SIGNATURE_ALGORITHM = 4,
    SIGNATURE = 8,
    SIGNATURE_AREA = 512,
    SIGNATURE_STRIDE = SIGNATURE + SIGNATURE_AREA,
};

enum {
    FORMAT_VERSION = 1,
    P384 = 2,
    USED_OF_KEY = 4 + 2 * 72, /* curve, x and y; the rest is reserved */
    NO_SIGNER = 0x1000,       /* of a signature that is none */
};

G_STATIC_ASSERT(SIGNATURES + ATTEST_SIGNATURES * SIGNATURE_STRIDE == CVMDOM_SEV_CERT_SIZE);
G_STATIC_ASSERT(SIGNATURE_AREA == ATTEST_ECC_SIGNATURE_SIZE);

static gboolean
is_zero(const unsigned char *at, size_t size)
{
    unsigned char any = 0;

    for (size_t i = 0; i < size; i++) {
        any |= at[i];
    }
    return any == 0;
}

static int
fail_reserved(enum attest_role role, cvmdom_error **error)
{
    return cvmdom_error_set(
        error, CVMDOM_ERROR_SYNTAX,
        _("the certificate of the %1$s is damaged: bytes that its format wants to "
          "be zero are not"),
        attest_roles[role].name);
}

static int
check_body(const unsigned char *at, enum attest_role role, cvmdom_error **error)
{
    const char *name = attest_roles[role].name;
    uint32_t algorithm = cvm_get_u32(at + ALGORITHM);
    uint32_t curve = cvm_get_u32(at + PUBLIC_KEY);

    if (attest_cert_check_head(role, cvm_get_u32(at + CERT_VERSION), cvm_get_u32(at + USAGE),
                               error) < 0) {
        return -1;
    }
    if (algorithm != attest_roles[role].key_algorithm || curve != P384) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the key of the %1$s is of algorithm 0x%2$x on the curve %3$u; that "
              "of a %1$s is of algorithm 0x%4$x on the curve 2 (P-384)"),
            name, algorithm, curve, attest_roles[role].key_algorithm);
    }
    if (!is_zero(at + RESERVED, USAGE - RESERVED) ||
        !is_zero(at + PUBLIC_KEY + USED_OF_KEY, ATTEST_ECC_KEY_SIZE - USED_OF_KEY)) {
        return fail_reserved(role, error);
    }
    return 0;
}

/* ---- signatures ---- */

static gboolean
has_signature(const struct attest_cert *cert, enum attest_role signer)
{
    for (unsigned i = 0; i < cert->n_signatures; i++) {
        if (cert->signatures[i].signer == signer) {
            return TRUE;
        }
    }
    return FALSE;
}

/* FALSE: this role is not signed by that one, or by it already. */
static gboolean
find_signer(const struct attest_cert *cert, uint32_t usage, enum attest_role *signer)
{
    const struct attest_role_info *role = &attest_roles[cert->role];

    for (unsigned i = 0; i < role->n_signers; i++) {
        *signer = role->signers[i];
        if (attest_roles[*signer].usage == usage && !has_signature(cert, *signer)) {
            return TRUE;
        }
    }
    return FALSE;
}

static int
parse_signature(const unsigned char *at, struct attest_cert *cert, cvmdom_error **error)
{
    const char *name = attest_roles[cert->role].name;
    uint32_t usage = cvm_get_u32(at + SIGNER);
    uint32_t number = cvm_get_u32(at + SIGNATURE_ALGORITHM);
    const struct attest_algorithm *algorithm = attest_algorithm_find(number);
    enum attest_role signer;

    if (attest_roles[cert->role].may_be_unsigned && is_zero(at, SIGNATURE_STRIDE)) {
        return 0;
    }
    if (usage == NO_SIGNER) {
        return is_zero(at + SIGNATURE_ALGORITHM, SIGNATURE_STRIDE - SIGNATURE_ALGORITHM)
                   ? 0
                   : fail_reserved(cert->role, error);
    }
    if (!find_signer(cert, usage, &signer)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the %1$s has a signature that it should not have, by a key for use "
              "0x%2$x"),
            name, usage);
    }
    if (!algorithm || !!algorithm->rsa_bits != attest_roles[signer].rsa) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the signature of the %1$s by the %2$s is of algorithm 0x%3$x, which "
              "an %2$s does not sign with"),
            name, attest_roles[signer].name, number);
    }
    if (!is_zero(at + SIGNATURE + algorithm->size, SIGNATURE_AREA - algorithm->size)) {
        return fail_reserved(cert->role, error);
    }
    cert->signatures[cert->n_signatures++] =
        (struct attest_signature){ signer, algorithm, at + SIGNATURE };
    return 0;
}

static int
parse_signatures(struct attest_cert *cert, cvmdom_error **error)
{
    const struct attest_role_info *role = &attest_roles[cert->role];

    for (unsigned i = 0; i < ATTEST_SIGNATURES; i++) {
        if (parse_signature(cert->bytes + SIGNATURES + i * SIGNATURE_STRIDE, cert, error) < 0) {
            return -1;
        }
    }
    for (unsigned i = 0; i < role->n_signers && !role->may_be_unsigned; i++) {
        if (!has_signature(cert, role->signers[i])) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_SYNTAX,
                _("the certificate of the %1$s has no signature of the %2$s: it is "
                  "not a platform's"),
                role->name, attest_roles[role->signers[i]].name);
        }
    }
    return 0;
}

/* ---- the certificate ---- */

static EVP_PKEY *
parse_key(const unsigned char *at, enum attest_role role, cvmdom_error **error)
{
    cvmdom_error *cause = NULL;
    EVP_PKEY *key = attest_ecc_key_parse(at, &cause);

    if (!key) {
        cvmdom_error_set(error, cvmdom_error_code(cause), _("the certificate of the %1$s: %2$s"),
                         attest_roles[role].name, cvmdom_error_message(cause));
        cvmdom_error_free(cause);
    }
    return key;
}

int
attest_sev_cert_parse(const unsigned char *at, enum attest_role role, struct attest_cert *cert,
                      cvmdom_error **error)
{
    struct attest_cert parsed = {
        .role = role,
        .bytes = at,
        .size = CVMDOM_SEV_CERT_SIZE,
        .signed_size = SIGNATURES,
    };

    if (check_body(at, role, error) < 0 || parse_signatures(&parsed, error) < 0) {
        return -1;
    }
    parsed.key = parse_key(at + PUBLIC_KEY, role, error);
    if (!parsed.key) {
        return -1;
    }
    *cert = parsed;
    return 0;
}

int
attest_sev_cert_write_unsigned(const EVP_PKEY *key, unsigned char at[CVMDOM_SEV_CERT_SIZE],
                               cvmdom_error **error)
{
    memset(at, 0, CVMDOM_SEV_CERT_SIZE);
    cvm_put_u32(at + CERT_VERSION, FORMAT_VERSION);
    cvm_put_u32(at + USAGE, attest_roles[ATTEST_PDH].usage);
    cvm_put_u32(at + ALGORITHM, attest_roles[ATTEST_PDH].key_algorithm);
    for (unsigned i = 0; i < ATTEST_SIGNATURES; i++) {
        cvm_put_u32(at + SIGNATURES + i * SIGNATURE_STRIDE + SIGNER, NO_SIGNER);
    }
    return attest_ecc_key_write(key, at + PUBLIC_KEY, error);
}
