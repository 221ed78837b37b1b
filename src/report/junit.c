/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as JUnit's XML, which GitLab, Jenkins and others show as test results: a suite is a
 * file, a test case a rule that found something in it. What makes a pipeline fail is a failure,
 * other findings are output of a case that passed, suppressed ones skip it. */
#include "config.h"
#include "report/parts.h"
#include "util/i18n.h"
#include "util/xml_out.h"

/* Findings that share a file, or a rule. */
struct group {
    const char *key;
    GPtrArray *findings; /* of struct cvm_finding */
};

static void
free_group(gpointer data)
{
    struct group *group = data;

    g_ptr_array_unref(group->findings);
    g_free(group);
}

/* Groups in the order of their first mention. */
struct groups {
    GPtrArray *order; /* of struct group */
    GHashTable *by_key;
};

static struct groups
make_groups(void)
{
    return (struct groups){
        .order = g_ptr_array_new_with_free_func(free_group),
        .by_key = g_hash_table_new(g_str_hash, g_str_equal),
    };
}

static void
clear_groups(struct groups *groups)
{
    g_ptr_array_unref(groups->order);
    g_hash_table_unref(groups->by_key);
}

static struct group *
get_group(struct groups *groups, const char *key)
{
    struct group *group = g_hash_table_lookup(groups->by_key, key);

    if (!group) {
        group = g_new0(struct group, 1);
        group->key = key;
        group->findings = g_ptr_array_new();
        g_ptr_array_add(groups->order, group);
        g_hash_table_insert(groups->by_key, (gpointer)key, group);
    }
    return group;
}

/* ---- cases ---- */

enum outcome { PASSED, SKIPPED, FAILED };

struct counts {
    unsigned tests, failures, errors, skipped;
};

struct report {
    struct cvm_xml xml;
    const struct cvm_findings *findings;
    const struct cvm_report_options *options;
};

static gboolean
fails(const struct cvm_finding *finding, const struct cvm_report_options *options)
{
    return !finding->suppression && (finding->fails || finding->severity >= options->fail_on);
}

static enum outcome
outcome_of(const struct group *rule, const struct cvm_report_options *options)
{
    enum outcome outcome = SKIPPED;

    for (guint i = 0; i < rule->findings->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(rule->findings, i);

        if (fails(finding, options)) {
            return FAILED;
        }
        outcome = finding->suppression ? outcome : PASSED;
    }
    return outcome;
}

/* A finding as format "text" has it, for the log that such programs show. */
static void
append_finding(GString *out, const struct cvm_finding *finding)
{
    g_autofree char *place = cvm_report_place(finding->file, finding->line, finding->column);
    g_autofree char *message = cvm_report_line(finding->message);

    g_string_append_printf(out, "%s%s: %s: %s [%s]", out->len ? "\n" : "", place,
                           cvm_severity_name(finding->severity), message, finding->rule);
    if (finding->fix) {
        g_autofree char *fix = cvm_report_line(finding->fix);

        g_string_append_printf(out, "\n  %s: %s", _("fix"), fix);
    }
    if (finding->suppression) {
        g_autofree char *reason = cvm_report_line(finding->suppression);

        g_string_append_printf(out, "\n  %s: %s", _("suppressed"), reason);
    }
}

/* <failure>, <skipped> or <system-out> with those findings that do, or do not, fail. */
static void
write_outcome(struct report *report, const struct group *rule, const char *element,
              gboolean failing)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const struct cvm_finding *first = NULL;

    for (guint i = 0; i < rule->findings->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(rule->findings, i);

        if (fails(finding, report->options) == failing) {
            first = first ? first : finding;
            append_finding(text, finding);
        }
    }
    if (!first) {
        return;
    }
    cvm_xml_start(&report->xml, element);
    if (failing) {
        cvm_xml_attribute(&report->xml, "type", cvm_severity_name(first->severity));
        cvm_xml_attribute(&report->xml, "message", first->message);
    } else if (g_str_equal(element, "skipped")) {
        cvm_xml_attribute(&report->xml, "message", first->suppression);
    }
    cvm_xml_text(&report->xml, text->str);
    cvm_xml_end(&report->xml);
}

static void
start_case(struct report *report, const char *name, const char *file, unsigned line)
{
    cvm_xml_start(&report->xml, "testcase");
    cvm_xml_attribute(&report->xml, "name", name);
    cvm_xml_attribute(&report->xml, "classname", file);
    cvm_xml_attribute(&report->xml, "file", file);
    if (line) {
        cvm_xml_attribute_uint(&report->xml, "line", line);
    }
}

static void
write_rule(struct report *report, const struct group *rule, const char *file)
{
    const struct cvm_finding *first = g_ptr_array_index(rule->findings, 0);
    g_autofree char *name = g_strdup_printf("%s %s", first->rule, first->name);

    start_case(report, name, file, first->line);
    if (outcome_of(rule, report->options) == SKIPPED) {
        write_outcome(report, rule, "skipped", FALSE);
    } else {
        write_outcome(report, rule, "failure", TRUE);
        write_outcome(report, rule, "system-out", FALSE);
    }
    cvm_xml_end(&report->xml);
}

static void
write_failure(struct report *report, const struct cvm_failure *failure, const char *file)
{
    g_autofree char *place = cvm_report_place(failure->file, failure->line, failure->column);
    g_autofree char *message = cvm_report_line(failure->message);
    g_autofree char *text = g_strdup_printf("%s: %s", place, message);

    start_case(report, "read", file, failure->line);
    cvm_xml_start(&report->xml, "error");
    cvm_xml_attribute(&report->xml, "type", "error");
    cvm_xml_attribute(&report->xml, "message", failure->message);
    cvm_xml_text(&report->xml, text);
    cvm_xml_end(&report->xml);
    cvm_xml_end(&report->xml);
}

/* ---- suites ---- */

static void
start_suite(struct report *report, const char *name, const struct counts *counts)
{
    cvm_xml_start(&report->xml, "testsuite");
    cvm_xml_attribute(&report->xml, "name", name);
    cvm_xml_attribute_uint(&report->xml, "tests", counts->tests);
    cvm_xml_attribute_uint(&report->xml, "failures", counts->failures);
    cvm_xml_attribute_uint(&report->xml, "errors", counts->errors);
    cvm_xml_attribute_uint(&report->xml, "skipped", counts->skipped);
}

static struct counts
count_outcomes(const struct report *report, const struct groups *rules)
{
    struct counts counts = { .tests = MAX(rules->order->len, 1) };

    for (guint i = 0; i < rules->order->len; i++) {
        enum outcome outcome = outcome_of(g_ptr_array_index(rules->order, i), report->options);

        counts.failures += outcome == FAILED;
        counts.skipped += outcome == SKIPPED;
    }
    return counts;
}

static void
add_counts(struct counts *total, const struct counts *counts)
{
    total->tests += counts->tests;
    total->failures += counts->failures;
    total->errors += counts->errors;
    total->skipped += counts->skipped;
}

static void
write_file(struct report *report, const struct group *group, struct counts *total)
{
    g_autofree char *file = cvm_report_path(group->key, report->options->folder);
    struct groups rules = make_groups();
    struct counts counts;

    for (guint i = 0; i < group->findings->len; i++) {
        struct cvm_finding *finding = g_ptr_array_index(group->findings, i);

        g_ptr_array_add(get_group(&rules, finding->rule)->findings, finding);
    }
    counts = count_outcomes(report, &rules);
    start_suite(report, file, &counts);
    for (guint i = 0; i < rules.order->len; i++) {
        write_rule(report, g_ptr_array_index(rules.order, i), file);
    }
    if (rules.order->len == 0) {
        start_case(report, "no findings", file, 0);
        cvm_xml_end(&report->xml);
    }
    cvm_xml_end(&report->xml);
    clear_groups(&rules);
    add_counts(total, &counts);
}

static void
write_files(struct report *report, struct counts *total)
{
    const struct cvm_findings *findings = report->findings;
    struct groups files = make_groups();

    for (guint i = 0; i < findings->inputs->len; i++) {
        get_group(&files, g_ptr_array_index(findings->inputs, i));
    }
    for (guint i = 0; i < findings->items->len; i++) {
        struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        g_ptr_array_add(get_group(&files, finding->file ? finding->file : PACKAGE)->findings,
                        finding);
    }
    for (guint i = 0; i < files.order->len; i++) {
        write_file(report, g_ptr_array_index(files.order, i), total);
    }
    clear_groups(&files);
}

static void
write_failures(struct report *report, struct counts *total)
{
    const struct counts counts = { .tests = 1, .errors = 1 };

    for (guint i = 0; i < report->findings->failures->len; i++) {
        const struct cvm_failure *failure = g_ptr_array_index(report->findings->failures, i);
        g_autofree char *file =
            cvm_report_path(failure->file ? failure->file : PACKAGE, report->options->folder);

        start_suite(report, file, &counts);
        write_failure(report, failure, file);
        cvm_xml_end(&report->xml);
        add_counts(total, &counts);
    }
}

/* One case for all rules that were not run for one reason: they would have been run on every file.
 */
static void
write_not_run_for(struct report *report, gboolean host, struct counts *total)
{
    const struct counts counts = { .tests = 1, .skipped = 1 };
    unsigned count;
    g_autofree char *names = cvm_report_name_not_run(report->findings, host, &count);

    if (count == 0) {
        return;
    }
    start_suite(report, PACKAGE, &counts);
    cvm_xml_start(&report->xml, "testcase");
    cvm_xml_attribute(&report->xml, "name", host ? "host rules" : "attestation rules");
    cvm_xml_attribute(&report->xml, "classname", PACKAGE);
    cvm_xml_start(&report->xml, "skipped");
    cvm_xml_attribute_format(&report->xml, "message",
                             host ? _("no host given, not run: %s")
                                  : _("libcvmdom-attest is not installed, not run: %s"),
                             names);
    cvm_xml_end(&report->xml);
    cvm_xml_end(&report->xml);
    cvm_xml_end(&report->xml);
    add_counts(total, &counts);
}

static void
write_not_run(struct report *report, struct counts *total)
{
    write_not_run_for(report, TRUE, total);
    write_not_run_for(report, FALSE, total);
}

/* The totals stand before what they count, so they are put there last. */
static void
report_junit(const struct cvm_findings *findings, const struct cvm_report_options *options,
             GString *out)
{
    struct report report = { .findings = findings, .options = options };
    struct counts total = { 0 };
    gssize totals_at;
    g_autofree char *totals = NULL;

    g_string_append(out, "<?xml version='1.0' encoding='UTF-8'?>\n");
    cvm_xml_init(&report.xml, out);
    cvm_xml_start(&report.xml, "testsuites");
    cvm_xml_attribute(&report.xml, "name", PACKAGE);
    totals_at = (gssize)out->len;
    write_files(&report, &total);
    write_failures(&report, &total);
    write_not_run(&report, &total);
    cvm_xml_end(&report.xml);
    totals = g_strdup_printf(" tests='%u' failures='%u' errors='%u' skipped='%u'", total.tests,
                             total.failures, total.errors, total.skipped);
    g_string_insert(out, totals_at, totals);
}

const struct cvm_reporter cvm_reporter_junit = {
    .name = "junit",
    .summary = N_("JUnit XML for GitLab, Jenkins and others: a suite a file, a case a rule"),
    .report = report_junit,
};
