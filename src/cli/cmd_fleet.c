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

enum {
    MOST_GUESTS = 1000000, /* of a profile */
    PLACE_SECONDS = 10,    /* for a placement, and as much again for the smallest reason why not */
};

struct fleet_options {
    GPtrArray *hosts;
    GPtrArray *count;
    const char *vcpus_per_cpu;
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
      .help = N_("place N guests of the profile NAME, or of each profile; may be repeated, and the "
                 "last one that speaks of a profile counts") },
    { .name = "vcpus-per-cpu",
      .argument = "R",
      .offset = offsetof(struct fleet_options, vcpus_per_cpu),
      .help = N_("how many vCPUs a CPU of a host is to carry; by default 1") },
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

/* ---- what there is ---- */

static int
set_vcpus(cvmdom_fleet *fleet, const char *word)
{
    cvmdom_error *error = NULL;
    char *end = NULL;
    double vcpus = word ? g_ascii_strtod(word, &end) : 1;

    if (word && (end == word || *end)) {
        return cli_usage(&cli_fleet, _("'%s' is no number of vCPUs"), word);
    }
    return cvmdom_fleet_set_vcpus_per_cpu(fleet, vcpus, &error) < 0 ? cli_fail(error) : CLI_CLEAN;
}

static int
add_profiles(cvmdom_fleet *fleet, const struct fleet_options *options, const char *const *paths)
{
    const char *const *sets = cli_list(options->set);
    guint count = g_strv_length((char **)paths);
    int status = CLI_CLEAN;

    for (guint i = 0; i < count; i++) {
        cvmdom_error *error = NULL;

        cli_progress(i, count);
        if (cvmdom_fleet_add_profiles(fleet, paths[i], sets, &error) < 0) {
            cli_worsen(&status, cli_fail(error));
        }
    }
    cli_progress_end();
    return status;
}

static int
add_host(cvmdom_fleet *fleet, const struct cli_input *input, unsigned *passed_over)
{
    cvmdom_error *error = NULL;
    int is_host = 1;

    if (cvmdom_fleet_add_host_found(fleet, input->path, input->found ? &is_host : NULL, &error) <
        0) {
        return cli_fail(error);
    }
    *passed_over += !is_host;
    return CLI_CLEAN;
}

static int
add_hosts(cvmdom_fleet *fleet, const struct fleet_options *options)
{
    const char *const *operands = cli_list(options->hosts);
    unsigned passed_over = 0;
    struct cli_inputs inputs;
    int status;

    cli_inputs_init(&inputs);
    for (size_t i = 0; operands[i]; i++) {
        cli_inputs_add(&inputs, operands[i]);
    }
    status = inputs.status;
    for (guint i = 0; i < inputs.files->len; i++) {
        cli_progress(i, inputs.files->len);
        cli_worsen(&status, add_host(fleet, g_ptr_array_index(inputs.files, i), &passed_over));
    }
    cli_progress_end();
    if (passed_over > 0) {
        cli_say(ngettext_("%1$u of %2$u files is no recorded host, and passed over",
                          "%1$u of %2$u files are no recorded hosts, and passed over", passed_over),
                passed_over, inputs.files->len);
    }
    cli_inputs_clear(&inputs);
    return status;
}

/* "NAME=N", or "N" for each. */
static int
add_count(cvmdom_fleet *fleet, const char *word)
{
    const char *equals = strrchr(word, '=');
    const char *number = equals ? equals + 1 : word;
    g_autofree char *name = equals ? g_strndup(word, (gsize)(equals - word)) : NULL;
    cvmdom_error *error = NULL;
    uint64_t guests;

    if (!cvm_number_parse_decimal(number, &guests) || guests > MOST_GUESTS) {
        return cli_usage(&cli_fleet, _("'%1$s' is no number of guests from 0 to %2$d"), number,
                         MOST_GUESTS);
    }
    return cvmdom_fleet_want(fleet, name, (unsigned)guests, &error) < 0 ? cli_fail(error)
                                                                        : CLI_CLEAN;
}

/* A profile that could not be read is not known by its name: that has been said. */
static int
add_counts(cvmdom_fleet *fleet, const struct fleet_options *options, gboolean complete)
{
    const char *const *words = cli_list(options->count);
    int status = CLI_CLEAN;

    for (size_t i = 0; words && words[i]; i++) {
        int result = add_count(fleet, words[i]);

        cli_worsen(&status, complete ? result : MIN(result, CLI_UNREADABLE));
    }
    return status;
}

/* A slip like "-o db.yaml" must not cost the profile. */
static int
check_output(const struct fleet_options *options, const char *const *profiles)
{
    const char *const *hosts = cli_list(options->hosts);

    for (size_t i = 0; options->output && profiles[i]; i++) {
        if (cli_is_same_file(options->output, profiles[i])) {
            return cli_usage(&cli_fleet, _("'%1$s' is the profile itself: write elsewhere"),
                             options->output);
        }
    }
    for (size_t i = 0; options->output && hosts[i]; i++) {
        if (cli_is_same_file(options->output, hosts[i])) {
            return cli_usage(&cli_fleet, _("'%1$s' is the host itself: write elsewhere"),
                             options->output);
        }
    }
    return CLI_CLEAN;
}

/* ---- what comes of it ---- */

/* Every profile runs somewhere. */
static int
judge(cvmdom_fleet *fleet)
{
    struct cvmdom_fleet_profile profile;

    cli_progress_wait(_("judging the fleet"));
    cvmdom_fleet_judge(fleet);
    cli_progress_end();
    for (size_t i = 0; cvmdom_fleet_profile_at(fleet, i, &profile) == 0; i++) {
        if (profile.hosts == 0) {
            return CLI_FINDINGS;
        }
    }
    return CLI_CLEAN;
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
run_fleet(cvmdom_fleet *fleet, const struct fleet_options *options, const char *const *profiles)
{
    int status = set_vcpus(fleet, options->vcpus_per_cpu);

    cli_worsen(&status, check_output(options, profiles));
    if (status == CLI_CLEAN) {
        status = add_profiles(fleet, options, profiles);
    }
    if (status != CLI_USAGE) {
        cli_worsen(&status, add_counts(fleet, options, status == CLI_CLEAN));
    }
    if (status != CLI_USAGE) {
        cli_worsen(&status, add_hosts(fleet, options));
    }
    if (status != CLI_USAGE) {
        cli_worsen(&status, judge(fleet));
        if (options->count) {
            cli_worsen(&status, cli_place_guests(fleet, PLACE_SECONDS));
        }
        cli_worsen(&status, report(fleet, options));
    }
    return status;
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
    status = run_fleet(fleet, options, operands);
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
    .description = N_(
        "PROFILE is a file, or - for standard input. Guests are counted by what each host has left "
        "of ASIDs, memory, huge pages and CPUs; nothing is asked of the hosts themselves. Exit "
        "status: 0 each profile runs somewhere and all guests that --count asks for have a place, "
        "1 not, 2 a file could not be read (the others are judged), 3 wrong usage."),
    .options = options_table,
    .size = sizeof(struct fleet_options),
    .run = run,
};
