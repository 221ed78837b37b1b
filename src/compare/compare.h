/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rendered domain beside the one that libvirt has: two trees, and what differs that libvirt does
 * not fill in by itself. */
#ifndef CVM_COMPARE_COMPARE_H
#define CVM_COMPARE_COMPARE_H

#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"
#include "rules/control.h"

/* Differences that are listed; behind them nothing is looked at. */
enum { CVM_COMPARE_MOST = 1000 };

/* Bits: which of libvirt's two descriptions of a domain. In step with enum cvmdom_description. */
enum cvm_description { CVM_DEFINITION = 1, CVM_RUNNING = 2 };

/* Texts are NULL where a side has nothing. */
struct cvm_difference {
    const char *path; /* "/domain/devices/disk[vda]/driver/@cache" */
    const char *wanted, *found;
    unsigned where; /* enum cvm_description bits */
    enum cvm_severity severity;
    const struct cvm_node *node; /* what the domain says of it, or the nearest container */
};

struct cvm_comparison {
    struct cvm_arena *arena; /* keeps those of domain and host */
    const struct cvm_domain *domain;
    const struct cvm_host *host; /* may be NULL */
    const char *name;            /* what messages call the domain that libvirt has */
    const struct cvm_node *root; /* of the domain as it was meant */
    GArray *differences;         /* of struct cvm_difference, in the order of that document */
    gboolean more;               /* there are others */
};

/* domain is resolved. name is copied. */
struct cvm_comparison *
cvm_comparison_new(const struct cvm_domain *domain, const struct cvm_host *host, const char *name);
void
cvm_comparison_free(struct cvm_comparison *comparison);
CVM_DEFINE_AUTO(comparison)

/* Compares with what libvirt printed; a difference that is known already is marked as found there,
 * too. Without a text there is no such domain. */
int
cvm_comparison_add(struct cvm_comparison *comparison, const char *xml, size_t size, GError **error);

/* report.c: as findings; control may be NULL. */
void
cvm_comparison_report(const struct cvm_comparison *comparison, const struct cvm_control *control,
                      struct cvm_findings *findings);
/* Lines "- path: found" and "+ path: wanted", the caller's to g_free(). */
char *
cvm_comparison_diff(const struct cvm_comparison *comparison);

#endif
