/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers behind ret= and fw_error=. */
#include <stdlib.h>
#include <string.h>

#include "messages/messages.h"
#include "util/i18n.h"

/* Numbers and names are those of Linux's include/uapi/linux/psp-sev.h (sev_ret_code), which has
 * them from the tables "Status Codes" of AMD publications 55766 (SEV API: 0x00 to 0x18) and 56860
 * (SEV-SNP ABI, which goes on). Linux 6.1 stops at 0x18; the header of Linux 6.9 numbered those
 * behind it wrongly, which changed names, not what the firmware answers. */
#define SEV_API "AMD 55766, SEV API"
#define SNP_ABI "AMD 56860, SEV-SNP ABI"
#define SEV_TIO "Linux psp-sev.h, SEV-TIO"

/* What is to be done about codes that say that one of kernel, QEMU and firmware is wrong. */
#define OWN_FAULT                                                                                  \
    N_("No setting of the guest leads to this: update kernel, QEMU and SEV firmware, and report "  \
       "it with the host's kernel log.")
/* Codes of commands for devices (SEV-TIO), which no start of a guest gives today. */
#define OF_DEVICES                                                                                 \
    N_("It concerns a device that is assigned with SEV-TIO: look at the host's kernel log, and "   \
       "start the guest without that device to see whether the rest is right.")

const struct cvm_firmware_code cvm_firmware_codes[] = {
    { -1, "NO_FW_CALL", NULL, NULL, "Linux psp-sev.h",
      N_("The firmware was never called: the kernel gave up before."),
      N_("Go by the error beside it (ret=) and by the host's kernel log: 'dmesg | grep -i -e sev "
         "-e ccp'.") },
    { 0x00, "SUCCESS", NULL, "", SEV_API,
      N_("The firmware was not what refused: it succeeded, or was not asked."),
      N_("Go by the error beside it (ret=): that is the kernel's.") },
    { 0x01, "INVALID_PLATFORM_STATE", NULL, "Platform state is invalid", SEV_API,
      N_("The firmware cannot do this in the state that the platform is in: not initialised, or in "
         "use."),
      N_("Stop all SEV guests, then reload the modules ('modprobe -r kvm_amd ccp && modprobe "
         "kvm_amd') or reboot the host; 'dmesg | grep -i sev' says whether the firmware was "
         "initialised.") },
    { 0x02, "INVALID_GUEST_STATE", NULL, "Guest state is invalid", SEV_API,
      N_("The guest is not in the state that this command needs: commands came in the wrong order, "
         "such as a secret after the launch was finished."),
      N_("Inject secrets while the guest is paused before its first run ('virsh start --paused'); "
         "otherwise update QEMU and kernel.") },
    { 0x03, "INVALID_CONFIG", "INAVLID_CONFIG", "Platform configuration is invalid", SEV_API,
      N_("The platform is configured so that the firmware cannot do this."),
      N_("Compare the BIOS settings for SEV, SME, the SEV-ES ASID limit and SNP memory coverage "
         "with what the board's vendor says, update BIOS and SEV firmware, and read 'dmesg | grep "
         "-i -e sev -e ccp'.") },
    { 0x04, "INVALID_LEN", "INVALID_LENGTH", "Buffer too small", SEV_API,
      N_("A structure given to the firmware has the wrong size: mostly dhCert or session."),
      N_("Write the base64 content into <dhCert> and <session>, not a file's name or raw bytes: "
         "decoded they have 2084 and 128 bytes.") },
    { 0x05, "ALREADY_OWNED", NULL, "Platform is already owned", SEV_API,
      N_("The platform already has an owner's certificate."),
      N_("Reset it first if it is to be owned anew ('sevctl reset'); guests do not need it.") },
    { 0x06, "INVALID_CERTIFICATE", NULL, "Certificate is invalid", SEV_API,
      N_("The guest owner's certificate (dhCert) is not one that the firmware takes."),
      N_("Make dhCert and session anew ('sevctl session') with this host's own platform key, and "
         "put both into the domain.") },
    { 0x07, "POLICY_FAILURE", NULL, "Policy is not allowed", SEV_API,
      N_("The guest's policy is not one that this platform can keep to."),
      N_("Decode it with 'cvmdom policy', and drop what the host cannot do: a firmware version "
         "newer than the host's, SEV-ES where it is off, SMT forbidden where it is on, a single "
         "socket where there are two. Common policies are 0x3, 0x7 (SEV-ES) and 0x30000 "
         "(SEV-SNP).") },
    { 0x08, "INACTIVE", NULL, "Guest is not active", SEV_API,
      N_("The guest's key is not loaded: it has no ASID at this moment."), OWN_FAULT },
    { 0x09, "INVALID_ADDRESS", NULL, "Invalid address", SEV_API,
      N_("An address given to the firmware is out of range or not aligned."), OWN_FAULT },
    { 0x0a, "BAD_SIGNATURE", NULL, "Bad signature", SEV_API,
      N_("A signature does not fit: of a certificate, or of the ID block."),
      N_("Make dhCert and session anew for this host, or sign the ID block anew: idAuth must hold "
         "the signature of exactly this idBlock, and the key that it names.") },
    { 0x0b, "BAD_MEASUREMENT", NULL, "Bad measurement", SEV_API,
      N_("A measurement or integrity code does not fit what is being launched."),
      N_("SEV and SEV-ES: the policy in the domain must be the one that the session was made for. "
         "SEV-SNP: compute the launch digest of exactly this firmware, vCPU count, CPU model, "
         "kernel, initrd and command line, and sign the ID block anew.") },
    { 0x0c, "ASID_OWNED", NULL, "ASID is already owned", SEV_API,
      N_("The ASID that the kernel chose is in use by another guest."), OWN_FAULT },
    { 0x0d, "INVALID_ASID", NULL, "Invalid ASID", SEV_API,
      N_("The ASID is not one for this kind of guest."),
      N_("Set the BIOS's SEV-ES ASID space limit above 1 for SEV-ES and SEV-SNP guests, below the "
         "total for SEV ones, and reload kvm_amd.") },
    { 0x0e, "WBINVD_REQUIRED", NULL, "WBINVD is required", SEV_API,
      N_("The caches must be written back before this command: the kernel's work."), OWN_FAULT },
    { 0x0f, "DFFLUSH_REQUIRED", NULL, "DF_FLUSH is required", SEV_API,
      N_("The data fabric must be flushed before an ASID is used again: the kernel's work."),
      OWN_FAULT },
    { 0x10, "INVALID_GUEST", NULL, "Guest handle is invalid", SEV_API,
      N_("The firmware does not know the guest that is meant."), OWN_FAULT },
    { 0x11, "INVALID_COMMAND", NULL, "Invalid command", SEV_API,
      N_("The firmware does not know this command in its present state or version."),
      N_("Update the SEV firmware (package amd64-microcode or linux-firmware, or the BIOS); with "
         "SEV-SNP on, the old commands need a newer one.") },
    { 0x12, "ACTIVE", NULL, "Guest is active", SEV_API,
      N_("The guest is active where this command needs it not to be."), OWN_FAULT },
    { 0x13, "HWSEV_RET_PLATFORM", "HWERROR_PLATFORM", "Hardware error", SEV_API,
      N_("The hardware reports an error; the platform is still safe to use."),
      N_("Look for machine checks in the host's kernel log, and power the host off and on.") },
    { 0x14, "HWSEV_RET_UNSAFE", "HWERROR_UNSAFE", "Hardware unsafe", SEV_API,
      N_("The hardware reports an error that leaves the platform unsafe."),
      N_("Take the host out of service: look for machine checks in its kernel log, and power it "
         "off and on.") },
    { 0x15, "UNSUPPORTED", NULL, "Feature not supported", SEV_API,
      N_("The firmware or the processor lacks the feature that was asked for."),
      N_("Update the SEV firmware, and compare what the guest asks for with 'cvmdom lint --host' "
         "and a record of this host.") },
    { 0x16, "INVALID_PARAM", NULL, "Invalid parameter", SEV_API,
      N_("A parameter is out of range; where a SEV-SNP guest's memory is measured, it is the table "
         "of CPUID values, which promises what the processor lacks."),
      N_("Use a CPU model that the processor can run in full (EPYC-v4 or newer, or "
         "host-passthrough), without features added by hand.") },
    { 0x17, "RESOURCE_LIMIT", NULL, "Required firmware resource depleted", SEV_API,
      N_("The firmware has no room left for one more guest."),
      N_("Stop other SEV guests on this host, or start this one elsewhere.") },
    { 0x18, "SECURE_DATA_INVALID", NULL, "Part-specific integrity check failure", SEV_API,
      N_("The firmware's own data on this part fails its integrity check."),
      N_("Power the host off and on, then update BIOS and SEV firmware; if it stays, ask the "
         "board's vendor.") },
    { 0x19, "INVALID_PAGE_SIZE", NULL, NULL, SNP_ABI,
      N_("A page has another size in the reverse map table than the command says."), OWN_FAULT },
    { 0x1a, "INVALID_PAGE_STATE", NULL, NULL, SNP_ABI,
      N_("A page is in the wrong state in the reverse map table."), OWN_FAULT },
    { 0x1b, "INVALID_MDATA_ENTRY", NULL, NULL, SNP_ABI,
      N_("The metadata of a page that was swapped out does not fit it."), OWN_FAULT },
    { 0x1c, "INVALID_PAGE_OWNER", NULL, NULL, SNP_ABI,
      N_("A page belongs to another guest, or to none."), OWN_FAULT },
    { 0x1d, "AEAD_OFLOW", "INVALID_PAGE_AEAD_OFLOW", NULL, SNP_ABI,
      N_("The counter of the messages between guest and firmware is used up."),
      N_("Start the guest anew: a new launch gets new keys and counts from the beginning.") },
    { 0x1f, "EXIT_RING_BUFFER", "RB_MODE_EXITED", NULL, SNP_ABI,
      N_("The firmware left its ring buffer mode in the middle of a command."), OWN_FAULT },
    { 0x20, "RMP_INIT_REQUIRED", NULL, NULL, SNP_ABI,
      N_("The reverse map table is not initialised: SEV-SNP was not switched on."),
      N_("Switch SEV-SNP on: SNP memory coverage in the BIOS, IOMMU on and not in passthrough, "
         "kvm_amd.sev_snp=Y; then reboot and read 'dmesg | grep -i snp'.") },
    { 0x21, "BAD_SVN", NULL, NULL, SNP_ABI,
      N_("The firmware image's security version is older than what was committed."),
      N_("Install a firmware image that is not older than the committed one.") },
    { 0x22, "BAD_VERSION", NULL, NULL, SNP_ABI,
      N_("The firmware image's version is older than what was committed."),
      N_("Install a firmware image that is not older than the committed one.") },
    { 0x23, "SHUTDOWN_REQUIRED", NULL, NULL, SNP_ABI,
      N_("The platform must be shut down in the firmware before this command."),
      N_("Stop all SEV guests, then reload kvm_amd and ccp, or reboot the host.") },
    { 0x24, "UPDATE_FAILED", NULL, NULL, SNP_ABI,
      N_("Updating the firmware while it runs failed; the old one goes on."),
      N_("Update it with the next boot of the host instead.") },
    { 0x25, "RESTORE_REQUIRED", NULL, NULL, SNP_ABI,
      N_("An update of the firmware failed, and it must be restored before anything else."),
      N_("Reboot the host: it loads the firmware anew.") },
    { 0x26, "RMP_INITIALIZATION_FAILED", "RMP_INIT_FAILED", NULL, SNP_ABI,
      N_("The reverse map table could not be initialised."),
      N_("Let the BIOS reserve memory for the whole table (SNP memory coverage), then reboot and "
         "read 'dmesg | grep -i -e rmp -e snp'.") },
    { 0x27, "INVALID_KEY", NULL, NULL, SNP_ABI,
      N_("The key that was asked for is not there or not valid, such as a VLEK that was not "
         "loaded."),
      N_("Load the VLEK, or have the guest's reports signed by the VCEK (vcek='yes').") },
    { 0x28, "SHUTDOWN_INCOMPLETE", NULL, NULL, SEV_TIO,
      N_("The firmware has not finished shutting SEV-SNP down."),
      N_("Stop all SEV guests and try again, or reboot the host.") },
    { 0x30, "INCORRECT_BUFFER_LENGTH", NULL, NULL, SEV_TIO,
      N_("A buffer of a device command has the wrong length."), OF_DEVICES },
    { 0x31, "EXPAND_BUFFER_LENGTH_REQUEST", NULL, NULL, SEV_TIO,
      N_("A buffer of a device command is too small; the kernel is to enlarge it."), OF_DEVICES },
    { 0x32, "SPDM_REQUEST", NULL, NULL, SEV_TIO,
      N_("The kernel is to pass a message on to the device: no failure by itself."), OF_DEVICES },
    { 0x33, "SPDM_ERROR", NULL, NULL, SEV_TIO,
      N_("The device answered with an error of the protocol SPDM."), OF_DEVICES },
    { 0x3a, "IN_USE", NULL, NULL, SEV_TIO, N_("What the command is about is in use."), OF_DEVICES },
    { 0 },
};

const struct cvm_errno cvm_errnos[] = {
    { 1, "EPERM", N_("The kernel does not permit this to QEMU's user."),
      N_("Look for a denial of AppArmor, SELinux or cgroups in the host's kernel and audit log.") },
    { 2, "ENOENT", N_("A file or device is missing."),
      N_("Check that /dev/sev and /dev/kvm exist; load the modules ccp and kvm_amd.") },
    { 5, "EIO", N_("The SEV firmware was asked and refused: fw_error says why."),
      N_("Go by the number behind fw_error.") },
    { 12, "ENOMEM", N_("The kernel could not get or pin the memory."),
      N_("Free memory on the host; for SEV and SEV-ES, raise what QEMU may lock with <locked/>.") },
    { 13, "EACCES", N_("QEMU's user may not open what it needs."),
      N_("Look at the owner and mode of /dev/sev and /dev/kvm, and for a denial of AppArmor or "
         "SELinux.") },
    { 14, "EFAULT", N_("An address that QEMU gave the kernel is not valid."),
      N_("Update QEMU and kernel; no setting of the guest leads to this.") },
    { 16, "EBUSY", N_("No ASID is free: all that the host has for this kind of guest are in use."),
      N_("Stop another guest of the kind, or start this one on another host; compare "
         "/sys/fs/cgroup/misc.capacity with misc.current.") },
    { 17, "EEXIST", N_("It exists already: a start was tried twice for one virtual machine."),
      N_("Destroy the domain and start it anew.") },
    { 19, "ENODEV", N_("The kernel has no SEV device to ask: the module ccp did not set it up."),
      N_("Read 'dmesg | grep -i -e ccp -e sev', and enable SEV and the security processor in the "
         "BIOS.") },
    { 22, "EINVAL",
      N_("The kernel refused before the firmware was asked: a value is not one that it takes."),
      N_("For a SEV-SNP launch look at the policy first: bit 17 must be set, and the kernel must "
         "know every other bit; 0x30000 is right for most.") },
    { 25, "ENOTTY", N_("The kernel does not do this for this virtual machine: the feature is off."),
      N_("Look at kvm_amd's parameters sev, sev_es and sev_snp, and at how many ASIDs the BIOS "
         "leaves for this kind of guest.") },
    { 28, "ENOSPC", N_("There is no room left."),
      N_("Look at the file system and the huge pages of the host.") },
    { 95, "EOPNOTSUPP", N_("The kernel does not support what QEMU asks for."),
      N_("Use a kernel and a QEMU that fit each other: SEV-SNP needs Linux 6.11 and QEMU 9.1.") },
    { 110, "ETIMEDOUT",
      N_("The SEV firmware did not answer in time; the kernel then stops using it."),
      N_("Reboot the host; where that does not help, power it off and on.") },
    { 0 },
};

const struct cvm_firmware_code *
cvm_firmware_code_by_number(int code)
{
    for (const struct cvm_firmware_code *row = cvm_firmware_codes; row->name; row++) {
        if (row->code == code) {
            return row;
        }
    }
    return NULL;
}

const struct cvm_firmware_code *
cvm_firmware_code_by_name(const char *name)
{
    const char *prefix = "SEV_RET_";

    if (g_ascii_strncasecmp(name, prefix, strlen(prefix)) == 0) {
        name += strlen(prefix);
    }
    for (const struct cvm_firmware_code *row = cvm_firmware_codes; row->name; row++) {
        if (g_ascii_strcasecmp(row->name, name) == 0 ||
            (row->alias && g_ascii_strcasecmp(row->alias, name) == 0)) {
            return row;
        }
    }
    return NULL;
}

const struct cvm_errno *
cvm_errno_by_number(int number)
{
    for (const struct cvm_errno *row = cvm_errnos; row->name; row++) {
        if (row->number == abs(number)) {
            return row;
        }
    }
    return NULL;
}
