/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/domain.h> by which libcvmdom-attest's results come into a
 * domain. */
#include "lib.h"

#include <string.h>

#include "resolve/resolve.h"
#include "rules/rule.h"
#include "util/error.h"
#include "util/i18n.h"

/* The node that "launchSecurity/idBlock" leads to, or as far as there is one. */
static const struct cvm_node *
find_value(const struct cvm_domain *domain, const char *value)
{
    g_auto(GStrv) names = g_strsplit(value, "/", -1);
    const struct cvm_node *found = domain->root ? domain->root : domain->from.node;

    for (char **name = names; *name; name++) {
        const struct cvm_node *child = cvm_node_child(found, *name);

        if (!child) {
            break;
        }
        found = child;
    }
    return found;
}

int
cvmdom_domain_report(const cvmdom_domain *domain, const struct cvmdom_opinion *opinion,
                     cvmdom_findings *findings, cvmdom_error **error)
{
    const struct cvm_rule *rule = cvm_rule_find(opinion->rule);
    struct cvm_finding *finding;

    if (!rule) {
        GError *cause = NULL;

        cvm_error_set(&cause, CVM_ERROR_USAGE,
                      _("there is no rule '%s': 'cvmdom rules' lists them"), opinion->rule);
        give_error(error, cause);
        return -1;
    }
    finding = cvm_findings_add(
        findings_of(findings), rule->id, rule->name, (enum cvm_severity)opinion->severity,
        find_value(domain_of(domain), opinion->value), g_strdup(opinion->message));
    finding->fix = g_strdup(opinion->fix);
    return 0;
}

int
cvmdom_domain_set_id_block(cvmdom_domain *domain, const unsigned char *block,
                           const unsigned char *auth, int has_author, cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_resolve_id_block(domain_of(domain), block, auth, has_author != 0, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

int
cvmdom_domain_drop_id_block(cvmdom_domain *domain)
{
    return cvm_resolve_drop_id_block(domain_of(domain));
}
