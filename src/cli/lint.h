/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cmd_lint.c, which has the options and what a run comes to, and lint_file.c, which does the
 * work on one file in any thread, share. */
#ifndef CVM_CLI_LINT_H
#define CVM_CLI_LINT_H

#include "cli/control.h"
#include "cli/hosts.h"
#include "cli/inputs.h"

/* The same for all files, and not changed while threads work. */
struct cli_lint_common {
    const char *to;
    const char *firmware_root;
    const char *const *sets;
    gboolean skip_others;
    gboolean list_files;         /* they are not checked */
    const cvmdom_schema *schema; /* NULL: it is not asked */
    const struct cli_inputs *inputs;
    const struct cli_control *control;
    struct cli_hosts *hosts;
};

/* What one file comes to. */
struct cli_lint_result {
    cvmdom_findings *findings;
    GArray *messages;           /* of struct cli_message */
    cvmdom_error *config_error; /* of its .cvmdom.yaml: to be told once for all files */
    size_t documents;           /* that were checked */
    gboolean skipped;           /* it is neither profile nor domain */
    gboolean listed;            /* it would be checked */
    int status;                 /* enum cli_status */
};

/* What a thread needs of its own. */
struct cli_lint_worker;

struct cli_lint_worker *
cli_lint_worker_new(const struct cli_lint_common *common);
void
cli_lint_worker_free(struct cli_lint_worker *worker);
/* Input i into a result of zeros. */
void
cli_lint_file(struct cli_lint_worker *worker, size_t i, struct cli_lint_result *result);

#endif
