/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/fleet.h"

struct cvm_fleet *
cvm_fleet_new(void)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_fleet *fleet = cvm_arena_alloc(arena, sizeof *fleet);

    fleet->arena = arena;
    fleet->vcpus_per_cpu = 1;
    return fleet;
}

void
cvm_fleet_free(struct cvm_fleet *fleet)
{
    if (fleet) {
        g_free(fleet->cells);
        for (unsigned i = 0; i < fleet->n_obstacles; i++) {
            g_free(fleet->obstacles[i].message);
        }
        cvm_arena_free(fleet->arena);
    }
}
