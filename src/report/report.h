/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings out, one file a format. */
#ifndef CVM_REPORT_REPORT_H
#define CVM_REPORT_REPORT_H

#include "model/finding.h"

struct cvm_report_options {
    gboolean colour;
    unsigned inputs; /* documents looked at, for the summary */
};

struct cvm_reporter {
    const char *name;    /* of --format */
    const char *summary; /* N_("…") */
    void (*report)(const struct cvm_findings *findings, const struct cvm_report_options *options,
                   GString *out);
};

extern const struct cvm_reporter cvm_reporter_text;

/* Row i, NULL beyond the last. */
const struct cvm_reporter *
cvm_reporter_at(unsigned i);
const struct cvm_reporter *
cvm_reporter_find(const char *name);

#endif
