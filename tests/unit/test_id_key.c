/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that ID blocks are signed by, in every form that they come in, and what is refused. */
#include "attest/id_key.h"

#include <fcntl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "id_key_fixture.h"
#include "key_forms.h"
#include "memory_fixture.h"

/* ---- forms ---- */

/* A file of what was written; frees the BIO. */
static char *
make_bio_file(BIO *bio)
{
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    char *path = make_file(bytes, (size_t)size);

    BIO_free(bio);
    return path;
}

static char *
make_form_file(EVP_PKEY *key, enum form form, const char *before)
{
    BIO *bio = BIO_new(BIO_s_mem());

    BIO_puts(bio, before);
    write_form(bio, key, form);
    return make_bio_file(bio);
}

static void
check_reads(const char *path, const EVP_PKEY *key)
{
    unsigned char expected[ATTEST_ECC_KEY_SIZE], hash[48], digest[48];
    cvmdom_error *error = NULL;
    cvmdom_id_key *read = cvmdom_id_key_read(path, &error);

    ck_assert_msg(read != NULL, "%s", error ? cvmdom_error_message(error) : "?");
    ck_assert_int_eq(EVP_PKEY_eq(read->key, key), 1);
    ck_assert_int_eq(attest_ecc_key_write(key, expected, NULL), 0);
    ck_assert_mem_eq(read->public, expected, sizeof(expected));
    ck_assert_int_eq(attest_hash(EVP_sha384(), expected, sizeof(expected), hash, NULL), 0);
    ck_assert_int_eq(cvmdom_id_key_digest(read, digest, NULL), 0);
    ck_assert_mem_eq(digest, hash, sizeof(hash));
    cvmdom_id_key_free(read);
}

START_TEST(test_forms)
{
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");

    for (enum form form = SEC1_PEM; form < FORMS; form++) {
        char *path = make_form_file(key, form, "");

        check_reads(path, key);
        remove_file(path);
    }
}
END_TEST

/* 'openssl ecparam -genkey' puts the curve before the key, 'openssl pkcs12' text. */
START_TEST(test_text_before)
{
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    char *curve = make_form_file(
        key, SEC1_PEM,
        "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n");
    char *attributes = make_form_file(key, PKCS8_PEM, "Bag Attributes\n    localKeyID: 01\n");

    check_reads(curve, key);
    check_reads(attributes, key);
    remove_file(curve);
    remove_file(attributes);
}
END_TEST

/* tests/tools/id_block.py --digest 00 --id-secret 2 */
START_TEST(test_small_number)
{
    static const char expected[] = "0fa1181994e8fe9a2411a51bf9ef0c2f7a9680bd1601a913bfd32b095bc0ce0"
                                   "d3a18a18aee8e7e4acca9040f9d3"
                                   "269a8";
    unsigned char der[SMALL_KEY_SIZE], digest[48];
    g_autoptr(GString) text = g_string_new(NULL);
    char *path;
    cvmdom_id_key *key;

    make_small_key(der, 2);
    path = make_file(der, sizeof(der));
    key = cvmdom_id_key_read(path, NULL);
    ck_assert_ptr_nonnull(key);
    ck_assert_int_eq(cvmdom_id_key_digest(key, digest, NULL), 0);
    for (size_t i = 0; i < sizeof(digest); i++) {
        g_string_append_printf(text, "%02x", digest[i]);
    }
    ck_assert_str_eq(text->str, expected);
    cvmdom_id_key_free(key);
    remove_file(path);
}
END_TEST

START_TEST(test_fifo)
{
    g_autofree char *folder = g_dir_make_tmp("cvmdom-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "key", NULL);
    unsigned char der[SMALL_KEY_SIZE];
    cvmdom_id_key *key;
    pid_t child;

    make_small_key(der, 3);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    child = fork();
    if (child == 0) {
        int fd = open(path, O_WRONLY);

        _exit(write(fd, der, sizeof(der)) == sizeof(der) ? 0 : 1);
    }
    key = cvmdom_id_key_read(path, NULL);
    ck_assert_ptr_nonnull(key);
    cvmdom_id_key_free(key);
    waitpid(child, NULL, 0);
    g_unlink(path);
    g_rmdir(folder);
}
END_TEST

/* ---- what is refused ---- */

/* Removes the file. */
static void
check_refused(char *path, int code, const char *said)
{
    cvmdom_error *error = NULL;

    ck_assert_ptr_null(cvmdom_id_key_read(path, &error));
    ck_assert_int_eq(cvmdom_error_code(error), code);
    ck_assert_msg(strstr(cvmdom_error_message(error), said) != NULL, "'%s' is not in: %s", said,
                  cvmdom_error_message(error));
    cvmdom_error_free(error);
    remove_file(path);
}

static void
check_type_refused(EVP_PKEY *key, const char *said)
{
    ck_assert_ptr_nonnull(key);
    for (enum form form = SEC1_PEM; form < FORMS; form++) {
        char *path;

        if (form < PKCS8_PEM && !EVP_PKEY_is_a(key, "EC")) {
            continue;
        }
        path = make_form_file(key, form, "");
        check_refused(path, CVMDOM_ERROR_UNSUPPORTED, said);
    }
    EVP_PKEY_free(key);
}

START_TEST(test_other_types)
{
    g_autoptr(EVP_PKEY) rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);

    check_refused(make_form_file(rsa, SEC1_PEM, ""), CVMDOM_ERROR_UNSUPPORTED, "RSA");
    check_type_refused(g_steal_pointer(&rsa), "rsaEncryption");
    check_type_refused(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "ED25519");
    check_type_refused(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), "curve P-256");
    check_type_refused(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521"), "curve P-521");
    check_type_refused(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1"), "curve secp256k1");
    check_type_refused(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "brainpoolP384r1"),
                       "ec_paramgen_curve:P-384");
}
END_TEST

START_TEST(test_encrypted)
{
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    const EVP_CIPHER *cipher = EVP_aes_128_cbc();
    char word[] = "secret";
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio_PrivateKey_traditional(bio, key, cipher, NULL, 0, NULL, word);
    check_refused(make_bio_file(bio), CVMDOM_ERROR_UNSUPPORTED, "is encrypted");
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, NULL, 0, NULL, word);
    check_refused(make_bio_file(bio), CVMDOM_ERROR_UNSUPPORTED, "is encrypted");
    bio = BIO_new(BIO_s_mem());
    i2d_PKCS8PrivateKey_bio(bio, key, cipher, NULL, 0, NULL, word);
    check_refused(make_bio_file(bio), CVMDOM_ERROR_UNSUPPORTED, "is encrypted");
}
END_TEST

START_TEST(test_public)
{
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    X509 *certificate = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());

    PEM_write_bio_PUBKEY(bio, key);
    check_refused(make_bio_file(bio), CVMDOM_ERROR_UNSUPPORTED, "a public key");
    bio = BIO_new(BIO_s_mem());
    i2d_PUBKEY_bio(bio, key);
    check_refused(make_bio_file(bio), CVMDOM_ERROR_UNSUPPORTED, "a public key");
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha384());
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    check_refused(make_bio_file(bio), CVMDOM_ERROR_UNSUPPORTED, "a certificate");
    X509_free(certificate);
}
END_TEST

START_TEST(test_broken)
{
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n"
                                  "-----END OPENSSH PRIVATE KEY-----\n";
    static const char open[] = "-----BEGIN PRIVATE KEY-----\nMIG2AgEAMBAG\n";
    static const char no_base64[] =
        "-----BEGIN PRIVATE KEY-----\nMIG2AgEAMBAG!\n-----END PRIVATE KEY-----\n";
    static const char nothing[] = "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----\n";
    g_autofree char *large = g_malloc0(20000);

    check_refused(make_file("", 0), CVMDOM_ERROR_SYNTAX, "no private key");
    check_refused(make_file("key", 3), CVMDOM_ERROR_SYNTAX, "no private key");
    check_refused(make_file(openssh, strlen(openssh)), CVMDOM_ERROR_UNSUPPORTED, "ssh-keygen");
    check_refused(make_file(open, strlen(open)), CVMDOM_ERROR_SYNTAX, "no whole key");
    check_refused(make_file(no_base64, strlen(no_base64)), CVMDOM_ERROR_SYNTAX, "no base64");
    check_refused(make_file(nothing, strlen(nothing)), CVMDOM_ERROR_SYNTAX, "no base64");
    check_refused(make_file(large, 20000), CVMDOM_ERROR_SYNTAX, "larger than 16384 bytes");
    check_refused(g_strdup("/nonexistent/key.pem"), CVMDOM_ERROR_IO, "/nonexistent/key.pem");
}
END_TEST

/* The order of P-384's group (FIPS 186-4, D.1.2.4) is no private key; what is one less is. */
START_TEST(test_numbers_out_of_range)
{
    static const unsigned char order[48] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
        0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
    };
    unsigned char der[SMALL_KEY_SIZE];
    cvmdom_id_key *key;
    char *path;

    make_small_key(der, 0);
    check_refused(make_file(der, sizeof(der)), CVMDOM_ERROR_SYNTAX, "no private key of P-384");
    memcpy(der + 7, order, sizeof(order));
    check_refused(make_file(der, sizeof(der)), CVMDOM_ERROR_SYNTAX, "no private key of P-384");
    der[7 + 47]--;
    path = make_file(der, sizeof(der));
    key = cvmdom_id_key_read(path, NULL);
    ck_assert_ptr_nonnull(key);
    cvmdom_id_key_free(key);
    remove_file(path);
}
END_TEST

/* Whatever is cut off or changed: an error, or the same key (what is changed may be unused bits),
 * and never another public key than the one beside it. */
START_TEST(test_every_change)
{
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");

    for (enum form form = SEC1_DER; form < FORMS; form += PKCS8_DER - SEC1_DER) {
        BIO *bio = BIO_new(BIO_s_mem());
        char *bytes;
        long size;

        write_form(bio, key, form);
        size = BIO_get_mem_data(bio, &bytes);
        for (long i = 0; i < size; i++) {
            g_autofree unsigned char *cut = g_memdup2(bytes, (gsize)i + 1);
            g_autoptr(EVP_PKEY) changed = NULL;

            ck_assert_ptr_null(attest_private_key_parse("cut", cut, (size_t)i, NULL));
            for (unsigned bit = 0; bit < 8; bit++) {
                g_clear_pointer(&changed, EVP_PKEY_free);
                bytes[i] = (char)(bytes[i] ^ 1 << bit);
                changed =
                    attest_private_key_parse("changed", (unsigned char *)bytes, (size_t)size, NULL);
                ck_assert(!changed || EVP_PKEY_eq(changed, key) == 1);
                bytes[i] = (char)(bytes[i] ^ 1 << bit);
            }
        }
        BIO_free(bio);
    }
}
END_TEST

/* ---- what is left in memory ---- */

enum { NEEDLE = 16 };

/* Of a key that this process never made: bytes of its number and of the PEM text. */
struct needles {
    struct scan_needle number, text;
};

/* In a child: writes the key to path. */
static int
make_secret(const char *path, enum form form, struct needles *needles)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    BIO *bio = BIO_new(BIO_s_mem()), *der = BIO_new(BIO_s_mem());
    char *bytes;
    long size;

    i2d_PrivateKey_bio(der, key);
    BIO_get_mem_data(der, &bytes);
    scan_mask(&needles->number, (unsigned char *)bytes + 8 + 16, NEEDLE); /* the number is at 8 */
    write_form(bio, key, form);
    size = BIO_get_mem_data(bio, &bytes);
    scan_mask(&needles->text, (unsigned char *)strchr(bytes, '\n') + 40, NEEDLE);
    return g_file_set_contents(path, bytes, size, NULL) ? 0 : 1;
}

static unsigned
count_places(const struct needles *needles)
{
    return memory_count(&needles->number, sizeof(*needles) / sizeof(needles->number));
}

START_TEST(test_nothing_is_left)
{
    enum form form = (enum form)(_i ? PKCS8_PEM : SEC1_PEM);
    struct needles *needles =
        mmap(NULL, sizeof(*needles), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *path = make_file("", 0);
    const struct cvmdom_digest digest = { .size = 48 };
    const struct cvmdom_id_block_options options = { .svn = 1 };
    struct cvmdom_id_block made;
    pid_t child = fork();
    cvmdom_id_key *key;
    int status;

    if (child == 0) {
        _exit(make_secret(path, form, needles));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(count_places(needles), 0);
    key = cvmdom_id_key_read(path, NULL);
    ck_assert_ptr_nonnull(key);
    ck_assert_int_eq(cvmdom_id_block_make(&digest, &options, key, key, &made, NULL), 0);
    ck_assert_uint_gt(count_places(needles), 0); /* it is found while it is there */
    cvmdom_id_key_free(key);
    ck_assert_uint_eq(count_places(needles), 0);
    remove_file(path);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("id_key");
    TCase *cases = tcase_create("id_key");
    SRunner *runner = srunner_create(suite);
    const TTest *const tests[] = {
        test_forms,        test_text_before,
        test_small_number, test_fifo,
        test_encrypted,    test_public,
        test_other_types,  test_broken,
        test_every_change, test_numbers_out_of_range,
    };
    int failed;

    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        tcase_add_test(cases, tests[i]);
    }
    if (memory_can_be_scanned()) {
        tcase_add_loop_test(cases, test_nothing_is_left, 0, 2);
    }
    tcase_set_timeout(cases, 60);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
