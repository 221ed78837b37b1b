/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rendered domain beside the one that libvirt has: two trees, and what differs that libvirt does
 * not fill in by itself. */
#ifndef CVM_COMPARE_COMPARE_H
#define CVM_COMPARE_COMPARE_H

#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

/* A difference; texts NULL where a side has nothing. */
struct cvm_difference {
    const char *path;
    const char *wanted, *found;
};

struct cvm_comparison {
    struct cvm_arena *arena;
    GArray *differences; /* of struct cvm_difference, in the order of the rendered document */
};

#endif
