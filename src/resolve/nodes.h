/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which nodes of a host 'auto' binds a guest to: resolve/ chooses for one guest by it, and fleet/
 * counts how many there is room for. */
#ifndef CVM_RESOLVE_NODES_H
#define CVM_RESOLVE_NODES_H

#include "model/domain.h"
#include "model/host.h"

enum { CVM_SUPPLY_NODES = 64 };

struct cvm_node_demand {
    uint64_t memory;
    uint64_t vcpus; /* 0: any number will do */
    uint64_t nodes; /* by index: those that must be among the chosen */
};

/* What each node, by index, has for the guest. */
struct cvm_node_supply {
    unsigned n_nodes;
    uint64_t memory[CVM_SUPPLY_NODES];
    uint64_t cpus[CVM_SUPPLY_NODES];
};

/* By index; 0 when not even all of them together hold it. Of the topology only distances count. */
uint64_t
cvm_fewest_nodes(const struct cvm_topology *topology, const struct cvm_node_supply *supply,
                 const struct cvm_node_demand *demand);

/* 'pin: auto', which wants a CPU on these nodes for each vCPU. */
gboolean
cvm_pins_by_itself(const struct cvm_domain *domain);
/* Whether memory is to be bound to what is found: 'auto' says so, and nobody says where. */
gboolean
cvm_chooses_nodes(const struct cvm_domain *domain);

#endif
