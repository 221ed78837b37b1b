/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages about devices. Format strings of libvirt 9.0 and 11.3, QEMU 10.0 and, on the guest's
 * console, Linux 6.12 (drivers/virtio/virtio.c). */
#include "messages/messages.h"
#include "util/i18n.h"

const struct cvm_message cvm_messages_devices[] = {
    /* ---- virtio ---- */
    { .id = "virtio-without-iommu",
      .speaker = CVM_SAYS_GUEST,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "device must provide VIRTIO_F_ACCESS_PLATFORM",
                    "device must provide VIRTIO_F_VERSION_1" },
      .cause = N_("A virtio device is unusable in the encrypted guest: it lacks iommu='on', or is "
                  "of a transitional "
                  "model. (A memory balloon says so, too, and does no harm.)"),
      .remedy = N_("Write <driver iommu='on'/> into each virtio device, or remove iommu='off', "
                   "take q35 and no "
                   "virtio-transitional model, and <memballoon model='none'/>."),
      .rules = "CVM401 CVM603 CVM604 CVM606 CVM610",
      .versions = "Linux; QEMU 6.0 and later set it themselves" },
    { .id = "backend-without-platform-access",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "iommu_platform=true is not supported by the device",
                    "IOMMU support requires reply-ack and backend-req protocol features." },
      .cause = N_("The program behind a vhost-user device (virtiofsd, a vhost-user disk or "
                  "network) cannot work for an "
                  "encrypted guest."),
      .remedy = N_("Replace the device: 9p (<driver type='path'/>) or a network file system for "
                   "virtiofs, a virtio "
                   "disk or NIC for vhost-user."),
      .rules = "CVM609" },
    { .id = "vhost-user-memory",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "'%s' requires shared memory" },
      .cause = N_("{1} needs the guest's memory shared with another process, and it is not."),
      .remedy = N_("Write <memoryBacking><source type='memfd'/><access "
                   "mode='shared'/></memoryBacking>, or replace the "
                   "device."),
      .rules = "CVM609" },
    { .id = "iommu-misplaced",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "iommu driver option is only supported for virtio devices" },
      .cause = N_("A device that is not virtio has <driver iommu='…'/>."),
      .remedy = N_("Remove iommu= there, or make the device a virtio one."),
      .rules = "CVM605" },
    { .id = "rom-not-pci",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "ROM tuning is only supported for PCI devices" },
      .cause = N_("<rom> stands in a device that is not on PCI."),
      .remedy = N_("Remove <rom> there."),
      .rules = "CVM602" },
    { .id = "vsock",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "unable to open vhost-vsock device" },
      .cause = N_("The host has no /dev/vhost-vsock, which the guest's <vsock> needs."),
      .remedy = N_("'modprobe vhost_vsock' on the host, or remove <vsock>.") },
    { .id = "virtiofsd-missing",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Unable to find a satisfying virtiofsd" },
      .cause = N_("The host has no virtiofsd."),
      .remedy =
          N_("Install it; in an encrypted guest 9p (<driver type='path'/>) is the one that works."),
      .rules = "CVM609" },
    { .id = "virtiofs-folder-missing",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "the virtiofs export directory '%s' does not exist" },
      .cause = N_("The folder {1} that is to be shared with the guest does not exist."),
      .remedy = N_("Make it, or correct <source dir='…'/>.") },
    { .id = "tpm",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "swtpm died and reported: %s", "Could not run '%s'. exitstatus: %d;",
                    "TPM version '%s' is not supported" },
      .cause = N_("The emulated TPM does not start, or libvirt finds no program for it."),
      .remedy =
          N_("Install swtpm and its tools, let its user write its folder (/var/lib/libvirt/swtpm, "
             "/var/lib/swtpm-localca), or remove <tpm>."),
      .rules = "CVM615" },
    { .id = "graphics",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "only 1 graphics device of each type %s is supported",
                    "QEMU does not support multiple listens for one graphics device." },
      .cause = N_("The domain has several graphics of one type, or several <listen> in one."),
      .remedy = N_("Keep one <graphics> of each type, with one <listen>."),
      .rules = "CVM616" },
    { .id = "shmem-name",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "shmem name '%s' must not contain '/'" },
      .cause = N_("The shared memory's name {1} has a slash."),
      .remedy = N_("Give it a plain name.") },

    /* ---- passed-through devices ---- */
    { .id = "vfio-with-snp",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Cannot set discarding of RAM broken" },
      .cause =
          N_("A passed-through device (VFIO) cannot be had by a SEV-SNP guest under this QEMU."),
      .remedy = N_("Update QEMU to 10.1 or later, or remove the <hostdev>."),
      .rules = "CVM607",
      .sharpen = cvm_sharpen_vfio },
    { .id = "vfio-no-group",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "no iommu_group found" },
      .cause = N_("The host's IOMMU is off, so that no device can be passed through."),
      .remedy = N_("Switch the IOMMU on in the BIOS, and remove amd_iommu=off from the host's "
                   "kernel command line."),
      .rules = "CVM607" },
    { .id = "vfio-unavailable",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Mediated host device assignment requires VFIO support",
                    "VFIO PCI device assignment is not supported by this version of qemu" },
      .cause = N_("The host or its QEMU has no VFIO, which a passed-through device needs."),
      .remedy = N_("Load vfio-pci and switch the IOMMU on, or remove the <hostdev>."),
      .rules = "CVM607" },
    { .id = "pci-device-in-use",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "PCI device %s is in use by driver %s, domain %s", "PCI device %s is in use",
                    "allocated from network %s is already in use by domain %s" },
      .cause = N_("The PCI device to pass through is used by another guest."),
      .remedy = N_("Stop the other guest, or name another device in <hostdev>.") },
    { .id = "pci-device-not-assignable",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "PCI device %s is not assignable",
                    "Non-endpoint PCI devices cannot be assigned to guests",
                    "is behind a switch lacking ACS and cannot be assigned",
                    "Unmanaged PCI device %s must be manually detached from the host" },
      .cause = N_("The PCI device cannot be passed through as it is: it is a bridge, shares its "
                  "IOMMU group, or still "
                  "belongs to a driver of the host."),
      .remedy = N_("Write managed='yes' on <hostdev>, or 'virsh nodedev-detach' it first; pass "
                   "through all endpoints "
                   "of its IOMMU group.") },
    { .id = "hostdev-twice",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Hostdev already exists in the domain configuration" },
      .cause = N_("The same host device is passed through twice."),
      .remedy = N_("Remove one <hostdev>.") },
    { .id = "viommu",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "more than %d vCPUs require extended interrupt mode enabled on the iommu "
                    "device",
                    "IOMMU device: '%s' is only supported with Q35 machines",
                    "IOMMU interrupt remapping requires split I/O APIC (ioapic driver='qemu')" },
      .cause = N_("The domain needs, or has, an emulated IOMMU, which does not work for an "
                  "encrypted guest."),
      .remedy =
          N_("Remove <iommu>, and give the guest 255 vCPUs at most, or use libvirt 11.5 or later."),
      .rules = "CVM613 CVM710" },

    /* ---- network ---- */
    { .id = "network-inactive",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "network '%s' is not active" },
      .cause = N_("The libvirt network {1} is not running."),
      .remedy = N_("'virsh net-start {1}', and 'virsh net-autostart {1}' for the next boot.") },
    { .id = "bridge-missing",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Cannot get interface MTU on '%s': No such device" },
      .cause = N_("The host has no bridge {1}."),
      .remedy = N_("Make the bridge, or correct <source bridge='…'/>.") },

    /* ---- after the start ---- */
    { .id = "reboot",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cpus are not resettable, terminating" },
      .cause = N_("The guest rebooted (or its firmware reset it), and the vCPUs of a SEV-ES or "
                  "SEV-SNP guest cannot be "
                  "reset: QEMU ended."),
      .remedy =
          N_("Start it again, and write <on_reboot>destroy</on_reboot> so that this is what a "
             "reboot means; if "
             "it comes right after each start, the firmware is not made for this kind of guest."),
      .rules = "CVM406 CVM411 CVM412" },
    { .id = "no-migration",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: Migration is not implemented", "SEV-SNP: Migration is not implemented" },
      .cause = N_("An encrypted guest cannot be migrated, saved or snapshotted with its memory: "
                  "QEMU cannot do that."),
      .remedy = N_("Shut the guest down instead; on the host's shutdown use 'ON_SHUTDOWN=shutdown' "
                   "in libvirt-guests, "
                   "not suspend."),
      .rules = "CVM413" },
    { 0 },
};
