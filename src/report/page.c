/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The little Markdown that rule pages are written in, as reports give it to others. */
#include <string.h>

#include "report/parts.h"

/* In an example the offending line ends in a comment, "# expect: CVM207 error" or the same in XML:
 * only the word that is for the tests is taken out. */
static void
append_without_mark(GString *out, const char *line)
{
    static const char mark[] = "expect: ";
    const char *found = strstr(line, mark);

    if (found) {
        g_string_append_len(out, line, found - line);
        line = found + strlen(mark);
    }
    g_string_append(out, line);
}

static gboolean
is_fence(const char *line)
{
    return g_str_has_prefix(line, "```");
}

char *
cvm_page_markdown(const char *page)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", 0);
    GString *out = g_string_new(NULL);
    gboolean fenced = FALSE;

    for (char **line = lines; *line; line++) {
        if (is_fence(*line)) {
            fenced = !fenced;
        }
        if (fenced) {
            append_without_mark(out, *line);
        } else {
            g_string_append(out, *line);
        }
        g_string_append(out, line[1] ? "\n" : "");
    }
    return g_string_free(out, FALSE);
}

static void
append_prose(GString *out, const char *line)
{
    for (line += strspn(line, "#"), line += strspn(line, " "); *line; line++) {
        if (*line != '`') {
            g_string_append_c(out, *line);
        }
    }
}

char *
cvm_page_plain(const char *page)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", 0);
    GString *out = g_string_new(NULL);
    gboolean fenced = FALSE;

    for (char **line = lines; *line; line++) {
        if (is_fence(*line)) {
            fenced = !fenced;
            continue;
        }
        if (fenced) {
            g_string_append(out, **line ? "    " : "");
            append_without_mark(out, *line);
        } else {
            append_prose(out, *line);
        }
        g_string_append(out, line[1] ? "\n" : "");
    }
    return g_string_free(out, FALSE);
}

char *
cvm_page_intro(const char *page)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", 0);
    GString *out = g_string_new(NULL);

    for (char **line = lines; *line && !g_str_has_prefix(*line, "## "); line++) {
        if (**line == '#') {
            continue;
        }
        if (**line == '\0') {
            g_string_append(out, out->len ? "\n" : "");
        } else {
            g_string_append(out, out->len && out->str[out->len - 1] != '\n' ? " " : "");
            append_prose(out, *line);
        }
    }
    return g_strchomp(g_string_free(out, FALSE));
}
