/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys: profiles (hosts) with the same key get the same findings of all rules, but for those that
 * judge.c counts for each pair. A key is what was read, whole, without what is named here: so what
 * nobody thought of makes two kinds of one, and never one of two. */
#include "fleet/kind.h"

#include <string.h>

#include "rules/memory.h"
#include "util/number.h"

/* Beyond this, sums are not to be trusted: 256 TiB, the addresses of a processor. */
#define MEMORY_MAX (UINT64_C(1) << 48)
#define MIB (UINT64_C(1) << 20)

enum { KEY_SIZE = 64 * 1024 /* of most records */ };

/* With the NUL at its end. */
static void
append(GString *key, const char *text)
{
    text = text ? text : "";
    g_string_append_len(key, text, (gssize)strlen(text) + 1);
}

/* ---- hosts ---- */

/* What of a record no rule looks at, or only judge.c: children and attributes of an element. */
static const struct {
    const char *parent;
    const char *const names[9];
} passed_over[] = {
    { "cvmdomHost",
      { "name",                             /* in messages */
        "description", "origin", "sevInfo", /* for people */
        "guests", "freePages", "misc",      /* amounts */
        "times" /* see append_facts() */ } },
    { "sevPlatform", { "guests" } },
    { "host", { "topology", "uuid" } },
    { "sev", { "maxGuests", "maxESGuests" } },
};

static const char *const *
find_passed_over(const char *parent)
{
    for (size_t i = 0; i < G_N_ELEMENTS(passed_over); i++) {
        if (g_str_equal(passed_over[i].parent, parent)) {
            return passed_over[i].names;
        }
    }
    return NULL;
}

/* The source as far as a node that is passed over, and a mark in its place that no XML holds. */
static void
append_before(GString *key, const struct cvm_node *node, unsigned *done)
{
    g_string_append_len(key, node->source->data + *done, (gssize)(node->start - *done));
    g_string_append_c(key, '\1');
    *done = node->end;
}

/* Of an element what lies behind *done, but for its end. */
static void
append_element(GString *key, const struct cvm_node *node, unsigned *done)
{
    const char *const *without = find_passed_over(node->name);

    for (const struct cvm_node *each = node->attributes; without && each; each = each->next) {
        if (g_strv_contains(without, each->name)) {
            append_before(key, each, done);
        }
    }
    for (const struct cvm_node *each = node->children; each; each = each->next) {
        if (without && g_strv_contains(without, each->name)) {
            append_before(key, each, done);
        } else if (each->children || each->attributes) {
            append_element(key, each, done);
        }
    }
}

/* The text that was read, which is told apart faster than what it says: two that say the same in
 * other words are two kinds. */
static void
append_source(GString *key, const struct cvm_node *root)
{
    unsigned done = root->start;

    append_element(key, root, &done);
    g_string_append_len(key, root->source->data + done, (gssize)(root->end - done));
}

/* Sizes of huge pages, whatever their number. */
static void
append_sizes(GString *key, const struct cvm_topology *topology)
{
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        for (unsigned j = 0; j < topology->nodes[i].n_pools; j++) {
            g_autofree char *size =
                g_strdup_printf("|%" G_GUINT64_FORMAT "|", topology->nodes[i].pools[j].size);

            if (!strstr(key->str, size)) {
                g_string_append(key, size);
            }
        }
    }
}

/* What rules ask of amounts, as yes or no: is there one at all (readiness/asids.c), is the one
 * above the other (CVM711). */
static void
append_facts(GString *key, const struct cvm_host *host)
{
    const struct cvm_domcaps *domcaps = &host->domcaps;
    const struct cvm_topology *topology = &host->topology;
    g_autoptr(GString) facts = g_string_new(NULL);
    gboolean memory = FALSE, cpus = FALSE;

    for (unsigned i = 0; i < topology->n_nodes; i++) {
        memory |= topology->nodes[i].memory > 0;
        cpus |= topology->nodes[i].n_cpus > 0;
    }
    g_string_append_printf(facts, "%d%d %d%d%d %d%d%d %d%d %d%d%d", host->has_topology, host->smt,
                           host->capacity.known, host->capacity.sev > 0, host->capacity.sev_es > 0,
                           domcaps->has_max_guests, domcaps->max_guests > 0,
                           domcaps->max_es_guests > 0, host->caps_cached > 0,
                           host->parameters_changed > host->caps_cached, topology->n_nodes > 0,
                           memory, cpus);
    append_sizes(facts, topology);
    append(key, facts->str);
}

static void
append_numbers(GString *key, const unsigned *numbers, unsigned count)
{
    g_string_append_len(key, (const char *)numbers, (gssize)(count * sizeof *numbers));
}

static void
append_layout(GString *key, const struct cvm_topology *topology)
{
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];
        const unsigned head[] = { node->id, node->distances != NULL, node->n_cpus };

        append_numbers(key, head, G_N_ELEMENTS(head));
        append_numbers(key, node->distances, node->distances ? topology->n_nodes : 0);
        for (unsigned j = 0; j < node->n_cpus; j++) {
            const struct cvm_host_cpu *cpu = &node->cpus[j];
            const unsigned numbers[] = { cpu->id, cpu->socket, cpu->die, cpu->core };

            append_numbers(key, numbers, G_N_ELEMENTS(numbers));
            append(key, cpu->siblings);
        }
    }
}

GBytes *
cvm_host_key(const struct cvm_host *host, enum cvm_fleet_sight sight)
{
    GString *key = g_string_sized_new(KEY_SIZE);

    g_string_append_c(key, (char)('0' + sight));
    append_source(key, host->root);
    append_facts(key, host);
    if (sight >= CVM_FLEET_LAYOUT) {
        append_layout(key, &host->topology);
    }
    return g_string_free_to_bytes(key);
}

/* ---- profiles ---- */

static gboolean
is_plain_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-";

    return g_ascii_isalpha(text[0]) && text[strspn(text, letters)] == '\0';
}

/* resolve/ looks at the beginning and the end of a disk's source, and rules at neither. */
static void
append_path(GString *key, const char *path)
{
    const char *dot = strrchr(path, '.');

    append(key, g_str_has_prefix(path, "/dev/") ? "/dev/" : "/");
    append(key, dot);
}

/* Rules on the size of memory that does not change: those on pages (CVM507). What locks it and
 * limits it makes others. */
static gboolean
has_plain_memory(const struct cvm_domain *domain)
{
    const struct cvm_memory *memory = &domain->memory;

    return cvm_is_given(memory->size) && memory->size.value < MEMORY_MAX &&
           cvm_is_unset(memory->max) && cvm_is_unset(memory->current) &&
           cvm_is_unset(memory->slots) && !cvm_is_off(memory->locked) &&
           cvm_is_unset(memory->hard_limit) && domain->cpu.numa.count == 0;
}

static void
append_memory(GString *key, const struct cvm_domain *domain)
{
    uint64_t page = cvm_page_size(domain, NULL);
    uint64_t size = domain->memory.size.value;
    uint64_t bytes = (size + MIB - 1) / MIB * MIB;

    g_string_append_printf(key, "memory %d%d",
                           page > CVM_PAGES_OF_HOST && bytes<page, page> CVM_PAGES_OF_HOST &&
                               bytes % page != 0);
    append(key, "");
}

static gboolean
is_of_device(const struct cvm_node *node, const char *list, const char *name)
{
    const struct cvm_node *device = node->parent;
    const struct cvm_node *devices =
        device && device->parent && device->parent->kind == CVM_NODE_LIST ? device->parent : device;

    return g_strcmp0(node->name, name) == 0 && devices && g_strcmp0(devices->name, list) == 0;
}

/* What may differ: TRUE when it is dealt with. */
static gboolean
append_difference(GString *key, const struct cvm_domain *domain, const struct cvm_node *node)
{
    static const char *const for_people[] = { "uuid", "title", "description", NULL };
    const char *name = node->name ? node->name : "";

    if (node->parent == domain->root && node->kind == CVM_NODE_SCALAR) {
        if (g_strv_contains(for_people, name) ||
            (g_str_equal(name, "name") && is_plain_name(node->text))) {
            append(key, name);
            return TRUE;
        }
    }
    if (node == domain->memory.size.from.node && has_plain_memory(domain)) {
        append_memory(key, domain);
        return TRUE;
    }
    if (node->kind == CVM_NODE_SCALAR && is_of_device(node, "interface", "mac")) {
        append(key, "mac");
        return TRUE;
    }
    if (node->kind == CVM_NODE_SCALAR && is_of_device(node, "disk", "source") &&
        node->text[0] == '/') {
        append_path(key, node->text);
        return TRUE;
    }
    return FALSE;
}

static void
append_value(GString *key, const struct cvm_domain *domain, const struct cvm_node *node)
{
    if (append_difference(key, domain, node)) {
        return;
    }
    g_string_append_c(key, (char)('0' + node->kind));
    g_string_append_c(key, node->quoted ? 'q' : ' ');
    append(key, node->name);
    append(key, node->text);
    for (const struct cvm_node *each = node->children; each; each = each->next) {
        append_value(key, domain, each);
    }
    g_string_append_c(key, '\1');
}

/* What stands in files that a profile names. */
static void
append_blobs(GString *key, const struct cvm_launch *launch)
{
    const struct cvm_blob *const blobs[] = {
        &launch->dh_cert,  &launch->session, &launch->guest_visible_workarounds,
        &launch->id_block, &launch->id_auth, &launch->host_data,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(blobs); i++) {
        append(key, blobs[i]->file ? blobs[i]->base64 : NULL);
    }
}

GBytes *
cvm_profile_key(const struct cvm_domain *domain)
{
    GString *key;

    if (domain->problems || domain->suppressions) {
        return NULL;
    }
    key = g_string_new(NULL);
    append_value(key, domain, domain->root);
    append_blobs(key, &domain->launch);
    return g_string_free_to_bytes(key);
}

/* ---- how much of a host a profile sees ---- */

static gboolean
names_places(const struct cvm_domain *domain)
{
    const struct cvm_vcpu *vcpu = &domain->vcpu;
    gboolean bound = FALSE;

    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        bound = bound || !cvm_is_unset(cell->nodeset);
    }
    return bound || !cvm_is_unset(domain->numatune.nodeset) || !cvm_is_unset(vcpu->cpuset) ||
           !cvm_is_unset(vcpu->emulatorpin) || vcpu->pin.count > 0 || vcpu->iothreadpin.count > 0;
}

/* Choices by resolve/ upon which rules would come to something else than in another host of its
 * kind with as much of everything as one likes. */
static gboolean
is_chosen_by_amounts(const struct cvm_domain *domain)
{
    uint64_t page = cvm_page_size(domain, NULL);

    return names_places(domain) || domain->cpu.numa.count > 0 ||
           (page > CVM_PAGES_OF_HOST && domain->memory.size.value % page != 0);
}

enum cvm_fleet_sight
cvm_profile_sight(const struct cvm_domain *domain)
{
    gboolean automatic =
        cvm_is_on(domain->vcpu.pin_auto) || cvm_is_on(domain->numatune.nodeset_auto);
    gboolean huge = domain->memory.size.value >= MEMORY_MAX;

    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        huge = huge || cell->memory.value >= MEMORY_MAX / 1024;
    }
    if (domain->suppressions || huge || (automatic && is_chosen_by_amounts(domain))) {
        return CVM_FLEET_WHOLE;
    }
    return automatic || names_places(domain) ? CVM_FLEET_LAYOUT : CVM_FLEET_BASE;
}

/* ---- a host with plenty ---- */

enum { PLENTY = 50 /* bits: of each size of pages, and of ordinary memory, on each node */ };

struct cvm_host
cvm_host_with_plenty(struct cvm_arena *arena, const struct cvm_host *host)
{
    struct cvm_host plenty = *host;
    struct cvm_topology *topology = &plenty.topology;
    gboolean tells = FALSE;

    plenty.in_use.known = plenty.running.known = FALSE;
    topology->nodes = cvm_arena_array(arena, struct cvm_host_node, topology->n_nodes);
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        tells |= host->topology.nodes[i].memory > 0;
    }
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        struct cvm_host_node *node = &topology->nodes[i];

        *node = host->topology.nodes[i];
        node->memory = tells ? UINT64_C(1) << PLENTY : 0;
        node->pools = cvm_arena_array(arena, struct cvm_page_pool, node->n_pools);
        for (unsigned j = 0; j < node->n_pools; j++) {
            uint64_t size = MAX(host->topology.nodes[i].pools[j].size, 1);

            node->pools[j] = (struct cvm_page_pool){
                .size = host->topology.nodes[i].pools[j].size,
                .count = (UINT64_C(1) << PLENTY) / size,
            };
            node->memory += tells ? node->pools[j].count * size : 0;
        }
    }
    return plenty;
}
