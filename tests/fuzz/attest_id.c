/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID blocks in a domain, and files of the private keys that sign them. */
#include <openssl/ec.h>
#include <string.h>

#include "../unit/key_forms.h"
#include "attest/id_key.h"
#include "cvmdom/attest.h"
#include "fuzz.h"
#include "util/bytes.h"

static const struct cvmdom_digest digest = { .size = 48, .bytes = { 4, 8, 4 } };

/* ---- keys ---- */

static void
add_key(EVP_PKEY *key, enum form form)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes;
    long size;

    write_form(out, key, form);
    size = BIO_get_mem_data(out, &bytes);
    fuzz_add("key", bytes, (size_t)size);
    BIO_free(out);
}

void
fuzz_make_id_keys(void)
{
    static const char empty[] = "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----\n";
    EVP_PKEY *key = EVP_EC_gen("P-384");

    fuzz_add("empty", empty, strlen(empty))->verdict = FUZZ_REFUSED;
    for (int form = 0; form < FORMS; form++) {
        add_key(key, (enum form)form);
    }
    EVP_PKEY_free(key);
}

/* What it signs holds by the public key that it says it has. */
static void
check_key(const cvmdom_id_key *key)
{
    const struct cvmdom_id_block_options options = { .svn = 1 };
    struct cvmdom_id_block made;
    g_autoptr(EVP_PKEY) public = NULL;

    g_assert_cmpint(cvmdom_id_block_make(&digest, &options, key, NULL, &made, NULL), ==, 0);
    public = attest_ecc_key_parse(made.auth + ATTEST_ID_AUTH_ID_KEY, NULL);
    g_assert_nonnull(public);
    g_assert_cmpint(attest_ecc_verify(public, EVP_sha384(), made.block, sizeof(made.block),
                                      made.auth + ATTEST_ID_AUTH_ID_SIGNATURE, NULL),
                    ==, 1);
}

gboolean
fuzz_id_key(const uint8_t *data, size_t size)
{
    cvmdom_error *error = NULL;
    cvmdom_id_key *key = cvmdom_id_key_read(fuzz_file(0, data, size), &error);

    if (!key) {
        return fuzz_refuse(error);
    }
    check_key(key);
    cvmdom_id_key_free(key);
    return TRUE;
}

/* ---- blocks: whether there is to be an author key, the 96 bytes, then the 4096 of the
 * authentication ---- */

enum {
    BLOCK = CVMDOM_ID_BLOCK_SIZE,
    AUTH = 1 + BLOCK,
    ALL = AUTH + CVMDOM_ID_AUTH_SIZE,
    USED_OF_KEY = 4 + 2 * 72,
};

static const struct fuzz_range without_author[] = {
    { 1, AUTH },
    { AUTH, AUTH + 4 },
    { AUTH + 0x040, AUTH + 0x040 + 2 * 72 },
    { AUTH + 0x240, AUTH + 0x240 + USED_OF_KEY },
    { 0, 0 },
};
static const struct fuzz_range with_author[] = {
    { 1, AUTH },
    { AUTH, AUTH + 8 },
    { AUTH + 0x040, AUTH + 0x040 + 2 * 72 },
    { AUTH + 0x240, AUTH + 0x240 + 1028 },
    { AUTH + 0x680, AUTH + 0x680 + 2 * 72 },
    { AUTH + 0x880, AUTH + 0x880 + USED_OF_KEY },
    { 0, 0 },
};

static cvmdom_domains *domains;

static cvmdom_id_key *
make_key(void)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-384");
    unsigned char *der = NULL;
    int size = i2d_PrivateKey(pkey, &der);
    cvmdom_id_key *key = cvmdom_id_key_read(fuzz_file(0, der, (size_t)size), NULL);

    g_assert_nonnull(key);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
    return key;
}

void
fuzz_make_id_blocks(void)
{
    static const char xml[] =
        "<domain type='kvm'><name>x</name><launchSecurity type='sev-snp' authorKey='yes'>"
        "<policy>0x30000</policy><idBlock>AAAA</idBlock><idAuth>AAAA</idAuth></launchSecurity>"
        "</domain>";
    const struct cvmdom_id_block_options options = { .svn = 3, .policy = 0x30000 };
    cvmdom_id_key *id = make_key(), *author = make_key();

    domains = cvmdom_domains_parse("x.xml", xml, strlen(xml), NULL, NULL);
    g_assert_true(domains && cvmdom_domains_count(domains) == 1);
    for (int with = 0; with < 2; with++) {
        struct cvmdom_id_block made;
        unsigned char all[ALL] = { (unsigned char)with };

        g_assert_cmpint(
            cvmdom_id_block_make(&digest, &options, id, with ? author : NULL, &made, NULL), ==, 0);
        memcpy(all + 1, made.block, BLOCK);
        memcpy(all + AUTH, made.auth, CVMDOM_ID_AUTH_SIZE);
        fuzz_add(with ? "with author" : "without author", all, ALL);
    }
    cvmdom_id_key_free(id);
    cvmdom_id_key_free(author);
}

static gboolean
check_block(const struct cvmdom_launch *launch)
{
    cvmdom_findings *findings = cvmdom_findings_new();
    cvmdom_error *error = NULL;
    gboolean accepted;

    if (cvmdom_id_block_check(launch, &digest, cvmdom_domains_get(domains, 0), findings, &error) <
        0) {
        g_error("%s", cvmdom_error_message(error));
    }
    accepted = cvmdom_findings_count_from(findings, CVMDOM_WARNING) == 0;
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        g_assert_cmpstr(cvmdom_finding_rule(findings, i), ==, "CVM809");
        g_assert_cmpstr(cvmdom_finding_message(findings, i), !=, "");
    }
    cvmdom_findings_free(findings);
    return accepted;
}

gboolean
fuzz_id_block(const uint8_t *data, size_t size)
{
    size_t block_end = MIN(size, AUTH);
    g_autofree char *block = g_base64_encode(data + MIN(size, 1), block_end - MIN(size, 1));
    g_autofree char *auth = g_base64_encode(data + block_end, size - block_end);
    const struct cvmdom_launch launch = {
        .guest = "sev-snp",
        .has_policy = 1,
        .policy = 0x30000,
        .id_block = block,
        .id_auth = auth,
        .author_key = size > 0 && data[0] & 1,
    };
    gboolean accepted = check_block(&launch);

    /* of what has another size the document's own rules speak; an author key that the document
     * promises, and that is not there, is CVM215's */
    accepted = accepted && size == ALL && (!launch.author_key || cvm_get_u32(data + AUTH + 4) != 0);
    g_assert_true(!accepted ||
                  fuzz_is_known(data, size, launch.author_key ? with_author : without_author));
    return accepted;
}

void
fuzz_drop_id_blocks(void)
{
    cvmdom_domains_free(domains);
}
