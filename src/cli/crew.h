/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work on many inputs at once, whose results are taken in the inputs' order. */
#ifndef CVM_CLI_CREW_H
#define CVM_CLI_CREW_H

#include <stddef.h>

#include "cli/cmd.h"

enum {
    CLI_CREW_MOST = 256, /* threads */
    CLI_CREW_FEW = 16,   /* inputs that are not worth a second thread */
};

/* Jobs are pieces 0 to count - 1. begin(), work() and end() run in each worker's thread; take() in
 * any of them, but in one at a time. */
struct cli_crew {
    void *common;
    size_t count;
    size_t result_size;           /* of what work() fills and take() takes: zeros before */
    void *(*begin)(void *common); /* what a worker needs of its own */
    void (*work)(void *own, size_t i, void *result);
    void (*take)(void *common, size_t i, void *result); /* takes over what result holds */
    void (*end)(void *own);
};

/* What --jobs says; 0 for NULL. CLI_USAGE, and said why, for what is no number of threads. */
int
cli_crew_parse(const struct cli_command *command, const char *text, unsigned *threads);
/* Does it all, in at most so many threads, of which the caller's is one; 0: as many as this process
 * may use processors, where so many jobs are worth it. Whatever the number, take() sees the same.
 * Where threads cannot be had fewer do it. */
void
cli_crew_run(const struct cli_crew *crew, unsigned threads);

#endif
