/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The few primitives that everything here is made of, each over libcrypto. */
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <string.h>

#include "attest/attest.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MAC, EVP_MAC_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MAC_CTX, EVP_MAC_CTX_free)

int
attest_hash(const EVP_MD *md, const void *data, size_t size, unsigned char *out,
            cvmdom_error **error)
{
    return EVP_Digest(data, size, out, NULL, md, NULL) == 1 ? 0 : attest_crypto_error(error);
}

int
attest_hmac(const unsigned char *key, size_t key_size, const struct attest_part *parts,
            unsigned char out[32], cvmdom_error **error)
{
    g_autoptr(EVP_MAC) mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    g_autoptr(EVP_MAC_CTX) context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()
    };

    if (!context || EVP_MAC_init(context, key, key_size, parameters) != 1) {
        return attest_crypto_error(error);
    }
    for (; parts->data; parts++) {
        if (EVP_MAC_update(context, parts->data, parts->size) != 1) {
            return attest_crypto_error(error);
        }
    }
    return EVP_MAC_final(context, out, NULL, 32) == 1 ? 0 : attest_crypto_error(error);
}

int
attest_aes_ctr(const unsigned char key[16], const unsigned char iv[16], const void *data,
               size_t size, void *out, cvmdom_error **error)
{
    g_autoptr(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();
    int written;

    if (!context || size > G_MAXINT ||
        EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), NULL, key, iv) != 1 ||
        EVP_EncryptUpdate(context, out, &written, data, (int)size) != 1) {
        return attest_crypto_error(error);
    }
    return 0;
}

int
attest_random(void *out, size_t size, cvmdom_error **error)
{
    return size <= G_MAXINT && RAND_priv_bytes(out, (int)size) == 1 ? 0
                                                                    : attest_crypto_error(error);
}
