/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attestation reports: which are read. */
#include "attest/report.h"

#include "attestation_fixture.h"
#include "unit.h"

static struct fixture fixture;

static void
setup(void)
{
    g_autofree char *folder = unit_source_path("tests/attestation");

    fixture_init(&fixture, folder);
}

static void
teardown(void)
{
    fixture_clear(&fixture);
}

static int
parse(const unsigned char *data, size_t size)
{
    cvmdom_error *error = NULL;
    cvmdom_report *report = cvmdom_report_parse(data, size, &error);
    int code = report ? 0 : cvmdom_error_code(error);

    if (!report) {
        ck_assert_uint_gt(strlen(cvmdom_error_message(error)), 20);
    }
    cvmdom_error_free(error);
    cvmdom_report_free(report);
    return code;
}

/* ---- forms ---- */

START_TEST(test_forms)
{
    static const size_t sizes[] = { 32 + 1184, 4000 };
    unsigned char answer[4000] = { 0 };

    ck_assert_int_eq(parse(fixture.report, 1184), 0);
    fixture_put(answer + 4, 1184, 4);
    memcpy(answer + 32, fixture.report, 1184);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        ck_assert_int_eq(parse(answer, sizes[i]), 0);
        for (size_t at = 0; at < 32; at++) { /* status, size and what is reserved */
            answer[at] ^= 1;
            ck_assert_int_eq(parse(answer, sizes[i]), CVMDOM_ERROR_SYNTAX);
            answer[at] ^= 1;
        }
    }
    answer[32 + 1184] = 1;
    ck_assert_int_eq(parse(answer, 4000), CVMDOM_ERROR_SYNTAX);
    answer[32 + 1184] = 0;
    answer[3999] = 1;
    ck_assert_int_eq(parse(answer, 4000), CVMDOM_ERROR_SYNTAX);
}
END_TEST

START_TEST(test_lengths)
{
    for (size_t size = 0; size <= 4100; size++) {
        g_autofree unsigned char *data = g_malloc0(size + 1);
        gboolean known = size == 1184 || size == 32 + 1184 || size == 4000;

        memcpy(data, fixture.report, MIN(size, 1184));
        if (size == 1184) {
            ck_assert_int_eq(parse(data, size), 0);
        } else {
            ck_assert_int_eq(parse(data, size), CVMDOM_ERROR_SYNTAX);
        }
        if (known && size != 1184) { /* zeros are no header */
            memset(data, 0, size);
            ck_assert_int_eq(parse(data, size), CVMDOM_ERROR_SYNTAX);
        }
    }
}
END_TEST

START_TEST(test_versions)
{
    for (unsigned version = 0; version < 10; version++) {
        fixture_put(fixture.report, version, 4);
        memset(fixture.report + 0x188, version == 2 ? 0 : 0x19, 1);
        memset(fixture.report + 0x189, version == 2 ? 0 : 1, 2);
        ck_assert_int_eq(parse(fixture.report, 1184),
                         version >= 2 && version <= 5 ? 0 : CVMDOM_ERROR_UNSUPPORTED);
    }
    fixture_put(fixture.report, 0x10003, 4);
    ck_assert_int_eq(parse(fixture.report, 1184), CVMDOM_ERROR_UNSUPPORTED);
}
END_TEST

START_TEST(test_algorithm)
{
    fixture_put(fixture.report + 0x34, 0, 4);
    ck_assert_int_eq(parse(fixture.report, 1184), CVMDOM_ERROR_UNSUPPORTED);
    fixture_put(fixture.report + 0x34, 2, 4);
    ck_assert_int_eq(parse(fixture.report, 1184), CVMDOM_ERROR_UNSUPPORTED);
}
END_TEST

/* Which bytes have to be zero, by version: first and last offset. */
static const struct {
    unsigned version;
    size_t first, last;
} reserved[] = {
    { 2, 0x04c, 0x04f }, { 2, 0x188, 0x19f }, { 2, 0x1eb, 0x1eb }, { 2, 0x1ef, 0x1ef },
    { 2, 0x1f8, 0x29f }, { 2, 0x330, 0x49f }, { 3, 0x04c, 0x04f }, { 3, 0x18b, 0x19f },
    { 3, 0x1eb, 0x1eb }, { 3, 0x1ef, 0x1ef }, { 3, 0x1f8, 0x29f }, { 3, 0x330, 0x49f },
    { 4, 0x04c, 0x04f }, { 4, 0x18b, 0x19f }, { 4, 0x1eb, 0x1eb }, { 4, 0x1ef, 0x1ef },
    { 4, 0x208, 0x29f }, { 4, 0x330, 0x49f }, { 5, 0x04c, 0x04f }, { 5, 0x18b, 0x19f },
    { 5, 0x1eb, 0x1eb }, { 5, 0x1ef, 0x1ef }, { 5, 0x208, 0x29f }, { 5, 0x330, 0x49f },
};

static gboolean
is_reserved(unsigned version, size_t at)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++) {
        if (reserved[i].version == version && at >= reserved[i].first && at <= reserved[i].last) {
            return TRUE;
        }
    }
    /* The upper bits of what it says of keys; version and algorithm have tests of their own. */
    return (at >= 0x49 && at <= 0x4b) || at < 4 || (at >= 0x34 && at <= 0x37);
}

START_TEST(test_reserved)
{
    for (unsigned version = 2; version <= 5; version++) {
        fixture_put(fixture.report, version, 4);
        memset(fixture.report + 0x188, version == 2 ? 0 : 1, 3);
        for (size_t at = 0; at < 1184; at++) {
            fixture.report[at] ^= 0x80;
            if (at != 0x48) {
                ck_assert_msg((parse(fixture.report, 1184) != 0) == is_reserved(version, at),
                              "version %u, offset 0x%zx", version, at);
            }
            fixture.report[at] ^= 0x80;
        }
    }
}
END_TEST

START_TEST(test_signing_key_is_known)
{
    for (unsigned info = 0; info < 256; info++) {
        unsigned key = info >> 2 & 7;

        fixture.report[0x48] = (unsigned char)info;
        ck_assert_int_eq(parse(fixture.report, 1184),
                         info < 32 && (key < 2 || key == 7) ? 0 : CVMDOM_ERROR_SYNTAX);
    }
}
END_TEST

UNIT_MAIN_WITH(setup, teardown, "attestation report", test_forms, test_lengths, test_versions,
               test_algorithm, test_reserved, test_signing_key_is_known)
