/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a struct cvm_fleet: reads, judges by kinds, counts, places. fleet.c puts it together,
 * read.c reads profiles and hosts, demand.c says what a guest takes, pools.c what a host has,
 * judge.c what the rules say of a pair and how many guests of it there is room for. */
#ifndef CVM_FLEET_FLEET_H
#define CVM_FLEET_FLEET_H

#include "fleet/kind.h"
#include "model/fleet.h"
#include "resolve/nodes.h"
#include "rules/host.h"

struct cvm_fleet_detail;

struct cvm_fleet *
cvm_fleet_new(void);
void
cvm_fleet_free(struct cvm_fleet *fleet);
CVM_DEFINE_AUTO(fleet)

/* ---- in this order ---- */

/* Every profile of a file; sets as cvm_documents_read() has them. Fails with CVM_ERROR_USAGE for a
 * name that another has, for a domain that is no profile, and once there is a host: what of a host
 * is kept depends on the profiles. A failure leaves the fleet as it was. */
int
cvm_fleet_add_profiles(struct cvm_fleet *fleet, const char *path, const char *const *sets,
                       GError **error);
/* A recorded host, which is judged for all profiles at once and not kept. is_host, where it is not
 * NULL: what is no host is no failure. */
int
cvm_fleet_add_host(struct cvm_fleet *fleet, const char *path, gboolean *is_host, GError **error);
int
cvm_fleet_set_vcpus_per_cpu(struct cvm_fleet *fleet, double vcpus, GError **error);
/* So many guests of a profile (NULL: of each) are wanted, in place of what was said before. */
int
cvm_fleet_want(struct cvm_fleet *fleet, const char *name, unsigned guests, GError **error);
/* Fills cells and reasons. */
void
cvm_fleet_judge(struct cvm_fleet *fleet);

/* ---- what a guest takes (demand.c) ---- */

/* A part of a guest's memory, and what QEMU needs beside it. */
struct cvm_fleet_claim {
    enum cvm_fleet_resource resource; /* CVM_FLEET_MEMORY or CVM_FLEET_HUGEPAGES */
    uint64_t page;                    /* of huge pages */
    uint64_t nodes;                   /* as of struct cvm_fleet_pool */
    uint64_t bytes;                   /* as CVM508 and CVM512 count */
    uint64_t beside;
};

struct cvm_fleet_demand {
    const struct cvm_fleet_claim *claims;
    unsigned n_claims;
    enum cvm_fleet_resource asid; /* CVM_FLEET_RESOURCES: none. SEV-SNP: as if it were divided */
    unsigned vcpus;
    gboolean uncounted; /* it takes something else that nobody can count */
    /* 'auto': the fewest nodes are looked for that hold so much memory in such pages. */
    gboolean chooses, pins;
    uint64_t memory, page;
    gboolean bound; /* and claims of all nodes are of the chosen ones then */
};

/* The domain as read. */
void
cvm_fleet_demand_init(struct cvm_arena *arena, const struct cvm_domain *domain,
                      struct cvm_fleet_demand *demand);

/* Sets of nodes without any node in common, on each of which a guest may be: all nodes, or what
 * 'auto' finds, then what it finds among the rest, and so on. */
struct cvm_fleet_choices {
    uint64_t nodes[CVM_SUPPLY_NODES];
    unsigned count;
};
void
cvm_fleet_list_choices(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host,
                       const struct cvm_topology *topology, struct cvm_fleet_choices *choices);
/* What a guest on the chosen nodes takes of a pool of memory or huge pages. */
struct cvm_fleet_weight {
    uint64_t each;  /* with what QEMU needs beside */
    uint64_t bytes; /* as rules count, without nodes that the host has not (CVM509) */
    gboolean named; /* rules look at these nodes: a part of the guest is bound to them all, or to
                       none; and not at what follows from two such sets together */
};
struct cvm_fleet_weight
cvm_fleet_weigh(const struct cvm_fleet_demand *demand, uint64_t chosen, uint64_t host_nodes,
                const struct cvm_fleet_pool *pool);
/* Which of the host's pools of ASIDs a guest draws on; CVM_FLEET_RESOURCES: none. */
enum cvm_fleet_resource
cvm_fleet_asids_of(const struct cvm_fleet_demand *demand, const struct cvm_fleet_host *host);
/* What a guest on the chosen nodes takes of a pool, in the pool's unit. */
uint64_t
cvm_fleet_demand_of(const struct cvm_fleet_demand *demand, uint64_t nodes,
                    enum cvm_fleet_resource asids, const struct cvm_fleet_pool *pool);

/* A way to have guests of a profile on a host, for a placement: what each of them takes. */
struct cvm_fleet_need {
    unsigned pool; /* of the host; known */
    uint64_t amount;
};
struct cvm_fleet_option {
    unsigned first, count; /* of the needs; 0: as many guests as one likes */
};
/* Appends all ways to options (of struct cvm_fleet_option) and needs (of struct cvm_fleet_need);
 * none where the guest cannot run, or 'auto' finds no nodes. Where the host is full there are
 * some, too: which pool is short is a reason. */
void
cvm_fleet_list_options(const struct cvm_fleet *fleet, unsigned profile, unsigned host,
                       GArray *options, GArray *needs);

/* ---- what a host has (pools.c) ---- */

/* Sets of nodes that profiles name, or 'auto' finds for them, have pools. */
void
cvm_fleet_pools_init(struct cvm_arena *arena, const struct cvm_host *host, double vcpus_per_cpu,
                     const struct cvm_fleet_detail *detail, struct cvm_fleet_host *to);
/* 0 when used up. */
uint64_t
cvm_fleet_pool_left(const struct cvm_fleet_pool *pool);

/* ---- what the rules say (judge.c) ---- */

/* Of the profile, resolved for the host. Findings that a comment suppresses are left out. */
struct cvm_fleet_reasons
cvm_fleet_run_rules(struct cvm_arena *arena, const struct cvm_domain *profile,
                    const struct cvm_host *host);

/* What the rules on amounts say of a pair, where they are counted apart from the others. */
struct cvm_fleet_amounts {
    gboolean unchosen;         /* CVM108, a warning: 'auto' finds no nodes */
    gboolean pages;            /* CVM508 */
    gboolean memory;           /* CVM512 */
    enum cvm_asids_left asids; /* CVM705 */
};
struct cvm_fleet_amounts
cvm_fleet_judge_amounts(const struct cvm_fleet *fleet, unsigned profile, unsigned host);

/* ---- the rest of a fleet ---- */

/* The first profile of a kind. */
struct cvm_fleet_profile_kind {
    struct cvm_domain *domain;
    enum cvm_fleet_sight sight;
};

/* What is kept of a host beside its pools. */
struct cvm_fleet_rest {
    struct cvm_topology topology; /* ids, distances, and how many CPUs */
    enum cvm_asids_left asids[3]; /* of SEV, SEV-ES and SEV-SNP guests */
    uint64_t nodes;               /* bit i: there is a node with id i */
};

struct cvm_fleet_detail {
    GArray *kinds;         /* struct cvm_fleet_profile_kind */
    GHashTable *kind_keys; /* GBytes to kind + 1 */
    GArray *demands;       /* struct cvm_fleet_demand of each profile */
    GArray *profiles;      /* struct cvm_fleet_profile */
    GArray *twins;         /* unsigned of each profile: the first that has its kind and demand */
    GHashTable *twin_keys; /* GBytes of these to that + 1 */
    GArray *hosts;         /* struct cvm_fleet_host */
    GArray *rests;         /* struct cvm_fleet_rest of each host */
    GHashTable *said;      /* GBytes of a host, as seen: struct cvm_fleet_reasons [profile kind], of
                              those that see so much */
    GPtrArray *columns;    /* of each host kind: struct cvm_fleet_reasons [profile kind] */
    GHashTable *column_keys; /* GBytes of all that is seen, to host kind + 1 */
    GHashTable *names;       /* of profiles, to index + 1 */
    GHashTable *host_names;
};

#endif
