/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which profiles, and which hosts, get the same findings. */
#ifndef CVM_FLEET_KIND_H
#define CVM_FLEET_KIND_H

#include "model/domain.h"
#include "model/host.h"

/* How much of a host the rules on a profile look at, amounts apart. */
enum cvm_fleet_sight {
    CVM_FLEET_BASE,   /* all but its nodes and CPUs */
    CVM_FLEET_LAYOUT, /* these, too */
    CVM_FLEET_WHOLE,  /* and amounts: what rules say of it is asked for each host */
    CVM_FLEET_SIGHTS,
};
enum cvm_fleet_sight
cvm_profile_sight(const struct cvm_domain *domain);

/* Equal keys, equal findings. NULL: like no other. The caller's to g_bytes_unref(). */
GBytes *
cvm_profile_key(const struct cvm_domain *domain);
GBytes *
cvm_host_key(const struct cvm_host *host, enum cvm_fleet_sight sight);

/* The host, but with more of everything that has an amount than any guest takes: no rule says of it
 * that there is not enough. It borrows from host and arena. */
struct cvm_host
cvm_host_with_plenty(struct cvm_arena *arena, const struct cvm_host *host);

#endif
