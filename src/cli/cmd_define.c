/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles into a libvirt: read all, judge all for the host behind the connection, then define, and
 * start, one after the other. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/definition.h"
#include "cli/jobs.h"
#include "cli/virt.h"

struct define_options {
    struct cli_connect_options connect;
    const char *color;
    GPtrArray *set;
    gboolean start, paused, dry_run, replace, reset_nvram, force;
};

static const struct cli_option options_table[] = {
    CLI_CONNECT_ROWS(struct define_options, connect),
    { .name = "start",
      .offset = offsetof(struct define_options, start),
      .help = N_("start the domains, too, unless they run already") },
    { .name = "paused",
      .offset = offsetof(struct define_options, paused),
      .help = N_("start them with their virtual CPUs stopped, for attestation, and print what "
                 "there is to attest") },
    { .name = "dry-run",
      .letter = 'n',
      .offset = offsetof(struct define_options, dry_run),
      .help = N_("do everything but the change, and say what it would be") },
    { .name = "replace",
      .offset = offsetof(struct define_options, replace),
      .help = N_("define a domain anew that differs from its profile and does not run") },
    { .name = "reset-nvram",
      .offset = offsetof(struct define_options, reset_nvram),
      .help = N_("with --start: reset the firmware's variables to their template") },
    CLI_SET_ROW(struct define_options, set),
    { .name = "force",
      .letter = 'f',
      .offset = offsetof(struct define_options, force),
      .help = N_("define in spite of findings of severity error") },
    { .name = "color",
      .argument = "WHEN",
      .values = CLI_COLOUR,
      .offset = offsetof(struct define_options, color),
      .help = N_("when to colour findings and differences; by default on a terminal") },
    { 0 },
};

struct define {
    const struct define_options *options;
    struct cli_definition definition;
    struct cli_jobs jobs;
    cvmdom_host *host;
};

/* ---- judging ---- */

/* Two profiles of one name are a mistake, and the second must not replace what the first defined;
 * of domain XML the library does not know everything. */
static void
check_operands(struct define *define)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < define->jobs.jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(&define->jobs, i);

        if (!cvmdom_domain_is_profile(job->domain)) {
            cli_say(_("'%1$s' is domain XML, and only profiles can be defined: 'virsh define "
                      "--validate' takes it as it is"),
                    job->profile);
            cli_worsen(&define->jobs.status, CLI_UNREADABLE);
        } else if (!g_hash_table_add(names, (char *)cli_job_title(job))) {
            cli_say(_("'%1$s': two of the domains have this name; give one of them another"),
                    cli_job_title(job));
            cli_worsen(&define->jobs.status, CLI_UNREADABLE);
        }
    }
}

static void
judge(struct define *define)
{
    for (guint i = 0; i < define->jobs.jobs->len; i++) {
        cli_jobs_judge(&define->jobs, cli_jobs_at(&define->jobs, i), define->host);
    }
    cli_jobs_report(&define->jobs);
    for (guint i = 0; i < define->jobs.jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(&define->jobs, i);

        if (job->refused) {
            cli_say(_("'%1$s' is not defined while there are errors (--force defines it all the "
                      "same)"),
                    cli_job_title(job));
        }
    }
    if (define->jobs.status != CLI_CLEAN && define->jobs.jobs->len > 1) {
        cli_say(_("none of the domains is defined"));
    }
}

/* ---- the command ---- */

static int
define_all(struct define *define, const char *const *operands)
{
    const struct cli_connection *connection = &define->definition.connection;
    cvmdom_error *error = NULL;
    int status = CLI_CLEAN;

    for (guint i = 0; operands[i]; i++) {
        cli_jobs_read(&define->jobs, operands[i], cli_list(define->options->set));
    }
    check_operands(define);
    if (define->jobs.status != CLI_CLEAN) {
        return define->jobs.status;
    }
    define->host = cli_virt_host(connection, &error);
    if (!define->host) {
        return cli_virt_fail(error);
    }
    judge(define);
    if (define->jobs.status != CLI_CLEAN) {
        return define->jobs.status;
    }
    for (guint i = 0; i < define->jobs.jobs->len && !define->definition.lost; i++) {
        const struct cli_job *job = cli_jobs_at(&define->jobs, i);

        cli_worsen(&status, cli_definition_run(&define->definition, job->domain, define->host));
    }
    return status;
}

static int
run(const void *data, const char *const *operands)
{
    const struct define_options *options = data;
    struct define define = {
        .options = options,
        .definition = {
            .define = { .replace = options->replace, .dry_run = options->dry_run },
            .start = { .paused = options->paused, .reset_nvram = options->reset_nvram },
            .starts = options->start || options->paused,
            .colour = cli_colour(options->color, STDOUT_FILENO),
        },
    };
    struct cli_connection *connection = &define.definition.connection;
    int status;

    if (options->reset_nvram && !define.definition.starts) {
        return cli_usage(&cli_define, _("--reset-nvram needs --start: the variables are "
                                        "written anew when a domain starts"));
    }
    cli_jobs_init(&define.jobs, options->force, options->color);
    status = cli_virt_connect(&cli_define, options->connect.uri, FALSE, options->connect.timeout,
                              connection);
    if (status == CLI_CLEAN) {
        if (!options->connect.uri) {
            cli_say(_("no --connect given: using '%1$s'"),
                    connection->virt->uri(connection->connection));
        }
        status = define_all(&define, operands);
        cli_virt_disconnect(connection);
    }
    cvmdom_host_free(define.host);
    cli_jobs_clear(&define.jobs);
    return status;
}

const struct cli_command cli_define = {
    .name = "define",
    .operands = "PROFILE…",
    .values = CLI_FILE,
    .least = 1,
    .most = G_MAXUINT,
    .summary = N_("Define the domains of profiles in a libvirt, and start them if asked to."),
    .description = N_("PROFILE is a file, or - for standard input. The domains are judged for the "
                      "host behind the connection, and none is defined while a rule of severity "
                      "error has a finding. A domain of that name that differs is shown, and left "
                      "alone without --replace; one that runs is left alone in any case."),
    .options = options_table,
    .size = sizeof(struct define_options),
    .run = run,
};
