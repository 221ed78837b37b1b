/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/compare.h>. */
#include "cvmdom/compare.h"

#include "compare/compare.h"
#include "lib.h"

G_STATIC_ASSERT((int)CVMDOM_IN_DEFINITION == (int)CVM_DEFINITION);
G_STATIC_ASSERT((int)CVMDOM_IN_RUNNING == (int)CVM_RUNNING);

CVM_LIB_HANDLE(comparison, cvmdom_comparison, struct cvm_comparison)

cvmdom_comparison *
cvmdom_domain_compare(const cvmdom_domain *domain, const cvmdom_host *host, const char *name,
                      const char *xml, size_t size, cvmdom_error **error)
{
    struct cvm_comparison *comparison = cvm_comparison_new(domain_of(domain), host_of(host), name);
    GError *cause = NULL;

    if (cvm_comparison_add(comparison, xml, size, &cause) < 0) {
        cvm_comparison_free(comparison);
        give_error(error, cause);
        return NULL;
    }
    return comparison_handle(comparison);
}

int
cvmdom_comparison_add(cvmdom_comparison *comparison, const char *xml, size_t size,
                      cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_comparison_add(comparison_of(comparison), xml ? xml : "", size, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

void
cvmdom_comparison_free(cvmdom_comparison *comparison)
{
    cvm_comparison_free(comparison_of(comparison));
}

int
cvmdom_comparison_at(const cvmdom_comparison *comparison, size_t i,
                     struct cvmdom_difference *difference)
{
    const GArray *differences = comparison_of(comparison)->differences;
    const struct cvm_difference *at;

    if (i >= differences->len) {
        return -1;
    }
    at = &g_array_index(differences, struct cvm_difference, i);
    *difference = (struct cvmdom_difference){
        .path = at->path, .wanted = at->wanted, .found = at->found, .where = (int)at->where
    };
    return 0;
}

void
cvmdom_comparison_report(const cvmdom_comparison *comparison, cvmdom_findings *findings)
{
    cvm_comparison_report(comparison_of(comparison), NULL, findings_of(findings));
}

void
cvmdom_config_report(cvmdom_config *config, const cvmdom_comparison *comparison,
                     cvmdom_findings *findings)
{
    const struct cvm_comparison *reported = comparison_of(comparison);
    const char *input = reported->domain->from.node->source->name;

    cvm_comparison_report(reported, config_control(config, input), findings_of(findings));
}

char *
cvmdom_comparison_diff(const cvmdom_comparison *comparison)
{
    return cvm_comparison_diff(comparison_of(comparison));
}
