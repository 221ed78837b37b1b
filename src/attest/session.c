/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_session_make(const unsigned char *pdh G_GNUC_UNUSED, size_t size G_GNUC_UNUSED,
                    uint32_t policy G_GNUC_UNUSED, struct cvmdom_session *session G_GNUC_UNUSED,
                    cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}

/* STUB */
void
cvmdom_session_clear(struct cvmdom_session *session G_GNUC_UNUSED)
{
}
