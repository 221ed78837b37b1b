/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/cmd.h"

static int
run(const void *options, const char *const *operands)
{
    const struct cli_command *command = &cli_program;

    (void)options;
    if (operands[0]) {
        command = cli_command_find(operands[0]);
        if (!command) {
            cli_word_check(CLI_COMMAND, NULL, operands[0]);
            return CLI_USAGE;
        }
    }
    cli_options_help(command);
    return CLI_CLEAN;
}

const struct cli_command cli_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .values = CLI_COMMAND,
    .most = 1,
    .summary = N_("Show how the program or one of its commands is used."),
    .run = run,
};
