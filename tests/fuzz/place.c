/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small problems of placement: an answer is feasible, and what is impossible is so when it is
 * counted out. */
#include <string.h>

#include "../unit/place_fixture.h"
#include "fuzz.h"

enum { MOST_ITEMS = 4, MOST_POOLS = 6, MOST_OPTIONS = 8, MOST_WANTED = 6 };

struct bytes {
    const uint8_t *at, *end;
};

static unsigned
take(struct bytes *bytes, unsigned below)
{
    return bytes->at < bytes->end ? *bytes->at++ % below : 0;
}

/* Small, as a rule. */
static uint64_t
take_amount(struct bytes *bytes)
{
    unsigned shift = take(bytes, 64);

    return ((uint64_t)take(bytes, 16) << (shift < 56 ? 0 : shift)) +
           (shift == 63 ? G_MAXUINT64 : 0);
}

static void
read_problem(struct place_case *it, struct bytes *bytes)
{
    unsigned options;

    place_case_init(it, take(bytes, MOST_ITEMS) + 1, take(bytes, 3) + 1);
    for (size_t i = 0; i < it->problem.n_items; i++) {
        it->wanted[i] = take(bytes, MOST_WANTED);
    }
    for (unsigned pools = take(bytes, MOST_POOLS) + 1; pools > 0; pools--) {
        place_case_pool(it, take(bytes, (unsigned)it->problem.n_kinds), take_amount(bytes));
    }
    options = take(bytes, MOST_OPTIONS + 1);
    for (unsigned i = 0; i < options; i++) {
        place_case_option(it, take(bytes, (unsigned)it->problem.n_items), take(bytes, 5));
        for (unsigned needs = take(bytes, 4); needs > 0; needs--) {
            place_case_need(it, take(bytes, (unsigned)it->problem.n_pools), take_amount(bytes) + 1);
        }
    }
}

/* Enough to search: time must not decide. */
enum { MILLISECONDS = 60 * 1000 };

static void
check_conflict(const struct place_case *it)
{
    unsigned char items[PLACE_MAX], kinds[PLACE_MAX];
    cvmdom_error *error = NULL;
    unsigned item_bits = 0, kind_bits = 0;
    uint64_t cost;
    int minimal;

    g_assert_cmpint(
        cvmdom_place_conflict(&it->problem, MILLISECONDS, items, kinds, &minimal, &error), ==, 0);
    for (unsigned i = 0; i < it->problem.n_items; i++) {
        item_bits |= (unsigned)items[i] << i;
    }
    for (unsigned i = 0; i < it->problem.n_kinds; i++) {
        kind_bits |= (unsigned)kinds[i] << i;
    }
    g_assert_cmpuint(item_bits, !=, 0);
    g_assert_false(place_count_out(&it->problem, item_bits, kind_bits, &cost));
}

gboolean
fuzz_place(const uint8_t *data, size_t size)
{
    struct bytes bytes = { data, data + size };
    struct place_case it;
    struct cvmdom_place_result result;
    unsigned guests[PLACE_MAX];
    cvmdom_error *error = NULL;
    uint64_t cost = 0, least = 0;
    gboolean possible;

    read_problem(&it, &bytes);
    if (cvmdom_place_solve(&it.problem, MILLISECONDS, guests, &result, &error) < 0) {
        return fuzz_refuse(error);
    }
    possible = place_count_out(&it.problem, G_MAXUINT, G_MAXUINT, &least);
    if (result.answer == CVMDOM_PLACE_PLACED) {
        cost = place_case_check(&it.problem, guests);
        g_assert_true(possible && cost >= least && (!result.optimal || cost == least));
        return TRUE;
    }
    if (result.answer == CVMDOM_PLACE_IMPOSSIBLE) {
        g_assert_false(possible);
        check_conflict(&it);
    }
    return TRUE;
}

/* Nothing is told of what a byte stands for: any are a problem. */
void
fuzz_make_places(void)
{
    for (unsigned i = 0; i < 8; i++) {
        GRand *random = g_rand_new_with_seed(i);
        uint8_t bytes[80];

        for (size_t k = 0; k < sizeof(bytes); k++) {
            bytes[k] = (uint8_t)g_rand_int_range(random, 0, 32);
        }
        fuzz_add("problem", bytes, sizeof(bytes))->verdict = FUZZ_EITHER;
        g_rand_free(random);
    }
}
