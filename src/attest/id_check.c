/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_id_block_check(const struct cvmdom_launch *launch G_GNUC_UNUSED,
                      const struct cvmdom_digest *digest G_GNUC_UNUSED,
                      const cvmdom_domain *domain G_GNUC_UNUSED,
                      cvmdom_findings *findings G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
