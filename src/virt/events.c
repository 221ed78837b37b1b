/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An event loop for libvirt in a thread and a GMainContext of its own. Not libvirt's default one:
 * that iterates the process's default context, and so would run a GLib program's own callbacks in a
 * thread where it does not expect them. */
#include <glib-unix.h>
#include <pthread.h>
#include <signal.h>

#include "virt/virt.h"

/* What libvirt waits for: a descriptor or a time. */
struct watch {
    int id;
    int fd;          /* -1: a time */
    GSource *source; /* NULL while it waits for nothing */
    virEventHandleCallback on_ready;
    virEventTimeoutCallback on_time;
    void *payload;
    virFreeCallback release;
};

/* Of the process: libvirt keeps one event loop as long as it runs. */
static struct {
    GMutex lock;
    GMainContext *context;
    GHashTable *watches; /* by id */
    int last_id;
} events;

/* ---- watches; with the lock held ---- */

static const struct {
    int libvirt;
    GIOCondition glib;
} conditions[] = {
    { VIR_EVENT_HANDLE_READABLE, G_IO_IN },
    { VIR_EVENT_HANDLE_WRITABLE, G_IO_OUT },
    { VIR_EVENT_HANDLE_ERROR, G_IO_ERR },
    { VIR_EVENT_HANDLE_HANGUP, G_IO_HUP },
};

static gboolean
report_ready(gint fd, GIOCondition condition, gpointer data)
{
    const struct watch *watch = data;
    int ready = condition & G_IO_NVAL ? VIR_EVENT_HANDLE_ERROR : 0;

    for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++) {
        ready |= condition & conditions[i].glib ? conditions[i].libvirt : 0;
    }
    watch->on_ready(watch->id, fd, ready, watch->payload);
    return G_SOURCE_CONTINUE;
}

static gboolean
report_time(gpointer data)
{
    const struct watch *watch = data;

    watch->on_time(watch->id, watch->payload);
    return G_SOURCE_CONTINUE;
}

static void
stop_waiting(struct watch *watch)
{
    if (watch->source) {
        g_source_destroy(watch->source);
        g_source_unref(watch->source);
        watch->source = NULL;
    }
}

/* For VIR_EVENT_HANDLE_… of a descriptor, or milliseconds: -1 for never. */
static void
wait_for(struct watch *watch, int what)
{
    GIOCondition condition = 0;

    stop_waiting(watch);
    if (watch->fd < 0) {
        watch->source = what < 0 ? NULL : g_timeout_source_new((guint)what);
    } else {
        for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++) {
            condition |= what & conditions[i].libvirt ? conditions[i].glib : 0;
        }
        watch->source = condition ? g_unix_fd_source_new(watch->fd, condition) : NULL;
    }
    if (watch->source) {
        GSourceFunc report =
            watch->fd < 0 ? report_time : (GSourceFunc)(void (*)(void))report_ready;

        g_source_set_callback(watch->source, report, watch, NULL);
        g_source_attach(watch->source, events.context);
    }
}

static struct watch *
find_watch(int id)
{
    return g_hash_table_lookup(events.watches, GINT_TO_POINTER(id));
}

/* ---- what libvirt calls ---- */

static int
add_watch(struct watch *watch, int what)
{
    g_mutex_lock(&events.lock);
    watch->id = ++events.last_id;
    g_hash_table_insert(events.watches, GINT_TO_POINTER(watch->id), watch);
    wait_for(watch, what);
    g_mutex_unlock(&events.lock);
    return watch->id;
}

static int
add_handle(int fd, int what, virEventHandleCallback on_ready, void *payload,
           virFreeCallback release)
{
    struct watch *watch = g_new0(struct watch, 1);

    *watch =
        (struct watch){ .fd = fd, .on_ready = on_ready, .payload = payload, .release = release };
    return add_watch(watch, what);
}

static int
add_timeout(int milliseconds, virEventTimeoutCallback on_time, void *payload,
            virFreeCallback release)
{
    struct watch *watch = g_new0(struct watch, 1);

    *watch = (struct watch){ .fd = -1, .on_time = on_time, .payload = payload, .release = release };
    return add_watch(watch, milliseconds);
}

static void
update_watch(int id, int what)
{
    struct watch *watch;

    g_mutex_lock(&events.lock);
    watch = find_watch(id);
    if (watch) {
        wait_for(watch, what);
    }
    g_mutex_unlock(&events.lock);
}

static gboolean
free_watch(gpointer data)
{
    struct watch *watch = data;

    if (watch->release) {
        watch->release(watch->payload);
    }
    g_free(watch);
    return G_SOURCE_REMOVE;
}

/* Freed by the loop, so never below a report that is under way. */
static int
remove_watch(int id)
{
    struct watch *watch;

    g_mutex_lock(&events.lock);
    watch = find_watch(id);
    if (watch) {
        GSource *idle = g_idle_source_new();

        g_hash_table_remove(events.watches, GINT_TO_POINTER(id));
        stop_waiting(watch);
        g_source_set_callback(idle, free_watch, watch, NULL);
        g_source_attach(idle, events.context);
        g_source_unref(idle);
    }
    g_mutex_unlock(&events.lock);
    return watch ? 0 : -1;
}

/* ---- the loop ---- */

static gpointer
run_events(gpointer data G_GNUC_UNUSED)
{
    for (;;) {
        g_main_context_iteration(events.context, TRUE);
    }
    return NULL;
}

gboolean
virt_start_thread(const char *name, GThreadFunc run, gpointer data)
{
    sigset_t all, before;
    GThread *thread;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = g_thread_try_new(name, run, data, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (thread) {
        g_thread_unref(thread);
    }
    return thread != NULL;
}

static void
ignore_time(int id G_GNUC_UNUSED, void *payload G_GNUC_UNUSED)
{
}

/* Without a loop nobody takes a timeout. */
static gboolean
has_events(void)
{
    int id = virEventAddTimeout(-1, ignore_time, NULL, NULL);

    if (id >= 0) {
        virEventRemoveTimeout(id);
    }
    return id >= 0;
}

gboolean
virt_start_events(void)
{
    static gsize state;
    const gsize ready = 1, failed = 2;

    if (g_once_init_enter(&state)) {
        gboolean there = has_events();

        if (!there) {
            events.context = g_main_context_new();
            events.watches = g_hash_table_new(NULL, NULL);
            there = virt_start_thread("cvmdom-events", run_events, NULL);
            if (there) {
                virEventRegisterImpl(add_handle, update_watch, remove_watch, add_timeout,
                                     update_watch, remove_watch);
            }
        }
        g_once_init_leave(&state, there ? ready : failed);
    }
    return state == ready;
}
