/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A report beside the launch that it should be of, field by field. */
#include <openssl/crypto.h>
#include <string.h>

#include "attest/report.h"
#include "cvmdom/policy.h"
#include "util/base64.h"
#include "util/i18n.h"

/* AMD 56860, "Structure of the ID Block" and "Structure of the ID Authentication Information". */
enum {
    ID_BLOCK_FAMILY_ID = 0x30,
    ID_BLOCK_IMAGE_ID = 0x40,
    ID_BLOCK_GUEST_SVN = 0x54,
    ID_AUTH_ID_KEY = 0x240,
    ID_AUTH_AUTHOR_KEY = 0x880,
};

enum {
    POLICY_SIZE = 8,
    POLICY_DEBUG = 1 << 19, /* AMD 56860, "Guest Policy": DEBUG */
    HIGHEST_VMPL = 3,
};

static const unsigned char zeros[REPORT_DATA_SIZE];

/* What each field must be, as it stands in the report; NULL: anything. */
struct expected {
    const unsigned char *anything; /* stays NULL */
    const unsigned char *guest_svn, *policy, *family_id, *image_id, *report_data, *measurement,
        *host_data, *id_key_digest, *author_key_digest;
    /* what some of them point to */
    unsigned char policy_bytes[POLICY_SIZE];
    unsigned char id_key[REPORT_DIGEST_SIZE], author_key[REPORT_DIGEST_SIZE];
    guchar *host, *id_block, *id_auth;
};

struct comparison {
    const cvmdom_report *report;
    const struct cvmdom_launch *launch;
    const struct cvmdom_report_demands *demands;
    struct expected expected;
    gboolean matches;
    cvmdom_report_fn visit;
    void *payload;
};

static void
clear_expected(struct expected *expected)
{
    g_free(expected->host);
    g_free(expected->id_block);
    g_free(expected->id_auth);
}

/* ---- what is expected ---- */

/* Exactly size bytes. NULL when text is, or with an error. */
static guchar *
decode(const char *text, size_t size, const char *key, cvmdom_error **error)
{
    size_t got = 0;
    guchar *bytes = text ? cvm_base64_decode(text, &got) : NULL;

    if (text && (!bytes || got != size)) {
        cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("'%1$s' of the guest is not %2$zu bytes in base64, so there is nothing to "
              "compare the report with"),
            key, size);
        g_free(bytes);
        return NULL;
    }
    return bytes;
}

static int
expect_id_block(const struct cvmdom_launch *launch, struct expected *expected, cvmdom_error **error)
{
    if (!launch->id_block != !launch->id_auth) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("the guest has one of 'idBlock' and 'idAuth' without the other, so "
              "it cannot start"));
    }
    expected->guest_svn = expected->family_id = expected->image_id = zeros;
    expected->id_key_digest = expected->author_key_digest = zeros;
    if (!launch->id_block) {
        return 0;
    }
    expected->id_block = decode(launch->id_block, CVMDOM_ID_BLOCK_SIZE, "idBlock", error);
    expected->id_auth =
        expected->id_block ? decode(launch->id_auth, CVMDOM_ID_AUTH_SIZE, "idAuth", error) : NULL;
    if (!expected->id_auth ||
        attest_hash(EVP_sha384(), expected->id_auth + ID_AUTH_ID_KEY, ATTEST_ECC_KEY_SIZE,
                    expected->id_key, error) < 0 ||
        attest_hash(EVP_sha384(), expected->id_auth + ID_AUTH_AUTHOR_KEY, ATTEST_ECC_KEY_SIZE,
                    expected->author_key, error) < 0) {
        return -1;
    }
    expected->guest_svn = expected->id_block + ID_BLOCK_GUEST_SVN;
    expected->family_id = expected->id_block + ID_BLOCK_FAMILY_ID;
    expected->image_id = expected->id_block + ID_BLOCK_IMAGE_ID;
    expected->id_key_digest = expected->id_key;
    expected->author_key_digest = launch->author_key ? expected->author_key : zeros;
    return 0;
}

int
attest_report_check_guest(const struct cvmdom_launch *launch, cvmdom_error **error)
{
    if (g_strcmp0(launch->guest, "sev-snp") != 0) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_USAGE,
            _("only SEV-SNP guests have attestation reports, and this guest is of "
              "type '%s'"),
            launch->guest ? launch->guest : "none");
    }
    return 0;
}

static int
expect(const struct cvmdom_launch *launch, const struct cvmdom_digest *digest,
       const struct cvmdom_report_demands *demands, struct expected *expected, cvmdom_error **error)
{
    if (attest_report_check_guest(launch, error) < 0) {
        return -1;
    }
    if (digest->size != REPORT_DIGEST_SIZE) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_USAGE,
            _("the launch digest of a SEV-SNP guest has %1$d bytes, and this one "
              "has %2$zu"),
            REPORT_DIGEST_SIZE, digest->size);
    }
    expected->measurement = digest->bytes;
    expected->report_data = demands->report_data;
    if (launch->has_policy) {
        cvm_put_u64(expected->policy_bytes, launch->policy);
        expected->policy = expected->policy_bytes;
    }
    if (launch->host_data) {
        expected->host = decode(launch->host_data, REPORT_HOST_DATA_SIZE, "hostData", error);
        if (!expected->host) {
            return -1;
        }
    }
    expected->host_data = expected->host ? expected->host : zeros;
    return expect_id_block(launch, expected, error);
}

/* ---- how a field is shown; the text is the caller's to g_free() ---- */

static char *
show_bytes(const cvmdom_report *report G_GNUC_UNUSED, const unsigned char *at, size_t size)
{
    GString *text = g_string_sized_new(2 * size);

    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(text, "%02x", at[i]);
    }
    return g_string_free(text, FALSE);
}

static uint64_t
get_number(const unsigned char *at, size_t size)
{
    uint64_t number = 0;

    while (size-- > 0) {
        number = number << 8 | at[size];
    }
    return number;
}

static char *
show_number(const cvmdom_report *report G_GNUC_UNUSED, const unsigned char *at, size_t size)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, get_number(at, size));
}

static char *
show_bits(const cvmdom_report *report G_GNUC_UNUSED, const unsigned char *at, size_t size)
{
    return g_strdup_printf("0x%" G_GINT64_MODIFIER "x", get_number(at, size));
}

static char *
show_policy(const cvmdom_report *report, const unsigned char *at, size_t size)
{
    g_autofree char *number = show_bits(report, at, size);
    char *names = cvmdom_policy_names("sev-snp", get_number(at, size), NULL);
    char *text = names && *names ? g_strdup_printf("%s (%s)", number, names) : g_strdup(number);

    free(names);
    return text;
}

/* Build, minor, major. */
static char *
show_version(const cvmdom_report *report G_GNUC_UNUSED, const unsigned char *at,
             size_t size G_GNUC_UNUSED)
{
    return g_strdup_printf("%u.%u.%u", at[2], at[1], at[0]);
}

static char *
show_tcb(const cvmdom_report *report, const unsigned char *at, size_t size)
{
    enum report_tcb_layout layout;

    return attest_report_tcb_layout(report, &layout) ? attest_report_tcb_format(at, layout)
                                                     : show_bytes(report, at, size);
}

/* ---- the comparison ---- */

static void
tell(struct comparison *comparison, const char *name, const char *reported, const char *expected,
     gboolean matches)
{
    const struct cvmdom_report_field field = { name, reported, expected, matches };

    comparison->matches = comparison->matches && matches;
    if (comparison->visit) {
        comparison->visit(&field, comparison->payload);
    }
}

static void
compare_policy_debug(struct comparison *comparison)
{
    gboolean allowed = comparison->launch->has_policy && comparison->launch->policy & POLICY_DEBUG;
    gboolean on = (cvm_get_u64(comparison->report->bytes + REPORT_POLICY) & POLICY_DEBUG) != 0;

    tell(comparison, "POLICY.DEBUG", on ? "1" : "0", allowed ? NULL : "0", allowed || !on);
}

/* A guest can ask for a report of its own VMPL or a less privileged one; the host can ask for one,
 * too, with a number that is no VMPL. */
static void
compare_vmpl(struct comparison *comparison)
{
    uint32_t vmpl = cvm_get_u32(comparison->report->bytes + REPORT_VMPL);
    int demanded = comparison->demands->vmpl;
    g_autofree char *reported = g_strdup_printf("%u", vmpl);
    g_autofree char *expected = demanded < 0 ? g_strdup_printf(_("%1$d to %2$d"), 0, HIGHEST_VMPL)
                                             : g_strdup_printf("%d", demanded);

    tell(comparison, "VMPL", reported, expected,
         vmpl <= HIGHEST_VMPL && (demanded < 0 || vmpl == (uint32_t)demanded));
}

static void
compare_key_info(struct comparison *comparison)
{
    uint32_t info = cvm_get_u32(comparison->report->bytes + REPORT_KEY_INFO);
    gboolean author = (info & REPORT_AUTHOR_KEY_EN) != 0;
    gboolean masked = (info & REPORT_MASK_CHIP_KEY) != 0;
    gboolean author_wanted = comparison->launch->id_block && comparison->launch->author_key;
    gboolean vcek = comparison->launch->vcek != 0;
    enum report_signing_key key = attest_report_signing_key(comparison->report);

    tell(comparison, "AUTHOR_KEY_EN", author ? "1" : "0", author_wanted ? "1" : "0",
         author == author_wanted);
    tell(comparison, "MASK_CHIP_KEY", masked ? "1" : "0", "0", !masked);
    tell(comparison, "SIGNING_KEY",
         key == REPORT_SIGNED_BY_VCEK   ? "VCEK"
         : key == REPORT_SIGNED_BY_VLEK ? "VLEK"
                                        : _("none"),
         vcek ? _("VCEK or VLEK") : "VLEK",
         key == REPORT_SIGNED_BY_VLEK || (vcek && key == REPORT_SIGNED_BY_VCEK));
}

static void
compare_reported_tcb(struct comparison *comparison)
{
    const unsigned char *tcb = comparison->report->bytes + REPORT_REPORTED_TCB;
    g_autofree char *reported = show_tcb(comparison->report, tcb, REPORT_TCB_SIZE);
    const char *least = comparison->demands->least_tcb;

    tell(comparison, "REPORTED_TCB", reported, least,
         !least || attest_report_tcb_reaches(comparison->report, least));
}

/* In the report's order. */
static const struct row {
    const char *name;
    uint16_t at;
    uint8_t size;
    uint8_t since; /* version; earlier ones do not have it */
    char *(*show)(const cvmdom_report *report, const unsigned char *at, size_t size);
    size_t expected;                             /* offset in struct expected of what it must be */
    void (*also)(struct comparison *comparison); /* fields of another kind that come before it */
} rows[] = {
#define EXPECTED(member) offsetof(struct expected, member)
#define NOT_DEMANDED EXPECTED(anything)
    { "VERSION", REPORT_VERSION, 4, 2, show_number, NOT_DEMANDED, NULL },
    { "GUEST_SVN", REPORT_GUEST_SVN, 4, 2, show_number, EXPECTED(guest_svn), NULL },
    { "POLICY", REPORT_POLICY, POLICY_SIZE, 2, show_policy, EXPECTED(policy), NULL },
    { "FAMILY_ID", REPORT_FAMILY_ID, REPORT_ID_SIZE, 2, show_bytes, EXPECTED(family_id),
      compare_policy_debug },
    { "IMAGE_ID", REPORT_IMAGE_ID, REPORT_ID_SIZE, 2, show_bytes, EXPECTED(image_id), NULL },
    { "CURRENT_TCB", REPORT_CURRENT_TCB, REPORT_TCB_SIZE, 2, show_tcb, NOT_DEMANDED, compare_vmpl },
    { "PLATFORM_INFO", REPORT_PLATFORM_INFO, 8, 2, show_bits, NOT_DEMANDED, NULL },
    { "REPORT_DATA", REPORT_REPORT_DATA, REPORT_DATA_SIZE, 2, show_bytes, EXPECTED(report_data),
      compare_key_info },
    { "MEASUREMENT", REPORT_MEASUREMENT, REPORT_DIGEST_SIZE, 2, show_bytes, EXPECTED(measurement),
      NULL },
    { "HOST_DATA", REPORT_HOST_DATA, REPORT_HOST_DATA_SIZE, 2, show_bytes, EXPECTED(host_data),
      NULL },
    { "ID_KEY_DIGEST", REPORT_ID_KEY_DIGEST, REPORT_DIGEST_SIZE, 2, show_bytes,
      EXPECTED(id_key_digest), NULL },
    { "AUTHOR_KEY_DIGEST", REPORT_AUTHOR_KEY_DIGEST, REPORT_DIGEST_SIZE, 2, show_bytes,
      EXPECTED(author_key_digest), NULL },
    { "REPORT_ID", REPORT_REPORT_ID, 32, 2, show_bytes, NOT_DEMANDED, NULL },
    { "REPORT_ID_MA", REPORT_REPORT_ID_MA, 32, 2, show_bytes, NOT_DEMANDED, NULL },
    { "CPUID_FAM_ID", REPORT_CPUID_FAM_ID, 1, 3, show_bits, NOT_DEMANDED, compare_reported_tcb },
    { "CPUID_MOD_ID", REPORT_CPUID_MOD_ID, 1, 3, show_bits, NOT_DEMANDED, NULL },
    { "CPUID_STEP", REPORT_CPUID_STEP, 1, 3, show_bits, NOT_DEMANDED, NULL },
    { "CHIP_ID", REPORT_CHIP_ID, REPORT_CHIP_ID_SIZE, 2, show_bytes, NOT_DEMANDED, NULL },
    { "COMMITTED_TCB", REPORT_COMMITTED_TCB, REPORT_TCB_SIZE, 2, show_tcb, NOT_DEMANDED, NULL },
    { "CURRENT_VERSION", REPORT_CURRENT_VERSION, 3, 2, show_version, NOT_DEMANDED, NULL },
    { "COMMITTED_VERSION", REPORT_COMMITTED_VERSION, 3, 2, show_version, NOT_DEMANDED, NULL },
    { "LAUNCH_TCB", REPORT_LAUNCH_TCB, REPORT_TCB_SIZE, 2, show_tcb, NOT_DEMANDED, NULL },
    { "LAUNCH_MIT_VECTOR", REPORT_LAUNCH_MIT_VECTOR, 8, 5, show_bits, NOT_DEMANDED, NULL },
    { "CURRENT_MIT_VECTOR", REPORT_CURRENT_MIT_VECTOR, 8, 5, show_bits, NOT_DEMANDED, NULL },
#undef NOT_DEMANDED
#undef EXPECTED
};

static void
compare_row(struct comparison *comparison, const struct row *row)
{
    const unsigned char *at = comparison->report->bytes + row->at;
    const unsigned char *expected =
        *(const unsigned char *const *)((const char *)&comparison->expected + row->expected);
    g_autofree char *reported_text = row->show(comparison->report, at, row->size);
    g_autofree char *expected_text =
        expected ? row->show(comparison->report, expected, row->size) : NULL;

    tell(comparison, row->name, reported_text, expected_text,
         !expected || CRYPTO_memcmp(at, expected, row->size) == 0);
}

static void
compare_rows(struct comparison *comparison)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].also) {
            rows[i].also(comparison);
        }
        if (attest_report_version(comparison->report) >= rows[i].since) {
            compare_row(comparison, &rows[i]);
        }
    }
}

int
cvmdom_report_compare(const cvmdom_report *report, const struct cvmdom_launch *launch,
                      const struct cvmdom_digest *digest,
                      const struct cvmdom_report_demands *demands, cvmdom_report_fn visit,
                      void *payload, cvmdom_error **error)
{
    static const struct cvmdom_report_demands none = { .vmpl = -1 };
    struct comparison comparison = { .report = report,
                                     .launch = launch,
                                     .demands = demands ? demands : &none,
                                     .matches = TRUE,
                                     .visit = visit,
                                     .payload = payload };
    int status = -1;

    if (attest_report_tcb_check(comparison.demands->least_tcb, error) == 0 &&
        expect(launch, digest, comparison.demands, &comparison.expected, error) == 0) {
        compare_rows(&comparison);
        status = comparison.matches;
    }
    clear_expected(&comparison.expected);
    return status;
}
