/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The catalogue of rules, and what runs them. */
#include <string.h>

#include "rules/rule.h"
#include "util/closest.h"
#include "util/i18n.h"

const struct cvm_topic cvm_topics[] = {
    { 1, cvm_rules_profile, NULL },                /* 101 to 107 */
    { 1, cvm_rules_effect, NULL },                 /* 108 */
    { 1, cvm_rules_suppression, NULL },            /* 109 to 110 */
    { 1, cvm_rules_names, NULL },                  /* 111 to 113 */
    { 2, cvm_rules_policy, NULL },                 /* 201 to 210 */
    { 2, cvm_rules_launch, NULL },                 /* 211 to 222 */
    { 4, cvm_rules_firmware, NULL },               /* 401 to 407 */
    { 4, cvm_rules_boot, NULL },                   /* 408 to 415 */
    { 5, cvm_rules_memory, NULL },                 /* 501 to 515 */
    { 6, cvm_rules_virtio, NULL },                 /* 601 to 606 */
    { 6, cvm_rules_devices, NULL },                /* 607 to 617 */
    { 7, cvm_rules_host, NULL },                   /* 701 to 711 */
    { 8, cvm_rules_measure, NULL },                /* 801 to 816 */
    { 8, cvm_rules_kubevirt, "kubevirt" },         /* 820 to 838 */
    { 8, cvm_rules_volumes, NULL },                /* 839 */
    { 8, cvm_rules_virt_install, "virt-install" }, /* 840 to 844 */
    { 8, cvm_rules_qemu, "qemu" },                 /* 850 to 854 */
    { 8, cvm_rules_qemu_devices, "qemu" },         /* 855 to 859 */
    { 9, cvm_rules_drift, NULL },                  /* 901 to 903 */
    { 0, NULL, NULL },
};

const struct cvm_rule *
cvm_rule_at(unsigned i)
{
    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++) {
            if (i-- == 0) {
                return rule;
            }
        }
    }
    return NULL;
}

GPtrArray *
cvm_rules_list(void)
{
    GPtrArray *rules = g_ptr_array_new();

    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++) {
            g_ptr_array_add(rules, (gpointer)rule);
        }
    }
    return rules;
}

gboolean
cvm_topic_concerns(const struct cvm_topic *topic, const struct cvm_domain *domain)
{
    return !topic->target || g_strcmp0(topic->target, domain->target) == 0;
}

const struct cvm_rule *
cvm_rule_find(const char *id_or_name)
{
    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++) {
            if (g_ascii_strcasecmp(rule->id, id_or_name) == 0 ||
                g_ascii_strcasecmp(rule->name, id_or_name) == 0) {
                return rule;
            }
        }
    }
    return NULL;
}

const char *
cvm_rule_closest(const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const struct cvm_rule *rule;

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        g_ptr_array_add(names, (gpointer)rule->id);
        g_ptr_array_add(names, (gpointer)rule->name);
    }
    g_ptr_array_add(names, NULL);
    return cvm_closest(word, (const char *const *)names->pdata);
}

const char *
cvm_rule_page(const char *id_or_name)
{
    const struct cvm_rule *rule = cvm_rule_find(id_or_name);

    for (const struct cvm_page *page = cvm_pages; rule && page->id; page++) {
        if (g_str_equal(page->id, rule->id)) {
            return page->text;
        }
    }
    return NULL;
}

void
cvm_report_rest(struct cvm_check *check, enum cvm_severity severity, const char *message)
{
    cvm_findings_add(check->findings, check->rule->id, check->rule->name, severity,
                     check->domain->from.node, g_strdup(message))
        ->rest = TRUE;
}

static void
report_unlisted(struct cvm_check *check)
{
    unsigned count = check->count - CVM_RULE_FINDINGS;
    g_autofree char *message = g_strdup_printf(
        ngettext_("%u more finding of this rule in the document is not listed.",
                  "%u more findings of this rule in the document are not listed.", count),
        count);

    cvm_report_rest(check, check->worst, message);
}

void
cvm_rule_run(const struct cvm_rule *rule, const struct cvm_domain *domain,
             const struct cvm_host *host, struct cvm_findings *findings)
{
    const enum cvm_guest guest = cvm_domain_guest(domain);
    struct cvm_check check;

    if (!rule->check || (rule->guests && !(rule->guests & guest))) {
        return;
    }
    if (rule->needs_host && !host) {
        cvm_findings_add_not_run(findings, rule->id);
        return;
    }
    check = (struct cvm_check){
        .domain = domain,
        .host = host,
        .guest = guest,
        .rule = rule,
        .findings = findings,
    };
    rule->check(&check);
    if (check.count > CVM_RULE_FINDINGS) {
        report_unlisted(&check);
    }
}

static struct cvm_finding *
report(struct cvm_check *check, enum cvm_severity severity, const struct cvm_from *at,
       const char *format, va_list arguments) G_GNUC_PRINTF(4, 0);

static struct cvm_finding *
report(struct cvm_check *check, enum cvm_severity severity, const struct cvm_from *at,
       const char *format, va_list arguments)
{
    const struct cvm_node *node = at && at->node ? at->node : check->domain->from.node;

    if (++check->count > CVM_RULE_FINDINGS) {
        check->worst = MAX(check->worst, severity);
        return NULL;
    }
    return cvm_findings_add(check->findings, check->rule->id, check->rule->name, severity, node,
                            g_strdup_vprintf(format, arguments));
}

struct cvm_finding *
cvm_report(struct cvm_check *check, const struct cvm_from *at, const char *format, ...)
{
    struct cvm_finding *finding;
    va_list arguments;

    va_start(arguments, format);
    finding = report(check, check->rule->severity, at, format, arguments);
    va_end(arguments);
    return finding;
}

struct cvm_finding *
cvm_report_as(struct cvm_check *check, enum cvm_severity severity, const struct cvm_from *at,
              const char *format, ...)
{
    struct cvm_finding *finding;
    va_list arguments;

    va_start(arguments, format);
    finding = report(check, severity, at, format, arguments);
    va_end(arguments);
    return finding;
}

struct cvm_finding *
cvm_report_problem(struct cvm_check *check, const struct cvm_problem *problem)
{
    struct cvm_node key = problem->node ? *problem->node : (struct cvm_node){ 0 };
    const struct cvm_from at = { .node = problem->at_key && key.name_line ? &key : problem->node };
    struct cvm_finding *finding;

    key.line = key.name_line;
    key.column = key.name_column;
    finding = cvm_report(check, &at, "%s", problem->message);
    if (problem->fix) {
        cvm_fix(finding, "%s", problem->fix);
    }
    return finding;
}

void
cvm_fix(struct cvm_finding *finding, const char *format, ...)
{
    va_list arguments;

    if (!finding) {
        return;
    }
    va_start(arguments, format);
    g_free(finding->fix);
    finding->fix = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}
