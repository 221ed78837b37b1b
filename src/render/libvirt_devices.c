/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <devices>, in libvirt's order; the devices with little to say are here. */
#include "render/libvirt_xml.h"

#include <stdio.h>
#include <string.h>

#include "util/number.h"

void
cvm_libvirt_pci_address(struct cvm_xml *xml, const char *address, gboolean typed)
{
    gboolean is_short = strchr(address, ':') == strrchr(address, ':');
    unsigned domain = 0, bus, slot, function;

    if (is_short ? sscanf(address, "%2x:%2x.%1x", &bus, &slot, &function) != 3
                 : sscanf(address, "%4x:%2x:%2x.%1x", &domain, &bus, &slot, &function) != 4) {
        return;
    }
    cvm_xml_start(xml, "address");
    if (typed) {
        cvm_xml_attribute(xml, "type", "pci");
    }
    cvm_xml_attribute_format(xml, "domain", "0x%04x", domain);
    cvm_xml_attribute_format(xml, "bus", "0x%02x", bus);
    cvm_xml_attribute_format(xml, "slot", "0x%02x", slot);
    cvm_xml_attribute_format(xml, "function", "0x%x", function);
    cvm_xml_end(xml);
}

void
cvm_libvirt_device_end(struct cvm_xml *xml, const struct cvm_device *device,
                       const struct cvm_flag *rom)
{
    cvm_xml_start(xml, "boot");
    cvm_attribute_uint(xml, "order", &device->boot_order);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "alias");
    cvm_attribute_text(xml, "name", &device->alias);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "rom");
    if (rom) {
        cvm_attribute_yes(xml, "enabled", rom);
    }
    cvm_xml_end_unless_empty(xml);
    if (cvm_is_set(device->address)) {
        cvm_libvirt_pci_address(xml, device->address.value, TRUE);
    }
}

static void
write_iommu_driver(struct cvm_xml *xml, const struct cvm_device *device)
{
    cvm_xml_start(xml, "driver");
    cvm_attribute_on(xml, "iommu", &device->iommu);
    cvm_xml_end_unless_empty(xml);
}

static void
write_controller(struct cvm_xml *xml, const struct cvm_controller *controller)
{
    cvm_xml_start(xml, "controller");
    cvm_attribute_text(xml, "type", &controller->type);
    cvm_attribute_uint(xml, "index", &controller->index);
    cvm_attribute_text(xml, "model", &controller->common.model);
    cvm_xml_start(xml, "driver");
    cvm_attribute_uint(xml, "queues", &controller->queues);
    cvm_attribute_on(xml, "iommu", &controller->common.iommu);
    cvm_xml_end_unless_empty(xml);
    cvm_libvirt_device_end(xml, &controller->common, NULL);
    cvm_xml_end(xml);
}

static void
write_filesystem(struct cvm_xml *xml, const struct cvm_filesystem *filesystem)
{
    cvm_xml_start(xml, "filesystem");
    cvm_xml_attribute(xml, "type", "mount");
    cvm_attribute_text(xml, "accessmode", &filesystem->accessmode);
    cvm_attribute_text(xml, "model", &filesystem->common.model);
    cvm_xml_start(xml, "driver");
    cvm_attribute_text(xml, "type", &filesystem->driver);
    if (cvm_text_is(filesystem->driver, "virtiofs")) {
        cvm_attribute_uint(xml, "queue", &filesystem->queue);
    }
    cvm_attribute_on(xml, "iommu", &filesystem->common.iommu);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "source");
    cvm_attribute_text(xml, "dir", &filesystem->source);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "target");
    cvm_attribute_text(xml, "dir", &filesystem->target);
    cvm_xml_end_unless_empty(xml);
    if (cvm_is_on(filesystem->readonly)) {
        cvm_xml_start(xml, "readonly");
        cvm_xml_end(xml);
    }
    cvm_libvirt_device_end(xml, &filesystem->common, NULL);
    cvm_xml_end(xml);
}

static void
write_input(struct cvm_xml *xml, const struct cvm_input *input)
{
    cvm_xml_start(xml, "input");
    cvm_attribute_text(xml, "type", &input->type);
    cvm_attribute_text(xml, "bus", &input->bus);
    cvm_attribute_text(xml, "model", &input->common.model);
    write_iommu_driver(xml, &input->common);
    cvm_libvirt_device_end(xml, &input->common, NULL);
    cvm_xml_end(xml);
}

static void
write_tpm(struct cvm_xml *xml, const struct cvm_tpm *tpm)
{
    cvm_xml_start(xml, "tpm");
    cvm_attribute_text(xml, "model", &tpm->common.model);
    cvm_xml_start(xml, "backend");
    cvm_attribute_text(xml, "type", &tpm->type);
    cvm_attribute_text(xml, "version", &tpm->version);
    if (cvm_text_is(tpm->type, "passthrough")) {
        cvm_xml_start(xml, "device");
        cvm_attribute_text(xml, "path", &tpm->source);
        cvm_xml_end_unless_empty(xml);
    } else if (cvm_text_is(tpm->type, "external")) {
        cvm_xml_start(xml, "source");
        cvm_xml_attribute(xml, "type", "unix");
        cvm_xml_attribute(xml, "mode", "connect");
        cvm_attribute_text(xml, "path", &tpm->source);
        cvm_xml_end(xml);
    }
    cvm_xml_end(xml);
    cvm_libvirt_device_end(xml, &tpm->common, NULL);
    cvm_xml_end(xml);
}

static gboolean
listens_at_socket(const struct cvm_graphics *graphics)
{
    return cvm_is_set(graphics->socket) ||
           (cvm_is_set(graphics->listen) && graphics->listen.value[0] == '/');
}

static void
write_listen(struct cvm_xml *xml, const struct cvm_graphics *graphics)
{
    const struct cvm_text *listen = &graphics->listen;
    gboolean path = !cvm_is_set(graphics->socket) && listens_at_socket(graphics);

    cvm_xml_start(xml, "listen");
    if (cvm_is_set(graphics->socket) || path) {
        cvm_xml_attribute(xml, "type", "socket");
        cvm_attribute_text(xml, "socket", path ? listen : &graphics->socket);
    } else if (cvm_is_set(*listen)) {
        cvm_xml_attribute(xml, "type", "address");
        cvm_attribute_text(xml, "address", listen);
    }
    cvm_xml_end_unless_empty(xml);
}

/* tls is SPICE's alone here: for VNC it is a setting of the whole host (vnc_tls in qemu.conf). */
static void
write_graphics(struct cvm_xml *xml, const struct cvm_graphics *graphics)
{
    if (cvm_text_is(graphics->type, "none")) {
        return;
    }
    cvm_xml_start(xml, "graphics");
    cvm_attribute_text(xml, "type", &graphics->type);
    if (cvm_is_set(graphics->port)) {
        cvm_attribute_uint(xml, "port", &graphics->port);
    } else if (!listens_at_socket(graphics)) {
        cvm_xml_attribute(xml, "autoport", "yes");
    }
    cvm_attribute_text(xml, "passwd", &graphics->password);
    if (cvm_text_is(graphics->type, "spice") && cvm_is_on(graphics->tls)) {
        cvm_xml_attribute(xml, "defaultMode", "secure");
    }
    write_listen(xml, graphics);
    cvm_xml_end(xml);
}

static void
write_video(struct cvm_xml *xml, const struct cvm_video *video)
{
    cvm_xml_start(xml, "video");
    write_iommu_driver(xml, &video->common);
    cvm_xml_start(xml, "model");
    cvm_attribute_text(xml, "type", &video->common.model);
    if (cvm_is_set(video->vram)) {
        cvm_xml_attribute_uint(xml, "vram", cvm_kib(video->vram.value));
    }
    cvm_attribute_uint(xml, "heads", &video->heads);
    cvm_xml_end(xml);
    cvm_libvirt_device_end(xml, &video->common, NULL);
    cvm_xml_end(xml);
}

/* "1af4:1000": vendor and product; "3.12": bus and device. */
static void
write_usb_source(struct cvm_xml *xml, const char *source)
{
    unsigned vendor, product, bus, device;

    if (sscanf(source, "%4x:%4x", &vendor, &product) == 2) {
        cvm_xml_start(xml, "vendor");
        cvm_xml_attribute_format(xml, "id", "0x%04x", vendor);
        cvm_xml_end(xml);
        cvm_xml_start(xml, "product");
        cvm_xml_attribute_format(xml, "id", "0x%04x", product);
        cvm_xml_end(xml);
    } else if (sscanf(source, "%3u.%3u", &bus, &device) == 2) {
        cvm_xml_start(xml, "address");
        cvm_xml_attribute_uint(xml, "bus", bus);
        cvm_xml_attribute_uint(xml, "device", device);
        cvm_xml_end(xml);
    }
}

/* "2:0:0:1": host adapter, bus, target and unit, as lsscsi prints them. */
static void
write_scsi_source(struct cvm_xml *xml, const char *source)
{
    unsigned adapter, bus, target, unit;

    if (sscanf(source, "%9u:%9u:%9u:%9u", &adapter, &bus, &target, &unit) == 4) {
        cvm_xml_start(xml, "adapter");
        cvm_xml_attribute_format(xml, "name", "scsi_host%u", adapter);
        cvm_xml_end(xml);
        cvm_xml_start(xml, "address");
        cvm_xml_attribute_uint(xml, "bus", bus);
        cvm_xml_attribute_uint(xml, "target", target);
        cvm_xml_attribute_uint(xml, "unit", unit);
        cvm_xml_end(xml);
    }
}

static void
write_hostdev_source(struct cvm_xml *xml, const struct cvm_hostdev *hostdev)
{
    cvm_xml_start(xml, "source");
    if (cvm_text_is(hostdev->type, "mdev")) {
        cvm_xml_start(xml, "address");
        cvm_attribute_text(xml, "uuid", &hostdev->source);
        cvm_xml_end(xml);
    } else if (!cvm_is_set(hostdev->source)) {
        /* a rule tells */
    } else if (cvm_text_is(hostdev->type, "usb")) {
        write_usb_source(xml, hostdev->source.value);
    } else if (cvm_text_is(hostdev->type, "scsi")) {
        write_scsi_source(xml, hostdev->source.value);
    } else {
        cvm_libvirt_pci_address(xml, hostdev->source.value, FALSE);
    }
    cvm_xml_end(xml);
}

static void
write_hostdev(struct cvm_xml *xml, const struct cvm_hostdev *hostdev)
{
    cvm_xml_start(xml, "hostdev");
    cvm_xml_attribute(xml, "mode", "subsystem");
    cvm_attribute_text(xml, "type", &hostdev->type);
    cvm_attribute_yes(xml, "managed", &hostdev->managed);
    cvm_attribute_text(xml, "model", &hostdev->common.model);
    write_hostdev_source(xml, hostdev);
    cvm_libvirt_device_end(xml, &hostdev->common, &hostdev->rom);
    cvm_xml_end(xml);
}

static void
write_watchdog(struct cvm_xml *xml, const struct cvm_watchdog *watchdog)
{
    cvm_xml_start(xml, "watchdog");
    cvm_attribute_text(xml, "model", &watchdog->common.model);
    cvm_attribute_text(xml, "action", &watchdog->action);
    cvm_libvirt_device_end(xml, &watchdog->common, NULL);
    cvm_xml_end(xml);
}

static void
write_balloon(struct cvm_xml *xml, const struct cvm_balloon *balloon)
{
    cvm_xml_start(xml, "memballoon");
    cvm_attribute_text(xml, "model", &balloon->common.model);
    write_iommu_driver(xml, &balloon->common);
    cvm_libvirt_device_end(xml, &balloon->common, NULL);
    cvm_xml_end(xml);
}

static void
write_rng(struct cvm_xml *xml, const struct cvm_rng *rng)
{
    gboolean builtin = cvm_text_is(rng->backend, "builtin");

    cvm_xml_start(xml, "rng");
    cvm_attribute_text(xml, "model", &rng->common.model);
    if (cvm_is_set(rng->rate_bytes)) {
        cvm_xml_start(xml, "rate");
        cvm_attribute_uint(xml, "bytes", &rng->rate_bytes);
        cvm_attribute_uint(xml, "period", &rng->rate_period);
        cvm_xml_end(xml);
    }
    cvm_xml_start(xml, "backend");
    cvm_xml_attribute(xml, "model", builtin ? "builtin" : "random");
    if (cvm_is_set(rng->backend) && !builtin) {
        cvm_xml_text(xml, rng->backend.value);
    }
    cvm_xml_end(xml);
    write_iommu_driver(xml, &rng->common);
    cvm_libvirt_device_end(xml, &rng->common, NULL);
    cvm_xml_end(xml);
}

static void
write_vsock(struct cvm_xml *xml, const struct cvm_vsock *vsock)
{
    cvm_xml_start(xml, "vsock");
    cvm_attribute_text(xml, "model", &vsock->common.model);
    cvm_xml_start(xml, "cid");
    cvm_attribute_yes(xml, "auto", &vsock->cid_auto);
    cvm_attribute_uint(xml, "address", &vsock->cid);
    cvm_xml_end_unless_empty(xml);
    write_iommu_driver(xml, &vsock->common);
    cvm_libvirt_device_end(xml, &vsock->common, NULL);
    cvm_xml_end(xml);
}

static void
write_chardevs(struct cvm_xml *xml, const struct cvm_list *list, enum cvm_chardev_kind kind)
{
    cvm_each (struct cvm_chardev, chardev, list) {
        cvm_libvirt_chardev(xml, chardev, kind);
    }
}

#define WRITE_EACH(type, list, write)                                                              \
    cvm_each (struct type, item, &devices->list) {                                                 \
        write(xml, item);                                                                          \
    }

void
cvm_libvirt_devices(struct cvm_xml *xml, const struct cvm_devices *devices)
{
    cvm_xml_start(xml, "devices");
    cvm_element_text(xml, "emulator", &devices->emulator);
    WRITE_EACH(cvm_disk, disk, cvm_libvirt_disk)
    WRITE_EACH(cvm_controller, controller, write_controller)
    WRITE_EACH(cvm_filesystem, filesystem, write_filesystem)
    WRITE_EACH(cvm_interface, interface, cvm_libvirt_interface)
    write_chardevs(xml, &devices->serial, CVM_SERIAL);
    write_chardevs(xml, &devices->console, CVM_CONSOLE);
    write_chardevs(xml, &devices->channel, CVM_CHANNEL);
    WRITE_EACH(cvm_input, input, write_input)
    WRITE_EACH(cvm_tpm, tpm, write_tpm)
    WRITE_EACH(cvm_graphics, graphics, write_graphics)
    WRITE_EACH(cvm_video, video, write_video)
    WRITE_EACH(cvm_hostdev, hostdev, write_hostdev)
    WRITE_EACH(cvm_watchdog, watchdog, write_watchdog)
    WRITE_EACH(cvm_balloon, memballoon, write_balloon)
    WRITE_EACH(cvm_rng, rng, write_rng)
    WRITE_EACH(cvm_vsock, vsock, write_vsock)
    cvm_xml_end(xml);
}
