/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the 7xx topic share: host.c holds its table and what makes a host unfit,
 * host_limits.c what runs out, is too old or stands in the way. */
#ifndef CVM_RULES_HOST_H
#define CVM_RULES_HOST_H

#include "readiness/readiness.h"
#include "rules/rule.h"

/* QEMU_MAX_VCPUS_WITHOUT_EIM; libvirt 11.5 asks for no IOMMU beyond it any more. */
#define CVM_VCPUS_WITHOUT_IOMMU 255
#define CVM_LIBVIRT_NO_IOMMU CVM_VERSION(11, 5, 0)

/* Where the domain says what kind of guest it is. */
const struct cvm_from *
cvm_launch_place(const struct cvm_domain *domain);

/* Whether there is an ASID for one more guest, as CVM705 sees it: the first three are errors, the
 * next two warnings. */
enum cvm_asids_left {
    CVM_ASIDS_NONE,     /* ciphertext hiding leaves this kind not one */
    CVM_ASIDS_USED,     /* of the pool */
    CVM_ASIDS_OWN_USED, /* of this kind's part */
    CVM_ASIDS_DOUBTFUL, /* who is in which part is not known */
    CVM_ASIDS_LAST,
    CVM_ASIDS_FINE, /* or not known, or not CVM705's */
};
enum cvm_asids_left
cvm_judge_asids(const struct cvm_host *host, enum cvm_guest guest, struct cvm_pool *pool);

void
cvm_check_asid_exhausted(struct cvm_check *check); /* 705 */
void
cvm_check_version_too_old(struct cvm_check *check); /* 706 */
void
cvm_check_memlock_limit(struct cvm_check *check); /* 709 */
void
cvm_check_vcpu_limit(struct cvm_check *check); /* 710 */
void
cvm_check_caps_stale(struct cvm_check *check); /* 711 */

#endif
