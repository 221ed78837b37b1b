/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attestation reports, and the certificates behind them. */
#include <string.h>

#include "../unit/attestation_fixture.h"
#include "cvmdom/attest.h"
#include "fuzz.h"

static struct fixture fixture;
static GByteArray *leaf, *ca; /* PEM */
static GByteArray *known[3];  /* DER of what is in them: leaf, ASK, ARK */

/* The report after a header, as /dev/sev-guest answers. */
enum { HEADER = 32 };

static GByteArray *
copy_der(X509 *certificate)
{
    GByteArray *der = g_byte_array_new();
    unsigned char *bytes = NULL;
    int size = i2d_X509(certificate, &bytes);

    g_assert_cmpint(size, >, 0);
    g_byte_array_append(der, bytes, (guint)size);
    OPENSSL_free(bytes);
    return der;
}

static void
append_pem(GByteArray *file, const GByteArray *der)
{
    const unsigned char *at = der->data;
    X509 *certificate = d2i_X509(NULL, &at, der->len);
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    long size;

    g_assert_cmpint(PEM_write_bio_X509(out, certificate), ==, 1);
    size = BIO_get_mem_data(out, &text);
    g_byte_array_append(file, (const guint8 *)text, (guint)size);
    BIO_free(out);
    X509_free(certificate);
}

static void
set_up(void)
{
    g_autofree char *folder = fuzz_path("tests/attestation");
    const struct fixture_certificate *const how[] = { &fixture.leaf, &fixture.ask, &fixture.ark };

    fixture_init(&fixture, folder);
    fixture_sign_report(&fixture, NULL, 0);
    leaf = g_byte_array_new();
    ca = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        X509 *certificate = fixture_issue(how[i]);

        known[i] = copy_der(certificate);
        append_pem(i == 0 ? leaf : ca, known[i]);
        X509_free(certificate);
    }
}

void
fuzz_drop_reports(void)
{
    g_byte_array_unref(leaf);
    g_byte_array_unref(ca);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        g_byte_array_unref(known[i]);
    }
    fixture_clear(&fixture);
}

static gboolean
verify(const unsigned char *data, size_t size, const struct cvmdom_report_certs *certs)
{
    cvmdom_error *error = NULL;
    cvmdom_report *report = cvmdom_report_parse(data, size, &error);
    gboolean verified;

    if (!report) {
        return fuzz_refuse(error);
    }
    verified = cvmdom_report_verify(report, certs, NULL, NULL, &error) == 0;
    if (!verified) {
        fuzz_refuse(error);
    }
    cvmdom_report_free(report);
    return verified;
}

/* ---- reports ---- */

void
fuzz_make_reports(void)
{
    unsigned char answer[4000] = { 0 };

    set_up();
    fuzz_add("report", fixture.report, CVMDOM_REPORT_SIZE)->focus =
        (struct fuzz_range){ 0, 0x2a0 + 2 * 72 };
    answer[4] = CVMDOM_REPORT_SIZE & 0xff;
    answer[5] = CVMDOM_REPORT_SIZE >> 8;
    memcpy(answer + HEADER, fixture.report, CVMDOM_REPORT_SIZE);
    fuzz_add("answer", answer, HEADER + CVMDOM_REPORT_SIZE);
    fuzz_add("buffer", answer, sizeof(answer))->focus =
        (struct fuzz_range){ 0, HEADER + CVMDOM_REPORT_SIZE };
}

static gboolean
count_differences(const struct cvmdom_report_field *field, unsigned *different)
{
    g_assert_true(field->name && field->reported);
    *different += !field->matches;
    return TRUE;
}

static void
visit_field(const struct cvmdom_report_field *field, void *payload)
{
    count_differences(field, payload);
}

/* With the launch that the fixture's report is of. */
static void
compare(const unsigned char *data, size_t size)
{
    struct cvmdom_digest digest = { .size = 48 };
    const struct cvmdom_launch launch = {
        .guest = "sev-snp",
        .has_policy = 1,
        .policy = 0x30000,
        .features = 1,
        .vcek = 1,
    };
    cvmdom_report *report = cvmdom_report_parse(data, size, NULL);
    const unsigned char *at = size == CVMDOM_REPORT_SIZE ? data : data + HEADER;
    cvmdom_error *error = NULL;
    unsigned different = 0;
    int result;

    if (!report) {
        return;
    }
    memset(digest.bytes, 0xab, sizeof(digest.bytes));
    result = cvmdom_report_compare(report, &launch, &digest, NULL, visit_field, &different, &error);
    if (result < 0) {
        fuzz_refuse(error);
    }
    g_assert_true(result < 0 || (result == 1) == (different == 0));
    /* policy, family and image id, measurement, host data, digests of keys */
    g_assert_true(result != 1 || (memcmp(at + 0x8, fixture.report + 0x8, 8 + 32) == 0 &&
                                  memcmp(at + 0x90, fixture.report + 0x90, 0xb0) == 0));
    cvmdom_report_free(report);
}

gboolean
fuzz_report(const uint8_t *data, size_t size)
{
    const struct cvmdom_report_certs certs = { leaf->data, leaf->len, ca->data, ca->len, NULL };
    gboolean verified = verify(data, size, &certs);
    const unsigned char *at = size == CVMDOM_REPORT_SIZE ? data : data + HEADER;

    g_assert_true(!verified || memcmp(at, fixture.report, CVMDOM_REPORT_SIZE) == 0);
    compare(data, size);
    return verified;
}

/* ---- certificates ---- */

static gboolean
is_known(X509 *certificate)
{
    g_autoptr(GByteArray) der = copy_der(certificate);

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (der->len == known[i]->len && memcmp(der->data, known[i]->data, der->len) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What libcrypto reads in a file are certificates as they were issued. */
static gboolean
has_only_known(const unsigned char *data, size_t size)
{
    gboolean pem = g_strstr_len((const char *)data, (gssize)size, "-----BEGIN") != NULL;
    BIO *in = BIO_new_mem_buf(data, (int)size);
    unsigned found = 0;
    X509 *certificate;

    while ((certificate = pem ? PEM_read_bio_X509(in, NULL, NULL, NULL) : d2i_X509_bio(in, NULL))) {
        gboolean right = is_known(certificate);

        X509_free(certificate);
        if (!right) {
            found = 0;
            break;
        }
        found++;
    }
    BIO_free(in);
    return found > 0;
}

void
fuzz_make_vceks(void)
{
    set_up();
    fuzz_add("DER", known[0]->data, known[0]->len);
    fuzz_add("PEM", leaf->data, leaf->len);
}

gboolean
fuzz_vcek(const uint8_t *data, size_t size)
{
    const struct cvmdom_report_certs certs = { data, size, ca->data, ca->len, NULL };
    gboolean verified = verify(fixture.report, CVMDOM_REPORT_SIZE, &certs);

    g_assert_true(!verified || has_only_known(data, size));
    return verified;
}

void
fuzz_make_report_cas(void)
{
    g_autoptr(GByteArray) der = g_byte_array_new();

    set_up();
    fuzz_add("PEM", ca->data, ca->len);
    for (size_t i = 1; i < G_N_ELEMENTS(known); i++) {
        g_byte_array_append(der, known[i]->data, known[i]->len);
    }
    fuzz_add("DER", der->data, der->len);
}

gboolean
fuzz_report_ca(const uint8_t *data, size_t size)
{
    const struct cvmdom_report_certs certs = { leaf->data, leaf->len, data, size, NULL };
    gboolean verified = verify(fixture.report, CVMDOM_REPORT_SIZE, &certs);

    g_assert_true(!verified || has_only_known(data, size));
    return verified;
}
