/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns that are a row of characters and classes: compiling one with GRegex takes longer than
 * reading a small profile. */
#ifndef CVM_UTIL_PATTERN_H
#define CVM_UTIL_PATTERN_H

#include <glib.h>

/* Whether it is "^…$" without groups and alternatives. What it may have: characters, \n, \r and
 * escaped ones, [classes] of them, and each of these as often as ?, *, + or {n} say. */
gboolean
cvm_pattern_is_plain(const char *pattern);
/* Whether the whole text is like such a pattern. */
gboolean
cvm_pattern_matches(const char *pattern, const char *text);

#endif
