/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/cmd.h"

static int
run(const void *options, const char *const *operands)
{
    const struct cli_command *command = &cli_program;

    (void)options;
    for (; *operands && command->commands; operands++) {
        command = cli_command_find(command, *operands);
        if (!command) {
            return CLI_USAGE;
        }
    }
    if (*operands) {
        return cli_usage(&cli_help, _("'%1$s' is one argument too many"), *operands);
    }
    cli_options_help(command);
    return CLI_CLEAN;
}

const struct cli_command cli_help = {
    .name = "help",
    .operands = "[COMMAND…]",
    .values = CLI_COMMAND,
    .most = G_MAXUINT,
    .summary = N_("Show how the program or one of its commands is used."),
    .run = run,
};
