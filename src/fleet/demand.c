/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one guest takes of a host. */
#include "fleet/fleet.h"

#include "model/need.h"
#include "rules/bindings.h"
#include "rules/memory.h"

#define BASE_PAGE 4096

static uint64_t
nodes_of(const struct cvm_binding *binding, gboolean *uncounted)
{
    uint64_t nodes = 0;

    for (guint i = 0; binding->nodes && i < binding->nodes->len; i++) {
        guint node = g_array_index(binding->nodes, guint, i);

        if (node < 64) {
            nodes |= UINT64_C(1) << node;
        } else {
            *uncounted = TRUE;
        }
    }
    return binding->nodes ? nodes : CVM_FLEET_ALL_NODES;
}

static void
add_claims(GArray *claims, GArray *bindings, enum cvm_fleet_resource resource, uint64_t page,
           gboolean *uncounted)
{
    for (guint i = 0; i < bindings->len; i++) {
        const struct cvm_binding *binding = &g_array_index(bindings, struct cvm_binding, i);
        uint64_t pages = page ? binding->bytes / page + (binding->bytes % page != 0) : 0;
        const struct cvm_fleet_claim claim = {
            .resource = resource,
            .page = page,
            .nodes = nodes_of(binding, uncounted),
            .bytes = page ? pages * page : binding->bytes,
        };

        g_array_append_val(claims, claim);
    }
}

static void
add_hugepages(GArray *claims, const struct cvm_domain *domain, gboolean *uncounted)
{
    g_autoptr(GArray) sizes = cvm_list_page_demands(domain);

    for (guint i = 0; i < sizes->len; i++) {
        uint64_t size = g_array_index(sizes, struct cvm_page_demand, i).size;
        g_autoptr(GArray) bindings = cvm_list_bindings(domain, NULL, NULL, size, TRUE);

        add_claims(claims, bindings, CVM_FLEET_HUGEPAGES, size, uncounted);
    }
}

/* As CVM512 counts: private memory of SEV-SNP is none of huge pages, and no cell's nodes bind it.
 */
static void
add_memory(GArray *claims, const struct cvm_domain *domain, gboolean *uncounted)
{
    gboolean snp = cvm_domain_guest(domain) == CVM_GUEST_SEV_SNP;
    g_autoptr(GArray) bindings =
        cvm_list_bindings(domain, NULL, NULL, snp ? CVM_PAGES_ANY : CVM_PAGES_ORDINARY, !snp);

    add_claims(claims, bindings, CVM_FLEET_MEMORY, 0, uncounted);
}

/* QEMU's own memory, page tables, video memory and firmware, as in the hard limit that cvmdom
 * computes (cvm_memory_need): of ordinary memory, on the nodes that the whole guest is bound to,
 * since libvirt confines the process to them, too (qemuProcessSetupEmulator). */
static void
add_beside(GArray *claims, const struct cvm_domain *domain, gboolean *uncounted)
{
    g_autoptr(GArray) whole = cvm_list_bindings(domain, NULL, NULL, CVM_PAGES_ANY, FALSE);
    struct cvm_memory_need need;
    struct cvm_fleet_claim claim = { .resource = CVM_FLEET_MEMORY, .nodes = CVM_FLEET_ALL_NODES };

    if (whole->len > 0) {
        claim.nodes = nodes_of(&g_array_index(whole, struct cvm_binding, 0), uncounted);
    }
    if (!cvm_memory_need(domain, &need)) {
        return;
    }
    claim.beside = need.total - need.ram;
    for (guint i = 0; i < claims->len; i++) {
        struct cvm_fleet_claim *other = &g_array_index(claims, struct cvm_fleet_claim, i);

        if (other->resource == claim.resource && other->nodes == claim.nodes) {
            other->beside = claim.beside;
            return;
        }
    }
    g_array_append_val(claims, claim);
}

static enum cvm_fleet_resource
asid_of(enum cvm_guest guest)
{
    switch (guest) {
    case CVM_GUEST_SEV:
        return CVM_FLEET_ASIDS_SEV;
    case CVM_GUEST_SEV_ES:
        return CVM_FLEET_ASIDS_ES;
    case CVM_GUEST_SEV_SNP:
        return CVM_FLEET_ASIDS_SNP;
    default:
        return CVM_FLEET_RESOURCES;
    }
}

static gboolean
has_pages_of_host(const struct cvm_domain *domain)
{
    gboolean found =
        domain->cpu.numa.count == 0 && cvm_page_size(domain, NULL) == CVM_PAGES_OF_HOST;

    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        found = found || cvm_page_size(domain, cell) == CVM_PAGES_OF_HOST;
    }
    return found;
}

void
cvm_fleet_demand_init(struct cvm_arena *arena, const struct cvm_domain *domain,
                      struct cvm_fleet_demand *demand)
{
    g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_claim));
    struct cvm_fleet_claim *copy;

    *demand = (struct cvm_fleet_demand){
        .asid = asid_of(cvm_domain_guest(domain)),
        .vcpus =
            cvm_is_set(domain->vcpu.count) ? (unsigned)MIN(domain->vcpu.count.value, G_MAXUINT) : 1,
        .uncounted = has_pages_of_host(domain),
        .chooses = cvm_chooses_nodes(domain),
        .pins = cvm_pins_by_itself(domain),
        .memory = domain->memory.size.value,
        .page = domain->memory.hugepages.value,
        .bound = !cvm_text_is(domain->numatune.mode, "preferred"),
    };
    add_hugepages(claims, domain, &demand->uncounted);
    add_memory(claims, domain, &demand->uncounted);
    add_beside(claims, domain, &demand->uncounted);
    copy = cvm_arena_array(arena, struct cvm_fleet_claim, claims->len);
    for (guint i = 0; i < claims->len; i++) {
        copy[i] = g_array_index(claims, struct cvm_fleet_claim, i);
    }
    demand->claims = copy;
    demand->n_claims = claims->len;
}

/* ---- where ---- */

static uint64_t
left_of_node(const struct cvm_fleet_host *host, enum cvm_fleet_resource resource, uint64_t page,
             unsigned node)
{
    for (unsigned i = 0; i < host->n_pools; i++) {
        const struct cvm_fleet_pool *pool = &host->pools[i];

        if (pool->resource == resource && pool->page == page && pool->node == node) {
            return cvm_fleet_pool_left(pool);
        }
    }
    return 0;
}

static void
find_supply(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host,
            const struct cvm_topology *topology, struct cvm_node_supply *supply)
{
    gboolean huge = demand->page > BASE_PAGE;

    supply->n_nodes = MIN(topology->n_nodes, CVM_SUPPLY_NODES);
    for (unsigned i = 0; i < supply->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];

        supply->cpus[i] = node->n_cpus;
        supply->memory[i] = left_of_node(host, huge ? CVM_FLEET_HUGEPAGES : CVM_FLEET_MEMORY,
                                         huge ? demand->page : 0, node->id);
    }
}

/* Where all nodes together do not, none do. */
static gboolean
holds_memory(const struct cvm_node_supply *supply, uint64_t memory)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < supply->n_nodes; i++) {
        sum += supply->memory[i];
    }
    return sum >= memory;
}

/* As resolve/ does it: more vCPUs than CPUs are allowed while none is pinned. */
static uint64_t
choose_nodes(const struct cvm_fleet_demand *demand, const struct cvm_topology *topology,
             const struct cvm_node_supply *supply)
{
    struct cvm_node_demand wanted = { .memory = demand->memory, .vcpus = demand->vcpus };
    uint64_t nodes = cvm_fewest_nodes(topology, supply, &wanted);

    if (!nodes && !demand->pins) {
        wanted.vcpus = 0;
        nodes = cvm_fewest_nodes(topology, supply, &wanted);
    }
    return nodes;
}

void
cvm_fleet_list_choices(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host,
                       const struct cvm_topology *topology, struct cvm_fleet_choices *choices)
{
    struct cvm_node_supply supply;
    uint64_t chosen;

    choices->count = 0;
    if (!demand->chooses) {
        choices->nodes[choices->count++] = CVM_FLEET_ALL_NODES;
        return;
    }
    find_supply(demand, host, topology, &supply);
    while (holds_memory(&supply, demand->memory) &&
           (chosen = choose_nodes(demand, topology, &supply))) {
        uint64_t *nodes = &choices->nodes[choices->count++];

        *nodes = 0;
        for (unsigned i = 0; i < supply.n_nodes; i++) {
            if (chosen & UINT64_C(1) << i) {
                *nodes |= topology->nodes[i].id < 64 ? UINT64_C(1) << topology->nodes[i].id : 0;
                supply.memory[i] = 0;
            }
        }
        if (demand->memory == 0) {
            return;
        }
    }
}

/* ---- how much ---- */

static uint64_t
add(uint64_t a, uint64_t b)
{
    return b > G_MAXUINT64 - a ? G_MAXUINT64 : a + b;
}

struct cvm_fleet_weight
cvm_fleet_weigh(const struct cvm_fleet_demand *demand, uint64_t chosen, uint64_t host_nodes,
                const struct cvm_fleet_pool *pool)
{
    struct cvm_fleet_weight weight = { 0 };

    for (unsigned i = 0; i < demand->n_claims; i++) {
        const struct cvm_fleet_claim *claim = &demand->claims[i];
        uint64_t nodes =
            claim->nodes == CVM_FLEET_ALL_NODES && demand->bound ? chosen : claim->nodes;

        if (claim->resource != pool->resource || claim->page != pool->page ||
            (nodes & ~pool->nodes) != 0) {
            continue;
        }
        weight.each = add(weight.each, add(claim->bytes, claim->beside));
        if (nodes == CVM_FLEET_ALL_NODES || (nodes & ~host_nodes) == 0) {
            weight.bytes = add(weight.bytes, claim->bytes);
            nodes = nodes == host_nodes ? CVM_FLEET_ALL_NODES : nodes;
            weight.named |= claim->bytes > 0 && nodes == pool->nodes;
        }
    }
    return weight;
}

/* Where nothing divides those of SEV-ES and SEV-SNP there is one pool of them. ASIDs come first. */
enum cvm_fleet_resource
cvm_fleet_asids_of(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host)
{
    gboolean divided = FALSE;

    for (unsigned i = 0; i < host->n_pools && host->pools[i].resource <= CVM_FLEET_ASIDS_SNP; i++) {
        divided |= host->pools[i].resource == CVM_FLEET_ASIDS_SNP;
    }
    return demand->asid == CVM_FLEET_ASIDS_SNP && !divided ? CVM_FLEET_ASIDS_ES : demand->asid;
}

uint64_t
cvm_fleet_demand_of(const struct cvm_fleet_demand *demand, uint64_t nodes,
                    enum cvm_fleet_resource asids, const struct cvm_fleet_pool *pool)
{
    switch (pool->resource) {
    case CVM_FLEET_VCPUS:
        return demand->vcpus;
    case CVM_FLEET_MEMORY:
    case CVM_FLEET_HUGEPAGES:
        return cvm_fleet_weigh(demand, nodes, CVM_FLEET_ALL_NODES, pool).each;
    default:
        return asids == pool->resource;
    }
}

static void
add_option(const struct cvm_fleet_demand *demand, uint64_t nodes, const struct cvm_fleet_host *host,
           GArray *options, GArray *needs)
{
    enum cvm_fleet_resource asids = cvm_fleet_asids_of(demand, host);
    struct cvm_fleet_option option = { .first = needs->len };

    for (unsigned i = 0; i < host->n_pools; i++) {
        const struct cvm_fleet_need need = {
            .pool = i,
            .amount = cvm_fleet_demand_of(demand, nodes, asids, &host->pools[i]),
        };

        if (host->pools[i].known && need.amount > 0) {
            g_array_append_val(needs, need);
            option.count++;
        }
    }
    g_array_append_val(options, option);
}

void
cvm_fleet_list_options(const struct cvm_fleet *fleet, unsigned profile, unsigned host,
                       GArray *options, GArray *needs)
{
    const struct cvm_fleet_detail *detail = fleet->detail;
    const struct cvm_fleet_demand *demand =
        &g_array_index(detail->demands, struct cvm_fleet_demand, profile);
    struct cvm_fleet_choices choices;

    if (cvm_fleet_cell(fleet, profile, host)->state == CVM_FLEET_CANNOT) {
        return;
    }
    cvm_fleet_list_choices(demand, &fleet->hosts[host],
                           &g_array_index(detail->rests, struct cvm_fleet_rest, host).topology,
                           &choices);
    for (unsigned i = 0; i < choices.count; i++) {
        add_option(demand, choices.nodes[i], &fleet->hosts[host], options, needs);
    }
}
