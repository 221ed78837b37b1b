/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What such a guest cannot do, or not as it is used to, and what stays open to its host. */
#include "guest/guest.h"
#include "util/i18n.h"

static gboolean
has_hostdev(const struct cvm_domain *domain)
{
    return domain->devices.hostdev.count > 0;
}

static gboolean
has_balloon(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_balloon, balloon, &domain->devices.memballoon) {
        if (cvm_is_set(balloon->common.model) && !cvm_text_is(balloon->common.model, "none")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_filesystem(const struct cvm_domain *domain)
{
    return domain->devices.filesystem.count > 0;
}

static gboolean
has_rng(const struct cvm_domain *domain)
{
    return domain->devices.rng.count > 0;
}

static gboolean
has_watchdog(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_watchdog, watchdog, &domain->devices.watchdog) {
        if (cvm_is_unset(watchdog->action) || cvm_text_is(watchdog->action, "reset")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_agent(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_chardev, channel, &domain->devices.channel) {
        if (cvm_text_is(channel->target, "org.qemu.guest_agent.0")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_no_sleep(const struct cvm_domain *domain)
{
    return cvm_is_off(domain->pm.suspend_to_mem);
}

static gboolean
has_sleep(const struct cvm_domain *domain)
{
    return !has_no_sleep(domain);
}

static const struct cvm_advice_row limit[] = {
    {
        .id = "limit-reboot",
        .guests = CVM_GUEST_STATE,
        .text = N_("Reboot: nobody can reset its encrypted registers, so QEMU ends. Whatever "
                   "reboots (updates, panic=, a watchdog) shuts it down, and somebody outside has "
                   "to start it again."),
        .source = "QEMU, system/runstate.c \"cpus are not resettable, terminating\"; "
                  "docs/system/i386/amd-memory-encryption.rst",
    },
    {
        .id = "limit-watchdog",
        .guests = CVM_GUEST_STATE,
        .concerns = has_watchdog,
        .text = N_("Be reset by its watchdog: that ends it, too."),
        .source = "derived: a reset of the machine is a reboot",
    },
    {
        .id = "limit-migrate",
        .guests = CVM_GUEST_AMD,
        .text = N_("Live migration, saving to a file (virsh save, managedsave), snapshots with "
                   "memory: QEMU refuses them."),
        .source = "QEMU, target/i386/sev.c \"SEV: Migration is not implemented\", \"SEV-SNP: "
                  "Migration is not implemented\" (10.0)",
    },
    {
        .id = "limit-suspend",
        .guests = CVM_GUEST_AMD,
        .concerns = has_no_sleep,
        .text = N_("Suspend to memory: this machine does not offer it (pm)."),
        .source = "https://libvirt.org/formatdomain.html#power-management",
    },
    {
        .id = "limit-suspend-offered",
        .guests = CVM_GUEST_STATE,
        .concerns = has_sleep,
        .text = N_("Suspend to memory: do not use it, though the machine offers it; waking up "
                   "resets the vCPUs."),
        .source = "derived: QEMU, system/runstate.c, as for a reboot",
    },
    {
        .id = "limit-hibernate",
        .guests = CVM_GUEST_AMD,
        .text = N_("Hibernate: the image would lie on the disk unencrypted, unless that disk is."),
        .source = "derived: kernel/power/hibernate.c writes through the guest's own eyes",
    },
    {
        .id = "limit-kexec",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("kexec and kdump, up to Linux 6.12 at least: the second kernel does not know "
                   "which memory the first one shared with the host, and dies of it. Try it with "
                   "yours before you rely on it."),
        .source = "Linux commit 3074152e56c9, which mends it and is not in 6.12.107",
    },
    {
        .id = "limit-dump",
        .guests = CVM_GUEST_AMD,
        .text = N_("Be dumped by the host (virsh dump): the file has no readable memory in it. "
                   "Crashes have to be caught inside."),
        .source = "Linux, Documentation/arch/x86/amd-memory-encryption.rst; derived: QEMU's "
                  "dump/dump.c knows nothing of SEV",
    },
    {
        .id = "limit-cpu-hotplug",
        .guests = CVM_GUEST_STATE,
        .text = N_("Get vCPUs later: their registers are encrypted and measured at launch. Taking "
                   "one offline inside works."),
        .source = "derived: QEMU, target/i386/sev.c sev_launch_update_vmsa(), runs once",
    },
    {
        .id = "limit-memory",
        .guests = CVM_GUEST_AMD,
        .text = N_("Give memory back to the host: Linux refuses the balloon."),
        .source = "drivers/virtio/virtio_balloon.c virtballoon_validate() drops "
                  "VIRTIO_F_ACCESS_PLATFORM, without which virtio.c refuses the device",
    },
    {
        .id = "limit-memory-hotplug",
        .guests = CVM_GUEST_SEV_SNP,
        .text = N_("Get memory later: Linux does not accept what is plugged in, and dies when it "
                   "touches it."),
        .source = "derived: mm/memory_hotplug.c calls no accept_memory() (6.12)",
    },
    {
        .id = "limit-balloon",
        .guests = CVM_GUEST_AMD,
        .concerns = has_balloon,
        .text = N_("Use its memory balloon: the driver does not start."),
        .source = "drivers/virtio/virtio_balloon.c, virtio.c",
    },
    {
        .id = "limit-passthrough",
        .guests = CVM_GUEST_AMD,
        .concerns = has_hostdev,
        .text = N_("Passed-through devices at full speed: every byte is copied through the bounce "
                   "buffers, and what the device does is not protected."),
        .source = "arch/x86/kernel/pci-dma.c pci_swiotlb_detect(): SWIOTLB_FORCE",
    },
    {
        .id = "limit-32-bit",
        .guests = CVM_GUEST_AMD,
        .text = N_("Run 32-bit programs: Linux turns that off, since a host could break in there; "
                   "ia32_emulation=on would let it."),
        .source = "arch/x86/mm/mem_encrypt_amd.c sme_early_init(): ia32_disable(); "
                  "Documentation/admin-guide/kernel-parameters.txt",
    },
    {
        .id = "limit-outside",
        .guests = CVM_GUEST_AMD,
        .text = N_("Protect what leaves its memory: the host reads and changes disks, network and "
                   "consoles as it likes. Encrypt disks (dm-crypt with integrity, or dm-verity) "
                   "and connections inside."),
        .source = "Documentation/security/snp-tdx-threat-model.rst (6.12)",
    },
    {
        .id = "limit-filesystem",
        .guests = CVM_GUEST_AMD,
        .concerns = has_filesystem,
        .text = N_("Trust its shared folder: the host writes what is in it."),
        .source = "derived: it lies in the host's file system",
    },
    {
        .id = "limit-agent",
        .guests = CVM_GUEST_AMD,
        .concerns = has_agent,
        .text = N_("Stay closed to the host while a QEMU guest agent runs in it: through its "
                   "channel the host reads files and starts programs. Leave qemu-guest-agent out, "
                   "or let it do only what you need:"),
        .command = "qemu-ga --allow-rpcs=guest-ping,guest-sync,guest-sync-delimited,guest-shutdown",
        .source = "qemu-ga(8)",
    },
    {
        .id = "limit-rng",
        .guests = CVM_GUEST_AMD,
        .concerns = has_rng,
        .text = N_("Rely on its random number device: the host chooses those numbers. Linux also "
                   "takes the CPU's own; leave that on (no random.trust_cpu=off)."),
        .source = "arch/x86/coco/core.c cc_random_init() (6.12)",
    },
};

const struct cvm_advice_table cvm_advice_limit = { limit, G_N_ELEMENTS(limit) };
