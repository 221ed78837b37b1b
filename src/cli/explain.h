/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What 'explain' explains, a file a kind. */
#ifndef CVM_CLI_EXPLAIN_H
#define CVM_CLI_EXPLAIN_H

#include "cli/cmd.h"

/* What is asked of --guest. */
struct cli_guest_options {
    GPtrArray *guest; /* files, of --guest; NULL: it was not given */
    const char *host;
    const char *firmware_root;
    GPtrArray *set;
    const char *format;
};

/* Each prints what it knows, and returns FALSE when the text is nothing of its kind. */

/* A rule's page, by id or name. */
gboolean
cli_explain_rule(const char *id_or_name, gboolean colour);
/* A return code of the SEV firmware or an error of the kernel, by name or number. */
gboolean
cli_explain_code(const char *text);
/* A message by its id. */
gboolean
cli_explain_message(const char *id);
/* What is looked at by a check of 'host check', by its id. */
gboolean
cli_explain_check(const char *id);

/* Prints a diagnosis: file is the log's, NULL for a message that was given as an operand. Returns
 * an enum cli_status. */
int
cli_explain_diagnosis(const cvmdom_diagnosis *diagnosis, const char *file, gboolean colour);

/* What the guests that these files and more describe need inside. Returns an enum cli_status. */
int
cli_explain_guests(const struct cli_guest_options *options, const char *const *more,
                   gboolean colour);

#endif
