/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID blocks in domains: what is found wrong with them, and how they come into one. */
#include "cvmdom/config.h"
#include "id_key_fixture.h"
#include "util/bytes.h"

/* A profile with an ID block, the guest's own policy being 0x30000. */
static cvmdom_domains *
make_profile(const struct cvmdom_id_block *made, const char *more)
{
    g_autofree char *block = g_base64_encode(made->block, sizeof(made->block));
    g_autofree char *auth = g_base64_encode(made->auth, sizeof(made->auth));
    g_autofree char *text =
        g_strdup_printf("name: db\nlaunchSecurity:\n  type: sev-snp\n  policy: 0x30000\n%s"
                        "  idBlock: %s\n  idAuth: %s\nmemory: 4GiB\nvcpu: 2\n",
                        more, block, auth);
    cvmdom_domains *domains = cvmdom_domains_parse("db.yaml", text, strlen(text), NULL, NULL);

    ck_assert_ptr_nonnull(domains);
    return domains;
}

static cvmdom_id_key *
make_key(unsigned char number)
{
    unsigned char der[SMALL_KEY_SIZE];
    cvmdom_id_key *key;
    char *path;

    make_small_key(der, number);
    path = make_file(der, sizeof(der));
    key = cvmdom_id_key_read(path, NULL);
    ck_assert_ptr_nonnull(key);
    remove_file(path);
    return key;
}

static struct cvmdom_digest
get_digest(void)
{
    struct cvmdom_digest digest = { .size = 48 };

    memset(digest.bytes, 0x5a, digest.size);
    return digest;
}

static struct cvmdom_id_block
make_block(gboolean with_author)
{
    const struct cvmdom_digest digest = get_digest();
    const struct cvmdom_id_block_options options = { .policy = 0x30000 };
    cvmdom_id_key *key = make_key(2), *author = make_key(3);
    struct cvmdom_id_block made;

    ck_assert_int_eq(
        cvmdom_id_block_make(&digest, &options, key, with_author ? author : NULL, &made, NULL), 0);
    cvmdom_id_key_free(key);
    cvmdom_id_key_free(author);
    return made;
}

/* The findings, which are all of CVM809; the caller's to cvmdom_findings_free(). */
static cvmdom_findings *
check(const struct cvmdom_id_block *made, const char *more, const struct cvmdom_digest *digest)
{
    cvmdom_domains *domains = make_profile(made, more);
    cvmdom_domain *domain = cvmdom_domains_get(domains, 0);
    cvmdom_findings *findings = cvmdom_findings_new();
    struct cvmdom_launch launch;

    cvmdom_domain_resolve(domain, NULL);
    cvmdom_domain_launch(domain, NULL, &launch);
    ck_assert_int_eq(cvmdom_id_block_check(&launch, digest, domain, findings, NULL), 0);
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        ck_assert_str_eq(cvmdom_finding_rule(findings, i), "CVM809");
    }
    cvmdom_domains_free(domains);
    return findings;
}

static void
expect(const struct cvmdom_id_block *made, const char *more, const struct cvmdom_digest *digest,
       int severity, const char *path)
{
    cvmdom_findings *findings = check(made, more, digest);

    ck_assert_uint_eq(cvmdom_findings_count(findings), path != NULL);
    if (path) {
        ck_assert_int_eq(cvmdom_finding_severity(findings, 0), severity);
        ck_assert_str_eq(cvmdom_finding_path(findings, 0), path);
    }
    cvmdom_findings_free(findings);
}

START_TEST(test_sound)
{
    const struct cvmdom_id_block plain = make_block(FALSE), both = make_block(TRUE);
    const struct cvmdom_digest digest = get_digest();

    expect(&plain, "", NULL, 0, NULL);
    expect(&plain, "", &digest, 0, NULL);
    expect(&both, "  authorKey: true\n", &digest, 0, NULL);
    expect(&both, "", &digest, 0, NULL);
}
END_TEST

START_TEST(test_digest)
{
    const struct cvmdom_id_block made = make_block(FALSE);
    struct cvmdom_digest digest = get_digest();

    for (size_t i = 0; i < digest.size; i++) {
        digest.bytes[i] ^= 1;
        expect(&made, "", &digest, CVMDOM_SEVERE, "launchSecurity.idBlock");
        digest.bytes[i] ^= 1;
    }
    digest.size = 32;
    expect(&made, "", &digest, CVMDOM_SEVERE, "launchSecurity.idBlock");
}
END_TEST

/* Every field: its place, and where it is reported. What is behind the numbers of a key or a
 * signature is looked at by nobody. */
START_TEST(test_fields)
{
    static const struct {
        size_t offset;
        const char *path;
    } fields[] = {
        { 0x0, "launchSecurity.idAuth" },       { 0x3, "launchSecurity.idAuth" },
        { 0x40, "launchSecurity.idAuth" },      { 0x40 + 47, "launchSecurity.idAuth" },
        { 0x40 + 72, "launchSecurity.idAuth" }, { 0x240, "launchSecurity.idAuth" },
        { 0x244, "launchSecurity.idAuth" },     { 0x244 + 72, "launchSecurity.idAuth" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        struct cvmdom_id_block made = make_block(FALSE);

        made.auth[fields[i].offset] ^= 1;
        expect(&made, "", NULL, CVMDOM_SEVERE, fields[i].path);
    }
}
END_TEST

/* The signature tells, whichever byte of the block it is; the version is told as well. */
START_TEST(test_every_byte_of_the_block)
{
    struct cvmdom_id_block made = make_block(FALSE);

    for (size_t i = 0; i < sizeof(made.block); i++) {
        cvmdom_findings *findings;

        made.block[i] ^= 0x80;
        findings = check(&made, "", NULL);
        ck_assert_uint_eq(cvmdom_findings_count(findings), i >= 0x50 && i < 0x54 ? 2 : 1);
        cvmdom_findings_free(findings);
        made.block[i] ^= 0x80;
    }
}
END_TEST

START_TEST(test_author)
{
    static const size_t offsets[] = { 0x4, 0x680, 0x680 + 72, 0x880, 0x884 };

    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++) {
        struct cvmdom_id_block made = make_block(TRUE);

        made.auth[offsets[i]] ^= 2;
        expect(&made, "  authorKey: true\n", NULL, CVMDOM_SEVERE, "launchSecurity.idAuth");
        expect(&made, "", NULL, CVMDOM_WARNING, "launchSecurity.idAuth");
    }
}
END_TEST

/* Other rules' business. */
START_TEST(test_what_others_say)
{
    struct cvmdom_launch launch = { .guest = "sev-snp",
                                    .id_block = "AAAA",
                                    .id_auth = "no base64" };
    const struct cvmdom_id_block made = make_block(FALSE);
    cvmdom_domains *domains = make_profile(&made, "");
    cvmdom_findings *findings = cvmdom_findings_new();
    const cvmdom_domain *domain = cvmdom_domains_get(domains, 0);

    ck_assert_int_eq(cvmdom_id_block_check(&launch, NULL, domain, findings, NULL), 0);
    launch.id_block = launch.id_auth = NULL;
    ck_assert_int_eq(cvmdom_id_block_check(&launch, NULL, domain, findings, NULL), 0);
    ck_assert_uint_eq(cvmdom_findings_count(findings), 0);
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
}
END_TEST

/* ---- what a configuration makes of it ---- */

START_TEST(test_configuration)
{
    struct cvmdom_id_block made = make_block(FALSE);
    cvmdom_domains *domains;
    cvmdom_domain *domain;
    struct cvmdom_launch launch;

    made.auth[0x40] ^= 1;
    domains = make_profile(&made, "");
    domain = cvmdom_domains_get(domains, 0);
    cvmdom_domain_launch(domain, NULL, &launch);
    for (int ignored = 0; ignored < 2; ignored++) {
        cvmdom_config *config = cvmdom_config_new();
        cvmdom_findings *found = cvmdom_findings_new(), *findings = cvmdom_findings_new();

        if (ignored) {
            ck_assert_int_eq(cvmdom_config_ignore(config, "id-block-invalid", NULL), 0);
        } else {
            ck_assert_int_eq(cvmdom_config_set_severity(config, "CVM809=note", NULL), 0);
        }
        ck_assert_int_eq(cvmdom_config_runs(config, domain, "CVM809"), !ignored);
        ck_assert_int_eq(cvmdom_id_block_check(&launch, NULL, domain, found, NULL), 0);
        cvmdom_config_apply(config, domain, found, findings);
        ck_assert_uint_eq(cvmdom_findings_count(findings), !ignored);
        ck_assert_uint_eq(cvmdom_findings_failing(findings), 0);
        ck_assert(ignored || cvmdom_finding_severity(findings, 0) == CVMDOM_NOTE);
        cvmdom_findings_free(findings);
        cvmdom_config_free(config);
    }
    cvmdom_domains_free(domains);
}
END_TEST

START_TEST(test_opinion_of_no_rule)
{
    const struct cvmdom_id_block made = make_block(FALSE);
    cvmdom_domains *domains = make_profile(&made, "");
    cvmdom_findings *findings = cvmdom_findings_new();
    const struct cvmdom_opinion opinion = { .rule = "CVM000", .value = "x", .message = "x" };
    cvmdom_error *error = NULL;

    ck_assert_int_eq(
        cvmdom_domain_report(cvmdom_domains_get(domains, 0), &opinion, findings, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
}
END_TEST

/* ---- into a domain ---- */

static cvmdom_domains *
parse(const char *text)
{
    cvmdom_domains *domains = cvmdom_domains_parse("db", text, strlen(text), NULL, NULL);

    ck_assert_ptr_nonnull(domains);
    cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
    return domains;
}

#define BARE "name: db\nmemory: 4GiB\nvcpu: 2\nlaunchSecurity: "

/* What is rendered reads as what was put in, and no rule on ID blocks minds it. */
START_TEST(test_round_trip)
{
    const struct cvmdom_id_block made = make_block(TRUE);
    g_autofree char *block = g_base64_encode(made.block, sizeof(made.block));
    g_autofree char *auth = g_base64_encode(made.auth, sizeof(made.auth));
    cvmdom_domains *domains = parse(BARE "{type: sev-snp}\n"), *read;
    cvmdom_domain *domain = cvmdom_domains_get(domains, 0);
    cvmdom_findings *findings = cvmdom_findings_new();
    struct cvmdom_launch launch;
    char *text = NULL;

    ck_assert_int_eq(cvmdom_domain_set_id_block(domain, made.block, made.auth, TRUE, NULL), 0);
    cvmdom_domain_check(domain, NULL, findings);
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        ck_assert(!g_str_has_prefix(cvmdom_finding_rule(findings, i), "CVM21"));
    }
    ck_assert_int_eq(cvmdom_domain_render(domain, NULL, "libvirt", &text, NULL), 0);
    read = parse(text);
    cvmdom_domain_launch(cvmdom_domains_get(read, 0), NULL, &launch);
    ck_assert_str_eq(launch.id_block, block);
    ck_assert_str_eq(launch.id_auth, auth);
    ck_assert_int_eq(launch.author_key, 1);
    free(text);
    cvmdom_findings_free(findings);
    cvmdom_domains_free(read);
    cvmdom_domains_free(domains);
}
END_TEST

static void
expect_no_room(const char *text, int has_author)
{
    const struct cvmdom_id_block made = make_block(has_author);
    cvmdom_domains *domains = parse(text);
    cvmdom_error *error = NULL;

    ck_assert_int_eq(cvmdom_domain_set_id_block(cvmdom_domains_get(domains, 0), made.block,
                                                made.auth, has_author, &error),
                     -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    cvmdom_domains_free(domains);
}

START_TEST(test_no_room)
{
    expect_no_room(BARE "{type: sev-es}\n", FALSE);
    expect_no_room(BARE "{type: sev-snp, idBlock: AAAA}\n", FALSE);
    expect_no_room(BARE "{type: sev-snp, idAuth: {file: /nonexistent}}\n", FALSE);
    expect_no_room(BARE "{type: sev-snp, authorKey: true}\n", FALSE);
    expect_no_room(BARE "{type: sev-snp, authorKey: false}\n", TRUE);
    expect_no_room("<domain type='kvm'><name>db</name><launchSecurity type='sev-snp'/></domain>",
                   FALSE);
}
END_TEST

START_TEST(test_own_is_dropped)
{
    static const char text[] =
        BARE "{type: sev-snp, idBlock: {file: /nonexistent}, idAuth: AAAA, authorKey: true}\n";
    const struct cvmdom_id_block made = make_block(FALSE);
    cvmdom_domains *domains = parse(text);
    cvmdom_domain *domain = cvmdom_domains_get(domains, 0);
    cvmdom_findings *findings = cvmdom_findings_new();

    ck_assert_int_ne(cvmdom_domain_drop_id_block(domain), 0);
    ck_assert_int_eq(cvmdom_domain_drop_id_block(domain), 0);
    cvmdom_domain_check(domain, NULL, findings);
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        ck_assert(!g_str_has_prefix(cvmdom_finding_rule(findings, i), "CVM21"));
    }
    ck_assert_int_eq(cvmdom_domain_set_id_block(domain, made.block, made.auth, FALSE, NULL), 0);
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
}
END_TEST

UNIT_MAIN("id_check", test_sound, test_digest, test_fields, test_every_byte_of_the_block,
          test_author, test_what_others_say, test_configuration, test_opinion_of_no_rule,
          test_round_trip, test_no_room, test_own_is_dropped)
