/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of devices: libvirt's src/conf/schemas/domaincommon.rng. What libvirt itself writes into
 * the XML of a running guest (addresses of ptys, names of taps, aliases) is not read, so that an
 * active dump says the same as the domain's definition. */
#include <string.h>

#include "read/domain_xml.h"
#include "read/read.h"

/* ---- values of more than one attribute ---- */

static void
set_text(struct cvm_text *to, const struct cvm_node *node, const char *value)
{
    to->from = (struct cvm_from){ .origin = CVM_GIVEN, .node = node };
    to->value = value;
}

/* Hexadecimal or decimal, as virXMLPropUInt() with base 0; 0 where it is missing. */
static unsigned
read_number(const struct cvm_node *element, const char *attribute)
{
    const char *text = cvm_node_attribute_text(element, attribute);

    return text ? (unsigned)g_ascii_strtoull(text, NULL, 0) : 0;
}

static const char *
format_pci(struct cvm_domain *domain, const struct cvm_node *address)
{
    char text[32];

    g_snprintf(text, sizeof text, "%04x:%02x:%02x.%x", read_number(address, "domain") & 0xffff,
               read_number(address, "bus") & 0xff, read_number(address, "slot") & 0xff,
               read_number(address, "function") & 0xf);
    return cvm_arena_strdup(domain->arena, text);
}

/* A device's address in the guest; those of other buses than PCI are not kept. */
static void
read_address(struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    if (element && g_strcmp0(cvm_node_attribute_text(element, "type"), "pci") == 0 &&
        cvm_node_attribute(element, "slot")) {
        set_text(at, element, format_pci(domain, element));
    }
}

/* libvirt drops every other alias of an inactive domain (virDomainDeviceInfoParseXML). */
static void
read_alias(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    const struct cvm_node *name = element ? cvm_node_attribute(element, "name") : NULL;

    if (name && name->text && g_str_has_prefix(name->text, "ua-")) {
        set_text(at, name, name->text);
    }
}

/* With its bar off a ROM cannot be seen, and with 'enabled' off there is none. */
static void
read_rom(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_flag *rom = at;
    const struct cvm_node *enabled = element ? cvm_node_attribute(element, "enabled") : NULL;
    const struct cvm_node *bar = element ? cvm_node_attribute(element, "bar") : NULL;
    gboolean off = enabled && g_strcmp0(enabled->text, "no") == 0;
    gboolean hidden = bar && g_strcmp0(bar->text, "off") == 0;

    if (element) {
        rom->from.origin = CVM_GIVEN;
        rom->from.node = off ? enabled : hidden ? bar : element;
        rom->value = !off && !hidden;
    }
}

#define DEVICE(s)                                                                                  \
    XML_CUSTOM_AT("address", s, common.address, read_address),                                     \
        XML_CUSTOM_AT("alias", s, common.alias, read_alias)
#define BOOT_ORDER(s) XML_UINT("boot/@order", s, common.boot_order)
#define IOMMU(s) XML_ONOFF("driver/@iommu", s, common.iommu)
#define MODEL(s) XML_TEXT("@model", s, common.model)
#define TABLE(of)                                                                                  \
    {                                                                                              \
        sizeof(struct cvm_##of), of##_rows                                                         \
    }

/* ---- disks, controllers, network cards ---- */

static const struct cvm_xml_row disk_rows[] = {
    XML_TEXT("@device", cvm_disk, device),
    XML_TEXT("@type", cvm_disk, type),
    MODEL(cvm_disk),
    XML_TEXT("source/@file", cvm_disk, source),
    XML_TEXT("source/@dev", cvm_disk, source),
    XML_TEXT("source/@volume", cvm_disk, source),
    XML_TEXT("source/@name", cvm_disk, source),
    XML_TEXT("source/@dir", cvm_disk, source),
    XML_TEXT("source/@path", cvm_disk, source),
    XML_TEXT("source/@pool", cvm_disk, pool),
    XML_TEXT("source/@protocol", cvm_disk, protocol),
    XML_TEXT("source/host/@name", cvm_disk, host),
    XML_TEXT("source/host/@port", cvm_disk, port),
    XML_TEXT("driver/@type", cvm_disk, format),
    XML_TEXT("driver/@cache", cvm_disk, cache),
    XML_TEXT("driver/@io", cvm_disk, io),
    XML_TEXT("driver/@discard", cvm_disk, discard),
    XML_TEXT("driver/@detect_zeroes", cvm_disk, detect_zeroes),
    XML_UINT("driver/@queues", cvm_disk, queues),
    XML_UINT("driver/@iothread", cvm_disk, iothread),
    XML_TEXT("target/@dev", cvm_disk, target),
    XML_TEXT("target/@bus", cvm_disk, bus),
    XML_PRESENT("readonly", cvm_disk, readonly),
    XML_PRESENT("shareable", cvm_disk, shareable),
    XML_TEXT("serial", cvm_disk, serial),
    BOOT_ORDER(cvm_disk),
    IOMMU(cvm_disk),
    DEVICE(cvm_disk),
    XML_END,
};
static const struct cvm_xml_table disk_table = TABLE(disk);

static const struct cvm_xml_row controller_rows[] = {
    XML_TEXT("@type", cvm_controller, type),
    XML_UINT("@index", cvm_controller, index),
    MODEL(cvm_controller),
    XML_UINT("driver/@queues", cvm_controller, queues),
    IOMMU(cvm_controller),
    DEVICE(cvm_controller),
    XML_END,
};
static const struct cvm_xml_table controller_table = TABLE(controller);

static void
read_hostdev_address(struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_text *source = at;

    if (element && cvm_is_unset(*source) && cvm_node_attribute(element, "slot")) {
        set_text(source, element, format_pci(domain, element));
    }
}

/* Names that libvirt makes up, and drops when it reads a definition (virDomainNetDefParseXML). */
static void
read_tap(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    static const char *const made_up[] = { "vnet", "macvtap", "macvlan" };
    const struct cvm_node *dev = element ? cvm_node_attribute(element, "dev") : NULL;

    for (size_t i = 0; dev && dev->text && i < G_N_ELEMENTS(made_up); i++) {
        if (g_str_has_prefix(dev->text, made_up[i])) {
            return;
        }
    }
    if (dev && dev->text) {
        set_text(at, dev, dev->text);
    }
}

/* A running guest's card on a network names the bridge behind it, too. */
static const struct cvm_xml_row interface_rows[] = {
    XML_TEXT("@type", cvm_interface, type),
    XML_TEXT("source/@network", cvm_interface, source),
    XML_TEXT("source/@bridge", cvm_interface, source),
    XML_TEXT("source/@dev", cvm_interface, source),
    XML_TEXT("source/@path", cvm_interface, source),
    XML_TEXT("source/@name", cvm_interface, source),
    XML_TEXT("source/@switchid", cvm_interface, source),
    XML_CUSTOM_AT("source/address", cvm_interface, source, read_hostdev_address),
    XML_TEXT("source/@mode", cvm_interface, mode),
    XML_TEXT("mac/@address", cvm_interface, mac),
    XML_CUSTOM_AT("target", cvm_interface, target, read_tap),
    XML_TEXT("model/@type", cvm_interface, common.model),
    XML_UINT("mtu/@size", cvm_interface, mtu),
    XML_UINT("vlan/tag/@id", cvm_interface, vlan),
    XML_TEXT("driver/@name", cvm_interface, driver),
    XML_UINT("driver/@queues", cvm_interface, queues),
    XML_CUSTOM_AT("rom", cvm_interface, rom, read_rom),
    XML_TEXT("link/@state", cvm_interface, link),
    BOOT_ORDER(cvm_interface),
    IOMMU(cvm_interface),
    DEVICE(cvm_interface),
    XML_END,
};
static const struct cvm_xml_table interface_table = TABLE(interface);

/* ---- character devices ---- */

/* libvirt reads the path of a pty from a running guest's XML only. */
static void
read_chardev_source(struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_chardev *chardev = at;
    const struct cvm_node *host = element ? cvm_node_attribute(element, "host") : NULL;
    const struct cvm_node *path = element ? cvm_node_attribute(element, "path") : NULL;
    const char *service = element ? cvm_node_attribute_text(element, "service") : NULL;

    if (host && host->text) {
        g_autofree char *source = g_strconcat(host->text, ":", service ? service : "", NULL);

        set_text(&chardev->source, host, cvm_arena_strdup(domain->arena, source));
    } else if (path && path->text && !cvm_text_is(chardev->type, "pty")) {
        set_text(&chardev->source, path, path->text);
    }
}

#define CHARDEV(target_attribute)                                                                  \
    XML_TEXT("@type", cvm_chardev, type), XML_CUSTOM("source", read_chardev_source),               \
        XML_TEXT("source/@mode", cvm_chardev, mode),                                               \
        XML_TEXT("target/@" target_attribute, cvm_chardev, target),                                \
        XML_UINT("target/@port", cvm_chardev, port), XML_TEXT("log/@file", cvm_chardev, log),      \
        DEVICE(cvm_chardev), XML_END

static const struct cvm_xml_row serial_rows[] = {
    XML_TEXT("target/model/@name", cvm_chardev, common.model),
    CHARDEV("type"),
};
static const struct cvm_xml_row console_rows[] = { CHARDEV("type") };
static const struct cvm_xml_row channel_rows[] = { CHARDEV("name") };
static const struct cvm_xml_table serial_table = { sizeof(struct cvm_chardev), serial_rows };
static const struct cvm_xml_table console_table = { sizeof(struct cvm_chardev), console_rows };
static const struct cvm_xml_table channel_table = { sizeof(struct cvm_chardev), channel_rows };

/* ---- what serves the guest ---- */

/* A device's path, or the name of a backend that has none. */
static void
read_rng_backend(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    const struct cvm_node *model = element ? cvm_node_attribute(element, "model") : NULL;

    if (model && model->text && !g_str_equal(model->text, "random")) {
        set_text(at, model, model->text);
    } else if (element && element->text) {
        set_text(at, element, element->text);
    }
}

static const struct cvm_xml_row rng_rows[] = {
    MODEL(cvm_rng),
    XML_CUSTOM_AT("backend", cvm_rng, backend, read_rng_backend),
    XML_UINT("rate/@bytes", cvm_rng, rate_bytes),
    XML_UINT("rate/@period", cvm_rng, rate_period),
    IOMMU(cvm_rng),
    DEVICE(cvm_rng),
    XML_END,
};
static const struct cvm_xml_table rng_table = TABLE(rng);

static const struct cvm_xml_row tpm_rows[] = {
    MODEL(cvm_tpm),
    XML_TEXT("backend/@type", cvm_tpm, type),
    XML_TEXT("backend/@version", cvm_tpm, version),
    XML_TEXT("backend/device/@path", cvm_tpm, source),
    XML_TEXT("backend/source/@path", cvm_tpm, source),
    IOMMU(cvm_tpm),
    DEVICE(cvm_tpm),
    XML_END,
};
static const struct cvm_xml_table tpm_table = TABLE(tpm);

static const struct cvm_xml_row vsock_rows[] = {
    MODEL(cvm_vsock),
    XML_YESNO("cid/@auto", cvm_vsock, cid_auto),
    XML_UINT("cid/@address", cvm_vsock, cid),
    IOMMU(cvm_vsock),
    DEVICE(cvm_vsock),
    XML_END,
};
static const struct cvm_xml_table vsock_table = TABLE(vsock);

static const struct cvm_xml_row filesystem_rows[] = {
    MODEL(cvm_filesystem),
    XML_TEXT("@accessmode", cvm_filesystem, accessmode),
    XML_TEXT("driver/@type", cvm_filesystem, driver),
    XML_UINT("driver/@queue", cvm_filesystem, queue),
    XML_TEXT("source/@dir", cvm_filesystem, source),
    XML_TEXT("source/@socket", cvm_filesystem, source),
    XML_TEXT("source/@file", cvm_filesystem, source),
    XML_TEXT("source/@dev", cvm_filesystem, source),
    XML_TEXT("source/@name", cvm_filesystem, source),
    XML_TEXT("target/@dir", cvm_filesystem, target),
    XML_PRESENT("readonly", cvm_filesystem, readonly),
    IOMMU(cvm_filesystem),
    DEVICE(cvm_filesystem),
    XML_END,
};
static const struct cvm_xml_table filesystem_table = TABLE(filesystem);

/* ---- what people see ---- */

/* Where it listens is the first <listen>'s to say, else the old attributes'. A network's address is
 * not known before the guest runs. */
static void
read_listen(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_graphics *graphics = at;
    const struct cvm_node *address = element ? cvm_node_attribute(element, "address") : NULL;
    const struct cvm_node *socket = element ? cvm_node_attribute(element, "socket") : NULL;

    if (address && address->text) {
        set_text(&graphics->listen, address, address->text);
    }
    if (socket && socket->text) {
        set_text(&graphics->socket, socket, socket->text);
    }
}

/* 0 and -1 leave the choice to libvirt, and beside 'autoport' the number is what it chose. */
static void
read_port(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_graphics *graphics = at;
    const char *autoport = cvm_node_attribute_text(element, "autoport");
    const struct cvm_node *port = cvm_node_attribute(element, "port");
    uint64_t number = port && port->text ? g_ascii_strtoull(port->text, NULL, 10) : 0;

    if (number > 0 && number <= G_MAXUINT16 && g_strcmp0(autoport, "yes") != 0) {
        graphics->port.from = (struct cvm_from){ .origin = CVM_GIVEN, .node = port };
        graphics->port.value = number;
    }
}

/* SPICE's alone: for VNC it is a setting of the whole host (vnc_tls in qemu.conf). A screen with a
 * TLS port and no other has no connections but encrypted ones. */
static void
read_tls(G_GNUC_UNUSED struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_graphics *graphics = at;
    const struct cvm_node *mode = cvm_node_attribute(element, "defaultMode");
    const struct cvm_node *port = cvm_node_attribute(element, "tlsPort");
    gboolean no_other = !cvm_node_attribute(element, "port") &&
                        g_strcmp0(cvm_node_attribute_text(element, "autoport"), "yes") != 0;

    if (mode && mode->text && !g_str_equal(mode->text, "any")) {
        graphics->tls.from = (struct cvm_from){ .origin = CVM_GIVEN, .node = mode };
        graphics->tls.value = g_str_equal(mode->text, "secure");
    } else if (port && port->text && g_ascii_isdigit(port->text[0]) && no_other) {
        graphics->tls.from = (struct cvm_from){ .origin = CVM_GIVEN, .node = port };
        graphics->tls.value = TRUE;
    }
}

static const struct cvm_xml_row graphics_rows[] = {
    XML_TEXT("@type", cvm_graphics, type),
    XML_CUSTOM("listen", read_listen),
    XML_TEXT("@listen", cvm_graphics, listen),
    XML_TEXT("@socket", cvm_graphics, socket),
    XML_CUSTOM(".", read_port),
    XML_TEXT("@passwd", cvm_graphics, password),
    XML_CUSTOM(".", read_tls),
    XML_END,
};
static const struct cvm_xml_table graphics_table = TABLE(graphics);

static const struct cvm_xml_row video_rows[] = {
    XML_TEXT("model/@type", cvm_video, common.model),
    XML_SIZE("model/@vram", cvm_video, vram),
    XML_UINT("model/@heads", cvm_video, heads),
    IOMMU(cvm_video),
    DEVICE(cvm_video),
    XML_END,
};
static const struct cvm_xml_table video_table = TABLE(video);

static const struct cvm_xml_row input_rows[] = {
    XML_TEXT("@type", cvm_input, type),
    XML_TEXT("@bus", cvm_input, bus),
    MODEL(cvm_input),
    IOMMU(cvm_input),
    DEVICE(cvm_input),
    XML_END,
};
static const struct cvm_xml_table input_table = TABLE(input);

/* ---- host devices ---- */

/* What a profile names by one text: "1af4:1000" or "3.12" of USB, "2:0:0:1" of SCSI. */
static void
read_hostdev_source(struct cvm_domain *domain, void *at, const struct cvm_node *element)
{
    struct cvm_hostdev *hostdev = at;
    const struct cvm_node *address = element ? cvm_node_child(element, "address") : NULL;
    const struct cvm_node *vendor = element ? cvm_node_child(element, "vendor") : NULL;
    const struct cvm_node *adapter = element ? cvm_node_child(element, "adapter") : NULL;
    const char *uuid = address ? cvm_node_attribute_text(address, "uuid") : NULL;
    const char *name = adapter ? cvm_node_attribute_text(adapter, "name") : NULL;
    g_autofree char *text = NULL;

    if (cvm_text_is(hostdev->type, "usb") && vendor) {
        const struct cvm_node *product = cvm_node_child(element, "product");

        text = g_strdup_printf("%04x:%04x", read_number(vendor, "id"),
                               product ? read_number(product, "id") : 0);
    } else if (cvm_text_is(hostdev->type, "usb") && address) {
        text =
            g_strdup_printf("%u.%u", read_number(address, "bus"), read_number(address, "device"));
    } else if (cvm_text_is(hostdev->type, "scsi") && address && name) {
        text = g_strdup_printf(
            "%s:%u:%u:%u", g_str_has_prefix(name, "scsi_host") ? name + strlen("scsi_host") : name,
            read_number(address, "bus"), read_number(address, "target"),
            read_number(address, "unit"));
    } else if (cvm_text_is(hostdev->type, "pci") && address) {
        set_text(&hostdev->source, address, format_pci(domain, address));
    } else if (uuid) {
        set_text(&hostdev->source, cvm_node_attribute(address, "uuid"), uuid);
    }
    if (text) {
        set_text(&hostdev->source, element, cvm_arena_strdup(domain->arena, text));
    }
}

static const struct cvm_xml_row hostdev_rows[] = {
    XML_TEXT("@type", cvm_hostdev, type),
    MODEL(cvm_hostdev),
    XML_YESNO("@managed", cvm_hostdev, managed),
    XML_CUSTOM("source", read_hostdev_source),
    XML_TEXT("source/@wwpn", cvm_hostdev, source),
    XML_CUSTOM_AT("rom", cvm_hostdev, rom, read_rom),
    BOOT_ORDER(cvm_hostdev),
    IOMMU(cvm_hostdev),
    DEVICE(cvm_hostdev),
    XML_END,
};
static const struct cvm_xml_table hostdev_table = TABLE(hostdev);

/* ---- the rest ---- */

static const struct cvm_xml_row watchdog_rows[] = {
    XML_TEXT("@action", cvm_watchdog, action),
    MODEL(cvm_watchdog),
    IOMMU(cvm_watchdog),
    DEVICE(cvm_watchdog),
    XML_END,
};
static const struct cvm_xml_table watchdog_table = TABLE(watchdog);

static const struct cvm_xml_row balloon_rows[] = {
    MODEL(cvm_balloon),
    IOMMU(cvm_balloon),
    DEVICE(cvm_balloon),
    XML_END,
};
static const struct cvm_xml_table balloon_table = TABLE(balloon);

static const struct cvm_xml_row viommu_rows[] = {
    MODEL(cvm_viommu),
    XML_ONOFF("driver/@eim", cvm_viommu, eim),
    XML_ONOFF("driver/@intremap", cvm_viommu, intremap),
    IOMMU(cvm_viommu),
    DEVICE(cvm_viommu),
    XML_END,
};
static const struct cvm_xml_table viommu_table = TABLE(viommu);

static const struct cvm_xml_row memory_device_rows[] = {
    MODEL(cvm_memory_device),
    XML_SIZE("target/size", cvm_memory_device, size),
    IOMMU(cvm_memory_device),
    DEVICE(cvm_memory_device),
    XML_END,
};
static const struct cvm_xml_table memory_device_table = TABLE(memory_device);

static const struct cvm_xml_row other_rows[] = {
    MODEL(cvm_other), XML_TEXT("model/@type", cvm_other, common.model),
    IOMMU(cvm_other), DEVICE(cvm_other),
    XML_END,
};
static const struct cvm_xml_table other_table = TABLE(other);

static const struct cvm_xml_row devices_rows[] = {
    XML_TEXT("emulator", cvm_devices, emulator),
    XML_LIST("disk", cvm_devices, disk, disk_table),
    XML_LIST("controller", cvm_devices, controller, controller_table),
    XML_LIST("interface", cvm_devices, interface, interface_table),
    XML_LIST("serial", cvm_devices, serial, serial_table),
    XML_LIST("console", cvm_devices, console, console_table),
    XML_LIST("channel", cvm_devices, channel, channel_table),
    XML_LIST("rng", cvm_devices, rng, rng_table),
    XML_LIST("tpm", cvm_devices, tpm, tpm_table),
    XML_LIST("vsock", cvm_devices, vsock, vsock_table),
    XML_LIST("graphics", cvm_devices, graphics, graphics_table),
    XML_LIST("video", cvm_devices, video, video_table),
    XML_LIST("filesystem", cvm_devices, filesystem, filesystem_table),
    XML_LIST("hostdev", cvm_devices, hostdev, hostdev_table),
    XML_LIST("watchdog", cvm_devices, watchdog, watchdog_table),
    XML_LIST("input", cvm_devices, input, input_table),
    XML_LIST("memballoon", cvm_devices, memballoon, balloon_table),
    XML_LIST("iommu", cvm_devices, viommu, viommu_table),
    XML_LIST("memory", cvm_devices, memory, memory_device_table),
    XML_LIST("crypto", cvm_devices, crypto, other_table),
    XML_LIST("sound", cvm_devices, sound, other_table),
    XML_LIST("shmem", cvm_devices, shmem, other_table),
    XML_END,
};
const struct cvm_xml_table cvm_xml_devices_table = { sizeof(struct cvm_devices), devices_rows };
