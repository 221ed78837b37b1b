/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows that hold for whole numbers only. From "sum of a x is at most b" follows, for any divisor d,
 * "sum of floor(a / d) x is at most floor(b / d)" (V. Chvatal, 1973): of guests that each take more
 * than a third of a pool there are at most two in it. Halves of guests would break it, so these
 * rows prove what the sums of bytes alone cannot. */
#include "place/problem.h"

/* Divisors tried for a row, and rows kept of those. */
enum { TRIES_MAX = 24, CUTS_MAX = 8 };

struct cut {
    unsigned row;
    uint64_t divisor;
};

struct row_entries {
    const struct place_program *program;
    const unsigned *first, *column;
    const uint64_t *amount;
};

/* Whether the new row forbids something that the old one and the bounds allow. */
static gboolean
is_useful(const struct row_entries *entries, unsigned row, uint64_t divisor)
{
    uint64_t limit = entries->program->limit[row], divided = limit / divisor;
    place_wide most = 0;
    gboolean sharper = FALSE;

    for (unsigned k = entries->first[row]; k < entries->first[row + 1]; k++) {
        uint64_t amount = entries->amount[k];

        most += (place_wide)(amount / divisor) * entries->program->upper[entries->column[k]];
        /* floor(a/d) / floor(b/d) > a / b: it weighs more there than here */
        sharper = sharper || (place_wide)(amount / divisor) * limit > (place_wide)amount * divided;
    }
    return sharper && most > (place_wide)divided;
}

static gboolean
same_cut(const struct row_entries *entries, unsigned row, uint64_t a, uint64_t b)
{
    if (entries->program->limit[row] / a != entries->program->limit[row] / b) {
        return FALSE;
    }
    for (unsigned k = entries->first[row]; k < entries->first[row + 1]; k++) {
        if (entries->amount[k] / a != entries->amount[k] / b) {
            return FALSE;
        }
    }
    return TRUE;
}

static void
try_cut(const struct row_entries *entries, unsigned row, uint64_t divisor, GArray *cuts,
        unsigned first)
{
    struct cut cut = { row, divisor };

    if (divisor < 2 || divisor > entries->program->limit[row] || cuts->len - first >= CUTS_MAX ||
        !is_useful(entries, row, divisor)) {
        return;
    }
    for (unsigned i = first; i < cuts->len; i++) {
        if (same_cut(entries, row, g_array_index(cuts, struct cut, i).divisor, divisor)) {
            return;
        }
    }
    g_array_append_val(cuts, cut);
}

/* What guests take, and what is a little more than a half, a third, … of the pool. */
static void
find_cuts(const struct row_entries *entries, unsigned row, GArray *cuts)
{
    unsigned first = cuts->len, end = entries->first[row + 1];

    for (unsigned k = entries->first[row]; k < end && k - entries->first[row] < TRIES_MAX; k++) {
        try_cut(entries, row, entries->amount[k], cuts, first);
    }
    for (unsigned parts = 2; parts < 2 + CUTS_MAX; parts++) {
        try_cut(entries, row, entries->program->limit[row] / parts + 1, cuts, first);
    }
}

static void
fill_row_entries(const struct place_program *program, unsigned *first, unsigned *column,
                 uint64_t *amount)
{
    g_autofree unsigned *next = g_new0(unsigned, program->n_rows + 1);

    for (unsigned k = 0; k < program->first[program->n_columns]; k++) {
        first[program->entries[k].row + 1]++;
    }
    for (unsigned i = 0; i < program->n_rows; i++) {
        first[i + 1] += first[i];
        next[i] = first[i];
    }
    for (unsigned i = 0; i < program->n_columns; i++) {
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            unsigned at = next[program->entries[k].row]++;

            column[at] = i;
            amount[at] = program->entries[k].amount;
        }
    }
}

/* Appends to a column's entries those in the cuts of their rows. cut_first: of each row. */
static void
write_entries(const struct place_program *program, const GArray *cuts, const unsigned *cut_first,
              struct place_program *divided, struct cvm_arena *arena)
{
    size_t most = program->first[program->n_columns];
    unsigned *first = cvm_arena_array(arena, unsigned, program->n_columns + 2);
    struct place_entry *entries;
    unsigned n = 0;

    for (unsigned k = 0; k < program->first[program->n_columns]; k++) {
        unsigned row = program->entries[k].row;

        most += cut_first[row + 1] - cut_first[row];
    }
    entries = cvm_arena_array(arena, struct place_entry, most + 1);
    for (unsigned i = 0; i < program->n_columns; i++) {
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            const struct place_entry *entry = &program->entries[k];

            entries[n++] = *entry;
            for (unsigned c = cut_first[entry->row]; c < cut_first[entry->row + 1]; c++) {
                uint64_t amount = entry->amount / g_array_index(cuts, struct cut, c).divisor;

                if (amount) {
                    entries[n++] = (struct place_entry){ program->n_rows + c, amount };
                }
            }
        }
        first[i + 1] = n;
    }
    divided->first = first;
    divided->entries = entries;
}

void
place_divide(const struct place_program *program, struct cvm_arena *arena,
             struct place_program *divided)
{
    unsigned n_entries = program->first[program->n_columns];
    g_autofree unsigned *first = g_new0(unsigned, program->n_rows + 2);
    g_autofree unsigned *column = g_new0(unsigned, n_entries + 1);
    g_autofree uint64_t *amount = g_new0(uint64_t, n_entries + 1);
    g_autofree unsigned *cut_first = g_new0(unsigned, program->n_rows + 2);
    g_autoptr(GArray) cuts = g_array_new(FALSE, FALSE, sizeof(struct cut));
    const struct row_entries entries = { program, first, column, amount };
    uint64_t *limit;

    fill_row_entries(program, first, column, amount);
    for (unsigned i = 0; i < program->n_rows; i++) {
        find_cuts(&entries, i, cuts);
        cut_first[i + 1] = cuts->len;
    }
    *divided = *program;
    divided->n_rows = program->n_rows + cuts->len;
    limit = cvm_arena_array(arena, uint64_t, divided->n_rows + 1);
    for (unsigned i = 0; i < program->n_rows; i++) {
        limit[i] = program->limit[i];
        for (unsigned c = cut_first[i]; c < cut_first[i + 1]; c++) {
            limit[program->n_rows + c] =
                program->limit[i] / g_array_index(cuts, struct cut, c).divisor;
        }
    }
    divided->limit = limit;
    write_entries(program, cuts, cut_first, divided, arena);
}
