/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections. */
#include "virt/virt.h"

int
virt_fail(cvmdom_error **error)
{
    if (error) {
        *error = cvmdom_error_new(CVMDOM_ERROR_CONNECTION, virGetLastErrorMessage());
    }
    return -1;
}

cvmdom_connection *
cvmdom_connection_open(const char *uri, const struct cvmdom_connection_options *options,
                       cvmdom_error **error)
{
    gboolean read_only = options && options->read_only;
    virConnectPtr libvirt = read_only ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
    cvmdom_connection *connection;

    if (!libvirt) {
        virt_fail(error);
        return NULL;
    }
    connection = g_new0(cvmdom_connection, 1);
    connection->libvirt = libvirt;
    connection->uri = virConnectGetURI(libvirt);
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
