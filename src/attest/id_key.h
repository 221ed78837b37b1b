/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID blocks and what they are signed by. */
#ifndef CVM_ATTEST_ID_KEY_H
#define CVM_ATTEST_ID_KEY_H

#include "attest/attest.h"

struct cvmdom_id_key {
    EVP_PKEY *key;
    unsigned char public[ATTEST_ECC_KEY_SIZE];
};

/* private_key.c: an unencrypted one on P-384 in SEC 1 or PKCS #8, which is in no other buffer when
 * it returns. name is what messages call it. */
EVP_PKEY *
attest_private_key_parse(const char *name, const unsigned char *der, size_t size,
                         cvmdom_error **error);
int
attest_private_key_refuse_encrypted(const char *name, cvmdom_error **error);

/* What libcrypto left on the stack when it worked with a private key, which it does not wipe. */
void
attest_wipe_stack(void);

/* AMD publication 56860, "ID Block Structure" (IDBLOCK). */
enum {
    ATTEST_ID_BLOCK_DIGEST = 0x00, /* 48 bytes */
    ATTEST_ID_BLOCK_FAMILY = 0x30, /* 16 */
    ATTEST_ID_BLOCK_IMAGE = 0x40,  /* 16 */
    ATTEST_ID_BLOCK_VERSION = 0x50,
    ATTEST_ID_BLOCK_SVN = 0x54,
    ATTEST_ID_BLOCK_POLICY = 0x58,
};

/* The same, "ID Authentication Information Structure". Signatures are ATTEST_ECC_SIGNATURE_SIZE
 * long, keys ATTEST_ECC_KEY_SIZE; between and behind them are zeros. */
enum {
    ATTEST_ID_AUTH_ID_ALGORITHM = 0x000,
    ATTEST_ID_AUTH_AUTHOR_ALGORITHM = 0x004, /* 0: no author key */
    ATTEST_ID_AUTH_ID_SIGNATURE = 0x040,     /* of the ID block */
    ATTEST_ID_AUTH_ID_KEY = 0x240,
    ATTEST_ID_AUTH_AUTHOR_SIGNATURE = 0x680, /* of the ID key */
    ATTEST_ID_AUTH_AUTHOR_KEY = 0x880,
};

enum {
    ATTEST_ID_BLOCK_V1 = 1,
    ATTEST_ID_ECDSA_P384_SHA384 = 1, /* both algorithms' only value */
};

#endif
