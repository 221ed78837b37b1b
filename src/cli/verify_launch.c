/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The measurement that LAUNCH_MEASURE answered, judged. The HMAC that was expected is never
 * printed: the platform's nonce is no secret, and who reads the HMAC for it could report that. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/verify.h"
#include "util/json.h"
#include "util/number.h"

enum {
    NAME_WIDTH = 16,
};

struct judging {
    const struct verify_context *context;
    const struct verify_launch_options *options;
    const struct cli_attest *attest;
    struct verify_reported reported;
    struct cvmdom_measurement measurement;
    struct cvmdom_launch_keys keys;
    struct cvmdom_digest digest;
    GPtrArray *explanations; /* of verify_explanations_new() */
};

/* ---- options ---- */

static gboolean
check_keys(const struct cli_command *command, const struct verify_launch_options *options)
{
    if (options->tk && (options->tik || options->tek)) {
        cli_usage(command, _("--tk has both keys: leave --tik and --tek out"));
        return FALSE;
    }
    if (!options->tk && !(options->tik && options->tek)) {
        cli_usage(command, _("the session's keys are missing: give --tik and --tek, or --tk; a "
                             "SEV-SNP guest has none, see 'cvmdom help verify' for its --report"));
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_offline(const struct cli_command *command, const struct verify_launch_options *options)
{
    const struct {
        const char *value, *name;
    } needed[] = {
        { options->measurement, "measurement" },
        { options->api_major, "api-major" },
        { options->api_minor, "api-minor" },
        { options->build_id, "build-id" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (!needed[i].value) {
            cli_usage(command,
                      _("--%1$s is missing: give what 'virsh domlaunchsecinfo' prints of the "
                        "guest, or --connect"),
                      needed[i].name);
            return FALSE;
        }
    }
    if (options->domain || options->connect.timeout || options->ignore_config) {
        cli_usage(command, _("--domain, --timeout and --ignore-config are about a domain that "
                             "runs: they need --connect"));
        return FALSE;
    }
    return TRUE;
}

gboolean
verify_launch_check(const struct cli_command *command, const struct verify_launch_options *options)
{
    return check_keys(command, options) &&
           (options->connect.uri || check_offline(command, options));
}

static gboolean
parse_byte(const struct judging *judging, const char *name, const char *text, unsigned *value)
{
    uint64_t number;
    gboolean valid = g_ascii_strncasecmp(text, "0x", 2) == 0
                         ? cvm_number_parse_hex(text, &number)
                         : cvm_number_parse_decimal(text, &number);

    if (!valid || number > UINT8_MAX) {
        cli_usage(judging->context->command,
                  _("option '--%1$s' takes a number from 0 to 255, not '%2$s'"), name, text);
        return FALSE;
    }
    *value = (unsigned)number;
    return TRUE;
}

/* What the command line gives counts before what libvirt reports. */
static int
gather_measurement(struct judging *judging)
{
    const struct verify_launch_options *options = judging->options;
    struct verify_reported *reported = &judging->reported;
    struct cvmdom_measurement *measurement = &judging->measurement;
    const struct {
        const char *name, *given;
        unsigned reported, *value;
    } numbers[] = {
        { "api-major", options->api_major, reported->api_major, &measurement->api_major },
        { "api-minor", options->api_minor, reported->api_minor, &measurement->api_minor },
        { "build-id", options->build_id, reported->build_id, &measurement->build_id },
    };
    cvmdom_error *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!numbers[i].given) {
            *numbers[i].value = numbers[i].reported;
        } else if (!parse_byte(judging, numbers[i].name, numbers[i].given, numbers[i].value)) {
            return VERIFY_USAGE;
        }
    }
    if (judging->attest->measurement_parse(options->measurement ? options->measurement
                                                                : reported->measurement,
                                           measurement, &error) == 0) {
        return VERIFY_MATCHES;
    }
    cli_fail(error);
    return options->measurement ? VERIFY_USAGE : VERIFY_FAILED;
}

static int
read_keys(struct judging *judging)
{
    const struct verify_launch_options *options = judging->options;
    cvmdom_error *error = NULL;
    int code;

    if (judging->attest->launch_keys_read(options->tik, options->tek, options->tk, &judging->keys,
                                          &error) == 0) {
        return VERIFY_MATCHES;
    }
    code = cvmdom_error_code(error);
    cli_fail(error);
    return code == CVMDOM_ERROR_IO ? VERIFY_FAILED : VERIFY_USAGE;
}

/* ---- what may be judged at all ---- */

static int
check_type(const struct judging *judging)
{
    const struct cvmdom_launch *launch = &judging->context->launch->launch;

    if (g_strcmp0(launch->guest, "sev") == 0 || g_strcmp0(launch->guest, "sev-es") == 0) {
        return VERIFY_MATCHES;
    }
    if (g_strcmp0(launch->guest, "sev-snp") == 0) {
        cli_say(_("'%1$s' is a SEV-SNP guest: its launch is answered by no measurement; ask the "
                  "guest for an attestation report, and verify that with --report"),
                cli_job_title(judging->context->launch->job));
        return VERIFY_USAGE;
    }
    cli_say(_("'%1$s' is no SEV or SEV-ES guest: nobody measures its launch"),
            cli_job_title(judging->context->launch->job));
    return VERIFY_CONFIGURATION;
}

/* ---- the verdict ---- */

static const char *
vmsa_name(const struct cvmdom_launch *launch)
{
    return launch->vmsa == CVMDOM_VMSA_FPU ? "fpu" : "legacy";
}

static char *
hex_of(const struct cvmdom_digest *digest)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < digest->size; i++) {
        g_string_append_printf(text, "%02x", digest->bytes[i]);
    }
    return g_string_free(text, FALSE);
}

static void
print_row(const char *name, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
print_row(const char *name, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    cli_make_plain(text);
    printf("  %s%*s%s\n", name, MAX(1, NAME_WIDTH - (int)g_utf8_strlen(name, -1)), "", text);
}

/* What the measurement was compared with. */
static void
print_expected(const struct judging *judging)
{
    const struct cvmdom_launch *launch = &judging->context->launch->launch;
    const struct cvmdom_measurement *measurement = &judging->measurement;
    g_autofree char *digest = hex_of(&judging->digest);
    char *names = cvmdom_policy_names("sev", launch->policy, NULL);

    print_row(_("type"), "%s", launch->guest);
    print_row(_("policy"), "0x%llx (%s)", (unsigned long long)launch->policy, names ? names : "");
    free(names);
    print_row(_("firmware"), "%s", cvmdom_firmware_name(judging->context->launch->firmware));
    if (launch->kernel && launch->kernel_hashes) {
        print_row(_("kernel"), "%s", launch->kernel);
        print_row(_("initrd"), "%s", launch->initrd ? launch->initrd : "-");
        print_row(_("command line"), "%s", launch->cmdline ? launch->cmdline : "");
    }
    if (g_str_equal(launch->guest, "sev-es")) {
        print_row(_("vCPUs"), "%llu", (unsigned long long)launch->vcpus);
        print_row(_("vCPU state"), _("signature 0x%1$08x, SEV_FEATURES 0x%2$llx, VMSA form %3$s"),
                  launch->signature, (unsigned long long)launch->features, vmsa_name(launch));
    }
    print_row(_("launch digest"), "%s", digest);
    print_row(_("SEV firmware"), _("%1$u.%2$u, build %3$u"), measurement->api_major,
              measurement->api_minor, measurement->build_id);
}

static void
print_why(const struct judging *judging)
{
    verify_explanations_print(judging->explanations);
    if (judging->explanations->len == 0) {
        printf("\n");
        cli_print_wrapped(
            _("Nothing that was tried explains it: no other number of vCPUs, CPU model or form of "
              "their state, no other policy, version of the SEV firmware or image at hand, not the "
              "kernel hashes, and not the keys in the wrong order. The keys may be another "
              "session's, and the guest may be anything."),
            0);
    }
}

static void
print_text(const struct judging *judging, gboolean matches)
{
    g_autofree char *title = g_strdup(cli_job_title(judging->context->launch->job));

    cli_make_plain(title);
    if (matches) {
        printf(_("'%1$s': OK: the measurement is the one of this launch"), title);
    } else {
        printf(_("'%1$s': NOT VERIFIED: the measurement differs; do not trust this guest, and give "
                 "it no secret"),
               title);
        printf("\n%s", _("It is not the one of:"));
    }
    printf("\n");
    print_expected(judging);
    if (!matches) {
        print_why(judging);
    }
}

static void
print_json(const struct judging *judging, gboolean matches)
{
    const struct cvmdom_launch *launch = &judging->context->launch->launch;
    const struct cvmdom_measurement *measurement = &judging->measurement;
    g_autofree char *digest = hex_of(&judging->digest);
    g_autofree char *policy = g_strdup_printf("0x%llx", (unsigned long long)launch->policy);
    g_autofree char *api = g_strdup_printf("%u.%u", measurement->api_major, measurement->api_minor);
    g_autoptr(GString) text = g_string_new(NULL);

    cvm_json_write(
        json_pack("{s:i, s:o, s:s, s:b, s:s, s:s, s:o, s:{s:s, s:i}, s:o}", "version", 1, "name",
                  cvm_json_text(cli_job_title(judging->context->launch->job)), "type",
                  launch->guest, "matches", matches, "policy", policy, "digest", digest, "firmware",
                  cvm_json_text(cvmdom_firmware_name(judging->context->launch->firmware)),
                  "sevFirmware", "api", api, "build", (int)measurement->build_id, "explanations",
                  verify_explanations_describe(judging->explanations)),
        text);
    fputs(text->str, stdout);
}

static void
print_verdict(const struct judging *judging, gboolean matches)
{
    if (judging->context->json) {
        print_json(judging, matches);
    } else {
        print_text(judging, matches);
    }
}

/* ---- judging ---- */

static int
explain(struct judging *judging)
{
    g_autoptr(GPtrArray) images =
        g_ptr_array_new_with_free_func((GDestroyNotify)cvmdom_firmware_free);
    cvmdom_error *error = NULL;
    int status = verify_read_images(judging->context, images);

    if (status != VERIFY_MATCHES) {
        return status;
    }
    if (judging->attest->measurement_explain(
            &judging->measurement, &judging->context->launch->launch,
            judging->context->launch->firmware, (const cvmdom_firmware *const *)images->pdata,
            &judging->keys, verify_explanations_keep, judging->explanations, &error) < 0) {
        return verify_status_of(cli_fail(error));
    }
    return VERIFY_DIFFERS;
}

static int
compare(struct judging *judging)
{
    const struct cvmdom_launch *launch = &judging->context->launch->launch;
    cvmdom_error *error = NULL;
    int matches;

    if (judging->attest->launch_digest(launch, judging->context->launch->firmware, NULL, NULL,
                                       &judging->digest, &error) < 0) {
        return verify_status_of(cli_fail(error));
    }
    matches = judging->attest->measurement_verify(&judging->measurement, (uint32_t)launch->policy,
                                                  &judging->digest, &judging->keys, &error);
    if (matches < 0) {
        return verify_status_of(cli_fail(error));
    }
    return matches ? VERIFY_MATCHES : explain(judging);
}

static int
judge(struct judging *judging)
{
    int status = check_type(judging);

    if (status == VERIFY_MATCHES) {
        status = verify_check_worth(judging->context);
    }
    if (status == VERIFY_MATCHES) {
        status = read_keys(judging);
    }
    if (status == VERIFY_MATCHES && judging->options->connect.uri) {
        status = verify_live(judging->context, judging->options, &judging->reported);
    }
    if (status == VERIFY_MATCHES) {
        status = gather_measurement(judging);
    }
    return status == VERIFY_MATCHES ? compare(judging) : status;
}

int
verify_launch(const struct verify_context *context, const struct verify_launch_options *options,
              struct verify_proof *proof)
{
    struct judging judging = {
        .context = context,
        .options = options,
        .attest = cli_attest_load(),
        .explanations = verify_explanations_new(),
    };
    int status = judging.attest ? judge(&judging) : VERIFY_FAILED;

    if (status == VERIFY_MATCHES && proof) {
        proof->measurement = judging.measurement;
        proof->keys = judging.keys;
    } else if (!context->quiet && (status == VERIFY_MATCHES || status == VERIFY_DIFFERS)) {
        print_verdict(&judging, status == VERIFY_MATCHES);
    }
    if (judging.attest) {
        judging.attest->launch_keys_clear(&judging.keys);
    }
    g_ptr_array_unref(judging.explanations);
    g_free(judging.reported.measurement);
    return status;
}
