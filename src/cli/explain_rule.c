/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rule's page: the little Markdown that pages are written in, laid out for a terminal. */
#include <stdio.h>
#include <string.h>

#include "cli/explain.h"

struct page {
    gboolean colour;
    gboolean fenced;    /* inside an example */
    GString *paragraph; /* its lines, joined */
};

static void
end_paragraph(struct page *page)
{
    if (page->paragraph->len) {
        cli_print_wrapped(page->paragraph->str, 0);
        g_string_truncate(page->paragraph, 0);
    }
}

static void
print_heading(const struct page *page, const char *text)
{
    printf("%s%s%s\n", page->colour ? "\033[1m" : "", text, page->colour ? "\033[0m" : "");
}

/* The mark that the tests read becomes an arrow, in XML one that is still a comment. */
static void
print_example_line(const char *line)
{
    static const struct {
        const char *mark, *arrow;
    } marks[] = { { "<!-- expect:", "<!-- <==" }, { "# expect:", "# <--" } };

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *at = strstr(line, marks[i].mark);

        if (at) {
            printf("    %.*s%s%s\n", (int)(at - line), line, marks[i].arrow,
                   at + strlen(marks[i].mark));
            return;
        }
    }
    printf("    %s\n", line);
}

static void
print_line(struct page *page, const char *line)
{
    if (g_str_has_prefix(line, "```")) {
        end_paragraph(page);
        page->fenced = !page->fenced;
    } else if (page->fenced) {
        print_example_line(line);
    } else if (line[0] == '#') {
        end_paragraph(page);
        print_heading(page, line + strspn(line, "# "));
    } else if (line[0] == '\0') {
        end_paragraph(page);
        putchar('\n');
    } else {
        if (g_str_has_prefix(line, "- ")) {
            end_paragraph(page);
        }
        g_string_append(page->paragraph, page->paragraph->len ? " " : "");
        g_string_append(page->paragraph, line);
    }
}

static void
print_page(const char *text, gboolean colour)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    g_autoptr(GString) paragraph = g_string_new(NULL);
    struct page page = { .colour = colour, .paragraph = paragraph };

    for (char **line = lines; *line; line++) {
        print_line(&page, *line);
    }
    end_paragraph(&page);
}

/* Severity and need of a host are the catalogue's, not the page's: they come below it. */
static void
print_facts(const char *id_or_name)
{
    struct cvmdom_rule rule;

    for (size_t i = 0; cvmdom_rule_at(i, &rule) == 0; i++) {
        if (g_ascii_strcasecmp(rule.id, id_or_name) == 0 ||
            g_ascii_strcasecmp(rule.name, id_or_name) == 0) {
            printf(_("Severity: %1$s\n"), cli_severity_name(rule.severity));
            printf(_("Needs a host: %1$s\n"), rule.needs_host ? _("yes") : _("no"));
        }
    }
}

gboolean
cli_explain_rule(const char *id_or_name, gboolean colour)
{
    const char *page = cvmdom_rule_page(id_or_name);

    if (page) {
        print_page(page, colour);
        print_facts(id_or_name);
    }
    return page != NULL;
}
