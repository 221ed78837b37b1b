/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "cli/cmd.h"
#include "cvmdom/guest.h"
#include "cvmdom/launch.h"

static const struct {
    const char *name;
    const char *(*schema)(void);
} fixed[] = {
    { "findings", cvmdom_findings_schema },
    { "readiness", cvmdom_readiness_schema },
    { "measurement", cvmdom_measurement_schema },
    { "guest", cvmdom_guest_advice_schema },
    { "fleet", cvmdom_fleet_schema },
};

static int
run(const void *options, const char *const *operands)
{
    const char *name = operands[0] ? operands[0] : "profile";
    g_autofree char *text = NULL;

    (void)options;
    if (!cli_word_check(CLI_SCHEMA, NULL, name)) {
        return CLI_USAGE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (g_str_equal(name, fixed[i].name)) {
            fputs(fixed[i].schema(), stdout);
            return CLI_CLEAN;
        }
    }
    text = g_str_equal(name, "config") ? cvmdom_config_schema() : cvmdom_profile_schema();
    fputs(text, stdout);
    return CLI_CLEAN;
}

const struct cli_command cli_schema = {
    .name = "schema",
    .operands = "[profile|config|findings|readiness|measurement|guest]",
    .values = CLI_SCHEMA,
    .most = 1,
    .summary =
        N_("Print the JSON Schema of a profile, of .cvmdom.yaml, or of what 'lint', 'host check', "
           "'measure' or 'explain --guest' writes with '--format json'."),
    .run = run,
};
