/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison as findings, and as lines. */
#include "compare/compare.h"
#include "rules/rule.h"
#include "util/i18n.h"

enum { MISSING, EXTRA, CHANGED, KINDS };

/* Of cvm_rules_drift, in its order. */
static const char *const ids[KINDS] = { "CVM901", "CVM902", "CVM903" };

/* By which of libvirt's descriptions it is. 1 is the path, 2 the domain, 3 what it has (lacks), 4
 * what it should have. */
static const char *const sentences[][KINDS] = {
    [CVM_DEFINITION] = {
        N_("%1$s: the definition of '%2$s' lacks '%3$s'."),
        N_("%1$s: the definition of '%2$s' has '%3$s', which is not asked for."),
        N_("%1$s: the definition of '%2$s' has '%3$s' instead of '%4$s'."),
    },
    [CVM_RUNNING] = {
        N_("%1$s: '%2$s' runs without '%3$s'."),
        N_("%1$s: '%2$s' runs with '%3$s', which is not asked for."),
        N_("%1$s: '%2$s' runs with '%3$s' instead of '%4$s'."),
    },
    [CVM_DEFINITION | CVM_RUNNING] = {
        N_("%1$s: '%2$s' lacks '%3$s', as it is defined and as it runs."),
        N_("%1$s: '%2$s' has '%3$s', which is not asked for, as it is defined and as it runs."),
        N_("%1$s: '%2$s' has '%3$s' instead of '%4$s', as it is defined and as it runs."),
    },
};

/* What to do then. */
static const char *const remedies[] = {
    [CVM_DEFINITION] = N_("Define it anew with 'cvmdom define --replace', or change what is "
                          "asked for."),
    [CVM_RUNNING] = N_("Shut the guest down and start it again: it then runs as it is defined."),
    [CVM_DEFINITION | CVM_RUNNING] =
        N_("Shut the guest down and define it anew with 'cvmdom define --replace', or change what "
           "is asked for."),
};

static gboolean
is_absence(const struct cvm_difference *difference)
{
    return g_str_equal(difference->path, "/domain");
}

static int
kind_of(const struct cvm_difference *difference)
{
    return !difference->found ? MISSING : !difference->wanted ? EXTRA : CHANGED;
}

static char *
describe(const struct cvm_comparison *comparison, const struct cvm_difference *difference)
{
    int kind = kind_of(difference);
    const char *first = difference->found ? difference->found : difference->wanted;

    if (is_absence(difference)) {
        return g_strdup_printf(_("The domain is not defined: there is no '%s'."), comparison->name);
    }
    return g_strdup_printf(_(sentences[difference->where][kind]), difference->path,
                           comparison->name, first, difference->wanted);
}

static void
add_finding(const struct cvm_comparison *comparison, const struct cvm_difference *difference,
            struct cvm_findings *found)
{
    const struct cvm_rule *rule = cvm_rule_find(ids[kind_of(difference)]);
    struct cvm_finding *finding =
        cvm_findings_add(found, rule->id, rule->name, difference->severity, difference->node,
                         describe(comparison, difference));

    g_free(finding->path);
    finding->path = g_strdup(difference->path);
    finding->fix = g_strdup(is_absence(difference) ? _("Define it with 'cvmdom define'.")
                                                   : _(remedies[difference->where]));
}

static void
add_rest(const struct cvm_comparison *comparison, struct cvm_findings *found)
{
    const struct cvm_rule *rule = cvm_rule_find(ids[CHANGED]);
    struct cvm_finding *finding =
        cvm_findings_add(found, rule->id, rule->name, CVM_SEVERE, comparison->domain->from.node,
                         g_strdup(_("There are more differences, which are not listed.")));

    finding->rest = TRUE;
}

void
cvm_comparison_report(const struct cvm_comparison *comparison, const struct cvm_control *control,
                      struct cvm_findings *findings)
{
    struct cvm_findings *found = cvm_findings_new();

    for (guint i = 0; i < comparison->differences->len; i++) {
        const struct cvm_difference *difference =
            &g_array_index(comparison->differences, struct cvm_difference, i);

        if (cvm_control_runs(control, ids[kind_of(difference)])) {
            add_finding(comparison, difference, found);
        }
    }
    if (comparison->more) {
        add_rest(comparison, found);
    }
    cvm_control_finish(comparison->domain, control, CVM_WARNING, found, findings);
}

char *
cvm_comparison_diff(const struct cvm_comparison *comparison)
{
    GString *lines = g_string_new(NULL);

    for (guint i = 0; i < comparison->differences->len; i++) {
        const struct cvm_difference *difference =
            &g_array_index(comparison->differences, struct cvm_difference, i);

        if (difference->found) {
            g_string_append_printf(lines, "- %s: %s\n", difference->path, difference->found);
        }
        if (difference->wanted) {
            g_string_append_printf(lines, "+ %s: %s\n", difference->path, difference->wanted);
        }
    }
    if (comparison->more) {
        g_string_append_printf(lines, "%s\n",
                               _("There are more differences, which are not listed."));
    }
    return g_string_free(lines, FALSE);
}
