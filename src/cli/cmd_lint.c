/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "cli/cmd.h"
#include "cli/control.h"
#include "cli/hosts.h"
#include "cli/id_block.h"
#include "cli/inputs.h"
#include "cli/output.h"

struct lint_options {
    const char *host;
    const char *firmware_root;
    const char *to;
    GPtrArray *set;
    struct cli_output_options output;
    const char *files_from;
    gboolean null;
    gboolean skip_others;
    gboolean list_files;
    struct cli_control_options control;
};

static const struct cli_option options_table[] = {
    { .name = "host",
      .letter = 'H',
      .argument = "HOST",
      .values = CLI_HOST,
      .offset = offsetof(struct lint_options, host),
      .help = N_("the machine it is to run on: a recorded host, the output of 'virsh "
                 "domcapabilities', a bundled host's name, or a libvirt URI like "
                 "qemu:///system") },
    CLI_FIRMWARE_ROOT_ROW(struct lint_options, firmware_root),
    { .name = "to",
      .letter = 't',
      .argument = "TARGET",
      .values = CLI_TARGET,
      .offset = offsetof(struct lint_options, to),
      .help = N_("find, too, what 'render --to TARGET' could not say") },
    CLI_OUTPUT_ROWS(struct lint_options, output),
    CLI_CONTROL_ROWS(struct lint_options, control,
                     N_("exit with 1 from this severity on; by default error")),
    CLI_SET_ROW(struct lint_options, set),
    { .name = "files-from",
      .argument = "LIST",
      .values = CLI_FILE,
      .offset = offsetof(struct lint_options, files_from),
      .help = N_("check the files that LIST names, one a line; - is standard input") },
    { .name = "null",
      .letter = '0',
      .offset = offsetof(struct lint_options, null),
      .help = N_("names in LIST, and those that are printed, end in NUL, as those of 'git ls-files "
                 "-z' and 'find -print0'") },
    { .name = "skip-others",
      .offset = offsetof(struct lint_options, skip_others),
      .help = N_("pass over operands that are neither profile nor domain, as in folders") },
    { .name = "list-files",
      .offset = offsetof(struct lint_options, list_files),
      .help = N_("print the names of the files that would be checked, and check none") },
    { 0 },
};

struct lint {
    const struct lint_options *options;
    struct cli_hosts hosts;
    struct cli_control control;
    cvmdom_findings *findings;
    size_t documents;
    size_t skipped; /* files that are neither profile nor domain */
    int status;
};

/* NULL, and said why or counted, when there is nothing to check. */
static cvmdom_domains *
read_file(struct lint *lint, const struct cli_input *input)
{
    const char *const *sets = cli_list(lint->options->set);
    gboolean found = input->found || lint->options->skip_others;
    gboolean named = !found || g_str_equal(input->path, "-");
    cvmdom_error *error = NULL;
    cvmdom_domains *domains = named ? cvmdom_domains_read(input->path, sets, &error)
                                    : cvmdom_domains_read_found(input->path, sets, &error);

    if (!domains && found && cvmdom_error_code(error) == CVMDOM_ERROR_UNSUPPORTED) {
        cvmdom_error_free(error);
        lint->skipped++;
    } else if (!domains) {
        cvmdom_findings_add_error(lint->findings, error);
        cli_worsen(&lint->status, cli_fail(error));
    }
    return domains;
}

static void
lint_file(struct lint *lint, const struct cli_input *input)
{
    cvmdom_domains *domains = read_file(lint, input);
    cvmdom_config *config = lint->control.config;
    int status;

    if (!domains) {
        return;
    }
    if (lint->options->list_files) {
        printf("%s%c", input->path, lint->options->null ? '\0' : '\n');
        cvmdom_domains_free(domains);
        return;
    }
    status = cli_control_enter(&lint->control, input->path, lint->findings);
    cli_worsen(&lint->status, status);
    for (size_t i = 0; status == CLI_CLEAN && i < cvmdom_domains_count(domains); i++) {
        cvmdom_domain *domain = cvmdom_domains_get(domains, i);
        const cvmdom_host *host = cli_hosts_for(&lint->hosts, domain, cvmdom_config_host(config),
                                                cvmdom_config_file(config));

        if (lint->options->to) {
            cvmdom_domain_set_target(domain, lint->options->to, NULL);
        }
        cvmdom_domain_resolve(domain, host);
        cvmdom_config_check(config, domain, host, lint->findings);
        cli_worsen(&lint->status,
                   cli_id_lint(config, lint->options->firmware_root, domain, host, lint->findings));
        lint->documents++;
    }
    cvmdom_domains_free(domains);
}

static void
say_skipped(const struct lint *lint, const struct cli_inputs *inputs)
{
    if (lint->skipped > 0) {
        cli_say(ngettext_("%1$zu of %2$u files is neither profile nor domain, and passed over",
                          "%1$zu of %2$u files are neither profile nor domain, and passed over",
                          lint->skipped),
                lint->skipped, inputs->files->len);
    }
}

static void
lint_inputs(struct lint *lint, const char *const *operands)
{
    const struct lint_options *options = lint->options;
    struct cli_inputs inputs;

    cli_inputs_init(&inputs);
    for (size_t i = 0; operands[i]; i++) {
        cli_inputs_add(&inputs, operands[i]);
    }
    if (options->files_from) {
        cli_inputs_add_list(&inputs, options->files_from, options->null);
    }
    for (guint i = 0; i < inputs.files->len; i++) {
        cli_progress(i, inputs.files->len);
        lint_file(lint, g_ptr_array_index(inputs.files, i));
    }
    cli_progress_end();
    say_skipped(lint, &inputs);
    /* A commit may touch no domain, but a folder that is named has one. */
    if (lint->skipped == inputs.files->len && inputs.status == CLI_CLEAN) {
        cli_say(_("nothing was checked"));
        cli_worsen(&lint->status, inputs.folders ? CLI_UNREADABLE : CLI_CLEAN);
    }
    cli_worsen(&lint->status, inputs.status);
    cli_inputs_clear(&inputs);
}

/* Standard input can be only one thing. */
static int
check_usage(const struct lint_options *options, const char *const *operands)
{
    const char *list = options->files_from;

    if (!operands[0] && !list) {
        return cli_usage(&cli_lint, _("'%1$s' needs %2$s"), "lint", "FILE");
    }
    if (options->null && !list && !options->list_files) {
        return cli_usage(&cli_lint, _("'--null' needs '--files-from' or '--list-files'"));
    }
    if (list && g_str_equal(list, "-") && g_strv_contains(operands, "-")) {
        return cli_usage(&cli_lint, _("'-' is both a file and a list of files"));
    }
    return CLI_CLEAN;
}

/* libvirt opens sockets, and may start ssh: the process is confined when it has told. */
static gboolean
asks_libvirt(const struct lint_options *options)
{
    return options->host && cli_host_is_connection(options->host);
}

static void
lint_all(struct lint *lint, const struct cli_output *output, const char *const *operands)
{
    const struct lint_options *options = lint->options;

    cli_worsen(&lint->status, cli_hosts_init(&lint->hosts, options->host, options->firmware_root));
    if (asks_libvirt(options)) {
        cli_output_confine(output);
    }
    if (lint->status == CLI_CLEAN) {
        lint_inputs(lint, operands);
    }
    cli_worsen(&lint->status, lint->hosts.status);
    if (cvmdom_findings_failing(lint->findings) > 0) {
        cli_worsen(&lint->status, CLI_FINDINGS);
    }
    if (!options->list_files) {
        lint->status = cli_output_write(output, lint->findings, lint->documents, lint->status);
    }
    cli_hosts_clear(&lint->hosts);
}

static int
run(const void *data, const char *const *operands)
{
    const struct lint_options *options = data;
    const char *fail_on = options->control.fail_on;
    struct lint lint = { .options = options };
    const struct cli_output output = {
        .options = &options->output,
        .fail_on = fail_on ? cli_severity_parse(fail_on) : CVMDOM_SEVERE,
    };

    if (check_usage(options, operands) != CLI_CLEAN ||
        cli_output_check(&cli_lint, &output) != CLI_CLEAN) {
        return CLI_USAGE;
    }
    if (!asks_libvirt(options)) {
        cli_output_confine(&output);
    }
    lint.findings = cvmdom_findings_new();
    lint.status = cli_control_init(&lint.control, &cli_lint, &options->control);
    if (lint.status != CLI_USAGE) {
        lint_all(&lint, &output, operands);
    }
    cli_control_clear(&lint.control);
    cvmdom_findings_free(lint.findings);
    return lint.status;
}

const struct cli_command cli_lint = {
    .name = "lint",
    .operands = "FILE…",
    .values = CLI_FILE,
    .most = G_MAXUINT,
    .summary = N_("Check profiles and domain XML, and print what is wrong with file, line and "
                  "column."),
    .description =
        N_("FILE is a profile or libvirt's XML of a domain, - for standard input, or a folder: "
           "then every *.xml, *.yaml and *.yml below it, except hidden ones and those that are "
           "neither. Without --host the host that a profile names is taken; where there is none "
           "either, the rules that need one are not run, and counted."),
    .options = options_table,
    .size = sizeof(struct lint_options),
    .run = run,
};
