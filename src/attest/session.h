/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a session, with everything that is random handed in. */
#ifndef CVM_ATTEST_SESSION_H
#define CVM_ATTEST_SESSION_H

#include "attest/cert.h"

#define ATTEST_NONCE_SIZE 16
#define ATTEST_IV_SIZE 16
#define ATTEST_SECRET_SIZE 48 /* of an X coordinate on P-384 */

/* What is different in each session, beside its keys. */
struct attest_session_seed {
    EVP_PKEY *key; /* the guest owner's, on P-384 */
    unsigned char nonce[ATTEST_NONCE_SIZE];
    unsigned char iv[ATTEST_IV_SIZE];
};

/* The key derivation of AMD publication 55766, of CVMDOM_KEY_SIZE bytes: NIST SP 800-108 in counter
 * mode, but with both numbers in little endian, for which libcrypto has no switch. */
int
attest_kdf(const unsigned char *key, size_t key_size, const char *label,
           const unsigned char *context, size_t context_size, unsigned char out[CVMDOM_KEY_SIZE],
           cvmdom_error **error);
/* The shared secret of two keys on P-384: an X coordinate in big endian, leading zeros kept. */
int
attest_agree(EVP_PKEY *own, EVP_PKEY *peer, unsigned char secret[ATTEST_SECRET_SIZE],
             cvmdom_error **error);
/* The session blob from a shared secret; of the seed all but its key. */
int
attest_session_seal(const unsigned char *secret, size_t secret_size,
                    const struct attest_session_seed *seed, const struct cvmdom_launch_keys *keys,
                    uint32_t policy, unsigned char blob[CVMDOM_SESSION_SIZE], cvmdom_error **error);
/* The rest of a session whose keys are there: they are not copied, since what is copied may stay
 * behind in registers, and these be saved somewhere. It is all zeros after a failure. */
int
attest_session_make(EVP_PKEY *pdh, const struct attest_session_seed *seed, uint32_t policy,
                    struct cvmdom_session *session, cvmdom_error **error);

#endif
