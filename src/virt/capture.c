/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt tells of a host, into a record. */
#include "virt/virt.h"

/* STUB of the whole file */
int
cvmdom_connection_capture(cvmdom_connection *connection G_GNUC_UNUSED,
                          cvmdom_record *record G_GNUC_UNUSED, cvmdom_error **error)
{
    return virt_fail(error);
}

cvmdom_host *
cvmdom_connection_host(cvmdom_connection *connection G_GNUC_UNUSED, cvmdom_error **error)
{
    virt_fail(error);
    return NULL;
}
