/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/fleet.h"

static void
clear_kind(gpointer data)
{
    struct cvm_fleet_profile_kind *kind = data;

    cvm_domain_free(kind->domain);
}

/* Keys are long, and few are alike: some of the bytes will do. */
static guint
hash_some(gconstpointer key)
{
    gsize size;
    const unsigned char *data = g_bytes_get_data((GBytes *)key, &size);
    guint hash = (guint)size;

    for (gsize i = 0; i < size; i += 1 + size / 256) {
        hash = hash * 33 + data[i];
    }
    return hash;
}

static GHashTable *
new_keys(GDestroyNotify free_value)
{
    return g_hash_table_new_full(hash_some, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                 free_value);
}

struct cvm_fleet *
cvm_fleet_new(void)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_fleet *fleet = cvm_arena_new0(arena, struct cvm_fleet);
    struct cvm_fleet_detail *detail = cvm_arena_new0(arena, struct cvm_fleet_detail);

    detail->kinds = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_profile_kind));
    g_array_set_clear_func(detail->kinds, clear_kind);
    detail->kind_keys = new_keys(NULL);
    detail->said = new_keys(g_free);
    detail->column_keys = new_keys(NULL);
    detail->demands = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_demand));
    detail->twins = g_array_new(FALSE, FALSE, sizeof(unsigned));
    detail->twin_keys = new_keys(NULL);
    detail->profiles = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_profile));
    detail->hosts = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_host));
    detail->rests = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_rest));
    detail->columns = g_ptr_array_new_with_free_func(g_free);
    detail->names = g_hash_table_new(g_str_hash, g_str_equal);
    detail->host_names = g_hash_table_new(g_str_hash, g_str_equal);
    fleet->arena = arena;
    fleet->detail = detail;
    fleet->vcpus_per_cpu = 1;
    return fleet;
}

void
cvm_fleet_free(struct cvm_fleet *fleet)
{
    if (fleet) {
        struct cvm_fleet_detail *detail = fleet->detail;

        g_array_unref(detail->kinds);
        g_hash_table_unref(detail->kind_keys);
        g_hash_table_unref(detail->said);
        g_hash_table_unref(detail->column_keys);
        g_array_unref(detail->demands);
        g_array_unref(detail->twins);
        g_hash_table_unref(detail->twin_keys);
        g_array_unref(detail->profiles);
        g_array_unref(detail->hosts);
        g_array_unref(detail->rests);
        g_ptr_array_unref(detail->columns);
        g_hash_table_unref(detail->names);
        g_hash_table_unref(detail->host_names);
        g_free(fleet->cells);
        g_free(fleet->rows);
        for (unsigned i = 0; i < fleet->n_obstacles; i++) {
            g_free(fleet->obstacles[i].message);
        }
        cvm_arena_free(fleet->arena);
    }
}
