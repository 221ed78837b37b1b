/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a host. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/host.h"

struct show_options {
    struct cli_source_options source;
    const char *format;
};

static const struct cli_option options_table[] = {
    CLI_SOURCE_ROWS(struct show_options, source),
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_DESCRIPTION,
      .offset = offsetof(struct show_options, format),
      .help = N_("how to print it; by default text") },
    { 0 },
};

static int
show(const cvmdom_host *host, const char *format)
{
    g_autofree char *text = NULL;
    cvmdom_error *error = NULL;

    if (cvmdom_host_describe(host, format ? format : "text", &text, &error) < 0) {
        return cli_fail(error);
    }
    fputs(text, stdout);
    return CLI_CLEAN;
}

static int
run(const void *data, const char *const *operands)
{
    const struct show_options *options = data;
    int status = cli_source_check(&cli_host_show, &options->source, operands[0]);
    cvmdom_host *host;

    if (status != CLI_CLEAN) {
        return status;
    }
    host = cli_source_host(&cli_host_show, &options->source, operands[0], &status);
    if (host) {
        cli_worsen(&status, show(host, options->format));
        cvmdom_host_free(host);
    }
    return status;
}

const struct cli_command cli_host_show = {
    .name = "show",
    .parent = &cli_host,
    .operands = "[HOST]",
    .values = CLI_HOST,
    .most = 1,
    .summary = N_("Show what is known of a host."),
    .description = N_("HOST is a recorded host, the output of 'virsh domcapabilities', a bundled "
                      "host's name, or the URI of a libvirt. Without HOST it is this machine."),
    .options = options_table,
    .size = sizeof(struct show_options),
    .run = run,
};
