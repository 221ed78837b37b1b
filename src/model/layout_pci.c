/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PCI buses and addresses as libvirt chooses them for q35 (src/conf/domain_addr.c,
 * src/qemu/qemu_domain_address.c), so that a guest finds a device where it was.
 *
 * libvirt does it twice. The first round adds a bus wherever there is no place left, and so finds
 * out how many there are; the second starts with all of these and gives the addresses. Since it
 * begins with the controllers, a bridge that was added last gets the first port there. */
#include "model/layout_pci.h"

#include <stdio.h>
#include <string.h>

enum {
    CHIPSET_SLOT = 31, /* ICH9: ISA bridge 0, SATA 2, SMBus 3 */
    CHIPSET_FUNCTIONS = 1 << 0 | 1 << 2 | 1 << 3,
    SCREEN_SLOT = 1, /* where QEMU itself puts the first screen */
};

/* What each kind of bus takes, and which slots it has. */
static const struct {
    const char *model;
    unsigned offers, assigns, need;
    unsigned first, last;
} kinds[] = {
    [CVM_PCI_ROOT] = { "pcie-root", CVM_PCI_NEEDS_PCIE | CVM_PCI_NEEDS_ROOT, CVM_PCI_NEEDS_ROOT, 0,
                       1, 31 },
    [CVM_PCI_PORT] = { "pcie-root-port", CVM_PCI_NEEDS_PCIE | CVM_PCI_NEEDS_PORT,
                       CVM_PCI_NEEDS_PCIE | CVM_PCI_NEEDS_PORT, CVM_PCI_NEEDS_ROOT, 0, 0 },
    [CVM_PCI_FROM_PCIE] = { "pcie-to-pci-bridge", CVM_PCI_NEEDS_PCI | CVM_PCI_NEEDS_PLUG,
                            CVM_PCI_NEEDS_PCI | CVM_PCI_NEEDS_PLUG, CVM_PCI_NEEDS_PORT, 1, 31 },
    [CVM_PCI_BRIDGE] = { "pci-bridge", CVM_PCI_NEEDS_PCI | CVM_PCI_NEEDS_PLUG,
                         CVM_PCI_NEEDS_PCI | CVM_PCI_NEEDS_PLUG, CVM_PCI_NEEDS_PLUG, 1, 31 },
    [CVM_PCI_UNSUPPORTED] = { NULL, 0, 0, 0, 0, 0 },
};

struct round {
    struct cvm_layout *layout;
    gboolean may_grow; /* the first */
};

static struct cvm_pci_bus *
bus_at(const struct cvm_layout *layout, unsigned i)
{
    return &g_array_index(layout->buses, struct cvm_pci_bus, i);
}

static gboolean
fail(struct cvm_layout *layout, enum cvm_layout_problem problem, const struct cvm_from *at,
     const struct cvm_pci_address *address)
{
    if (layout->problem == CVM_LAYOUT_SOUND) {
        layout->problem = problem;
        layout->at = at;
        if (address) {
            snprintf(layout->address, sizeof layout->address, "0000:%02x:%02x.%x",
                     address->bus & 0xff, address->slot & 0x1f, address->function & 7);
        }
    }
    return FALSE;
}

static void
add_bus(struct cvm_layout *layout, enum cvm_pci_kind kind, const struct cvm_controller *given)
{
    struct cvm_pci_bus bus = {
        .kind = kind,
        .given = given,
        .offers = kinds[kind].offers,
        .assigns = kinds[kind].assigns,
    };

    g_array_append_val(layout->buses, bus);
}

/* ---- given addresses ---- */

/* FALSE when there is none, or none that is understood (the reader has told). Slot 0 of bus 0 is
 * the machine itself, and stands for none, too (virPCIDeviceAddressIsEmpty). */
static gboolean
given_address(const struct cvm_device *common, struct cvm_pci_address *address, unsigned *domain)
{
    const char *text = common && cvm_is_set(common->address) ? common->address.value : "";
    gboolean is_short = strchr(text, ':') == strrchr(text, ':');

    *address = (struct cvm_pci_address){ 0 };
    *domain = 0;
    if (is_short
            ? sscanf(text, "%2x:%2x.%1x", &address->bus, &address->slot, &address->function) != 3
            : sscanf(text, "%4x:%2x:%2x.%1x", domain, &address->bus, &address->slot,
                     &address->function) != 4) {
        return FALSE;
    }
    return *domain || address->bus || address->slot;
}

/* Buses up to one that something needs, as libvirt chooses them. For PCI that is a bridge on a port
 * of its own, which keeps the port from being counted as free for a device. */
static gboolean
grow(struct round *round, struct cvm_pci_address *address, unsigned need, const struct cvm_from *at)
{
    struct cvm_layout *layout = round->layout;
    enum cvm_pci_kind kind = need & CVM_PCI_NEEDS_PCI ? CVM_PCI_BRIDGE : CVM_PCI_PORT;
    gboolean bridged = FALSE;

    if (address->bus < layout->buses->len) {
        return TRUE;
    }
    for (guint i = 0; i < layout->buses->len; i++) {
        bridged = bridged || bus_at(layout, i)->offers & CVM_PCI_NEEDS_PLUG;
    }
    if (kind == CVM_PCI_BRIDGE && !bridged) {
        if (address->bus == layout->buses->len) {
            address->bus++;
        }
        add_bus(layout, CVM_PCI_PORT, NULL);
        bus_at(layout, layout->buses->len - 1)->assigns = CVM_PCI_NEEDS_PORT;
        bus_at(layout, layout->buses->len - 1)->offers = CVM_PCI_NEEDS_PORT;
        add_bus(layout, CVM_PCI_FROM_PCIE, NULL);
    }
    if (address->bus >= CVM_PCI_BUSES || !(need & CVM_PCI_NEEDS_DEVICE)) {
        return fail(layout, CVM_LAYOUT_FULL, at, NULL);
    }
    while (address->bus >= layout->buses->len) {
        add_bus(layout, kind, NULL);
    }
    return TRUE;
}

static gboolean
reserve(struct round *round, struct cvm_pci_address *address, unsigned need,
        const struct cvm_from *at)
{
    struct cvm_pci_bus *bus;
    unsigned offers;

    if (round->may_grow && !grow(round, address, need, at)) {
        return FALSE;
    }
    if (address->bus >= round->layout->buses->len) {
        return fail(round->layout, CVM_LAYOUT_UNFIT, at, address);
    }
    bus = bus_at(round->layout, address->bus);
    /* Who gives an address may put a device of either kind in a slot of either. */
    offers = bus->offers & CVM_PCI_NEEDS_DEVICE ? bus->offers | CVM_PCI_NEEDS_DEVICE : bus->offers;
    if (!(offers & need) || address->slot < kinds[bus->kind].first ||
        address->slot > kinds[bus->kind].last) {
        return fail(round->layout, CVM_LAYOUT_UNFIT, at, address);
    }
    if (bus->used[address->slot] & 1 << address->function) {
        return fail(round->layout, CVM_LAYOUT_TAKEN, at, address);
    }
    if (!bus->used[address->slot] && need & CVM_PCI_NEEDS_ROOT) {
        bus->shared |= 1u << address->slot;
    }
    bus->used[address->slot] |= (uint8_t)(1 << address->function);
    return TRUE;
}

/* ---- free places ---- */

static gboolean
find_slot(const struct cvm_pci_bus *bus, unsigned need, struct cvm_pci_address *address)
{
    for (unsigned slot = kinds[bus->kind].first; slot <= kinds[bus->kind].last; slot++) {
        gboolean share = need & CVM_PCI_NEEDS_ROOT && bus->shared & 1u << slot;

        for (unsigned function = 0; function < CVM_PCI_FUNCTIONS; function++) {
            if (share ? !(bus->used[slot] & 1 << function) : !bus->used[slot]) {
                address->slot = slot;
                address->function = function;
                return TRUE;
            }
        }
    }
    return FALSE;
}

static gboolean
reserve_next(struct round *round, unsigned need, const struct cvm_from *at,
             struct cvm_pci_address *address)
{
    struct cvm_layout *layout = round->layout;
    unsigned bus;

    *address = (struct cvm_pci_address){ 0 };
    for (bus = 0; bus < layout->buses->len; bus++) {
        if (bus_at(layout, bus)->assigns & need && find_slot(bus_at(layout, bus), need, address)) {
            address->bus = bus;
            return reserve(round, address, need, at);
        }
    }
    address->bus = bus;
    if (!round->may_grow || !grow(round, address, need, at)) {
        return fail(layout, CVM_LAYOUT_FULL, at, NULL);
    }
    address->slot = kinds[bus_at(layout, address->bus)->kind].first;
    return reserve(round, address, need, at);
}

/* ---- a round ---- */

static gboolean
reserve_given(struct round *round, const GArray *devices)
{
    struct cvm_pci_address address;
    unsigned domain;

    for (guint i = 0; i < round->layout->buses->len; i++) {
        const struct cvm_controller *given = bus_at(round->layout, i)->given;

        if (given && i > 0 && given_address(&given->common, &address, &domain)) {
            if (!reserve(round, &address, kinds[bus_at(round->layout, i)->kind].need,
                         &given->common.address.from)) {
                return FALSE;
            }
            bus_at(round->layout, i)->address = address;
        }
    }
    for (guint i = 0; i < devices->len; i++) {
        const struct cvm_pci_device *device = &g_array_index(devices, struct cvm_pci_device, i);

        if (!given_address(device->common, &address, &domain)) {
            continue;
        }
        if (domain != 0) {
            return fail(round->layout, CVM_LAYOUT_UNFIT, &device->common->address.from, &address);
        }
        if (!reserve(round, &address, device->need, &device->common->address.from)) {
            return FALSE;
        }
        g_hash_table_insert(round->layout->places, (gpointer)device->device,
                            g_memdup2(&address, sizeof address));
    }
    return TRUE;
}

static gboolean
place_screen(struct round *round, const GArray *devices)
{
    for (guint i = 0; i < devices->len; i++) {
        const struct cvm_pci_device *device = &g_array_index(devices, struct cvm_pci_device, i);
        struct cvm_pci_address address = { .slot = SCREEN_SLOT };
        gboolean taken;

        if (!device->primary || g_hash_table_contains(round->layout->places, device->device)) {
            continue;
        }
        taken = bus_at(round->layout, 0)->used[SCREEN_SLOT] != 0;
        if (taken ? !reserve_next(round, device->need, device->from, &address)
                  : !reserve(round, &address, CVM_PCI_NEEDS_PCIE, device->from)) {
            return FALSE;
        }
        if (taken && round->may_grow) {
            continue; /* libvirt forgets it at once, and counts it again among the devices */
        }
        g_hash_table_insert(round->layout->places, (gpointer)device->device,
                            g_memdup2(&address, sizeof address));
    }
    return TRUE;
}

/* The controller of a bus is itself on one; first those that have no address. */
static gboolean
place_controllers(struct round *round)
{
    for (guint i = 1; i < round->layout->buses->len; i++) {
        struct cvm_pci_bus *bus = bus_at(round->layout, i);
        struct cvm_pci_address address;
        unsigned domain;

        if (bus->given ? given_address(&bus->given->common, &address, &domain)
                       : round->may_grow) { /* added ones, once it is known how many there are */
            continue;
        }
        if (!reserve_next(round, kinds[bus->kind].need, bus->given ? &bus->given->from : NULL,
                          &address)) {
            return FALSE;
        }
        bus_at(round->layout, i)->address = address; /* the array may have moved */
    }
    return TRUE;
}

static gboolean
place_devices(struct round *round, const GArray *devices)
{
    for (guint i = 0; i < devices->len; i++) {
        const struct cvm_pci_device *device = &g_array_index(devices, struct cvm_pci_device, i);
        struct cvm_pci_address address;

        if (g_hash_table_contains(round->layout->places, device->device)) {
            continue;
        }
        if (!reserve_next(round, device->need, device->from, &address)) {
            return FALSE;
        }
        g_hash_table_insert(round->layout->places, (gpointer)device->device,
                            g_memdup2(&address, sizeof address));
    }
    return TRUE;
}

/* All places are given anew. */
static void
clear(struct round *round)
{
    g_hash_table_remove_all(round->layout->places);
    for (guint i = 0; i < round->layout->buses->len; i++) {
        struct cvm_pci_bus *bus = bus_at(round->layout, i);

        memset(bus->used, 0, sizeof bus->used);
        bus->shared = 0;
        bus->offers = kinds[bus->kind].offers;
        bus->assigns = kinds[bus->kind].assigns;
    }
    bus_at(round->layout, 0)->used[CHIPSET_SLOT] = CHIPSET_FUNCTIONS;
}

static gboolean
count_buses(struct cvm_layout *layout, const GArray *devices)
{
    struct round round = { layout, TRUE };
    struct cvm_pci_address spare;
    guint given = layout->buses->len;

    clear(&round);
    if (!reserve_given(&round, devices) || !place_screen(&round, devices) ||
        !place_controllers(&round) || !place_devices(&round, devices)) {
        return FALSE;
    }
    /* Who leaves controllers to libvirt gets a port to plug something in later. */
    return given > 1 || layout->buses->len == 1 ||
           reserve_next(&round, CVM_PCI_NEEDS_PCIE, NULL, &spare);
}

static gboolean
give_places(struct cvm_layout *layout, const GArray *devices)
{
    struct round round = { layout, FALSE };

    clear(&round);
    return reserve_given(&round, devices) && place_screen(&round, devices) &&
           place_controllers(&round) && place_devices(&round, devices);
}

/* ---- given buses ---- */

static enum cvm_pci_kind
kind_of(const struct cvm_controller *controller)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].model && cvm_text_is(controller->common.model, kinds[i].model)) {
            return (enum cvm_pci_kind)i;
        }
    }
    return CVM_PCI_UNSUPPORTED;
}

static gboolean
is_pci(const struct cvm_controller *controller)
{
    return cvm_text_is(controller->type, "pci");
}

/* The controller of each bus, NULL for those that nobody gave; one without an index gets the first
 * that is free, which is the root's unless that was given. FALSE where one cannot be laid out. */
static gboolean
take_given(struct cvm_layout *layout, const struct cvm_domain *domain,
           const struct cvm_controller **given, unsigned *last)
{
    for (int indexed = 1; indexed >= 0; indexed--) {
        cvm_each (struct cvm_controller, controller, &domain->devices.controller) {
            unsigned index = 0;

            if (!is_pci(controller) || cvm_is_set(controller->index) != indexed) {
                continue;
            }
            if (indexed) {
                index = (unsigned)MIN(controller->index.value, CVM_PCI_BUSES);
            } else {
                while (index < CVM_PCI_BUSES && given[index]) {
                    index++;
                }
            }
            if (index >= CVM_PCI_BUSES || given[index] ||
                kind_of(controller) == CVM_PCI_UNSUPPORTED ||
                (index == 0) != (kind_of(controller) == CVM_PCI_ROOT)) {
                return fail(layout, CVM_LAYOUT_CONTROLLER, &controller->from, NULL);
            }
            given[index] = controller;
            *last = MAX(*last, index);
        }
    }
    return TRUE;
}

static gboolean
add_given_buses(struct cvm_layout *layout, const struct cvm_domain *domain)
{
    const struct cvm_controller *given[CVM_PCI_BUSES] = { NULL };
    unsigned last = 0;
    gboolean fit = take_given(layout, domain, given, &last);

    add_bus(layout, CVM_PCI_ROOT, given[0]);
    for (unsigned i = 1; fit && i <= last; i++) {
        add_bus(layout, given[i] ? kind_of(given[i]) : CVM_PCI_PORT, given[i]);
    }
    return fit;
}

static void
set_multifunction(const struct cvm_layout *layout, struct cvm_pci_address *address)
{
    address->multifunction =
        address->function == 0 && bus_at(layout, address->bus)->used[address->slot] & ~1;
}

void
cvm_layout_pci(struct cvm_layout *layout, const struct cvm_domain *domain, const GArray *devices)
{
    GHashTableIter places;
    gpointer address;

    if (!add_given_buses(layout, domain) || !count_buses(layout, devices) ||
        !give_places(layout, devices)) {
        return;
    }
    for (guint i = 1; i < layout->buses->len; i++) {
        set_multifunction(layout, &bus_at(layout, i)->address);
    }
    g_hash_table_iter_init(&places, layout->places);
    while (g_hash_table_iter_next(&places, NULL, &address)) {
        set_multifunction(layout, address);
    }
}
