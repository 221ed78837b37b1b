/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/launch.h"

/* A profile is completed for a host, as 'render' does it; XML says what it is. */
static const cvmdom_host *
host_for(struct cli_launches *launches, const cvmdom_domain *domain)
{
    return cli_hosts_for(&launches->hosts, domain,
                         cvmdom_domain_is_profile(domain) ? CLI_BUNDLED_HOST : NULL, NULL);
}

static size_t
count_errors(const struct cli_jobs *jobs)
{
    return cvmdom_findings_count_from(jobs->findings, CVMDOM_SEVERE);
}

static void
refuse(struct cli_jobs *jobs, struct cli_job *job, int status)
{
    job->refused = TRUE;
    cli_worsen(&jobs->status, status);
}

static void
judge(struct cli_launches *launches, struct cli_job *job)
{
    const cvmdom_host *host = host_for(launches, job->domain);
    size_t errors = count_errors(&launches->jobs);

    if (host || cvmdom_domain_is_profile(job->domain)) {
        cli_jobs_judge(&launches->jobs, job, host);
        return;
    }
    cvmdom_domain_check(job->domain, NULL, launches->jobs.findings);
    if (count_errors(&launches->jobs) > errors) {
        refuse(&launches->jobs, job, CLI_FINDINGS);
    }
}

/* The document's image is a file of the host; that of --firmware one of this machine. */
static void
find_firmware(const struct cli_launch_options *options, struct cli_launch *launch)
{
    if (options->firmware_root && !options->firmware && launch->launch.firmware) {
        launch->path = g_build_filename(options->firmware_root, launch->launch.firmware, NULL);
        launch->launch.firmware = launch->path;
    }
}

/* An image that is not there is for the rules to say; one whose tables are broken is measured by
 * nobody. */
static void
read_firmware(struct cli_jobs *jobs, struct cli_launch *launch, struct cli_job *job)
{
    cvmdom_error *error = NULL;

    if (launch->launch.firmware) {
        launch->firmware = cvmdom_firmware_read(launch->launch.firmware, &error);
    }
    if (error && cvmdom_error_code(error) != CVMDOM_ERROR_IO) {
        refuse(jobs, job, cli_fail(error));
        return;
    }
    cvmdom_error_free(error);
}

static void
judge_launch(struct cli_jobs *jobs, const struct cli_launch *launch, struct cli_job *job)
{
    size_t errors = count_errors(jobs);

    cvmdom_launch_check(&launch->launch, launch->firmware, job->domain, job->host, jobs->findings);
    if (count_errors(jobs) > errors) {
        refuse(jobs, job, CLI_FINDINGS);
    }
}

void
cli_launch_clear(struct cli_launch *launch)
{
    cvmdom_firmware_free(launch->firmware);
    g_free(launch->path);
}

static void
clear_launch(gpointer launch)
{
    cli_launch_clear(launch);
}

/* The bundled host that a profile is completed for stands for one that nobody named: what libvirt
 * makes of host-model there says nothing of the host that the guest is started on. */
static void
forget_assumed_cpu(const struct cli_launch_override *override, const cvmdom_domain *domain,
                   struct cvmdom_launch *launch)
{
    if (!override->options->host && !cvmdom_domain_host(domain) &&
        g_strcmp0(launch->cpu_mode, "host-model") == 0) {
        launch->cpu = NULL;
        launch->signature = 0;
    }
}

void
cli_launch_take(struct cli_jobs *jobs, struct cli_job *job,
                const struct cli_launch_override *override, enum cli_launch_need need,
                struct cli_launch *launch)
{
    *launch = (struct cli_launch){ .job = job };
    cvmdom_domain_launch(job->domain, job->host, &launch->launch);
    forget_assumed_cpu(override, job->domain, &launch->launch);
    cli_launch_override_apply(override, &launch->launch);
    if (need != CLI_LAUNCH_POLICY) {
        find_firmware(override->options, launch);
        read_firmware(jobs, launch, job);
    }
    if (need != CLI_LAUNCH_POLICY && !job->refused) {
        judge_launch(jobs, launch, job);
    }
}

static void
add_launch(const struct cli_launch_override *override, enum cli_launch_need need,
           struct cli_launches *launches, struct cli_job *job)
{
    struct cli_launch launch;

    if (need == CLI_LAUNCH_ID_BLOCK && cvmdom_domain_drop_id_block(job->domain)) {
        cli_say(_("the ID block that '%s' has is not looked at: the new one is to replace it"),
                cli_job_title(job));
    }
    judge(launches, job);
    if (job->refused) {
        return;
    }
    cli_launch_take(&launches->jobs, job, override, need, &launch);
    if (job->refused) {
        cli_launch_clear(&launch);
    } else {
        g_array_append_val(launches->launches, launch);
    }
}

int
cli_launches_read_all(const struct cli_command *command, const struct cli_launch_options *options,
                      const char *const *paths, enum cli_launch_need need,
                      struct cli_launches *launches)
{
    struct cli_launch_override override;
    int status;

    launches->launches = g_array_new(FALSE, FALSE, sizeof(struct cli_launch));
    g_array_set_clear_func(launches->launches, clear_launch);
    cli_jobs_init(&launches->jobs, FALSE, NULL);
    status = cli_hosts_init(&launches->hosts, options->host, options->firmware_root);
    cli_worsen(&status, cli_launch_override_parse(command, options, &override));
    if (status != CLI_CLEAN) {
        return status;
    }
    for (size_t i = 0; paths[i]; i++) {
        cli_jobs_read(&launches->jobs, paths[i], cli_list(options->set));
    }
    for (guint i = 0; i < launches->jobs.jobs->len; i++) {
        add_launch(&override, need, launches, cli_jobs_at(&launches->jobs, i));
    }
    cli_jobs_report(&launches->jobs);
    cli_worsen(&launches->jobs.status, launches->hosts.status);
    return launches->jobs.status;
}

int
cli_launches_read(const struct cli_command *command, const struct cli_launch_options *options,
                  const char *path, enum cli_launch_need need, struct cli_launches *launches)
{
    const char *const paths[] = { path, NULL };

    return cli_launches_read_all(command, options, paths, need, launches);
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
