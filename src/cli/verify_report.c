/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verify.h"

/* STUB */
int
verify_report(const struct cli_command *command G_GNUC_UNUSED,
              const struct verify_report_options *options G_GNUC_UNUSED,
              const struct cli_launch *launch G_GNUC_UNUSED, gboolean json G_GNUC_UNUSED)
{
    return VERIFY_FAILED;
}
