/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One domain into a libvirt: defined, read back, started; and what became of it, told. */
#ifndef CVM_CLI_DEFINITION_H
#define CVM_CLI_DEFINITION_H

#include <glib.h>

#include "cli/virt.h"

struct cli_definition {
    struct cli_connection connection;
    struct cvmdom_define_options define;
    struct cvmdom_start_options start;
    gboolean starts; /* after defining */
    gboolean colour; /* of differences */
    gboolean lost;   /* set: the connection is, nothing more will come of it */
};

/* Returns an enum cli_status: CLI_FINDINGS when it was left alone or libvirt refused. */
int
cli_definition_run(struct cli_definition *definition, cvmdom_domain *domain,
                   const cvmdom_host *host);

#endif
