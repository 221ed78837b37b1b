/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of guest, and what is the same for every guest of a kind. */
#ifndef CVM_MODEL_GUEST_H
#define CVM_MODEL_GUEST_H

/* Bits, so that a rule can say for which kinds it holds. */
enum cvm_guest {
    CVM_GUEST_NONE = 1 << 0, /* not confidential */
    CVM_GUEST_SEV = 1 << 1,
    CVM_GUEST_SEV_ES = 1 << 2,
    CVM_GUEST_SEV_SNP = 1 << 3,
    CVM_GUEST_OTHER = 1 << 4, /* a launchSecurity type that cvmdom does not judge (s390-pv, tdx) */

    CVM_GUEST_LEGACY = CVM_GUEST_SEV | CVM_GUEST_SEV_ES,    /* memory pinned, 32-bit policy */
    CVM_GUEST_STATE = CVM_GUEST_SEV_ES | CVM_GUEST_SEV_SNP, /* vCPU state encrypted too */
    CVM_GUEST_AMD = CVM_GUEST_LEGACY | CVM_GUEST_SEV_SNP,
    CVM_GUEST_ANY = CVM_GUEST_AMD | CVM_GUEST_NONE | CVM_GUEST_OTHER,
};

/* One row a kind: "adding a kind" is adding a row. */
struct cvm_guest_info {
    enum cvm_guest guest;
    const char *name;                           /* the profile's launchSecurity.type */
    const char *libvirt_type;                   /* launchSecurity/@type; NULL for none */
    const char *title;                          /* for messages: "SEV-ES" */
    const char *firmware_feature;               /* of QEMU's firmware descriptors; NULL for none */
    const char *module_parameter;               /* of kvm_amd; NULL for none */
    unsigned min_qemu, min_libvirt, min_kernel; /* CVM_VERSION; 0 for no demand */
};

/* Never NULL for a single bit of the enum. */
const struct cvm_guest_info *
cvm_guest_info(enum cvm_guest guest);
/* By the profile's name; NULL when unknown. */
const struct cvm_guest_info *
cvm_guest_by_name(const char *name);

#endif
