/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_report_verify(const cvmdom_report *report G_GNUC_UNUSED,
                     const struct cvmdom_report_certs *certs G_GNUC_UNUSED,
                     cvmdom_chain_fn visit G_GNUC_UNUSED, void *payload G_GNUC_UNUSED,
                     cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
