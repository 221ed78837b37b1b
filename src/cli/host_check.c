/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What keeps a host from running confidential guests. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/host.h"
#include "cvmdom/readiness.h"

struct check_options {
    struct cli_source_options source;
    const char *type;
    const char *format;
    const char *color;
};

static const struct cli_option options_table[] = {
    { .name = "type",
      .letter = 't',
      .argument = "TYPE",
      .values = CLI_GUEST,
      .offset = offsetof(struct check_options, type),
      .help = N_("look at what guests of this type need; by default any of them") },
    CLI_SOURCE_ROWS(struct check_options, source),
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_DESCRIPTION,
      .offset = offsetof(struct check_options, format),
      .help = N_("how to print it; by default text") },
    { .name = "color",
      .argument = "WHEN",
      .values = CLI_COLOUR,
      .offset = offsetof(struct check_options, color),
      .help = N_("when to colour the result; by default on a terminal") },
    { 0 },
};

/* Whether guests of the type can run; of any type for NULL. Not to know is not enough. */
static gboolean
is_ready(const cvmdom_readiness *readiness, const char *type)
{
    g_autofree const char **types = cli_words(CLI_GUEST);

    for (size_t i = 0; types[i]; i++) {
        struct cvmdom_prospect prospect;

        if ((!type || g_str_equal(type, types[i])) &&
            cvmdom_readiness_type(readiness, types[i], &prospect, NULL) == 0 &&
            prospect.state == CVMDOM_CHECK_PASSED) {
            return TRUE;
        }
    }
    return FALSE;
}

static int
check(const cvmdom_host *host, const struct check_options *options)
{
    cvmdom_readiness *readiness = cvmdom_host_check(host);
    g_autofree char *text = NULL;
    cvmdom_error *error = NULL;
    int status = is_ready(readiness, options->type) ? CLI_CLEAN : CLI_FINDINGS;

    if (cvmdom_readiness_report(readiness, options->format ? options->format : "text",
                                options->type, cli_colour(options->color, STDOUT_FILENO), &text,
                                &error) < 0) {
        status = cli_fail(error);
    } else {
        fputs(text, stdout);
    }
    cvmdom_readiness_free(readiness);
    return status;
}

static int
run(const void *data, const char *const *operands)
{
    const struct check_options *options = data;
    int status = cli_source_check(&cli_host_check, &options->source, operands[0]);
    cvmdom_host *host;

    if (status != CLI_CLEAN) {
        return status;
    }
    host = cli_source_host(&cli_host_check, &options->source, operands[0], &status);
    if (host) {
        cli_worsen(&status, check(host, options));
        cvmdom_host_free(host);
    }
    return status;
}

const struct cli_command cli_host_check = {
    .name = "check",
    .parent = &cli_host,
    .operands = "[HOST]",
    .values = CLI_HOST,
    .most = 1,
    .summary = N_("Say which confidential guests a host can run now, and what is in the way."),
    .description =
        N_("HOST is a recorded host, the output of 'virsh domcapabilities', a bundled host's "
           "name, or the URI of a libvirt. Without HOST it is this machine. Exit status: 0 guests "
           "of the type (without --type, of any) can run, 1 they cannot or it is not known, 2 the "
           "host could not be read, 3 wrong usage."),
    .options = options_table,
    .size = sizeof(struct check_options),
    .run = run,
};
