/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Read, ask the rules, repair, and again, until there is nothing to do. */
#include "harden/harden.h"

#include <string.h>

#include "harden/repair.h"
#include "read/read.h"
#include "rules/control.h"
#include "util/error.h"
#include "util/i18n.h"

/* A repair may uncover the next finding: i440fx -> q35 -> no IDE -> … Each round settles at least
 * one of them. */
enum { MOST_ROUNDS = 64 };

static void
free_change(gpointer data)
{
    struct cvm_change *change = data;

    g_free(change->why);
    g_free(change->done);
    g_free(change);
}

void
cvm_hardening_free(struct cvm_hardening *hardening)
{
    if (!hardening) {
        return;
    }
    cvm_revision_free(hardening->revision);
    g_ptr_array_unref(hardening->changes);
    g_ptr_array_unref(hardening->reasons);
    cvm_findings_free(hardening->left);
    g_free(hardening->name);
    g_free(hardening->encoding);
    g_free(hardening->data);
    g_free(hardening);
}

static struct cvm_hardening *
new_hardening(const char *name, const char *data, size_t size)
{
    struct cvm_hardening *hardening = g_new0(struct cvm_hardening, 1);

    hardening->name = g_strdup(name);
    hardening->revision = cvm_revision_new(data, size);
    hardening->changes = g_ptr_array_new_with_free_func(free_change);
    hardening->reasons = g_ptr_array_new_with_free_func(g_free);
    hardening->left = cvm_findings_new();
    return hardening;
}

/* The text in the encoding of the file. */
static int
encode(struct cvm_hardening *hardening, const struct cvm_source *source, GError **error)
{
    char *data;
    size_t size;

    if (cvm_xml_encode(source, hardening->revision->text->str, hardening->revision->text->len,
                       &data, &size, error) < 0) {
        return -1;
    }
    g_free(hardening->data);
    hardening->data = data;
    hardening->size = size;
    if (!hardening->encoding) {
        hardening->encoding = g_strdup(source->encoding);
    }
    return 0;
}

/* One document once. */
struct round {
    struct cvm_hardening *hardening;
    enum cvm_guest type;
    const struct cvm_host *host;
    const struct cvm_control *control;
    struct cvm_edits *edits;
    GPtrArray *changes; /* what was done in this round */
};

static void
keep_change(struct round *round, const struct cvm_repair *repair)
{
    const struct cvm_finding *finding = repair->finding;
    struct cvm_change *change = g_new0(struct cvm_change, 1);

    change->line = cvm_revision_line(round->hardening->revision, repair->node->start);
    change->done = g_strdup(repair->done->str);
    if (finding) {
        change->rule = finding->rule;
        change->name = finding->name;
        change->severity = finding->severity;
        change->why = g_strdup(finding->message);
    } else {
        change->why =
            g_strdup_printf(_("The guest is to be a %s one."), cvm_guest_info(repair->type)->title);
    }
    g_ptr_array_add(round->changes, change);
}

/* Runs one repair. Where its edits touch those of another one it waits for the next round. The
 * reason why nothing was done is returned, the caller's; NULL when something was. */
static char *
run_repair(struct round *round, struct cvm_repair *repair, cvm_repair_fn function)
{
    guint mark = round->edits->items->len;

    repair->edits = round->edits;
    repair->done = g_string_new(NULL);
    function(repair);
    if (repair->reason) {
        g_array_set_size(round->edits->items, mark);
    } else if (cvm_edits_settle(round->edits, mark) && round->edits->items->len > mark) {
        keep_change(round, repair);
    }
    g_string_free(repair->done, TRUE);
    return repair->reason;
}

static gboolean
is_repaired(const struct round *round, const struct cvm_repair_row *row,
            const struct cvm_finding *finding)
{
    if (finding->suppression) {
        return FALSE;
    }
    return finding->severity > CVM_NOTE || (row && row->of_any_severity && round->type);
}

static char *
repair_finding(struct round *round, const struct cvm_domain *domain,
               const struct cvm_finding *finding)
{
    const struct cvm_repair_row *row = cvm_repair_find(finding->rule);
    struct cvm_repair repair = {
        .domain = domain,
        .root = domain->root,
        .host = round->host,
        .guest = cvm_domain_guest(domain),
        .type = round->type,
        .finding = finding,
        .node = cvm_node_find_start(domain->root, finding->offset),
    };
    guint before = round->edits->items->len;
    char *reason = NULL;

    if (!is_repaired(round, row, finding)) {
        return NULL;
    }
    if (!repair.node) {
        repair.node = domain->root;
    }
    if (row && row->repair) {
        reason = run_repair(round, &repair, row->repair);
    }
    if (!reason && round->edits->items->len == before) {
        reason =
            g_strdup(row && row->undecided ? _(row->undecided) : _("No repair for it is known."));
    }
    return reason;
}

/* Before any rule is asked: the rules judge by the type. TRUE when there was something to do. */
static gboolean
convert(struct round *round, const struct cvm_domain *domain, char **reason)
{
    struct cvm_repair repair = {
        .domain = domain,
        .root = domain->root,
        .host = round->host,
        .guest = cvm_domain_guest(domain),
        .type = round->type,
        .node = domain->root,
    };

    if (!round->type || repair.guest == round->type) {
        return FALSE;
    }
    *reason = run_repair(round, &repair, cvm_repair_convert);
    return !*reason;
}

static int
repair_domain(struct round *round, const struct cvm_domain *domain, GError **error)
{
    CVM_AUTO(findings) *findings = NULL;
    g_autofree char *obstacle = NULL;

    if (convert(round, domain, &obstacle)) {
        return 0;
    }
    if (obstacle) {
        return cvm_error_set(error, CVM_ERROR_UNSUPPORTED, "%s: %s", round->hardening->name,
                             obstacle);
    }
    findings = cvm_findings_new();
    cvm_findings_add_input(findings, round->hardening->name);
    cvm_check_run(domain, round->host, round->control, findings);
    cvm_findings_sort(findings);
    for (guint i = 0; i < findings->items->len; i++) {
        g_ptr_array_add(round->hardening->reasons,
                        repair_finding(round, domain, g_ptr_array_index(findings->items, i)));
    }
    cvm_findings_take(round->hardening->left, g_steal_pointer(&findings));
    return 0;
}

/* 1 when the text changed, 0 when there is nothing more to do, -1 on failure. */
static int
run_round(struct round round, GError **error)
{
    struct cvm_hardening *hardening = round.hardening;
    g_autoptr(GPtrArray) domains =
        cvm_domain_xml_parse_all(hardening->name, hardening->data, hardening->size, error);
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(free_change);
    const struct cvm_domain *first;
    CVM_AUTO(edits) *edits = NULL;

    if (!domains) {
        return -1;
    }
    g_ptr_array_set_size(hardening->reasons, 0);
    cvm_findings_free(hardening->left);
    hardening->left = cvm_findings_new();
    first = g_ptr_array_index(domains, 0);
    round.edits = edits = cvm_edits_new(first->root->source);
    round.changes = changes;
    for (guint i = 0; i < domains->len; i++) {
        if (repair_domain(&round, g_ptr_array_index(domains, i), error) < 0) {
            return -1;
        }
    }
    if (edits->items->len == 0) {
        return 0;
    }
    cvm_revision_apply(hardening->revision, edits);
    g_ptr_array_extend_and_steal(hardening->changes, g_steal_pointer(&changes));
    return encode(hardening, first->root->source, error) < 0 ? -1 : 1;
}

static struct cvm_hardening *
start(const char *name, const char *data, size_t size, GError **error)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    CVM_AUTO(hardening) *hardening = NULL;
    const struct cvm_source *source;

    if (!cvm_xml_is_likely(data, size)) {
        cvm_error_set(error, CVM_ERROR_UNSUPPORTED,
                      _("'%s' is no XML; a profile is hardened by its defaults: render it"), name);
        return NULL;
    }
    source = cvm_xml_decode(arena, name, data, size, error);
    if (!source) {
        return NULL;
    }
    hardening = new_hardening(name, source->data, source->size);
    if (encode(hardening, source, error) < 0) {
        return NULL;
    }
    if (hardening->size != size || memcmp(hardening->data, data, size) != 0) {
        cvm_error_set(error, CVM_ERROR_UNSUPPORTED,
                      _("'%1$s' is written in '%2$s' in a way that could not be kept: save it in "
                        "UTF-8"),
                      name, source->encoding);
        return NULL;
    }
    return g_steal_pointer(&hardening);
}

struct cvm_hardening *
cvm_harden(const char *name, const char *data, size_t size, enum cvm_guest type,
           const struct cvm_host *host, const struct cvm_control *control, GError **error)
{
    CVM_AUTO(hardening) *hardening = start(name, data, size, error);
    int changed = hardening ? 1 : -1;

    for (unsigned i = 0; changed == 1; i++) {
        if (i == MOST_ROUNDS) {
            cvm_error_set(error, CVM_ERROR_UNSUPPORTED,
                          _("'%s': one repair undoes what another one does; this is a mistake of "
                            "cvmdom"),
                          name);
            return NULL;
        }
        changed = run_round(
            (struct round){
                .hardening = hardening, .type = type, .host = host, .control = control },
            error);
    }
    return changed < 0 ? NULL : g_steal_pointer(&hardening);
}

/* Whether text in an encoding can be cut and compared as patch does it. */
static gboolean
has_plain_lines(const char *encoding)
{
    gsize size = 0;
    g_autofree char *bytes = g_convert("+\n", 2, encoding, "UTF-8", NULL, &size, NULL);

    return bytes && size == 2 && memcmp(bytes, "+\n", 2) == 0;
}

char *
cvm_hardening_diff(const struct cvm_hardening *hardening, size_t *size)
{
    char *diff = cvm_revision_diff(hardening->revision, hardening->name, size), *bytes = NULL;

    if (hardening->encoding && has_plain_lines(hardening->encoding)) {
        bytes = g_convert(diff, (gssize)*size, hardening->encoding, "UTF-8", NULL, size, NULL);
    }
    if (bytes) {
        g_free(diff);
    }
    return bytes ? bytes : diff;
}
