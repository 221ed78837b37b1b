/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of libvirt and QEMU about the firmware image, the machine and what is booted.
 * libvirt's format strings are those of 9.0 and 11.3 (qemu_firmware.c, qemu_process.c,
 * domain_validate.c, qemu_validate.c), QEMU's those of 10.0 (hw/i386, target/i386/sev.c). */
#include "messages/messages.h"
#include "util/i18n.h"

const struct cvm_message cvm_messages_firmware[] = {
    /* ---- choosing an image ---- */
    { .id = "no-firmware-found",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Unable to find any firmware to satisfy '%s'",
                    "Unable to find '%s' firmware that is compatible with the current "
                    "configuration" },
      .cause = N_(
          "No firmware descriptor of this host fits the domain: for SEV it must claim amd-sev, for "
          "SEV-ES also amd-sev-es, for SEV-SNP amd-sev-snp, and fit machine, SMM and stateless."),
      .remedy = N_("Name the image instead of firmware='efi': for SEV-SNP <loader type='rom' "
                   "stateless='yes'>/usr/share/ovmf/OVMF.fd</loader> (Debian's path), or install "
                   "an OVMF whose descriptor claims the feature."),
      .rules = "CVM405",
      .versions = N_("the first until libvirt 9.1, at start; the second from 9.2, at define") },
    { .id = "firmware-wants-smm",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "domain has SMM turned off but chosen firmware requires it" },
      .cause =
          N_("SMM is off, and the first firmware that fits is a Secure Boot build that needs it."),
      .remedy = N_("Name an image without Secure Boot in <loader>, instead of firmware='efi'."),
      .rules = "CVM405 CVM411",
      .versions = N_("libvirt before 9.2; later ones skip such a firmware") },
    { .id = "descriptor-malformed",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "unable to parse json file '%s'", "unknown device type in '%s'",
                    "missing mapping in '%s'", "missing 'filename' in '%s'" },
      .cause =
          N_("The firmware descriptor {1} is broken, and libvirt gives up choosing a firmware."),
      .remedy = N_("Repair or remove that file, or name the image in <loader>."),
      .rules = "CVM405",
      .versions = N_("libvirt before 11; later ones skip such a file") },
    { .id = "no-variable-store-template",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "unable to find any master var store for loader: %s",
                    "unable to find nvram template image" },
      .cause = N_("The guest has no variable store (nvram) yet, and libvirt knows no template for "
                  "its firmware."),
      .remedy = N_("Write <nvram template='…VARS.fd'/>, or stateless='yes' on <loader>, which "
                   "needs no variable store and is right for guests that are attested."),
      .rules = "CVM407 CVM410" },
    { .id = "nvram-format",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "conversion of the nvram template to another target format is not supported" },
      .cause = N_("The variable store is to have another format than its template, and libvirt "
                  "does not convert."),
      .remedy = N_("Give <nvram> the template's format, or use stateless='yes' on <loader>.") },
    { .id = "nvram-with-stateless",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "NVRAM template is not permitted when loader is stateless",
                    "NVRAM is not permitted when loader is stateless" },
      .cause = N_("The firmware is to be stateless, and the domain has an <nvram> all the same."),
      .remedy = N_("Remove <nvram>."),
      .rules = "CVM409" },
    { .id = "nvram-without-pflash",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Only pflash loader type permits NVRAM", "Only EFI firmware permits NVRAM",
                    "firmware type '%s' does not support nvram" },
      .cause = N_("The domain has an <nvram>, or stateless='no', with a firmware that has no "
                  "variable store."),
      .remedy = N_("Remove <nvram> and stateless='no'; a loader of type rom has stateless='yes'."),
      .rules = "CVM408 CVM409" },
    { .id = "autoselection-misused",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cannot use feature-based firmware autoselection when firmware autoselection "
                    "is disabled",
                    "no loader path specified and firmware auto selection disabled",
                    "cannot be specified when firmware autoselection is enabled" },
      .cause = N_("The domain names an image and lets libvirt choose one, or does neither."),
      .remedy =
          N_("Write either <os firmware='efi'> with no path in <loader>, or <loader> with the path "
             "and no firmware='efi'."),
      .rules = "CVM403 CVM405" },
    { .id = "enrolled-keys",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "firmware feature 'enrolled-keys' cannot be enabled when firmware feature "
                    "'secure-boot' is disabled" },
      .cause = N_("Keys are to be enrolled in a firmware without Secure Boot."),
      .remedy = N_("Write <feature enabled='no' name='enrolled-keys'/> as well."),
      .versions = N_("9.2 and later") },
    { .id = "secure-loader",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Secure boot is supported with q35 machine types only",
                    "Secure boot is supported with x86_64 architecture only",
                    "Secure boot requires SMM feature enabled" },
      .cause = N_("secure='yes' on <loader> needs q35, x86_64 and SMM."),
      .remedy = N_("Write secure='no': a SEV-ES or SEV-SNP guest has no SMM; only plain SEV could "
                   "switch SMM on instead."),
      .rules = "CVM401 CVM411" },

    /* ---- loading it ---- */
    { .id = "snp-with-pflash",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "pflash with kvm requires KVM readonly memory support",
                    "KVM_SET_USER_MEMORY_REGION2 failed, slot=%d, start=0xff%x" },
      .cause = N_("The SEV-SNP guest's firmware is in flash memory (pflash), which KVM does not "
                  "have for such a guest."),
      .remedy = N_("Write <loader type='rom' stateless='yes'>/usr/share/ovmf/OVMF.fd</loader> (a "
                   "complete image, not a CODE file) and remove <nvram>."),
      .rules = "CVM408" },
    { .id = "firmware-not-loadable",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "could not load PC BIOS '%s'" },
      .cause = N_(
          "QEMU cannot load the firmware {1}: it is missing, not readable for QEMU's user, or its "
          "size is no multiple of 64 KiB, like that of a CODE file without its variable store."),
      .remedy = N_("Name a complete image that exists, such as /usr/share/ovmf/OVMF.fd."),
      .rules = "CVM406 CVM407" },
    { .id = "firmware-too-large",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "combined size of system firmware exceeds %d bytes",
                    "system firmware block device %s has invalid size" },
      .cause = N_("The firmware in flash memory is larger than the machine has room for, or its "
                  "size is no multiple of 4 KiB."),
      .remedy = N_(
          "Name the raw image itself in <loader>, with the format that it has, not a disk image."),
      .rules = "CVM406" },
    { .id = "no-es-reset-block",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV information block/Firmware GUID Table block not found in pflash rom",
                    "SEV-ES reset address is zero" },
      .cause = N_("The firmware image is not made for SEV-ES: it has no reset block for it."),
      .remedy = N_("Use an OVMF built with SEV-ES support (Debian 12 or later: OVMF.fd), not "
                   "SeaBIOS or an old OVMF."),
      .rules = "CVM406" },
    { .id = "reset-vector",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "failed to locate and/or save reset vector" },
      .cause = N_("QEMU found no way to start further vCPUs in the firmware: the line before this "
                  "one says why."),
      .remedy = N_("Use an OVMF built with SEV-ES support."),
      .rules = "CVM406" },
    { .id = "no-snp-metadata",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Failed to locate SEV metadata header", "Failed to add metadata page gpa %x",
                    "Failed to get HVA for GPA %x" },
      .cause = N_("The firmware image is not made for SEV-SNP: it has no, or wrong, SEV metadata."),
      .remedy = N_("Use an OVMF with SEV-SNP metadata (on Debian 12 OVMF.fd has it, "
                   "OVMF_CODE_4M.fd does not)."),
      .rules = "CVM406" },
    { .id = "no-kernel-hashes-area",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: guest firmware hashes table area is invalid (base=%x size=%x)",
                    "SEV: kernel specified but guest firmware has no hashes table GUID",
                    "SEV: cannot map hashes table guest memory area" },
      .cause = N_("kernelHashes='yes' needs a firmware that checks the kernel, and this image is "
                  "not built for it."),
      .remedy = N_("Use an OVMF of edk2's AmdSev platform (Debian ships none), or write "
                   "kernelHashes='no', which leaves the kernel unmeasured."),
      .rules = "CVM406" },
    { .id = "kernel-hashes-without-kernel",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Assertion `sev_snp->kernel_hashes_data' failed" },
      .cause = N_("kernelHashes='yes' without a <kernel>: QEMU aborts."),
      .remedy = N_("Write kernelHashes='no', or the <kernel> that is to be booted."),
      .rules = "CVM217" },
    { .id = "smm-firmware-without-smm",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "error: kvm run failed Invalid argument" },
      .cause = N_("The guest cannot go on running: for SEV-ES and SEV-SNP mostly a firmware that "
                  "wants SMM (Secure Boot), or one not made for this kind of guest."),
      .remedy = N_("Use an OVMF without SMM that carries SEV-ES or SEV-SNP support, and <smm "
                   "state='off'/>."),
      .rules = "CVM406 CVM411" },

    /* ---- files ---- */
    { .id = "file-not-accessible",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Cannot access storage file '%s' (as uid:%d, gid:%d)",
                    "Cannot access storage file '%s'" },
      .cause = N_("The file {1} is missing, or QEMU's user may not read it."),
      .remedy =
          N_("Correct the path, or the owner and mode of the file and of each folder above it."),
      .rules = "CVM407" },
    { .id = "file-not-openable",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Could not open '%s': %s" },
      .cause = N_("QEMU cannot open {1}: {2}."),
      .remedy = N_("Correct the path, or the owner and mode of the file and of each folder above "
                   "it; a read-only file needs <readonly/>."),
      .rules = "CVM407" },

    /* ---- machine and type ---- */
    { .id = "launch-type-unsupported",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV launch security is not supported with this QEMU binary",
                    "'%s' launch security is not supported with this QEMU binary" },
      .cause = N_("libvirt found that QEMU cannot run such a guest on this host; the QEMU binary "
                  "is only one of the reasons."),
      .remedy =
          N_("Check that the host has /dev/sev and kvm_amd.sev=Y; then run 'systemctl restart "
             "libvirtd' and 'virsh domcapabilities', which must say <sev supported='yes'>; "
             "SEV-SNP also needs QEMU 9.1 and libvirt 10.5."),
      .rules = "CVM701 CVM706 CVM708 CVM711",
      .versions = N_("the first until libvirt 10.4, the second later") },
    { .id = "launch-type-missing",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Missing required attribute 'type' in element 'launchSecurity'" },
      .cause = N_("<launchSecurity> does not say which type it is."),
      .remedy =
          N_("Write <launchSecurity type='sev'> or, with libvirt 10.5 or later, type='sev-snp'."),
      .rules = "CVM211" },
    { .id = "launch-type-unknown",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Invalid value for attribute 'type' in element 'launchSecurity': '%s'" },
      .cause = N_("This libvirt does not know the type {1} in <launchSecurity>."),
      .remedy = N_("Write sev (SEV-ES is sev with policy bit 2, such as 0x7) or sev-snp, which "
                   "needs libvirt 10.5."),
      .rules = "CVM211 CVM706" },
    { .id = "policy-unreadable",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to get launch security policy" },
      .cause =
          N_("<policy> is missing in <launchSecurity>, or is no hexadecimal number that fits."),
      .remedy =
          N_("Write <policy>0x0003</policy> for SEV, 0x0007 for SEV-ES, 0x30000 for SEV-SNP."),
      .rules = "CVM201 CVM202" },
    { .id = "cbitpos-unreadable",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Invalid format for launch security cbitpos",
                    "Invalid format for launch security reduced-phys-bits" },
      .cause = N_("<cbitpos> or <reducedPhysBits> is no decimal number."),
      .remedy = N_("Remove both: libvirt fills them in at each start."),
      .rules = "CVM219 CVM220" },
    { .id = "blob-length",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Unexpected length of '%s', expected %d got %d" },
      .cause = N_("{1} decodes to {3} bytes instead of {2}."),
      .remedy = N_("Put in the structure itself, as base64; libvirt skips what is not base64, so a "
                   "file's name shows up as a wrong length, too."),
      .rules = "CVM213",
      .versions = N_("10.5 and later") },
    { .id = "kernel-hashes-unsupported",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV measured direct kernel boot is not supported with this QEMU binary" },
      .cause = N_("kernelHashes needs QEMU 6.2 or later."),
      .remedy = N_("Update QEMU, or remove kernelHashes, which leaves the kernel unmeasured."),
      .rules = "CVM706" },
    { 0 },
};
