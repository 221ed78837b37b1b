/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The comments of XML: behind something on their line they reach that, else what they stand before;
 * of an element the whole start tag. The text is well formed and has no document type. */
#include <string.h>

#include "read/suppression.h"

struct xml_scan {
    struct cvm_comments *comments;
    struct cvm_cursor cursor;
    unsigned tags;      /* met so far */
    unsigned tag_line;  /* where the last one began */
    gboolean opens;     /* which was the root's start tag, or that of a domain */
    unsigned last_line; /* where the last tag or text ended; 0 for none */
    guint pending;      /* comments from here on wait for what they stand before */
};

/* Behind a tag, whose attributes may hold a '>'. */
static const char *
skip_tag(const char *at, const char *end)
{
    for (at++; at < end && *at != '>'; at++) {
        if (*at == '"' || *at == '\'') {
            const char *quote = memchr(at + 1, *at, (size_t)(end - at - 1));

            at = quote ? quote : end - 1;
        }
    }
    return at < end ? at + 1 : end;
}

/* The comments that stand before something reach from its first line to its last. */
static void
settle_pending(struct xml_scan *scan, unsigned first, unsigned last)
{
    GArray *found = scan->comments->found;

    for (; scan->pending < found->len; scan->pending++) {
        struct cvm_suppression *one = &g_array_index(found, struct cvm_suppression, scan->pending);

        one->first = first;
        one->last = last;
    }
}

/* What stands between two marks of markup. */
static void
scan_text(struct xml_scan *scan, const char *to)
{
    const char *text = cvm_comment_skip_blanks(scan->cursor.at, to);

    if (text == to) {
        return;
    }
    cvm_cursor_advance(&scan->cursor, text);
    settle_pending(scan, scan->cursor.line, scan->cursor.line);
    while (g_ascii_isspace(to[-1])) {
        to--;
    }
    cvm_cursor_advance(&scan->cursor, to);
    scan->last_line = scan->cursor.line;
}

/* Behind something it reaches that line, and the tag that ends there from its beginning on. */
static void
scan_comment(struct xml_scan *scan, const char *behind)
{
    struct cvm_suppression *one = NULL;
    const char *text = scan->cursor.at + strlen("<!--"), *stop = behind - strlen("-->");
    gboolean trails = scan->last_line == scan->cursor.line;

    if (stop > text &&
        cvm_starts_with(cvm_comment_skip_blanks(text, stop), stop, CVM_COMMENT_MARK)) {
        one = cvm_comment_add(scan->comments, &scan->cursor, text, stop);
    }
    if (one) {
        cvm_comment_demand_head(one, scan->tags == 0 || scan->opens);
        if (trails) {
            one->first = MIN(one->first, scan->tag_line);
            scan->pending = scan->comments->found->len;
        }
    }
    cvm_cursor_advance(&scan->cursor, behind);
}

static gboolean
is_named(const char *tag, const char *end, const char *name)
{
    return cvm_starts_with(tag + 1, end, name) && !g_ascii_isalnum(tag[1 + strlen(name)]) &&
           !strchr("-_:.", tag[1 + strlen(name)]);
}

static void
scan_tag(struct xml_scan *scan, const char *behind)
{
    const char *tag = scan->cursor.at, *text = cvm_comment_skip_blanks(behind, scan->cursor.end);
    gboolean start = tag[1] != '/';

    scan->opens = start && behind[-2] != '/' &&
                  (scan->tags == 0 || is_named(tag, scan->cursor.end, "domain") ||
                   is_named(tag, scan->cursor.end, "inactiveDomain"));
    scan->tags++;
    scan->tag_line = scan->cursor.line;
    cvm_cursor_advance(&scan->cursor, behind);
    scan->last_line = scan->cursor.line;
    /* A finding of an element is at its text where it has some. */
    if (start && text < scan->cursor.end && *text != '<') {
        cvm_cursor_advance(&scan->cursor, text);
    }
    settle_pending(scan, scan->tag_line, scan->cursor.line);
}

void
cvm_comments_read_xml(struct cvm_comments *comments)
{
    struct xml_scan scan = { .comments = comments, .cursor = cvm_cursor_begin(comments->source) };
    const char *at, *end = scan.cursor.end;

    while ((at = memchr(scan.cursor.at, '<', (size_t)(end - scan.cursor.at)))) {
        scan_text(&scan, at);
        cvm_cursor_advance(&scan.cursor, at);
        if (cvm_starts_with(at, end, "<!--")) {
            scan_comment(&scan, cvm_skip_past(at + strlen("<!--"), end, "-->"));
        } else if (cvm_starts_with(at, end, "<?")) {
            cvm_cursor_advance(&scan.cursor, cvm_skip_past(at, end, "?>"));
        } else if (cvm_starts_with(at, end, "<![CDATA[")) {
            settle_pending(&scan, scan.cursor.line, scan.cursor.line);
            cvm_cursor_advance(&scan.cursor, cvm_skip_past(at, end, "]]>"));
            scan.last_line = scan.cursor.line;
        } else {
            scan_tag(&scan, skip_tag(at, end));
        }
    }
}
