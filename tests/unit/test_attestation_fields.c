/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attestation reports beside the launch they should be of, field by field. */
#include "attest/report.h"

#include "attestation_fixture.h"
#include "unit.h"

static unsigned char bytes[1184];
static struct cvmdom_launch launch;
static struct cvmdom_digest digest;
static struct cvmdom_report_demands demands;

static void
setup(void)
{
    fixture_fill_report(bytes);
    launch =
        (struct cvmdom_launch){ .guest = "sev-snp", .has_policy = 1, .policy = 0x30000, .vcek = 1 };
    digest.size = 48;
    memset(digest.bytes, 0xab, sizeof(digest.bytes));
    demands = (struct cvmdom_report_demands){ .vmpl = -1 };
}

/* ---- comparing, and what is told of it ---- */

static void
note(const struct cvmdom_report_field *field, void *payload)
{
    GString *told = payload;

    ck_assert_ptr_nonnull(field->reported);
    ck_assert(field->matches || field->expected);
    if (!field->matches) {
        g_string_append_printf(told, "%s=%s not %s;", field->name, field->reported,
                               field->expected);
    }
}

/* What does not match, the caller's to g_free(); NULL: an error. */
static char *
differing(void)
{
    cvmdom_report *report = cvmdom_report_parse(bytes, sizeof(bytes), NULL);
    GString *told = g_string_new(NULL);
    int status;

    ck_assert_ptr_nonnull(report);
    status = cvmdom_report_compare(report, &launch, &digest, &demands, note, told, NULL);
    cvmdom_report_free(report);
    if (status >= 0) {
        ck_assert_int_eq(status, told->len == 0);
    }
    return g_string_free(told, status < 0);
}

static void
expect(const char *wanted)
{
    g_autofree char *told = differing();

    ck_assert_str_eq(told, wanted);
}

/* Exactly one field differs, and it is that one. */
static void
expect_field(const char *name)
{
    g_autofree char *told = differing();

    ck_assert_ptr_nonnull(told);
    ck_assert_msg(g_str_has_prefix(told, name) && told[strlen(name)] == '=', "%s: %s", name, told);
    ck_assert_ptr_eq(strchr(told, ';'), told + strlen(told) - 1);
}

static int
error_code(void)
{
    cvmdom_report *report = cvmdom_report_parse(bytes, sizeof(bytes), NULL);
    cvmdom_error *error = NULL;
    int code = 0;

    if (cvmdom_report_compare(report, &launch, &digest, &demands, NULL, NULL, &error) < 0) {
        code = cvmdom_error_code(error);
    }
    cvmdom_error_free(error);
    cvmdom_report_free(report);
    return code;
}

START_TEST(test_matches)
{
    expect("");
}
END_TEST

/* Each byte of each field that a launch decides, one by one. */
START_TEST(test_every_byte)
{
    static const struct {
        const char *name;
        size_t at, size;
    } fields[] = {
        { "GUEST_SVN", 0x04, 4 },      { "FAMILY_ID", 0x10, 16 },
        { "IMAGE_ID", 0x20, 16 },      { "REPORT_DATA", 0x50, 64 },
        { "MEASUREMENT", 0x90, 48 },   { "HOST_DATA", 0xc0, 32 },
        { "ID_KEY_DIGEST", 0xe0, 48 }, { "AUTHOR_KEY_DIGEST", 0x110, 48 },
    };
    static const unsigned char asked[64];

    demands.report_data = asked;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        for (size_t at = fields[i].at; at < fields[i].at + fields[i].size; at++) {
            bytes[at] ^= 0x40;
            expect_field(fields[i].name);
            bytes[at] ^= 0x40;
        }
    }
    expect("");
}
END_TEST

START_TEST(test_policy)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        if (bit != 19) {
            bytes[8 + bit / 8] ^= (unsigned char)(1 << bit % 8);
            expect_field("POLICY");
            bytes[8 + bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
    fixture_put(bytes + 8, 0xb0000, 8);
    expect("POLICY=0xb0000 (smt,reserved,debug) not 0x30000 (smt,reserved);POLICY.DEBUG=1 not 0;");
    launch.policy = 0xb0000; /* the guest's owner allows it */
    expect("");
    launch.has_policy = 0; /* nobody says that debugging is allowed */
    expect("POLICY.DEBUG=1 not 0;");
    fixture_put(bytes + 8, 0x20000, 8);
    expect("");
}
END_TEST

START_TEST(test_vmpl)
{
    for (unsigned vmpl = 0; vmpl < 4; vmpl++) {
        fixture_put(bytes + 0x30, vmpl, 4);
        demands.vmpl = -1;
        expect("");
        demands.vmpl = (int)vmpl;
        expect("");
        demands.vmpl = (int)(vmpl + 1) % 4;
        expect_field("VMPL");
    }
    demands.vmpl = -1;
    fixture_put(bytes + 0x30, 4, 4);
    expect("VMPL=4 not 0 to 3;");
    fixture_put(bytes + 0x30, UINT32_MAX, 4); /* as the host asks for it */
    expect("VMPL=4294967295 not 0 to 3;");
}
END_TEST

START_TEST(test_key_info)
{
    bytes[0x48] = 1;
    expect("AUTHOR_KEY_EN=1 not 0;");
    bytes[0x48] = 2;
    expect("MASK_CHIP_KEY=1 not 0;");
    bytes[0x48] = 7 << 2;
    expect("SIGNING_KEY=none not VCEK or VLEK;");
    bytes[0x48] = 1 << 2;
    expect("");
    launch.vcek = 0;
    expect("");
    bytes[0x48] = 0;
    expect("SIGNING_KEY=VCEK not VLEK;");
}
END_TEST

START_TEST(test_host_data)
{
    unsigned char data[33];
    g_autofree char *right = NULL, *longer = NULL;

    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (unsigned char)(i + 1);
    }
    right = g_base64_encode(data, 32);
    longer = g_base64_encode(data, 33);
    launch.host_data = right;
    expect_field("HOST_DATA");
    memcpy(bytes + 0xc0, data, 32);
    expect("");
    launch.host_data = longer;
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_SYNTAX);
    launch.host_data = "";
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_SYNTAX);
    launch.host_data = NULL;
    expect_field("HOST_DATA");
}
END_TEST

/* An ID block with everything in it; the digests are SHA-384 by GLib. */
START_TEST(test_id_block)
{
    unsigned char block[96], auth[4096] = { 0 };
    unsigned char id_key[48], author_key[48];
    g_autofree char *block_text = NULL, *auth_text = NULL;
    gsize size = 48;

    for (unsigned i = 0; i < sizeof(block); i++) {
        block[i] = (unsigned char)(i + 1);
    }
    memset(auth + 0x240, 0x24, 1028);
    memset(auth + 0x880, 0x88, 1028);
    for (int which = 0; which < 2; which++) {
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA384);

        g_checksum_update(sum, which ? auth + 0x880 : auth + 0x240, 1028);
        g_checksum_get_digest(sum, which ? author_key : id_key, &size);
    }
    block_text = g_base64_encode(block, sizeof(block));
    auth_text = g_base64_encode(auth, sizeof(auth));
    launch.id_block = block_text;
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_UNSUPPORTED); /* half of it */
    launch.id_auth = auth_text;
    memcpy(bytes + 0x04, block + 0x54, 4);
    memcpy(bytes + 0x10, block + 0x30, 32);
    expect_field("ID_KEY_DIGEST");
    memcpy(bytes + 0xe0, id_key, 48);
    expect("");
    launch.author_key = 1;
    bytes[0x48] = 1;
    expect_field("AUTHOR_KEY_DIGEST");
    memcpy(bytes + 0x110, author_key, 48);
    expect("");
    bytes[0x48] = 0;
    expect("AUTHOR_KEY_EN=0 not 1;");
    bytes[0x48] = 1;
    bytes[0x04]++;
    expect_field("GUEST_SVN");
    bytes[0x04]--;
    auth_text[4] = '*';
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_SYNTAX);
    auth_text[4] = 'A';
    expect("");
    block_text[strlen(block_text) - 4] = '\0';
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_SYNTAX);
}
END_TEST

START_TEST(test_least_tcb)
{
    static const struct {
        const char *least;
        gboolean milan, turin; /* which of them reaches it */
    } cases[] = {
        { "snp=8", TRUE, TRUE },
        { "snp=9", FALSE, FALSE },
        { "bootloader=3,tee=0,snp=8,microcode=115", TRUE, TRUE },
        { "bootloader=3,tee=0,snp=8,microcode=116", FALSE, FALSE },
        { "bootloader=4", FALSE, FALSE },
        { "tee=1", FALSE, FALSE },
        { "fmc=0", FALSE, TRUE }, /* a Milan has none */
        { "fmc=1", FALSE, TRUE },
        { "fmc=2", FALSE, FALSE },
    };

    for (int turin = 0; turin < 2; turin++) {
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            demands.least_tcb = cases[i].least;
            if (turin ? cases[i].turin : cases[i].milan) {
                expect("");
            } else {
                expect_field("REPORTED_TCB");
            }
        }
        memcpy(bytes + 0x180, "\x01\x03\x00\x08\x00\x00\x00\x73", 8);
        bytes[0x188] = 0x1a;
    }
    bytes[0x188] = 0x1b; /* an unknown order of the parts */
    demands.least_tcb = "snp=0";
    expect_field("REPORTED_TCB");
}
END_TEST

START_TEST(test_demands_that_mean_nothing)
{
    static const char *const wrong[] = { "",       "snp",     "snp=",  "snp=256",
                                         "snp=-1", "snp=08x", "spl=1", "snp=1,",
                                         ",",      "snp=1 ",  "=1",    "snp=99999999999999999999" };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        demands.least_tcb = wrong[i];
        ck_assert_msg(error_code() == CVMDOM_ERROR_USAGE, "%s", wrong[i]);
    }
}
END_TEST

START_TEST(test_other_guests)
{
    launch.guest = "sev-es";
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_USAGE);
    launch.guest = NULL;
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_USAGE);
    launch.guest = "sev-snp";
    digest.size = 32;
    ck_assert_int_eq(error_code(), CVMDOM_ERROR_USAGE);
}
END_TEST

/* ---- what is shown ---- */

static void
show(const struct cvmdom_report_field *field, void *payload)
{
    g_string_append_printf(payload, "%s %s %s\n", field->name, field->reported,
                           field->expected ? field->expected : "-");
}

START_TEST(test_shown)
{
    cvmdom_report *report;
    g_autoptr(GString) told = g_string_new(NULL);

    fixture_put(bytes, 5, 4);
    fixture_put(bytes + 0x1f8, 0x102, 8);
    report = cvmdom_report_parse(bytes, sizeof(bytes), NULL);
    ck_assert_int_eq(cvmdom_report_compare(report, &launch, &digest, &demands, show, told, NULL),
                     1);
    cvmdom_report_free(report);
    ck_assert_ptr_nonnull(strstr(told->str, "VERSION 5 -\nGUEST_SVN 0 0\n"
                                            "POLICY 0x30000 (smt,reserved) 0x30000 (smt,reserved)\n"
                                            "POLICY.DEBUG 0 0\nFAMILY_ID 0000"));
    ck_assert_ptr_nonnull(strstr(told->str, "\nCURRENT_TCB bootloader 3, tee 0, snp 8, microcode "
                                            "115 -\nPLATFORM_INFO 0x25 -\n"));
    ck_assert_ptr_nonnull(strstr(told->str, "\nCPUID_FAM_ID 0x19 -\nCPUID_MOD_ID 0x1 -\n"));
    ck_assert_ptr_nonnull(strstr(told->str, "\nCURRENT_VERSION 1.55.29 -\n"));
    ck_assert_ptr_nonnull(strstr(told->str, "\nLAUNCH_MIT_VECTOR 0x102 -\n"));
    ck_assert_ptr_nonnull(strstr(told->str, "\nCHIP_ID 808182838485"));
}
END_TEST

UNIT_MAIN_WITH(setup, NULL, "attestation fields", test_matches, test_every_byte, test_policy,
               test_vmpl, test_key_info, test_host_data, test_id_block, test_least_tcb,
               test_demands_that_mean_nothing, test_other_guests, test_shown)
