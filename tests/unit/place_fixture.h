/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problems of placement for tests, and an answer that is counted out: every way to distribute the
 * guests, one after the other. It shares nothing with what it is compared to. */
#ifndef CVM_TESTS_PLACE_FIXTURE_H
#define CVM_TESTS_PLACE_FIXTURE_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "cvmdom/place.h"

enum { PLACE_MAX = 64, PLACE_NEEDS_MAX = 256 };

struct place_case {
    struct cvmdom_place_problem problem;
    unsigned wanted[PLACE_MAX], kinds[PLACE_MAX];
    uint64_t pools[PLACE_MAX];
    struct cvmdom_place_option options[PLACE_MAX];
    struct cvmdom_place_need needs[PLACE_NEEDS_MAX];
};

static inline void
place_case_init(struct place_case *it, unsigned n_items, unsigned n_kinds)
{
    memset(it, 0, sizeof *it);
    it->problem = (struct cvmdom_place_problem){
        .wanted = it->wanted,
        .n_items = n_items,
        .pools = it->pools,
        .kinds = it->kinds,
        .n_kinds = n_kinds,
        .options = it->options,
        .needs = it->needs,
    };
}

static inline void
place_case_copy(struct place_case *it, const struct place_case *from)
{
    *it = *from;
    it->problem.wanted = it->wanted;
    it->problem.pools = it->pools;
    it->problem.kinds = it->kinds;
    it->problem.options = it->options;
    it->problem.needs = it->needs;
}

static inline unsigned
place_case_pool(struct place_case *it, unsigned kind, uint64_t size)
{
    g_assert_cmpuint(it->problem.n_pools, <, PLACE_MAX);
    it->pools[it->problem.n_pools] = size;
    it->kinds[it->problem.n_pools] = kind;
    return (unsigned)it->problem.n_pools++;
}

static inline void
place_case_option(struct place_case *it, unsigned item, unsigned cost)
{
    g_assert_cmpuint(it->problem.n_options, <, PLACE_MAX);
    it->options[it->problem.n_options++] = (struct cvmdom_place_option){
        .item = item, .cost = cost, .first = (unsigned)it->problem.n_needs
    };
}

/* Of the last option. */
static inline void
place_case_need(struct place_case *it, unsigned pool, uint64_t amount)
{
    g_assert_cmpuint(it->problem.n_needs, <, PLACE_NEEDS_MAX);
    it->needs[it->problem.n_needs++] = (struct cvmdom_place_need){ .pool = pool, .amount = amount };
    it->options[it->problem.n_options - 1].count++;
}

/* ---- answers ---- */

/* That guests are what was wanted, and that they fit; returns what they cost. */
static inline uint64_t
place_case_check(const struct cvmdom_place_problem *problem, const unsigned *guests)
{
    uint64_t placed[PLACE_MAX] = { 0 }, cost = 0;
    __extension__ unsigned __int128 used[PLACE_MAX] = { 0 };

    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];

        placed[option->item] += guests[i];
        cost += (uint64_t)option->cost * guests[i];
        for (unsigned k = option->first; k < option->first + option->count; k++) {
            used[problem->needs[k].pool] +=
                (__extension__(unsigned __int128) problem->needs[k].amount) * guests[i];
        }
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        g_assert_cmpuint(placed[i], ==, problem->wanted[i]);
    }
    for (size_t i = 0; i < problem->n_pools; i++) {
        g_assert_true(used[i] <= problem->pools[i]);
    }
    return cost;
}

/* ---- counted out ---- */

struct place_count {
    const struct cvmdom_place_problem *problem;
    uint64_t left[PLACE_MAX];
    unsigned missing[PLACE_MAX];
    unsigned ignored; /* kinds without end, one bit each */
    uint64_t cost, best;
    gboolean found;
};

static inline gboolean
place_count_take(struct place_count *count, const struct cvmdom_place_option *option, gboolean back)
{
    const struct cvmdom_place_problem *problem = count->problem;

    for (unsigned k = option->first; !back && k < option->first + option->count; k++) {
        const struct cvmdom_place_need *need = &problem->needs[k];

        if (!(count->ignored >> problem->kinds[need->pool] & 1) &&
            count->left[need->pool] < need->amount) {
            return FALSE;
        }
    }
    for (unsigned k = option->first; k < option->first + option->count; k++) {
        const struct cvmdom_place_need *need = &problem->needs[k];

        if (!(count->ignored >> problem->kinds[need->pool] & 1)) {
            count->left[need->pool] += back ? need->amount : -need->amount;
        }
    }
    count->missing[option->item] += back ? 1 : -1U;
    count->cost += back ? -(uint64_t)option->cost : option->cost;
    return TRUE;
}

static inline void
place_count_from(struct place_count *count, size_t at)
{
    const struct cvmdom_place_option *option = &count->problem->options[at];
    unsigned taken = 0;

    if (at == count->problem->n_options) {
        for (size_t i = 0; i < count->problem->n_items; i++) {
            if (count->missing[i]) {
                return;
            }
        }
        count->best = count->found ? MIN(count->best, count->cost) : count->cost;
        count->found = TRUE;
        return;
    }
    place_count_from(count, at + 1);
    while (count->missing[option->item] && place_count_take(count, option, FALSE)) {
        taken++;
        place_count_from(count, at + 1);
    }
    while (taken--) {
        place_count_take(count, option, TRUE);
    }
}

/* Whether the items of a set fit (one bit each) when kinds but those of another are without end;
 * *best receives the least cost. */
static inline gboolean
place_count_out(const struct cvmdom_place_problem *problem, unsigned items, unsigned kinds,
                uint64_t *best)
{
    struct place_count count = { .problem = problem, .ignored = ~kinds };

    for (size_t i = 0; i < problem->n_items; i++) {
        count.missing[i] = items >> i & 1 ? problem->wanted[i] : 0;
    }
    if (problem->n_pools) {
        memcpy(count.left, problem->pools, sizeof(uint64_t) * problem->n_pools);
    }
    place_count_from(&count, 0);
    *best = count.best;
    return count.found;
}

/* ---- made at random ---- */

/* Few kinds of hosts, of which there are several each. */
static inline void
place_case_alike(struct place_case *it, GRand *random)
{
    unsigned n_items = (unsigned)g_rand_int_range(random, 1, 4);
    unsigned n_hosts = (unsigned)g_rand_int_range(random, 2, 5);
    unsigned size[2] = { (unsigned)g_rand_int_range(random, 3, 12),
                         (unsigned)g_rand_int_range(random, 3, 12) };
    uint64_t amount[3][2];
    unsigned cost[3][2];

    place_case_init(it, n_items, 2);
    for (unsigned i = 0; i < n_items; i++) {
        it->wanted[i] = (unsigned)g_rand_int_range(random, 0, 6);
        for (unsigned k = 0; k < 2; k++) {
            amount[i][k] = (uint64_t)g_rand_int_range(random, k ? 0 : 1, 7);
            cost[i][k] = (unsigned)g_rand_int_range(random, 0, 3);
        }
    }
    for (unsigned h = 0; h < n_hosts; h++) {
        for (unsigned k = 0; k < 2; k++) {
            place_case_pool(it, k, size[h % 2] + k);
        }
    }
    for (unsigned h = 0; h < n_hosts; h++) {
        for (unsigned i = 0; i < n_items; i++) {
            place_case_option(it, i, cost[i][h % 2]);
            place_case_need(it, 2 * h, amount[i][0]);
            if (amount[i][1]) {
                place_case_need(it, 2 * h + 1, amount[i][1]);
            }
        }
    }
}

/* Hosts with a few pools each, and items that go to some of them; unit: what numbers are multiples
 * of, more or less. */
static inline void
place_case_random(struct place_case *it, GRand *random, uint64_t unit)
{
    unsigned n_items = (unsigned)g_rand_int_range(random, 1, 4);
    unsigned n_kinds = (unsigned)g_rand_int_range(random, 1, 4);
    unsigned n_hosts = (unsigned)g_rand_int_range(random, 1, 5);
    unsigned size = (unsigned)g_rand_int_range(random, 2, 14);
    uint64_t amounts[4][4];

    place_case_init(it, n_items, n_kinds);
    for (unsigned h = 0; h < n_hosts; h++) {
        for (unsigned k = 0; k < n_kinds; k++) {
            uint64_t pool = (uint64_t)g_rand_int_range(random, 0, (int)size + 1) * unit;

            place_case_pool(it, k,
                            unit > 1 ? pool + (uint64_t)g_rand_int_range(random, 0, 3) : pool);
        }
    }
    for (unsigned i = 0; i < n_items; i++) {
        it->wanted[i] = (unsigned)g_rand_int_range(random, 0, 5);
        for (unsigned k = 0; k < n_kinds; k++) {
            amounts[i][k] = (uint64_t)g_rand_int_range(random, 0, (int)size / 2 + 2) * unit;
            amounts[i][k] +=
                unit > 1 && amounts[i][k] ? (uint64_t)g_rand_int_range(random, 0, 2) : 0;
        }
        for (unsigned h = 0; h < n_hosts; h++) {
            if (g_rand_int_range(random, 0, 5) == 0) {
                continue;
            }
            place_case_option(it, i, (unsigned)g_rand_int_range(random, 0, 5));
            for (unsigned k = 0; k < n_kinds; k++) {
                /* mostly the same on all hosts */
                uint64_t amount = g_rand_int_range(random, 0, 8) ? amounts[i][k] : unit;

                if (amount) {
                    place_case_need(it, h * n_kinds + k, amount);
                }
            }
        }
    }
}

#endif
