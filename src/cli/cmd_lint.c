/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <unistd.h>

#include "cli/crew.h"
#include "cli/lint.h"
#include "cli/output.h"
#include "util/number.h"

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
    const char *jobs;
    gboolean schema;
    const char *schema_file;
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
    { .name = "schema",
      .offset = offsetof(struct lint_options, schema),
      .help =
          N_("hold domain XML against libvirt's RELAX NG schema, too, as virt-xml-validate does") },
    { .name = "schema-file",
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct lint_options, schema_file),
      .help = N_("the same with this domain.rng instead of the installed one") },
    { .name = "jobs",
      .letter = 'j',
      .argument = "N",
      .offset = offsetof(struct lint_options, jobs),
      .help = N_(
          "check N files at a time, 1 to 256; by default as many as there are processors. What is "
          "written is the same") },
    { 0 },
};

struct lint {
    const struct lint_options *options;
    struct cli_lint_common common;
    struct cli_inputs inputs;
    struct cli_hosts hosts;
    struct cli_control control;
    struct cli_output output;
    cvmdom_findings *findings;
    GHashTable *said; /* messages that are printed once */
    size_t documents;
    unsigned jobs;  /* threads; 0: as many as are worth it */
    size_t skipped; /* files that are neither profile nor domain */
    int status;
};

/* NULL: it is not asked. Left to the end of the process: to free its 66,000 parts takes an eighth
 * of what one domain takes. */
static cvmdom_schema *schema;

/* ---- the crew's functions ---- */

static void *
begin(void *data)
{
    struct lint *lint = data;

    return cli_lint_worker_new(&lint->common);
}

static void
work(void *own, size_t i, void *result)
{
    cli_lint_file(own, i, result);
}

static void
end(void *own)
{
    cli_lint_worker_free(own);
}

/* The name as it is for a program, not for a terminal. */
static void
list_file(const struct lint *lint, const char *path)
{
    g_autofree char *name = g_strdup(path);

    if (!lint->options->null && isatty(STDOUT_FILENO)) {
        cli_make_plain(name);
    }
    printf("%s%c", name, lint->options->null ? '\0' : '\n');
}

/* Whatever the threads did in what order: this is in the order of the files. */
static void
take(void *data, size_t i, void *of_file)
{
    struct lint *lint = data;
    struct cli_lint_result *result = of_file;
    const struct cli_input *input = g_ptr_array_index(lint->inputs.files, i);

    cli_messages_print(result->messages, lint->said);
    cli_worsen(&lint->status, result->status);
    cvmdom_findings_take(lint->findings, result->findings);
    if (result->config_error) {
        cli_worsen(&lint->status,
                   cli_control_fail(&lint->control, result->config_error, lint->findings));
    }
    if (result->listed) {
        list_file(lint, input->path);
    } else {
        cli_worsen(&lint->status, cli_output_begin(&lint->output, lint->findings));
    }
    lint->documents += result->documents;
    lint->skipped += result->skipped;
    g_array_unref(result->messages);
    cli_progress(i + 1, lint->inputs.files->len);
}

/* ---- the run ---- */

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
lint_inputs(struct lint *lint)
{
    const struct lint_options *options = lint->options;
    const struct cli_inputs *inputs = &lint->inputs;
    const struct cli_crew crew = {
        .common = lint,
        .count = inputs->files->len,
        .result_size = sizeof(struct cli_lint_result),
        .begin = begin,
        .work = work,
        .take = take,
        .end = end,
    };

    lint->common = (struct cli_lint_common){
        .to = options->to,
        .firmware_root = options->firmware_root,
        .sets = cli_list(options->set),
        .skip_others = options->skip_others,
        .list_files = options->list_files,
        .schema = schema,
        .inputs = inputs,
        .control = &lint->control,
        .hosts = &lint->hosts,
    };
    cli_progress(0, inputs->files->len);
    cli_crew_run(&crew, lint->jobs);
    cli_progress_end();
    say_skipped(lint, inputs);
    /* A commit may touch no domain, but a folder that is named has one. */
    if (lint->skipped == inputs->files->len && inputs->status == CLI_CLEAN) {
        cli_say(_("nothing was checked"));
        cli_worsen(&lint->status, inputs->folders ? CLI_UNREADABLE : CLI_CLEAN);
    }
    cli_worsen(&lint->status, inputs->status);
}

static void
find_inputs(struct lint *lint, const char *const *operands)
{
    const struct lint_options *options = lint->options;

    for (size_t i = 0; operands[i]; i++) {
        cli_inputs_add(&lint->inputs, operands[i]);
    }
    if (options->files_from) {
        cli_inputs_add_list(&lint->inputs, options->files_from, options->null);
    }
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

/* Before there is any thread: libxml2 can compile one schema at a time. */
static void
read_schema(struct lint *lint)
{
    const struct lint_options *options = lint->options;
    cvmdom_error *error = NULL;

    if (!options->list_files && (options->schema || options->schema_file)) {
        schema = cvmdom_schema_read(options->schema_file, &error);
        if (!schema) {
            cvmdom_findings_add_error(lint->findings, error);
            cli_worsen(&lint->status, cli_fail(error));
        }
    }
}

static void
lint_all(struct lint *lint, const char *const *operands)
{
    const struct lint_options *options = lint->options;

    cli_worsen(&lint->status, cli_hosts_init(&lint->hosts, options->host, options->firmware_root));
    if (asks_libvirt(options)) {
        cli_output_confine(&lint->output);
    }
    read_schema(lint);
    if (lint->status == CLI_CLEAN) {
        find_inputs(lint, operands);
        lint_inputs(lint);
    }
    cli_worsen(&lint->status, lint->hosts.status);
    if (cvmdom_findings_failing(lint->findings) > 0) {
        cli_worsen(&lint->status, CLI_FINDINGS);
    }
    if (!options->list_files) {
        lint->status =
            cli_output_write(&lint->output, lint->findings, lint->documents, lint->status);
    }
    cli_hosts_clear(&lint->hosts);
}

static void
run_all(struct lint *lint, const char *const *operands)
{
    cli_inputs_init(&lint->inputs);
    lint->findings = cvmdom_findings_new();
    lint->said = g_hash_table_new(NULL, NULL);
    lint->status = cli_control_init(&lint->control, &cli_lint, &lint->options->control);
    if (lint->status != CLI_USAGE) {
        lint_all(lint, operands);
    }
    cli_control_clear(&lint->control);
    g_hash_table_unref(lint->said);
    cvmdom_findings_free(lint->findings);
    cli_inputs_clear(&lint->inputs);
}

static int
run(const void *data, const char *const *operands)
{
    const struct lint_options *options = data;
    const char *fail_on = options->control.fail_on;
    struct lint lint = {
        .options = options,
    };

    if (check_usage(options, operands) != CLI_CLEAN ||
        cli_crew_parse(&cli_lint, options->jobs, &lint.jobs) != CLI_CLEAN) {
        return CLI_USAGE;
    }
    lint.status = cli_output_init(&lint.output, &cli_lint, &options->output,
                                  fail_on ? cli_severity_parse(fail_on) : CVMDOM_SEVERE);
    if (lint.status == CLI_CLEAN) {
        if (!asks_libvirt(options)) {
            cli_output_confine(&lint.output);
        }
        run_all(&lint, operands);
    }
    cli_output_clear(&lint.output);
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
