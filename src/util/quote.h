/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an input says, as messages repeat it: an input may give a megabyte where a word belongs. */
#ifndef CVM_UTIL_QUOTE_H
#define CVM_UTIL_QUOTE_H

#include "util/arena.h"

enum { CVM_QUOTE_MAX = 80 }; /* characters */

/* Bytes of the first CVM_QUOTE_MAX characters of UTF-8 text: all of it when it is short. */
int
cvm_quote_length(const char *text);
/* The text itself, or the beginning of a long one and "…", in the arena. */
const char *
cvm_quote(struct cvm_arena *arena, const char *text);

#endif
