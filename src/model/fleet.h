/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet: profiles beside recorded hosts. Which can run where, for how many guests what a host has
 * lasts, and where the guests that somebody wants go. Filled by fleet/, const from there on;
 * report/ writes it. Sizes are in bytes. */
#ifndef CVM_MODEL_FLEET_H
#define CVM_MODEL_FLEET_H

#include <stdint.h>

#include "model/finding.h"
#include "model/guest.h"
#include "util/arena.h"
#include "util/auto.h"

/* What runs out. */
enum cvm_fleet_resource {
    CVM_FLEET_ASIDS_SEV, /* of SEV guests */
    CVM_FLEET_ASIDS_ES,  /* of SEV-ES guests; of SEV-SNP guests, too, unless something divides them
                          */
    CVM_FLEET_ASIDS_SNP, /* of SEV-SNP guests under ciphertext hiding */
    CVM_FLEET_MEMORY,    /* that no pool of huge pages holds; bytes */
    CVM_FLEET_HUGEPAGES, /* of one size; bytes */
    CVM_FLEET_VCPUS,     /* vCPUs that the host's CPUs are to carry */
    CVM_FLEET_RESOURCES,
};

#define CVM_FLEET_ANY_NODE G_MAXUINT
#define CVM_FLEET_ALL_NODES G_MAXUINT64

/* So much of a resource a host has, on one NUMA node, on some, or on all together. Of memory and
 * huge pages a host with several nodes has a pool a node, one for all of them, and one for each set
 * of nodes that some guest is bound to. They overlap: what a guest takes of nodes it takes of every
 * pool whose nodes include all of them. */
struct cvm_fleet_pool {
    enum cvm_fleet_resource resource;
    unsigned node;    /* its id; CVM_FLEET_ANY_NODE: several have it, or none in particular */
    uint64_t nodes;   /* bit i: the node with id i; CVM_FLEET_ALL_NODES: all, also where node says
                         which is the only one */
    uint64_t page;    /* of huge pages: their size */
    gboolean known;   /* the record tells; else the next three are 0, and nothing is promised */
    uint64_t total;   /* in the unit of the resource */
    uint64_t used;    /* by what runs there already, as far as the record tells */
    gboolean unsure;  /* nobody told what is used: 0 is assumed */
    uint64_t planned; /* by the placement */
};

struct cvm_fleet_host {
    const char *name; /* of the record; each of a fleet once */
    const char *file;
    const char *processor; /* "AMD EPYC 9654 96-Core Processor"; NULL unknown */
    unsigned kind;         /* hosts of one kind get the same verdicts; from 0 */
    struct cvm_fleet_pool *pools;
    unsigned n_pools;
};

struct cvm_fleet_profile {
    const char *name; /* of the guest; each of a fleet once */
    const char *file;
    enum cvm_guest guest;
    uint64_t memory;
    uint64_t hugepages; /* page size; 0: ordinary pages */
    unsigned vcpus;
    unsigned kind;   /* profiles of one kind get the same verdicts; from 0 */
    unsigned wanted; /* guests; 0 where nobody asked */
    unsigned placed;
};

enum cvm_fleet_state {
    CVM_FLEET_CANNOT, /* a rule says why */
    CVM_FLEET_FULL,   /* could run, but something that it needs is used up */
    CVM_FLEET_WARNED, /* runs, and a rule warns */
    CVM_FLEET_RUNS,
};

#define CVM_FLEET_NO_LIMIT G_MAXUINT32

/* A profile on a host. */
struct cvm_fleet_cell {
    uint32_t guests; /* how many more; CVM_FLEET_NO_LIMIT: nothing that the record tells of ends
                        them. 0 in states CANNOT and FULL */
    uint16_t pool;   /* which of the host's runs out first; G_MAXUINT16: none */
    uint8_t state;   /* enum cvm_fleet_state */
    uint8_t assumed; /* TRUE: a pool that the guest needs is not known, so that guests may be too
                        many */
};

/* What a rule said of a kind of profile on a kind of host. */
struct cvm_fleet_reason {
    const char *rule; /* "CVM703" */
    const char *name; /* "host-no-snp" */
    enum cvm_severity severity;
    const char *message; /* in the language of the locale, about the first such profile and host */
    const char *fix;     /* NULL when the message says it */
};
struct cvm_fleet_reasons {
    struct cvm_fleet_reason *items; /* most severe first */
    unsigned count;
};

/* So many guests of a profile on a host. */
struct cvm_fleet_share {
    unsigned profile, host, guests;
};

enum cvm_fleet_answer {
    CVM_FLEET_NOT_ASKED,
    CVM_FLEET_PLACED,
    CVM_FLEET_IMPOSSIBLE, /* proven; obstacles say why */
    CVM_FLEET_UNPROVEN,   /* none was found in the time, and none was ruled out */
};

/* One of the smallest set of things that stand in the way together. */
struct cvm_fleet_obstacle {
    enum { CVM_FLEET_DEMAND, CVM_FLEET_SHORTAGE } what;
    unsigned profile;                 /* of a demand: these guests are among too many */
    enum cvm_fleet_resource resource; /* of a shortage: with more of it there would be room */
    char *message;                    /* whole sentences, in the language of the locale */
};

struct cvm_fleet_detail;

struct cvm_fleet {
    struct cvm_arena *arena;         /* owns all but what g_free() is named for */
    struct cvm_fleet_detail *detail; /* what fleet/ alone knows */
    double vcpus_per_cpu;            /* vCPUs that a CPU of a host is to carry */
    struct cvm_fleet_profile *profiles;
    unsigned n_profiles, n_profile_kinds;
    struct cvm_fleet_host *hosts;
    unsigned n_hosts, n_host_kinds;
    struct cvm_fleet_cell *cells; /* [row * n_hosts + host]; g_free() */
    unsigned *rows;               /* [profile]: profiles that differ in nothing share one; NULL:
                                     none do; g_free() */
    struct cvm_fleet_reasons *reasons; /* [profile kind * n_host_kinds + host kind] */
    enum cvm_fleet_answer answer;
    struct cvm_fleet_share *shares; /* by host, then profile; none with 0 guests */
    unsigned n_shares;
    struct cvm_fleet_obstacle *obstacles;
    unsigned n_obstacles;
    gboolean smallest; /* it is proven that no smaller set of obstacles stands in the way */
};

/* "asids-sev-es": never translated; src/model/fleet.c. */
const char *
cvm_fleet_resource_id(enum cvm_fleet_resource resource);
/* "cannot", "full", "warned", "runs": the same. */
const char *
cvm_fleet_state_id(enum cvm_fleet_state state);

static inline const struct cvm_fleet_cell *
cvm_fleet_cell(const struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    size_t row = fleet->rows ? fleet->rows[profile] : profile;

    return &fleet->cells[row * fleet->n_hosts + host];
}

static inline const struct cvm_fleet_reasons *
cvm_fleet_reasons(const struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    return &fleet->reasons[(size_t)fleet->profiles[profile].kind * fleet->n_host_kinds +
                           fleet->hosts[host].kind];
}

#endif
