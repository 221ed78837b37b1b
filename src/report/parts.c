/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/parts.h"

#include <string.h>

#include "rules/rule.h"
#include "util/i18n.h"
#include "util/visible.h"

enum { CONFIGS_NAMED = 5 }; /* configuration files in the summary */

/* What drives a terminal could rewrite what stands there. */
static gunichar
make_visible(gunichar c)
{
    return c != '\t' && cvm_char_is_hidden(c) ? 0xfffd : c;
}

static size_t
count_printable(const char *text)
{
    size_t count = 0;

    while (g_ascii_isprint(text[count])) {
        count++;
    }
    return count;
}

char *
cvm_report_line(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *line = g_string_sized_new(strlen(valid));

    for (const char *at = valid;; at = g_utf8_next_char(at)) {
        size_t printable = count_printable(at); /* nearly always all of it */
        gunichar c;

        g_string_append_len(line, at, (gssize)printable);
        at += printable;
        if (!*at) {
            return g_string_free(line, FALSE);
        }
        c = g_utf8_get_char(at);
        g_string_append_unichar(line, c == '\n' ? ' ' : make_visible(c));
    }
}

unsigned
cvm_report_width(const char *text, size_t length)
{
    unsigned width = 0;

    for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        width += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}

void
cvm_report_wrap(GString *out, const char *text, unsigned column, unsigned indent)
{
    g_autofree char *line = cvm_report_line(text);
    gboolean first = TRUE;

    for (const char *word = line; word; word = strchr(word, ' ')) {
        size_t length;
        unsigned width;

        word += strspn(word, " ");
        length = strcspn(word, " ");
        width = cvm_report_width(word, length);
        if (!first && column + 1 + width > CVM_REPORT_WIDTH) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append_len(out, word, (gssize)length);
        column += width;
        first = FALSE;
    }
    g_string_append_c(out, '\n');
}

char *
cvm_report_place(const char *file, unsigned line, unsigned column)
{
    g_autofree char *path =
        g_strconcat(file ? cvm_path_prefix(file) : "", file ? file : PACKAGE, NULL);
    g_autofree char *name = cvm_report_line(path);

    return line ? g_strdup_printf("%s:%u:%u", name, line, column) : g_steal_pointer(&name);
}

/* ---- counts ---- */

unsigned
cvm_report_count(const struct cvm_findings *findings, enum cvm_severity severity)
{
    unsigned from = cvm_findings_count(findings, severity);

    return severity == CVM_SEVERE ? from : from - cvm_findings_count(findings, severity + 1);
}

unsigned
cvm_report_count_suppressed(const struct cvm_findings *findings)
{
    return findings->gone.all + findings->items->len - cvm_findings_count(findings, CVM_NOTE);
}

gboolean
cvm_report_is_complete(const struct cvm_findings *findings,
                       const struct cvm_report_options *options)
{
    return findings->failures->len == 0 && !options->incomplete;
}

/* "2 errors, 1 warning", the severities that occur. */
static char *
describe_counts(const struct cvm_findings *findings)
{
    unsigned errors = cvm_report_count(findings, CVM_SEVERE);
    unsigned warnings = cvm_report_count(findings, CVM_WARNING);
    unsigned notes = cvm_report_count(findings, CVM_NOTE);
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
append_range(GString *out, const char *first, const char *last, unsigned length)
{
    if (length > 0) {
        g_string_append_printf(out, "%s%s", out->len ? ", " : "", first);
    }
    if (length > 1) {
        g_string_append_printf(out, "%s%s", length > 2 ? "-" : ", ", last);
    }
}

gboolean
cvm_report_needs_host(const char *id)
{
    const struct cvm_rule *rule = cvm_rule_find(id);

    return !rule || rule->needs_host;
}

char *
cvm_report_name_not_run(const struct cvm_findings *findings, gboolean host, unsigned *count)
{
    const GPtrArray *not_run = findings->not_run;
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    GString *names = g_string_new(NULL);
    const char *first = NULL, *last = NULL;
    unsigned length = 0;

    for (guint i = 0; i < not_run->len; i++) {
        g_hash_table_add(ids, g_ptr_array_index(not_run, i));
    }
    *count = 0;
    for (const struct cvm_topic *topic = cvm_topics; not_run->len > 0 && topic->rules; topic++) {
        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++) {
            if (rule->needs_host == host && g_hash_table_contains(ids, rule->id)) {
                first = length++ ? first : rule->id;
                last = rule->id;
                ++*count;
            } else {
                append_range(names, first, last, length);
                length = 0;
            }
        }
    }
    append_range(names, first, last, length);
    return g_string_free(names, FALSE);
}

static void
append_not_run(GString *out, const struct cvm_findings *findings)
{
    g_autofree char *host_rules = NULL, *other_rules = NULL;
    unsigned hosts, others;

    if (findings->not_run->len == 0) {
        return;
    }
    host_rules = cvm_report_name_not_run(findings, TRUE, &hosts);
    other_rules = cvm_report_name_not_run(findings, FALSE, &others);
    if (hosts) {
        g_string_append_printf(out,
                               ngettext_("; %1$u host rule not run (no host given): %2$s",
                                         "; %1$u host rules not run (no host given): %2$s", hosts),
                               hosts, host_rules);
    }
    if (others) {
        g_string_append_printf(
            out,
            ngettext_("; %1$u rule not run (libcvmdom-attest is not installed): %2$s",
                      "; %1$u rules not run (libcvmdom-attest is not installed): %2$s", others),
            others, other_rules);
    }
}

/* Nothing is passed over without a word of who says so. */
static void
append_configs(GString *out, const struct cvm_findings *findings)
{
    for (guint i = 0; i < findings->configs->len; i++) {
        const struct cvm_config_use *use = g_ptr_array_index(findings->configs, i);
        g_autofree char *file = cvm_report_line(use->file);

        if (i == CONFIGS_NAMED) {
            g_string_append(out, "; …");
            return;
        }
        if (use->ignored) {
            g_string_append_printf(out,
                                   ngettext_("; '%1$s' switches off %2$u rule",
                                             "; '%1$s' switches off %2$u rules", use->ignored),
                                   file, use->ignored);
        }
        if (use->lowered) {
            g_string_append_printf(out,
                                   ngettext_("; '%1$s' lowers %2$u finding",
                                             "; '%1$s' lowers %2$u findings", use->lowered),
                                   file, use->lowered);
        }
    }
}

void
cvm_report_summarise(const struct cvm_findings *findings, const struct cvm_report_options *options,
                     GString *out)
{
    g_autofree char *counts = describe_counts(findings);
    unsigned documents = options->documents, suppressed = cvm_report_count_suppressed(findings);
    unsigned failures = findings->failures->len;

    if (documents == 0 && findings->gone.all + findings->items->len == 0) {
        return;
    }
    g_string_append_printf(out,
                           ngettext_("%1$s in %2$u document", "%1$s in %2$u documents", documents),
                           counts, documents);
    if (suppressed) {
        g_string_append_printf(out, ngettext_("; %u suppressed", "; %u suppressed", suppressed),
                               suppressed);
    }
    if (failures) {
        g_string_append_printf(
            out, ngettext_("; %u input not read", "; %u inputs not read", failures), failures);
    }
    append_not_run(out, findings);
    append_configs(out, findings);
}

/* ---- places ---- */

gboolean
cvm_report_is_file(const char *name)
{
    return !g_str_equal(name, "-") && !g_str_equal(name, "--set");
}

char *
cvm_report_path(const char *file, const char *folder)
{
    g_autofree char *base = folder ? g_canonicalize_filename(folder, "/") : NULL;
    g_autofree char *full = base ? g_canonicalize_filename(file, base) : g_strdup(file);
    size_t length = base ? strlen(base) : 0;

    if (length == 1) { /* the root itself ends in its slash */
        length = 0;
    }
    if (base && strncmp(full, base, length) == 0 && full[length] == '/' && full[length + 1]) {
        return g_strdup(full + length + 1);
    }
    return g_steal_pointer(&full);
}
