/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fleet.h"

const char *
cvm_fleet_resource_id(enum cvm_fleet_resource resource)
{
    static const char *const ids[] = {
        [CVM_FLEET_ASIDS_SEV] = "asids-sev",     [CVM_FLEET_ASIDS_ES] = "asids-sev-es",
        [CVM_FLEET_ASIDS_SNP] = "asids-sev-snp", [CVM_FLEET_MEMORY] = "memory",
        [CVM_FLEET_HUGEPAGES] = "hugepages",     [CVM_FLEET_VCPUS] = "vcpus",
    };

    return ids[resource];
}

const char *
cvm_fleet_state_id(enum cvm_fleet_state state)
{
    static const char *const ids[] = {
        [CVM_FLEET_CANNOT] = "cannot",
        [CVM_FLEET_FULL] = "full",
        [CVM_FLEET_WARNED] = "warned",
        [CVM_FLEET_RUNS] = "runs",
    };

    return ids[state];
}
