/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM408 to CVM415: what firmware needs and may not have, and what a guest with encrypted register
 * state cannot do. */
#include <string.h>

#include "rules/rule.h"
#include "util/i18n.h"
#include "util/number.h"

static void
check_rom(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_from *place = NULL;
    const char *what = NULL;

    if (cvm_text_is(os->type, "pflash")) {
        place = &os->type.from;
        what = cvm_in_form(check, "pflash", "<loader type='pflash'>");
    } else if (cvm_is_set(os->nvram)) {
        place = &os->nvram.from;
        what = cvm_in_form(check, "nvram", "<nvram>");
    } else if (cvm_is_set(os->nvram_template)) {
        place = &os->nvram_template.from;
        what = cvm_in_form(check, "nvramTemplate", "<nvram template=…>");
    }
    if (place) {
        cvm_fix(cvm_report(
                    check, place,
                    _("'%s' needs flash memory, which KVM does not offer to a SEV-SNP guest: QEMU "
                      "ends with 'pflash with kvm requires KVM readonly memory support'."),
                    what),
                check->domain->form == CVM_FORM_XML
                    ? _("Write '<loader type='rom' stateless='yes'>' with a complete image, and "
                        "no '<nvram>'.")
                    : _("Load the image with type 'rom' and stateless 'true', without an nvram."));
    }
}

static void
check_stateless(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    gboolean template = !cvm_is_set(os->nvram);
    const struct cvm_text *store = template ? &os->nvram_template : &os->nvram;

    if (!cvm_is_on(os->stateless) || !cvm_is_set(*store)) {
        return;
    }
    cvm_fix(cvm_report(
                check, &store->from,
                template ? _("The firmware is stateless, but a template '%s' for its variables is "
                             "given: libvirt refuses the domain with 'NVRAM template is not "
                             "permitted when loader is stateless'.")
                         : _("The firmware is stateless, but a store '%s' for its variables is "
                             "given: libvirt refuses the domain with 'NVRAM is not permitted when "
                             "loader is stateless'."),
                store->value),
            _("Remove one of the two; an attested guest is better off stateless."));
}

static void
check_nvram_measured(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_from *place = NULL;

    if (!cvm_is_set(launch->session) && !cvm_is_set(launch->dh_cert)) {
        return;
    }
    if (cvm_is_set(os->nvram)) {
        place = &os->nvram.from;
    } else if (cvm_is_set(os->nvram_template)) {
        place = &os->nvram_template.from;
    } else if (cvm_text_is(os->firmware, "efi") && cvm_is_unset(os->loader)) {
        place = &os->firmware.from; /* libvirt takes an image with a store unless told not to */
    }
    if (place && !cvm_is_on(os->stateless)) {
        cvm_fix(
            cvm_report(check, place,
                       _("The guest is to be attested (it has a launch session), but its firmware "
                         "reads variables from a store that the launch measurement does not cover: "
                         "the host may change what the guest boots.")),
            _("Use a stateless firmware image."));
    }
}

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

    if (cvm_is_on(*flag)) {
        g_autofree char *fix = check->domain->form == CVM_FORM_XML
                                   ? g_strdup_printf("'<%s enabled='no'/>'", xml)
                                   : g_strdup_printf("'%s: false'", profile);

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

/* Other architectures, and other drivers of libvirt, do without. */
static gboolean
is_x86_qemu(const struct cvm_domain *domain)
{
    const struct cvm_os *os = &domain->os;
    gboolean x86 = cvm_is_set(os->arch)
                       ? cvm_text_is(os->arch, "x86_64") || cvm_text_is(os->arch, "i686")
                       : !cvm_text_is(os->machine, "virt");

    return x86 && cvm_domain_is_qemu(domain);
}

/* qemuValidateDomainDef(): UEFI is what libvirt chooses for firmware='efi' and loads as flash.
 */
static void
check_acpi(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_features *features = &check->domain->features;
    gboolean xml = check->domain->form == CVM_FORM_XML;
    gboolean uefi = cvm_text_is(os->firmware, "efi") || cvm_text_is(os->type, "pflash");
    gboolean off = cvm_is_off(features->acpi) || (xml && cvm_is_unset(features->acpi));

    if (!uefi || !off || !is_x86_qemu(check->domain)) {
        return;
    }
    cvm_fix(cvm_report(check, cvm_is_given(features->acpi) ? &features->acpi.from : &features->from,
                       _("The guest boots with UEFI firmware, but without ACPI: libvirt refuses it "
                         "with 'UEFI requires ACPI on this architecture'.")),
            _("Write %s."),
            cvm_in_form(check, "'features: {acpi: true}'", "'<features><acpi/></features>'"));
}

static gboolean
asks_for_feature(const struct cvm_os *os, const char *name, gboolean enabled)
{
    cvm_each (struct cvm_firmware_feature, feature, &os->feature) {
        if (cvm_text_is(feature->name, name) && cvm_is_set(feature->enabled) &&
            !!feature->enabled.value == enabled) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
report_contradiction(struct cvm_check *check, const struct cvm_from *place, const char *what,
                     const char *answer)
{
    cvm_fix(
        cvm_report(check, place, _("%1$s: libvirt refuses the domain with '%2$s'."), what, answer),
        check->domain->form == CVM_FORM_XML
            ? _("Write '<os firmware='efi'>' without a loader, or name the image with all that "
                "it needs.")
            : _("Write 'firmware: auto', or name the image with all that it needs."));
}

/* What firmware='efi' or a loader is missing for; TRUE when there was something. */
static gboolean
check_no_firmware(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_node *loader = cvm_node_child(os->from.node, "loader");
    const struct cvm_node *nvram = cvm_node_child(os->from.node, "nvram");
    const struct cvm_from place = { .node = loader ? loader : nvram };

    if (check->domain->form != CVM_FORM_XML || !cvm_is_unset(os->firmware)) {
        return FALSE;
    }
    if (os->feature.count > 0) {
        report_contradiction(check, &os->feature.from,
                             _("Features of firmware are asked for, but libvirt is not to choose "
                               "any"),
                             "cannot use feature-based firmware autoselection when firmware "
                             "autoselection is disabled");
        return TRUE;
    }
    if (place.node && cvm_is_unset(os->loader)) {
        report_contradiction(check, &place,
                             _("No firmware image is named, and libvirt is not to choose one"),
                             "no loader path specified and firmware auto selection disabled");
        return TRUE;
    }
    return FALSE;
}

/* From 9.2 on libvirt turns SMM on by itself, unless it is off, when a descriptor of the image
 * wants it. */
static gboolean
lacks_smm(const struct cvm_check *check)
{
    const struct cvm_flag *smm = &check->domain->features.smm;
    unsigned libvirt = check->host ? check->host->libvirt_version : 0;

    return cvm_is_off(*smm) || (cvm_is_unset(*smm) && libvirt && libvirt < CVM_VERSION(9, 2, 0));
}

static void
check_secure(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const char *machine = cvm_is_set(os->machine) ? os->machine.value : "pc";

    if (!cvm_is_on(os->secure)) {
        return;
    }
    if (!strstr(machine, "q35")) {
        report_contradiction(check, &os->secure.from,
                             _("A loader is 'secure', but the machine is no q35"),
                             "Secure boot is supported with q35 machine types only");
    } else if (!(check->guest & CVM_GUEST_STATE) && cvm_is_set(os->loader) &&
               cvm_is_unset(os->firmware) && lacks_smm(check)) {
        /* Where SMM cannot be had, CVM411 says so. */
        report_contradiction(check, &os->secure.from,
                             _("A loader is 'secure', but System Management Mode is not on"),
                             "Secure boot requires SMM feature enabled");
    }
}

/* virDomainDefOSValidate() and qemuValidateDomainDefBoot(), but for what CVM409 finds. */
static void
check_contradiction(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    gboolean bios = cvm_text_is(os->firmware, "bios");

    if (!cvm_domain_is_qemu(check->domain) || check_no_firmware(check)) {
        return;
    }
    if (cvm_is_off(os->stateless) && cvm_is_given(os->stateless) &&
        (bios || (cvm_is_unset(os->firmware) && cvm_is_set(os->loader) &&
                  !cvm_text_is(os->type, "pflash")))) {
        report_contradiction(check, &os->stateless.from,
                             _("A variable store is asked for, but only flash memory has one"),
                             bios ? "Only EFI firmware permits NVRAM"
                                  : "Only pflash loader type permits NVRAM");
    }
    if (bios && cvm_is_set(os->nvram)) {
        report_contradiction(check, &os->nvram.from,
                             _("A BIOS is asked for, which has no variable store"),
                             "firmware type 'bios' does not support nvram");
    }
    if (asks_for_feature(os, "enrolled-keys", TRUE) && asks_for_feature(os, "secure-boot", FALSE)) {
        report_contradiction(check, &os->feature.from,
                             _("Keys of Secure Boot are asked for, and Secure Boot is declined"),
                             "firmware feature 'enrolled-keys' cannot be enabled when firmware "
                             "feature 'secure-boot' is disabled");
    }
    check_secure(check);
}

const struct cvm_rule cvm_rules_boot[] = {
    { "CVM408", "snp-needs-rom", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("A SEV-SNP guest has its firmware in flash memory, or a variable store."), check_rom },
    { "CVM409", "nvram-with-stateless", CVM_SEVERE, 0, FALSE,
      N_("The firmware is stateless and has a variable store."), check_stateless },
    { "CVM410", "nvram-unmeasured", CVM_WARNING, CVM_GUEST_LEGACY, FALSE,
      N_("An attested guest's firmware has variables that nobody measures."),
      check_nvram_measured },
    { "CVM411", "smm-with-es-snp", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("System Management Mode is asked for, which encrypted register state rules out."),
      check_smm_and_image },
    { "CVM412", "reboot-restarts", CVM_WARNING, CVM_GUEST_STATE, FALSE,
      N_("A reboot ends a SEV-ES or SEV-SNP guest, whatever else on_reboot promises."),
      check_reboot },
    { "CVM413", "suspend-enabled", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("The guest may suspend itself, and does not wake up."), check_suspend },
    { "CVM414", "uefi-without-acpi", CVM_SEVERE, 0, FALSE,
      N_("UEFI firmware is to boot a guest without ACPI, which libvirt refuses."), check_acpi },
    { "CVM415", "firmware-contradiction", CVM_SEVERE, 0, FALSE,
      N_("What the domain says of its firmware contradicts itself, and libvirt refuses it."),
      check_contradiction },
    { 0 },
};
