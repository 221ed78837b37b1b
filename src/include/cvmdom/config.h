/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What counts: which rules run, of what severity their findings are, and from where on a run is to
 * fail. It comes from the caller, and from a configuration file: one that the caller names, or the
 * .cvmdom.yaml nearest to the input; cvmdom-lint(7) describes it. The caller's word goes above the
 * file's.
 *
 *     cvmdom_config_new() -> cvmdom_config_select()… -> for each input: cvmdom_config_find() ->
 *     cvmdom_config_check() for each of its domains
 *
 * Rules are named by patterns: an id ("CVM207"), a name ("policy-debug-allowed"), or the beginning
 * of ids ("CVM2", all of the block), in any case; several with commas between them. A pattern that
 * stands for no rule is CVMDOM_ERROR_USAGE here, and CVMDOM_ERROR_SYNTAX with its place in a file.
 */
#ifndef CVMDOM_CONFIG_H
#define CVMDOM_CONFIG_H

#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_config cvmdom_config;

/** Every rule as it is, and no file. The caller's to cvmdom_config_free(). */
cvmdom_config *
cvmdom_config_new(void);

/** One that says the same as config does now, for another thread: it shares what config was told
 * and has read, so config has to outlive it, and neither may be told more. cvmdom_config_find() and
 * all that checks are separate. The caller's to cvmdom_config_free(). */
cvmdom_config *
cvmdom_config_copy(const cvmdom_config *config);

/** Frees it; NULL is allowed. */
void
cvmdom_config_free(cvmdom_config *config);

/**
 * Runs these rules only. What the file selects or ignores no longer counts. Of several calls all
 * that they name is selected.
 *
 * @return 0, or -1 with nothing changed
 */
int
cvmdom_config_select(cvmdom_config *config, const char *patterns, cvmdom_error **error);

/**
 * Does not run these. Where a rule is both selected and ignored, the more exact pattern counts, and
 * of equal ones this.
 *
 * @return 0, or -1 with nothing changed
 */
int
cvmdom_config_ignore(cvmdom_config *config, const char *patterns, cvmdom_error **error);

/**
 * Makes all findings of some rules of one severity, whatever the rules say themselves.
 *
 * @param assignments "CVM207=warning,CVM5=note"; of several for one rule the most exact counts, and
 *                    of equal ones the last
 * @return 0, or -1 with nothing changed
 */
int
cvmdom_config_set_severity(cvmdom_config *config, const char *assignments, cvmdom_error **error);

/** Findings from this severity (enum cvmdom_severity) on are failures; without this what the file
 * says, or CVMDOM_SEVERE. */
void
cvmdom_config_set_fail_on(cvmdom_config *config, int severity);

/** Whether the inputs' suppression comments count, as they do from the beginning. */
void
cvmdom_config_set_suppressions(cvmdom_config *config, int honoured);

/**
 * Reads a configuration file that holds for all inputs.
 *
 * @param path a file of at most 64 KiB
 * @return 0, or -1 with CVMDOM_ERROR_IO, or CVMDOM_ERROR_SYNTAX and the place, which is also what
 * an unknown key or rule is
 */
int
cvmdom_config_read(cvmdom_config *config, const char *path, cvmdom_error **error);

/**
 * Takes the nearest .cvmdom.yaml for an input: the one in its folder or the first in those above
 * it, up to a folder that holds .git. Folders are looked into once for each config. After
 * cvmdom_config_read() that file stays.
 *
 * @param input path of the input, which is not opened; "-" is in the current folder
 * @return 0 with or without a file, or -1 as cvmdom_config_read(): do not check the input then, the
 *         file may have been meant to be strict
 */
int
cvmdom_config_find(cvmdom_config *config, const char *input, cvmdom_error **error);

/** @return the file in use, NULL for none; borrowed until the next call. */
const char *
cvmdom_config_file(const cvmdom_config *config);

/** @return the recorded host that the file in use names, relative paths already joined to the
 * file's folder; NULL for none; borrowed until the next call. */
const char *
cvmdom_config_host(const cvmdom_config *config);

/**
 * cvmdom_domain_check() as the config says.
 *
 * @param host     the machine it is to run on; NULL: rules that need one are counted as not run
 * @param findings receives what they found, appended; cvmdom_findings_failing() counts from fail-on
 */
void
cvmdom_config_check(cvmdom_config *config, const cvmdom_domain *domain, const cvmdom_host *host,
                    cvmdom_findings *findings);

/** @return nonzero when a rule runs for a domain's file. rule is an id. */
int
cvmdom_config_runs(cvmdom_config *config, const cvmdom_domain *domain, const char *rule);

/**
 * cvmdom_config_check() for what others found in a domain: cvmdom_launch_check(), and
 * <cvmdom/attest.h>.
 *
 * @param found    their findings, of this domain only; freed
 * @param findings receives, appended, those that are of a rule that runs: with the severity that
 *                 the config says, and marked where a comment suppresses them
 */
void
cvmdom_config_apply(cvmdom_config *config, const cvmdom_domain *domain, cvmdom_findings *found,
                    cvmdom_findings *findings);

/** @return the JSON Schema (2020-12) of a configuration file, the caller's to free(). */
char *
cvmdom_config_schema(void);

#ifdef __cplusplus
}
#endif

#endif
