/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory there is, and how it is held. */
#include <string.h>

#include "harden/repair.h"
#include "model/need.h"
#include "util/i18n.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)

/* The bytes as a number of the unit that the node has; in KiB, with its unit, where they are no
 * whole number of it. */
static void
set_size(struct cvm_repair *repair, const struct cvm_node *node, uint64_t bytes)
{
    static const struct {
        const char *unit;
        uint64_t bytes;
    } units[] = { { "KiB", KIB }, { "MiB", MIB }, { "GiB", MIB << 10 }, { "b", 1 } };
    const struct cvm_node *element = cvm_repair_element(node);
    const char *unit = cvm_node_attribute_text(element, "unit");
    uint64_t size = KIB;
    g_autofree char *text = NULL;

    for (size_t i = 0; unit && i < G_N_ELEMENTS(units); i++) {
        if (g_str_equal(units[i].unit, unit) && bytes % units[i].bytes == 0) {
            size = units[i].bytes;
        }
    }
    if (unit && size == KIB) {
        cvm_repair_set_attribute(repair, element, "unit", "KiB");
    }
    text = g_strdup_printf("%" G_GUINT64_FORMAT, (bytes + size - 1) / size);
    if (node->kind == CVM_NODE_ATTRIBUTE) {
        cvm_repair_set_attribute(repair, element, node->name, text);
    } else {
        cvm_repair_set_text(repair, element, text);
    }
}

void
cvm_repair_lock_memory(struct cvm_repair *repair)
{
    cvm_repair_insert_below(repair, repair->root, "memoryBacking", "<locked/>");
}

void
cvm_repair_hard_limit(struct cvm_repair *repair)
{
    const struct cvm_node *limit = cvm_repair_at(repair->root, "memtune/hard_limit");
    struct cvm_memory_need need;

    if (repair->guest == CVM_GUEST_SEV_SNP) {
        cvm_repair_remove(repair, limit);
    } else if (limit && cvm_memory_need(repair->domain, &need)) {
        set_size(repair, limit, (need.total + MIB - 1) / MIB * MIB);
    }
}

void
cvm_repair_unlock_memory(struct cvm_repair *repair)
{
    cvm_repair_remove(repair, cvm_repair_at(repair->root, "memoryBacking/locked"));
}

void
cvm_repair_hugepages(struct cvm_repair *repair)
{
    cvm_repair_remove(repair, cvm_repair_at(repair->root, "memoryBacking/hugepages"));
}

static const struct cvm_cell *
find_cell(const struct cvm_domain *domain, const struct cvm_node *node)
{
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cell->memory.from.node == node) {
            return cell;
        }
    }
    return NULL;
}

/* Up to the next whole page: the guest has no less than was asked for. */
void
cvm_repair_remainder(struct cvm_repair *repair)
{
    const struct cvm_memory *memory = &repair->domain->memory;
    const struct cvm_cell *cell = find_cell(repair->domain, repair->node);
    const struct cvm_uint *size = cell ? &cell->memory : &memory->size;
    uint64_t page =
        cell && cvm_is_set(cell->hugepages) ? cell->hugepages.value : memory->hugepages.value;
    /* libvirt rounds to whole MiB first (qemuDomainAlignMemorySizes) */
    uint64_t bytes = (size->value + MIB - 1) / MIB * MIB, rounded;

    if (page == 0 || bytes > G_MAXINT64) {
        cvm_repair_decline(repair, _("The size of the host's huge pages is not known."));
        return;
    }
    rounded = (bytes + page - 1) / page * page;
    if (rounded > bytes + bytes / 2) {
        cvm_repair_decline(repair, _("Either the pages are too large, or the guest is too small: "
                                     "that is for you to decide."));
        return;
    }
    set_size(repair, size->from.node, rounded);
    if (!cell && cvm_is_set(memory->current) && memory->current.value == size->value &&
        cvm_is_given(memory->current)) {
        set_size(repair, memory->current.from.node, rounded);
    }
}

/* The number that libvirt would put there. */
void
cvm_repair_memory_sum(struct cvm_repair *repair)
{
    const struct cvm_memory *memory = &repair->domain->memory;
    uint64_t sum = 0;

    cvm_each (struct cvm_cell, cell, &repair->domain->cpu.numa) {
        sum += cell->memory.value;
    }
    set_size(repair, memory->size.from.node, sum);
    if (cvm_is_given(memory->current) && memory->current.value == memory->size.value) {
        set_size(repair, memory->current.from.node, sum);
    }
}

void
cvm_repair_max_memory(struct cvm_repair *repair)
{
    if (repair->domain->devices.memory.count > 0) {
        cvm_repair_decline(repair, _("Memory modules are part of what the guest has: how much it "
                                     "is to have without them is for you to decide."));
        return;
    }
    cvm_repair_remove(repair, cvm_node_child(repair->root, "maxMemory"));
}

/* Without it the guest has all its memory. */
void
cvm_repair_current_memory(struct cvm_repair *repair)
{
    cvm_repair_remove(repair, cvm_node_child(repair->root, "currentMemory"));
}

void
cvm_repair_dump_core(struct cvm_repair *repair)
{
    const struct cvm_node *memory = cvm_node_child(repair->root, "memory");

    if (memory) {
        cvm_repair_set_attribute(repair, memory, "dumpCore", "off");
    }
}

/* For a process that serves a device of the guest. */
void
cvm_repair_share_memory(struct cvm_repair *repair)
{
    const struct cvm_domain *domain = repair->domain;
    const struct cvm_node *backing = cvm_node_child(repair->root, "memoryBacking");
    gboolean huge = !cvm_is_unset(domain->memory.hugepages) || domain->memory.page.count > 0;
    const struct cvm_node *access = cvm_node_child(backing, "access");
    const struct cvm_node *source = cvm_node_child(backing, "source");

    if (repair->finding->severity != CVM_SEVERE) {
        cvm_repair_decline(repair, _("Which other device would do is for you to decide."));
        return;
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cvm_is_set(cell->mem_access) && !cvm_text_is(cell->mem_access, "shared")) {
            cvm_repair_set_attribute(repair, cell->from.node, "memAccess", "shared");
        }
    }
    if (access) {
        cvm_repair_set_attribute(repair, access, "mode", "shared");
    }
    if (!huge && source && !cvm_text_is(domain->memory.source, "file")) {
        cvm_repair_set_attribute(repair, source, "type", "memfd");
    }
    if (access && (huge || source)) {
        return;
    }
    cvm_repair_insert_below(repair, repair->root, "memoryBacking",
                            huge || source ? "<access mode='shared'/>"
                            : access       ? "<source type='memfd'/>"
                            : backing      ? "<source type='memfd'/>\n<access mode='shared'/>"
                                           : "<source type='memfd'/>\n  <access mode='shared'/>");
}
