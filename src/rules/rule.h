/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rule is a row of its topic's table, and a page docs/rules/CVMnnn.md: its Bad and Good blocks
 * are its test. */
#ifndef CVM_RULES_RULE_H
#define CVM_RULES_RULE_H

#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

/* What a check sees, and where it puts its opinion. */
struct cvm_check {
    const struct cvm_domain *domain;
    const struct cvm_host *host; /* never NULL for a rule with needs_host */
    enum cvm_guest guest;        /* cvm_domain_guest() */
    const struct cvm_rule *rule; /* the one that runs */
    struct cvm_findings *findings;
    unsigned count;          /* findings of the rule, of which CVM_RULE_FINDINGS are listed */
    enum cvm_severity worst; /* of those that are not */
};

/* Findings of one rule in one document that are listed; the rest is counted by one more. Lists are
 * read up to 512 items (CVM_LIMIT_ITEMS), so that only a hostile document has more. */
enum { CVM_RULE_FINDINGS = 1000 };

struct cvm_rule {
    const char *id;
    const char *name;
    enum cvm_severity severity;
    unsigned guests;     /* enum cvm_guest bits: others are not asked; 0 is any */
    gboolean needs_host; /* without one it is counted as not run */
    const char *summary; /* N_("…"): one sentence for `cvmdom rules` */
    void (*check)(struct cvm_check *check); /* NULL: only a comparison finds it (src/compare/), or
                                               measuring (src/launch/) */
};

/* A topic: its rules in ascending order of id, ended by a row of zeros. */
extern const struct cvm_rule cvm_rules_profile[];     /* 1xx: 101 to 107 */
extern const struct cvm_rule cvm_rules_effect[];      /* 1xx: 108 */
extern const struct cvm_rule cvm_rules_suppression[]; /* 1xx: 109 to 110 */
extern const struct cvm_rule cvm_rules_names[];       /* 1xx: 111 */
extern const struct cvm_rule cvm_rules_policy[];      /* 2xx: 201 to 210 */
extern const struct cvm_rule cvm_rules_launch[];      /* 2xx: 211 to 222 */
extern const struct cvm_rule cvm_rules_firmware[];    /* 4xx: 401 to 407 */
extern const struct cvm_rule cvm_rules_boot[];        /* 4xx: 408 to 415 */
extern const struct cvm_rule cvm_rules_memory[];      /* 5xx */
extern const struct cvm_rule cvm_rules_virtio[];      /* 6xx: 601 to 606 */
extern const struct cvm_rule cvm_rules_devices[];     /* 6xx: 607 to 617 */
extern const struct cvm_rule cvm_rules_host[];        /* 7xx */
extern const struct cvm_rule cvm_rules_measure[];     /* 8xx */
/* What a target cannot say. */
extern const struct cvm_rule cvm_rules_kubevirt[];     /* 8xx: 820 to 838 */
extern const struct cvm_rule cvm_rules_volumes[];      /* 8xx: 839, of all targets but it */
extern const struct cvm_rule cvm_rules_virt_install[]; /* 8xx: 840 to 844 */
extern const struct cvm_rule cvm_rules_qemu[];         /* 8xx: 850 to 854 */
extern const struct cvm_rule cvm_rules_qemu_devices[]; /* 8xx: 855 to 859 */
extern const struct cvm_rule cvm_rules_drift[];        /* 9xx */

/* All topics in ascending order of their ids; two may share a block. Ended by a row of zeros. */
struct cvm_topic {
    unsigned block; /* hundreds: 2 for CVM2nn */
    const struct cvm_rule *rules;
    const char *target; /* they speak only of domains that are rendered for it; NULL: of all */
};
extern const struct cvm_topic cvm_topics[];
/* Whether its rules speak of the domain. */
gboolean
cvm_topic_concerns(const struct cvm_topic *topic, const struct cvm_domain *domain);

/* Rule i in ascending order of id, NULL beyond the last. */
const struct cvm_rule *
cvm_rule_at(unsigned i);
/* All of them, in that order: one after the other cvm_rule_at() counts to each anew. */
GPtrArray *
cvm_rules_list(void);
/* By id or name, any case; NULL when there is none. */
const struct cvm_rule *
cvm_rule_find(const char *id_or_name);
/* The id or name that a misspelt one was to be; NULL when none is near. */
const char *
cvm_rule_closest(const char *word);
/* The page docs/rules/ID.md of an id or name, any case; NULL when there is none. Static. */
const char *
cvm_rule_page(const char *id_or_name);

/* The pages, compiled in by build-aux/embed-pages, ascending; ended by a row of NULLs. */
struct cvm_page {
    const char *id;
    const char *text; /* Markdown */
};
extern const struct cvm_page cvm_pages[];

/* Runs a rule on a resolved profile or a domain as read: not asked for a guest it does not speak
 * of; counted as not run when it needs a host and there is none. */
void
cvm_rule_run(const struct cvm_rule *rule, const struct cvm_domain *domain,
             const struct cvm_host *host, struct cvm_findings *findings);

/* The same advice in the words of the input: profile keys, or libvirt's elements. */
static inline const char *
cvm_in_form(const struct cvm_check *check, const char *profile, const char *xml)
{
    return check->domain->form == CVM_FORM_XML ? xml : profile;
}

/* A finding of the running rule at a value, with its own severity or another. The message is a
 * whole sentence: what is wrong, what happens, with the values quoted. A value without a place (and
 * NULL) is reported at the document. The finding is returned for cvm_fix(); NULL beyond
 * CVM_RULE_FINDINGS. */
struct cvm_finding *
cvm_report(struct cvm_check *check, const struct cvm_from *at, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
struct cvm_finding *
cvm_report_as(struct cvm_check *check, enum cvm_severity severity, const struct cvm_from *at,
              const char *format, ...) G_GNUC_PRINTF(4, 5);
/* A problem that a reader met, with its own words and fix, at its value or key. */
struct cvm_finding *
cvm_report_problem(struct cvm_check *check, const struct cvm_problem *problem);
/* A finding at the document that stands for those that are not listed: nothing suppresses it. */
void
cvm_report_rest(struct cvm_check *check, enum cvm_severity severity, const char *message);
/* What to write instead; nothing for a finding that is NULL. */
void
cvm_fix(struct cvm_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
