/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the guests of a fleet go. */
#ifndef CVM_FLEET_PLACE_H
#define CVM_FLEET_PLACE_H

#include <glib.h>

#include "cvmdom/place.h"

/* Fills guests of each option: the largest guests first, each to the cheapest option with room, the
 * first of several. FALSE: not all of them were placed, which proves nothing.
 * cost: the sum over all guests; G_MAXUINT64 when it is larger than that. */
gboolean
cvm_first_fit(const struct cvmdom_place_problem *problem, unsigned *guests, uint64_t *cost);

#endif
