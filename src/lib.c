/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions: check arguments, call one internal function, return. Documented in <cvmdom/...h>. */
#include "lib.h"

#include "cvmdom/cvmdom.h"
#include "util/error.h"

G_STATIC_ASSERT((int)CVMDOM_ERROR_IO == (int)CVM_ERROR_IO);
G_STATIC_ASSERT((int)CVMDOM_ERROR_SYNTAX == (int)CVM_ERROR_SYNTAX);
G_STATIC_ASSERT((int)CVMDOM_ERROR_UNSUPPORTED == (int)CVM_ERROR_UNSUPPORTED);
G_STATIC_ASSERT((int)CVMDOM_ERROR_USAGE == (int)CVM_ERROR_USAGE);
