/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fleets made by hand: what a page is written of without any file being read. Every number follows
 * from the sizes asked for. */
#ifndef TESTS_UNIT_FLEET_FIXTURE_H
#define TESTS_UNIT_FLEET_FIXTURE_H

#include "fleet/fleet.h"

#define GIB (UINT64_C(1) << 30)

enum { FIXTURE_KINDS = 4, FIXTURE_POOLS = 7 };

static inline void
fill_pools(struct cvm_fleet *fleet, struct cvm_fleet_host *host, unsigned i)
{
    const struct cvm_fleet_pool pools[FIXTURE_POOLS] = {
        { CVM_FLEET_ASIDS_SEV, CVM_FLEET_ANY_NODE, CVM_FLEET_ALL_NODES, 0, TRUE, 410, 12 + i % 40,
          FALSE, 0 },
        { CVM_FLEET_ASIDS_ES, CVM_FLEET_ANY_NODE, CVM_FLEET_ALL_NODES, 0, TRUE, 99,
          i % 5 == 3 ? 99 : 10 + i % 30, FALSE, 2 },
        { CVM_FLEET_MEMORY, CVM_FLEET_ANY_NODE, CVM_FLEET_ALL_NODES, 0, TRUE, 768 * GIB + 12345678,
          (151 + i % 100) * GIB + i, FALSE, 16 * GIB },
        { CVM_FLEET_MEMORY, 0, 1 << 0, 0, TRUE, 384 * GIB, (20 + i % 100) * GIB, FALSE, 16 * GIB },
        { CVM_FLEET_MEMORY, 1, 1 << 1, 0, TRUE, 384 * GIB + 12345678, 131 * GIB + i, FALSE, 0 },
        { CVM_FLEET_HUGEPAGES, 0, CVM_FLEET_ALL_NODES, GIB, i % 4 != 2, i % 4 != 2 ? 64 * GIB : 0,
          0, FALSE, 0 },
        { CVM_FLEET_VCPUS, CVM_FLEET_ANY_NODE, CVM_FLEET_ALL_NODES, 0, TRUE, 192,
          i % 7 == 6 ? 200 : 48, i % 3 == 0, 8 },
    };

    host->n_pools = i % FIXTURE_KINDS == 3 ? 0 : FIXTURE_POOLS;
    host->pools = cvm_arena_array(fleet->arena, struct cvm_fleet_pool, FIXTURE_POOLS);
    memcpy(host->pools, pools, sizeof pools);
}

static inline void
fill_hosts(struct cvm_fleet *fleet)
{
    static const char *const processors[FIXTURE_KINDS] = {
        "AMD EPYC 9654 96-Core Processor", "AMD EPYC 7702 64-Core Processor",
        "AMD EPYC 9654 96-Core Processor", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"
    };

    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        struct cvm_fleet_host *host = &fleet->hosts[i];

        host->name = cvm_arena_printf(fleet->arena, "rack%u-node%02u", i / 25 + 1, i % 25 + 1);
        host->file = cvm_arena_printf(fleet->arena, "hosts/%s.xml", host->name);
        host->kind = i % fleet->n_host_kinds;
        host->processor = processors[i % FIXTURE_KINDS];
        fill_pools(fleet, host, i);
    }
}

static inline void
fill_profiles(struct cvm_fleet *fleet)
{
    static const struct {
        const char *name;
        enum cvm_guest guest;
    } rows[] = { { "snp-web", CVM_GUEST_SEV_SNP },    { "sev-database", CVM_GUEST_SEV },
                 { "es-frontend", CVM_GUEST_SEV_ES }, { "plain-batch", CVM_GUEST_NONE },
                 { "snp-cache", CVM_GUEST_SEV_SNP },  { "snp-huge-memory", CVM_GUEST_SEV_SNP } };

    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        struct cvm_fleet_profile *profile = &fleet->profiles[i];
        unsigned row = i % G_N_ELEMENTS(rows);

        profile->name = i < G_N_ELEMENTS(rows)
                            ? rows[row].name
                            : cvm_arena_printf(fleet->arena, "%s-%u", rows[row].name, i);
        profile->file = cvm_arena_printf(fleet->arena, "%s.yaml", profile->name);
        profile->guest = rows[row].guest;
        profile->kind = i % fleet->n_profile_kinds;
        profile->memory = (UINT64_C(4) << row) * GIB;
        profile->vcpus = 2U << row;
    }
}

/* A host's kind 3 has no SEV, kind 1 no SEV-SNP; the largest profile runs nowhere. */
static inline void
fill_cell(struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    struct cvm_fleet_cell *cell = &fleet->cells[(size_t)profile * fleet->n_hosts + host];
    unsigned kind = fleet->hosts[host].kind % FIXTURE_KINDS, row = profile % 6;
    enum cvm_guest guest = fleet->profiles[profile].guest;

    cell->pool = G_MAXUINT16;
    if (row == 5 || (kind == 3 && guest != CVM_GUEST_NONE) ||
        (kind == 1 && guest == CVM_GUEST_SEV_SNP)) {
        cell->state = CVM_FLEET_CANNOT;
    } else if (host % 5 == 3 && (guest & CVM_GUEST_STATE)) {
        cell->state = CVM_FLEET_FULL;
        cell->pool = 1;
    } else {
        cell->state = row == 1 || kind == 2 ? CVM_FLEET_WARNED : CVM_FLEET_RUNS;
        cell->guests = kind == 3 ? CVM_FLEET_NO_LIMIT : (guest & CVM_GUEST_STATE) ? 87 : 40 - row;
        cell->pool = kind == 3 ? G_MAXUINT16 : (guest & CVM_GUEST_STATE) ? 1 : 2;
        cell->assumed = kind == 2;
    }
}

static inline void
fill_reasons(struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    const struct cvm_fleet_cell *cell = cvm_fleet_cell(fleet, profile, host);
    const char *on = fleet->hosts[host].name, *name = fleet->profiles[profile].name;
    struct cvm_fleet_reasons *reasons =
        &fleet->reasons[(size_t)fleet->profiles[profile].kind * fleet->n_host_kinds +
                        fleet->hosts[host].kind];
    struct cvm_fleet_reason items[] = {
        { "CVM703", "host-no-snp", CVM_SEVERE,
          cvm_arena_printf(fleet->arena,
                           "The host '%s' cannot run SEV-SNP guests: KVM was loaded without "
                           "'sev_snp', so the guest '%s' does not start.",
                           on, name),
          "Load kvm_amd with sev_snp=1, and switch SEV-SNP on in the firmware setup." },
        { "CVM512", "memory-exceeds-host", CVM_SEVERE,
          cvm_arena_printf(fleet->arena,
                           "The guest wants '%" G_GUINT64_FORMAT "GiB', more than '%s' has.",
                           fleet->profiles[profile].memory / GIB, on),
          NULL },
        { "CVM705", "host-vcpus-scarce", CVM_WARNING,
          cvm_arena_printf(fleet->arena, "'%s' takes more vCPUs than a node of '%s' has CPUs.",
                           name, on),
          "Give it fewer vCPUs, or pin them." },
    };
    unsigned from = cell->state != CVM_FLEET_CANNOT ? 2 : profile % 6 == 5 ? 0 : 0;
    unsigned to = cell->state != CVM_FLEET_CANNOT ? 3 : profile % 6 == 5 ? 2 : 1;

    if (reasons->items || cell->state == CVM_FLEET_RUNS || cell->state == CVM_FLEET_FULL) {
        return;
    }
    reasons->count = to - from;
    reasons->items = cvm_arena_array(fleet->arena, struct cvm_fleet_reason, reasons->count);
    memcpy(reasons->items, &items[from], reasons->count * sizeof *items);
}

/* The caller's to cvm_fleet_free(). */
static inline struct cvm_fleet *
make_fleet(unsigned profiles, unsigned profile_kinds, unsigned hosts, unsigned host_kinds)
{
    struct cvm_fleet *fleet = cvm_fleet_new();

    fleet->n_profiles = profiles;
    fleet->n_profile_kinds = profile_kinds;
    fleet->n_hosts = hosts;
    fleet->n_host_kinds = host_kinds;
    fleet->profiles = cvm_arena_array(fleet->arena, struct cvm_fleet_profile, profiles);
    fleet->hosts = cvm_arena_array(fleet->arena, struct cvm_fleet_host, hosts);
    fleet->cells = g_new0(struct cvm_fleet_cell, (size_t)profiles * hosts);
    fleet->reasons =
        cvm_arena_array(fleet->arena, struct cvm_fleet_reasons, (size_t)profile_kinds * host_kinds);
    fill_hosts(fleet);
    fill_profiles(fleet);
    for (unsigned p = 0; p < profiles; p++) {
        for (unsigned h = 0; h < hosts; h++) {
            fill_cell(fleet, p, h);
            fill_reasons(fleet, p, h);
        }
    }
    return fleet;
}

/* Two guests of each of the first profiles on each host that takes them. */
static inline void
place_guests(struct cvm_fleet *fleet)
{
    fleet->answer = CVM_FLEET_PLACED;
    fleet->shares = cvm_arena_array(fleet->arena, struct cvm_fleet_share, fleet->n_hosts * 2);
    for (unsigned h = 0; h < fleet->n_hosts; h++) {
        for (unsigned p = 0; p < 2 && p < fleet->n_profiles; p++) {
            if (cvm_fleet_cell(fleet, p, h)->guests > 0) {
                fleet->shares[fleet->n_shares++] = (struct cvm_fleet_share){ p, h, 2 };
                fleet->profiles[p].wanted += 2;
                fleet->profiles[p].placed += 2;
            }
        }
    }
}

static inline void
refuse_guests(struct cvm_fleet *fleet)
{
    fleet->answer = CVM_FLEET_IMPOSSIBLE;
    fleet->profiles[0].wanted = 400;
    fleet->n_obstacles = 2;
    fleet->obstacles = cvm_arena_array(fleet->arena, struct cvm_fleet_obstacle, 2);
    fleet->obstacles[0].message =
        g_strdup("400 guests of 'snp-web' are wanted, which is more than the hosts that run it "
                 "have room for.");
    fleet->obstacles[1].what = CVM_FLEET_SHORTAGE;
    fleet->obstacles[1].resource = CVM_FLEET_ASIDS_ES;
    fleet->obstacles[1].message =
        g_strdup("All hosts together have 174 ASIDs left for SEV-ES and SEV-SNP guests.");
}

#endif
