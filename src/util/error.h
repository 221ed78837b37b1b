/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's GError domain: the tool could not do its work. (An opinion about the input is a
 * finding.) */
#ifndef CVM_UTIL_ERROR_H
#define CVM_UTIL_ERROR_H

#include <glib.h>

#define CVM_ERROR (cvm_error_quark())

/* In step with enum cvmdom_error_code of <cvmdom/error.h>; lib.c asserts it. */
enum cvm_error_code {
    CVM_ERROR_IO = 1,      /* a file could not be read or written */
    CVM_ERROR_SYNTAX,      /* it was read, but is no YAML, XML or JSON, or exceeds a limit */
    CVM_ERROR_UNSUPPORTED, /* well formed, but nothing this library handles */
    CVM_ERROR_USAGE,       /* the caller asked for something that does not exist */
    CVM_ERROR_CONNECTION,  /* no connection to libvirt, a lost one, or one that is silent */
    CVM_ERROR_REFUSED,     /* libvirt or QEMU said no; the message is theirs */
    CVM_ERROR_UNTRUSTED,   /* a signature, a certificate or a chain does not hold */
};

/* The place travels with the error; file is NULL and line 0 when there is none. Columns count
 * characters from 1. */
typedef struct {
    char *file;
    unsigned line;
    unsigned column;
} CvmErrorPrivate;

GQuark
cvm_error_quark(void);
/* error must be of this domain. */
const CvmErrorPrivate *
cvm_error_place(const GError *error);

/* Sets *error and returns -1, so that a failure is one line: return cvm_error_set(error, …). */
int
cvm_error_set(GError **error, enum cvm_error_code code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
int
cvm_error_set_at(GError **error, enum cvm_error_code code, const char *file, unsigned line,
                 unsigned column, const char *format, ...) G_GNUC_PRINTF(6, 7);

#endif
