/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections. Opening one is done in a thread, which is left to itself when it takes too long:
 * libvirt waits for a silent daemon, or for a question of ssh's, for ever. */
#include <string.h>

#include "util/i18n.h"
#include "virt/virt.h"

/* An opening under way; both threads hold it. */
struct opening {
    gatomicrefcount holders;
    GMutex lock;
    GCond ended;
    gboolean done;
    char *uri;
    gboolean read_only;
    virConnectPtr libvirt; /* closed by whoever holds it last */
    virErrorPtr said;      /* why there is none: libvirt keeps errors a thread */
};

static struct opening *
new_opening(const char *uri, gboolean read_only)
{
    struct opening *opening = g_new0(struct opening, 1);

    g_atomic_ref_count_init(&opening->holders);
    g_mutex_init(&opening->lock);
    g_cond_init(&opening->ended);
    opening->uri = g_strdup(uri);
    opening->read_only = read_only;
    return opening;
}

static void
release_opening(struct opening *opening)
{
    if (!g_atomic_ref_count_dec(&opening->holders)) {
        return;
    }
    if (opening->libvirt) {
        virConnectClose(opening->libvirt);
    }
    virFreeError(opening->said);
    g_mutex_clear(&opening->lock);
    g_cond_clear(&opening->ended);
    g_free(opening->uri);
    g_free(opening);
}

static gpointer
run_opening(gpointer data)
{
    struct opening *opening = data;
    virConnectPtr libvirt =
        opening->read_only ? virConnectOpenReadOnly(opening->uri) : virConnectOpen(opening->uri);

    if (libvirt) {
        virt_silence(libvirt);
    }
    g_mutex_lock(&opening->lock);
    opening->libvirt = libvirt;
    opening->said = libvirt ? NULL : virSaveLastError();
    opening->done = TRUE;
    g_cond_signal(&opening->ended);
    g_mutex_unlock(&opening->lock);
    release_opening(opening);
    return NULL;
}

/* FALSE when the time is over; 0 seconds are for ever. */
static gboolean
await_opening(struct opening *opening, unsigned seconds)
{
    gint64 end = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
    gboolean in_time = TRUE;

    while (!opening->done && in_time) {
        if (seconds == 0) {
            g_cond_wait(&opening->ended, &opening->lock);
        } else {
            in_time = g_cond_wait_until(&opening->ended, &opening->lock, end);
        }
    }
    return opening->done;
}

static virConnectPtr
take_libvirt(struct opening *opening, unsigned seconds, cvmdom_error **error)
{
    g_autofree char *title = opening->uri ? g_strdup_printf("'%s'", opening->uri)
                                          : g_strdup(_("the libvirt that is the default"));
    virConnectPtr libvirt = NULL;

    g_mutex_lock(&opening->lock);
    if (!await_opening(opening, seconds)) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_CONNECTION,
            _("cannot connect to %1$s: no answer in %2$u s; see whether libvirt's daemon there "
              "hangs, and whether ssh waits for an answer to a question"),
            title, seconds);
    } else if (!opening->libvirt) {
        cvmdom_error_set(error, CVMDOM_ERROR_CONNECTION,
                         _("cannot connect to %1$s; libvirt says: %2$s"), title,
                         opening->said && opening->said->message ? opening->said->message : "");
    } else {
        libvirt = g_steal_pointer(&opening->libvirt);
    }
    g_mutex_unlock(&opening->lock);
    return libvirt;
}

static virConnectPtr
open_libvirt(const char *uri, gboolean read_only, unsigned seconds, cvmdom_error **error)
{
    struct opening *opening = new_opening(uri, read_only);
    virConnectPtr libvirt = NULL;

    g_atomic_ref_count_inc(&opening->holders);
    if (virt_start_thread("cvmdom-open", run_opening, opening)) {
        libvirt = take_libvirt(opening, seconds, error);
    } else {
        cvmdom_error_set(error, CVMDOM_ERROR_CONNECTION,
                         _("cannot connect: there can be no more threads"));
        release_opening(opening);
    }
    release_opening(opening);
    return libvirt;
}

/* Whether the driver that answers works on this machine: not on a server ("qemu+ssh://host/system",
 * even where that is localhost), not behind another transport than a socket here, and not on
 * libvirt's pretended hosts. */
static gboolean
is_local(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : "test";
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    const char *transport = strchr(scheme, '+');

    return !(host && *host) && (!transport || g_str_equal(transport, "+unix")) &&
           !(g_str_has_prefix(scheme, "test") && (scheme[4] == '\0' || scheme[4] == '+'));
}

/* A daemon that is stopped or gone is noticed after about so many seconds, also within a call: one
 * that works on something answers. libvirt closes the connection interval × (count + 1) seconds
 * after the last sign of life. Drivers without a daemon need none. */
static void
keep_alive(virConnectPtr libvirt, unsigned seconds)
{
    const unsigned count = 2;

    if (seconds > 0) {
        virConnectSetKeepAlive(libvirt, (int)MAX(MIN(seconds, G_MAXINT) / (count + 1), 1), count);
        virResetLastError();
    }
}

cvmdom_connection *
cvmdom_connection_open(const char *uri, const struct cvmdom_connection_options *options,
                       cvmdom_error **error)
{
    static gsize silenced;
    unsigned seconds = options ? options->timeout : 0;
    cvmdom_connection *connection;
    virConnectPtr libvirt;

    if (g_once_init_enter(&silenced)) {
        virt_silence(NULL);
        g_once_init_leave(&silenced, 1);
    }
    if (!virt_start_events()) {
        cvmdom_error_set(error, CVMDOM_ERROR_CONNECTION,
                         _("cannot connect: there can be no more threads"));
        return NULL;
    }
    libvirt = open_libvirt(uri, options && options->read_only, seconds, error);
    if (!libvirt) {
        return NULL;
    }
    keep_alive(libvirt, seconds);
    connection = g_new0(cvmdom_connection, 1);
    connection->libvirt = libvirt;
    connection->uri = virConnectGetURI(libvirt);
    if (!connection->uri) { /* for messages there is always one */
        connection->uri = g_strdup(uri ? uri : "libvirt");
    }
    connection->local = is_local(connection->uri);
    return connection;
}

void
cvmdom_connection_close(cvmdom_connection *connection)
{
    if (connection) {
        virConnectClose(connection->libvirt);
        g_free(connection->uri);
        g_free(connection);
    }
}

const char *
cvmdom_connection_uri(const cvmdom_connection *connection)
{
    return connection->uri;
}

int
cvmdom_connection_is_local(const cvmdom_connection *connection)
{
    return connection->local;
}
