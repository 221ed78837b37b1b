/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules say of a pair, and how many guests of it there is room for. */
#include "fleet/fleet.h"

#include <string.h>

#include "read/read.h"
#include "resolve/resolve.h"
#include "rules/control.h"

/* What runs out, as rules that speak of one guest on a host say it. */
static gboolean
is_of_amounts(const char *rule)
{
    static const char *const rules[] = { "CVM508", "CVM512", "CVM705", NULL };

    return g_strv_contains(rules, rule);
}

static gboolean
is_known(const struct cvm_fleet_reasons *reasons, const struct cvm_finding *finding)
{
    for (unsigned i = 0; i < reasons->count; i++) {
        if (g_str_equal(reasons->items[i].rule, finding->rule) &&
            reasons->items[i].severity == finding->severity) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
add_reasons(struct cvm_arena *arena, const struct cvm_findings *findings,
            enum cvm_severity severity, struct cvm_fleet_reasons *reasons)
{
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (finding->severity == severity && !finding->suppression && !is_known(reasons, finding)) {
            reasons->items[reasons->count++] = (struct cvm_fleet_reason){
                .rule = finding->rule,
                .name = finding->name,
                .severity = severity,
                .message = cvm_arena_strdup(arena, finding->message),
                .fix = finding->fix ? cvm_arena_strdup(arena, finding->fix) : NULL,
            };
        }
    }
}

struct cvm_fleet_reasons
cvm_fleet_run_rules(struct cvm_arena *arena, const struct cvm_domain *profile,
                    const struct cvm_host *host)
{
    CVM_AUTO(domain) *domain = cvm_profile_again(profile);
    CVM_AUTO(findings) *findings = cvm_findings_new();
    struct cvm_fleet_reasons reasons = { 0 };

    cvm_resolve(domain, host);
    cvm_check_run(domain, host, NULL, findings);
    reasons.items = cvm_arena_array(arena, struct cvm_fleet_reason, findings->items->len);
    add_reasons(arena, findings, CVM_SEVERE, &reasons);
    add_reasons(arena, findings, CVM_WARNING, &reasons);
    add_reasons(arena, findings, CVM_NOTE, &reasons);
    return reasons;
}

/* So many more guests a pool holds that each take so much of it. */
static uint32_t
divide(const struct cvm_fleet_pool *pool, uint64_t each)
{
    return (uint32_t)MIN(cvm_fleet_pool_left(pool) / each, CVM_FLEET_NO_LIMIT - 1);
}

/* The pool that says how many guests there is room for on these nodes. */
static void
count_on(const struct cvm_fleet_demand *demand, uint64_t nodes, const struct cvm_fleet_host *host,
         struct cvm_fleet_cell *cell)
{
    enum cvm_fleet_resource asids = cvm_fleet_asids_of(demand, host);

    cell->guests = CVM_FLEET_NO_LIMIT;
    cell->pool = G_MAXUINT16;
    for (unsigned i = 0; i < host->n_pools; i++) {
        const struct cvm_fleet_pool *pool = &host->pools[i];
        uint64_t each = cvm_fleet_demand_of(demand, nodes, asids, pool);
        uint32_t guests;

        if (each == 0) {
            continue;
        }
        cell->assumed |= !pool->known || pool->unsure;
        guests = pool->known ? divide(pool, each) : CVM_FLEET_NO_LIMIT;
        if (guests < cell->guests) {
            cell->guests = guests;
            cell->pool = (uint16_t)i;
        }
    }
}

/* Nothing tells how many of these pages there are, not even that there are none. */
static gboolean
lacks_pages(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host)
{
    for (unsigned i = 0; i < demand->n_claims; i++) {
        const struct cvm_fleet_claim *claim = &demand->claims[i];
        gboolean found = claim->resource != CVM_FLEET_HUGEPAGES;

        for (unsigned j = 0; !found && j < host->n_pools; j++) {
            found =
                host->pools[j].resource == claim->resource && host->pools[j].page == claim->page;
        }
        if (!found) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Of several sets of nodes without a node in common: what each holds, and no more than what they
 * share holds. */
static void
count_guests(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host,
             const struct cvm_fleet_choices *choices, struct cvm_fleet_cell *cell)
{
    struct cvm_fleet_cell one = { 0 }, shared = { 0 };
    uint64_t sum = 0;

    count_on(demand, CVM_FLEET_ALL_NODES, host, &shared);
    if (!demand->chooses) {
        *cell = shared;
        cell->assumed |= demand->uncounted || lacks_pages(demand, host);
        return;
    }
    for (unsigned i = 0; i < choices->count; i++) {
        count_on(demand, choices->nodes[i], host, &one);
        sum += one.guests;
    }
    *cell = sum < shared.guests && choices->count > 0 ? one : shared;
    cell->guests = (uint32_t)MIN(sum, shared.guests);
    cell->assumed = one.assumed || shared.assumed || demand->uncounted || lacks_pages(demand, host);
}

/* ---- the rules on amounts ---- */

static const struct cvm_fleet_profile_kind *
kind_of(const struct cvm_fleet *fleet, unsigned profile)
{
    return &g_array_index(fleet->detail->kinds, struct cvm_fleet_profile_kind,
                          fleet->profiles[profile].kind);
}

/* choices: the first is where resolve/ puts the guest. */
static struct cvm_fleet_amounts
judge_amounts(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host,
              const struct cvm_fleet_rest *rest, const struct cvm_fleet_choices *choices)
{
    struct cvm_fleet_amounts amounts = { .unchosen = choices->count == 0, .asids = CVM_ASIDS_FINE };
    uint64_t chosen = choices->count > 0 ? choices->nodes[0] : CVM_FLEET_ALL_NODES;

    for (unsigned i = 0; i < host->n_pools; i++) {
        const struct cvm_fleet_pool *pool = &host->pools[i];
        gboolean memory = pool->resource == CVM_FLEET_MEMORY;
        struct cvm_fleet_weight weight;

        if (pool->known && (memory || pool->resource == CVM_FLEET_HUGEPAGES)) {
            weight = cvm_fleet_weigh(demand, chosen, rest->nodes, pool);
            if (weight.named && weight.bytes > pool->total - pool->used) {
                amounts.memory |= memory && demand->asid != CVM_FLEET_RESOURCES;
                amounts.pages |= !memory;
            }
        }
    }
    if (demand->asid != CVM_FLEET_RESOURCES) {
        amounts.asids = rest->asids[demand->asid - CVM_FLEET_ASIDS_SEV];
    }
    return amounts;
}

static struct cvm_fleet_amounts
weigh_pair(const struct cvm_fleet *fleet, unsigned profile, unsigned host,
           struct cvm_fleet_cell *cell)
{
    const struct cvm_fleet_detail *detail = fleet->detail;
    const struct cvm_fleet_demand *demand =
        &g_array_index(detail->demands, struct cvm_fleet_demand, profile);
    const struct cvm_fleet_rest *rest = &g_array_index(detail->rests, struct cvm_fleet_rest, host);
    const struct cvm_fleet_host *at = &fleet->hosts[host];
    struct cvm_fleet_choices choices;

    cvm_fleet_list_choices(demand, at, &rest->topology, &choices);
    count_guests(demand, at, &choices, cell);
    return kind_of(fleet, profile)->sight == CVM_FLEET_WHOLE
               ? (struct cvm_fleet_amounts){ .asids = CVM_ASIDS_FINE }
               : judge_amounts(demand, at, rest, &choices);
}

struct cvm_fleet_amounts
cvm_fleet_judge_amounts(const struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    struct cvm_fleet_cell cell = { 0 };

    return weigh_pair(fleet, profile, host, &cell);
}

/* ---- both ---- */

/* What the rules make of a pair of kinds, amounts apart. */
static enum cvm_fleet_state
find_state(const struct cvm_fleet_reasons *reasons)
{
    enum cvm_fleet_state state = CVM_FLEET_RUNS;

    for (unsigned i = 0; i < reasons->count; i++) {
        const struct cvm_fleet_reason *reason = &reasons->items[i];

        state = MIN(state, reason->severity == CVM_NOTE      ? CVM_FLEET_RUNS
                           : reason->severity == CVM_WARNING ? CVM_FLEET_WARNED
                           : is_of_amounts(reason->rule)     ? CVM_FLEET_FULL
                                                             : CVM_FLEET_CANNOT);
    }
    return state;
}

static enum cvm_fleet_state
lower_state(enum cvm_fleet_state state, const struct cvm_fleet_amounts *amounts,
            const struct cvm_fleet_cell *cell)
{
    gboolean full = cell->guests == 0 || amounts->pages || amounts->memory ||
                    amounts->asids < CVM_ASIDS_DOUBTFUL;
    gboolean warned = amounts->unchosen || amounts->asids < CVM_ASIDS_FINE;

    return full ? CVM_FLEET_FULL : warned ? MIN(state, CVM_FLEET_WARNED) : state;
}

static void
judge_pair(struct cvm_fleet *fleet, unsigned profile, unsigned host, enum cvm_fleet_state state)
{
    struct cvm_fleet_cell *cell = (struct cvm_fleet_cell *)cvm_fleet_cell(fleet, profile, host);
    struct cvm_fleet_amounts amounts;

    *cell = (struct cvm_fleet_cell){ .pool = G_MAXUINT16, .state = (uint8_t)state };
    if (state == CVM_FLEET_CANNOT) {
        return;
    }
    amounts = weigh_pair(fleet, profile, host, cell);
    cell->state = (uint8_t)lower_state(state, &amounts, cell);
    if (cell->state < CVM_FLEET_WARNED) {
        cell->guests = 0;
    }
}

static void
judge_row(struct cvm_fleet *fleet, unsigned profile, const unsigned char *states)
{
    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        judge_pair(fleet, profile, i,
                   states[(size_t)fleet->profiles[profile].kind * fleet->n_host_kinds +
                          fleet->hosts[i].kind]);
    }
}

/* Profiles that differ in nothing that counts have the same row. */
static void
make_rows(struct cvm_fleet *fleet)
{
    const unsigned *twins = (const void *)fleet->detail->twins->data;
    unsigned count = 0;

    g_free(fleet->cells);
    g_free(fleet->rows);
    fleet->rows = g_new0(unsigned, fleet->n_profiles + 1);
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        fleet->rows[i] = twins[i] < i ? fleet->rows[twins[i]] : count++;
    }
    fleet->cells = g_new0(struct cvm_fleet_cell, (size_t)count * fleet->n_hosts);
}

/* By profile kind, then host kind; states receives what they amount to. */
static void
lay_out_reasons(struct cvm_fleet *fleet, unsigned char *states)
{
    fleet->reasons = cvm_arena_array(fleet->arena, struct cvm_fleet_reasons,
                                     (size_t)fleet->n_profile_kinds * fleet->n_host_kinds);
    for (unsigned i = 0; i < fleet->n_profile_kinds; i++) {
        for (unsigned j = 0; j < fleet->n_host_kinds; j++) {
            const struct cvm_fleet_reasons *column = g_ptr_array_index(fleet->detail->columns, j);
            size_t at = (size_t)i * fleet->n_host_kinds + j;

            fleet->reasons[at] = column[i];
            states[at] = (unsigned char)find_state(&column[i]);
        }
    }
}

void
cvm_fleet_judge(struct cvm_fleet *fleet)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    g_autofree unsigned char *states = NULL;

    fleet->profiles = (void *)detail->profiles->data;
    fleet->n_profiles = detail->profiles->len;
    fleet->n_profile_kinds = detail->kinds->len;
    fleet->hosts = (void *)detail->hosts->data;
    fleet->n_hosts = detail->hosts->len;
    fleet->n_host_kinds = detail->columns->len;
    states = g_malloc((gsize)fleet->n_profile_kinds * fleet->n_host_kinds + 1);
    lay_out_reasons(fleet, states);
    make_rows(fleet);
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        if (g_array_index(detail->twins, unsigned, i) == i) {
            judge_row(fleet, i, states);
        }
    }
}
