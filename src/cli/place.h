/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcvmdom-place, loaded when first-fit left a question open: it comes with GLPK, which is of no
 * use to any other command. */
#ifndef CVM_CLI_PLACE_H
#define CVM_CLI_PLACE_H

#include "cli/cmd.h"
#include "cvmdom/fleet.h"

/* Places the guests that are wanted of a judged fleet: by itself what it can, by libcvmdom-place
 * what is open then. Without that library some placements stay unproven, and it says what to
 * install. seconds: what may be taken. CLI_CLEAN when all are placed, CLI_FINDINGS when not. */
int
cli_place_guests(cvmdom_fleet *fleet, unsigned seconds);

#endif
