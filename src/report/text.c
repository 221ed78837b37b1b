/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings for people, in GCC's shape, which editors and CI logs know how to read. */
#include <string.h>

#include "report/report.h"
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
    g_string_append_printf(out, "%s%s%s", colour ? start : "", text, colour ? COLOUR_END : "");
}

/* A control character of the input must not reach the terminal: it could rewrite what stands there.
 */
static gunichar
make_visible(gunichar c)
{
    return g_unichar_iscntrl(c) && c != '\t' ? 0xfffd : c;
}

/* Valid UTF-8 on one line; the caller's to g_free(). */
static char *
make_printable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *line = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        g_string_append_unichar(line, c == '\n' ? ' ' : make_visible(c));
    }
    return g_string_free(line, FALSE);
}

/* "file:7:3: error: message [CVM210]" */
static void
append_head(GString *out, const struct cvm_finding *finding, gboolean colour)
{
    g_autofree char *message = make_printable(finding->message);
    g_autofree char *file = finding->file ? make_printable(finding->file) : g_strdup(PACKAGE);
    g_autofree char *severity = g_strdup_printf("%s:", cvm_severity_name(finding->severity));
    g_autofree char *place =
        finding->line ? g_strdup_printf("%s:%u:%u:", file, finding->line, finding->column)
                      : g_strdup_printf("%s:", file);

    append_coloured(out, colour, COLOUR_PLACE, place);
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
    g_autofree char *line = make_printable(finding->excerpt);
    g_autoptr(GString) padding = g_string_new(NULL);
    const char *at = line;

    for (unsigned i = 1; i < finding->excerpt_column && *at; i++) {
        append_padding(padding, g_utf8_get_char(at));
        at = g_utf8_next_char(at);
    }
    g_string_append_printf(out, "%5u | %s\n", finding->line, line);
    g_string_append_printf(out, "      | %s", padding->str);
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
        g_autofree char *fix = make_printable(finding->fix);

        g_string_append_printf(out, "  %s: %s\n", _("fix"), fix);
    }
}

static unsigned
count_of(const struct cvm_findings *findings, enum cvm_severity severity)
{
    unsigned from = cvm_findings_count(findings, severity);

    return severity == CVM_SEVERE ? from : from - cvm_findings_count(findings, severity + 1);
}

/* "2 errors, 1 warning", the severities that occur. */
static char *
describe_counts(const struct cvm_findings *findings)
{
    unsigned errors = count_of(findings, CVM_SEVERE);
    unsigned warnings = count_of(findings, CVM_WARNING);
    unsigned notes = count_of(findings, CVM_NOTE);
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    if (errors) {
        g_ptr_array_add(parts, g_strdup_printf(ngettext_("%u error", "%u errors", errors), errors));
    }
    if (warnings) {
        g_ptr_array_add(
            parts, g_strdup_printf(ngettext_("%u warning", "%u warnings", warnings), warnings));
    }
    if (notes) {
        g_ptr_array_add(parts, g_strdup_printf(ngettext_("%u note", "%u notes", notes), notes));
    }
    if (parts->len == 0) {
        return g_strdup(_("no findings"));
    }
    g_ptr_array_add(parts, NULL);
    return g_strjoinv(", ", (char **)parts->pdata);
}

static void
append_summary(GString *out, const struct cvm_findings *findings, unsigned inputs)
{
    g_autofree char *counts = describe_counts(findings);
    unsigned not_run = findings->not_run->len;

    g_string_append_printf(
        out, ngettext_("%1$s in %2$u document", "%1$s in %2$u documents", inputs), counts, inputs);
    if (not_run) {
        g_string_append(out, "; ");
        g_string_append_printf(out,
                               ngettext_("%u host rule not run: no host given",
                                         "%u host rules not run: no host given", not_run),
                               not_run);
    }
    g_string_append_c(out, '\n');
}

static void
report_text(const struct cvm_findings *findings, const struct cvm_report_options *options,
            GString *out)
{
    for (guint i = 0; i < findings->items->len; i++) {
        append_finding(out, g_ptr_array_index(findings->items, i), options->colour);
    }
    append_summary(out, findings, options->inputs);
}

const struct cvm_reporter cvm_reporter_text = {
    .name = "text",
    .summary = N_("for people and editors: file:line:column: severity: message [rule]"),
    .report = report_text,
};
