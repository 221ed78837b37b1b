/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes a launch unmeasurable, one condition after the other, beside a launch of each kind
 * that is fine. The rules' pages hold what a document can say of it. */
#include <string.h>

#include "launch/launch.h"
#include "ovmf_fixture.h"
#include "unit.h"
#include "util/error.h"
#include "xml_fixture.h"

static struct builder image;
static cvmdom_firmware *firmware;
static struct cvmdom_launch launch;

/* A sound launch of a kind, with a known image. */
static void
take(const char *guest, const char *name)
{
    gboolean snp = g_str_equal(guest, "sev-snp");

    cvmdom_firmware_free(firmware);
    ck_assert(build_known(&image, name));
    firmware = cvmdom_firmware_parse("image.fd", image.data, IMAGE_SIZE, NULL);
    ck_assert_ptr_nonnull(firmware);
    launch = (struct cvmdom_launch){
        .guest = guest,
        .has_policy = TRUE,
        .policy = snp                         ? 0x30000
                  : g_str_equal(guest, "sev") ? 3
                                              : 7,
        .firmware = "image.fd",
        .vcpus = 4,
        .cpu = "EPYC-Milan",
        .signature = 0x00a00f11,
        .features = snp ? 1 : 0,
    };
}

static void
accepts(int line)
{
    g_autoptr(GError) error = NULL;

    ck_assert_msg(cvm_launch_validate(&launch, firmware, &error) == 0, "line %d: %s", line,
                  error ? error->message : "");
}
#define ACCEPTS() accepts(__LINE__)

static void
refuses(const char *part, int line)
{
    g_autoptr(GError) error = NULL;

    ck_assert_msg(cvm_launch_validate(&launch, firmware, &error) < 0, "line %d: no error with '%s'",
                  line, part);
    ck_assert(g_error_matches(error, CVM_ERROR, CVM_ERROR_UNSUPPORTED));
    ck_assert_msg(strstr(error->message, part) != NULL, "line %d: %s", line, error->message);
}
#define REFUSES(part) refuses((part), __LINE__)

START_TEST(test_sound)
{
    static const char *const guests[] = { "sev", "sev-es", "sev-snp" };

    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        take(guests[i], "ovmf");
        ACCEPTS();
        take(guests[i], "amdsev");
        ACCEPTS();
    }
    take("sev", "none");
    ACCEPTS();
    launch.vcpus = 0;
    launch.signature = 0;
    ACCEPTS();
}
END_TEST

START_TEST(test_kind)
{
    take("sev", "ovmf");
    launch.guest = "none";
    REFUSES("type 'none'");
    launch.guest = "tdx";
    REFUSES("type 'tdx'");
    launch.guest = NULL;
    REFUSES("no launch");
}
END_TEST

START_TEST(test_files)
{
    take("sev", "ovmf");
    launch.kernel_hashes = TRUE;
    launch.kernel = "/nonexistent/kernel";
    REFUSES("Kernel '/nonexistent/kernel'");
    launch.kernel = "/";
    REFUSES("regular");
    g_clear_pointer(&firmware, cvmdom_firmware_free);
    launch.kernel = NULL;
    launch.kernel_hashes = FALSE;
    REFUSES("'image.fd' is measured, but not at hand");
    launch.firmware = NULL;
    REFUSES("not named");
}
END_TEST

START_TEST(test_firmware)
{
    take("sev-snp", "4m");
    REFUSES("no SEV metadata");
    take("sev-es", "4m");
    ACCEPTS();
    take("sev-snp", "unclear");
    REFUSES("Section 5 (type 9");
    take("sev-es", "no-reset");
    REFUSES("no SEV-ES reset block");
    launch.vcpus = 1;
    REFUSES("no SEV-ES reset block");
    take("sev", "no-reset");
    ACCEPTS();
    take("sev-snp", "no-reset");
    launch.vmm = CVMDOM_VMM_EC2;
    REFUSES("no SEV-ES reset block");
    launch.vcpus = 1;
    ACCEPTS();
    take("sev", "qcow2");
    REFUSES("qcow2");
    take("sev-snp", "ovmf");
    g_clear_pointer(&firmware, cvmdom_firmware_free);
    firmware = cvmdom_firmware_parse("image.fd", image.data + 1, IMAGE_SIZE - 1, NULL);
    REFUSES("65535 bytes");
}
END_TEST

/* base, size and section of the area for hashes. */
static void
take_hashes(const char *guest, uint32_t base, uint32_t size, uint32_t page)
{
    take(guest, "ovmf");
    start(&image);
    ADD(&image, RESET, 0x80b004);
    ADD(&image, HASHES, base, size);
    ADD(&image, METADATA, 1024);
    PUT_SECTIONS(&image, 0x800000, 0x1000, 1, page, 0x1000, 16);
    finish(&image);
    cvmdom_firmware_free(firmware);
    firmware = cvmdom_firmware_parse("image.fd", image.data, IMAGE_SIZE, NULL);
    ck_assert_ptr_nonnull(firmware);
    launch.kernel_hashes = TRUE;
    launch.kernel = g_getenv("CVM_TEST_FILE");
}

START_TEST(test_hashes)
{
    take("sev-snp", "amdsev");
    launch.kernel_hashes = TRUE;
    REFUSES("there is no kernel");
    launch.guest = "sev";
    launch.policy = 3;
    REFUSES("there is no kernel");
    take_hashes("sev-snp", 0x810c00, 0x400, 0x810000);
    ACCEPTS();
    take_hashes("sev-snp", 0x810c00, 176, 0x810000);
    ACCEPTS();
    take_hashes("sev-snp", 0x810c00, 175, 0x810000);
    REFUSES("shorter");
    take_hashes("sev", 0x810c00, 175, 0x810000);
    REFUSES("shorter");
    take_hashes("sev", 0, 0x400, 0x810000);
    REFUSES("has no area");
    take_hashes("sev-snp", 0x810f51, 0x400, 0x810000);
    REFUSES("out of its page");
    take_hashes("sev-snp", 0x810f50, 0xb0, 0x810000);
    ACCEPTS();
    take_hashes("sev-snp", 0x811c00, 0x400, 0x810000);
    REFUSES("does not list");
    take_hashes("sev-es", 0x811c00, 0x400, 0x810000);
    ACCEPTS();
}
END_TEST

START_TEST(test_vcpus)
{
    take("sev-es", "ovmf");
    launch.vcpus = 0;
    REFUSES("not known, or none");
    launch.vcpus = 4097;
    REFUSES("4097 vCPUs");
    launch.vcpus = UINT64_MAX;
    REFUSES("vCPUs");
    launch.vcpus = 4096;
    ACCEPTS();
    launch.signature = 0;
    launch.cpu = NULL;
    REFUSES("no model is named");
    launch.cpu = "Opteron_G5";
    REFUSES("'Opteron_G5'");
    launch.cpu_mode = "host-passthrough";
    REFUSES("'host-passthrough'");
    launch.cpu_mode = "maximum";
    REFUSES("'maximum'");
    launch.cpu_mode = "host-model";
    launch.cpu = NULL;
    REFUSES("'host-model'");
    take("sev-snp", "ovmf");
    launch.signature = 0;
    REFUSES("'EPYC-Milan'");
    launch.vmm = CVMDOM_VMM_GCE;
    ACCEPTS();
}
END_TEST

START_TEST(test_forms)
{
    static const uint64_t wrong_snp[] = { 0, 0x20, 0x801, 0x10001, UINT64_MAX };
    static const uint64_t wrong_es[] = { 1, 0x21, 0x800 };

    take("sev-es", "ovmf");
    for (int vmm = CVMDOM_VMM_EC2; vmm <= CVMDOM_VMM_SVSM; vmm++) {
        launch.vmm = vmm;
        REFUSES("only what they measure of SEV-SNP");
    }
    launch.vmm = 4;
    REFUSES("none that is known");
    launch.vmm = 0;
    launch.vmsa = -1;
    REFUSES("none that is known");
    for (size_t i = 0; i < G_N_ELEMENTS(wrong_es); i++) {
        take("sev-es", "ovmf");
        launch.features = wrong_es[i];
        REFUSES("SEV_FEATURES");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong_snp); i++) {
        take("sev-snp", "ovmf");
        launch.features = wrong_snp[i];
        REFUSES("SEV_FEATURES");
    }
    launch.features = 0x21;
    ACCEPTS();
    launch.vmm = CVMDOM_VMM_EC2;
    launch.vmsa = CVMDOM_VMSA_LEGACY;
    REFUSES("legacy form");
    launch.vmsa = 0;
    launch.vmm = CVMDOM_VMM_SVSM;
    REFUSES("needs the SVSM's image");
    launch.svsm = g_getenv("CVM_TEST_FILE");
    ACCEPTS();
    launch.vars_size = 1;
    REFUSES("multiple of 4096");
}
END_TEST

START_TEST(test_policy)
{
    take("sev", "ovmf");
    launch.has_policy = FALSE;
    REFUSES("policy is not known");
    launch.has_policy = TRUE;
    launch.policy = 7;
    REFUSES("bit 2");
    launch.guest = "sev-es";
    ACCEPTS();
    launch.policy = 3;
    REFUSES("bit 2");
    launch.policy = UINT64_C(0x100000007);
    REFUSES("32 bits");
    take("sev-es", "ovmf");
    launch.policy = 0xffff0007;
    ACCEPTS();
}
END_TEST

START_TEST(test_variables)
{
    take("sev-snp", "ovmf");
    launch.has_nvram = TRUE;
    REFUSES("flash memory");
    take("sev-es", "ovmf");
    launch.has_nvram = TRUE;
    ACCEPTS(); /* a warning: QEMU measures the image alone, and so does the digest */
}
END_TEST

/* With a domain the findings are at its values, and no comment makes up for an error. */
START_TEST(test_suppression)
{
    static const char xml[] =
        "<domain type='kvm'><name>a</name>\n"
        "<!-- cvmdom: ignore=CVM808,CVM810: because -->\n"
        "<os><loader type='pflash'>/a</loader><nvram>/v</nvram></os><cpu mode='maximum'/>\n"
        "<launchSecurity type='sev'><policy>7</policy></launchSecurity></domain>";
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autoptr(GError) error = NULL;
    CVM_AUTO(domain) *domain = parse_xml("a.xml", xml, strlen(xml), &error);
    const struct cvm_finding *finding;

    ck_assert_msg(domain != NULL, "%s", error ? error->message : "");
    take("sev-es", "ovmf");
    launch.has_nvram = TRUE;
    launch.signature = 0;
    launch.cpu_mode = "maximum";
    cvm_launch_check(&launch, firmware, domain, NULL, findings);
    ck_assert_uint_eq(findings->items->len, 2);
    finding = g_ptr_array_index(findings->items, 0);
    ck_assert_str_eq(finding->rule, "CVM810");
    ck_assert_str_eq(finding->suppression, "because");
    ck_assert(!finding->fails);
    finding = g_ptr_array_index(findings->items, 1);
    ck_assert_str_eq(finding->rule, "CVM808");
    ck_assert_ptr_null(finding->suppression);
    ck_assert(finding->fails);
    ck_assert_uint_eq(finding->line, 3);
    ck_assert_uint_eq(cvm_findings_count(findings, CVM_SEVERE), 1);
}
END_TEST

static UNIT_RUNNER(run_tests, "launch-check", test_sound, test_kind, test_files, test_firmware,
                   test_hashes, test_vcpus, test_forms, test_policy, test_variables,
                   test_suppression)

    int main(void)
{
    /* Some file that can be read. */
    g_autofree char *file = unit_source_path("tests/local.mk");

    g_setenv("CVM_TEST_FILE", file, TRUE);
    return run_tests();
}
