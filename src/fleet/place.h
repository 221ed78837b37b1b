/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the guests of a fleet go: place.c makes a problem of numbers of it and takes the answer
 * back, first_fit.c tries it, libcvmdom-place (which is lent by who calls) settles it, obstacles.c
 * says why there is no place. */
#ifndef CVM_FLEET_PLACE_H
#define CVM_FLEET_PLACE_H

#include "cvmdom/fleet.h"
#include "fleet/fleet.h"

/* first_fit.c */

/* Fills guests of each option: the largest guests first, each to the cheapest option with room, the
 * first of several. FALSE: not all of them were placed, which proves nothing.
 * cost: the sum over all guests; G_MAXUINT64 when it is larger than that. */
gboolean
cvm_first_fit(const struct cvmdom_place_problem *problem, unsigned *guests, uint64_t *cost);
/* The same sum of any placement. */
uint64_t
cvm_cost_of(const struct cvmdom_place_problem *problem, const unsigned *guests);
/* What the guests cost at least: each item for itself, as if it had all pools alone. */
uint64_t
cvm_least_cost(const struct cvmdom_place_problem *problem);

/* place.c */

/* Pools that are one reason together. */
struct cvm_place_kind {
    enum cvm_fleet_resource resource;
    uint64_t page; /* of huge pages */
};

/* A fleet as numbers. */
struct cvm_placement {
    struct cvmdom_place_problem problem; /* its arrays are the data of those below */
    GArray *wanted, *pools, *kinds, *options, *needs;
    GArray *profiles;         /* unsigned: of each item */
    GArray *hosts;            /* unsigned: of each option */
    GArray *kind_names;       /* struct cvm_place_kind */
    GArray *ways, *way_needs; /* of one host, while they are copied */
    unsigned *first_pool;     /* of each host, its first pool; others follow */
};

/* Of a judged fleet; what was placed before counts as free. */
void
cvm_placement_init(struct cvm_placement *placement, const struct cvm_fleet *fleet);
void
cvm_placement_clear(struct cvm_placement *placement);

/* What one guest that needs no ASID costs on a host: more, the fewer ASIDs are left there for those
 * that need one. With 1 ASID left it is 101, with 5 it is 21, with 15 it is 8, with 99 it is 3 and
 * with 509 it is 2; where all are in use it is 1, and on a host that has none it is 0. So plain
 * guests fill hosts without ASIDs first, then those where they are used up or plenty. */
unsigned
cvm_placement_cost(const struct cvm_fleet_host *host);

/* Places what is wanted, as cvmdom_fleet_place() says. */
int
cvm_fleet_place(struct cvm_fleet *fleet, const struct cvmdom_place_solver *solver,
                unsigned milliseconds, struct cvmdom_place_result *result, cvmdom_error **error);

/* obstacles.c */

/* Fills the fleet's obstacles by a conflict. */
void
cvm_fleet_explain_conflict(struct cvm_fleet *fleet, const struct cvm_placement *placement,
                           const unsigned char *items, const unsigned char *kinds);
void
cvm_fleet_forget_obstacles(struct cvm_fleet *fleet);

#endif
