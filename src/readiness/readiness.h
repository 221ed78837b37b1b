/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opinions on a host alone: a table of checks, each with what it speaks of. */
#ifndef CVM_READINESS_READINESS_H
#define CVM_READINESS_READINESS_H

#include "model/guest.h"
#include "model/host.h"

/* In step with enum cvmdom_check_state of <cvmdom/readiness.h>. */
enum cvm_check_state {
    CVM_CHECK_UNKNOWN = 0,
    CVM_CHECK_PASSED,
    CVM_CHECK_NOTED,
    CVM_CHECK_WARNED,
    CVM_CHECK_FAILED,
};

#endif
