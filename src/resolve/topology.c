/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* numatune.nodeset: auto and vcpu.pin: auto. Memory and vCPUs go to as few host nodes as hold them,
 * near ones first; each vCPU gets a core of its own while there are cores. What does not fit stays
 * unset, and a rule says why. The same host gives the same answer. */
#include "resolve/choose.h"

#include <string.h>

#include "resolve/nodes.h"
#include "util/cpuset.h"
#include "util/i18n.h"
#include "util/number.h"

enum {
    MAX_NODES = CVM_SUPPLY_NODES,
    MAX_COMBINATIONS = 1000000, /* beyond: only all nodes together are tried */
    FAR = 20,                   /* the distance that ACPI's SLIT calls remote */
};

/* ---- which nodes ---- */

static gboolean
contains(const GArray *set, guint number)
{
    for (guint i = 0; i < set->len; i++) {
        if (g_array_index(set, guint, i) == number) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
count_supply(const struct cvm_domain *domain, const struct cvm_topology *topology,
             struct cvm_node_supply *supply)
{
    const struct cvm_text *cpuset = &domain->vcpu.cpuset;
    g_autoptr(GArray) allowed = cvm_is_set(*cpuset) ? cvm_cpuset_parse(cpuset->value) : NULL;
    uint64_t page = cvm_is_set(domain->memory.hugepages) ? domain->memory.hugepages.value : 0;

    memset(supply, 0, sizeof *supply);
    supply->n_nodes = MIN(topology->n_nodes, MAX_NODES);
    for (unsigned i = 0; i < supply->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];

        supply->memory[i] = cvm_host_node_room(node, page);
        for (unsigned j = 0; j < node->n_cpus; j++) {
            supply->cpus[i] += !allowed || contains(allowed, node->cpus[j].id);
        }
    }
}

static gboolean
holds(const struct cvm_node_supply *supply, uint64_t nodes, const struct cvm_node_demand *demand)
{
    uint64_t memory = 0, cpus = 0;

    for (unsigned i = 0; i < supply->n_nodes; i++) {
        if (nodes & UINT64_C(1) << i) {
            memory += supply->memory[i];
            cpus += supply->cpus[i];
        }
    }
    return memory >= demand->memory && cpus >= demand->vcpus &&
           (nodes & demand->nodes) == demand->nodes;
}

static uint64_t
spread(const struct cvm_topology *topology, uint64_t nodes)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < topology->n_nodes && i < MAX_NODES; i++) {
        for (unsigned j = 0; j < i; j++) {
            if (nodes & UINT64_C(1) << i && nodes & UINT64_C(1) << j) {
                sum += topology->nodes[i].distances ? topology->nodes[i].distances[j] : FAR;
            }
        }
    }
    return sum;
}

/* Sets of size nodes, those with the lowest indexes first. */
static void
search(const struct cvm_topology *topology, const struct cvm_node_supply *supply,
       const struct cvm_node_demand *demand, unsigned first, unsigned size, uint64_t chosen,
       uint64_t *best)
{
    if (size == 0) {
        if (holds(supply, chosen, demand) &&
            (!*best || spread(topology, chosen) < spread(topology, *best))) {
            *best = chosen;
        }
        return;
    }
    for (unsigned i = first; i + size <= supply->n_nodes; i++) {
        search(topology, supply, demand, i + 1, size - 1, chosen | UINT64_C(1) << i, best);
    }
}

static double
count_combinations(unsigned n, unsigned k)
{
    double count = 1;

    for (unsigned i = 0; i < k; i++) {
        count = count * (n - i) / (i + 1);
    }
    return count;
}

uint64_t
cvm_fewest_nodes(const struct cvm_topology *topology, const struct cvm_node_supply *supply,
                 const struct cvm_node_demand *demand)
{
    unsigned n = supply->n_nodes;
    uint64_t best = 0;

    for (unsigned size = 1; size <= n && !best; size++) {
        if (count_combinations(n, size) <= MAX_COMBINATIONS) {
            search(topology, supply, demand, 0, size, 0, &best);
        }
    }
    return best;
}

static uint64_t
nodes_of_set(const struct cvm_topology *topology, const char *nodeset)
{
    g_autoptr(GArray) ids = cvm_cpuset_parse(nodeset);
    uint64_t nodes = 0;

    for (unsigned i = 0; i < topology->n_nodes && i < MAX_NODES; i++) {
        for (guint j = 0; ids && j < ids->len; j++) {
            if (g_array_index(ids, guint, j) == topology->nodes[i].id) {
                nodes |= UINT64_C(1) << i;
            }
        }
    }
    return nodes;
}

/* Nodes of the CPUs that the user pinned to: memory belongs there. */
static uint64_t
nodes_of_pins(const struct cvm_topology *topology, const struct cvm_list *pins)
{
    uint64_t nodes = 0;

    cvm_each (struct cvm_pin, pin, pins) {
        g_autoptr(GArray) cpus =
            cvm_is_set(pin->cpuset) ? cvm_cpuset_parse(pin->cpuset.value) : NULL;

        for (unsigned i = 0; cpus && i < topology->n_nodes && i < MAX_NODES; i++) {
            for (unsigned j = 0; j < topology->nodes[i].n_cpus; j++) {
                if (contains(cpus, topology->nodes[i].cpus[j].id)) {
                    nodes |= UINT64_C(1) << i;
                }
            }
        }
    }
    return nodes;
}

/* ---- which CPUs ---- */

/* A host CPU that a vCPU may get. */
struct place {
    guint cpu;
    unsigned node;
    guint core;
    unsigned thread; /* counted within the core */
    gboolean used;
};

/* Every CPU of the host that vCPUs may run on, in the host's order. */
static GArray *
list_places(const struct cvm_topology *topology, const struct cvm_text *cpuset)
{
    g_autoptr(GArray) allowed = cvm_is_set(*cpuset) ? cvm_cpuset_parse(cpuset->value) : NULL;
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
    struct place *place;
    guint count = 0;

    g_array_set_size(places, topology->n_places);
    place = (struct place *)(void *)places->data;
    for (unsigned i = 0; i < topology->n_places; i++) {
        const struct cvm_host_place *from = &topology->places[i];

        if (from->node < MAX_NODES && (!allowed || contains(allowed, from->cpu))) {
            gboolean same_core = count > 0 && from->core == place[count - 1].core;

            place[count] = (struct place){
                .cpu = from->cpu,
                .node = from->node,
                .core = from->core,
                .thread = same_core ? place[count - 1].thread + 1 : 0,
            };
            count++;
        }
    }
    g_array_set_size(places, count);
    return places;
}

static gboolean
is_free(const struct place *place, uint64_t nodes)
{
    return !place->used && nodes & UINT64_C(1) << place->node;
}

/* Threads of a guest core on threads of one host core; FALSE when there are not enough whole
 * cores. */
static gboolean
find_cores(GArray *places, uint64_t nodes, unsigned threads, struct place **found, guint count)
{
    guint n = 0;

    for (guint i = 0; i + threads <= places->len && n < count; i++) {
        struct place *place = &g_array_index(places, struct place, i);

        if (place->thread == 0 && is_free(place, nodes) && place[threads - 1].core == place->core &&
            is_free(&place[threads - 1], nodes)) {
            for (unsigned j = 0; j < threads && n < count; j++) {
                found[n++] = &place[j];
            }
        }
    }
    return n == count;
}

/* First threads of all cores, then second threads. */
static gboolean
find_threads(GArray *places, uint64_t nodes, struct place **found, guint count)
{
    guint n = 0, seen = 1;

    for (unsigned thread = 0; seen && n < count; thread++) {
        seen = 0;
        for (guint i = 0; i < places->len && n < count; i++) {
            struct place *place = &g_array_index(places, struct place, i);

            if (place->thread == thread) {
                seen++;
                if (is_free(place, nodes)) {
                    found[n++] = place;
                }
            }
        }
    }
    return n == count;
}

/* Where each of the vCPUs goes; map has one entry for each vCPU of the guest. */
static gboolean
place_vcpus(GArray *places, uint64_t nodes, unsigned threads, const GArray *vcpus, guint *map,
            guint n_map)
{
    g_autofree struct place **found = g_new0(struct place *, vcpus->len);

    if (!(threads > 1 && find_cores(places, nodes, threads, found, vcpus->len)) &&
        !find_threads(places, nodes, found, vcpus->len)) {
        return FALSE;
    }
    for (guint i = 0; i < vcpus->len; i++) {
        guint vcpu = g_array_index(vcpus, guint, i);

        if (vcpu >= n_map) {
            return FALSE;
        }
        map[vcpu] = found[i]->cpu;
        found[i]->used = TRUE;
    }
    return TRUE;
}

static gboolean
cells_are_bound(const struct cvm_list *cells)
{
    cvm_each (struct cvm_cell, cell, cells) {
        if (!cvm_is_set(cell->nodeset) || !cvm_is_set(cell->cpus)) {
            return FALSE;
        }
    }
    return cells->count > 0;
}

/* Each guest cell near its memory. */
static gboolean
place_cells(struct cvm_choice *choice, GArray *places, unsigned threads, guint *map, guint count)
{
    const struct cvm_topology *topology = &choice->host->topology;
    guint placed = 0;

    cvm_each (struct cvm_cell, cell, &choice->domain->cpu.numa) {
        g_autoptr(GArray) vcpus = cvm_cpuset_parse(cell->cpus.value);
        uint64_t nodes = nodes_of_set(topology, cell->nodeset.value);

        if (!vcpus || !place_vcpus(places, nodes, threads, vcpus, map, count)) {
            return FALSE;
        }
        placed += vcpus->len;
    }
    return placed == count;
}

static void
set_pins(struct cvm_choice *choice, const guint *map, guint count)
{
    struct cvm_list *list = &choice->domain->vcpu.pin;
    const char *reason = _("cores of their own on the nodes that hold the memory");
    g_autoptr(GString) told = g_string_new(NULL);
    char digits[CVM_NUMBER_SIZE];
    struct cvm_pin *pins;

    for (guint i = 0; i < count; i++) {
        g_string_append(told, i ? ", " : "");
        g_string_append(told, cvm_number_format(digits, i));
        g_string_append(told, ": ");
        g_string_append(told, cvm_number_format(digits, map[i]));
    }
    pins = cvm_choose_list(choice, "pin", list, sizeof *pins, count, told->str, reason);
    for (guint i = 0; pins && i < count; i++) {
        cvm_default_uint(&pins[i].id, i, choice->node, reason);
        cvm_default_text(&pins[i].cpuset,
                         cvm_arena_strdup(choice->domain->arena, cvm_number_format(digits, map[i])),
                         choice->node, reason);
    }
}

static void
choose_pins(struct cvm_choice *choice, uint64_t nodes)
{
    struct cvm_vcpu *vcpu = &choice->domain->vcpu;
    g_autoptr(GArray) places = list_places(&choice->host->topology, &vcpu->cpuset);
    g_autoptr(GArray) vcpus = g_array_new(FALSE, FALSE, sizeof(guint));
    guint count = (guint)MIN(vcpu->count.value, places->len + 1);
    g_autofree guint *map = g_new0(guint, count);
    unsigned threads = cvm_is_set(vcpu->threads) ? (unsigned)MIN(vcpu->threads.value, 64) : 1;
    gboolean fits;

    for (guint i = 0; i < count; i++) {
        g_array_append_val(vcpus, i);
    }
    if (cells_are_bound(&choice->domain->cpu.numa)) {
        fits = place_cells(choice, places, threads, map, count);
    } else {
        fits = place_vcpus(places, nodes, threads, vcpus, map, count);
    }
    if (fits) {
        cvm_choose_in(choice, "vcpu", &vcpu->from);
        set_pins(choice, map, count);
    }
}

/* ---- both ---- */

static uint64_t
choose_nodes(struct cvm_choice *choice, gboolean pin)
{
    const struct cvm_domain *domain = choice->domain;
    const struct cvm_topology *topology = &choice->host->topology;
    struct cvm_node_demand demand = {
        .memory = domain->memory.size.value,
        .vcpus = cvm_is_set(domain->vcpu.count) ? domain->vcpu.count.value : 0,
        .nodes = nodes_of_pins(topology, &domain->vcpu.pin),
    };
    struct cvm_node_supply supply;
    uint64_t nodes;

    if (cvm_is_set(domain->numatune.nodeset)) {
        return nodes_of_set(topology, domain->numatune.nodeset.value);
    }
    count_supply(domain, topology, &supply);
    nodes = cvm_fewest_nodes(topology, &supply, &demand);
    if (!nodes && !pin) {
        demand.vcpus = 0; /* more vCPUs than CPUs are allowed while none is pinned */
        nodes = cvm_fewest_nodes(topology, &supply, &demand);
    }
    return nodes;
}

static const char *
format_nodes(struct cvm_choice *choice, uint64_t nodes)
{
    const struct cvm_topology *topology = &choice->host->topology;
    guint ids[MAX_NODES], count = 0;
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < topology->n_nodes && i < MAX_NODES; i++) {
        if (nodes & UINT64_C(1) << i) {
            ids[count++] = topology->nodes[i].id;
        }
    }
    text = cvm_cpuset_format(ids, count);
    return cvm_arena_strdup(choice->domain->arena, text);
}

gboolean
cvm_pins_by_itself(const struct cvm_domain *domain)
{
    return cvm_is_on(domain->vcpu.pin_auto) && cvm_is_set(domain->vcpu.count);
}

gboolean
cvm_chooses_nodes(const struct cvm_domain *domain)
{
    return (cvm_pins_by_itself(domain) || cvm_is_on(domain->numatune.nodeset_auto)) &&
           cvm_is_set(domain->memory.size) && cvm_is_unset(domain->numatune.nodeset) &&
           !cells_are_bound(&domain->cpu.numa) && domain->numatune.mode.from.origin != CVM_INVALID;
}

static void
resolve_auto(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;
    gboolean pin = cvm_pins_by_itself(domain);
    uint64_t nodes;

    if (!(pin || cvm_is_on(domain->numatune.nodeset_auto)) || !choice->host ||
        !choice->host->has_topology || !cvm_is_set(domain->memory.size)) {
        return;
    }
    nodes = choose_nodes(choice, pin);
    if (!nodes) {
        return;
    }
    if (pin) {
        choose_pins(choice, nodes);
    }
    if (cvm_chooses_nodes(domain)) {
        cvm_choose_in(choice, "numatune", &domain->numatune.from);
        cvm_choose_text(choice, "nodeset", &domain->numatune.nodeset, format_nodes(choice, nodes),
                        _("the fewest host nodes that hold the memory and the vCPUs"));
    }
}

void
cvm_resolve_topology(struct cvm_choice *choice)
{
    struct cvm_numatune *numatune = &choice->domain->numatune;
    gboolean bound = FALSE;

    resolve_auto(choice);
    cvm_each (struct cvm_cell, cell, &choice->domain->cpu.numa) {
        bound = bound || cvm_is_set(cell->nodeset);
    }
    if (bound || cvm_is_set(numatune->nodeset)) {
        cvm_choose_in(choice, "numatune", &numatune->from);
        cvm_choose_text(choice, "mode", &numatune->mode, "strict",
                        _("memory on another node would be slower, and nobody would know"));
    }
}
