/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_launch_digest(const struct cvmdom_launch *launch G_GNUC_UNUSED,
                     const cvmdom_firmware *firmware G_GNUC_UNUSED,
                     cvmdom_measure_fn visit G_GNUC_UNUSED, void *payload G_GNUC_UNUSED,
                     struct cvmdom_digest *digest G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
