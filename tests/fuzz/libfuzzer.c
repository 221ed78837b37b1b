/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All targets as one libFuzzer program: $CVM_FUZZ_TARGET says which. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv);
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* GLib's fatal messages end in SIGTRAP, which libFuzzer does not look at. */
static void
stop(int number G_GNUC_UNUSED)
{
    abort();
}

int
LLVMFuzzerInitialize(int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
    const char *name = g_getenv("CVM_FUZZ_TARGET");
    const struct fuzz_target *target = name ? fuzz_find(name) : NULL;

    if (!target) {
        fprintf(stderr, "CVM_FUZZ_TARGET is no target\n");
        exit(EXIT_FAILURE);
    }
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
    signal(SIGTRAP, stop);
    fuzz_begin(target);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_attempt(data, size);
    return 0;
}
