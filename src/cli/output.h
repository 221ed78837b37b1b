/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where findings are reported to: one format on standard output, and any number in files. */
#ifndef CVM_CLI_OUTPUT_H
#define CVM_CLI_OUTPUT_H

#include "cli/cmd.h"

struct cli_output {
    const char *format;     /* of --format; NULL: text */
    const GPtrArray *files; /* of --output: "FORMAT=FILE" */
    const char *color;      /* of --color */
    int fail_on;
};

/* CLI_USAGE, and the mistake explained, for an --output that cannot be meant. */
int
cli_output_check(const struct cli_command *command, const struct cli_output *output);
/* Writes them all. status is the run's so far; returns the worse of it and its own. */
int
cli_output_write(const struct cli_output *output, const cvmdom_findings *findings, size_t documents,
                 int status);

#endif
