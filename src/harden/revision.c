/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* No lines are compared to find the difference: the pieces tell which lines are the original's. */
#include "harden/revision.h"

#include <string.h>

struct cvm_revision *
cvm_revision_new(const char *data, size_t size)
{
    struct cvm_revision *revision = g_new0(struct cvm_revision, 1);
    struct cvm_piece all = { size, 0 };

    revision->text = g_string_new_len(data, (gssize)size);
    revision->original = g_malloc(size + 1);
    memcpy(revision->original, data, size);
    revision->original[size] = '\0';
    revision->original_size = size;
    revision->pieces = g_array_new(FALSE, FALSE, sizeof(struct cvm_piece));
    g_array_append_val(revision->pieces, all);
    revision->ends = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n') {
            g_array_append_val(revision->ends, i);
        }
    }
    return revision;
}

void
cvm_revision_free(struct cvm_revision *revision)
{
    if (revision) {
        g_string_free(revision->text, TRUE);
        g_array_unref(revision->pieces);
        g_array_unref(revision->ends);
        g_free(revision->original);
        g_free(revision);
    }
}

static void
append_piece(GArray *pieces, size_t length, size_t origin)
{
    struct cvm_piece piece = { length, origin };
    struct cvm_piece *last =
        pieces->len ? &g_array_index(pieces, struct cvm_piece, pieces->len - 1) : NULL;

    if (length == 0) {
        return;
    }
    if (last && origin != CVM_PIECE_NEW && last->origin != CVM_PIECE_NEW &&
        last->origin + last->length == origin) {
        last->length += length;
    } else {
        g_array_append_val(pieces, piece);
    }
}

/* The pieces of text[start, end). */
static void
copy_pieces(GArray *to, const GArray *from, size_t start, size_t end)
{
    size_t at = 0;

    for (guint i = 0; i < from->len && at < end; i++) {
        const struct cvm_piece *piece = &g_array_index(from, struct cvm_piece, i);
        size_t first = MAX(at, start), behind = MIN(at + piece->length, end);

        if (first < behind) {
            append_piece(to, behind - first,
                         piece->origin == CVM_PIECE_NEW ? CVM_PIECE_NEW
                                                        : piece->origin + (first - at));
        }
        at += piece->length;
    }
}

void
cvm_revision_apply(struct cvm_revision *revision, struct cvm_edits *edits)
{
    GString *text = g_string_sized_new(revision->text->len + 256);
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(struct cvm_piece));
    size_t at = 0;

    for (guint i = 0; i < edits->items->len; i++) {
        const struct cvm_edit *edit = &g_array_index(edits->items, struct cvm_edit, i);

        g_assert(edit->start >= at && edit->end <= revision->text->len);
        g_string_append_len(text, revision->text->str + at, (gssize)(edit->start - at));
        copy_pieces(pieces, revision->pieces, at, edit->start);
        g_string_append(text, edit->text);
        append_piece(pieces, strlen(edit->text), CVM_PIECE_NEW);
        at = edit->end;
    }
    g_string_append_len(text, revision->text->str + at, (gssize)(revision->text->len - at));
    copy_pieces(pieces, revision->pieces, at, revision->text->len);
    g_string_free(revision->text, TRUE);
    g_array_unref(revision->pieces);
    revision->text = text;
    revision->pieces = pieces;
}

/* How many lines end before a byte of the original. */
static unsigned
count_before(const struct cvm_revision *revision, size_t at)
{
    guint low = 0, high = revision->ends->len;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (g_array_index(revision->ends, size_t, middle) < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

unsigned
cvm_revision_line(const struct cvm_revision *revision, size_t at)
{
    size_t origin = 0;

    for (guint i = 0; i < revision->pieces->len; i++) {
        const struct cvm_piece *piece = &g_array_index(revision->pieces, struct cvm_piece, i);

        if (piece->origin != CVM_PIECE_NEW) {
            origin = piece->origin + MIN(at, piece->length);
        }
        if (at < piece->length) {
            break;
        }
        at -= piece->length;
    }
    return count_before(revision, origin) + 1;
}

/* ---- difference ---- */

/* Lines, each with its end. */
struct lines {
    const char *data;
    GArray *starts; /* of size_t; one more than there are lines */
};

static struct lines
split_lines(const char *data, size_t size)
{
    struct lines lines = { data, g_array_new(FALSE, FALSE, sizeof(size_t)) };
    size_t at = 0;

    g_array_append_val(lines.starts, at);
    while (at < size) {
        const char *end = memchr(data + at, '\n', size - at);

        at = end ? (size_t)(end - data) + 1 : size;
        g_array_append_val(lines.starts, at);
    }
    return lines;
}

static size_t
count_lines(const struct lines *lines)
{
    return lines->starts->len - 1;
}

static size_t
start_of(const struct lines *lines, size_t line)
{
    return g_array_index(lines->starts, size_t, line);
}

/* Lines [old, old_end) become lines [new, new_end). */
struct change {
    size_t old, old_end, new, new_end;
};

static gboolean
has_same_line(const struct lines *old, size_t i, const struct lines *new, size_t j)
{
    size_t length = start_of(old, i + 1) - start_of(old, i);

    return start_of(new, j + 1) - start_of(new, j) == length &&
           memcmp(old->data + start_of(old, i), new->data + start_of(new, j), length) == 0;
}

/* Without the lines at both ends that are the same after all. */
static void
add_change(GArray *changes, struct change change, const struct lines *old, const struct lines *new)
{
    while (change.old < change.old_end &&
           change.new < change.new_end &&has_same_line(old, change.old, new, change.new)) {
        change.old++;
        change.new ++;
    }
    while (change.old < change.old_end &&
           change.new <
               change.new_end &&has_same_line(old, change.old_end - 1, new, change.new_end - 1)) {
        change.old_end--;
        change.new_end--;
    }
    if (change.old < change.old_end || change.new < change.new_end) {
        g_array_append_val(changes, change);
    }
}

/* The first line that starts at a byte or behind it. */
static size_t
find_line_from(const struct lines *lines, size_t at)
{
    size_t low = 0, high = lines->starts->len - 1;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (start_of(lines, middle) < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whole lines that a piece has in common with the original. */
static struct change
find_kept(const struct lines *old, const struct lines *new, const struct cvm_piece *piece,
          size_t at)
{
    size_t skip = MAX(start_of(old, find_line_from(old, piece->origin)) - piece->origin,
                      start_of(new, find_line_from(new, at)) - at);
    struct change kept = { 0 };

    if (skip >= piece->length) {
        return kept;
    }
    kept.old = kept.old_end = find_line_from(old, piece->origin + skip);
    kept.new = kept.new_end = find_line_from(new, at + skip);
    while (kept.old_end < count_lines(old) && kept.new_end < count_lines(new) &&
           start_of(old, kept.old_end + 1) <= piece->origin + piece->length &&
           start_of(new, kept.new_end + 1) <= at + piece->length) {
        kept.old_end++;
        kept.new_end++;
    }
    return kept;
}

static GArray *
find_changes(const struct cvm_revision *revision, const struct lines *old, const struct lines *new)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct change));
    size_t at = 0, old_line = 0, new_line = 0;

    for (guint i = 0; i < revision->pieces->len; i++) {
        const struct cvm_piece *piece = &g_array_index(revision->pieces, struct cvm_piece, i);

        if (piece->origin != CVM_PIECE_NEW) {
            struct change kept = find_kept(old, new, piece, at);

            if (kept.old < kept.old_end) {
                add_change(changes, (struct change){ old_line, kept.old, new_line, kept.new }, old,
                           new);
                old_line = kept.old_end;
                new_line = kept.new_end;
            }
        }
        at += piece->length;
    }
    add_change(changes, (struct change){ old_line, count_lines(old), new_line, count_lines(new) },
               old, new);
    return changes;
}

enum { CONTEXT = 3 };

static void
print_lines(GString *diff, char mark, const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        size_t start = start_of(lines, i), end = start_of(lines, i + 1);

        g_string_append_c(diff, mark);
        g_string_append_len(diff, lines->data + start, (gssize)(end - start));
        if (lines->data[end - 1] != '\n') {
            g_string_append(diff, "\n\\ No newline at end of file\n");
        }
    }
}

/* An empty range is named by the line before it. */
static void
print_range(GString *diff, char mark, size_t from, size_t to)
{
    g_string_append_printf(diff, " %c%zu,%zu", mark, to > from ? from + 1 : from, to - from);
}

/* Changes first to last, which are not further apart than their context. */
static void
print_hunk(GString *diff, const GArray *changes, guint first, guint last, const struct lines *old,
           const struct lines *new)
{
    const struct change *head = &g_array_index(changes, struct change, first);
    const struct change *tail = &g_array_index(changes, struct change, last);
    size_t before = MIN(head->old, CONTEXT);
    size_t after = MIN(count_lines(old) - tail->old_end, CONTEXT);
    size_t line = head->old - before;

    g_string_append(diff, "@@");
    print_range(diff, '-', line, tail->old_end + after);
    print_range(diff, '+', head->new - before, tail->new_end + after);
    g_string_append(diff, " @@\n");
    for (guint i = first; i <= last; i++) {
        const struct change *change = &g_array_index(changes, struct change, i);

        print_lines(diff, ' ', old, line, change->old);
        print_lines(diff, '-', old, change->old, change->old_end);
        print_lines(diff, '+', new, change->new, change->new_end);
        line = change->old_end;
    }
    print_lines(diff, ' ', old, line, tail->old_end + after);
}

/* patch reads a name in quotes as C does, and a plain one up to a tab. */
static void
print_name(GString *diff, const char *mark, const char *folder, const char *name)
{
    g_autofree char *path = g_strconcat(folder, name + strspn(name, "/"), NULL);
    g_autofree char *escaped = g_strescape(path, NULL);

    if (g_str_equal(escaped, path)) {
        g_string_append_printf(diff, "%s %s%s\n", mark, path, strchr(path, ' ') ? "\t" : "");
    } else {
        g_string_append_printf(diff, "%s \"%s\"\n", mark, escaped);
    }
}

char *
cvm_revision_diff(const struct cvm_revision *revision, const char *name, size_t *size)
{
    struct lines old = split_lines(revision->original, revision->original_size);
    struct lines new = split_lines(revision->text->str, revision->text->len);
    g_autoptr(GArray) changes = find_changes(revision, &old, &new);
    GString *diff = g_string_new(NULL);

    if (changes->len > 0) {
        print_name(diff, "---", "a/", name);
        print_name(diff, "+++", "b/", name);
    }
    for (guint i = 0, last; i < changes->len; i = last + 1) {
        for (last = i; last + 1 < changes->len; last++) {
            const struct change *one = &g_array_index(changes, struct change, last);

            if (one[1].old - one->old_end > 2 * CONTEXT) {
                break;
            }
        }
        print_hunk(diff, changes, i, last, &old, &new);
    }
    g_array_unref(old.starts);
    g_array_unref(new.starts);
    *size = diff->len;
    return g_string_free(diff, FALSE);
}
