/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's capabilities, reduced once to what the model holds. The formats: formatdomaincaps and
 * formatcaps of libvirt's documentation. */
#include <stdlib.h>
#include <string.h>

#include "read/host.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/number.h"

#define each_child(child, parent, child_name)                                                      \
    for (const struct cvm_node *child = first_named((parent), (child_name)); child;                \
         child = next_named(child))

static const struct cvm_node *
skip_to_name(const struct cvm_node *node, const char *name)
{
    while (node && !g_str_equal(node->name, name)) {
        node = node->next;
    }
    return node;
}

static const struct cvm_node *
first_named(const struct cvm_node *parent, const char *name)
{
    return parent ? skip_to_name(parent->children, name) : NULL;
}

static const struct cvm_node *
next_named(const struct cvm_node *node)
{
    return skip_to_name(node->next, node->name);
}

static unsigned
count_named(const struct cvm_node *parent, const char *name)
{
    unsigned count = 0;

    each_child (child, parent, name) {
        count++;
    }
    return count;
}

/* ---- values ---- */

int
cvm_host_number(const struct cvm_node *node, unsigned *value, GError **error)
{
    uint64_t number;

    if (!node) {
        return 0;
    }
    if (!node->text ||
        !(g_str_has_prefix(node->text, "0x") ? cvm_number_parse_hex(node->text, &number)
                                             : cvm_number_parse_decimal(node->text, &number)) ||
        number > G_MAXUINT) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, node->source->name, node->line,
                                node->column, _("'%1$s' of '%2$s' is no number in range"),
                                node->text ? node->text : "", node->name);
    }
    *value = (unsigned)number;
    return 0;
}

int
cvm_host_size(const struct cvm_node *node, const struct cvm_node *unit, uint64_t *bytes,
              GError **error)
{
    const char *name = cvm_node_attribute_text(unit, "unit");
    g_autofree char *text = NULL;

    if (!node) {
        return 0;
    }
    text = g_strconcat(node->text ? node->text : "", name ? name : "KiB", NULL);
    if (cvm_size_parse(text, bytes) != CVM_SIZE_OK) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, node->source->name, node->line,
                                node->column, _("'%1$s' of '%2$s' is no size"), text, node->name);
    }
    return 0;
}

enum cvm_known
cvm_host_yes_no(const char *text)
{
    static const char *const yes[] = { "yes", "Y", "1", NULL };
    static const char *const no[] = { "no", "N", "0", NULL };

    if (!text) {
        return CVM_UNKNOWN;
    }
    return g_strv_contains(yes, text) ? CVM_YES : g_strv_contains(no, text) ? CVM_NO : CVM_UNKNOWN;
}

void
cvm_host_take_texts(struct cvm_arena *arena, const struct cvm_node *parent, const char *name,
                    struct cvm_strings *list)
{
    list->items = cvm_arena_array(arena, const char *, count_named(parent, name) + 1);
    list->count = 0;
    each_child (child, parent, name) {
        if (child->text) {
            list->items[list->count++] = child->text;
        }
    }
}

static enum cvm_known
supported(const struct cvm_node *node)
{
    return cvm_host_yes_no(cvm_node_attribute_text(node, "supported"));
}

static const struct cvm_node *
find_by_name(const struct cvm_node *parent, const char *element, const char *name)
{
    each_child (child, parent, element) {
        if (g_strcmp0(cvm_node_attribute_text(child, "name"), name) == 0) {
            return child;
        }
    }
    return NULL;
}

/* <enum name='…'><value>…</value></enum>; an absent one leaves the list absent. */
static void
take_enum(struct cvm_arena *arena, const struct cvm_node *parent, const char *name,
          struct cvm_strings *list)
{
    const struct cvm_node *node = find_by_name(parent, "enum", name);

    if (node) {
        cvm_host_take_texts(arena, node, "value", list);
    }
}

/* ---- domain capabilities ---- */

static void
take_os(struct cvm_host *host, const struct cvm_node *os)
{
    struct cvm_domcaps *caps = &host->domcaps;
    const struct cvm_node *loader = cvm_node_child(os, "loader");
    struct cvm_strings secure = { 0 };

    take_enum(host->arena, os, "firmware", &caps->firmware);
    if (!loader) {
        return;
    }
    cvm_host_take_texts(host->arena, loader, "value", &caps->loaders);
    take_enum(host->arena, loader, "type", &caps->loader_types);
    take_enum(host->arena, loader, "secure", &secure);
    if (secure.items) {
        caps->loader_secure = cvm_strings_contain(&secure, "yes") ? CVM_YES : CVM_NO;
    }
}

static void
take_models(struct cvm_host *host, const struct cvm_node *custom)
{
    struct cvm_domcaps *caps = &host->domcaps;

    caps->models = cvm_arena_array(host->arena, struct cvm_cpu_model, count_named(custom, "model"));
    each_child (node, custom, "model") {
        if (node->text) {
            caps->models[caps->n_models++] = (struct cvm_cpu_model){
                .name = node->text,
                .usable = cvm_host_yes_no(cvm_node_attribute_text(node, "usable")),
                .vendor = cvm_node_attribute_text(node, "vendor"),
                .canonical = cvm_node_attribute_text(node, "canonical"),
                .deprecated =
                    cvm_host_yes_no(cvm_node_attribute_text(node, "deprecated")) == CVM_YES,
            };
        }
    }
}

static void
take_cpu(struct cvm_host *host, const struct cvm_node *cpu)
{
    struct cvm_domcaps *caps = &host->domcaps;
    const struct cvm_node *host_model = find_by_name(cpu, "mode", "host-model");

    caps->host_passthrough = supported(find_by_name(cpu, "mode", "host-passthrough"));
    caps->maximum = supported(find_by_name(cpu, "mode", "maximum"));
    caps->host_model_supported = supported(host_model);
    caps->host_model = cvm_node_child_text(host_model, "model");
    caps->host_vendor = cvm_node_child_text(host_model, "vendor");
    take_models(host, find_by_name(cpu, "mode", "custom"));
}

static unsigned
count_enums(const struct cvm_node *devices)
{
    unsigned count = 0;

    for (const struct cvm_node *device = devices ? devices->children : NULL; device;
         device = device->next) {
        count += count_named(device, "enum");
    }
    return count;
}

static void
take_device_enums(struct cvm_host *host, const struct cvm_node *devices)
{
    struct cvm_domcaps *caps = &host->domcaps;

    caps->device_enums = cvm_arena_array(host->arena, struct cvm_device_enum, count_enums(devices));
    for (const struct cvm_node *device = devices ? devices->children : NULL; device;
         device = device->next) {
        each_child (node, device, "enum") {
            const char *name = cvm_node_attribute_text(node, "name");

            if (name) {
                struct cvm_device_enum *list = &caps->device_enums[caps->n_device_enums++];

                list->device = device->name;
                list->name = name;
                cvm_host_take_texts(host->arena, node, "value", &list->values);
            }
        }
    }
}

static int
take_sev(struct cvm_host *host, const struct cvm_node *features, GError **error)
{
    struct cvm_domcaps *caps = &host->domcaps;
    const struct cvm_node *sev = cvm_node_child(features, "sev");
    const struct cvm_node *security = cvm_node_child(features, "launchSecurity");
    const struct cvm_node *max_guests = cvm_node_child(sev, "maxGuests");

    caps->sev = supported(sev);
    caps->has_max_guests = max_guests != NULL;
    if (cvm_host_number(cvm_node_child(sev, "cbitpos"), &caps->cbitpos, error) < 0 ||
        cvm_host_number(cvm_node_child(sev, "reducedPhysBits"), &caps->reduced_phys_bits, error) <
            0 ||
        cvm_host_number(max_guests, &caps->max_guests, error) < 0 ||
        cvm_host_number(cvm_node_child(sev, "maxESGuests"), &caps->max_es_guests, error) < 0) {
        return -1;
    }
    if (security) {
        caps->has_sectypes = TRUE;
        cvm_host_take_texts(host->arena, find_by_name(security, "enum", "sectype"), "value",
                            &caps->sectypes);
    }
    return 0;
}

int
cvm_host_take_domcaps(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    struct cvm_domcaps *caps = &host->domcaps;

    host->has_domcaps = TRUE;
    caps->emulator = cvm_node_child_text(root, "path");
    caps->virt_type = cvm_node_child_text(root, "domain");
    caps->machine = cvm_node_child_text(root, "machine");
    caps->arch = cvm_node_child_text(root, "arch");
    take_os(host, cvm_node_child(root, "os"));
    take_cpu(host, cvm_node_child(root, "cpu"));
    take_device_enums(host, cvm_node_child(root, "devices"));
    if (cvm_host_number(cvm_node_attribute(cvm_node_child(root, "vcpu"), "max"), &caps->vcpu_max,
                        error) < 0) {
        return -1;
    }
    return take_sev(host, cvm_node_child(root, "features"), error);
}

/* ---- host capabilities ---- */

enum { BASE_PAGE = 4096, MAX_NODES = 1024 /* Linux's NODES_SHIFT is at most 10 */ };

/* The base pages are not a pool: nobody reserves them. */
static int
take_pools(struct cvm_host *host, const struct cvm_node *cell, struct cvm_host_node *node,
           GError **error)
{
    node->pools = cvm_arena_array(host->arena, struct cvm_page_pool, count_named(cell, "pages"));
    each_child (pages, cell, "pages") {
        struct cvm_page_pool *pool = &node->pools[node->n_pools];
        unsigned count = 0;

        if (cvm_host_size(cvm_node_attribute(pages, "size"), pages, &pool->size, error) < 0 ||
            cvm_host_number(pages, &count, error) < 0) {
            return -1;
        }
        pool->count = count;
        if (pool->size > BASE_PAGE) {
            node->n_pools++;
        }
    }
    return 0;
}

static int
take_cpus(struct cvm_host *host, const struct cvm_node *cell, struct cvm_host_node *node,
          GError **error)
{
    const struct cvm_node *cpus = cvm_node_child(cell, "cpus");

    node->cpus = cvm_arena_array(host->arena, struct cvm_host_cpu, count_named(cpus, "cpu"));
    each_child (from, cpus, "cpu") {
        struct cvm_host_cpu *cpu = &node->cpus[node->n_cpus++];

        cpu->siblings = cvm_node_attribute_text(from, "siblings");
        if (cvm_host_number(cvm_node_attribute(from, "id"), &cpu->id, error) < 0 ||
            cvm_host_number(cvm_node_attribute(from, "socket_id"), &cpu->socket, error) < 0 ||
            cvm_host_number(cvm_node_attribute(from, "die_id"), &cpu->die, error) < 0 ||
            cvm_host_number(cvm_node_attribute(from, "core_id"), &cpu->core, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
take_distances(struct cvm_host *host, const struct cvm_node *cell, struct cvm_host_node *node,
               GError **error)
{
    const struct cvm_topology *topology = &host->topology;
    const struct cvm_node *distances = cvm_node_child(cell, "distances");

    if (!distances) {
        return 0;
    }
    node->distances = cvm_arena_array(host->arena, unsigned, topology->n_nodes);
    each_child (sibling, distances, "sibling") {
        unsigned id = G_MAXUINT, value = 0;

        if (cvm_host_number(cvm_node_attribute(sibling, "id"), &id, error) < 0 ||
            cvm_host_number(cvm_node_attribute(sibling, "value"), &value, error) < 0) {
            return -1;
        }
        for (unsigned i = 0; i < topology->n_nodes; i++) {
            if (topology->nodes[i].id == id) {
                node->distances[i] = value;
            }
        }
    }
    return 0;
}

static int
compare_nodes(const void *a, const void *b)
{
    const struct cvm_host_node *left = a, *right = b;

    return (left->id > right->id) - (left->id < right->id);
}

static enum cvm_known
smt_of(const struct cvm_topology *topology)
{
    enum cvm_known smt = CVM_UNKNOWN;

    for (unsigned i = 0; i < topology->n_nodes; i++) {
        for (unsigned j = 0; j < topology->nodes[i].n_cpus; j++) {
            const char *siblings = topology->nodes[i].cpus[j].siblings;

            if (siblings && strpbrk(siblings, ",-")) {
                return CVM_YES;
            }
            smt = siblings ? CVM_NO : smt;
        }
    }
    return smt;
}

static int
take_cells(struct cvm_host *host, const struct cvm_node *cells, GError **error)
{
    struct cvm_topology *topology = &host->topology;

    if (count_named(cells, "cell") > MAX_NODES) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, cells->source->name, cells->line,
                                cells->column, _("a host has at most 1024 NUMA nodes"));
    }
    topology->nodes =
        cvm_arena_array(host->arena, struct cvm_host_node, count_named(cells, "cell"));
    each_child (cell, cells, "cell") {
        struct cvm_host_node *node = &topology->nodes[topology->n_nodes++];
        const struct cvm_node *memory = cvm_node_child(cell, "memory");

        if (cvm_host_number(cvm_node_attribute(cell, "id"), &node->id, error) < 0 ||
            cvm_host_size(memory, memory, &node->memory, error) < 0 ||
            take_pools(host, cell, node, error) < 0 || take_cpus(host, cell, node, error) < 0) {
            return -1;
        }
    }
    qsort(topology->nodes, topology->n_nodes, sizeof *topology->nodes, compare_nodes);
    each_child (cell, cells, "cell") {
        unsigned id = 0;

        cvm_host_number(cvm_node_attribute(cell, "id"), &id, NULL);
        if (take_distances(host, cell, (struct cvm_host_node *)cvm_host_node(host, id), error) <
            0) {
            return -1;
        }
    }
    cvm_host_order_places(host);
    return 0;
}

/* <signature family='25' model='1' stepping='1'/>: what CPUID says of the processor, where that is
 * one of AMD's: other vendors' numbers mean nothing here. A record's own <processor> is read
 * afterwards, and counts more. */
static int
take_signature(struct cvm_host *host, const struct cvm_node *cpu, GError **error)
{
    const struct cvm_node *vendor = cvm_node_child(cpu, "vendor");
    const struct cvm_node *signature = cvm_node_child(cpu, "signature");
    const struct cvm_node *stepping = cvm_node_attribute(signature, "stepping");

    if (!vendor || g_strcmp0(vendor->text, "AMD") != 0) {
        return 0;
    }
    if (cvm_host_number(cvm_node_attribute(signature, "family"), &host->cpu_family, error) < 0 ||
        cvm_host_number(cvm_node_attribute(signature, "model"), &host->cpu_model, error) < 0 ||
        cvm_host_number(stepping, &host->cpu_stepping, error) < 0) {
        return -1;
    }
    host->has_cpu_stepping = stepping != NULL;
    return 0;
}

int
cvm_host_take_caps(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *machine = cvm_node_child(root, "host");
    const struct cvm_node *cells = cvm_node_child(cvm_node_child(machine, "topology"), "cells");
    const struct cvm_node *cpu = cvm_node_child(machine, "cpu");

    if (take_signature(host, cpu, error) < 0) {
        return -1;
    }
    if (!cells) {
        return 0;
    }
    host->has_topology = TRUE;
    if (take_cells(host, cells, error) < 0) {
        return -1;
    }
    host->smt = smt_of(&host->topology);
    return 0;
}
