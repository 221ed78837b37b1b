/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates behind a report: AMD publication 57230 (VCEK Certificate and KDS Interface
 * Specification), chapter 3. VCEK or VLEK by ASK or ASVK, that one by the ARK, the ARK by itself,
 * all of them RSA-PSS with SHA-384. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "attest/report.h"
#include "attest/report_chain.h"
#include "util/i18n.h"

enum {
    FILE_LIMIT = 64 * 1024, /* AMD's certificates have some 1.5 KiB each */
    MOST_CERTIFICATES = 3,
    RSA_BITS = 4096,

};

static void
free_certificates(STACK_OF(X509) * certificates)
{
    sk_X509_pop_free(certificates, X509_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)

/* No passphrase: otherwise libcrypto asks for one on the terminal. */
static int
refuse_passphrase(char *buffer G_GNUC_UNUSED, int size G_GNUC_UNUSED, int writing G_GNUC_UNUSED,
                  void *data G_GNUC_UNUSED)
{
    return -1;
}

static gboolean
is_pem(const unsigned char *data, size_t size)
{
    return g_strstr_len((const char *)data, (gssize)size, "-----BEGIN ") != NULL;
}

/* The next one; NULL at the end or at what is no certificate, which *ended tells apart. */
static X509 *
read_next(BIO *in, gboolean pem, gboolean *ended)
{
    X509 *certificate;

    if (!pem) {
        *ended = BIO_pending(in) == 0;
        return *ended ? NULL : d2i_X509_bio(in, NULL);
    }
    certificate = PEM_read_bio_X509(in, NULL, refuse_passphrase, NULL);
    *ended = !certificate && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    return certificate;
}

/* Appends what is in one file. what names the file in messages. */
static int
read_certificates(const unsigned char *data, size_t size, const char *what,
                  STACK_OF(X509) * certificates, cvmdom_error **error)
{
    int before = sk_X509_num(certificates);
    gboolean ended = size == 0;
    g_autoptr(BIO) in = NULL;

    if (size > FILE_LIMIT) {
        return cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                                _("the certificates (%1$s) are in more than %2$d bytes"), what,
                                FILE_LIMIT);
    }
    in = BIO_new_mem_buf(size ? (const void *)data : "", (int)size);
    if (!in) {
        return attest_crypto_error(error);
    }
    while (!ended) {
        X509 *certificate = read_next(in, is_pem(data, size), &ended);

        ERR_clear_error();
        if (certificate && sk_X509_num(certificates) < MOST_CERTIFICATES &&
            sk_X509_push(certificates, certificate) > 0) {
            continue;
        }
        X509_free(certificate);
        if (certificate || !ended) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_SYNTAX,
                _("the file of certificates (%1$s) has something else in it than "
                  "at most %2$d certificates in PEM or DER"),
                what, MOST_CERTIFICATES);
        }
    }
    if (sk_X509_num(certificates) == before) {
        return cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                                _("there is no certificate (%s), neither in PEM nor in DER"), what);
    }
    return 0;
}

static gboolean
is_self_issued(const X509 *certificate)
{
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
           0;
}

/* Which is which: the leaf stands first in its file, the root is the one that issued itself. */
static int
assign_roles(STACK_OF(X509) * certificates, struct report_chain *chain, cvmdom_error **error)
{
    if (sk_X509_num(certificates) != MOST_CERTIFICATES) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("%d certificates are not enough for a chain: it takes the VCEK or "
              "VLEK, the ASK or ASVK that signed it, and the ARK"),
            sk_X509_num(certificates));
    }
    chain->leaf = sk_X509_value(certificates, 0);
    chain->ask = sk_X509_value(certificates, 1);
    chain->ark = sk_X509_value(certificates, 2);
    if (is_self_issued(chain->ask)) {
        chain->ask = sk_X509_value(certificates, 2);
        chain->ark = sk_X509_value(certificates, 1);
    }
    if (is_self_issued(chain->leaf) || is_self_issued(chain->ask) || !is_self_issued(chain->ark)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the certificates are no chain: exactly one of those of AMD, the "
                                  "ARK, is one that issued itself"));
    }
    return 0;
}

/* RSA-PSS with SHA-384, also for MGF1, and a salt of 48 bytes: OpenSSL marks that combination as
 * good for TLS. */
static gboolean
is_signed_as_specified(X509 *certificate)
{
    int digest, key, bits;
    uint32_t flags;

    return X509_get_signature_info(certificate, &digest, &key, &bits, &flags) == 1 &&
           digest == NID_sha384 && key == NID_rsassaPss && flags & X509_SIG_INFO_TLS;
}

static int
check_authority(X509 *certificate, const char *name, cvmdom_error **error)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);

    if (!is_signed_as_specified(certificate)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the %s is not signed as AMD signs it, RSA-PSS with SHA-384"),
                                name);
    }
    if (!key || !EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) != RSA_BITS) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the key of the %1$s is not one of RSA with %2$d bits, as AMD's is"), name, RSA_BITS);
    }
    if (X509_check_ca(certificate) != 1) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the %s is no certificate of an authority"), name);
    }
    return 0;
}

static int
check_leaf(const struct report_chain *chain, cvmdom_error **error)
{
    EVP_PKEY *key = X509_get0_pubkey(chain->leaf);
    char group[32] = "";

    if (!is_signed_as_specified(chain->leaf)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the %s is not signed as AMD signs it, RSA-PSS with SHA-384"),
                                chain->leaf_name);
    }
    if (!key || !EVP_PKEY_is_a(key, "EC") ||
        EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
        !g_str_equal(group, SN_secp384r1)) {
        ERR_clear_error();
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the key of the %s is none on the elliptic curve P-384"),
                                chain->leaf_name);
    }
    return 0;
}

/* "AB:CD…" as openssl prints it, or without colons. */
static gboolean
parse_fingerprint(const char *text, unsigned char out[32])
{
    for (size_t i = 0; i < 32; i++, text += 2) {
        if (i && *text == ':') {
            text++;
        }
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1])) {
            return FALSE;
        }
        out[i] =
            (unsigned char)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
    }
    return *text == '\0';
}

static int
check_pin(const X509 *ark, const char *pin, cvmdom_error **error)
{
    unsigned char expected[32], actual[EVP_MAX_MD_SIZE];

    if (!pin) {
        return 0;
    }
    if (!parse_fingerprint(pin, expected)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                                _("'%s' is no SHA-256 of a certificate, which has 64 hexadecimal "
                                  "digits"),
                                pin);
    }
    if (X509_digest(ark, EVP_sha256(), actual, NULL) != 1) {
        return attest_crypto_error(error);
    }
    if (CRYPTO_memcmp(actual, expected, sizeof(expected)) != 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the ARK is not the one that is insisted on: the chain ends at "
                                  "another root, and is not AMD's"));
    }
    return 0;
}

/* All that OpenSSL knows of chains, with a store in which nothing but this ARK is. Times are not
 * looked at: AMD's certificates outlive no report, and whoever keeps a report wants it to verify
 * the next year, too. */
static int
verify_chain(const struct report_chain *chain, cvmdom_error **error)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    g_autoptr(X509_STORE_CTX) context = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    int good = 0, links = 0, reason = X509_V_ERR_UNSPECIFIED;

    if (store && context && between && sk_X509_push(between, chain->ask) > 0 &&
        X509_STORE_add_cert(store, chain->ark) == 1 &&
        X509_STORE_set_flags(store, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_CHECK_SS_SIGNATURE) ==
            1 &&
        X509_STORE_CTX_init(context, store, chain->leaf, between) == 1) {
        good = X509_verify_cert(context) == 1;
        links = sk_X509_num(X509_STORE_CTX_get0_chain(context));
        reason = X509_STORE_CTX_get_error(context);
    }
    sk_X509_free(between);
    ERR_clear_error();
    if (!good) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the certificates do not sign each other, %1$s by %2$s by ARK: %3$s"),
            chain->leaf_name, chain->ask_name, X509_verify_cert_error_string(reason));
    }
    return links == MOST_CERTIFICATES
               ? 0
               : cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                  _("the %1$s is signed by the ARK itself, and not by the %2$s"),
                                  chain->leaf_name, chain->ask_name);
}

static int
check_chain(const struct report_chain *chain, const char *pin, cvmdom_error **error)
{
    return check_pin(chain->ark, pin, error) < 0 || check_authority(chain->ark, "ARK", error) < 0 ||
                   check_authority(chain->ask, chain->ask_name, error) < 0 ||
                   check_leaf(chain, error) < 0 || verify_chain(chain, error) < 0
               ? -1
               : 0;
}

static int
check_signature(const cvmdom_report *report, const struct report_chain *chain, cvmdom_error **error)
{
    int good = attest_ecc_verify(X509_get0_pubkey(chain->leaf), EVP_sha384(), report->bytes,
                                 REPORT_SIGNATURE, report->bytes + REPORT_SIGNATURE, error);

    if (good == 0) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the report is not signed by the key of this %s: it was changed, or comes "
              "from another chip or firmware"),
            chain->leaf_name);
    }
    return good == 1 ? 0 : -1;
}

static void
write_fingerprint(const void *data, size_t size, char out[65])
{
    g_autofree char *text = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);

    g_strlcpy(out, text, 65);
}

static void
visit_certificate(const X509 *certificate, const char *name, const char *signer,
                  cvmdom_chain_fn visit, void *payload)
{
    struct cvmdom_chain_link link = { name, signer, "RSA-PSS-SHA384", "" };
    unsigned char *der = NULL;
    int size = i2d_X509(certificate, &der);

    if (size > 0) {
        write_fingerprint(der, (size_t)size, link.fingerprint);
        OPENSSL_free(der);
    }
    visit(&link, payload);
}

static void
visit_links(const cvmdom_report *report, const struct report_chain *chain, cvmdom_chain_fn visit,
            void *payload)
{
    struct cvmdom_chain_link link = { "REPORT", chain->leaf_name, "ECDSA-SHA384", "" };

    visit_certificate(chain->ark, "ARK", "ARK", visit, payload);
    visit_certificate(chain->ask, chain->ask_name, "ARK", visit, payload);
    visit_certificate(chain->leaf, chain->leaf_name, chain->ask_name, visit, payload);
    write_fingerprint(report->bytes, sizeof(report->bytes), link.fingerprint);
    visit(&link, payload);
}

static int
verify_with(const cvmdom_report *report, const struct cvmdom_report_certs *certs,
            STACK_OF(X509) * certificates, struct report_chain *chain, cvmdom_error **error)
{
    if (read_certificates(certs->vcek, certs->vcek_size, "VCEK", certificates, error) < 0 ||
        (certs->ca &&
         read_certificates(certs->ca, certs->ca_size, "CA", certificates, error) < 0)) {
        return -1;
    }
    return assign_roles(certificates, chain, error) < 0 ||
                   attest_report_chain_name(report, chain, error) < 0 ||
                   check_chain(chain, certs->ark, error) < 0 ||
                   check_signature(report, chain, error) < 0 ||
                   attest_report_chain_match(report, chain, error) < 0
               ? -1
               : 0;
}

int
cvmdom_report_verify(const cvmdom_report *report, const struct cvmdom_report_certs *certs,
                     cvmdom_chain_fn visit, void *payload, cvmdom_error **error)
{
    STACK_OF(X509) *certificates = sk_X509_new_null();
    struct report_chain chain = { 0 };
    int status = certificates ? verify_with(report, certs, certificates, &chain, error)
                              : attest_crypto_error(error);

    if (status == 0 && visit) {
        visit_links(report, &chain, visit, payload);
    }
    free_certificates(certificates);
    ERR_clear_error();
    return status;
}
