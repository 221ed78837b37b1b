/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_measurement_explain(const struct cvmdom_measurement *measurement G_GNUC_UNUSED,
                           const struct cvmdom_launch *launch G_GNUC_UNUSED,
                           const cvmdom_firmware *firmware G_GNUC_UNUSED,
                           const cvmdom_firmware *const *firmwares G_GNUC_UNUSED,
                           const struct cvmdom_launch_keys *keys G_GNUC_UNUSED,
                           cvmdom_explanation_fn visit G_GNUC_UNUSED, void *payload G_GNUC_UNUSED,
                           cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
