/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Findings: opinions about an input, each of one rule and at one place; and the catalogue of rules.
 */
#ifndef CVMDOM_FINDING_H
#define CVMDOM_FINDING_H

#include <stddef.h>

#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_findings cvmdom_findings;

/** SARIF's three levels. Numbers are stable and ascend. */
enum cvmdom_severity {
    CVMDOM_NOTE = 0,    /**< worth knowing */
    CVMDOM_WARNING = 1, /**< runs, but is risky or not what was meant */
    CVMDOM_SEVERE = 2   /**< "error": will not define, will not start, or starts without the
                           protection asked for */
};

/** An empty list, the caller's to cvmdom_findings_free(). */
cvmdom_findings *
cvmdom_findings_new(void);

/** Frees a list and all its findings; NULL is allowed. */
void
cvmdom_findings_free(cvmdom_findings *findings);

/** @return the number of findings, suppressed ones among them, that cvmdom_findings_report_begin()
 * has not taken. Those of one cvmdom_domain_check() are in the order of file, line, column and
 * rule. */
size_t
cvmdom_findings_count(const cvmdom_findings *findings);

/** @return the number of findings at or above a severity (enum cvmdom_severity) that are not
 * suppressed. */
size_t
cvmdom_findings_count_from(const cvmdom_findings *findings, int severity);

/** @return the number of findings that a pipeline fails by: at or above the severity that the
 * configuration of their input fails from, CVMDOM_SEVERE where there is none. */
size_t
cvmdom_findings_failing(const cvmdom_findings *findings);

/** @return the id of rule i that was not run, NULL beyond the last: because no host was given, or
 * what it needs is not installed. Static. */
const char *
cvmdom_findings_not_run(const cvmdom_findings *findings, size_t i);

/** Moves all that is in others to the end of findings, and frees others. What threads found is
 * brought together so, in the order of their inputs. */
void
cvmdom_findings_take(cvmdom_findings *findings, cvmdom_findings *others);

/** Notes that a rule was not run since what it needs is not there; an unknown id is passed over. */
void
cvmdom_findings_add_not_run(cvmdom_findings *findings, const char *rule);

/** @return the name of file i that was looked at, each once and in that order, NULL beyond the
 * last. Borrowed. */
const char *
cvmdom_findings_input(const cvmdom_findings *findings, size_t i);

/** Notes that an input could not be read, so that reports for programs tell of it: JSON's
 * "failures", SARIF's notifications, JUnit's errors. The error, and its freeing, stay the caller's.
 */
void
cvmdom_findings_add_error(cvmdom_findings *findings, const cvmdom_error *error);

/** @name One finding; i counts from 0. Texts are borrowed and live as long as the list; line and
 * column count from 1, in characters, 0 for none; file, path and fix are NULL when there is none.
 * @{ */
const char *
cvmdom_finding_rule(const cvmdom_findings *findings, size_t i);
const char *
cvmdom_finding_name(const cvmdom_findings *findings, size_t i);
int
cvmdom_finding_severity(const cvmdom_findings *findings, size_t i);
const char *
cvmdom_finding_message(const cvmdom_findings *findings, size_t i);
const char *
cvmdom_finding_fix(const cvmdom_findings *findings, size_t i);
const char *
cvmdom_finding_file(const cvmdom_findings *findings, size_t i);
unsigned
cvmdom_finding_line(const cvmdom_findings *findings, size_t i);
unsigned
cvmdom_finding_column(const cvmdom_findings *findings, size_t i);
const char *
cvmdom_finding_path(const cvmdom_findings *findings, size_t i);
/** The line itself as it stands in the file: neither valid UTF-8 nor free of control characters
 * need it be. Of a very long line it is what is around the column, with "…" for what is cut off. */
const char *
cvmdom_finding_excerpt(const cvmdom_findings *findings, size_t i);
/** Where cvmdom_finding_column() is in the excerpt; 0 when there is none. */
unsigned
cvmdom_finding_excerpt_column(const cvmdom_findings *findings, size_t i);
/** The reason given in the document for looking past the finding; NULL: it counts. */
const char *
cvmdom_finding_suppression(const cvmdom_findings *findings, size_t i);
/** @} */

/** How to report; one of zeros will do where nothing else is said. */
struct cvmdom_report_options {
    size_t documents;   /**< that were looked at, for the summary */
    int colour;         /**< nonzero for ANSI colours where the format has them */
    int fail_on;        /**< enum cvmdom_severity: what JUnit calls a failure, from here on; 0 is
                             CVMDOM_NOTE, that is every finding */
    const char *folder; /**< absolute path; SARIF, JUnit and GitHub name files relative to it where
                             they are below it. NULL: files are named as they are */
    int incomplete;     /**< nonzero when something could not be done that is no error of
                             cvmdom_findings_add_error(): JSON and SARIF say so */
};

/**
 * Findings as text for people or programs. Every format is whole and valid with no findings, too;
 * ids, names and structure are the same in every locale, messages are in the locale's language.
 *
 * @param format a name of cvmdom_format_name(): "text", "json" (cvmdom_findings_schema() describes
 *               it), "sarif" (SARIF 2.1.0), "junit" or "github" (workflow commands)
 * @param text   receives the report, UTF-8, the caller's to free()
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for an unknown format, or a folder that is not absolute
 */
int
cvmdom_findings_report(const cvmdom_findings *findings, const char *format,
                       const struct cvmdom_report_options *options, char **text,
                       cvmdom_error **error);

/**
 * The first part of cvmdom_findings_report(), which writes the rest: for runs of many inputs, whose
 * findings need not be kept to the end. May be called again and again; the parts and the rest are
 * the same bytes as one report.
 *
 * @param findings are written and taken away, and so are the names of inputs; what is counted of
 *                 them stays counted
 * @param text     receives the part, the caller's to free(); NULL, and nothing is taken away, for
 *                 formats that need to know everything at once: all but "text" and "github"
 * @return as cvmdom_findings_report()
 */
int
cvmdom_findings_report_begin(cvmdom_findings *findings, const char *format,
                             const struct cvmdom_report_options *options, char **text,
                             cvmdom_error **error);

/** @return the name of report format i, NULL beyond the last; *summary, if not NULL, receives a
 * sentence about it. Borrowed. */
const char *
cvmdom_format_name(size_t i, const char **summary);

/** @return the JSON Schema (2020-12) of format "json". Static. */
const char *
cvmdom_findings_schema(void);

/** A rule of the catalogue; texts are static, summary is in the language of the locale. */
struct cvmdom_rule {
    const char *id;   /**< "CVM207": stable */
    const char *name; /**< "policy-debug-allowed": stable */
    int severity;   /**< enum cvmdom_severity; single findings may differ where the rule's page says
                       so */
    int needs_host; /**< nonzero: not run without a host */
    const char *summary; /**< one sentence */
};

/** @return 0 and rule i of the catalogue in ascending order of id, or -1 beyond the last. */
int
cvmdom_rule_at(size_t i, struct cvmdom_rule *rule);

/** @return the page of a rule (Markdown, English): what it finds, why, what to write. id is an id
 * or a name. Static; NULL for an unknown rule. */
const char *
cvmdom_rule_page(const char *id);

#ifdef __cplusplus
}
#endif

#endif
