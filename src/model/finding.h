/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An opinion about an input, at its place. Findings own all their text and outlive what they speak
 * of. */
#ifndef CVM_MODEL_FINDING_H
#define CVM_MODEL_FINDING_H

#include <glib.h>

#include "model/node.h"
#include "util/auto.h"

enum cvm_severity { CVM_NOTE, CVM_WARNING, CVM_SEVERE }; /* SARIF's note, warning, error */

enum { CVM_EXCERPT_MAX = 120 };

struct cvm_finding {
    const char *rule; /* "CVM210"; static */
    const char *name; /* "policy-debug-allowed"; static */
    enum cvm_severity severity;
    char *message;
    char *fix;         /* what to write instead, NULL when the message says it */
    char *suppression; /* the reason given for looking past it; NULL: it counts */
    gboolean rest;     /* it stands for findings that are not listed: nothing suppresses it */
    gboolean fails;    /* it counts, and is at or above the severity that fails a run */
    char *file;
    unsigned line, column;   /* 0 when the finding has no place */
    char *path;              /* cvm_node_path() */
    unsigned offset;         /* start of the node in XML: cvm_node_find_start() */
    char *excerpt;           /* the line without its end, NULL when there is none; of a line of more
                                than CVM_EXCERPT_MAX characters what is around column, with "…" for
                                what is cut off */
    unsigned excerpt_column; /* where column is in the excerpt */
};

/* An input that nothing could be found in, since it could not be read. */
struct cvm_failure {
    char *message;
    char *file;            /* NULL when it has none */
    unsigned line, column; /* 0 when it has no place */
};

/* What a configuration file kept from being found, or made less of. */
struct cvm_config_use {
    char *file;
    unsigned ignored; /* rules that were not run for it */
    unsigned lowered; /* findings whose severity it lowers */
};

/* A line, and a character of it, that were looked for last. */
struct cvm_findings_place {
    const struct cvm_source *source; /* NULL before the first */
    const char *start, *end, *at;
    unsigned line, before;
};

/* Findings that were reported already and are forgotten but for this. */
struct cvm_findings_gone {
    unsigned all, suppressed, failing;
    unsigned counted[CVM_SEVERE + 1]; /* by severity, without suppressed ones */
};

/* place and twins are for cvm_findings_add() alone, and point into the trees that were found in:
 * nothing is added any more once these are freed. */
struct cvm_findings {
    GPtrArray *items;    /* of struct cvm_finding */
    GPtrArray *not_run;  /* of static rule ids that needed a host when none was given */
    GPtrArray *inputs;   /* of char *: each file that was looked at, once, in that order */
    GPtrArray *failures; /* of struct cvm_failure */
    GPtrArray *configs;  /* of struct cvm_config_use: each file that ignores or lowers, once */
    struct cvm_findings_gone gone;
    struct cvm_findings_place place;
    struct cvm_node_twin twins[CVM_NODE_TWINS];
};

struct cvm_findings *
cvm_findings_new(void);
void
cvm_findings_free(struct cvm_findings *findings);
CVM_DEFINE_AUTO(findings)

/* Appends one; message is taken over. node may be NULL. The finding stays the list's. */
struct cvm_finding *
cvm_findings_add(struct cvm_findings *findings, const char *rule, const char *name,
                 enum cvm_severity severity, const struct cvm_node *node, char *message);
/* Moves all of from to the end of to and frees from; a rule that did not run is kept once. */
void
cvm_findings_take(struct cvm_findings *to, struct cvm_findings *from);
/* By file, line, column, then rule id; the order files were first mentioned in is kept. */
void
cvm_findings_sort(struct cvm_findings *findings);
/* A rule that was not run, by its static id: kept once. */
void
cvm_findings_add_not_run(struct cvm_findings *findings, const char *rule);
/* A file that was looked at, whether or not anything was found in it; one that was added last is
 * not added again. */
void
cvm_findings_add_input(struct cvm_findings *findings, const char *file);
void
cvm_findings_add_failure(struct cvm_findings *findings, const char *message, const char *file,
                         unsigned line, unsigned column);
/* Adds to what is known of a configuration file; nothing when it neither ignores nor lowers. */
void
cvm_findings_add_config(struct cvm_findings *findings, const char *file, unsigned ignored,
                        unsigned lowered);
/* Forgets the findings and the inputs; how many there were stays counted. */
void
cvm_findings_forget(struct cvm_findings *findings);
/* How many are, or were before they were forgotten, at or above a severity; suppressed ones are not
 * counted. */
unsigned
cvm_findings_count(const struct cvm_findings *findings, enum cvm_severity severity);

/* "error", "warning", "note": never translated. */
const char *
cvm_severity_name(enum cvm_severity severity);

#endif
