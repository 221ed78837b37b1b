/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/jobs.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cmd.h"

void
cli_jobs_init(struct cli_jobs *jobs, gboolean force, const char *color)
{
    *jobs = (struct cli_jobs){
        .force = force,
        .colour = cli_colour(color, STDERR_FILENO),
        .findings = cvmdom_findings_new(),
        .files = g_ptr_array_new_with_free_func((GDestroyNotify)cvmdom_domains_free),
        .jobs = g_array_new(FALSE, FALSE, sizeof(struct cli_job)),
    };
}

void
cli_jobs_clear(struct cli_jobs *jobs)
{
    g_array_unref(jobs->jobs);
    g_ptr_array_unref(jobs->files);
    cvmdom_findings_free(jobs->findings);
}

void
cli_jobs_reset(struct cli_jobs *jobs)
{
    g_array_set_size(jobs->jobs, 0);
    g_ptr_array_set_size(jobs->files, 0);
    cvmdom_findings_free(jobs->findings);
    jobs->findings = cvmdom_findings_new();
}

void
cli_jobs_read(struct cli_jobs *jobs, const char *path, const char *const *sets)
{
    cvmdom_error *error = NULL;
    cvmdom_domains *domains = cvmdom_domains_read(path, sets, &error);
    size_t count;

    if (!domains) {
        cli_worsen(&jobs->status, cli_fail(error));
        return;
    }
    g_ptr_array_add(jobs->files, domains);
    count = cvmdom_domains_count(domains);
    for (size_t i = 0; i < count; i++) {
        struct cli_job job = {
            .profile = path,
            .number = count > 1 ? (unsigned)i + 1 : 0,
            .domain = cvmdom_domains_get(domains, i),
        };

        g_array_append_val(jobs->jobs, job);
    }
}

struct cli_job *
cli_jobs_at(const struct cli_jobs *jobs, guint i)
{
    return &g_array_index(jobs->jobs, struct cli_job, i);
}

void
cli_jobs_judge(struct cli_jobs *jobs, struct cli_job *job, const cvmdom_host *host)
{
    size_t severe = cvmdom_findings_count_from(jobs->findings, CVMDOM_SEVERE);

    job->host = host;
    if (!host) {
        job->refused = TRUE;
        return;
    }
    if (jobs->target) {
        cvmdom_domain_set_target(job->domain, jobs->target, NULL);
    }
    cvmdom_domain_resolve(job->domain, host);
    cvmdom_domain_check(job->domain, host, jobs->findings);
    severe = cvmdom_findings_count_from(jobs->findings, CVMDOM_SEVERE) - severe;
    if (severe > 0 && !jobs->force) {
        job->refused = TRUE;
        cli_worsen(&jobs->status, CLI_FINDINGS);
    }
}

static void
print_findings(const struct cli_jobs *jobs)
{
    const struct cvmdom_report_options options = {
        .documents = jobs->jobs->len,
        .colour = jobs->colour,
    };
    g_autofree char *text = NULL;

    if (cvmdom_findings_count(jobs->findings) > 0 &&
        cvmdom_findings_report(jobs->findings, "text", &options, &text, NULL) == 0) {
        cli_say_again(text, NULL);
    }
}

/* An error that a comment of the profile lets pass is not passed over in silence. */
static void
print_suppressed(const cvmdom_findings *findings)
{
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        const char *reason = cvmdom_finding_suppression(findings, i);

        if (reason && cvmdom_finding_severity(findings, i) == CVMDOM_SEVERE) {
            cli_say(_("%1$s:%2$u: a comment suppresses the error %3$s: %4$s"),
                    cvmdom_finding_file(findings, i), cvmdom_finding_line(findings, i),
                    cvmdom_finding_rule(findings, i), reason);
        }
    }
}

void
cli_jobs_report(const struct cli_jobs *jobs)
{
    print_findings(jobs);
    print_suppressed(jobs->findings);
}

const char *
cli_job_title(const struct cli_job *job)
{
    const char *name = cvmdom_domain_name(job->domain);

    return name ? name : job->profile;
}
