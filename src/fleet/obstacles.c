/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why guests do not fit, in words and numbers. */
#include "fleet/place.h"
#include "util/i18n.h"
#include "util/number.h"

/* "%1$s" is what the guests of the conflict take at least, "%2$s" what is left. */
static const struct {
    const char *few;       /* more is needed than there is */
    const char *scattered; /* there is enough of it, but in pieces */
} shortages[CVM_FLEET_RESOURCES] = {
    [CVM_FLEET_ASIDS_SEV] = {
        N_("These guests need %1$s ASIDs of SEV guests, and the hosts that can run them have %2$s left."),
        N_("These guests need %1$s ASIDs of SEV guests; the hosts that can run them have %2$s left, but not where there is room for the guests."),
    },
    [CVM_FLEET_ASIDS_ES] = {
        N_("These guests need %1$s ASIDs of SEV-ES and SEV-SNP guests, and the hosts that can run them have %2$s left."),
        N_("These guests need %1$s ASIDs of SEV-ES and SEV-SNP guests; the hosts that can run them have %2$s left, but not where there is room for the guests."),
    },
    [CVM_FLEET_ASIDS_SNP] = {
        N_("These guests need %1$s ASIDs of SEV-SNP guests, and the hosts that can run them have %2$s left."),
        N_("These guests need %1$s ASIDs of SEV-SNP guests; the hosts that can run them have %2$s left, but not where there is room for the guests."),
    },
    [CVM_FLEET_MEMORY] = {
        N_("These guests need %1$s of memory, and the hosts that can run them have %2$s left."),
        N_("These guests need %1$s of memory; the hosts that can run them have %2$s left, but not in pieces that hold the guests."),
    },
    [CVM_FLEET_HUGEPAGES] = {
        N_("These guests need %1$s in huge pages of %3$s, and the hosts that can run them have %2$s left."),
        N_("These guests need %1$s in huge pages of %3$s; the hosts that can run them have %2$s left, but not in pieces that hold the guests."),
    },
    [CVM_FLEET_VCPUS] = {
        N_("These guests need %1$s vCPUs, and the hosts that can run them have CPUs for %2$s left."),
        N_("These guests need %1$s vCPUs; the hosts that can run them have CPUs for %2$s left, but not in pieces that hold the guests."),
    },
};

void
cvm_fleet_forget_obstacles(struct cvm_fleet *fleet)
{
    for (unsigned i = 0; i < fleet->n_obstacles; i++) {
        g_free(fleet->obstacles[i].message);
    }
    fleet->n_obstacles = 0;
}

/* ---- sums ---- */

static uint64_t
add(uint64_t a, uint64_t b)
{
    return a > G_MAXUINT64 - b ? G_MAXUINT64 : a + b;
}

static uint64_t
multiply(uint64_t a, uint64_t b)
{
    return b && a > G_MAXUINT64 / b ? G_MAXUINT64 : a * b;
}

/* A host has one pool of a kind that every other of that kind is a part of. */
static gboolean
is_whole(const struct cvm_fleet *fleet, const struct cvm_placement *placement, unsigned host,
         unsigned pool)
{
    return fleet->hosts[host].pools[pool - placement->first_pool[host]].nodes ==
           CVM_FLEET_ALL_NODES;
}

/* What the items of the conflict take at least, each where it takes least, and what there is on
 * the hosts that may run one of them. */
static void
sum_kind(const struct cvm_fleet *fleet, const struct cvm_placement *placement,
         const unsigned char *items, unsigned kind, uint64_t *needed, uint64_t *left)
{
    const struct cvmdom_place_problem *problem = &placement->problem;
    g_autofree uint64_t *least = g_new(uint64_t, problem->n_items + 1);
    g_autofree gboolean *counted = g_new0(gboolean, problem->n_pools + 1);

    *needed = *left = 0;
    for (size_t i = 0; i < problem->n_items; i++) {
        least[i] = G_MAXUINT64;
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];
        uint64_t amount = 0;

        if (!items[option->item]) {
            continue;
        }
        for (unsigned k = option->first; k < option->first + option->count; k++) {
            unsigned pool = problem->needs[k].pool;

            if (problem->kinds[pool] == kind &&
                is_whole(fleet, placement, g_array_index(placement->hosts, unsigned, i), pool)) {
                amount = problem->needs[k].amount;
                *left = add(*left, counted[pool] ? 0 : problem->pools[pool]);
                counted[pool] = TRUE;
            }
        }
        least[option->item] = MIN(least[option->item], amount);
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        if (items[i] && least[i] != G_MAXUINT64) {
            *needed = add(*needed, multiply(problem->wanted[i], least[i]));
        }
    }
}

/* ---- words ---- */

static char *
demand_message(const struct cvm_fleet_profile *profile, gboolean alone)
{
    if (alone) {
        return g_strdup_printf(
            ngettext_("%1$u guest of '%2$s' is wanted, and no host can take it.",
                      "%1$u guests of '%2$s' are wanted, and no host can take one.",
                      profile->wanted),
            profile->wanted, profile->name);
    }
    return g_strdup_printf(ngettext_("%1$u guest of '%2$s' is wanted.",
                                     "%1$u guests of '%2$s' are wanted.", profile->wanted),
                           profile->wanted, profile->name);
}

static char *
amount_text(enum cvm_fleet_resource resource, uint64_t amount)
{
    return resource == CVM_FLEET_MEMORY || resource == CVM_FLEET_HUGEPAGES
               ? cvm_size_format(amount)
               : g_strdup_printf("%" G_GUINT64_FORMAT, amount);
}

static char *
shortage_message(const struct cvm_place_kind *kind, uint64_t needed, uint64_t left)
{
    g_autofree char *needed_text = amount_text(kind->resource, needed);
    g_autofree char *left_text = amount_text(kind->resource, left);
    g_autofree char *page = cvm_size_format(kind->page);
    const char *format =
        needed > left ? shortages[kind->resource].few : shortages[kind->resource].scattered;

    /* all are from the table, where each uses the first arguments */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return g_strdup_printf(_(format), needed_text, left_text, page);
#pragma GCC diagnostic pop
}

void
cvm_fleet_explain_conflict(struct cvm_fleet *fleet, const struct cvm_placement *placement,
                           const unsigned char *items, const unsigned char *kinds)
{
    const struct cvmdom_place_problem *problem = &placement->problem;
    struct cvm_fleet_obstacle *obstacles = cvm_arena_array(fleet->arena, struct cvm_fleet_obstacle,
                                                           problem->n_items + problem->n_kinds + 1);
    gboolean any_kind = FALSE;
    unsigned n = 0;

    for (size_t i = 0; i < problem->n_kinds; i++) {
        any_kind = any_kind || kinds[i];
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        unsigned profile = g_array_index(placement->profiles, unsigned, i);

        if (items[i]) {
            obstacles[n++] = (struct cvm_fleet_obstacle){
                .what = CVM_FLEET_DEMAND,
                .profile = profile,
                .message = demand_message(&fleet->profiles[profile], !any_kind),
            };
        }
    }
    for (unsigned i = 0; i < problem->n_kinds; i++) {
        const struct cvm_place_kind *kind =
            &g_array_index(placement->kind_names, struct cvm_place_kind, i);
        uint64_t needed, left;

        if (kinds[i]) {
            sum_kind(fleet, placement, items, i, &needed, &left);
            obstacles[n++] = (struct cvm_fleet_obstacle){
                .what = CVM_FLEET_SHORTAGE,
                .resource = kind->resource,
                .message = shortage_message(kind, needed, left),
            };
        }
    }
    cvm_fleet_forget_obstacles(fleet);
    fleet->obstacles = obstacles;
    fleet->n_obstacles = n;
}
