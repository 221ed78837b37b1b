/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "cli/cmd.h"

static int
run(const void *options, const char *const *operands)
{
    g_autofree char *schema = cvmdom_profile_schema();

    (void)options;
    (void)operands;
    fputs(schema, stdout);
    return CLI_CLEAN;
}

const struct cli_command cli_schema = {
    .name = "schema",
    .summary = N_("Print the JSON Schema of a profile, for editors and validators."),
    .run = run,
};
