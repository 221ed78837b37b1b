/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chains that tests/tools/make_platform.py signed with the command openssl, and some that are wrong
 * on purpose. */
#include "chain_fixture.h"

/* ---- what is given to the library is exactly as long as it says ---- */

struct chain {
    unsigned char *platform, *ca;
    size_t ca_size;
};

static unsigned char *
read_file(const char *name, const char *kind, size_t *size)
{
    g_autofree char *relative = g_strdup_printf("tests/platform/%s.%s", name, kind);
    g_autofree char *path = unit_source_path(relative);
    char *data;

    ck_assert_msg(g_file_get_contents(path, &data, size, NULL), "no %s", path);
    return (unsigned char *)data;
}

static void
chain_read(struct chain *chain, const char *name)
{
    size_t size;

    chain->platform = read_file(name, "chain", &size);
    ck_assert_uint_eq(size, PLATFORM);
    chain->ca = read_file(name, "ca", &chain->ca_size);
}

static void
chain_clear(struct chain *chain)
{
    g_free(chain->platform);
    g_free(chain->ca);
}

static int
verify(const unsigned char *chain, size_t size, const unsigned char *ca, size_t ca_size,
       const char *ark, cvmdom_error **error)
{
    g_autofree unsigned char *chain_copy = g_memdup2(chain, size);
    g_autofree unsigned char *ca_copy = ca ? g_memdup2(ca, ca_size) : NULL;
    struct cvmdom_chain_options options = { .ark = ark };

    /* an empty file is no missing one */
    return cvmdom_chain_verify(chain_copy, size, ca && !ca_size ? ca : ca_copy, ca_size, &options,
                               NULL, NULL, error);
}

static void
check_fails(const unsigned char *chain, size_t size, const unsigned char *ca, size_t ca_size,
            int code, const char *what)
{
    cvmdom_error *error = NULL;
    int result = verify(chain, size, ca, ca_size, NULL, &error);

    ck_assert_msg(result == -1, "%s: accepted", what);
    ck_assert_msg(code == 0 || cvmdom_error_code(error) == code, "%s: %s", what,
                  cvmdom_error_message(error));
    cvmdom_error_free(error);
}

/* ---- chains that hold ---- */

static void
note_link(const struct cvmdom_chain_link *link, void *payload)
{
    g_string_append_printf(payload, "%s<%s:%s ", link->subject, link->signer, link->algorithm);
    ck_assert_uint_eq(strlen(link->fingerprint), 64);
}

static char *
links_of(const struct chain *chain, gboolean with_ca, int expected)
{
    struct cvmdom_chain_options options = { .need_ca = with_ca };
    GString *links = g_string_new(NULL);

    ck_assert_int_eq(cvmdom_chain_verify(chain->platform, PLATFORM, with_ca ? chain->ca : NULL,
                                         with_ca ? chain->ca_size : 0, &options, note_link, links,
                                         NULL),
                     expected);
    return g_string_free(links, FALSE);
}

#define PLATFORM_LINKS                                                                             \
    "OCA<OCA:ECDSA-SHA256 PEK<OCA:ECDSA-SHA256 PEK<CEK:ECDSA-SHA256 PDH<PEK:ECDSA-SHA256 "

START_TEST(test_signatures_that_hold)
{
    static const struct {
        const char *name, *links;
    } cases[] = {
        { "one", "ARK<ARK:RSA-SHA256 ASK<ARK:RSA-SHA256 CEK<ASK:RSA-SHA256 " PLATFORM_LINKS },
        { "two", "ARK<ARK:RSA-SHA256 ASK<ARK:RSA-SHA256 CEK<ASK:RSA-SHA256 " PLATFORM_LINKS },
        { "large", "ARK<ARK:RSA-SHA384 ASK<ARK:RSA-SHA384 CEK<ASK:RSA-SHA384 " PLATFORM_LINKS },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct chain chain;
        g_autofree char *all = NULL;
        g_autofree char *platform = NULL;

        chain_read(&chain, cases[i].name);
        all = links_of(&chain, TRUE, CVMDOM_CHAIN_ANY_ARK);
        ck_assert_str_eq(all, cases[i].links);
        platform = links_of(&chain, FALSE, CVMDOM_CHAIN_WITHOUT_CA);
        ck_assert_str_eq(platform, PLATFORM_LINKS);
        chain_clear(&chain);
    }
}
END_TEST

START_TEST(test_full_chain)
{
    struct chain chain;
    g_autofree unsigned char *full = NULL;
    size_t size;

    chain_read(&chain, "one");
    size = PLATFORM + chain.ca_size;
    full = g_malloc(size + 1);
    memcpy(full, chain.platform, PLATFORM);
    memcpy(full + PLATFORM, chain.ca, chain.ca_size);
    full[size] = 0;
    ck_assert_int_eq(verify(full, size, NULL, 0, NULL, NULL), CVMDOM_CHAIN_ANY_ARK);
    check_fails(full, size, chain.ca, chain.ca_size, CVMDOM_ERROR_SYNTAX, "CA given twice");
    for (size_t length = 0; length < size; length++) {
        if (length != PLATFORM) {
            check_fails(full, length, NULL, 0, CVMDOM_ERROR_SYNTAX, "shortened");
        }
    }
    check_fails(full, size + 1, NULL, 0, CVMDOM_ERROR_SYNTAX, "lengthened");
    for (size_t length = 0; length < chain.ca_size; length += 13) {
        check_fails(chain.platform, PLATFORM, chain.ca, length, CVMDOM_ERROR_SYNTAX, "CA short");
    }
    chain_clear(&chain);
}
END_TEST

/* ---- the root ---- */

static void
check_pin(const struct chain *chain, const char *ark, int code)
{
    cvmdom_error *error = NULL;
    int result = verify(chain->platform, PLATFORM, chain->ca, chain->ca_size, ark, &error);

    if (code == 0) {
        ck_assert_int_eq(result, CVMDOM_CHAIN_PINNED);
        return;
    }
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(cvmdom_error_code(error), code);
    cvmdom_error_free(error);
}

START_TEST(test_pinned_root)
{
    struct chain chain;
    g_autofree char *ark = NULL;
    g_autofree char *upper = NULL;
    g_autofree char *ask = NULL;
    size_t half;

    chain_read(&chain, "large");
    half = chain.ca_size / 2;
    ark = g_compute_checksum_for_data(G_CHECKSUM_SHA256, chain.ca + half, half);
    ask = g_compute_checksum_for_data(G_CHECKSUM_SHA256, chain.ca, half);
    upper = g_ascii_strup(ark, -1);
    check_pin(&chain, ark, 0);
    check_pin(&chain, upper, 0);
    check_pin(&chain, ask, CVMDOM_ERROR_UNTRUSTED);
    check_pin(&chain, "", CVMDOM_ERROR_USAGE);
    check_pin(&chain, ark + 1, CVMDOM_ERROR_USAGE);
    ark[63] ^= 1; /* another digit: 0 and 1, a and `, … */
    check_pin(&chain, ark, g_ascii_isxdigit(ark[63]) ? CVMDOM_ERROR_UNTRUSTED : CVMDOM_ERROR_USAGE);
    chain_clear(&chain);
}
END_TEST

START_TEST(test_root_is_demanded)
{
    struct cvmdom_chain_options need = { .need_ca = 1 };
    struct chain chain;
    cvmdom_error *error = NULL;

    chain_read(&chain, "one");
    ck_assert_int_eq(
        cvmdom_chain_verify(chain.platform, PLATFORM, NULL, 0, &need, NULL, NULL, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_UNTRUSTED);
    cvmdom_error_free(error);
    g_free(chain.ca);
    chain.ca = NULL;
    check_pin(&chain, "0000000000000000000000000000000000000000000000000000000000000000",
              CVMDOM_ERROR_UNTRUSTED);
    chain_clear(&chain);
}
END_TEST

/* ---- chains that were changed ---- */

/* Every byte of what is no number of a key or signature, and some of those. */
static gboolean
is_worth_a_try(size_t offset, size_t cert)
{
    return offset < 0x20 || (cert == CERT && (offset - SIGNED) % SLOT < 8 && offset >= SIGNED) ||
           (cert != CERT && offset < 0x44) || offset % 41 == 0 || offset == cert - 1;
}

START_TEST(test_every_byte_counts)
{
    struct chain chain;

    chain_read(&chain, "one");
    for (size_t i = 0; i < PLATFORM; i++) {
        if (is_worth_a_try(i % CERT, CERT)) {
            chain.platform[i] ^= 0x20;
            check_fails(chain.platform, PLATFORM, chain.ca, chain.ca_size, 0, "changed byte");
            chain.platform[i] ^= 0x20;
        }
    }
    for (size_t i = 0; i < chain.ca_size; i++) {
        if (is_worth_a_try(i % CA_CERT, CA_CERT)) {
            chain.ca[i] ^= 0x20;
            check_fails(chain.platform, PLATFORM, chain.ca, chain.ca_size, 0, "changed byte of CA");
            chain.ca[i] ^= 0x20;
        }
    }
    ck_assert_int_eq(verify(chain.platform, PLATFORM, chain.ca, chain.ca_size, NULL, NULL),
                     CVMDOM_CHAIN_ANY_ARK);
    chain_clear(&chain);
}
END_TEST

START_TEST(test_certificates_of_another_platform)
{
    struct chain one, two, large;

    chain_read(&one, "one");
    chain_read(&two, "two");
    chain_read(&large, "large");
    for (size_t i = 0; i < 4; i++) {
        g_autofree unsigned char *kept = g_memdup2(one.platform + i * CERT, CERT);

        memcpy(one.platform + i * CERT, two.platform + i * CERT, CERT);
        check_fails(one.platform, PLATFORM, one.ca, one.ca_size, CVMDOM_ERROR_UNTRUSTED, "other");
        check_fails(one.platform, PLATFORM, NULL, 0, CVMDOM_ERROR_UNTRUSTED, "other, no CA");
        memcpy(one.platform + i * CERT, kept, CERT);
    }
    check_fails(one.platform, PLATFORM, two.ca, two.ca_size, CVMDOM_ERROR_UNTRUSTED, "other CA");
    check_fails(one.platform, PLATFORM, large.ca, large.ca_size, CVMDOM_ERROR_UNTRUSTED, "larger");
    memcpy(two.ca, one.ca, CA_CERT); /* the right ASK by another ARK */
    check_fails(one.platform, PLATFORM, two.ca, two.ca_size, CVMDOM_ERROR_UNTRUSTED, "other ARK");
    chain_clear(&one);
    chain_clear(&two);
    chain_clear(&large);
}
END_TEST

START_TEST(test_swapped_certificates)
{
    struct chain chain;

    chain_read(&chain, "one");
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            g_autofree unsigned char *swapped = g_memdup2(chain.platform, PLATFORM);

            if (i != k) {
                memcpy(swapped + i * CERT, chain.platform + k * CERT, CERT);
                check_fails(swapped, PLATFORM, NULL, 0, CVMDOM_ERROR_SYNTAX, "in another's place");
            }
        }
    }
    memmove(chain.ca, chain.ca + CA_CERT, CA_CERT);
    check_fails(chain.platform, PLATFORM, chain.ca, chain.ca_size, CVMDOM_ERROR_SYNTAX, "ARK, ARK");
    chain_clear(&chain);
}
END_TEST

/* ---- chains that are signed by the right keys, and wrong ---- */

START_TEST(test_wrong_but_signed)
{
    static const struct {
        enum attest_role role;
        unsigned offset, value; /* 32 bits */
    } cases[] = {
        { ATTEST_PDH, 0x00, 0 },          { ATTEST_PDH, 0x00, 2 },
        { ATTEST_PDH, 0x04, 1U << 16 },   { ATTEST_PDH, 0x08, 0x1002 },
        { ATTEST_PDH, 0x08, 0x1000 },     { ATTEST_PDH, 0x08, 0xffffffff },
        { ATTEST_PDH, 0x0c, 2 },          { ATTEST_PDH, 0x0c, 0x103 },
        { ATTEST_PDH, 0x10, 1 },          { ATTEST_PDH, 0x10, 0 },
        { ATTEST_PDH, 0x14 + 48, 1 },     { ATTEST_PDH, 0x14 + 144, 1 },
        { ATTEST_PDH, 0x410, 1U << 31 },  { ATTEST_PEK, 0x08, 0x1003 },
        { ATTEST_PEK, 0x0c, 3 },          { ATTEST_PEK, 0x0c, 0 },
        { ATTEST_OCA, 0x08, 0x1004 },     { ATTEST_OCA, 0x0c, 0x102 },
        { ATTEST_CEK, 0x08, 0x1001 },     { ATTEST_CEK, 0x0c, 1 },
        { ATTEST_CEK, 0x04, 0xff000000 },
    };
    struct made made;

    made_init(&made, FALSE);
    ck_assert_int_eq(verify(made.chain, PLATFORM, NULL, 0, NULL, NULL), CVMDOM_CHAIN_WITHOUT_CA);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned char *at = made.chain + (size_t)cases[i].role * CERT + cases[i].offset;
        uint32_t before = cvm_get_u32(at);
        g_autofree char *what = g_strdup_printf("case %zu", i);

        cvm_put_u32(at, cases[i].value);
        made_sign_all(&made);
        check_fails(made.chain, PLATFORM, NULL, 0, CVMDOM_ERROR_SYNTAX, what);
        cvm_put_u32(at, before);
    }
    made_sign_all(&made);
    ck_assert_int_eq(verify(made.chain, PLATFORM, NULL, 0, NULL, NULL), CVMDOM_CHAIN_WITHOUT_CA);
    made_clear(&made);
}
END_TEST

START_TEST(test_signatures_of_the_wrong_kind)
{
    static const struct {
        enum attest_role role;
        unsigned offset, value;
    } cases[] = {
        { ATTEST_PDH, SIGNED, 0x1001 },        { ATTEST_PDH, SIGNED, 0x1004 },
        { ATTEST_PDH, SIGNED, 0x13 },          { ATTEST_PDH, SIGNED, 0x1000 },
        { ATTEST_PDH, SIGNED + 4, 0x102 },     { ATTEST_PDH, SIGNED + 4, 1 },
        { ATTEST_PDH, SIGNED + 4, 0x101 },     { ATTEST_PDH, SIGNED + 4, 0 },
        { ATTEST_PDH, SIGNED + 8 + 144, 1 },   { ATTEST_PDH, SIGNED + SLOT, 0x1002 },
        { ATTEST_PDH, SIGNED + SLOT + 4, 2 },  { ATTEST_PDH, CERT - 4, 1 },
        { ATTEST_PEK, SIGNED, 0x1004 },        { ATTEST_PEK, SIGNED + SLOT, 0x1001 },
        { ATTEST_PEK, SIGNED + SLOT, 0x1000 }, { ATTEST_OCA, SIGNED, 0x1004 },
        { ATTEST_OCA, SIGNED + SLOT, 0 },      { ATTEST_CEK, SIGNED, 0x1001 },
    };
    struct made made;

    made_init(&made, FALSE);
    cvm_put_u32(made.chain + ATTEST_CEK * CERT + SIGNED + SLOT + 8, 1);
    check_fails(made.chain, PLATFORM, NULL, 0, CVMDOM_ERROR_SYNTAX, "no signature, but bytes");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *what = g_strdup_printf("case %zu", i);

        made_sign_all(&made);
        cvm_put_u32(made.chain + (size_t)cases[i].role * CERT + cases[i].offset, cases[i].value);
        check_fails(made.chain, PLATFORM, NULL, 0, CVMDOM_ERROR_SYNTAX, what);
        made_clear(&made);
        made_init(&made, FALSE);
    }
    made_clear(&made);
}
END_TEST

START_TEST(test_signers)
{
    struct made made;
    EVP_PKEY *pek;

    made_init(&made, FALSE);
    made_sign(&made, ATTEST_PEK, 0, ATTEST_CEK); /* in the other order */
    made_sign(&made, ATTEST_PEK, 1, ATTEST_OCA);
    ck_assert_int_eq(verify(made.chain, PLATFORM, NULL, 0, NULL, NULL), CVMDOM_CHAIN_WITHOUT_CA);
    made_sign(&made, ATTEST_PEK, 0, ATTEST_OCA); /* twice by one */
    check_fails(made.chain, PLATFORM, NULL, 0, CVMDOM_ERROR_SYNTAX, "OCA twice");
    made_sign_all(&made);
    pek = made.keys[ATTEST_PEK];
    made.keys[ATTEST_PEK] = made.keys[ATTEST_OCA]; /* another key than the PEK's */
    made_sign(&made, ATTEST_PDH, 0, ATTEST_PEK);
    made.keys[ATTEST_PEK] = pek;
    check_fails(made.chain, PLATFORM, NULL, 0, CVMDOM_ERROR_UNTRUSTED, "PDH by the OCA");
    made_clear(&made);
}
END_TEST

START_TEST(test_amd_certificates)
{
    static const struct {
        unsigned offset, value;
        int code;
    } cases[] = {
        { 0x00, 2, CVMDOM_ERROR_SYNTAX },
        { 0x24, 0x14, CVMDOM_ERROR_SYNTAX },
        { 0x28, 1, CVMDOM_ERROR_SYNTAX },
        { 0x34, 1U << 31, CVMDOM_ERROR_SYNTAX },
        { 0x38, 4096, CVMDOM_ERROR_SYNTAX },
        { 0x3c, 4096, CVMDOM_ERROR_SYNTAX },
        { 0x3c, 0, CVMDOM_ERROR_SYNTAX },
        { 0x3c, 0xfffffff8, CVMDOM_ERROR_SYNTAX },
        { 0x40, 1, CVMDOM_ERROR_SYNTAX },
        { 0x40, 65539, CVMDOM_ERROR_SYNTAX },
        { 0x44, 1, CVMDOM_ERROR_SYNTAX },
        { 0x40 + RSA_SIZE, 2, CVMDOM_ERROR_SYNTAX },         /* an even modulus */
        { 0x40 + 2 * RSA_SIZE - 4, 1, CVMDOM_ERROR_SYNTAX }, /* a short one */
        { 0x14, 0, CVMDOM_ERROR_UNTRUSTED },                 /* names another signer */
    };
    struct made made;

    made_init(&made, TRUE);
    ck_assert_int_eq(verify(made.chain, PLATFORM, made.ca, CA, NULL, NULL), CVMDOM_CHAIN_ANY_ARK);
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        unsigned char *at = made.ca + (i & 1) * CA_CERT + cases[i / 2].offset;
        uint32_t before = cvm_get_u32(at);
        g_autofree char *what = g_strdup_printf("case %zu", i / 2);

        cvm_put_u32(at, cases[i / 2].value);
        made_sign_all(&made);
        check_fails(made.chain, PLATFORM, made.ca, CA, cases[i / 2].code, what);
        cvm_put_u32(at, before);
    }
    made_sign_all(&made);
    ck_assert_int_eq(verify(made.chain, PLATFORM, made.ca, CA, NULL, NULL), CVMDOM_CHAIN_ANY_ARK);
    made_clear(&made);
}
END_TEST

/* As the platform exports it. */
START_TEST(test_unsigned_cek)
{
    struct made made;
    unsigned char *slot = made.chain + ATTEST_CEK * CERT + SIGNED;

    made_init(&made, TRUE);
    memset(slot, 0, SLOT);
    ck_assert_int_eq(verify(made.chain, PLATFORM, NULL, 0, NULL, NULL), CVMDOM_CHAIN_WITHOUT_CA);
    check_fails(made.chain, PLATFORM, made.ca, CA, CVMDOM_ERROR_UNTRUSTED, "zeros");
    cvm_put_u32(slot, 0x1000);
    ck_assert_int_eq(verify(made.chain, PLATFORM, NULL, 0, NULL, NULL), CVMDOM_CHAIN_WITHOUT_CA);
    check_fails(made.chain, PLATFORM, made.ca, CA, CVMDOM_ERROR_UNTRUSTED, "no signer");
    made_clear(&made);
}
END_TEST

UNIT_MAIN("chain", test_signatures_that_hold, test_full_chain, test_pinned_root,
          test_root_is_demanded, test_every_byte_counts, test_certificates_of_another_platform,
          test_swapped_certificates, test_wrong_but_signed, test_signatures_of_the_wrong_kind,
          test_signers, test_amd_certificates, test_unsigned_cek)
