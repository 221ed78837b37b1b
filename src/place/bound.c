/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a solution costs, and what it costs at least, in exact arithmetic. For any multipliers y >=
 * 0 of the rows and u of the items, x that keeps to all of them costs c x  =  u wanted - y limit +
 * y (limit - A x) + (c - u + y A) x
 *          >= u wanted - y limit + the least of (c - u + y A) x within the bounds of x.
 * So whatever multipliers GLPK's simplex ends with, rounded to fixed point numbers they prove what
 * this sum says. (A. Neumaier, O. Shcherbina: Safe bounds in linear and mixed-integer linear
 * programming, Mathematical Programming 99, 2004, with whole numbers in the place of intervals.) */
#include <math.h>
#include <string.h>

#include "place/problem.h"

/* Sums stay below 2^118 by the choice of the fixed point, and every step is checked besides. */
enum { BITS_SUM = 118, BITS_FRACTION_MAX = 100 };

static gboolean
add_product(place_wide *sum, place_wide a, place_wide b)
{
    place_wide product;

    return !__builtin_mul_overflow(a, b, &product) && !__builtin_add_overflow(*sum, product, sum);
}

/* How many bits behind the point the multipliers may have; -1: they are too large. */
static int
choose_fraction(const struct place_program *program, const uint32_t *upper, const double *rows,
                const double *items)
{
    double size = 1;
    int exponent;

    for (unsigned i = 0; i < program->n_rows; i++) {
        size += rows[i] * (double)program->limit[i];
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        size += fabs(items[i]) * (double)program->wanted[i];
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        double each = fabs((double)program->cost[i]);

        if (program->item[i] != PLACE_NO_ITEM) {
            each += fabs(items[program->item[i]]);
        }
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            each += rows[program->entries[k].row] * (double)program->entries[k].amount;
        }
        size += each * ((double)upper[i] + 1);
    }
    if (!isfinite(size)) {
        return -1;
    }
    frexp(size, &exponent);
    return exponent > BITS_SUM ? -1 : MIN(BITS_SUM - exponent, BITS_FRACTION_MAX);
}

static place_wide
to_fixed(double value, int fraction)
{
    return (place_wide)ldexp(value, fraction);
}

/* Adds the least that a column's reduced cost can come to. */
static gboolean
add_column(const struct place_program *program, unsigned column, uint32_t lower, uint32_t upper,
           gboolean costs, const double *rows, const double *items, int fraction, place_wide *sum)
{
    place_wide reduced = 0;

    if (costs && !add_product(&reduced, program->cost[column], (place_wide)1 << fraction)) {
        return FALSE;
    }
    if (program->item[column] != PLACE_NO_ITEM &&
        !add_product(&reduced, to_fixed(items[program->item[column]], fraction), -1)) {
        return FALSE;
    }
    for (unsigned k = program->first[column]; k < program->first[column + 1]; k++) {
        if (!add_product(&reduced, to_fixed(rows[program->entries[k].row], fraction),
                         program->entries[k].amount)) {
            return FALSE;
        }
    }
    return add_product(sum, reduced, reduced < 0 ? upper : lower);
}

gboolean
place_bound(const struct place_program *program, const uint32_t *lower, const uint32_t *upper,
            gboolean costs, const double *rows, const double *items, int64_t *bound)
{
    int fraction = choose_fraction(program, upper, rows, items);
    place_wide sum = 0, whole;

    if (fraction < 0) {
        return FALSE;
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        if (!add_product(&sum, to_fixed(items[i], fraction), program->wanted[i])) {
            return FALSE;
        }
    }
    for (unsigned i = 0; i < program->n_rows; i++) {
        if (!add_product(&sum, to_fixed(rows[i], fraction), -(place_wide)program->limit[i])) {
            return FALSE;
        }
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        if (!add_column(program, i, lower[i], upper[i], costs, rows, items, fraction, &sum)) {
            return FALSE;
        }
    }
    whole = sum >> fraction; /* rounds down; costs are whole numbers, so up is right */
    whole += whole * ((place_wide)1 << fraction) != sum;
    if (whole <= G_MININT64 || whole >= G_MAXINT64) {
        return FALSE;
    }
    *bound = (int64_t)whole;
    return TRUE;
}

/* ---- solutions ---- */

/* FALSE: x breaks a row, or is not what is wanted. */
static gboolean
add_up(const struct place_program *program, const uint32_t *x, place_wide *cost)
{
    g_autofree place_wide *used = g_new0(place_wide, program->n_rows + 1);
    g_autofree place_wide *placed = g_new0(place_wide, program->n_items + 1);
    gboolean holds = TRUE;

    *cost = 0;
    for (unsigned i = 0; i < program->n_columns; i++) {
        *cost += (place_wide)program->cost[i] * x[i];
        holds = holds && x[i] <= program->upper[i];
        if (program->item[i] != PLACE_NO_ITEM) {
            placed[program->item[i]] += x[i];
        }
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            used[program->entries[k].row] += (place_wide)program->entries[k].amount * x[i];
        }
    }
    for (unsigned i = 0; i < program->n_rows; i++) {
        holds = holds && used[i] <= (place_wide)program->limit[i];
    }
    for (unsigned i = 0; i < program->n_items; i++) {
        holds = holds && placed[i] == (place_wide)program->wanted[i];
    }
    return holds;
}

void
place_offer(const struct place_program *program, const uint32_t *x, struct place_found *found)
{
    place_wide cost;

    if (add_up(program, x, &cost) && (!found->found || cost < found->cost)) {
        found->found = TRUE;
        found->cost = (int64_t)cost;
        memcpy(found->x, x, sizeof(*x) * program->n_columns);
    }
}
