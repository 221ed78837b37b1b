/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_measurement_parse(const char *base64 G_GNUC_UNUSED,
                         struct cvmdom_measurement *measurement G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}

/* STUB */
int
cvmdom_measurement_compute(const struct cvmdom_measurement *measurement G_GNUC_UNUSED,
                           uint32_t policy G_GNUC_UNUSED,
                           const struct cvmdom_digest *digest G_GNUC_UNUSED,
                           const struct cvmdom_launch_keys *keys G_GNUC_UNUSED,
                           unsigned char hmac[32] G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}

/* STUB */
int
cvmdom_measurement_verify(const struct cvmdom_measurement *measurement G_GNUC_UNUSED,
                          uint32_t policy G_GNUC_UNUSED,
                          const struct cvmdom_digest *digest G_GNUC_UNUSED,
                          const struct cvmdom_launch_keys *keys G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
