/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/node.h"

#include "util/quote.h"

void
cvm_node_append(struct cvm_node *parent, struct cvm_node *node)
{
    node->parent = parent;
    if (parent->last_child) {
        parent->last_child->next = node;
    } else {
        parent->children = node;
    }
    parent->last_child = node;
}

static void
append_attribute(struct cvm_node *parent, struct cvm_node *node)
{
    struct cvm_node **end = &parent->attributes;

    node->parent = parent;
    while (*end) {
        end = &(*end)->next;
    }
    *end = node;
}

struct cvm_node *
cvm_node_new(struct cvm_arena *arena, enum cvm_node_kind kind, struct cvm_node *parent,
             const char *name)
{
    struct cvm_node *node = cvm_arena_new0(arena, struct cvm_node);

    node->kind = kind;
    node->name = name;
    if (!parent) {
        return node;
    }
    node->source = parent->source;
    if (kind == CVM_NODE_ATTRIBUTE) {
        append_attribute(parent, node);
    } else {
        cvm_node_append(parent, node);
    }
    return node;
}

static struct cvm_node *
copy_one(struct cvm_arena *arena, const struct cvm_node *node)
{
    struct cvm_node *copy = cvm_arena_new0(arena, struct cvm_node);

    *copy = *node;
    copy->parent = copy->next = copy->children = copy->last_child = copy->attributes = NULL;
    return copy;
}

struct cvm_node *
cvm_node_copy(struct cvm_arena *arena, const struct cvm_node *node, unsigned depth,
              unsigned *budget)
{
    struct cvm_node *copy;

    if (depth == 0 || *budget == 0) {
        return NULL;
    }
    --*budget;
    copy = copy_one(arena, node);
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        struct cvm_node *twin = cvm_node_copy(arena, child, depth - 1, budget);

        if (!twin) {
            return NULL;
        }
        cvm_node_append(copy, twin);
    }
    for (const struct cvm_node *child = node->attributes; child; child = child->next) {
        append_attribute(copy, copy_one(arena, child));
    }
    return copy;
}

static struct cvm_node *
find(struct cvm_node *node, const char *name)
{
    for (; node; node = node->next) {
        if (node->name && node->name[0] == name[0] && g_str_equal(node->name, name)) {
            return node;
        }
    }
    return NULL;
}

struct cvm_node *
cvm_node_child(const struct cvm_node *node, const char *name)
{
    return node ? find(node->children, name) : NULL;
}

struct cvm_node *
cvm_node_attribute(const struct cvm_node *node, const char *name)
{
    return node ? find(node->attributes, name) : NULL;
}

const char *
cvm_node_child_text(const struct cvm_node *node, const char *name)
{
    const struct cvm_node *child = cvm_node_child(node, name);

    return child ? child->text : NULL;
}

const char *
cvm_node_attribute_text(const struct cvm_node *node, const char *name)
{
    const struct cvm_node *attribute = cvm_node_attribute(node, name);

    return attribute ? attribute->text : NULL;
}

unsigned
cvm_node_count(const struct cvm_node *node)
{
    unsigned count = 0;

    for (const struct cvm_node *child = node ? node->children : NULL; child; child = child->next) {
        count++;
    }
    return count;
}

const struct cvm_node *
cvm_node_find_start(const struct cvm_node *root, unsigned start)
{
    const struct cvm_node *node = root;

    while (node && node->start != start) {
        const struct cvm_node *next = node->attributes;

        while (next && next->start != start) {
            next = next->next;
        }
        for (const struct cvm_node *child = node->children; !next && child; child = child->next) {
            next = child->start <= start && start < child->end ? child : NULL;
        }
        node = next;
    }
    return node;
}

/* How many from a node on have its name (all, in a YAML list) up to stop, which is not counted;
 * FALSE when stop is not among them. */
static gboolean
count_twins(const struct cvm_node *from, const struct cvm_node *stop, const char *name,
            unsigned *count)
{
    for (; from && from != stop; from = from->next) {
        *count += g_strcmp0(from->name, name) == 0;
    }
    return from == stop;
}

/* Position among the siblings of the same name. What was found for an earlier one is gone on from:
 * there may be half a million of them. */
static void
position(const struct cvm_node *node, struct cvm_node_twin *known)
{
    const struct cvm_node *last = known->node, *first = node->parent->children;
    unsigned index = known->index;

    if (last && last->parent == node->parent && g_strcmp0(last->name, node->name) == 0 &&
        count_twins(last, node, node->name, &index)) {
        *known = (struct cvm_node_twin){ node, index, known->total };
        return;
    }
    *known = (struct cvm_node_twin){ 0 };
    count_twins(first, NULL, node->name, &known->total);
    if (count_twins(first, node, node->name, &known->index)) {
        known->node = node;
    } else {
        known->index = 0; /* a copy */
    }
}

static void
append_xml_step(GString *path, const struct cvm_node *node, struct cvm_node_twin *known)
{
    g_string_append(path, node->kind == CVM_NODE_ATTRIBUTE ? "/@" : "/");
    g_string_append(path, node->name);
    if (node->parent && node->kind == CVM_NODE_ELEMENT) {
        position(node, known);
        if (known->total > 1) {
            g_string_append_printf(path, "[%u]", known->index + 1);
        }
    }
}

static void
append_yaml_step(GString *path, const struct cvm_node *node, struct cvm_node_twin *known)
{
    if (node->name) {
        int length = cvm_quote_length(node->name);

        g_string_append(path, path->len ? "." : "");
        g_string_append_len(path, node->name, length);
        g_string_append(path, node->name[length] ? "…" : "");
    } else if (node->parent) {
        position(node, known);
        g_string_append_printf(path, "[%u]", known->index);
    }
}

/* Returns the depth of the node. Levels below CVM_NODE_TWINS share the last one. */
static unsigned
append_path(GString *path, const struct cvm_node *node, struct cvm_node_twin *twins)
{
    unsigned depth = node->parent ? append_path(path, node->parent, twins) + 1 : 0;
    struct cvm_node_twin *known = &twins[MIN(depth, CVM_NODE_TWINS - 1)];

    if (node->kind == CVM_NODE_ELEMENT || node->kind == CVM_NODE_ATTRIBUTE) {
        append_xml_step(path, node, known);
    } else {
        append_yaml_step(path, node, known);
    }
    return depth;
}

char *
cvm_node_path_among(const struct cvm_node *node, struct cvm_node_twin *twins)
{
    GString *path = g_string_new(NULL);

    append_path(path, node, twins);
    return g_string_free(path, FALSE);
}

char *
cvm_node_path(const struct cvm_node *node)
{
    struct cvm_node_twin twins[CVM_NODE_TWINS] = { 0 };

    return cvm_node_path_among(node, twins);
}
