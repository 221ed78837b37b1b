/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comments of an input that ask for findings to be looked past: "cvmdom: ignore=CVM210: reason". */
#ifndef CVM_MODEL_SUPPRESSION_H
#define CVM_MODEL_SUPPRESSION_H

#include "model/node.h"

/* What a rule that a comment names has come to. Of several documents the highest counts. */
enum cvm_suppression_state {
    CVM_SUPPRESSION_UNJUDGED, /* no check has got so far */
    CVM_SUPPRESSION_UNUSED,   /* the rule ran, and found nothing where the comment reaches */
    CVM_SUPPRESSION_NOT_RUN,  /* the rule did not run, so that nothing can be said */
    CVM_SUPPRESSION_USED,
};

struct cvm_suppressed {
    const char *name; /* id or name of a rule, as written; perhaps of none that exists */
    const char *id;   /* of that rule, once the engine has looked it up; NULL when there is none */
    enum cvm_suppression_state state;
};

enum cvm_suppression_mistake {
    CVM_SUPPRESSION_FINE,
    CVM_SUPPRESSION_NO_REASON,
    CVM_SUPPRESSION_MALFORMED, /* neither ignore=RULES nor ignore-file=RULES */
    CVM_SUPPRESSION_MISPLACED, /* ignore-file behind the head of the file */
    CVM_SUPPRESSION_TOO_MANY,  /* this one and all that follow it in the file are not looked at */
};

struct cvm_suppression {
    const struct cvm_node *node;          /* the comment: its place, and its text shortened */
    enum cvm_suppression_mistake mistake; /* anything but FINE suppresses nothing */
    gboolean whole_file;
    unsigned first, last; /* lines that it reaches, unless it reaches the whole file */
    unsigned document;    /* which of the file's documents these are in, from 0 */
    const char *reason;   /* NULL when there is none */
    struct cvm_suppressed *rules;
    unsigned count;
};

/* All those of one file. */
struct cvm_suppressions {
    const struct cvm_source *source;
    struct cvm_suppression *items;
    unsigned count;
    gboolean *checked; /* for each document: whether a check has judged it */
    unsigned documents;
    gboolean resolved; /* the engine has looked up the rules */
};

/* Those that speak of a domain: of its own file, and of the profiles it extends. */
struct cvm_suppression_link {
    struct cvm_suppression_link *next;
    struct cvm_suppressions *suppressions;
    gboolean base; /* of a profile that is extended: others may extend it too */
};

#endif
