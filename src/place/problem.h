/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libcvmdom-place share: an integer programme in exact numbers, and what decides
 * it. GLPK, whose numbers are approximate, is only asked where to look: what is said to fit was
 * added up in whole numbers, and so was what is said not to.
 *
 * While GLPK is at work it may leave by longjmp() (glpk.c). So nothing below place_with_glpk() owns
 * anything: all memory is the arena's. */
#ifndef CVM_PLACE_PROBLEM_H
#define CVM_PLACE_PROBLEM_H

#include <glib.h>
#include <stdint.h>

#include "cvmdom/place.h"
#include "util/arena.h"

__extension__ typedef __int128 place_wide;

#define PLACE_NO_ITEM G_MAXUINT

struct place_entry {
    unsigned row;
    uint64_t amount;
};

/* Minimise the cost of x, whole numbers from 0 to upper, so that no row takes more than its limit
 * and each item's columns together are what is wanted. */
struct place_program {
    unsigned n_columns, n_rows, n_items;
    const int64_t *cost;               /* of each column */
    const uint32_t *upper;             /* of each column */
    const unsigned *item;              /* of each column; PLACE_NO_ITEM */
    const unsigned *first;             /* of each column, its entries; n_columns + 1 */
    const struct place_entry *entries; /* amounts more than 0, a row once in a column */
    const uint64_t *limit;             /* of each row */
    const uint64_t *wanted;            /* of each item */
};

/* A bound that was narrowed, and what it was. */
struct place_change {
    unsigned column;
    uint32_t lower, upper;
};

/* A node of a search whose column is split at value: one side was gone into, perhaps both. */
struct place_split {
    unsigned column;
    uint32_t value; /* down: at most so many; up: more */
    gboolean up_first, second;
    unsigned mark; /* so many changes were made above it */
};

/* What one call has: memory, and time. */
struct place_work {
    struct cvm_arena *arena;
    int64_t deadline; /* g_get_monotonic_time() */
    GArray *changes, *splits;
};

void
place_work_init(struct place_work *work, unsigned milliseconds);
void
place_work_clear(struct place_work *work);

static inline gboolean
place_late(const struct place_work *work)
{
    return g_get_monotonic_time() >= work->deadline;
}

/* check.c */

/* 0, or -1 with CVMDOM_ERROR_USAGE. */
int
place_check(const struct cvmdom_place_problem *problem, cvmdom_error **error);

/* reduce.c */

struct place_reduced {
    struct place_program program;
    unsigned *option;      /* of each column */
    const unsigned *group; /* of each column: what is in one has no row in common with another */
    gboolean impossible;   /* it was seen at once */
};

/* Without what nobody wants, what fits nowhere and what is never short, and with the numbers
 * divided by what they have in common. */
void
place_reduce(const struct cvmdom_place_problem *problem, struct cvm_arena *arena,
             struct place_reduced *reduced);
/* The same programme with further rows, which whole numbers cannot break without breaking one that
 * is there: of guests that each take more than a third of a pool there are no three in it. */
void
place_divide(const struct place_program *program, struct cvm_arena *arena,
             struct place_program *divided);

/* bound.c */

struct place_found {
    gboolean complete; /* everything was searched, or the bound reached */
    gboolean found;
    int64_t cost;  /* of x */
    int64_t bound; /* nothing costs less; G_MININT64 unknown */
    uint32_t *x;   /* n_columns */
};

/* Keeps x when it holds, added up, and costs less than what is there. */
void
place_offer(const struct place_program *program, const uint32_t *x, struct place_found *found);

/* No x within these bounds costs less than *bound; without costs (costs FALSE) a bound above 0
 * means that there is no such x. Sound whatever the multipliers of rows and items are. FALSE: they
 * say nothing. */
gboolean
place_bound(const struct place_program *program, const uint32_t *lower, const uint32_t *upper,
            gboolean costs, const double *rows, const double *items, int64_t *bound);

/* lp.c: the programme without whole numbers, in GLPK. */

struct place_lp;
/* Some of what is wanted may be left out there, at a price: so there always is a solution. */
struct place_lp *
place_lp_new(const struct place_program *program, struct cvm_arena *arena);
void
place_lp_free(struct place_lp *lp);
void
place_lp_set_bounds(struct place_lp *lp, unsigned column, uint32_t lower, uint32_t upper);
/* Fills x, rows and items; all are approximate. Returns how many guests were left out.
 * costs: FALSE counts nothing but those. */
double
place_lp_solve(struct place_lp *lp, const struct place_work *work, gboolean costs);
const double *
place_lp_x(const struct place_lp *lp);
const double *
place_lp_rows(const struct place_lp *lp);
const double *
place_lp_items(const struct place_lp *lp);

/* search.c */

/* Branch and bound. goal: what costs no more is good enough. */
void
place_search(const struct place_program *program, const struct place_work *work, int64_t goal,
             struct place_found *found);

/* classes.c */

struct place_member {
    unsigned *columns; /* those of the whole programme that are the class's columns here */
    struct place_member *next;
};

/* Equal parts of a programme. */
struct place_class {
    struct place_program program; /* of one, without items */
    const unsigned *item;         /* of each of its columns, in the whole programme */
    struct place_member *members;
    unsigned n_members;
};

struct place_classes {
    struct place_class *items;
    unsigned count, n_parts;
};

/* group: of struct place_reduced. */
void
place_classes_init(const struct place_program *program, const unsigned *group,
                   struct cvm_arena *arena, struct place_classes *classes);

/* Every class as one large host with all that its members have. What does not fit there fits
 * nowhere, and costs no less elsewhere; what does fit there proves nothing. FALSE: the numbers are
 * too large. */
gboolean
place_classes_sum(const struct place_program *program, const struct place_classes *classes,
                  struct cvm_arena *arena, struct place_program *sum);

/* patterns.c */

/* By what goes on one host together. complete without found: impossible. */
void
place_by_patterns(const struct place_program *program, const struct place_classes *classes,
                  struct place_work *work, struct place_found *found);

/* glpk.c */

/* Runs the function in a GLPK environment of its own. FALSE: GLPK gave up (memory, or a mistake in
 * it). */
gboolean
place_with_glpk(void (*function)(void *), void *data);

/* solve.c */

/* Of a problem that was checked. guests may be NULL. */
void
place_solve(const struct cvmdom_place_problem *problem, struct place_work *work, gboolean costs,
            unsigned *guests, struct cvmdom_place_result *result);

#endif
