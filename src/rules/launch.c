/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM2nn: the launch security element, above all the guest policy. */
#include "model/policy.h"
#include "rules/rule.h"
#include "util/i18n.h"

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

static void
check_debug_allowed(struct cvm_check *check)
{
    const struct cvm_uint *policy = &check->domain->launch.policy;
    gboolean snp = check->guest == CVM_GUEST_SEV_SNP;
    uint64_t bit = snp ? CVM_SNP_POLICY_DEBUG : CVM_SEV_POLICY_NODBG;
    struct cvm_from place = policy_place(check, "debug");
    g_autofree char *now = NULL;
    g_autofree char *fixed = NULL;
    struct cvm_finding *finding;

    if (!cvm_is_set(*policy) || !!(policy->value & bit) != snp) {
        return;
    }
    now = cvm_policy_format(check->guest, policy->value);
    fixed = cvm_policy_format(check->guest, policy->value ^ bit);
    finding =
        cvm_report(check, &place,
                   snp ? _("Policy '%s' allows debugging (bit 19 is set): the host may read and "
                           "write the guest's memory in the clear.")
                       : _("Policy '%s' allows debugging (bit 0 is clear): the host may read and "
                           "write the guest's memory in the clear."),
                   now);
    cvm_fix(finding, _("Use policy '%s', or 'debug: false' in a profile."), fixed);
}

const struct cvm_rule cvm_rules_launch[] = {
    { "CVM207", "policy-debug-allowed", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The policy lets the host debug the guest, which reads its memory in the clear."),
      check_debug_allowed },
    { 0 },
};
