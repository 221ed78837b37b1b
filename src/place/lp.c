/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A programme in GLPK, whose bounds change from node to node of a search. Rows are divided by their
 * limit, so that bytes and guests are numbers of one size. */
#include <glpk.h>

#include "place/problem.h"

struct place_lp {
    const struct place_program *program;
    glp_prob *lp; /* columns of the programme, then for each item what is left out of it */
    gboolean costs;
    double penalty;
    double *x, *rows, *items;
};

static double
row_scale(const struct place_program *program, unsigned row)
{
    return program->limit[row] ? (double)program->limit[row] : 1;
}

/* Leaving a guest out has to cost more than what one saves by it, which may be a chain of others
 * that move; where this is too little the search asks again without costs. */
static double
choose_penalty(const struct place_program *program)
{
    int64_t most = 0;

    for (unsigned i = 0; i < program->n_columns; i++) {
        most = MAX(most, program->cost[i]);
    }
    return most ? 16.0 * (double)most : 1;
}

static void
set_costs(struct place_lp *lp, gboolean costs)
{
    const struct place_program *program = lp->program;

    for (unsigned i = 0; i < program->n_columns; i++) {
        glp_set_obj_coef(lp->lp, (int)i + 1, costs ? (double)program->cost[i] : 0);
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        glp_set_obj_coef(lp->lp, (int)(program->n_columns + i) + 1, costs ? lp->penalty : 1);
    }
    lp->costs = costs;
}

static void
load_matrix(struct place_lp *lp, struct cvm_arena *arena)
{
    const struct place_program *program = lp->program;
    size_t most = program->first[program->n_columns] + program->n_columns + program->n_items;
    int *row = cvm_arena_array(arena, int, most + 1);
    int *column = cvm_arena_array(arena, int, most + 1);
    double *value = cvm_arena_array(arena, double, most + 1);
    int n = 0;

    for (unsigned i = 0; i < program->n_columns; i++) {
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            const struct place_entry *entry = &program->entries[k];

            row[++n] = (int)entry->row + 1;
            column[n] = (int)i + 1;
            value[n] = (double)entry->amount / row_scale(program, entry->row);
        }
        if (program->item[i] != PLACE_NO_ITEM) {
            row[++n] = (int)(program->n_rows + program->item[i]) + 1;
            column[n] = (int)i + 1;
            value[n] = 1;
        }
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        row[++n] = (int)(program->n_rows + i) + 1;
        column[n] = (int)(program->n_columns + i) + 1;
        value[n] = 1;
    }
    glp_load_matrix(lp->lp, n, row, column, value);
}

struct place_lp *
place_lp_new(const struct place_program *program, struct cvm_arena *arena)
{
    struct place_lp *lp = cvm_arena_new0(arena, struct place_lp);
    int n_rows = (int)(program->n_rows + program->n_items);
    int n_columns = (int)(program->n_columns + program->n_items);

    lp->program = program;
    lp->lp = glp_create_prob();
    lp->penalty = choose_penalty(program);
    lp->x = cvm_arena_array(arena, double, program->n_columns + 1);
    lp->rows = cvm_arena_array(arena, double, program->n_rows + 1);
    lp->items = cvm_arena_array(arena, double, program->n_items + 1);
    glp_set_obj_dir(lp->lp, GLP_MIN);
    if (n_rows) {
        glp_add_rows(lp->lp, n_rows);
    }
    if (n_columns) {
        glp_add_cols(lp->lp, n_columns);
    }
    for (unsigned i = 0; i < program->n_rows; i++) {
        glp_set_row_bnds(lp->lp, (int)i + 1, GLP_UP, 0, program->limit[i] ? 1 : 0);
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        double wanted = (double)program->wanted[i];

        glp_set_row_bnds(lp->lp, (int)(program->n_rows + i) + 1, GLP_FX, wanted, wanted);
        glp_set_col_bnds(lp->lp, (int)(program->n_columns + i) + 1, GLP_LO, 0, 0);
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        place_lp_set_bounds(lp, i, 0, program->upper[i]);
    }
    load_matrix(lp, arena);
    set_costs(lp, TRUE);
    return lp;
}

void
place_lp_free(struct place_lp *lp)
{
    glp_delete_prob(lp->lp);
}

void
place_lp_set_bounds(struct place_lp *lp, unsigned column, uint32_t lower, uint32_t upper)
{
    glp_set_col_bnds(lp->lp, (int)column + 1, lower == upper ? GLP_FX : GLP_DB, lower, upper);
}

static void
run_simplex(struct place_lp *lp, const struct place_work *work)
{
    glp_smcp control;
    int64_t left = (work->deadline - g_get_monotonic_time()) / 1000;

    glp_init_smcp(&control);
    control.msg_lev = GLP_MSG_OFF;
    control.meth = GLP_DUALP;
    control.tm_lim = (int)CLAMP(left, 1, G_MAXINT / 2);
    if (glp_simplex(lp->lp, &control) != 0 && !place_late(work)) {
        glp_std_basis(lp->lp); /* the last one was singular */
        control.meth = GLP_PRIMAL;
        glp_simplex(lp->lp, &control);
    }
}

double
place_lp_solve(struct place_lp *lp, const struct place_work *work, gboolean costs)
{
    const struct place_program *program = lp->program;
    double left_out = 0;

    if (lp->costs != costs) {
        set_costs(lp, costs);
    }
    run_simplex(lp, work);
    for (unsigned i = 0; i < program->n_columns; i++) {
        lp->x[i] = glp_get_col_prim(lp->lp, (int)i + 1);
    }
    for (unsigned i = 0; i < program->n_rows; i++) {
        double dual = -glp_get_row_dual(lp->lp, (int)i + 1) / row_scale(program, i);

        lp->rows[i] = dual > 0 ? dual : 0;
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        lp->items[i] = glp_get_row_dual(lp->lp, (int)(program->n_rows + i) + 1);
        left_out += glp_get_col_prim(lp->lp, (int)(program->n_columns + i) + 1);
    }
    return left_out;
}

const double *
place_lp_x(const struct place_lp *lp)
{
    return lp->x;
}

const double *
place_lp_rows(const struct place_lp *lp)
{
    return lp->rows;
}

const double *
place_lp_items(const struct place_lp *lp)
{
    return lp->items;
}
