/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a measurement differs: what is started otherwise than expected, in one thing or two, is found
 * and said. */
#include "attest/attest.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/bytes.h"
#include "util/guid.h"

enum { IMAGE_SIZE = 8192, RESET = 0x80b004, HASHES = 0x810c00 };

static const struct cvmdom_launch_keys keys = { .tik = "integrity key..",
                                                .tek = "encryption key." };

/* With a reset address and an area for hashes; images differ in their first byte. */
static cvmdom_firmware *
get_image(const char *name, unsigned char first)
{
    unsigned char image[IMAGE_SIZE] = { first }, *end = image + sizeof(image);
    cvmdom_firmware *firmware;

    for (size_t i = 1; i < sizeof(image); i++) {
        image[i] = (unsigned char)(i * 7 + i / 256);
    }
    cvm_put_u32(end - 98, HASHES);
    cvm_put_u32(end - 94, 0x400);
    cvm_put_u16(end - 90, 26);
    ck_assert(cvm_guid_parse("7255371f-3a3b-4b04-927b-1da6efa8d454", end - 88));
    cvm_put_u32(end - 72, RESET);
    cvm_put_u16(end - 68, 22);
    ck_assert(cvm_guid_parse("00f771de-1a7e-4fcb-890e-68c77e2fb44e", end - 66));
    cvm_put_u16(end - 50, 66);
    ck_assert(cvm_guid_parse("96b582de-1fb2-45f7-baea-a366c55a082d", end - 48));
    firmware = cvmdom_firmware_parse(name, image, sizeof(image), NULL);
    ck_assert_ptr_nonnull(firmware);
    return firmware;
}

/* What is expected, and what the host starts. */
struct scenario {
    cvmdom_firmware *image, *other, *third;
    struct cvmdom_launch expected, is;
    const cvmdom_firmware *started;
    struct cvmdom_measurement measurement; /* as given; its HMAC is made of the other members */
    struct cvmdom_launch_keys session;     /* those of the guest */
    unsigned build_id;                     /* of the firmware that runs */
    char *folder, *kernel, *initrd;
};

static char *
write_file(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, name, -1, NULL));
    return path;
}

static void
set_up(struct scenario *scenario, const char *guest)
{
    const gboolean es = g_str_equal(guest, "sev-es");

    *scenario = (struct scenario){
        .image = get_image("OVMF.fd", 1),
        .other = get_image("other.fd", 2),
        .third = get_image("third.fd", 3),
        .measurement = { .nonce = "nonce of 16 byte",
                         .api_major = 1,
                         .api_minor = 55,
                         .build_id = 21 },
        .session = keys,
        .build_id = 21,
        .folder = g_dir_make_tmp("cvmdom-explain-XXXXXX", NULL),
    };
    ck_assert_ptr_nonnull(scenario->folder);
    scenario->kernel = write_file(scenario->folder, "kernel");
    scenario->initrd = write_file(scenario->folder, "initrd");
    scenario->started = scenario->image;
    scenario->expected = (struct cvmdom_launch){
        .guest = guest,
        .has_policy = 1,
        .policy = es ? 7 : 3,
        .firmware = "OVMF.fd",
        .vcpus = 4,
        .cpu = "EPYC-Milan",
        .cpu_mode = "custom",
        .signature = 0xa00f11,
        .vcek = 1,
    };
    scenario->is = scenario->expected;
}

/* The kernel of both, hashed in both. */
static void
add_kernel(struct scenario *scenario)
{
    scenario->expected.kernel = scenario->kernel;
    scenario->expected.initrd = scenario->initrd;
    scenario->expected.cmdline = "console=ttyS0";
    scenario->expected.kernel_hashes = 1;
    scenario->is = scenario->expected;
}

static void
tear_down(struct scenario *scenario)
{
    cvmdom_firmware_free(scenario->image);
    cvmdom_firmware_free(scenario->other);
    cvmdom_firmware_free(scenario->third);
    remove(scenario->kernel);
    remove(scenario->initrd);
    remove(scenario->folder);
    g_free(scenario->kernel);
    g_free(scenario->initrd);
    g_free(scenario->folder);
}

static void
add_text(const struct cvmdom_explanation *explanation, void *payload)
{
    g_string_append_printf(payload, "[%s] %s\n", explanation->what, explanation->sentence);
}

/* "[what] sentence\n" of what explains it; the caller's to g_string_free(). */
static GString *
explain(struct scenario *scenario)
{
    const cvmdom_firmware *const images[] = { scenario->image, scenario->third, scenario->third,
                                              scenario->other, NULL };
    struct cvmdom_measurement made = scenario->measurement;
    struct cvmdom_digest digest;
    GString *text = g_string_new(NULL);
    int found;

    ck_assert_int_eq(
        cvmdom_launch_digest(&scenario->is, scenario->started, NULL, NULL, &digest, NULL), 0);
    made.build_id = scenario->build_id;
    ck_assert_int_eq(cvmdom_measurement_compute(&made, (uint32_t)scenario->is.policy, &digest,
                                                &scenario->session, scenario->measurement.hmac,
                                                NULL),
                     0);
    found = cvmdom_measurement_explain(&scenario->measurement, &scenario->expected, scenario->image,
                                       images, &keys, add_text, text, NULL);
    ck_assert_int_eq(found, text->len > 0);
    return text;
}

static void
expect(struct scenario *scenario, const char *what, const char *part)
{
    g_autofree char *head = g_strdup_printf("[%s] ", what);
    GString *text = explain(scenario);

    ck_assert_msg(g_str_has_prefix(text->str, head), "'%s', not: %s", what, text->str);
    ck_assert_msg(strstr(text->str, part), "nothing of '%s': %s", part, text->str);
    g_string_free(text, TRUE);
    tear_down(scenario);
}

START_TEST(test_vcpus)
{
    static const uint64_t counts[] = { 1, 2, 3, 5, 64, 511, 512 };
    struct scenario scenario;

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autofree char *said = g_strdup_printf(" %u vCPUs instead of 4", (unsigned)counts[i]);

        set_up(&scenario, "sev-es");
        scenario.is.vcpus = counts[i];
        expect(&scenario, "vcpus", said);
    }
    /* from beyond what is tried to what is */
    set_up(&scenario, "sev-es");
    scenario.expected.vcpus = 600;
    expect(&scenario, "vcpus", " 4 vCPUs instead of 600");
}
END_TEST

START_TEST(test_vcpu_state)
{
    struct scenario scenario;

    set_up(&scenario, "sev-es");
    scenario.is.vmsa = CVMDOM_VMSA_FPU;
    expect(&scenario, "vmsa", "--vmsa fpu");
    set_up(&scenario, "sev-es");
    scenario.expected.vmsa = CVMDOM_VMSA_FPU;
    expect(&scenario, "vmsa", "--vmsa legacy");
    set_up(&scenario, "sev-es");
    scenario.is.features = 0x20;
    expect(&scenario, "features", "0x20 instead of 0x0");
    set_up(&scenario, "sev-es");
    scenario.expected.features = 0x20;
    expect(&scenario, "features", "0x0 instead of 0x20");
    set_up(&scenario, "sev-es");
    scenario.is.signature = 0x830f10;
    expect(&scenario, "signature", "EPYC-Rome");
}
END_TEST

START_TEST(test_kernel)
{
    struct scenario scenario;

    set_up(&scenario, "sev");
    add_kernel(&scenario);
    scenario.is.kernel_hashes = 0;
    expect(&scenario, "kernel-hashes", "any kernel");
    set_up(&scenario, "sev-es");
    add_kernel(&scenario);
    scenario.expected.kernel_hashes = 0;
    expect(&scenario, "kernel-hashes", "off in the document");
    set_up(&scenario, "sev");
    add_kernel(&scenario);
    scenario.is.initrd = NULL;
    expect(&scenario, "initrd", "without an initrd");
    set_up(&scenario, "sev");
    add_kernel(&scenario);
    scenario.is.cmdline = NULL;
    expect(&scenario, "cmdline", "empty");
    set_up(&scenario, "sev-es");
    add_kernel(&scenario);
    scenario.is.cmdline = "console=ttyS0\n";
    expect(&scenario, "cmdline", "newline");
    set_up(&scenario, "sev");
    add_kernel(&scenario);
    scenario.expected.cmdline = " console=ttyS0 \n";
    expect(&scenario, "cmdline", "blanks");
}
END_TEST

START_TEST(test_policy)
{
    static const struct {
        uint64_t expected, is;
        const char *said;
    } policies[] = {
        { 0x3, 0x1, "0x1 (nodbg)" },
        { 0x3, 0x2, "debug commands" },
        { 0x3, 0x0, "debug commands" },
        { 0x3, 0x2a, "debug commands" },
        { 0x3, 0x2b, "rules" },
        { 0x3, 0x80000003, "0x80000003" },
        { 0x37010003, 0x01370003, "0x1370003" },
        { 0x37010003, 0x3, "0x3 " },
        { 0x37010003, 0x1, "0x1 " },
        { 0x3, 0x03000000, "debug commands" },
        { 1000, 0x1000, "0x1000 " }, /* as libvirt reads "1000" */
        { 0x1001, 1001, "0x3e9 " },
    };
    struct scenario scenario;

    for (size_t i = 0; i < G_N_ELEMENTS(policies); i++) {
        set_up(&scenario, "sev");
        scenario.expected.policy = policies[i].expected;
        scenario.is.policy = policies[i].is;
        expect(&scenario, "policy", policies[i].said);
    }
    set_up(&scenario, "sev-es");
    scenario.is.policy = 5;
    expect(&scenario, "policy", "0x5 (nodbg,es)");
}
END_TEST

START_TEST(test_type)
{
    struct scenario scenario;

    set_up(&scenario, "sev-es");
    scenario.is.guest = "sev";
    scenario.is.policy = 3;
    expect(&scenario, "type", "plain SEV guest");
    set_up(&scenario, "sev");
    scenario.is.guest = "sev-es";
    scenario.is.policy = 7;
    expect(&scenario, "type", "SEV-ES guest");
}
END_TEST

START_TEST(test_firmware)
{
    struct scenario scenario;

    set_up(&scenario, "sev-es");
    scenario.started = scenario.other;
    expect(&scenario, "firmware", "'other.fd' instead of 'OVMF.fd'");
    set_up(&scenario, "sev");
    scenario.started = scenario.third;
    expect(&scenario, "firmware", "'third.fd'");
}
END_TEST

START_TEST(test_keys)
{
    struct scenario scenario;

    set_up(&scenario, "sev");
    memcpy(scenario.session.tik, keys.tek, sizeof(keys.tek));
    memcpy(scenario.session.tek, keys.tik, sizeof(keys.tik));
    expect(&scenario, "keys-swapped", "change places");
}
END_TEST

START_TEST(test_firmware_version)
{
    struct scenario scenario;

    set_up(&scenario, "sev");
    scenario.build_id = 24;
    expect(&scenario, "firmware-version", "1.55, build 24 instead of 1.55, build 21");
    set_up(&scenario, "sev-es");
    scenario.measurement.api_major = 0;
    scenario.measurement.api_minor = 17;
    scenario.build_id = 9;
    expect(&scenario, "firmware-version", "0.17, build 9 instead of 0.17, build 21");
}
END_TEST

START_TEST(test_two_at_once)
{
    struct scenario scenario;

    set_up(&scenario, "sev-es");
    scenario.is.vcpus = 8;
    scenario.is.policy = 5;
    expect(&scenario, "vcpus+policy", "instead of 4");
    set_up(&scenario, "sev-es");
    scenario.is.vcpus = 8;
    scenario.started = scenario.other;
    expect(&scenario, "firmware+vcpus", "Two things");
    set_up(&scenario, "sev-es");
    scenario.is.vmsa = CVMDOM_VMSA_FPU;
    scenario.is.features = 0x20;
    expect(&scenario, "vmsa+features", "0x20");
    set_up(&scenario, "sev-es");
    scenario.is.guest = "sev";
    scenario.is.policy = 1;
    expect(&scenario, "type+policy", "0x1 ");
    set_up(&scenario, "sev");
    add_kernel(&scenario);
    scenario.is.kernel_hashes = 0;
    scenario.started = scenario.third;
    expect(&scenario, "firmware+kernel-hashes", "any kernel");
    set_up(&scenario, "sev");
    scenario.is.policy = 2;
    memcpy(scenario.session.tik, keys.tek, sizeof(keys.tek));
    expect(&scenario, "policy+keys-swapped", "debug commands");
}
END_TEST

/* Nothing is made up, whatever the guest is; and within Check's time limit. */
START_TEST(test_unknown)
{
    struct scenario scenario;
    GString *text;

    set_up(&scenario, "sev-es");
    add_kernel(&scenario);
    scenario.expected.vcpus = scenario.is.vcpus = 64;
    memset(scenario.session.tik, 0x5a, sizeof(scenario.session.tik));
    text = explain(&scenario);
    ck_assert_str_eq(text->str, "");
    g_string_free(text, TRUE);
    /* a CPU that is none of QEMU's */
    scenario.is.signature = 0x12345678;
    scenario.session = keys;
    text = explain(&scenario);
    ck_assert_str_eq(text->str, "");
    g_string_free(text, TRUE);
    tear_down(&scenario);
}
END_TEST

/* One that matches needs no explanation. */
START_TEST(test_match)
{
    struct scenario scenario;
    GString *text;

    set_up(&scenario, "sev-es");
    text = explain(&scenario);
    ck_assert_str_eq(text->str, "");
    g_string_free(text, TRUE);
    tear_down(&scenario);
}
END_TEST

START_TEST(test_other_guests)
{
    struct scenario scenario;
    cvmdom_error *error = NULL;

    set_up(&scenario, "sev");
    scenario.expected.guest = "sev-snp";
    ck_assert_int_eq(cvmdom_measurement_explain(&scenario.measurement, &scenario.expected,
                                                scenario.image, NULL, &keys, NULL, NULL, &error),
                     -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    scenario.expected.guest = NULL;
    ck_assert_int_eq(cvmdom_measurement_explain(&scenario.measurement, &scenario.expected,
                                                scenario.image, NULL, &keys, NULL, NULL, NULL),
                     -1);
    tear_down(&scenario);
}
END_TEST

UNIT_MAIN("explain", test_vcpus, test_vcpu_state, test_kernel, test_policy, test_type,
          test_firmware, test_keys, test_firmware_version, test_two_at_once, test_unknown,
          test_match, test_other_guests)
