/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files tell of a host: each fact from the file that has it, and nothing from one that is
 * missing, cannot be read or is no sense. */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <utime.h>

#include "capture/capture.h"
#include "capture/files_sev.h"
#include "tree_fixture.h"
#include "util/number.h"

static struct cvm_record *
read_tree(void)
{
    struct cvm_record *record = cvm_record_new("tree");

    ck_assert_int_eq(cvm_record_add_files(record, tree_root, NULL), 0);
    return record;
}

/* The words of a list, "-" when there is none. */
static const char *
words_of(const struct cvm_strings *list)
{
    static char text[8192];
    g_autofree char *joined = list->items ? g_strjoinv(";", (char **)list->items) : NULL;

    g_strlcpy(text, joined ? joined : "-", sizeof text);
    return text;
}

#define assert_words(list, expected) ck_assert_str_eq(words_of(&(list)), (expected))

/* ---- the processor ---- */

#define EPYC                                                                                       \
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"                 \
    "model name\t: AMD EPYC 9654 96-Core Processor\nstepping\t: 1\n"                               \
    "flags\t\t: fpu vme svm npt sme sev sev_es sev_snp debug_swap x2apic\n\n"
#define OTHER "processor\t: 1\ncpu family\t: 6\nmodel name\t: another\nflags\t\t: vmx\n\n"

START_TEST(test_processor)
{
    struct cvm_record *record;

    tree_make();
    tree_put("proc/cpuinfo", EPYC OTHER);
    tree_put("sys/devices/system/cpu/smt/active", "1\n");
    tree_put("sos_commands/processor/cpuid_-r",
             "CPU 0:\n   0x80000008 0x00: eax=0x00000001 ebx=0x0 ecx=0x0 edx=0x0\n"
             "   0x8000001f 0x00: eax=0x01d9fbff ebx=0x00004173 ecx=0x000003ee edx=0x00000064\n");
    record = read_tree();
    ck_assert_str_eq(record->host->cpu_model_name, "AMD EPYC 9654 96-Core Processor");
    ck_assert_uint_eq(record->host->cpu_family, 25);
    ck_assert_uint_eq(record->host->cpu_model, 17);
    ck_assert(record->host->has_cpu_stepping);
    ck_assert_uint_eq(record->host->cpu_stepping, 1);
    assert_words(record->host->cpu_flags, "debug_swap;npt;sev;sev_es;sev_snp;sme;svm");
    ck_assert_int_eq(record->host->smt, CVM_YES);
    ck_assert(record->host->cpuid_sev.known);
    ck_assert_uint_eq(record->host->cpuid_sev.eax, 0x01d9fbff);
    ck_assert_uint_eq(record->host->cpuid_sev.ecx, 1006);
    ck_assert_uint_eq(record->host->cpuid_sev.edx, 100);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

START_TEST(test_smt_by_siblings)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0\n");
    tree_put("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1\n");
    record = read_tree();
    ck_assert_int_eq(record->host->smt, CVM_NO);
    cvm_record_free(record);
    tree_put("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,65\n");
    record = read_tree();
    ck_assert_int_eq(record->host->smt, CVM_YES);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- the kernel ---- */

START_TEST(test_kernel)
{
    struct cvm_record *record;

    tree_make();
    tree_put("proc/sys/kernel/osrelease", "6.11.0-8-amd64\n");
    tree_put("proc/cmdline",
             "BOOT_IMAGE=/vmlinuz root=UUID=0123-4567 ro ip=192.0.2.1 hostname=secret iommu=pt "
             "kvm-amd.sev=1 kvm_amd.sev_es=1 hugepagesz=1G hugepages=64 default_hugepagesz=1G "
             "mem_encrypt=on nosmt=force quiet xiommu=1 "
             "dyndbg=\"file x +p iommu=off\" mitigations=off -- amd_iommu=off\n");
    record = read_tree();
    ck_assert_str_eq(record->kernel_release, "6.11.0-8-amd64");
    ck_assert_uint_eq(record->host->kernel_version, CVM_VERSION(6, 11, 0));
    assert_words(record->host->kernel_options,
                 "iommu=pt;kvm_amd.sev=1;kvm_amd.sev_es=1;hugepagesz=1G;hugepages=64;"
                 "default_hugepagesz=1G;mem_encrypt=on;nosmt=force;mitigations=off");
    ck_assert_int_eq(record->host->iommu_passthrough, CVM_YES);
    ck_assert_int_eq(record->host->iommu_enabled, CVM_UNKNOWN);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* An sosreport without /proc/sys. */
START_TEST(test_kernel_by_uname)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sos_commands/kernel/uname_-a",
             "Linux secret.example.com 5.14.0-427.el9.x86_64 #1 SMP x86_64 GNU/Linux\n");
    record = read_tree();
    ck_assert_str_eq(record->kernel_release, "5.14.0-427.el9.x86_64");
    cvm_record_free(record);
    tree_put("sos_commands/kernel/uname_-a", "uname: command not found in any path\n");
    record = read_tree();
    ck_assert_ptr_null(record->kernel_release);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

START_TEST(test_modules)
{
    struct cvm_record *record;
    const struct cvm_capture_parameter *parameter;

    tree_make();
    tree_put("sys/module/kvm_amd/parameters/sev", "Y\n");
    tree_put("sys/module/kvm_amd/parameters/sev_es", "1\n");
    tree_put("sys/module/kvm_amd/parameters/sev_snp", "N\n");
    tree_put("sys/module/kvm_amd/parameters/ciphertext_hiding_asids", "10\n");
    tree_put("sys/module/kvm/parameters/halt_poll_ns", "200000\n");
    record = read_tree();
    ck_assert_int_eq(record->host->kvm_amd_sev, CVM_YES);
    ck_assert_int_eq(record->host->kvm_amd_sev_es, CVM_YES);
    ck_assert_int_eq(record->host->kvm_amd_sev_snp, CVM_NO);
    ck_assert(record->host->has_ciphertext_hiding);
    ck_assert_uint_eq(record->host->ciphertext_hiding_asids, 10);
    ck_assert_uint_eq(record->host->n_modules, 3);
    ck_assert_str_eq(record->host->modules[0].name, "ccp");
    ck_assert(!record->host->modules[0].loaded);
    ck_assert(record->host->modules[1].loaded && record->host->modules[2].loaded);
    ck_assert_uint_eq(record->parameters->len, 5);
    parameter = &g_array_index(record->parameters, struct cvm_capture_parameter, 0);
    ck_assert_str_eq(parameter->module, "kvm");
    ck_assert_str_eq(parameter->value, "200000");
    /* SEV-SNP's absence is not PLATFORM_STATUS's business. */
    ck_assert_ptr_null(record->host->sev_state);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- control groups ---- */

static struct cvm_record *
read_cgroup(const char *capacity, const char *current)
{
    struct cvm_record *record;

    tree_make();
    tree_put("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids misc\n");
    if (capacity) {
        tree_put("sys/fs/cgroup/misc.capacity", capacity);
    }
    if (current) {
        tree_put("sys/fs/cgroup/misc.current", current);
    }
    record = read_tree();
    tree_drop();
    return record;
}

START_TEST(test_asids)
{
    struct cvm_record *record = read_cgroup("sev 410\nsev_es 99\ntdx 5\n", "sev 3\nsev_es 1\n");

    assert_words(record->host->cgroup_controllers, "cpuset;cpu;io;memory;hugetlb;pids;misc");
    ck_assert(record->host->capacity.known && record->host->in_use.known);
    ck_assert_uint_eq(record->host->capacity.sev, 410);
    ck_assert_uint_eq(record->host->capacity.sev_es, 99);
    ck_assert_uint_eq(record->host->in_use.sev, 3);
    ck_assert_uint_eq(record->host->in_use.sev_es, 1);
    cvm_record_free(record);
}
END_TEST

/* No kvm_amd, no keys; a group that is not the root has no capacity, and counts only its own. */
START_TEST(test_asids_unknown)
{
    struct cvm_record *record = read_cgroup("", NULL);

    ck_assert(record->host->capacity.known && record->host->capacity.sev == 0);
    ck_assert(!record->host->in_use.known);
    cvm_record_free(record);
    record = read_cgroup(NULL, "sev 3\n");
    ck_assert(!record->host->capacity.known && !record->host->in_use.known);
    cvm_record_free(record);
    record = read_cgroup("sev many\n", "sev 3\n");
    ck_assert(!record->host->capacity.known && !record->host->in_use.known);
    cvm_record_free(record);
    tree_make();
    tree_put("sys/fs/cgroup/cgroup.type", "domain\n");
    tree_put("sys/fs/cgroup/cgroup.controllers", "cpu\n");
    tree_put("sys/fs/cgroup/misc.current", "sev 1\n");
    record = read_tree();
    ck_assert_ptr_null(record->host->cgroup_controllers.items);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- devices ---- */

#define ACCOUNTS                                                                                   \
    tree_put("etc/passwd",                                                                         \
             "root:x:0:0:root:/root:/bin/sh\nlibvirt-qemu:x:64055:109::/:/bin/no\n");              \
    tree_put("etc/group", "root:x:0:\nkvm:x:109:\n")

/* A folder dev without device nodes says nothing; a list of drivers or of files does. */
START_TEST(test_devices_by_lists)
{
    struct cvm_record *record;

    tree_make();
    ACCOUNTS;
    tree_put("dev/kvm", "");
    record = read_tree();
    ck_assert_int_eq(record->host->dev_kvm.present, CVM_UNKNOWN);
    ck_assert_int_eq(record->host->dev_sev.present, CVM_UNKNOWN);
    cvm_record_free(record);
    tree_put("proc/misc", "124 sev\n235 autofs\n");
    record = read_tree();
    ck_assert_int_eq(record->host->dev_sev.present, CVM_YES);
    ck_assert_uint_eq(record->host->dev_sev.mode, 0);
    ck_assert_int_eq(record->host->dev_kvm.present, CVM_NO);
    cvm_record_free(record);
    tree_put("sos_commands/block/ls_-lanR_.dev",
             "/dev:\ntotal 4\ncrw-rw----.  1 0 109  10, 232 Nov 21 06:14 kvm\n"
             "crw-------   1 77 0  10, 124 Nov 21 06:14 sev\n\n/dev/cpu:\n");
    record = read_tree();
    ck_assert_uint_eq(record->host->dev_kvm.mode, 0660);
    ck_assert_str_eq(record->host->dev_kvm.owner, "root");
    ck_assert_str_eq(record->host->dev_kvm.group, "kvm");
    ck_assert_uint_eq(record->host->dev_sev.mode, 0600);
    ck_assert_str_eq(record->host->dev_sev.owner, "77");
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* Where this process may make device nodes; the lists above take the same way afterwards. */
START_TEST(test_device_nodes)
{
    g_autofree char *null = NULL, *kvm = NULL;
    struct cvm_record *record;

    tree_make();
    ACCOUNTS;
    null = tree_path("dev/null");
    kvm = tree_path("dev/kvm");
    if (mknod(null, S_IFCHR | 0666, makedev(1, 3)) == 0) {
        ck_assert_int_eq(mknod(kvm, S_IFCHR | 0600, makedev(1, 3)), 0);
        ck_assert_int_eq(chmod(kvm, 0660), 0);
        ck_assert_int_eq(chown(kvm, 64055, 109), 0);
        record = read_tree();
        ck_assert_int_eq(record->host->dev_sev.present, CVM_NO);
        ck_assert_int_eq(record->host->dev_kvm.present, CVM_YES);
        ck_assert_uint_eq(record->host->dev_kvm.mode, 0660);
        ck_assert_str_eq(record->host->dev_kvm.owner, "libvirt-qemu");
        ck_assert_str_eq(record->host->dev_kvm.group, "kvm");
        cvm_record_free(record);
    }
    tree_drop();
}
END_TEST

/* ---- IOMMU ---- */

START_TEST(test_iommu)
{
    struct cvm_record *record;

    tree_make();
    tree_put_folder("sys/class/iommu");
    record = read_tree();
    ck_assert_int_eq(record->host->iommu_enabled, CVM_NO);
    ck_assert_int_eq(record->host->iommu_passthrough, CVM_UNKNOWN);
    cvm_record_free(record);
    tree_put_link("sys/class/iommu/ivhd0", "../../devices/pci0000:00/0000:00:00.2/iommu/ivhd0");
    tree_put("sys/kernel/iommu_groups/0/type", "identity\n");
    tree_put("sys/kernel/iommu_groups/1/type", "identity\n");
    record = read_tree();
    ck_assert_int_eq(record->host->iommu_enabled, CVM_YES);
    ck_assert_int_eq(record->host->iommu_passthrough, CVM_YES);
    cvm_record_free(record);
    tree_put("sys/kernel/iommu_groups/1/type", "DMA-FQ\n");
    record = read_tree();
    ck_assert_int_eq(record->host->iommu_passthrough, CVM_NO);
    cvm_record_free(record);
    tree_put("var/log/dmesg", "[    0.3] iommu: Default domain type: Passthrough\n");
    record = read_tree();
    ck_assert_int_eq(record->host->iommu_passthrough, CVM_YES);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- memory ---- */

static void
put_node(const char *node, const char *meminfo, const char *cpus, const char *distance)
{
    const struct {
        const char *name, *text;
    } files[] = { { "meminfo", meminfo },
                  { "cpulist", cpus },
                  { "distance", distance },
                  { "hugepages/hugepages-2048kB/nr_hugepages", "1024\n" },
                  { "hugepages/hugepages-2048kB/free_hugepages", "1000\n" } };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path =
            g_build_filename("sys/devices/system/node", node, files[i].name, NULL);

        tree_put(path, files[i].text);
    }
}

START_TEST(test_hugetlbfs)
{
    struct cvm_record *record;

    tree_make();
    tree_put("proc/meminfo", "MemTotal:       65536 kB\nHugepagesize:       2048 kB\n");
    tree_put("proc/mounts", "proc /proc proc rw 0 0\n"
                            "hugetlbfs /mnt/1G hugetlbfs rw,relatime,pagesize=1024M 0 0\n"
                            "hugetlbfs /dev/hugepages hugetlbfs rw,relatime 0 0\n"
                            "hugetlbfs /again hugetlbfs rw,pagesize=2M 0 0\n");
    record = read_tree();
    ck_assert(record->host->has_hugetlbfs);
    ck_assert_uint_eq(record->host->n_hugetlbfs, 2);
    ck_assert_uint_eq(record->host->hugetlbfs[0], 2 << 20);
    ck_assert_uint_eq(record->host->hugetlbfs[1], 1 << 30);
    cvm_record_free(record);
    tree_put("proc/mounts", "hugetlbfs /bad hugetlbfs rw,pagesize=99999999999999999G 0 0\n");
    record = read_tree();
    ck_assert(!record->host->has_hugetlbfs);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

START_TEST(test_nodes)
{
    const struct cvm_free_pages *pages;
    const struct cvm_topology *topology;
    struct cvm_record *record;

    tree_make();
    put_node("node0", "Node 0 MemTotal:       67108864 kB\n", "0-1\n", "10 32\n");
    put_node("node1", "Node 1 MemTotal:       33554432 kB\n", "\n", "32 10\n");
    tree_put("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0-1\n");
    tree_put("sys/devices/system/cpu/cpu0/topology/core_id", "7\n");
    tree_put("sys/devices/system/cpu/cpu0/topology/physical_package_id", "-1\n");
    record = read_tree();
    topology = &record->host->topology;
    ck_assert(record->host->has_topology);
    ck_assert_uint_eq(topology->n_nodes, 2);
    ck_assert_uint_eq(topology->nodes[0].memory, UINT64_C(64) << 30);
    ck_assert_uint_eq(topology->nodes[0].n_pools, 1);
    ck_assert_uint_eq(topology->nodes[0].pools[0].count, 1024);
    ck_assert_uint_eq(topology->nodes[0].distances[1], 32);
    ck_assert_uint_eq(topology->nodes[0].n_cpus, 2);
    ck_assert_uint_eq(topology->nodes[0].cpus[0].core, 7);
    ck_assert_str_eq(topology->nodes[0].cpus[0].siblings, "0-1");
    ck_assert_ptr_null(topology->nodes[0].cpus[1].siblings);
    ck_assert_uint_eq(topology->nodes[1].n_cpus, 0);
    ck_assert_uint_eq(record->free_pages->len, 2);
    pages = &g_array_index(record->free_pages, struct cvm_free_pages, 1);
    ck_assert_uint_eq(pages->node, 1);
    ck_assert_uint_eq(pages->size, 2 << 20);
    ck_assert_uint_eq(pages->count, 1000);
    cvm_record_free(record);
    /* Half a topology would be a wrong one. */
    put_node("node1", "Node 1 MemTotal:       lots\n", "\n", "32 10\n");
    record = read_tree();
    ck_assert(!record->host->has_topology && !record->caps);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* A kernel without NUMA. */
START_TEST(test_machine_without_nodes)
{
    struct cvm_record *record;

    tree_make();
    tree_put("proc/meminfo", "MemTotal:       65536 kB\n");
    tree_put("sys/devices/system/cpu/online", "0-3\n");
    record = read_tree();
    ck_assert_uint_eq(record->host->topology.n_nodes, 1);
    ck_assert_uint_eq(record->host->topology.nodes[0].memory, 65536 << 10);
    ck_assert_uint_eq(record->host->topology.nodes[0].n_cpus, 4);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

/* ---- answers of the SEV firmware ---- */

START_TEST(test_platform_status)
{
    static const uint8_t working[CVM_SEV_STATUS_SIZE] = { 1, 55, 2, 0, 1, 0, 0, 29, 7 };
    static const uint8_t senseless[CVM_SEV_STATUS_SIZE] = { 1, 55, 9 };
    static const uint8_t snp[CVM_SNP_STATUS_SIZE] = { 1, 58, 1, 1, 30, 1, 0, 0,
                                                      1, 0,  0, 0, 3,  0, 0, 0 };
    struct cvm_host *host = cvm_host_new();

    cvm_sev_take_status(host, senseless);
    ck_assert(!host->has_sev_firmware && !host->sev_state);
    cvm_sev_take_status(host, working);
    ck_assert_str_eq(host->sev_state, "working");
    ck_assert_uint_eq(host->sev_guests, 7);
    ck_assert_uint_eq(host->sev_api_major, 1);
    ck_assert_uint_eq(host->sev_api_minor, 55);
    ck_assert_uint_eq(host->sev_build, 29);
    cvm_sev_take_snp_status(host, snp);
    ck_assert_str_eq(host->sev_state, "init");
    ck_assert_uint_eq(host->sev_guests, 3);
    ck_assert_uint_eq(host->sev_build, 286);
    cvm_host_free(host);
}
END_TEST

/* ---- nothing, and nonsense ---- */

static void
assert_knows_nothing(const struct cvm_record *record)
{
    const struct cvm_host *host = record->host;
    struct cvm_host blank;

    memset(&blank, 0, sizeof blank);
    blank.arena = host->arena;
    blank.name = host->name;
    /* Empty lists. */
    blank.images = host->images;
    blank.hugetlbfs = host->hugetlbfs;
    ck_assert_mem_eq(host, &blank, sizeof *host);
    ck_assert_ptr_null(record->kernel_release);
    ck_assert(!record->caps && !record->domcaps);
    ck_assert_uint_eq(record->parameters->len + record->descriptors->len + record->free_pages->len,
                      0);
}

START_TEST(test_empty_tree)
{
    struct cvm_record *record;

    tree_make();
    record = read_tree();
    assert_knows_nothing(record);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

START_TEST(test_no_folder)
{
    struct cvm_record *record = cvm_record_new(NULL);
    g_autoptr(GError) error = NULL;

    ck_assert_int_eq(cvm_record_add_files(record, "/nonexistent", &error), -1);
    ck_assert_ptr_nonnull(strstr(error->message, "/nonexistent"));
    cvm_record_free(record);
}
END_TEST

/* This machine, whatever it is: it has a kernel, and the same twice. */
START_TEST(test_this_machine)
{
    struct cvm_record *first = cvm_record_new("here"), *second = cvm_record_new("here");

    ck_assert_int_eq(cvm_record_add_files(first, "/", NULL), 0);
    ck_assert_int_eq(cvm_record_add_files(second, "/", NULL), 0);
    ck_assert_ptr_nonnull(first->kernel_release);
    ck_assert_str_eq(first->kernel_release, second->kernel_release);
    ck_assert_str_eq(words_of(&first->host->kernel_options),
                     words_of(&second->host->kernel_options));
    cvm_record_free(first);
    cvm_record_free(second);
}
END_TEST

UNIT_MAIN("capture_files", test_processor, test_smt_by_siblings, test_kernel, test_kernel_by_uname,
          test_modules, test_asids, test_asids_unknown, test_devices_by_lists, test_device_nodes,
          test_iommu, test_hugetlbfs, test_nodes, test_machine_without_nodes, test_platform_status,
          test_empty_tree, test_no_folder, test_this_machine)
