/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM411 to CVM413: what a guest with encrypted register state cannot do. */
#include <string.h>

#include "rules/rule.h"
#include "util/i18n.h"

static void
check_smm(struct cvm_check *check)
{
    const struct cvm_flag *smm = &check->domain->features.smm;
    const struct cvm_flag *secure = &check->domain->os.secure;
    gboolean by_smm = cvm_is_on(*smm) && !(cvm_is_on(*secure) && cvm_is_given(*secure));
    const struct cvm_from *place = by_smm ? &smm->from : &secure->from;
    const char *name = by_smm ? cvm_in_form(check, "smm", "<smm>")
                              : cvm_in_form(check, "secure", "<loader secure='yes'>");

    if (!cvm_is_on(*smm) && !cvm_is_on(*secure)) {
        return;
    }
    if (check->guest == CVM_GUEST_SEV) {
        cvm_fix(cvm_report_as(
                    check, CVM_WARNING, place,
                    _("'%s' asks for System Management Mode: a SEV guest starts with it, but the "
                      "host enters that mode as it likes, and SEV-ES and SEV-SNP have it no more."),
                    name),
                _("Leave '%s' off, with a firmware image that does without."), name);
        return;
    }
    cvm_fix(cvm_report(
                check, place,
                check->guest == CVM_GUEST_SEV_SNP
                    ? _("'%s' asks for System Management Mode, which a SEV-SNP guest cannot have: "
                        "QEMU ends with 'SEV-SNP does not support SMM.'")
                    : _("'%s' asks for System Management Mode, which a SEV-ES guest cannot have: "
                        "QEMU ends with 'System Management Mode not supported by this "
                        "hypervisor.'"),
                name),
            _("Turn '%s' off, with a firmware image that does without."), name);
}

static gboolean
says_requires_smm(const struct cvm_firmware *firmware, const char *loader)
{
    return g_strcmp0(firmware->executable, loader) == 0 &&
           cvm_strings_contain(&firmware->features, "requires-smm");
}

/* An image that was built to demand SMM does not boot without: OVMF stops in a dead loop. */
static void
check_smm_image(struct cvm_check *check)
{
    const struct cvm_text *loader = &check->domain->os.loader;
    const struct cvm_host *host = check->host;
    gboolean described = FALSE;
    struct cvm_finding *finding;

    if (!(check->guest & CVM_GUEST_STATE) || !cvm_is_set(*loader)) {
        return;
    }
    for (unsigned i = 0; host && i < host->n_firmware; i++) {
        described |= g_strcmp0(host->firmware[i].executable, loader->value) == 0;
        if (says_requires_smm(&host->firmware[i], loader->value)) {
            finding = cvm_report(
                check, &loader->from,
                _("Firmware image '%1$s' needs System Management Mode (descriptor '%2$s'), which a "
                  "%3$s guest cannot have: it never gets to its boot menu."),
                loader->value, host->firmware[i].path, cvm_guest_info(check->guest)->title);
            cvm_fix(finding, _("Choose an image whose descriptor lacks 'requires-smm'."));
            return;
        }
    }
    if (!described && (strstr(loader->value, ".secboot.") || strstr(loader->value, ".ms."))) {
        finding = cvm_report_as(
            check, CVM_WARNING, &loader->from,
            _("Firmware image '%1$s' is named like one that needs System Management Mode, which a "
              "%2$s guest cannot have; no descriptor of the host was at hand to tell."),
            loader->value, cvm_guest_info(check->guest)->title);
        cvm_fix(finding, _("Choose an image whose descriptor lacks 'requires-smm'."));
    }
}

static void
check_smm_and_image(struct cvm_check *check)
{
    check_smm(check);
    check_smm_image(check);
}

static void
check_reboot(struct cvm_check *check)
{
    const struct cvm_text *on_reboot = &check->domain->on_reboot;
    struct cvm_finding *finding;

    if (on_reboot->from.origin == CVM_INVALID || cvm_text_is(*on_reboot, "destroy")) {
        return;
    }
    finding = cvm_report(
        check, &on_reboot->from,
        _("On a reboot '%1$s' is asked for, but the vCPUs of a %2$s guest cannot be reset: QEMU "
          "ends with 'cpus are not resettable, terminating'."),
        cvm_is_set(*on_reboot) ? on_reboot->value : "restart", cvm_guest_info(check->guest)->title);
    cvm_fix(finding, _("Write %s, and let what manages the guest start it again."),
            cvm_in_form(check, "'onReboot: destroy'", "'<on_reboot>destroy</on_reboot>'"));
}

static void
report_suspend(struct cvm_check *check, const struct cvm_flag *flag, const char *profile,
               const char *xml)
{
    const char *name = cvm_in_form(check, profile, xml);
    g_autofree char *fix = check->domain->form == CVM_FORM_XML
                               ? g_strdup_printf("'<%s enabled='no'/>'", xml)
                               : g_strdup_printf("'%s: false'", profile);

    if (cvm_is_on(*flag)) {
        cvm_fix(
            cvm_report(
                check, &flag->from,
                check->guest & CVM_GUEST_STATE
                    ? _("'%1$s' is offered to the guest, but a %2$s guest does not wake up: its "
                        "vCPUs cannot be reset.")
                    : _("'%1$s' is offered to the guest, but nobody has seen a %2$s guest wake "
                        "up."),
                name, cvm_guest_info(check->guest)->title),
            _("Turn it off: %s."), fix);
    }
}

static void
check_suspend(struct cvm_check *check)
{
    report_suspend(check, &check->domain->pm.suspend_to_mem, "suspendToMem", "suspend-to-mem");
    report_suspend(check, &check->domain->pm.suspend_to_disk, "suspendToDisk", "suspend-to-disk");
}

const struct cvm_rule cvm_rules_boot[] = {
    { "CVM411", "smm-with-es-snp", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("System Management Mode is asked for, which encrypted register state rules out."),
      check_smm_and_image },
    { "CVM412", "reboot-restarts", CVM_WARNING, CVM_GUEST_STATE, FALSE,
      N_("A reboot ends a SEV-ES or SEV-SNP guest, whatever else on_reboot promises."),
      check_reboot },
    { "CVM413", "suspend-enabled", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("The guest may suspend itself, and does not wake up."), check_suspend },
    { 0 },
};
