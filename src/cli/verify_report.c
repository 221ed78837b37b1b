/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The attestation report of a SEV-SNP guest, judged: first who vouches for it, and only then what
 * it says. */
#include <stdio.h>
#include <string.h>

#include "cli/verify.h"
#include "util/file.h"
#include "util/json.h"
#include "util/number.h"

enum {
    REPORT_LIMIT = 8 * 1024,
    CERTIFICATES_LIMIT = 64 * 1024,
    REPORT_DATA_SIZE = 64,
    HIGHEST_VMPL = 3,
    FINGERPRINT_DIGITS = 64,
    STATE_WIDTH = 10,
    NAME_WIDTH = 20,
};

struct field {
    char *name, *reported, *expected; /* expected: NULL: nothing was demanded */
    gboolean matches;
};

struct judging {
    const struct verify_context *context;
    const struct verify_report_options *options;
    const struct cli_attest *attest;
    cvmdom_report *report;
    struct cvmdom_report_demands demands;
    unsigned char report_data[REPORT_DATA_SIZE];
    GArray *fields; /* of struct field */
    GArray *chain;  /* of struct cvmdom_chain_link */
    GPtrArray *explanations;
    char *reason; /* why nobody vouches for it; NULL: somebody does, or was not asked */
    gboolean fields_match;
};

/* ---- options ---- */

/* 64 hexadecimal digits, with colons between pairs of them or without. */
static gboolean
is_fingerprint(const char *text)
{
    unsigned digits = 0;

    for (; *text; text++) {
        if (g_ascii_isxdigit(*text)) {
            digits++;
        } else if (*text != ':') {
            return FALSE;
        }
    }
    return digits == FINGERPRINT_DIGITS;
}

gboolean
verify_report_check(const struct cli_command *command, const struct verify_report_options *options)
{
    if (options->fields_only && (options->vcek || options->ca || options->ark)) {
        cli_usage(command, _("--fields-only verifies no signature: leave --vcek, --ca and --ark "
                             "out"));
        return FALSE;
    }
    if (!options->fields_only && !options->vcek) {
        cli_usage(command, _("--vcek is missing: without the certificate of the key that signed "
                             "it, anybody can have written the report; --fields-only compares "
                             "what such a report says, and believes none of it"));
        return FALSE;
    }
    if (options->ark && !is_fingerprint(options->ark)) {
        cli_usage(command, _("option '--ark' takes a SHA-256, 64 hexadecimal digits, not '%s'"),
                  options->ark);
        return FALSE;
    }
    return TRUE;
}

static int
parse_vmpl(struct judging *judging)
{
    const char *text = judging->options->vmpl;
    uint64_t vmpl = 0;

    if (text && (!cvm_number_parse_decimal(text, &vmpl) || vmpl > HIGHEST_VMPL)) {
        cli_usage(judging->context->command, _("option '--vmpl' takes 0 to %1$d, not '%2$s'"),
                  HIGHEST_VMPL, text);
        return VERIFY_USAGE;
    }
    judging->demands.vmpl = text ? (int)vmpl : -1;
    return VERIFY_MATCHES;
}

static gboolean
parse_hex(const char *text, unsigned char *out, size_t size)
{
    if (strlen(text) != 2 * size) {
        return FALSE;
    }
    for (size_t i = 0; i < size; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return FALSE;
        }
        out[i] = (unsigned char)(high << 4 | low);
    }
    return TRUE;
}

static int
parse_report_data(struct judging *judging)
{
    const char *text = judging->options->report_data;
    g_autoptr(GError) error = NULL;

    if (!text) {
        return VERIFY_MATCHES;
    }
    if (*text == '@') {
        if (cvm_file_read_exactly(text + 1, judging->report_data, REPORT_DATA_SIZE, &error) < 0) {
            cli_say("%s", error->message);
            return VERIFY_FAILED;
        }
    } else if (!parse_hex(text, judging->report_data, REPORT_DATA_SIZE)) {
        cli_usage(judging->context->command,
                  _("option '--report-data' takes %1$d bytes, %2$d hexadecimal digits, or '@' and "
                    "the name of a file with them; not '%3$s'"),
                  REPORT_DATA_SIZE, 2 * REPORT_DATA_SIZE, text);
        return VERIFY_USAGE;
    }
    judging->demands.report_data = judging->report_data;
    return VERIFY_MATCHES;
}

/* ---- reading ---- */

static int
read_file(const char *path, size_t limit, char **data, size_t *size)
{
    g_autoptr(GError) error = NULL;

    if (path && cvm_file_read(path, limit, data, size, &error) < 0) {
        cli_say("%s", error->message);
        return VERIFY_FAILED;
    }
    return VERIFY_MATCHES;
}

static int
read_report(struct judging *judging)
{
    g_autofree char *data = NULL;
    size_t size = 0;
    cvmdom_error *error = NULL;

    if (read_file(judging->options->report, REPORT_LIMIT, &data, &size) != VERIFY_MATCHES) {
        return VERIFY_FAILED;
    }
    judging->report = judging->attest->report_parse((const unsigned char *)data, size, &error);
    if (!judging->report) {
        cli_say("%s: %s", judging->options->report, cvmdom_error_message(error));
        cvmdom_error_free(error);
        return VERIFY_FAILED;
    }
    return VERIFY_MATCHES;
}

/* ---- judging ---- */

static void
keep_link(const struct cvmdom_chain_link *link, void *payload)
{
    g_array_append_vals(payload, link, 1);
}

static int
verify_signature(struct judging *judging)
{
    g_autofree char *vcek = NULL;
    g_autofree char *ca = NULL;
    struct cvmdom_report_certs certs = { .ark = judging->options->ark };
    cvmdom_error *error = NULL;

    if (read_file(judging->options->vcek, CERTIFICATES_LIMIT, &vcek, &certs.vcek_size) !=
            VERIFY_MATCHES ||
        read_file(judging->options->ca, CERTIFICATES_LIMIT, &ca, &certs.ca_size) !=
            VERIFY_MATCHES) {
        return VERIFY_FAILED;
    }
    certs.vcek = (const unsigned char *)vcek;
    certs.ca = (const unsigned char *)ca;
    if (judging->attest->report_verify(judging->report, &certs, keep_link, judging->chain,
                                       &error) == 0) {
        return VERIFY_MATCHES;
    }
    if (cvmdom_error_code(error) != CVMDOM_ERROR_UNTRUSTED) {
        return verify_status_of(cli_fail(error));
    }
    judging->reason = g_strdup(cvmdom_error_message(error));
    cvmdom_error_free(error);
    return VERIFY_DIFFERS;
}

static void
keep_field(const struct cvmdom_report_field *field, void *payload)
{
    const struct field kept = { g_strdup(field->name), g_strdup(field->reported),
                                g_strdup(field->expected), field->matches != 0 };

    g_array_append_val((GArray *)payload, kept);
}

static gboolean
field_differs(const struct judging *judging, const char *name)
{
    for (guint i = 0; i < judging->fields->len; i++) {
        const struct field *field = &g_array_index(judging->fields, struct field, i);

        if (g_str_equal(field->name, name)) {
            return !field->matches;
        }
    }
    return FALSE;
}

static int
explain(struct judging *judging)
{
    g_autoptr(GPtrArray) images =
        g_ptr_array_new_with_free_func((GDestroyNotify)cvmdom_firmware_free);
    const struct cli_launch *launch = judging->context->launch;
    cvmdom_error *error = NULL;
    int status = verify_read_images(judging->context, images);

    if (status != VERIFY_MATCHES) {
        return status;
    }
    if (judging->attest->report_explain(judging->report, &launch->launch, launch->firmware,
                                        (const cvmdom_firmware *const *)images->pdata,
                                        verify_explanations_keep, judging->explanations,
                                        &error) < 0) {
        return verify_status_of(cli_fail(error));
    }
    return VERIFY_DIFFERS;
}

static int
compare(struct judging *judging)
{
    const struct cli_launch *launch = judging->context->launch;
    struct cvmdom_digest digest;
    cvmdom_error *error = NULL;
    int matches = -1;

    if (judging->attest->launch_digest(&launch->launch, launch->firmware, NULL, NULL, &digest,
                                       &error) == 0) {
        matches =
            judging->attest->report_compare(judging->report, &launch->launch, &digest,
                                            &judging->demands, keep_field, judging->fields, &error);
    }
    if (matches < 0) {
        return verify_status_of(cli_fail(error));
    }
    judging->fields_match = matches;
    if (field_differs(judging, "MEASUREMENT")) {
        return explain(judging);
    }
    return matches ? VERIFY_MATCHES : VERIFY_DIFFERS;
}

static int
check_type(const struct judging *judging)
{
    if (g_strcmp0(judging->context->launch->launch.guest, "sev-snp") == 0) {
        return VERIFY_MATCHES;
    }
    cli_say(_("'%s' is no SEV-SNP guest: it has no attestation report"),
            cli_job_title(judging->context->launch->job));
    return VERIFY_USAGE;
}

/* A root that comes with the report is the host's word, whatever it is called: somebody has to say
 * of it that it is AMD's, by the file that it is in or by its SHA-256. */
static int
check_root(const struct judging *judging)
{
    return judging->options->ca || judging->options->ark
               ? VERIFY_MATCHES
               : verify_doubt(judging->context,
                              _("the ARK is in the file of the VCEK, which whoever made up the "
                                "report can have made up, too: give AMD's certificates with --ca, "
                                "or insist on the ARK with --ark"));
}

/* What the options say, before anything is read. */
static int
prepare(struct judging *judging)
{
    int status = check_type(judging);

    if (status == VERIFY_MATCHES) {
        status = parse_vmpl(judging);
    }
    if (status == VERIFY_MATCHES) {
        status = parse_report_data(judging);
    }
    judging->demands.least_tcb = judging->options->least_tcb;
    return status;
}

static int
judge(struct judging *judging)
{
    int status = prepare(judging);

    if (status == VERIFY_MATCHES) {
        status = verify_check_worth(judging->context);
    }
    if (status == VERIFY_MATCHES) {
        status = read_report(judging);
    }
    if (status == VERIFY_MATCHES && !judging->options->fields_only) {
        status = verify_signature(judging);
        if (status == VERIFY_MATCHES) {
            status = check_root(judging);
        }
    }
    if (status == VERIFY_MATCHES) {
        status = compare(judging);
    }
    return status == VERIFY_MATCHES && judging->options->fields_only ? VERIFY_INSECURE : status;
}

/* ---- the verdict ---- */

static void
print_line(const char *state, const char *name, const char *value)
{
    g_autofree char *text = g_strdup(value);

    cli_make_plain(text);
    printf("  %s%*s%s%*s%s\n", state, MAX(1, STATE_WIDTH - (int)g_utf8_strlen(state, -1)), "", name,
           MAX(1, NAME_WIDTH - (int)g_utf8_strlen(name, -1)), "", text);
}

static void
print_fields(const struct judging *judging)
{
    for (guint i = 0; i < judging->fields->len; i++) {
        const struct field *field = &g_array_index(judging->fields, struct field, i);

        print_line(!field->expected ? "-"
                   : field->matches ? _("ok")
                                    : _("differs"),
                   field->name, field->reported);
        if (!field->matches) {
            print_line("", _("expected"), field->expected);
        }
    }
}

static void
print_chain(const struct judging *judging)
{
    for (guint i = judging->chain->len; i > 0; i--) {
        const struct cvmdom_chain_link *link =
            &g_array_index(judging->chain, struct cvmdom_chain_link, i - 1);
        g_autofree char *name = g_strdup_printf(_("%1$s by %2$s"), link->subject, link->signer);

        print_line(_("signed"), name, link->algorithm);
        print_line("", "SHA-256", link->fingerprint);
    }
}

/* What a report that matches does not say. */
static void
warn(const struct judging *judging)
{
    if (!judging->options->fields_only && !judging->options->ark) {
        cli_say(_("warning: nothing but the file that it is in says that this ARK is AMD's, and "
                  "anybody can make such a chain; insist on AMD's with --ark"));
    }
    if (!judging->options->report_data) {
        cli_say(_("warning: the report may be an old one: ask the guest for one with 64 bytes that "
                  "it did not know before, and give them here with --report-data"));
    }
}

static void
print_headline(const struct judging *judging, int status)
{
    g_autofree char *title = g_strdup(cli_job_title(judging->context->launch->job));

    cli_make_plain(title);
    if (status == VERIFY_MATCHES) {
        printf(_("'%s': OK: the report is signed, and of this launch"), title);
    } else if (status == VERIFY_INSECURE) {
        printf(_("'%s': NOT VERIFIED: the fields are those of this launch, but nobody vouches for "
                 "the report; do not trust this guest for it"),
               title);
    } else if (judging->reason) {
        printf(_("'%s': NOT VERIFIED: nobody vouches for the report; do not trust this guest, and "
                 "give it no secret"),
               title);
    } else {
        printf(_("'%s': NOT VERIFIED: the report is not of this launch; do not trust this guest, "
                 "and give it no secret"),
               title);
    }
    printf("\n");
}

static void
print_text(const struct judging *judging, int status)
{
    print_headline(judging, status);
    if (judging->reason) {
        g_autofree char *sentence = g_strdup_printf("%s.", judging->reason);

        cli_make_plain(sentence);
        cli_print_wrapped(sentence, 0);
        return;
    }
    print_fields(judging);
    print_chain(judging);
    verify_explanations_print(judging->explanations);
    if (field_differs(judging, "MEASUREMENT") && judging->explanations->len == 0) {
        printf("\n");
        cli_print_wrapped(_("Nothing that was tried explains the MEASUREMENT: no other number of "
                            "vCPUs, CPU model, SEV_FEATURES or form of their state, not the kernel "
                            "hashes, and no image at hand. The guest may be anything."),
                          0);
    }
    if (field_differs(judging, "ID_KEY_DIGEST") && !judging->context->launch->launch.id_block) {
        printf("\n");
        cli_print_wrapped(_("The guest was started with an ID block, and the document has none: "
                            "if the ID block is yours, verify with the document that holds it, "
                            "such as the XML that 'cvmdom render --id-key' wrote."),
                          0);
    }
}

static json_t *
describe_fields(const struct judging *judging)
{
    json_t *list = json_array();

    for (guint i = 0; i < judging->fields->len; i++) {
        const struct field *field = &g_array_index(judging->fields, struct field, i);

        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:o, s:b}", "name", field->name, "reported",
                                        cvm_json_text(field->reported), "expected",
                                        cvm_json_text(field->expected), "matches", field->matches));
    }
    return list;
}

static json_t *
describe_chain(const struct judging *judging)
{
    json_t *list = json_array();

    for (guint i = 0; i < judging->chain->len; i++) {
        const struct cvmdom_chain_link *link =
            &g_array_index(judging->chain, struct cvmdom_chain_link, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "subject", link->subject,
                                              "signer", link->signer, "algorithm", link->algorithm,
                                              "sha256", link->fingerprint));
    }
    return list;
}

static void
print_json(const struct judging *judging, int status)
{
    g_autoptr(GString) text = g_string_new(NULL);

    cvm_json_write(json_pack("{s:i, s:o, s:s, s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:o}", "version",
                             1, "name", cvm_json_text(cli_job_title(judging->context->launch->job)),
                             "type", "sev-snp", "matches", status == VERIFY_MATCHES, "signed",
                             judging->chain->len > 0, "pinned",
                             judging->chain->len > 0 && judging->options->ark, "fieldsMatch",
                             judging->fields_match, "reason", cvm_json_text(judging->reason),
                             "chain", describe_chain(judging), "fields", describe_fields(judging),
                             "explanations", verify_explanations_describe(judging->explanations)),
                   text);
    fputs(text->str, stdout);
}

static void
clear_field(gpointer data)
{
    struct field *field = data;

    g_free(field->name);
    g_free(field->reported);
    g_free(field->expected);
}

/* Whether there is a verdict: the fields were compared, or nobody vouches for them. */
static gboolean
is_verdict(const struct judging *judging, int status)
{
    return status == VERIFY_MATCHES || status == VERIFY_DIFFERS || judging->fields->len > 0;
}

int
verify_report(const struct verify_context *context, const struct verify_report_options *options)
{
    struct judging judging = {
        .context = context,
        .options = options,
        .attest = cli_attest_load(),
        .fields = g_array_new(FALSE, FALSE, sizeof(struct field)),
        .chain = g_array_new(FALSE, FALSE, sizeof(struct cvmdom_chain_link)),
        .explanations = verify_explanations_new(),
    };
    int status;

    g_array_set_clear_func(judging.fields, clear_field);
    status = judging.attest ? judge(&judging) : VERIFY_FAILED;
    if (status == VERIFY_MATCHES) {
        warn(&judging);
    }
    if (!context->quiet && is_verdict(&judging, status)) {
        if (context->json) {
            print_json(&judging, status);
        } else {
            print_text(&judging, status);
        }
    }
    if (judging.attest) {
        judging.attest->report_free(judging.report);
    }
    g_array_unref(judging.fields);
    g_array_unref(judging.chain);
    g_ptr_array_unref(judging.explanations);
    g_free(judging.reason);
    return status;
}
