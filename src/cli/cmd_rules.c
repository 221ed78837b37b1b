/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"

static int
run(const void *options, const char *const *operands)
{
    struct cvmdom_rule rule;
    int width = 0;

    (void)options;
    (void)operands;
    for (size_t i = 0; cvmdom_rule_at(i, &rule) == 0; i++) {
        width = MAX(width, (int)strlen(rule.name));
    }
    for (size_t i = 0; cvmdom_rule_at(i, &rule) == 0; i++) {
        printf("%s  %-7s  %-4s  %-*s  %s\n", rule.id, cli_severity_name(rule.severity),
               rule.needs_host ? "host" : "", width, rule.name, rule.summary);
    }
    return CLI_CLEAN;
}

const struct cli_command cli_rules = {
    .name = "rules",
    .summary = N_("List the rules: id, severity, whether a host is needed, name, summary."),
    .run = run,
};
