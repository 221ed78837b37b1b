/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why guests do not fit: of items and kinds of pools the smallest set that stands in the way.
 *
 * First a set without anything needless, by leaving out what can be left out. Whether there is a
 * smaller one: what a set that does fit, made as large as it gets, leaves out is something every
 * conflict has a part of. So a smallest set that has a part of all those found so far is either a
 * conflict, and then none is smaller, or fits, and yields one more. (A. Ignatiev, A. Previti,
 * M. Liffiton, J. Marques-Silva: Smallest MUS extraction with minimal hitting set dualization,
 * Principles and Practice of Constraint Programming, 2015.) */
#include <string.h>

#include "place/problem.h"

/* Of the whole time one question may take so much less. */
enum { QUESTIONS = 20 };

struct conflict {
    const struct cvmdom_place_problem *problem;
    int64_t deadline;
    int64_t each;           /* microseconds for one question: a hard one leaves time for others */
    unsigned n;             /* elements: items, then kinds */
    gboolean unknown;       /* something was not decided in the time */
    GPtrArray *corrections; /* of gboolean[n]: every conflict has an element of each */
};

static gboolean
is_late(const struct conflict *conflict)
{
    return g_get_monotonic_time() >= conflict->deadline;
}

/* ---- does a part of it fit? ---- */

static int
decide(struct conflict *conflict, const struct cvmdom_place_problem *part)
{
    int64_t left = conflict->deadline - g_get_monotonic_time();
    struct cvmdom_place_result result;
    struct place_work work;

    if (left <= 0) {
        return CVMDOM_PLACE_UNPROVEN;
    }
    place_work_init(&work, (unsigned)(MIN(left, conflict->each) / 1000));
    place_solve(part, &work, FALSE, NULL, &result);
    place_work_clear(&work);
    return result.answer;
}

/* enum cvmdom_place_answer for the elements of in. */
static int
ask(struct conflict *conflict, const gboolean *in)
{
    const struct cvmdom_place_problem *all = conflict->problem;
    g_autofree unsigned *wanted = g_new0(unsigned, all->n_items + 1);
    g_autofree struct cvmdom_place_option *options =
        g_new(struct cvmdom_place_option, all->n_options + 1);
    g_autofree struct cvmdom_place_need *needs = g_new(struct cvmdom_place_need, all->n_needs + 1);
    struct cvmdom_place_problem part = *all;

    for (size_t i = 0; i < all->n_items; i++) {
        wanted[i] = in[i] ? all->wanted[i] : 0;
    }
    part.wanted = wanted;
    part.options = options;
    part.needs = needs;
    part.n_options = part.n_needs = 0;
    for (size_t i = 0; i < all->n_options; i++) {
        const struct cvmdom_place_option *from = &all->options[i];
        struct cvmdom_place_option *to = &options[part.n_options];

        if (!wanted[from->item]) {
            continue;
        }
        *to = *from;
        to->first = (unsigned)part.n_needs;
        for (size_t k = from->first; k < (size_t)from->first + from->count; k++) {
            if (in[all->n_items + all->kinds[all->needs[k].pool]]) {
                needs[part.n_needs++] = all->needs[k];
            }
        }
        to->count = (unsigned)part.n_needs - to->first;
        part.n_options++;
    }
    return decide(conflict, &part);
}

static gboolean
is_impossible(struct conflict *conflict, const gboolean *in)
{
    int answer = ask(conflict, in);

    conflict->unknown = conflict->unknown || answer == CVMDOM_PLACE_UNPROVEN;
    return answer == CVMDOM_PLACE_IMPOSSIBLE;
}

static unsigned
count_elements(const struct conflict *conflict, const gboolean *in)
{
    unsigned count = 0;

    for (unsigned i = 0; i < conflict->n; i++) {
        count += in[i] != 0;
    }
    return count;
}

/* ---- nothing needless ---- */

/* Leaves out elements of the set from begin to end if it stays impossible without them. */
static void
leave_out(struct conflict *conflict, gboolean *in, const unsigned *elements, unsigned begin,
          unsigned end)
{
    gboolean any = FALSE;

    for (unsigned i = begin; i < end; i++) {
        any = any || in[elements[i]];
    }
    if (!any) {
        return;
    }
    for (unsigned i = begin; i < end; i++) {
        in[elements[i]] = FALSE;
    }
    if (!is_impossible(conflict, in)) {
        for (unsigned i = begin; i < end; i++) {
            in[elements[i]] = TRUE;
        }
    }
}

/* Large pieces first: most of a fleet has nothing to do with it. */
static void
shrink(struct conflict *conflict, gboolean *in)
{
    g_autofree unsigned *elements = g_new(unsigned, conflict->n + 1);

    for (unsigned size = MAX(count_elements(conflict, in) / 2, 1); size; size /= 2) {
        unsigned n = 0;

        for (unsigned i = 0; i < conflict->n; i++) {
            if (in[i]) {
                elements[n++] = i;
            }
        }
        for (unsigned i = 0; i < n; i += size) {
            leave_out(conflict, in, elements, i, MIN(i + size, n));
        }
    }
}

/* ---- nothing smaller ---- */

/* A set that fits, made as large as it gets; what it leaves out is a correction. */
static void
add_correction(struct conflict *conflict, const gboolean *fits, const gboolean *elements)
{
    gboolean *in = g_memdup2(fits, sizeof(*fits) * conflict->n);

    for (unsigned i = 0; i < conflict->n; i++) {
        if (elements[i] && !in[i]) {
            in[i] = TRUE;
            in[i] = ask(conflict, in) == CVMDOM_PLACE_PLACED;
        }
    }
    for (unsigned i = 0; i < conflict->n; i++) {
        in[i] = elements[i] && !in[i];
    }
    g_ptr_array_add(conflict->corrections, in);
}

/* Makes set have an element of each correction by adding at most so many. */
static gboolean
hit_all(struct conflict *conflict, gboolean *set, unsigned more)
{
    const gboolean *missed = NULL;

    for (unsigned c = 0; c < conflict->corrections->len && !missed; c++) {
        const gboolean *correction = conflict->corrections->pdata[c];

        missed = correction;
        for (unsigned i = 0; i < conflict->n && missed; i++) {
            missed = correction[i] && set[i] ? NULL : missed;
        }
    }
    if (!missed) {
        return TRUE;
    }
    for (unsigned i = 0; more && i < conflict->n && !is_late(conflict); i++) {
        if (missed[i]) {
            set[i] = TRUE;
            if (hit_all(conflict, set, more - 1)) {
                return TRUE;
            }
            set[i] = FALSE;
        }
    }
    return FALSE;
}

/* Replaces best by a smallest conflict. TRUE: it is one. */
static gboolean
find_smallest(struct conflict *conflict, const gboolean *elements, gboolean *best)
{
    g_autofree gboolean *set = g_new(gboolean, conflict->n + 1);
    unsigned size = 0;

    while (size < count_elements(conflict, best)) {
        int answer;

        memset(set, 0, sizeof(*set) * (conflict->n + 1));
        if (!hit_all(conflict, set, size)) {
            if (is_late(conflict)) {
                return FALSE;
            }
            size++;
            continue;
        }
        answer = ask(conflict, set);
        if (answer == CVMDOM_PLACE_UNPROVEN) {
            return FALSE;
        }
        if (answer == CVMDOM_PLACE_IMPOSSIBLE) {
            memcpy(best, set, sizeof(*set) * conflict->n);
            return TRUE;
        }
        add_correction(conflict, set, elements);
    }
    return !conflict->unknown;
}

int
cvmdom_place_conflict(const struct cvmdom_place_problem *problem, unsigned milliseconds,
                      unsigned char *items, unsigned char *kinds, int *minimal,
                      cvmdom_error **error)
{
    struct conflict conflict = {
        .problem = problem,
        .deadline = g_get_monotonic_time() + (int64_t)milliseconds * 1000,
        .each = (int64_t)milliseconds * 1000,
        .n = (unsigned)(problem->n_items + problem->n_kinds),
    };
    g_autoptr(GPtrArray) corrections = g_ptr_array_new_with_free_func(g_free);
    g_autofree gboolean *elements = NULL;
    g_autofree gboolean *in = NULL;
    gboolean smallest = FALSE;

    if (place_check(problem, error) < 0) {
        return -1;
    }
    conflict.corrections = corrections;
    elements = g_new0(gboolean, conflict.n + 1);
    for (size_t i = 0; i < problem->n_items; i++) {
        elements[i] = problem->wanted[i] > 0;
    }
    for (size_t i = 0; i < problem->n_pools; i++) {
        elements[problem->n_items + problem->kinds[i]] = TRUE;
    }
    in = g_memdup2(elements, sizeof(*elements) * (conflict.n + 1));
    if (ask(&conflict, in) == CVMDOM_PLACE_IMPOSSIBLE) {
        conflict.each /= QUESTIONS;
        shrink(&conflict, in);
        smallest = find_smallest(&conflict, elements, in);
    } else {
        memset(in, 0, sizeof(*in) * (conflict.n + 1));
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        items[i] = in[i] != 0;
    }
    for (size_t i = 0; i < problem->n_kinds; i++) {
        kinds[i] = in[problem->n_items + i] != 0;
    }
    *minimal = smallest;
    return 0;
}
