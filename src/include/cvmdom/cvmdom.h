/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Everything of libcvmdom.
 *
 * Functions may be called from several threads at once as long as each object is used by one; a
 * host may be shared. Pointers to objects, names and texts must not be NULL where nothing says that
 * they may. Texts are UTF-8; messages come in the language of the locale, from the gettext domain
 * "cvmdom" (a program that installs catalogues elsewhere than the C library expects calls
 * bindtextdomain()).
 */
#ifndef CVMDOM_CVMDOM_H
#define CVMDOM_CVMDOM_H

#include <cvmdom/compare.h>
#include <cvmdom/config.h>
#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/explain.h>
#include <cvmdom/finding.h>
#include <cvmdom/firmware.h>
#include <cvmdom/fleet.h>
#include <cvmdom/guest.h>
#include <cvmdom/harden.h>
#include <cvmdom/host.h>
#include <cvmdom/launch.h>
#include <cvmdom/policy.h>
#include <cvmdom/readiness.h>
#include <cvmdom/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @return the version of the library that runs, "0.1.0". Static. */
const char *
cvmdom_version(void);

#ifdef __cplusplus
}
#endif

#endif
