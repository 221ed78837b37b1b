/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attestation reports in: nothing in one that this does not know is passed over. */
#include "attest/report.h"

#include <string.h>

#include "util/i18n.h"

/* The answer to SNP_GET_REPORT, MSG_REPORT_RSP of AMD 56860: status, size of the report, zeros, the
 * report. Linux copies it into snp_report_resp, 4000 bytes (uapi linux/sev-guest.h). */
enum response {
    RESPONSE_STATUS = 0x00,
    RESPONSE_SIZE = 0x04,
    RESPONSE_RESERVED = 0x08,
    RESPONSE_REPORT = 0x20,
    RESPONSE_BUFFER_SIZE = 4000,
};

enum {
    OLDEST = 2,
    NEWEST = 5,
    ECDSA_P384_SHA384 = 1, /* AMD 56860, "Encoding for Signature Algorithms" */
    SIGNATURE_USED = 2 * 72,
};

/* What must be zero, and in which versions. Version 4 is 3 to the `sev` crate; others read the
 * mitigation vectors of version 5 in it, so these are neither demanded to be zero nor used. */
static const struct reserved {
    uint16_t at;
    uint16_t size;
    uint8_t first, last;
} reserved[] = {
    { 0x04c, 4, OLDEST, NEWEST },
    { 0x188, 24, 2, 2 },
    { 0x18b, 21, 3, NEWEST },
    { 0x1eb, 1, OLDEST, NEWEST },
    { 0x1ef, 1, OLDEST, NEWEST },
    { 0x1f8, 16, OLDEST, 3 },
    { 0x208, 152, OLDEST, NEWEST },
    { REPORT_SIGNATURE + SIGNATURE_USED, ATTEST_ECC_SIGNATURE_SIZE - SIGNATURE_USED, OLDEST,
      NEWEST },
};

static gboolean
is_zero(const unsigned char *at, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (at[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Finds the report in what was given; NULL, and an error, when that is none of the known forms. */
static const unsigned char *
unwrap(const unsigned char *data, size_t size, cvmdom_error **error)
{
    if (size == CVMDOM_REPORT_SIZE) {
        return data;
    }
    if (size != RESPONSE_REPORT + CVMDOM_REPORT_SIZE && size != RESPONSE_BUFFER_SIZE) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("this is no attestation report of SEV-SNP: it has %1$zu bytes instead of "
              "%2$d (or %3$d or %4$d, as an answer of /dev/sev-guest)"),
            size, CVMDOM_REPORT_SIZE, RESPONSE_REPORT + CVMDOM_REPORT_SIZE, RESPONSE_BUFFER_SIZE);
        return NULL;
    }
    if (cvm_get_u32(data + RESPONSE_STATUS)) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("this answer of /dev/sev-guest has no report: the firmware answered with "
              "status 0x%x"),
            cvm_get_u32(data + RESPONSE_STATUS));
        return NULL;
    }
    if (cvm_get_u32(data + RESPONSE_SIZE) != CVMDOM_REPORT_SIZE ||
        !is_zero(data + RESPONSE_RESERVED, RESPONSE_REPORT - RESPONSE_RESERVED) ||
        !is_zero(data + RESPONSE_REPORT + CVMDOM_REPORT_SIZE,
                 size - RESPONSE_REPORT - CVMDOM_REPORT_SIZE)) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("this is no answer of /dev/sev-guest: it does not announce a report of %d "
              "bytes, or there is more than that"),
            CVMDOM_REPORT_SIZE);
        return NULL;
    }
    return data + RESPONSE_REPORT;
}

static int
check_reserved(const unsigned char *bytes, unsigned version, cvmdom_error **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++) {
        const struct reserved *row = &reserved[i];

        if (version >= row->first && version <= row->last && !is_zero(bytes + row->at, row->size)) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_SYNTAX,
                _("the attestation report is damaged, or newer than this program: "
                  "the %1$u bytes at 0x%2$x are reserved in version %3$u, and not "
                  "zero"),
                row->size, row->at, version);
        }
    }
    return 0;
}

static int
check_key_info(const unsigned char *bytes, cvmdom_error **error)
{
    uint32_t info = cvm_get_u32(bytes + REPORT_KEY_INFO);
    uint32_t key = info >> REPORT_SIGNING_KEY_SHIFT & REPORT_SIGNING_KEY_MASK;

    if (info >> REPORT_KEY_INFO_RESERVED_SHIFT ||
        (key != REPORT_SIGNED_BY_VCEK && key != REPORT_SIGNED_BY_VLEK &&
         key != REPORT_SIGNED_BY_NONE)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the attestation report is damaged, or newer than this program: what "
              "it says of its signing key, 0x%x, has reserved bits"),
            info);
    }
    return 0;
}

static int
check(const unsigned char *bytes, cvmdom_error **error)
{
    uint32_t version = cvm_get_u32(bytes + REPORT_VERSION);
    uint32_t algorithm = cvm_get_u32(bytes + REPORT_SIGNATURE_ALGO);

    if (version < OLDEST || version > NEWEST) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("the attestation report is of version %1$u, and this program knows "
              "%2$d to %3$d"),
            version, OLDEST, NEWEST);
    }
    if (algorithm != ECDSA_P384_SHA384) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("the attestation report names the signature algorithm %u, and this "
              "program knows only 1, ECDSA P-384 with SHA-384"),
            algorithm);
    }
    return check_reserved(bytes, version, error) < 0 ? -1 : check_key_info(bytes, error);
}

cvmdom_report *
cvmdom_report_parse(const unsigned char *data, size_t size, cvmdom_error **error)
{
    const unsigned char *bytes = unwrap(data, size, error);
    cvmdom_report *report;

    if (!bytes || check(bytes, error) < 0) {
        return NULL;
    }
    report = g_new(cvmdom_report, 1);
    memcpy(report->bytes, bytes, sizeof(report->bytes));
    return report;
}

void
cvmdom_report_free(cvmdom_report *report)
{
    g_free(report);
}
