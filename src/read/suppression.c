/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Suppression comments: what they say, and which lines they reach. libyaml drops comments and the
 * XML tree does not keep them, so both are looked for in the text itself, once it is known to be
 * well formed and only where the mark occurs at all: most files are searched once and left. */
#include "read/suppression.h"

#include <string.h>

#include "read/read.h"
#include "util/quote.h"

enum {
    REASON_MAX = 400, /* characters that are kept: each suppressed finding repeats them */
};

const char *
cvm_comment_skip_blanks(const char *at, const char *end)
{
    while (at < end && g_ascii_isspace(*at)) {
        at++;
    }
    return at;
}

/* ---- what a comment says ---- */

/* Behind a name; a second hyphen does not belong to it. */
static const char *
skip_name(const char *at, const char *end)
{
    while (at < end && (g_ascii_isalnum(*at) || (*at == '-' && !cvm_starts_with(at, end, "--")))) {
        at++;
    }
    return at;
}

/* Behind the list of names; NULL when there is none, or one name is missing. */
static const char *
read_names(struct cvm_comments *comments, const char *at, const char *end,
           struct cvm_suppression *to)
{
    to->rules = cvm_arena_array(comments->arena, struct cvm_suppressed, CVM_LIMIT_SUPPRESSED);
    for (;;) {
        const char *name = cvm_comment_skip_blanks(at, end);

        at = skip_name(name, end);
        if (at == name || to->count == CVM_LIMIT_SUPPRESSED) {
            return NULL;
        }
        to->rules[to->count++].name = cvm_arena_strndup(comments->arena, name, (size_t)(at - name));
        at = cvm_comment_skip_blanks(at, end);
        if (at == end || *at != ',') {
            return at;
        }
        at++;
    }
}

/* One line, white space as single blanks; NULL for nothing but that, and for signs alone. */
static const char *
read_reason(struct cvm_comments *comments, const char *at, const char *end)
{
    g_autoptr(GString) reason = g_string_new(NULL);
    unsigned length = 0;
    gboolean says = FALSE; /* something: a letter or a digit, nothing invisible */

    for (at = cvm_comment_skip_blanks(at, end); at < end && length < REASON_MAX; length++) {
        const char *next = g_utf8_next_char(at);

        says |= g_unichar_isalnum(g_utf8_get_char(at));
        if (g_ascii_isspace(*at)) {
            next = cvm_comment_skip_blanks(at, end);
            g_string_append(reason, next < end ? " " : "");
        } else {
            g_string_append_len(reason, at, next - at);
        }
        at = next;
    }
    if (!says) {
        return NULL;
    }
    g_string_append(reason, at < end ? "…" : "");
    return cvm_arena_strdup(comments->arena, reason->str);
}

/* "-- reason" is shorter to type than ": reason", but XML forbids it inside comments (XML 1.0,
 * section 2.5), so that only YAML has it. */
static const char *
skip_separator(const struct cvm_comments *comments, const char *at, const char *end)
{
    if (at < end && *at == ':') {
        return at + 1;
    }
    return comments->yaml && cvm_starts_with(at, end, "--") ? at + 2 : end;
}

static gboolean
is_word(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) == strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

/* FALSE when a comment only happens to begin with the mark ("cvmdom: see the manual"). */
static gboolean
read_directive(struct cvm_comments *comments, const char *at, const char *end,
               struct cvm_suppression *to)
{
    const char *word =
        cvm_comment_skip_blanks(cvm_comment_skip_blanks(at, end) + strlen(CVM_COMMENT_MARK), end);
    const char *word_end = skip_name(word, end), *equals = cvm_comment_skip_blanks(word_end, end);
    gboolean assigns = equals < end && *equals == '=', known;

    to->whole_file = is_word(word, word_end, "ignore-file");
    known = to->whole_file || is_word(word, word_end, "ignore");
    if (!known && !assigns) {
        return FALSE;
    }
    at = known && assigns ? read_names(comments, equals + 1, end, to) : NULL;
    if (!at) {
        to->mistake = CVM_SUPPRESSION_MALFORMED;
        to->count = 0;
        return TRUE;
    }
    to->reason = read_reason(comments, skip_separator(comments, at, end), end);
    if (!to->reason) {
        to->mistake = CVM_SUPPRESSION_NO_REASON;
    }
    return TRUE;
}

struct cvm_suppression *
cvm_comment_add(struct cvm_comments *comments, const struct cvm_cursor *place, const char *at,
                const char *end)
{
    struct cvm_suppression one = { .first = place->line, .last = place->line };
    g_autofree char *text = NULL;
    struct cvm_node *node;

    if (comments->found->len > CVM_LIMIT_SUPPRESSIONS || !read_directive(comments, at, end, &one)) {
        return NULL;
    }
    if (comments->found->len == CVM_LIMIT_SUPPRESSIONS) {
        one.mistake = CVM_SUPPRESSION_TOO_MANY;
    }
    text = g_strndup(at, (gsize)(end - at));
    node = cvm_node_new(comments->arena, CVM_NODE_SCALAR, NULL, NULL);
    node->source = comments->source;
    node->line = place->line;
    node->column = place->column;
    node->text = cvm_arena_strdup(comments->arena, cvm_quote(comments->arena, g_strstrip(text)));
    one.node = node;
    g_array_append_val(comments->found, one);
    return &g_array_index(comments->found, struct cvm_suppression, comments->found->len - 1);
}

void
cvm_comment_demand_head(struct cvm_suppression *one, gboolean at_head)
{
    if (one->whole_file && !at_head && one->mistake == CVM_SUPPRESSION_FINE) {
        one->mistake = CVM_SUPPRESSION_MISPLACED;
    }
}

/* ---- both ---- */

static unsigned
start_of(const struct cvm_node *root)
{
    return root->name_line ? root->name_line : root->line;
}

/* A comment belongs to the document whose lines it reaches: the last one that begins before. */
static void
divide(struct cvm_suppressions *all, struct cvm_node *const *roots)
{
    for (unsigned i = 0; i < all->count; i++) {
        struct cvm_suppression *one = &all->items[i];

        for (unsigned j = 1; j < all->documents; j++) {
            unsigned start = start_of(roots[j]);

            if (start <= one->first &&
                (one->document == 0 || start > start_of(roots[one->document]))) {
                one->document = j;
            }
        }
    }
}

struct cvm_suppressions *
cvm_suppressions_read(struct cvm_arena *arena, const struct cvm_source *source, enum cvm_form form,
                      struct cvm_node *const *roots, unsigned count)
{
    struct cvm_comments comments = { arena, source, form == CVM_FORM_PROFILE, NULL };
    /* Nearly no text has a comment, and this character is in each, and in little else. */
    const char *first = strchr(source->data, form == CVM_FORM_PROFILE ? '#' : '!');
    g_autoptr(GArray) found = NULL;
    struct cvm_suppressions *all;

    if (!first || !strstr(first, CVM_COMMENT_MARK)) {
        return NULL;
    }
    comments.found = found = g_array_new(FALSE, FALSE, sizeof(struct cvm_suppression));
    if (comments.yaml) {
        cvm_comments_read_yaml(&comments);
    } else {
        cvm_comments_read_xml(&comments);
    }
    if (found->len == 0) {
        return NULL;
    }
    all = cvm_arena_new0(arena, struct cvm_suppressions);
    all->source = source;
    all->count = found->len;
    all->items = cvm_arena_array(arena, struct cvm_suppression, found->len);
    memcpy(all->items, found->data, sizeof(struct cvm_suppression) * found->len);
    all->documents = count;
    all->checked = cvm_arena_array(arena, gboolean, count);
    divide(all, roots);
    return all;
}
