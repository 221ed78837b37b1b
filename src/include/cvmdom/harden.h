/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Hardening: the smallest change to a libvirt domain XML that satisfies the rules.
 *
 * What a rule finds is repaired where there is one right answer. What is for you to decide (a
 * signed blob, a device that would have to go, a weaker policy) is left, with the reason. All that
 * is not changed stays as it is, byte for byte.
 */
#ifndef CVMDOM_HARDEN_H
#define CVMDOM_HARDEN_H

#include <stddef.h>

#include <cvmdom/config.h>
#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A hardened document: its text, what was changed in it, and what was left. */
typedef struct cvmdom_hardening cvmdom_hardening;

/**
 * Reads a domain XML and hardens it.
 *
 * @param path  a file of at most 10 MiB; "-" for standard input. It is not written to.
 * @param type  "sev", "sev-es" or "sev-snp" makes the guest one of that type, also an ordinary one;
 * NULL keeps the type that it has
 * @param host  the machine it is to run on; NULL: what only a host can tell is left
 * @param config which rules count: what they do not find is not repaired; NULL: all of them
 * @param error CVMDOM_ERROR_IO, CVMDOM_ERROR_SYNTAX (with the place), CVMDOM_ERROR_UNSUPPORTED for
 * a profile or a guest that cannot be of that type, CVMDOM_ERROR_USAGE for an unknown type
 * @return the caller's to cvmdom_hardening_free(); NULL on failure
 */
cvmdom_hardening *
cvmdom_hardening_read(const char *path, const char *type, const cvmdom_host *host,
                      cvmdom_config *config, cvmdom_error **error);

/**
 * The same from memory.
 *
 * @param name what to call it in messages
 * @param data the text, need not end in NUL; not kept; NULL when size is 0
 * @param size bytes of data, at most 10 MiB
 */
cvmdom_hardening *
cvmdom_hardening_parse(const char *name, const char *data, size_t size, const char *type,
                       const cvmdom_host *host, cvmdom_config *config, cvmdom_error **error);

/** Frees it; NULL is allowed. */
void
cvmdom_hardening_free(cvmdom_hardening *hardening);

/** @return the document as it is now, in the encoding it had: *size bytes, NUL-terminated beyond;
 * borrowed. */
const char *
cvmdom_hardening_text(const cvmdom_hardening *hardening, size_t *size);

/** @return a unified diff of what was changed, three lines of context, names below a/ and b/, as
 * `patch -p1` takes it (but for UTF-16 and the like, whose diff is in UTF-8): *size bytes,
 * NUL-terminated beyond; none when nothing was. The caller's to free(). */
char *
cvmdom_hardening_diff(const cvmdom_hardening *hardening, size_t *size);

/** One change; texts are borrowed, and in the language of the locale. */
struct cvmdom_change {
    const char *rule; /**< "CVM610"; NULL for the type that was asked for */
    const char *name; /**< "balloon"; NULL likewise */
    int severity;     /**< enum cvmdom_severity of what was found */
    unsigned line;    /**< of the document as it was read */
    const char *why;  /**< what was found */
    const char *done; /**< what was changed, in sentences */
};

/** @return 0 and change i, in the order they were made, or -1 beyond the last. */
int
cvmdom_hardening_change_at(const cvmdom_hardening *hardening, size_t i,
                           struct cvmdom_change *change);

/** @return what the rules find in the document as it is now; borrowed. Places are in that text. */
const cvmdom_findings *
cvmdom_hardening_left(const cvmdom_hardening *hardening);

/** @return why finding i of cvmdom_hardening_left() was left, a sentence; borrowed; NULL for what
 * nothing is to be done about (a note, or what a comment in the document suppresses). */
const char *
cvmdom_hardening_reason(const cvmdom_hardening *hardening, size_t i);

#ifdef __cplusplus
}
#endif

#endif
