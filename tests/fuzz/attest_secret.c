/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measurements in base64, files of transport keys, and secrets to inject. */
#include <openssl/hmac.h>
#include <string.h>

#include "attest/attest.h"
#include "cvmdom/attest.h"
#include "fuzz.h"
#include "util/bytes.h"
#include "util/guid.h"

static const struct cvmdom_launch_keys keys = {
    .tik = "0123456789abcdef",
    .tek = "fedcba9876543210",
};

/* ---- measurements ---- */

enum { POLICY = 7 };

static struct cvmdom_digest digest = { .size = 32, .bytes = { 1, 2, 3 } };
static const struct fuzz_range all_of_base64[] = { { 0, 64 }, { 0, 0 } };

void
fuzz_make_measurements(void)
{
    struct cvmdom_measurement measurement = { .nonce = "nonce of sixteen", 0 };
    unsigned char blob[48];
    g_autofree char *text = NULL;

    measurement.api_major = 1;
    g_assert_cmpint(cvmdom_measurement_compute(&measurement, POLICY, &digest, &keys, blob, NULL),
                    ==, 0);
    memcpy(blob + 32, measurement.nonce, 16);
    text = g_base64_encode(blob, sizeof(blob));
    fuzz_add("measurement", text, strlen(text));
}

gboolean
fuzz_measurement(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    struct cvmdom_measurement measurement = { .api_major = 1 };
    cvmdom_error *error = NULL;
    int result;

    if (cvmdom_measurement_parse(text, &measurement, &error) < 0) {
        return fuzz_refuse(error);
    }
    result = cvmdom_measurement_verify(&measurement, POLICY, &digest, &keys, &error);
    g_assert_cmpint(result, >=, 0);
    g_assert_true(result == 0 || fuzz_is_known(data, size, all_of_base64));
    return result == 1;
}

/* ---- files of keys ---- */

void
fuzz_make_keys(void)
{
    fuzz_add("tk", "TEK: 16 bytes...TIK: 16 bytes...", 32);
}

gboolean
fuzz_keys(const uint8_t *data, size_t size)
{
    struct cvmdom_launch_keys read, as_before;
    cvmdom_error *error = NULL;

    memset(&as_before, 0xaa, sizeof(as_before));
    read = as_before;
    if (cvmdom_launch_keys_read(NULL, NULL, fuzz_file(0, data, size), &read, &error) < 0) {
        g_assert_true(size != 32);
        g_assert_cmpint(memcmp(&read, &as_before, sizeof(read)), ==, 0);
        return fuzz_refuse(error);
    }
    g_assert_true(size == 32 && memcmp(read.tek, data, 16) == 0 &&
                  memcmp(read.tik, data + 16, 16) == 0);
    return TRUE;
}

/* ---- secrets ---- */

/* An input: u16 room, then per secret a GUID's text or a name, ended by NUL, u16 size, content. */
enum { MOST = 900 };

static void
add_secret_seed(const char *name, unsigned room, const char *const *guids, const size_t *sizes)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    unsigned char number[2];

    cvm_put_u16(number, (uint16_t)room);
    g_byte_array_append(bytes, number, 2);
    for (; *guids; guids++, sizes++) {
        g_autofree guint8 *content = g_malloc(*sizes);

        memset(content, 's', *sizes);
        cvm_put_u16(number, (uint16_t)*sizes);
        g_byte_array_append(bytes, (const guint8 *)*guids, (guint)strlen(*guids) + 1);
        g_byte_array_append(bytes, number, 2);
        g_byte_array_append(bytes, content, (guint)*sizes);
    }
    fuzz_add(name, bytes->data, bytes->len);
}

void
fuzz_make_secrets(void)
{
    static const char other[] = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

    add_secret_seed("one", 3072, (const char *[]){ "luks-key", NULL }, (size_t[]){ 33 });
    add_secret_seed("two", 0, (const char *[]){ "luks-key", other, NULL }, (size_t[]){ 1, 4096 });
    add_secret_seed("largest", CVMDOM_SECRET_MAX, (const char *[]){ other, NULL },
                    (size_t[]){ CVMDOM_SECRET_MAX - 40 });
}

/* Returns how many; secrets point into bytes, which a NUL follows. */
static size_t
split(const unsigned char *at, size_t size, struct cvmdom_secret *secrets)
{
    const unsigned char *end = at + size;
    size_t count = 0;

    while (count < MOST && at < end) {
        const unsigned char *text_end = memchr(at, 0, (size_t)(end - at));

        if (!text_end || end - text_end < 3) {
            break;
        }
        secrets[count] =
            (struct cvmdom_secret){ (const char *)at, text_end + 3, cvm_get_u16(text_end + 1) };
        if (secrets[count].size > (size_t)(end - text_end - 3)) {
            break;
        }
        at = text_end + 3 + secrets[count].size;
        count++;
    }
    return count;
}

/* What the firmware and the guest find in a packet: exactly these secrets, in their order. */
static void
check_packet(const struct cvmdom_secret_packet *packet, const struct cvmdom_secret *secrets,
             size_t count, size_t room)
{
    g_autofree unsigned char *table = g_malloc(packet->size);
    size_t at = 20, total;

    g_assert_true(packet->size % 16 == 0 && packet->size <= CVMDOM_SECRET_MAX &&
                  (room == 0 || packet->size <= room));
    g_assert_cmpint(
        attest_aes_ctr(keys.tek, packet->header + 4, packet->payload, packet->size, table, NULL),
        ==, 0);
    total = cvm_get_u32(table + 16);
    g_assert_true(total <= packet->size && packet->size - total < 16);
    for (size_t i = 0; i < count; i++) {
        g_assert_cmpuint(cvm_get_u32(table + at + 16), ==, 20 + secrets[i].size);
        g_assert_cmpint(memcmp(table + at + 20, secrets[i].data, secrets[i].size), ==, 0);
        at += 20 + secrets[i].size;
    }
    g_assert_cmpuint(at, ==, total);
}

gboolean
fuzz_secret(const uint8_t *data, size_t size)
{
    static const struct cvmdom_measurement measurement = { .hmac = "an HMAC" };
    struct cvmdom_secret secrets[MOST];
    struct cvmdom_secret_packet packet;
    cvmdom_error *error = NULL;
    size_t room = size >= 2 ? cvm_get_u16(data) : 0;
    size_t count = size >= 2 ? split(data + 2, size - 2, secrets) : 0;

    memset(&packet, 0xaa, sizeof(packet));
    if (cvmdom_secret_pack(secrets, count, room, &measurement, &keys, &packet, &error) < 0) {
        g_assert_cmpuint(packet.size, ==, 0);
        for (size_t i = 0; i < sizeof(packet.payload); i++) {
            g_assert_cmpint(packet.payload[i], ==, 0);
        }
        return fuzz_refuse(error);
    }
    check_packet(&packet, secrets, count, room);
    return TRUE;
}
