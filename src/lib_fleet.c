/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/fleet.h>. */
#include "cvmdom/fleet.h"
#include "fleet/fleet.h"
#include "lib.h"

CVM_LIB_HANDLE(fleet, cvmdom_fleet, struct cvm_fleet)

cvmdom_fleet *
cvmdom_fleet_new(void)
{
    return fleet_handle(cvm_fleet_new());
}

void
cvmdom_fleet_free(cvmdom_fleet *fleet)
{
    cvm_fleet_free(fleet_of(fleet));
}
