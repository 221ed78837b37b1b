/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the targets of attest.c share. */
#ifndef CVM_TESTS_FUZZ_ATTEST_H
#define CVM_TESTS_FUZZ_ATTEST_H

#include <glib.h>

#include "cvmdom/attest.h"

/* Bytes start to end (exclusive). */
struct fuzz_range {
    size_t start, end;
};

/* Something right, to be damaged. */
struct fuzz_seed {
    const char *name;
    unsigned char *data;
    size_t size;
    struct fuzz_range focus;         /* where the structure is; end 0: everywhere */
    const struct fuzz_range *counts; /* what must not change where it is accepted; the last has
                                        end 0; NULL: the target itself looks */
    gboolean accepted;               /* as it is */
    void *details;                   /* the target's, for g_free() */
};

struct fuzz_target {
    const char *name;
    void (*set_up)(char **files); /* adds seeds */
    /* Whether it is accepted: a digest, "verified". Asserts that what is refused has a reason. */
    gboolean (*attempt)(const struct fuzz_seed *seed, const unsigned char *data, size_t size);
    void (*tear_down)(void);
};

extern const struct fuzz_target fuzz_firmware, fuzz_svsm;
extern const struct fuzz_target fuzz_chain, fuzz_ca, fuzz_pdh;
extern const struct fuzz_target fuzz_report, fuzz_vcek, fuzz_report_ca;
extern const struct fuzz_target fuzz_id_block, fuzz_id_key;
extern const struct fuzz_target fuzz_measurement, fuzz_keys, fuzz_secret;

/* Copies data; the seed is filled by the caller then. */
struct fuzz_seed *
fuzz_add(const char *name, const void *data, size_t size);

/* An error has a sentence. Frees it, and returns FALSE. */
gboolean
fuzz_refuse(cvmdom_error *error);

/* The whole of a file that a test made; ends the program where there is none. */
unsigned char *
fuzz_read(const char *path, size_t *size);

/* The path of a file with this content, until the next call with the same slot, 0 or 1. */
const char *
fuzz_file(unsigned slot, const unsigned char *data, size_t size);

#endif
