/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of edits. */
#include "harden/edit.h"

#include <stdlib.h>
#include <string.h>

static void
clear_edit(gpointer data)
{
    g_free(((struct cvm_edit *)data)->text);
}

struct cvm_edits *
cvm_edits_new(const struct cvm_source *source)
{
    struct cvm_edits *edits = g_new0(struct cvm_edits, 1);

    edits->source = source;
    edits->items = g_array_new(FALSE, FALSE, sizeof(struct cvm_edit));
    g_array_set_clear_func(edits->items, clear_edit);
    return edits;
}

void
cvm_edits_free(struct cvm_edits *edits)
{
    if (edits) {
        g_array_unref(edits->items);
        g_free(edits);
    }
}

static struct cvm_edit *
edit_at(const struct cvm_edits *edits, guint i)
{
    return &g_array_index(edits->items, struct cvm_edit, i);
}

void
cvm_edit_replace(struct cvm_edits *edits, size_t start, size_t end,
                 char *text) /* NOLINT(readability-non-const-parameter): it becomes the edit's */
{
    struct cvm_edit edit = { start, end, text, edits->items->len };

    g_array_append_val(edits->items, edit);
}

/* ---- together ---- */

/* Two that put something in at the same place could each bring the same parent along. */
static gboolean
touches(const struct cvm_edit *a, const struct cvm_edit *b)
{
    if (a->start == a->end && b->start == b->end) {
        return a->start == b->start;
    }
    return a->start < b->end && b->start < a->end;
}

static gboolean
is_same(const struct cvm_edit *a, const struct cvm_edit *b)
{
    return a->start == b->start && a->end == b->end && g_str_equal(a->text, b->text);
}

static gboolean
is_within(const struct cvm_edit *inner, const struct cvm_edit *outer)
{
    return inner->start == inner->end ? outer->start < inner->start && inner->start < outer->end
                                      : outer->start <= inner->start && inner->end <= outer->end;
}

static int
compare(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* By place; what is put in comes before what is taken out there, and as it was added. */
static int
compare_edits(const void *a, const void *b)
{
    const struct cvm_edit *left = a, *right = b;
    int order = compare(left->start, right->start);

    order = order ? order : compare(left->end > left->start, right->end > right->start);
    order = order ? order : compare(right->end, left->end);
    return order ? order : compare(left->order, right->order);
}

/* The first of the settled ones, which are sorted and apart, that ends at a byte or behind it. */
static guint
find_settled(const struct cvm_edits *edits, guint mark, size_t at)
{
    guint low = 0, high = mark;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (edit_at(edits, middle)->end < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum relation { APART, SAME, TOUCHING };

static enum relation
relate(const struct cvm_edits *edits, guint mark, const struct cvm_edit *edit)
{
    size_t length = edit->end - edit->start;

    if (strlen(edit->text) == length &&
        memcmp(edits->source->data + edit->start, edit->text, length) == 0) {
        return SAME; /* as what is there */
    }
    for (guint i = find_settled(edits, mark, edit->start); i < mark; i++) {
        const struct cvm_edit *settled = edit_at(edits, i);

        if (settled->start > edit->end) {
            break;
        }
        if (is_same(settled, edit)) {
            return SAME;
        }
        if (touches(settled, edit)) {
            return TOUCHING;
        }
    }
    return APART;
}

gboolean
cvm_edits_settle(struct cvm_edits *edits, guint mark)
{
    guint count = mark;

    if (edits->items->len == mark) {
        return TRUE;
    }
    qsort(edits->items->data + mark * sizeof(struct cvm_edit), edits->items->len - mark,
          sizeof(struct cvm_edit), compare_edits);
    for (guint i = mark; i < edits->items->len; i++) {
        struct cvm_edit *edit = edit_at(edits, i);
        enum relation relation = relate(edits, mark, edit);

        if (relation == TOUCHING) {
            g_array_set_size(edits->items, mark);
            return FALSE;
        }
        if (relation == SAME || (count > mark && is_within(edit, edit_at(edits, count - 1)))) {
            g_clear_pointer(&edit->text, g_free);
        } else {
            struct cvm_edit kept = *edit;

            edit->text = NULL;
            *edit_at(edits, count++) = kept;
        }
    }
    g_array_set_size(edits->items, count);
    if (mark > 0 && count > mark &&
        compare_edits(edit_at(edits, mark - 1), edit_at(edits, mark)) > 0) {
        g_array_sort(edits->items, compare_edits);
    }
    return TRUE;
}

gboolean
cvm_edits_cover(const struct cvm_edits *edits, const struct cvm_node *element)
{
    for (guint i = 0; i < edits->items->len; i++) {
        const struct cvm_edit *edit = edit_at(edits, i);

        if (edit->start <= element->start && element->end <= edit->end) {
            return TRUE;
        }
    }
    return FALSE;
}
