/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in the way of a placement, beside what is counted out. */
#include "unit.h"

#include "place/problem.h"
#include "place_fixture.h"

enum { MILLISECONDS = 20000 };

static gboolean
conflict_of(const struct place_case *it, unsigned *items, unsigned *kinds)
{
    unsigned char item[PLACE_MAX], kind[PLACE_MAX];
    cvmdom_error *error = NULL;
    int minimal = 99;

    ck_assert_msg(!cvmdom_place_conflict(&it->problem, MILLISECONDS, item, kind, &minimal, &error),
                  "%s", error ? cvmdom_error_message(error) : "?");
    *items = *kinds = 0;
    for (unsigned i = 0; i < it->problem.n_items; i++) {
        *items |= (unsigned)item[i] << i;
    }
    for (unsigned i = 0; i < it->problem.n_kinds; i++) {
        *kinds |= (unsigned)kind[i] << i;
    }
    return minimal;
}

static unsigned
count_bits(unsigned bits)
{
    return (unsigned)__builtin_popcount(bits);
}

/* How many elements the smallest sets have that do not fit. */
static unsigned
smallest_size(const struct cvmdom_place_problem *problem)
{
    unsigned best = G_MAXUINT;
    uint64_t cost;

    for (unsigned items = 0; items < 1U << problem->n_items; items++) {
        for (unsigned kinds = 0; kinds < 1U << problem->n_kinds; kinds++) {
            unsigned size = count_bits(items) + count_bits(kinds);

            if (size < best && !place_count_out(problem, items, kinds, &cost)) {
                best = size;
            }
        }
    }
    return best;
}

static void
compare_with_count(uint64_t unit, unsigned seed, unsigned rounds)
{
    GRand *random = g_rand_new_with_seed(seed);
    unsigned sizes[8] = { 0 };

    for (unsigned round = 0; round < rounds; round++) {
        struct place_case it;
        unsigned items, kinds, size;
        uint64_t cost;
        gboolean minimal;

        place_case_random(&it, random, unit);
        minimal = conflict_of(&it, &items, &kinds);
        size = count_bits(items) + count_bits(kinds);
        if (place_count_out(&it.problem, ~0U, ~0U, &cost)) {
            ck_assert_msg(!size && !minimal, "round %u: a conflict in what fits", round);
            continue;
        }
        ck_assert_msg(!place_count_out(&it.problem, items, kinds, &cost), "round %u: it fits",
                      round);
        ck_assert_msg(minimal && size == smallest_size(&it.problem), "round %u: %u of them", round,
                      size);
        sizes[MIN(size, 7)]++;
    }
    g_rand_free(random);
    /* single items without a host, and sets of some size */
    for (unsigned size = 1; size <= 4; size++) {
        ck_assert_msg(sizes[size] > 0, "no conflict of size %u", size);
    }
}

START_TEST(test_random)
{
    compare_with_count(1, 11, 600);
    compare_with_count(UINT64_C(1) << 40, 12, 200);
}
END_TEST

UNIT_MAIN("place_conflict", test_random)
