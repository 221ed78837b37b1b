/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's memory: what it is made of, and what the host holds the process to. */
#include <string.h>

#include "model/need.h"
#include "render/qemu_parts.h"
#include "util/cpuset.h"
#include "util/number.h"

/* What one piece of memory is made of: all of it, or a NUMA cell's. */
struct piece {
    const char *id;
    uint64_t size;
    const struct cvm_uint *hugepages;
    const struct cvm_text *access;
    const struct cvm_text *nodeset;
    const struct cvm_text *mode;
};

/* ---- back ends ---- */

/* QEMU's name of numatune's mode. "restrictive" is left to what the process is held to. */
static const char *
policy_of(const struct cvm_text *mode)
{
    static const struct {
        const char *mode, *policy;
    } policies[] = {
        { "strict", "bind" },
        { "preferred", "preferred" },
        { "interleave", "interleave" },
    };

    for (size_t i = 0; cvm_is_set(*mode) && i < G_N_ELEMENTS(policies); i++) {
        if (g_str_equal(policies[i].mode, mode->value)) {
            return policies[i].policy;
        }
    }
    return cvm_is_set(*mode) ? NULL : "bind";
}

static void
set_nodes(json_t *backend, const struct piece *piece)
{
    const char *policy = policy_of(piece->mode);
    g_autoptr(GArray) nodes =
        cvm_is_set(*piece->nodeset) ? cvm_cpuset_parse(piece->nodeset->value) : NULL;
    json_t *list;

    if (!nodes || !policy) {
        return;
    }
    list = json_array();
    for (guint i = 0; i < nodes->len; i++) {
        json_array_append_new(list, json_integer(g_array_index(nodes, guint, i)));
    }
    json_object_set_new(backend, "host-nodes", list);
    cvm_qemu_set(backend, "policy", policy);
}

/* Huge pages come from a memfd and not from a mounted hugetlbfs: they are of the same pool, and
 * neither a mount of that size nor a permission on it is needed. All are taken at the start, since
 * one that is missing later kills the guest. */
static json_t *
new_backend(struct cvm_qemu *qemu, const struct piece *piece)
{
    const struct cvm_memory *memory = &qemu->domain->memory;
    gboolean huge = cvm_is_set(*piece->hugepages);
    gboolean file = !huge && cvm_text_is(memory->source, "file");
    gboolean memfd = huge || cvm_text_is(memory->source, "memfd");
    json_t *backend = cvm_qemu_object(file    ? "memory-backend-file"
                                      : memfd ? "memory-backend-memfd"
                                              : "memory-backend-ram",
                                      "%s", piece->id);

    if (file) {
        cvm_qemu_set(backend, "mem-path", cvm_qemu_state_path(qemu, piece->id));
    }
    if (huge) {
        cvm_qemu_set_flag(backend, "hugetlb", TRUE);
    }
    if (huge && piece->hugepages->value > 0) {
        cvm_qemu_set_uint(backend, "hugetlbsize", piece->hugepages->value);
    }
    if (cvm_is_set(*piece->access)) {
        cvm_qemu_set_flag(backend, "share", cvm_text_is(*piece->access, "shared"));
    }
    if (huge || cvm_text_is(memory->allocation, "immediate")) {
        cvm_qemu_set_flag(backend, "prealloc", TRUE);
    }
    cvm_qemu_set_uint(backend, "size", piece->size);
    set_nodes(backend, piece);
    return backend;
}

/* ---- -m ---- */

static gboolean
sum_cells(const struct cvm_domain *domain, uint64_t *sum)
{
    *sum = 0;
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (!cvm_is_set(cell->memory)) {
            return FALSE;
        }
        *sum += cell->memory.value;
    }
    return domain->cpu.numa.count > 0;
}

void
cvm_qemu_memory(struct cvm_qemu *qemu)
{
    const struct cvm_domain *domain = qemu->domain;
    const struct cvm_memory *memory = &domain->memory;
    uint64_t size = 0;

    if (!sum_cells(domain, &size)) {
        size = cvm_is_set(memory->size) ? memory->size.value : 0;
    }
    if (cvm_is_set(memory->max)) {
        cvm_qemu_add(qemu, "-m",
                     "size=%" G_GUINT64_FORMAT "k,slots=%" G_GUINT64_FORMAT
                     ",maxmem=%" G_GUINT64_FORMAT "k",
                     cvm_kib(size), cvm_is_set(memory->slots) ? memory->slots.value : 16,
                     cvm_kib(memory->max.value));
    } else {
        cvm_qemu_add(qemu, "-m", "size=%" G_GUINT64_FORMAT "k", cvm_kib(size));
    }
    if (domain->cpu.numa.count == 0) {
        struct piece all = {
            .id = "pc.ram",
            .size = cvm_kib(size) * 1024,
            .hugepages = &memory->hugepages,
            .access = &memory->access,
            .nodeset = &domain->numatune.nodeset,
            .mode = &domain->numatune.mode,
        };

        cvm_qemu_add_json(qemu, "-object", new_backend(qemu, &all));
    }
    cvm_qemu_add(qemu, "-overcommit", "mem-lock=%s",
                 cvm_is_given(memory->locked) && memory->locked.value ? "on" : "off");
}

/* ---- NUMA cells ---- */

/* "cpus=0-1,cpus=4": a range each. */
static void
append_cpus(GString *out, const struct cvm_text *cpus)
{
    g_autoptr(GArray) set = cvm_is_set(*cpus) ? cvm_cpuset_parse(cpus->value) : NULL;
    g_autofree char *notation =
        set ? cvm_cpuset_format((guint *)(void *)set->data, set->len) : NULL;
    g_auto(GStrv) ranges = notation ? g_strsplit(notation, ",", -1) : NULL;

    for (size_t i = 0; ranges && ranges[i]; i++) {
        g_string_append_printf(out, ",cpus=%s", ranges[i]);
    }
}

static void
add_cell(struct cvm_qemu *qemu, const struct cvm_cell *cell, unsigned index)
{
    const struct cvm_domain *domain = qemu->domain;
    uint64_t id = cvm_is_set(cell->id) ? cell->id.value : index;
    g_autofree char *backend = g_strdup_printf("ram-node%" G_GUINT64_FORMAT, id);
    g_autoptr(GString) out = g_string_new(NULL);
    struct piece piece = {
        .id = backend,
        .size = cvm_is_set(cell->memory) ? cvm_kib(cell->memory.value) * 1024 : 0,
        .hugepages = cvm_is_set(cell->hugepages) ? &cell->hugepages : &domain->memory.hugepages,
        .access = cvm_is_set(cell->mem_access) ? &cell->mem_access : &domain->memory.access,
        .nodeset = cvm_is_set(cell->nodeset) ? &cell->nodeset : &domain->numatune.nodeset,
        .mode = cvm_is_set(cell->mode) ? &cell->mode : &domain->numatune.mode,
    };

    cvm_qemu_add_json(qemu, "-object", new_backend(qemu, &piece));
    g_string_append_printf(out, "node,nodeid=%" G_GUINT64_FORMAT, id);
    append_cpus(out, &cell->cpus);
    g_string_append_printf(out, ",memdev=%s", backend);
    cvm_qemu_add(qemu, "-numa", "%s", out->str);
}

void
cvm_qemu_cells(struct cvm_qemu *qemu)
{
    unsigned index = 0;

    cvm_each (struct cvm_cell, cell, &qemu->domain->cpu.numa) {
        add_cell(qemu, cell, index++);
    }
}

/* ---- the process ---- */

static gboolean
has_assigned_device(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_hostdev, hostdev, &domain->devices.hostdev) {
        if (cvm_text_is(hostdev->type, "pci") || cvm_text_is(hostdev->type, "mdev")) {
            return TRUE;
        }
    }
    return FALSE;
}

/* KVM pins all memory of a SEV and SEV-ES guest, VFIO that of any guest; libvirt allows 1 GiB
 * beside it (qemuDomainGetMemLockLimitBytes). */
static uint64_t
locked_memory(const struct cvm_domain *domain)
{
    enum cvm_guest guest = cvm_domain_guest(domain);
    gboolean assigned = has_assigned_device(domain);
    struct cvm_memory_need need;
    uint64_t limit = 0;

    if (cvm_is_set(domain->memory.hard_limit)) {
        return domain->memory.hard_limit.value;
    }
    if (cvm_is_given(domain->memory.locked) && domain->memory.locked.value) {
        return G_MAXUINT64;
    }
    if (!cvm_memory_need(domain, &need)) {
        return guest & CVM_GUEST_LEGACY || assigned ? G_MAXUINT64 : 0;
    }
    if (guest & CVM_GUEST_LEGACY) {
        limit = need.total;
    }
    return assigned ? MAX(limit, need.ram + (UINT64_C(1) << 30)) : limit;
}

static void
add_cpus(GArray *all, const struct cvm_text *cpuset)
{
    g_autoptr(GArray) set = cvm_is_set(*cpuset) ? cvm_cpuset_parse(cpuset->value) : NULL;

    if (set) {
        g_array_append_vals(all, set->data, set->len);
    }
}

static gboolean
is_pinned(const struct cvm_vcpu *vcpu, uint64_t id)
{
    cvm_each (struct cvm_pin, pin, &vcpu->pin) {
        if (cvm_is_set(pin->id) && pin->id.value == id) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Where all of the guest's threads may run; NULL where one of its vCPUs may run anywhere. */
static char *
processors(const struct cvm_vcpu *vcpu)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(guint));

    for (uint64_t i = 0; !cvm_is_set(vcpu->cpuset) && i < vcpu->count.value; i++) {
        if (!is_pinned(vcpu, i)) {
            return NULL;
        }
    }
    add_cpus(all, &vcpu->cpuset);
    add_cpus(all, &vcpu->emulatorpin);
    cvm_each (struct cvm_pin, pin, &vcpu->pin) {
        add_cpus(all, &pin->cpuset);
    }
    cvm_each (struct cvm_pin, pin, &vcpu->iothreadpin) {
        add_cpus(all, &pin->cpuset);
    }
    cvm_cpuset_sort(all);
    return all->len > 0 ? cvm_cpuset_format((guint *)(void *)all->data, all->len) : NULL;
}

void
cvm_qemu_place_process(struct cvm_qemu *qemu)
{
    const struct cvm_domain *domain = qemu->domain;

    qemu->locked_memory = locked_memory(domain);
    qemu->processors = processors(&domain->vcpu);
    if (cvm_is_set(domain->numatune.nodeset)) {
        qemu->nodes = domain->numatune.nodeset.value;
        qemu->nodes_mode =
            cvm_is_set(domain->numatune.mode) ? domain->numatune.mode.value : "strict";
    }
}
