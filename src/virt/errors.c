/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt says, as errors of ours. */
#include <stdarg.h>

#include "util/i18n.h"
#include "virt/virt.h"

/* Whether an answer is about the way to libvirt, not about what was asked. Its client's own RPC
 * layer reports a lost connection with all kinds of codes ("client socket is closed" is an internal
 * error), but always as itself; and what that layer reports of the daemon's is its end. */
static gboolean
is_of_connection(const virError *said)
{
    static const int codes[] = {
        VIR_ERR_UNKNOWN_HOST, VIR_ERR_NO_CONNECT,  VIR_ERR_INVALID_CONN,   VIR_ERR_RPC,
        VIR_ERR_GNUTLS_ERROR, VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED, VIR_ERR_AUTH_UNAVAILABLE,
        VIR_ERR_SSH,          VIR_ERR_LIBSSH,      VIR_ERR_NO_SERVER,      VIR_ERR_NO_CLIENT,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (said->code == codes[i]) {
            return TRUE;
        }
    }
    return said->domain == VIR_FROM_RPC;
}

static gboolean
is_of_permission(const virError *said)
{
    return said->code == VIR_ERR_OPERATION_DENIED || said->code == VIR_ERR_ACCESS_DENIED;
}

/* Asking resets what libvirt last said. */
static gboolean
is_dead(cvmdom_connection *connection)
{
    return connection->libvirt && virConnectIsAlive(connection->libvirt) == 0;
}

/* `attempt`, and libvirt's words. */
static void
fail_as(cvmdom_error **error, enum cvmdom_error_code code, const char *attempt,
        const virError *said)
{
    if (said && said->message) {
        cvmdom_error_set(error, code, _("%1$s; libvirt says: %2$s"), attempt, said->message);
    } else {
        cvmdom_error_set(error, code, "%s", attempt);
    }
}

/* What libvirt said last may be older than the loss. */
static void
fail_lost(cvmdom_error **error, const char *attempt, const virError *said)
{
    fail_as(error, CVMDOM_ERROR_CONNECTION, attempt, said && is_of_connection(said) ? said : NULL);
}

int
virt_fail(cvmdom_connection *connection, cvmdom_error **error, const char *format, ...)
{
    virErrorPtr said = virSaveLastError();
    g_autofree char *attempt = NULL;
    va_list args;

    va_start(args, format);
    attempt = g_strdup_vprintf(format, args);
    va_end(args);
    if (is_dead(connection)) {
        g_autofree char *lost =
            g_strdup_printf(_("%s: the connection was lost before there was an answer"), attempt);

        fail_lost(error, lost, said);
    } else if (!said || is_of_connection(said) || is_of_permission(said)) {
        fail_as(error, CVMDOM_ERROR_CONNECTION, attempt, said);
    } else {
        fail_as(error, CVMDOM_ERROR_REFUSED, attempt, said);
    }
    virFreeError(said);
    return -1;
}

int
virt_fail_if_lost(cvmdom_connection *connection, cvmdom_error **error, const char *format, ...)
{
    virErrorPtr said = virSaveLastError();
    gboolean lost = (said && is_of_connection(said)) || is_dead(connection);
    va_list args;

    if (lost) {
        g_autofree char *attempt = NULL;

        va_start(args, format);
        attempt = g_strdup_vprintf(format, args);
        va_end(args);
        fail_lost(error, attempt, said);
    }
    virFreeError(said);
    return lost ? -1 : 0;
}

static void
ignore_error(void *payload G_GNUC_UNUSED, virErrorPtr said G_GNUC_UNUSED)
{
}

void
virt_silence(virConnectPtr libvirt)
{
    if (libvirt) {
        virConnSetErrorFunc(libvirt, NULL, ignore_error);
    } else {
        virSetErrorFunc(NULL, ignore_error);
    }
}
