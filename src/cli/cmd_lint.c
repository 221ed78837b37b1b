/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/cmd.h"
#include "cli/hosts.h"
#include "cli/output.h"

struct lint_options {
    const char *host;
    const char *firmware_root;
    const char *format;
    const char *fail_on;
    const char *color;
    GPtrArray *set;
    GPtrArray *output;
};

static const struct cli_option options_table[] = {
    { .name = "host",
      .letter = 'H',
      .argument = "HOST",
      .values = CLI_HOST,
      .offset = offsetof(struct lint_options, host),
      .help = N_("the machine it is to run on: a recorded host, the output of 'virsh "
                 "domcapabilities', or a bundled host's name") },
    { .name = "firmware-root",
      .argument = "DIR",
      .values = CLI_FOLDER,
      .offset = offsetof(struct lint_options, firmware_root),
      .help = N_("read firmware descriptors and images below DIR: / for this machine") },
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_FORMAT,
      .offset = offsetof(struct lint_options, format),
      .help = N_("how to report on standard output; by default text") },
    { .name = "output",
      .letter = 'o',
      .argument = "FORMAT=FILE",
      .many = TRUE,
      .offset = offsetof(struct lint_options, output),
      .help = N_("report to FILE as well: sarif=findings.sarif; whole or not at all; may be "
                 "repeated") },
    { .name = "fail-on",
      .argument = "SEVERITY",
      .values = CLI_SEVERITY,
      .offset = offsetof(struct lint_options, fail_on),
      .help = N_("exit with 1 from this severity on; by default error") },
    { .name = "set",
      .letter = 's',
      .argument = "KEY=VALUE",
      .many = TRUE,
      .offset = offsetof(struct lint_options, set),
      .help = N_("override a key of the profiles: launchSecurity.type=sev-es; may be repeated") },
    { .name = "color",
      .argument = "WHEN",
      .values = CLI_COLOUR,
      .offset = offsetof(struct lint_options, color),
      .help = N_("when to colour the report; by default on a terminal") },
    { 0 },
};

struct lint {
    const struct lint_options *options;
    struct cli_hosts hosts;
    cvmdom_findings *findings;
    size_t documents;
    int status;
};

static void
lint_file(struct lint *lint, const char *path)
{
    cvmdom_error *error = NULL;
    cvmdom_domains *domains = cvmdom_domains_read(path, cli_list(lint->options->set), &error);

    if (!domains) {
        cvmdom_findings_add_error(lint->findings, error);
        cli_worsen(&lint->status, cli_fail(error));
        return;
    }
    for (size_t i = 0; i < cvmdom_domains_count(domains); i++) {
        cvmdom_domain *domain = cvmdom_domains_get(domains, i);
        const cvmdom_host *host = cli_hosts_for(&lint->hosts, domain, NULL);

        cvmdom_domain_resolve(domain, host);
        cvmdom_domain_check(domain, host, lint->findings);
        lint->documents++;
    }
    cvmdom_domains_free(domains);
}

static int
run(const void *data, const char *const *operands)
{
    const struct lint_options *options = data;
    struct lint lint = { .options = options, .findings = cvmdom_findings_new() };
    const struct cli_output output = {
        .format = options->format,
        .files = options->output,
        .color = options->color,
        .fail_on = options->fail_on ? cli_severity_parse(options->fail_on) : CVMDOM_SEVERE,
    };

    if (cli_output_check(&cli_lint, &output) != CLI_CLEAN) {
        cvmdom_findings_free(lint.findings);
        return CLI_USAGE;
    }
    if (cli_hosts_init(&lint.hosts, options->host, options->firmware_root) == CLI_CLEAN) {
        for (size_t i = 0; operands[i]; i++) {
            lint_file(&lint, operands[i]);
        }
    }
    cli_worsen(&lint.status, lint.hosts.status);
    if (cvmdom_findings_count_from(lint.findings, output.fail_on) > 0) {
        cli_worsen(&lint.status, CLI_FINDINGS);
    }
    lint.status = cli_output_write(&output, lint.findings, lint.documents, lint.status);
    cli_hosts_clear(&lint.hosts);
    cvmdom_findings_free(lint.findings);
    return lint.status;
}

const struct cli_command cli_lint = {
    .name = "lint",
    .operands = "PROFILE…",
    .values = CLI_FILE,
    .least = 1,
    .most = G_MAXUINT,
    .summary = N_("Check profiles, and print what is wrong with file, line and column."),
    .description = N_("PROFILE is a file, or - for standard input. Without --host the host that "
                      "a profile names is taken; where there is none either, the rules that need "
                      "one are not run, and counted."),
    .options = options_table,
    .size = sizeof(struct lint_options),
    .run = run,
};
