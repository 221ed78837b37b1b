/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A platform's certificates, from AMD's root down to the key that a session is made with. */
#include <string.h>

#include "attest/cert.h"
#include "util/i18n.h"

enum {
    PLATFORM_CERTS = ATTEST_CEK + 1,
    PLATFORM_SIZE = PLATFORM_CERTS * CVMDOM_SEV_CERT_SIZE,
    SHA256_SIZE = 32,
};

struct chain {
    struct attest_cert certs[ATTEST_ROLES];
    char fingerprints[ATTEST_ROLES][2 * SHA256_SIZE + 1];
    gboolean has_ca; /* ASK and ARK are there, too */
};

static void
clear_chain(struct chain *chain)
{
    for (int role = 0; role < ATTEST_ROLES; role++) {
        attest_cert_clear(&chain->certs[role]);
    }
}

/* ---- parsing ---- */

static int
parse_platform(const unsigned char *at, size_t size, struct chain *chain, cvmdom_error **error)
{
    for (int role = 0; role < PLATFORM_CERTS; role++) {
        size_t offset = (size_t)role * CVMDOM_SEV_CERT_SIZE;

        if (size < offset + CVMDOM_SEV_CERT_SIZE) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_SYNTAX,
                _("a platform's chain has the certificates of PDH, PEK, OCA and "
                  "CEK, %1$d bytes; this one has %2$zu, and ends before that of "
                  "the %3$s is complete"),
                PLATFORM_SIZE, size, attest_roles[role].name);
        }
        if (attest_sev_cert_parse(at + offset, (enum attest_role)role, &chain->certs[role], error) <
            0) {
            return -1;
        }
    }
    return 0;
}

static int
parse_ca(const unsigned char *at, size_t size, struct chain *chain, cvmdom_error **error)
{
    struct attest_cert *ask = &chain->certs[ATTEST_ASK], *ark = &chain->certs[ATTEST_ARK];

    if (attest_amd_cert_parse(at, size, ATTEST_ASK, ask, error) < 0 ||
        attest_amd_cert_parse(at + ask->size, size - ask->size, ATTEST_ARK, ark, error) < 0) {
        return -1;
    }
    if (ask->size + ark->size != size) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("%1$zu bytes follow the certificates of ASK and ARK, where nothing "
              "should"),
            size - ask->size - ark->size);
    }
    chain->has_ca = TRUE;
    return 0;
}

static int
parse(const unsigned char *at, size_t size, const unsigned char *ca, size_t ca_size,
      struct chain *chain, cvmdom_error **error)
{
    gboolean full = size > PLATFORM_SIZE;

    if (parse_platform(at, size, chain, error) < 0) {
        return -1;
    }
    if (full && ca) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("something follows the certificate of the CEK, but ASK and ARK are "
              "given apart from the chain, too: give them once"));
    }
    if (full) {
        return parse_ca(at + PLATFORM_SIZE, size - PLATFORM_SIZE, chain, error);
    }
    return ca ? parse_ca(ca, ca_size, chain, error) : 0;
}

/* ---- judging ---- */

static int
take_fingerprint(const struct attest_cert *cert, char *fingerprint, cvmdom_error **error)
{
    unsigned char hash[SHA256_SIZE];

    if (attest_hash(EVP_sha256(), cert->bytes, cert->size, hash, error) < 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof(hash); i++) {
        g_snprintf(fingerprint + 2 * i, 3, "%02x", hash[i]);
    }
    return 0;
}

static int
take_fingerprints(struct chain *chain, cvmdom_error **error)
{
    for (int role = 0; role < ATTEST_ROLES; role++) {
        if (chain->certs[role].key &&
            take_fingerprint(&chain->certs[role], chain->fingerprints[role], error) < 0) {
            return -1;
        }
    }
    return 0;
}

static gboolean
is_fingerprint(const char *text)
{
    return strlen(text) == 2 * SHA256_SIZE &&
           strspn(text, "0123456789abcdefABCDEF") == 2 * SHA256_SIZE;
}

static int
check_root(const struct chain *chain, const struct cvmdom_chain_options *options,
           cvmdom_error **error)
{
    const char *ark = chain->fingerprints[ATTEST_ARK];

    if (options->ark && !is_fingerprint(options->ark)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_USAGE,
            _("'%s' is no SHA-256 of a certificate, which has 64 hexadecimal digits"),
            options->ark);
    }
    if ((options->ark || options->need_ca) && !chain->has_ca) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the chain ends with the CEK: without AMD's certificates ASK and ARK "
              "nothing says that AMD made this platform"));
    }
    if (chain->has_ca && chain->certs[ATTEST_CEK].n_signatures == 0) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the certificate of the CEK has no signature of AMD's, as a platform "
              "exports it: take the signed one from AMD, who has it by the "
              "processor's identifier"));
    }
    if (options->ark && g_ascii_strcasecmp(options->ark, ark) != 0) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the chain ends in another root than the one that is trusted: its "
              "ARK has the SHA-256 %s"),
            ark);
    }
    return 0;
}

/* AMD's certificates name their signer's key, besides. */
static gboolean
names_signer(const struct attest_cert *cert, const struct attest_cert *signer)
{
    return !cert->certifying_id ||
           memcmp(cert->certifying_id, signer->key_id, ATTEST_KEY_ID_SIZE) == 0;
}

static int
check_signature(const struct chain *chain, const struct attest_cert *cert,
                const struct attest_signature *signature, cvmdom_error **error)
{
    const struct attest_cert *signer = &chain->certs[signature->signer];
    int holds = attest_cert_verify(cert, signature, signer, error);

    if (holds < 0) {
        return -1;
    }
    if (holds && names_signer(cert, signer)) {
        return 0;
    }
    return cvmdom_error_set(
        error, CVMDOM_ERROR_UNTRUSTED,
        cert == signer ? _("the certificate of the %1$s is not signed by its own key, as it "
                           "should be: it was changed, or made up")
                       : _("the certificate of the %1$s is not signed by the key of the %2$s: "
                           "one of them was changed, or they are of two platforms"),
        attest_roles[cert->role].name, attest_roles[signer->role].name);
}

/* Whether there is a certificate to verify it with. */
static gboolean
can_verify(const struct chain *chain, const struct attest_signature *signature)
{
    return chain->certs[signature->signer].key != NULL;
}

static int
check_signatures(const struct chain *chain, cvmdom_error **error)
{
    for (int role = ATTEST_ROLES - 1; role >= 0; role--) {
        const struct attest_cert *cert = &chain->certs[role];

        for (unsigned i = 0; i < cert->n_signatures; i++) {
            if (can_verify(chain, &cert->signatures[i]) &&
                check_signature(chain, cert, &cert->signatures[i], error) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static void
visit_signatures(const struct chain *chain, cvmdom_chain_fn visit, void *payload)
{
    for (int role = ATTEST_ROLES - 1; role >= 0; role--) {
        const struct attest_cert *cert = &chain->certs[role];

        for (unsigned i = 0; i < cert->n_signatures; i++) {
            const struct attest_signature *signature = &cert->signatures[i];
            struct cvmdom_chain_link link = {
                .subject = attest_roles[role].name,
                .signer = attest_roles[signature->signer].name,
                .algorithm = signature->algorithm->name,
            };

            if (can_verify(chain, signature)) {
                memcpy(link.fingerprint, chain->fingerprints[role], sizeof(link.fingerprint));
                visit(&link, payload);
            }
        }
    }
}

static int
judge(struct chain *chain, const struct cvmdom_chain_options *options, cvmdom_error **error)
{
    if (take_fingerprints(chain, error) < 0 || check_root(chain, options, error) < 0 ||
        check_signatures(chain, error) < 0) {
        return -1;
    }
    if (!chain->has_ca) {
        return CVMDOM_CHAIN_WITHOUT_CA;
    }
    return options->ark ? CVMDOM_CHAIN_PINNED : CVMDOM_CHAIN_ANY_ARK;
}

int
cvmdom_chain_verify(const unsigned char *at, size_t size, const unsigned char *ca, size_t ca_size,
                    const struct cvmdom_chain_options *options, cvmdom_chain_fn visit,
                    void *payload, cvmdom_error **error)
{
    struct chain chain = { 0 };
    int reach = -1;

    if (parse(at, size, ca, ca_size, &chain, error) == 0) {
        reach = judge(&chain, options, error);
    }
    if (reach >= 0 && visit) {
        visit_signatures(&chain, visit, payload);
    }
    clear_chain(&chain);
    return reach;
}
