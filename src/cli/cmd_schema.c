/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "cli/cmd.h"

static int
run(const void *options, const char *const *operands)
{
    const char *name = operands[0] ? operands[0] : "profile";
    g_autofree char *text = NULL;

    (void)options;
    if (!cli_word_check(CLI_SCHEMA, NULL, name)) {
        return CLI_USAGE;
    }
    if (g_str_equal(name, "findings") || g_str_equal(name, "readiness")) {
        fputs(name[0] == 'f' ? cvmdom_findings_schema() : cvmdom_readiness_schema(), stdout);
        return CLI_CLEAN;
    }
    text = g_str_equal(name, "config") ? cvmdom_config_schema() : cvmdom_profile_schema();
    fputs(text, stdout);
    return CLI_CLEAN;
}

const struct cli_command cli_schema = {
    .name = "schema",
    .operands = "[profile|config|findings|readiness]",
    .values = CLI_SCHEMA,
    .most = 1,
    .summary =
        N_("Print the JSON Schema of a profile, of .cvmdom.yaml, or of what 'lint --format json' "
           "or 'host check --format json' writes."),
    .run = run,
};
