/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host has for guests: the same numbers that the checks of room judge one guest by. */
#include "fleet/fleet.h"

#include "readiness/readiness.h"

#define BASE_PAGE 4096

uint64_t
cvm_fleet_pool_left(const struct cvm_fleet_pool *pool)
{
    uint64_t taken = pool->used + pool->planned;

    return pool->total > taken ? pool->total - taken : 0;
}

/* ---- ASIDs ---- */

static void
add_asids(GArray *pools, const struct cvm_host *host, enum cvm_guest guest,
          enum cvm_fleet_resource resource)
{
    struct cvm_fleet_pool pool = {
        .resource = resource,
        .node = CVM_FLEET_ANY_NODE,
        .nodes = CVM_FLEET_ALL_NODES,
    };
    struct cvm_pool asids;

    if (cvm_host_pool(host, guest, &asids)) {
        pool.known = TRUE;
        pool.total = asids.size;
        pool.used = asids.has_used ? asids.size - MIN(asids.size, cvm_pool_free(&asids)) : 0;
        pool.unsure = !asids.has_used;
    }
    g_array_append_val(pools, pool);
}

/* SEV-SNP guests draw on SEV-ES's, unless ciphertext hiding keeps some for them. */
static void
add_all_asids(GArray *pools, const struct cvm_host *host)
{
    struct cvm_pool snp;

    add_asids(pools, host, CVM_GUEST_SEV, CVM_FLEET_ASIDS_SEV);
    add_asids(pools, host, CVM_GUEST_SEV_ES, CVM_FLEET_ASIDS_ES);
    if (cvm_host_pool(host, CVM_GUEST_SEV_SNP, &snp) && snp.split) {
        add_asids(pools, host, CVM_GUEST_SEV_SNP, CVM_FLEET_ASIDS_SNP);
    }
}

/* ---- memory ---- */

/* Huge pages in use are those that are not free; what ordinary memory is in use nobody recorded. */
static void
add_node(struct cvm_fleet_pool *pool, const struct cvm_host_node *node)
{
    uint64_t total = cvm_host_node_room(node, pool->page);

    for (unsigned i = 0; pool->page && i < node->n_pools; i++) {
        const struct cvm_page_pool *pages = &node->pools[i];

        if (pages->size == pool->page) {
            uint64_t all = pages->count * pages->size;

            pool->used += all - MIN(all, total);
            total = MAX(all, total);
        }
    }
    pool->total += total;
}

static void
add_nodes(GArray *pools, const struct cvm_host *host, enum cvm_fleet_resource resource,
          uint64_t page)
{
    const struct cvm_topology *topology = &host->topology;
    struct cvm_fleet_pool all = {
        .resource = resource,
        .page = page,
        .node = CVM_FLEET_ANY_NODE,
        .nodes = CVM_FLEET_ALL_NODES,
        .known = topology->n_nodes > 0,
    };

    for (unsigned i = 0; i < topology->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];
        struct cvm_fleet_pool one = all;

        one.total = one.used = 0;
        one.node = node->id;
        one.nodes =
            topology->n_nodes > 1 && node->id < 64 ? UINT64_C(1) << node->id : CVM_FLEET_ALL_NODES;
        add_node(&one, node);
        add_node(&all, node);
        if (topology->n_nodes == 1 || node->id < 64) {
            g_array_append_val(pools, one);
        }
    }
    if (topology->n_nodes != 1) {
        g_array_append_val(pools, all);
    }
}

static void
add_hugepages(GArray *pools, const struct cvm_host *host)
{
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        const struct cvm_host_node *node = &host->topology.nodes[i];

        for (unsigned j = 0; j < node->n_pools; j++) {
            gboolean seen = node->pools[j].size <= BASE_PAGE;

            for (guint k = 0; k < sizes->len; k++) {
                seen |= g_array_index(sizes, uint64_t, k) == node->pools[j].size;
            }
            if (!seen) {
                g_array_append_val(sizes, node->pools[j].size);
            }
        }
    }
    for (guint i = 0; i < sizes->len; i++) {
        add_nodes(pools, host, CVM_FLEET_HUGEPAGES, g_array_index(sizes, uint64_t, i));
    }
}

static gboolean
tells_memory(const struct cvm_host *host)
{
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        if (host->topology.nodes[i].memory > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
add_vcpus(GArray *pools, const struct cvm_host *host, double vcpus_per_cpu)
{
    struct cvm_fleet_pool pool = {
        .resource = CVM_FLEET_VCPUS,
        .node = CVM_FLEET_ANY_NODE,
        .nodes = CVM_FLEET_ALL_NODES,
    };
    uint64_t cpus = 0;

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        cpus += host->topology.nodes[i].n_cpus;
    }
    pool.known = cpus > 0;
    pool.total = (uint64_t)((double)cpus * vcpus_per_cpu);
    g_array_append_val(pools, pool);
}

/* ---- sets of nodes ---- */

enum { SETS_MAX = 256 };

static gboolean
has_one(uint64_t nodes)
{
    return (nodes & (nodes - 1)) == 0;
}

/* Nothing for one node, all of them, or what the host has not. */
static void
add_set(GArray *sets, uint64_t nodes, uint64_t all)
{
    if (has_one(nodes) || (nodes & all) != nodes || nodes == all || sets->len >= SETS_MAX) {
        return;
    }
    for (guint i = 0; i < sets->len; i++) {
        if (g_array_index(sets, uint64_t, i) == nodes) {
            return;
        }
    }
    g_array_append_val(sets, nodes);
}

/* Where two sets overlap, what both hold is bounded by what is on either: the list grows while it
 * is walked. */
static void
add_unions(GArray *sets, uint64_t all)
{
    for (guint i = 0; i < sets->len; i++) {
        for (guint j = 0; j < i; j++) {
            uint64_t a = g_array_index(sets, uint64_t, i), b = g_array_index(sets, uint64_t, j);

            if (a & b) {
                add_set(sets, a | b, all);
            }
        }
    }
}

static GArray *
list_sets(const struct cvm_host *host, const struct cvm_fleet_detail *detail,
          const struct cvm_fleet_host *base)
{
    const GArray *demands = detail->demands;
    GArray *sets = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    struct cvm_fleet_choices choices;
    uint64_t all = 0;

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        all |= host->topology.nodes[i].id < 64 ? UINT64_C(1) << host->topology.nodes[i].id : 0;
    }
    for (guint i = 0; i < demands->len && host->topology.n_nodes > 2; i++) {
        const struct cvm_fleet_demand *demand = &g_array_index(demands, struct cvm_fleet_demand, i);

        if (g_array_index(detail->twins, unsigned, i) != i) {
            continue;
        }
        for (unsigned j = 0; j < demand->n_claims; j++) {
            add_set(sets, demand->claims[j].nodes, all);
        }
        if (demand->chooses) {
            cvm_fleet_list_choices(demand, base, &host->topology, &choices);
            for (unsigned j = 0; j < choices.count; j++) {
                add_set(sets, choices.nodes[j], all);
            }
        }
    }
    add_unions(sets, all);
    return sets;
}

/* The pool of a set is the sum of its nodes'. */
static void
add_set_pools(GArray *pools, uint64_t nodes)
{
    guint count = pools->len;

    for (guint i = 0; i < count; i++) {
        struct cvm_fleet_pool sum = g_array_index(pools, struct cvm_fleet_pool, i);

        if ((sum.resource != CVM_FLEET_MEMORY && sum.resource != CVM_FLEET_HUGEPAGES) ||
            sum.nodes != CVM_FLEET_ALL_NODES) {
            continue;
        }
        sum.nodes = nodes;
        sum.total = sum.used = 0;
        for (guint j = 0; j < count; j++) {
            const struct cvm_fleet_pool *one = &g_array_index(pools, struct cvm_fleet_pool, j);

            if (one->resource == sum.resource && one->page == sum.page && has_one(one->nodes) &&
                one->nodes & nodes) {
                sum.total += one->total;
                sum.used += one->used;
            }
        }
        g_array_append_val(pools, sum);
    }
}

static void
add_sets(GArray *pools, const struct cvm_host *host, const struct cvm_fleet_detail *detail)
{
    const struct cvm_fleet_host base = { .pools = (void *)pools->data, .n_pools = pools->len };
    g_autoptr(GArray) sets = list_sets(host, detail, &base);

    for (guint i = 0; i < sets->len; i++) {
        add_set_pools(pools, g_array_index(sets, uint64_t, i));
    }
}

void
cvm_fleet_pools_init(struct cvm_arena *arena, const struct cvm_host *host, double vcpus_per_cpu,
                     const struct cvm_fleet_detail *detail, struct cvm_fleet_host *to)
{
    g_autoptr(GArray) pools = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_pool));

    add_all_asids(pools, host);
    add_hugepages(pools, host);
    if (tells_memory(host)) {
        add_nodes(pools, host, CVM_FLEET_MEMORY, 0);
    } else {
        const struct cvm_fleet_pool unknown = {
            .resource = CVM_FLEET_MEMORY,
            .node = CVM_FLEET_ANY_NODE,
            .nodes = CVM_FLEET_ALL_NODES,
        };

        g_array_append_val(pools, unknown);
    }
    add_vcpus(pools, host, vcpus_per_cpu);
    add_sets(pools, host, detail);
    to->n_pools = pools->len;
    to->pools = cvm_arena_array(arena, struct cvm_fleet_pool, pools->len);
    for (guint i = 0; i < pools->len; i++) {
        to->pools[i] = g_array_index(pools, struct cvm_fleet_pool, i);
    }
}
