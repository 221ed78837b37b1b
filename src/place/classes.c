/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that are alike: parts of a programme that share no row, sorted into classes of equal ones.
 * Two hundred hosts of eight kinds are eight questions instead of two hundred. */
#include <string.h>

#include "place/problem.h"

/* The columns of a part, in their order. */
struct part {
    GArray *columns; /* unsigned */
};

static void
free_part(void *data)
{
    struct part *part = data;

    g_array_unref(part->columns);
    g_free(part);
}

static GPtrArray *
find_parts(const struct place_program *program, const unsigned *group)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(free_part);
    g_autoptr(GHashTable) by_group = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < program->n_columns; i++) {
        struct part *part = g_hash_table_lookup(by_group, GUINT_TO_POINTER(group[i] + 1));

        if (!part) {
            part = g_new(struct part, 1);
            part->columns = g_array_new(FALSE, FALSE, sizeof(unsigned));
            g_ptr_array_add(parts, part);
            g_hash_table_insert(by_group, GUINT_TO_POINTER(group[i] + 1), part);
        }
        g_array_append_val(part->columns, i);
    }
    return parts;
}

/* The part as a programme of its own, without items. row_of: PLACE_NO_ITEM for each row, and so
 * again behind. */
static void
cut_out(const struct place_program *program, const struct part *part, unsigned *row_of,
        struct cvm_arena *arena, struct place_class *class)
{
    unsigned n = part->columns->len, n_entries = 0, n_rows = 0;
    const unsigned *columns = (const unsigned *)(const void *)part->columns->data;
    int64_t *cost = cvm_arena_array(arena, int64_t, n);
    uint32_t *upper = cvm_arena_array(arena, uint32_t, n);
    unsigned *item = cvm_arena_array(arena, unsigned, n);
    unsigned *none = cvm_arena_array(arena, unsigned, n);
    unsigned *first = cvm_arena_array(arena, unsigned, n + 1);
    struct place_entry *entries;
    uint64_t *limit;

    for (unsigned j = 0; j < n; j++) {
        n_entries += program->first[columns[j] + 1] - program->first[columns[j]];
    }
    entries = cvm_arena_array(arena, struct place_entry, n_entries + 1);
    limit = cvm_arena_array(arena, uint64_t, n_entries + 1);
    n_entries = 0;
    for (unsigned j = 0; j < n; j++) {
        unsigned i = columns[j];

        cost[j] = program->cost[i];
        upper[j] = program->upper[i];
        item[j] = program->item[i];
        none[j] = PLACE_NO_ITEM;
        for (unsigned k = program->first[i]; k < program->first[i + 1]; k++) {
            unsigned row = program->entries[k].row;

            if (row_of[row] == PLACE_NO_ITEM) {
                limit[n_rows] = program->limit[row];
                row_of[row] = n_rows++;
            }
            entries[n_entries].row = row_of[row];
            entries[n_entries++].amount = program->entries[k].amount;
        }
        first[j + 1] = n_entries;
    }
    for (unsigned j = 0; j < n; j++) {
        for (unsigned k = program->first[columns[j]]; k < program->first[columns[j] + 1]; k++) {
            row_of[program->entries[k].row] = PLACE_NO_ITEM;
        }
    }
    class->item = item;
    class->program = (struct place_program){
        .n_columns = n,
        .n_rows = n_rows,
        .cost = cost,
        .upper = upper,
        .item = none,
        .first = first,
        .entries = entries,
        .limit = limit,
    };
}

/* All that tells one class from another. */
static GBytes *
describe(const struct place_class *class)
{
    const struct place_program *program = &class->program;
    GByteArray *bytes = g_byte_array_new();

#define ADD(array, count)                                                                          \
    g_byte_array_append(bytes, (const guint8 *)(array), (guint)(sizeof(*(array)) * (count)))
    ADD(program->cost, program->n_columns);
    ADD(program->upper, program->n_columns);
    ADD(class->item, program->n_columns);
    ADD(program->first, program->n_columns + 1);
    for (unsigned k = 0; k < program->first[program->n_columns]; k++) {
        ADD(&program->entries[k].row, 1);
        ADD(&program->entries[k].amount, 1);
    }
    ADD(program->limit, program->n_rows);
#undef ADD
    return g_byte_array_free_to_bytes(bytes);
}

void
place_classes_init(const struct place_program *program, const unsigned *group,
                   struct cvm_arena *arena, struct place_classes *classes)
{
    g_autoptr(GPtrArray) parts = find_parts(program, group);
    g_autoptr(GHashTable) known =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    g_autofree unsigned *row_of = g_new(unsigned, program->n_rows + 1);

    memset(row_of, 0xff, sizeof(*row_of) * (program->n_rows + 1));
    classes->items = cvm_arena_array(arena, struct place_class, parts->len + 1);
    classes->count = 0;
    classes->n_parts = parts->len;
    for (guint p = 0; p < parts->len; p++) {
        const struct part *part = parts->pdata[p];
        struct place_class here = { 0 }, *class;
        struct place_member *member = cvm_arena_new0(arena, struct place_member);
        GBytes *bytes;

        cut_out(program, part, row_of, arena, &here);
        bytes = describe(&here);
        class = g_hash_table_lookup(known, bytes);
        if (!class) {
            class = &classes->items[classes->count++];
            *class = here;
            g_hash_table_insert(known, bytes, class);
        } else {
            g_bytes_unref(bytes);
        }
        member->columns = cvm_arena_array(arena, unsigned, part->columns->len);
        memcpy(member->columns, part->columns->data, sizeof(unsigned) * part->columns->len);
        member->next = class->members;
        class->members = member;
        class->n_members++;
    }
}

gboolean
place_classes_sum(const struct place_program *program, const struct place_classes *classes,
                  struct cvm_arena *arena, struct place_program *sum)
{
    int64_t *cost = cvm_arena_array(arena, int64_t, program->n_columns + 1);
    uint32_t *upper = cvm_arena_array(arena, uint32_t, program->n_columns + 1);
    unsigned *item = cvm_arena_array(arena, unsigned, program->n_columns + 1);
    unsigned *first = cvm_arena_array(arena, unsigned, program->n_columns + 2);
    struct place_entry *entries =
        cvm_arena_array(arena, struct place_entry, program->first[program->n_columns] + 1);
    uint64_t *limit = cvm_arena_array(arena, uint64_t, program->n_rows + 1);
    unsigned n = 0, n_rows = 0, n_entries = 0;

    for (unsigned g = 0; g < classes->count; g++) {
        const struct place_class *class = &classes->items[g];
        const struct place_program *one = &class->program;

        for (unsigned j = 0; j < one->n_columns; j++) {
            cost[n] = one->cost[j];
            item[n] = class->item[j];
            upper[n] =
                (uint32_t)MIN((uint64_t)one->upper[j] * class->n_members, program->wanted[item[n]]);
            for (unsigned k = one->first[j]; k < one->first[j + 1]; k++) {
                entries[n_entries].row = n_rows + one->entries[k].row;
                entries[n_entries++].amount = one->entries[k].amount;
            }
            first[++n] = n_entries;
        }
        for (unsigned i = 0; i < one->n_rows; i++) {
            if (__builtin_mul_overflow(one->limit[i], class->n_members, &limit[n_rows++])) {
                return FALSE;
            }
        }
    }
    *sum = (struct place_program){
        .n_columns = n,
        .n_rows = n_rows,
        .n_items = program->n_items,
        .cost = cost,
        .upper = upper,
        .item = item,
        .first = first,
        .entries = entries,
        .limit = limit,
        .wanted = program->wanted,
    };
    return TRUE;
}
