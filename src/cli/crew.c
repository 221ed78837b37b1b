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

/* Chunk c is in slot c % slots until it is taken. */
struct run {
    const struct cli_crew *crew;
    size_t chunk, chunks, slots;
    char *results;      /* slots * chunk of them */
    atomic_size_t next; /* chunk that nobody works on yet */
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* done or taken */
    size_t *done;           /* by slot: number of the chunk that is in it, from 1 */
    size_t taken;           /* chunks before this one were */
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
        pthread_cond_wait(&run->changed, &run->mutex);
    }
    pthread_mutex_unlock(&run->mutex);
}

static void
give(struct run *run, size_t chunk)
{
    pthread_mutex_lock(&run->mutex);
    run->done[chunk % run->slots] = chunk + 1;
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->mutex);
}

static void *
work(void *data)
{
    struct run *run = data;
    const struct cli_crew *crew = run->crew;
    void *own = crew->begin(crew->common);
    size_t chunk;

    while ((chunk = atomic_fetch_add(&run->next, 1)) < run->chunks) {
        wait_for_slot(run, chunk);
        for (size_t i = 0; i < chunk_length(run, chunk); i++) {
            void *result = result_at(run, chunk, i);

            memset(result, 0, crew->result_size);
            crew->work(own, chunk * run->chunk + i, result);
        }
        give(run, chunk);
    }
    crew->end(own);
    return NULL;
}

static void
take_all(struct run *run)
{
    for (size_t chunk = 0; chunk < run->chunks; chunk++) {
        pthread_mutex_lock(&run->mutex);
        while (run->done[chunk % run->slots] != chunk + 1) {
            pthread_cond_wait(&run->changed, &run->mutex);
        }
        pthread_mutex_unlock(&run->mutex);
        for (size_t i = 0; i < chunk_length(run, chunk); i++) {
            run->crew->take(run->crew->common, chunk * run->chunk + i, result_at(run, chunk, i));
        }
        pthread_mutex_lock(&run->mutex);
        run->taken = chunk + 1;
        pthread_cond_broadcast(&run->changed);
        pthread_mutex_unlock(&run->mutex);
    }
}

/* In this thread, one after the other. */
static void
run_alone(const struct cli_crew *crew)
{
    void *own = crew->begin(crew->common);
    g_autofree void *result = g_malloc(crew->result_size);

    for (size_t i = 0; i < crew->count; i++) {
        memset(result, 0, crew->result_size);
        crew->work(own, i, result);
        crew->take(crew->common, i, result);
    }
    crew->end(own);
}

static void
run_together(const struct cli_crew *crew, unsigned threads)
{
    pthread_t workers[CLI_CREW_MOST];
    unsigned started = 0;
    struct run run = { .crew = crew };

    run.chunk = CLAMP(crew->count / threads / 2, 1, CHUNK);
    run.chunks = (crew->count + run.chunk - 1) / run.chunk;
    run.slots = (size_t)threads * AHEAD;
    run.results = g_malloc(run.slots * run.chunk * crew->result_size);
    run.done = g_new0(size_t, run.slots);
    pthread_mutex_init(&run.mutex, NULL);
    pthread_cond_init(&run.changed, NULL);
    while (started < threads && pthread_create(&workers[started], NULL, work, &run) == 0) {
        started++;
    }
    if (started > 0) {
        take_all(&run);
    } else {
        run_alone(crew);
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i], NULL);
    }
    pthread_cond_destroy(&run.changed);
    pthread_mutex_destroy(&run.mutex);
    g_free(run.done);
    g_free(run.results);
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
    threads = threads ? threads : default_threads(crew->count);
    threads = (unsigned)MIN(MIN(threads, CLI_CREW_MOST), crew->count);
    if (threads > 1) {
        run_together(crew, threads);
    } else {
        run_alone(crew);
    }
}
