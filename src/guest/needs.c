/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest's kernel must be, and what to add to its command line. */
#include "guest/guest.h"
#include "util/i18n.h"

static gboolean
has_serial(const struct cvm_domain *domain)
{
    return domain->devices.serial.count > 0;
}

static gboolean
has_virtio_console(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_chardev, console, &domain->devices.console) {
        if (cvm_text_is(console->target, "virtio")) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
cvm_guest_has_kernel(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->os.kernel);
}

static const struct cvm_advice_row kernel[] = {
    {
        .id = "kernel-sev",
        .guests = CVM_GUEST_SEV,
        .text = N_("Linux 4.15 or later, for 64 bits, started by UEFI firmware."),
        .command = "uname -rm",
        .source = "AMDESE/sev-tool README.md, \"SME/SEV OS Support\"; 64 bits: arch/x86/Kconfig",
    },
    {
        .id = "kernel-sev-es",
        .guests = CVM_GUEST_SEV_ES,
        .text = N_("Linux 5.10 or later, for 64 bits, started by UEFI firmware."),
        .command = "uname -rm",
        .source = "Linux commit da9803dfd395, merge of x86_seves_for_v5.10",
    },
    {
        .id = "kernel-sev-snp",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("Linux 5.19 or later, for 64 bits, started by UEFI firmware. From 6.2 on, and "
                   "in the stable series 6.1, it refuses to start on a host that turns on what "
                   "it does not know, instead of failing in obscure ways."),
        .command = "uname -rm",
        .source = "Linux commits eb39e37d5ceb, merge of x86_sev_for_v5.19_rc1, and bc6bc34b1095, "
                  "of x86_urgent_for_v6.2_rc6; arch/x86/boot/compressed/sev.c "
                  "snp_get_unsupported_features()",
    },
    {
        .id = "kernel-swiotlb",
        .guests = CVM_GUEST_LEGACY,
        .text = N_("Better Linux 5.11 or later, which makes its bounce buffers as large as the "
                   "memory asks for; before, they are 64 MiB."),
        .source = "Linux commit e998879d4fb7, on top of 5.10-rc7",
    },
    {
        .id = "config-mem-encrypt",
        .guests = CVM_GUEST_AMD,
        .text = N_("CONFIG_AMD_MEM_ENCRYPT=y: without it the guest does not boot."),
        .command = "grep AMD_MEM_ENCRYPT= /boot/config-$(uname -r)",
        .prints = "CONFIG_AMD_MEM_ENCRYPT=y",
        .source = "arch/x86/Kconfig; derived: arch/x86/mm/mem_encrypt_identity.c is built for it "
                  "alone",
    },
    {
        .id = "config-sev-guest",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("CONFIG_SEV_GUEST, as a module or built in, to ask for attestation reports. "
                   "Debian 12's kernel for clouds lacks it (linux-image-cloud-amd64 6.1)."),
        .command = "modinfo -n sev-guest",
        .source = "drivers/virt/coco/sev-guest/Kconfig; Debian's linux-config-6.1 6.1.192-2, "
                  "linux-config-6.12 6.12.107-1",
    },
    {
        .id = "kernel-tsm",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("Linux 6.7 or later to ask for reports in configfs, without a program; "
                   "CONFIG_SEV_GUEST turns that on."),
        .source = "Documentation/ABI/testing/configfs-tsm: KernelVersion; "
                  "drivers/virt/coco/sev-guest/Kconfig (6.12)",
    },
    {
        .id = "kernel-unaccepted",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("Linux 6.5 or later to boot fast with much memory, where the firmware leaves "
                   "memory for the kernel to accept (CONFIG_UNACCEPTED_MEMORY)."),
        .source = "drivers/firmware/efi/Kconfig (6.12; not in 6.1); CentOS Stream 9 kernel, merge "
                  "request 3136: \"included in upstream kernel 6.5\"",
    },
    {
        .id = "config-efi-secret",
        .guests = CVM_GUEST_LEGACY,
        .text = N_("CONFIG_EFI_SECRET, if you give the guest a secret at launch. Debian 12's and "
                   "13's kernels lack it."),
        .command = "modinfo -n efi_secret",
        .source = "drivers/virt/coco/efi_secret/Kconfig; Debian's linux-config-6.1 6.1.192-2, "
                  "linux-config-6.12 6.12.107-1",
    },
};

static const struct cvm_advice_row boot[] = {
    {
        .id = "cmdline-serial",
        .guests = CVM_GUEST_AMD,
        .concerns = has_serial,
        .text = N_("To see it boot on its serial port (virsh console):"),
        .command = "console=ttyS0",
        .source = "Documentation/admin-guide/serial-console.rst",
    },
    {
        .id = "cmdline-hvc",
        .guests = CVM_GUEST_AMD,
        .concerns = has_virtio_console,
        .text = N_("To see it on its virtio console, once that has a driver:"),
        .command = "console=hvc0",
        .source = "drivers/char/virtio_console.c",
    },
    {
        .id = "cmdline-nohibernate",
        .guests = CVM_GUEST_AMD,
        .text = N_("To keep anybody from writing the memory to a disk, where it would lie "
                   "unencrypted: Linux does not refuse to hibernate in such a guest."),
        .command = "nohibernate",
        .source = "Documentation/admin-guide/kernel-parameters.txt; kernel/power/hibernate.c "
                  "hibernation_available()",
    },
    {
        .id = "cmdline-mem-encrypt",
        .guests = CVM_GUEST_AMD,
        .text = N_("Nothing that turns on the encryption: mem_encrypt=on is for hosts, and a "
                   "guest's kernel does not look at it."),
        .source = "arch/x86/mm/mem_encrypt_identity.c sme_enable()",
    },
    {
        .id = "cmdline-in-profile",
        .guests = CVM_GUEST_AMD,
        .concerns = cvm_guest_has_kernel,
        .text = N_("The host starts this guest's kernel (os.kernel), so what is to be on its "
                   "command line belongs into os.cmdline, not into the guest's boot loader."),
        .source = "https://libvirt.org/formatdomain.html#direct-kernel-boot",
    },
};

const struct cvm_advice_table cvm_advice_kernel = { kernel, G_N_ELEMENTS(kernel) };
const struct cvm_advice_table cvm_advice_boot = { boot, G_N_ELEMENTS(boot) };
