/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a place in the rendered domain to the line of the profile that asks for it. The tables that
 * read domain XML into the model (src/read/domain_xml_*.c) say which member a path fills; the
 * member of the domain at hand knows where it comes from. */
#include <stddef.h>
#include <string.h>

#include "compare/tree.h"
#include "read/domain_xml.h"
#include "util/quote.h"

static const struct cvm_node *
node_of(const struct cvm_step *step)
{
    return step->wanted ? step->wanted : step->found;
}

/* ---- the line ---- */

/* Members of the domain that those tables do not tell of, since they read the element otherwise;
 * and the group to which the rest of an element belongs. */
static const struct {
    const char *path;
    size_t offset;
} groups[] = {
    { "memoryBacking/hugepages", offsetof(struct cvm_domain, memory.hugepages) },
    { "numatune/memnode", offsetof(struct cvm_domain, numatune) },
    { "metadata", offsetof(struct cvm_domain, metadata) },
    { "memory", offsetof(struct cvm_domain, memory) },
    { "currentMemory", offsetof(struct cvm_domain, memory) },
    { "maxMemory", offsetof(struct cvm_domain, memory) },
    { "memtune", offsetof(struct cvm_domain, memory) },
    { "memoryBacking", offsetof(struct cvm_domain, memory) },
    { "vcpu", offsetof(struct cvm_domain, vcpu) },
    { "cputune", offsetof(struct cvm_domain, vcpu) },
    { "iothreads", offsetof(struct cvm_domain, vcpu) },
};

static const struct cvm_from *
member_at(const void *base, size_t offset)
{
    return (const void *)((const char *)base + offset);
}

/* How many steps of the way a path takes: up to length if the way ends first, or -1 where it leads
 * elsewhere. */
static int
follow(const char *path, const struct cvm_step *way, unsigned length, gboolean *whole)
{
    unsigned steps = 0;

    while (steps < length) {
        const struct cvm_node *node = node_of(&way[steps]);
        const char *name = path + (node->kind == CVM_NODE_ATTRIBUTE);
        size_t size = strcspn(path, "/");

        if ((node->kind == CVM_NODE_ATTRIBUTE) != (*path == '@') ||
            strlen(node->name) != (size_t)(path + size - name) ||
            memcmp(node->name, name, (size_t)(path + size - name)) != 0) {
            return -1;
        }
        steps++;
        *whole = path[size] == '\0';
        if (*whole) {
            break;
        }
        path += size + 1;
    }
    return (int)steps;
}

static unsigned
index_among_siblings(const struct cvm_node *element)
{
    unsigned index = 0;

    for (const struct cvm_node *other = element->parent ? element->parent->children : element;
         other != element; other = other->next) {
        index += g_str_equal(other->name, element->name);
    }
    return index;
}

static const struct cvm_node *
find_in_table(const struct cvm_xml_table *table, const void *base, const struct cvm_step *way,
              unsigned length, const struct cvm_node *fallback);

/* The way goes on below the member. */
static const struct cvm_node *
find_in_member(const struct cvm_xml_row *row, const struct cvm_from *member,
               const struct cvm_step *way, unsigned steps, unsigned length,
               const struct cvm_node *fallback)
{
    const struct cvm_node *element = way[steps - 1].wanted;
    const void *base = member;

    fallback = member->node ? member->node : fallback;
    if (row->kind == CVM_XML_LIST) {
        const struct cvm_list *list = (const void *)member;
        unsigned index = element ? index_among_siblings(element) : list->count;

        if (index >= list->count) {
            return fallback;
        }
        base = (const char *)list->items + index * row->table->size;
        member = base;
        fallback = member->node ? member->node : fallback;
    }
    return steps == length ? fallback
                           : find_in_table(row->table, base, way + steps, length - steps, fallback);
}

static const struct cvm_node *
find_in_table(const struct cvm_xml_table *table, const void *base, const struct cvm_step *way,
              unsigned length, const struct cvm_node *fallback)
{
    const struct cvm_node *part = NULL; /* of an element that no row tells of as a whole */

    for (const struct cvm_xml_row *row = table->rows; row->path; row++) {
        const struct cvm_from *member = member_at(base, row->offset);
        gboolean whole = FALSE;
        int steps = row->kind == CVM_XML_CUSTOM ? -1 : follow(row->path, way, length, &whole);

        if (steps < 0) {
            continue;
        }
        if (!whole) {
            part = !part && member->origin == CVM_GIVEN ? member->node : part;
        } else if (row->table) {
            return find_in_member(row, member, way, (unsigned)steps, length, fallback);
        } else if ((unsigned)steps == length) {
            return member->node ? member->node : fallback;
        }
    }
    return part ? part : fallback;
}

const struct cvm_node *
cvm_place_find(const struct cvm_domain *domain, const struct cvm_step *way, unsigned length)
{
    const struct cvm_node *place = domain->from.node;

    if (domain->form == CVM_FORM_XML) { /* it was compared itself, with its places */
        while (length > 0 && !way[length - 1].wanted) {
            length--;
        }
        return length > 0 ? way[length - 1].wanted : place;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        const struct cvm_from *member = member_at(domain, groups[i].offset);
        gboolean whole = FALSE;

        if (length > 1 && follow(groups[i].path, way + 1, length - 1, &whole) > 0 && whole &&
            member->node) {
            place = member->node;
            break;
        }
    }
    return length > 1 ? find_in_table(&cvm_xml_domain_table, domain, way + 1, length - 1, place)
                      : place;
}

/* ---- the path ---- */

static gboolean
has_twin(const struct cvm_node *element)
{
    for (const struct cvm_node *other = element->parent->children; other; other = other->next) {
        if (other != element && g_str_equal(other->name, element->name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
append_step(GString *path, struct cvm_arena *arena, const struct cvm_node *node)
{
    g_autofree char *key = NULL;

    if (node->kind == CVM_NODE_ATTRIBUTE) {
        g_string_append_printf(path, "/@%s", cvm_quote(arena, node->name));
        return;
    }
    g_string_append_printf(path, "/%s", cvm_quote(arena, node->name));
    key = cvm_pair_key(node);
    if (key) {
        g_string_append_printf(path, "[%s]", cvm_quote(arena, cvm_arena_strdup(arena, key)));
    } else if (has_twin(node)) {
        g_string_append_printf(path, "[%u]", index_among_siblings(node) + 1);
    }
}

const char *
cvm_place_path(struct cvm_arena *arena, const struct cvm_step *way, unsigned length)
{
    g_autoptr(GString) path = g_string_new("/domain");

    for (unsigned i = 1; i < length; i++) {
        append_step(path, arena, node_of(&way[i]));
    }
    return cvm_arena_strdup(arena, path->str);
}

/* ---- the severity ---- */

/* Where a difference concerns what protects a confidential guest: what is encrypted and measured,
 * what runs it, and what shares memory with it or reaches into it. */
static const char *const protecting[] = {
    "@type",
    "launchSecurity",
    "launchSecurity/@*",
    "memory/@dumpCore",
    "memoryBacking",
    "os/@firmware",
    "os/firmware",
    "os/loader",
    "os/loader/@*",
    "os/nvram/@template",
    "os/kernel",
    "os/initrd",
    "os/cmdline",
    "features/smm",
    "cpu/numa/cell/@memAccess",
    "devices/emulator",
    "devices/hostdev",
    "devices/interface[type=vhostuser|hostdev|vdpa]",
    "devices/disk[type=vhostuser|vhostvdpa|nvme]",
    "devices/filesystem/driver[type=virtiofs]",
    "devices/shmem",
    "devices/memory",
    "devices/iommu",
};

static gboolean
protects(const struct cvm_node *node)
{
    const struct cvm_spot spot = { node, FALSE };

    for (size_t i = 0; i < G_N_ELEMENTS(protecting); i++) {
        if (cvm_spot_is(&spot, protecting[i])) {
            return TRUE;
        }
    }
    /* <qemu:commandline> and its like: whatever there is given to QEMU without libvirt's judgement.
     */
    return node->parent && !node->parent->parent && strchr(node->name, ':') != NULL;
}

enum cvm_severity
cvm_place_severity(const struct cvm_domain *domain, const struct cvm_step *way, unsigned length)
{
    gboolean confidential = cvm_domain_guest(domain) != CVM_GUEST_NONE;

    for (unsigned i = 1; i < length; i++) {
        const struct cvm_step *step = &way[i];

        if ((step->wanted && protects(step->wanted)) || (step->found && protects(step->found))) {
            /* A guest without protection has none to lose, but should not seem to have one. */
            return confidential || g_str_equal(node_of(step)->name, "launchSecurity") ? CVM_SEVERE
                                                                                      : CVM_WARNING;
        }
    }
    return CVM_WARNING;
}
