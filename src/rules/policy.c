/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM201 to CVM210: the guest policy. */
#include "model/policy.h"

#include <string.h>

#include "rules/rule.h"
#include "util/i18n.h"
#include "util/number.h"

/* SEV's API versions are 0.x and 1.x (AMD publication 55766, "Revision History"). */
#define SEV_API_MAJOR_MAX 1

/* The advice about one of them sets the other as well, or that would be the next finding. */
#define PROTECTING_BITS (CVM_SEV_POLICY_NODBG | CVM_SEV_POLICY_NOKS)

static gboolean
is_snp(const struct cvm_check *check)
{
    return check->guest == CVM_GUEST_SEV_SNP;
}

/* A value of the other kind's shape: judged bit by bit it would draw a finding a bit, so only
 * CVM206 speaks of it. */
static gboolean
has_other_shape(const struct cvm_check *check)
{
    uint64_t policy = check->domain->launch.policy.value;

    if (is_snp(check)) {
        return policy <= 0xffff; /* neither bit 16 nor 17, which every SNP policy has one of */
    }
    return policy >> 32 == 0 && (policy >> 16 & 0xff) > SEV_API_MAJOR_MAX;
}

/* Fits its width and its kind: worth looking at bit by bit. */
static gboolean
is_readable(const struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;

    return cvm_is_set(*policy) && !has_other_shape(check) &&
           (is_snp(check) || policy->value >> 32 == 0);
}

/* Where a policy bit is written: its own key when the policy is a map, else the whole policy. */
static struct cvm_from
policy_place(const struct cvm_check *check, const char *key)
{
    struct cvm_from place = check->domain->launch.policy.from;
    const struct cvm_node *child = cvm_node_child(place.node, key);

    if (child) {
        place.node = child;
    }
    return place;
}

/* "18, 20" */
static char *
list_bits(uint64_t bits)
{
    GString *list = g_string_new(NULL);

    for (unsigned bit = 0; bit < 64; bit++) {
        if (bits >> bit & 1) {
            g_string_append_printf(list, "%s%u", list->len ? ", " : "", bit);
        }
    }
    return g_string_free(list, FALSE);
}

static void
fix_policy(const struct cvm_check *check, struct cvm_finding *finding, uint64_t policy)
{
    g_autofree char *value = cvm_policy_format(check->guest, policy);
    g_autofree char *names = cvm_policy_names(check->guest, policy);

    if (check->domain->form == CVM_FORM_XML) {
        cvm_fix(finding, _("Write '<policy>%1$s</policy>' (%2$s)."), value, names);
    } else {
        cvm_fix(finding, _("Use policy '%1$s' (%2$s)."), value, names);
    }
}

static void
check_missing(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    struct cvm_finding *finding;

    if (!cvm_is_unset(launch->policy)) {
        return;
    }
    finding =
        cvm_report(check, &launch->from,
                   _("A %s guest has no policy: libvirt refuses the domain with 'failed to get "
                     "launch security policy'."),
                   cvm_guest_info(check->guest)->title);
    fix_policy(check, finding, cvm_policy_default(check->guest));
}

/* (0x)?[0-9a-f]+: the only form libvirt's schema takes (hexuint of basictypes.rng). */
static gboolean
fits_schema(const char *text)
{
    const char *digits = g_str_has_prefix(text, "0x") ? text + 2 : text;

    return *digits && strspn(digits, "0123456789abcdef") == strlen(digits);
}

static void
check_malformed(struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    const struct cvm_node *node = policy->from.node;
    const struct cvm_problem *problem = check->domain->problems;
    g_autofree char *value = cvm_policy_format(check->guest, policy->value);
    struct cvm_finding *finding;

    for (; problem; problem = problem->next) {
        if (problem->kind == CVM_PROBLEM_POLICY) {
            finding = cvm_report_problem(check, problem);
            if (check->domain->form == CVM_FORM_XML && check->guest & CVM_GUEST_AMD) {
                fix_policy(check, finding, cvm_policy_default(check->guest));
            }
        }
    }
    if (!cvm_is_given(*policy)) {
        return;
    }
    if (check->guest & CVM_GUEST_LEGACY && policy->value >> 32 != 0) {
        finding = cvm_report(check, &policy->from,
                             _("Policy '%1$s' is wider than the 32 bits of a %2$s policy: libvirt "
                               "refuses the domain with 'failed to get launch security policy'."),
                             value, cvm_guest_info(check->guest)->title);
        fix_policy(check, finding, cvm_policy_default(check->guest));
    } else if (check->domain->form == CVM_FORM_XML && node && node->text &&
               !fits_schema(node->text)) {
        finding = cvm_report_as(check, CVM_WARNING, &policy->from,
                                _("Policy '%s' is not lower-case hexadecimal without white space: "
                                  "libvirt reads it, but its schema does not, so 'virsh define "
                                  "--validate' refuses the domain."),
                                node->text);
        cvm_fix(finding, _("Write '<policy>%s</policy>'."), value);
    }
}

/* Bit 2 of a SEV policy decides between SEV and SEV-ES; nothing else in a number changes the kind.
 */
static gboolean
changes_kind(const struct cvm_check *check, uint64_t one, uint64_t other)
{
    return check->guest & CVM_GUEST_LEGACY && (one ^ other) & CVM_SEV_POLICY_ES;
}

static void
check_radix(struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    const char *text = policy->from.node ? policy->from.node->text : NULL;
    gboolean profile = check->domain->form == CVM_FORM_PROFILE;
    uint64_t decimal, hex;
    enum cvm_severity severity;
    g_autofree char *as_decimal = NULL;
    g_autofree char *as_hex = NULL;
    struct cvm_finding *finding;

    text = text ? text + strspn(text, " \t\r\n") : NULL; /* as libvirt skips them */
    if (!cvm_is_given(*policy) || !text || !cvm_number_parse_decimal(text, &decimal) ||
        !cvm_number_parse_hex(text, &hex) || decimal == hex) {
        return;
    }
    severity = changes_kind(check, decimal, hex) ? CVM_SEVERE : CVM_WARNING;
    as_decimal = cvm_policy_format(check->guest, decimal);
    as_hex = cvm_policy_format(check->guest, hex);
    finding = cvm_report_as(
        check, severity, &policy->from,
        profile
            ? _("Policy '%1$s' has no '0x': it is taken as a decimal number, '%2$s', but the same "
                "digits in libvirt's XML mean '%3$s'.")
            : _("Policy '%1$s' has no '0x': libvirt takes it as '%3$s', but a decimal number it "
                "would be '%2$s'."),
        text, as_decimal, as_hex);
    if (profile) {
        cvm_fix(finding, _("Write '%s', so that everybody reads the same."), as_decimal);
    } else {
        cvm_fix(finding,
                _("Write '<policy>%1$s</policy>' if the decimal number was meant, else "
                  "'<policy>%2$s</policy>'."),
                as_decimal, as_hex);
    }
}

static void
check_reserved(struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    uint64_t reserved = is_snp(check) ? CVM_SNP_POLICY_RESERVED : CVM_SEV_POLICY_RESERVED;
    uint64_t must = is_snp(check) ? CVM_SNP_POLICY_RESERVED_ONE : 0;
    g_autofree char *value = NULL;
    g_autofree char *bits = NULL;
    struct cvm_finding *finding;

    if (!is_readable(check) ||
        ((policy->value & reserved) == 0 && (policy->value & must) == must)) {
        return;
    }
    value = cvm_policy_format(check->guest, policy->value);
    bits = list_bits(policy->value & reserved);
    if (!(policy->value & reserved)) {
        finding =
            cvm_report(check, &policy->from,
                       _("Policy '%s' leaves bit 17 clear, which must be 1: KVM refuses it with "
                         "'SNP_LAUNCH_START ret=-22 fw_error=0'."),
                       value);
    } else if (is_snp(check)) {
        finding = cvm_report(check, &policy->from,
                             _("Policy '%1$s' sets reserved bits (%2$s): KVM refuses it with "
                               "'SNP_LAUNCH_START ret=-22 fw_error=0'."),
                             value, bits);
    } else {
        finding =
            cvm_report_as(check, CVM_WARNING, &policy->from,
                          _("Policy '%1$s' sets reserved bits (%2$s), which should be 0: some SEV "
                            "firmware lets them pass, another may answer 'Policy is not allowed' "
                            "or give them a meaning."),
                          value, bits);
    }
    fix_policy(check, finding, (policy->value & ~reserved) | must);
}

/* What snp_launch_start() of arch/x86/kvm/svm/sev.c answers with EINVAL. Bit 16 must be set and bit
 * 20 clear up to Linux 6.16; bits 21 to 25 came with 6.19; bit 18 no release takes. */
static const struct kvm_demand {
    uint64_t bits;
    gboolean set; /* must be set, or else clear */
    unsigned until;
    const char *key;
} kvm_demands[] = {
    { CVM_SNP_POLICY_SMT, TRUE, CVM_VERSION(6, 17, 0), "smt" },
    { CVM_SNP_POLICY_MIGRATE_MA, FALSE, G_MAXUINT, "migrateMa" },
    { CVM_SNP_POLICY_SINGLE_SOCKET, FALSE, CVM_VERSION(6, 17, 0), "singleSocket" },
    { CVM_SNP_POLICY_CXL_ALLOW, FALSE, CVM_VERSION(6, 19, 0), "cxlAllow" },
    { CVM_SNP_POLICY_MEM_AES_256_XTS, FALSE, CVM_VERSION(6, 19, 0), "memAes256Xts" },
    { CVM_SNP_POLICY_RAPL_DIS, FALSE, CVM_VERSION(6, 19, 0), "raplDis" },
    { CVM_SNP_POLICY_CIPHERTEXT_HIDING, FALSE, CVM_VERSION(6, 19, 0), "ciphertextHiding" },
    { CVM_SNP_POLICY_PAGE_SWAP_DISABLE, FALSE, CVM_VERSION(6, 19, 0), "pageSwapDisable" },
};

static struct cvm_finding *
report_kvm_demand(struct cvm_check *check, const struct kvm_demand *demand, const char *policy,
                  const char *bit)
{
    struct cvm_from place = policy_place(check, demand->key);
    unsigned kernel = check->host ? check->host->kernel_version : 0;
    g_autofree char *until = cvm_version_format(demand->until);
    g_autofree char *running = cvm_version_format(kernel);

    if (demand->until == G_MAXUINT) {
        return cvm_report(check, &place,
                          _("Policy '%1$s' sets bit %2$s (%3$s), which no Linux release takes: KVM "
                            "refuses it with 'SNP_LAUNCH_START ret=-22 fw_error=0'."),
                          policy, bit, demand->key);
    }
    if (kernel == 0) {
        return cvm_report_as(check, CVM_NOTE, &place,
                             demand->set
                                 ? _("Policy '%1$s' leaves bit %2$s (%3$s) clear, which needs "
                                     "Linux %4$s or later; the host's kernel is not known and was "
                                     "taken to be new enough.")
                                 : _("Policy '%1$s' sets bit %2$s (%3$s), which needs Linux %4$s "
                                     "or later; the host's kernel is not known and was taken to be "
                                     "new enough."),
                             policy, bit, demand->key, until);
    }
    return cvm_report(
        check, &place,
        demand->set ? _("Policy '%1$s' leaves bit %2$s (%3$s) clear, but the host runs Linux %5$s, "
                        "and KVM before %4$s refuses that with 'SNP_LAUNCH_START ret=-22 "
                        "fw_error=0'.")
                    : _("Policy '%1$s' sets bit %2$s (%3$s), but the host runs Linux %5$s, and KVM "
                        "before %4$s refuses that with 'SNP_LAUNCH_START ret=-22 fw_error=0'."),
        policy, bit, demand->key, until, running);
}

static void
check_kvm_refuses(struct cvm_check *check)
{
    uint64_t policy = check->domain->launch.policy.value;
    unsigned kernel = check->host ? check->host->kernel_version : 0;
    g_autofree char *value = cvm_policy_format(check->guest, policy);

    if (!is_readable(check)) {
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kvm_demands); i++) {
        const struct kvm_demand *demand = &kvm_demands[i];
        g_autofree char *bit = list_bits(demand->bits);

        if (!!(policy & demand->bits) != demand->set && kernel < demand->until) {
            fix_policy(check, report_kvm_demand(check, demand, value, bit), policy ^ demand->bits);
        }
    }
}

static void
check_wrong_type(struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    g_autofree char *value = NULL;
    struct cvm_finding *finding;

    if (!cvm_is_set(*policy) || !has_other_shape(check)) {
        return;
    }
    value = cvm_policy_format(check->guest, policy->value);
    finding =
        is_snp(check)
            ? cvm_report(check, &policy->from,
                         _("Policy '%s' has the shape of a SEV policy: its bits are a firmware "
                           "version to SEV-SNP, and KVM refuses it with 'SNP_LAUNCH_START ret=-22 "
                           "fw_error=0'."),
                         value)
            : cvm_report(check, &policy->from,
                         _("Policy '%1$s' has the shape of a SEV-SNP policy: %2$s reads its upper "
                           "bits as a demand for firmware API %3$u.%4$u, and the firmware answers "
                           "'Policy is not allowed'."),
                         value, cvm_guest_info(check->guest)->title,
                         (unsigned)(policy->value >> 16 & 0xff),
                         (unsigned)(policy->value >> 24 & 0xff));
    fix_policy(check, finding, cvm_policy_default(check->guest));
}

static void
check_debug_allowed(struct cvm_check *check)
{
    uint64_t policy = check->domain->launch.policy.value;
    uint64_t bit = is_snp(check) ? CVM_SNP_POLICY_DEBUG : CVM_SEV_POLICY_NODBG;
    struct cvm_from place = policy_place(check, "debug");
    g_autofree char *value = NULL;
    struct cvm_finding *finding;

    if (!is_readable(check) || !!(policy & bit) != is_snp(check)) {
        return;
    }
    value = cvm_policy_format(check->guest, policy);
    finding = cvm_report(
        check, &place,
        is_snp(check)
            ? _("Policy '%s' allows debugging (bit 19 is set): the host may read and write the "
                "guest's memory in the clear.")
            : _("Policy '%s' allows debugging (bit 0 is clear): the host may read and write the "
                "guest's memory in the clear."),
        value);
    fix_policy(check, finding, is_snp(check) ? policy ^ bit : policy | PROTECTING_BITS);
}

static void
check_key_sharing(struct cvm_check *check)
{
    uint64_t policy = check->domain->launch.policy.value;
    struct cvm_from place = policy_place(check, "keySharing");
    g_autofree char *value = NULL;
    struct cvm_finding *finding;

    if (!is_readable(check) || policy & CVM_SEV_POLICY_NOKS) {
        return;
    }
    value = cvm_policy_format(check->guest, policy);
    finding =
        cvm_report(check, &place,
                   _("Policy '%s' allows key sharing (bit 1 is clear): the host may start another "
                     "guest with the same memory key, and that one reads this one's memory."),
                   value);
    fix_policy(check, finding, policy | PROTECTING_BITS);
}

static void
check_type_mismatch(struct cvm_check *check)
{
    uint64_t policy = check->domain->launch.policy.value;
    gboolean wants_es = check->guest == CVM_GUEST_SEV_ES;
    struct cvm_from place = policy_place(check, "es");
    g_autofree char *value = NULL;
    struct cvm_finding *finding;

    /* In XML the bit itself decides which of the two it is. */
    if (check->domain->form != CVM_FORM_PROFILE || !is_readable(check) ||
        !!(policy & CVM_SEV_POLICY_ES) == wants_es) {
        return;
    }
    value = cvm_policy_format(check->guest, policy);
    finding = cvm_report(
        check, &place,
        wants_es
            ? _("The type is 'sev-es', but policy '%s' does not demand SEV-ES (bit 2 is clear): a "
                "plain SEV guest would come up, its registers open to the host.")
            : _("The type is 'sev', but policy '%s' demands SEV-ES (bit 2 is set): a SEV-ES guest "
                "would come up, and fail where the host or the firmware image has no SEV-ES."),
        value);
    fix_policy(check, finding, policy ^ CVM_SEV_POLICY_ES);
}

static void
check_smt(struct cvm_check *check)
{
    uint64_t policy = check->domain->launch.policy.value;
    struct cvm_from place = policy_place(check, "smt");
    g_autofree char *value = cvm_policy_format(check->guest, policy);
    struct cvm_finding *finding;

    if (!is_readable(check) || policy & CVM_SNP_POLICY_SMT || check->host->smt != CVM_YES) {
        return;
    }
    finding =
        cvm_report(check, &place,
                   _("Policy '%1$s' forbids SMT (bit 16 is clear), but host '%2$s' has SMT on: the "
                     "SEV firmware answers 'Policy is not allowed' (fw_error=7)."),
                   value, check->host->name ? check->host->name : check->host->file);
    if (check->domain->form == CVM_FORM_XML) {
        g_autofree char *allowed = cvm_policy_format(check->guest, policy | CVM_SNP_POLICY_SMT);

        cvm_fix(finding, _("Turn SMT off on the host, or write '<policy>%s</policy>'."), allowed);
    } else {
        cvm_fix(finding, _("Turn SMT off on the host, or allow it in the policy ('smt: true')."));
    }
}

const struct cvm_rule cvm_rules_policy[] = {
    { "CVM201", "policy-missing", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("A confidential guest has no policy, which libvirt demands."), check_missing },
    { "CVM202", "policy-malformed", CVM_SEVERE, 0, FALSE,
      N_("The policy is no number that libvirt reads, or wider than its kind of policy."),
      check_malformed },
    { "CVM203", "policy-radix", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("The policy is a number without '0x', which libvirt reads as hexadecimal."), check_radix },
    { "CVM204", "policy-reserved-bits", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The policy sets a reserved bit, or clears SEV-SNP's bit 17."), check_reserved },
    { "CVM205", "policy-kvm-refuses", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("The policy has a bit that the host's kernel refuses."), check_kvm_refuses },
    { "CVM206", "policy-wrong-type", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The policy of a SEV-SNP guest is given to SEV, or the reverse."), check_wrong_type },
    { "CVM207", "policy-debug-allowed", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The policy lets the host debug the guest, which reads its memory in the clear."),
      check_debug_allowed },
    { "CVM208", "policy-key-sharing", CVM_WARNING, CVM_GUEST_LEGACY, FALSE,
      N_("The policy lets the host give the guest's memory key to another guest."),
      check_key_sharing },
    { "CVM209", "policy-type-mismatch", CVM_SEVERE, CVM_GUEST_LEGACY, FALSE,
      N_("The profile's type and bit 2 of its policy disagree about SEV-ES."),
      check_type_mismatch },
    { "CVM210", "smt-policy", CVM_SEVERE, CVM_GUEST_SEV_SNP, TRUE,
      N_("The policy forbids SMT, but the host has it on."), check_smt },
    { 0 },
};
