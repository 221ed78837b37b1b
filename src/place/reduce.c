/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what somebody asks to a programme as small as it gets; nothing that counts is lost. */
#include "place/problem.h"

/* How many guests an option can carry at most, by each of its pools alone. */
static uint32_t
option_upper(const struct cvmdom_place_problem *problem, const struct cvmdom_place_option *option)
{
    uint64_t upper = problem->wanted[option->item];

    for (size_t k = option->first; k < (size_t)option->first + option->count; k++) {
        upper = MIN(upper, problem->pools[problem->needs[k].pool] / problem->needs[k].amount);
    }
    return (uint32_t)upper;
}

static uint64_t
common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

struct pool_use {
    uint64_t divisor;
    place_wide most; /* if all options were full */
    unsigned row;    /* PLACE_NO_ITEM: it is never short */
};

static void
count_uses(const struct cvmdom_place_problem *problem, const uint32_t *upper, struct pool_use *uses)
{
    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];

        for (size_t k = option->first; upper[i] && k < (size_t)option->first + option->count; k++) {
            struct pool_use *use = &uses[problem->needs[k].pool];

            use->divisor = common_divisor(use->divisor, problem->needs[k].amount);
            use->most += (place_wide)problem->needs[k].amount * upper[i];
        }
    }
}

static unsigned
number_rows(const struct cvmdom_place_problem *problem, struct pool_use *uses, uint64_t *limit)
{
    unsigned n_rows = 0;

    for (size_t i = 0; i < problem->n_pools; i++) {
        if (uses[i].most > (place_wide)problem->pools[i]) {
            limit[n_rows] = problem->pools[i] / uses[i].divisor;
            uses[i].row = n_rows++;
        } else {
            uses[i].row = PLACE_NO_ITEM;
        }
    }
    return n_rows;
}

/* Items that nobody wants keep no row. FALSE: one has too few options. */
static gboolean
number_items(const struct cvmdom_place_problem *problem, const uint32_t *upper, unsigned *number,
             uint64_t *wanted, unsigned *n_items)
{
    g_autofree place_wide *room = g_new0(place_wide, problem->n_items + 1);
    gboolean enough = TRUE;

    *n_items = 0;
    for (size_t i = 0; i < problem->n_options; i++) {
        room[problem->options[i].item] += upper[i];
    }
    for (size_t i = 0; i < problem->n_items; i++) {
        if (problem->wanted[i]) {
            wanted[*n_items] = problem->wanted[i];
            number[i] = (*n_items)++;
            enough = enough && room[i] >= problem->wanted[i];
        }
    }
    return enough;
}

static unsigned
find_root(unsigned *parent, unsigned i)
{
    while (parent[i] != i) {
        i = parent[i] = parent[parent[i]];
    }
    return i;
}

static unsigned *
find_groups(const struct place_program *program, struct cvm_arena *arena)
{
    unsigned *group = cvm_arena_array(arena, unsigned, program->n_columns + 1);
    g_autofree unsigned *parent = g_new(unsigned, program->n_rows + 1);

    for (unsigned i = 0; i < program->n_rows; i++) {
        parent[i] = i;
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        for (unsigned k = program->first[i] + 1; k < program->first[i + 1]; k++) {
            parent[find_root(parent, program->entries[k].row)] =
                find_root(parent, program->entries[k - 1].row);
        }
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        unsigned k = program->first[i];

        /* a column without rows is alone */
        group[i] = k < program->first[i + 1] ? find_root(parent, program->entries[k].row)
                                             : program->n_rows + i;
    }
    return group;
}

/* upper of each option; numbers of items; rows of pools. */
static void
fill_columns(const struct cvmdom_place_problem *problem, const uint32_t *upper,
             const unsigned *number, const struct pool_use *uses, struct cvm_arena *arena,
             struct place_reduced *reduced)
{
    struct place_program *program = &reduced->program;
    int64_t *cost = cvm_arena_array(arena, int64_t, problem->n_options + 1);
    uint32_t *column_upper = cvm_arena_array(arena, uint32_t, problem->n_options + 1);
    unsigned *item = cvm_arena_array(arena, unsigned, problem->n_options + 1);
    unsigned *first = cvm_arena_array(arena, unsigned, problem->n_options + 2);
    struct place_entry *entries = cvm_arena_array(arena, struct place_entry, problem->n_needs + 1);
    unsigned n = 0, n_entries = 0;

    reduced->option = cvm_arena_array(arena, unsigned, problem->n_options + 1);
    for (size_t i = 0; i < problem->n_options; i++) {
        const struct cvmdom_place_option *option = &problem->options[i];

        if (!upper[i]) {
            continue;
        }
        reduced->option[n] = (unsigned)i;
        cost[n] = option->cost;
        column_upper[n] = upper[i];
        item[n] = number[option->item];
        for (size_t k = option->first; k < (size_t)option->first + option->count; k++) {
            const struct pool_use *use = &uses[problem->needs[k].pool];

            if (use->row != PLACE_NO_ITEM) {
                entries[n_entries++] =
                    (struct place_entry){ use->row, problem->needs[k].amount / use->divisor };
            }
        }
        first[++n] = n_entries;
    }
    program->n_columns = n;
    program->cost = cost;
    program->upper = column_upper;
    program->item = item;
    program->first = first;
    program->entries = entries;
}

void
place_reduce(const struct cvmdom_place_problem *problem, struct cvm_arena *arena,
             struct place_reduced *reduced)
{
    g_autofree uint32_t *upper = g_new0(uint32_t, problem->n_options + 1);
    g_autofree struct pool_use *uses = g_new0(struct pool_use, problem->n_pools + 1);
    g_autofree unsigned *number = g_new0(unsigned, problem->n_items + 1);
    uint64_t *limit = cvm_arena_array(arena, uint64_t, problem->n_pools + 1);
    uint64_t *wanted = cvm_arena_array(arena, uint64_t, problem->n_items + 1);

    *reduced = (struct place_reduced){ 0 };
    for (size_t i = 0; i < problem->n_options; i++) {
        upper[i] = option_upper(problem, &problem->options[i]);
    }
    reduced->impossible = !number_items(problem, upper, number, wanted, &reduced->program.n_items);
    count_uses(problem, upper, uses);
    reduced->program.n_rows = number_rows(problem, uses, limit);
    reduced->program.limit = limit;
    reduced->program.wanted = wanted;
    fill_columns(problem, upper, number, uses, arena, reduced);
    reduced->group = find_groups(&reduced->program, arena);
}
