/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's kernel log: why the host has no SEV. Format strings of Linux 6.12
 * (drivers/crypto/ccp/sev-dev.c, arch/x86/virt/svm/sev.c, drivers/iommu/amd/init.c). */
#include "messages/messages.h"
#include "util/i18n.h"

const struct cvm_message cvm_messages_kernel[] = {
    { .id = "bios-encryption-off",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: memory encryption not enabled by BIOS" },
      .cause = N_("Memory encryption is off in the host's BIOS."),
      .remedy = N_("Switch SMEE (Secure Memory Encryption) on in the BIOS, and reboot."),
      .rules = "CVM701" },
    { .id = "rmp-not-reserved",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Memory for the RMP table has not been reserved by BIOS",
                    "Memory reserved for the RMP table does not cover full system RAM" },
      .cause = N_("The BIOS reserves no, or too little, memory for SEV-SNP's reverse map table."),
      .remedy = N_("Switch SNP memory coverage on in the BIOS (for all memory), and reboot."),
      .rules = "CVM703" },
    { .id = "iommu-passthrough",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be "
                    "supported" },
      .cause = N_("The host's IOMMU is off or in passthrough mode, which switches SEV-SNP off."),
      .remedy = N_("Remove iommu=pt and amd_iommu=off from the host's kernel command line, switch "
                   "the IOMMU on in the BIOS, and reboot."),
      .rules = "CVM703" },
    { .id = "sev-firmware-too-old",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-SNP support requires firmware version >= %s" },
      .cause = N_("The host's SEV firmware is too old for SEV-SNP: it must be {1} or newer."),
      .remedy = N_("Update the BIOS, and the SEV firmware (amd/amd_sev_*.sbin of linux-firmware or "
                   "amd64-microcode); then reboot."),
      .rules = "CVM706" },
    { .id = "sev-firmware-init",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: failed to INIT error %x" },
      .fw = 1,
      .cause = N_("The kernel could not initialise the SEV firmware: code {code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM701" },
    { .id = "snp-firmware-init",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-SNP: failed to INIT rc %d, error %x" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The kernel could not switch SEV-SNP on in the SEV firmware: error {errno}, code "
                  "{code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM703 CVM706" },
    { .id = "sev-firmware-command",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_STEP,
      .patterns = { "SEV: %s failed %x, rc %d" },
      .ret = 3,
      .fw = 2,
      .cause =
          N_("The SEV firmware refused the command {1}: error {errno}, code {code}. {meaning}"),
      .remedy = N_("{do}") },
    { .id = "sev-command-timeout",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "sev command %x timed out, disabling PSP" },
      .cause = N_("The SEV firmware stopped answering, and the kernel does without it until the "
                  "next boot."),
      .remedy = N_("Reboot the host (power it off and on where that does not help), and update "
                   "BIOS and SEV firmware."),
      .rules = "CVM701" },
    { .id = "es-memory-allocation",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: TMR allocation failed, SEV-ES support unavailable" },
      .cause = N_("The kernel found no memory for the SEV firmware's trusted region, so that the "
                  "host has no SEV-ES."),
      .remedy = N_("Reboot the host: the module ccp must be loaded early, while there is memory in "
                   "one piece."),
      .rules = "CVM702" },
    { 0 },
};
