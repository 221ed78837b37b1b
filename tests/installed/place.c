/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least embedder of libcvmdom-place: how many guests of 3 units fit on two hosts of 10? */
#include <cvmdom/place.h>
#include <stdio.h>

int
main(void)
{
    const uint64_t pools[] = { 10, 10 };
    const unsigned kinds[] = { 0, 0 };
    const struct cvmdom_place_option options[] = { { 0, 0, 0, 1 }, { 0, 0, 1, 1 } };
    const struct cvmdom_place_need needs[] = { { 0, 3 }, { 1, 3 } };
    unsigned wanted = 0, guests[2];
    struct cvmdom_place_problem problem = { &wanted, 1, pools, kinds, 2, 1, options, 2, needs, 2 };
    struct cvmdom_place_result result;

    do {
        wanted++;
        if (cvmdom_place_solve(&problem, 1000, guests, &result, NULL) < 0) {
            return 1;
        }
    } while (result.answer == CVMDOM_PLACE_PLACED);
    printf("%u\n", wanted - 1);
    return result.answer != CVMDOM_PLACE_IMPOSSIBLE;
}
