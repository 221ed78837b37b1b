/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a VCEK or VLEK certificate says beside its key, compared with the report: AMD 57230, "VCEK
 * Certificate Extensions" and "VLEK Certificate Extensions". */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#include "attest/report_chain.h"
#include "util/i18n.h"

#define OID_HWID "1.3.6.1.4.1.3704.1.4"   /* CHIP_ID, in the certificate of a VCEK */
#define OID_CSP_ID "1.3.6.1.4.1.3704.1.5" /* whose VLEK it is */

/* Subjects: as AMD's key server gives them out, "ARK-Milan", "SEV-Milan", "SEV-VLEK-Milan". */
#define ARK_PREFIX "ARK-"

static const struct kind {
    enum report_signing_key key;
    const char *leaf_name;
    const char *ask_name;
    const char *leaf_subject;
    const char *ask_prefix; /* before the name of the product */
    const char *wanted;     /* the extension that such a leaf has … */
    const char *foreign;    /* … and the one that it does not have */
} kinds[] = {
    { REPORT_SIGNED_BY_VCEK, "VCEK", "ASK", "SEV-VCEK", "SEV-", OID_HWID, OID_CSP_ID },
    { REPORT_SIGNED_BY_VLEK, "VLEK", "ASVK", "SEV-VLEK", "SEV-VLEK-", OID_CSP_ID, OID_HWID },
};

/* NULL: nobody signed the report. */
static const struct kind *
find_kind(const cvmdom_report *report)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].key == attest_report_signing_key(report)) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* The caller's to g_free(); NULL when there is not exactly one, or it is no plain text. */
static char *
common_name(const X509 *certificate)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    unsigned char *utf8 = NULL;
    char *name = NULL;
    int size;

    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) {
        return NULL;
    }
    size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size >= 0 && strlen((const char *)utf8) == (size_t)size) {
        name = g_strdup((const char *)utf8);
    }
    OPENSSL_free(utf8);
    return name;
}

/* ARK and ASK are of one product; the leaf bears no product's name. */
static gboolean
names_fit(const struct kind *kind, const struct report_chain *chain)
{
    g_autofree char *leaf = common_name(chain->leaf);
    g_autofree char *ask = common_name(chain->ask);
    g_autofree char *ark = common_name(chain->ark);

    return leaf && ask && ark && g_str_equal(leaf, kind->leaf_subject) &&
           g_str_has_prefix(ark, ARK_PREFIX) && g_str_has_prefix(ask, kind->ask_prefix) &&
           g_str_equal(ark + strlen(ARK_PREFIX), ask + strlen(kind->ask_prefix));
}

int
attest_report_chain_name(const cvmdom_report *report, struct report_chain *chain,
                         cvmdom_error **error)
{
    const struct kind *kind = find_kind(report);

    if (!kind || cvm_get_u32(report->bytes + REPORT_KEY_INFO) & REPORT_MASK_CHIP_KEY) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("nobody signed the report: the host masks its key, or the report was "
              "asked for without a signature"));
    }
    chain->leaf_name = kind->leaf_name;
    chain->ask_name = kind->ask_name;
    if (!names_fit(kind, chain)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the report says that a %1$s signed it, and the certificates are not "
              "named like one (%2$s) with its %3$s (%4$s and the name of the "
              "product) and the ARK (%5$s and the same name)"),
            kind->leaf_name, kind->leaf_subject, kind->ask_name, kind->ask_prefix, ARK_PREFIX);
    }
    return 0;
}

/* The content of an extension, borrowed; NULL when there is none, or more than one. */
static const ASN1_OCTET_STRING *
find_extension(const X509 *certificate, const char *oid)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    int at = object ? X509_get_ext_by_OBJ(certificate, object, -1) : -1;
    gboolean once = at >= 0 && X509_get_ext_by_OBJ(certificate, object, at) < 0;

    ASN1_OBJECT_free(object);
    return once ? X509_EXTENSION_get_data(X509_get_ext(certificate, at)) : NULL;
}

static gboolean
has_extension(const X509 *certificate, const char *oid)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    gboolean found = object && X509_get_ext_by_OBJ(certificate, object, -1) >= 0;

    ASN1_OBJECT_free(object);
    return found;
}

/* An INTEGER of 0 to 255; FALSE for anything else. */
static gboolean
get_level(const X509 *certificate, const char *oid, unsigned char *level)
{
    const ASN1_OCTET_STRING *content = find_extension(certificate, oid);
    const unsigned char *at = content ? ASN1_STRING_get0_data(content) : NULL;
    const unsigned char *end = content ? at + ASN1_STRING_length(content) : NULL;
    ASN1_INTEGER *number = content ? d2i_ASN1_INTEGER(NULL, &at, end - at) : NULL;
    uint64_t value = 0;
    gboolean good =
        number && at == end && ASN1_INTEGER_get_uint64(&value, number) == 1 && value <= UINT8_MAX;

    ASN1_INTEGER_free(number);
    ERR_clear_error();
    *level = (unsigned char)value;
    return good;
}

/* The TCB_VERSION that the certificate was issued for. Reserved parts may be missing. */
static int
compose_tcb(const struct report_chain *chain, enum report_tcb_layout layout,
            unsigned char tcb[REPORT_TCB_SIZE], cvmdom_error **error)
{
    const struct report_tcb_part *part;

    memset(tcb, 0, REPORT_TCB_SIZE);
    for (size_t i = 0; (part = attest_report_tcb_part_at(i)); i++) {
        int place = part->place[layout];
        gboolean there = has_extension(chain->leaf, part->oid);

        if (place == REPORT_TCB_NOWHERE || (!there && !part->name)) {
            continue;
        }
        if (!get_level(chain->leaf, part->oid, &tcb[place])) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_UNTRUSTED,
                _("the %1$s does not say for which firmware it is: its extension "
                  "%2$s is missing, or no number from 0 to 255"),
                chain->leaf_name, part->oid);
        }
    }
    return 0;
}

/* The certificate tells by what it has; the report, since version 3, by its family. */
static int
find_layout(const cvmdom_report *report, const struct report_chain *chain,
            enum report_tcb_layout *layout, cvmdom_error **error)
{
    const struct report_tcb_part *fmc = attest_report_tcb_part_at(0);
    enum report_tcb_layout said;
    gboolean known = attest_report_tcb_layout(report, &said);

    *layout = has_extension(chain->leaf, fmc->oid) ? REPORT_TCB_TURIN : REPORT_TCB_MILAN;
    if (!known && attest_report_version(report) < 3) {
        return 0;
    }
    if (!known) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("the report comes from a processor of family 0x%x, of which this "
                                  "program does not know how it states its firmware"),
                                attest_report_family(report));
    }
    return said == *layout
               ? 0
               : cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                  _("the %s is for another family of processors than the report is "
                                    "from"),
                                  chain->leaf_name);
}

static int
match_tcb(const cvmdom_report *report, const struct report_chain *chain,
          enum report_tcb_layout layout, cvmdom_error **error)
{
    const unsigned char *reported = report->bytes + REPORT_REPORTED_TCB;
    unsigned char tcb[REPORT_TCB_SIZE];

    if (compose_tcb(chain, layout, tcb, error) < 0) {
        return -1;
    }
    if (memcmp(tcb, reported, sizeof(tcb)) != 0) {
        g_autofree char *certified = attest_report_tcb_format(tcb, layout);
        g_autofree char *said = attest_report_tcb_format(reported, layout);

        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the %1$s is for other firmware (%2$s) than the report states "
                                  "(%3$s): ask AMD for the one of this TCB"),
                                chain->leaf_name, certified, said);
    }
    return 0;
}

static int
match_chip(const cvmdom_report *report, const struct report_chain *chain,
           enum report_tcb_layout layout, cvmdom_error **error)
{
    static const unsigned char zeros[REPORT_CHIP_ID_SIZE];
    const unsigned char *chip = report->bytes + REPORT_CHIP_ID;
    size_t size = layout == REPORT_TCB_TURIN ? REPORT_SHORT_CHIP_ID_SIZE : REPORT_CHIP_ID_SIZE;
    const ASN1_OCTET_STRING *hwid = find_extension(chain->leaf, OID_HWID);

    if (memcmp(chip, zeros, REPORT_CHIP_ID_SIZE) == 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the report does not say from which chip it is: the host masks "
                                  "CHIP_ID, so that it cannot be compared with the VCEK's"));
    }
    if (!hwid || (size_t)ASN1_STRING_length(hwid) != size ||
        memcmp(ASN1_STRING_get0_data(hwid), chip, size) != 0 ||
        memcmp(chip + size, zeros, REPORT_CHIP_ID_SIZE - size) != 0) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNTRUSTED,
                                _("the VCEK is another chip's than the report's CHIP_ID names"));
    }
    return 0;
}

int
attest_report_chain_match(const cvmdom_report *report, const struct report_chain *chain,
                          cvmdom_error **error)
{
    const struct kind *kind = find_kind(report);
    enum report_tcb_layout layout;

    if (!kind || !has_extension(chain->leaf, kind->wanted) ||
        has_extension(chain->leaf, kind->foreign)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNTRUSTED,
            _("the certificate is none of a %s, which the report says signed it: "
              "its extensions are others"),
            chain->leaf_name);
    }
    if (find_layout(report, chain, &layout, error) < 0 ||
        match_tcb(report, chain, layout, error) < 0) {
        return -1;
    }
    return kind->key == REPORT_SIGNED_BY_VCEK ? match_chip(report, chain, layout, error) : 0;
}
