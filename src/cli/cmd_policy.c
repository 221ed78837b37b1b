/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest policy, from a number to words and back. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cmd.h"

/* Two bits decide what is said beyond the table. */
#define SEV_ES (UINT64_C(1) << 2)           /* AMD 55766, Guest Policy Structure: ES */
#define SNP_MUST_BE_ONE (UINT64_C(1) << 17) /* AMD 56860, Guest Policy: reserved, must be one */

struct policy_options {
    const char *type;
    gboolean quiet;
};

static const struct cli_option options_table[] = {
    { .name = "type",
      .letter = 't',
      .argument = "TYPE",
      .values = CLI_GUEST,
      .offset = offsetof(struct policy_options, type),
      .help = N_("whose bits they are") },
    { .name = "quiet",
      .letter = 'q',
      .offset = offsetof(struct policy_options, quiet),
      .help = N_("print the converted policy only") },
    { 0 },
};

static gboolean
is_number(const char *text)
{
    return g_ascii_isdigit(text[0]);
}

static gboolean
is_bit_name(const char *type, const char *name)
{
    struct cvmdom_policy_bit bit;

    for (unsigned i = 0; cvmdom_policy_bit_at(type, i, &bit) == 0; i++) {
        if (g_ascii_strcasecmp(bit.name, name) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whose bits are meant when nobody says so: SEV's, unless the first name is one of SEV-SNP's or the
 * number is too large. */
static const char *
guess_type(const char *text)
{
    g_auto(GStrv) names = g_strsplit(text, ",", 0);
    uint64_t policy;

    if (is_number(text)) {
        gboolean large =
            cvmdom_policy_parse("sev-snp", text, &policy, NULL) == 0 && policy > UINT32_MAX;

        return large ? "sev-snp" : "sev";
    }
    for (char **name = names; *name; name++) {
        if (is_bit_name("sev", *name)) {
            return "sev";
        }
        if (is_bit_name("sev-snp", *name)) {
            return "sev-snp";
        }
    }
    return "sev";
}

static void
print_bits(const char *type, uint64_t policy)
{
    uint64_t reserved = cvmdom_policy_reserved(type) & policy;
    struct cvmdom_policy_bit bit;
    unsigned major, minor;

    printf("%s  %-18s %s\n", _("bit"), _("name"), _("value"));
    for (unsigned i = 0; cvmdom_policy_bit_at(type, i, &bit) == 0; i++) {
        gboolean set = policy >> bit.bit & 1;

        printf("%3u  %-18s %d  %s\n", bit.bit, bit.name, set, set ? bit.meaning : bit.clear);
    }
    for (unsigned i = 0; i < 64; i++) {
        if (reserved >> i & 1) {
            printf("%3u  %-18s %d  %s\n", i, "-", 1, _("reserved, must be 0"));
        }
    }
    cvmdom_policy_version(type, policy, &major, &minor);
    if (major || minor) {
        printf(_("The firmware must have version %1$u.%2$u or later.\n"), major, minor);
    }
}

/* What comes up is decided by the bits, not by the name that the profile gives it. */
static void
print_kind(const char *type, uint64_t policy)
{
    if (g_str_equal(type, "sev-snp")) {
        printf("%s\n", _("This makes a SEV-SNP guest: memory and registers are encrypted, and the "
                         "host cannot tamper with them unnoticed."));
    } else if (policy & SEV_ES) {
        printf("%s\n", _("This makes a SEV-ES guest, not SEV-SNP: memory and registers are "
                         "encrypted, but memory is not protected against tampering."));
    } else {
        printf("%s\n", _("This makes a plain SEV guest, neither SEV-ES nor SEV-SNP: memory is "
                         "encrypted, registers are not."));
    }
}

static void
warn(const char *type, uint64_t policy)
{
    gboolean snp = g_str_equal(type, "sev-snp");

    if (policy & cvmdom_policy_reserved(type)) {
        cli_say(_("warning: reserved bits are set; the firmware refuses the policy"));
    }
    if (snp && !(policy & SNP_MUST_BE_ONE)) {
        cli_say(_("warning: bit 17 is reserved and must be set; without it the firmware refuses "
                  "the policy: 0x%1$llx would be right"),
                (unsigned long long)(policy | SNP_MUST_BE_ONE));
    }
    if (g_str_equal(type, "sev-es") && !(policy & SEV_ES)) {
        cli_say(_("warning: without bit 2 (es) the guest comes up as plain SEV: 0x%1$llx would be "
                  "right for SEV-ES"),
                (unsigned long long)(policy | SEV_ES));
    }
}

/* A number says nothing of its type; one that has the bit which SEV-SNP wants set may be SEV-SNP's.
 */
static void
mention_snp(const char *text, uint64_t policy)
{
    g_autofree char *names = NULL;

    if (!(policy & SNP_MUST_BE_ONE) || policy & cvmdom_policy_reserved("sev-snp")) {
        return;
    }
    names = cvmdom_policy_names("sev-snp", policy, NULL);
    printf(_("\nAs a SEV-SNP policy it would be %1$s: see '%2$s policy %3$s --type sev-snp'.\n"),
           names, PACKAGE, text);
}

static int
run(const void *data, const char *const *operands)
{
    const struct policy_options *options = data;
    const char *text = operands[0];
    const char *type = options->type ? options->type : guess_type(text);
    g_autofree char *number = NULL;
    g_autofree char *names = NULL;
    cvmdom_error *error = NULL;
    uint64_t policy;

    if (cvmdom_policy_parse(type, text, &policy, &error) < 0) {
        return cli_fail(error);
    }
    if (!options->type && g_str_equal(type, "sev") && policy & SEV_ES) {
        type = "sev-es";
    }
    number = cvmdom_policy_format(type, policy, NULL);
    names = cvmdom_policy_names(type, policy, NULL);
    printf("%s\n", is_number(text) && *names ? names : number);
    if (!options->quiet) {
        printf(_("\n%1$s as a policy of type %2$s:\n"), number, type);
        print_bits(type, policy);
        print_kind(type, policy);
        if (!options->type && is_number(text)) {
            mention_snp(text, policy);
        }
    }
    warn(type, policy);
    return CLI_CLEAN;
}

const struct cli_command cli_policy = {
    .name = "policy",
    .operands = "VALUE|NAMES",
    .least = 1,
    .most = 1,
    .summary = N_("Decode a guest policy, or encode one from names."),
    .description = N_("VALUE is a number, hexadecimal with 0x; NAMES are separated by commas: "
                      "nodbg,noks,es. Without --type the bits are SEV's, unless the first name is "
                      "one of SEV-SNP's."),
    .options = options_table,
    .size = sizeof(struct policy_options),
    .run = run,
};
