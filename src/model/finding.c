/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/finding.h"

#include <stdint.h>
#include <string.h>

enum { EXCERPT_BEFORE = 60 }; /* characters of an overlong line that are kept before the column */

static void
free_finding(gpointer data)
{
    struct cvm_finding *finding = data;

    g_free(finding->message);
    g_free(finding->fix);
    g_free(finding->suppression);
    g_free(finding->file);
    g_free(finding->path);
    g_free(finding->excerpt);
    g_free(finding);
}

static void
free_failure(gpointer data)
{
    struct cvm_failure *failure = data;

    g_free(failure->message);
    g_free(failure->file);
    g_free(failure);
}

static void
free_config(gpointer data)
{
    struct cvm_config_use *use = data;

    g_free(use->file);
    g_free(use);
}

struct cvm_findings *
cvm_findings_new(void)
{
    struct cvm_findings *findings = g_new0(struct cvm_findings, 1);

    findings->items = g_ptr_array_new_with_free_func(free_finding);
    findings->not_run = g_ptr_array_new();
    findings->inputs = g_ptr_array_new_with_free_func(g_free);
    findings->failures = g_ptr_array_new_with_free_func(free_failure);
    findings->configs = g_ptr_array_new_with_free_func(free_config);
    return findings;
}

void
cvm_findings_free(struct cvm_findings *findings)
{
    if (!findings) {
        return;
    }
    g_clear_pointer(&findings->items, g_ptr_array_unref); /* NULL when they were taken */
    g_ptr_array_unref(findings->not_run);
    g_ptr_array_unref(findings->inputs);
    g_clear_pointer(&findings->failures, g_ptr_array_unref);
    g_ptr_array_unref(findings->configs);
    g_free(findings);
}

/* Eight bytes at a time: a line may be a megabyte long, and have two hundred findings. */
#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static unsigned
count_bytes(uint64_t ones)
{
    return (unsigned)((ones * EVERY_BYTE(1)) >> 56);
}

static unsigned
count_newlines(uint64_t word)
{
    uint64_t other = word ^ EVERY_BYTE('\n');
    uint64_t nonzero = ((other & EVERY_BYTE(0x7f)) + EVERY_BYTE(0x7f)) | other;

    return count_bytes((~nonzero >> 7) & EVERY_BYTE(1));
}

/* Bytes that begin a character: all but 10xxxxxx (RFC 3629, section 3). */
static unsigned
count_starts(uint64_t word)
{
    return 8 - count_bytes((word >> 7) & ~(word >> 6) & EVERY_BYTE(1));
}

static const char *
find_line(const char *at, const char *end, unsigned line)
{
    uint64_t word;

    for (line--; line > 8 && end - at >= 8; at += 8) {
        memcpy(&word, at, 8);
        line -= count_newlines(word);
    }
    for (; line > 0; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at) {
            return NULL;
        }
        at++;
    }
    return at;
}

static const char *
find_line_end(const char *start, const char *end)
{
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    const char *stop = newline ? newline : end;
    const char *cr = memchr(start, '\r', (size_t)(stop - start));

    return cr ? cr : stop;
}

static const char *
skip_characters(const char *at, const char *end, unsigned count)
{
    uint64_t word;

    for (; count > 8 && end - at >= 8; at += 8) {
        memcpy(&word, at, 8);
        count -= count_starts(word);
    }
    for (; at < end; at++) {
        if (((unsigned char)*at & 0xc0) != 0x80 && count-- == 0) {
            break;
        }
    }
    return at;
}

/* Moves the place to a line; FALSE when there is none. From an earlier place of the same text it
 * goes on there: a hostile file may have all its findings at the end of ten megabytes. */
static gboolean
go_to_line(struct cvm_findings_place *place, const struct cvm_source *source, unsigned line)
{
    const char *end = source->data + source->size, *start;

    if (place->source != source || place->line > line) {
        *place = (struct cvm_findings_place){ source, source->data, NULL, source->data, 1, 0 };
    }
    start = find_line(place->start, end, line - place->line + 1);
    if (!start) {
        return FALSE;
    }
    if (start != place->start || !place->end) {
        const char *stop = find_line_end(start, end);

        *place = (struct cvm_findings_place){ source, start, stop, start, line, 0 };
    }
    return TRUE;
}

/* The character of the place's line with so many before it. */
static const char *
go_to_character(struct cvm_findings_place *place, unsigned before)
{
    if (place->before > before) {
        place->at = place->start;
        place->before = 0;
    }
    place->at = skip_characters(place->at, place->end, before - place->before);
    place->before = before;
    return place->at;
}

/* The line, or of an overlong one what is around the column. */
static void
take_excerpt(struct cvm_findings_place *place, struct cvm_finding *finding,
             const struct cvm_source *source)
{
    unsigned before = finding->column > EXCERPT_BEFORE ? finding->column - 1 - EXCERPT_BEFORE : 0;
    const char *end, *from, *to;

    if (!source->data || finding->line == 0 || !go_to_line(place, source, finding->line)) {
        return;
    }
    end = place->end;
    if (skip_characters(place->start, end, CVM_EXCERPT_MAX) == end) {
        before = 0;
    }
    from = go_to_character(place, before);
    to = skip_characters(from, end, CVM_EXCERPT_MAX);
    finding->excerpt =
        g_strdup_printf("%s%.*s%s", before ? "…" : "", (int)(to - from), from, to < end ? "…" : "");
    finding->excerpt_column = finding->column - before + (before > 0);
}

struct cvm_finding *
cvm_findings_add(struct cvm_findings *findings, const char *rule, const char *name,
                 enum cvm_severity severity, const struct cvm_node *node, char *message)
{
    struct cvm_finding *finding = g_new0(struct cvm_finding, 1);

    finding->rule = rule;
    finding->name = name;
    finding->severity = severity;
    finding->message = message;
    if (node) {
        finding->line = node->line;
        finding->column = node->column;
        finding->path = cvm_node_path_among(node, findings->twins);
        finding->offset = node->start;
    }
    if (node && node->source) {
        finding->file = g_strdup(node->source->name);
        take_excerpt(&findings->place, finding, node->source);
    }
    g_ptr_array_add(findings->items, finding);
    return finding;
}

void
cvm_findings_add_input(struct cvm_findings *findings, const char *file)
{
    GPtrArray *inputs = findings->inputs;

    if (inputs->len == 0 || !g_str_equal(g_ptr_array_index(inputs, inputs->len - 1), file)) {
        g_ptr_array_add(inputs, g_strdup(file));
    }
}

void
cvm_findings_add_failure(struct cvm_findings *findings, const char *message, const char *file,
                         unsigned line, unsigned column)
{
    struct cvm_failure *failure = g_new0(struct cvm_failure, 1);

    failure->message = g_strdup(message);
    failure->file = g_strdup(file);
    failure->line = line;
    failure->column = column;
    g_ptr_array_add(findings->failures, failure);
}

void
cvm_findings_add_config(struct cvm_findings *findings, const char *file, unsigned ignored,
                        unsigned lowered)
{
    struct cvm_config_use *use = NULL;

    if (ignored == 0 && lowered == 0) {
        return;
    }
    /* From the end: files of one folder come together. */
    for (guint i = findings->configs->len; i > 0 && !use; i--) {
        struct cvm_config_use *known = g_ptr_array_index(findings->configs, i - 1);

        use = g_str_equal(known->file, file) ? known : NULL;
    }
    if (!use) {
        use = g_new0(struct cvm_config_use, 1);
        use->file = g_strdup(file);
        g_ptr_array_add(findings->configs, use);
    }
    use->ignored = MAX(use->ignored, ignored);
    use->lowered += lowered;
}

void
cvm_findings_add_not_run(struct cvm_findings *findings, const char *rule)
{
    GPtrArray *ids = findings->not_run;
    guint i = 0;

    while (i < ids->len &&
           g_ptr_array_index(ids, i) != rule) { /* g_ptr_array_find() calls for each */
        i++;
    }
    if (i == ids->len) {
        g_ptr_array_add(ids, (gpointer)rule);
    }
}

/* Of many documents the same rules are not run. */
static void
take_not_run(struct cvm_findings *to, struct cvm_findings *from)
{
    GPtrArray *before = to->not_run, *ids = from->not_run;

    if (before->len == 0) {
        to->not_run = ids;
        from->not_run = before;
    } else if (before->len < ids->len || ids->len == 0 ||
               memcmp(before->pdata, ids->pdata, ids->len * sizeof(gpointer)) != 0) {
        for (guint i = 0; i < ids->len; i++) {
            cvm_findings_add_not_run(to, g_ptr_array_index(ids, i));
        }
    }
}

static void
add_gone(struct cvm_findings_gone *to, const struct cvm_findings_gone *from)
{
    to->all += from->all;
    to->suppressed += from->suppressed;
    to->failing += from->failing;
    for (int severity = CVM_NOTE; severity <= CVM_SEVERE; severity++) {
        to->counted[severity] += from->counted[severity];
    }
}

void
cvm_findings_take(struct cvm_findings *to, struct cvm_findings *from)
{
    take_not_run(to, from);
    for (guint i = 0; i < from->inputs->len; i++) {
        cvm_findings_add_input(to, g_ptr_array_index(from->inputs, i));
    }
    for (guint i = 0; i < from->configs->len; i++) {
        const struct cvm_config_use *use = g_ptr_array_index(from->configs, i);

        cvm_findings_add_config(to, use->file, use->ignored, use->lowered);
    }
    add_gone(&to->gone, &from->gone);
    g_ptr_array_extend_and_steal(to->items, g_steal_pointer(&from->items));
    g_ptr_array_extend_and_steal(to->failures, g_steal_pointer(&from->failures));
    cvm_findings_free(from);
}

/* Position of each file's first mention, so that sorting keeps the order of the inputs. */
static GHashTable *
rank_files(const struct cvm_findings *findings)
{
    GHashTable *ranks = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (finding->file && !g_hash_table_contains(ranks, finding->file)) {
            g_hash_table_insert(ranks, finding->file, GUINT_TO_POINTER(i + 1));
        }
    }
    return ranks;
}

static guint
rank(GHashTable *ranks, const struct cvm_finding *finding)
{
    return finding->file ? GPOINTER_TO_UINT(g_hash_table_lookup(ranks, finding->file)) : 0;
}

static int
compare(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static gint
compare_findings(gconstpointer a, gconstpointer b, gpointer ranks)
{
    const struct cvm_finding *left = *(struct cvm_finding *const *)a;
    const struct cvm_finding *right = *(struct cvm_finding *const *)b;
    int order = compare(rank(ranks, left), rank(ranks, right));

    order = order ? order : compare(left->line, right->line);
    order = order ? order : compare(left->column, right->column);
    return order ? order : strcmp(left->rule, right->rule);
}

void
cvm_findings_sort(struct cvm_findings *findings)
{
    g_autoptr(GHashTable) ranks = NULL;

    if (findings->items->len > 1) {
        ranks = rank_files(findings);
        g_ptr_array_sort_with_data(findings->items, compare_findings, ranks);
    }
}

void
cvm_findings_forget(struct cvm_findings *findings)
{
    struct cvm_findings_gone *gone = &findings->gone;

    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        gone->suppressed += finding->suppression != NULL;
        gone->counted[finding->severity] += finding->suppression == NULL;
        gone->failing += finding->fails != 0;
    }
    gone->all += findings->items->len;
    g_ptr_array_set_size(findings->items, 0);
    g_ptr_array_set_size(findings->inputs, 0);
}

unsigned
cvm_findings_count(const struct cvm_findings *findings, enum cvm_severity severity)
{
    unsigned count = 0;

    for (int of = (int)severity; of <= CVM_SEVERE; of++) {
        count += findings->gone.counted[of];
    }
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        count += !finding->suppression && finding->severity >= severity;
    }
    return count;
}

const char *
cvm_severity_name(enum cvm_severity severity)
{
    static const char *const names[] = { "note", "warning", "error" };

    return names[severity];
}
