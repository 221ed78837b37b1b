/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the suppression reader share: suppression.c knows what a comment says,
 * suppression_yaml.c and suppression_xml.c what is a comment and which lines it reaches. */
#ifndef CVM_READ_SUPPRESSION_H
#define CVM_READ_SUPPRESSION_H

#include "model/suppression.h"
#include "read/cursor.h"

/* What a comment begins with that speaks to cvmdom. */
#define CVM_COMMENT_MARK "cvmdom:"

struct cvm_comments {
    struct cvm_arena *arena;
    const struct cvm_source *source;
    gboolean yaml;
    GArray *found; /* of struct cvm_suppression */
};

const char *
cvm_comment_skip_blanks(const char *at, const char *end);

/* Adds what the comment from at to end (without its marks) says, reaching the line of its place;
 * NULL when that is nothing. */
struct cvm_suppression *
cvm_comment_add(struct cvm_comments *comments, const struct cvm_cursor *place, const char *at,
                const char *end);
/* What is for the whole file has to stand where it begins. */
void
cvm_comment_demand_head(struct cvm_suppression *one, gboolean at_head);

void
cvm_comments_read_yaml(struct cvm_comments *comments);
void
cvm_comments_read_xml(struct cvm_comments *comments);

#endif
