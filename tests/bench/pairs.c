/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times two commands in alternating pairs, so that both see the same noise of the machine:
 *   pairs N COMMAND… -- COMMAND…
 * Prints, tab-separated: the median of either in ms, and the median and the quartiles of the pairs'
 * ratios. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "times.h"

extern char **environ;

/* The wall-clock time of a command that must succeed; what it prints is dropped. */
static double
run_once(char **command)
{
    posix_spawn_file_actions_t files;
    double start = clock_ms(CLOCK_MONOTONIC);
    int status;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    errno = posix_spawnp(&pid, command[0], &files, NULL, command, environ);
    posix_spawn_file_actions_destroy(&files);
    if (errno != 0) {
        perror(command[0]);
        exit(EXIT_FAILURE);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s failed\n", command[0]);
        exit(EXIT_FAILURE);
    }
    return clock_ms(CLOCK_MONOTONIC) - start;
}

int
main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 0;
    char **first = argv + 2, **second = first;
    double *a, *b, *ratio;

    while (argc > 4 && *second && strcmp(*second, "--") != 0) {
        second++;
    }
    if (count < 1 || argc < 5 || !*second || second == first || !second[1]) {
        fprintf(stderr, "usage: pairs N COMMAND... -- COMMAND...\n");
        return EXIT_FAILURE;
    }
    *second++ = NULL;
    a = calloc((size_t)count, sizeof(*a));
    b = calloc((size_t)count, sizeof(*b));
    ratio = calloc((size_t)count, sizeof(*ratio));
    if (!a || !b || !ratio) {
        return EXIT_FAILURE;
    }
    run_once(first); /* warms the page cache */
    run_once(second);
    for (int i = 0; i < count; i++) {
        a[i] = run_once(first);
        b[i] = run_once(second);
        ratio[i] = a[i] / b[i];
    }
    qsort(a, (size_t)count, sizeof(*a), compare);
    qsort(b, (size_t)count, sizeof(*b), compare);
    qsort(ratio, (size_t)count, sizeof(*ratio), compare);
    printf("%.2f\t%.2f\t%.4f\t%.4f\t%.4f\n", quantile(a, count, 0.5), quantile(b, count, 0.5),
           quantile(ratio, count, 0.5), quantile(ratio, count, 0.25), quantile(ratio, count, 0.75));
    free(a);
    free(b);
    free(ratio);
    return EXIT_SUCCESS;
}
