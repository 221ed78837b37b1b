/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings for people, in GCC's shape, which editors and CI logs know how to read. */
#include "report/parts.h"
#include "util/i18n.h"

/* GCC's own colours (GCC_COLORS in its manual). */
static const char *const severity_colours[] = {
    [CVM_NOTE] = "\033[1;36m",
    [CVM_WARNING] = "\033[1;35m",
    [CVM_SEVERE] = "\033[1;31m",
};
#define COLOUR_PLACE "\033[1m"
#define COLOUR_CARET "\033[1;32m"
#define COLOUR_END "\033[0m"

static void
append_coloured(GString *out, gboolean colour, const char *start, const char *text)
{
    g_string_append(out, colour ? start : "");
    g_string_append(out, text);
    g_string_append(out, colour ? COLOUR_END : "");
}

/* "file:7:3: error: message [CVM210]" */
static void
append_head(GString *out, const struct cvm_finding *finding, gboolean colour)
{
    g_autofree char *message = cvm_report_line(finding->message);
    g_autofree char *place = cvm_report_place(finding->file, finding->line, finding->column);
    g_autofree char *head = g_strconcat(place, ":", NULL);
    g_autofree char *severity = g_strconcat(cvm_severity_name(finding->severity), ":", NULL);

    append_coloured(out, colour, COLOUR_PLACE, head);
    g_string_append_c(out, ' ');
    append_coloured(out, colour, severity_colours[finding->severity], severity);
    g_string_append_printf(out, " %s [%s]\n", message, finding->rule);
}

/* What stands below a character so that the caret comes out under its own: a tab below a tab. */
static void
append_padding(GString *out, gunichar c)
{
    if (c == '\t') {
        g_string_append_c(out, '\t');
    } else if (!g_unichar_iszerowidth(c)) {
        g_string_append(out, g_unichar_iswide(c) ? "  " : " ");
    }
}

/* The line and the caret. */
static void
append_excerpt(GString *out, const struct cvm_finding *finding, gboolean colour)
{
    g_autofree char *line = cvm_report_line(finding->excerpt);
    const char *at = line;

    g_string_append_printf(out, "%5u | %s\n", finding->line, line);
    g_string_append(out, "      | ");
    for (unsigned i = 1; i < finding->excerpt_column && *at; i++) {
        append_padding(out, g_utf8_get_char(at));
        at = g_utf8_next_char(at);
    }
    append_coloured(out, colour, COLOUR_CARET, "^");
    g_string_append_c(out, '\n');
}

static void
append_finding(GString *out, const struct cvm_finding *finding, gboolean colour)
{
    append_head(out, finding, colour);
    if (finding->excerpt) {
        append_excerpt(out, finding, colour);
    }
    if (finding->fix) {
        g_autofree char *fix = cvm_report_line(finding->fix);

        g_string_append_printf(out, "  %s: %s\n", _("fix"), fix);
    }
}

static void
begin_text(const struct cvm_findings *findings, const struct cvm_report_options *options,
           GString *out)
{
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (!finding->suppression) {
            append_finding(out, finding, options->colour);
        }
    }
}

static void
report_text(const struct cvm_findings *findings, const struct cvm_report_options *options,
            GString *out)
{
    gsize before;

    begin_text(findings, options, out);
    before = out->len;
    cvm_report_summarise(findings, options, out);
    g_string_append(out, out->len > before ? "\n" : "");
}

const struct cvm_reporter cvm_reporter_text = {
    .name = "text",
    .summary = N_("for people and editors: file:line:column: severity: message [rule]"),
    .report = report_text,
    .begin = begin_text,
};
