/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several threads at once, each with objects of its own: digests, sessions, measurements, secrets,
 * ID blocks and errors are those of one thread alone. */
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <string.h>

#include "attest/id_key.h"
#include "attest/session.h"
#include "image_fixture.h"

enum { THREADS = 8, ROUNDS = 12 };

static unsigned char *chain;
static size_t chain_size;
static EVP_PKEY *id_key;

/* ---- what a thread does ---- */

/* The results of one round; the same seed gives the same. */
struct results {
    struct cvmdom_digest digests[3];
    unsigned char hmac[32];
    int holds;
};

static void
measure(unsigned seed, struct results *results)
{
    static const struct {
        const char *guest;
        uint64_t policy;
    } guests[] = { { "sev", 3 }, { "sev-es", 7 }, { "sev-snp", 0x30000 } };
    const struct image_parts parts = { .reset = 0x80b004,
                                       .sections = { { 0x800000, 0x1000 + seed * 0x1000, 1 } } };
    cvmdom_firmware *firmware = image_parse(&parts);

    g_assert_nonnull(firmware);
    for (size_t i = 0; i < G_N_ELEMENTS(guests); i++) {
        const struct cvmdom_launch launch = {
            .guest = guests[i].guest,
            .has_policy = 1,
            .policy = guests[i].policy,
            .firmware = "image",
            .vcpus = 1 + seed,
            .cpu_mode = "custom",
            .cpu = "EPYC-Milan",
            .signature = 0xa00f11,
            .features = i == 2,
            .vcek = 1,
        };
        cvmdom_error *error = NULL;

        if (cvmdom_launch_digest(&launch, firmware, NULL, NULL, &results->digests[i], &error) < 0) {
            g_error("%s", cvmdom_error_message(error));
        }
    }
    cvmdom_firmware_free(firmware);
}

static void
judge(unsigned seed, struct results *results)
{
    struct cvmdom_measurement measurement = { .api_major = 1, .build_id = seed };
    struct cvmdom_launch_keys keys;
    const struct cvmdom_secret secret = { "luks-key", (const unsigned char *)"secret", 6 };
    struct cvmdom_secret_packet packet;
    cvmdom_error *error = NULL;

    memset(&keys, (int)seed, sizeof(keys));
    g_assert_cmpint(cvmdom_measurement_compute(&measurement, 3, &results->digests[0], &keys,
                                               results->hmac, NULL),
                    ==, 0);
    memcpy(measurement.hmac, results->hmac, sizeof(results->hmac));
    results->holds = cvmdom_measurement_verify(&measurement, 3, &results->digests[0], &keys, NULL);
    g_assert_cmpint(cvmdom_secret_pack(&secret, 1, 0, &measurement, &keys, &packet, NULL), ==, 0);
    g_assert_cmpint(cvmdom_measurement_parse("no base64", &measurement, &error), ==, -1);
    g_assert_nonnull(strstr(cvmdom_error_message(error), "base64"));
    cvmdom_error_free(error);
}

static void
make_session(unsigned seed)
{
    const struct cvmdom_chain_options options = { 0 };
    struct cvmdom_session session;

    g_assert_cmpint(cvmdom_chain_verify(chain, chain_size, NULL, 0, &options, NULL, NULL, NULL), ==,
                    CVMDOM_CHAIN_WITHOUT_CA);
    g_assert_cmpint(cvmdom_session_make(chain, chain_size, seed, &session, NULL), ==, 0);
    cvmdom_session_clear(&session);
}

/* Keys may be used by all. */
static void
sign(const struct results *results)
{
    struct cvmdom_id_key key = { .key = id_key };
    const struct cvmdom_id_block_options options = { .policy = 0x30000 };
    struct cvmdom_id_block made;
    g_autoptr(EVP_PKEY) public = NULL;

    g_assert_cmpint(attest_ecc_key_write(id_key, key.public, NULL), ==, 0);
    g_assert_cmpint(cvmdom_id_block_make(&results->digests[2], &options, &key, NULL, &made, NULL),
                    ==, 0);
    public = attest_ecc_key_parse(made.auth + ATTEST_ID_AUTH_ID_KEY, NULL);
    g_assert_cmpint(attest_ecc_verify(public, EVP_sha384(), made.block, sizeof(made.block),
                                      made.auth + ATTEST_ID_AUTH_ID_SIGNATURE, NULL),
                    ==, 1);
}

static void
run_round(unsigned seed, struct results *results)
{
    memset(results, 0, sizeof(*results));
    measure(seed, results);
    judge(seed, results);
    make_session(seed);
    sign(results);
}

static gpointer
run_thread(gpointer expected)
{
    const struct results *all = expected;
    guint wrong = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        struct results results;

        run_round(round, &results);
        wrong += memcmp(&results, &all[round], sizeof(results)) != 0;
    }
    return GUINT_TO_POINTER(wrong);
}

START_TEST(test_threads)
{
    static struct results expected[ROUNDS];
    g_autofree char *path = unit_source_path("tests/platform/one.chain");
    GThread *threads[THREADS];

    ck_assert(g_file_get_contents(path, (char **)&chain, &chain_size, NULL));
    id_key = EVP_EC_gen("P-384");
    for (unsigned round = 0; round < ROUNDS; round++) {
        run_round(round, &expected[round]);
        ck_assert_int_eq(expected[round].holds, 1);
        ck_assert(round == 0 ||
                  memcmp(&expected[round], &expected[round - 1], sizeof(expected[round])) != 0);
    }
    for (int i = 0; i < THREADS; i++) {
        threads[i] = g_thread_new("attest", run_thread, expected);
    }
    for (int i = 0; i < THREADS; i++) {
        ck_assert_uint_eq(GPOINTER_TO_UINT(g_thread_join(threads[i])), 0);
    }
    EVP_PKEY_free(id_key);
    g_free(chain);
}
END_TEST

UNIT_MAIN("threads", test_threads)
