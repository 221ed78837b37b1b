/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
cvmdom_report *
cvmdom_report_parse(const unsigned char *data G_GNUC_UNUSED, size_t size G_GNUC_UNUSED,
                    cvmdom_error **error)
{
    attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
    return NULL;
}

/* STUB */
void
cvmdom_report_free(cvmdom_report *report G_GNUC_UNUSED)
{
}

/* STUB */
int
cvmdom_report_compare(const cvmdom_report *report G_GNUC_UNUSED,
                      const struct cvmdom_launch *launch G_GNUC_UNUSED,
                      const struct cvmdom_digest *digest G_GNUC_UNUSED, int vmpl G_GNUC_UNUSED,
                      const unsigned char *report_data G_GNUC_UNUSED,
                      cvmdom_report_fn visit G_GNUC_UNUSED, void *payload G_GNUC_UNUSED,
                      cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
