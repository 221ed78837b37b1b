/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/resolve.h"

#include "resolve/choose.h"
#include "util/i18n.h"

/* An encrypted vCPU cannot be reset: QEMU ends with "cpus are not resettable, terminating". */
static void
resolve_lifecycle(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;

    cvm_choose_in(choice, "", &domain->from);
    if (choice->guest & CVM_GUEST_STATE) {
        cvm_choose_text(choice, "onReboot", &domain->on_reboot, "destroy",
                        _("a guest whose vCPU state is encrypted cannot be reset in place"));
    }
    cvm_choose_in(choice, "pm", &domain->pm.from);
    cvm_choose_flag(choice, "suspendToMem", &domain->pm.suspend_to_mem, FALSE,
                    _("an encrypted guest cannot be counted on to wake from a suspend to memory"));
    cvm_choose_flag(choice, "suspendToDisk", &domain->pm.suspend_to_disk, FALSE,
                    _("suspending to disk adds nothing to shutting an encrypted guest down"));
    cvm_choose_in(choice, "clock", &domain->clock.from);
    if (!cvm_is_set(domain->clock.timezone)) {
        cvm_choose_text(choice, "offset", &domain->clock.offset, "utc",
                        _("a clock in UTC is the same on every host"));
    }
}

void
cvm_resolve(struct cvm_domain *domain, const struct cvm_host *host)
{
    struct cvm_choice choice = {
        .domain = domain,
        .host = host,
        .guest = domain->launch.guest,
        .tcg = cvm_text_is(domain->virt_type, "qemu"),
        .prefix = "",
        .node = domain->from.node,
    };

    if (domain->form == CVM_FORM_XML) {
        return;
    }
    cvm_resolve_machine(&choice);
    cvm_resolve_launch(&choice);
    cvm_resolve_firmware(&choice);
    cvm_resolve_features(&choice);
    cvm_resolve_cpu(&choice);
    resolve_lifecycle(&choice);
    cvm_resolve_disks(&choice);
    cvm_resolve_devices(&choice);
    cvm_resolve_memory(&choice);
    cvm_resolve_topology(&choice);
}
