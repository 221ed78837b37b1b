/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes an attestation report of a made-up platform, signed, and the certificates behind it:
 *
 *     make_report KEYS OUT [turin|vlek] [OFFSET=HEX]…
 *
 * KEYS is tests/attestation; OUT gets report.bin, vcek.pem, vcek.der, ca.pem and ark.sha256.
 * OFFSET=HEX puts bytes into the report before it is signed: 0x90=… is its MEASUREMENT. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/attestation_fixture.h"

static void
write_file(const char *folder, const char *name, const void *data, size_t size)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (!g_file_set_contents(path, data, (gssize)size, NULL)) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(1);
    }
}

static void
patch(struct fixture *fixture, const char *text)
{
    const char *hex = strchr(text, '=');
    size_t at = (size_t)g_ascii_strtoull(text, NULL, 0);

    for (hex = hex ? hex + 1 : ""; hex[0] && hex[1] && at < sizeof(fixture->report); hex += 2) {
        fixture->report[at++] =
            (unsigned char)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
    }
}

static void
write_certificates(const struct fixture *fixture, const char *folder)
{
    GByteArray *vcek = g_byte_array_new(), *ca = g_byte_array_new(), *ark = g_byte_array_new();
    g_autofree char *sum = NULL;
    X509 *certificates[] = { fixture_issue(&fixture->leaf), fixture_issue(&fixture->ask),
                             fixture_issue(&fixture->ark) };

    fixture_write(vcek, certificates[0], FALSE);
    write_file(folder, "vcek.der", vcek->data, vcek->len);
    g_byte_array_set_size(vcek, 0);
    fixture_write(vcek, certificates[0], TRUE);
    write_file(folder, "vcek.pem", vcek->data, vcek->len);
    fixture_write(ca, certificates[1], TRUE);
    fixture_write(ca, certificates[2], TRUE);
    write_file(folder, "ca.pem", ca->data, ca->len);
    fixture_write(ark, certificates[2], FALSE);
    sum = fixture_fingerprint(ark->data, ark->len);
    write_file(folder, "ark.sha256", sum, strlen(sum));
    for (size_t i = 0; i < G_N_ELEMENTS(certificates); i++) {
        X509_free(certificates[i]);
    }
    g_byte_array_unref(vcek);
    g_byte_array_unref(ca);
    g_byte_array_unref(ark);
}

int
main(int argc, char **argv)
{
    struct fixture fixture;

    if (argc < 3) {
        fprintf(stderr, "usage: %s KEYS OUT [turin|vlek] [OFFSET=HEX]...\n", argv[0]);
        return 2;
    }
    fixture_init(&fixture, argv[1]);
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "turin") == 0) {
            fixture_make_turin(&fixture);
        } else if (strcmp(argv[i], "vlek") == 0) {
            fixture_make_vlek(&fixture);
        } else {
            patch(&fixture, argv[i]);
        }
    }
    fixture_sign_report(&fixture, NULL, 0);
    write_file(argv[2], "report.bin", fixture.report, sizeof(fixture.report));
    write_certificates(&fixture, argv[2]);
    fixture_clear(&fixture);
    return 0;
}
