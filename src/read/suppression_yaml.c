/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The comments of YAML: behind a value they reach its line, alone on theirs the next one that is no
 * comment. */
#include <string.h>
#include <yaml.h>

#include "read/suppression.h"

/* A '#' that begins a comment, unless it is inside a scalar or another comment. */
struct candidate {
    struct cvm_cursor place;
    gboolean inside;
};

/* The '#' before the mark, when it may begin a comment: at the head of a line or behind a blank. */
static const char *
find_hash(const char *start, const char *mark)
{
    while (mark > start && (mark[-1] == ' ' || mark[-1] == '\t')) {
        mark--;
    }
    if (mark == start || mark[-1] != '#') {
        return NULL;
    }
    mark--;
    return mark == start || g_ascii_isspace(mark[-1]) ? mark : NULL;
}

static GArray *
find_candidates(struct cvm_cursor cursor)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate));
    const char *start = cursor.at;

    for (const char *mark = start; (mark = strstr(mark, CVM_COMMENT_MARK));
         mark += strlen(CVM_COMMENT_MARK)) {
        const char *hash = find_hash(start, mark);

        if (hash && hash >= cursor.at) {
            struct candidate candidate;

            cvm_cursor_advance(&cursor, hash);
            candidate = (struct candidate){ .place = cursor };
            g_array_append_val(candidates, candidate);
        }
    }
    return candidates;
}

static gboolean
is_before(const struct cvm_cursor *place, const yaml_mark_t *mark)
{
    unsigned line = (unsigned)mark->line + 1;

    return place->line < line || (place->line == line && place->column <= mark->column);
}

/* From the end of the last token, or the head of the line, to a comment there is nothing but white
 * space: a '#' makes that the beginning of the comment. */
static gboolean
is_nested(const struct cvm_cursor *place, const yaml_mark_t *last)
{
    size_t count = place->column - 1;

    if (place->line == last->line + 1) {
        count -= last->column;
    }
    for (const char *at = place->at; count > 0; count--) {
        at = g_utf8_prev_char(at);
        if (*at == '#') {
            return TRUE;
        }
    }
    return FALSE;
}

/* The candidates between the last token and this one: the first of a line is a comment, or inside
 * of one, and so are the others of its line. */
static void
pass_comments(GArray *candidates, guint *next, const yaml_mark_t *last, const yaml_token_t *token)
{
    unsigned line = 0;

    for (; *next < candidates->len; ++*next) {
        struct candidate *candidate = &g_array_index(candidates, struct candidate, *next);

        if (!is_before(&candidate->place, &token->start_mark)) {
            return;
        }
        candidate->inside = candidate->place.line == line || is_nested(&candidate->place, last);
        line = candidate->place.line;
    }
}

/* The candidates in a token. Behind the '|' of a block scalar there can be nothing but a comment.
 */
static void
pass_inside(GArray *candidates, guint *next, const yaml_token_t *token)
{
    gboolean block = token->type == YAML_SCALAR_TOKEN &&
                     (token->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                      token->data.scalar.style == YAML_FOLDED_SCALAR_STYLE);

    for (; *next < candidates->len; ++*next) {
        struct candidate *candidate = &g_array_index(candidates, struct candidate, *next);

        if (!is_before(&candidate->place, &token->end_mark)) {
            return;
        }
        candidate->inside = !block || candidate->place.line > token->start_mark.line + 1;
    }
}

static gboolean
is_content(yaml_token_type_t type)
{
    return type != YAML_STREAM_START_TOKEN && type != YAML_VERSION_DIRECTIVE_TOKEN &&
           type != YAML_TAG_DIRECTIVE_TOKEN && type != YAML_DOCUMENT_START_TOKEN;
}

/* Tells comments from text that looks like one, by libyaml's tokens. Returns the line where the
 * content of the first document begins. Should the text be no YAML, no candidate is left. */
static unsigned
scan_tokens(const char *data, size_t size, GArray *candidates)
{
    yaml_parser_t parser;
    yaml_token_type_t type = YAML_NO_TOKEN;
    yaml_mark_t last = { 0 };
    unsigned head = 0;
    guint next = 0;

    if (!yaml_parser_initialize(&parser)) {
        g_error("out of memory");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, size);
    do {
        yaml_token_t token;

        if (!yaml_parser_scan(&parser, &token)) {
            g_array_set_size(candidates, 0);
            break;
        }
        type = token.type;
        if (head == 0 && is_content(type)) {
            head = (unsigned)token.start_mark.line + 1;
        }
        pass_comments(candidates, &next, &last, &token);
        pass_inside(candidates, &next, &token);
        last = token.end_mark;
        yaml_token_delete(&token);
    } while (type != YAML_STREAM_END_TOKEN);
    yaml_parser_delete(&parser);
    return head;
}

static const char *
find_line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline ? newline : end;
}

static gboolean
stands_alone(const char *start, const char *hash)
{
    while (hash > start && (hash[-1] == ' ' || hash[-1] == '\t')) {
        hash--;
    }
    return hash == start || hash[-1] == '\n';
}

/* The first line below a comment that is no comment itself. */
static unsigned
find_next_line(const char *at, const char *end, unsigned line)
{
    for (;;) {
        at = find_line_end(at, end);
        line++;
        if (at == end) {
            return line;
        }
        at++;
        at += strspn(at, " \t");
        if (*at != '#') {
            return line;
        }
    }
}

void
cvm_comments_read_yaml(struct cvm_comments *comments)
{
    const struct cvm_cursor cursor = cvm_cursor_begin(comments->source);
    const char *start = cursor.at, *end = cursor.end;
    g_autoptr(GArray) candidates = find_candidates(cursor);
    unsigned head, next_line = 0;

    head = scan_tokens(start, (size_t)(end - start), candidates);
    for (guint i = 0; i < candidates->len; i++) {
        const struct candidate *candidate = &g_array_index(candidates, struct candidate, i);
        const char *hash = candidate->place.at, *stop = find_line_end(hash, end);
        struct cvm_suppression *one =
            candidate->inside ? NULL : cvm_comment_add(comments, &candidate->place, hash + 1, stop);

        if (!one) {
            continue;
        }
        if (stands_alone(start, hash)) {
            /* Comments on lines that follow each other reach the same line: looked for once. */
            if (next_line <= one->first) {
                next_line = find_next_line(hash, end, one->first);
            }
            one->first = one->last = next_line;
        }
        cvm_comment_demand_head(one, candidate->place.line < head);
    }
}
