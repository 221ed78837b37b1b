/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/launch.h"

#define DEFAULT_HOST "epyc-genoa-snp"

/* A profile is completed for a host, as 'render' does it; XML says what it is. */
static const cvmdom_host *
host_for(struct cli_launches *launches, const cvmdom_domain *domain)
{
    return cli_hosts_for(&launches->hosts, domain,
                         cvmdom_domain_is_profile(domain) ? DEFAULT_HOST : NULL, NULL);
}

/* STUB: nothing is overridden but the firmware. */
static void
override(const struct cli_launch_options *options, struct cvmdom_launch *launch)
{
    if (options->firmware) {
        launch->firmware = options->firmware;
    }
}

static void
add_launch(const struct cli_launch_options *options, enum cli_launch_need need,
           struct cli_launches *launches, struct cli_job *job)
{
    const cvmdom_host *host = host_for(launches, job->domain);
    struct cli_launch launch = { .job = job };
    cvmdom_error *error = NULL;

    cli_jobs_judge(&launches->jobs, job, host);
    cvmdom_domain_launch(job->domain, host, &launch.launch);
    override(options, &launch.launch);
    if (!job->refused && need == CLI_LAUNCH_FIRMWARE && launch.launch.firmware) {
        launch.firmware = cvmdom_firmware_read(launch.launch.firmware, &error);
        if (!launch.firmware) {
            cli_worsen(&launches->jobs.status, cli_fail(error));
            job->refused = TRUE;
        }
    }
    if (!job->refused) {
        g_array_append_val(launches->launches, launch);
    }
}

static void
clear_launch(gpointer launch)
{
    cvmdom_firmware_free(((struct cli_launch *)launch)->firmware);
}

int
cli_launches_read(const struct cli_command *command G_GNUC_UNUSED,
                  const struct cli_launch_options *options, const char *path,
                  enum cli_launch_need need, struct cli_launches *launches)
{
    int status;

    launches->launches = g_array_new(FALSE, FALSE, sizeof(struct cli_launch));
    g_array_set_clear_func(launches->launches, clear_launch);
    cli_jobs_init(&launches->jobs, FALSE, NULL);
    status = cli_hosts_init(&launches->hosts, options->host, options->firmware_root);
    if (status != CLI_CLEAN) {
        return status;
    }
    cli_jobs_read(&launches->jobs, path, cli_list(options->set));
    for (guint i = 0; i < launches->jobs.jobs->len; i++) {
        add_launch(options, need, launches, cli_jobs_at(&launches->jobs, i));
    }
    cli_jobs_report(&launches->jobs);
    cli_worsen(&launches->jobs.status, launches->hosts.status);
    return launches->jobs.status;
}

void
cli_launches_clear(struct cli_launches *launches)
{
    g_array_unref(launches->launches);
    cli_jobs_clear(&launches->jobs);
    cli_hosts_clear(&launches->hosts);
}

struct cli_launch *
cli_launches_only(const struct cli_command *command, const struct cli_launches *launches)
{
    if (launches->jobs.jobs->len != 1) {
        cli_usage(command, _("this takes a document that describes one guest, not %u"),
                  launches->jobs.jobs->len);
        return NULL;
    }
    return launches->launches->len == 1 ? &g_array_index(launches->launches, struct cli_launch, 0)
                                        : NULL;
}
