/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM4nn: machine, firmware, and what happens around a boot. */
#include "rules/rule.h"
#include "util/i18n.h"

static void
check_reboot(struct cvm_check *check)
{
    const struct cvm_text *on_reboot = &check->domain->on_reboot;
    const char *title = cvm_guest_info(check->guest)->title;
    struct cvm_finding *finding;

    if (on_reboot->from.origin == CVM_INVALID || cvm_text_is(*on_reboot, "destroy")) {
        return;
    }
    finding =
        cvm_report(check, &on_reboot->from,
                   _("The guest is to be '%1$s' when it reboots, but the vCPUs of a %2$s guest "
                     "cannot be reset: QEMU ends with 'cpus are not resettable, terminating'."),
                   cvm_is_set(*on_reboot) ? on_reboot->value : "restart", title);
    cvm_fix(finding,
            _("Set onReboot (on_reboot in XML) to 'destroy', and let what manages the guest "
              "start it again."));
}

const struct cvm_rule cvm_rules_boot[] = {
    { "CVM412", "reboot-restarts", CVM_WARNING, CVM_GUEST_STATE, FALSE,
      N_("A reboot ends a SEV-ES or SEV-SNP guest, whatever else on_reboot promises."),
      check_reboot },
    { 0 },
};
