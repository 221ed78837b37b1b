/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads libvirt's own test data, where CVMDOM_TEST_LIBVIRT_DATA names a folder that has it:
 * domaincaps/, capabilities/ and domains/ with XML files, firmware/ with usr/share/qemu/firmware
 * and etc/qemu/firmware. Skipped without. */
#include <string.h>

#include "model/need.h"
#include "read/read.h"
#include "rules/control.h"
#include "unit.h"

static const char *folder;

/* Every XML file of a folder, and how many there were. */
static unsigned
read_all(const char *name, void (*check)(const char *, const struct cvm_host *))
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;
    const char *file;

    ck_assert_msg(dir, "no folder '%s'", path);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *full = g_build_filename(path, file, NULL);
        g_autoptr(GError) error = NULL;
        CVM_AUTO(host) *host = NULL;

        if (g_str_has_suffix(file, ".xml")) {
            host = cvm_host_read(full, &error);
            ck_assert_msg(host, "%s: %s", full, error ? error->message : "?");
            check(file, host);
            count++;
        }
    }
    g_dir_close(dir);
    return count;
}

/* The file's name says what it is of: qemu_10.0.0-q35.x86_64+amdsev.xml. */
static void
check_domcaps(const char *file, const struct cvm_host *host)
{
    const struct cvm_domcaps *caps = &host->domcaps;

    ck_assert(host->has_domcaps && !host->has_topology);
    ck_assert_msg(strstr(file, caps->arch), "%s: %s", file, caps->arch);
    ck_assert_uint_gt(caps->vcpu_max, 0);
    ck_assert_uint_gt(caps->n_models, 10);
    ck_assert(cvm_host_device_enum(host, "disk", "bus"));
    if (strstr(file, "+amdsev")) {
        ck_assert_int_eq(caps->sev, CVM_YES);
        ck_assert_uint_ge(caps->cbitpos, 47);
        ck_assert(cvm_strings_contain(&caps->sectypes, "sev-snp"));
    }
    if (caps->sev != CVM_YES) {
        ck_assert_uint_eq(caps->cbitpos, 0);
    }
}

START_TEST(test_domcaps)
{
    ck_assert_uint_gt(read_all("domaincaps", check_domcaps), 0);
}
END_TEST

static void
check_capabilities(const char *file, const struct cvm_host *host)
{
    ck_assert_msg(host->has_topology && host->topology.n_nodes > 0, "%s", file);
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        ck_assert_uint_gt(host->topology.nodes[i].memory, 0);
        ck_assert_uint_gt(host->topology.nodes[i].n_cpus, 0);
    }
}

START_TEST(test_capabilities)
{
    ck_assert_uint_gt(read_all("capabilities", check_capabilities), 0);
}
END_TEST

static const struct cvm_firmware *
choose(struct cvm_host *host, enum cvm_guest guest, gboolean stateless)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);

    domain->launch.guest = guest;
    cvm_default_text(&domain->os.firmware, "efi", NULL, "test");
    cvm_default_text(&domain->os.machine, "q35", NULL, "test");
    cvm_default_flag(&domain->features.smm, FALSE, NULL, "test");
    if (stateless) {
        cvm_default_flag(&domain->os.stateless, TRUE, NULL, "test");
    }
    return cvm_firmware_match(domain, host);
}

/* 92-masked is hidden by an empty file in etc, 93-invalid is passed over. */
START_TEST(test_firmware)
{
    g_autofree char *root = g_build_filename(folder, "firmware", NULL);
    CVM_AUTO(host) *host = cvm_host_new();
    const struct cvm_firmware *amdsev;

    ck_assert_int_eq(cvm_host_add_firmware(host, root, NULL), 0);
    ck_assert_uint_gt(host->n_firmware, 3);
    for (unsigned i = 0; i < host->n_firmware; i++) {
        ck_assert_ptr_null(strstr(host->firmware[i].path, "92-masked"));
    }
    ck_assert_ptr_nonnull(host->malformed_firmware);
    amdsev = choose(host, CVM_GUEST_SEV_SNP, TRUE);
    ck_assert_str_eq(amdsev->executable, "/usr/share/edk2/ovmf/OVMF.amdsev.fd");
    ck_assert_ptr_eq(choose(host, CVM_GUEST_SEV_ES, TRUE), amdsev);
    ck_assert_str_eq(choose(host, CVM_GUEST_SEV, FALSE)->executable,
                     "/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2");
}
END_TEST

/* What the launch-security-sev* domains of libvirt's tests have in common: an i440fx machine, no
 * firmware, a made-up certificate and session, memory that nothing locks, policy 0x1, dumpCore left
 * out. None of them would start. */
static const char *const sev_findings = "CVM208 CVM213 CVM213 CVM401 CVM403 CVM501 CVM515";

static int
compare_rules(const void *a, const void *b)
{
    const struct cvm_finding *const *one = a, *const *other = b;

    return strcmp((*one)->rule, (*other)->rule);
}

static void
check_domain(const char *file, const struct cvm_domain *domain)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autoptr(GString) found = g_string_new(NULL);

    cvm_check_run(domain, NULL, NULL, findings);
    g_ptr_array_sort(findings->items, compare_rules);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        g_string_append_printf(found, "%s%s", i > 0 ? " " : "", finding->rule);
    }
    if (g_str_has_prefix(file, "launch-security-sev") && !strstr(file, "-snp")) {
        ck_assert_msg(g_str_equal(found->str, sev_findings), "%s: %s", file, found->str);
    }
}

START_TEST(test_domains)
{
    g_autofree char *path = g_build_filename(folder, "domains", NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;
    const char *file;

    ck_assert_msg(dir, "no folder '%s'", path);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *full = g_build_filename(path, file, NULL);
        g_autoptr(GPtrArray) domains = NULL;
        g_autoptr(GError) error = NULL;

        if (g_str_has_suffix(file, ".xml")) {
            domains = cvm_documents_read(full, NULL, &error);
            ck_assert_msg(domains && domains->len == 1, "%s: %s", full,
                          error ? error->message : "?");
            ck_assert_int_eq(((struct cvm_domain *)domains->pdata[0])->form, CVM_FORM_XML);
            ck_assert_uint_eq(((struct cvm_domain *)domains->pdata[0])->problem_count, 0);
            check_domain(file, domains->pdata[0]);
            count++;
        }
    }
    g_dir_close(dir);
    ck_assert_uint_gt(count, 0);
}
END_TEST

static int
run_suite(void);

int
main(void)
{
    folder = g_getenv("CVMDOM_TEST_LIBVIRT_DATA");
    return folder ? run_suite() : 77;
}

static UNIT_RUNNER(run_suite, "libvirt_data", test_domcaps, test_capabilities, test_firmware,
                   test_domains)
