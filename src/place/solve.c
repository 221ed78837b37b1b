/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A problem from its numbers to its answer. */
#include <string.h>

#include "place/problem.h"

/* What is tried at all: a simplex with more columns than this would not end in any time that
 * somebody waits. */
enum { COLUMNS_MAX = 1 << 17, ITEMS_MAX = 1 << 12 };

struct attempt {
    const struct place_program *program;
    const struct place_classes *classes;
    struct place_work *work;
    struct place_found found;
};

void
place_work_init(struct place_work *work, unsigned milliseconds)
{
    work->arena = cvm_arena_new();
    work->deadline = g_get_monotonic_time() + (int64_t)milliseconds * 1000;
    work->changes = g_array_new(FALSE, FALSE, sizeof(struct place_change));
    work->splits = g_array_new(FALSE, FALSE, sizeof(struct place_split));
}

void
place_work_clear(struct place_work *work)
{
    cvm_arena_free(work->arena);
    g_array_unref(work->changes);
    g_array_unref(work->splits);
}

/* Large hosts in the place of many: a small question, which often is answered with no. */
static void
by_sums(struct attempt *attempt, struct place_found *found)
{
    struct place_program sum;

    if (place_classes_sum(attempt->program, attempt->classes, attempt->work->arena, &sum)) {
        place_search(&sum, attempt->work, G_MININT64, found);
        found->complete = found->complete && !found->found;
        found->found = FALSE;
    }
}

static void
by_patterns(struct attempt *attempt, struct place_found *found)
{
    place_by_patterns(attempt->program, attempt->classes, attempt->work, found);
}

static void
by_search(struct attempt *attempt, struct place_found *found)
{
    place_search(attempt->program, attempt->work, attempt->found.bound, found);
}

/* For a part of the time that is left. What is found is the better of both. */
static void
try_for(struct attempt *attempt, int part, int of,
        void (*method)(struct attempt *attempt, struct place_found *found))
{
    struct place_found *all = &attempt->found, now = { 0 };
    int64_t deadline = attempt->work->deadline, begin = g_get_monotonic_time();

    if (all->complete || place_late(attempt->work)) {
        return;
    }
    attempt->work->deadline = begin + (deadline - begin) * part / of;
    method(attempt, &now);
    attempt->work->deadline = deadline;
    all->bound = MAX(all->bound, now.bound);
    if (now.found && (!all->found || now.cost < all->cost)) {
        all->found = TRUE;
        all->cost = now.cost;
        all->x = now.x;
    }
    all->complete = now.complete || (all->found && all->cost <= all->bound);
}

static void
run_attempt(void *data)
{
    struct attempt *attempt = data;
    gboolean alike = attempt->classes->count <= attempt->classes->n_parts / 2;

    if (alike) {
        try_for(attempt, 1, 8, by_sums);
        try_for(attempt, 1, 2, by_patterns);
        try_for(attempt, 1, 1, by_search);
    } else {
        try_for(attempt, 1, 2, by_search);
        try_for(attempt, 1, 1, by_patterns);
    }
}

static void
give_guests(const struct cvmdom_place_problem *problem, const struct place_reduced *reduced,
            const uint32_t *x, unsigned *guests)
{
    if (problem->n_options) {
        memset(guests, 0, sizeof(*guests) * problem->n_options);
    }
    for (unsigned i = 0; i < reduced->program.n_columns; i++) {
        guests[reduced->option[i]] = x[i];
    }
}

/* The costs of a programme where only room matters. */
static void
forget_costs(struct place_program *program, struct cvm_arena *arena)
{
    program->cost = cvm_arena_array(arena, int64_t, program->n_columns + 1);
}

void
place_solve(const struct cvmdom_place_problem *problem, struct place_work *work, gboolean costs,
            unsigned *guests, struct cvmdom_place_result *result)
{
    struct place_reduced reduced;
    struct place_program divided;
    struct place_classes classes;
    struct attempt attempt = { .program = &divided, .classes = &classes, .work = work };

    place_reduce(problem, work->arena, &reduced);
    result->optimal = 0;
    if (reduced.impossible) {
        result->answer = CVMDOM_PLACE_IMPOSSIBLE;
        return;
    }
    result->answer = CVMDOM_PLACE_UNPROVEN;
    if (reduced.program.n_columns > COLUMNS_MAX || reduced.program.n_items > ITEMS_MAX) {
        return;
    }
    if (!costs) {
        forget_costs(&reduced.program, work->arena);
    }
    place_divide(&reduced.program, work->arena, &divided);
    place_classes_init(&divided, reduced.group, work->arena, &classes);
    place_with_glpk(run_attempt, &attempt);
    if (attempt.found.found) {
        result->answer = CVMDOM_PLACE_PLACED;
        result->optimal = attempt.found.cost <= attempt.found.bound;
        if (guests) {
            give_guests(problem, &reduced, attempt.found.x, guests);
        }
    } else if (attempt.found.complete) {
        result->answer = CVMDOM_PLACE_IMPOSSIBLE;
    }
}

int
cvmdom_place_solve(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                   unsigned *guests, struct cvmdom_place_result *result, cvmdom_error **error)
{
    struct place_work work;

    if (place_check(problem, error) < 0) {
        return -1;
    }
    place_work_init(&work, milliseconds);
    place_solve(problem, &work, TRUE, guests, result);
    place_work_clear(&work);
    return 0;
}
