/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of a host's CPUs, which depends on nothing else. */
#include <stdlib.h>
#include <string.h>

#include "read/host.h"
#include "util/cpuset.h"

static int
compare_places(const void *left, const void *right)
{
    const struct cvm_host_place *a = left, *b = right;
    const unsigned keys[][2] = { { a->node, b->node },
                                 { a->socket, b->socket },
                                 { a->die, b->die },
                                 { a->core, b->core },
                                 { a->cpu, b->cpu } };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

static unsigned
first_sibling(const struct cvm_host_cpu *cpu)
{
    unsigned first;

    return cpu->siblings && cvm_cpuset_first(cpu->siblings, &first) ? first : cpu->id;
}

static void
list_cpus(struct cvm_host *host)
{
    struct cvm_topology *topology = &host->topology;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint));

    for (unsigned i = 0; i < topology->n_places; i++) {
        g_array_append_val(ids, topology->places[i].cpu);
    }
    cvm_cpuset_sort(ids);
    topology->cpus = cvm_arena_array(host->arena, unsigned, ids->len);
    topology->n_cpus = ids->len;
    if (ids->len > 0) {
        memcpy(topology->cpus, ids->data, ids->len * sizeof *topology->cpus);
    }
}

void
cvm_host_order_places(struct cvm_host *host)
{
    struct cvm_topology *topology = &host->topology;
    unsigned count = 0;

    for (unsigned i = 0; i < topology->n_nodes; i++) {
        count += topology->nodes[i].n_cpus;
    }
    topology->places = cvm_arena_array(host->arena, struct cvm_host_place, count);
    topology->n_places = 0;
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        for (unsigned j = 0; j < topology->nodes[i].n_cpus; j++) {
            const struct cvm_host_cpu *cpu = &topology->nodes[i].cpus[j];

            topology->places[topology->n_places++] = (struct cvm_host_place){
                .cpu = cpu->id,
                .node = i,
                .core = first_sibling(cpu),
                .socket = cpu->socket,
                .die = cpu->die,
            };
        }
    }
    list_cpus(host);
    qsort(topology->places, count, sizeof *topology->places, compare_places);
}
