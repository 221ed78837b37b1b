/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts are known by: records, what libvirt prints, descriptors of firmware, and the files of
 * a machine. */
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "fuzz.h"
#include "read/host.h"
#include "read/read.h"
#include "report/host.h"
#include "report/readiness.h"
#include "rules/control.h"

static void
check_json(const GString *text)
{
    json_error_t error;
    json_t *json = json_loads(text->str, 0, &error);

    g_assert_true(json && strlen(text->str) == text->len);
    json_decref(json);
}

/* ---- records ---- */

static void
report(const struct cvm_host *host)
{
    CVM_AUTO(readiness) *readiness = cvm_readiness_new(host);
    g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
    g_autoptr(GString) state = g_string_new(NULL), state_json = g_string_new(NULL);

    cvm_host_report_text(host, text);
    cvm_host_report_json(host, json);
    check_json(json);
    cvm_readiness_report_text(readiness, CVM_GUEST_AMD, FALSE, state);
    cvm_readiness_report_json(readiness, CVM_GUEST_AMD, state_json);
    check_json(state_json);
}

/* Guests of each kind, on it. */
static void
judge(const struct cvm_host *host)
{
    static const char xml[] =
        "<domain type='kvm'><name>x</name><memory unit='GiB'>4</memory><vcpu>4</vcpu>"
        "<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type></os>"
        "<cpu mode='host-passthrough'><numa><cell id='0' cpus='0-3' memory='4' unit='GiB'/></numa>"
        "</cpu><launchSecurity type='%s'><policy>%s</policy></launchSecurity></domain>";
    static const char *const guests[][2] = { { "sev", "0x1" },
                                             { "sev", "0x7" },
                                             { "sev-snp", "0x30000" } };
    CVM_AUTO(findings) *findings = cvm_findings_new();

    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        g_autofree char *text = g_strdup_printf(xml, guests[i][0], guests[i][1]);
        g_autoptr(GPtrArray) domains = cvm_domain_xml_parse_all("x", text, strlen(text), NULL);

        g_assert_nonnull(domains);
        cvm_check_run(g_ptr_array_index(domains, 0), host, NULL, findings);
    }
}

gboolean
fuzz_host(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host = cvm_host_parse("x", (const char *)data, size, &error);

    (void)cvm_host_is_likely((const char *)data, size);
    if (!host) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    report(host);
    judge(host);
    return TRUE;
}

/* ---- what is recorded is a record ---- */

static void
check_record(const struct cvm_record *record)
{
    for (int full = 0; full < 2; full++) {
        g_autofree char *text = cvm_record_write(record, full);
        g_autoptr(GError) error = NULL;
        CVM_AUTO(host) *host = cvm_host_parse("record", text, strlen(text), &error);

        if (!host) {
            g_error("%s", error->message);
        }
    }
}

void
fuzz_make_capabilities(void)
{
    static const char *const names[] = { "epyc-genoa-snp", "epyc-rome-sev" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        static const char *const elements[] = { "domainCapabilities", "capabilities" };
        g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", names[i]);
        size_t size;
        g_autofree char *text = (char *)fuzz_read(relative, &size);

        for (size_t k = 0; k < G_N_ELEMENTS(elements); k++) {
            g_autofree char *open = g_strdup_printf("<%s>", elements[k]);
            g_autofree char *close = g_strdup_printf("</%s>", elements[k]);
            const char *start = strstr(text, open), *end = strstr(text, close);

            g_assert_true(start && end);
            fuzz_add(elements[k], start, (size_t)(end - start) + strlen(close));
        }
    }
}

gboolean
fuzz_capabilities(const uint8_t *data, size_t size)
{
    CVM_AUTO(record) *record = cvm_record_new("x");
    g_autoptr(GError) error = NULL;

    if (cvm_record_add_capabilities(record, (const char *)data, size, &error) < 0) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    check_record(record);
    return TRUE;
}

/* ---- descriptors, one behind the other with NULs between ---- */

#define TARGETS "\"targets\": [{\"architecture\": \"x86_64\", \"machines\": [\"pc-q35-*\"]}]"

void
fuzz_make_descriptors(void)
{
    static const char split[] =
        "{\"description\": \"d\", \"interface-types\": [\"uefi\"], \"mapping\": {\"device\": "
        "\"flash\", \"executable\": {\"filename\": \"/a.fd\", \"format\": \"raw\"}, "
        "\"nvram-template\": {\"filename\": \"/vars\", \"format\": \"raw\"}}, " TARGETS
        ", \"features\": [\"amd-sev\", \"amd-sev-es\", \"secure-boot\"], \"tags\": []}";
    static const char both[] =
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"memory\", \"filename\": "
        "\"/b.fd\"}, " TARGETS ", \"features\": [\"amd-sev-snp\"]}\0"
        "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"flash\", \"mode\": "
        "\"stateless\", \"executable\": {\"filename\": \"/c.fd\", \"format\": \"qcow2\"}}, " TARGETS
        ", \"features\": []}";

    fuzz_add("split", split, strlen(split));
    fuzz_add("two", both, sizeof(both) - 1);
}

enum { MOST_DESCRIPTORS = 4 };

gboolean
fuzz_descriptor(const uint8_t *data, size_t size)
{
    static const char *const paths[MOST_DESCRIPTORS] = {
        "/usr/share/qemu/firmware/50-a.json",
        "/usr/share/qemu/firmware/60-b.json",
        "/etc/qemu/firmware/50-a.json",
        "/usr/share/qemu/firmware/40-c.json",
    };
    CVM_AUTO(host) *host = cvm_host_new();
    struct cvm_descriptor found[MOST_DESCRIPTORS];
    const char *at = (const char *)data, *end = at + size;
    unsigned count = 0;

    while (count < MOST_DESCRIPTORS && at < end) {
        const char *stop = memchr(at, 0, (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);

        found[count] = (struct cvm_descriptor){
            .path = paths[count],
            .text = cvm_arena_strndup(host->arena, at, length),
            .size = length,
        };
        at += MIN(length + 1, (size_t)(end - at));
        count++;
    }
    cvm_host_take_descriptors(host, found, count);
    g_assert_cmpuint(host->n_firmware, <=, count);
    report(host);
    return host->n_firmware > 0;
}

/* ---- a machine's files: 0xff and a path's number, and the content up to the next 0xff ---- */

#define NODE "sys/devices/system/node/node0/"
#define CPU "sys/devices/system/cpu/"

static const struct {
    const char *path, *content;
} files[] = {
    { "proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: "
                      "17\nmodel name\t: AMD EPYC 9654\nstepping\t: 1\nflags\t\t: svm npt sev "
                      "sev_es sev_snp debug_swap\n\n" },
    { "proc/cmdline", "BOOT_IMAGE=/vmlinuz kvm_amd.sev=1 mem_encrypt=on iommu=pt\n" },
    { "proc/version", "Linux version 6.12.0-1-amd64 (a@b) (gcc) #1 SMP Debian\n" },
    { "proc/misc", "124 sev\n232 kvm\n" },
    { "proc/mounts", "hugetlbfs /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n" },
    { "proc/meminfo", "MemTotal: 1000 kB\nHugePages_Total: 4\nHugepagesize: 2048 kB\n" },
    { "proc/stat", "cpu 1 2 3\nbtime 1790000000\n" },
    { "proc/sys/kernel/osrelease", "6.12.0-1-amd64\n" },
    { "proc/12/comm", "libvirtd\n" },
    { "proc/12/limits", "Limit  Soft Limit Hard Limit Units\nMax locked memory  65536 65536 "
                        "bytes\n" },
    { "sys/module/kvm_amd/parameters/sev", "Y\n" },
    { "sys/module/kvm_amd/parameters/sev_es", "Y\n" },
    { "sys/module/kvm_amd/parameters/sev_snp", "Y\n" },
    { "sys/module/kvm_amd/parameters/ciphertext_hiding_asids", "4\n" },
    { "sys/fs/cgroup/misc.capacity", "sev 410\nsev_es 99\n" },
    { "sys/fs/cgroup/misc.current", "sev 2\nsev_es 1\n" },
    { "sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids misc\n" },
    { CPU "smt/active", "1\n" },
    { CPU "online", "0-3\n" },
    { CPU "cpu0/topology/thread_siblings_list", "0,2\n" },
    { CPU "cpu0/topology/core_id", "0\n" },
    { CPU "cpu0/topology/physical_package_id", "0\n" },
    { NODE "meminfo", "Node 0 MemTotal: 1000 kB\nNode 0 MemFree: 900 kB\n" },
    { NODE "cpulist", "0-3\n" },
    { NODE "distance", "10\n" },
    { NODE "hugepages/hugepages-2048kB/nr_hugepages", "4\n" },
    { NODE "hugepages/hugepages-2048kB/free_hugepages", "3\n" },
    { "sys/kernel/iommu_groups/0/type", "DMA-FQ\n" },
    { "sys/module/apparmor/parameters/enabled", "Y\n" },
    { "etc/passwd", "libvirt-qemu:x:64055:104::/var/lib/libvirt:/usr/sbin/nologin\n" },
    { "etc/group", "kvm:x:104:\nsev:x:105:libvirt-qemu\n" },
    { "etc/libvirt/qemu.conf",
      "#user = \"libvirt-qemu\"\ngroup = \"kvm\"\nmax_core = \"unlimited\"\n" },
    { "etc/modprobe.d/a.conf", "options kvm_amd sev=1 sev_es=1 \\\n  debug_swap=1\n" },
    { "etc/apparmor.d/abstractions/libvirt-qemu", "  /dev/sev rw,\n" },
    { "lib/systemd/system/libvirtd.service", "[Service]\nLimitMEMLOCK=64M\n" },
    { "var/log/dmesg", "[    1.5] SEV-SNP: RMP table physical range [0x1 - 0x2]\n"
                       "[    2.0] ccp 0000:02:00.5: SEV API:1.55 build:29\n"
                       "[    3.0] kvm_amd: SEV enabled (ASIDs 100 - 509)\n"
                       "[    3.0] kvm_amd: SEV-ES enabled (ASIDs 1 - 99)\n" },
    { "var/log/kern.log", "2026-11-21T10:00:00+00:00 h kernel: [ 1.0] kvm_amd: SEV-SNP enabled\n" },
    { "sos_commands/kernel/uname_-a", "Linux h 6.12.0 #1 SMP x86_64 GNU/Linux\n" },
    { "sos_commands/block/ls_-lanR_.dev", "/dev:\ncrw-------  1 0 0 10, 124 Jan 1 00:00 sev\n" },
    { "sos_commands/processor/cpuid_-r",
      "CPU 0:\n   0x8000001f 0x00: eax=0x01d9fbff ebx=0x00004173 ecx=0x000003ee edx=0x00000064\n" },
    { "sos_commands/virsh/virsh_-r_domcapabilities",
      "<domainCapabilities><path>/usr/bin/qemu</path><domain>kvm</domain><arch>x86_64</arch>"
      "<features><sev supported='yes'><cbitpos>51</cbitpos><reducedPhysBits>1</reducedPhysBits>"
      "</sev></features></domainCapabilities>\n" },
    { "sos_commands/virsh/virsh_-r_capabilities",
      "<capabilities><host><cpu><arch>x86_64</arch></cpu></host></capabilities>\n" },
    { "sos_commands/virsh/virsh_-r_version",
      "Using library: libvirt 11.3.0\nRunning hypervisor: QEMU 10.0.0\n" },
    { "usr/share/qemu/firmware/50-a.json",
      "{\"interface-types\": [\"uefi\"], \"mapping\": {\"device\": \"memory\", \"filename\": "
      "\"/usr/share/ovmf/OVMF.fd\"}, " TARGETS ", \"features\": [\"amd-sev-snp\"]}\n" },
    { "usr/share/ovmf/OVMF.fd", "OVMF\n" },
    { "var/lib/dpkg/status", "Package: ovmf\nStatus: install ok installed\nVersion: 2025.02-8\n\n"
                             "Package: qemu-system-x86\nStatus: install ok installed\nVersion: "
                             "1:10.0.0+ds-1\n" },
    { "sos_commands/dpkg/dpkg_-l", "ii  libvirt-daemon  11.3.0-3  amd64  d\n" },
    { "installed-rpms", "edk2-ovmf-20250221-8.fc42.noarch  Thu 1 Jan 2026\n" },
};

/* Ends the content of a file; no text has it. */
enum { NEXT_FILE = 0xff };

static char *root;
static GPtrArray *real_paths;

void
fuzz_make_tree(void)
{
    g_autoptr(GByteArray) all = g_byte_array_new();

    root = g_dir_make_tmp("cvmdom-fuzz-XXXXXX", NULL);
    g_assert_nonnull(root);
    real_paths = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        char *path = g_build_filename(root, files[i].path, NULL);
        g_autofree char *folder = g_path_get_dirname(path);
        const uint8_t head[2] = { NEXT_FILE, (uint8_t)i };
        g_autoptr(GByteArray) one = g_byte_array_new();

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_ptr_array_add(real_paths, path);
        g_byte_array_append(one, head, sizeof(head));
        g_byte_array_append(one, (const guint8 *)files[i].content, (guint)strlen(files[i].content));
        g_byte_array_append(all, one->data, one->len);
        fuzz_add(files[i].path, one->data, one->len)->verdict = FUZZ_EITHER;
    }
    fuzz_add("all", all->data, all->len);
}

static void
remove_below(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_below(below);
    }
    g_remove(path);
}

void
fuzz_drop_tree(void)
{
    remove_below(root);
    g_clear_pointer(&root, g_free);
    g_clear_pointer(&real_paths, g_ptr_array_unref);
}

void
fuzz_tree_words(GPtrArray *words)
{
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_auto(GStrv) parts = g_strsplit_set(files[i].content, " \t\n", -1);

        for (char **part = parts; *part; part++) {
            if (**part) {
                g_ptr_array_add(words, g_strdup(*part));
            }
        }
    }
}

static unsigned
write_files(const uint8_t *at, const uint8_t *end, gboolean written[])
{
    unsigned count = 0;

    while (end - at >= 2 && *at == NEXT_FILE) {
        unsigned number = at[1] % real_paths->len;
        const uint8_t *start = at + 2;

        at = memchr(start, NEXT_FILE, (size_t)(end - start));
        at = at ? at : end;
        g_assert_true(g_file_set_contents_full(g_ptr_array_index(real_paths, number),
                                               (const char *)start, at - start,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
        written[number] = TRUE;
        count++;
    }
    return count;
}

gboolean
fuzz_tree(const uint8_t *data, size_t size)
{
    CVM_AUTO(record) *record = cvm_record_new("x");
    gboolean written[G_N_ELEMENTS(files)] = { FALSE };
    unsigned count = write_files(data, data + size, written);

    g_assert_cmpint(cvm_record_add_files(record, root, NULL), ==, 0);
    check_record(record);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        if (written[i]) {
            g_unlink(g_ptr_array_index(real_paths, i));
        }
    }
    return count == G_N_ELEMENTS(files);
}
