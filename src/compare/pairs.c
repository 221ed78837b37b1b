/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which elements of two trees belong together. */
#include "compare/tree.h"

#include <string.h>

enum {
    PAIRS = 64 * 64, /* of elements without a key that are weighed one by one */
    NEAR = 2,        /* differences between two with different keys that are one all the same */
};

/* What tells an element of a pattern from others of its name. Of those that are not here, and where
 * a part of the key is missing, the nearest belong together, and of equally near ones the first. */
static const struct key {
    const char *path;
    const char *parts[2]; /* attributes, "target/@dev" */
    gboolean in_order;    /* no key: the first belongs to the first, whatever it says */
} keys[] = {
    { "devices/disk", { "target/@dev" }, FALSE },
    { "devices/interface", { "mac/@address" }, FALSE },
    { "devices/controller", { "@type", "@index" }, FALSE },
    { "devices/filesystem", { "target/@dir" }, FALSE },
    { "devices/channel", { "target/@name" }, FALSE },
    { "devices/serial", { "target/@port" }, FALSE },
    { "devices/input", { "@type", "@bus" }, FALSE },
    { "devices/graphics", { "@type" }, FALSE },
    { "devices/audio", { "@id" }, FALSE },
    { "devices/shmem", { "@name" }, FALSE },
    { "cputune/vcpupin", { "@vcpu" }, FALSE },
    { "cputune/iothreadpin", { "@iothread" }, FALSE },
    { "numatune/memnode", { "@cellid" }, FALSE },
    { "cpu/numa/cell", { "@id" }, FALSE },
    { "cpu/feature", { "@name" }, FALSE },
    { "clock/timer", { "@name" }, FALSE },
    { "os/firmware/feature", { "@name" }, FALSE },
    { "os/boot", { NULL }, TRUE },
};

static const struct key *
find_key(const struct cvm_node *element)
{
    const struct cvm_spot spot = { element, FALSE };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (cvm_spot_is(&spot, keys[i].path)) {
            return &keys[i];
        }
    }
    return NULL;
}

static const char *
key_part(const struct cvm_node *element, const char *part)
{
    const char *slash = strchr(part, '/');

    if (slash) {
        g_autofree char *child = g_strndup(part, (size_t)(slash - part));

        element = cvm_node_child(element, child);
        part = slash + 1;
    }
    return cvm_node_attribute_text(element, part + 1);
}

char *
cvm_pair_key(const struct cvm_node *element)
{
    const struct key *key = find_key(element);
    const char *first = key && key->parts[0] ? key_part(element, key->parts[0]) : NULL;
    const char *second = first && key->parts[1] ? key_part(element, key->parts[1]) : NULL;

    return !first || (key->parts[1] && !second) ? NULL
           : second                             ? g_strconcat(first, ",", second, NULL)
                                                : g_strdup(first);
}

/* The namespace that a prefix stands for; NULL for none. */
static const char *
find_namespace(const struct cvm_node *node, size_t prefix)
{
    g_autofree char *name = g_strdup_printf("xmlns:%.*s", (int)prefix, node->name);

    for (; node; node = node->parent) {
        const char *uri = cvm_node_attribute_text(node, name);

        if (uri) {
            return uri;
        }
    }
    return NULL;
}

gboolean
cvm_same_name(const struct cvm_node *one, const struct cvm_node *other)
{
    const char *colon = strchr(one->name, ':'), *other_colon = strchr(other->name, ':');

    if (!colon || !other_colon) {
        return g_str_equal(one->name, other->name);
    }
    return g_str_equal(colon, other_colon) &&
           g_strcmp0(find_namespace(one, (size_t)(colon - one->name)),
                     find_namespace(other, (size_t)(other_colon - other->name))) == 0;
}

/* ---- pairs ---- */

struct group {
    const GPtrArray *wanted, *found;
    int *match;      /* of each wanted one */
    gboolean *taken; /* of each found one */
};

static void
pair(struct group *group, guint wanted, guint found)
{
    group->match[wanted] = (int)found;
    group->taken[found] = TRUE;
}

static void
pair_by_key(struct group *group)
{
    g_autoptr(GHashTable) at =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL); /* key: index + 1 */

    for (guint i = group->found->len; i-- > 0;) {
        char *key = cvm_pair_key(g_ptr_array_index(group->found, i));
        g_autofree char *folded = key ? g_ascii_strdown(key, -1) : NULL;

        g_free(key);
        if (folded) {
            g_hash_table_replace(at, g_steal_pointer(&folded), GUINT_TO_POINTER(i + 1));
        }
    }
    for (guint i = 0; i < group->wanted->len; i++) {
        g_autofree char *key = cvm_pair_key(g_ptr_array_index(group->wanted, i));
        g_autofree char *folded = key ? g_ascii_strdown(key, -1) : NULL;
        guint found = folded ? GPOINTER_TO_UINT(g_hash_table_lookup(at, folded)) : 0;

        if (found > 0 && !group->taken[found - 1]) {
            pair(group, i, found - 1);
        }
    }
}

static void
pair_in_order(struct group *group)
{
    guint j = 0;

    for (guint i = 0; i < group->wanted->len; i++) {
        while (j < group->found->len && group->taken[j]) {
            j++;
        }
        if (group->match[i] < 0 && j < group->found->len) {
            pair(group, i, j);
        }
    }
}

/* Whether both have a key, and so are two by what they say of themselves. */
static gboolean
are_told_apart(const struct cvm_node *wanted, const struct cvm_node *found)
{
    g_autofree char *one = cvm_pair_key(wanted), *other = cvm_pair_key(found);

    return one && other;
}

/* Takes the pair of fewest differences, again and again. */
static void
pair_nearest(struct group *group, const unsigned *costs)
{
    for (;;) {
        unsigned best = G_MAXUINT;
        guint wanted = 0, found = 0;

        for (guint i = 0; i < group->wanted->len; i++) {
            for (guint j = 0; group->match[i] < 0 && j < group->found->len; j++) {
                unsigned cost = costs[i * group->found->len + j];

                if (!group->taken[j] && cost < best) {
                    best = cost;
                    wanted = i;
                    found = j;
                }
            }
        }
        if (best == G_MAXUINT) {
            return;
        }
        pair(group, wanted, found);
    }
}

static void
pair_rest(struct group *group, cvm_cost_fn cost, void *payload)
{
    guint n_wanted = group->wanted->len, n_found = group->found->len;
    g_autofree unsigned *costs = NULL;

    if ((guint64)n_wanted * n_found > PAIRS) {
        pair_in_order(group);
        return;
    }
    costs = g_new(unsigned, n_wanted *n_found);
    for (guint i = 0; i < n_wanted; i++) {
        for (guint j = 0; j < n_found; j++) {
            const struct cvm_node *wanted = g_ptr_array_index(group->wanted, i);
            const struct cvm_node *found = g_ptr_array_index(group->found, j);
            unsigned *to = &costs[i * n_found + j];

            *to = G_MAXUINT;
            if (group->match[i] < 0 && !group->taken[j]) {
                *to = cost(wanted, found, payload);
                *to = *to > NEAR && are_told_apart(wanted, found) ? G_MAXUINT : *to;
            }
        }
    }
    pair_nearest(group, costs);
}

void
cvm_pairs_find(const GPtrArray *wanted, const GPtrArray *found, int *match, cvm_cost_fn cost,
               void *payload)
{
    g_autofree gboolean *taken = g_new0(gboolean, found->len);
    struct group group = { wanted, found, match, taken };
    const struct key *key;

    for (guint i = 0; i < wanted->len; i++) {
        match[i] = -1;
    }
    if (wanted->len == 0 || found->len == 0) {
        return;
    }
    key = find_key(g_ptr_array_index(wanted, 0));
    if (key && key->parts[0]) {
        pair_by_key(&group);
    }
    if ((key && key->in_order) || !cost) {
        pair_in_order(&group);
    } else {
        pair_rest(&group, cost, payload);
    }
}
