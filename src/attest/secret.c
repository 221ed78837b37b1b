/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
const char *
cvmdom_secret_name_at(size_t i G_GNUC_UNUSED, const char **guid G_GNUC_UNUSED)
{
    return NULL;
}

/* STUB */
int
cvmdom_secret_pack(const struct cvmdom_secret *secrets G_GNUC_UNUSED, size_t count G_GNUC_UNUSED,
                   size_t room G_GNUC_UNUSED,
                   const struct cvmdom_measurement *measurement G_GNUC_UNUSED,
                   const struct cvmdom_launch_keys *keys G_GNUC_UNUSED,
                   struct cvmdom_secret_packet *packet G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
