/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guests of profiles and domain XML need inside. */
#include <stdio.h>

#include "cli/explain.h"
#include "cli/hosts.h"
#include "cli/jobs.h"
#include "cvmdom/guest.h"

/* A profile is completed for a host, as 'render' does it; XML says what it is. */
static void
judge(struct cli_jobs *jobs, struct cli_hosts *hosts, struct cli_job *job)
{
    gboolean profile = cvmdom_domain_is_profile(job->domain);
    const cvmdom_host *host =
        cli_hosts_for(hosts, job->domain, profile ? CLI_BUNDLED_HOST : NULL, NULL);
    size_t severe = cvmdom_findings_count_from(jobs->findings, CVMDOM_SEVERE);

    if (host || profile) {
        cli_jobs_judge(jobs, job, host);
        return;
    }
    cvmdom_domain_check(job->domain, NULL, jobs->findings);
    if (cvmdom_findings_count_from(jobs->findings, CVMDOM_SEVERE) > severe) {
        job->refused = TRUE;
        cli_worsen(&jobs->status, CLI_FINDINGS);
    }
}

static void
read_all(struct cli_jobs *jobs, const char *const *files, const struct cli_guest_options *options)
{
    for (guint i = 0; files[i]; i++) {
        cli_jobs_read(jobs, files[i], cli_list(options->set));
    }
}

static GPtrArray *
advise(const struct cli_jobs *jobs)
{
    GPtrArray *advice = g_ptr_array_new_with_free_func((GDestroyNotify)cvmdom_guest_advice_free);

    for (guint i = 0; i < jobs->jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(jobs, i);

        if (job->refused) {
            cli_say(_("'%1$s': no advice while errors stand in its way"), cli_job_title(job));
        } else {
            g_ptr_array_add(advice, cvmdom_domain_guest_advice(job->domain));
        }
    }
    return advice;
}

static int
print(const struct cli_jobs *jobs, const struct cli_guest_options *options, gboolean colour)
{
    g_autoptr(GPtrArray) advice = advise(jobs);
    g_autofree char *text = NULL;
    cvmdom_error *error = NULL;

    if (advice->len == 0) {
        return CLI_CLEAN;
    }
    if (cvmdom_guest_advice_report((const cvmdom_guest_advice *const *)advice->pdata, advice->len,
                                   options->format ? options->format : "text", colour, &text,
                                   &error) < 0) {
        return cli_fail(error);
    }
    fputs(text, stdout);
    return CLI_CLEAN;
}

int
cli_explain_guests(const struct cli_guest_options *options, const char *const *more,
                   gboolean colour)
{
    struct cli_jobs jobs;
    struct cli_hosts hosts;
    int status = cli_hosts_init(&hosts, options->host, options->firmware_root);

    cli_jobs_init(&jobs, FALSE, NULL);
    if (status == CLI_CLEAN) {
        read_all(&jobs, cli_list(options->guest), options);
        read_all(&jobs, more, options);
        for (guint i = 0; i < jobs.jobs->len; i++) {
            judge(&jobs, &hosts, cli_jobs_at(&jobs, i));
        }
        cli_jobs_report(&jobs);
        status = print(&jobs, options, colour);
        cli_worsen(&status, MAX(jobs.status, hosts.status));
    }
    cli_hosts_clear(&hosts);
    cli_jobs_clear(&jobs);
    return status;
}
