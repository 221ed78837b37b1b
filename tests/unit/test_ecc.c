/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and signatures as AMD lays them out, and the primitives below them. */
#include "attest/attest.h"

#include <string.h>

#include "unit.h"
#include "util/bytes.h"

static const char text[] = "what is signed";

static EVP_PKEY *
make_key(const char *curve)
{
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

START_TEST(test_key_comes_back)
{
    g_autoptr(EVP_PKEY) key = make_key("P-384");
    unsigned char at[ATTEST_ECC_KEY_SIZE];
    g_autoptr(EVP_PKEY) back = NULL;

    ck_assert_int_eq(attest_ecc_key_write(key, at, NULL), 0);
    ck_assert_uint_eq(cvm_get_u32(at), 2);
    back = attest_ecc_key_parse(at, NULL);
    ck_assert_int_eq(EVP_PKEY_eq(key, back), 1);
    for (size_t i = 4 + 2 * 72; i < sizeof(at); i++) {
        ck_assert_uint_eq(at[i], 0);
    }
}
END_TEST

START_TEST(test_other_keys_are_refused)
{
    g_autoptr(EVP_PKEY) short_key = make_key("P-256");
    g_autoptr(EVP_PKEY) rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    g_autoptr(EVP_PKEY) key = make_key("P-384");
    unsigned char at[ATTEST_ECC_KEY_SIZE];
    cvmdom_error *error = NULL;

    ck_assert_int_eq(attest_ecc_key_write(short_key, at, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_UNSUPPORTED);
    cvmdom_error_free(error);
    ck_assert_int_eq(attest_ecc_key_write(rsa, at, NULL), -1);
    attest_ecc_key_write(key, at, NULL);
    at[10] ^= 1; /* not on the curve */
    error = NULL;
    ck_assert_ptr_null(attest_ecc_key_parse(at, &error));
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_SYNTAX);
    cvmdom_error_free(error);
    at[10] ^= 1;
    at[4 + 48] = 1; /* longer than a coordinate */
    ck_assert_ptr_null(attest_ecc_key_parse(at, NULL));
    at[4 + 48] = 0;
    at[0] = 3;
    ck_assert_ptr_null(attest_ecc_key_parse(at, NULL));
}
END_TEST

START_TEST(test_signature)
{
    g_autoptr(EVP_PKEY) key = make_key("P-384");
    g_autoptr(EVP_PKEY) other = make_key("P-384");
    unsigned char signature[ATTEST_ECC_SIGNATURE_SIZE];

    ck_assert_int_eq(attest_ecc_sign(key, EVP_sha384(), text, sizeof(text), signature, NULL), 0);
    ck_assert_int_eq(attest_ecc_verify(key, EVP_sha384(), text, sizeof(text), signature, NULL), 1);
    ck_assert_int_eq(attest_ecc_verify(other, EVP_sha384(), text, sizeof(text), signature, NULL),
                     0);
    ck_assert_int_eq(attest_ecc_verify(key, EVP_sha256(), text, sizeof(text), signature, NULL), 0);
    ck_assert_int_eq(attest_ecc_verify(key, EVP_sha384(), text, 3, signature, NULL), 0);
    signature[0] ^= 1;
    ck_assert_int_eq(attest_ecc_verify(key, EVP_sha384(), text, sizeof(text), signature, NULL), 0);
    memset(signature, 0, sizeof(signature));
    ck_assert_int_eq(attest_ecc_verify(key, EVP_sha384(), text, sizeof(text), signature, NULL), 0);
    memset(signature, 0xff, sizeof(signature));
    ck_assert_int_eq(attest_ecc_verify(key, EVP_sha384(), text, sizeof(text), signature, NULL), 0);
}
END_TEST

/* RFC 4231, test case 1, in one part and in two. */
START_TEST(test_hmac)
{
    static const unsigned char expected[32] = {
        0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53, 0x5c, 0xa8, 0xaf,
        0xce, 0xaf, 0x0b, 0xf1, 0x2b, 0x88, 0x1d, 0xc2, 0x00, 0xc9, 0x83,
        0x3d, 0xa7, 0x26, 0xe9, 0x37, 0x6c, 0x2e, 0x32, 0xcf, 0xf7,
    };
    const struct attest_part one[] = { { "Hi There", 8 }, { NULL, 0 } };
    const struct attest_part two[] = { { "Hi ", 3 }, { "There", 5 }, { NULL, 0 } };
    unsigned char key[20], out[32];

    memset(key, 0x0b, sizeof(key));
    ck_assert_int_eq(attest_hmac(key, sizeof(key), one, out, NULL), 0);
    ck_assert_mem_eq(out, expected, sizeof(out));
    ck_assert_int_eq(attest_hmac(key, sizeof(key), two, out, NULL), 0);
    ck_assert_mem_eq(out, expected, sizeof(out));
}
END_TEST

/* NIST SP 800-38A, F.5.1: CTR-AES128, first block. */
START_TEST(test_aes_ctr)
{
    static const unsigned char key[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                           0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
    static const unsigned char plain[16] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
                                             0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a };
    static const unsigned char expected[16] = { 0x87, 0x4d, 0x61, 0x91, 0xb6, 0x20, 0xe3, 0x26,
                                                0x1b, 0xef, 0x68, 0x64, 0x99, 0x0d, 0xb6, 0xce };
    unsigned char iv[16], out[16];

    for (unsigned i = 0; i < sizeof(iv); i++) {
        iv[i] = (unsigned char)(0xf0 + i);
    }
    ck_assert_int_eq(attest_aes_ctr(key, iv, plain, sizeof(plain), out, NULL), 0);
    ck_assert_mem_eq(out, expected, sizeof(out));
}
END_TEST

UNIT_MAIN("ecc", test_key_comes_back, test_other_keys_are_refused, test_signature, test_hmac,
          test_aes_ctr)
