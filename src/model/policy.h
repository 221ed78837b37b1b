/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest policy: AMD publication 55766 (SEV API, chapter "Guest Policy Structure") for SEV and
 * SEV-ES, 32 bits; AMD publication 56860 (SEV-SNP ABI, "Guest Policy") for SEV-SNP, 64 bits. */
#ifndef CVM_MODEL_POLICY_H
#define CVM_MODEL_POLICY_H

#include <glib.h>
#include <stdint.h>

#include "model/guest.h"

#define CVM_SEV_POLICY_NODBG (UINT64_C(1) << 0)  /* set: the host may not debug the guest */
#define CVM_SEV_POLICY_NOKS (UINT64_C(1) << 1)   /* set: keys may not be shared with other guests */
#define CVM_SEV_POLICY_ES (UINT64_C(1) << 2)     /* set: SEV-ES is required */
#define CVM_SEV_POLICY_RESERVED UINT64_C(0xffc0) /* bits 6 to 15 */
/* Bits 16 to 23 and 24 to 31: least API major and minor version of the firmware. */

/* Bits 0 to 7 and 8 to 15: least ABI minor and major version of the firmware (the minor is the low
 * byte). */
#define CVM_SNP_POLICY_SMT (UINT64_C(1) << 16)          /* set: the host may have SMT on */
#define CVM_SNP_POLICY_RESERVED_ONE (UINT64_C(1) << 17) /* must be set */
#define CVM_SNP_POLICY_MIGRATE_MA (UINT64_C(1) << 18)
#define CVM_SNP_POLICY_DEBUG (UINT64_C(1) << 19) /* set: the host may debug the guest */
#define CVM_SNP_POLICY_SINGLE_SOCKET (UINT64_C(1) << 20)
#define CVM_SNP_POLICY_CXL_ALLOW (UINT64_C(1) << 21)
#define CVM_SNP_POLICY_MEM_AES_256_XTS (UINT64_C(1) << 22)
#define CVM_SNP_POLICY_RAPL_DIS (UINT64_C(1) << 23)
#define CVM_SNP_POLICY_CIPHERTEXT_HIDING (UINT64_C(1) << 24)
#define CVM_SNP_POLICY_PAGE_SWAP_DISABLE (UINT64_C(1) << 25)
#define CVM_SNP_POLICY_RESERVED (~UINT64_C(0x3ffffff)) /* bits 26 to 63 */

/* A named bit. In a profile and on the command line a bit is also known by its positive name:
 * policy: {debug: false} sets SEV's NODBG and clears SNP's DEBUG. */
struct cvm_policy_bit {
    unsigned bit;
    const char *name;    /* AMD's, in lower case: nodbg, noks, es, … smt, debug, single-socket */
    const char *key;     /* the profile's: debug, keySharing, es, … */
    gboolean inverted;   /* key true means bit clear */
    const char *meaning; /* N_("…"): what the bit says when set */
    const char *clear;   /* N_("…"): what it says when clear */
};

/* The bits of a kind (SEV and SEV-ES share theirs), ascending; *count receives their number. */
const struct cvm_policy_bit *
cvm_policy_bits(enum cvm_guest guest, unsigned *count);
/* What a bare type means: 0x3, 0x7, 0x30000 (no debugging, no key sharing). */
uint64_t
cvm_policy_default(enum cvm_guest guest);
/* Bits that must be 0; the bits of the firmware version are not among them. */
uint64_t
cvm_policy_reserved(enum cvm_guest guest);
/* The least firmware version (SEV: API, SNP: ABI) that a policy asks for; 0.0 is any. */
void
cvm_policy_version(enum cvm_guest guest, uint64_t policy, unsigned *major, unsigned *minor);
/* 32 or 64. */
unsigned
cvm_policy_width(enum cvm_guest guest);
/* "nodbg,noks,es" (an unnamed bit as "bit7", versions as "api=1.51" or "abi=1.51"); the caller's to
 * g_free(). */
char *
cvm_policy_names(enum cvm_guest guest, uint64_t policy);
/* The reverse; names separated by commas. On failure *bad is the offending word, the caller's to
 * g_free(). */
gboolean
cvm_policy_parse_names(enum cvm_guest guest, const char *names, uint64_t *policy, char **bad);
/* As libvirt writes it: 0x0007, 0x00030000; the caller's to g_free(). */
char *
cvm_policy_format(enum cvm_guest guest, uint64_t policy);

#endif
