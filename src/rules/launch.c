/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM211 to CVM222: the launch security element but for its policy. */
#include "rules/launch.h"

#include <string.h>

#include "util/closest.h"
#include "util/i18n.h"

/* "snp", "SEV", "sev_snp": not near in letters, but plain to see. */
static const char *
guess_type(const char *text, const char *const *types)
{
    g_autofree char *word = g_strdelimit(g_ascii_strdown(text, -1), "_ ", '-');

    for (size_t i = 0; *word && types[i]; i++) {
        const char *dash = strchr(types[i], '-');

        if (g_str_equal(types[i], word) || (dash && g_str_equal(dash + 1, word))) {
            return types[i];
        }
    }
    return cvm_closest(text, types);
}

static void
check_type_unknown(struct cvm_check *check)
{
    const struct cvm_text *type = &check->domain->launch.type;
    static const char *const profile_types[] = { "sev", "sev-es", "sev-snp", "none", NULL };
    static const char *const libvirt_types[] = { "sev", "sev-snp", "s390-pv", "tdx", NULL };
    gboolean profile = check->domain->form == CVM_FORM_PROFILE;
    const char *const *types = profile ? profile_types : libvirt_types;
    const char *guess;
    struct cvm_finding *finding;

    if (!cvm_is_given(*type) || g_strv_contains(types, type->value)) {
        return;
    }
    guess = guess_type(type->value, types);
    finding = cvm_report(
        check, &type->from,
        profile
            ? _("'%s' is no type of guest that a profile describes.")
            : _("libvirt knows no launchSecurity of type '%s' and refuses the domain with 'Invalid "
                "value for attribute 'type' in element 'launchSecurity''."),
        type->value);
    if (!profile && g_ascii_strcasecmp(type->value, "sev-es") == 0) {
        cvm_fix(finding, _("Use type 'sev' with policy bit 2 set, '0x0007': that is SEV-ES."));
    } else if (guess) {
        cvm_fix(finding, _("Did you mean '%s'?"), guess);
    } else {
        g_autofree char *list = g_strjoinv("', '", (char **)types);

        cvm_fix(finding, _("Use one of '%s'."), list);
    }
}

static void
check_hashes_without_kernel(struct cvm_check *check)
{
    const struct cvm_flag *hashes = &check->domain->launch.kernel_hashes;
    const char *kernel = cvm_in_form(check, "'os.kernel'", "'<kernel>' in '<os>'");

    if (!cvm_is_on(*hashes) || !cvm_is_unset(check->domain->os.kernel)) {
        return;
    }
    if (check->guest == CVM_GUEST_SEV_SNP) {
        cvm_fix(
            cvm_report(check, &hashes->from,
                       _("'kernelHashes' is on, but there is no kernel to hash: QEMU aborts when a "
                         "SEV-SNP guest starts with an image made for kernel hashes.")),
            _("Turn 'kernelHashes' off, or boot the kernel directly (%s)."), kernel);
    } else {
        cvm_fix(cvm_report_as(
                    check, CVM_WARNING, &hashes->from,
                    _("'kernelHashes' is on, but there is no kernel to hash: it has no effect, and "
                      "what the guest boots from its disk is not measured.")),
                _("Turn 'kernelHashes' off, or boot the kernel directly (%s)."), kernel);
    }
}

static void
check_kernel_unmeasured(struct cvm_check *check)
{
    const struct cvm_text *kernel = &check->domain->os.kernel;
    const struct cvm_flag *hashes = &check->domain->launch.kernel_hashes;

    if (!cvm_is_set(*kernel) || cvm_is_on(*hashes) || hashes->from.origin == CVM_INVALID) {
        return;
    }
    cvm_fix(cvm_report(
                check, &kernel->from,
                _("Kernel '%s' is booted directly, but 'kernelHashes' is not on: the host may put "
                  "another kernel, initrd or command line in its place, and the launch measurement "
                  "does not tell."),
                kernel->value),
            _("Write %s, with a firmware image made for it (OVMF's AmdSev build)."),
            cvm_in_form(check, "'kernelHashes: true'", "'<launchSecurity … kernelHashes='yes'>'"));
}

static void
check_cbitpos(struct cvm_check *check)
{
    const struct cvm_uint *cbitpos = &check->domain->launch.cbitpos;
    const struct cvm_domcaps *domcaps = &check->host->domcaps;

    if (!cvm_is_given(*cbitpos) || !check->host->has_domcaps || domcaps->sev != CVM_YES ||
        cbitpos->value == domcaps->cbitpos) {
        return;
    }
    cvm_fix(
        cvm_report(check, &cbitpos->from,
                   _("The C-bit position is given as '%1$llu', but the host's is '%2$u': QEMU ends "
                     "with 'cbitpos check failed, host '%2$u' requested '%1$llu''."),
                   (unsigned long long)cbitpos->value, domcaps->cbitpos),
        _("Remove 'cbitpos': libvirt asks the host when the guest starts."));
}

static void
check_reduced_phys_bits(struct cvm_check *check)
{
    const struct cvm_uint *bits = &check->domain->launch.reduced_phys_bits;

    if (!cvm_is_given(*bits) || (bits->value >= 1 && bits->value <= 63)) {
        return;
    }
    cvm_fix(cvm_report(
                check, &bits->from,
                _("'reducedPhysBits' is '%llu': QEMU ends with 'reduced_phys_bits check failed, it "
                  "should be in the range of 1 to 63'."),
                (unsigned long long)bits->value),
            _("Remove 'reducedPhysBits': libvirt asks the host when the guest starts."));
}

static void
check_not_kvm(struct cvm_check *check)
{
    const struct cvm_text *virt_type = &check->domain->virt_type;

    if (!cvm_is_set(*virt_type) || cvm_text_is(*virt_type, "kvm")) {
        return;
    }
    cvm_fix(cvm_report(check, &virt_type->from,
                       _("The virtualization type is '%1$s', but only KVM can start a %2$s guest."),
                       virt_type->value, cvm_guest_info(check->guest)->title),
            check->domain->form == CVM_FORM_XML
                ? _("Write '<domain type='kvm'>'; to try the guest without SEV hardware, remove "
                    "launchSecurity.")
                : _("Use 'kvm'; to try the guest without SEV hardware, use launchSecurity type "
                    "'none' as well."));
}

const struct cvm_rule cvm_rules_launch[] = {
    { "CVM211", "type-unknown", CVM_SEVERE, 0, FALSE,
      N_("The type of launchSecurity is none that libvirt knows."), check_type_unknown },
    { "CVM212", "launch-element-unknown", CVM_SEVERE, 0, FALSE,
      N_("Something in launchSecurity is dropped by libvirt without a word."),
      cvm_check_launch_names },
    { "CVM213", "blob-malformed", CVM_SEVERE, 0, FALSE,
      N_("A certificate, session, ID block or the like is no base64, a path, or of the wrong "
         "size."),
      cvm_check_blobs },
    { "CVM214", "session-incomplete", CVM_SEVERE, CVM_GUEST_LEGACY, FALSE,
      N_("The guest owner's certificate is given without the session, or the reverse."),
      cvm_check_session },
    { "CVM215", "id-block-incomplete", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("ID block, ID authentication and author key do not come together."), cvm_check_id_block },
    { "CVM216", "id-block-policy", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("The ID block was signed for another policy."), cvm_check_id_block_policy },
    { "CVM217", "kernel-hashes-without-kernel", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("Kernel hashes are asked for, but no kernel is booted directly."),
      check_hashes_without_kernel },
    { "CVM218", "kernel-unmeasured", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("A kernel is booted directly, and is not part of the launch measurement."),
      check_kernel_unmeasured },
    { "CVM219", "cbitpos-mismatch", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("The C-bit position is not the host's."), check_cbitpos },
    { "CVM220", "reduced-phys-bits-mismatch", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The reduction of physical address bits is outside what QEMU takes."),
      check_reduced_phys_bits },
    { "CVM221", "sev-object-in-commandline", CVM_WARNING, 0, FALSE,
      N_("QEMU's command line is changed behind libvirt's back, or would be if libvirt saw it."),
      cvm_check_commandline },
    { "CVM222", "not-kvm", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("A confidential guest is to run without KVM."), check_not_kvm },
    { 0 },
};
