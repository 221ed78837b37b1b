/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line says of a launch instead of the document. */
#include <string.h>

#include "cli/launch.h"
#include "util/closest.h"
#include "util/number.h"

/* Decimal, or hexadecimal with 0x. */
static gboolean
parse_number(const char *text, uint64_t *value)
{
    return g_ascii_strncasecmp(text, "0x", 2) == 0 ? cvm_number_parse_hex(text, value)
                                                   : cvm_number_parse_decimal(text, value);
}

static int
take_number(const struct cli_command *command, const char *option, const char *text,
            uint64_t *value, gboolean *has)
{
    if (text && !parse_number(text, value)) {
        return cli_usage(command,
                         _("option '--%1$s' takes a number, decimal or hexadecimal with 0x, not "
                           "'%2$s'"),
                         option, text);
    }
    *has = text != NULL;
    return CLI_CLEAN;
}

static int
take_vcpus(const struct cli_command *command, struct cli_launch_override *override)
{
    const char *text = override->options->vcpus;

    if (text && (!cvm_number_parse_decimal(text, &override->vcpus) || override->vcpus == 0)) {
        return cli_usage(command, _("option '--vcpus' takes a number from 1 on, not '%s'"), text);
    }
    override->has_vcpus = text != NULL;
    return CLI_CLEAN;
}

/* "25,1,1": as 'lscpu' and /proc/cpuinfo print them. */
static uint32_t
parse_three(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, ",", 4);
    uint64_t value[3];

    if (g_strv_length(words) != G_N_ELEMENTS(value)) {
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(value); i++) {
        if (!parse_number(words[i], &value[i]) || value[i] > G_MAXUINT16) {
            return 0;
        }
    }
    return cvmdom_cpu_signature((unsigned)value[0], (unsigned)value[1], (unsigned)value[2]);
}

static int
take_signature(const struct cli_command *command, struct cli_launch_override *override)
{
    const char *text = override->options->cpu_signature;
    uint64_t value = 0;

    if (!text) {
        return CLI_CLEAN;
    }
    if (strchr(text, ',')) {
        value = parse_three(text);
    } else if (!parse_number(text, &value) || value > UINT32_MAX) {
        value = 0;
    }
    if (value == 0) {
        return cli_usage(command,
                         _("option '--cpu-signature' takes a number like 0x00a00f11, or family, "
                           "model and stepping like 25,1,1, not '%s'"),
                         text);
    }
    override->has_signature = TRUE;
    override->signature = (uint32_t)value;
    return CLI_CLEAN;
}

static int
explain_model(const struct cli_command *command, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *list = NULL;
    struct cvmdom_cpu cpu;
    const char *near;

    for (size_t i = 0; cvmdom_cpu_at(i, &cpu) == 0; i++) {
        g_ptr_array_add(names, (char *)cpu.name);
    }
    g_ptr_array_add(names, NULL);
    near = cvm_closest(name, (const char *const *)names->pdata);
    list = g_strjoinv(", ", (char **)names->pdata);
    return near ? cli_usage(command, _("option '--cpu' does not take '%1$s'; did you mean '%2$s'?"),
                            name, near)
                : cli_usage(command,
                            _("option '--cpu' does not take '%1$s', but: %2$s; the signature of "
                              "another model can be given by --cpu-signature"),
                            name, list);
}

static int
take_model(const struct cli_command *command, struct cli_launch_override *override)
{
    const struct cli_launch_options *options = override->options;
    struct cvmdom_cpu cpu;

    if (!options->cpu) {
        return CLI_CLEAN;
    }
    if (options->cpu_signature) {
        return cli_usage(command, _("'--cpu' and '--cpu-signature' say the same thing: give one"));
    }
    if (cvmdom_cpu_find(options->cpu, &cpu) < 0) {
        return explain_model(command, options->cpu);
    }
    override->has_signature = TRUE;
    override->signature = cpu.signature;
    return CLI_CLEAN;
}

/* Whose bits the policy's are shows the guest: here it need only be somebody's. */
static int
check_policy(const struct cli_launch_options *options)
{
    cvmdom_error *error = NULL;
    uint64_t policy;

    if (!options->policy || cvmdom_policy_parse("sev-snp", options->policy, &policy, NULL) == 0 ||
        cvmdom_policy_parse("sev", options->policy, &policy, &error) == 0) {
        return CLI_CLEAN;
    }
    return cli_fail(error);
}

static int
check_svsm(const struct cli_command *command, const struct cli_launch_options *options)
{
    gboolean by_svsm = g_strcmp0(options->vmm, "svsm") == 0;

    if (by_svsm && !options->svsm) {
        return cli_usage(command, _("'--vmm=svsm' needs '--svsm', the module's image"));
    }
    if (options->svsm && options->vmm && !by_svsm) {
        return cli_usage(command, _("'--svsm' and '--vmm=%s' contradict each other"), options->vmm);
    }
    if (options->vars_size && !options->svsm) {
        return cli_usage(command, _("'--vars-size' needs '--svsm'"));
    }
    return CLI_CLEAN;
}

int
cli_launch_override_parse(const struct cli_command *command,
                          const struct cli_launch_options *options,
                          struct cli_launch_override *override)
{
    *override = (struct cli_launch_override){ .options = options };
    if (options->firmware && !*options->firmware) {
        return cli_usage(command, _("option '--firmware' takes the name of a file"));
    }
    if (check_svsm(command, options) != CLI_CLEAN || check_policy(options) != CLI_CLEAN ||
        take_vcpus(command, override) != CLI_CLEAN || take_model(command, override) != CLI_CLEAN ||
        take_signature(command, override) != CLI_CLEAN ||
        take_number(command, "features", options->features, &override->features,
                    &override->has_features) != CLI_CLEAN ||
        take_number(command, "vars-size", options->vars_size, &override->vars_size,
                    &override->has_vars_size) != CLI_CLEAN) {
        return CLI_USAGE;
    }
    return CLI_CLEAN;
}

/* ---- applying ---- */

/* An empty name is no file. */
static void
replace_file(const char **file, const char *given)
{
    if (given) {
        *file = *given ? given : NULL;
    }
}

static int
find_word(enum cli_values values, const char *word)
{
    g_autofree const char **words = cli_words(values);
    int i = 0;

    while (!g_str_equal(words[i], word)) { /* it was checked */
        i++;
    }
    return i;
}

/* libvirt's type "sev" is SEV-ES by bit 2 (AMD publication 55766, Guest Policy Structure: ES). */
static void
apply_policy(const char *text, struct cvmdom_launch *launch)
{
    gboolean snp = g_strcmp0(launch->guest, "sev-snp") == 0;
    gboolean legacy =
        g_strcmp0(launch->guest, "sev") == 0 || g_strcmp0(launch->guest, "sev-es") == 0;
    uint64_t policy;

    launch->has_policy =
        (snp || legacy) && cvmdom_policy_parse(snp ? "sev-snp" : "sev", text, &policy, NULL) == 0;
    if (!launch->has_policy) {
        return;
    }
    launch->policy = policy;
    if (legacy) {
        launch->guest = policy & 4 ? "sev-es" : "sev";
    }
}

static void
apply_words(const struct cli_launch_options *options, struct cvmdom_launch *launch)
{
    if (options->kernel_hashes) {
        launch->kernel_hashes = g_str_equal(options->kernel_hashes, "yes");
    }
    if (options->vmsa) {
        launch->vmsa = CVMDOM_VMSA_LEGACY + find_word(CLI_VMSA, options->vmsa);
    }
    if (options->vmm) {
        launch->vmm = find_word(CLI_VMM, options->vmm);
    }
    if (options->svsm) {
        launch->vmm = CVMDOM_VMM_SVSM;
        launch->svsm = options->svsm;
    }
}

void
cli_launch_override_apply(const struct cli_launch_override *override, struct cvmdom_launch *launch)
{
    const struct cli_launch_options *options = override->options;

    replace_file(&launch->firmware, options->firmware);
    replace_file(&launch->kernel, options->kernel);
    replace_file(&launch->initrd, options->initrd);
    launch->cmdline = options->cmdline ? options->cmdline : launch->cmdline;
    launch->vcpus = override->has_vcpus ? override->vcpus : launch->vcpus;
    launch->features = override->has_features ? override->features : launch->features;
    launch->vars_size = override->has_vars_size ? override->vars_size : launch->vars_size;
    if (override->has_signature) {
        launch->signature = override->signature;
        launch->cpu = options->cpu;
        launch->cpu_mode = options->cpu ? "custom" : NULL;
    }
    apply_words(options, launch);
    if (options->policy) {
        apply_policy(options->policy, launch);
    }
}
