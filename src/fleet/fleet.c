/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/fleet.h"

struct cvm_fleet *
cvm_fleet_new(void)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_fleet *fleet = cvm_arena_new0(arena, struct cvm_fleet);
    struct cvm_fleet_detail *detail = cvm_arena_new0(arena, struct cvm_fleet_detail);

    detail->domains = g_ptr_array_new_with_free_func((GDestroyNotify)cvm_domain_free);
    detail->demands = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_demand));
    detail->profiles = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_profile));
    detail->hosts = g_array_new(FALSE, FALSE, sizeof(struct cvm_fleet_host));
    detail->topologies = g_array_new(FALSE, FALSE, sizeof(struct cvm_topology));
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

        g_ptr_array_unref(detail->domains);
        g_array_unref(detail->demands);
        g_array_unref(detail->profiles);
        g_array_unref(detail->hosts);
        g_array_unref(detail->topologies);
        g_ptr_array_unref(detail->columns);
        g_hash_table_unref(detail->names);
        g_hash_table_unref(detail->host_names);
        g_free(fleet->cells);
        for (unsigned i = 0; i < fleet->n_obstacles; i++) {
            g_free(fleet->obstacles[i].message);
        }
        cvm_arena_free(fleet->arena);
    }
}
