/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attest/attest.h"

/* STUB */
int
cvmdom_chain_verify(const unsigned char *chain G_GNUC_UNUSED, size_t size G_GNUC_UNUSED,
                    const unsigned char *ca G_GNUC_UNUSED, size_t ca_size G_GNUC_UNUSED,
                    const struct cvmdom_chain_options *options G_GNUC_UNUSED,
                    cvmdom_chain_fn visit G_GNUC_UNUSED, void *payload G_GNUC_UNUSED,
                    cvmdom_error **error)
{
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED, "STUB");
}
