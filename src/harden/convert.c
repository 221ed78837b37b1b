/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest of another type: no more than launchSecurity, and what was said of the old type's
 * firmware. The rules find the rest. */
#include "harden/repair.h"
#include "model/policy.h"
#include "util/i18n.h"

/* The policy of the new type: what the old one says where it means the same. */
static uint64_t
choose_policy(const struct cvm_repair *repair)
{
    const struct cvm_uint *policy = &repair->domain->launch.policy;
    gboolean both_legacy = repair->guest & CVM_GUEST_LEGACY && repair->type & CVM_GUEST_LEGACY;

    if (!both_legacy || !cvm_is_set(*policy)) {
        return cvm_policy_default(repair->type);
    }
    return repair->type == CVM_GUEST_SEV_ES ? policy->value | CVM_SEV_POLICY_ES
                                            : policy->value & ~CVM_SEV_POLICY_ES;
}

static void
add_launch(struct cvm_repair *repair, const char *type, const char *policy)
{
    g_autofree char *fragment = g_strdup_printf(
        "<launchSecurity type='%s'>\n  <policy>%s</policy>\n</launchSecurity>", type, policy);

    cvm_repair_insert(repair, repair->root, fragment);
}

void
cvm_repair_convert(struct cvm_repair *repair)
{
    const struct cvm_launch *launch = &repair->domain->launch;
    const struct cvm_node *element = cvm_node_child(repair->root, "launchSecurity");
    const char *type = cvm_guest_info(repair->type)->libvirt_type;
    g_autofree char *policy = cvm_policy_format(repair->type, choose_policy(repair));

    if (!cvm_is_unset(launch->session) || !cvm_is_unset(launch->id_block)) {
        cvm_repair_decline(repair, _("The guest's owner signed its policy: the session or ID block "
                                     "is to be made anew for the other type."));
        return;
    }
    if (!element) {
        add_launch(repair, type, policy);
        return;
    }
    cvm_repair_set_attribute(repair, element, "type", type);
    cvm_repair_set_child(repair, element, "policy", policy);
}
