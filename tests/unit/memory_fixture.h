/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests that look through this process's own memory for what should be gone. */
#ifndef CVM_TESTS_MEMORY_FIXTURE_H
#define CVM_TESTS_MEMORY_FIXTURE_H

#include "../tools/scan.h"
#include "unit.h"

/* Shadow memory is too large to be looked through, and Valgrind, for which tests do not fork, has
 * copies of its own. */
static inline gboolean
memory_can_be_scanned(void)
{
#ifdef __SANITIZE_ADDRESS__
    return FALSE;
#else
    return g_strcmp0(g_getenv("CK_FORK"), "no") != 0 && access("/proc/self/mem", R_OK) == 0;
#endif
}

static inline void
memory_note(size_t needle G_GNUC_UNUSED, const char *mapping G_GNUC_UNUSED, void *places)
{
    ++*(unsigned *)places;
}

/* In how many places one of the needles is. */
static inline unsigned
memory_count(const struct scan_needle *needles, size_t count)
{
    unsigned places = 0;

    ck_assert_int_eq(scan_memory(needles, count, memory_note, &places), 0);
    return places;
}

#endif
