/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trees made to mislead whoever reads what files tell of a host: noise, links to the outside,
 * FIFOs.
 */
#include <sys/stat.h>

#include "capture/capture.h"
#include "read/host.h"
#include "tree_fixture.h"

static struct cvm_record *
read_tree(void)
{
    struct cvm_record *record = cvm_record_new("tree");

    ck_assert_int_eq(cvm_record_add_files(record, tree_root, NULL), 0);
    return record;
}

/* Whatever is read, but folders of many. */
static const char *const all_paths[] = {
    "proc/cpuinfo",
    "proc/cmdline",
    "proc/version",
    "proc/misc",
    "proc/mounts",
    "proc/meminfo",
    "proc/stat",
    "proc/sys/kernel/osrelease",
    "proc/12/comm",
    "proc/12/limits",
    "sys/module/kvm_amd/parameters/sev",
    "sys/module/kvm_amd/parameters/sev_es",
    "sys/module/kvm_amd/parameters/ciphertext_hiding_asids",
    "sys/fs/cgroup/misc.capacity",
    "sys/fs/cgroup/misc.current",
    "sys/fs/cgroup/cgroup.controllers",
    "sys/devices/system/cpu/smt/active",
    "sys/devices/system/cpu/online",
    "sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
    "sys/devices/system/cpu/cpu0/topology/core_id",
    "sys/devices/system/node/node0/meminfo",
    "sys/devices/system/node/node0/cpulist",
    "sys/devices/system/node/node0/distance",
    "sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages",
    "sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages",
    "sys/kernel/iommu_groups/0/type",
    "sys/module/apparmor/parameters/enabled",
    "etc/passwd",
    "etc/group",
    "etc/libvirt/qemu.conf",
    "etc/modprobe.d/a.conf",
    "etc/apparmor.d/abstractions/libvirt-qemu",
    "lib/systemd/system/libvirtd.service",
    "var/log/dmesg",
    "var/log/kern.log",
    "sos_commands/kernel/uname_-a",
    "sos_commands/block/ls_-lanR_.dev",
    "sos_commands/processor/cpuid_-r",
    "sos_commands/virsh/virsh_-r_domcapabilities",
    "sos_commands/virsh/virsh_-r_capabilities",
    "sos_commands/virsh/virsh_-r_version",
    "usr/share/qemu/firmware/50-a.json",
    "usr/share/ovmf/OVMF.fd",
    "var/lib/dpkg/status",
    "sos_commands/dpkg/dpkg_-l",
    "installed-rpms",
};

static void
put_everywhere(const char *data, gssize size)
{
    for (size_t i = 0; i < G_N_ELEMENTS(all_paths); i++) {
        g_autofree char *real = tree_path(all_paths[i]);

        ck_assert(g_file_set_contents(real, data, size, NULL));
    }
}

static void
assert_claims_nothing(void)
{
    struct cvm_record *record = read_tree();
    const struct cvm_host *host = record->host;

    ck_assert_ptr_null(record->kernel_release);
    ck_assert_ptr_null(host->cpu_model_name);
    ck_assert_int_eq(host->smt, CVM_UNKNOWN);
    ck_assert_int_eq(host->kvm_amd_sev, CVM_UNKNOWN);
    ck_assert_int_eq(host->iommu_passthrough, CVM_UNKNOWN);
    ck_assert(!host->capacity.known && !host->in_use.known && !host->has_memlock);
    ck_assert(!host->has_ciphertext_hiding && !host->has_sev_firmware && !host->cpuid_sev.known);
    ck_assert_uint_eq(host->cpu_family + host->cpu_model + host->n_hugetlbfs, 0);
    ck_assert_uint_eq(host->caps_cached + host->parameters_changed, 0);
    ck_assert_uint_eq(host->libvirt_version + host->qemu_version, 0);
    ck_assert(!record->caps && !record->domcaps);
    ck_assert_uint_eq(record->free_pages->len, 0);
    cvm_record_free(record);
}

START_TEST(test_garbage)
{
    static const char *const texts[] = { "99999999999999999999999999999999\n",
                                         "sev 99999999999999999999999\n",
                                         "-1\n",
                                         "%s%n%d: {[<\"'\n",
                                         "\n\n\n\n",
                                         "a:b:c:d\na=b\na b c d e f\n" };
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    char noise[20000];

    tree_make();
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        put_everywhere(texts[i], -1);
        assert_claims_nothing();
    }
    for (unsigned round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            noise[i] = (char)g_rand_int_range(random, 0, round % 2 ? 256 : 128);
        }
        put_everywhere(noise, sizeof noise);
        assert_claims_nothing();
    }
    tree_drop();
}
END_TEST

/* Every file is a link to one of the machine that we run on, by one way or another. */
START_TEST(test_links_out)
{
    tree_make();
    for (size_t i = 0; i < G_N_ELEMENTS(all_paths); i++) {
        g_autofree char *target =
            g_strdup_printf("%s/%s", i % 2 ? "" : "../../../../../../../../../../../../../..",
                            i % 3 ? all_paths[i] : "etc/passwd");

        tree_put_link(all_paths[i], target);
    }
    assert_claims_nothing();
    tree_drop();
}
END_TEST

/* Whoever opened one of them would wait for ever. */
START_TEST(test_fifos)
{
    tree_make();
    for (size_t i = 0; i < G_N_ELEMENTS(all_paths); i++) {
        g_autofree char *real = tree_path(all_paths[i]);

        ck_assert_int_eq(mkfifo(real, 0644), 0);
    }
    assert_claims_nothing();
    tree_drop();
}
END_TEST

/* A parameter that no kernel prints so is unknown, and does not keep the rest out of a record. */
START_TEST(test_odd_parameters)
{
    struct cvm_record *record;
    struct cvm_host *host;
    GError *error = NULL;
    g_autofree char *text = NULL;

    tree_make();
    tree_put("sys/module/kvm_amd/parameters/sev", "12\n");
    tree_put("sys/module/kvm_amd/parameters/sev_es", "Y\n");
    tree_put("sys/module/kvm_amd/parameters/sev_snp", "maybe\n");
    tree_put("sys/module/kvm_amd/parameters/ciphertext_hiding_asids", "-1\n");
    record = read_tree();
    text = cvm_record_write(record, FALSE);
    host = cvm_host_parse("record", text, strlen(text), &error);
    ck_assert_msg(host != NULL, "%s", error ? error->message : "");
    ck_assert_int_eq(host->kvm_amd_sev, CVM_UNKNOWN);
    ck_assert_int_eq(host->kvm_amd_sev_es, CVM_YES);
    ck_assert_int_eq(host->kvm_amd_sev_snp, CVM_UNKNOWN);
    ck_assert(!host->has_ciphertext_hiding);
    cvm_host_free(host);
    cvm_record_free(record);
    tree_drop();
}
END_TEST

UNIT_MAIN("capture_hostile", test_garbage, test_links_out, test_fifos, test_odd_parameters)
