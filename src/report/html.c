/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/html.h"

#include <string.h>

#include "util/visible.h"
#include "util/xml_out.h"

/* HTML, 13.1.2: these have no end tag; and of SVG those that are never filled here. */
static const char *const voids[] = { "col", "link", "meta", "path", "rect", "use", NULL };
/* A line ends behind these, so that a page can be read as it is and compared. */
static const char *const blocks[] = { "caption", "dd",    "details", "div", "dl",    "dt",
                                      "footer",  "h1",    "h2",      "h3",  "head",  "header",
                                      "li",      "main",  "meta",    "nav", "p",     "section",
                                      "style",   "table", "tbody",   "td",  "thead", "th",
                                      "title",   "tr",    "ul",      NULL };

static void
close_tag(struct cvm_html *html)
{
    if (html->bare) {
        g_string_append_c(html->out, '>');
        html->bare = FALSE;
    }
}

void
cvm_html_start(struct cvm_html *html, const char *name, const char *kind)
{
    g_assert(html->depth < CVM_HTML_DEPTH);
    close_tag(html);
    g_string_append_c(html->out, '<');
    g_string_append(html->out, name);
    html->open[html->depth++] = name;
    html->bare = TRUE;
    if (kind) {
        cvm_html_attribute(html, "class", kind);
    }
}

void
cvm_html_end(struct cvm_html *html)
{
    const char *name = html->open[--html->depth];

    if (g_strv_contains(voids, name)) {
        g_assert(html->bare);
        html->bare = FALSE;
        g_string_append(html->out, "/>");
    } else {
        close_tag(html);
        g_string_append_printf(html->out, "</%s>", name);
    }
    if (g_strv_contains(blocks, name)) {
        g_string_append_c(html->out, '\n');
    }
}

void
cvm_html_end_many(struct cvm_html *html, unsigned count)
{
    while (count-- > 0) {
        cvm_html_end(html);
    }
}

static void
append_text(struct cvm_html *html, const char *text, gboolean attribute)
{
    g_autofree char *line = g_strdelimit(g_strdup(text), "\n\t", ' ');
    g_autoptr(GString) plain = g_string_sized_new(strlen(line));

    cvm_visible_append(plain, line, 0xfffd);
    cvm_xml_escape(html->out, plain->str, attribute);
}

void
cvm_html_attribute(struct cvm_html *html, const char *name, const char *value)
{
    g_assert(html->bare);
    g_string_append_printf(html->out, " %s='", name);
    append_text(html, value, TRUE);
    g_string_append_c(html->out, '\'');
}

void
cvm_html_attribute_format(struct cvm_html *html, const char *name, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list arguments;

    va_start(arguments, format);
    value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cvm_html_attribute(html, name, value);
}

void
cvm_html_text(struct cvm_html *html, const char *text)
{
    close_tag(html);
    append_text(html, text, FALSE);
}

void
cvm_html_text_format(struct cvm_html *html, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cvm_html_text(html, text);
}

void
cvm_html_element(struct cvm_html *html, const char *name, const char *kind, const char *text)
{
    cvm_html_start(html, name, kind);
    cvm_html_text(html, text);
    cvm_html_end(html);
}

void
cvm_html_name(struct cvm_html *html, const char *name)
{
    cvm_html_element(html, "bdi", NULL, name);
}

void
cvm_html_raw(struct cvm_html *html, const char *markup)
{
    close_tag(html);
    g_string_append(html->out, markup);
}
