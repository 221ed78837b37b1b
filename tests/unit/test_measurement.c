/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What LAUNCH_MEASURE answers. The vectors are tests/tools/measurement.py's; those of
 * launch-measure.tsv in the folder that CVMDOM_TEST_MEASURE_DATA names are tried, too. */
#include "attest/attest.h"

#include <string.h>

#include "unit.h"

/* measurement.py --digest 88a5f55e… --tik 40414243… --nonce f0efeeed… --firmware … --policy … */
static const struct vector {
    unsigned major, minor, build;
    uint32_t policy;
    const char *blob;
} vectors[] = {
    { 0, 24, 15, 0x3, "1X6vquKJJsfjb56dVxr1yHp5VpEzRPstGx3dPJrjcSzw7+7t7Ovq6ejn5uXk4+Lh" },
    { 1, 55, 21, 0x7, "EQc0eHK0xoFdbOFkhniRSzGYipTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uXk4+Lh" },
    { 255, 0, 255, 0x37010003, "GKATMDFWWiXwOaOCU77zve2G/RIXpDTqz9ikUjjXSMzw7+7t7Ovq6ejn5uXk4+Lh" },
};
/* SHA-256 of "what was measured" */
static const char digest_text[] =
    "88a5f55e2836806f6de1e9e93e0bd93f6bd7b46cc3d565d9194b3f0cfe5f7ac2";

static void
get_bytes(const char *hex, unsigned char *out, size_t size)
{
    ck_assert_uint_eq(strlen(hex), 2 * size);
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                 g_ascii_xdigit_value(hex[2 * i + 1]));
    }
}

static struct cvmdom_digest
get_digest(const char *hex)
{
    struct cvmdom_digest digest = { .size = 32 };

    get_bytes(hex, digest.bytes, digest.size);
    return digest;
}

static struct cvmdom_launch_keys
get_keys(void)
{
    struct cvmdom_launch_keys keys;

    for (unsigned i = 0; i < CVMDOM_KEY_SIZE; i++) {
        keys.tik[i] = (unsigned char)(0x40 + i);
        keys.tek[i] = (unsigned char)(0x60 + i);
    }
    return keys;
}

static struct cvmdom_measurement
get_measurement(const struct vector *vector)
{
    struct cvmdom_measurement measurement = { .api_major = vector->major,
                                              .api_minor = vector->minor,
                                              .build_id = vector->build };

    ck_assert_int_eq(cvmdom_measurement_parse(vector->blob, &measurement, NULL), 0);
    return measurement;
}

START_TEST(test_vectors)
{
    const struct cvmdom_digest digest = get_digest(digest_text);
    const struct cvmdom_launch_keys keys = get_keys();

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const struct cvmdom_measurement measurement = get_measurement(&vectors[i]);
        unsigned char hmac[32];

        ck_assert_uint_eq(measurement.nonce[0], 0xf0);
        ck_assert_uint_eq(measurement.nonce[15], 0xe1);
        ck_assert_int_eq(
            cvmdom_measurement_compute(&measurement, vectors[i].policy, &digest, &keys, hmac, NULL),
            0);
        ck_assert_mem_eq(hmac, measurement.hmac, sizeof(hmac));
        ck_assert_int_eq(
            cvmdom_measurement_verify(&measurement, vectors[i].policy, &digest, &keys, NULL), 1);
    }
}
END_TEST

/* Whatever of the inputs changes in one bit. */
START_TEST(test_anything_else_does_not_match)
{
    const struct cvmdom_measurement good = get_measurement(&vectors[1]);
    struct cvmdom_measurement measurement = good;
    struct cvmdom_digest digest = get_digest(digest_text);
    struct cvmdom_launch_keys keys = get_keys();

#define VERIFY(policy) cvmdom_measurement_verify(&measurement, policy, &digest, &keys, NULL)
    ck_assert_int_eq(VERIFY(7), 1);
    for (unsigned bit = 0; bit < 32; bit++) {
        ck_assert_int_eq(VERIFY(7 ^ 1U << bit), 0);
    }
    for (unsigned bit = 0; bit < 256; bit++) {
        measurement.hmac[bit / 8] ^= (unsigned char)(1U << bit % 8);
        ck_assert_int_eq(VERIFY(7), 0);
        measurement = good;
        digest.bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
        ck_assert_int_eq(VERIFY(7), 0);
        digest = get_digest(digest_text);
    }
    for (unsigned bit = 0; bit < 128; bit++) {
        measurement.nonce[bit / 8] ^= (unsigned char)(1U << bit % 8);
        ck_assert_int_eq(VERIFY(7), 0);
        measurement = good;
        keys.tik[bit / 8] ^= (unsigned char)(1U << bit % 8);
        ck_assert_int_eq(VERIFY(7), 0);
        keys = get_keys();
    }
    measurement.api_major++;
    ck_assert_int_eq(VERIFY(7), 0);
    measurement = good;
    measurement.api_minor++;
    ck_assert_int_eq(VERIFY(7), 0);
    measurement = good;
    measurement.build_id++;
    ck_assert_int_eq(VERIFY(7), 0);
    measurement = good;
    keys.tek[0] ^= 1; /* has no part in it */
    ck_assert_int_eq(VERIFY(7), 1);
#undef VERIFY
}
END_TEST

/* Nothing is shortened or completed, and nothing is written. */
START_TEST(test_blobs_that_are_none)
{
    static const char *const blobs[] = {
        "",
        "=",
        "AAAA",
        "not base64",
        "AQc0eHK0xoFdbOFkhniRSzGYipTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uX",
        /* 47 and 49 bytes, and 48 with something around them */
        "EQc0eHK0xoFdbOFkhniRSzGYipTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uXk4+I=",
        "EQc0eHK0xoFdbOFkhniRSzGYipTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uXk4+LhAA==",
        " EQc0eHK0xoFdbOFkhniRSzGYipTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uXk4+Lh",
        "EQc0eHK0xoFdbOFkhniRSzGYipTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uXk4+Lh\n",
        "EQc0eHK0xoFdbOFkhniRSzGY_pTq43rACNtFi9CECwfw7+7t7Ovq6ejn5uXk4+Lh",
    };
    const struct cvmdom_measurement zeros = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(blobs); i++) {
        struct cvmdom_measurement measurement = { 0 };
        cvmdom_error *error = NULL;

        ck_assert_msg(cvmdom_measurement_parse(blobs[i], &measurement, &error) == -1, "%s",
                      blobs[i]);
        ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_SYNTAX);
        ck_assert_mem_eq(&measurement, &zeros, sizeof(zeros));
        cvmdom_error_free(error);
    }
}
END_TEST

static void
check_refused(struct cvmdom_measurement measurement, struct cvmdom_digest digest)
{
    const struct cvmdom_launch_keys keys = get_keys();
    cvmdom_error *error = NULL;

    ck_assert_int_eq(cvmdom_measurement_verify(&measurement, 7, &digest, &keys, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
}

/* A number that would be cut to a byte could match. */
START_TEST(test_numbers_out_of_range)
{
    const struct cvmdom_digest digest = get_digest(digest_text);
    struct cvmdom_measurement measurement = get_measurement(&vectors[1]);

    measurement.api_major += 256;
    check_refused(measurement, digest);
    measurement = get_measurement(&vectors[1]);
    measurement.api_minor += 256;
    check_refused(measurement, digest);
    measurement = get_measurement(&vectors[1]);
    measurement.build_id += 256;
    check_refused(measurement, digest);
}
END_TEST

START_TEST(test_digests_of_other_guests)
{
    static const size_t sizes[] = { 0, 31, 33, 48 };
    struct cvmdom_digest digest = get_digest(digest_text);

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        digest.size = sizes[i];
        check_refused(get_measurement(&vectors[1]), digest);
    }
}
END_TEST

/* ---- the folder ---- */

enum { ID, MAJOR, MINOR, BUILD, POLICY, TIK, NONCE, DIGEST, HMAC, BLOB, COLUMNS };

static void
check_row(char **row)
{
    struct cvmdom_measurement measurement = {
        .api_major = (unsigned)strtoul(row[MAJOR], NULL, 10),
        .api_minor = (unsigned)strtoul(row[MINOR], NULL, 10),
        .build_id = (unsigned)strtoul(row[BUILD], NULL, 10),
    };
    const uint32_t policy = (uint32_t)strtoul(row[POLICY], NULL, 0);
    const struct cvmdom_digest digest = get_digest(row[DIGEST]);
    struct cvmdom_launch_keys keys = { 0 };
    unsigned char expected[32];

    get_bytes(row[TIK], keys.tik, sizeof(keys.tik));
    get_bytes(row[HMAC], expected, sizeof(expected));
    ck_assert_int_eq(cvmdom_measurement_parse(row[BLOB], &measurement, NULL), 0);
    ck_assert_mem_eq(measurement.hmac, expected, sizeof(expected));
    get_bytes(row[NONCE], expected, sizeof(measurement.nonce));
    ck_assert_mem_eq(measurement.nonce, expected, sizeof(measurement.nonce));
    ck_assert_msg(cvmdom_measurement_verify(&measurement, policy, &digest, &keys, NULL) == 1, "%s",
                  row[ID]);
    ck_assert_int_eq(cvmdom_measurement_verify(&measurement, policy ^ 1, &digest, &keys, NULL), 0);
}

START_TEST(test_folder)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CVMDOM_TEST_MEASURE_DATA"), "launch-measure.tsv", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    unsigned checked = 0;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines + 1; lines[0] && *line; line++) {
        g_auto(GStrv) row = g_strsplit(*line, "\t", -1);

        /* "(firmware || …)" stands where the digest was not published */
        if (g_strv_length(row) > COLUMNS && row[DIGEST][0] != '(') {
            check_row(row);
            checked++;
        }
    }
    ck_assert_uint_ge(checked, 9);
}
END_TEST

static UNIT_RUNNER(run_own, "measurement", test_vectors, test_anything_else_does_not_match,
                   test_blobs_that_are_none, test_numbers_out_of_range,
                   test_digests_of_other_guests) static UNIT_RUNNER(run_folder, "measurement-data",
                                                                    test_folder)

    int main(void)
{
    int status = run_own();

    if (g_getenv("CVMDOM_TEST_MEASURE_DATA") && run_folder() != EXIT_SUCCESS) {
        status = EXIT_FAILURE;
    }
    return status;
}
