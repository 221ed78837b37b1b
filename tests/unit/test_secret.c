/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets of secrets. The vectors are tests/tools/secret.py's, which has an AES of its own; what is
 * packed with an IV of chance is opened here as a guest does it. Those of secrets.json in the
 * folder that CVMDOM_TEST_MEASURE_DATA names are tried, too. */
#include "attest/attest.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "memory_fixture.h"
#include "util/bytes.h"
#include "util/guid.h"

#define LUKS_KEY "736869e5-84f0-4973-92ec-06879ce3da0b"
#define OTHER "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

static void
get_bytes(const char *hex, unsigned char *out, size_t size)
{
    ck_assert_uint_eq(strlen(hex), 2 * size);
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                 g_ascii_xdigit_value(hex[2 * i + 1]));
    }
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
get_measurement(void)
{
    struct cvmdom_measurement measurement;

    ck_assert_int_eq(
        cvmdom_measurement_parse("1X6vquKJJsfjb56dVxr1yHp5VpEzRPstGx3dPJrjcSzw7+7t7Ovq6ejn5uXk4+Lh",
                                 &measurement, NULL),
        0);
    return measurement;
}

/* secret.py seal 60616263… 40414243… 1X6vquKJ… IV GUID:HEX… */
static const struct vector {
    const char *iv;
    const char *guid;
    const char *secret;
    size_t size;
    const char *header, *payload;
} vectors[] = {
    { "00000000000000000000000000000000", LUKS_KEY, "", 1,
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAJZ/TLGtRq8Krf+hdT8Zud3TngWBSdzfk/LP0wKND8Zw==",
      "7eZWV4h1k98mzKjs1CNtkwFXXzzSKI1a4ilqJ3Qs/ZlL6qkaEG67MGsPagp5P+XW" },
    /* the counter wraps, and nothing is left to pad */
    { "ffffffffffffffffffffffffffffffff", "luks-key", "exactly twenty-four byte", 24,
      "AAAAAP////////////////////8GuyVkRLnJK9TZXSWBx68k2gTUckoIfNOWbJMKoMWRjA==",
      "nsxUoMtBSpxVTevUdOmheu8TIkmwbZ3hQHY058EwfC+0tIU3G0HlKXfVeA2SrII+o34Wf3EXllYEehgqG0aRsw==" },
};

static void
check_base64(const char *base64, const unsigned char *data, size_t size)
{
    g_autofree char *text = g_base64_encode(data, size);

    ck_assert_str_eq(text, base64);
}

START_TEST(test_vectors)
{
    const struct cvmdom_measurement measurement = get_measurement();
    const struct cvmdom_launch_keys keys = get_keys();

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const struct vector *vector = &vectors[i];
        const struct cvmdom_secret secret = { vector->guid, (const unsigned char *)vector->secret,
                                              vector->size };
        struct cvmdom_secret_packet packet;
        unsigned char iv[16];

        get_bytes(vector->iv, iv, sizeof(iv));
        ck_assert_int_eq(attest_secret_seal(&secret, 1, 0, &measurement, &keys, iv, &packet, NULL),
                         0);
        check_base64(vector->header, packet.header, sizeof(packet.header));
        check_base64(vector->payload, packet.payload, packet.size);
    }
}
END_TEST

/* ---- the guest's side ---- */

/* What a guest finds in a packet. */
struct table {
    unsigned char bytes[CVMDOM_SECRET_MAX];
    size_t size; /* without padding */
    size_t padding;
};

static void
open_packet(const struct cvmdom_secret_packet *packet, const struct cvmdom_measurement *measurement,
            const struct cvmdom_launch_keys *keys, struct table *table)
{
    unsigned char message[29] = { 1 }, mac[32], guid[16];
    const struct attest_part parts[] = { { message, sizeof(message) },
                                         { packet->payload, packet->size },
                                         { measurement->hmac, 32 },
                                         { NULL, 0 } };

    ck_assert_uint_le(packet->size, CVMDOM_SECRET_MAX);
    ck_assert_uint_eq(packet->size % 16, 0);
    ck_assert_uint_eq(cvm_get_u32(packet->header), 0);
    memcpy(message + 1, packet->header, 20);
    cvm_put_u32(message + 21, (uint32_t)packet->size);
    cvm_put_u32(message + 25, (uint32_t)packet->size);
    ck_assert_int_eq(attest_hmac(keys->tik, 16, parts, mac, NULL), 0);
    ck_assert_mem_eq(mac, packet->header + 20, sizeof(mac));
    ck_assert_int_eq(attest_aes_ctr(keys->tek, packet->header + 4, packet->payload, packet->size,
                                    table->bytes, NULL),
                     0);
    ck_assert(cvm_guid_parse("1e74f542-71dd-4d66-963e-ef4287ff173b", guid));
    ck_assert_mem_eq(table->bytes, guid, sizeof(guid));
    table->size = cvm_get_u32(table->bytes + 16);
    ck_assert_uint_le(table->size, packet->size);
    table->padding = packet->size - table->size;
    for (size_t i = table->size; i < packet->size; i++) {
        ck_assert_uint_eq(table->bytes[i], 0);
    }
}

/* The entry at *at must be this one; *at is the next one's then. */
static void
check_entry(const struct table *table, size_t *at, const char *guid, const void *data, size_t size)
{
    unsigned char expected[16];

    ck_assert_uint_le(*at + 20 + size, table->size);
    ck_assert(cvm_guid_parse(guid, expected));
    ck_assert_mem_eq(table->bytes + *at, expected, sizeof(expected));
    ck_assert_uint_eq(cvm_get_u32(table->bytes + *at + 16), 20 + size);
    ck_assert_mem_eq(table->bytes + *at + 20, data, size);
    *at += 20 + size;
}

static int
pack(const struct cvmdom_secret *secrets, size_t count, size_t room,
     struct cvmdom_secret_packet *packet, cvmdom_error **error)
{
    const struct cvmdom_measurement measurement = get_measurement();
    const struct cvmdom_launch_keys keys = get_keys();

    return cvmdom_secret_pack(secrets, count, room, &measurement, &keys, packet, error);
}

static void
pack_and_open(const struct cvmdom_secret *secrets, size_t count, size_t room, struct table *table)
{
    const struct cvmdom_measurement measurement = get_measurement();
    const struct cvmdom_launch_keys keys = get_keys();
    struct cvmdom_secret_packet packet;

    ck_assert_int_eq(pack(secrets, count, room, &packet, NULL), 0);
    open_packet(&packet, &measurement, &keys, table);
}

/* What stood in the files, to the byte: no zero or newline is added, taken away, or an end. */
START_TEST(test_secrets_are_exact)
{
    static const unsigned char zeros[40], binary[] = { 0, 0, 0xff, '\n', 0, 0x80, '\r', '\n', 0 };
    const struct cvmdom_secret secrets[] = {
        { OTHER, binary, sizeof(binary) },
        { "luks-key", (const unsigned char *)"x", 1 },
        { "01020304-0506-0708-090A-0B0C0D0E0F10", zeros, sizeof(zeros) },
    };
    struct table table;
    size_t at = 20;

    pack_and_open(secrets, 3, 0, &table);
    check_entry(&table, &at, OTHER, binary, sizeof(binary));
    check_entry(&table, &at, LUKS_KEY, "x", 1);
    check_entry(&table, &at, "01020304-0506-0708-090a-0b0c0d0e0f10", zeros, sizeof(zeros));
    ck_assert_uint_eq(at, table.size);
}
END_TEST

START_TEST(test_padding_is_short)
{
    static const unsigned char data[64] = { 1 };

    for (size_t size = 1; size <= sizeof(data); size++) {
        const struct cvmdom_secret secret = { LUKS_KEY, data, size };
        struct table table;

        pack_and_open(&secret, 1, 0, &table);
        ck_assert_uint_eq(table.size, 40 + size);
        ck_assert_uint_lt(table.padding, 16);
    }
}
END_TEST

/* The same counter twice would give both secrets away. */
START_TEST(test_each_packet_has_an_iv_of_its_own)
{
    const struct cvmdom_secret secret = { LUKS_KEY, (const unsigned char *)"key", 3 };
    struct cvmdom_secret_packet a, b;

    ck_assert_int_eq(pack(&secret, 1, 0, &a, NULL), 0);
    ck_assert_int_eq(pack(&secret, 1, 0, &b, NULL), 0);
    ck_assert_mem_ne(a.header + 4, b.header + 4, 16);
    ck_assert_mem_ne(a.payload, b.payload, a.size);
}
END_TEST

/* The nonce is no part of the MAC's message, the HMAC is. */
START_TEST(test_header_is_for_one_measurement)
{
    static const unsigned char iv[16];
    const struct cvmdom_secret secret = { LUKS_KEY, (const unsigned char *)"key", 3 };
    const struct cvmdom_launch_keys keys = get_keys();
    struct cvmdom_measurement measurement = get_measurement();
    struct cvmdom_secret_packet packet, other;

    attest_secret_seal(&secret, 1, 0, &measurement, &keys, iv, &packet, NULL);
    measurement.nonce[0] ^= 1;
    attest_secret_seal(&secret, 1, 0, &measurement, &keys, iv, &other, NULL);
    ck_assert_mem_eq(packet.header, other.header, sizeof(packet.header));
    measurement.hmac[31] ^= 1;
    attest_secret_seal(&secret, 1, 0, &measurement, &keys, iv, &other, NULL);
    ck_assert_mem_eq(packet.header, other.header, 20);
    ck_assert_mem_ne(packet.header + 20, other.header + 20, 32);
    ck_assert_mem_eq(packet.payload, other.payload, packet.size);
}
END_TEST

/* ---- what is refused ---- */

static void
check_refused(const struct cvmdom_secret *secrets, size_t count, size_t room, const char *reason)
{
    static const struct cvmdom_secret_packet zeros;
    struct cvmdom_secret_packet packet;
    cvmdom_error *error = NULL;

    memset(&packet, 0xff, sizeof(packet));
    ck_assert_int_eq(pack(secrets, count, room, &packet, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    ck_assert_msg(strstr(cvmdom_error_message(error), reason), "%s", cvmdom_error_message(error));
    cvmdom_error_free(error);
    ck_assert_mem_eq(&packet, &zeros, sizeof(packet));
}

START_TEST(test_names)
{
    static const char *const others[] = {
        "",
        "luks",
        "LUKS-KEY",
        "luks-key ",
        "736869e584f0497392ec06879ce3da0b",
        "{" LUKS_KEY "}",
        LUKS_KEY "0",
        "736869e5-84f0-4973-92ec-06879ce3da0g",
    };
    const char *guid = NULL;
    struct table table;
    size_t at = 20;
    const struct cvmdom_secret secret = { "luks-key", (const unsigned char *)"key", 3 };

    ck_assert_str_eq(cvmdom_secret_name_at(0, &guid), "luks-key");
    ck_assert_str_eq(guid, LUKS_KEY);
    ck_assert_str_eq(cvmdom_secret_name_at(0, NULL), "luks-key");
    ck_assert_ptr_null(cvmdom_secret_name_at(1, &guid));
    ck_assert_ptr_null(cvmdom_secret_name_at(SIZE_MAX, &guid));
    pack_and_open(&secret, 1, 0, &table);
    check_entry(&table, &at, LUKS_KEY, "key", 3);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        const struct cvmdom_secret other = { others[i], (const unsigned char *)"key", 3 };

        check_refused(&other, 1, 0, "neither a GUID nor the name");
    }
}
END_TEST

START_TEST(test_guids_stand_once)
{
    const unsigned char *data = (const unsigned char *)"key";
    const struct cvmdom_secret alike[] = { { OTHER, data, 3 }, { OTHER, data, 3 } };
    const struct cvmdom_secret alias[] = { { "luks-key", data, 3 }, { LUKS_KEY, data, 2 } };
    const struct cvmdom_secret cases[] = { { "ABCDEF01-0203-0405-0607-08090a0b0c0d", data, 3 },
                                           { OTHER, data, 3 },
                                           { "abcdef01-0203-0405-0607-08090A0B0C0D", data, 3 } };
    const struct cvmdom_secret erased = { "00000000-0000-0000-0000-000000000000", data, 3 };

    check_refused(alike, 2, 0, "are the same GUID");
    check_refused(alias, 2, 0, "'luks-key' and '" LUKS_KEY "' are the same GUID");
    check_refused(cases, 3, 0, "are the same GUID");
    check_refused(&erased, 1, 0, "only zeros");
}
END_TEST

START_TEST(test_room)
{
    static const unsigned char data[CVMDOM_SECRET_MAX + 1] = { 1 };
    struct cvmdom_secret secret = { LUKS_KEY, data, CVMDOM_SECRET_MAX - 40 };
    struct table table;

    pack_and_open(&secret, 1, 0, &table);
    ck_assert_uint_eq(table.size, CVMDOM_SECRET_MAX);
    pack_and_open(&secret, 1, CVMDOM_SECRET_MAX, &table);
    pack_and_open(&secret, 1, SIZE_MAX, &table);
    check_refused(&secret, 1, CVMDOM_SECRET_MAX - 1, "16384 bytes, and the firmware's secret area");
    secret.size++;
    check_refused(&secret, 1, 0, "their table has 16385 bytes, and LAUNCH_SECRET takes 16384");
    check_refused(&secret, 1, SIZE_MAX, "LAUNCH_SECRET takes 16384");
    secret.size = SIZE_MAX;
    check_refused(&secret, 1, 0, "LAUNCH_SECRET takes 16384");
    secret.size = 3072 - 40;
    pack_and_open(&secret, 1, 3072, &table);
    check_refused(&secret, 1, 3071, "firmware's secret area 3071");
    check_refused(&secret, 1, 1, "firmware's secret area 1;");
    /* What is padded has to fit, too: 41 bytes become 48. */
    secret.size = 1;
    check_refused(&secret, 1, 47, "firmware's secret area 47");
    pack_and_open(&secret, 1, 48, &table);
}
END_TEST

START_TEST(test_nothing_and_too_many)
{
    const size_t most = CVMDOM_SECRET_MAX / 20;
    g_autofree struct cvmdom_secret *secrets = g_new0(struct cvmdom_secret, most + 1);
    g_autoptr(GPtrArray) guids = g_ptr_array_new_with_free_func(g_free);
    const struct cvmdom_secret empty = { LUKS_KEY, NULL, 0 };

    for (size_t i = 0; i <= most; i++) {
        g_ptr_array_add(guids, g_strdup_printf("%08zx-0000-0000-0000-000000000001", i));
        secrets[i] =
            (struct cvmdom_secret){ guids->pdata[i], (const unsigned char *)"0123456789", 1 };
    }
    check_refused(NULL, 0, 0, "no secret");
    check_refused(&empty, 1, 0, "is empty");
    check_refused(secrets, most + 1, 0, "820 secrets do not fit");
    check_refused(secrets, SIZE_MAX, 0, "secrets do not fit");
    check_refused(secrets, most, 0, "their table has 17219 bytes");
    for (size_t i = 0; i < most; i++) { /* more than a number of 64 bits, together */
        secrets[i].size = SIZE_MAX;
    }
    check_refused(secrets, most, 0, "do not fit");
}
END_TEST

/* ---- what is left in memory ---- */

enum { PATTERN = 16 };

START_TEST(test_nothing_is_left_in_memory)
{
    const struct cvmdom_measurement measurement = get_measurement();
    struct cvmdom_launch_keys keys;
    unsigned char data[PATTERN];
    struct scan_needle needles[3];
    const struct cvmdom_secret secret = { LUKS_KEY, data, sizeof(data) };
    struct cvmdom_secret_packet packet;

    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (unsigned char)g_random_int();
        keys.tek[i] = (unsigned char)g_random_int();
        keys.tik[i] = (unsigned char)g_random_int();
    }
    scan_mask(&needles[0], data, PATTERN);
    scan_mask(&needles[1], keys.tek, PATTERN);
    scan_mask(&needles[2], keys.tik, PATTERN);
    ck_assert_int_eq(cvmdom_secret_pack(&secret, 1, 0, &measurement, &keys, &packet, NULL), 0);
    for (size_t i = 0; memory_can_be_scanned() && i < G_N_ELEMENTS(needles); i++) {
        ck_assert_msg(memory_count(&needles[i], 1) > 0, "what is there is not found");
    }
    cvmdom_launch_keys_clear(&keys);
    explicit_bzero(data, sizeof(data));
    for (size_t i = 0; memory_can_be_scanned() && i < G_N_ELEMENTS(needles); i++) {
        ck_assert_msg(memory_count(&needles[i], 1) == 0, "needle %zu is left", i);
    }
}
END_TEST

/* ---- the folder ---- */

static char *
folder_file(const char *name)
{
    return g_build_filename(g_getenv("CVMDOM_TEST_MEASURE_DATA"), name, NULL);
}

static void
get_packet(json_t *row, struct cvmdom_secret_packet *packet)
{
    gsize header_size;
    g_autofree guchar *header =
        g_base64_decode(json_string_value(json_object_get(row, "header_b64")), &header_size);
    g_autofree guchar *payload =
        g_base64_decode(json_string_value(json_object_get(row, "payload_b64")), &packet->size);

    ck_assert_uint_eq(header_size, sizeof(packet->header));
    memcpy(packet->header, header, header_size);
    memcpy(packet->payload, payload, packet->size);
}

/* Padded by sevctl or, by a block more at times, by libvirt: both are opened, and what is made of
 * the same secrets is the same but for that block. */
static void
check_row(json_t *row)
{
    json_t *list = json_object_get(row, "secrets");
    const size_t count = json_array_size(list);
    struct cvmdom_secret secrets[4] = { 0 };
    struct cvmdom_launch_keys keys;
    struct cvmdom_measurement measurement = { 0 };
    struct cvmdom_secret_packet published, made;
    struct table table;
    size_t at = 20;

    get_bytes(json_string_value(json_object_get(row, "tek")), keys.tek, sizeof(keys.tek));
    get_bytes(json_string_value(json_object_get(row, "tik")), keys.tik, sizeof(keys.tik));
    get_bytes(json_string_value(json_object_get(row, "measurement_hmac")), measurement.hmac, 32);
    get_packet(row, &published);
    open_packet(&published, &measurement, &keys, &table);
    for (size_t i = 0; i < count; i++) {
        json_t *pair = json_array_get(list, i);
        g_autofree char *path = folder_file(json_string_value(json_array_get(pair, 1)));
        char *data;

        ck_assert(g_file_get_contents(path, &data, &secrets[i].size, NULL));
        secrets[i].guid = json_string_value(json_array_get(pair, 0));
        secrets[i].data = (const unsigned char *)data;
        check_entry(&table, &at, secrets[i].guid, data, secrets[i].size);
    }
    ck_assert_uint_eq(at, table.size);
    ck_assert_int_eq(attest_secret_seal(secrets, count, 0, &measurement, &keys,
                                        published.header + 4, &made, NULL),
                     0);
    ck_assert_mem_eq(made.payload, published.payload, made.size);
    if (table.padding < 16) {
        ck_assert_uint_eq(made.size, published.size);
        ck_assert_mem_eq(made.header, published.header, sizeof(made.header));
    } else {
        ck_assert_uint_eq(made.size + 16, published.size);
    }
    for (size_t i = 0; i < count; i++) {
        g_free((char *)secrets[i].data);
    }
}

START_TEST(test_folder)
{
    g_autofree char *path = folder_file("secrets.json");
    json_t *rows = json_load_file(path, 0, NULL);
    json_t *row;
    size_t i;

    ck_assert_uint_ge(json_array_size(rows), 5);
    json_array_foreach(rows, i, row)
    {
        check_row(row);
    }
    json_decref(rows);
}
END_TEST

/* clang-format off */
static UNIT_RUNNER(run_own, "secret", test_vectors, test_secrets_are_exact, test_padding_is_short,
                   test_each_packet_has_an_iv_of_its_own, test_header_is_for_one_measurement,
                   test_names, test_guids_stand_once, test_room, test_nothing_and_too_many,
                   test_nothing_is_left_in_memory)
static UNIT_RUNNER(run_folder, "secret-data", test_folder)
    /* clang-format on */

    int main(void)
{
    int status = run_own();

    if (g_getenv("CVMDOM_TEST_MEASURE_DATA") && run_folder() != EXIT_SUCCESS) {
        status = EXIT_FAILURE;
    }
    return status;
}
