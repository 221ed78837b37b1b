/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is the guest that a platform started the one of this document? Its exit statuses are those of
 * libvirt's virt-qemu-sev-validate. */
#include "cli/verify.h"

#include <stdio.h>

struct verify_options {
    struct cli_launch_options launch;
    struct verify_launch_options measured;
    struct verify_report_options report;
    const char *format;
    gboolean quiet;
};

static const struct cli_option options_table[] = {
    VERIFY_LAUNCH_ROWS(struct verify_options, measured),
    VERIFY_REPORT_ROWS(struct verify_options, report),
    CLI_LAUNCH_ROWS(struct verify_options, launch),
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_DESCRIPTION,
      .offset = offsetof(struct verify_options, format),
      .help = N_("how to write the verdict; by default text") },
    { .name = "quiet",
      .letter = 'q',
      .offset = offsetof(struct verify_options, quiet),
      .help = N_("write no verdict: the exit status says it") },
    { 0 },
};

static const int statuses[] = {
    [CLI_CLEAN] = VERIFY_MATCHES,
    [CLI_FINDINGS] = VERIFY_CONFIGURATION,
    [CLI_UNREADABLE] = VERIFY_FAILED,
    [CLI_USAGE] = VERIFY_USAGE,
};

int
verify_status_of(int status)
{
    return statuses[status];
}

static int
verify(const struct verify_options *options, const struct cli_launch *launch)
{
    const struct verify_context context = {
        .command = &cli_verify,
        .launch = launch,
        .host = options->launch.host,
        .firmware_root = options->launch.firmware_root,
        .try_firmware = options->measured.try_firmware,
        .insecure = options->measured.insecure,
        .json = g_strcmp0(options->format, "json") == 0,
        .quiet = options->quiet,
    };

    if (!launch->firmware) {
        cli_say(_("'%1$s': its firmware '%2$s' is not here to be measured: name a copy with "
                  "--firmware"),
                cli_job_title(launch->job), launch->launch.firmware ? launch->launch.firmware : "");
        return VERIFY_FAILED;
    }
    return options->report.report ? verify_report(&context, &options->report)
                                  : verify_launch(&context, &options->measured, NULL);
}

/* One of the two, and what belongs to it. */
static gboolean
check_usage(const struct verify_options *options)
{
    const struct verify_launch_options *measured = &options->measured;
    const struct verify_report_options *report = &options->report;

    if (report->report) {
        if (measured->measurement || measured->connect.uri || measured->tik || measured->tek ||
            measured->tk) {
            cli_usage(&cli_verify, _("--report is of a SEV-SNP guest, which has no measurement "
                                     "and no keys: leave --measurement, --connect, --tik, --tek "
                                     "and --tk out"));
            return FALSE;
        }
        return verify_report_check(&cli_verify, report);
    }
    if (report->vcek || report->ca || report->ark || report->vmpl || report->report_data ||
        report->least_tcb || report->fields_only) {
        cli_usage(&cli_verify, _("--vcek, --ca, --ark, --vmpl, --report-data, --least-tcb and "
                                 "--fields-only are about an attestation report: they need "
                                 "--report"));
        return FALSE;
    }
    return verify_launch_check(&cli_verify, measured);
}

static int
status_of_rule(const char *rule)
{
    static const struct {
        const char *rule;
        int status;
    } rules[] = {
        { "CVM207", VERIFY_INSECURE }, /* the policy allows debugging */
        { "CVM801", VERIFY_FAILED },   /* a file is missing that is measured */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (g_str_equal(rules[i].rule, rule)) {
            return rules[i].status;
        }
    }
    return VERIFY_CONFIGURATION;
}

/* Of a document with errors; of several kinds of them it is the configuration. */
static int
status_of_findings(const cvmdom_findings *findings)
{
    int status = VERIFY_MATCHES;

    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        int other = status_of_rule(cvmdom_finding_rule(findings, i));

        if (cvmdom_finding_severity(findings, i) == CVMDOM_SEVERE &&
            !cvmdom_finding_suppression(findings, i)) {
            status = status == VERIFY_MATCHES || status == other ? other : VERIFY_CONFIGURATION;
        }
    }
    return status == VERIFY_MATCHES ? VERIFY_CONFIGURATION : status;
}

static int
run(const void *data, const char *const *operands)
{
    const struct verify_options *options = data;
    const struct cli_launch *launch = NULL;
    struct cli_launches launches;
    int status;

    if (!check_usage(options)) {
        return VERIFY_USAGE;
    }
    status = verify_status_of(cli_launches_read(&cli_verify, &options->launch, operands[0],
                                                CLI_LAUNCH_FIRMWARE, &launches));
    if (status == VERIFY_CONFIGURATION) {
        status = status_of_findings(launches.jobs.findings);
    } else if (status == VERIFY_MATCHES) {
        launch = cli_launches_only(&cli_verify, &launches);
        status = launch ? verify(options, launch) : VERIFY_USAGE;
    }
    cli_launches_clear(&launches);
    return status;
}

const struct cli_command cli_verify = {
    .name = "verify",
    .operands = "PROFILE|DOMAIN.xml",
    .values = CLI_FILE,
    .least = 1,
    .most = 1,
    .summary = N_("Say whether the guest that a platform started is the one of this document."),
    .description =
        N_("For SEV and SEV-ES the measurement of the launch is judged, as it is given or as the "
           "libvirt of --connect tells it of a running domain, with the keys of the guest's "
           "session; for SEV-SNP the attestation report of --report. A measurement that differs "
           "is explained as far as other launches are known by which it would match. Exit "
           "status, as of virt-qemu-sev-validate: 0 it matches, 1 it does not, 2 wrong usage, 3 "
           "it would prove little (--insecure goes on), 4 the guest's configuration cannot be "
           "verified, 5 the domain's state does not allow it, 6 anything else."),
    .options = options_table,
    .size = sizeof(struct verify_options),
    .statuses = statuses,
    .run = run,
};
