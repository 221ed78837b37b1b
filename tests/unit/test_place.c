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

typedef void (*make_case)(struct place_case *it, GRand *random, uint64_t unit);

static void
make_alike(struct place_case *it, GRand *random, G_GNUC_UNUSED uint64_t unit)
{
    place_case_alike(it, random);
}

static void
compare_with_count(make_case make, uint64_t unit, unsigned seed, unsigned rounds)
{
    GRand *random = g_rand_new_with_seed(seed);
    unsigned n_placed = 0, n_impossible = 0;

    for (unsigned round = 0; round < rounds; round++) {
        struct place_case it;
        unsigned guests[PLACE_MAX];
        struct cvmdom_place_result result;
        uint64_t best;
        gboolean fits;

        make(&it, random, unit);
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
    compare_with_count(place_case_random, 1, 1, 1500);
}
END_TEST

START_TEST(test_random_alike)
{
    compare_with_count(make_alike, 1, 5, 600);
}
END_TEST

START_TEST(test_random_bytes)
{
    compare_with_count(place_case_random, UINT64_C(1) << 30, 2, 500);
    compare_with_count(place_case_random, (UINT64_C(1) << 47) + 1, 3, 500);
    compare_with_count(place_case_random, G_MAXUINT64 / 20, 4, 500);
}
END_TEST

/* ---- the parts, each alone ---- */

struct parts {
    struct place_work work;
    struct place_reduced reduced;
    struct place_program program;
    struct place_classes classes;
    struct place_found found;
};

static void
parts_init(struct parts *parts, const struct place_case *it)
{
    place_work_init(&parts->work, MILLISECONDS);
    place_reduce(&it->problem, parts->work.arena, &parts->reduced);
    place_divide(&parts->reduced.program, parts->work.arena, &parts->program);
    place_classes_init(&parts->program, parts->reduced.group, parts->work.arena, &parts->classes);
}

static void
run_patterns(void *data)
{
    struct parts *parts = data;

    place_by_patterns(&parts->program, &parts->classes, &parts->work, &parts->found);
}

/* Patterns alone may leave a question open, but what they say is so. */
START_TEST(test_patterns)
{
    GRand *random = g_rand_new_with_seed(6);
    unsigned n_placed = 0, n_impossible = 0, n_fit = 0, n_not = 0, n_least = 0;

    for (unsigned round = 0; round < 1500; round++) {
        struct place_case it;
        struct parts parts;
        uint64_t best;
        gboolean fits;

        if (round % 2) {
            place_case_alike(&it, random);
        } else {
            place_case_random(&it, random, 1);
        }
        fits = place_count_out(&it.problem, ~0U, ~0U, &best);
        n_fit += fits;
        n_not += !fits;
        parts_init(&parts, &it);
        if (parts.reduced.impossible) {
            ck_assert(!fits);
            n_impossible++;
        } else {
            ck_assert(place_with_glpk(run_patterns, &parts));
            ck_assert_msg(fits || !parts.found.found, "round %u: placed", round);
            ck_assert_msg(!fits || parts.found.found || !parts.found.complete,
                          "round %u: impossible", round);
            ck_assert_msg(!fits || parts.found.bound <= (int64_t)best, "round %u: bound", round);
            if (parts.found.found) {
                ck_assert(parts.found.cost >= (int64_t)best);
                n_placed++;
                n_least += parts.found.cost == parts.found.bound;
            }
            n_impossible += parts.found.complete && !parts.found.found;
        }
        place_work_clear(&parts.work);
    }
    g_rand_free(random);
    ck_assert_uint_gt(n_placed, n_fit * 9 / 10);
    ck_assert_uint_gt(n_least, n_fit * 8 / 10);
    ck_assert_uint_gt(n_impossible, n_not * 9 / 10);
}
END_TEST

/* A bound holds whatever multipliers it is made from: noise, too large, too small, of the wrong
 * sign for items. */
START_TEST(test_bound)
{
    GRand *random = g_rand_new_with_seed(7);
    unsigned n_told = 0, n_exact = 0;

    for (unsigned round = 0; round < 20000; round++) {
        struct place_case it;
        struct parts parts;
        double rows[PLACE_MAX * 10], items[PLACE_MAX];
        uint32_t none[PLACE_MAX] = { 0 };
        uint64_t best;
        int64_t bound = G_MININT64;
        gboolean fits, told;

        place_case_random(&it, random, round % 2 ? 1 : (UINT64_C(1) << 44) + 3);
        fits = place_count_out(&it.problem, ~0U, ~0U, &best);
        parts_init(&parts, &it);
        for (unsigned i = 0; i < parts.program.n_rows; i++) {
            rows[i] = g_rand_double_range(random, 0, 8) / (double)(parts.program.limit[i] + 1);
            rows[i] *= g_rand_int_range(random, 0, 3) ? 0 : 1;
        }
        for (unsigned i = 0; i < parts.program.n_items; i++) {
            items[i] = g_rand_int_range(random, 0, 3) ? g_rand_double_range(random, 0, 8) : 5;
            items[i] *= g_rand_int_range(random, 0, 50) ? 1 : -1e15;
        }
        told = place_bound(&parts.program, none, parts.program.upper, TRUE, rows, items, &bound);
        ck_assert_msg(!fits || !told || bound <= (int64_t)best, "round %u", round);
        n_told += told;
        n_exact += told && fits && bound == (int64_t)best;
        told = place_bound(&parts.program, none, parts.program.upper, FALSE, rows, items, &bound);
        ck_assert_msg(!fits || !told || bound <= 0, "round %u, without costs", round);
        place_work_clear(&parts.work);
    }
    g_rand_free(random);
    ck_assert_uint_gt(n_told, 15000);
    ck_assert_uint_gt(n_exact, 100);
}
END_TEST

/* Rows that are divided forbid nothing that whole guests may do. */
START_TEST(test_divide)
{
    GRand *random = g_rand_new_with_seed(8);
    unsigned n_rows = 0, n_divided = 0, n_broken = 0;

    for (unsigned round = 0; round < 3000; round++) {
        struct place_case it;
        struct parts parts;

        place_case_random(&it, random, round % 2 ? 1 : (UINT64_C(1) << 50) + 1);
        parts_init(&parts, &it);
        n_rows += parts.reduced.program.n_rows;
        n_divided += parts.program.n_rows;
        for (unsigned try = 0; try < 30; try++) {
            uint32_t x[PLACE_MAX], kept[2][PLACE_MAX];
            uint64_t wanted[PLACE_MAX] = { 0 };
            struct place_program plain = parts.reduced.program, divided = parts.program;
            struct place_found before = { .x = kept[0] }, after = { .x = kept[1] };

            for (unsigned i = 0; i < plain.n_columns; i++) {
                x[i] = (uint32_t)g_rand_int_range(random, 0, (int)plain.upper[i] + 1);
                x[i] *= g_rand_int_range(random, 0, 3) == 0;
                wanted[plain.item[i]] += x[i];
            }
            plain.wanted = divided.wanted = wanted;
            place_offer(&plain, x, &before);
            place_offer(&divided, x, &after);
            ck_assert_int_eq(before.found, after.found);
            n_broken += !before.found;
        }
        place_work_clear(&parts.work);
    }
    g_rand_free(random);
    ck_assert_uint_gt(n_divided, n_rows + 500);
    ck_assert_uint_gt(n_broken, 500);
}
END_TEST

UNIT_MAIN("place", test_random, test_random_alike, test_random_bytes, test_patterns, test_bound,
          test_divide)
