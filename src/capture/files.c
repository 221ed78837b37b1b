/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of a machine tell: this one's, or those of a tree (an sosreport, a container's
 * view of its host, a mounted disk). */
#include "capture/files.h"

int
cvm_record_add_files(struct cvm_record *record, const char *root, GError **error)
{
    static void (*const parts[])(struct cvm_files *) = {
        cvm_files_take_processor, cvm_files_take_kernel,   cvm_files_take_modules,
        cvm_files_take_log,       cvm_files_take_cgroup,   cvm_files_take_devices,
        cvm_files_take_iommu,     cvm_files_take_memory,   cvm_files_take_memlock,
        cvm_files_take_libvirt,   cvm_files_take_apparmor, cvm_files_take_virsh,
        cvm_files_take_packages,  cvm_files_take_topology, cvm_files_take_firmware,
        cvm_files_take_machine,
    };
    CVM_AUTO(tree) *tree = cvm_tree_open(root, error);
    struct cvm_files files = {
        .record = record,
        .host = record->host,
        .arena = record->host->arena,
        .tree = tree,
        .here = g_str_equal(root, "/"),
    };

    if (!tree) {
        return -1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        parts[i](&files);
    }
    return 0;
}
