/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A MEASUREMENT that differs, and what is said to be the reason. */
#include "attest/report.h"

#include "attestation_fixture.h"
#include "unit.h"

enum {
    IMAGE_SIZE = 0x10000,
    TABLE_END = IMAGE_SIZE - 32,
};

static struct cvmdom_launch launch, actual; /* as asked for, and as it was started */
static cvmdom_firmware *firmware, *other;
static char *folder, *kernel, *initrd;

static size_t
put_guid(unsigned char *image, size_t end, const char *hex)
{
    for (size_t i = 0; i < 16; i++) {
        image[end - 16 + i] = (unsigned char)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                              g_ascii_xdigit_value(hex[2 * i + 1]));
    }
    return end - 16;
}

/* An entry of the table, backwards from its end: GUID, length, data (of numbers of 4 bytes). */
static size_t
put_entry(unsigned char *image, size_t end, const char *guid, const uint32_t *numbers, size_t n)
{
    end = put_guid(image, end, guid) - 2;
    fixture_put(image + end, 18 + 4 * n, 2);
    for (size_t i = 0; i < n; i++) {
        fixture_put(image + end - 4 * n + 4 * i, numbers[i], 4);
    }
    return end - 4 * n;
}

/* GUIDs as they stand in an image. */
#define GUID_FOOTER "de82b596b21ff745baeaa366c55a082d"
#define GUID_RESET "de71f7007e1acb4f890e68c77e2fb44e"
#define GUID_HASHES "1f3755723b3a044b927b1da6efa8d454"
#define GUID_METADATA "666588dc4a989847a75e5585a7bf67cc"

static cvmdom_firmware *
make_firmware(const char *name, unsigned char filler)
{
    static const uint32_t sections[][3] = { { 0x800000, 0x9000, 1 },
                                            { 0x80d000, 0x1000, 2 },
                                            { 0x80e000, 0x1000, 3 },
                                            { 0x810000, 0x1000, 16 } };
    static const uint32_t reset[] = { 0x80b004 }, hashes[] = { 0x810c00, 0x400 };
    const uint32_t distance[] = { 0x1000 };
    g_autofree unsigned char *image = g_malloc(IMAGE_SIZE);
    unsigned char *header = image + IMAGE_SIZE - 0x1000;
    size_t at = TABLE_END - 18;

    memset(image, filler, IMAGE_SIZE);
    memcpy(header, "ASEV", 4);
    fixture_put(header + 4, 16 + sizeof(sections), 4);
    fixture_put(header + 8, 1, 4);
    fixture_put(header + 12, G_N_ELEMENTS(sections), 4);
    for (size_t i = 0; i < 3 * G_N_ELEMENTS(sections); i++) {
        fixture_put(header + 16 + 4 * i, sections[i / 3][i % 3], 4);
    }
    at = put_entry(image, at, GUID_RESET, reset, 1);
    at = put_entry(image, at, GUID_HASHES, hashes, 2);
    at = put_entry(image, at, GUID_METADATA, distance, 1);
    put_guid(image, TABLE_END, GUID_FOOTER);
    fixture_put(image + TABLE_END - 18, TABLE_END - at, 2);
    return cvmdom_firmware_parse(name, image, IMAGE_SIZE, NULL);
}

static char *
make_file(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void
setup(void)
{
    folder = g_dir_make_tmp("cvmdom-XXXXXX", NULL);
    kernel = make_file("kernel", "a kernel");
    initrd = make_file("initrd", "an initrd");
    firmware = make_firmware("asked.fd", 0x11);
    other = make_firmware("other.fd", 0x22);
    ck_assert_ptr_nonnull(firmware);
    launch = (struct cvmdom_launch){ .guest = "sev-snp",
                                     .has_policy = 1,
                                     .policy = 0x30000,
                                     .firmware = "asked.fd",
                                     .kernel_hashes = 1,
                                     .kernel = kernel,
                                     .initrd = initrd,
                                     .cmdline = "root=/dev/vda1 ",
                                     .vcpus = 4,
                                     .cpu_mode = "custom",
                                     .cpu = "EPYC-Milan",
                                     .signature = 0x00a00f11,
                                     .features = 1,
                                     .vcek = 1 };
    actual = launch;
}

static void
teardown(void)
{
    cvmdom_firmware_free(firmware);
    cvmdom_firmware_free(other);
    remove(kernel);
    remove(initrd);
    remove(folder);
    g_free(kernel);
    g_free(initrd);
    g_free(folder);
}

static void
note(const struct cvmdom_explanation *explanation, void *payload)
{
    ck_assert_uint_gt(strlen(explanation->sentence), 40);
    g_string_append_printf(payload, "%s;", explanation->what);
}

static void
expect_from(const cvmdom_firmware *started, const char *wanted)
{
    const cvmdom_firmware *const others[] = { firmware, other, NULL };
    g_autoptr(GString) told = g_string_new(NULL);
    unsigned char bytes[1184];
    struct cvmdom_digest digest;
    cvmdom_report *report;
    cvmdom_error *error = NULL;

    if (cvmdom_launch_digest(&actual, started, NULL, NULL, &digest, &error) < 0) {
        ck_abort_msg("%s", cvmdom_error_message(error));
    }
    fixture_fill_report(bytes);
    memcpy(bytes + 0x90, digest.bytes, 48);
    report = cvmdom_report_parse(bytes, sizeof(bytes), NULL);
    ck_assert_int_eq(cvmdom_report_explain(report, &launch, firmware, others, note, told, NULL),
                     *wanted ? 1 : 0);
    ck_assert_str_eq(told->str, wanted);
    cvmdom_report_free(report);
    actual = launch;
}

static void
expect(const char *wanted)
{
    expect_from(firmware, wanted);
}

START_TEST(test_one_change)
{
    expect_from(other, "firmware;");
    actual.vcpus = 1;
    expect("vcpus;");
    actual.vcpus = 512;
    expect("vcpus;");
    actual.kernel_hashes = 0;
    expect("kernel-hashes;");
    actual.cmdline = NULL;
    expect("cmdline;");
    actual.cmdline = "root=/dev/vda1";
    expect("cmdline;");
    actual.cmdline = "root=/dev/vda1 \n";
    expect("cmdline;");
    actual.initrd = NULL;
    expect("initrd;");
    actual.features = 0x21;
    expect("features;");
    actual.vmsa = CVMDOM_VMSA_LEGACY;
    expect("vmsa;");
    actual.signature = 0x00800f12;
    expect("signature;");
}
END_TEST

START_TEST(test_hashes_that_were_not_asked_for)
{
    launch.kernel_hashes = 0;
    actual = launch;
    actual.kernel_hashes = 1;
    expect("kernel-hashes;");
}
END_TEST

START_TEST(test_two_changes)
{
    actual.vcpus = 2;
    actual.features = 0x21;
    expect("features+vcpus;");
    actual.vcpus = 9;
    actual.kernel_hashes = 0;
    expect("kernel-hashes+vcpus;");
    actual.signature = 0x00800f12;
    expect_from(other, "firmware+signature;");
}
END_TEST

START_TEST(test_nothing_found)
{
    actual.vcpus = 513;
    expect("");
    actual.cmdline = "something else";
    expect("");
    actual.vcpus = 2;
    actual.features = 0x21;
    expect_from(other, ""); /* three changes */
    expect("");             /* it matches: there is nothing to explain */
}
END_TEST

UNIT_MAIN_WITH(setup, teardown, "attestation explain", test_one_change,
               test_hashes_that_were_not_asked_for, test_two_changes, test_nothing_found)
