/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text, edited again and again, that knows which of its bytes are the first text's. */
#ifndef CVM_HARDEN_REVISION_H
#define CVM_HARDEN_REVISION_H

#include "harden/edit.h"

struct cvm_revision {
    char *original; /* NUL-terminated beyond original_size */
    size_t original_size;
    GArray *ends; /* of size_t: its line ends */
    GString *text;
    GArray *pieces; /* of struct cvm_piece: text, from its beginning to its end */
};

struct cvm_piece {
    size_t length;
    size_t origin; /* in the original; CVM_PIECE_NEW when it is not from there */
};
#define CVM_PIECE_NEW G_MAXSIZE

struct cvm_revision *
cvm_revision_new(const char *data, size_t size);
void
cvm_revision_free(struct cvm_revision *revision);
CVM_DEFINE_AUTO(revision)

/* Settled edits of revision->text. */
void
cvm_revision_apply(struct cvm_revision *revision, struct cvm_edits *edits);

/* The line of the original, from 1, that a byte of the text is on or comes before. */
unsigned
cvm_revision_line(const struct cvm_revision *revision, size_t at);

/* A unified diff from the original to the text with three lines around, as `patch -p1` takes it;
 * empty when nothing differs. name is that of the file. The caller's to g_free(). */
char *
cvm_revision_diff(const struct cvm_revision *revision, const char *name, size_t *size);

#endif
