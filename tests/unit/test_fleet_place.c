/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the guests of fleets made by hand go, and what is said when they have no place. */
#include "unit.h"

#include <string.h>

#include "fleet/place.h"

#define GIB (UINT64_C(1) << 30)

static const struct cvmdom_place_solver solver = { cvmdom_place_solve, cvmdom_place_conflict };

/* ---- fleets ---- */

/* A host with so many ASIDs of SEV-ES and SEV-SNP guests, so much memory, so many CPUs. */
static void
add_host(struct cvm_fleet *fleet, const char *name, uint64_t asids, uint64_t memory, uint64_t cpus)
{
    const struct cvm_fleet_pool pools[] = {
        { CVM_FLEET_ASIDS_ES, CVM_FLEET_ANY_NODE, CVM_FLEET_ALL_NODES, 0, asids > 0, asids, 0,
          FALSE, 0 },
        { CVM_FLEET_MEMORY, 0, CVM_FLEET_ALL_NODES, 0, TRUE, memory, 0, FALSE, 0 },
        { CVM_FLEET_VCPUS, CVM_FLEET_ANY_NODE, CVM_FLEET_ALL_NODES, 0, TRUE, cpus, 0, FALSE, 0 },
    };
    struct cvm_fleet_host host = { .name = name, .file = name, .n_pools = G_N_ELEMENTS(pools) };
    const struct cvm_fleet_rest rest = { .topology = { .n_nodes = 1 } };

    host.pools = cvm_arena_array(fleet->arena, struct cvm_fleet_pool, G_N_ELEMENTS(pools));
    memcpy(host.pools, pools, sizeof pools);
    g_array_append_val(fleet->detail->hosts, host);
    g_array_append_val(fleet->detail->rests, rest);
}

static void
add_profile(struct cvm_fleet *fleet, const char *name, enum cvm_guest guest, uint64_t memory,
            unsigned vcpus, unsigned wanted)
{
    const struct cvm_fleet_profile profile = { .name = name, .guest = guest, .wanted = wanted };
    struct cvm_fleet_claim *claim = cvm_arena_new0(fleet->arena, struct cvm_fleet_claim);
    const struct cvm_fleet_demand demand = {
        .claims = claim,
        .n_claims = 1,
        .asid = guest == CVM_GUEST_NONE ? CVM_FLEET_RESOURCES : CVM_FLEET_ASIDS_SNP,
        .vcpus = vcpus,
    };

    *claim = (struct cvm_fleet_claim){ .resource = CVM_FLEET_MEMORY,
                                       .nodes = CVM_FLEET_ALL_NODES,
                                       .bytes = memory };
    g_array_append_val(fleet->detail->profiles, profile);
    g_array_append_val(fleet->detail->demands, demand);
}

/* All guests run on all hosts, except that guests that need an ASID do not where there are none. */
static void
judge(struct cvm_fleet *fleet)
{
    struct cvm_fleet_detail *detail = fleet->detail;

    fleet->profiles = (void *)detail->profiles->data;
    fleet->n_profiles = detail->profiles->len;
    fleet->hosts = (void *)detail->hosts->data;
    fleet->n_hosts = detail->hosts->len;
    g_free(fleet->cells);
    fleet->cells = g_new0(struct cvm_fleet_cell, (size_t)fleet->n_profiles * fleet->n_hosts);
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        for (unsigned h = 0; h < fleet->n_hosts; h++) {
            gboolean none = !fleet->hosts[h].pools[0].known;

            fleet->cells[i * fleet->n_hosts + h].state =
                none && fleet->profiles[i].guest != CVM_GUEST_NONE ? CVM_FLEET_CANNOT
                                                                   : CVM_FLEET_RUNS;
        }
    }
}

static struct cvmdom_place_result
place(struct cvm_fleet *fleet, const struct cvmdom_place_solver *with)
{
    struct cvmdom_place_result result = { 99, 99 };
    cvmdom_error *error = NULL;

    ck_assert_int_eq(cvm_fleet_place(fleet, with, 10000, &result, &error), 0);
    return result;
}

static unsigned
guests_on(const struct cvm_fleet *fleet, unsigned profile, unsigned host)
{
    for (unsigned i = 0; i < fleet->n_shares; i++) {
        if (fleet->shares[i].profile == profile && fleet->shares[i].host == host) {
            return fleet->shares[i].guests;
        }
    }
    return 0;
}

static void
check_obstacles(const struct cvm_fleet *fleet, const char *const *expected)
{
    ck_assert_uint_eq(fleet->n_obstacles, g_strv_length((char **)(void *)expected));
    for (unsigned i = 0; i < fleet->n_obstacles; i++) {
        ck_assert_str_eq(fleet->obstacles[i].message, expected[i]);
    }
}

/* ---- tests ---- */

START_TEST(test_cost)
{
    static const struct {
        uint64_t total[2], used[2]; /* ASIDs of SEV, and of the others */
        unsigned cost;
    } cases[] = {
        { { 0, 0 }, { 0, 0 }, 0 },       { { 0, 15 }, { 0, 15 }, 1 },
        { { 0, 15 }, { 0, 20 }, 1 },     { { 0, 15 }, { 0, 14 }, 101 },
        { { 494, 15 }, { 0, 10 }, 21 },  { { 494, 15 }, { 0, 0 }, 8 },
        { { 410, 99 }, { 0, 0 }, 3 },    { { 0, 509 }, { 0, 0 }, 2 },
        { { 494, 15 }, { 494, 15 }, 1 }, { { 494, 15 }, { 0, 15 }, 2 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cvm_fleet_pool pools[] = {
            { .resource = CVM_FLEET_VCPUS, .known = TRUE, .total = 1 },
            { .resource = CVM_FLEET_ASIDS_SEV },
            { .resource = CVM_FLEET_ASIDS_ES },
        };
        const struct cvm_fleet_host host = { .pools = pools, .n_pools = G_N_ELEMENTS(pools) };

        for (unsigned k = 0; k < 2; k++) {
            pools[k + 1].known = cases[i].total[k] > 0;
            pools[k + 1].total = cases[i].total[k];
            pools[k + 1].used = cases[i].used[k];
        }
        ck_assert_msg(cvm_placement_cost(&host) == cases[i].cost, "case %zu: %u", i,
                      cvm_placement_cost(&host));
    }
}
END_TEST

/* Plain guests fill the host without ASIDs, then the one with many, and the scarce one last. */
START_TEST(test_plain_guests)
{
    static const struct {
        unsigned wanted, on[3];
    } cases[] = {
        { 4, { 0, 0, 4 } }, { 8, { 0, 4, 4 } }, { 18, { 0, 14, 4 } }, { 22, { 2, 16, 4 } }
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(fleet) *fleet = cvm_fleet_new();
        struct cvmdom_place_result result;

        add_host(fleet, "scarce", 5, 32 * GIB, 64);
        add_host(fleet, "plenty", 500, 64 * GIB, 64);
        add_host(fleet, "plain", 0, 16 * GIB, 64);
        add_profile(fleet, "web", CVM_GUEST_NONE, 4 * GIB, 1, cases[i].wanted);
        add_profile(fleet, "vault", CVM_GUEST_SEV_SNP, 4 * GIB, 1, 2);
        judge(fleet);
        result = place(fleet, &solver);
        ck_assert_int_eq(result.answer, CVMDOM_PLACE_PLACED);
        ck_assert(result.optimal);
        ck_assert_int_eq(fleet->answer, CVM_FLEET_PLACED);
        for (unsigned h = 0; h < 3; h++) {
            ck_assert_msg(guests_on(fleet, 0, h) == cases[i].on[h], "case %zu: %u on host %u", i,
                          guests_on(fleet, 0, h), h);
        }
        ck_assert_uint_eq(guests_on(fleet, 1, 0) + guests_on(fleet, 1, 1), 2);
        ck_assert_uint_eq(fleet->profiles[0].placed, cases[i].wanted);
        ck_assert_uint_eq(fleet->profiles[1].placed, 2);
    }
}
END_TEST

/* What guests take is planned, once, and shares are by host, then profile. */
START_TEST(test_planned)
{
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();

    add_host(fleet, "a", 10, 8 * GIB, 8);
    add_host(fleet, "b", 10, 8 * GIB, 8);
    add_profile(fleet, "one", CVM_GUEST_SEV_SNP, 2 * GIB, 1, 5);
    add_profile(fleet, "two", CVM_GUEST_SEV_SNP, 6 * GIB, 3, 1);
    add_profile(fleet, "unasked", CVM_GUEST_SEV_SNP, 6 * GIB, 3, 0);
    judge(fleet);
    for (unsigned round = 0; round < 2; round++) {
        uint64_t asids = 0, memory = 0, vcpus = 0;

        ck_assert_int_eq(place(fleet, NULL).answer, CVMDOM_PLACE_PLACED);
        for (unsigned h = 0; h < 2; h++) {
            asids += fleet->hosts[h].pools[0].planned;
            memory += fleet->hosts[h].pools[1].planned;
            vcpus += fleet->hosts[h].pools[2].planned;
        }
        ck_assert_uint_eq(asids, 6);
        ck_assert_uint_eq(memory, 16 * GIB);
        ck_assert_uint_eq(vcpus, 8);
        ck_assert_uint_eq(fleet->profiles[2].placed, 0);
        for (unsigned i = 1; i < fleet->n_shares; i++) {
            const struct cvm_fleet_share *last = &fleet->shares[i - 1], *share = &fleet->shares[i];

            ck_assert(last->host < share->host ||
                      (last->host == share->host && last->profile < share->profile));
        }
    }
}
END_TEST

/* First-fit fills the first host with what only the second could give up: nothing of that is kept,
 * and the solver finds the place. */
START_TEST(test_first_fit_fails)
{
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();
    struct cvmdom_place_result result;

    add_host(fleet, "a", 0, 12 * GIB, 100);
    add_host(fleet, "b", 0, 10 * GIB, 100);
    add_profile(fleet, "six", CVM_GUEST_NONE, 6 * GIB, 1, 2);
    add_profile(fleet, "five", CVM_GUEST_NONE, 5 * GIB, 1, 2);
    judge(fleet);
    ck_assert_int_eq(place(fleet, NULL).answer, CVMDOM_PLACE_PLACED);
    fleet->hosts[0].pools[1].total = 10 * GIB;
    fleet->hosts[1].pools[1].total = 12 * GIB;
    result = place(fleet, NULL);
    ck_assert_int_eq(result.answer, CVMDOM_PLACE_UNPROVEN);
    ck_assert(!result.optimal);
    ck_assert_int_eq(fleet->answer, CVM_FLEET_UNPROVEN);
    ck_assert_uint_eq(fleet->n_shares, 0);
    ck_assert_uint_eq(fleet->profiles[0].placed, 0);
    ck_assert_uint_eq(fleet->hosts[0].pools[1].planned, 0);
    result = place(fleet, &solver);
    ck_assert_int_eq(result.answer, CVMDOM_PLACE_PLACED);
    ck_assert(result.optimal);
    ck_assert_uint_eq(guests_on(fleet, 0, 1), 2);
    ck_assert_uint_eq(guests_on(fleet, 1, 0), 2);
}
END_TEST

START_TEST(test_obstacles)
{
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();
    struct cvm_fleet_profile *profiles;

    add_host(fleet, "a", 3, 16 * GIB, 64);
    add_host(fleet, "b", 4, 16 * GIB, 64);
    add_host(fleet, "c", 0, 512 * GIB, 64);
    add_profile(fleet, "vault", CVM_GUEST_SEV_SNP, GIB, 1, 5);
    add_profile(fleet, "keys", CVM_GUEST_SEV_SNP, GIB, 1, 3);
    add_profile(fleet, "web", CVM_GUEST_NONE, GIB, 1, 9);
    judge(fleet);
    profiles = fleet->profiles;
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_IMPOSSIBLE);
    ck_assert_int_eq(fleet->answer, CVM_FLEET_IMPOSSIBLE);
    ck_assert(fleet->smallest);
    check_obstacles(fleet,
                    (const char *const[]){
                        "5 guests of 'vault' are wanted.", "3 guests of 'keys' are wanted.",
                        "These guests need 8 ASIDs of SEV-ES and SEV-SNP guests, and the hosts "
                        "that can run them have 7 left.",
                        NULL });
    ck_assert_int_eq(fleet->obstacles[0].what, CVM_FLEET_DEMAND);
    ck_assert_uint_eq(fleet->obstacles[1].profile, 1);
    ck_assert_int_eq(fleet->obstacles[2].what, CVM_FLEET_SHORTAGE);
    ck_assert_int_eq(fleet->obstacles[2].resource, CVM_FLEET_ASIDS_ES);

    /* enough of it, but nowhere in one piece */
    profiles[0].wanted = 3;
    ((struct cvm_fleet_claim *)(void *)g_array_index(fleet->detail->demands,
                                                     struct cvm_fleet_demand, 0)
         .claims)
        ->bytes = 10 * GIB;
    profiles[1].wanted = 0;
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_IMPOSSIBLE);
    check_obstacles(fleet, (const char *const[]){
                               "3 guests of 'vault' are wanted.",
                               "These guests need 30GiB of memory; the hosts that can run them "
                               "have 32GiB left, but not in pieces that hold the guests.",
                               NULL });

    /* no host at all */
    profiles[0].wanted = 0;
    profiles[1].wanted = 1;
    fleet->cells[1 * 3 + 0].state = fleet->cells[1 * 3 + 1].state = CVM_FLEET_CANNOT;
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_IMPOSSIBLE);
    check_obstacles(fleet, (const char *const[]){
                               "1 guest of 'keys' is wanted, and no host can take it.", NULL });

    /* forgotten when all is well again */
    profiles[1].wanted = 0;
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_PLACED);
    ck_assert_uint_eq(fleet->n_obstacles, 0);
}
END_TEST

/* Full by its numbers: a reason. Full by a rule, whatever the numbers say: no place, and none. */
START_TEST(test_full)
{
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();

    add_host(fleet, "a", 3, 16 * GIB, 64);
    add_profile(fleet, "vault", CVM_GUEST_SEV_SNP, GIB, 1, 1);
    judge(fleet);
    fleet->hosts[0].pools[0].used = 3;
    fleet->cells[0].state = CVM_FLEET_FULL;
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_IMPOSSIBLE);
    check_obstacles(fleet, (const char *const[]){
                               "1 guest of 'vault' is wanted.",
                               "These guests need 1 ASIDs of SEV-ES and SEV-SNP guests, and the "
                               "hosts that can run them have 0 left.",
                               NULL });
    fleet->hosts[0].pools[0].used = 0;
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_IMPOSSIBLE);
    check_obstacles(fleet, (const char *const[]){
                               "1 guest of 'vault' is wanted, and no host can take it.", NULL });
}
END_TEST

static int
explain_nothing(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                unsigned char *items, unsigned char *kinds, int *minimal, cvmdom_error **error)
{
    (void)milliseconds;
    (void)error;
    memset(items, 0, problem->n_items);
    memset(kinds, 0, problem->n_kinds);
    *minimal = 0;
    return 0;
}

/* No time for the smallest set: then all there is stands in the way. */
START_TEST(test_no_time)
{
    const struct cvmdom_place_solver slow = { cvmdom_place_solve, explain_nothing };
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();

    add_host(fleet, "a", 3, 16 * GIB, 64);
    add_profile(fleet, "vault", CVM_GUEST_SEV_SNP, GIB, 1, 4);
    judge(fleet);
    ck_assert_int_eq(place(fleet, &slow).answer, CVMDOM_PLACE_IMPOSSIBLE);
    ck_assert(!fleet->smallest);
    ck_assert_uint_eq(fleet->n_obstacles, 4);
    ck_assert_int_eq(place(fleet, &solver).answer, CVMDOM_PLACE_IMPOSSIBLE);
    ck_assert(fleet->smallest);
    ck_assert_uint_eq(fleet->n_obstacles, 2);
}
END_TEST

START_TEST(test_nothing_wanted)
{
    CVM_AUTO(fleet) *fleet = cvm_fleet_new();
    struct cvmdom_place_result result;

    add_host(fleet, "a", 3, 16 * GIB, 64);
    add_profile(fleet, "vault", CVM_GUEST_SEV_SNP, GIB, 1, 0);
    judge(fleet);
    result = place(fleet, NULL);
    ck_assert_int_eq(result.answer, CVMDOM_PLACE_PLACED);
    ck_assert(result.optimal);
    ck_assert_int_eq(fleet->answer, CVM_FLEET_NOT_ASKED);
}
END_TEST

UNIT_MAIN("fleet_place", test_cost, test_plain_guests, test_planned, test_first_fit_fails,
          test_obstacles, test_full, test_no_time, test_nothing_wanted)
