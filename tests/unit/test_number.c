/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit.h"
#include "util/number.h"

START_TEST(test_sizes)
{
    static const struct {
        const char *text;
        enum cvm_size_result result;
        uint64_t bytes;
    } cases[] = {
        { "8GiB", CVM_SIZE_OK, UINT64_C(8) << 30 },
        { "512 MiB", CVM_SIZE_OK, UINT64_C(512) << 20 },
        { "1TiB", CVM_SIZE_OK, UINT64_C(1) << 40 },
        { "4096B", CVM_SIZE_OK, 4096 },
        { "1GB", CVM_SIZE_OK, 1000000000 },
        { "0KiB", CVM_SIZE_OK, 0 },
        { "8", CVM_SIZE_NO_UNIT, 0 },
        { "8G", CVM_SIZE_AMBIGUOUS, 0 },
        { "8k", CVM_SIZE_AMBIGUOUS, 0 },
        { "8 ", CVM_SIZE_MALFORMED, 0 },
        { "8  GiB", CVM_SIZE_MALFORMED, 0 },
        { "8gib", CVM_SIZE_MALFORMED, 0 },
        { "GiB", CVM_SIZE_MALFORMED, 0 },
        { "-8GiB", CVM_SIZE_MALFORMED, 0 },
        { "1.5GiB", CVM_SIZE_MALFORMED, 0 },
        { "", CVM_SIZE_MALFORMED, 0 },
        { "16777216TiB", CVM_SIZE_OVERFLOW, 0 },
        { "99999999999999999999B", CVM_SIZE_OVERFLOW, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint64_t bytes = 0;

        ck_assert_msg(cvm_size_parse(cases[i].text, &bytes) == cases[i].result, "'%s'",
                      cases[i].text);
        ck_assert_uint_eq(bytes, cases[i].bytes);
    }
}
END_TEST

START_TEST(test_size_format)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = { { 0, "0B" },
                  { 17, "17B" },
                  { 1024, "1KiB" },
                  { UINT64_C(1025) << 10, "1025KiB" },
                  { UINT64_C(8) << 30, "8GiB" } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = cvm_size_format(cases[i].bytes);

        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(test_numbers)
{
    uint64_t value = 0;

    ck_assert(cvm_number_parse_decimal("18446744073709551615", &value));
    ck_assert_uint_eq(value, UINT64_MAX);
    ck_assert(cvm_number_parse_hex("0X1f", &value));
    ck_assert_uint_eq(value, 0x1f);
    ck_assert(cvm_number_parse_hex("30000", &value));
    ck_assert_uint_eq(value, 0x30000);
    ck_assert(!cvm_number_parse_decimal("18446744073709551616", &value));
    ck_assert(!cvm_number_parse_decimal(" 1", &value));
    ck_assert(!cvm_number_parse_decimal("+1", &value));
    ck_assert(!cvm_number_parse_decimal("", &value));
    ck_assert(!cvm_number_parse_hex("0x", &value));
    ck_assert(!cvm_number_parse_hex("0x10000000000000000", &value));
    ck_assert(!cvm_number_parse_hex("7 ", &value));
    ck_assert_uint_eq(value, 0x30000);
}
END_TEST

START_TEST(test_versions)
{
    unsigned version = 0;
    g_autofree char *text = cvm_version_format(CVM_VERSION(11, 3, 0));

    ck_assert(cvm_version_parse("11.3.0", &version));
    ck_assert_uint_eq(version, 11003000);
    ck_assert_str_eq(text, "11.3.0");
    ck_assert(cvm_version_parse("6.12.107+deb13-amd64", &version));
    ck_assert_uint_eq(version, CVM_VERSION(6, 12, 107));
    ck_assert(cvm_version_parse("6.18", &version));
    ck_assert_uint_eq(version, CVM_VERSION(6, 18, 0));
    ck_assert(!cvm_version_parse("v6", &version));
    ck_assert(!cvm_version_parse("1000.0", &version));
}
END_TEST

UNIT_MAIN("number", test_sizes, test_size_format, test_numbers, test_versions)
