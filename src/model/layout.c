/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the layout is about: disks in libvirt's order, controllers that it adds, and the devices
 * that are on PCI (qemuDomainAssignDevicePCISlots has their order). */
#include "model/layout.h"

#include <stdlib.h>
#include <string.h>

#include "model/layout_pci.h"

enum {
    LETTERS = 26,
    SATA_UNITS = 6,         /* ports of ICH9's AHCI */
    SCSI_UNITS = 7,         /* of a narrow SCSI bus (virDomainDiskDefAssignAddress) */
    SERIAL_PORTS = 30,      /* of a virtio-serial controller: 31, and port 0 is a console's */
    USB_HUB_PORTS = 8,      /* of usb-hub; VIR_DOMAIN_USB_HUB_PORTS */
    CONTROLLERS_MAX = 1024, /* a disk's name may ask for billions */
};

/* ---- disks ---- */

unsigned
cvm_disk_number(const struct cvm_disk *disk)
{
    const char *name = cvm_is_set(disk->target) ? disk->target.value : "";
    uint64_t number = 0;

    name +=
        MIN(strlen(name), g_str_has_prefix(name, "xvd") || g_str_has_prefix(name, "ubd") ? 3u : 2u);
    for (; g_ascii_islower(*name) && number < G_MAXUINT32 / LETTERS; name++) {
        number = number * LETTERS + (uint64_t)(*name - 'a') + 1;
    }
    return number ? (unsigned)(number - 1) : 0;
}

struct cvm_disk_place
cvm_disk_place(const struct cvm_disk *disk)
{
    unsigned number = cvm_disk_number(disk);
    struct cvm_disk_place place = { 0, number };

    if (cvm_text_is(disk->bus, "sata")) {
        place.controller = number / SATA_UNITS;
        place.unit = number % SATA_UNITS;
    } else if (cvm_text_is(disk->bus, "scsi")) {
        place.controller = number / SCSI_UNITS;
        place.unit = number % SCSI_UNITS;
    }
    return place;
}

static gboolean
same_bus(const struct cvm_disk *a, const struct cvm_disk *b)
{
    return cvm_is_set(a->bus) && cvm_text_is(b->bus, a->bus.value);
}

/* Beside the others of its bus, by number; a new bus comes last (virDomainDiskInsert). */
static void
insert_disk(GPtrArray *disks, struct cvm_disk *disk)
{
    guint place = disks->len;

    for (guint i = disks->len; i > 0; i--) {
        const struct cvm_disk *other = g_ptr_array_index(disks, i - 1);

        if (same_bus(other, disk)) {
            if (cvm_disk_number(other) <= cvm_disk_number(disk)) {
                place = place == disks->len ? i : place;
                break;
            }
            place = i - 1;
        }
    }
    g_ptr_array_insert(disks, (gint)place, disk);
}

/* ---- controllers ---- */

static struct cvm_layout_controller *
find_controller(const struct cvm_layout *layout, const char *type, unsigned index)
{
    for (guint i = 0; i < layout->controllers->len; i++) {
        struct cvm_layout_controller *controller = g_ptr_array_index(layout->controllers, i);

        if (g_str_equal(controller->type, type) && controller->index == index) {
            return controller;
        }
    }
    return NULL;
}

/* Beside the others of its type, by index; a new type comes last (virDomainControllerInsert). */
static void
insert_controller(struct cvm_layout *layout, const char *type, unsigned index,
                  const struct cvm_controller *given)
{
    struct cvm_layout_controller *controller = g_new0(struct cvm_layout_controller, 1);
    gint place = -1;

    controller->given = given;
    controller->type = type;
    controller->index = index;
    controller->model = given && cvm_is_set(given->common.model) ? given->common.model.value : NULL;
    for (guint i = 0; i < layout->controllers->len; i++) {
        const struct cvm_layout_controller *other = g_ptr_array_index(layout->controllers, i);

        if (g_str_equal(other->type, type) && (place < 0 || other->index <= index)) {
            place = other->index <= index ? (gint)i + 1 : (gint)i;
        }
    }
    g_ptr_array_insert(layout->controllers, place, controller);
}

static void
need_controllers(struct cvm_layout *layout, const char *type, unsigned last)
{
    for (unsigned i = 0; i <= MIN(last, CONTROLLERS_MAX); i++) {
        if (!find_controller(layout, type, i)) {
            insert_controller(layout, type, i, NULL);
        }
    }
}

static unsigned
free_index(const struct cvm_layout *layout, const char *type)
{
    unsigned index = 0;

    while (find_controller(layout, type, index)) {
        index++;
    }
    return index;
}

static void
add_given_controllers(struct cvm_layout *layout, const struct cvm_domain *domain)
{
    /* those with an index first: the others take what is left */
    for (int indexed = 1; indexed >= 0; indexed--) {
        cvm_each (struct cvm_controller, controller, &domain->devices.controller) {
            const char *type = cvm_is_set(controller->type) ? controller->type.value : "pci";

            if (!g_str_equal(type, "pci") && cvm_is_set(controller->index) == indexed) {
                insert_controller(layout, type,
                                  indexed ? (unsigned)MIN(controller->index.value, G_MAXUINT16)
                                          : free_index(layout, type),
                                  controller);
            }
        }
    }
}

static gboolean
is_virtio_console(const struct cvm_chardev *console)
{
    return cvm_text_is(console->target, "virtio");
}

/* What libvirt adds: an xHCI controller always, the machine's SATA controller, and what disks and
 * virtio's serial ports are attached to. A SCSI controller that nobody lists would be an emulated
 * LSI one there (qemuDomainDefaultSCSIControllerModel): that is none to add for a guest. */
static void
add_controllers(struct cvm_layout *layout, const struct cvm_domain *domain)
{
    unsigned ports = domain->devices.channel.count;
    gboolean serial = ports > 0;

    add_given_controllers(layout, domain);
    need_controllers(layout, "usb", 0);
    need_controllers(layout, "sata", 0);
    for (guint i = 0; i < layout->disks->len; i++) {
        const struct cvm_disk *disk = g_ptr_array_index(layout->disks, i);

        if (cvm_text_is(disk->bus, "sata")) {
            need_controllers(layout, "sata", cvm_disk_place(disk).controller);
        } else if (cvm_text_is(disk->bus, "scsi") &&
                   !find_controller(layout, "scsi", cvm_disk_place(disk).controller)) {
            layout->problem = CVM_LAYOUT_SCSI;
            layout->at = &disk->from;
        }
    }
    cvm_each (struct cvm_chardev, console, &domain->devices.console) {
        serial = serial || is_virtio_console(console);
    }
    if (serial) {
        need_controllers(layout, "virtio-serial", ports ? (ports - 1) / SERIAL_PORTS : 0);
    }
}

/* ---- USB ---- */

#define ADD_USB(type, list, condition)                                                             \
    cvm_each (struct type, item, &devices->list) {                                                 \
        if (condition) {                                                                           \
            g_ptr_array_add(layout->usb, item);                                                    \
        }                                                                                          \
    }

/* As QEMU makes each (virDomainUSBAddressControllerModelToPorts). */
static unsigned
count_ports(const struct cvm_layout_controller *controller)
{
    static const struct {
        const char *model;
        unsigned ports;
    } models[] = {
        { "none", 0 },       { "ehci", 6 },           { "piix3-uhci", 2 },
        { "piix4-uhci", 2 }, { "vt82c686b-uhci", 2 }, { "pci-ohci", 3 },
    };

    if (!g_str_equal(controller->type, "usb")) {
        return 0;
    }
    for (size_t i = 0; controller->model && i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(controller->model, models[i].model)) {
            return models[i].ports;
        }
    }
    return 4; /* xHCI */
}

/* In the order of virDomainUSBDeviceDefForeach. Where the controllers have too few ports, libvirt
 * adds as many hubs as hold the rest and themselves. */
static void
list_usb(struct cvm_layout *layout, const struct cvm_devices *devices)
{
    unsigned ports = 0;

    ADD_USB(cvm_disk, disk, cvm_text_is(item->bus, "usb"))
    ADD_USB(cvm_hostdev, hostdev, cvm_text_is(item->type, "usb"))
    ADD_USB(cvm_chardev, serial, cvm_text_is(item->target, "usb-serial"))
    ADD_USB(cvm_input, input, cvm_text_is(item->bus, "usb"))
    for (guint i = 0; i < layout->controllers->len; i++) {
        ports += count_ports(g_ptr_array_index(layout->controllers, i));
    }
    if (layout->usb->len > ports) {
        unsigned missing = layout->usb->len - ports + 1;

        layout->usb_hubs = (missing + USB_HUB_PORTS - 2) / (USB_HUB_PORTS - 1);
    }
}

/* What the controllers have left before the ports of the hubs. */
gboolean
cvm_layout_usb_port(const struct cvm_layout *layout, const void *device,
                    struct cvm_usb_port *result)
{
    guint port;

    *result = (struct cvm_usb_port){ 0 };
    if (!g_ptr_array_find(layout->usb, device, &port)) {
        return FALSE;
    }
    port += layout->usb_hubs;
    for (guint i = 0; i < layout->controllers->len; i++) {
        const struct cvm_layout_controller *controller = g_ptr_array_index(layout->controllers, i);

        if (port < count_ports(controller)) {
            result->controller = controller->index;
            result->port = port + 1;
            return TRUE;
        }
        port -= count_ports(controller);
    }
    result->hub = port / USB_HUB_PORTS + 1;
    result->port = port % USB_HUB_PORTS + 1;
    return result->hub <= layout->usb_hubs;
}

/* ---- devices on PCI ---- */

/* Before virtio 1.0, which a transitional device offers too, there was no PCI Express. */
static enum cvm_pci_need
virtio_need(const struct cvm_device *device)
{
    return cvm_is_set(device->model) && g_str_has_suffix(device->model.value, "-transitional") &&
                   !g_str_has_suffix(device->model.value, "-non-transitional")
               ? CVM_PCI_NEEDS_PCI
               : CVM_PCI_NEEDS_PCIE;
}

static enum cvm_pci_need
interface_need(const struct cvm_interface *interface)
{
    const struct cvm_text *model = &interface->common.model;

    if (!cvm_is_set(*model) || g_str_has_prefix(model->value, "virtio")) {
        return virtio_need(&interface->common);
    }
    return g_str_equal(model->value, "e1000e") || g_str_equal(model->value, "igb")
               ? CVM_PCI_NEEDS_PCIE
               : CVM_PCI_NEEDS_PCI;
}

static enum cvm_pci_need
controller_need(const struct cvm_layout_controller *controller)
{
    const char *model = controller->model ? controller->model : "";

    if (g_str_equal(controller->type, "usb")) {
        return g_str_equal(model, "none")                    ? CVM_PCI_NEEDS_NOTHING
               : !*model || g_str_has_suffix(model, "-xhci") ? CVM_PCI_NEEDS_PCIE
                                                             : CVM_PCI_NEEDS_PCI;
    }
    if (g_str_equal(controller->type, "sata")) {
        return controller->index ? CVM_PCI_NEEDS_PCI : CVM_PCI_NEEDS_NOTHING;
    }
    if (g_str_equal(controller->type, "scsi")) {
        return g_str_has_prefix(model, "virtio") && !g_str_equal(model, "virtio-transitional")
                   ? CVM_PCI_NEEDS_PCIE
                   : CVM_PCI_NEEDS_PCI;
    }
    if (g_str_equal(controller->type, "virtio-serial")) {
        return g_str_equal(model, "virtio-transitional") ? CVM_PCI_NEEDS_PCI : CVM_PCI_NEEDS_PCIE;
    }
    return CVM_PCI_NEEDS_NOTHING;
}

static enum cvm_pci_need
video_need(const struct cvm_video *video)
{
    if (cvm_text_is(video->common.model, "none") || cvm_text_is(video->common.model, "ramfb")) {
        return CVM_PCI_NEEDS_NOTHING;
    }
    return cvm_text_is(video->common.model, "virtio") || cvm_text_is(video->common.model, "bochs")
               ? CVM_PCI_NEEDS_PCIE
               : CVM_PCI_NEEDS_PCI;
}

static void
add(GArray *devices, enum cvm_pci_need need, const void *device, const struct cvm_device *common,
    const struct cvm_from *from)
{
    struct cvm_pci_device item = { device, common, from, need, FALSE };

    if (need != CVM_PCI_NEEDS_NOTHING) {
        g_array_append_val(devices, item);
    }
}

#define ADD_EACH(type, list, need)                                                                 \
    cvm_each (struct type, item, &from->list) {                                                    \
        add(devices, need, item, &item->common, &item->from);                                      \
    }

static void
add_controllers_on_pci(GArray *devices, const struct cvm_layout *layout)
{
    for (guint i = 0; i < layout->controllers->len; i++) {
        const struct cvm_layout_controller *controller = g_ptr_array_index(layout->controllers, i);

        add(devices, controller_need(controller), controller,
            controller->given ? &controller->given->common : NULL,
            controller->given ? &controller->given->from : NULL);
    }
}

/* The screen that the firmware draws on is where a q35 machine has its own. */
static void
add_videos(GArray *devices, const struct cvm_devices *from)
{
    guint first = devices->len;

    ADD_EACH(cvm_video, video, video_need(item))
    if (from->video.count > 0 && devices->len > first) {
        struct cvm_pci_device *device = &g_array_index(devices, struct cvm_pci_device, first);

        device->primary = device->device == from->video.items;
    }
}

static GArray *
list_devices(const struct cvm_layout *layout, const struct cvm_devices *from)
{
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(struct cvm_pci_device));

    ADD_EACH(cvm_filesystem, filesystem, virtio_need(&item->common))
    ADD_EACH(cvm_interface, interface, interface_need(item))
    add_controllers_on_pci(devices, layout);
    for (guint i = 0; i < layout->disks->len; i++) {
        const struct cvm_disk *disk = g_ptr_array_index(layout->disks, i);

        if (cvm_text_is(disk->bus, "virtio")) {
            add(devices, virtio_need(&disk->common), disk, &disk->common, &disk->from);
        }
    }
    /* libvirt looks whether the host's device is one of PCI Express; today's are. */
    ADD_EACH(cvm_hostdev, hostdev,
             cvm_text_is(item->type, "pci") || cvm_text_is(item->type, "mdev")
                 ? CVM_PCI_NEEDS_PCIE
                 : CVM_PCI_NEEDS_NOTHING)
    ADD_EACH(cvm_balloon, memballoon,
             cvm_is_set(item->common.model) && !g_str_equal(item->common.model.value, "none")
                 ? virtio_need(&item->common)
                 : CVM_PCI_NEEDS_NOTHING)
    ADD_EACH(cvm_rng, rng, virtio_need(&item->common))
    ADD_EACH(cvm_watchdog, watchdog,
             cvm_text_is(item->common.model, "i6300esb") ? CVM_PCI_NEEDS_PCI
                                                         : CVM_PCI_NEEDS_NOTHING)
    add_videos(devices, from);
    ADD_EACH(cvm_input, input,
             cvm_text_is(item->bus, "virtio") ? virtio_need(&item->common) : CVM_PCI_NEEDS_NOTHING)
    ADD_EACH(cvm_chardev, serial,
             cvm_text_is(item->target, "pci-serial") ? CVM_PCI_NEEDS_PCI : CVM_PCI_NEEDS_NOTHING)
    ADD_EACH(cvm_vsock, vsock, virtio_need(&item->common))
    return devices;
}

/* ---- the whole ---- */

static gboolean
is_q35(const struct cvm_domain *domain)
{
    return !cvm_is_set(domain->os.machine) || strstr(domain->os.machine.value, "q35") != NULL;
}

struct cvm_layout *
cvm_layout_new(const struct cvm_domain *domain)
{
    struct cvm_layout *layout = g_new0(struct cvm_layout, 1);
    g_autoptr(GArray) devices = NULL;

    layout->buses = g_array_new(FALSE, TRUE, sizeof(struct cvm_pci_bus));
    layout->controllers = g_ptr_array_new_with_free_func(g_free);
    layout->disks = g_ptr_array_new();
    layout->usb = g_ptr_array_new();
    layout->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    cvm_each (struct cvm_disk, disk, &domain->devices.disk) {
        insert_disk(layout->disks, disk);
    }
    add_controllers(layout, domain);
    list_usb(layout, &domain->devices);
    if (!is_q35(domain)) {
        layout->problem = CVM_LAYOUT_MACHINE;
        layout->at = &domain->os.machine.from;
    }
    devices = list_devices(layout, &domain->devices);
    cvm_layout_pci(layout, domain, devices);
    return layout;
}

void
cvm_layout_free(struct cvm_layout *layout)
{
    if (layout) {
        g_array_unref(layout->buses);
        g_ptr_array_unref(layout->controllers);
        g_ptr_array_unref(layout->disks);
        g_ptr_array_unref(layout->usb);
        g_hash_table_unref(layout->places);
        g_free(layout);
    }
}

const struct cvm_pci_address *
cvm_layout_place(const struct cvm_layout *layout, const void *device)
{
    return g_hash_table_lookup(layout->places, device);
}
