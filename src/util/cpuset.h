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
/* The lowest of them alone; FALSE when malformed or empty. */
gboolean
cvm_cpuset_first(const char *text, guint *first);
/* Of such arrays. */
void
cvm_cpuset_sort(GArray *set);
gboolean
cvm_cpuset_contains(GArray *set, guint number);
gboolean
cvm_cpuset_is_subset(GArray *set, GArray *of);
/* Notation of the set's numbers that the other has not, the caller's to g_free(); NULL when there
 * are none. */
char *
cvm_cpuset_format_rest(GArray *set, GArray *other);
/* The shortest notation of sorted numbers; the caller's to g_free(). */
char *
cvm_cpuset_format(const guint *numbers, guint count);

#endif
