/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/finding.h>. */
#include "lib.h"

#include "report/report.h"
#include "rules/rule.h"
#include "util/error.h"
#include "util/i18n.h"

G_STATIC_ASSERT((int)CVMDOM_NOTE == (int)CVM_NOTE);
G_STATIC_ASSERT((int)CVMDOM_WARNING == (int)CVM_WARNING);
G_STATIC_ASSERT((int)CVMDOM_SEVERE == (int)CVM_SEVERE);

cvmdom_findings *
cvmdom_findings_new(void)
{
    return findings_handle(cvm_findings_new());
}

void
cvmdom_findings_free(cvmdom_findings *findings)
{
    cvm_findings_free(findings_of(findings));
}

size_t
cvmdom_findings_count(const cvmdom_findings *findings)
{
    return findings_of(findings)->items->len;
}

size_t
cvmdom_findings_count_from(const cvmdom_findings *findings, int severity)
{
    return cvm_findings_count(findings_of(findings), (enum cvm_severity)severity);
}

size_t
cvmdom_findings_failing(const cvmdom_findings *findings)
{
    const GPtrArray *items = findings_of(findings)->items;
    size_t count = findings_of(findings)->gone.failing;

    for (guint i = 0; i < items->len; i++) {
        count += ((const struct cvm_finding *)g_ptr_array_index(items, i))->fails != 0;
    }
    return count;
}

const char *
cvmdom_findings_not_run(const cvmdom_findings *findings, size_t i)
{
    const GPtrArray *not_run = findings_of(findings)->not_run;

    return i < not_run->len ? g_ptr_array_index(not_run, i) : NULL;
}

void
cvmdom_findings_add_not_run(cvmdom_findings *findings, const char *rule)
{
    const struct cvm_rule *found = cvm_rule_find(rule);

    if (found) {
        cvm_findings_add_not_run(findings_of(findings), found->id);
    }
}

void
cvmdom_findings_take(cvmdom_findings *findings, cvmdom_findings *others)
{
    cvm_findings_take(findings_of(findings), findings_of(others));
}

const char *
cvmdom_findings_input(const cvmdom_findings *findings, size_t i)
{
    const GPtrArray *inputs = findings_of(findings)->inputs;

    return i < inputs->len ? g_ptr_array_index(inputs, i) : NULL;
}

void
cvmdom_findings_add_error(cvmdom_findings *findings, const cvmdom_error *error)
{
    const CvmErrorPrivate *place = cvm_error_place(error_of(error));

    cvm_findings_add_failure(findings_of(findings), error_of(error)->message, place->file,
                             place->line, place->column);
}

/* ---- one finding ---- */

/* Beyond the last there is one of zeros. */
static const struct cvm_finding *
finding_at(const cvmdom_findings *findings, size_t i)
{
    static const struct cvm_finding none;
    const GPtrArray *items = findings_of(findings)->items;

    return i < items->len ? g_ptr_array_index(items, i) : &none;
}

const char *
cvmdom_finding_rule(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->rule;
}

const char *
cvmdom_finding_name(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->name;
}

int
cvmdom_finding_severity(const cvmdom_findings *findings, size_t i)
{
    return (int)finding_at(findings, i)->severity;
}

const char *
cvmdom_finding_message(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->message;
}

const char *
cvmdom_finding_fix(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->fix;
}

const char *
cvmdom_finding_file(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->file;
}

unsigned
cvmdom_finding_line(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->line;
}

unsigned
cvmdom_finding_column(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->column;
}

const char *
cvmdom_finding_path(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->path;
}

const char *
cvmdom_finding_excerpt(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->excerpt;
}

unsigned
cvmdom_finding_excerpt_column(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->excerpt_column;
}

const char *
cvmdom_finding_suppression(const cvmdom_findings *findings, size_t i)
{
    return finding_at(findings, i)->suppression;
}

/* ---- reports ---- */

static struct cvm_report_options
take_options(const struct cvmdom_report_options *given)
{
    return (struct cvm_report_options){
        .colour = given->colour != 0,
        .documents = (unsigned)given->documents,
        .fail_on = (enum cvm_severity)given->fail_on,
        .folder = given->folder,
        .incomplete = given->incomplete != 0,
    };
}

/* NULL, with an error, for what cannot be done. */
static const struct cvm_reporter *
find_reporter(const char *format, const struct cvmdom_report_options *given, cvmdom_error **error)
{
    const struct cvm_reporter *reporter = cvm_reporter_find(format);
    GError *cause = NULL;

    if (!reporter) {
        cvm_error_set(&cause, CVM_ERROR_USAGE, _("there is no report format '%1$s'"), format);
    } else if (given->folder && !g_path_is_absolute(given->folder)) {
        cvm_error_set(&cause, CVM_ERROR_USAGE, _("'%1$s' is no absolute path to name files from"),
                      given->folder);
    }
    if (cause) {
        give_error(error, cause);
        return NULL;
    }
    return reporter;
}

typedef void (*report_fn)(const struct cvm_findings *findings,
                          const struct cvm_report_options *options, GString *out);

/* NULL for no function. */
static char *
write_report(report_fn write, const cvmdom_findings *findings,
             const struct cvmdom_report_options *options)
{
    const struct cvm_report_options taken = take_options(options);
    GString *out;

    if (!write) {
        return NULL;
    }
    out = g_string_new(NULL);
    write(findings_of(findings), &taken, out);
    return g_string_free(out, FALSE);
}

int
cvmdom_findings_report(const cvmdom_findings *findings, const char *format,
                       const struct cvmdom_report_options *options, char **text,
                       cvmdom_error **error)
{
    const struct cvm_reporter *reporter = find_reporter(format, options, error);

    if (!reporter) {
        return -1;
    }
    *text = write_report(reporter->report, findings, options);
    return 0;
}

int
cvmdom_findings_report_begin(cvmdom_findings *findings, const char *format,
                             const struct cvmdom_report_options *options, char **text,
                             cvmdom_error **error)
{
    const struct cvm_reporter *reporter = find_reporter(format, options, error);

    if (!reporter) {
        return -1;
    }
    *text = write_report(reporter->begin, findings, options);
    if (*text) {
        cvm_findings_forget(findings_of(findings));
    }
    return 0;
}

const char *
cvmdom_format_name(size_t i, const char **summary)
{
    const struct cvm_reporter *reporter = i < G_MAXUINT ? cvm_reporter_at((unsigned)i) : NULL;

    if (reporter && summary) {
        *summary = _(reporter->summary);
    }
    return reporter ? reporter->name : NULL;
}

const char *
cvmdom_findings_schema(void)
{
    return cvm_findings_schema();
}

/* ---- the catalogue ---- */

int
cvmdom_rule_at(size_t i, struct cvmdom_rule *rule)
{
    const struct cvm_rule *found = i < G_MAXUINT ? cvm_rule_at((unsigned)i) : NULL;

    if (!found) {
        return -1;
    }
    *rule = (struct cvmdom_rule){
        .id = found->id,
        .name = found->name,
        .severity = (int)found->severity,
        .needs_host = found->needs_host,
        .summary = _(found->summary),
    };
    return 0;
}

const char *
cvmdom_rule_page(const char *id)
{
    return cvm_rule_page(id);
}
