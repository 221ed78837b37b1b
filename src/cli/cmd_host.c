/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts: record one, show what is known of it, and say what keeps it from running confidential
 * guests. */
#include "cli/host.h"

static const struct cli_command *const commands[] = {
    &cli_host_capture,
    &cli_host_show,
    &cli_host_check,
    NULL,
};

const struct cli_command cli_host = {
    .name = "host",
    .operands = "COMMAND [ARGUMENT]…",
    .commands = commands,
    .most = G_MAXUINT,
    .summary = N_("Record a host, show it, or say what keeps it from running confidential guests."),
};
