/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM109 and CVM110: the comments that ask for findings to be looked past, and how that is done. */
#include "rules/control.h"
#include "util/i18n.h"

/* ---- applying ---- */

static void
resolve(struct cvm_suppressions *all)
{
    if (all->resolved) {
        return;
    }
    for (unsigned i = 0; i < all->count; i++) {
        struct cvm_suppression *one = &all->items[i];

        for (unsigned j = 0; j < one->count; j++) {
            const struct cvm_rule *rule = cvm_rule_find(one->rules[j].name);

            one->rules[j].id = rule ? rule->id : NULL;
        }
    }
    all->resolved = TRUE;
}

static gboolean
is_about_comments(const char *id)
{
    for (const struct cvm_rule *rule = cvm_rules_suppression; rule->id; rule++) {
        if (rule->id == id) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A line of another document of the file is that document's business. */
static gboolean
concerns(const struct cvm_suppression *one, const struct cvm_domain *domain,
         const struct cvm_suppression_link *link)
{
    return one->whole_file || link->base || one->document == domain->document;
}

/* The ids of the rules that run: ids are compared by address, since each is stored once. */
static GHashTable *
collect_run(const struct cvm_domain *domain, const struct cvm_control *control,
            const struct cvm_host *host, gboolean comparison)
{
    GHashTable *ids = g_hash_table_new(NULL, NULL);
    unsigned i = 0;

    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        gboolean spoken_of = cvm_topic_concerns(topic, domain);

        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++, i++) {
            if (spoken_of && (!control || control->rule[i].run) && (host || !rule->needs_host) &&
                comparison == !rule->check) {
                g_hash_table_add(ids, (gpointer)rule->id);
            }
        }
    }
    return ids;
}

/* What a check can say of a comment before it has looked at any finding. */
static void
begin(struct cvm_suppression *one, GHashTable *run)
{
    for (unsigned i = 0; i < one->count; i++) {
        struct cvm_suppressed *rule = &one->rules[i];
        enum cvm_suppression_state state = rule->id && g_hash_table_contains(run, rule->id)
                                               ? CVM_SUPPRESSION_UNUSED
                                               : CVM_SUPPRESSION_NOT_RUN;

        rule->state = one->whole_file ? MAX(rule->state, state) : state;
    }
}

static void
suppress(struct cvm_suppression *one, const char *file, struct cvm_findings *found)
{
    for (guint i = 0; i < found->items->len; i++) {
        struct cvm_finding *finding = g_ptr_array_index(found->items, i);

        if (!(one->whole_file || (finding->line >= one->first && finding->line <= one->last)) ||
            finding->rest || g_strcmp0(finding->file, file) != 0) {
            continue;
        }
        for (unsigned j = 0; j < one->count; j++) {
            if (one->rules[j].id != finding->rule || is_about_comments(finding->rule)) {
                continue;
            }
            one->rules[j].state = CVM_SUPPRESSION_USED;
            if (!finding->suppression) {
                finding->suppression = g_strdup(one->reason);
            }
        }
    }
}

void
cvm_suppressions_apply(const struct cvm_domain *domain, const struct cvm_host *host,
                       const struct cvm_control *control, gboolean comparison,
                       struct cvm_findings *found)
{
    g_autoptr(GHashTable) run =
        domain->suppressions ? collect_run(domain, control, host, comparison) : NULL;

    for (struct cvm_suppression_link *link = domain->suppressions; link; link = link->next) {
        struct cvm_suppressions *all = link->suppressions;

        resolve(all);
        for (unsigned i = 0; i < all->count; i++) {
            struct cvm_suppression *one = &all->items[i];

            if (one->mistake == CVM_SUPPRESSION_FINE && concerns(one, domain, link)) {
                begin(one, run);
                suppress(one, all->source->name, found);
            }
        }
        if (!link->base && domain->document < all->documents) {
            all->checked[domain->document] = TRUE;
        }
    }
}

/* ---- judging ---- */

static gboolean
is_checked(const struct cvm_suppressions *all)
{
    for (unsigned i = 0; i < all->documents; i++) {
        if (!all->checked[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

static struct cvm_from
place_of(const struct cvm_suppression *one)
{
    return (struct cvm_from){ .origin = CVM_GIVEN, .node = one->node };
}

static void
report_unknown(struct cvm_check *check, const struct cvm_suppression *one, const char *name)
{
    struct cvm_from at = place_of(one);
    const char *near = cvm_rule_closest(name);
    struct cvm_finding *finding = cvm_report(
        check, &at, _("There is no rule '%s', and nothing that this comment suppresses of it."),
        name);

    if (near) {
        cvm_fix(finding, _("Did you mean '%s'?"), near);
    } else {
        cvm_fix(finding, _("Name a rule by its id: 'cvmdom rules' lists them."));
    }
}

static void
report_self(struct cvm_check *check, const struct cvm_suppression *one, const char *name)
{
    struct cvm_from at = place_of(one);

    cvm_fix(cvm_report(check, &at,
                       _("Rule '%s' is about such comments: none of them can suppress it."), name),
            _("Mend the comment that it finds; --ignore and .cvmdom.yaml can switch the rule "
              "off."));
}

static void
report_unused(struct cvm_check *check, const struct cvm_suppression *one, const char *name)
{
    struct cvm_from at = place_of(one);

    cvm_fix(cvm_report(check, &at,
                       _("Rule '%s' finds nothing where this comment reaches: left here, it would "
                         "hide the next mistake of that kind."),
                       name),
            one->count > 1 ? _("Remove '%s' from the comment.")
                           : _("Remove the comment: no finding of '%s' needs it."),
            name);
}

static void
report_mistake(struct cvm_check *check, const struct cvm_suppression *one)
{
    struct cvm_from at = place_of(one);

    switch (one->mistake) {
    case CVM_SUPPRESSION_MALFORMED:
        cvm_fix(cvm_report(check, &at, _("'%s' does not read as a suppression, and is none."),
                           one->node->text),
                _("Write 'cvmdom: ignore=CVM210: why', or 'ignore-file' at the head of the file."));
        break;
    case CVM_SUPPRESSION_MISPLACED:
        cvm_fix(cvm_report(check, &at,
                           _("'ignore-file' stands below the head of the file, and suppresses "
                             "nothing there.")),
                _("Move it above the first key or the root element, or write 'ignore' for what "
                  "follows."));
        break;
    case CVM_SUPPRESSION_TOO_MANY:
        cvm_fix(cvm_report(check, &at,
                           _("The file has very many suppressions: this one and those below "
                             "suppress nothing.")),
                _("Say it once for the whole file, with 'ignore-file' at its head."));
        break;
    default:
        break;
    }
}

static void
report_rules(struct cvm_check *check, const struct cvm_suppression *one, gboolean here,
             gboolean complete)
{
    for (unsigned i = 0; i < one->count; i++) {
        const struct cvm_suppressed *rule = &one->rules[i];

        if (here && !rule->id) {
            report_unknown(check, one, rule->name);
        } else if (here && is_about_comments(rule->id)) {
            report_self(check, one, rule->name);
        } else if (complete && rule->state == CVM_SUPPRESSION_UNUSED) {
            report_unused(check, one, rule->name);
        }
    }
}

/* A comment is judged with the document that it stands in; what is for the whole file is known to
 * be unused when all its documents have been checked; what a base's comments are for is known to
 * nobody here, since others may extend it too. */
static void
check_unused(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;

    for (const struct cvm_suppression_link *link = domain->suppressions; link; link = link->next) {
        const struct cvm_suppressions *all = link->suppressions;
        gboolean whole = is_checked(all);

        for (unsigned i = 0; i < all->count; i++) {
            const struct cvm_suppression *one = &all->items[i];
            gboolean here = link->base || one->document == domain->document;

            if (one->mistake != CVM_SUPPRESSION_FINE && here) {
                report_mistake(check, one);
            } else if (one->mistake == CVM_SUPPRESSION_FINE && all->resolved) {
                report_rules(check, one, here, !link->base && (one->whole_file ? whole : here));
            }
        }
    }
}

static void
check_reason(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;

    for (const struct cvm_suppression_link *link = domain->suppressions; link; link = link->next) {
        const struct cvm_suppressions *all = link->suppressions;

        for (unsigned i = 0; i < all->count; i++) {
            const struct cvm_suppression *one = &all->items[i];
            struct cvm_from at = place_of(one);

            if (one->mistake == CVM_SUPPRESSION_NO_REASON &&
                (link->base || one->document == domain->document)) {
                cvm_fix(cvm_report(check, &at,
                                   _("This suppression gives no reason, and suppresses nothing.")),
                        _("Write why after a colon: 'cvmdom: %1$s=%2$s: the reason'."),
                        one->whole_file ? "ignore-file" : "ignore", one->rules[0].name);
            }
        }
    }
}

const struct cvm_rule cvm_rules_suppression[] = {
    { "CVM109", "unused-suppression", CVM_WARNING, 0, FALSE,
      N_("A comment asks to look past something that is not found there, or does not say what."),
      check_unused },
    { "CVM110", "suppression-without-reason", CVM_SEVERE, 0, FALSE,
      N_("A comment asks to look past something, and does not say why."), check_reason },
    { 0 },
};
