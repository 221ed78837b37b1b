/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's messages about the launch itself: policy, certificates, measurement, the SEV device.
 * Format strings of QEMU 10.0's target/i386/sev.c, without the function in front of them. */
#include "messages/messages.h"
#include "util/i18n.h"

#define OLD_NAME "7.2 with sev_kvm_init: in front, 10.0 with sev_common_kvm_init:"

const struct cvm_message cvm_messages_launch[] = {
    /* ---- SEV-SNP ---- */
    { .id = "snp-policy-refused-by-kernel",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_START ret=-22 fw_error=0" },
      .cause = N_("The kernel refuses the policy of the SEV-SNP guest: bit 17 is clear, or a bit "
                  "is set that "
                  "this kernel does not know."),
      .remedy = N_(
          "Write <policy>0x30000</policy> into <launchSecurity type='sev-snp'>: a policy of SEV or "
          "SEV-ES (0x3, 0x7) is none of SEV-SNP."),
      .rules = "CVM203 CVM204 CVM205 CVM206",
      .versions = "9.1 and later",
      .sharpen = cvm_sharpen_snp_policy },
    { .id = "snp-launch-unknown-to-kernel",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_START ret=-25 fw_error=%d",
                    "SNP_LAUNCH_START ret=-95 fw_error=%d" },
      .fw = 1,
      .cause = N_("The kernel does not know this way of launching a SEV-SNP guest: QEMU and kernel "
                  "do not fit "
                  "together, as a patched QEMU on a distribution's kernel, or SEV-SNP is off in "
                  "the kernel."),
      .remedy = N_(
          "Use Linux 6.11 or later with QEMU 9.1 or later, both unpatched, and kvm_amd.sev_snp=Y."),
      .rules = "CVM703 CVM706",
      .versions = "9.1 and later" },
    { .id = "snp-policy-refused-by-firmware",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_START ret=%d fw_error=7" },
      .ret = 1,
      .cause = N_("The SEV firmware refuses the policy of the SEV-SNP guest: it asks for what this "
                  "host is not."),
      .remedy = N_("Write <policy>0x30000</policy>; if yours differs, each of these must be true "
                   "of the host: a "
                   "firmware version in bits 0 to 15 that it has, SMT off when bit 16 is clear, "
                   "one socket when bit "
                   "20 is set."),
      .rules = "CVM204 CVM205 CVM210 CVM706",
      .versions = "9.1 and later",
      .sharpen = cvm_sharpen_snp_policy },
    { .id = "snp-launch-start",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_START ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The launch of the SEV-SNP guest was refused: error {errno}, firmware code "
                  "{code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM703 CVM706",
      .versions = "9.1 and later",
      .sharpen = cvm_sharpen_snp_policy },
    { .id = "snp-cpuid-mismatch",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-SNP: CPUID validation failed for function %x, index: %x",
                    "SEV-SNP: CPUID validation failed for function %x" },
      .cause = N_("The SEV firmware refuses the guest's CPU model: CPUID function {1} promises "
                  "what this processor "
                  "has not."),
      .remedy = N_("Write <cpu mode='custom'><model>EPYC-v4</model></cpu> (or a newer versioned "
                   "model that the host "
                   "can run), and take away features that were added by hand."),
      .rules = "CVM614",
      .versions = "9.1 and later" },
    { .id = "snp-cpuid-count",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-SNP: CPUID validation failed due to count mismatch, provided: %d, "
                    "expected: %d",
                    "SEV-SNP: CPUID entry count (%d) exceeds max (%d)",
                    "SEV-SNP: unable to query CPUID values for CPU: '%s'",
                    "SEV-SNP: failed to generate CPUID table information" },
      .cause = N_("The CPU model's CPUID values do not fit into the table that a SEV-SNP guest is "
                  "launched with."),
      .remedy = N_(
          "Write <cpu mode='custom'><model>EPYC-v4</model></cpu> without features added by hand."),
      .rules = "CVM614",
      .versions = "9.1 and later" },
    { .id = "snp-cpuid-page",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_STEP,
      .patterns = { "SNP_LAUNCH_UPDATE ret=%d fw_error=22", "SEV-SNP: failed update CPUID page" },
      .cause = N_("The SEV firmware refuses the table of the guest's CPUID values: the CPU model "
                  "promises what this "
                  "processor has not."),
      .remedy = N_("Write <cpu mode='custom'><model>EPYC-v4</model></cpu> (or a newer versioned "
                   "model that the host "
                   "can run), and take away features that were added by hand."),
      .rules = "CVM614",
      .versions = "9.1 and later" },
    { .id = "snp-launch-update-memory",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_UPDATE ret=-22 fw_error=0" },
      .cause = N_("The kernel cannot measure a part of the SEV-SNP guest's memory: most likely the "
                  "firmware is in "
                  "flash memory, which has no private pages."),
      .remedy = N_("Load the firmware as a ROM: <loader type='rom' stateless='yes'>…</loader>, and "
                   "no <nvram>."),
      .rules = "CVM408",
      .versions = "9.1 and later" },
    { .id = "snp-launch-update",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_UPDATE ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("Measuring the SEV-SNP guest's memory failed: error {errno}, firmware code "
                  "{code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM706",
      .versions = "9.1 and later" },
    { .id = "snp-private-memory",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-SNP: failed to configure initial",
                    "SNP_LAUNCH_UPDATE called with invalid address",
                    "SEV-SNP: expected update of GPA range" },
      .cause = N_(
          "The kernel does not give the SEV-SNP guest private memory for what is to be measured."),
      .remedy = N_("Load the firmware as a ROM (<loader type='rom' stateless='yes'>), and give the "
                   "host enough free "
                   "memory; both halves of the guest's memory come from it."),
      .rules = "CVM408 CVM512",
      .versions = "9.1 and later" },
    { .id = "snp-id-block-measurement",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_FINISH ret=%d fw_error=11" },
      .ret = 1,
      .cause = N_("The launch digest in the ID block is not that of this guest: it was made for "
                  "another firmware, "
                  "kernel, vCPU count or CPU model."),
      .remedy = N_("Compute the digest anew from exactly what this domain starts with, and sign a "
                   "new <idBlock> and "
                   "<idAuth>; without both elements the guest starts unbound."),
      .versions = "9.1 and later" },
    { .id = "snp-id-block-signature",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_FINISH ret=%d fw_error=10" },
      .ret = 1,
      .cause = N_("The signature in <idAuth> does not fit the <idBlock>, or the author's key does "
                  "not fit."),
      .remedy = N_("Sign the ID block anew and put both parts in; authorKey='yes' only when idAuth "
                   "holds an author's "
                   "key."),
      .rules = "CVM213 CVM215",
      .versions = "9.1 and later" },
    { .id = "snp-id-block-policy",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_FINISH ret=%d fw_error=7" },
      .ret = 1,
      .cause = N_("The policy in the ID block is not the one that the guest was launched with."),
      .remedy =
          N_("Write the ID block's policy into <policy>, or sign the ID block anew with this one."),
      .rules = "CVM216",
      .versions = "9.1 and later" },
    { .id = "snp-launch-finish",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SNP_LAUNCH_FINISH ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The last step of the SEV-SNP launch failed: error {errno}, firmware code "
                  "{code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM213 CVM215",
      .versions = "9.1 and later" },
    { .id = "snp-blob-too-long",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "parameter length of %d exceeds max of %d",
                    "parameter length of %d not equal to %d" },
      .cause = N_("A blob of <launchSecurity> has {1} bytes decoded where QEMU wants {2}."),
      .remedy =
          N_("Put in the right structure, as base64: idBlock 96 bytes, idAuth 4096, hostData 32, "
             "guestVisibleWorkarounds 16."),
      .rules = "CVM213",
      .versions = "9.1 and later" },
    { .id = "snp-id-auth-length",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "parameter length:ID_AUTH %d exceeds max of %d" },
      .cause = N_("idAuth has {1} bytes decoded where QEMU takes {2} at most."),
      .remedy = N_("Put in the ID authentication structure itself, as base64: 4096 bytes."),
      .rules = "CVM213",
      .versions = "9.1 and later" },
    { .id = "snp-unsupported-by-kernel",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "vm-type SEV-SNP not supported by KVM" },
      .cause = N_("This host cannot run SEV-SNP guests: its kernel does not offer them."),
      .remedy = N_("Use Linux 6.11 or later; look at /sys/module/kvm_amd/parameters/sev_snp (must "
                   "be Y), at SNP "
                   "memory coverage in the BIOS, and for iommu=pt or amd_iommu=off on the kernel's "
                   "command line "
                   "(neither may be there); 'dmesg | grep -i -e snp -e rmp' says which."),
      .rules = "CVM703 CVM706",
      .versions = "9.1 and later",
      .sharpen = cvm_sharpen_vm_type },
    { .id = "vm-type-unsupported-by-kernel",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "vm-type %s not supported by KVM" },
      .cause = N_("This host's kernel does not offer virtual machines of type {1}."),
      .remedy = N_("Update the kernel, and switch the feature on in BIOS and module parameters; or "
                   "choose a type of "
                   "guest that the host has ('virsh domcapabilities' lists them)."),
      .rules = "CVM701 CVM702 CVM706",
      .versions = "9.1 and later" },
    { .id = "no-guest-memfd",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "KVM does not support guest_memfd",
                    "cannot set up private guest memory for %s: KVM required" },
      .cause = N_("The kernel cannot give a guest private memory (guest_memfd), or the domain does "
                  "not use KVM."),
      .remedy = N_("Use Linux 6.11 or later with CONFIG_KVM_AMD_SEV, and <domain type='kvm'>."),
      .rules = "CVM222 CVM703 CVM706",
      .versions = "9.1 and later" },

    /* ---- SEV and SEV-ES ---- */
    { .id = "sev-policy-refused",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_START ret=%d fw_error=7" },
      .cause = N_("The SEV firmware refuses the guest's policy: it is one of SEV-SNP, asks for a "
                  "firmware version that the host has not, or for SEV-ES where that is off."),
      .remedy = N_("Write <policy>0x0003</policy>, or <policy>0x0007</policy> for SEV-ES; libvirt "
                   "reads the number as "
                   "hexadecimal, with or without 0x."),
      .rules = "CVM203 CVM204 CVM206 CVM702",
      .sharpen = cvm_sharpen_sev_policy },
    { .id = "sev-session-length",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_START ret=%d fw_error=4" },
      .cause = N_("dhCert or session has the wrong size: a file's name or raw bytes stand where "
                  "base64 belongs, or "
                  "one of the two is missing."),
      .remedy = N_("Write the content as base64 into <dhCert> (2084 bytes decoded) and <session> "
                   "(128), both from one "
                   "run of 'sevctl session'."),
      .rules = "CVM213 CVM214" },
    { .id = "sev-certificate-invalid",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_START ret=%d fw_error=6" },
      .cause = N_("The SEV firmware does not take the guest owner's certificate (dhCert)."),
      .remedy = N_("Make dhCert and session anew with this host's own platform key ('sevctl "
                   "export' on it, then "
                   "'sevctl session'), and put in both."),
      .rules = "CVM213 CVM214" },
    { .id = "sev-session-signature",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_START ret=%d fw_error=10" },
      .cause = N_("dhCert and session do not fit together, or were made for another host."),
      .remedy = N_(
          "Make both anew with this host's own platform key, and put in both from the same run."),
      .rules = "CVM213 CVM214" },
    { .id = "sev-session-policy",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_START ret=%d fw_error=11" },
      .cause = N_("The policy in the domain is not the one that the session was made for."),
      .remedy = N_("Write into <policy> the policy that 'sevctl session' was given, or make the "
                   "session anew with "
                   "this one."),
      .sharpen = cvm_sharpen_sev_policy },
    { .id = "sev-launch-start",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_START ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The launch of the SEV guest was refused: error {errno}, firmware code {code}. "
                  "{meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM701 CVM702 CVM704",
      .sharpen = cvm_sharpen_sev_policy },
    { .id = "sev-launch-update-vmsa",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_UPDATE_VMSA ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("Encrypting the registers of the SEV-ES guest failed: error {errno}, firmware "
                  "code {code}. "
                  "{meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM702 CVM704" },
    { .id = "sev-launch-step",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "LAUNCH_UPDATE ret=%d fw_error=%d", "LAUNCH_MEASURE ret=%d fw_error=%d",
                    "LAUNCH_FINISH ret=%d fw_error=%d",
                    "SEV: failed to inject secret ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause =
          N_("A step of the SEV launch failed: error {errno}, firmware code {code}. {meaning}"),
      .remedy = N_("{do}") },
    { .id = "sev-session-file",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: Failed to read '%s' (%s" },
      .cause = N_("QEMU cannot read or decode {1}, where libvirt wrote dhCert or session."),
      .remedy = N_("Write base64 into <dhCert> and <session>; if it is, look for a denial of "
                   "AppArmor or SELinux in "
                   "the host's log."),
      .rules = "CVM213" },
    { .id = "cbitpos",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cbitpos check failed, host '%d' requested '%d'" },
      .cause = N_("The domain says that the C-bit is {2}, and this host's is {1}."),
      .remedy = N_("Remove <cbitpos> and <reducedPhysBits>: libvirt fills both in at each start."),
      .rules = "CVM219",
      .versions = OLD_NAME },
    { .id = "reduced-phys-bits",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "reduced_phys_bits check failed, it should be in the range of 1 to 63, "
                    "requested '%d'" },
      .cause = N_("reducedPhysBits is {1}, and QEMU wants 1 to 63."),
      .remedy = N_("Remove <cbitpos> and <reducedPhysBits>: libvirt fills both in at each start."),
      .rules = "CVM220",
      .versions = OLD_NAME },
    { .id = "sev-device-missing",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Failed to open %s 'No such file or directory'" },
      .cause =
          N_("QEMU finds no {1}: the host has no usable SEV, or the SEV object came in through "
             "<qemu:commandline>, behind libvirt's back."),
      .remedy = N_(
          "Look whether the host has {1} ('modprobe ccp kvm_amd', SEV on in the BIOS); if it has, "
          "write "
          "<launchSecurity> instead of <qemu:commandline>, so that libvirt lets the guest see it."),
      .rules = "CVM701 CVM708",
      .versions = OLD_NAME,
      .sharpen = cvm_sharpen_device },
    { .id = "sev-device-denied",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Failed to open %s 'Permission denied'",
                    "Failed to open %s 'Operation not permitted'" },
      .cause = N_("QEMU's user may not open {1}: AppArmor, SELinux or the file's mode forbids it, "
                  "or libvirt runs "
                  "without its own /dev for each guest."),
      .remedy =
          N_("With AppArmor add the line '/dev/sev rw,' to "
             "/etc/apparmor.d/abstractions/libvirt-qemu; "
             "with namespaces = [] in qemu.conf remove that line, or give QEMU's user the device."),
      .rules = "CVM708",
      .versions = OLD_NAME },
    { .id = "sev-platform-status",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to get platform status ret=%d fw_error='%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The SEV firmware does not tell its state: error {errno}, firmware code {code}. "
                  "{meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM701",
      .versions = OLD_NAME },
    { .id = "es-unavailable",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "guest policy requires SEV-ES, but host SEV-ES support unavailable" },
      .cause = N_("The policy asks for SEV-ES (bit 2), and this host has it off."),
      .remedy = N_("Set the BIOS's SEV-ES ASID space limit above 1 and kvm_amd.sev_es=Y, then "
                   "reboot; or clear bit 2 "
                   "of the policy (0x3), which gives up the encryption of the registers."),
      .rules = "CVM702 CVM704",
      .versions = OLD_NAME,
      .sharpen = cvm_sharpen_es },
    { .id = "es-irqchip",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-ES guests require in-kernel" },
      .cause = N_("The interrupt controller was moved out of the kernel, which SEV-ES and SEV-SNP "
                  "do not allow."),
      .remedy = N_("Remove kernel_irqchip=off from <qemu:commandline>."),
      .versions = OLD_NAME },
    { .id = "no-free-asid",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to initialize ret=-16 fw_error=%d" },
      .fw = 1,
      .cause = N_("No ASID is free: as many encrypted guests of this kind run as the host, or a "
                  "cgroup's misc.max, "
                  "allows."),
      .remedy = N_("Stop another SEV guest or start this one elsewhere; "
                   "/sys/fs/cgroup/misc.capacity and misc.current "
                   "tell how many there are and are in use (SEV-SNP counts as sev_es)."),
      .rules = "CVM705",
      .versions = OLD_NAME,
      .sharpen = cvm_sharpen_es },
    { .id = "kind-of-guest-off",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to initialize ret=-25 fw_error=%d" },
      .fw = 1,
      .cause = N_(
          "The host has no ASIDs for this kind of guest, or the kernel has the kind switched off."),
      .remedy = N_("Look at /sys/module/kvm_amd/parameters/sev, sev_es and sev_snp; SEV-ES and "
                   "SEV-SNP need a BIOS "
                   "SEV-ES ASID space limit above 1, plain SEV one below the total. Then reboot."),
      .rules = "CVM701 CVM702 CVM703",
      .versions = OLD_NAME,
      .sharpen = cvm_sharpen_es },
    { .id = "kernel-and-qemu-misfit",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to initialize ret=-95 fw_error=%d" },
      .fw = 1,
      .cause = N_("The kernel does not support what QEMU asks it to initialise: the two do not fit "
                  "together."),
      .remedy = N_("Use a kernel and a QEMU that were made for each other, both unpatched: SEV-SNP "
                   "needs Linux 6.11 "
                   "and QEMU 9.1."),
      .rules = "CVM706",
      .versions = OLD_NAME },
    { .id = "sev-init",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to initialize ret=%d fw_error=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The kernel does not initialise SEV for this guest: error {errno}, firmware code "
                  "{code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM701 CVM702 CVM703 CVM706",
      .versions = OLD_NAME },
    { .id = "vm-type-too-new",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: host kernel does not support requested %s VM type",
                    "host kernel does not support the requested SEV configuration" },
      .cause = N_("The kernel is too old for what is set: it knows only the legacy way to make SEV "
                  "guests."),
      .remedy = N_("Update the kernel, or take away what was added to the SEV object in "
                   "<qemu:commandline> (such as "
                   "legacy-vm-type=off)."),
      .rules = "CVM706",
      .versions = "9.1 and later" },
    { .id = "smm-with-snp",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV-SNP does not support SMM." },
      .cause = N_("System Management Mode is on, which a SEV-SNP guest cannot have."),
      .remedy = N_("Write <smm state='off'/> into <features>, and take a firmware image without "
                   "Secure Boot's SMM "
                   "(no secure='yes', no *.secboot.fd)."),
      .rules = "CVM411",
      .versions = "9.1 and later" },
    { .id = "smm-with-es",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "System Management Mode not supported by this hypervisor." },
      .cause = N_("System Management Mode is on, which KVM does not have for a SEV-ES guest."),
      .remedy = N_("Write <smm state='off'/> into <features>, and take a firmware image without "
                   "Secure Boot's SMM "
                   "(no secure='yes', no *.secboot.fd)."),
      .rules = "CVM411" },
    { .id = "sev-capabilities",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: Failed to export PDH cert ret=%d fw_err=%d",
                    "SEV: Failed to get ID ret=%d fw_err=%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_("The SEV firmware does not give the host's certificates, so libvirt takes the "
                  "host for one without "
                  "SEV: error {errno}, firmware code {code}. {meaning}"),
      .remedy = N_("{do}"),
      .rules = "CVM701" },
    { .id = "any-firmware-code",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_STEP,
      .patterns = { "ret=%d fw_error=%d", "ret=%d fw_err=%d", "ret=%d fw_error='%d" },
      .ret = 1,
      .fw = 2,
      .cause = N_(
          "A request to the SEV firmware failed: error {errno}, firmware code {code}. {meaning}"),
      .remedy = N_("{do}") },
    { .id = "sev-without-kvm",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Assertion `machine->cgs->ready' failed" },
      .cause = N_("The guest does not run under KVM, and without it nothing can be encrypted: QEMU "
                  "aborts."),
      .remedy =
          N_("Write <domain type='kvm'>, or remove <launchSecurity> to try the guest unencrypted."),
      .rules = "CVM222",
      .versions = "7.2" },
    { .id = "encryption-context",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "failed to create encryption context" },
      .cause = N_("QEMU says only that the launch failed: the line before this one says why."),
      .remedy = N_("Look at the line before it in /var/log/libvirt/qemu/NAME.log.") },
    { 0 },
};
