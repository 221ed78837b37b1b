/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Placements, proven: where guests go when first come, first served finds no room for them, or the
 * proof that they do not fit, and the smallest set of what stands in the way. Functions of
 * libcvmdom-place, which is linked to GLPK: that is under the GPL 3, whose terms then hold for a
 * program that links this library. libcvmdom and the other libraries beside it do without.
 */
#ifndef CVMDOM_PLACE_H
#define CVMDOM_PLACE_H

#include <stddef.h>
#include <stdint.h>

#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** So much of a pool one guest takes. */
struct cvmdom_place_need {
    unsigned pool;   /**< index */
    uint64_t amount; /**< in the pool's unit; more than 0 */
};

/** One way to place guests of an item: on this host, on these of its nodes. */
struct cvmdom_place_option {
    unsigned item;  /**< index */
    unsigned cost;  /**< of each guest; the sum over all is made as small as it gets */
    unsigned first; /**< its first need in the problem's needs */
    unsigned count; /**< its needs; 0: as many guests as one likes */
};

/** What there is, and what is wanted. All arrays are borrowed. */
struct cvmdom_place_problem {
    const unsigned *wanted; /**< guests of each item */
    size_t n_items;
    const uint64_t *pools; /**< what is left of each pool */
    const unsigned *kinds; /**< of each pool, below n_kinds: pools of one kind (say, all memory of a
                                fleet) are one reason */
    size_t n_pools, n_kinds;
    const struct cvmdom_place_option *options;
    size_t n_options;
    const struct cvmdom_place_need *needs;
    size_t n_needs;
};

/** What came out. Numbers are stable. */
enum cvmdom_place_answer {
    CVMDOM_PLACE_PLACED = 0,     /**< all, at the least cost unless optimal is 0 */
    CVMDOM_PLACE_IMPOSSIBLE = 1, /**< proven */
    CVMDOM_PLACE_UNPROVEN = 2    /**< neither in the time */
};

struct cvmdom_place_result {
    int answer;  /**< enum cvmdom_place_answer */
    int optimal; /**< nonzero: no placement costs less */
};

/**
 * Places all guests, or proves that they cannot be.
 *
 * @param milliseconds the time it may take, about
 * @param guests       receives the guests of each option: n_options numbers; untouched unless
 * placed
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for a problem that contradicts itself, or one too large
 *         to be tried
 */
int
cvmdom_place_solve(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                   unsigned *guests, struct cvmdom_place_result *result, cvmdom_error **error);

/**
 * The smallest set of items and kinds of pools that stand in the way together: without any one of
 * them (its guests not wanted; its pools without end) the rest would fit.
 *
 * @param items   receives 1 for each item of the set: n_items numbers
 * @param kinds   receives 1 for each kind of the set: n_kinds numbers
 * @param minimal receives 0 when the time ended the search: they still stand in the way together,
 *                but a smaller set may exist, and one of them may be needless
 * @return 0, or -1 as above. Where the guests fit after all, or nothing was proven in the time, all
 *         of items, kinds and minimal are 0
 */
int
cvmdom_place_conflict(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                      unsigned char *items, unsigned char *kinds, int *minimal,
                      cvmdom_error **error);

/** These functions, for a library that is not linked to them: see cvmdom_fleet_place(). */
struct cvmdom_place_solver {
    int (*solve)(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                 unsigned *guests, struct cvmdom_place_result *result, cvmdom_error **error);
    int (*conflict)(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                    unsigned char *items, unsigned char *kinds, int *minimal, cvmdom_error **error);
};

#ifdef __cplusplus
}
#endif

#endif
