/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The made-up platform's certificates in files, and what the library says to them. */
#ifndef CVM_TESTS_ATTESTATION_FILES_H
#define CVM_TESTS_ATTESTATION_FILES_H

#include "attest/report.h"
#include "attestation_fixture.h"
#include "unit.h"

static struct fixture fixture;

static inline void
setup(void)
{
    g_autofree char *folder = unit_source_path("tests/attestation");

    fixture_init(&fixture, folder);
}

static inline void
teardown(void)
{
    fixture_clear(&fixture);
}

/* The two files that certificates come in. */
struct files {
    GByteArray *vcek, *ca;
    const char *ark; /* pinned */
};

static inline void
files_clear(struct files *files)
{
    g_byte_array_unref(files->vcek);
    g_byte_array_unref(files->ca);
}

typedef struct files Files;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static inline Files
issue(gboolean pem)
{
    Files files = { g_byte_array_new(), g_byte_array_new(), NULL };

    fixture_append(files.vcek, &fixture.leaf, pem);
    fixture_append(files.ca, &fixture.ask, pem);
    fixture_append(files.ca, &fixture.ark, pem);
    return files;
}

static inline void
count(const struct cvmdom_chain_link *link, void *payload)
{
    GString *seen = payload;

    ck_assert_uint_eq(strlen(link->fingerprint), 64);
    g_string_append_printf(seen, "%s<%s:%s ", link->subject, link->signer, link->algorithm);
}

/* 0, or the code of the error. */
static inline int
verify_seen(const Files *files, char **seen)
{
    const struct cvmdom_report_certs certs = { files->vcek->data, files->vcek->len,
                                               files->ca->len ? files->ca->data : NULL,
                                               files->ca->len, files->ark };
    cvmdom_report *report = cvmdom_report_parse(fixture.report, sizeof(fixture.report), NULL);
    GString *links = g_string_new(NULL);
    cvmdom_error *error = NULL;
    int code = 0;

    if (!report) {
        code = -1;
    } else if (cvmdom_report_verify(report, &certs, count, links, &error) < 0) {
        code = cvmdom_error_code(error);
        ck_assert_str_eq(links->str, "");
        ck_assert_uint_gt(strlen(cvmdom_error_message(error)), 20);
    }
    cvmdom_error_free(error);
    cvmdom_report_free(report);
    *seen = g_string_free(links, FALSE);
    return code;
}

static inline int
verify(const Files *files)
{
    g_autofree char *seen = NULL;

    return verify_seen(files, &seen);
}

/* With certificates and a signature made of what the fixture says now. */
static inline int
verify_fixture(void)
{
    g_auto(Files) files = issue(FALSE);

    fixture_sign_report(&fixture, NULL, 0);
    return verify(&files);
}

#endif
