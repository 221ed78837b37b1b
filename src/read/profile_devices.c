/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys below devices. */
#include "read/profile_rows.h"
#include "util/i18n.h"

static const struct cvm_text_format pci_format = {
    .noun = N_("a PCI address like '0000:c1:00.0'"),
    .pattern = "^([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]$",
};
/* What libvirt's schema allows as a name of an alias. */
static const struct cvm_text_format alias_format = {
    .noun = N_("letters, digits, '_', '-' and '.', as in 'ua-data'"),
    .pattern = "^[a-zA-Z0-9_.-]+$",
    .matches = cvm_text_is_word,
};
/* Any host device's; CVM108 sees whether it is of the device's type. */
static const struct cvm_text_format hostdev_format = {
    .noun = N_("the address of a host device, like '0000:c1:00.0', '1af4:1000' or a UUID"),
    .pattern = "^(([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]"
               "|[0-9a-fA-F]{4}:[0-9a-fA-F]{4}|[0-9]{1,3}\\.[0-9]{1,3}"
               "|[0-9]{1,4}:[0-9]{1,4}:[0-9]{1,4}:[0-9]{1,4}"
               "|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$",
};
/* domaincommon.rng, diskTargetDev. */
static const struct cvm_text_format target_format = {
    .noun = N_("the name of a disk in the guest, like 'vda'"),
    .pattern = "^(fd|hd|sd|vd|xvd|ubd)[a-zA-Z0-9_]+$",
    .matches = cvm_text_is_target,
};
static const struct cvm_text_format backend_format = {
    .noun = N_("the path of a device like '/dev/urandom', or 'builtin'"),
    .pattern = "^(builtin|/[^\\n\\r]*)$",
};
static const struct cvm_text_format port_format = {
    .noun = N_("a port number or range like '4444'"),
    .pattern = "^[0-9]+(-[0-9]+)?$",
};
/* libvirt refuses multicast addresses (bit 0 of the first byte). */
static const struct cvm_text_format mac_format = {
    .noun = N_("a unicast MAC address like '52:54:00:12:34:56'"),
    .pattern = "^[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$",
    .matches = cvm_text_is_mac,
};

/* Names of Kubernetes' objects are DNS names (RFC 1123): k8s.io/apimachinery,
 * pkg/util/validation, IsDNS1123Subdomain. */
#define DNS_NAME "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
static const struct cvm_text_format cluster_name_format = {
    .noun = N_("a name of lower-case letters, digits, '-' and '.', like 'db-data'"),
    .pattern = "^" DNS_NAME "$",
};
static const struct cvm_text_format attachment_format = {
    .noun = N_("'name' or 'namespace/name', of lower-case letters, digits, '-' and '.'"),
    .pattern = "^(" DNS_NAME "/)?" DNS_NAME "$",
};
static const struct cvm_text_format image_format = {
    .noun = N_("a container image like 'registry.example.org/guests/db:2.1'"),
    .pattern = "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$",
};

/* What devices have in common, as far as libvirt has it for that kind of device. */
#define MODEL(s, ...) TEXT("model", s, common.model, "Model of the emulated device.", ##__VA_ARGS__)
#define ALIAS(s)                                                                                   \
    TEXT("alias", s, common.alias, "Name of the device for libvirt; starts with ua-.",             \
         .format = &alias_format)
#define ADDRESS(s)                                                                                 \
    TEXT("address", s, common.address, "PCI address in the guest.", .format = &pci_format), ALIAS(s)
#define BOOT_ORDER(s)                                                                              \
    UINT("bootOrder", s, common.boot_order, 1, G_MAXUINT16, "Place in the boot order, from 1.")
#define IOMMU(s) FLAG("iommu", s, common.iommu, "DMA goes through the guest's DMA API.")

static const struct cvm_field disk_fields[] = {
    WORD("device", cvm_disk, device, WORDS("disk", "cdrom", "floppy", "lun"),
         "What the guest sees; disk by default."),
    WORD("type", cvm_disk, type, WORDS("file", "block", "volume", "network"),
         "What the source is; by default told by the other keys."),
    TEXT("source", cvm_disk, source, "Image file, block device, volume or network image.",
         .format = &cvm_filled_format),
    TEXT("pool", cvm_disk, pool, "Storage pool of a volume.", .format = &cvm_filled_format),
    TEXT("protocol", cvm_disk, protocol, "Protocol of a network disk, as in rbd or nbd.",
         .format = &cvm_filled_format),
    TEXT("host", cvm_disk, host, "Server of a network disk.", .format = &cvm_filled_format),
    TEXT("port", cvm_disk, port, "Port of that server.", .flags = CVM_FIELD_NUMBER,
         .format = &port_format),
    WORD("format", cvm_disk, format,
         WORDS("raw", "qcow2", "luks", "vmdk", "vdi", "vpc", "vhd", "qed", "qcow", "cow", "iso",
               "dmg", "bochs", "cloop", "ploop"),
         "Image format."),
    TEXT("target", cvm_disk, target, "Name hint for the guest, as in vda.",
         .format = &target_format),
    WORD("bus", cvm_disk, bus, WORDS("virtio", "scsi", "sata", "usb", "ide", "fdc"),
         "How the disk is attached."),
    FLAG("readonly", cvm_disk, readonly, "The guest cannot write."),
    FLAG("shareable", cvm_disk, shareable, "Other guests may use the disk too."),
    TEXT("serial", cvm_disk, serial, "Serial number.", .format = &cvm_filled_format),
    WORD("cache", cvm_disk, cache,
         WORDS("default", "none", "writeback", "writethrough", "directsync", "unsafe"),
         "How the host caches the disk."),
    WORD("io", cvm_disk, io, WORDS("threads", "native", "io_uring"), "How QEMU does the I/O."),
    WORD("discard", cvm_disk, discard, WORDS("unmap", "ignore"),
         "What becomes of blocks that the guest frees."),
    WORD("detectZeroes", cvm_disk, detect_zeroes, WORDS("off", "on", "unmap"),
         "What becomes of zeroes that the guest writes."),
    UINT("queues", cvm_disk, queues, 1, G_MAXUINT16, "Number of virtio queues."),
    UINT("iothread", cvm_disk, iothread, 1, G_MAXUINT16, "I/O thread that serves the disk."),
    TEXT("pvc", cvm_disk, pvc, "KubeVirt: PersistentVolumeClaim that the disk is.",
         .format = &cluster_name_format),
    TEXT("dataVolume", cvm_disk, data_volume, "KubeVirt: DataVolume that the disk is.",
         .format = &cluster_name_format),
    TEXT("containerDisk", cvm_disk, container_disk,
         "KubeVirt: container image that the disk is in, as in registry/name:tag.",
         .format = &image_format),
    MODEL(cvm_disk, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_disk),
    BOOT_ORDER(cvm_disk),
    IOMMU(cvm_disk),
    END,
};
static const struct cvm_table disk_table = {
    .name = "disk",
    .size = sizeof(struct cvm_disk),
    .fields = disk_fields,
};

static const struct cvm_field controller_fields[] = {
    WORD("type", cvm_controller, type, WORDS("scsi", "usb", "virtio-serial", "pci", "sata", "ide"),
         "Kind of controller.", .flags = CVM_FIELD_REQUIRED),
    UINT("index", cvm_controller, index, 0, G_MAXUINT16, "Number among controllers of its kind."),
    UINT("queues", cvm_controller, queues, 1, G_MAXUINT16, "Number of virtio queues."),
    MODEL(cvm_controller, .format = &cvm_filled_format),
    ADDRESS(cvm_controller),
    IOMMU(cvm_controller),
    END,
};
static const struct cvm_table controller_table = {
    .name = "controller",
    .size = sizeof(struct cvm_controller),
    .fields = controller_fields,
};

static const struct cvm_field interface_fields[] = {
    WORD("type", cvm_interface, type,
         WORDS("bridge", "network", "direct", "ethernet", "user", "vhostuser"),
         "What the guest's network card is connected to."),
    TEXT("source", cvm_interface, source,
         "Bridge, libvirt network, host device, or socket of vhostuser.",
         .format = &cvm_filled_format),
    WORD("mode", cvm_interface, mode,
         WORDS("bridge", "private", "vepa", "passthrough", "client", "server"),
         "Mode of direct; client or server of vhostuser."),
    TEXT("mac", cvm_interface, mac, "Hardware address; libvirt makes one up by default.",
         .format = &mac_format),
    TEXT("target", cvm_interface, target, "Name of the host's tap device.",
         .format = &cvm_filled_format),
    UINT("mtu", cvm_interface, mtu, 68, G_MAXUINT16, "Largest packet."),
    UINT("queues", cvm_interface, queues, 1, 256, "Number of virtio queue pairs."),
    UINT("vlan", cvm_interface, vlan, 0, 4095, "VLAN tag."),
    WORD("driver", cvm_interface, driver, WORDS("vhost", "qemu"), "Who moves the packets."),
    FLAG("rom", cvm_interface, rom, "Offer the card's option ROM for network boot."),
    WORD("link", cvm_interface, link, WORDS("up", "down"), "State of the link."),
    FLAG("pod", cvm_interface, pod,
         "KubeVirt: connect it to the pod's network, with addresses translated."),
    TEXT("multus", cvm_interface, multus,
         "KubeVirt: NetworkAttachmentDefinition to connect it to, NAME or NAMESPACE/NAME.",
         .format = &attachment_format),
    MODEL(cvm_interface, .format = &cvm_filled_format),
    ADDRESS(cvm_interface),
    BOOT_ORDER(cvm_interface),
    IOMMU(cvm_interface),
    END,
};
static const struct cvm_table interface_table = {
    .name = "interface",
    .size = sizeof(struct cvm_interface),
    .fields = interface_fields,
};

static const struct cvm_field chardev_fields[] = {
    WORD("type", cvm_chardev, type,
         WORDS("pty", "file", "unix", "tcp", "null", "stdio", "spicevmc"),
         "What it is connected to on the host; pty by default."),
    TEXT("source", cvm_chardev, source, "Path, or host:port of tcp.", .format = &cvm_filled_format),
    WORD("mode", cvm_chardev, mode, WORDS("bind", "connect"), "Who opens a unix or tcp socket."),
    TEXT("target", cvm_chardev, target,
         "What the guest sees: a serial or console type, or the name of a channel.",
         .format = &cvm_filled_format),
    UINT("port", cvm_chardev, port, 0, G_MAXUINT16, "Number among its kind in the guest."),
    TEXT("log", cvm_chardev, log, "File that receives a copy of the output.",
         .format = &cvm_path_format),
    MODEL(cvm_chardev, .format = &cvm_filled_format),
    ADDRESS(cvm_chardev),
    END,
};
static const struct cvm_table chardev_table = {
    .name = "chardev",
    .size = sizeof(struct cvm_chardev),
    .fields = chardev_fields,
};

static const struct cvm_field rng_fields[] = {
    TEXT("backend", cvm_rng, backend, "Source of randomness: /dev/urandom, or builtin.",
         .format = &backend_format),
    UINT("rateBytes", cvm_rng, rate_bytes, 1, G_MAXUINT32, "Bytes in a period."),
    UINT("ratePeriod", cvm_rng, rate_period, 1, G_MAXUINT32, "Milliseconds of a period."),
    MODEL(cvm_rng, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_rng),
    IOMMU(cvm_rng),
    END,
};
static const struct cvm_table rng_table = {
    .name = "rng",
    .size = sizeof(struct cvm_rng),
    .fields = rng_fields,
};

static const struct cvm_field tpm_fields[] = {
    WORD("type", cvm_tpm, type, WORDS("emulator", "passthrough", "external"),
         "Who is the TPM; emulator by default."),
    WORD("version", cvm_tpm, version, WORDS("1.2", "2.0"), "TPM specification.",
         .flags = CVM_FIELD_NUMBER),
    TEXT("source", cvm_tpm, source, "Device of passthrough, or socket of external.",
         .format = &cvm_filled_format),
    MODEL(cvm_tpm, .words = WORDS("tpm-tis", "tpm-crb")),
    ALIAS(cvm_tpm),
    END,
};
static const struct cvm_table tpm_table = {
    .name = "tpm",
    .size = sizeof(struct cvm_tpm),
    .fields = tpm_fields,
};

static const struct cvm_field vsock_fields[] = {
    /* 0 to 2 and 2^32-1 are reserved: vsock(7). */
    UINT("cid", cvm_vsock, cid, 3, G_MAXUINT32 - 1,
         "Context ID of the guest; auto lets libvirt choose.",
         .auto_offset = offsetof(struct cvm_vsock, cid_auto)),
    MODEL(cvm_vsock, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_vsock),
    IOMMU(cvm_vsock),
    END,
};
static const struct cvm_table vsock_table = {
    .name = "vsock",
    .size = sizeof(struct cvm_vsock),
    .fields = vsock_fields,
    .shorthand = "cid",
};

static const struct cvm_field graphics_fields[] = {
    WORD("type", cvm_graphics, type, WORDS("vnc", "spice", "none"), "Protocol of the screen.",
         .flags = CVM_FIELD_REQUIRED),
    TEXT("listen", cvm_graphics, listen, "Address to listen at.", .format = &cvm_filled_format),
    UINT("port", cvm_graphics, port, 1, G_MAXUINT16, "Port; libvirt chooses by default."),
    TEXT("password", cvm_graphics, password, "Password.", .format = &cvm_filled_format),
    TEXT("socket", cvm_graphics, socket, "UNIX socket to listen at instead.",
         .format = &cvm_path_format),
    FLAG("tls", cvm_graphics, tls, "Encrypted connections only."),
    END,
};
static const struct cvm_table graphics_table = {
    .name = "graphics",
    .size = sizeof(struct cvm_graphics),
    .fields = graphics_fields,
    .shorthand = "type",
};

static const struct cvm_field video_fields[] = {
    MODEL(cvm_video, .words = WORDS("virtio", "vga", "bochs", "qxl", "cirrus", "ramfb", "none")),
    SIZE("vram", cvm_video, vram, "Video memory."),
    UINT("heads", cvm_video, heads, 1, 16, "Number of screens."),
    ADDRESS(cvm_video),
    IOMMU(cvm_video),
    END,
};
static const struct cvm_table video_table = {
    .name = "video",
    .size = sizeof(struct cvm_video),
    .fields = video_fields,
    .shorthand = "model",
};

static const struct cvm_field filesystem_fields[] = {
    WORD("driver", cvm_filesystem, driver, WORDS("virtiofs", "path"),
         "virtiofs, or path for 9p; path by default."),
    TEXT("source", cvm_filesystem, source, "Folder of the host.", .flags = CVM_FIELD_REQUIRED,
         .format = &cvm_path_format),
    TEXT("target", cvm_filesystem, target, "Tag that the guest mounts.",
         .flags = CVM_FIELD_REQUIRED, .format = &cvm_filled_format),
    WORD("accessmode", cvm_filesystem, accessmode, WORDS("passthrough", "mapped", "squash"),
         "How owners of files are mapped."),
    FLAG("readonly", cvm_filesystem, readonly, "The guest cannot write."),
    UINT("queue", cvm_filesystem, queue, 1, G_MAXUINT16, "Requests in the virtio queue."),
    MODEL(cvm_filesystem,
          .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_filesystem),
    IOMMU(cvm_filesystem),
    END,
};
static const struct cvm_table filesystem_table = {
    .name = "filesystem",
    .size = sizeof(struct cvm_filesystem),
    .fields = filesystem_fields,
};

static const struct cvm_field hostdev_fields[] = {
    WORD("type", cvm_hostdev, type, WORDS("pci", "usb", "mdev", "scsi"),
         "Kind of host device; pci by default."),
    TEXT("source", cvm_hostdev, source,
         "Host PCI address, mdev UUID, USB vendor:product or bus.device, or SCSI address.",
         .flags = CVM_FIELD_REQUIRED, .format = &hostdev_format),
    FLAG("managed", cvm_hostdev, managed, "libvirt detaches the device from the host by itself."),
    FLAG("rom", cvm_hostdev, rom, "Offer the device's option ROM."),
    MODEL(cvm_hostdev, .format = &cvm_filled_format),
    ADDRESS(cvm_hostdev),
    BOOT_ORDER(cvm_hostdev),
    END,
};
static const struct cvm_table hostdev_table = {
    .name = "hostdev",
    .size = sizeof(struct cvm_hostdev),
    .fields = hostdev_fields,
};

static const struct cvm_field watchdog_fields[] = {
    WORD("action", cvm_watchdog, action,
         WORDS("reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi"),
         "What happens when the guest hangs; reset by default, poweroff with SEV-ES and SEV-SNP."),
    MODEL(cvm_watchdog, .words = WORDS("itco", "i6300esb", "ib700", "diag288")),
    ADDRESS(cvm_watchdog),
    END,
};
static const struct cvm_table watchdog_table = {
    .name = "watchdog",
    .size = sizeof(struct cvm_watchdog),
    .fields = watchdog_fields,
    .shorthand = "action",
};

static const struct cvm_field input_fields[] = {
    WORD("type", cvm_input, type, WORDS("tablet", "keyboard", "mouse"), "Kind of input device.",
         .flags = CVM_FIELD_REQUIRED),
    WORD("bus", cvm_input, bus, WORDS("usb", "virtio", "ps2"), "How it is attached."),
    MODEL(cvm_input, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_input),
    IOMMU(cvm_input),
    END,
};
static const struct cvm_table input_table = {
    .name = "input",
    .size = sizeof(struct cvm_input),
    .fields = input_fields,
    .shorthand = "type",
};

static const struct cvm_field balloon_fields[] = {
    MODEL(cvm_balloon, .flags = CVM_FIELD_REQUIRED,
          .words = WORDS("none", "virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_balloon),
    IOMMU(cvm_balloon),
    END,
};
static const struct cvm_table balloon_table = {
    .name = "memballoon",
    .size = sizeof(struct cvm_balloon),
    .fields = balloon_fields,
    .shorthand = "model",
};

static const struct cvm_field devices_fields[] = {
    TEXT("emulator", cvm_devices, emulator, "QEMU program; by default the host's.",
         .format = &cvm_path_format),
    LIST("disk", cvm_devices, disk, disk_table, "Disks."),
    LIST("controller", cvm_devices, controller, controller_table, "Controllers."),
    LIST("interface", cvm_devices, interface, interface_table, "Network cards."),
    LIST("serial", cvm_devices, serial, chardev_table, "Serial ports."),
    LIST("console", cvm_devices, console, chardev_table, "Consoles; true is one on a serial port.",
         .flags = CVM_FIELD_BARE),
    LIST("channel", cvm_devices, channel, chardev_table, "Channels to programs in the guest."),
    LIST("rng", cvm_devices, rng, rng_table, "Random number generators.", .flags = CVM_FIELD_BARE),
    LIST("tpm", cvm_devices, tpm, tpm_table, "Trusted platform module.", .flags = CVM_FIELD_BARE),
    LIST("vsock", cvm_devices, vsock, vsock_table, "Socket between guest and host."),
    LIST("graphics", cvm_devices, graphics, graphics_table, "Screens that the host offers."),
    LIST("video", cvm_devices, video, video_table, "Video cards."),
    LIST("filesystem", cvm_devices, filesystem, filesystem_table, "Shared folders."),
    LIST("hostdev", cvm_devices, hostdev, hostdev_table, "Devices of the host, passed through."),
    LIST("watchdog", cvm_devices, watchdog, watchdog_table, "Watchdog."),
    LIST("input", cvm_devices, input, input_table, "Keyboards and pointers."),
    LIST("memballoon", cvm_devices, memballoon, balloon_table, "Memory balloon: none or virtio."),
    END,
};
const struct cvm_table cvm_devices_table = {
    .name = "devices",
    .size = sizeof(struct cvm_devices),
    .fields = devices_fields,
};
