/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From patterns to rules, and the run that keeps to them. */
#include "rules/control.h"

#include <string.h>

#include "util/error.h"
#include "util/i18n.h"
#include "util/quote.h"

/* How exactly a pattern names a rule: 0 not at all, the length of a beginning of ids, EXACT for the
 * rule's own id or name. The more exact of two patterns counts. What is said for single files of a
 * folder is more exact than anything said for all. */
enum {
    EXACT = 100,
    FOR_FILES = 1000,
};

static const char id_prefix[] = "CVM";

static gboolean
is_prefix(const char *pattern)
{
    size_t length = strlen(id_prefix);

    return g_ascii_strncasecmp(pattern, id_prefix, length) == 0 &&
           pattern[length + strspn(pattern + length, "0123456789")] == '\0';
}

static unsigned
match(const char *pattern, const struct cvm_rule *rule)
{
    if (g_ascii_strcasecmp(pattern, rule->id) == 0 ||
        g_ascii_strcasecmp(pattern, rule->name) == 0) {
        return EXACT;
    }
    if (is_prefix(pattern) && g_ascii_strncasecmp(pattern, rule->id, strlen(pattern)) == 0) {
        return (unsigned)strlen(pattern);
    }
    return 0;
}

/* ---- checking ---- */

static gboolean
is_known(const char *pattern)
{
    const struct cvm_rule *rule;

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        if (match(pattern, rule) > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* "--ignore=CVM$BLOCK" where BLOCK is empty would look for nothing, and find it. */
static gboolean
ignores_all(const struct cvm_config_entry *entry)
{
    return entry->verb == CVM_CONFIG_IGNORE && !entry->files &&
           g_ascii_strcasecmp(entry->pattern, id_prefix) == 0;
}

/* "Did you mean", or where to look. The caller's to g_free(). */
static char *
describe_mistake(const struct cvm_config_entry *entry, const char *pattern)
{
    const char *near = is_prefix(pattern) ? NULL : cvm_rule_closest(pattern);

    if (ignores_all(entry)) {
        return g_strdup_printf(_("'%s' is every rule: nothing would be looked for"), pattern);
    }
    return near ? g_strdup_printf(_("there is no rule '%1$s'; did you mean '%2$s'?"), pattern, near)
                : g_strdup_printf(_("there is no rule '%s': 'cvmdom rules' lists them"), pattern);
}

int
cvm_config_check(const struct cvm_config *config, GError **error)
{
    for (guint i = 0; i < config->entries->len; i++) {
        const struct cvm_config_entry *entry =
            &g_array_index(config->entries, struct cvm_config_entry, i);
        g_autofree char *message = NULL;

        if (is_known(entry->pattern) && !ignores_all(entry)) {
            continue;
        }
        message = describe_mistake(entry, cvm_quote(config->arena, entry->pattern));
        return config->name ? cvm_error_set_at(error, CVM_ERROR_SYNTAX, config->name, entry->line,
                                               entry->column, "%s", message)
                            : cvm_error_set(error, CVM_ERROR_USAGE, "%s", message);
    }
    return 0;
}

/* ---- deciding ---- */

/* What one configuration says of one rule. */
struct verdict {
    gboolean selects;                  /* it selects some rules, perhaps not this one */
    unsigned select, ignore, severity; /* how exactly; 0 for not */
    enum cvm_severity to;
};

static struct verdict
judge(const struct cvm_config *config, const char *path, const struct cvm_rule *rule)
{
    struct verdict verdict = { 0 };

    for (guint i = 0; config && i < config->entries->len; i++) {
        const struct cvm_config_entry *entry =
            &g_array_index(config->entries, struct cvm_config_entry, i);
        unsigned exact = match(entry->pattern, rule);

        verdict.selects |= entry->verb == CVM_CONFIG_SELECT;
        if (exact == 0 || !cvm_config_entry_applies(config, entry, path)) {
            continue;
        }
        exact += entry->files ? FOR_FILES : 0;
        if (entry->verb == CVM_CONFIG_SELECT) {
            verdict.select = MAX(verdict.select, exact);
        } else if (entry->verb == CVM_CONFIG_IGNORE) {
            verdict.ignore = MAX(verdict.ignore, exact);
        } else if (exact >= verdict.severity) {
            verdict.severity = exact;
            verdict.to = entry->severity;
        }
    }
    return verdict;
}

static gboolean
runs(const struct verdict *verdict)
{
    return verdict->selects ? verdict->select > verdict->ignore : verdict->ignore == 0;
}

static void
decide(struct cvm_control *control, unsigned i, const struct verdict *words,
       const struct verdict *file)
{
    struct cvm_control_rule *to = &control->rule[i];

    /* Who selects on the command line starts over. */
    to->run = runs(words) && (words->selects || runs(file));
    control->ignored += !words->selects && !runs(file);
    to->has_severity = words->severity > 0 || file->severity > 0;
    to->by_file = words->severity == 0 && file->severity > 0;
    to->severity = to->by_file ? file->to : words->to;
}

struct cvm_control *
cvm_control_new(const struct cvm_config *words, const struct cvm_config *file, const char *path)
{
    struct cvm_control *control = g_new0(struct cvm_control, 1);
    g_autoptr(GPtrArray) rules = cvm_rules_list();

    control->count = rules->len;
    control->rule = g_new0(struct cvm_control_rule, control->count);
    control->severities = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = 0; i < control->count; i++) {
        const struct cvm_rule *rule = g_ptr_array_index(rules, i);
        struct verdict by_words = judge(words, path, rule), by_file = judge(file, path, rule);

        decide(control, i, &by_words, &by_file);
        if (control->rule[i].has_severity) {
            g_hash_table_insert(control->severities, (gpointer)rule->id, &control->rule[i]);
        }
    }
    control->file = file ? g_strdup(file->name) : NULL;
    control->has_fail_on = (words && words->has_fail_on) || (file && file->has_fail_on);
    control->fail_on = words && words->has_fail_on ? words->fail_on
                       : file && file->has_fail_on ? file->fail_on
                                                   : CVM_SEVERE;
    return control;
}

void
cvm_control_free(struct cvm_control *control)
{
    if (control) {
        g_free(control->file);
        g_hash_table_unref(control->severities);
        g_free(control->rule);
        g_free(control);
    }
}

/* ---- running ---- */

/* Those on comments come last: they tell what became of the others' findings. */
static void
run_rules(const struct cvm_domain *domain, const struct cvm_host *host,
          const struct cvm_control *control, gboolean on_comments, struct cvm_findings *found)
{
    unsigned i = 0;

    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        gboolean of_comments = topic->rules == cvm_rules_suppression;
        gboolean concerns = cvm_topic_concerns(topic, domain) && of_comments == on_comments;

        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++, i++) {
            if (concerns && (!control || control->rule[i].run)) {
                cvm_rule_run(rule, domain, host, found);
            }
        }
        if (of_comments && on_comments) {
            return; /* there is one topic of these */
        }
    }
}

static void
set_severities(const struct cvm_control *control, struct cvm_findings *found)
{
    unsigned lowered = 0;

    for (guint i = 0; i < found->items->len; i++) {
        struct cvm_finding *finding = g_ptr_array_index(found->items, i);
        const struct cvm_control_rule *to = g_hash_table_lookup(control->severities, finding->rule);

        if (to) {
            lowered += to->by_file && to->severity < finding->severity;
            finding->severity = to->severity;
        }
    }
    if (control->file) {
        cvm_findings_add_config(found, control->file, control->ignored, lowered);
    }
}

static void
mark_failures(enum cvm_severity from, struct cvm_findings *found)
{
    for (guint i = 0; i < found->items->len; i++) {
        struct cvm_finding *finding = g_ptr_array_index(found->items, i);

        finding->fails = !finding->suppression && finding->severity >= from;
    }
}

void
cvm_check_run(const struct cvm_domain *domain, const struct cvm_host *host,
              const struct cvm_control *control, struct cvm_findings *findings)
{
    struct cvm_findings *found = cvm_findings_new();

    if (domain->from.node) {
        cvm_findings_add_input(found, domain->from.node->source->name);
    }
    run_rules(domain, host, control, FALSE, found);
    if (!control || !control->no_suppressions) {
        cvm_suppressions_apply(domain, host, control, FALSE, found);
        run_rules(domain, host, control, TRUE, found);
    }
    if (control) {
        set_severities(control, found);
    }
    mark_failures(control ? control->fail_on : CVM_SEVERE, found);
    cvm_findings_sort(found);
    cvm_findings_take(findings, found);
}

gboolean
cvm_control_runs(const struct cvm_control *control, const char *id)
{
    const struct cvm_rule *rule;

    for (unsigned i = 0; control && (rule = cvm_rule_at(i)); i++) {
        if (g_str_equal(rule->id, id)) {
            return control->rule[i].run;
        }
    }
    return TRUE;
}

void
cvm_control_finish(const struct cvm_domain *domain, const struct cvm_control *control,
                   enum cvm_severity fails_from, struct cvm_findings *found,
                   struct cvm_findings *findings)
{
    if (domain->from.node) {
        cvm_findings_add_input(found, domain->from.node->source->name);
    }
    if (!control || !control->no_suppressions) {
        cvm_suppressions_apply(domain, NULL, control, TRUE, found);
    }
    if (control) {
        set_severities(control, found);
    }
    mark_failures(control && control->has_fail_on ? control->fail_on : fails_from, found);
    cvm_findings_sort(found);
    cvm_findings_take(findings, found);
}
