/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which profiles run on which hosts, for how many guests, and where those that are wanted go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/inputs.h"
#include "cli/place.h"
#include "util/file.h"
#include "util/number.h"

/* What a placement may take, and what the search for the smallest reason may take after it. */
enum { PLACE_SECONDS = 10 };

struct fleet_options {
    GPtrArray *hosts;
    GPtrArray *count;
    GPtrArray *set;
    const char *format;
    const char *output;
    const char *color;
};

static const struct cli_option options_table[] = {
    { .name = "hosts",
      .letter = 'H',
      .argument = "DIR|FILE",
      .values = CLI_FILE,
      .many = TRUE,
      .offset = offsetof(struct fleet_options, hosts),
      .help = N_("a recorded host, or a folder of them; may be repeated") },
    { .name = "count",
      .letter = 'c',
      .argument = "[NAME=]N",
      .many = TRUE,
      .offset = offsetof(struct fleet_options, count),
      .help = N_("find hosts for N guests of profile NAME, or of each; may be repeated") },
    CLI_SET_ROW(struct fleet_options, set),
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_FLEET,
      .offset = offsetof(struct fleet_options, format),
      .help = N_("how to report; by default text") },
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct fleet_options, output),
      .help = N_("write to FILE; whole or not at all") },
    { .name = "color",
      .argument = "WHEN",
      .values = CLI_COLOUR,
      .offset = offsetof(struct fleet_options, color),
      .help = N_("when to colour the report; by default on a terminal") },
    { 0 },
};

static int
add_profiles(cvmdom_fleet *fleet, const struct fleet_options *options, const char *const *paths)
{
    int status = CLI_CLEAN;

    for (size_t i = 0; paths[i]; i++) {
        cvmdom_error *error = NULL;

        if (cvmdom_fleet_add_profiles(fleet, paths[i], cli_list(options->set), &error) < 0) {
            cli_worsen(&status, cli_fail(error));
        }
    }
    return status;
}

static int
add_hosts(cvmdom_fleet *fleet, const struct fleet_options *options)
{
    const char *const *operands = cli_list(options->hosts);
    struct cli_inputs inputs;
    int status;

    cli_inputs_init(&inputs);
    for (size_t i = 0; operands[i]; i++) {
        cli_inputs_add(&inputs, operands[i]);
    }
    status = inputs.status;
    for (guint i = 0; i < inputs.files->len; i++) {
        const struct cli_input *input = g_ptr_array_index(inputs.files, i);
        cvmdom_error *error = NULL;

        cli_progress(i, inputs.files->len);
        if (cvmdom_fleet_add_host(fleet, input->path, &error) < 0) {
            cli_worsen(&status, cli_fail(error));
        }
    }
    cli_progress_end();
    cli_inputs_clear(&inputs);
    return status;
}

/* "NAME=N", or "N" for each profile. */
static int
want(cvmdom_fleet *fleet, const char *text)
{
    const char *equals = strrchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : NULL;
    cvmdom_error *error = NULL;
    uint64_t guests;

    if (!cvm_number_parse_decimal(equals ? equals + 1 : text, &guests) || guests > G_MAXUINT) {
        return cli_usage(&cli_fleet, _("--count '%s': it takes a number of guests: NAME=3, or 3"),
                         text);
    }
    return cvmdom_fleet_want(fleet, name, (unsigned)guests, &error) < 0 ? cli_fail(error)
                                                                        : CLI_CLEAN;
}

static int
want_all(cvmdom_fleet *fleet, const struct fleet_options *options)
{
    const char *const *counts = cli_list(options->count);
    int status = CLI_CLEAN;

    for (size_t i = 0; status == CLI_CLEAN && counts[i]; i++) {
        status = want(fleet, counts[i]);
    }
    return status;
}

static int
report(const cvmdom_fleet *fleet, const struct fleet_options *options)
{
    gboolean to_file = options->output && !g_str_equal(options->output, "-");
    gboolean colour = !to_file && cli_colour(options->color, STDOUT_FILENO);
    g_autoptr(GError) cause = NULL;
    g_autofree char *text = NULL;
    cvmdom_error *error = NULL;

    if (cvmdom_fleet_report(fleet, options->format ? options->format : "text", colour, &text,
                            &error) < 0) {
        return cli_fail(error);
    }
    if (!to_file) {
        fputs(text, stdout);
    } else if (cvm_file_write(options->output, text, strlen(text), &cause) < 0) {
        cli_say("%s", cause->message);
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

static int
run(const void *data, const char *const *operands)
{
    const struct fleet_options *options = data;
    cvmdom_fleet *fleet;
    int status;

    if (!options->hosts) {
        return cli_usage(&cli_fleet, _("which hosts? name them, or their folder, with --hosts"));
    }
    fleet = cvmdom_fleet_new();
    status = add_profiles(fleet, options, operands);
    cli_worsen(&status, want_all(fleet, options));
    if (status != CLI_USAGE) {
        cli_worsen(&status, add_hosts(fleet, options));
        cvmdom_fleet_judge(fleet);
        if (options->count) {
            cli_worsen(&status, cli_place_guests(fleet, PLACE_SECONDS));
        }
        cli_worsen(&status, report(fleet, options));
    }
    cvmdom_fleet_free(fleet);
    return status;
}

const struct cli_command cli_fleet = {
    .name = "fleet",
    .operands = "PROFILE…",
    .values = CLI_FILE,
    .least = 1,
    .most = G_MAXUINT,
    .summary = N_("Say which profiles run on which hosts, and for how many guests."),
    .options = options_table,
    .size = sizeof(struct fleet_options),
    .run = run,
};
