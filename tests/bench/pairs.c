/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times two commands in alternating pairs, so that both see the same noise of the machine, or one
 * alone:
 *   pairs [-s STATUS] N COMMAND… [-- COMMAND…]
 * STATUS is the highest exit status that is no failure of the first (0). Prints, tab-separated, of
 * the first the median time in ms and the peak memory in KiB; of a second the same, and the median
 * and the quartiles of the pairs' ratios. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "times.h"

extern char **environ;

struct command {
    char **words;
    int status; /* the highest that is no failure */
    long peak;  /* KiB */
    double *times;
};

/* A command whose output is dropped. */
static pid_t
start(char **words)
{
    posix_spawn_file_actions_t files;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    errno = posix_spawnp(&pid, words[0], &files, NULL, words, environ);
    posix_spawn_file_actions_destroy(&files);
    if (errno != 0) {
        perror(words[0]);
        exit(EXIT_FAILURE);
    }
    return pid;
}

/* The wall-clock time of a command that must succeed. */
static double
run_once(struct command *command)
{
    double from = clock_ms(CLOCK_MONOTONIC);
    pid_t pid = start(command->words);
    struct rusage usage;
    int status;

    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) > command->status) {
        fprintf(stderr, "%s failed\n", command->words[0]);
        exit(EXIT_FAILURE);
    }
    if (usage.ru_maxrss > command->peak) {
        command->peak = usage.ru_maxrss;
    }
    return clock_ms(CLOCK_MONOTONIC) - from;
}

static double *
new_times(int count)
{
    double *times = calloc((size_t)count, sizeof(*times));

    if (!times) {
        perror("pairs");
        exit(EXIT_FAILURE);
    }
    return times;
}

static void
print_ratios(double *ratios, int count)
{
    qsort(ratios, (size_t)count, sizeof(*ratios), compare);
    printf("\t%.5f\t%.5f\t%.5f", quantile(ratios, count, 0.5), quantile(ratios, count, 0.25),
           quantile(ratios, count, 0.75));
}

static void
print_command(const struct command *command, int count)
{
    qsort(command->times, (size_t)count, sizeof(*command->times), compare);
    printf("%.3f\t%ld", quantile(command->times, count, 0.5), command->peak);
}

static void
run_alone(struct command *first, int count)
{
    for (int i = 0; i < count; i++) {
        first->times[i] = run_once(first);
    }
    print_command(first, count);
}

static void
run_pairs(struct command *first, struct command *second, int count)
{
    double *ratios = new_times(count);

    run_once(first); /* warms the page cache */
    run_once(second);
    for (int i = 0; i < count; i++) {
        first->times[i] = run_once(first);
        second->times[i] = run_once(second);
        ratios[i] = first->times[i] / second->times[i];
    }
    print_command(first, count);
    putchar('\t');
    print_command(second, count);
    print_ratios(ratios, count);
    free(ratios);
}

int
main(int argc, char **argv)
{
    struct command first = { 0 }, second = { 0 };
    int option, count;

    while ((option = getopt(argc, argv, "+s:")) == 's') {
        first.status = atoi(optarg);
    }
    count = option == -1 && optind < argc ? atoi(argv[optind]) : 0;
    if (count < 1 || optind + 1 >= argc) {
        fprintf(stderr, "usage: pairs [-s STATUS] N COMMAND... [-- COMMAND...]\n");
        return EXIT_FAILURE;
    }
    first.words = argv + optind + 1;
    first.times = new_times(count);
    second.times = new_times(count);
    for (char **word = first.words; *word && !second.words; word++) {
        if (strcmp(*word, "--") == 0 && word > first.words && word[1]) {
            *word = NULL;
            second.words = word + 1;
        }
    }
    if (second.words) {
        run_pairs(&first, &second, count);
    } else {
        run_alone(&first, count);
    }
    putchar('\n');
    free(first.times);
    free(second.times);
    return EXIT_SUCCESS;
}
