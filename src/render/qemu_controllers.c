/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers on QEMU's command line, and what all devices say of where they are. */
#include <string.h>

#include "render/qemu_device.h"

/* ---- shared ---- */

json_t *
cvm_qemu_virtio(const char *base, const struct cvm_device *device)
{
    const char *suffix = "";
    g_autofree char *driver = NULL;
    json_t *json;

    if (device && cvm_is_set(device->model)) {
        const char *model = strchr(device->model.value, '-');

        if (model && g_str_has_suffix(model, "-transitional")) {
            suffix = g_str_has_suffix(model, "-non-transitional") ? "-non-transitional"
                                                                  : "-transitional";
        }
    }
    driver = g_strconcat(base, suffix, NULL);
    json = cvm_qemu_driver(driver);
    if (device) {
        cvm_qemu_set_flag_value(json, "iommu_platform", &device->iommu);
    }
    return json;
}

const char *
cvm_qemu_set_id(struct cvm_qemu *qemu, json_t *json, const struct cvm_device *device,
                const char *format, ...)
{
    char *id;
    va_list arguments;

    va_start(arguments, format);
    id = device && cvm_is_set(device->alias) ? g_strdup(device->alias.value)
                                             : g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(qemu->texts, id);
    cvm_qemu_set(json, "id", id);
    return id;
}

static const char *
bus_name(const struct cvm_qemu *qemu, unsigned bus)
{
    char *name;

    if (bus == 0) {
        return "pcie.0";
    }
    name = g_strdup_printf("pci.%u", bus);
    g_ptr_array_add(qemu->texts, name);
    return name;
}

static void
set_address(const struct cvm_qemu *qemu, json_t *json, const struct cvm_pci_address *address)
{
    cvm_qemu_set(json, "bus", bus_name(qemu, address->bus));
    if (address->multifunction) {
        cvm_qemu_set_flag(json, "multifunction", TRUE);
    }
    if (address->function) {
        cvm_qemu_set_format(json, "addr", "0x%x.0x%x", address->slot, address->function);
    } else {
        cvm_qemu_set_format(json, "addr", "0x%x", address->slot);
    }
}

void
cvm_qemu_set_place(const struct cvm_qemu *qemu, json_t *json, const void *device)
{
    const struct cvm_pci_address *address = cvm_layout_place(qemu->layout, device);

    if (address) {
        set_address(qemu, json, address);
    }
}

void
cvm_qemu_set_rom(json_t *json, const struct cvm_flag *rom)
{
    if (cvm_is_off(*rom)) {
        cvm_qemu_set(json, "romfile", "");
    }
}

/* ---- PCI ---- */

static void
add_bus(struct cvm_qemu *qemu, const struct cvm_pci_bus *bus, unsigned index)
{
    static const char *const drivers[] = {
        [CVM_PCI_PORT] = "pcie-root-port",
        [CVM_PCI_FROM_PCIE] = "pcie-pci-bridge",
        [CVM_PCI_BRIDGE] = "pci-bridge",
    };
    json_t *json = cvm_qemu_driver(drivers[bus->kind]);

    if (bus->kind == CVM_PCI_PORT) {
        cvm_qemu_set_uint(json, "port",
                          bus->address.slot * CVM_PCI_FUNCTIONS + bus->address.function);
        cvm_qemu_set_uint(json, "chassis", index);
    } else if (bus->kind == CVM_PCI_BRIDGE) {
        cvm_qemu_set_uint(json, "chassis_nr", index);
    }
    cvm_qemu_set_format(json, "id", "pci.%u", index);
    set_address(qemu, json, &bus->address);
    cvm_qemu_add_json(qemu, "-device", json);
}

static void
add_buses(struct cvm_qemu *qemu)
{
    for (guint i = 1; i < qemu->layout->buses->len; i++) {
        const struct cvm_pci_bus *bus = &g_array_index(qemu->layout->buses, struct cvm_pci_bus, i);

        if (bus->kind == CVM_PCI_PORT || bus->kind == CVM_PCI_FROM_PCIE ||
            bus->kind == CVM_PCI_BRIDGE) {
            add_bus(qemu, bus, i);
        }
    }
}

/* ---- others ---- */

static const char *
usb_driver(const char *model)
{
    static const struct {
        const char *model, *driver;
    } drivers[] = {
        { "qemu-xhci", "qemu-xhci" },
        { "nec-xhci", "nec-usb-xhci" },
        { "ehci", "usb-ehci" },
        { "piix3-uhci", "piix3-usb-uhci" },
        { "piix4-uhci", "piix4-usb-uhci" },
        { "pci-ohci", "pci-ohci" },
        { "vt82c686b-uhci", "vt82c686b-usb-uhci" },
    };

    for (size_t i = 0; model && i < G_N_ELEMENTS(drivers); i++) {
        if (g_str_equal(drivers[i].model, model)) {
            return drivers[i].driver;
        }
    }
    return model ? model : "qemu-xhci";
}

static void
add_usb(struct cvm_qemu *qemu, const struct cvm_layout_controller *controller)
{
    const struct cvm_device *common = controller->given ? &controller->given->common : NULL;
    json_t *json;

    if (controller->model && g_str_equal(controller->model, "none")) {
        return;
    }
    json = cvm_qemu_driver(usb_driver(controller->model));
    if (controller->index == 0) {
        cvm_qemu_set_id(qemu, json, common, "usb");
    } else {
        cvm_qemu_set_id(qemu, json, common, "usb%u", controller->index);
    }
    cvm_qemu_set_place(qemu, json, controller);
    cvm_qemu_add_json(qemu, "-device", json);
}

static void
add_scsi(struct cvm_qemu *qemu, const struct cvm_layout_controller *controller)
{
    const struct cvm_device *common = controller->given ? &controller->given->common : NULL;
    json_t *json;

    if (controller->model && !g_str_has_prefix(controller->model, "virtio")) {
        static const struct {
            const char *model, *driver;
        } drivers[] = {
            { "lsilogic", "lsi" },    { "lsisas1068", "mptsas1068" }, { "lsisas1078", "megasas" },
            { "vmpvscsi", "pvscsi" }, { "dc390", "dc390" },           { "am53c974", "am53c974" },
        };
        const char *driver = controller->model;

        for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
            driver = g_str_equal(drivers[i].model, controller->model) ? drivers[i].driver : driver;
        }
        json = cvm_qemu_driver(driver);
    } else {
        json = cvm_qemu_virtio("virtio-scsi-pci", common);
    }
    cvm_qemu_set_id(qemu, json, common, "scsi%u", controller->index);
    if (controller->given) {
        cvm_qemu_set_uint_value(json, "num_queues", &controller->given->queues);
    }
    cvm_qemu_set_place(qemu, json, controller);
    cvm_qemu_add_json(qemu, "-device", json);
}

/* The first is the machine's own. */
static void
add_sata(struct cvm_qemu *qemu, const struct cvm_layout_controller *controller)
{
    json_t *json;

    if (controller->index == 0) {
        return;
    }
    json = cvm_qemu_driver("ahci");
    cvm_qemu_set_id(qemu, json, controller->given ? &controller->given->common : NULL, "sata%u",
                    controller->index);
    cvm_qemu_set_place(qemu, json, controller);
    cvm_qemu_add_json(qemu, "-device", json);
}

static void
add_virtio_serial(struct cvm_qemu *qemu, const struct cvm_layout_controller *controller)
{
    const struct cvm_device *common = controller->given ? &controller->given->common : NULL;
    json_t *json = cvm_qemu_virtio("virtio-serial-pci", common);

    cvm_qemu_set_id(qemu, json, common, "virtio-serial%u", controller->index);
    cvm_qemu_set_place(qemu, json, controller);
    cvm_qemu_add_json(qemu, "-device", json);
}

/* ---- USB ports ---- */

/* One that gets no port from libvirt's rules gets one from QEMU, or has it say that there is none.
 */
void
cvm_qemu_set_usb_port(const struct cvm_qemu *qemu, json_t *json, const void *device)
{
    struct cvm_usb_port port;

    if (!cvm_layout_usb_port(qemu->layout, device, &port)) {
        return;
    }
    if (port.controller == 0) {
        cvm_qemu_set(json, "bus", "usb.0");
    } else {
        cvm_qemu_set_format(json, "bus", "usb%u.0", port.controller);
    }
    if (port.hub) {
        cvm_qemu_set_format(json, "port", "%u.%u", port.hub, port.port);
    } else {
        cvm_qemu_set_format(json, "port", "%u", port.port);
    }
}

static void
add_hubs(struct cvm_qemu *qemu)
{
    for (unsigned i = 0; i < qemu->layout->usb_hubs; i++) {
        json_t *json = cvm_qemu_driver("usb-hub");

        cvm_qemu_set_format(json, "id", "hub%u", i);
        cvm_qemu_set(json, "bus", "usb.0");
        cvm_qemu_set_format(json, "port", "%u", i + 1);
        cvm_qemu_add_json(qemu, "-device", json);
    }
}

void
cvm_qemu_controllers(struct cvm_qemu *qemu)
{
    static const struct {
        const char *type;
        void (*add)(struct cvm_qemu *qemu, const struct cvm_layout_controller *controller);
    } types[] = {
        { "usb", add_usb },
        { "scsi", add_scsi },
        { "sata", add_sata },
        { "virtio-serial", add_virtio_serial },
    };

    add_buses(qemu);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        for (guint j = 0; j < qemu->layout->controllers->len; j++) {
            const struct cvm_layout_controller *controller =
                g_ptr_array_index(qemu->layout->controllers, j);

            if (g_str_equal(controller->type, types[i].type)) {
                types[i].add(qemu, controller);
            }
        }
    }
    add_hubs(qemu);
}
