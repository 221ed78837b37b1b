/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains that libvirt knows: found, defined, started, ended. */
#include "virt/virt.h"

/* STUB of the whole file */
int
cvmdom_connection_find(cvmdom_connection *connection G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
                       struct cvmdom_known_domain *domain G_GNUC_UNUSED, cvmdom_error **error)
{
    return virt_error(error, CVMDOM_ERROR_REFUSED, "not written yet");
}

int
cvmdom_connection_define(cvmdom_connection *connection G_GNUC_UNUSED,
                         const cvmdom_domain *domain G_GNUC_UNUSED,
                         const cvmdom_host *host G_GNUC_UNUSED,
                         const struct cvmdom_define_options *options G_GNUC_UNUSED,
                         int *result G_GNUC_UNUSED, cvmdom_comparison **comparison G_GNUC_UNUSED,
                         cvmdom_error **error)
{
    return virt_error(error, CVMDOM_ERROR_REFUSED, "not written yet");
}

int
cvmdom_connection_start(cvmdom_connection *connection G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
                        const struct cvmdom_start_options *options G_GNUC_UNUSED,
                        cvmdom_error **error)
{
    return virt_error(error, CVMDOM_ERROR_REFUSED, "not written yet");
}

int
cvmdom_connection_stop(cvmdom_connection *connection G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
                       cvmdom_error **error)
{
    return virt_error(error, CVMDOM_ERROR_REFUSED, "not written yet");
}

int
cvmdom_connection_undefine(cvmdom_connection *connection G_GNUC_UNUSED,
                           const char *name G_GNUC_UNUSED, cvmdom_error **error)
{
    return virt_error(error, CVMDOM_ERROR_REFUSED, "not written yet");
}

int
cvmdom_connection_each_launch_parameter(cvmdom_connection *connection G_GNUC_UNUSED,
                                        const char *name G_GNUC_UNUSED,
                                        cvmdom_launch_fn visit G_GNUC_UNUSED,
                                        void *payload G_GNUC_UNUSED, cvmdom_error **error)
{
    return virt_error(error, CVMDOM_ERROR_REFUSED, "not written yet");
}
