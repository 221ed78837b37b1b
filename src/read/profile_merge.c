/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One tree laid over another, and overrides of the command line laid over both. */
#include <string.h>

#include "read/plain.h"
#include "read/profile.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/number.h"

/* The table of what stands under a key; NULL when no map with known keys does. */
static const struct cvm_table *
descend(const struct cvm_table *table, const char *key)
{
    const struct cvm_field *field = table ? cvm_field_find(table, key) : NULL;

    return field ? field->table : NULL;
}

/* The long form of a scalar that stands for a map ("memory: 8GiB"), so that keys can be laid over
 * it; NULL when it stands for none, or only in its short form. */
static struct cvm_node *
lengthen(struct cvm_arena *arena, const struct cvm_table *table, const struct cvm_node *node)
{
    const struct cvm_field *field;
    struct cvm_node *map, *value;

    if (!table || node->kind != CVM_NODE_SCALAR || cvm_plain_is_null(node)) {
        return NULL;
    }
    field = cvm_field_shorthand(table, node->text);
    if (!field || (field->flags & CVM_FIELD_SHORT_ONLY)) {
        return NULL;
    }
    map = cvm_node_new(arena, CVM_NODE_MAP, NULL, node->name);
    map->source = node->source;
    map->line = node->line;
    map->column = node->column;
    map->name_line = node->name_line;
    map->name_column = node->name_column;
    value = cvm_node_new(arena, CVM_NODE_SCALAR, map, field->key);
    value->text = node->text;
    value->quoted = node->quoted;
    value->line = value->name_line = node->line;
    value->column = value->name_column = node->column;
    return map;
}

static struct cvm_node *
merge(struct cvm_arena *arena, const struct cvm_table *table, const struct cvm_node *base,
      const struct cvm_node *over, unsigned *budget);

/* over's place and name, base's members with over's laid over them, then over's further ones. */
static struct cvm_node *
merge_maps(struct cvm_arena *arena, const struct cvm_table *table, const struct cvm_node *base,
           const struct cvm_node *over, unsigned *budget)
{
    g_autoptr(GHashTable) members = g_hash_table_new(g_str_hash, g_str_equal);
    struct cvm_node *result = cvm_node_new(arena, CVM_NODE_MAP, NULL, over->name);
    struct cvm_node *copy;

    result->source = over->source;
    result->line = over->line;
    result->column = over->column;
    result->name_line = over->name_line;
    result->name_column = over->name_column;
    for (const struct cvm_node *child = over->children; child; child = child->next) {
        g_hash_table_insert(members, (gpointer)child->name, (gpointer)child);
    }
    for (const struct cvm_node *child = base->children; child; child = child->next) {
        const struct cvm_node *twin = g_hash_table_lookup(members, child->name);

        copy = twin ? merge(arena, descend(table, child->name), child, twin, budget)
                    : cvm_node_copy(arena, child, CVM_LIMIT_DEPTH, budget);
        if (!copy) {
            return NULL;
        }
        cvm_node_append(result, copy);
        g_hash_table_remove(members, child->name);
    }
    for (const struct cvm_node *child = over->children; child; child = child->next) {
        if (!g_hash_table_contains(members, child->name)) {
            continue;
        }
        copy = cvm_node_copy(arena, child, CVM_LIMIT_DEPTH, budget);
        if (!copy) {
            return NULL;
        }
        cvm_node_append(result, copy);
    }
    return result;
}

static struct cvm_node *
merge(struct cvm_arena *arena, const struct cvm_table *table, const struct cvm_node *base,
      const struct cvm_node *over, unsigned *budget)
{
    const struct cvm_node *longer;

    if (base->kind == CVM_NODE_MAP && over->kind == CVM_NODE_SCALAR) {
        longer = lengthen(arena, table, over);
        over = longer ? longer : over;
    } else if (base->kind == CVM_NODE_SCALAR && over->kind == CVM_NODE_MAP) {
        longer = lengthen(arena, table, base);
        base = longer ? longer : base;
    }
    if (base->kind == CVM_NODE_MAP && over->kind == CVM_NODE_MAP) {
        return merge_maps(arena, table, base, over, budget);
    }
    return cvm_node_copy(arena, over, CVM_LIMIT_DEPTH, budget);
}

struct cvm_node *
cvm_profile_merge(struct cvm_arena *arena, const struct cvm_node *base, const struct cvm_node *over,
                  unsigned *budget)
{
    return merge(arena, &cvm_profile_table, base, over, budget);
}

/* "disk[0][1].source" into its steps, with the column that each starts at. */
static int
split_path(const char *text, size_t length, GPtrArray *steps, GArray *columns)
{
    const char *end = text + length, *at = text;

    while (at < end) {
        const char *start = at;
        guint column = (guint)(start - text) + 1;

        if (*at == '[') {
            at += 1 + strspn(at + 1, "0123456789");
            if (at == start + 1 || *at != ']' || steps->len == 0) {
                return -1;
            }
            at++;
        } else {
            while (at < end && (g_ascii_isalnum(*at) || *at == '_' || *at == '-')) {
                at++;
            }
            if (at == start) {
                return -1;
            }
        }
        g_ptr_array_add(steps, g_strndup(start, (gsize)(at - start)));
        g_array_append_val(columns, column);
        if (at < end && *at == '.') {
            at++;
            if (at == end || *at == '[') {
                return -1;
            }
        } else if (at < end && *at != '[') {
            return -1;
        }
    }
    return steps->len > 0 ? 0 : -1;
}

/* libyaml saw the value alone; in messages it stands behind its key. */
static void
shift_columns(struct cvm_node *node, const struct cvm_source *source, unsigned by)
{
    node->source = source;
    node->column += node->line == 1 ? by : 0;
    node->name_column += node->name_line == 1 ? by : 0;
    for (struct cvm_node *child = node->children; child; child = child->next) {
        shift_columns(child, source, by);
    }
}

static int
parse_set_value(struct cvm_arena *arena, const char *text, struct cvm_profile_set *set,
                GError **error)
{
    struct cvm_source alone = { .name = "--set", .data = text, .size = strlen(text) };
    g_autoptr(GError) cause = NULL;
    struct cvm_yaml_documents documents;

    if (cvm_yaml_parse(arena, &alone, &documents, &cause) < 0) {
        return cvm_error_set(error, CVM_ERROR_USAGE, _("override '%1$s': %2$s"), set->source.data,
                             cause->message);
    }
    if (documents.count > 1) {
        return cvm_error_set(error, CVM_ERROR_USAGE, _("override '%s' holds several documents"),
                             set->source.data);
    }
    if (documents.count == 1 && !cvm_plain_is_null(documents.roots[0])) {
        set->value = documents.roots[0];
        shift_columns(set->value, &set->source, (unsigned)(text - set->source.data));
    }
    return 0;
}

static void
keep_steps(struct cvm_arena *arena, const GPtrArray *steps, const GArray *columns,
           struct cvm_profile_set *set)
{
    set->steps = cvm_arena_array(arena, char *, steps->len + 1);
    set->columns = cvm_arena_array(arena, unsigned, steps->len);
    for (guint i = 0; i < steps->len; i++) {
        set->steps[i] = cvm_arena_strdup(arena, g_ptr_array_index(steps, i));
        set->columns[i] = g_array_index(columns, guint, i);
    }
}

int
cvm_profile_set_parse(struct cvm_arena *arena, const char *text, struct cvm_profile_set *set,
                      GError **error)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *equals = strchr(text, '=');

    if (!equals || split_path(text, (size_t)(equals - text), steps, columns) < 0) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("override '%s' is not of the form KEY=VALUE; write for example "
                               "'memory.size=8GiB' or 'devices.disk[0].source=/data/db.qcow2'"),
                             text);
    }
    keep_steps(arena, steps, columns, set);
    if (g_str_equal(set->steps[0], "extends")) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("override '%s': 'extends' is read before overrides are"), text);
    }
    set->value = NULL;
    set->source.name = "--set";
    set->source.data = cvm_arena_strdup(arena, text);
    set->source.size = strlen(text);
    if (parse_set_value(arena, set->source.data + (equals - text) + 1, set, error) < 0) {
        return -1;
    }
    /* An empty variable of a script must not cost the guest its protection. */
    if (!set->value && !set->steps[1] && g_str_equal(set->steps[0], "launchSecurity")) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("override '%s' would take the guest's protection away; if that is "
                               "meant, write 'launchSecurity.type=none'"),
                             text);
    }
    return 0;
}

/* Where a value hangs in the tree: the link that points at it, so that it can be replaced. */
struct slot {
    struct cvm_node *parent;
    struct cvm_node *node; /* NULL: not there yet */
    const char *name;      /* of a member; NULL for an item */
    unsigned column;
};

/* All members of that name, or the one item, give way to new, which goes to the end when there are
 * none. */
static void
replace(struct cvm_node *parent, const struct slot *slot, struct cvm_node *new)
{
    struct cvm_node *child = parent->children, *next;
    gboolean placed = FALSE;

    parent->children = parent->last_child = NULL;
    for (; child; child = next) {
        next = child->next;
        child->next = NULL;
        if (slot->name ? !g_str_equal(child->name, slot->name) : child != slot->node) {
            cvm_node_append(parent, child);
        } else if (!placed && new) {
            cvm_node_append(parent, new);
            placed = TRUE;
        }
    }
    if (!placed && new) {
        cvm_node_append(parent, new);
    }
}

/* Puts a node into its slot; NULL empties it. */
static void
fill(struct slot *slot, struct cvm_node *node)
{
    if (node && slot->name) {
        node->name = slot->name;
        node->name_line = 1;
        node->name_column = slot->column;
    }
    if (slot->parent) { /* only the document has none, and that is a map already */
        replace(slot->parent, slot, node);
    }
    slot->node = node;
}

static struct cvm_node *
last_member(const struct cvm_node *map, const char *name)
{
    struct cvm_node *found = NULL;

    for (struct cvm_node *child = map->children; child; child = child->next) {
        if (g_str_equal(child->name, name)) {
            found = child;
        }
    }
    return found;
}

static struct cvm_node *
item_at(const struct cvm_node *list, uint64_t index)
{
    struct cvm_node *item = list->children;

    while (item && index-- > 0) {
        item = item->next;
    }
    return item;
}

static struct cvm_node *
new_container(struct cvm_arena *arena, const struct cvm_profile_set *set, enum cvm_node_kind kind,
              unsigned column)
{
    struct cvm_node *node = cvm_node_new(arena, kind, NULL, NULL);

    node->source = &set->source;
    node->line = 1;
    node->column = column;
    return node;
}

/* What is in the slot, made into a map that keys can be set in. */
static int
make_map(struct cvm_arena *arena, const struct cvm_table *table, const struct cvm_profile_set *set,
         struct slot *slot, GError **error)
{
    struct cvm_node *map = NULL;

    if (slot->node && slot->node->kind == CVM_NODE_MAP) {
        return 0;
    }
    if (slot->node && slot->node->kind == CVM_NODE_LIST) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("override '%1$s': '%2$s' is a list; say which item, as in "
                               "'%2$s[0]'"),
                             set->source.data, slot->name ? slot->name : "");
    }
    if (slot->node) {
        map = lengthen(arena, table, slot->node);
    }
    if (!map) {
        map = new_container(arena, set, CVM_NODE_MAP, slot->column);
    }
    fill(slot, map);
    return 0;
}

/* The same for an item: a single map or scalar stands for a list of one. */
static void
make_list(struct cvm_arena *arena, const struct cvm_profile_set *set, struct slot *slot)
{
    struct cvm_node *old = slot->node, *list;

    if (old && old->kind == CVM_NODE_LIST) {
        return;
    }
    list = new_container(arena, set, CVM_NODE_LIST, slot->column);
    fill(slot, list);
    if (old && old->kind == CVM_NODE_MAP) {
        old->name = NULL;
        old->next = NULL;
        cvm_node_append(list, old);
    }
}

static int
step_into_item(struct cvm_arena *arena, const struct cvm_profile_set *set, unsigned step,
               struct slot *slot, GError **error)
{
    unsigned count;
    uint64_t index = 0;
    g_autofree char *digits = g_strndup(set->steps[step] + 1, strlen(set->steps[step]) - 2);

    make_list(arena, set, slot);
    count = cvm_node_count(slot->node);
    if (!cvm_number_parse_decimal(digits, &index) || index > count) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("override '%1$s': there is no item %2$s; the list has %3$u"),
                             set->source.data, set->steps[step], count);
    }
    *slot = (struct slot){ .parent = slot->node,
                           .node = item_at(slot->node, index),
                           .column = set->columns[step] };
    return 0;
}

int
cvm_profile_set_apply(struct cvm_arena *arena, const struct cvm_profile_set *set,
                      struct cvm_node *root, unsigned *budget, GError **error)
{
    const struct cvm_table *table = &cvm_profile_table;
    struct slot slot = { .node = root };
    struct cvm_node *value = NULL;

    for (unsigned i = 0; set->steps[i]; i++) {
        if (set->steps[i][0] == '[') {
            if (step_into_item(arena, set, i, &slot, error) < 0) {
                return -1;
            }
            continue;
        }
        if (make_map(arena, table, set, &slot, error) < 0) {
            return -1;
        }
        table = descend(table, set->steps[i]);
        slot = (struct slot){ .parent = slot.node,
                              .node = last_member(slot.node, set->steps[i]),
                              .name = set->steps[i],
                              .column = set->columns[i] };
    }
    if (set->value) {
        value = cvm_node_copy(arena, set->value, CVM_LIMIT_DEPTH, budget);
        if (!value) {
            return cvm_error_set(error, CVM_ERROR_USAGE, _("override '%s' is too large"),
                                 set->source.data);
        }
    }
    fill(&slot, value);
    return 0;
}
