/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Branch and bound in whole numbers. GLPK's simplex says where a solution may be and lends the
 * multipliers; what is cut off is cut off by place_bound() or by plain adding up, and what is found
 * is added up. */
#include <math.h>
#include <string.h>

#include "place/problem.h"

struct search {
    const struct place_program *program;
    const struct place_work *work;
    struct place_found *found;
    int64_t goal;
    struct place_lp *lp;
    uint32_t *lower, *upper;
    unsigned *row_first, *row_column; /* the entries, row by row */
    uint64_t *row_amount;
    unsigned *order; /* items, the hardest to place first */
    unsigned *item_first, *item_columns;
    GArray *changes, *splits; /* the work's */
    uint32_t *guess;          /* room for guess() */
    uint64_t *left;
};

/* ---- tables ---- */

static void
fill_rows(struct search *search, struct cvm_arena *arena)
{
    const struct place_program *program = search->program;
    unsigned n_entries = program->first[program->n_columns];
    unsigned *next = cvm_arena_array(arena, unsigned, program->n_rows + 1);

    search->row_first = cvm_arena_array(arena, unsigned, program->n_rows + 2);
    search->row_column = cvm_arena_array(arena, unsigned, n_entries + 1);
    search->row_amount = cvm_arena_array(arena, uint64_t, n_entries + 1);
    for (unsigned k = 0; k < n_entries; k++) {
        search->row_first[program->entries[k].row + 1]++;
    }
    for (unsigned i = 0; i < program->n_rows; i++) {
        search->row_first[i + 1] += search->row_first[i];
        next[i] = search->row_first[i];
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            unsigned at = next[program->entries[k].row]++;

            search->row_column[at] = i;
            search->row_amount[at] = program->entries[k].amount;
        }
    }
}

static void
fill_items(struct search *search, struct cvm_arena *arena)
{
    const struct place_program *program = search->program;
    unsigned *next = cvm_arena_array(arena, unsigned, program->n_items + 1);

    search->item_first = cvm_arena_array(arena, unsigned, program->n_items + 2);
    search->item_columns = cvm_arena_array(arena, unsigned, program->n_columns + 1);
    for (unsigned i = 0; i < program->n_columns; i++) {
        if (program->item[i] != PLACE_NO_ITEM) {
            search->item_first[program->item[i] + 1]++;
        }
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        search->item_first[i + 1] += search->item_first[i];
        next[i] = search->item_first[i];
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        if (program->item[i] != PLACE_NO_ITEM) {
            search->item_columns[next[program->item[i]]++] = i;
        }
    }
}

/* Of an item the share of a pool that a guest takes where it takes the least. */
static void
order_items(struct search *search, struct cvm_arena *arena)
{
    const struct place_program *program = search->program;
    double *size = cvm_arena_array(arena, double, program->n_items + 1);

    search->order = cvm_arena_array(arena, unsigned, program->n_items + 1);
    for (unsigned i = 0; i < program->n_items; i++) {
        unsigned at = i;

        size[i] = (double)INFINITY;
        for (unsigned j = search->item_first[i]; j < search->item_first[i + 1]; j++) {
            unsigned column = search->item_columns[j];
            double share = 0;

            for (unsigned k = program->first[column]; k < program->first[column + 1]; k++) {
                share = MAX(share, (double)program->entries[k].amount /
                                       (double)program->limit[program->entries[k].row]);
            }
            size[i] = MIN(size[i], share);
        }
        while (at > 0 && size[search->order[at - 1]] < size[i]) {
            search->order[at] = search->order[at - 1];
            at--;
        }
        search->order[at] = i;
    }
}

/* ---- bounds ---- */

static void
set_bounds(struct search *search, unsigned column, uint32_t lower, uint32_t upper)
{
    struct place_change change = { column, search->lower[column], search->upper[column] };

    g_array_append_val(search->changes, change);
    search->lower[column] = lower;
    search->upper[column] = upper;
    place_lp_set_bounds(search->lp, column, lower, upper);
}

static void
undo_to(struct search *search, unsigned mark)
{
    while (search->changes->len > mark) {
        const struct place_change *change =
            &g_array_index(search->changes, struct place_change, search->changes->len - 1);

        search->lower[change->column] = change->lower;
        search->upper[change->column] = change->upper;
        place_lp_set_bounds(search->lp, change->column, change->lower, change->upper);
        g_array_set_size(search->changes, search->changes->len - 1);
    }
}

/* FALSE: a row is broken already. */
static gboolean
narrow_row(struct search *search, unsigned row, gboolean *changed)
{
    place_wide left = search->program->limit[row];

    for (unsigned k = search->row_first[row]; k < search->row_first[row + 1]; k++) {
        left -= (place_wide)search->row_amount[k] * search->lower[search->row_column[k]];
    }
    if (left < 0) {
        return FALSE;
    }
    for (unsigned k = search->row_first[row]; k < search->row_first[row + 1]; k++) {
        unsigned column = search->row_column[k];
        place_wide most = search->lower[column] + left / search->row_amount[k];

        if (most < search->upper[column]) {
            set_bounds(search, column, search->lower[column], (uint32_t)most);
            *changed = TRUE;
        }
    }
    return TRUE;
}

static gboolean
narrow_item(struct search *search, unsigned item, gboolean *changed)
{
    int64_t wanted = (int64_t)search->program->wanted[item], least = 0, most = 0;

    for (unsigned j = search->item_first[item]; j < search->item_first[item + 1]; j++) {
        least += search->lower[search->item_columns[j]];
        most += search->upper[search->item_columns[j]];
    }
    if (least > wanted || most < wanted) {
        return FALSE;
    }
    for (unsigned j = search->item_first[item]; j < search->item_first[item + 1]; j++) {
        unsigned column = search->item_columns[j];
        int64_t lower = search->lower[column], upper = search->upper[column];
        int64_t low = MAX(lower, wanted - (most - upper));
        int64_t high = MIN(upper, wanted - (least - lower));

        if (low > lower || high < upper) {
            set_bounds(search, column, (uint32_t)low, (uint32_t)high);
            least += low - lower;
            most += high - upper;
            *changed = TRUE;
        }
    }
    return TRUE;
}

/* What rows and items leave of the bounds; FALSE: nothing. */
static gboolean
narrow(struct search *search)
{
    gboolean changed = TRUE;

    for (unsigned round = 0; changed && round < 8; round++) {
        changed = FALSE;
        for (unsigned i = 0; i < search->program->n_rows; i++) {
            if (!narrow_row(search, i, &changed)) {
                return FALSE;
            }
        }
        for (unsigned i = 0; i < search->program->n_items; i++) {
            if (!narrow_item(search, i, &changed)) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* ---- solutions ---- */

/* Takes as many guests more as go into what is left. */
static uint32_t
fill_up(struct search *search, unsigned column, uint64_t most)
{
    const struct place_program *program = search->program;

    most = MIN(most, search->upper[column] - search->guess[column]);
    for (unsigned k = program->first[column]; k < program->first[column + 1]; k++) {
        most = MIN(most, search->left[program->entries[k].row] / program->entries[k].amount);
    }
    for (unsigned k = program->first[column]; k < program->first[column + 1]; k++) {
        search->left[program->entries[k].row] -= most * program->entries[k].amount;
    }
    search->guess[column] += (uint32_t)most;
    return (uint32_t)most;
}

/* x rounded to the next whole number where that is one, else down, and never below the bounds. */
static void
round_down(struct search *search, const double *x)
{
    const struct place_program *program = search->program;

    for (unsigned i = 0; i < program->n_rows; i++) {
        search->left[i] = program->limit[i];
    }
    memset(search->guess, 0, sizeof(*search->guess) * program->n_columns);
    for (unsigned i = 0; i < program->n_columns; i++) {
        fill_up(search, i, search->lower[i]); /* narrow() saw that they fit */
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        double whole = floor(x[i] + 1e-6);

        if (whole > search->lower[i]) {
            fill_up(search, i, (uint64_t)whole - search->lower[i]);
        }
    }
}

/* What is still wanted of an item goes where x has a part of a guest, then anywhere. */
static gboolean
complete_item(struct search *search, unsigned item, const double *x)
{
    uint64_t wanted = search->program->wanted[item];
    uint64_t least = 0;

    for (unsigned j = search->item_first[item]; j < search->item_first[item + 1]; j++) {
        least += search->guess[search->item_columns[j]];
    }
    if (least > wanted) {
        return FALSE;
    }
    wanted -= least;
    for (unsigned round = 0; wanted && round < 3; round++) {
        for (unsigned j = search->item_first[item]; wanted && j < search->item_first[item + 1];
             j++) {
            unsigned column = search->item_columns[j];
            double part = x[column] - search->guess[column];

            if (round == 2 || part > (round ? 1e-6 : 0.5)) {
                wanted -= fill_up(search, column, round == 2 ? wanted : 1);
            }
        }
    }
    return wanted == 0;
}

static void
guess(struct search *search, const double *x)
{
    const struct place_program *program = search->program;

    round_down(search, x);
    for (unsigned i = 0; i < program->n_items; i++) {
        if (!complete_item(search, search->order[i], x)) {
            return;
        }
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        if (program->item[i] == PLACE_NO_ITEM && program->cost[i] < 0) {
            fill_up(search, i, G_MAXUINT32);
        }
    }
    place_offer(search->program, search->guess, search->found);
}

/* ---- nodes ---- */

static gboolean
good_enough(const struct search *search, int64_t bound)
{
    return search->found->found && bound >= search->found->cost;
}

/* TRUE: nothing below this node is worth looking at. */
static gboolean
close_node(struct search *search)
{
    const struct place_program *program = search->program;
    double left_out = place_lp_solve(search->lp, search->work, TRUE);
    int64_t bound, without;

    if (place_bound(program, search->lower, search->upper, TRUE, place_lp_rows(search->lp),
                    place_lp_items(search->lp), &bound)) {
        if (!search->splits->len) {
            search->found->bound = bound;
        }
        if (good_enough(search, bound)) {
            return TRUE;
        }
    } else {
        bound = G_MININT64;
    }
    if (left_out > 1e-7) {
        place_lp_solve(search->lp, search->work, FALSE);
        if (place_bound(program, search->lower, search->upper, FALSE, place_lp_rows(search->lp),
                        place_lp_items(search->lp), &without) &&
            without > 0) {
            return TRUE;
        }
    }
    guess(search, place_lp_x(search->lp));
    return good_enough(search, bound);
}

/* The column that is least whole; where all are, one that may still differ. FALSE: none may. */
static gboolean
choose_split(const struct search *search, struct place_split *split)
{
    const double *x = place_lp_x(search->lp);
    double best = -1;

    for (unsigned i = 0; i < search->program->n_columns; i++) {
        double down = floor(x[i]), part = x[i] - down;
        double middle = MIN(part, 1 - part);

        if (search->lower[i] == search->upper[i] || middle <= best) {
            continue;
        }
        best = middle;
        split->column = i;
        split->value = (uint32_t)CLAMP(down, search->lower[i], search->upper[i] - 1);
        split->up_first = x[i] - split->value > 0.5;
    }
    return best >= 0;
}

static gboolean
go_down(struct search *search, const struct place_split *split, gboolean up)
{
    unsigned i = split->column;

    if (up) {
        set_bounds(search, i, split->value + 1, search->upper[i]);
    } else {
        set_bounds(search, i, search->lower[i], split->value);
    }
    return narrow(search);
}

/* To the next node that was not looked into; FALSE: there is none. */
static gboolean
go_back(struct search *search)
{
    while (search->splits->len) {
        struct place_split *split =
            &g_array_index(search->splits, struct place_split, search->splits->len - 1);

        undo_to(search, split->mark);
        if (split->second) {
            g_array_set_size(search->splits, search->splits->len - 1);
        } else {
            split->second = TRUE;
            if (go_down(search, split, !split->up_first)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

static gboolean
go_on(struct search *search)
{
    struct place_split split = { .mark = search->changes->len };

    if (close_node(search) || !choose_split(search, &split)) {
        return go_back(search);
    }
    g_array_append_val(search->splits, split);
    return go_down(search, &split, split.up_first) || go_back(search);
}

static void
prepare(struct search *search)
{
    const struct place_program *program = search->program;
    struct cvm_arena *arena = search->work->arena;

    fill_rows(search, arena);
    fill_items(search, arena);
    order_items(search, arena);
    search->lp = place_lp_new(program, arena);
    search->lower = cvm_arena_array(arena, uint32_t, program->n_columns + 1);
    search->upper = cvm_arena_array(arena, uint32_t, program->n_columns + 1);
    search->guess = cvm_arena_array(arena, uint32_t, program->n_columns + 1);
    search->left = cvm_arena_array(arena, uint64_t, program->n_rows + 1);
    if (program->n_columns) {
        memcpy(search->upper, program->upper, sizeof(*search->upper) * program->n_columns);
    }
}

void
place_search(const struct place_program *program, const struct place_work *work, int64_t goal,
             struct place_found *found)
{
    struct search search = {
        .program = program,
        .work = work,
        .found = found,
        .goal = goal,
        .changes = work->changes,
        .splits = work->splits,
    };
    gboolean more;

    *found = (struct place_found){ .bound = G_MININT64 };
    found->x = cvm_arena_array(work->arena, uint32_t, program->n_columns + 1);
    g_array_set_size(search.changes, 0);
    g_array_set_size(search.splits, 0);
    prepare(&search);
    more = narrow(&search);
    while (more && !place_late(work) && !(found->found && found->cost <= goal)) {
        more = go_on(&search);
    }
    found->complete = !more || (found->found && found->cost <= MAX(goal, found->bound));
    if (!more && found->found) {
        found->bound = found->cost;
    }
    place_lp_free(search.lp);
}
