/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fleets: which profiles run on which of many hosts, for how many guests what these have lasts, and
 * where the guests that somebody wants go.
 */
#ifndef CVMDOM_FLEET_H
#define CVMDOM_FLEET_H

#include <stddef.h>

#include <cvmdom/error.h>
#include <cvmdom/host.h>
#include <cvmdom/place.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_fleet cvmdom_fleet;

/** @return an empty fleet, the caller's to cvmdom_fleet_free(). */
cvmdom_fleet *
cvmdom_fleet_new(void);

/** Frees it; NULL is allowed. */
void
cvmdom_fleet_free(cvmdom_fleet *fleet);

#ifdef __cplusplus
}
#endif

#endif
