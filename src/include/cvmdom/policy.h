/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Guest policies by number and by name: AMD publications 55766 (SEV, SEV-ES: 32 bits) and 56860
 * (SEV-SNP: 64 bits).
 */
#ifndef CVMDOM_POLICY_H
#define CVMDOM_POLICY_H

#include <stdint.h>

#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reads a policy: a number ("0x7", "7"), or names separated by commas ("nodbg,noks,es").
 *
 * @param type   "sev", "sev-es" or "sev-snp": whose bits they are
 * @param text   a number is hexadecimal with 0x and decimal without
 * @param policy receives the value
 * @return 0, or -1 with CVMDOM_ERROR_USAGE naming the word that is no bit
 */
int
cvmdom_policy_parse(const char *type, const char *text, uint64_t *policy, cvmdom_error **error);

/**
 * @return the policy's names, "nodbg,noks,es"; an unnamed bit is "bit7". The caller's to free();
 * NULL with CVMDOM_ERROR_USAGE for an unknown type.
 */
char *
cvmdom_policy_names(const char *type, uint64_t policy, cvmdom_error **error);

/** @return the policy as libvirt writes it, "0x0007" or "0x00030000". The caller's to free(); NULL
 * with CVMDOM_ERROR_USAGE for an unknown type. */
char *
cvmdom_policy_format(const char *type, uint64_t policy, cvmdom_error **error);

/** One bit of a policy; texts are static, meaning is in the language of the locale. */
struct cvmdom_policy_bit {
    unsigned bit;        /**< its number */
    const char *name;    /**< AMD's name in lower case: "nodbg" */
    const char *key;     /**< the profile's key below launchSecurity.policy: "debug" */
    int inverted;        /**< nonzero: the key's true is this bit's 0 */
    const char *meaning; /**< what the bit says when it is set */
    const char *clear;   /**< what it says when it is clear */
};

/** @return 0 and named bit i of a type in ascending order, or -1 beyond the last or for an unknown
 * type. */
int
cvmdom_policy_bit_at(const char *type, unsigned i, struct cvmdom_policy_bit *bit);

/** @return the bits of a type that must be 0; 0 for an unknown type. */
uint64_t
cvmdom_policy_reserved(const char *type);

/** *major and *minor receive the least firmware version (the SEV API's, the SNP ABI's) that a
 * policy asks for; 0.0 is any.
 * @return 0, or -1 for an unknown type */
int
cvmdom_policy_version(const char *type, uint64_t policy, unsigned *major, unsigned *minor);

#ifdef __cplusplus
}
#endif

#endif
