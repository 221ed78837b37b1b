/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pthreads and C11 atomics, which ThreadSanitizer knows; GLib's locks it does not see into. */
#include "cli/crew.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "util/number.h"

enum {
    CHUNK = 16, /* inputs that a worker takes at a time */
    AHEAD = 4,  /* chunks for each worker that may wait to be taken: results do not pile up */
};

/* Chunk c is in slot c % slots until it is taken. Who has finished the chunk that comes next takes
 * it, and those behind it that are finished by then: no thread is woken to take. */
struct run {
    const struct cli_crew *crew;
    size_t chunk, chunks, slots;
    char *results;      /* slots * chunk of them */
    atomic_size_t next; /* chunk that nobody works on yet */
    pthread_mutex_t mutex;
    pthread_cond_t freed; /* slots */
    size_t *done;         /* by slot: number of the chunk that is in it, from 1 */
    size_t taken;         /* chunks before this one were */
    gboolean taking;      /* one thread is */
};

static void *
result_at(const struct run *run, size_t chunk, size_t i)
{
    size_t index = chunk % run->slots * run->chunk + i;

    return run->results + index * run->crew->result_size;
}

static size_t
chunk_length(const struct run *run, size_t chunk)
{
    return MIN(run->chunk, run->crew->count - chunk * run->chunk);
}

static void
wait_for_slot(struct run *run, size_t chunk)
{
    pthread_mutex_lock(&run->mutex);
    while (chunk >= run->taken + run->slots) {
        pthread_cond_wait(&run->freed, &run->mutex);
    }
    pthread_mutex_unlock(&run->mutex);
}

static void
work_on(struct run *run, void *own, size_t chunk)
{
    const struct cli_crew *crew = run->crew;

    for (size_t i = 0; i < chunk_length(run, chunk); i++) {
        void *result = result_at(run, chunk, i);

        memset(result, 0, crew->result_size);
        crew->work(own, chunk * run->chunk + i, result);
    }
}

static void
take(struct run *run, size_t chunk)
{
    for (size_t i = 0; i < chunk_length(run, chunk); i++) {
        run->crew->take(run->crew->common, chunk * run->chunk + i, result_at(run, chunk, i));
    }
}

static void
finish(struct run *run, size_t chunk)
{
    pthread_mutex_lock(&run->mutex);
    run->done[chunk % run->slots] = chunk + 1;
    if (!run->taking) {
        run->taking = TRUE;
        while (run->done[run->taken % run->slots] == run->taken + 1) {
            size_t first = run->taken;

            pthread_mutex_unlock(&run->mutex);
            take(run, first);
            pthread_mutex_lock(&run->mutex);
            run->taken = first + 1;
            pthread_cond_broadcast(&run->freed);
        }
        run->taking = FALSE;
    }
    pthread_mutex_unlock(&run->mutex);
}

static void *
work(void *data)
{
    struct run *run = data;
    void *own = run->crew->begin(run->crew->common);
    size_t chunk;

    while ((chunk = atomic_fetch_add(&run->next, 1)) < run->chunks) {
        wait_for_slot(run, chunk);
        work_on(run, own, chunk);
        finish(run, chunk);
    }
    run->crew->end(own);
    return NULL;
}

int
cli_crew_parse(const struct cli_command *command, const char *text, unsigned *threads)
{
    uint64_t number;

    if (text &&
        (!cvm_number_parse_decimal(text, &number) || number < 1 || number > CLI_CREW_MOST)) {
        return cli_usage(command, _("'--jobs %1$s' is no number from 1 to %2$d"), text,
                         CLI_CREW_MOST);
    }
    *threads = text ? (unsigned)number : 0;
    return CLI_CLEAN;
}

static unsigned
default_threads(size_t count)
{
    return count < CLI_CREW_FEW ? 1 : g_get_num_processors();
}

void
cli_crew_run(const struct cli_crew *crew, unsigned threads)
{
    pthread_t others[CLI_CREW_MOST];
    unsigned started = 0;
    struct run run = { .crew = crew };

    threads = threads ? threads : default_threads(crew->count);
    threads = (unsigned)MIN(MIN(threads, CLI_CREW_MOST), crew->count);
    if (threads == 0) {
        return;
    }
    run.chunk = threads > 1 ? CLAMP(crew->count / threads / 2, 1, CHUNK) : 1;
    run.chunks = (crew->count + run.chunk - 1) / run.chunk;
    run.slots = (size_t)threads * AHEAD;
    run.results = g_malloc(run.slots * run.chunk * crew->result_size);
    run.done = g_new0(size_t, run.slots);
    pthread_mutex_init(&run.mutex, NULL);
    pthread_cond_init(&run.freed, NULL);
    while (started < threads - 1 && pthread_create(&others[started], NULL, work, &run) == 0) {
        started++;
    }
    work(&run);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(others[i], NULL);
    }
    pthread_cond_destroy(&run.freed);
    pthread_mutex_destroy(&run.mutex);
    g_free(run.done);
    g_free(run.results);
}
