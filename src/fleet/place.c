/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet as numbers, and an answer as shares of hosts. */
#include "fleet/place.h"

#include <string.h>

/* ---- numbers ---- */

unsigned
cvm_placement_cost(const struct cvm_fleet_host *host)
{
    uint64_t fewest = G_MAXUINT64;
    gboolean any = FALSE;

    for (unsigned i = 0; i < host->n_pools; i++) {
        const struct cvm_fleet_pool *pool = &host->pools[i];
        uint64_t left = pool->total - MIN(pool->total, pool->used);

        if (pool->resource <= CVM_FLEET_ASIDS_SNP && pool->total > 0) {
            any = TRUE;
            fewest = left > 0 ? MIN(fewest, left) : fewest;
        }
    }
    if (!any) {
        return 0;
    }
    return 1 + (fewest == G_MAXUINT64 ? 0 : (unsigned)((100 + fewest - 1) / fewest));
}

static unsigned
find_kind(struct cvm_placement *placement, const struct cvm_fleet_pool *pool)
{
    GArray *kinds = placement->kind_names;
    const struct cvm_place_kind kind = { pool->resource, pool->page };

    for (unsigned i = 0; i < kinds->len; i++) {
        const struct cvm_place_kind *known = &g_array_index(kinds, struct cvm_place_kind, i);

        if (known->resource == kind.resource && known->page == kind.page) {
            return i;
        }
    }
    g_array_append_val(kinds, kind);
    return kinds->len - 1;
}

static void
add_pools(struct cvm_placement *placement, const struct cvm_fleet *fleet)
{
    for (unsigned h = 0; h < fleet->n_hosts; h++) {
        const struct cvm_fleet_host *host = &fleet->hosts[h];

        placement->first_pool[h] = placement->pools->len;
        for (unsigned i = 0; i < host->n_pools; i++) {
            const struct cvm_fleet_pool *pool = &host->pools[i];
            uint64_t left = pool->total - MIN(pool->total, pool->used);
            unsigned kind = find_kind(placement, pool);

            g_array_append_val(placement->pools, left);
            g_array_append_val(placement->kinds, kind);
        }
    }
}

/* TRUE: the host has room for one guest. */
static gboolean
has_room(const struct cvm_placement *placement, const struct cvm_fleet_need *needs, unsigned count,
         unsigned first_pool)
{
    for (unsigned k = 0; k < count; k++) {
        if (needs[k].amount >
            g_array_index(placement->pools, uint64_t, first_pool + needs[k].pool)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The ways to place a guest on a host. One that is full has ways, too, since that it is full is a
 * reason; but none for which its numbers have room, and a rule called it full. */
static void
add_options(struct cvm_placement *placement, const struct cvm_fleet *fleet, unsigned item,
            unsigned h)
{
    unsigned profile = g_array_index(placement->profiles, unsigned, item);
    const struct cvm_fleet_demand *demand =
        &g_array_index(fleet->detail->demands, struct cvm_fleet_demand, profile);
    gboolean full = cvm_fleet_cell(fleet, profile, h)->state == CVM_FLEET_FULL;

    g_array_set_size(placement->ways, 0);
    g_array_set_size(placement->way_needs, 0);
    cvm_fleet_list_options(fleet, profile, h, placement->ways, placement->way_needs);
    for (unsigned i = 0; i < placement->ways->len; i++) {
        const struct cvm_fleet_option *way =
            &g_array_index(placement->ways, struct cvm_fleet_option, i);
        const struct cvm_fleet_need *needs =
            &((const struct cvm_fleet_need *)(void *)placement->way_needs->data)[way->first];
        const struct cvmdom_place_option option = {
            .item = item,
            .cost = demand->asid == CVM_FLEET_RESOURCES ? cvm_placement_cost(&fleet->hosts[h]) : 0,
            .first = placement->needs->len,
            .count = way->count,
        };

        if (full && has_room(placement, needs, way->count, placement->first_pool[h])) {
            continue;
        }
        for (unsigned k = 0; k < way->count; k++) {
            const struct cvmdom_place_need need = {
                .pool = placement->first_pool[h] + needs[k].pool,
                .amount = needs[k].amount,
            };

            g_array_append_val(placement->needs, need);
        }
        g_array_append_val(placement->options, option);
        g_array_append_val(placement->hosts, h);
    }
}

void
cvm_placement_init(struct cvm_placement *placement, const struct cvm_fleet *fleet)
{
    *placement = (struct cvm_placement){
        .wanted = g_array_new(FALSE, FALSE, sizeof(unsigned)),
        .pools = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
        .kinds = g_array_new(FALSE, FALSE, sizeof(unsigned)),
        .options = g_array_new(FALSE, FALSE, sizeof(struct cvmdom_place_option)),
        .needs = g_array_new(FALSE, FALSE, sizeof(struct cvmdom_place_need)),
        .profiles = g_array_new(FALSE, FALSE, sizeof(unsigned)),
        .hosts = g_array_new(FALSE, FALSE, sizeof(unsigned)),
        .kind_names = g_array_new(FALSE, FALSE, sizeof(struct cvm_place_kind)),
        .ways = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_option)),
        .way_needs = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_need)),
        .first_pool = g_new(unsigned, fleet->n_hosts + 1),
    };
    add_pools(placement, fleet);
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        if (fleet->profiles[i].wanted > 0) {
            g_array_append_val(placement->wanted, fleet->profiles[i].wanted);
            g_array_append_val(placement->profiles, i);
            for (unsigned h = 0; h < fleet->n_hosts; h++) {
                add_options(placement, fleet, placement->wanted->len - 1, h);
            }
        }
    }
    placement->problem = (struct cvmdom_place_problem){
        .wanted = (void *)placement->wanted->data,
        .n_items = placement->wanted->len,
        .pools = (void *)placement->pools->data,
        .kinds = (void *)placement->kinds->data,
        .n_pools = placement->pools->len,
        .n_kinds = placement->kind_names->len,
        .options = (void *)placement->options->data,
        .n_options = placement->options->len,
        .needs = (void *)placement->needs->data,
        .n_needs = placement->needs->len,
    };
}

void
cvm_placement_clear(struct cvm_placement *placement)
{
    g_array_unref(placement->wanted);
    g_array_unref(placement->pools);
    g_array_unref(placement->kinds);
    g_array_unref(placement->options);
    g_array_unref(placement->needs);
    g_array_unref(placement->profiles);
    g_array_unref(placement->hosts);
    g_array_unref(placement->kind_names);
    g_array_unref(placement->ways);
    g_array_unref(placement->way_needs);
    g_free(placement->first_pool);
}

/* ---- and back ---- */

static void
forget_placement(struct cvm_fleet *fleet)
{
    fleet->answer = CVM_FLEET_NOT_ASKED;
    fleet->n_shares = 0;
    fleet->smallest = FALSE;
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        fleet->profiles[i].placed = 0;
    }
    for (unsigned h = 0; h < fleet->n_hosts; h++) {
        for (unsigned i = 0; i < fleet->hosts[h].n_pools; i++) {
            fleet->hosts[h].pools[i].planned = 0;
        }
    }
    cvm_fleet_forget_obstacles(fleet);
}

static int
compare_shares(const void *a, const void *b)
{
    const struct cvm_fleet_share *left = a, *right = b;

    if (left->host != right->host) {
        return left->host < right->host ? -1 : 1;
    }
    return left->profile < right->profile ? -1 : left->profile > right->profile;
}

static void
take_guests(struct cvm_fleet *fleet, const struct cvm_placement *placement, const unsigned *guests)
{
    const struct cvmdom_place_problem *problem = &placement->problem;
    g_autoptr(GArray) shares = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_share));

    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];
        unsigned h = g_array_index(placement->hosts, unsigned, i);
        const struct cvm_fleet_share share = {
            .profile = g_array_index(placement->profiles, unsigned, option->item),
            .host = h,
            .guests = guests[i],
        };

        if (!guests[i]) {
            continue;
        }
        g_array_append_val(shares, share);
        fleet->profiles[share.profile].placed += guests[i];
        for (unsigned k = option->first; k < option->first + option->count; k++) {
            const struct cvmdom_place_need *need = &problem->needs[k];

            fleet->hosts[h].pools[need->pool - placement->first_pool[h]].planned +=
                need->amount * guests[i];
        }
    }
    g_array_sort(shares, compare_shares);
    fleet->n_shares = 0;
    fleet->shares = cvm_arena_array(fleet->arena, struct cvm_fleet_share, shares->len);
    for (guint i = 0; i < shares->len; i++) {
        const struct cvm_fleet_share *share = &g_array_index(shares, struct cvm_fleet_share, i);

        /* Guests may be on several nodes of a host. */
        if (i > 0 && compare_shares(share, share - 1) == 0) {
            fleet->shares[fleet->n_shares - 1].guests += share->guests;
        } else {
            fleet->shares[fleet->n_shares++] = *share;
        }
    }
}

/* ---- who places ---- */

/* Of the time for a place so much less may be taken to make one that first-fit found a better one,
 * and to find out which the smallest conflict is: both are there sooner as a rule. */
enum { LESS_TO_IMPROVE = 5, LESS_TO_EXPLAIN = 3 };

static int
find_obstacles(struct cvm_fleet *fleet, const struct cvm_placement *placement,
               const struct cvmdom_place_solver *solver, unsigned milliseconds,
               cvmdom_error **error)
{
    g_autofree unsigned char *items = g_new0(unsigned char, placement->problem.n_items + 1);
    g_autofree unsigned char *kinds = g_new0(unsigned char, placement->problem.n_kinds + 1);
    int minimal = 0;

    if (solver->conflict(&placement->problem, milliseconds / LESS_TO_EXPLAIN, items, kinds,
                         &minimal, error) < 0) {
        return -1;
    }
    if (!memchr(items, 1, placement->problem.n_items)) {
        /* no time was left for more than that all of it is too much */
        memset(items, 1, placement->problem.n_items);
        memset(kinds, 1, placement->problem.n_kinds);
    }
    fleet->smallest = minimal != 0;
    cvm_fleet_explain_conflict(fleet, placement, items, kinds);
    return 0;
}

static int
place(struct cvm_fleet *fleet, const struct cvm_placement *placement,
      const struct cvmdom_place_solver *solver, unsigned milliseconds,
      struct cvmdom_place_result *result, cvmdom_error **error)
{
    const struct cvmdom_place_problem *problem = &placement->problem;
    g_autofree unsigned *guests = g_new0(unsigned, problem->n_options + 1);
    g_autofree unsigned *better = g_new0(unsigned, problem->n_options + 1);
    struct cvmdom_place_result found = { .answer = CVMDOM_PLACE_UNPROVEN };
    uint64_t cost;

    if (cvm_first_fit(problem, guests, &cost)) {
        found.answer = CVMDOM_PLACE_PLACED;
        found.optimal = cost == cvm_least_cost(problem);
    }
    if (solver && !found.optimal) {
        struct cvmdom_place_result answer;
        unsigned limit =
            found.answer == CVMDOM_PLACE_PLACED ? milliseconds / LESS_TO_IMPROVE : milliseconds;

        if (solver->solve(problem, limit, better, &answer, error) < 0) {
            return -1;
        }
        /* what first-fit placed is a place, whatever was not found in the time */
        if (answer.answer != CVMDOM_PLACE_UNPROVEN) {
            found = answer;
        }
        if (answer.answer == CVMDOM_PLACE_PLACED && cvm_cost_of(problem, better) <= cost) {
            memcpy(guests, better, sizeof(*guests) * problem->n_options);
        }
    }
    *result = found;
    if (found.answer == CVMDOM_PLACE_PLACED) {
        take_guests(fleet, placement, guests);
    }
    return found.answer == CVMDOM_PLACE_IMPOSSIBLE
               ? find_obstacles(fleet, placement, solver, milliseconds, error)
               : 0;
}

int
cvm_fleet_place(struct cvm_fleet *fleet, const struct cvmdom_place_solver *solver,
                unsigned milliseconds, struct cvmdom_place_result *result, cvmdom_error **error)
{
    static const enum cvm_fleet_answer answers[] = {
        [CVMDOM_PLACE_PLACED] = CVM_FLEET_PLACED,
        [CVMDOM_PLACE_IMPOSSIBLE] = CVM_FLEET_IMPOSSIBLE,
        [CVMDOM_PLACE_UNPROVEN] = CVM_FLEET_UNPROVEN,
    };
    struct cvmdom_place_result found = { .answer = CVMDOM_PLACE_PLACED, .optimal = 1 };
    struct cvm_placement placement;
    int failed = 0;

    forget_placement(fleet);
    cvm_placement_init(&placement, fleet);
    if (placement.problem.n_items > 0) {
        failed = place(fleet, &placement, solver, milliseconds, &found, error);
        fleet->answer = failed ? CVM_FLEET_NOT_ASKED : answers[found.answer];
    }
    cvm_placement_clear(&placement);
    if (!failed) {
        *result = found;
    }
    return failed;
}
