/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Everything of libcvmdom.
 *
 * Functions may be called from several threads at once as long as each object is used by one; a
 * host may be shared once it is complete, that is, while nothing is added to it. Nothing of the
 * process is changed: no locale, no signal, no working directory, no setting of a library. Before
 * it first reads XML it calls libxml2's xmlInitParser(), and xmlCleanupParser() never, which a
 * program that uses libxml2, too, may only call when no thread is in this library any more.
 *
 * When memory runs out the process ends by a signal after a message on standard error, as GLib has
 * it (g_malloc()); where libxml2 or libyaml lacks memory to read a file that is an error. jansson,
 * by which reports for programs are written, leaves out what it has no memory for, unless the
 * program calls json_set_alloc_funcs(g_malloc, g_free) first, as the command cvmdom does.
 *
 * Pointers to objects, names and texts must not be NULL where nothing says that
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
#include <cvmdom/schema.h>

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
