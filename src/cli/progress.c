/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line that counts, for people who wait. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
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

static void
begin_line(void)
{
    if (!shown) {
        set_signals(TRUE);
        shown = 1;
    }
    fputs(ERASE, stderr);
}

/* ---- files ---- */

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
    begin_line();
    fprintf(stderr, _("%1$zu of %2$zu files"), done, total);
    fflush(stderr);
}

/* ---- one long call: another thread counts the seconds ---- */

static struct {
    const char *text; /* NULL: nobody waits */
    pthread_t clock;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    gboolean over;
} waiting;

/* Whether it is over by then. */
static gboolean
wait_until(const struct timespec *then)
{
    while (!waiting.over) {
        if (pthread_cond_timedwait(&waiting.changed, &waiting.mutex, then) != 0) {
            break;
        }
    }
    return waiting.over;
}

static void *
count_seconds(void *unused)
{
    struct timespec then;

    (void)unused;
    clock_gettime(CLOCK_MONOTONIC, &then);
    pthread_mutex_lock(&waiting.mutex);
    for (unsigned seconds = 1; then.tv_sec++, !wait_until(&then); seconds++) {
        begin_line();
        fprintf(stderr, "%s: %u s", waiting.text, seconds);
        fflush(stderr);
    }
    pthread_mutex_unlock(&waiting.mutex);
    return NULL;
}

void
cli_progress_wait(const char *text)
{
    pthread_condattr_t steady;

    /* A thread that keeps its messages is one of several. */
    if (waiting.text || cli_messages_are_kept() || !is_for_people()) {
        return;
    }
    waiting.over = FALSE;
    waiting.text = text;
    pthread_mutex_init(&waiting.mutex, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&waiting.changed, &steady);
    pthread_condattr_destroy(&steady);
    if (pthread_create(&waiting.clock, NULL, count_seconds, NULL) != 0) {
        waiting.text = NULL;
    }
}

static void
end_waiting(void)
{
    if (!waiting.text) {
        return;
    }
    pthread_mutex_lock(&waiting.mutex);
    waiting.over = TRUE;
    pthread_cond_signal(&waiting.changed);
    pthread_mutex_unlock(&waiting.mutex);
    pthread_join(waiting.clock, NULL);
    pthread_cond_destroy(&waiting.changed);
    pthread_mutex_destroy(&waiting.mutex);
    waiting.text = NULL;
}

/* ---- both ---- */

void
cli_progress_end(void)
{
    end_waiting();
    if (shown) {
        fputs(ERASE, stderr);
        fflush(stderr);
        shown = 0;
        set_signals(FALSE);
    }
}
