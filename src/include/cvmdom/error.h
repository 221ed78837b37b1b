/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Errors: the library could not do its work. An opinion about the input is a finding, see
 * <cvmdom/finding.h>.
 *
 * Every function that can fail takes `cvmdom_error **error` last. NULL is allowed; otherwise *error
 * must be NULL before the call, receives an error on failure, and is the caller's to
 * cvmdom_error_free(). Outputs are untouched on failure.
 *
 * The library does not log, keeps no global state, and never ends the process, with one exception:
 * when memory runs out it aborts, as GLib and libvirt's client library do. Inputs are capped in
 * size and depth beforehand. What reads XML a thread keeps for its next document, some 100 KB,
 * until it ends; so the library stays loaded when it is closed with dlclose().
 */
#ifndef CVMDOM_ERROR_H
#define CVMDOM_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_error cvmdom_error;

/** What kind of failure it was. Numbers are stable. */
enum cvmdom_error_code {
    CVMDOM_ERROR_IO = 1,     /**< a file could not be read or written */
    CVMDOM_ERROR_SYNTAX = 2, /**< it was read, but is no YAML, XML or JSON, or exceeds a limit */
    CVMDOM_ERROR_UNSUPPORTED = 3, /**< well formed, but nothing this library handles */
    CVMDOM_ERROR_USAGE = 4,       /**< the caller asked for something that does not exist */
    CVMDOM_ERROR_CONNECTION = 5, /**< no connection to libvirt, a lost one, or one that is silent */
    CVMDOM_ERROR_REFUSED = 6,    /**< libvirt or QEMU said no; the message is theirs */
    CVMDOM_ERROR_UNTRUSTED = 7   /**< a signature, a certificate or a chain does not hold */
};

/** Makes an error, for libraries beside this one.
 *
 * @param error  as above
 * @param code   one of enum cvmdom_error_code
 * @param format as printf() takes it, for a whole sentence in UTF-8 without its full stop
 * @return -1, so that a failure is one line: return cvmdom_error_set(error, …) */
int
cvmdom_error_set(cvmdom_error **error, int code, const char *format, ...)
#ifdef __GNUC__
    __attribute__((__format__(__printf__, 3, 4)))
#endif
    ;

/** @return one of enum cvmdom_error_code. */
int
cvmdom_error_code(const cvmdom_error *error);

/** @return a whole sentence in the language of the locale, without the place; borrowed. */
const char *
cvmdom_error_message(const cvmdom_error *error);

/** @return the file it happened in, as it was named to the library; borrowed; NULL when there is
 * none. */
const char *
cvmdom_error_file(const cvmdom_error *error);

/** @return the line, from 1; 0 when there is none. */
unsigned
cvmdom_error_line(const cvmdom_error *error);

/** @return the column in characters, from 1; 0 when there is none. */
unsigned
cvmdom_error_column(const cvmdom_error *error);

/** Frees an error; NULL is allowed. */
void
cvmdom_error_free(cvmdom_error *error);

#ifdef __cplusplus
}
#endif

#endif
