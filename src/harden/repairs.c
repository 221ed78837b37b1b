/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every rule once: what is done about it, or why that is for you to decide. */
#include <string.h>

#include "harden/repair.h"
#include "util/i18n.h"

static const char of_profiles[] =
    N_("It is about how a profile is written: that is changed in the profile.");
static const char of_the_host[] =
    N_("That is a matter of the host, which no change to the domain mends.");
static const char of_libvirts_domain[] =
    N_("It is about the domain that libvirt has: 'cvmdom define --replace' defines that anew.");
static const char needs_a_value[] = N_("What was meant there is not known: write the value.");
static const char needs_a_blob[] = N_(
    "Certificates, sessions and ID blocks are made by the guest's owner, who has to make it anew.");
static const char of_suppressions[] =
    N_("Comments are left as they are: what they say is for you to decide.");
static const char needs_an_image[] =
    N_("No firmware image that fits is known: name a host that has one (--host), or an image.");
static const char of_measuring[] =
    N_("It is found when the guest is measured, and mended by what is "
       "measured: 'cvmdom measure' says how.");
static const char of_a_target[] =
    N_("It is about what another target than libvirt can say: choose another one, or do without.");
static const char of_placement[] =
    N_("Where the guest's memory and vCPUs are to be is for you to decide.");

const struct cvm_repair_row cvm_repairs[] = {
    { "CVM101", NULL, of_profiles, FALSE },
    { "CVM102", cvm_repair_value, needs_a_value, FALSE },
    { "CVM103", NULL, of_profiles, FALSE },
    { "CVM104", NULL, needs_a_value, FALSE },
    { "CVM105", NULL, N_("A domain's name is for you to choose."), FALSE },
    { "CVM106", NULL, of_profiles, FALSE },
    { "CVM107", NULL, N_("Name the type that the guest is to have: --type."), FALSE },
    { "CVM108", NULL, needs_a_value, FALSE },
    { "CVM109", NULL, of_suppressions, FALSE },
    { "CVM110", NULL, of_suppressions, FALSE },
    { "CVM111", NULL, N_("What it was meant to be is not known."), FALSE },
    { "CVM112", NULL, N_("The encoding of the file is for you to change."), FALSE },
    { "CVM113", NULL, N_("What it was meant to be is not known."), FALSE },

    { "CVM201", cvm_repair_policy_missing, NULL, FALSE },
    { "CVM202", cvm_repair_policy_form, needs_a_value, FALSE },
    { "CVM203", cvm_repair_policy_radix, NULL, FALSE },
    { "CVM204", cvm_repair_policy_reserved, NULL, FALSE },
    { "CVM205", cvm_repair_policy_kvm, NULL, FALSE },
    { "CVM206", cvm_repair_policy_type, NULL, FALSE },
    { "CVM207", cvm_repair_policy_debug, NULL, FALSE },
    { "CVM208", cvm_repair_policy_sharing, NULL, FALSE },
    { "CVM209", NULL, of_profiles, FALSE },
    { "CVM210", NULL,
      N_("Either the host turns SMT off, or the policy allows it, which is weaker: that is for you "
         "to decide."),
      FALSE },
    { "CVM211", cvm_repair_launch_type, NULL, FALSE },
    { "CVM212", cvm_repair_launch_element, NULL, FALSE },
    { "CVM213", cvm_repair_blob, needs_a_blob, FALSE },
    { "CVM214", NULL, needs_a_blob, FALSE },
    { "CVM215", cvm_repair_author_key, needs_a_blob, FALSE },
    { "CVM216", NULL, needs_a_blob, FALSE },
    { "CVM217", NULL,
      N_("Either a <kernel> is missing, or kernelHashes='yes' is too much: what the guest is to "
         "boot is for you to decide."),
      FALSE },
    { "CVM218", NULL,
      N_("kernelHashes='yes' needs a firmware image that was built for it: that is for you to "
         "decide."),
      FALSE },
    { "CVM219", cvm_repair_cbitpos, NULL, FALSE },
    { "CVM220", cvm_repair_reduced_phys_bits, NULL, FALSE },
    { "CVM221", NULL, N_("What is given to QEMU directly is for you to decide."), FALSE },
    { "CVM222", cvm_repair_virt_type, NULL, FALSE },

    { "CVM401", cvm_repair_machine, NULL, FALSE },
    { "CVM402", cvm_repair_machine_version, NULL, FALSE },
    { "CVM403", cvm_repair_firmware, NULL, FALSE },
    { "CVM404", cvm_repair_os_type, NULL, FALSE },
    { "CVM405", cvm_repair_firmware, NULL, FALSE },
    { "CVM406", cvm_repair_firmware, NULL, FALSE },
    { "CVM407", cvm_repair_firmware, NULL, FALSE },
    { "CVM408", cvm_repair_rom, NULL, FALSE },
    { "CVM409", cvm_repair_nvram, NULL, FALSE },
    { "CVM410", NULL, needs_an_image, FALSE },
    { "CVM411", cvm_repair_smm, NULL, FALSE },
    { "CVM412", cvm_repair_reboot, NULL, FALSE },
    { "CVM413", cvm_repair_suspend, NULL, FALSE },
    { "CVM414", cvm_repair_acpi, NULL, FALSE },
    { "CVM415", NULL, N_("Which half of the contradiction is meant is not known."), FALSE },

    { "CVM501", cvm_repair_lock_memory, NULL, FALSE },
    { "CVM502", cvm_repair_hard_limit, NULL, FALSE },
    { "CVM503", cvm_repair_unlock_memory, NULL, FALSE },
    { "CVM504", cvm_repair_unlock_memory, NULL, FALSE },
    { "CVM505", cvm_repair_hugepages, NULL, FALSE },
    { "CVM506", NULL, of_placement, FALSE },
    { "CVM507", cvm_repair_remainder, NULL, FALSE },
    { "CVM508", NULL, of_placement, FALSE },
    { "CVM509", NULL, of_placement, FALSE },
    { "CVM510", NULL, of_placement, FALSE },
    { "CVM511", cvm_repair_memory_sum, NULL, FALSE },
    { "CVM512", NULL, of_placement, FALSE },
    { "CVM513", cvm_repair_max_memory, NULL, FALSE },
    { "CVM514", cvm_repair_current_memory, NULL, FALSE },
    { "CVM515", cvm_repair_dump_core, NULL, TRUE },

    { "CVM601", cvm_repair_ide, NULL, FALSE },
    { "CVM602", cvm_repair_option_rom, NULL, FALSE },
    { "CVM603", cvm_repair_iommu_off, NULL, FALSE },
    { "CVM604", cvm_repair_iommu_needed, NULL, FALSE },
    { "CVM605", cvm_repair_iommu_off, NULL, FALSE },
    { "CVM606", cvm_repair_transitional, NULL, FALSE },
    { "CVM607", NULL,
      N_("Either the device goes, or the host gets QEMU 10.1 or newer: that is for you to decide."),
      FALSE },
    { "CVM608", NULL, N_("A device that is passed through is there on purpose."), FALSE },
    { "CVM609", cvm_repair_share_memory, NULL, FALSE },
    { "CVM610", cvm_repair_balloon, NULL, FALSE },
    { "CVM611", cvm_repair_vcpus, NULL, FALSE },
    { "CVM612", cvm_repair_vmcoreinfo, NULL, FALSE },
    { "CVM613", cvm_repair_viommu, NULL, FALSE },
    { "CVM614", cvm_repair_cpu_model, NULL, FALSE },
    { "CVM615", NULL, N_("A TPM that is given to the guest is there on purpose."), FALSE },
    { "CVM616", NULL,
      N_("Who may see the guest's screen is for you to decide: a password, TLS, or another "
         "address."),
      FALSE },
    { "CVM617", NULL, N_("Which other device would do is for you to decide."), FALSE },

    { "CVM701", NULL, of_the_host, FALSE },
    { "CVM702", NULL, of_the_host, FALSE },
    { "CVM703", NULL, of_the_host, FALSE },
    { "CVM704", NULL, of_the_host, FALSE },
    { "CVM705", NULL, of_the_host, FALSE },
    { "CVM706", NULL, of_the_host, FALSE },
    { "CVM707", NULL, of_the_host, FALSE },
    { "CVM708", NULL, of_the_host, FALSE },
    { "CVM709", cvm_repair_lock_memory, NULL, FALSE },
    { "CVM710", NULL, N_("How many vCPUs the guest is to have is for you to decide."), FALSE },
    { "CVM711", NULL, of_the_host, FALSE },

    { "CVM801", NULL, of_measuring, FALSE },
    { "CVM802", NULL, of_measuring, FALSE },
    { "CVM803", NULL, of_measuring, FALSE },
    { "CVM804", NULL, of_measuring, FALSE },
    { "CVM805", NULL, of_measuring, FALSE },
    { "CVM806", NULL, of_measuring, FALSE },
    { "CVM807", NULL, of_measuring, FALSE },
    { "CVM808", NULL, of_measuring, FALSE },
    { "CVM809", NULL,
      N_("The ID block is signed by its owner: 'cvmdom idblock' makes another with the owner's "
         "key."),
      FALSE },
    { "CVM810", NULL, of_measuring, FALSE },
    { "CVM811", NULL, of_measuring, FALSE },
    { "CVM812", NULL, of_measuring, FALSE },
    { "CVM813", NULL, of_measuring, FALSE },
    { "CVM814", NULL, of_measuring, FALSE },
    { "CVM815", NULL, of_measuring, FALSE },
    { "CVM816", NULL, of_measuring, FALSE },

    { "CVM820", NULL, of_a_target, FALSE },
    { "CVM821", NULL, of_a_target, FALSE },
    { "CVM822", NULL, of_a_target, FALSE },
    { "CVM823", NULL, of_a_target, FALSE },
    { "CVM824", NULL, of_a_target, FALSE },
    { "CVM825", NULL, of_a_target, FALSE },
    { "CVM826", NULL, of_a_target, FALSE },
    { "CVM827", NULL, of_a_target, FALSE },
    { "CVM828", NULL, of_a_target, FALSE },
    { "CVM829", NULL, of_a_target, FALSE },
    { "CVM830", NULL, of_a_target, FALSE },
    { "CVM831", NULL, of_a_target, FALSE },
    { "CVM832", NULL, of_a_target, FALSE },
    { "CVM833", NULL, of_a_target, FALSE },
    { "CVM834", NULL, of_a_target, FALSE },
    { "CVM835", NULL, of_a_target, FALSE },
    { "CVM836", NULL, of_a_target, FALSE },
    { "CVM837", NULL, of_a_target, FALSE },
    { "CVM838", NULL, of_a_target, FALSE },
    { "CVM839", NULL, of_a_target, FALSE },

    { "CVM840", NULL, of_a_target, FALSE },
    { "CVM841", NULL, of_a_target, FALSE },
    { "CVM842", NULL, of_a_target, FALSE },
    { "CVM843", NULL, of_a_target, FALSE },
    { "CVM844", NULL, of_a_target, FALSE },
    { "CVM850", NULL, of_a_target, FALSE },
    { "CVM851", NULL, of_a_target, FALSE },
    { "CVM852", NULL, of_a_target, FALSE },
    { "CVM853", NULL, of_a_target, FALSE },
    { "CVM854", NULL, of_a_target, FALSE },
    { "CVM855", NULL, of_a_target, FALSE },
    { "CVM856", NULL, of_a_target, FALSE },
    { "CVM857", NULL, of_a_target, FALSE },
    { "CVM858", NULL, of_a_target, FALSE },
    { "CVM859", NULL, of_a_target, FALSE },

    { "CVM901", NULL, of_libvirts_domain, FALSE },
    { "CVM902", NULL, of_libvirts_domain, FALSE },
    { "CVM903", NULL, of_libvirts_domain, FALSE },
    { 0 },
};

const struct cvm_repair_row *
cvm_repair_find(const char *rule)
{
    for (const struct cvm_repair_row *row = cvm_repairs; row->rule; row++) {
        if (g_str_equal(row->rule, rule)) {
            return row;
        }
    }
    return NULL;
}
