/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GUIDs, base64 and numbers as they stand in binary structures. */
#include <string.h>

#include "unit.h"
#include "util/base64.h"
#include "util/bytes.h"
#include "util/guid.h"

/* The footer of OVMF's table, as text and as EDK II lays it out. */
#define FOOTER "96b582de-1fb2-45f7-baea-a366c55a082d"
static const uint8_t footer[CVM_GUID_SIZE] = { 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
                                               0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d };

START_TEST(test_guid)
{
    static const char *const wrong[] = {
        "",
        "96b582de",
        "96b582de-1fb2-45f7-baea-a366c55a082",
        "96b582de-1fb2-45f7-baea-a366c55a082d0",
        "96b582de-1fb2-45f7-baea-a366c55a082g",
        "96b582de1fb2-45f7-baea-a366c55a082d0",
        "96b582de-1fb2-45f7-baeaa366-c55a082d",
        "{96b582de-1fb2-45f7-baea-a366c55a082d}",
        " 96b582de-1fb2-45f7-baea-a366c55a082d",
        "96b582de-1fb2-45f7-baea-a366c55a 82d",
        "96b582de-1fb2-45f7-baea--366c55a082d",
    };
    uint8_t guid[CVM_GUID_SIZE];

    ck_assert(cvm_guid_parse(FOOTER, guid));
    ck_assert_mem_eq(guid, footer, sizeof footer);
    ck_assert(cvm_guid_parse("96B582DE-1FB2-45F7-BAEA-A366C55A082D", guid));
    ck_assert_mem_eq(guid, footer, sizeof footer);
    ck_assert(cvm_guid_is(footer, FOOTER));
    guid[15] ^= 1;
    ck_assert(!cvm_guid_is(guid, FOOTER));
    ck_assert(!cvm_guid_is(footer, "no guid"));
    memset(guid, 7, sizeof guid);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        ck_assert_msg(!cvm_guid_parse(wrong[i], guid), "'%s'", wrong[i]);
        ck_assert_uint_eq(guid[0] + guid[15], 14);
    }
}
END_TEST

/* RFC 4648, section 10. */
START_TEST(test_base64)
{
    static const struct {
        const char *text, *data;
    } cases[] = {
        { "Zg==", "f" },        { "Zm8=", "fo" },        { "Zm9v", "foo" },
        { "Zm9vYg==", "foob" }, { "Zm9vYmE=", "fooba" }, { "Zm9vYmFy", "foobar" },
    };
    static const char *const wrong[] = {
        "",     "Z",    "Zg",       "Zg=",  "Zm9v\n", " Zm9v",    "Zm 9v", "Zm9v=", "=",
        "====", "Z===", "Zg==Zg==", "Zm9-", "Zm9_",   "Zm9v\xc3", "Zg=g",  "Zm9vY", "Zm9v====",
    };
    size_t size = 99;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree guchar *data = cvm_base64_decode(cases[i].text, &size);

        ck_assert_msg(data != NULL, "'%s'", cases[i].text);
        ck_assert_uint_eq(size, strlen(cases[i].data));
        ck_assert_uint_eq(cvm_base64_size(cases[i].text), size);
        ck_assert_mem_eq(data, cases[i].data, size);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        ck_assert_msg(!cvm_base64_decode(wrong[i], &size), "'%s'", wrong[i]);
        ck_assert_msg(cvm_base64_size(wrong[i]) == 0, "'%s'", wrong[i]);
    }
}
END_TEST

START_TEST(test_base64_in_place)
{
    char text[] = "Zm9vYmE=", wrong[] = "Zm9v\n";
    size_t size = 0;

    ck_assert(cvm_base64_decode_in_place(text, &size));
    ck_assert_uint_eq(size, 5);
    ck_assert_mem_eq(text, "fooba", 5);
    ck_assert(!cvm_base64_decode_in_place(wrong, &size));
}
END_TEST

START_TEST(test_bytes)
{
    uint8_t bytes[11] = { 0 };

    /* at an odd address */
    cvm_put_u64(bytes + 1, UINT64_C(0xf1e2d3c4b5a69788));
    ck_assert_mem_eq(bytes, "\x00\x88\x97\xa6\xb5\xc4\xd3\xe2\xf1\x00\x00", sizeof bytes);
    ck_assert_uint_eq(cvm_get_u64(bytes + 1), UINT64_C(0xf1e2d3c4b5a69788));
    ck_assert_uint_eq(cvm_get_u32(bytes + 1), 0xb5a69788);
    ck_assert_uint_eq(cvm_get_u32(bytes + 5), 0xf1e2d3c4);
    ck_assert_uint_eq(cvm_get_u16(bytes + 7), 0xf1e2);
    cvm_put_u32(bytes + 1, 0xfffefdfc);
    cvm_put_u16(bytes + 9, 0x8001);
    ck_assert_mem_eq(bytes, "\x00\xfc\xfd\xfe\xff\xc4\xd3\xe2\xf1\x01\x80", sizeof bytes);
}
END_TEST

UNIT_MAIN("encoding", test_guid, test_base64, test_base64_in_place, test_bytes)
