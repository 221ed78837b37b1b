/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files in, whole files out. */
#ifndef CVM_UTIL_FILE_H
#define CVM_UTIL_FILE_H

#include <glib.h>
#include <signal.h>

/* Reads a regular file, FIFO or "-" (standard input) of at most limit bytes; *data is
 * NUL-terminated beyond *size and the caller's to g_free(). Fails with CVM_ERROR_IO, or
 * CVM_ERROR_SYNTAX when larger than limit. */
int
cvm_file_read(const char *path, size_t limit, char **data, size_t *size, GError **error);

/* The same for a file that an input names: nothing but a regular one, since a FIFO could be waited
 * for without end. */
int
cvm_file_read_regular(const char *path, size_t limit, char **data, size_t *size, GError **error);

/* Until released, what ends a program politely (Ctrl-C, kill, hanging up) waits: around what is to
 * be done as a whole and soon. Writing a file does this by itself. */
void
cvm_signals_hold(sigset_t *before);
void
cvm_signals_release(const sigset_t *before);

/* Writes all or nothing: a temporary file beside path, fsync, rename. An existing file keeps its
 * mode, a symbolic link stays one. A pipe or device is written to as it is, and signals wait for
 * nothing there. */
int
cvm_file_write(const char *path, const char *data, size_t size, GError **error);
/* The same, with the mode of a file that was not there before, less the umask: 0777 of a script. */
int
cvm_file_write_as(const char *path, const char *data, size_t size, int mode, GError **error);

/* Reads a file, FIFO or "-" of at most room bytes into the caller's buffer, and leaves no other
 * copy of it in memory: for secrets. Fails with CVM_ERROR_IO, or CVM_ERROR_SYNTAX when larger;
 * there is nothing of it in the buffer then. */
int
cvm_file_read_into(const char *path, void *buffer, size_t room, size_t *size, GError **error);

/* The same for one that must be exactly size bytes long; CVM_ERROR_SYNTAX for another size. */
int
cvm_file_read_exactly(const char *path, void *buffer, size_t size, GError **error);

/* Writes a file that must not exist yet, whole or not at all, with exactly this mode. data is in no
 * other buffer meanwhile. Fails with CVM_ERROR_IO. */
int
cvm_file_write_new(const char *path, const void *data, size_t size, int mode, GError **error);

#endif
