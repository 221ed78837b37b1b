/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a command learns of a host that is there now: this machine, a libvirt, or the files of
 * another system's tree. */
#ifndef CVM_CLI_SOURCE_H
#define CVM_CLI_SOURCE_H

#include "cli/virt.h"

struct cli_source_options {
    struct cli_connect_options connect;
    const char *root;
};

/* The rows of a command's table, for the member of its options that is a struct cli_source_options.
 */
#define CLI_SOURCE_ROWS(type, member)                                                              \
    CLI_CONNECT_ROWS(type, member.connect),                                                        \
    {                                                                                              \
        .name = "root", .letter = 'r', .argument = "DIR", .values = CLI_FOLDER,                    \
        .offset = offsetof(type, member.root),                                                     \
        .help = N_("read only the files below DIR: / for this machine, else another system's "     \
                   "tree, such as an sosreport")                                                   \
    }

/* What there is to be known of a host. */
struct cli_source {
    const struct cli_command *command;
    const struct cli_source_options *options;
    const char *name;       /* of the record; NULL: "host" */
    gboolean files_will_do; /* without any option, where libvirt does not answer */
};

/* CLI_USAGE, and the mistake explained, for options that cannot be meant; host is an operand, NULL
 * without one. */
int
cli_source_check(const struct cli_command *command, const struct cli_source_options *options,
                 const char *host);
/* The caller's to cvmdom_record_free(); NULL, said why, and *status worse, when it cannot be had.
 */
cvmdom_record *
cli_source_record(const struct cli_source *source, int *status);
/* The host that an operand names; for NULL what the options tell of one, by default this machine.
 * The caller's to cvmdom_host_free(); NULL, said why, and *status worse, when it cannot be had. */
cvmdom_host *
cli_source_host(const struct cli_command *command, const struct cli_source_options *options,
                const char *word, int *status);

#endif
