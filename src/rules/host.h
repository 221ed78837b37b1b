/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the 7xx topic share: host.c holds its table and what makes a host unfit,
 * host_limits.c what runs out, is too old or stands in the way. */
#ifndef CVM_RULES_HOST_H
#define CVM_RULES_HOST_H

#include "rules/rule.h"

/* QEMU_MAX_VCPUS_WITHOUT_EIM; libvirt 11.5 asks for no IOMMU beyond it any more. */
#define CVM_VCPUS_WITHOUT_IOMMU 255
#define CVM_LIBVIRT_NO_IOMMU CVM_VERSION(11, 5, 0)

/* The one reason, the most basic, why a host cannot run a kind of guest at all. */
struct cvm_lack {
    const char *fact;  /* translated clause: what the record says; NULL when nothing is known to be
                          missing */
    const char *fix;   /* translated sentence: how to mend it */
    gboolean for_good; /* the CPU cannot do it: no setting and no version helps */
};

struct cvm_lack
cvm_host_lack(const struct cvm_host *host, enum cvm_guest guest);
/* As a message names it. */
const char *
cvm_host_title(const struct cvm_host *host);
/* Where the domain says what kind of guest it is. */
const struct cvm_from *
cvm_launch_place(const struct cvm_domain *domain);

/* ASIDs for the guest's kind before ciphertext hiding splits them: misc.capacity where the record
 * has it, else the domain capabilities' maxGuests or maxESGuests. FALSE when nothing tells. */
gboolean
cvm_host_asids(const struct cvm_host *host, enum cvm_guest guest, unsigned *asids);

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
