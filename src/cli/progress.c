/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line that counts, for people who wait. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cmd.h"

enum {
    FIRST_AFTER = 300 * 1000, /* microseconds */
    AGAIN_AFTER = 100 * 1000,
};

/* Back to the start of the line, and what is there goes (ECMA-48, EL). */
#define ERASE "\r\033[K"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
static struct sigaction before[G_N_ELEMENTS(signals)];
static volatile sig_atomic_t shown;
static gint64 next; /* when to show it; 0: never asked */

/* Leaves the line clean, then does what the signal does without us. */
static void
on_signal(int number)
{
    ssize_t ignored = shown ? write(STDERR_FILENO, ERASE, sizeof ERASE - 1) : 0;

    (void)ignored;
    raise(number); /* SA_RESETHAND: by default */
}

static gboolean
is_for_people(void)
{
    const char *terminal = getenv("TERM");

    return isatty(STDERR_FILENO) && terminal && *terminal && g_strcmp0(terminal, "dumb") != 0;
}

static void
set_signals(gboolean ours)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND | SA_NODEFER };

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct sigaction old;

        if (!ours) {
            sigaction(signals[i], &before[i], NULL);
        } else if (sigaction(signals[i], NULL, &old) == 0) {
            before[i] = old;
            if (old.sa_handler != SIG_IGN) { /* nohup's are kept */
                sigaction(signals[i], &action, NULL);
            }
        }
    }
}

void
cli_progress(size_t done, size_t total)
{
    gint64 now = g_get_monotonic_time();

    if (next == 0) {
        next = is_for_people() ? now + FIRST_AFTER : G_MAXINT64;
    }
    if (now < next) {
        return;
    }
    next = now + AGAIN_AFTER;
    if (!shown) {
        set_signals(TRUE);
        shown = 1;
    }
    fputs(ERASE, stderr);
    fprintf(stderr, _("%1$zu of %2$zu files"), done, total);
    fflush(stderr);
}

void
cli_progress_end(void)
{
    if (shown) {
        fputs(ERASE, stderr);
        fflush(stderr);
        shown = 0;
        set_signals(FALSE);
    }
}
