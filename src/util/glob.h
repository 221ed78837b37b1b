/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File name patterns as .gitignore and .editorconfig have them. */
#ifndef CVM_UTIL_GLOB_H
#define CVM_UTIL_GLOB_H

#include <glib.h>

/* '*' and '?' stand for characters within one step of the path, a step that is '**' for any number
 * of steps. A pattern without '/' is held against the last step alone. Bytes are compared; the time
 * is bounded by the product of both lengths. */
gboolean
cvm_glob_match(const char *pattern, const char *path);

#endif
