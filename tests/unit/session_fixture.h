/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The firmware's side of a session, as AMD publication 55766 has LAUNCH_START check it. Of the code
 * under test it uses the layout of public keys only. */
#ifndef CVM_TESTS_SESSION_FIXTURE_H
#define CVM_TESTS_SESSION_FIXTURE_H

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <string.h>

#include "attest/session.h"
#include "unit.h"

/* A pair on P-384. The caller's to EVP_PKEY_free(). */
static inline EVP_PKEY *
firmware_key(const unsigned char private[48], const unsigned char public[97])
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    unsigned char number[48];
    EVP_PKEY *key = NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-384", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)public, 97),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, sizeof(number)),
        OSSL_PARAM_construct_end(),
    };

    for (size_t i = 0; i < sizeof(number); i++) {
        number[i] = private[G_BYTE_ORDER == G_LITTLE_ENDIAN ? sizeof(number) - 1 - i : i];
    }
    ck_assert_int_eq(EVP_PKEY_fromdata_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters), 1);
    return key;
}

static inline void
firmware_hmac(const unsigned char *key, size_t key_size, const void *data, size_t size,
              unsigned char out[32])
{
    ck_assert_ptr_nonnull(HMAC(EVP_sha256(), key, (int)key_size, data, size, out, NULL));
}

static inline void
firmware_kdf(const unsigned char *key, size_t key_size, const char *label,
             const unsigned char *context, size_t context_size, unsigned char out[16])
{
    GByteArray *message = g_byte_array_new();
    unsigned char mac[32];

    g_byte_array_append(message, (const guint8 *)"\1\0\0\0", 4);
    g_byte_array_append(message, (const guint8 *)label, (guint)strlen(label));
    g_byte_array_append(message, (const guint8 *)"\0", 1);
    g_byte_array_append(message, context, (guint)context_size);
    g_byte_array_append(message, (const guint8 *)"\x80\0\0\0", 4);
    firmware_hmac(key, key_size, message->data, message->len, mac);
    memcpy(out, mac, 16);
    g_byte_array_unref(message);
}

static inline void
firmware_decrypt(const unsigned char key[16], const unsigned char iv[16], const unsigned char *data,
                 int size, unsigned char *out)
{
    g_autoptr(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();
    int written;

    ck_assert_int_eq(EVP_DecryptInit_ex(context, EVP_aes_128_ctr(), NULL, key, iv), 1);
    ck_assert_int_eq(EVP_DecryptUpdate(context, out, &written, data, size), 1);
}

enum firmware_status {
    FIRMWARE_ACCEPTS,
    FIRMWARE_BAD_MEASUREMENT, /* wrap_mac or policy_mac does not hold */
    FIRMWARE_INVALID_CERT,
};

/* What it does with the shared secret. */
static inline enum firmware_status
firmware_unwrap(const unsigned char *secret, size_t secret_size, const unsigned char *blob,
                uint32_t policy, struct cvmdom_launch_keys *keys)
{
    unsigned char master[16], kek[16], kik[16], mac[32], tk[32];
    const unsigned char bytes[4] = { (unsigned char)policy, (unsigned char)(policy >> 8),
                                     (unsigned char)(policy >> 16), (unsigned char)(policy >> 24) };

    firmware_kdf(secret, secret_size, "sev-master-secret", blob, 16, master);
    firmware_kdf(master, 16, "sev-kek", NULL, 0, kek);
    firmware_kdf(master, 16, "sev-kik", NULL, 0, kik);
    firmware_hmac(kik, 16, blob + 16, 32, mac);
    if (memcmp(mac, blob + 64, 32) != 0) {
        return FIRMWARE_BAD_MEASUREMENT;
    }
    firmware_decrypt(kek, blob + 48, blob + 16, 32, tk);
    memcpy(keys->tek, tk, 16);
    memcpy(keys->tik, tk + 16, 16);
    firmware_hmac(keys->tik, 16, bytes, 4, mac);
    return memcmp(mac, blob + 96, 32) == 0 ? FIRMWARE_ACCEPTS : FIRMWARE_BAD_MEASUREMENT;
}

/* LAUNCH_START. */
static inline enum firmware_status
firmware_launch_start(EVP_PKEY *platform, const unsigned char *dh_cert, const unsigned char *blob,
                      uint32_t policy, struct cvmdom_launch_keys *keys)
{
    static const unsigned char head[20] = { 1, 0, 0, 0, 0, 0, 0, 0, 3, 0x10, 0, 0, 3, 0, 0, 0, 2 };
    g_autoptr(EVP_PKEY) owner = NULL;
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new(platform, NULL);
    unsigned char secret[48];
    size_t size = sizeof(secret);

    if (memcmp(dh_cert, head, sizeof(head)) != 0) {
        return FIRMWARE_INVALID_CERT;
    }
    owner = attest_ecc_key_parse(dh_cert + 16, NULL);
    ck_assert_ptr_nonnull(owner);
    ck_assert_int_eq(EVP_PKEY_derive_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_derive_set_peer(context, owner), 1);
    ck_assert_int_eq(EVP_PKEY_derive(context, secret, &size), 1);
    ck_assert_uint_eq(size, sizeof(secret));
    return firmware_unwrap(secret, size, blob, policy, keys);
}

#endif
