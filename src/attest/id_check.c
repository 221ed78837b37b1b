/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ID block that a domain carries, as the SEV firmware judges it: CVM809. Sizes and base64 are
 * CVM213's, pairs CVM215's, and the policy CVM216's. */
#include <string.h>

#include "attest/id_key.h"
#include "util/base64.h"
#include "util/bytes.h"
#include "util/i18n.h"

enum { P384 = 2 }; /* the number of its curve */

struct check {
    const struct cvmdom_launch *launch;
    const struct cvmdom_digest *digest; /* NULL: not known */
    const cvmdom_domain *domain;
    cvmdom_findings *findings;
    const unsigned char *block, *auth;
    cvmdom_error **error;
};

static const char make_anew[] = N_("Make it anew: 'cvmdom idblock'.");

static int
report(const struct check *check, int severity, const char *value, const char *message)
{
    const struct cvmdom_opinion opinion = {
        .rule = "CVM809",
        .severity = severity,
        .value = value,
        .message = message,
        .fix = _(make_anew),
    };

    return cvmdom_domain_report(check->domain, &opinion, check->findings, check->error);
}

/* ---- what is signed by what ---- */

/* A key of the ID authentication, and what it signs. */
struct signer {
    const char *algorithm_wrong, *key_wrong, *signature_wrong; /* whole sentences */
    size_t algorithm, key, signature;                          /* in auth */
};

static const struct signer id_signer = {
    N_("'idAuth' has an algorithm for the ID key that is not ECDSA P-384 with SHA-384, the only "
       "one that the SEV firmware knows: the launch fails at its end."),
    N_("The ID key in 'idAuth' is no public key on the elliptic curve P-384: the launch fails at "
       "its end."),
    N_("The signature in 'idAuth' is not of this 'idBlock' by the ID key beside it: the launch "
       "fails at its end."),
    ATTEST_ID_AUTH_ID_ALGORITHM,
    ATTEST_ID_AUTH_ID_KEY,
    ATTEST_ID_AUTH_ID_SIGNATURE,
};
static const struct signer author_signer = {
    N_("'idAuth' has an algorithm for the author key that is not ECDSA P-384 with SHA-384, the "
       "only one that the SEV firmware knows."),
    N_("The author key in 'idAuth' is no public key on the elliptic curve P-384."),
    N_("The author key's signature in 'idAuth' is not of the ID key beside it."),
    ATTEST_ID_AUTH_AUTHOR_ALGORITHM,
    ATTEST_ID_AUTH_AUTHOR_KEY,
    ATTEST_ID_AUTH_AUTHOR_SIGNATURE,
};

static int
check_signer(const struct check *check, const struct signer *signer, int severity, const void *data,
             size_t size)
{
    const unsigned char *auth = check->auth;
    g_autoptr(EVP_PKEY) key = NULL;
    int holds;

    if (cvm_get_u32(auth + signer->algorithm) != ATTEST_ID_ECDSA_P384_SHA384) {
        return report(check, severity, "launchSecurity/idAuth", _(signer->algorithm_wrong));
    }
    if (cvm_get_u32(auth + signer->key) == P384) {
        key = attest_ecc_key_parse(auth + signer->key, NULL);
    }
    if (!key) {
        return report(check, severity, "launchSecurity/idAuth", _(signer->key_wrong));
    }
    holds =
        attest_ecc_verify(key, EVP_sha384(), data, size, auth + signer->signature, check->error);
    if (holds == 0) {
        return report(check, severity, "launchSecurity/idAuth", _(signer->signature_wrong));
    }
    return holds < 0 ? -1 : 0;
}

/* Without 'authorKey' the firmware does not look at it, but whoever reads the document does. */
static int
check_author(const struct check *check)
{
    if (cvm_get_u32(check->auth + ATTEST_ID_AUTH_AUTHOR_ALGORITHM) == 0) {
        return 0;
    }
    return check_signer(check, &author_signer,
                        check->launch->author_key ? CVMDOM_SEVERE : CVMDOM_WARNING,
                        check->auth + ATTEST_ID_AUTH_ID_KEY, ATTEST_ECC_KEY_SIZE);
}

/* ---- the block ---- */

static int
check_version(const struct check *check)
{
    uint32_t version = cvm_get_u32(check->block + ATTEST_ID_BLOCK_VERSION);
    g_autofree char *message = NULL;

    if (version == ATTEST_ID_BLOCK_V1) {
        return 0;
    }
    message = g_strdup_printf(_("The ID block has version %u, and the SEV firmware knows only "
                                "version 1: the launch fails at its end."),
                              version);
    return report(check, CVMDOM_SEVERE, "launchSecurity/idBlock", message);
}

static char *
name_digest(const unsigned char *bytes)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < ATTEST_ID_BLOCK_FAMILY; i++) {
        g_string_append_printf(text, "%02x", bytes[i]);
    }
    return g_string_free(text, FALSE);
}

static int
check_digest(const struct check *check)
{
    g_autofree char *expected = NULL, *found = NULL, *message = NULL;

    if (!check->digest || (check->digest->size == ATTEST_ID_BLOCK_FAMILY &&
                           memcmp(check->digest->bytes, check->block + ATTEST_ID_BLOCK_DIGEST,
                                  ATTEST_ID_BLOCK_FAMILY) == 0)) {
        return 0;
    }
    found = name_digest(check->block + ATTEST_ID_BLOCK_DIGEST);
    expected = name_digest(check->digest->bytes);
    message = g_strdup_printf(_("The ID block was signed for another launch: for digest '%1$s', "
                                "while this guest's is '%2$s'. The launch fails at its end."),
                              found, expected);
    return report(check, CVMDOM_SEVERE, "launchSecurity/idBlock", message);
}

int
cvmdom_id_block_check(const struct cvmdom_launch *launch, const struct cvmdom_digest *digest,
                      const cvmdom_domain *domain, cvmdom_findings *findings, cvmdom_error **error)
{
    size_t block_size = 0, auth_size = 0;
    g_autofree guchar *block =
        launch->id_block ? cvm_base64_decode(launch->id_block, &block_size) : NULL;
    g_autofree guchar *auth =
        launch->id_auth ? cvm_base64_decode(launch->id_auth, &auth_size) : NULL;
    const struct check check = { launch, digest, domain, findings, block, auth, error };

    if (g_strcmp0(launch->guest, "sev-snp") != 0) {
        return 0;
    }
    if (block && block_size == CVMDOM_ID_BLOCK_SIZE &&
        (check_version(&check) < 0 || check_digest(&check) < 0)) {
        return -1;
    }
    if (!block || block_size != CVMDOM_ID_BLOCK_SIZE || !auth || auth_size != CVMDOM_ID_AUTH_SIZE) {
        return 0;
    }
    return check_signer(&check, &id_signer, CVMDOM_SEVERE, block, block_size) < 0 ||
                   check_author(&check) < 0
               ? -1
               : 0;
}
