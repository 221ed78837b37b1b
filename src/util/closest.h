/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": the one place that guesses what a misspelt word was to be. */
#ifndef CVM_UTIL_CLOSEST_H
#define CVM_UTIL_CLOSEST_H

#include <glib.h>

/* Nearest candidate by edit distance (case ignored, a swap of neighbours counts one), NULL when
 * none is near enough to be meant: at most a third of the word's length. candidates is
 * NULL-terminated. */
const char *
cvm_closest(const char *word, const char *const *candidates);

#endif
