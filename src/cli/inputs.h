/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files a command reads: its operands, what lies in those that are folders, and lists. */
#ifndef CVM_CLI_INPUTS_H
#define CVM_CLI_INPUTS_H

#include "cli/cmd.h"

struct cli_input {
    gboolean found; /* in a folder or a list: passed over when it is neither profile nor domain */
    char path[];    /* "-": standard input */
};

struct cli_inputs {
    GPtrArray *files;  /* of struct cli_input, each path once */
    GHashTable *known; /* their paths; NULL as long as none can be named again */
    guint seen;        /* files, counting those seen before */
    gboolean folders;  /* some were looked for in a folder */
    int status;        /* the worst that happened: an enum cli_status */
};

void
cli_inputs_init(struct cli_inputs *inputs);
void
cli_inputs_clear(struct cli_inputs *inputs);
/* A file, - or a folder; what cannot be read as a folder is said. */
void
cli_inputs_add(struct cli_inputs *inputs, const char *operand);
/* A file or -, whatever it is, and as often as it is named. */
void
cli_inputs_add_file(struct cli_inputs *inputs, const char *path);
/* What a file (or -) lists, one name a line, or each ended by a NUL. */
void
cli_inputs_add_list(struct cli_inputs *inputs, const char *list, gboolean null);

/* Whether two names are of one file that is there. */
gboolean
cli_is_same_file(const char *a, const char *b);

#endif
