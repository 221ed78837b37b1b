/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets that the command line names files of. */
#ifndef CVM_CLI_SECRETS_H
#define CVM_CLI_SECRETS_H

#include "cli/attest.h"

struct cli_secrets {
    GArray *list;  /* of struct cvmdom_secret; what they point to is here, too */
    GArray *names; /* of char * */
    size_t used;   /* of plain */
    unsigned char plain[CVMDOM_SECRET_MAX];
};

/* Reads "NAME:FILE" and "GUID:FILE": raw ones as they are, the others decoded. The caller's to
 * cli_secrets_free(); NULL, said why, and *status worse, on failure. Either list may be NULL. */
struct cli_secrets *
cli_secrets_read(const struct cli_command *command, const char *const *raw,
                 const char *const *base64, int *status);
/* Wipes and frees them; NULL is allowed. */
void
cli_secrets_free(struct cli_secrets *secrets);

#endif
