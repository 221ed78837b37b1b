/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fleet_pairs HOSTS… -- PROFILES…: every pair through the fleet, and by itself as `render --host`
 * does it: the rules must be the same. Prints how many pairs there are; differences to standard
 * error, and exit status 1. */
#include <stdio.h>
#include <string.h>

#include "fleet/fleet.h"
#include "read/read.h"
#include "resolve/resolve.h"
#include "rules/control.h"

static gint
compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "error CVM701, note CVM515" in order, once each; the caller's to g_free(). */
static char *
join(GPtrArray *words)
{
    GString *text = g_string_new(NULL);

    g_ptr_array_sort(words, compare_words);
    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);

        if (i == 0 || !g_str_equal(word, g_ptr_array_index(words, i - 1))) {
            g_string_append_printf(text, "%s, ", word);
        }
    }
    return g_string_free(text, FALSE);
}

static void
add(GPtrArray *words, enum cvm_severity severity, const char *rule)
{
    g_ptr_array_add(words, g_strdup_printf("%s %s", cvm_severity_name(severity), rule));
}

static char *
judge_alone(const char *profile, const struct cvm_host *host, gboolean *fails)
{
    g_autoptr(GPtrArray) domains = cvm_documents_read(profile, NULL, NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    CVM_AUTO(findings) *findings = cvm_findings_new();
    struct cvm_domain *domain = g_ptr_array_index(domains, 0);

    cvm_resolve(domain, host);
    cvm_check_run(domain, host, NULL, findings);
    *fails = cvm_findings_count(findings, CVM_SEVERE) > 0;
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (!finding->suppression) {
            add(words, finding->severity, finding->rule);
        }
    }
    return join(words);
}

static char *
judge_in_fleet(const struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const struct cvm_fleet_reasons *reasons = cvm_fleet_reasons(fleet, profile, host);
    struct cvm_fleet_amounts amounts = cvm_fleet_judge_amounts(fleet, profile, host);

    for (unsigned i = 0; i < reasons->count; i++) {
        add(words, reasons->items[i].severity, reasons->items[i].rule);
    }
    if (amounts.unchosen) {
        add(words, CVM_WARNING, "CVM108");
    }
    if (amounts.pages) {
        add(words, CVM_SEVERE, "CVM508");
    }
    if (amounts.memory) {
        add(words, CVM_SEVERE, "CVM512");
    }
    if (amounts.asids < CVM_ASIDS_FINE) {
        add(words, amounts.asids < CVM_ASIDS_DOUBTFUL ? CVM_SEVERE : CVM_WARNING, "CVM705");
    }
    return join(words);
}

/* FALSE, and said, where they differ. A state says of errors what rules do, but for what no rule
 * counts: vCPUs, and memory beside the guest's own. */
static gboolean
compare(const struct cvm_fleet *fleet, unsigned profile, unsigned host, const char *path,
        const struct cvm_host *record)
{
    const struct cvm_fleet_cell *cell = cvm_fleet_cell(fleet, profile, host);
    gboolean fails;
    g_autofree char *alone = judge_alone(path, record, &fails);
    g_autofree char *together = judge_in_fleet(fleet, profile, host);
    gboolean runs = cell->state >= CVM_FLEET_WARNED;

    if (!g_str_equal(alone, together) || (fails && runs) ||
        (!fails && cell->state == CVM_FLEET_CANNOT) || runs != (cell->guests > 0)) {
        fprintf(stderr, "%s on %s: alone '%s', in the fleet '%s', state %d, %u guests\n",
                fleet->profiles[profile].name, fleet->hosts[host].name, alone, together,
                cell->state, cell->guests);
        return FALSE;
    }
    return TRUE;
}

int
main(int argc, char **argv)
{
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();
    g_autoptr(GError) error = NULL;
    unsigned differences = 0;
    int hosts = 1;

    while (hosts < argc && !g_str_equal(argv[hosts], "--")) {
        hosts++;
    }
    for (int i = hosts + 1; i < argc; i++) {
        if (cvm_fleet_add_profiles(fleet, argv[i], NULL, &error) < 0) {
            g_error("%s", error->message);
        }
    }
    for (int i = 1; i < hosts; i++) {
        if (cvm_fleet_add_host(fleet, argv[i], NULL, &error) < 0) {
            g_error("%s", error->message);
        }
    }
    cvm_fleet_judge(fleet);
    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        CVM_AUTO(host) *host = cvm_host_read(argv[1 + i], NULL);

        for (unsigned j = 0; j < fleet->n_profiles; j++) {
            differences += !compare(fleet, j, i, argv[hosts + 1 + (int)j], host);
        }
    }
    printf("%u pairs, %u kinds of hosts, %u of profiles, %u differences\n",
           fleet->n_hosts * fleet->n_profiles, fleet->n_host_kinds, fleet->n_profile_kinds,
           differences);
    return differences > 0;
}
