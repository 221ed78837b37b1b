/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine, the launch security and the features that follow from it. */
#include "resolve/choose.h"

#include "model/policy.h"
#include "util/i18n.h"

/* "q35" is the host's newest pc-q35: libvirt writes that name into the definition anyway. A given
 * alias keeps its place and its meaning, and the choice is told. */
static void
expand_alias(struct cvm_choice *choice, const char *canonical)
{
    struct cvm_text *machine = &choice->domain->os.machine;

    if (cvm_is_given(*machine) && g_str_equal(machine->value, "q35")) {
        machine->value = canonical;
        cvm_domain_add_default(choice->domain, "os", "machine", canonical,
                               _("'q35' stands for the host's newest machine of that kind"));
    } else {
        cvm_choose_text(choice, "machine", machine, canonical,
                        _("the host's newest q35: confidential guests need its PCI Express"));
    }
}

void
cvm_resolve_machine(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;
    /* KubeVirt brings a QEMU of its own, whose machines the node's capabilities say nothing of. */
    gboolean known =
        choice->host && choice->host->has_domcaps && !cvm_domain_is_for_kubevirt(domain);
    const struct cvm_domcaps *caps = known ? &choice->host->domcaps : NULL;

    cvm_choose_in(choice, "", &domain->from);
    cvm_choose_text(choice, "virtType", &domain->virt_type, "kvm",
                    _("memory encryption is offered by KVM alone"));
    cvm_choose_in(choice, "os", &domain->os.from);
    cvm_choose_text(choice, "arch", &domain->os.arch, "x86_64",
                    _("AMD's memory encryption is for 64-bit guests"));
    if (caps && caps->machine && g_str_has_prefix(caps->machine, "pc-q35-")) {
        expand_alias(choice, caps->machine);
    }
    cvm_choose_text(choice, "machine", &domain->os.machine, "q35",
                    _("confidential guests need a q35 machine's PCI Express"));
    cvm_choose_in(choice, "devices", &domain->devices.from);
    if (caps) {
        cvm_choose_text(choice, "emulator", &domain->devices.emulator, caps->emulator,
                        _("the emulator that the host's capabilities speak of"));
    }
}

void
cvm_resolve_launch(struct cvm_choice *choice)
{
    struct cvm_launch *launch = &choice->domain->launch;

    if (!(choice->guest & CVM_GUEST_AMD)) {
        return;
    }
    cvm_choose_in(choice, "launchSecurity", &launch->from);
    cvm_choose_policy(choice, "policy", &launch->policy, cvm_policy_default(choice->guest),
                      choice->guest == CVM_GUEST_SEV_SNP
                          ? _("no debugging by the host; SMT is allowed, as most hosts have it on")
                          : _("no debugging by the host, and no key shared with another guest"));
    /* QEMU compares the C-bit with the processor's and takes the rest as it is (target/i386/sev.c,
     * sev_common_kvm_init). */
    if (choice->host && choice->host->has_domcaps && choice->host->domcaps.sev == CVM_YES) {
        cvm_choose_uint(choice, "cbitpos", &launch->cbitpos, choice->host->domcaps.cbitpos,
                        _("the encryption bit's place in this host's page tables"));
        cvm_choose_uint(choice, "reducedPhysBits", &launch->reduced_phys_bits,
                        choice->host->domcaps.reduced_phys_bits,
                        _("the address bits that encryption costs on this host"));
    }
}

/* SMM handlers cannot run in a guest whose vCPU state is encrypted. Where libvirt chooses the
 * firmware of a guest that could have SMM, it also chooses that. */
static void
choose_smm(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;
    struct cvm_flag *smm = &domain->features.smm;

    if (choice->guest & CVM_GUEST_STATE) {
        cvm_choose_flag(choice, "smm", smm, FALSE,
                        _("system management mode cannot run with an encrypted vCPU state"));
    } else if (cvm_is_on(domain->os.secure)) {
        cvm_choose_flag(choice, "smm", smm, TRUE,
                        _("a secure loader keeps its variables behind system management mode"));
    } else if (!cvm_text_is(domain->os.firmware, "efi")) {
        cvm_choose_flag(choice, "smm", smm, FALSE,
                        _("the firmware does not need system management mode"));
    }
}

void
cvm_resolve_features(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;
    struct cvm_features *features = &domain->features;

    cvm_choose_in(choice, "features", &features->from);
    cvm_choose_flag(choice, "acpi", &features->acpi, TRUE,
                    _("UEFI describes the machine to the guest by ACPI"));
    cvm_choose_flag(choice, "apic", &features->apic, TRUE,
                    _("a guest with several vCPUs needs the local APIC"));
    choose_smm(choice);
    cvm_choose_flag(choice, "vmcoreinfo", &features->vmcoreinfo, FALSE,
                    _("it serves memory dumps, and those of an encrypted guest are ciphertext"));
    cvm_choose_in(choice, "memory", &domain->memory.from);
    cvm_choose_flag(choice, "dumpCore", &domain->memory.dump_core, FALSE,
                    _("the memory of an encrypted guest is of no use in a dump"));
}
