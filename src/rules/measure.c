/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 8xx: what keeps a launch from being measured, or makes it measure differently. A domain alone
 * does not tell that, but the bytes that it names: the findings are those of src/launch/, which is
 * why no rule here has a check. */
#include "rules/rule.h"
#include "util/i18n.h"

const struct cvm_rule cvm_rules_measure[] = {
    { "CVM801", "measured-file-missing", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("Something that is measured is not named, or not at hand."), NULL },
    { "CVM802", "firmware-size", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The firmware image is of a size that QEMU does not load."), NULL },
    { "CVM803", "metadata-missing", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("The firmware image has no SEV metadata, so that no SEV-SNP guest starts with it."),
      NULL },
    { "CVM804", "metadata-unclear", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("The firmware's SEV metadata has a section of which nobody says how it is measured."),
      NULL },
    { "CVM805", "reset-address-missing", CVM_SEVERE, CVM_GUEST_STATE, FALSE,
      N_("The firmware image does not say where the guest's other vCPUs start."), NULL },
    { "CVM806", "hashes-area", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The kernel is to be measured, but there is none, or the firmware has no room for its "
         "hash."),
      NULL },
    { "CVM807", "vcpus-unknown", CVM_SEVERE, CVM_GUEST_STATE, FALSE,
      N_("Each vCPU is measured, but their number is not known."), NULL },
    { "CVM808", "signature-unknown", CVM_SEVERE, CVM_GUEST_STATE, FALSE,
      N_("The CPU's signature is measured, but not known."), NULL },
    { "CVM809", "id-block-invalid", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("The ID block is not as the SEV firmware takes it, or was signed for another launch."),
      NULL },
    { "CVM810", "variables-unmeasured", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("Beside the firmware that is measured lie variables that are not."), NULL },
    { "CVM811", "firmware-format", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The firmware is inside a disk image, whose own bytes are not what is measured."), NULL },
    { "CVM812", "launch-hidden", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("Something that this program does not follow changes what is measured."), NULL },
    { "CVM813", "guest-unmeasured", CVM_SEVERE, 0, FALSE, N_("Nobody measures such a guest."),
      NULL },
    { "CVM814", "vmm-unfit", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("Nobody starts this kind of guest in that form."), NULL },
    { "CVM815", "features-invalid", CVM_SEVERE, CVM_GUEST_STATE, FALSE,
      N_("A vCPU cannot have these SEV_FEATURES."), NULL },
    { "CVM816", "policy-unknown", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The guest policy is not known, or is not one of this kind of guest."), NULL },
    { 0 },
};
