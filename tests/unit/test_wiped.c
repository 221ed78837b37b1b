/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is secret of a session is nowhere in memory when the session was cleared: neither the keys
 * nor what they were wrapped with, nor the private half of the session's own key pair. */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method() */
#include <glib/gstdio.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "memory_fixture.h"
#include "session_fixture.h"

enum { MOST = 64 };

/* Needles, and what they are; shared with the children that find them out. */
static struct shared {
    struct scan_needle needles[MOST];
    char names[MOST][32];
    size_t count;
} * shared;

static void
share(void)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
}

static void
add(const char *name, const unsigned char *bytes, size_t size)
{
    ck_assert_uint_lt(shared->count, MOST);
    g_strlcpy(shared->names[shared->count], name, sizeof(shared->names[0]));
    scan_mask(&shared->needles[shared->count++], bytes, size);
}

static void
note(size_t needle, const char *mapping, void *payload)
{
    GString *found = payload;

    if (!strstr(found->str, shared->names[needle])) {
        g_string_append_printf(found, "%s in %s", shared->names[needle], mapping);
    }
}

/* What is found, by name; "" when nothing is. The caller's to g_free(). */
static char *
look(void)
{
    GString *found = g_string_new(NULL);

    ck_assert_int_eq(scan_memory(shared->needles, shared->count, note, found), 0);
    return g_string_free(found, FALSE);
}

/* ---- what libcrypto draws ---- */

static int
draw(unsigned char *bytes, int size)
{
    /* Reproducible, and like nothing else that is in memory. */
    static guint64 state = 1;

    for (int i = 0; i < size; i++) {
        state = state * G_GUINT64_CONSTANT(6364136223846793005) + 1442695040888963407;
        bytes[i] = (unsigned char)(state >> 56);
    }
    if (size >= 16) {
        add("drawn", bytes, (size_t)size);
    }
    return 1;
}

static int
is_ready(void)
{
    return 1;
}

static const RAND_METHOD method = { .bytes = draw, .pseudorand = draw, .status = is_ready };

/* ---- a session ---- */

static EVP_PKEY *
read_platform_key(void)
{
    g_autofree char *path = unit_source_path("tests/platform/one.pdh.pem");
    FILE *file = fopen(path, "r");
    EVP_PKEY *key;

    ck_assert_ptr_nonnull(file);
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    ck_assert_ptr_nonnull(key);
    return key;
}

/* In a child: what the platform makes of the session, none of which the parent may have. */
static void
find_wrapping_keys(const struct cvmdom_session *session)
{
    EVP_PKEY *platform = read_platform_key();
    EVP_PKEY *owner = attest_ecc_key_parse(session->dh_cert + 16, NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(platform, NULL);
    unsigned char secret[48], master[16], key[16];
    size_t size = sizeof(secret);
    struct cvmdom_launch_keys keys;

    EVP_PKEY_derive_init(context);
    EVP_PKEY_derive_set_peer(context, owner);
    ck_assert_int_eq(EVP_PKEY_derive(context, secret, &size), 1);
    ck_assert_int_eq(firmware_unwrap(secret, size, session->session, 7, &keys), FIRMWARE_ACCEPTS);
    add("shared secret", secret, size);
    firmware_kdf(secret, size, "sev-master-secret", session->session, 16, master);
    add("master secret", master, 16);
    firmware_kdf(master, 16, "sev-kek", NULL, 0, key);
    add("KEK", key, 16);
    firmware_kdf(master, 16, "sev-kik", NULL, 0, key);
    add("KIK", key, 16);
    add("TIK", keys.tik, 16);
    add("TEK", keys.tek, 16);
}

static void
run_child(void (*function)(const struct cvmdom_session *), const struct cvmdom_session *session)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        function(session);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

/* Nonce and IV are drawn, too, and no secret: they are in the session. */
static void
forget_public(const struct cvmdom_session *session)
{
    for (size_t i = 0; i < shared->count; i++) {
        for (size_t at = 0; at + 16 <= sizeof(session->session); at++) {
            if (shared->needles[i].size == 16 &&
                scan_is_at(&shared->needles[i], session->session + at)) {
                shared->needles[i].masked[0] ^= 1;
                g_strlcpy(shared->names[i], "public", sizeof(shared->names[i]));
            }
        }
    }
}

START_TEST(test_session)
{
    g_autofree char *path = unit_source_path("tests/platform/one.chain");
    struct cvmdom_session session;
    char *chain, *found;
    size_t size;

    share();
    ck_assert(g_file_get_contents(path, &chain, &size, NULL));
    ck_assert_int_eq(RAND_set_rand_method(&method), 1);
    ck_assert_int_eq(cvmdom_session_make((unsigned char *)chain, size, 7, &session, NULL), 0);
    RAND_set_rand_method(NULL);
    ck_assert_uint_ge(shared->count, 4); /* nonce, IV, keys, the private number */
    forget_public(&session);
    run_child(find_wrapping_keys, &session);
    found = look();
    ck_assert_msg(strstr(found, "TIK") && strstr(found, "TEK"), "the scan finds only: %s", found);
    g_free(found);
    cvmdom_session_clear(&session);
    found = look();
    ck_assert_str_eq(found, "");
    g_free(found);
    g_free(chain);
}
END_TEST

/* ---- keys from files ---- */

static char *key_file;

static void
write_keys(const struct cvmdom_session *unused G_GNUC_UNUSED)
{
    unsigned char tk[32];

    RAND_bytes(tk, sizeof(tk));
    add("TEK", tk, 16);
    add("TIK", tk + 16, 16);
    ck_assert(g_file_set_contents(key_file, (const char *)tk, sizeof(tk), NULL));
}

START_TEST(test_keys)
{
    struct cvmdom_measurement measurement = { .nonce = "nonce", .api_major = 1 };
    const struct cvmdom_digest digest = { .size = 32 };
    struct cvmdom_launch_keys keys;
    char *found;

    share();
    close(g_file_open_tmp("cvmdom-XXXXXX", &key_file, NULL));
    run_child(write_keys, NULL);
    ck_assert_int_eq(cvmdom_launch_keys_read(NULL, NULL, key_file, &keys, NULL), 0);
    ck_assert_int_eq(cvmdom_measurement_verify(&measurement, 7, &digest, &keys, NULL), 0);
    found = look();
    ck_assert_msg(strstr(found, "TIK") && strstr(found, "TEK"), "the scan finds only: %s", found);
    g_free(found);
    cvmdom_launch_keys_clear(&keys);
    found = look();
    ck_assert_str_eq(found, "");
    g_free(found);
    g_unlink(key_file);
    g_free(key_file);
}
END_TEST

static UNIT_RUNNER(run_tests, "wiped", test_session, test_keys)

    int main(void)
{
    if (!memory_can_be_scanned()) {
        puts("SKIP: memory cannot be looked through here");
        return 77;
    }
    return run_tests();
}
