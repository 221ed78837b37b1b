/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where findings are reported to: one format on standard output, and any number in files. */
#ifndef CVM_CLI_OUTPUT_H
#define CVM_CLI_OUTPUT_H

#include "cli/cmd.h"

/* The options of commands that report findings. */
struct cli_output_options {
    const char *format; /* of --format; NULL: text */
    GPtrArray *files;   /* of --output: "FORMAT=FILE" */
    const char *color;  /* of --color */
};

/* Their rows, for the member of a command's options that is a struct cli_output_options. */
#define CLI_OUTPUT_ROWS(type, member)                                                              \
    { .name = "format",                                                                            \
      .letter = 'f',                                                                               \
      .argument = "FORMAT",                                                                        \
      .values = CLI_FORMAT,                                                                        \
      .offset = offsetof(type, member.format),                                                     \
      .help = N_("how to report on standard output; by default text") },                           \
        { .name = "output",                                                                        \
          .letter = 'o',                                                                           \
          .argument = "FORMAT=FILE",                                                               \
          .many = TRUE,                                                                            \
          .offset = offsetof(type, member.files),                                                  \
          .help = N_("report to FILE as well: sarif=findings.sarif; whole or not at all; may be "  \
                     "repeated") },                                                                \
    {                                                                                              \
        .name = "color", .argument = "WHEN", .values = CLI_COLOUR,                                 \
        .offset = offsetof(type, member.color),                                                    \
        .help = N_("when to colour the report; by default on a terminal")                          \
    }

struct cli_output {
    const struct cli_output_options *options;
    int fail_on;  /* enum cvmdom_severity */
    char *folder; /* that files are named from */
    gboolean colour;
    gboolean terminal; /* it is read as it is written */
};

/* fail_on is an enum cvmdom_severity. CLI_USAGE, and the mistake explained, for an --output that
 * cannot be meant. To be cleared in any case. */
int
cli_output_init(struct cli_output *output, const struct cli_command *command,
                const struct cli_output_options *options, int fail_on);
void
cli_output_clear(struct cli_output *output);
/* Lets the process write nothing but these reports (confine.h). */
void
cli_output_confine(const struct cli_output *output);
/* Writes of findings so far what needs not wait for the end, and takes it out of them: a run of
 * many inputs does not keep it all. Nothing where a report goes to a file, too. */
int
cli_output_begin(const struct cli_output *output, cvmdom_findings *findings);
/* Writes the rest. status is the run's so far; returns the worse of it and its own. */
int
cli_output_write(const struct cli_output *output, const cvmdom_findings *findings, size_t documents,
                 int status);

#endif
