/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a measurement differs: explain_tries.c lists what else a launch might be, explain.c tries it,
 * explain_words.c says what is found. explain_snp.c does both for attestation reports. */
#ifndef CVM_ATTEST_EXPLAIN_H
#define CVM_ATTEST_EXPLAIN_H

#include "attest/digest.h"

/* Something that is otherwise than expected, and what its value is. */
enum attest_change_kind {
    ATTEST_CHANGE_FIRMWARE,      /* index of the image */
    ATTEST_CHANGE_KERNEL_HASHES, /* whether they are measured */
    ATTEST_CHANGE_CMDLINE,       /* enum attest_cmdline */
    ATTEST_CHANGE_INITRD,        /* none is measured */
    ATTEST_CHANGE_TYPE,          /* whether it is SEV-ES */
    ATTEST_CHANGE_VMSA,          /* enum cvmdom_vmsa */
    ATTEST_CHANGE_FEATURES,      /* SEV_FEATURES */
    ATTEST_CHANGE_SIGNATURE,     /* index of cvmdom_cpu_at() */
    ATTEST_CHANGE_VCPUS,         /* their number */
    ATTEST_CHANGE_POLICY,        /* the policy */
    ATTEST_CHANGE_KEYS,          /* TIK and TEK change places */
    ATTEST_CHANGE_VERSION,       /* of the SEV firmware: major << 16 | minor << 8 | build id */
};

enum attest_cmdline {
    ATTEST_CMDLINE_EMPTY,
    ATTEST_CMDLINE_STRIPPED, /* of blanks around it */
    ATTEST_CMDLINE_NEWLINE,  /* with one at its end */
    ATTEST_CMDLINES,
};

struct attest_change {
    enum attest_change_kind kind;
    uint64_t value;
};

/* What was expected, and names the values of changes. */
struct attest_expected {
    const struct cvmdom_measurement *measurement;
    const struct cvmdom_launch *launch;
    const GPtrArray *images; /* of const cvmdom_firmware; the expected one first */
};

/* ---- explain_tries.c ---- */

enum { ATTEST_MOST_POLICIES = 256 };

/* What there is to try. */
struct attest_tries {
    GPtrArray *images; /* of const cvmdom_firmware: the expected one, and others, none of them twice
                        */
    GArray *changes;   /* of struct attest_change: those of the digest but the number of vCPUs */
    uint32_t policies[ATTEST_MOST_POLICIES]; /* the expected one first */
    unsigned n_policies;
    uint8_t table[ATTEST_KERNEL_HASHES_SIZE]; /* of kernel, initrd and command line, if changes are
                                                 of that */
};

/* others end with NULL; NULL: there are none. */
void
attest_tries_init(struct attest_tries *tries, const struct cvmdom_launch *launch,
                  const cvmdom_firmware *firmware, const cvmdom_firmware *const *others);
void
attest_tries_clear(struct attest_tries *tries);

/* ---- explain_words.c ---- */

/* The explanation's stable word. */
const char *
attest_change_name(enum attest_change_kind kind);
/* A sentence or two: what is otherwise, what to do, and what it means for trust. The caller's to
 * g_free(). */
char *
attest_change_describe(const struct attest_expected *expected, const struct attest_change *change);
/* Visits the explanation that all n changes together are; visit may be NULL. */
void
attest_changes_tell(const struct attest_expected *expected, const struct attest_change *changes,
                    unsigned n, cvmdom_explanation_fn visit, void *payload);

#endif
