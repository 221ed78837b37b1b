/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
void
cvmdom_launch_keys_clear(struct cvmdom_launch_keys *keys G_GNUC_UNUSED)
{
}

/* STUB */
int
cvmdom_launch_keys_read(const char *tik G_GNUC_UNUSED, const char *tek G_GNUC_UNUSED,
                        const char *tk G_GNUC_UNUSED, struct cvmdom_launch_keys *keys G_GNUC_UNUSED,
                        cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
