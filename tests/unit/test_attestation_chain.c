/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attestation reports: which are believed, and by which certificates. */
#include "attestation_files.h"

START_TEST(test_holds)
{
    fixture_sign_report(&fixture, NULL, 0);
    for (int pem = 0; pem < 2; pem++) {
        g_auto(Files) files = issue(pem);
        g_autofree char *seen = NULL;

        ck_assert_int_eq(verify_seen(&files, &seen), 0);
        ck_assert_str_eq(seen, "ARK<ARK:RSA-PSS-SHA384 ASK<ARK:RSA-PSS-SHA384 "
                               "VCEK<ASK:RSA-PSS-SHA384 REPORT<VCEK:ECDSA-SHA384 ");
    }
}
END_TEST

START_TEST(test_places_of_certificates)
{
    g_auto(Files) one = issue(TRUE);
    g_auto(Files) swapped = issue(TRUE);
    g_auto(Files) leaf_last = issue(TRUE);

    fixture_sign_report(&fixture, NULL, 0);
    g_byte_array_append(one.vcek, one.ca->data, one.ca->len);
    g_byte_array_set_size(one.ca, 0);
    ck_assert_int_eq(verify(&one), 0);
    g_byte_array_set_size(swapped.ca, 0);
    fixture_append(swapped.ca, &fixture.ark, TRUE);
    fixture_append(swapped.ca, &fixture.ask, TRUE);
    ck_assert_int_eq(verify(&swapped), 0);
    /* the first file has to begin with the leaf */
    g_byte_array_set_size(leaf_last.vcek, 0);
    fixture_append(leaf_last.vcek, &fixture.ask, TRUE);
    g_byte_array_set_size(leaf_last.ca, 0);
    fixture_append(leaf_last.ca, &fixture.leaf, TRUE);
    fixture_append(leaf_last.ca, &fixture.ark, TRUE);
    ck_assert_int_eq(verify(&leaf_last), CVMDOM_ERROR_UNTRUSTED);
}
END_TEST

START_TEST(test_too_few_and_too_many)
{
    g_auto(Files) alone = issue(TRUE);
    g_auto(Files) four = issue(FALSE);
    g_auto(Files) nothing = issue(FALSE);
    g_auto(Files) without_ark = issue(FALSE);

    fixture_sign_report(&fixture, NULL, 0);
    g_byte_array_set_size(alone.ca, 0);
    ck_assert_int_eq(verify(&alone), CVMDOM_ERROR_UNTRUSTED);
    fixture_append(four.ca, &fixture.ark, FALSE);
    ck_assert_int_eq(verify(&four), CVMDOM_ERROR_SYNTAX);
    g_byte_array_set_size(nothing.vcek, 0);
    ck_assert_int_eq(verify(&nothing), CVMDOM_ERROR_SYNTAX);
    g_byte_array_set_size(without_ark.ca, 0);
    fixture_append(without_ark.ca, &fixture.ask, FALSE);
    ck_assert_int_eq(verify(&without_ark), CVMDOM_ERROR_UNTRUSTED);
    fixture_append(without_ark.ca, &fixture.ask, FALSE);
    ck_assert_int_eq(verify(&without_ark), CVMDOM_ERROR_UNTRUSTED);
}
END_TEST

START_TEST(test_pin)
{
    g_auto(Files) files = issue(FALSE);
    g_autofree char *right = NULL, *upper = NULL, *wrong = NULL, *longer = NULL;
    g_autoptr(GString) colons = g_string_new(NULL);

    fixture_sign_report(&fixture, NULL, 0);
    g_byte_array_set_size(files.ca, 0);
    fixture_append(files.ca, &fixture.ark, FALSE);
    right = fixture_fingerprint(files.ca->data, files.ca->len);
    fixture_append(files.ca, &fixture.ask, FALSE);
    upper = g_ascii_strup(right, -1);
    for (size_t i = 0; i < 64; i += 2) {
        g_string_append_printf(colons, "%s%.2s", i ? ":" : "", upper + i);
    }
    wrong = g_strdup(right);
    wrong[63] = wrong[63] == '0' ? '1' : '0';
    longer = g_strconcat(right, "0", NULL);
    files.ark = right;
    ck_assert_int_eq(verify(&files), 0);
    files.ark = upper;
    ck_assert_int_eq(verify(&files), 0);
    files.ark = colons->str;
    ck_assert_int_eq(verify(&files), 0);
    files.ark = wrong;
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_UNTRUSTED);
    files.ark = longer;
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
    files.ark = "";
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
    right[63] = '\0';
    files.ark = right;
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
}
END_TEST

/* Every byte that is signed, and every byte of the signature. */
START_TEST(test_every_byte_counts)
{
    g_auto(Files) files = issue(FALSE);

    fixture_sign_report(&fixture, NULL, 0);
    ck_assert_int_eq(verify(&files), 0);
    for (size_t at = 0; at < sizeof(fixture.report); at++) {
        int code;

        fixture.report[at] ^= (unsigned char)(1 << at % 8);
        code = verify(&files);
        ck_assert_msg(code == -1 || code == CVMDOM_ERROR_UNTRUSTED, "offset 0x%zx: %d", at, code);
        fixture.report[at] ^= (unsigned char)(1 << at % 8);
    }
    ck_assert_int_eq(verify(&files), 0);
}
END_TEST

START_TEST(test_short_numbers)
{
    g_auto(Files) files = issue(FALSE);

    fixture_sign_report(&fixture, "r", 47);
    ck_assert_int_eq(verify(&files), 0);
    fixture_sign_report(&fixture, "s", 47);
    ck_assert_int_eq(verify(&files), 0);
}
END_TEST

START_TEST(test_no_numbers)
{
    g_auto(Files) files = issue(FALSE);

    memset(fixture.report + 0x2a0, 0, 512);
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_UNTRUSTED);
    memset(fixture.report + 0x2a0, 0xff, 144);
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_UNTRUSTED);
}
END_TEST

START_TEST(test_other_platforms)
{
    fixture_make_turin(&fixture);
    ck_assert_int_eq(verify_fixture(), 0);
    fixture.leaf.fmc = -1; /* Milan's certificate for Turin's report */
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNTRUSTED);
    fixture.leaf.fmc = 2;
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNTRUSTED);
    fixture.leaf.fmc = 1;
    fixture.report[0x1b0] = 1; /* beyond the short CHIP_ID */
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNTRUSTED);
    fixture.report[0x1b0] = 0;
    fixture.report[0x188] = 0x1b; /* nobody knows yet how that one states its firmware */
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNSUPPORTED);
    fixture.report[0x188] = 0x19;
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNTRUSTED);
}
END_TEST

/* Version 2 does not say which family it is of. */
START_TEST(test_version_2)
{
    fixture_put(fixture.report, 2, 4);
    memset(fixture.report + 0x188, 0, 3);
    ck_assert_int_eq(verify_fixture(), 0);
    fixture.leaf.fmc = 0;
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNTRUSTED);
}
END_TEST

START_TEST(test_vlek)
{
    fixture_make_vlek(&fixture);
    ck_assert_int_eq(verify_fixture(), 0);
    memset(fixture.report + 0x1a0, 0, 64); /* which chip is nobody's concern */
    ck_assert_int_eq(verify_fixture(), 0);
    fixture_put(fixture.report + 0x48, 0, 4); /* … but the report says VCEK */
    ck_assert_int_eq(verify_fixture(), CVMDOM_ERROR_UNTRUSTED);
}
END_TEST

START_TEST(test_expired)
{
    fixture.ark.days = fixture.ask.days = fixture.leaf.days = 1;
    ck_assert_int_eq(verify_fixture(), 0); /* as documented: the clock is not asked */
}
END_TEST

START_TEST(test_truncated_certificates)
{
    fixture_sign_report(&fixture, NULL, 0);
    for (int pem = 0; pem < 2; pem++) {
        g_auto(Files) files = issue(pem);
        guint whole = files.vcek->len;

        for (guint length = 0; length < whole - 1;
             length += 1 + 6 * pem) { /* not a newline alone */
            files.vcek->len = length;
            ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
        }
        files.vcek->len = whole;
        whole = files.ca->len;
        for (guint length = 1; length < whole - 1; length += 7) {
            int code;

            files.ca->len = length;
            code = verify(&files);
            ck_assert_int_ne(code, 0);
        }
        files.ca->len = whole;
        ck_assert_int_eq(verify(&files), 0);
    }
}
END_TEST

START_TEST(test_no_certificates)
{
    static const char encrypted[] = "-----BEGIN CERTIFICATE-----\n"
                                    "Proc-Type: 4,ENCRYPTED\n"
                                    "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                                    "AAAA\n-----END CERTIFICATE-----\n";
    static const char key[] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    g_auto(Files) files = issue(FALSE);
    g_autofree guint8 *filler = g_malloc0(70000);
    guint whole = files.vcek->len;

    fixture_sign_report(&fixture, NULL, 0);
    g_byte_array_append(files.vcek, (const guint8 *)"", 1); /* something behind it */
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
    g_byte_array_set_size(files.vcek, whole);
    g_byte_array_append(files.vcek, filler, 70000);
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
    g_byte_array_set_size(files.vcek, 0);
    g_byte_array_append(files.vcek, (const guint8 *)encrypted, sizeof(encrypted) - 1);
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
    g_byte_array_set_size(files.vcek, 0);
    g_byte_array_append(files.vcek, (const guint8 *)key, sizeof(key) - 1);
    ck_assert_int_eq(verify(&files), CVMDOM_ERROR_SYNTAX);
}
END_TEST

/* Every byte of the chip's certificate: nothing in it is unsigned but the signature, and two
 * encodings of one thing do not pass for each other. */
START_TEST(test_every_byte_of_the_leaf_counts)
{
    g_auto(Files) files = issue(FALSE);

    fixture_sign_report(&fixture, NULL, 0);
    for (guint at = 0; at < files.vcek->len; at++) {
        files.vcek->data[at] ^= (guint8)(1 << at % 8);
        ck_assert_msg(verify(&files) != 0, "offset %u", at);
        files.vcek->data[at] ^= (guint8)(1 << at % 8);
    }
    ck_assert_int_eq(verify(&files), 0);
}
END_TEST

UNIT_MAIN_WITH(setup, teardown, "attestation chain", test_holds, test_places_of_certificates,
               test_too_few_and_too_many, test_pin, test_every_byte_counts, test_short_numbers,
               test_no_numbers, test_other_platforms, test_version_2, test_vlek, test_expired,
               test_truncated_certificates, test_no_certificates,
               test_every_byte_of_the_leaf_counts)
