/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Placements, beside an answer that is counted out. */
#include "unit.h"

#include <glpk.h>
#include <string.h>

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

static void
run_search(void *data)
{
    struct parts *parts = data;

    place_search(&parts->program, &parts->work, G_MININT64, &parts->found);
}

/* The search alone answers everything. */
START_TEST(test_search)
{
    GRand *random = g_rand_new_with_seed(10);
    unsigned n_found = 0, n_not = 0;

    for (unsigned round = 0; round < 2000; round++) {
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
        parts_init(&parts, &it);
        if (!parts.reduced.impossible) {
            ck_assert(place_with_glpk(run_search, &parts));
            ck_assert_msg(parts.found.complete && parts.found.found == fits, "round %u", round);
            ck_assert_msg(!fits || parts.found.cost == (int64_t)best, "round %u: cost", round);
            ck_assert_msg(!fits || parts.found.bound == (int64_t)best, "round %u: bound", round);
            n_found += fits;
            n_not += !fits;
        }
        place_work_clear(&parts.work);
    }
    g_rand_free(random);
    ck_assert_uint_gt(n_found, 400);
    ck_assert_uint_gt(n_not, 80);
}
END_TEST

static void
run_sum(void *data)
{
    struct parts *parts = data;
    struct place_program sum;

    ck_assert(place_classes_sum(&parts->program, &parts->classes, parts->work.arena, &sum));
    place_search(&sum, &parts->work, G_MININT64, &parts->found);
}

/* What does not fit on hosts as large as all of their kind together does not fit on those. */
START_TEST(test_sum)
{
    GRand *random = g_rand_new_with_seed(12);
    unsigned n_not = 0, n_told = 0, n_least = 0;

    for (unsigned round = 0; round < 1500; round++) {
        struct place_case it;
        struct parts parts;
        uint64_t best;
        gboolean fits;

        place_case_alike(&it, random);
        fits = place_count_out(&it.problem, ~0U, ~0U, &best);
        parts_init(&parts, &it);
        if (!parts.reduced.impossible) {
            ck_assert(place_with_glpk(run_sum, &parts));
            ck_assert_msg(!fits || parts.found.found, "round %u", round);
            ck_assert_msg(!fits || parts.found.bound <= (int64_t)best, "round %u: bound", round);
            n_not += !fits;
            n_told += !parts.found.found;
            n_least += fits && parts.found.bound == (int64_t)best;
        }
        place_work_clear(&parts.work);
    }
    g_rand_free(random);
    ck_assert_uint_gt(n_not, 100);
    ck_assert_uint_gt(n_told, n_not / 2);
    ck_assert_uint_gt(n_least, 300);
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

/* ---- edges ---- */

START_TEST(test_edges)
{
    struct place_case it;
    struct cvmdom_place_result result;
    unsigned guests[PLACE_MAX] = { 77, 77, 77 };

    place_case_init(&it, 0, 0);
    result = solve(&it, guests);
    ck_assert(result.answer == CVMDOM_PLACE_PLACED && result.optimal);
    place_case_init(&it, 1, 1);
    result = solve(&it, guests); /* nobody wants it, and it has no option */
    ck_assert(result.answer == CVMDOM_PLACE_PLACED && result.optimal);
    it.wanted[0] = 1;
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_IMPOSSIBLE);
    place_case_pool(&it, 0, 0);
    place_case_option(&it, 0, 0);
    place_case_need(&it, 0, 1);
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_IMPOSSIBLE);
    ck_assert_uint_eq(guests[0], 77); /* untouched unless placed */
    it.pools[0] = G_MAXUINT64;
    it.needs[0].amount = G_MAXUINT64;
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_PLACED);
    ck_assert_uint_eq(guests[0], 1);
    it.wanted[0] = 2;
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_IMPOSSIBLE);
    it.needs[0].amount = G_MAXUINT64 / 2;
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_PLACED);
    it.needs[0].amount = G_MAXUINT64 / 2 + 1; /* twice that is 0 in 64 bits */
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_IMPOSSIBLE);
    place_case_option(&it, 0, 7); /* which needs nothing */
    it.wanted[0] = 1000000;
    result = solve(&it, guests);
    ck_assert(result.answer == CVMDOM_PLACE_PLACED && result.optimal);
    ck_assert_uint_eq(place_case_check(&it.problem, guests), 999999 * 7);
}
END_TEST

/* One byte decides, where a double does not see bytes. */
START_TEST(test_one_byte)
{
    const uint64_t large = (UINT64_C(1) << 60) + 1;
    struct place_case it;
    unsigned guests[PLACE_MAX];

    for (unsigned less = 0; less < 2; less++) {
        place_case_init(&it, 3, 1);
        place_case_pool(&it, 0, 6 * large - less);
        for (unsigned i = 0; i < 3; i++) {
            it.wanted[i] = 1;
            place_case_option(&it, i, 0);
            place_case_need(&it, 0, (i + 1) * large);
        }
        ck_assert_int_eq(solve(&it, guests).answer,
                         less ? CVMDOM_PLACE_IMPOSSIBLE : CVMDOM_PLACE_PLACED);
        it.needs[0].amount -= 4; /* so that the three have nothing in common */
        it.needs[1].amount += 3;
        ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_PLACED);
        it.pools[0] -= 2 - less;
        ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_IMPOSSIBLE);
    }
}
END_TEST

static void
refuse(const struct place_case *it, const char *said)
{
    struct cvmdom_place_result result = { 99, 99 };
    unsigned guests[PLACE_MAX] = { 77 };
    unsigned char items[PLACE_MAX] = { 77 }, kinds[PLACE_MAX] = { 77 };
    cvmdom_error *error = NULL;
    int minimal = 99;

    ck_assert_int_eq(cvmdom_place_solve(&it->problem, MILLISECONDS, guests, &result, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    ck_assert_msg(strstr(cvmdom_error_message(error), said) != NULL, "%s",
                  cvmdom_error_message(error));
    ck_assert(guests[0] == 77 && result.answer == 99);
    cvmdom_error_free(error);
    ck_assert_int_eq(
        cvmdom_place_conflict(&it->problem, MILLISECONDS, items, kinds, &minimal, NULL), -1);
    ck_assert(items[0] == 77 && kinds[0] == 77 && minimal == 99);
}

START_TEST(test_contradictions)
{
    struct place_case good, it;

    place_case_init(&good, 1, 1);
    good.wanted[0] = 2;
    place_case_pool(&good, 0, 10);
    place_case_pool(&good, 0, 10);
    place_case_option(&good, 0, 1);
    place_case_need(&good, 0, 1);
    place_case_need(&good, 1, 1);
#define BROKEN(change, said)                                                                       \
    do {                                                                                           \
        place_case_copy(&it, &good);                                                               \
        change;                                                                                    \
        refuse(&it, said);                                                                         \
    } while (0)
    BROKEN(it.kinds[1] = 1, "pool 1 of a placement is of kind 1");
    BROKEN(it.options[0].item = 1, "option 0 of a placement is for item 1");
    BROKEN(it.options[0].first = 1, "needs beyond the last");
    BROKEN(it.options[0].count = G_MAXUINT, "needs beyond the last");
    BROKEN(it.needs[1].pool = 2, "is of pool 2");
    BROKEN(it.needs[1].pool = 0, "two needs of pool 0");
    BROKEN(it.needs[0].amount = 0, "need 0 of a placement is of nothing");
    BROKEN((it.wanted[0] = G_MAXUINT, it.options[0].cost = G_MAXUINT), "cost too much");
    BROKEN(it.problem.n_pools = (size_t)G_MAXINT, "more parts than can be counted");
#undef BROKEN
    ck_assert_int_eq(solve(&good, (unsigned[PLACE_MAX]){ 0 }).answer, CVMDOM_PLACE_PLACED);
}
END_TEST

/* Guests of very many sizes that have to fill hosts to the brim: nobody knows a fast way. */
START_TEST(test_time_limit)
{
    enum { GUESTS = 90, HOSTS = 30 };
    g_autofree unsigned *wanted = g_new(unsigned, GUESTS), *kinds = g_new0(unsigned, HOSTS);
    g_autofree unsigned *guests = g_new(unsigned, GUESTS *HOSTS);
    g_autofree uint64_t *pools = g_new(uint64_t, HOSTS);
    g_autofree struct cvmdom_place_option *options =
        g_new0(struct cvmdom_place_option, GUESTS * HOSTS);
    g_autofree struct cvmdom_place_need *needs = g_new(struct cvmdom_place_need, GUESTS * HOSTS);
    struct cvmdom_place_problem problem = {
        wanted, GUESTS, pools, kinds, HOSTS, 1, options, GUESTS * HOSTS, needs, GUESTS * HOSTS,
    };
    GRand *random = g_rand_new_with_seed(9);
    uint64_t sum = 0;

    for (unsigned i = 0; i < GUESTS; i++) {
        uint64_t size = (UINT64_C(1) << 32) + (uint64_t)g_rand_int_range(random, 0, 1 << 30);

        wanted[i] = 1;
        sum += size;
        for (unsigned h = 0; h < HOSTS; h++) {
            unsigned at = i * HOSTS + h;

            options[at] = (struct cvmdom_place_option){ .item = i, .first = at, .count = 1 };
            needs[at] = (struct cvmdom_place_need){ h, size };
        }
    }
    for (unsigned h = 0; h < HOSTS; h++) {
        pools[h] = sum / HOSTS + 1;
    }
    for (unsigned limit = 1; limit <= 1000; limit *= 10) {
        struct cvmdom_place_result result;
        int64_t begin = g_get_monotonic_time();

        ck_assert_int_eq(cvmdom_place_solve(&problem, limit, guests, &result, NULL), 0);
        ck_assert_int_eq(result.answer, CVMDOM_PLACE_UNPROVEN);
        ck_assert_int_eq(result.optimal, 0);
        /* a factor for machines that do other things, too */
        ck_assert_int_lt((g_get_monotonic_time() - begin) / 1000, limit * 3 + 5000);
    }
    g_rand_free(random);
}
END_TEST

/* ---- GLPK ---- */

/* Somebody else's environment on this thread, with a problem in it, and what they said to be called
 * for output. */
START_TEST(test_other_user)
{
    struct place_case it;
    unsigned guests[PLACE_MAX];
    glp_prob *theirs = glp_create_prob();

    glp_term_out(GLP_ON);
    glp_add_cols(theirs, 3);
    place_case_init(&it, 1, 1);
    it.wanted[0] = 3;
    place_case_pool(&it, 0, 10);
    place_case_option(&it, 0, 1);
    place_case_need(&it, 0, 3);
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_PLACED);
    ck_assert_int_eq(glp_get_num_cols(theirs), 3);
    ck_assert_int_eq(glp_term_out(GLP_OFF), GLP_ON);
    glp_delete_prob(theirs);
    glp_free_env();
}
END_TEST

static void
break_glpk(void *data)
{
    glp_create_prob();
    *(gboolean *)data = TRUE;
    glp_add_cols(glp_create_prob(), -1);
    *(gboolean *)data = FALSE;
}

static void
exhaust_glpk(void *data)
{
    *(gboolean *)data = TRUE;
    for (;;) {
        glp_alloc(1 << 20, 64);
    }
}

/* Where GLPK would end the process, the call ends, silently, and the next one is none the worse. */
START_TEST(test_glpk_gives_up)
{
    struct place_case it;
    unsigned guests[PLACE_MAX];
    gboolean there = FALSE;

    ck_assert(!place_with_glpk(break_glpk, &there));
    ck_assert(there);
    ck_assert(!place_with_glpk(exhaust_glpk, &there));
    place_case_init(&it, 1, 1);
    it.wanted[0] = 1;
    place_case_pool(&it, 0, 1);
    place_case_option(&it, 0, 0);
    place_case_need(&it, 0, 1);
    ck_assert_int_eq(solve(&it, guests).answer, CVMDOM_PLACE_PLACED);
}
END_TEST

static void *
solve_many(void *data)
{
    compare_with_count(place_case_random, 1, GPOINTER_TO_UINT(data), 200);
    return NULL;
}

START_TEST(test_threads)
{
    GThread *threads[4];

    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("test", solve_many, GUINT_TO_POINTER(30 + i));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(threads); i++) {
        g_thread_join(threads[i]);
    }
}
END_TEST

UNIT_MAIN("place", test_random, test_random_alike, test_random_bytes, test_patterns, test_search,
          test_sum, test_bound, test_divide, test_edges, test_one_byte, test_contradictions,
          test_time_limit, test_other_user, test_glpk_gives_up, test_threads)
