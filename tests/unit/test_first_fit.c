/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* First-fit-decreasing: what it places fits, and it never claims what is not so. */
#include "unit.h"

#include "fleet/place.h"
#include "place_fixture.h"

START_TEST(test_random)
{
    GRand *random = g_rand_new_with_seed(21);
    unsigned n_fit = 0, n_placed = 0, n_cheapest = 0;

    for (unsigned round = 0; round < 4000; round++) {
        struct place_case it;
        unsigned guests[PLACE_MAX];
        uint64_t cost, best;
        gboolean placed, fits;

        place_case_random(&it, random, round % 2 ? 1 : (UINT64_C(1) << 45) + 7);
        fits = place_count_out(&it.problem, ~0U, ~0U, &best);
        placed = cvm_first_fit(&it.problem, guests, &cost);
        ck_assert_msg(fits || !placed, "round %u: placed what does not fit", round);
        if (placed) {
            ck_assert_uint_eq(place_case_check(&it.problem, guests), cost);
            ck_assert_uint_ge(cost, best);
        }
        n_fit += fits;
        n_placed += placed;
        n_cheapest += placed && cost == best;
    }
    g_rand_free(random);
    ck_assert_uint_gt(n_placed, n_fit * 8 / 10);
    ck_assert_uint_gt(n_cheapest, n_placed * 8 / 10);
    ck_assert_uint_lt(n_placed, n_fit); /* which is why there is a second library */
}
END_TEST

/* The large ones first, and where they cost least. */
START_TEST(test_order)
{
    struct place_case it;
    unsigned guests[PLACE_MAX];
    uint64_t cost;

    place_case_init(&it, 2, 1);
    place_case_pool(&it, 0, 10);
    place_case_pool(&it, 0, 10);
    it.wanted[0] = 4;
    it.wanted[1] = 1;
    place_case_option(&it, 0, 3);
    place_case_need(&it, 0, 3);
    place_case_option(&it, 0, 0);
    place_case_need(&it, 1, 3);
    place_case_option(&it, 1, 0);
    place_case_need(&it, 0, 8);
    ck_assert(!cvm_first_fit(&it.problem, guests, &cost));
    it.wanted[0] = 3;
    ck_assert(cvm_first_fit(&it.problem, guests, &cost));
    ck_assert_uint_eq(cost, 0);
    ck_assert_uint_eq(guests[0], 0);
    ck_assert_uint_eq(guests[1], 3);
    ck_assert_uint_eq(guests[2], 1);
}
END_TEST

/* Nothing to place, nowhere to place it, and what any number of guests may have. */
START_TEST(test_edges)
{
    struct place_case it;
    unsigned guests[PLACE_MAX];
    uint64_t cost = 1;

    place_case_init(&it, 0, 0);
    ck_assert(cvm_first_fit(&it.problem, guests, &cost));
    ck_assert_uint_eq(cost, 0);
    place_case_init(&it, 1, 1);
    ck_assert(cvm_first_fit(&it.problem, guests, &cost));
    it.wanted[0] = 1;
    ck_assert(!cvm_first_fit(&it.problem, guests, &cost));
    place_case_pool(&it, 0, 0);
    place_case_option(&it, 0, 0);
    place_case_need(&it, 0, 1);
    ck_assert(!cvm_first_fit(&it.problem, guests, &cost));
    place_case_option(&it, 0, G_MAXUINT);
    it.wanted[0] = G_MAXUINT;
    ck_assert(cvm_first_fit(&it.problem, guests, &cost));
    ck_assert_uint_eq(guests[1], G_MAXUINT);
    ck_assert_uint_eq(cost, (uint64_t)G_MAXUINT * G_MAXUINT);
    place_case_option(&it, 0, 0);
    place_case_need(&it, 0, G_MAXUINT64);
    ck_assert(cvm_first_fit(&it.problem, guests, &cost));
    ck_assert_uint_eq(guests[2], 0);
    it.pools[0] = G_MAXUINT64;
    ck_assert(cvm_first_fit(&it.problem, guests, &cost));
    ck_assert_uint_eq(guests[0] + guests[2], G_MAXUINT);
}
END_TEST

UNIT_MAIN("first_fit", test_random, test_order, test_edges)
