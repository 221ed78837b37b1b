/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/bindings.h"

#include "rules/memory.h"
#include "util/cpuset.h"

static void
clear_binding(gpointer data)
{
    struct cvm_binding *binding = data;

    g_clear_pointer(&binding->nodes, g_array_unref);
}

/* A nodeset that cannot be read, or names a node that the host has not (CVM509), is left out: it
 * says nothing about room. */
static void
add_binding(GArray *bindings, const struct cvm_host *host, const struct cvm_from *at,
            uint64_t bytes, const struct cvm_text *nodeset)
{
    struct cvm_binding binding = { at, NULL, bytes };

    if (nodeset && nodeset->from.origin == CVM_INVALID) {
        return;
    }
    if (nodeset && cvm_is_set(*nodeset)) {
        g_autoptr(GArray) known = host ? cvm_list_host_nodes(host) : NULL;

        binding.nodes = cvm_cpuset_parse(nodeset->value);
        if (!binding.nodes || (known && !cvm_cpuset_is_subset(binding.nodes, known))) {
            clear_binding(&binding);
            return;
        }
    }
    g_array_append_val(bindings, binding);
}

/* With "preferred" the kernel takes pages of other nodes where these have none left; with "auto"
 * numad names the nodes at the start. */
static const struct cvm_text *
find_nodeset(const struct cvm_numatune *numatune, const struct cvm_cell *cell)
{
    const struct cvm_text *mode = &numatune->mode;

    if (!cell || cvm_is_unset(cell->nodeset)) {
        return cvm_text_is(*mode, "preferred") || cvm_text_is(numatune->placement, "auto")
                   ? NULL
                   : &numatune->nodeset;
    }
    if (cvm_is_set(cell->mode)) {
        mode = &cell->mode;
    }
    return cvm_text_is(*mode, "preferred") ? NULL : &cell->nodeset;
}

GArray *
cvm_list_bindings(const struct cvm_domain *domain, const struct cvm_host *host,
                  const struct cvm_from *at, uint64_t page, gboolean by_cell)
{
    GArray *bindings = g_array_new(FALSE, FALSE, sizeof(struct cvm_binding));

    g_array_set_clear_func(bindings, clear_binding);
    if (domain->cpu.numa.count == 0 && cvm_is_set(domain->memory.size) &&
        (page == CVM_PAGES_ANY || page == cvm_page_size(domain, NULL))) {
        add_binding(bindings, host, at, domain->memory.size.value,
                    find_nodeset(&domain->numatune, NULL));
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cvm_is_set(cell->memory) &&
            (page == CVM_PAGES_ANY || page == cvm_page_size(domain, cell))) {
            add_binding(bindings, host, &cell->memory.from, cell->memory.value,
                        find_nodeset(&domain->numatune, by_cell ? cell : NULL));
        }
    }
    return bindings;
}

/* Everything that can only come from the same nodes as this one, or from some of them. */
static gboolean
shares_room(const struct cvm_binding *other, const struct cvm_binding *binding)
{
    return !binding->nodes || (other->nodes && cvm_cpuset_is_subset(other->nodes, binding->nodes));
}

static gboolean
has_same_nodes(const struct cvm_binding *a, const struct cvm_binding *b)
{
    return shares_room(a, b) && shares_room(b, a);
}

gboolean
cvm_binding_is_repeated(GArray *bindings, guint index)
{
    for (guint i = 0; i < index; i++) {
        if (has_same_nodes(&g_array_index(bindings, struct cvm_binding, i),
                           &g_array_index(bindings, struct cvm_binding, index))) {
            return TRUE;
        }
    }
    return FALSE;
}

uint64_t
cvm_sum_bindings(GArray *bindings, const struct cvm_binding *binding, uint64_t unit)
{
    uint64_t sum = 0;

    for (guint i = 0; i < bindings->len; i++) {
        const struct cvm_binding *other = &g_array_index(bindings, struct cvm_binding, i);

        if (shares_room(other, binding)) {
            uint64_t units = other->bytes / unit + (other->bytes % unit != 0);

            sum = units > G_MAXUINT64 - sum ? G_MAXUINT64 : sum + units;
        }
    }
    return sum;
}

static void
add_wanted(GArray *list, uint64_t size, const struct cvm_from *at)
{
    const struct cvm_page_demand wanted = { size, at };

    if (size <= CVM_PAGES_OF_HOST) {
        return;
    }
    for (guint i = 0; i < list->len; i++) {
        if (g_array_index(list, struct cvm_page_demand, i).size == size) {
            return;
        }
    }
    g_array_append_val(list, wanted);
}

GArray *
cvm_list_page_demands(const struct cvm_domain *domain)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct cvm_page_demand));

    add_wanted(list, cvm_page_size(domain, NULL), &domain->memory.hugepages.from);
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        add_wanted(list, cvm_page_size(domain, cell), &cell->hugepages.from);
    }
    return list;
}
