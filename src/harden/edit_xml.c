/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of elements and attributes: what comes in has its neighbours' indentation, line ends and
 * quotes. */
#include <string.h>

#include "harden/edit.h"

/* ---- what is around ---- */

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gboolean
is_indent(char c)
{
    return c == ' ' || c == '\t';
}

/* The white space that a node's line begins with; FALSE when other things stand before it. */
static gboolean
find_indent(const struct cvm_source *source, size_t at, const char **indent, size_t *length)
{
    size_t start = at;

    while (start > 0 && is_indent(source->data[start - 1])) {
        start--;
    }
    *indent = source->data + start;
    *length = at - start;
    return start > 0 && source->data[start - 1] == '\n';
}

/* As the line before this one ends. */
static const char *
line_end_before(const struct cvm_source *source, const char *line)
{
    return line - source->data > 1 && line[-2] == '\r' ? "\r\n" : "\n";
}

/* Behind what else stands on the line of at: white space and comments. at itself when the line goes
 * on with something else. */
static size_t
skip_remark(const struct cvm_source *source, size_t at)
{
    const char *data = source->data;
    size_t behind = at;

    for (;;) {
        while (is_indent(data[behind]) || data[behind] == '\r') {
            behind++;
        }
        if (data[behind] == '\n') {
            return behind > at && data[behind - 1] == '\r' ? behind - 1 : behind;
        }
        if (strncmp(data + behind, "<!--", 4) == 0) {
            const char *end = strstr(data + behind, "-->");

            if (!end || memchr(data + behind, '\n', (size_t)(end - data) - behind)) {
                return at;
            }
            behind = (size_t)(end - data) + 3;
        } else {
            return at;
        }
    }
}

/* One level of the document's indentation: what its first indented child has beyond its parent. */
static char *
find_unit(const struct cvm_source *source, const struct cvm_node *node)
{
    for (; node; node = node->parent) {
        const char *outer, *inner;
        size_t outer_length, inner_length;

        if (node->children && find_indent(source, node->children->start, &inner, &inner_length)) {
            find_indent(source, node->start, &outer, &outer_length);
            if (inner_length > outer_length && memcmp(inner, outer, outer_length) == 0) {
                return g_strndup(inner + outer_length, inner_length - outer_length);
            }
        }
    }
    return g_strdup("  ");
}

/* ---- attributes ---- */

static const struct cvm_node *
last_attribute(const struct cvm_node *element)
{
    const struct cvm_node *last = element->attributes;

    while (last && last->next) {
        last = last->next;
    }
    return last;
}

/* Of the element's last attribute, else of the nearest one before it in the document. */
static char
find_quote(const struct cvm_source *source, const struct cvm_node *element)
{
    for (const struct cvm_node *node = element; node; node = node->parent) {
        const struct cvm_node *last = last_attribute(node);

        if (last) {
            return source->data[last->end - 1];
        }
    }
    return '\'';
}

static char *
escape(const char *text, char quote)
{
    GString *escaped = g_string_new(NULL);

    for (; *text; text++) {
        if (*text == '&') {
            g_string_append(escaped, "&amp;");
        } else if (*text == '<') {
            g_string_append(escaped, "&lt;");
        } else if (quote && *text == quote) {
            g_string_append(escaped, quote == '"' ? "&quot;" : "&apos;");
        } else {
            g_string_append_c(escaped, *text);
        }
    }
    return g_string_free(escaped, FALSE);
}

void
cvm_edit_set_attribute(struct cvm_edits *edits, const struct cvm_node *element, const char *name,
                       const char *value)
{
    const struct cvm_source *source = edits->source;
    const struct cvm_node *old = cvm_node_attribute(element, name);
    const struct cvm_node *last = last_attribute(element);
    char quote = old ? source->data[old->end - 1] : find_quote(source, element);
    g_autofree char *escaped = escape(value, quote);
    size_t behind = last ? last->end : element->start + 1 + strlen(element->name);

    if (old) {
        cvm_edit_replace(edits, old->inner, old->end - 1, g_steal_pointer(&escaped));
    } else {
        cvm_edit_replace(edits, behind, behind,
                         g_strdup_printf(" %s=%c%s%c", name, quote, escaped, quote));
    }
}

void
cvm_edit_remove_attribute(struct cvm_edits *edits, const struct cvm_node *attribute)
{
    size_t start = attribute->start;

    while (is_blank(edits->source->data[start - 1])) {
        start--;
    }
    cvm_edit_replace(edits, start, attribute->end, g_strdup(""));
}

/* ---- elements ---- */

/* An element that is written as <a/>. */
static gboolean
is_closed(const struct cvm_node *element)
{
    return element->inner == element->end;
}

/* The '<' of the end tag. */
static size_t
content_end(const struct cvm_source *source, const struct cvm_node *element)
{
    size_t at = element->end - 1;

    while (at > element->inner && source->data[at] != '<') {
        at--;
    }
    return at;
}

void
cvm_edit_rename(struct cvm_edits *edits, const struct cvm_node *node, const char *name)
{
    size_t length = strlen(node->name);
    size_t start = node->kind == CVM_NODE_ELEMENT ? node->start + 1 : node->start;

    cvm_edit_replace(edits, start, start + length, g_strdup(name));
    if (node->kind == CVM_NODE_ELEMENT && !is_closed(node)) {
        start = content_end(edits->source, node) + 2;
        cvm_edit_replace(edits, start, start + length, g_strdup(name));
    }
}

/* "/>" and the white space before it become ">", what is given, and an end tag. Takes it over. */
static void
open_element(struct cvm_edits *edits, const struct cvm_node *element, char *content)
{
    size_t start = element->end - 2;

    while (is_blank(edits->source->data[start - 1])) {
        start--;
    }
    cvm_edit_replace(edits, start, element->end,
                     g_strdup_printf(">%s</%s>", content, element->name));
    g_free(content);
}

/* Behind the white space and comments at a byte. */
static size_t
skip_comments(const char *data, size_t at, size_t end)
{
    for (;;) {
        const char *behind;

        while (at < end && is_blank(data[at])) {
            at++;
        }
        if (end - at < 4 || strncmp(data + at, "<!--", 4) != 0) {
            return at;
        }
        behind = g_strstr_len(data + at, (gssize)(end - at), "-->");
        if (!behind) {
            return at;
        }
        at = (size_t)(behind - data) + 3;
    }
}

void
cvm_edit_set_text(struct cvm_edits *edits, const struct cvm_node *element, const char *text)
{
    const char *data = edits->source->data;
    char *escaped = escape(text, '\0');
    size_t start = element->inner, end, first, behind;

    if (is_closed(element)) {
        open_element(edits, element, escaped);
        return;
    }
    end = content_end(edits->source, element);
    first = behind = skip_comments(data, start, end);
    while (behind < end && data[behind] != '<') {
        behind++;
    }
    /* one piece of text between comments: these stay */
    if (behind > first && skip_comments(data, behind, end) == end) {
        start = memchr(data + start, '<', first - start) ? first : start;
        end = behind;
    }
    cvm_edit_replace(edits, start, end, escaped);
}

/* What goes between two lines looks like them. */
struct layout {
    const char *indent; /* of the line, in the source */
    int length;
    const char *line_end;
};

static gboolean
find_layout(const struct cvm_source *source, const struct cvm_node *node, struct layout *layout)
{
    size_t length;

    if (!find_indent(source, node->start, &layout->indent, &length)) {
        return FALSE;
    }
    layout->length = (int)length;
    layout->line_end = line_end_before(source, layout->indent);
    return TRUE;
}

/* The fragment with each of its lines in the document's manner, level levels further in: after line
 * ends, or before them. */
static char *
lay_out(const struct layout *layout, const char *unit, gboolean deeper, const char *fragment,
        gboolean before)
{
    g_auto(GStrv) lines = g_strsplit(fragment, "\n", 0);
    GString *text = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        size_t levels = strspn(*line, " ") / 2 + (deeper ? 1 : 0);

        g_string_append(text, before ? "" : layout->line_end);
        g_string_append_len(text, layout->indent, layout->length);
        for (size_t level = 0; level < levels; level++) {
            g_string_append(text, unit);
        }
        g_string_append(text, *line + strspn(*line, " "));
        g_string_append(text, before ? layout->line_end : "");
    }
    return g_string_free(text, FALSE);
}

/* At a place where a line ends, or is to be broken. */
static void
insert_lines(struct cvm_edits *edits, size_t at, const struct layout *layout, const char *unit,
             gboolean deeper, const char *fragment)
{
    const char *data = edits->source->data;
    size_t behind = at + (data[at] == '\r');

    if (data[behind] == '\n') {
        cvm_edit_replace(edits, behind + 1, behind + 1,
                         lay_out(layout, unit, deeper, fragment, TRUE));
    } else {
        cvm_edit_replace(edits, at, at, lay_out(layout, unit, deeper, fragment, FALSE));
    }
}

static char *
join_lines(const char *fragment)
{
    g_auto(GStrv) lines = g_strsplit(fragment, "\n", 0);

    for (char **line = lines; *line; line++) {
        g_strchug(*line);
    }
    return g_strjoinv("", lines);
}

/* Into an element without children: a line more than its own when it begins one. */
static void
insert_alone(struct cvm_edits *edits, const struct cvm_node *parent, const char *fragment)
{
    const struct cvm_source *source = edits->source;
    g_autofree char *unit = find_unit(source, parent);
    size_t at = skip_remark(source, parent->inner);
    struct layout layout;
    char *content;

    if (!find_layout(source, parent, &layout)) {
        content = join_lines(fragment);
    } else if (!is_closed(parent) && content_end(source, parent) > parent->inner) {
        insert_lines(edits, at, &layout, unit, TRUE, fragment);
        return;
    } else {
        g_autofree char *lines = lay_out(&layout, unit, TRUE, fragment, FALSE);

        content = g_strdup_printf("%s%s%.*s", lines, layout.line_end, layout.length, layout.indent);
    }
    if (is_closed(parent)) {
        open_element(edits, parent, content);
    } else {
        cvm_edit_replace(edits, parent->inner, parent->inner, content);
    }
}

void
cvm_edit_insert(struct cvm_edits *edits, const struct cvm_node *parent,
                const struct cvm_node *after, const char *fragment)
{
    const struct cvm_source *source = edits->source;
    const struct cvm_node *sibling = after ? after : parent->children;
    size_t at = after ? after->end : parent->inner;
    g_autofree char *unit = find_unit(source, parent);
    struct layout layout;

    if (!sibling) {
        insert_alone(edits, parent, fragment);
    } else if (find_layout(source, sibling, &layout)) {
        insert_lines(edits, skip_remark(source, at), &layout, unit, FALSE, fragment);
    } else {
        cvm_edit_replace(edits, at, at, join_lines(fragment));
    }
}

void
cvm_edit_remove(struct cvm_edits *edits, const struct cvm_node *element)
{
    const struct cvm_source *source = edits->source;
    size_t start = element->start, end = element->end;
    const char *indent;
    size_t length;

    if (find_indent(source, start, &indent, &length)) {
        size_t behind = end;

        while (is_indent(source->data[behind]) || source->data[behind] == '\r') {
            behind++;
        }
        if (source->data[behind] == '\n') {
            start = (size_t)(indent - source->data);
            end = behind + 1;
        }
    }
    cvm_edit_replace(edits, start, end, g_strdup(""));
}

static gboolean
is_all_blank(const struct cvm_source *source, size_t start, size_t end)
{
    while (start < end && is_blank(source->data[start])) {
        start++;
    }
    return start >= end;
}

gboolean
cvm_edit_is_alone(const struct cvm_source *source, const struct cvm_node *child)
{
    const struct cvm_node *parent = child->parent;

    return is_all_blank(source, parent->inner, child->start) &&
           is_all_blank(source, child->end, content_end(source, parent));
}

void
cvm_edit_remove_children(struct cvm_edits *edits, const struct cvm_node *element,
                         const char *const *names)
{
    const struct cvm_source *source = edits->source;
    size_t at = element->inner;
    gboolean all = element->children != NULL;

    for (const struct cvm_node *child = element->children; child; child = child->next) {
        all = all && g_strv_contains(names, child->name) && is_all_blank(source, at, child->start);
        at = child->end;
    }
    if (all && is_all_blank(source, at, content_end(source, element))) {
        cvm_edit_replace(edits, element->inner - 1, element->end, g_strdup("/>"));
        return;
    }
    for (const struct cvm_node *child = element->children; child; child = child->next) {
        if (g_strv_contains(names, child->name)) {
            cvm_edit_remove(edits, child);
        }
    }
}
