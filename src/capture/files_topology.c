/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NUMA nodes, their memory, huge pages and processors, for a record that libvirt did not contribute
 * to: written as libvirt's <capabilities> has them, so that the record has one form of it. */
#include <string.h>

#include "capture/files.h"
#include "util/cpuset.h"
#include "util/xml_out.h"

#define NODES "/sys/devices/system/node"
#define CPUS "/sys/devices/system/cpu"

enum { MAX_NODES = 1024 /* Linux's NODES_SHIFT is at most 10 */ };

#define MAX_MEMORY (UINT64_C(1) << 42) /* KiB: 52 bits of address */

/* "Node 0 MemTotal:       65536 kB", or without "Node 0 " in /proc/meminfo */
static gboolean
read_memory(const struct cvm_files *files, const char *path, uint64_t *kib)
{
    g_autofree char *text = cvm_files_text(files, path);
    const char *mark = text ? strstr(text, "MemTotal:") : NULL;
    const char *value = mark ? cvm_files_after(mark, "MemTotal:") : NULL;
    g_autofree char *digits = value ? g_strndup(value, strspn(value, "0123456789")) : NULL;

    return digits && g_str_has_prefix(value + strlen(digits), " kB") &&
           cvm_files_parse(digits, MAX_MEMORY, kib);
}

static void
write_pools(const struct cvm_files *files, struct cvm_xml *xml, const char *folder)
{
    g_autoptr(GPtrArray) names = cvm_files_list(files, folder);

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], "nr_hugepages", NULL);
        uint64_t size, count;

        if (cvm_files_pool_size(names->pdata[i], &size) &&
            cvm_files_number(files, path, G_MAXUINT, &count)) {
            cvm_xml_start(xml, "pages");
            cvm_xml_attribute(xml, "unit", "KiB");
            cvm_xml_attribute_format(xml, "size", "%" G_GUINT64_FORMAT, size >> 10);
            cvm_xml_text_uint(xml, count);
            cvm_xml_end(xml);
        }
    }
}

/* "10 21": one number a node, in the order of their ids. */
static void
write_distances(const struct cvm_files *files, struct cvm_xml *xml, unsigned node, GArray *nodes)
{
    g_autofree char *path = g_strdup_printf(NODES "/node%u/distance", node);
    const char *text = cvm_files_value(files, path);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);

    if (g_strv_length(words) != nodes->len) {
        return;
    }
    cvm_xml_start(xml, "distances");
    for (guint i = 0; i < nodes->len; i++) {
        uint64_t value;

        if (cvm_files_parse(words[i], G_MAXUINT8, &value)) {
            cvm_xml_start(xml, "sibling");
            cvm_xml_attribute_format(xml, "id", "%u", g_array_index(nodes, unsigned, i));
            cvm_xml_attribute_format(xml, "value", "%u", (unsigned)value);
            cvm_xml_end(xml);
        }
    }
    cvm_xml_end_unless_empty(xml);
}

/* A processor that is not in use has no topology. */
static void
write_cpu(const struct cvm_files *files, struct cvm_xml *xml, unsigned id)
{
    static const struct {
        const char *attribute, *file;
    } numbers[] = { { "socket_id", "physical_package_id" },
                    { "die_id", "die_id" },
                    { "core_id", "core_id" } };
    g_autofree char *siblings = g_strdup_printf(CPUS "/cpu%u/topology/thread_siblings_list", id);
    const char *text = cvm_files_value(files, siblings);
    GArray *set = text ? cvm_cpuset_parse(text) : NULL;

    cvm_xml_start(xml, "cpu");
    cvm_xml_attribute_format(xml, "id", "%u", id);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *path = g_strdup_printf(CPUS "/cpu%u/topology/%s", id, numbers[i].file);
        uint64_t value;

        if (cvm_files_number(files, path, G_MAXINT32, &value)) {
            cvm_xml_attribute_format(xml, numbers[i].attribute, "%u", (unsigned)value);
        }
    }
    if (set) {
        cvm_xml_attribute(xml, "siblings", text);
        g_array_unref(set);
    }
    cvm_xml_end(xml);
}

/* FALSE when the list is none; *cpus NULL for a node that has memory only. */
static gboolean
read_cpus(const struct cvm_files *files, const char *path, GArray **cpus)
{
    g_autofree char *text = cvm_files_text(files, path);

    *cpus = text && *g_strstrip(text) ? cvm_cpuset_parse(text) : NULL;
    return *cpus || (text && !*text);
}

struct cell {
    unsigned id;
    const char *memory, *cpus, *pools; /* where to read them */
    GArray *nodes;                     /* NULL: there are no nodes to be distant from */
};

/* FALSE when the node is not told completely: a node without memory, say, would be a claim. */
static gboolean
write_cell(const struct cvm_files *files, struct cvm_xml *xml, const struct cell *cell)
{
    uint64_t kib;
    GArray *cpus;

    if (!read_memory(files, cell->memory, &kib) || !read_cpus(files, cell->cpus, &cpus)) {
        return FALSE;
    }
    cvm_xml_start(xml, "cell");
    cvm_xml_attribute_format(xml, "id", "%u", cell->id);
    cvm_xml_start(xml, "memory");
    cvm_xml_attribute(xml, "unit", "KiB");
    cvm_xml_text_uint(xml, kib);
    cvm_xml_end(xml);
    write_pools(files, xml, cell->pools);
    if (cell->nodes) {
        write_distances(files, xml, cell->id, cell->nodes);
    }
    cvm_xml_start(xml, "cpus");
    cvm_xml_attribute_format(xml, "num", "%u", cpus ? cpus->len : 0);
    for (guint i = 0; cpus && i < cpus->len; i++) {
        write_cpu(files, xml, g_array_index(cpus, guint, i));
    }
    cvm_xml_end(xml);
    cvm_xml_end(xml);
    g_clear_pointer(&cpus, g_array_unref);
    return TRUE;
}

static gboolean
write_node(const struct cvm_files *files, struct cvm_xml *xml, unsigned id, GArray *nodes)
{
    g_autofree char *memory = g_strdup_printf(NODES "/node%u/meminfo", id);
    g_autofree char *cpus = g_strdup_printf(NODES "/node%u/cpulist", id);
    g_autofree char *pools = g_strdup_printf(NODES "/node%u/hugepages", id);

    return write_cell(files, xml, &(struct cell){ id, memory, cpus, pools, nodes });
}

/* A kernel without NUMA: all in one, as libvirt tells it, too. */
static gboolean
write_only_node(const struct cvm_files *files, struct cvm_xml *xml)
{
    return write_cell(
        files, xml,
        &(struct cell){ 0, "/proc/meminfo", CPUS "/online", "/sys/kernel/mm/hugepages", NULL });
}

static gboolean
write_cells(const struct cvm_files *files, struct cvm_xml *xml)
{
    g_autoptr(GArray) nodes = cvm_files_numbered(files, NODES, "node");
    gboolean complete = nodes->len <= MAX_NODES;

    cvm_xml_start(xml, "cells");
    cvm_xml_attribute_format(xml, "num", "%u", MAX(nodes->len, 1));
    for (guint i = 0; i < nodes->len && complete; i++) {
        complete = write_node(files, xml, g_array_index(nodes, unsigned, i), nodes);
    }
    complete = complete && (nodes->len > 0 || write_only_node(files, xml));
    cvm_xml_end(xml);
    return complete;
}

void
cvm_files_take_topology(struct cvm_files *files)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_xml xml;
    gboolean complete;

    if (files->record->caps) {
        return;
    }
    cvm_xml_init(&xml, out);
    cvm_xml_start(&xml, "capabilities");
    cvm_xml_start(&xml, "host");
    cvm_xml_start(&xml, "topology");
    complete = write_cells(files, &xml);
    cvm_xml_end(&xml);
    cvm_xml_end(&xml);
    cvm_xml_end(&xml);
    if (complete) {
        (void)cvm_record_add_capabilities(files->record, out->str, out->len, NULL);
    }
}
