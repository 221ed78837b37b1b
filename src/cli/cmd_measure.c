/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Launch digests: what a guest must attest to, computed from what is deployed. */
#include <stdio.h>

#include "cli/launch.h"
#include "util/json.h"

struct measure_options {
    struct cli_launch_options launch;
    const char *format;
    gboolean explain;
};

static const struct cli_option options_table[] = {
    CLI_LAUNCH_ROWS(struct measure_options, launch),
    { .name = "format",
      .letter = 'f',
      .argument = "FORMAT",
      .values = CLI_DIGEST,
      .offset = offsetof(struct measure_options, format),
      .help = N_("how to print the digest; by default text, which is hexadecimal") },
    { .name = "explain",
      .letter = 'e',
      .offset = offsetof(struct measure_options, explain),
      .help = N_("list what went in, in its order, with the digest after each step") },
    { 0 },
};

/* A guest that was measured. */
struct measured {
    const struct cli_launch *launch;
    struct cvmdom_digest digest;
    GArray *steps; /* of struct cvmdom_measure_step */
};

static void
keep_step(const struct cvmdom_measure_step *step, void *payload)
{
    g_array_append_vals(payload, step, 1);
}

/* ---- text ---- */

static char *
hex_of(const struct cvmdom_digest *digest)
{
    GString *hex = g_string_new(NULL);

    for (size_t i = 0; i < digest->size; i++) {
        g_string_append_printf(hex, "%02x", digest->bytes[i]);
    }
    return g_string_free(hex, FALSE);
}

static void
print_digest(const struct measured *measured, gboolean base64, gboolean several)
{
    const struct cvmdom_digest *digest = &measured->digest;
    g_autofree char *text = base64 ? g_base64_encode(digest->bytes, digest->size) : hex_of(digest);
    g_autofree char *name = g_strdup(cli_job_title(measured->launch->job));

    cli_make_plain(name);
    if (several) {
        printf("%s  %s\n", text, name);
    } else {
        printf("%s\n", text);
    }
}

/* The form that is measured (enum cvmdom_vmsa says which is the default); NULL: there is none. */
static const char *
vmsa_of(const struct cvmdom_launch *launch)
{
    gboolean es = g_str_equal(launch->guest, "sev-es");

    if (g_str_equal(launch->guest, "sev")) {
        return NULL;
    }
    return launch->vmsa == CVMDOM_VMSA_LEGACY || (es && launch->vmsa == CVMDOM_VMSA_DEFAULT)
               ? "legacy"
               : "fpu";
}

static const char *
vmm_of(const struct cvmdom_launch *launch)
{
    g_autofree const char **words = cli_words(CLI_VMM);

    return words[launch->vmm];
}

/* "sev-es, policy 0x0007, 4 vCPUs, CPU signature 0x00a00f11, VMSA form legacy" */
static void
explain_launch(const struct cli_launch *cli_launch)
{
    const struct cvmdom_launch *launch = &cli_launch->launch;
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "'%s': %s", cli_job_title(cli_launch->job), launch->guest);
    if (launch->has_policy) {
        g_autofree char *policy = cvmdom_policy_format(launch->guest, launch->policy, NULL);

        g_string_append_printf(line, _(", policy %s"), policy);
    }
    if (vmsa_of(launch)) {
        g_string_append_printf(line,
                               ngettext_(", %llu vCPU", ", %llu vCPUs", (size_t)launch->vcpus),
                               (unsigned long long)launch->vcpus);
        g_string_append_printf(
            line, _(", CPU signature 0x%1$08x, SEV_FEATURES 0x%2$llx, VMSA form %3$s"),
            launch->signature, (unsigned long long)launch->features, vmsa_of(launch));
        g_string_append_printf(line, _(", started by %s"), vmm_of(launch));
    }
    cli_print(line->str);
}

static void
explain_step(const struct cvmdom_measure_step *step)
{
    g_autoptr(GString) line = g_string_new("  ");
    g_autofree char *contents = hex_of(&step->contents);
    g_autofree char *digest = hex_of(&step->digest);

    if (step->has_address) {
        g_string_append_printf(line, "0x%012llx ", (unsigned long long)step->address);
    }
    g_string_append_printf(line, "%s", step->title);
    if (step->count > 1) {
        g_string_append_printf(line, " × %llu", (unsigned long long)step->count);
    }
    if (step->file) {
        g_string_append_printf(line, " '%s'", step->file);
    }
    g_string_append_printf(line, ngettext_(", %llu byte", ", %llu bytes", (size_t)step->size),
                           (unsigned long long)step->size);
    cli_print(line->str);
    if (*contents) {
        g_autofree char *text = g_strdup_printf("    SHA-256 %s", contents);

        cli_print(text);
    }
    if (*digest) {
        g_autofree char *text = g_strdup_printf("    %s", digest);

        cli_print(text);
    }
}

static void
explain(const struct measured *measured)
{
    explain_launch(measured->launch);
    for (guint i = 0; i < measured->steps->len; i++) {
        explain_step(&g_array_index(measured->steps, struct cvmdom_measure_step, i));
    }
}

/* ---- JSON ---- */

static json_t *
hex_or_null(const struct cvmdom_digest *digest)
{
    g_autofree char *hex = hex_of(digest);

    return digest->size > 0 ? json_string(hex) : json_null();
}

static json_t *
number_text(uint64_t value, int digits)
{
    g_autofree char *text = g_strdup_printf("0x%0*llx", digits, (unsigned long long)value);

    return json_string(text);
}

static json_t *
describe_digest(const struct cvmdom_digest *digest)
{
    g_autofree char *base64 = g_base64_encode(digest->bytes, digest->size);

    return json_pack("{s:s, s:o, s:s}", "algorithm", digest->size == 32 ? "sha256" : "sha384",
                     "hex", hex_or_null(digest), "base64", base64);
}

static json_t *
describe_step(const struct cvmdom_measure_step *step)
{
    return json_pack("{s:s, s:o, s:o, s:I, s:I, s:o, s:o}", "kind", step->kind, "file",
                     cvm_json_text(step->file), "address",
                     step->has_address ? number_text(step->address, 1) : json_null(), "size",
                     (json_int_t)step->size, "count", (json_int_t)step->count, "contents",
                     hex_or_null(&step->contents), "digest", hex_or_null(&step->digest));
}

static json_t *
describe_steps(const GArray *steps)
{
    json_t *list = json_array();

    for (guint i = 0; i < steps->len; i++) {
        json_array_append_new(list,
                              describe_step(&g_array_index(steps, struct cvmdom_measure_step, i)));
    }
    return list;
}

static json_t *
describe_policy(const struct cvmdom_launch *launch)
{
    g_autofree char *policy =
        launch->has_policy ? cvmdom_policy_format(launch->guest, launch->policy, NULL) : NULL;

    return cvm_json_text(policy);
}

/* Null for a plain SEV guest, of which no vCPU is measured. */
static json_t *
describe_vcpus(const struct cvmdom_launch *launch)
{
    if (!vmsa_of(launch)) {
        return json_null();
    }
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:s}", "count", (json_int_t)launch->vcpus, "mode",
                     cvm_json_text(launch->cpu_mode), "model", cvm_json_text(launch->cpu),
                     "signature",
                     launch->signature ? number_text(launch->signature, 8) : json_null(),
                     "features", number_text(launch->features, 1), "vmsa", vmsa_of(launch));
}

static json_t *
describe_svsm(const struct cvmdom_launch *launch)
{
    if (launch->vmm != CVMDOM_VMM_SVSM) {
        return json_null();
    }
    return json_pack("{s:o, s:I}", "file", cvm_json_text(launch->svsm), "varsSize",
                     (json_int_t)launch->vars_size);
}

static json_t *
describe(const struct measured *measured)
{
    const struct cli_job *job = measured->launch->job;
    const struct cvmdom_launch *launch = &measured->launch->launch;
    json_t *object = json_pack(
        "{s:o, s:o, s:s, s:s, s:o, s:o}", "name", cvm_json_text(cvmdom_domain_name(job->domain)),
        "document", cvm_json_text(job->profile), "guest", launch->guest, "vmm", vmm_of(launch),
        "digest", describe_digest(&measured->digest), "policy", describe_policy(launch));

    json_object_set_new(object, "firmware", cvm_json_text(launch->firmware));
    json_object_set_new(object, "nvram", json_boolean(launch->has_nvram));
    json_object_set_new(object, "kernelHashes", json_boolean(launch->kernel_hashes));
    json_object_set_new(object, "kernel", cvm_json_text(launch->kernel));
    json_object_set_new(object, "initrd", cvm_json_text(launch->initrd));
    json_object_set_new(object, "cmdline", cvm_json_text(launch->cmdline));
    json_object_set_new(object, "vcpus", describe_vcpus(launch));
    json_object_set_new(object, "svsm", describe_svsm(launch));
    json_object_set_new(object, "steps", describe_steps(measured->steps));
    return object;
}

static void
print_json(const GArray *all)
{
    json_t *list = json_array();
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < all->len; i++) {
        json_array_append_new(list, describe(&g_array_index(all, struct measured, i)));
    }
    cvm_json_write(json_pack("{s:i, s:o}", "version", 1, "measurements", list), text);
    fputs(text->str, stdout);
}

/* ---- the command ---- */

static void
clear_measured(gpointer measured)
{
    g_array_unref(((struct measured *)measured)->steps);
}

static int
measure(const struct cli_attest *attest, const struct cli_launch *launch, GArray *all)
{
    struct measured measured = {
        .launch = launch,
        .steps = g_array_new(FALSE, FALSE, sizeof(struct cvmdom_measure_step)),
    };
    cvmdom_error *error = NULL;

    if (attest->launch_digest(&launch->launch, launch->firmware, keep_step, measured.steps,
                              &measured.digest, &error) < 0) {
        g_array_unref(measured.steps);
        return cli_fail(error);
    }
    g_array_append_val(all, measured);
    return CLI_CLEAN;
}

static void
print_all(const struct measure_options *options, const GArray *all, gboolean several)
{
    gboolean base64 = g_strcmp0(options->format, "base64") == 0;

    for (guint i = 0; options->explain && i < all->len; i++) {
        explain(&g_array_index(all, struct measured, i));
    }
    if (g_strcmp0(options->format, "json") == 0) {
        if (all->len > 0) {
            print_json(all);
        }
        return;
    }
    for (guint i = 0; i < all->len; i++) {
        print_digest(&g_array_index(all, struct measured, i), base64, several);
    }
}

static void
print_refusals(const struct cli_jobs *jobs)
{
    for (guint i = 0; i < jobs->jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(jobs, i);

        if (job->refused) {
            cli_say(_("'%s' is not measured while there are errors"), cli_job_title(job));
        }
    }
}

static int
measure_all(const struct measure_options *options, const struct cli_launches *launches)
{
    const struct cli_attest *attest = launches->launches->len > 0 ? cli_attest_load() : NULL;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct measured));
    int status = launches->jobs.status;

    g_array_set_clear_func(all, clear_measured);
    if (launches->launches->len > 0 && !attest) {
        return CLI_UNREADABLE;
    }
    for (guint i = 0; i < launches->launches->len; i++) {
        cli_worsen(&status,
                   measure(attest, &g_array_index(launches->launches, struct cli_launch, i), all));
    }
    print_all(options, all, launches->jobs.jobs->len > 1);
    print_refusals(&launches->jobs);
    return status;
}

static int
run(const void *data, const char *const *operands)
{
    const struct measure_options *options = data;
    struct cli_launches launches;
    int status = cli_launches_read_all(&cli_measure, &options->launch, operands,
                                       CLI_LAUNCH_FIRMWARE, &launches);

    if (launches.jobs.jobs->len > 0) {
        status = measure_all(options, &launches);
    }
    cli_launches_clear(&launches);
    return status;
}

const struct cli_command cli_measure = {
    .name = "measure",
    .operands = "PROFILE|DOMAIN.xml…",
    .values = CLI_FILE,
    .least = 1,
    .most = G_MAXUINT,
    .summary = N_("Compute the launch digest that a guest must attest to."),
    .description =
        N_("Firmware, kernel, initrd, command line, vCPUs, CPU model and policy are those of the "
           "document, unless an option says otherwise. What the platform would refuse, or measure "
           "differently, is reported, and not measured. Of several guests each digest is followed "
           "by two blanks and the guest's name."),
    .options = options_table,
    .size = sizeof(struct measure_options),
    .run = run,
};
