/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys of devices. What virt-launcher makes of them is from virtwrap/converter/{compute,network,
 * storage}/ below pkg/ of KubeVirt's source; what is refused from storage/admitters/disks.go,
 * network/admitter/netiface.go and virt-api/webhooks/. */
#include "rules/target_kubevirt.h"

#include <string.h>

#include "model/kubevirt.h"
#include "util/i18n.h"

#define OF(v, type) ((const struct type *)(v)->value)
#define ITEM(v, type) ((const struct type *)(v)->item)

#define QUIET(how, k, t, m) CVM_KEY_QUIET(how, k, t, m)
#define DISK(how, severity, k, m, why, ...)                                                        \
    CVM_KEY(how, "CVM826", severity, k, cvm_disk, m, why, ##__VA_ARGS__)
#define CARD(how, severity, k, m, why, ...)                                                        \
    CVM_KEY(how, "CVM828", severity, k, cvm_interface, m, why, ##__VA_ARGS__)
#define WHOLE(how, t, why, ...) CVM_KEY(how, "CVM834", CVM_WARNING, "", t, from, why, ##__VA_ARGS__)
#define OTHER(how, k, t, m, why, ...)                                                              \
    CVM_KEY(how, "CVM835", CVM_WARNING, k, t, m, why, ##__VA_ARGS__)

/* ---- what can be said ---- */

static gboolean
is_encrypted(const struct cvm_kubevirt_value *value)
{
    return (value->check->guest & CVM_GUEST_AMD) != 0;
}

/* KubeVirt has a place for one. */
static gboolean
fits_first(const struct cvm_kubevirt_value *value)
{
    return value->item == value->list->items;
}

/* "iommu='on'" where it is written at all: for each virtio device of an encrypted guest. */
static gboolean
fits_iommu(const struct cvm_kubevirt_value *value)
{
    return !OF(value, cvm_flag)->value == !is_encrypted(value);
}

/* KubeVirt makes aliases of names: "data" becomes "ua-data". */
static gboolean
fits_alias(const struct cvm_kubevirt_value *value)
{
    const char *alias = OF(value, cvm_text)->value;

    return g_str_has_prefix(alias, "ua-") && cvm_kubevirt_is_label(alias + strlen("ua-"));
}

static gboolean
is_plain_disk(const struct cvm_kubevirt_value *value)
{
    return cvm_text_is(ITEM(value, cvm_disk)->device, "disk");
}

/* A format is libvirt's source's. Alone it is about the volume, where KubeVirt takes raw images,
 * but for those of a container. */
static gboolean
fits_format(const struct cvm_kubevirt_value *value)
{
    const struct cvm_disk *disk = ITEM(value, cvm_disk);
    const char *format = OF(value, cvm_text)->value;

    return cvm_is_set(disk->source) || g_str_equal(format, "raw") ||
           (g_str_equal(format, "qcow2") && cvm_is_set(disk->container_disk));
}

/* validateBusSupport() */
static gboolean
fits_bus(const struct cvm_kubevirt_value *value)
{
    static const char *const buses[] = { "virtio", "scsi", "sata", "usb", NULL };
    const char *bus = OF(value, cvm_text)->value;

    return g_strv_contains(buses, bus) &&
           !(g_str_equal(bus, "virtio") && cvm_text_is(ITEM(value, cvm_disk)->device, "cdrom"));
}

static gboolean
fits_readonly(const struct cvm_kubevirt_value *value)
{
    return !OF(value, cvm_flag)->value || !is_plain_disk(value) ||
           !cvm_text_is(ITEM(value, cvm_disk)->bus, "sata");
}

/* convert_v1_Disk_To_api_Disk() */
static gboolean
fits_shareable(const struct cvm_kubevirt_value *value)
{
    const struct cvm_text *cache = &ITEM(value, cvm_disk)->cache;

    return !OF(value, cvm_flag)->value ||
           (is_plain_disk(value) && (cvm_is_unset(*cache) || cvm_text_is(*cache, "none")));
}

static gboolean
fits_serial(const struct cvm_kubevirt_value *value)
{
    return is_plain_disk(value) &&
           g_regex_match_simple("^[A-Za-z0-9_.+-]{1,256}$", OF(value, cvm_text)->value, 0, 0);
}

static gboolean
fits_discard(const struct cvm_kubevirt_value *value)
{
    return g_str_equal(OF(value, cvm_text)->value, "unmap") &&
           !cvm_text_is(ITEM(value, cvm_disk)->device, "cdrom");
}

static gboolean
fits_disk_queues(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_uint)->value == cvm_kubevirt_queues(value->check->domain);
}

static gboolean
fits_iothread(const struct cvm_kubevirt_value *value)
{
    return cvm_kubevirt_has_own_thread(value->check->domain, value->item);
}

static gboolean
fits_disk_address(const struct cvm_kubevirt_value *value)
{
    return is_plain_disk(value) && cvm_text_is(ITEM(value, cvm_disk)->bus, "virtio");
}

static gboolean
fits_card_queues(const struct cvm_kubevirt_value *value)
{
    const struct cvm_text *model = &ITEM(value, cvm_interface)->common.model;

    return OF(value, cvm_uint)->value == cvm_kubevirt_queues(value->check->domain) &&
           cvm_text_is(*model, "virtio");
}

static gboolean
fits_boot_order(const struct cvm_kubevirt_value *value)
{
    return !is_encrypted(value);
}

static gboolean
fits_port(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_uint)->value == 0;
}

/* channels.go: each guest has this one. */
static gboolean
fits_channel(const struct cvm_kubevirt_value *value)
{
    return cvm_text_is(ITEM(value, cvm_chardev)->target, "org.qemu.guest_agent.0");
}

/* tpm.go: the state is kept with tpm-crb alone. */
static gboolean
fits_tpm(const struct cvm_kubevirt_value *value)
{
    return g_str_equal(OF(value, cvm_text)->value, "tpm-crb");
}

/* The screen is a socket within the pod, whose way out is the cluster's API. */
static gboolean
fits_listen(const struct cvm_kubevirt_value *value)
{
    const char *address = OF(value, cvm_text)->value;

    return g_str_has_prefix(address, "127.") || g_str_equal(address, "::1") ||
           g_str_equal(address, "localhost") || *address == '/';
}

static gboolean
has_screen(const struct cvm_kubevirt_value *value)
{
    cvm_each (struct cvm_graphics, graphics, &value->check->domain->devices.graphics) {
        if (!cvm_text_is(graphics->type, "none")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
fits_video(const struct cvm_kubevirt_value *value)
{
    return cvm_text_is(ITEM(value, cvm_video)->common.model, "none")
               ? !has_screen(value)
               : fits_first(value) && has_screen(value);
}

static gboolean
fits_heads(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_uint)->value == 1;
}

static gboolean
fits_input(const struct cvm_kubevirt_value *value)
{
    return cvm_text_is(ITEM(value, cvm_input)->type, "tablet");
}

/* ---- the keys ---- */

static const char one_only[] =
    N_("KubeVirt gives a guest one device of this kind: only the first is written.");
static const char set_address[] = N_("KubeVirt places this device in the guest by itself.");
static const char set_alias[] = N_("KubeVirt names this device by itself.");
static const char bad_alias[] =
    N_("KubeVirt makes aliases of names, which have lower-case letters, digits and '-' alone: this "
       "device gets another.");
static const char set_iommu[] =
    N_("KubeVirt turns this on for the virtio devices of encrypted guests, and for no others.");
static const char no_iommu[] =
    N_("KubeVirt does not write this for such a device; QEMU since 6.0 does what it asks for by "
       "itself.");

#define ADDRESS(t) OTHER(SAID, "address", t, common.address, set_address)
#define ALIAS(t) OTHER(SAID, "alias", t, common.alias, set_alias)
#define NAME(t) OTHER(JUDGED, "alias", t, common.alias, bad_alias, CVM_KEY_FITS(fits_alias))
#define IOMMU(t) OTHER(JUDGED, "iommu", t, common.iommu, set_iommu, CVM_KEY_FITS(fits_iommu))
#define VIRTIO(t)                                                                                  \
    OTHER(WORDS, "model", t, common.model, NULL, CVM_KEY_WORDS("virtio", "virtio-non-transitional"))

const struct cvm_kubevirt_key cvm_kubevirt_disk[] = {
    CVM_KEY(RULE, "CVM825", CVM_SEVERE, "", cvm_disk, from, NULL),
    DISK(WORDS, CVM_SEVERE, "device", device, NULL, CVM_KEY_WORDS("disk", "cdrom", "lun")),
    QUIET(LIBVIRT, "type", cvm_disk, type),
    QUIET(LIBVIRT, "source", cvm_disk, source),
    QUIET(LIBVIRT, "pool", cvm_disk, pool),
    QUIET(LIBVIRT, "protocol", cvm_disk, protocol),
    QUIET(LIBVIRT, "host", cvm_disk, host),
    QUIET(LIBVIRT, "port", cvm_disk, port),
    DISK(JUDGED, CVM_WARNING, "format", format,
         N_("KubeVirt takes what a volume holds for a raw image, and that of a container disk for "
            "qcow2 or raw."),
         CVM_KEY_FITS(fits_format)),
    QUIET(NEEDLESS, "target", cvm_disk, target), /* libvirt's hint, which the bus follows */
    DISK(JUDGED, CVM_SEVERE, "bus", bus,
         N_("KubeVirt refuses disks on another bus than 'virtio', 'scsi', 'sata' or 'usb', and "
            "CD-ROMs on 'virtio'."),
         CVM_KEY_FITS(fits_bus)),
    DISK(JUDGED, CVM_SEVERE, "readonly", readonly,
         N_("KubeVirt refuses read-only disks on 'sata': 'sata hard-disks do not support "
            "read-only'."),
         CVM_KEY_FITS(fits_readonly)),
    DISK(JUDGED, CVM_SEVERE, "shareable", shareable,
         N_("KubeVirt shares disks with cache 'none' alone, and neither CD-ROMs nor LUNs."),
         CVM_KEY_FITS(fits_shareable)),
    DISK(JUDGED, CVM_SEVERE, "serial", serial,
         N_("KubeVirt takes a serial number for disks alone, of up to 256 letters, digits and "
            "'_.+-'."),
         CVM_KEY_FITS(fits_serial)),
    DISK(WORDS, CVM_WARNING, "cache", cache, NULL,
         CVM_KEY_WORDS("none", "writeback", "writethrough", "directsync")),
    DISK(WORDS, CVM_WARNING, "io", io, NULL, CVM_KEY_WORDS("native", "threads")),
    DISK(JUDGED, CVM_WARNING, "discard", discard,
         N_("KubeVirt passes what the guest frees on for each disk ('unmap'), and for no CD-ROM."),
         CVM_KEY_FITS(fits_discard)),
    DISK(WORDS, CVM_WARNING, "detectZeroes", detect_zeroes, NULL, CVM_KEY_WORDS("off")),
    DISK(JUDGED, CVM_WARNING, "queues", queues,
         N_("KubeVirt gives each virtio disk as many queues as there are vCPUs (blockMultiQueue), "
            "and knows no other number."),
         CVM_KEY_FITS(fits_disk_queues)),
    DISK(JUDGED, CVM_WARNING, "iothread", iothread,
         N_("KubeVirt gives a disk on 'virtio' an I/O thread of its own (dedicatedIOThread), and "
            "none that disks share by number."),
         CVM_KEY_FITS(fits_iothread)),
    QUIET(WRITTEN, "pvc", cvm_disk, pvc),
    QUIET(WRITTEN, "dataVolume", cvm_disk, data_volume),
    QUIET(WRITTEN, "containerDisk", cvm_disk, container_disk),
    DISK(WORDS, CVM_WARNING, "model", common.model, NULL,
         CVM_KEY_WORDS("virtio", "virtio-non-transitional")),
    DISK(JUDGED, CVM_WARNING, "address", common.address,
         N_("KubeVirt takes an address for disks on 'virtio' alone."),
         CVM_KEY_FITS(fits_disk_address)),
    DISK(JUDGED, CVM_WARNING, "alias", common.alias, bad_alias, CVM_KEY_FITS(fits_alias)),
    QUIET(WRITTEN, "bootOrder", cvm_disk, common.boot_order),
    DISK(JUDGED, CVM_WARNING, "iommu", common.iommu, set_iommu, CVM_KEY_FITS(fits_iommu)),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_interface[] = {
    CVM_KEY(RULE, "CVM827", CVM_SEVERE, "", cvm_interface, from, NULL),
    QUIET(LIBVIRT, "type", cvm_interface, type),
    QUIET(LIBVIRT, "source", cvm_interface, source),
    QUIET(LIBVIRT, "mode", cvm_interface, mode),
    QUIET(WRITTEN, "mac", cvm_interface, mac),
    QUIET(LIBVIRT, "target", cvm_interface, target),
    CARD(SAID, CVM_WARNING, "mtu", mtu,
         N_("KubeVirt takes the largest packet from the cluster's network.")),
    CARD(JUDGED, CVM_WARNING, "queues", queues,
         N_("KubeVirt gives each virtio card as many queues as there are vCPUs, up to 256 "
            "(networkInterfaceMultiqueue), and knows no other number."),
         CVM_KEY_FITS(fits_card_queues)),
    CARD(SAID, CVM_WARNING, "vlan", vlan,
         N_("KubeVirt tags no packets: the VLAN is a matter of the NetworkAttachmentDefinition, "
            "without which the guest is on another network.")),
    CARD(WORDS, CVM_WARNING, "driver", driver, NULL, CVM_KEY_WORDS("vhost")),
    CARD(ON, CVM_WARNING, "rom", rom,
         N_("KubeVirt offers the option ROM of no card that an encrypted guest has, nor of one "
            "without 'bootOrder'.")),
    QUIET(WRITTEN, "link", cvm_interface, link),
    QUIET(WRITTEN, "pod", cvm_interface, pod),
    QUIET(WRITTEN, "multus", cvm_interface, multus),
    CARD(WORDS, CVM_WARNING, "model", common.model, NULL,
         CVM_KEY_WORDS("virtio", "e1000", "e1000e", "ne2k_pci", "pcnet", "rtl8139")),
    QUIET(WRITTEN, "address", cvm_interface, common.address),
    CARD(JUDGED, CVM_WARNING, "alias", common.alias, bad_alias, CVM_KEY_FITS(fits_alias)),
    CARD(JUDGED, CVM_SEVERE, "bootOrder", common.boot_order,
         N_("KubeVirt refuses encrypted guests that may boot from a network card: 'does not work "
            "with bootable NICs'."),
         CVM_KEY_FITS(fits_boot_order)),
    CARD(JUDGED, CVM_WARNING, "iommu", common.iommu, set_iommu, CVM_KEY_FITS(fits_iommu)),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_controller[] = {
    WHOLE(
        SAID, cvm_controller,
        N_("KubeVirt adds the controllers that a guest's devices need, and takes none from you.")),
    QUIET(COVERED, "type", cvm_controller, type),
    QUIET(COVERED, "index", cvm_controller, index),
    QUIET(COVERED, "queues", cvm_controller, queues),
    QUIET(COVERED, "model", cvm_controller, common.model),
    QUIET(COVERED, "address", cvm_controller, common.address),
    QUIET(COVERED, "alias", cvm_controller, common.alias),
    QUIET(COVERED, "iommu", cvm_controller, common.iommu),
    { 0 },
};

/* console.go: one port, a socket within the pod. */
#define CHARDEV_KEYS(kind)                                                                         \
    WHOLE(JUDGED, cvm_chardev, one_only, CVM_KEY_FITS(fits_first)),                                \
        OTHER(WORDS, "type", cvm_chardev, type, NULL, CVM_KEY_WORDS("pty")),                       \
        OTHER(SAID, "source", cvm_chardev, source, NULL),                                          \
        OTHER(SAID, "mode", cvm_chardev, mode, NULL),                                              \
        OTHER(WORDS, "target", cvm_chardev, target, NULL, CVM_KEY_WORDS(kind)),                    \
        OTHER(JUDGED, "port", cvm_chardev, port, N_("KubeVirt has one serial port, number 0."),    \
              CVM_KEY_FITS(fits_port)),                                                            \
        CVM_KEY(SAID, "CVM835", CVM_NOTE, "log", cvm_chardev, log,                                 \
                N_("KubeVirt copies the output to the log of the container guest-console-log, "    \
                   "instead of this file.")),                                                      \
        OTHER(SAID, "model", cvm_chardev, common.model, NULL), ADDRESS(cvm_chardev),               \
        ALIAS(cvm_chardev)

const struct cvm_kubevirt_key cvm_kubevirt_serial[] = { CHARDEV_KEYS("isa-serial"), { 0 } };
const struct cvm_kubevirt_key cvm_kubevirt_console[] = { CHARDEV_KEYS("serial"), { 0 } };

const struct cvm_kubevirt_key cvm_kubevirt_channel[] = {
    WHOLE(JUDGED, cvm_chardev,
          N_("KubeVirt gives each guest the channel of the guest agent ('org.qemu.guest_agent.0'), "
             "and knows no other."),
          CVM_KEY_FITS(fits_channel)),
    OTHER(WORDS, "type", cvm_chardev, type, NULL, CVM_KEY_WORDS("unix")),
    OTHER(SAID, "source", cvm_chardev, source, NULL),
    OTHER(SAID, "mode", cvm_chardev, mode, NULL),
    QUIET(COVERED, "target", cvm_chardev, target),
    OTHER(SAID, "port", cvm_chardev, port, NULL),
    OTHER(SAID, "log", cvm_chardev, log, NULL),
    OTHER(SAID, "model", cvm_chardev, common.model, NULL),
    ADDRESS(cvm_chardev),
    ALIAS(cvm_chardev),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_rng[] = {
    WHOLE(JUDGED, cvm_rng, one_only, CVM_KEY_FITS(fits_first)),
    OTHER(WORDS, "backend", cvm_rng, backend, NULL, CVM_KEY_WORDS("/dev/urandom")),
    OTHER(SAID, "rateBytes", cvm_rng, rate_bytes, NULL),
    OTHER(SAID, "ratePeriod", cvm_rng, rate_period, NULL),
    VIRTIO(cvm_rng),
    ADDRESS(cvm_rng),
    ALIAS(cvm_rng),
    IOMMU(cvm_rng),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_tpm[] = {
    WHOLE(JUDGED, cvm_tpm, one_only, CVM_KEY_FITS(fits_first)),
    OTHER(WORDS, "type", cvm_tpm, type, NULL, CVM_KEY_WORDS("emulator")),
    OTHER(WORDS, "version", cvm_tpm, version, NULL, CVM_KEY_WORDS("2.0")),
    OTHER(SAID, "source", cvm_tpm, source, NULL),
    OTHER(JUDGED, "model", cvm_tpm, common.model,
          N_("KubeVirt forgets what is in a TPM of model 'tpm-tis' when the guest stops; that of a "
             "'tpm-crb' is kept."),
          CVM_KEY_FITS(fits_tpm)),
    ALIAS(cvm_tpm),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_vsock[] = {
    WHOLE(JUDGED, cvm_vsock, one_only, CVM_KEY_FITS(fits_first)),
    OTHER(SAID, "cid", cvm_vsock, cid,
          N_("KubeVirt chooses the context ID of a guest's socket by itself.")),
    VIRTIO(cvm_vsock),
    ADDRESS(cvm_vsock),
    ALIAS(cvm_vsock),
    OTHER(ON, "iommu", cvm_vsock, common.iommu, no_iommu),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_graphics[] = {
    WHOLE(JUDGED, cvm_graphics, one_only, CVM_KEY_FITS(fits_first)),
    OTHER(WORDS, "type", cvm_graphics, type, NULL, CVM_KEY_WORDS("vnc", "none")),
    OTHER(JUDGED, "listen", cvm_graphics, listen,
          N_("KubeVirt offers the guest's screen by the cluster's API ('virtctl vnc'), at no "
             "address of the node."),
          CVM_KEY_FITS(fits_listen)),
    OTHER(SAID, "port", cvm_graphics, port, NULL),
    OTHER(SAID, "password", cvm_graphics, password,
          N_("KubeVirt sets no password for the guest's screen: whom the cluster's API lets there "
             "('virtctl vnc') sees it and types.")),
    OTHER(SAID, "socket", cvm_graphics, socket, NULL),
    OTHER(ON, "tls", cvm_graphics, tls,
          N_("KubeVirt offers the guest's screen by the cluster's API, whose TLS it is; the node "
             "sees it all the same.")),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_video[] = {
    WHOLE(JUDGED, cvm_video,
          N_("KubeVirt gives a guest one video card where it has a screen ('graphics'), and none "
             "where it has not."),
          CVM_KEY_FITS(fits_video)),
    OTHER(WORDS, "model", cvm_video, common.model, NULL,
          CVM_KEY_WORDS("virtio", "vga", "bochs", "cirrus", "ramfb", "none")),
    OTHER(SAID, "vram", cvm_video, vram, NULL),
    OTHER(JUDGED, "heads", cvm_video, heads, N_("KubeVirt gives a video card one screen."),
          CVM_KEY_FITS(fits_heads)),
    ADDRESS(cvm_video),
    ALIAS(cvm_video),
    OTHER(ON, "iommu", cvm_video, common.iommu, no_iommu),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_filesystem[] = {
    WHOLE(SAID, cvm_filesystem,
          N_("KubeVirt shares no folder of a node with a guest, only volumes, by virtiofs: the "
             "guest comes up without it.")),
    QUIET(COVERED, "driver", cvm_filesystem, driver),
    QUIET(COVERED, "source", cvm_filesystem, source),
    QUIET(COVERED, "target", cvm_filesystem, target),
    QUIET(COVERED, "accessmode", cvm_filesystem, accessmode),
    QUIET(COVERED, "readonly", cvm_filesystem, readonly),
    QUIET(COVERED, "queue", cvm_filesystem, queue),
    QUIET(COVERED, "model", cvm_filesystem, common.model),
    QUIET(COVERED, "address", cvm_filesystem, common.address),
    QUIET(COVERED, "alias", cvm_filesystem, common.alias),
    QUIET(COVERED, "iommu", cvm_filesystem, common.iommu),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_hostdev[] = {
    WHOLE(SAID, cvm_hostdev,
          N_("KubeVirt passes devices through by the name of a resource that the cluster offers, "
             "not by a node's address: the guest comes up without this one.")),
    QUIET(COVERED, "type", cvm_hostdev, type),
    QUIET(COVERED, "source", cvm_hostdev, source),
    QUIET(COVERED, "managed", cvm_hostdev, managed),
    QUIET(COVERED, "rom", cvm_hostdev, rom),
    QUIET(COVERED, "model", cvm_hostdev, common.model),
    QUIET(COVERED, "address", cvm_hostdev, common.address),
    QUIET(COVERED, "alias", cvm_hostdev, common.alias),
    QUIET(COVERED, "bootOrder", cvm_hostdev, common.boot_order),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_watchdog[] = {
    WHOLE(JUDGED, cvm_watchdog, one_only, CVM_KEY_FITS(fits_first)),
    OTHER(WORDS, "action", cvm_watchdog, action, NULL,
          CVM_KEY_WORDS("reset", "shutdown", "poweroff")),
    OTHER(WORDS, "model", cvm_watchdog, common.model, NULL, CVM_KEY_WORDS("i6300esb")),
    ADDRESS(cvm_watchdog),
    NAME(cvm_watchdog),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_input[] = {
    WHOLE(
        JUDGED, cvm_input,
        N_("KubeVirt takes tablets alone: other input devices it adds, or leaves out, by itself."),
        CVM_KEY_FITS(fits_input)),
    QUIET(COVERED, "type", cvm_input, type),
    OTHER(WORDS, "bus", cvm_input, bus, NULL, CVM_KEY_WORDS("usb", "virtio")),
    VIRTIO(cvm_input),
    ADDRESS(cvm_input),
    NAME(cvm_input),
    OTHER(ON, "iommu", cvm_input, common.iommu, no_iommu),
    { 0 },
};

const struct cvm_kubevirt_key cvm_kubevirt_memballoon[] = {
    WHOLE(JUDGED, cvm_balloon, one_only, CVM_KEY_FITS(fits_first)),
    OTHER(WORDS, "model", cvm_balloon, common.model, NULL,
          CVM_KEY_WORDS("none", "virtio", "virtio-non-transitional")),
    ADDRESS(cvm_balloon),
    ALIAS(cvm_balloon),
    IOMMU(cvm_balloon),
    { 0 },
};
