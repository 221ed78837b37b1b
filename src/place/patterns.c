/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts filled by patterns: so many guests of each item that go on one host together. A programme
 * whose columns are patterns knows no half guests on a host, and does not care which of two equal
 * hosts is which; so it often proves what single options leave open for hours. There are far too
 * many patterns to write down: those that would help are found one by one (P. C. Gilmore,
 * R. E. Gomory: A linear programming approach to the cutting-stock problem, 1961).
 *
 * The proof again is in whole numbers. Let each guest of item i be worth u[i]. If no host of class
 * g can carry guests worth more than v[g], then all hosts together carry no more than the sum of v,
 * and what is wanted has to be worth no more than that; with costs, what is missing is the least
 * cost. Any u will do; those of the simplex are rounded. v comes from a search of its own, which is
 * exact. */
#include <glpk.h>
#include <math.h>

#include "place/problem.h"

struct pattern {
    const struct place_class *class;
    const uint32_t *x; /* guests of each column of the class */
    struct pattern *next;
};

struct master {
    const struct place_program *program;
    const struct place_classes *classes;
    struct place_work *work;
    glp_prob *lp;             /* columns: what is left out of each item, then patterns */
    struct pattern *patterns; /* the last first */
    int n_patterns;
    gboolean costs;
    int bits; /* behind the point of what a guest is worth */
    int64_t *worth;
    double *value; /* of each class, what the simplex thinks a host is worth */
};

/* ---- the simplex ---- */

static double
pattern_cost(const struct pattern *pattern)
{
    double cost = 0;

    for (unsigned j = 0; j < pattern->class->program.n_columns; j++) {
        cost += (double)pattern->class->program.cost[j] * pattern->x[j];
    }
    return cost;
}

static void
set_costs(struct master *master, gboolean costs)
{
    const struct pattern *pattern = master->patterns;
    int n_items = (int)master->program->n_items;
    double most = 0;

    for (unsigned i = 0; i < master->program->n_columns; i++) {
        most = MAX(most, (double)master->program->cost[i]);
    }
    for (int i = 1; i <= n_items; i++) {
        glp_set_obj_coef(master->lp, i, costs ? 16 * most + 1 : 1);
    }
    for (int i = n_items + master->n_patterns; pattern; pattern = pattern->next, i--) {
        glp_set_obj_coef(master->lp, i, costs ? pattern_cost(pattern) : 0);
    }
    master->costs = costs;
}

static void
begin(struct master *master)
{
    const struct place_program *program = master->program;
    int n_items = (int)program->n_items, n_classes = (int)master->classes->count;

    master->lp = glp_create_prob();
    glp_set_obj_dir(master->lp, GLP_MIN);
    if (n_items + n_classes) {
        glp_add_rows(master->lp, n_items + n_classes);
    }
    if (n_items) {
        glp_add_cols(master->lp, n_items);
    }
    for (int i = 1; i <= n_items; i++) {
        const int row[2] = { 0, i };
        const double one[2] = { 0, 1 };

        glp_set_row_bnds(master->lp, i, GLP_LO, (double)program->wanted[i - 1], 0);
        glp_set_col_bnds(master->lp, i, GLP_LO, 0, 0);
        glp_set_mat_col(master->lp, i, 1, row, one);
    }
    for (int g = 0; g < n_classes; g++) {
        glp_set_row_bnds(master->lp, n_items + g + 1, GLP_UP, 0,
                         master->classes->items[g].n_members);
    }
}

static void
add_pattern(struct master *master, const struct place_class *class, const uint32_t *x)
{
    struct cvm_arena *arena = master->work->arena;
    struct pattern *pattern = cvm_arena_new0(arena, struct pattern);
    int *row = cvm_arena_array(arena, int, class->program.n_columns + 2);
    double *value = cvm_arena_array(arena, double, class->program.n_columns + 2);
    int column = glp_add_cols(master->lp, 1), n = 1;

    *pattern = (struct pattern){ class, x, master->patterns };
    master->patterns = pattern;
    master->n_patterns++;
    row[1] = (int)(master->program->n_items + (class - master->classes->items)) + 1;
    value[1] = 1;
    for (unsigned j = 0; j < class->program.n_columns; j++) {
        int item = (int)class->item[j] + 1, k = 2;

        while (k <= n && row[k] != item) {
            k++; /* an item may have several options on a host */
        }
        if (x[j]) {
            n = MAX(n, k);
            row[k] = item;
            value[k] += x[j];
        }
    }
    glp_set_mat_col(master->lp, column, n, row, value);
    glp_set_col_bnds(master->lp, column, GLP_LO, 0, 0);
    glp_set_obj_coef(master->lp, column, master->costs ? pattern_cost(pattern) : 0);
}

static int
milliseconds_left(const struct place_work *work)
{
    return (int)CLAMP((work->deadline - g_get_monotonic_time()) / 1000, 1, G_MAXINT / 2);
}

/* What guests and hosts are worth. FALSE: the numbers are too large to go on with. */
static gboolean
run_simplex(struct master *master)
{
    const struct place_program *program = master->program;
    double sum = 1;
    glp_smcp control;

    glp_init_smcp(&control);
    control.msg_lev = GLP_MSG_OFF;
    control.meth = GLP_PRIMAL;
    control.tm_lim = milliseconds_left(master->work);
    glp_simplex(master->lp, &control);
    for (unsigned i = 0; i < program->n_items; i++) {
        sum += fabs(glp_get_row_dual(master->lp, (int)i + 1)) * (double)program->wanted[i];
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        sum += master->costs ? (double)program->cost[i] * program->upper[i] : 0;
    }
    if (!isfinite(sum) || sum >= ldexp(1, 50)) {
        return FALSE;
    }
    master->bits = MIN(30, 58 - ilogb(sum));
    for (unsigned i = 0; i < program->n_items; i++) {
        double worth = glp_get_row_dual(master->lp, (int)i + 1);

        master->worth[i] = worth > 0 ? (int64_t)ldexp(worth, master->bits) : 0;
    }
    for (unsigned g = 0; g < master->classes->count; g++) {
        master->value[g] = -glp_get_row_dual(master->lp, (int)(program->n_items + g) + 1);
    }
    return TRUE;
}

/* ---- patterns ---- */

/* The most that a host of the class can carry, and a pattern for it where that helps. Returns what
 * it is worth at most; G_MAXINT64: unknown. */
static int64_t
price_class(struct master *master, const struct place_class *class, gboolean *added)
{
    const struct place_program *program = &class->program;
    struct place_program priced = *program;
    int64_t *cost = cvm_arena_array(master->work->arena, int64_t, program->n_columns + 1);
    double value = master->value[class - master->classes->items];
    struct place_found found;

    for (unsigned j = 0; j < program->n_columns; j++) {
        cost[j] = (master->costs ? program->cost[j] * ((int64_t)1 << master->bits) : 0) -
                  master->worth[class->item[j]];
    }
    priced.cost = cost;
    place_search(&priced, master->work, G_MININT64, &found);
    if (found.found && ldexp(-(double)found.cost, -master->bits) > value + 1e-6) {
        add_pattern(master, class, found.x);
        *added = TRUE;
    }
    return found.bound == G_MININT64 ? G_MAXINT64 : MAX(-found.bound, 0);
}

/* One round over all classes. FALSE: no pattern helps any more. *bound: what everything costs at
 * least, or, without costs, how many guests are left out. */
static gboolean
price(struct master *master, int64_t *bound)
{
    place_wide sum = 0;
    gboolean added = FALSE, known = TRUE;

    for (unsigned i = 0; i < master->program->n_items; i++) {
        sum += (place_wide)master->worth[i] * master->program->wanted[i];
    }
    for (unsigned g = 0; g < master->classes->count; g++) {
        const struct place_class *class = &master->classes->items[g];
        int64_t most = price_class(master, class, &added);

        known = known && most != G_MAXINT64;
        sum -= (place_wide)most * class->n_members;
    }
    if (known && sum > 0) {
        place_wide one = (place_wide)1 << master->bits;

        *bound = MAX(*bound, (int64_t)((sum + one - 1) / one));
    }
    return added;
}

/* Rounds until no pattern helps, or the answer is clear. */
static void
generate(struct master *master, gboolean costs, int64_t *bound)
{
    set_costs(master, costs);
    while (!place_late(master->work) && run_simplex(master)) {
        double now = glp_get_obj_val(master->lp);

        if (now < 1e-7 || (double)*bound > now - 1e-6 || (!costs && *bound > 0) ||
            !price(master, bound)) {
            return;
        }
    }
}

/* ---- whole patterns ---- */

/* So many hosts of each pattern, host by host. What is more than was wanted is left out where it
 * costs most. */
static void
fill_hosts(struct master *master, uint32_t *x)
{
    const struct place_program *program = master->program;
    struct cvm_arena *arena = master->work->arena;
    const struct place_member **next =
        cvm_arena_array(arena, const struct place_member *, master->classes->count + 1);
    int64_t *more = cvm_arena_array(arena, int64_t, program->n_items + 1);
    int column = (int)program->n_items + master->n_patterns;

    for (unsigned g = 0; g < master->classes->count; g++) {
        next[g] = master->classes->items[g].members;
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        more[i] = -(int64_t)program->wanted[i];
    }
    for (const struct pattern *it = master->patterns; it; it = it->next, column--) {
        const struct place_member **member = &next[it->class - master->classes->items];
        long hosts = lround(glp_mip_col_val(master->lp, column));

        for (; hosts > 0 && *member; hosts--, *member = (*member)->next) {
            for (unsigned j = 0; j < it->class->program.n_columns; j++) {
                x[(*member)->columns[j]] = it->x[j];
                more[it->class->item[j]] += it->x[j];
            }
        }
    }
    for (;;) {
        unsigned dearest = PLACE_NO_ITEM;
        uint32_t less;

        for (unsigned i = 0; i < program->n_columns; i++) {
            if (x[i] && more[program->item[i]] > 0 &&
                (dearest == PLACE_NO_ITEM || program->cost[i] > program->cost[dearest])) {
                dearest = i;
            }
        }
        if (dearest == PLACE_NO_ITEM) {
            return;
        }
        less = (uint32_t)MIN(x[dearest], more[program->item[dearest]]);
        x[dearest] -= less;
        more[program->item[dearest]] -= less;
    }
}

static void
round_patterns(struct master *master, struct place_found *found)
{
    uint32_t *x = cvm_arena_array(master->work->arena, uint32_t, master->program->n_columns + 1);
    glp_iocp control;

    for (int i = 1; i <= (int)master->program->n_items; i++) {
        glp_set_col_bnds(master->lp, i, GLP_FX, 0, 0);
    }
    for (int i = 1; i <= master->n_patterns; i++) {
        glp_set_col_kind(master->lp, (int)master->program->n_items + i, GLP_IV);
    }
    set_costs(master, TRUE);
    glp_init_iocp(&control);
    control.msg_lev = GLP_MSG_OFF;
    control.presolve = GLP_ON;
    control.tm_lim = milliseconds_left(master->work);
    glp_intopt(master->lp, &control);
    if (glp_mip_status(master->lp) == GLP_OPT || glp_mip_status(master->lp) == GLP_FEAS) {
        fill_hosts(master, x);
        place_offer(master->program, x, found);
    }
}

void
place_by_patterns(const struct place_program *program, const struct place_classes *classes,
                  struct place_work *work, struct place_found *found)
{
    struct master master = {
        .program = program,
        .classes = classes,
        .work = work,
        .worth = cvm_arena_array(work->arena, int64_t, program->n_items + 1),
        .value = cvm_arena_array(work->arena, double, classes->count + 1),
    };
    int64_t left_out = 0, bound = 0;

    *found = (struct place_found){ .bound = 0 };
    found->x = cvm_arena_array(work->arena, uint32_t, program->n_columns + 1);
    begin(&master);
    generate(&master, FALSE, &left_out);
    if (left_out > 0) {
        found->complete = TRUE;
    } else {
        generate(&master, TRUE, &bound);
        found->bound = bound;
        round_patterns(&master, found);
        found->complete = found->found && found->cost <= bound;
    }
    glp_delete_prob(master.lp);
}
