/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sub-commands of host, and how they get at one. */
#ifndef CVM_CLI_HOST_H
#define CVM_CLI_HOST_H

#include "cli/cmd.h"
#include "cli/source.h"

extern const struct cli_command cli_host_capture;
extern const struct cli_command cli_host_check;
extern const struct cli_command cli_host_show;

#endif
