/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID blocks: laid out and signed. */
#include <string.h>

#include "attest/id_key.h"
#include "util/bytes.h"
#include "util/i18n.h"

enum { SNP_DIGEST_SIZE = 48 };

static void
write_block(const struct cvmdom_digest *digest, const struct cvmdom_id_block_options *options,
            unsigned char block[CVMDOM_ID_BLOCK_SIZE])
{
    memcpy(block + ATTEST_ID_BLOCK_DIGEST, digest->bytes, digest->size);
    memcpy(block + ATTEST_ID_BLOCK_FAMILY, options->family_id, CVMDOM_ID_SIZE);
    memcpy(block + ATTEST_ID_BLOCK_IMAGE, options->image_id, CVMDOM_ID_SIZE);
    cvm_put_u32(block + ATTEST_ID_BLOCK_VERSION, ATTEST_ID_BLOCK_V1);
    cvm_put_u32(block + ATTEST_ID_BLOCK_SVN, options->svn);
    cvm_put_u64(block + ATTEST_ID_BLOCK_POLICY, options->policy);
}

/* The signature of size bytes of data, and which key it is of: at these offsets of auth. */
static int
sign(const cvmdom_id_key *key, const void *data, size_t size, unsigned char *auth, size_t algorithm,
     size_t signature, size_t public, cvmdom_error **error)
{
    int status = attest_ecc_sign(key->key, EVP_sha384(), data, size, auth + signature, error);

    attest_wipe_stack();
    cvm_put_u32(auth + algorithm, ATTEST_ID_ECDSA_P384_SHA384);
    memcpy(auth + public, key->public, ATTEST_ECC_KEY_SIZE);
    return status;
}

int
cvmdom_id_block_make(const struct cvmdom_digest *digest,
                     const struct cvmdom_id_block_options *options, const cvmdom_id_key *key,
                     const cvmdom_id_key *author, struct cvmdom_id_block *id_block,
                     cvmdom_error **error)
{
    struct cvmdom_id_block made = { 0 };

    if (digest->size != SNP_DIGEST_SIZE) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("only SEV-SNP guests have ID blocks: this is no digest of one"));
    }
    write_block(digest, options, made.block);
    if (sign(key, made.block, sizeof(made.block), made.auth, ATTEST_ID_AUTH_ID_ALGORITHM,
             ATTEST_ID_AUTH_ID_SIGNATURE, ATTEST_ID_AUTH_ID_KEY, error) < 0) {
        return -1;
    }
    if (author &&
        sign(author, key->public, sizeof(key->public), made.auth, ATTEST_ID_AUTH_AUTHOR_ALGORITHM,
             ATTEST_ID_AUTH_AUTHOR_SIGNATURE, ATTEST_ID_AUTH_AUTHOR_KEY, error) < 0) {
        return -1;
    }
    *id_block = made;
    return 0;
}
