/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Placements, beside an answer that is counted out. */
#include "unit.h"

#include "place/problem.h"
#include "place_fixture.h"

enum { MILLISECONDS = 20000 };

static struct cvmdom_place_result
solve(const struct place_case *it, unsigned *guests)
{
    struct cvmdom_place_result result = { 99, 99 };
    cvmdom_error *error = NULL;

    ck_assert_msg(!cvmdom_place_solve(&it->problem, MILLISECONDS, guests, &result, &error), "%s",
                  error ? cvmdom_error_message(error) : "?");
    return result;
}

/* ---- beside what is counted out ---- */

static void
compare_with_count(uint64_t unit, unsigned seed, unsigned rounds)
{
    GRand *random = g_rand_new_with_seed(seed);
    unsigned n_placed = 0, n_impossible = 0;

    for (unsigned round = 0; round < rounds; round++) {
        struct place_case it;
        unsigned guests[PLACE_MAX];
        struct cvmdom_place_result result;
        uint64_t best;
        gboolean fits;

        place_case_random(&it, random, unit);
        fits = place_count_out(&it.problem, ~0U, ~0U, &best);
        result = solve(&it, guests);
        ck_assert_msg(result.answer == (fits ? CVMDOM_PLACE_PLACED : CVMDOM_PLACE_IMPOSSIBLE),
                      "round %u: %d where %d was counted", round, result.answer, fits);
        if (fits) {
            ck_assert_msg(place_case_check(&it.problem, guests) == best && result.optimal,
                          "round %u: not the least cost, or not known to be", round);
        }
        n_placed += fits;
        n_impossible += !fits;
    }
    g_rand_free(random);
    /* neither of the two is rare */
    ck_assert_uint_gt(n_placed, rounds / 5);
    ck_assert_uint_gt(n_impossible, rounds / 5);
}

START_TEST(test_random)
{
    compare_with_count(1, 1, 1500);
}
END_TEST

START_TEST(test_random_bytes)
{
    compare_with_count(UINT64_C(1) << 30, 2, 800);
    compare_with_count((UINT64_C(1) << 47) + 1, 3, 800);
    compare_with_count(G_MAXUINT64 / 20, 4, 400);
}
END_TEST

UNIT_MAIN("place", test_random, test_random_bytes)
