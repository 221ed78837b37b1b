/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the suppression reader share: suppression.c knows what a comment says,
 * suppression_yaml.c and suppression_xml.c what is a comment and which lines it reaches. */
#ifndef CVM_READ_SUPPRESSION_H
#define CVM_READ_SUPPRESSION_H

#include "model/suppression.h"

/* What a comment begins with that speaks to cvmdom. */
#define CVM_COMMENT_MARK "cvmdom:"

/* Lines and columns count as the readers of YAML and XML do: from 1, in characters. */
struct cvm_cursor {
    const char *at;
    unsigned line, column;
};

struct cvm_comments {
    struct cvm_arena *arena;
    const struct cvm_source *source;
    gboolean yaml;
    GArray *found; /* of struct cvm_suppression */
};

void
cvm_cursor_advance(struct cvm_cursor *cursor, const char *to);
gboolean
cvm_comment_starts_with(const char *at, const char *end, const char *mark);
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
