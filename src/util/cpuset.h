/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's notation for sets of CPUs and nodes: "0-3,^2,8". */
#ifndef CVM_UTIL_CPUSET_H
#define CVM_UTIL_CPUSET_H

#include <glib.h>

enum { CVM_CPUSET_MAX = 16384 }; /* as libvirt's VIR_DOMAIN_CPUMASK_LEN */

/* A sorted array of guint without duplicates, the caller's to g_array_unref(); NULL when malformed
 * or empty. */
GArray *
cvm_cpuset_parse(const char *text);
/* The shortest notation of sorted numbers; the caller's to g_free(). */
char *
cvm_cpuset_format(const guint *numbers, guint count);

#endif
