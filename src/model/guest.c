/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/guest.h"

#include <glib.h>

#include "util/number.h"

/* Versions: QEMU's qapi/qom.json ("Since"), libvirt's NEWS, and the first Linux release whose KVM
 * has it. */
static const struct cvm_guest_info guests[] = {
    {
        .guest = CVM_GUEST_SEV,
        .name = "sev",
        .libvirt_type = "sev",
        .title = "SEV",
        .firmware_feature = "amd-sev",
        .module_parameter = "sev",
        .min_qemu = CVM_VERSION(2, 12, 0),
        .min_libvirt = CVM_VERSION(4, 5, 0),
        .min_kernel = CVM_VERSION(4, 16, 0),
    },
    {
        .guest = CVM_GUEST_SEV_ES,
        .name = "sev-es",
        .libvirt_type = "sev",
        .title = "SEV-ES",
        .firmware_feature = "amd-sev-es",
        .module_parameter = "sev_es",
        .min_qemu = CVM_VERSION(6, 0, 0),
        .min_libvirt = CVM_VERSION(4, 5, 0),
        .min_kernel = CVM_VERSION(5, 11, 0),
    },
    {
        .guest = CVM_GUEST_SEV_SNP,
        .name = "sev-snp",
        .libvirt_type = "sev-snp",
        .title = "SEV-SNP",
        .firmware_feature = "amd-sev-snp",
        .module_parameter = "sev_snp",
        .min_qemu = CVM_VERSION(9, 1, 0),
        .min_libvirt = CVM_VERSION(10, 5, 0),
        .min_kernel = CVM_VERSION(6, 11, 0),
    },
    { .guest = CVM_GUEST_NONE, .name = "none", .title = "unencrypted" },
    { .guest = CVM_GUEST_OTHER, .name = "other", .title = "other" },
};

const struct cvm_guest_info *
cvm_guest_info(enum cvm_guest guest)
{
    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        if (guests[i].guest == guest) {
            return &guests[i];
        }
    }
    g_assert_not_reached();
}

const struct cvm_guest_info *
cvm_guest_by_name(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        if (g_str_equal(guests[i].name, name)) {
            return &guests[i];
        }
    }
    return NULL;
}
