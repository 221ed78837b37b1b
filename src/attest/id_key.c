/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
cvmdom_id_key *
cvmdom_id_key_read(const char *path G_GNUC_UNUSED, cvmdom_error **error)
{
    attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
    return NULL;
}

/* STUB */
void
cvmdom_id_key_free(cvmdom_id_key *key G_GNUC_UNUSED)
{
}

/* STUB */
int
cvmdom_id_key_digest(const cvmdom_id_key *key G_GNUC_UNUSED,
                     unsigned char digest[CVMDOM_KEY_DIGEST_SIZE] G_GNUC_UNUSED,
                     cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
