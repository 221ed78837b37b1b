/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings out, one file a format. Ids, keys and elements are never translated; messages are those
 * of the findings, in the language that these were made in. */
#ifndef CVM_REPORT_REPORT_H
#define CVM_REPORT_REPORT_H

#include "model/finding.h"

struct cvm_report_options {
    gboolean colour;
    unsigned documents;        /* looked at, for the summary */
    enum cvm_severity fail_on; /* what a pipeline fails from: JUnit's failures */
    const char *folder;        /* absolute: SARIF and GitHub name files relative to it; NULL */
    gboolean incomplete;       /* something could not be done, whether or not it is a failure of the
                                  findings */
};

struct cvm_reporter {
    const char *name;    /* of --format */
    const char *summary; /* N_("…") */
    void (*report)(const struct cvm_findings *findings, const struct cvm_report_options *options,
                   GString *out);
    /* What report() begins with, whatever else is found later; NULL: it needs to know everything */
    void (*begin)(const struct cvm_findings *findings, const struct cvm_report_options *options,
                  GString *out);
};

extern const struct cvm_reporter cvm_reporter_text;
extern const struct cvm_reporter cvm_reporter_json;
extern const struct cvm_reporter cvm_reporter_sarif;
extern const struct cvm_reporter cvm_reporter_junit;
extern const struct cvm_reporter cvm_reporter_github;

/* Row i, NULL beyond the last. */
const struct cvm_reporter *
cvm_reporter_at(unsigned i);
const struct cvm_reporter *
cvm_reporter_find(const char *name);

/* The JSON Schema (2020-12) of what format "json" writes, schemas/findings.schema.json. Static. */
const char *
cvm_findings_schema(void);

#endif
