/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet for programs: schemas/fleet.schema.json. Written piece by piece, since a million pairs
 * make a large tree. */
#include "report/fleet.h"
#include "util/json.h"

enum { FORMAT_VERSION = 1 }; /* another one where a reader of this one would go wrong */

/* ---- pieces ---- */

static json_t *
name_amount(gboolean known, uint64_t amount)
{
    return known ? json_integer((json_int_t)MIN(amount, G_MAXINT64)) : json_null();
}

static json_t *
describe_profile(const struct cvm_fleet *fleet, unsigned i)
{
    const struct cvm_fleet_profile *profile = &fleet->profiles[i];

    return json_pack(
        "{so so ss so so si si si si}", "name", cvm_json_text(profile->name), "file",
        cvm_json_text(profile->file), "type",
        profile->guest == CVM_GUEST_OTHER ? "other" : cvm_guest_info(profile->guest)->name,
        "memory", name_amount(TRUE, profile->memory), "hugepages",
        name_amount(profile->hugepages > 0, profile->hugepages), "vcpus",
        (int)MIN(profile->vcpus, G_MAXINT), "kind", (int)profile->kind, "wanted",
        (int)MIN(profile->wanted, G_MAXINT), "placed", (int)MIN(profile->placed, G_MAXINT));
}

static json_t *
list_nodes(const struct cvm_fleet_pool *pool)
{
    json_t *nodes = json_array();

    if (pool->node != CVM_FLEET_ANY_NODE) {
        json_array_append_new(nodes, json_integer(pool->node));
        return nodes;
    }
    if (pool->nodes == CVM_FLEET_ALL_NODES) {
        json_decref(nodes);
        return json_null();
    }
    for (unsigned i = 0; i < 64; i++) {
        if (pool->nodes & UINT64_C(1) << i) {
            json_array_append_new(nodes, json_integer(i));
        }
    }
    return nodes;
}

static json_t *
describe_pool(const struct cvm_fleet_pool *pool)
{
    return json_pack("{ss so so so so so}", "resource", cvm_fleet_resource_id(pool->resource),
                     "nodes", list_nodes(pool), "page", name_amount(pool->page > 0, pool->page),
                     "total", name_amount(pool->known, pool->total), "used",
                     name_amount(pool->known && !pool->unsure, pool->used), "planned",
                     name_amount(TRUE, pool->planned));
}

static json_t *
describe_host(const struct cvm_fleet *fleet, unsigned i)
{
    const struct cvm_fleet_host *host = &fleet->hosts[i];
    json_t *pools = json_array();

    for (unsigned j = 0; j < host->n_pools; j++) {
        json_array_append_new(pools, describe_pool(&host->pools[j]));
    }
    return json_pack("{so so so si so}", "name", cvm_json_text(host->name), "file",
                     cvm_json_text(host->file), "processor", cvm_json_text(host->processor), "kind",
                     (int)host->kind, "pools", pools);
}

static json_t *
describe_row(const struct cvm_fleet *fleet, unsigned profile)
{
    json_t *states = json_array(), *guests = json_array(), *limits = json_array();
    json_t *assumed = json_array();

    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        const struct cvm_fleet_cell *cell = cvm_fleet_cell(fleet, profile, i);

        json_array_append_new(states, json_string(cvm_fleet_state_id(cell->state)));
        json_array_append_new(guests,
                              name_amount(cell->guests != CVM_FLEET_NO_LIMIT, cell->guests));
        json_array_append_new(
            limits,
            name_amount(cell->pool != G_MAXUINT16 && cell->state != CVM_FLEET_CANNOT, cell->pool));
        json_array_append_new(assumed, json_boolean(cell->assumed));
    }
    return json_pack("{so so so so so}", "profile", cvm_json_text(fleet->profiles[profile].name),
                     "states", states, "guests", guests, "limits", limits, "assumed", assumed);
}

static json_t *
describe_reason(const struct cvm_fleet_reason *reason)
{
    return json_pack("{ss ss ss so so}", "rule", reason->rule, "name", reason->name, "severity",
                     cvm_severity_name(reason->severity), "message", cvm_json_text(reason->message),
                     "fix", cvm_json_text(reason->fix));
}

static json_t *
describe_reasons(const struct cvm_fleet *fleet, unsigned i)
{
    const struct cvm_fleet_reasons *reasons = &fleet->reasons[i];
    json_t *items = json_array();

    for (unsigned j = 0; j < reasons->count; j++) {
        json_array_append_new(items, describe_reason(&reasons->items[j]));
    }
    return json_pack("{si si so}", "profileKind", (int)(i / fleet->n_host_kinds), "hostKind",
                     (int)(i % fleet->n_host_kinds), "findings", items);
}

/* ---- placement ---- */

static json_t *
list_shares(const struct cvm_fleet *fleet)
{
    json_t *shares = json_array();

    for (unsigned i = 0; i < fleet->n_shares; i++) {
        const struct cvm_fleet_share *share = &fleet->shares[i];

        json_array_append_new(
            shares, json_pack("{so so si}", "host", cvm_json_text(fleet->hosts[share->host].name),
                              "profile", cvm_json_text(fleet->profiles[share->profile].name),
                              "guests", (int)share->guests));
    }
    return shares;
}

static json_t *
list_obstacles(const struct cvm_fleet *fleet)
{
    json_t *obstacles = json_array();

    for (unsigned i = 0; i < fleet->n_obstacles; i++) {
        const struct cvm_fleet_obstacle *obstacle = &fleet->obstacles[i];
        gboolean demand = obstacle->what == CVM_FLEET_DEMAND;

        json_array_append_new(
            obstacles,
            json_pack("{so so so}", "profile",
                      cvm_json_text(demand ? fleet->profiles[obstacle->profile].name : NULL),
                      "resource",
                      cvm_json_text(demand ? NULL : cvm_fleet_resource_id(obstacle->resource)),
                      "message", cvm_json_text(obstacle->message)));
    }
    return obstacles;
}

static json_t *
describe_placement(const struct cvm_fleet *fleet)
{
    static const char *const answers[] = {
        [CVM_FLEET_PLACED] = "placed",
        [CVM_FLEET_IMPOSSIBLE] = "impossible",
        [CVM_FLEET_UNPROVEN] = "unproven",
    };

    return fleet->answer == CVM_FLEET_NOT_ASKED
               ? json_null()
               : json_pack("{ss so so}", "answer", answers[fleet->answer], "shares",
                           list_shares(fleet), "obstacles", list_obstacles(fleet));
}

/* ---- the whole ---- */

static void
append_list(const struct cvm_fleet *fleet, const char *key, unsigned count,
            json_t *(*describe)(const struct cvm_fleet *fleet, unsigned i), GString *out)
{
    g_string_append_printf(out, "  \"%s\": [", key);
    for (unsigned i = 0; i < count; i++) {
        g_string_append(out, i ? ",\n    " : "\n    ");
        cvm_json_append(describe(fleet, i), out);
    }
    g_string_append(out, count ? "\n  ],\n" : "],\n");
}

void
cvm_fleet_report_json(const struct cvm_fleet *fleet, GString *out)
{
    char vcpus[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, "{\n  \"version\": %d,\n  \"vcpusPerCpu\": %s,\n", FORMAT_VERSION,
                           g_ascii_dtostr(vcpus, sizeof vcpus, fleet->vcpus_per_cpu));
    append_list(fleet, "profiles", fleet->n_profiles, describe_profile, out);
    append_list(fleet, "hosts", fleet->n_hosts, describe_host, out);
    append_list(fleet, "pairs", fleet->n_profiles, describe_row, out);
    append_list(fleet, "reasons", fleet->n_profile_kinds * fleet->n_host_kinds, describe_reasons,
                out);
    g_string_append(out, "  \"placement\": ");
    cvm_json_append(describe_placement(fleet), out);
    g_string_append(out, "\n}\n");
}
