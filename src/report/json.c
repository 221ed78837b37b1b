/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings for programs; schemas/findings.schema.json describes it. Every key is always there, null
 * where there is nothing to say. */
#include "config.h"
#include "report/parts.h"
#include "rules/rule.h"
#include "util/i18n.h"

enum { FORMAT_VERSION = 1 }; /* another one where a reader of this one would go wrong */

static json_t *
number_or_null(unsigned number)
{
    return number ? json_integer(number) : json_null();
}

/* The document itself has an empty path. */
static json_t *
path_of(const struct cvm_finding *finding)
{
    return cvm_json_text(finding->path && *finding->path ? finding->path : NULL);
}

static json_t *
suppression_of(const struct cvm_finding *finding)
{
    return finding->suppression ? json_pack("{s:o}", "reason", cvm_json_text(finding->suppression))
                                : json_null();
}

static json_t *
describe_finding(const struct cvm_finding *finding)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", /* in this order */
                     "rule", finding->rule, "name", finding->name, "severity",
                     cvm_severity_name(finding->severity), "message",
                     cvm_json_text(finding->message), "file", cvm_json_text(finding->file), "line",
                     number_or_null(finding->line), "column", number_or_null(finding->column),
                     "path", path_of(finding), "fix", cvm_json_text(finding->fix), "suppression",
                     suppression_of(finding));
}

static json_t *
describe_failure(const struct cvm_failure *failure)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "message", cvm_json_text(failure->message), "file",
                     cvm_json_text(failure->file), "line", number_or_null(failure->line), "column",
                     number_or_null(failure->column));
}

static json_t *
describe_not_run(const char *id)
{
    const struct cvm_rule *rule = cvm_rule_find(id);

    return json_pack("{s:s, s:o, s:s}", "rule", id, "name", cvm_json_text(rule ? rule->name : NULL),
                     "reason", cvm_report_needs_host(id) ? "no-host" : "not-installed");
}

static json_t *
summarise(const struct cvm_findings *findings, const struct cvm_report_options *options)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", /* of them and of what was looked at */
                     "documents", (int)options->documents, "error",
                     (int)cvm_report_count(findings, CVM_SEVERE), "warning",
                     (int)cvm_report_count(findings, CVM_WARNING), "note",
                     (int)cvm_report_count(findings, CVM_NOTE), "suppressed",
                     (int)cvm_report_count_suppressed(findings), "failures",
                     (int)findings->failures->len, "notRun", (int)findings->not_run->len);
}

static void
report_json(const struct cvm_findings *findings, const struct cvm_report_options *options,
            GString *out)
{
    json_t *all = json_array(), *inputs = json_array();
    json_t *failures = json_array(), *not_run = json_array();

    for (guint i = 0; i < findings->items->len; i++) {
        json_array_append_new(all, describe_finding(g_ptr_array_index(findings->items, i)));
    }
    for (guint i = 0; i < findings->inputs->len; i++) {
        json_array_append_new(inputs, cvm_json_text(g_ptr_array_index(findings->inputs, i)));
    }
    for (guint i = 0; i < findings->failures->len; i++) {
        json_array_append_new(failures, describe_failure(g_ptr_array_index(findings->failures, i)));
    }
    for (guint i = 0; i < findings->not_run->len; i++) {
        json_array_append_new(not_run, describe_not_run(g_ptr_array_index(findings->not_run, i)));
    }
    cvm_json_write(json_pack("{s:i, s:{s:s, s:s}, s:b, s:o, s:o, s:o, s:o, s:o}", "version",
                             FORMAT_VERSION, "tool", "name", PACKAGE_NAME, "version",
                             PACKAGE_VERSION, "complete", cvm_report_is_complete(findings, options),
                             "findings", all, "inputs", inputs, "failures", failures, "notRun",
                             not_run, "summary", summarise(findings, options)),
                   out);
}

const struct cvm_reporter cvm_reporter_json = {
    .name = "json",
    .summary = N_("for programs: 'cvmdom schema findings' describes it"),
    .report = report_json,
};
