/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ID blocks as they are laid out, against what tests/tools/id_block.py prints; and those of the
 * folder that CVMDOM_TEST_MEASURE_DATA names. */
#include "attest/id_key.h"

#include <jansson.h>

#include "id_key_fixture.h"
#include "util/bytes.h"

/* SHA-384 of "what is measured" */
static const char digest_text[] = "2715ddaf73b04acb1d9417ca474cd3ba466b4f7ef78fec83073169799ddce60f"
                                  "cf08cc57d2baef8e7ecc4b03d6d71387";
/* The private key of RFC 6979, A.2.6, as ECPrivateKey (RFC 5915) without a public key. */
static const char key_text[] =
    "303e0201010430"
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2ed"
    "f5a00706052b81040022";

/* Both with --id-secret 6B9D…EDF5; the first with --family 00…0f --image f0…ff --svn 0x12345678
 * --policy 0xfedcba98001f0137 --author-secret 2, the second with nothing else. */
static const struct vector {
    gboolean all;
    const char *block; /* base64 */
    const char *auth;  /* SHA-384 without signatures */
    const char *key;   /* SHA-384 */
} vectors[] = {
    { TRUE,
      "JxXdr3OwSssdlBfKR0zTukZrT373j+yDBzFpeZ3c5g/PCMxX0rrvjn7MSwPW1xOHAAECAwQFBgcICQoLDA0OD/Dx8vP0"
      "9fb3+Pn6+/z9/v8BAAAAeFY0EjcBHwCYutz+",
      "ed13ebeffdf0204c040c1c20192d0488254160fd31f8681fe853c220d37110d16b42e90540eb1415b9f23502d11a"
      "f6"
      "4b",
      "c82b87995cee050c98271728955809072da07aa8d48252f4a9b85e208d9487a659defd62868a10a46c0252fa230a"
      "34"
      "52" },
    { FALSE,
      "JxXdr3OwSssdlBfKR0zTukZrT373j+yDBzFpeZ3c5g/PCMxX0rrvjn7MSwPW1xOHAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      "AAAAAAAAAAAAAAABAAAAAAAAAAAAAwAAAAAA",
      "cba5db1f50bf113800f43aa5d43bb3cf22e5d911fb085e07243c85de5e95aac9f9a58e618bde39fa65f1f0e896f6"
      "59"
      "0b",
      "c82b87995cee050c98271728955809072da07aa8d48252f4a9b85e208d9487a659defd62868a10a46c0252fa230a"
      "34"
      "52" },
};

static void
get_bytes(const char *hex, unsigned char *out, size_t size)
{
    ck_assert_uint_eq(strlen(hex), 2 * size);
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                 g_ascii_xdigit_value(hex[2 * i + 1]));
    }
}

static cvmdom_id_key *
read_key(const unsigned char *der, size_t size)
{
    char *path = make_file(der, size);
    cvmdom_id_key *key = cvmdom_id_key_read(path, NULL);

    ck_assert_ptr_nonnull(key);
    remove_file(path);
    return key;
}

static cvmdom_id_key *
get_key(void)
{
    unsigned char der[SMALL_KEY_SIZE];

    get_bytes(key_text, der, sizeof(der));
    return read_key(der, sizeof(der));
}

static cvmdom_id_key *
get_author(void)
{
    unsigned char der[SMALL_KEY_SIZE];

    make_small_key(der, 2);
    return read_key(der, sizeof(der));
}

static struct cvmdom_digest
get_digest(void)
{
    struct cvmdom_digest digest = { .size = 48 };

    get_bytes(digest_text, digest.bytes, digest.size);
    return digest;
}

static struct cvmdom_id_block_options
get_options(gboolean all)
{
    struct cvmdom_id_block_options options = { .policy = 0x30000 };

    if (all) {
        options.svn = 0x12345678;
        options.policy = 0xfedcba98001f0137;
        for (unsigned i = 0; i < CVMDOM_ID_SIZE; i++) {
            options.family_id[i] = (unsigned char)i;
            options.image_id[i] = (unsigned char)(0xf0 + i);
        }
    }
    return options;
}

static int
verify(const unsigned char *auth, size_t key, size_t signature, const void *data, size_t size)
{
    g_autoptr(EVP_PKEY) public = attest_ecc_key_parse(auth + key, NULL);

    ck_assert_ptr_nonnull(public);
    return attest_ecc_verify(public, EVP_sha384(), data, size, auth + signature, NULL);
}

/* Both signatures hold, and all the rest is as expected. */
static void
check_made(const struct cvmdom_id_block *made, const struct vector *vector)
{
    unsigned char auth[CVMDOM_ID_AUTH_SIZE], expected[48], hash[48];
    g_autofree char *block = g_base64_encode(made->block, sizeof(made->block));

    ck_assert_str_eq(block, vector->block);
    ck_assert_int_eq(verify(made->auth, 0x240, 0x40, made->block, sizeof(made->block)), 1);
    if (vector->all) {
        ck_assert_int_eq(verify(made->auth, 0x880, 0x680, made->auth + 0x240, 1028), 1);
    }
    memcpy(auth, made->auth, sizeof(auth));
    memset(auth + 0x40, 0, 48); /* r and s; behind each of them are zeros already */
    memset(auth + 0x40 + 72, 0, 48);
    memset(auth + 0x680, 0, 48);
    memset(auth + 0x680 + 72, 0, 48);
    ck_assert_int_eq(attest_hash(EVP_sha384(), auth, sizeof(auth), hash, NULL), 0);
    get_bytes(vector->auth, expected, sizeof(expected));
    ck_assert_mem_eq(hash, expected, sizeof(hash));
    ck_assert_int_eq(attest_hash(EVP_sha384(), auth + 0x240, 1028, hash, NULL), 0);
    get_bytes(vector->key, expected, sizeof(expected));
    ck_assert_mem_eq(hash, expected, sizeof(hash));
}

START_TEST(test_layout)
{
    const struct cvmdom_digest digest = get_digest();
    cvmdom_id_key *key = get_key(), *author = get_author();

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const struct vector *vector = &vectors[i];
        const struct cvmdom_id_block_options options = get_options(vector->all);
        struct cvmdom_id_block made;

        memset(&made, 0xaa, sizeof(made));
        ck_assert_int_eq(
            cvmdom_id_block_make(&digest, &options, key, vector->all ? author : NULL, &made, NULL),
            0);
        check_made(&made, vector);
    }
    cvmdom_id_key_free(key);
    cvmdom_id_key_free(author);
}
END_TEST

/* A signature fits its own block and key only. */
START_TEST(test_signatures_hold_for_this_only)
{
    const struct cvmdom_digest digest = get_digest();
    const struct cvmdom_id_block_options options = get_options(TRUE);
    cvmdom_id_key *key = get_key(), *author = get_author();
    struct cvmdom_id_block made;

    ck_assert_int_eq(cvmdom_id_block_make(&digest, &options, key, author, &made, NULL), 0);
    for (size_t i = 0; i < sizeof(made.block); i++) {
        made.block[i] ^= 1;
        ck_assert_int_eq(verify(made.auth, 0x240, 0x40, made.block, sizeof(made.block)), 0);
        made.block[i] ^= 1;
    }
    ck_assert_int_eq(verify(made.auth, 0x880, 0x40, made.block, sizeof(made.block)), 0);
    ck_assert_int_eq(verify(made.auth, 0x240, 0x680, made.auth + 0x240, 1028), 0);
    cvmdom_id_key_free(key);
    cvmdom_id_key_free(author);
}
END_TEST

START_TEST(test_digest_of_another_guest)
{
    const struct cvmdom_digest digest = { .size = 32 };
    const struct cvmdom_id_block_options options = get_options(FALSE);
    cvmdom_id_key *key = get_key();
    struct cvmdom_id_block made;
    cvmdom_error *error = NULL;

    ck_assert_int_eq(cvmdom_id_block_make(&digest, &options, key, NULL, &made, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    cvmdom_id_key_free(key);
}
END_TEST

/* ---- published ones ---- */

static json_t *
read_published(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "idblock", "idblock-vectors.json", NULL);

    return json_load_file(path, 0, NULL);
}

static cvmdom_id_key *
read_published_key(const char *folder, const json_t *row, const char *member)
{
    g_autofree char *path =
        g_build_filename(folder, "idblock", json_string_value(json_object_get(row, member)), NULL);
    cvmdom_id_key *key = cvmdom_id_key_read(path, NULL);

    ck_assert_ptr_nonnull(key);
    return key;
}

static void
check_key_digest(const cvmdom_id_key *key, const json_t *row, const char *member)
{
    unsigned char digest[48];
    g_autofree char *text = NULL;

    ck_assert_int_eq(cvmdom_id_key_digest(key, digest, NULL), 0);
    text = g_base64_encode(digest, sizeof(digest));
    ck_assert_str_eq(text, json_string_value(json_object_get(row, member)));
}

static void
check_published(const char *folder, const json_t *row)
{
    const char *expected = json_string_value(json_object_get(row, "id_block_b64"));
    g_autofree guchar *bytes = NULL;
    g_autofree char *block = NULL;
    cvmdom_id_key *key = read_published_key(folder, row, "id_key");
    cvmdom_id_key *author = read_published_key(folder, row, "author_key");
    const struct cvmdom_id_block_options options = { .policy = 0x30000 };
    struct cvmdom_digest digest = { .size = 48 };
    struct cvmdom_id_block made;
    gsize size;

    ck_assert_ptr_nonnull(expected);
    bytes = g_base64_decode(expected, &size);
    ck_assert_uint_eq(size, 96);
    memcpy(digest.bytes, bytes, digest.size);
    check_key_digest(key, row, "id_key_digest_b64");
    check_key_digest(author, row, "author_key_digest_b64");
    ck_assert_int_eq(cvmdom_id_block_make(&digest, &options, key, author, &made, NULL), 0);
    block = g_base64_encode(made.block, sizeof(made.block));
    ck_assert_str_eq(block, expected);
    cvmdom_id_key_free(key);
    cvmdom_id_key_free(author);
}

START_TEST(test_published)
{
    const char *folder = g_getenv("CVMDOM_TEST_MEASURE_DATA");
    json_t *rows, *row;
    size_t i;

    if (!folder) {
        return; /* main() leaves it out then */
    }
    rows = read_published(folder);
    ck_assert_uint_ge(json_array_size(rows), 2);
    json_array_foreach(rows, i, row)
    {
        check_published(folder, row);
    }
    json_decref(rows);
}
END_TEST

UNIT_MAIN("id_block", test_layout, test_signatures_hold_for_this_only, test_digest_of_another_guest,
          test_published)
