/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_id_block_make(const struct cvmdom_digest *digest G_GNUC_UNUSED,
                     const struct cvmdom_id_block_options *options G_GNUC_UNUSED,
                     const cvmdom_id_key *key G_GNUC_UNUSED,
                     const cvmdom_id_key *author G_GNUC_UNUSED,
                     struct cvmdom_id_block *id_block G_GNUC_UNUSED, cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
