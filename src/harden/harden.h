/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The smallest change to somebody's domain XML that satisfies the rules. The rules say what is
 * wrong and repairs.c has what is done about each; what a repair may not decide is left, with the
 * reason. */
#ifndef CVM_HARDEN_HARDEN_H
#define CVM_HARDEN_HARDEN_H

#include "harden/revision.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

struct cvm_control;

struct cvm_change {
    const char *rule, *name; /* static; NULL when a guest type was asked for */
    enum cvm_severity severity;
    unsigned line; /* of the document as it was read */
    char *why;     /* the finding's message */
    char *done;    /* sentences */
};

struct cvm_hardening {
    char *name;                    /* of the file */
    char *encoding;                /* NULL: UTF-8 */
    struct cvm_revision *revision; /* in UTF-8 */
    char *data;                    /* the text as it is now, in its encoding */
    size_t size;
    GPtrArray *changes;        /* of struct cvm_change, in the order they were made */
    struct cvm_findings *left; /* of the text as it is now */
    GPtrArray *reasons;        /* of char *, one for each of left: why it was left; NULL when
                                  nothing is to be done about it */
};

/* type is CVM_GUEST_SEV, _SEV_ES or _SEV_SNP for a guest of that type, 0 for what the document
 * says. host and control may be NULL. Fails where the text cannot be read, or is a profile. */
struct cvm_hardening *
cvm_harden(const char *name, const char *data, size_t size, enum cvm_guest type,
           const struct cvm_host *host, const struct cvm_control *control, GError **error);
/* A unified diff of the files (cvm_revision_diff()); in UTF-8 where the file's encoding has no
 * plain line ends, as UTF-16, which patch cannot take. The caller's to g_free(). */
char *
cvm_hardening_diff(const struct cvm_hardening *hardening, size_t *size);
void
cvm_hardening_free(struct cvm_hardening *hardening);
CVM_DEFINE_AUTO(hardening)

#endif
