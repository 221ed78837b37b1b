/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libcvmdom-attest share. The only user of libcrypto; of cvmdom it knows the
 * public headers. */
#ifndef CVM_ATTEST_ATTEST_H
#define CVM_ATTEST_ATTEST_H

#include <glib.h>
#include <openssl/evp.h>

#include "cvmdom/attest.h"

/* errors.c */

/* libcrypto could not do what it always can, with its own words; empties its queue of errors.
 * Returns -1. */
int
attest_crypto_error(cvmdom_error **error);
/* Hands on an error of util/, and frees it. Returns -1. */
int
attest_give_error(cvmdom_error **error, GError *cause);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/* hash.c */

/* One go. md of attest_sha256() or attest_sha384(); out has room for it. */
int
attest_hash(const EVP_MD *md, const void *data, size_t size, unsigned char *out,
            cvmdom_error **error);
/* HMAC-SHA-256 over the parts one after the other; parts end with one of data NULL. */
struct attest_part {
    const void *data;
    size_t size;
};
int
attest_hmac(const unsigned char *key, size_t key_size, const struct attest_part *parts,
            unsigned char out[32], cvmdom_error **error);
/* AES-128 in counter mode, the whole IV being the first counter (big endian): the same both ways.
 */
int
attest_aes_ctr(const unsigned char key[16], const unsigned char iv[16], const void *data,
               size_t size, void *out, cvmdom_error **error);
/* Unpredictable bytes. */
int
attest_random(void *out, size_t size, cvmdom_error **error);

/* measurement.c: what LAUNCH_MEASURE authenticates, of a launch digest of 32 bytes; version and
 * nonce are the measurement's. */
enum { ATTEST_MEASURED_SIZE = 56 };
void
attest_measured_write(const struct cvmdom_measurement *measurement, uint32_t policy,
                      const unsigned char digest[32], unsigned char message[ATTEST_MEASURED_SIZE]);

/* ecc.c: elliptic curve keys and signatures as AMD lays them out (publication 55766, appendix
 * "Certificate Format"; 56860, "Format for an ECDSA P-384 Public Key"): numbers of 72 bytes in
 * little endian. */

#define ATTEST_ECC_KEY_SIZE 1028      /* u32 curve, Qx, Qy, zeros */
#define ATTEST_ECC_SIGNATURE_SIZE 512 /* r, s, zeros */

/* A public key on P-256 (curve 1) or P-384 (curve 2). NULL with CVMDOM_ERROR_SYNTAX for another
 * curve, a point that is not on it, and numbers that are too long. */
EVP_PKEY *
attest_ecc_key_parse(const unsigned char *at, cvmdom_error **error);
/* The public half of a P-384 key; CVMDOM_ERROR_UNSUPPORTED for any other. */
int
attest_ecc_key_write(const EVP_PKEY *key, unsigned char *at, cvmdom_error **error);
/* 1: the signature holds, 0: not, -1: libcrypto could not tell. */
int
attest_ecc_verify(EVP_PKEY *key, const EVP_MD *md, const void *data, size_t size,
                  const unsigned char *signature, cvmdom_error **error);
int
attest_ecc_sign(EVP_PKEY *key, const EVP_MD *md, const void *data, size_t size,
                unsigned char *signature, cvmdom_error **error);

/* secret.c */

/* cvmdom_secret_pack() with this IV. */
int
attest_secret_seal(const struct cvmdom_secret *secrets, size_t count, size_t room,
                   const struct cvmdom_measurement *measurement,
                   const struct cvmdom_launch_keys *keys, const unsigned char iv[16],
                   struct cvmdom_secret_packet *packet, cvmdom_error **error);

#endif
