/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How to see from inside that the guest is protected, and how to prove it to others. */
#include "guest/guest.h"
#include "util/i18n.h"

gboolean
cvm_guest_has_measured_kernel(const struct cvm_domain *domain)
{
    return cvm_guest_has_kernel(domain) && cvm_is_on(domain->launch.kernel_hashes);
}

static gboolean
has_unmeasured_kernel(const struct cvm_domain *domain)
{
    return cvm_guest_has_kernel(domain) && !cvm_is_on(domain->launch.kernel_hashes);
}

static gboolean
has_host_data(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->launch.host_data);
}

static gboolean
has_id_block(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->launch.id_block);
}

static gboolean
has_session(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->launch.session);
}

static gboolean
has_no_session(const struct cvm_domain *domain)
{
    return !has_session(domain);
}

static gboolean
has_tpm(const struct cvm_domain *domain)
{
    return domain->devices.tpm.count > 0;
}

#define FEATURES_COMMAND "dmesg | grep 'Memory Encryption Features active'"
#define FEATURES_SOURCE                                                                            \
    "arch/x86/mm/mem_encrypt.c print_mem_encrypt_feature_info(); older kernels: \"AMD Memory "     \
    "Encryption Features active: SEV …\""
#define CVM_COMMAND "systemd-detect-virt --cvm"
#define CVM_TEXT N_("The same from systemd 254 or later:")
#define CVM_SOURCE "systemd-detect-virt(1)"

static const struct cvm_advice_row check[] = {
    {
        .id = "check-sev",
        .guests = CVM_GUEST_SEV,
        .text = N_("The kernel says so when it boots:"),
        .command = FEATURES_COMMAND,
        .prints = "Memory Encryption Features active: AMD SEV",
        .source = FEATURES_SOURCE,
    },
    {
        .id = "check-sev-es",
        .guests = CVM_GUEST_SEV_ES,
        .text = N_("The kernel says so when it boots; where SEV-ES is missing, its registers are "
                   "not encrypted:"),
        .command = FEATURES_COMMAND,
        .prints = "Memory Encryption Features active: AMD SEV SEV-ES",
        .source = FEATURES_SOURCE,
    },
    {
        .id = "check-sev-snp",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("The kernel says so when it boots; where SEV-SNP is missing, its memory is not "
                   "protected against tampering:"),
        .command = FEATURES_COMMAND,
        .prints = "Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP",
        .source = FEATURES_SOURCE,
    },
    {
        .id = "check-cvm-sev",
        .guests = CVM_GUEST_SEV,
        .text = CVM_TEXT,
        .command = CVM_COMMAND,
        .prints = "sev",
        .source = CVM_SOURCE,
    },
    {
        .id = "check-cvm-sev-es",
        .guests = CVM_GUEST_SEV_ES,
        .text = CVM_TEXT,
        .command = CVM_COMMAND,
        .prints = "sev-es",
        .source = CVM_SOURCE,
    },
    {
        .id = "check-cvm-sev-snp",
        .guests = CVM_GUEST_SEV_SNP,
        .text = CVM_TEXT,
        .command = CVM_COMMAND,
        .prints = "sev-snp",
        .source = CVM_SOURCE,
    },
    {
        .id = "check-lscpu",
        .guests = CVM_GUEST_AMD,
        .text = N_("Not from lscpu or /proc/cpuinfo: Linux takes the flags sev, sev_es and "
                   "sev_snp away in a guest of KVM, since it reads there that the BIOS has not "
                   "turned encryption on."),
        .source = "derived: arch/x86/kernel/cpu/amd.c early_detect_mem_encrypt(), and "
                  "arch/x86/kvm/x86.c kvm_get_msr_common(): MSR_AMD64_SYSCFG is 0",
    },
    {
        .id = "check-sev-guest",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("The device that attestation reports come from is there:"),
        .command = "modprobe sev-guest; ls /dev/sev-guest",
        .prints = "/dev/sev-guest",
        .source = "drivers/virt/coco/sev-guest/sev-guest.c: DEVICE_NAME; "
                  "Documentation/virt/coco/sev-guest.rst",
    },
    {
        .id = "check-virtio",
        .guests = CVM_GUEST_AMD,
        .text = N_("No virtio device was refused; a line here names one that the host did not set "
                   "up for an encrypted guest:"),
        .command = "dmesg | grep 'device must provide VIRTIO_F'",
        .source = "drivers/virtio/virtio.c virtio_features_ok()",
    },
};

static const struct cvm_advice_row attest[] = {
    {
        .id = "attest-why",
        .guests = CVM_GUEST_AMD,
        .text = N_("All of the above is the guest's own word: a host that starts another system in "
                   "its place can have that say the same. Attestation tells them apart."),
        .source = "systemd-detect-virt(1), --cvm",
    },
    {
        .id = "attest-report",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("In the guest, as root, with 64 bytes that whoever is to be convinced made up "
                   "(head -c 64 /dev/urandom >nonce):"),
        .command = "mkdir /sys/kernel/config/tsm/report/1\n"
                   "cat nonce >/sys/kernel/config/tsm/report/1/inblob\n"
                   "cat /sys/kernel/config/tsm/report/1/outblob >report.bin\n"
                   "rmdir /sys/kernel/config/tsm/report/1",
        .source = "Documentation/ABI/testing/configfs-tsm (Linux 6.7)",
    },
    {
        .id = "attest-snpguest",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("With an older kernel, by the program snpguest through /dev/sev-guest:"),
        .command = "snpguest report report.bin nonce",
        .source = "https://github.com/virtee/snpguest",
    },
    {
        .id = "attest-verify-report",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("On a machine that is trusted, not in the guest and not on its host, with the "
                   "certificates of AMD's key server:"),
        .command = "cvmdom verify --report report.bin --report-data @nonce \\\n"
                   "    --vcek vcek.pem --ca cert_chain.pem PROFILE",
        .source = "cvmdom(1), verify",
    },
    {
        .id = "attest-host-data",
        .guests = CVM_GUEST_SEV_SNP,
        .concerns = has_host_data,
        .text = N_("The report repeats the profile's hostData, and verify compares it: it tells "
                   "guests of one image apart."),
        .source = "AMD 56860, ATTESTATION_REPORT: HOST_DATA",
    },
    {
        .id = "attest-id-block",
        .guests = CVM_GUEST_SEV_SNP,
        .concerns = has_id_block,
        .text = N_("The profile has an ID block: the firmware has compared the launch digest "
                   "before the first instruction ran, and the report says whose key signed it."),
        .source = "AMD 56860, SNP_LAUNCH_FINISH; ATTESTATION_REPORT: ID_KEY_DIGEST",
    },
    {
        .id = "attest-before-start",
        .guests = CVM_GUEST_LEGACY,
        .text = N_("The guest itself cannot prove anything: its owner compares the launch "
                   "measurement while the guest is still paused."),
        .source = "AMD 55766, LAUNCH_MEASURE; cvmdom(1), verify",
    },
    {
        .id = "attest-session",
        .guests = CVM_GUEST_LEGACY,
        .concerns = has_no_session,
        .text =
            N_("This profile has no launch session: without one its owner does not know the key "
               "that signs the measurement, which then proves nothing, and no secret can be "
               "handed over. See 'cvmdom help session'."),
        .source = "AMD 55766, LAUNCH_START; cvmdom(1), session",
    },
    {
        .id = "attest-secret",
        .guests = CVM_GUEST_LEGACY,
        .concerns = has_session,
        .text = N_("A secret that was handed over at launch ('cvmdom help secret') is a file in "
                   "the guest, named by its GUID; removing the file wipes it from memory:"),
        .command = "ls /sys/kernel/security/secrets/coco",
        .source = "Documentation/security/secrets/coco.rst; "
                  "Documentation/ABI/testing/securityfs-secrets-coco",
    },
    {
        .id = "attest-measured-kernel",
        .guests = CVM_GUEST_AMD,
        .concerns = cvm_guest_has_measured_kernel,
        .text = N_("Measured are the firmware and, by kernelHashes, kernel, initrd and the whole "
                   "command line: each option added there changes the digest. The disks are not: "
                   "let the initrd open them with dm-verity or dm-crypt."),
        .source = "QEMU, docs/system/i386/amd-memory-encryption.rst: kernel-hashes",
    },
    {
        .id = "attest-unmeasured-kernel",
        .guests = CVM_GUEST_AMD,
        .concerns = has_unmeasured_kernel,
        .text = N_("Measured is the firmware alone: the host may start another kernel than that "
                   "of os.kernel, unless kernelHashes is on."),
        .source = "QEMU, docs/system/i386/amd-memory-encryption.rst: kernel-hashes",
    },
    {
        .id = "attest-tpm",
        .guests = CVM_GUEST_AMD,
        .concerns = has_tpm,
        .text = N_("Not by its TPM: the host runs that, and can read and change all that is in it. "
                   "Seal nothing to it that the host must not know."),
        .source = "derived: swtpm is a process of the host",
    },
};

const struct cvm_advice_table cvm_advice_check = { check, G_N_ELEMENTS(check) };
const struct cvm_advice_table cvm_advice_attest = { attest, G_N_ELEMENTS(attest) };
