/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SEV-SNP attestation reports: their layout, and what the files that judge them share.
 *
 * AMD publication 56860 (SEV Secure Nested Paging Firmware ABI), table "ATTESTATION_REPORT
 * Structure", as three implementations have it that agree: the `sev` crate
 * (src/firmware/guest/types/snp.rs), go-sev-guest (abi/abi.go, ReportToProto) and Project Oak
 * (oak_sev_snp_attestation_report, after revision 1.58). Numbers are little endian. */
#ifndef CVM_ATTEST_REPORT_H
#define CVM_ATTEST_REPORT_H

#include "attest/attest.h"
#include "util/bytes.h"

enum report_offset {
    REPORT_VERSION = 0x000,   /* u32 */
    REPORT_GUEST_SVN = 0x004, /* u32 */
    REPORT_POLICY = 0x008,    /* u64 */
    REPORT_FAMILY_ID = 0x010,
    REPORT_IMAGE_ID = 0x020,
    REPORT_VMPL = 0x030,           /* u32; a guest's is 0 to 3, and the host has others */
    REPORT_SIGNATURE_ALGO = 0x034, /* u32; 1: ECDSA P-384 with SHA-384 */
    REPORT_CURRENT_TCB = 0x038,
    REPORT_PLATFORM_INFO = 0x040, /* u64; reserved bits were seen set, so none is refused */
    REPORT_KEY_INFO = 0x048,      /* u32: enum report_key_info */
    REPORT_REPORT_DATA = 0x050,
    REPORT_MEASUREMENT = 0x090,
    REPORT_HOST_DATA = 0x0c0,
    REPORT_ID_KEY_DIGEST = 0x0e0,
    REPORT_AUTHOR_KEY_DIGEST = 0x110,
    REPORT_REPORT_ID = 0x140,
    REPORT_REPORT_ID_MA = 0x160,
    REPORT_REPORTED_TCB = 0x180,
    REPORT_CPUID_FAM_ID = 0x188, /* u8; this and the next two since version 3 */
    REPORT_CPUID_MOD_ID = 0x189,
    REPORT_CPUID_STEP = 0x18a,
    REPORT_CHIP_ID = 0x1a0,
    REPORT_COMMITTED_TCB = 0x1e0,
    REPORT_CURRENT_VERSION = 0x1e8, /* build, minor, major */
    REPORT_COMMITTED_VERSION = 0x1ec,
    REPORT_LAUNCH_TCB = 0x1f0,
    REPORT_LAUNCH_MIT_VECTOR = 0x1f8, /* u64; this and the next since version 5 */
    REPORT_CURRENT_MIT_VECTOR = 0x200,
    REPORT_SIGNATURE = 0x2a0, /* of all bytes before it; see attest_ecc_verify() */
};

enum report_size {
    REPORT_ID_SIZE = 16,
    REPORT_DATA_SIZE = 64,
    REPORT_HOST_DATA_SIZE = 32,
    REPORT_DIGEST_SIZE = 48,
    REPORT_TCB_SIZE = 8,
    REPORT_CHIP_ID_SIZE = 64,
    REPORT_SHORT_CHIP_ID_SIZE = 8, /* of family 1Ah: zeros follow */
};

enum report_key_info {
    REPORT_AUTHOR_KEY_EN = 1 << 0,
    REPORT_MASK_CHIP_KEY = 1 << 1, /* then the signature is zeros */
    REPORT_SIGNING_KEY_SHIFT = 2,
    REPORT_SIGNING_KEY_MASK = 7,
    REPORT_KEY_INFO_RESERVED_SHIFT = 5, /* this bit and all above it */
};

enum report_signing_key {
    REPORT_SIGNED_BY_VCEK = 0,
    REPORT_SIGNED_BY_VLEK = 1,
    REPORT_SIGNED_BY_NONE = 7, /* those between are reserved */
};

struct cvmdom_report {
    unsigned char bytes[CVMDOM_REPORT_SIZE];
};

static inline unsigned
attest_report_version(const cvmdom_report *report)
{
    return cvm_get_u32(report->bytes + REPORT_VERSION);
}

static inline enum report_signing_key
attest_report_signing_key(const cvmdom_report *report)
{
    uint32_t info = cvm_get_u32(report->bytes + REPORT_KEY_INFO);

    return (enum report_signing_key)(info >> REPORT_SIGNING_KEY_SHIFT & REPORT_SIGNING_KEY_MASK);
}

/* CPUID_FAM_ID; 0 for version 2, which has none. */
static inline unsigned
attest_report_family(const cvmdom_report *report)
{
    return attest_report_version(report) < 3 ? 0 : report->bytes[REPORT_CPUID_FAM_ID];
}

/* report_compare.c: CVMDOM_ERROR_USAGE for a guest that has no report. */
int
attest_report_check_guest(const struct cvmdom_launch *launch, cvmdom_error **error);

/* report_tcb.c: the parts of a TCB_VERSION, which stand at other places since family 1Ah. */

enum report_tcb_layout {
    REPORT_TCB_MILAN = 0, /* family 19h: Milan, Genoa */
    REPORT_TCB_TURIN = 1, /* family 1Ah */
};
enum {
    REPORT_TCB_LAYOUTS = 2,
    REPORT_TCB_NOWHERE = -1,
};

struct report_tcb_part {
    const char *name;              /* NULL: reserved */
    const char *oid;               /* of its extension in the certificate of a VCEK or VLEK */
    int place[REPORT_TCB_LAYOUTS]; /* byte of TCB_VERSION; or REPORT_TCB_NOWHERE */
};

/* Part i, or NULL beyond the last. */
const struct report_tcb_part *
attest_report_tcb_part_at(size_t i);
/* "bootloader 3, tee 0, snp 8, microcode 115"; the caller's to g_free(). */
char *
attest_report_tcb_format(const unsigned char *tcb, enum report_tcb_layout layout);
/* FALSE: the report does not say which it is. */
gboolean
attest_report_tcb_layout(const cvmdom_report *report, enum report_tcb_layout *layout);
/* Whether text is "snp=8,microcode=115", or NULL. */
int
attest_report_tcb_check(const char *text, cvmdom_error **error);
/* Whether no part of REPORTED_TCB is less than such a checked text demands. */
gboolean
attest_report_tcb_reaches(const cvmdom_report *report, const char *text);

#endif
