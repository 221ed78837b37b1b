/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and chains beside what other programs made, where CVMDOM_TEST_MEASURE_DATA names a
 * folder that has it: session/ with vectors in JSON, what a run of AMD's sev-tool wrote, and the
 * certificates of real platforms. Skipped without. */
#include <jansson.h>
#include <openssl/pem.h>

#include "session_fixture.h"

static const char *folder;

static unsigned char *
read_data(const char *name, size_t *size)
{
    g_autofree char *path = g_build_filename(folder, "session", name, NULL);
    char *data;

    ck_assert_msg(g_file_get_contents(path, &data, size, NULL), "no '%s'", path);
    return (unsigned char *)data;
}

static json_t *
read_json(const char *name)
{
    g_autofree char *path = g_build_filename(folder, "session", name, NULL);
    json_t *json = json_load_file(path, 0, NULL);

    ck_assert_msg(json_is_array(json) && json_array_size(json) > 0, "no list in '%s'", path);
    return json;
}

/* A member in hexadecimal, of which there may be some words behind it. */
static void
take_hex(const json_t *vector, const char *key, unsigned char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(vector, key));

    ck_assert_msg(text && strlen(text) >= 2 * size, "'%s' is too short", key);
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)(g_ascii_xdigit_value(text[2 * i]) << 4 |
                                 g_ascii_xdigit_value(text[2 * i + 1]));
    }
}

static uint32_t
take_policy(const json_t *vector)
{
    return (uint32_t)g_ascii_strtoull(json_string_value(json_object_get(vector, "policy")), NULL,
                                      0);
}

static void
take_seed(const json_t *vector, struct attest_session_seed *seed, struct cvmdom_launch_keys *keys)
{
    take_hex(vector, "nonce", seed->nonce, sizeof(seed->nonce));
    take_hex(vector, "wrap_iv", seed->iv, sizeof(seed->iv));
    take_hex(vector, "tek", keys->tek, sizeof(keys->tek));
    take_hex(vector, "tik", keys->tik, sizeof(keys->tik));
}

/* ---- sessions ---- */

static EVP_PKEY *
take_key(const json_t *vector)
{
    unsigned char private[48], x[48], y[48], public[97] = { 4 };

    take_hex(vector, "godh_private_scalar_hex", private, sizeof(private));
    take_hex(vector, "godh_qx_le_hex", x, sizeof(x));
    take_hex(vector, "godh_qy_le_hex", y, sizeof(y));
    for (size_t i = 0; i < sizeof(x); i++) {
        public[48 - i] = x[i];
        public[96 - i] = y[i];
    }
    return firmware_key(private, public);
}

static void
check_text(const char *name, const char *suffix, const unsigned char *data, size_t size)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *ours = g_base64_encode(data, size);
    size_t length;
    g_autofree unsigned char *theirs = read_data(file, &length);

    ck_assert_uint_eq(length, strlen(ours));
    ck_assert_mem_eq(theirs, ours, length);
}

START_TEST(test_sessions)
{
    json_t *vectors = read_json("session-vectors.json");
    json_t *vector;
    size_t i;

    json_array_foreach(vectors, i, vector)
    {
        const char *name = json_string_value(json_object_get(vector, "name"));
        size_t size;
        g_autofree unsigned char *pdh =
            read_data(json_string_value(json_object_get(vector, "pdh_file")), &size);
        struct attest_cert cert = { 0 };
        struct attest_session_seed seed;
        struct cvmdom_session session;

        ck_assert_uint_eq(size, CVMDOM_SEV_CERT_SIZE);
        ck_assert_int_eq(attest_sev_cert_parse(pdh, ATTEST_PDH, &cert, NULL), 0);
        take_seed(vector, &seed, &session.keys);
        seed.key = take_key(vector);
        ck_assert_int_eq(attest_session_make(cert.key, &seed, take_policy(vector), &session, NULL),
                         0);
        check_text(name, "_session.b64", session.session, CVMDOM_SESSION_SIZE);
        check_text(name, "_godh.b64", session.dh_cert, CVMDOM_SEV_CERT_SIZE);
        EVP_PKEY_free(seed.key);
        attest_cert_clear(&cert);
    }
    json_decref(vectors);
}
END_TEST

static void
check_sealed(const json_t *vector)
{
    struct attest_session_seed seed = { 0 };
    struct cvmdom_launch_keys keys;
    unsigned char z[16], blob[CVMDOM_SESSION_SIZE], wrapped[32], wrap_mac[32], policy_mac[32];

    take_hex(vector, "z_hex", z, sizeof(z));
    take_seed(vector, &seed, &keys);
    ck_assert_int_eq(
        attest_session_seal(z, sizeof(z), &seed, &keys, take_policy(vector), blob, NULL), 0);
    take_hex(vector, "wrap_tk", wrapped, sizeof(wrapped));
    take_hex(vector, "wrap_mac", wrap_mac, sizeof(wrap_mac));
    take_hex(vector, "policy_mac", policy_mac, sizeof(policy_mac));
    ck_assert_mem_eq(blob + 0x10, wrapped, sizeof(wrapped));
    ck_assert_mem_eq(blob + 0x40, wrap_mac, sizeof(wrap_mac));
    ck_assert_mem_eq(blob + 0x60, policy_mac, sizeof(policy_mac));
}

static void
check_derived(const json_t *vector)
{
    unsigned char key[16], context[16], expected[16], out[16];

    take_hex(vector, "key", key, sizeof(key));
    take_hex(vector, "context", context, sizeof(context));
    take_hex(vector, "expected", expected, sizeof(expected));
    ck_assert_int_eq(attest_kdf(key, sizeof(key),
                                json_string_value(json_object_get(vector, "label")), context,
                                sizeof(context), out, NULL),
                     0);
    ck_assert_mem_eq(out, expected, sizeof(out));
}

START_TEST(test_published)
{
    json_t *vectors = read_json("published-kdf-session.json");
    json_t *vector;
    unsigned derived = 0, sealed = 0;
    size_t i;

    json_array_foreach(vectors, i, vector)
    {
        if (json_object_get(vector, "label")) {
            check_derived(vector);
            derived++;
        } else if (json_object_get(vector, "z_hex")) {
            check_sealed(vector);
            sealed++;
        }
    }
    ck_assert(derived > 0 && sealed > 0);
    json_decref(vectors);
}
END_TEST

/* sev-tool played the owner; the firmware of the tests unwraps what it made. */
START_TEST(test_sev_tool)
{
    size_t size;
    g_autofree unsigned char *godh = read_data("sev-tool-run/godh.cert", &size);
    g_autofree unsigned char *blob = read_data("sev-tool-run/launch_blob.bin", &size);
    g_autofree unsigned char *tk = read_data("sev-tool-run/tmp_tk.bin", &size);
    g_autofree char *path = g_build_filename(folder, "session/certs/synth/pdh.key.pem", NULL);
    g_autoptr(EVP_PKEY) platform = NULL;
    struct cvmdom_launch_keys keys = { 0 };
    FILE *file = fopen(path, "r");

    ck_assert_msg(file, "no '%s'", path);
    platform = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    ck_assert_int_eq(firmware_launch_start(platform, godh, blob, 7, &keys), FIRMWARE_ACCEPTS);
    ck_assert_mem_eq(keys.tek, tk, CVMDOM_KEY_SIZE);
    ck_assert_mem_eq(keys.tik, tk + CVMDOM_KEY_SIZE, CVMDOM_KEY_SIZE);
    ck_assert_int_eq(firmware_launch_start(platform, godh, blob, 3, &keys),
                     FIRMWARE_BAD_MEASUREMENT);
}
END_TEST

/* ---- chains ---- */

static void
append(GByteArray *bytes, const char *platform, const char *name)
{
    g_autofree char *relative = g_strdup_printf("certs/%s/%s.cert", platform, name);
    size_t size;
    g_autofree unsigned char *data = read_data(relative, &size);

    g_byte_array_append(bytes, data, (guint)size);
}

static GByteArray *
read_chain(const char *platform, gboolean full)
{
    static const char *const names[] = { "pdh", "pek", "oca", "cek", "ask", "ark" };
    GByteArray *chain = g_byte_array_new();

    for (size_t i = 0; i < (full ? 6 : 4); i++) {
        append(chain, platform, names[i]);
    }
    return chain;
}

static int
verify(const GByteArray *chain, const char *ark)
{
    const struct cvmdom_chain_options options = { .ark = ark };

    return cvmdom_chain_verify(chain->data, chain->len, NULL, 0, &options, NULL, NULL, NULL);
}

START_TEST(test_real_platforms)
{
    static const char *const platforms[] = { "naples", "rome" };

    for (size_t i = 0; i < G_N_ELEMENTS(platforms); i++) {
        GByteArray *chain = read_chain(platforms[i], TRUE);
        GByteArray *ark = g_byte_array_new();
        g_autofree char *fingerprint = NULL;

        append(ark, platforms[i], "ark");
        fingerprint = g_compute_checksum_for_data(G_CHECKSUM_SHA256, ark->data, ark->len);
        ck_assert_int_eq(verify(chain, NULL), CVMDOM_CHAIN_ANY_ARK);
        ck_assert_int_eq(verify(chain, fingerprint), CVMDOM_CHAIN_PINNED);
        for (guint k = 5; k < chain->len; k += 509) {
            chain->data[k] ^= 1;
            ck_assert_int_eq(verify(chain, fingerprint), -1);
            chain->data[k] ^= 1;
        }
        g_byte_array_unref(chain);
        g_byte_array_unref(ark);
    }
}
END_TEST

START_TEST(test_made_up_platform)
{
    GByteArray *chain = read_chain("synth", FALSE);

    ck_assert_int_eq(verify(chain, NULL), CVMDOM_CHAIN_WITHOUT_CA);
    append(chain, "rome", "ask");
    append(chain, "rome", "ark");
    ck_assert_int_eq(verify(chain, NULL), -1);
    g_byte_array_unref(chain);
}
END_TEST

static UNIT_RUNNER(run_tests, "session_data", test_sessions, test_published, test_sev_tool,
                   test_real_platforms, test_made_up_platform)

    int main(void)
{
    folder = g_getenv("CVMDOM_TEST_MEASURE_DATA");
    if (!folder || !*folder) {
        puts("SKIP: CVMDOM_TEST_MEASURE_DATA names no folder of vectors");
        return 77;
    }
    return run_tests();
}
