/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/confine.h"
#include "util/file.h"

/* "sarif" of "sarif=lint.sarif", the caller's to g_free(), and *file behind the sign. NULL without
 * one. */
static char *
split(const char *word, const char **file)
{
    const char *sign = strchr(word, '=');

    if (!sign) {
        return NULL;
    }
    *file = sign + 1;
    return g_strndup(word, (gsize)(sign - word));
}

static int
check_word(const struct cli_command *command, const char *word, GHashTable *files)
{
    const char *file = NULL;
    g_autofree char *format = split(word, &file);

    if (!format || *file == '\0') {
        return cli_usage(command, _("'%1$s' is no FORMAT=FILE, such as sarif=findings.sarif"),
                         word);
    }
    if (!cli_word_check(CLI_FORMAT, "output", format)) {
        return CLI_USAGE;
    }
    if (g_str_equal(file, "-")) {
        return cli_usage(command, _("'%1$s' is for files: --format %2$s writes to standard output"),
                         word, format);
    }
    if (!g_hash_table_add(files, (gpointer)file)) {
        return cli_usage(command, _("two reports cannot be written to the same file '%1$s'"), file);
    }
    return CLI_CLEAN;
}

int
cli_output_init(struct cli_output *output, const struct cli_command *command,
                const struct cli_output_options *options, int fail_on)
{
    g_autoptr(GHashTable) files = g_hash_table_new(g_str_hash, g_str_equal);
    const char *const *words = cli_list(options->files);
    int status = CLI_CLEAN;

    *output = (struct cli_output){
        .options = options,
        .fail_on = fail_on,
        .folder = g_get_current_dir(),
        .colour = cli_colour(options->color, STDOUT_FILENO),
        .terminal = isatty(STDOUT_FILENO),
    };
    for (size_t i = 0; words && words[i] && status == CLI_CLEAN; i++) {
        status = check_word(command, words[i], files);
    }
    return status;
}

void
cli_output_confine(const struct cli_output *output)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    const char *const *words = cli_list(output->options->files);

    for (size_t i = 0; words && words[i]; i++) {
        g_ptr_array_add(files, strchr(words[i], '=') + 1); /* cli_output_init() saw the sign */
    }
    cli_confine(files);
}

void
cli_output_clear(struct cli_output *output)
{
    g_free(output->folder);
}

/* A slip like "--output json=db.xml" must not cost the domain. */
static gboolean
is_input(const char *file, const cvmdom_findings *findings)
{
    struct stat output, input;
    const char *name;

    if (stat(file, &output) < 0 || !S_ISREG(output.st_mode)) {
        return FALSE;
    }
    for (size_t i = 0; (name = cvmdom_findings_input(findings, i)); i++) {
        if (stat(name, &input) == 0 && input.st_dev == output.st_dev &&
            input.st_ino == output.st_ino) {
            return TRUE;
        }
    }
    return FALSE;
}

static int
write_report(const char *file, const char *text, const cvmdom_findings *findings)
{
    g_autoptr(GError) error = NULL;

    if (is_input(file, findings)) {
        cli_say(_("'%1$s' is one of the inputs: the report is not written over it"), file);
        return CLI_UNREADABLE;
    }
    if (cvm_file_write(file, text, strlen(text), &error) < 0) {
        cli_say("%s", error->message);
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

/* To standard output when file is NULL. */
static int
report_to(const char *file, const char *format, const cvmdom_findings *findings,
          const struct cvmdom_report_options *options)
{
    cvmdom_error *error = NULL;
    g_autofree char *text = NULL;

    if (cvmdom_findings_report(findings, format, options, &text, &error) < 0) {
        return cli_fail(error);
    }
    if (!file) {
        fputs(text, stdout);
        return CLI_CLEAN;
    }
    return write_report(file, text, findings);
}

static const char *
format_of(const struct cli_output *output)
{
    return output->options->format ? output->options->format : "text";
}

int
cli_output_begin(const struct cli_output *output, cvmdom_findings *findings)
{
    const struct cvmdom_report_options options = {
        .fail_on = output->fail_on,
        .folder = output->folder,
        .colour = output->colour,
    };
    g_autofree char *text = NULL;
    cvmdom_error *error = NULL;

    if (output->options->files) {
        return CLI_CLEAN;
    }
    if (cvmdom_findings_report_begin(findings, format_of(output), &options, &text, &error) < 0) {
        return cli_fail(error);
    }
    if (text && *text) {
        if (output->terminal) {
            cli_progress_end();
        }
        fputs(text, stdout);
    }
    return CLI_CLEAN;
}

int
cli_output_write(const struct cli_output *output, const cvmdom_findings *findings, size_t documents,
                 int status)
{
    const char *const *words = cli_list(output->options->files);
    struct cvmdom_report_options options = {
        .documents = documents,
        .fail_on = output->fail_on,
        .folder = output->folder,
        .incomplete = status >= CLI_UNREADABLE,
        .colour = output->colour,
    };

    cli_worsen(&status, report_to(NULL, format_of(output), findings, &options));
    options.colour = FALSE;
    for (size_t i = 0; words && words[i]; i++) {
        const char *file = NULL;
        g_autofree char *format = split(words[i], &file);

        cli_worsen(&status, report_to(file, format, findings, &options));
    }
    return status;
}
