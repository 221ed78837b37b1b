/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which rules run, and what their findings count for. */
#ifndef CVM_RULES_CONTROL_H
#define CVM_RULES_CONTROL_H

#include "model/config.h"
#include "rules/rule.h"

struct cvm_control_rule {
    gboolean run;
    gboolean has_severity; /* its findings are of this severity, whatever it says itself */
    enum cvm_severity severity;
    gboolean by_file; /* the configuration file says so */
};

/* What configurations come to for one input. */
struct cvm_control {
    char *file;                    /* configuration file in use, NULL when there is none */
    unsigned ignored;              /* rules that it keeps from running */
    gboolean no_suppressions;      /* comments are not looked at */
    gboolean has_fail_on;          /* somebody says from where on a run fails */
    enum cvm_severity fail_on;     /* findings from here on make a run fail */
    unsigned count;                /* of rules */
    struct cvm_control_rule *rule; /* in the order of cvm_rule_at() */
    GHashTable *severities;        /* rule id to those of them that have another severity */
};

/* Whether each pattern of a configuration stands for a rule; fails at the place of the first that
 * does not: with CVM_ERROR_SYNTAX in a file, CVM_ERROR_USAGE in the caller's words. */
int
cvm_config_check(const struct cvm_config *config, GError **error);

/* What holds for the file of that absolute path: words is the caller's, file of a configuration
 * file; both may be NULL. */
struct cvm_control *
cvm_control_new(const struct cvm_config *words, const struct cvm_config *file, const char *path);
void
cvm_control_free(struct cvm_control *control);
CVM_DEFINE_AUTO(control)

/* Runs the rules on a resolved profile or a domain as read, and appends what they found, in order:
 * severities set, suppressed findings marked, and the comments themselves judged. control may be
 * NULL: every rule as it is. */
void
cvm_check_run(const struct cvm_domain *domain, const struct cvm_host *host,
              const struct cvm_control *control, struct cvm_findings *findings);

/* Whether a rule runs; control may be NULL. */
gboolean
cvm_control_runs(const struct cvm_control *control, const char *id);
/* Does the same for what others found in the domain (a comparison, say), in found, which is taken
 * over; fails_from counts where nobody says otherwise. What the comments suppress for nothing is
 * left for cvm_check_run() to judge. */
void
cvm_control_finish(const struct cvm_domain *domain, const struct cvm_control *control,
                   enum cvm_severity fails_from, struct cvm_findings *found,
                   struct cvm_findings *findings);

/* suppression.c: marks the findings that the domain's comments ask to be looked past, and notes in
 * the comments what became of them. */
void
cvm_suppressions_apply(const struct cvm_domain *domain, const struct cvm_host *host,
                       const struct cvm_control *control, gboolean comparison,
                       struct cvm_findings *found);

#endif
