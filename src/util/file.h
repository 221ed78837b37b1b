/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files in, whole files out. */
#ifndef CVM_UTIL_FILE_H
#define CVM_UTIL_FILE_H

#include <glib.h>

/* Reads a regular file, FIFO or "-" (standard input) of at most limit bytes; *data is
 * NUL-terminated beyond *size and the caller's to g_free(). Fails with CVM_ERROR_IO, or
 * CVM_ERROR_SYNTAX when larger than limit. */
int
cvm_file_read(const char *path, size_t limit, char **data, size_t *size, GError **error);

/* The same for a file that an input names: nothing but a regular one, since a FIFO could be waited
 * for without end. */
int
cvm_file_read_regular(const char *path, size_t limit, char **data, size_t *size, GError **error);

/* Writes all or nothing: a temporary file beside path, fsync, rename. An existing file keeps its
 * mode, a symbolic link stays one. A pipe or device is written to as it is. */
int
cvm_file_write(const char *path, const char *data, size_t size, GError **error);

#endif
