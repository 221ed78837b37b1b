/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where devices are. What libvirt itself does with profiles is compared by tests/qemu-argv.sh; the
 * addresses here are those that libvirt 11.3 gave. */
#include "model/layout.h"

#include <string.h>

#include "domain_fixture.h"
#include "unit.h"

/* "00:01.0+" for function 0 of a slot with others. */
static char *
format_place(const struct cvm_pci_address *address)
{
    return address ? g_strdup_printf("%02x:%02x.%x%s", address->bus, address->slot,
                                     address->function, address->multifunction ? "+" : "")
                   : g_strdup("-");
}

static void
assert_place(const struct cvm_layout *layout, const void *device, const char *expected)
{
    g_autofree char *place = format_place(cvm_layout_place(layout, device));

    ck_assert_str_eq(place, expected);
}

static void
assert_bus(const struct cvm_layout *layout, unsigned i, enum cvm_pci_kind kind,
           const char *expected)
{
    const struct cvm_pci_bus *bus = &g_array_index(layout->buses, struct cvm_pci_bus, i);
    g_autofree char *place = format_place(&bus->address);

    ck_assert_int_eq(bus->kind, kind);
    ck_assert_str_eq(place, expected);
}

static struct cvm_disk *
add_disks(struct cvm_domain *domain, unsigned n, const char *bus, const char *prefix)
{
    struct cvm_disk *disks = LIST(domain, domain->devices.disk, cvm_disk, n);

    for (unsigned i = 0; i < n; i++) {
        TEXT(disks[i].bus, bus);
        /* vda to vdz, vdaa to vdzz */
        TEXT(disks[i].target, i < 26
                                  ? cvm_arena_printf(domain->arena, "%s%c", prefix, 'a' + (int)i)
                                  : cvm_arena_printf(domain->arena, "%s%c%c", prefix,
                                                     'a' + (int)(i / 26) - 1, 'a' + (int)(i % 26)));
    }
    return disks;
}

static const struct cvm_layout_controller *
find(const struct cvm_layout *layout, const char *type, unsigned index)
{
    for (guint i = 0; i < layout->controllers->len; i++) {
        const struct cvm_layout_controller *controller = g_ptr_array_index(layout->controllers, i);

        if (g_str_equal(controller->type, type) && controller->index == index) {
            return controller;
        }
    }
    return NULL;
}

/* profiles/sev-minimal.yaml: card, xHCI, disk, and a port to spare. */
START_TEST(test_small_guest)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disk = add_disks(domain, 1, "virtio", "vd");
    struct cvm_interface *card = LIST(domain, domain->devices.interface, cvm_interface, 1);
    CVM_AUTO(layout) *layout = cvm_layout_new(domain);

    ck_assert_int_eq(layout->problem, CVM_LAYOUT_SOUND);
    ck_assert_uint_eq(layout->buses->len, 5);
    assert_bus(layout, 1, CVM_PCI_PORT, "00:01.0+");
    assert_bus(layout, 4, CVM_PCI_PORT, "00:01.3");
    assert_place(layout, card, "01:00.0");
    assert_place(layout, find(layout, "usb", 0), "02:00.0");
    assert_place(layout, disk, "03:00.0");
    ck_assert_ptr_null(cvm_layout_place(layout, find(layout, "sata", 0)));
}
END_TEST

/* The screen is where the ports would begin, and eight of them are in a slot. */
START_TEST(test_many_ports)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disks = add_disks(domain, 20, "virtio", "vd");
    struct cvm_video *video = LIST(domain, domain->devices.video, cvm_video, 2);
    CVM_AUTO(layout) *layout = NULL;

    TEXT(video[0].common.model, "virtio");
    TEXT(video[1].common.model, "virtio");
    layout = cvm_layout_new(domain);
    ck_assert_int_eq(layout->problem, CVM_LAYOUT_SOUND);
    ck_assert_uint_eq(layout->buses->len, 1 + 1 + 20 + 1 + 1);
    assert_place(layout, &video[0], "00:01.0");
    assert_bus(layout, 1, CVM_PCI_PORT, "00:02.0+");
    assert_bus(layout, 8, CVM_PCI_PORT, "00:02.7");
    assert_bus(layout, 9, CVM_PCI_PORT, "00:03.0+");
    assert_bus(layout, 23, CVM_PCI_PORT, "00:04.6");
    assert_place(layout, &disks[0], "02:00.0");
    assert_place(layout, &disks[19], "15:00.0");
    assert_place(layout, &video[1], "16:00.0");
}
END_TEST

/* A device of conventional PCI asks for a bridge, which is plugged into the first port. */
START_TEST(test_bridge)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disk = add_disks(domain, 1, "virtio", "vd");
    struct cvm_watchdog *watchdog = LIST(domain, domain->devices.watchdog, cvm_watchdog, 1);
    struct cvm_interface *card = LIST(domain, domain->devices.interface, cvm_interface, 1);
    CVM_AUTO(layout) *layout = NULL;

    TEXT(watchdog->common.model, "i6300esb");
    TEXT(card->common.model, "e1000");
    layout = cvm_layout_new(domain);
    ck_assert_int_eq(layout->problem, CVM_LAYOUT_SOUND);
    assert_bus(layout, 1, CVM_PCI_PORT, "00:01.0+");
    assert_bus(layout, 2, CVM_PCI_FROM_PCIE, "01:00.0");
    assert_bus(layout, 3, CVM_PCI_PORT, "00:01.1");
    assert_place(layout, card, "02:01.0");
    assert_place(layout, watchdog, "02:02.0");
    assert_place(layout, find(layout, "usb", 0), "03:00.0");
    assert_place(layout, disk, "04:00.0");
    ck_assert_uint_eq(layout->buses->len, 6);
}
END_TEST

/* The 32nd device on the bridge asks for another one on it. */
START_TEST(test_second_bridge)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_interface *cards = LIST(domain, domain->devices.interface, cvm_interface, 40);
    CVM_AUTO(layout) *layout = NULL;
    unsigned bridges = 0;

    for (unsigned i = 0; i < 40; i++) {
        TEXT(cards[i].common.model, "e1000");
    }
    layout = cvm_layout_new(domain);
    ck_assert_int_eq(layout->problem, CVM_LAYOUT_SOUND);
    for (guint i = 0; i < layout->buses->len; i++) {
        bridges += g_array_index(layout->buses, struct cvm_pci_bus, i).kind == CVM_PCI_BRIDGE;
    }
    ck_assert_uint_eq(bridges, 1);
    ck_assert_ptr_nonnull(cvm_layout_place(layout, &cards[39]));
}
END_TEST

/* Given addresses are kept, functions share a slot, and buses up to a given one are there. */
START_TEST(test_given)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disks = add_disks(domain, 4, "virtio", "vd");
    CVM_AUTO(layout) *layout = NULL;

    TEXT(disks[0].common.address, "0000:00:05.0");
    TEXT(disks[1].common.address, "00:05.3");
    TEXT(disks[2].common.address, "0000:03:00.0");
    TEXT(disks[3].common.address, "0000:00:00.0"); /* none */
    layout = cvm_layout_new(domain);
    ck_assert_int_eq(layout->problem, CVM_LAYOUT_SOUND);
    assert_place(layout, &disks[0], "00:05.0+");
    assert_place(layout, &disks[1], "00:05.3");
    assert_place(layout, &disks[2], "03:00.0");
    assert_place(layout, find(layout, "usb", 0), "01:00.0");
    assert_place(layout, &disks[3], "02:00.0");
    assert_bus(layout, 1, CVM_PCI_PORT, "00:01.0+");
    ck_assert_uint_eq(layout->buses->len, 5);
}
END_TEST

START_TEST(test_given_controllers)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_disk *disk = add_disks(domain, 1, "virtio", "vd");
    struct cvm_controller *given = LIST(domain, domain->devices.controller, cvm_controller, 3);
    CVM_AUTO(layout) *layout = NULL;

    for (int i = 0; i < 2; i++) {
        TEXT(given[i].type, "pci");
        TEXT(given[i].common.model, "pcie-root-port");
    }
    NUMBER(given[0].index, 1);
    NUMBER(given[1].index, 4);
    TEXT(given[1].common.address, "0000:00:03.0");
    TEXT(given[2].type, "usb");
    TEXT(given[2].common.model, "none");
    layout = cvm_layout_new(domain);
    ck_assert_int_eq(layout->problem, CVM_LAYOUT_SOUND);
    ck_assert_uint_eq(layout->buses->len, 5); /* none to spare for who has controllers of his own */
    assert_bus(layout, 2, CVM_PCI_PORT, "00:01.1");
    assert_bus(layout, 4, CVM_PCI_PORT, "00:03.0");
    assert_place(layout, disk, "01:00.0");
}
END_TEST

/* What does not fit has one place and a reason, and ends at once. */
START_TEST(test_problems)
{
    static const struct {
        const char *first, *second;
        enum cvm_layout_problem problem;
        const char *address;
    } cases[] = {
        { "0000:00:05.0", "0000:00:05.0", CVM_LAYOUT_TAKEN, "0000:00:05.0" },
        { "0000:02:00.0", "0000:02:00.0", CVM_LAYOUT_TAKEN, "0000:02:00.0" },
        { "0000:02:01.0", NULL, CVM_LAYOUT_UNFIT, "0000:02:01.0" },
        { "0000:00:1f.2", NULL, CVM_LAYOUT_TAKEN, "0000:00:1f.2" },
        { "0001:00:05.0", NULL, CVM_LAYOUT_UNFIT, "0000:00:05.0" },
        { "0000:ff:00.0", NULL, CVM_LAYOUT_FULL, "" },
        { "no address", NULL, CVM_LAYOUT_SOUND, "" }, /* the reader tells */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
        struct cvm_disk *disks = add_disks(domain, 2, "virtio", "vd");
        CVM_AUTO(layout) *layout = NULL;

        TEXT(disks[0].common.address, cases[i].first);
        if (cases[i].second) {
            TEXT(disks[1].common.address, cases[i].second);
        }
        layout = cvm_layout_new(domain);
        ck_assert_msg(layout->problem == cases[i].problem, "%s: %d", cases[i].first,
                      layout->problem);
        ck_assert_str_eq(layout->address, cases[i].address);
    }
}
END_TEST

/* 30 slots of 8 ports: the disk that finds none left is told. */
START_TEST(test_full)
{
    static const struct {
        unsigned disks;
        enum cvm_layout_problem problem;
    } cases[] = { { 238, CVM_LAYOUT_SOUND }, { 240, CVM_LAYOUT_FULL }, { 512, CVM_LAYOUT_FULL } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
        CVM_AUTO(layout) *layout = NULL;

        add_disks(domain, cases[i].disks, "virtio", "vd");
        layout = cvm_layout_new(domain);
        ck_assert_msg(layout->problem == cases[i].problem, "%u disks: %d", cases[i].disks,
                      layout->problem);
        ck_assert_uint_le(layout->buses->len, CVM_PCI_BUSES);
    }
}
END_TEST

START_TEST(test_unsupported)
{
    static const struct {
        const char *machine, *model;
        unsigned index;
        enum cvm_layout_problem problem;
    } cases[] = {
        { "pc-i440fx-7.2", "pcie-root-port", 1, CVM_LAYOUT_MACHINE },
        { "pc-q35-7.2", "dmi-to-pci-bridge", 1, CVM_LAYOUT_CONTROLLER },
        { "q35", "pcie-root-port", 0, CVM_LAYOUT_CONTROLLER },
        { "q35", "pcie-root", 1, CVM_LAYOUT_CONTROLLER },
        { "q35", "pcie-root-port", 65535, CVM_LAYOUT_CONTROLLER },
        { "q35", "pcie-root-port", 200, CVM_LAYOUT_SOUND },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
        struct cvm_controller *given = LIST(domain, domain->devices.controller, cvm_controller, 1);
        CVM_AUTO(layout) *layout = NULL;

        TEXT(domain->os.machine, cases[i].machine);
        TEXT(given->type, "pci");
        TEXT(given->common.model, cases[i].model);
        NUMBER(given->index, cases[i].index);
        layout = cvm_layout_new(domain);
        ck_assert_msg(layout->problem == cases[i].problem, "%s at %u: %d", cases[i].model,
                      cases[i].index, layout->problem);
    }
}
END_TEST

START_TEST(test_disk_places)
{
    static const struct {
        const char *bus, *target;
        unsigned number, controller, unit;
    } cases[] = {
        { "virtio", "vda", 0, 0, 0 },     { "virtio", "vdz", 25, 0, 25 },
        { "virtio", "vdaa", 26, 0, 26 },  { "scsi", "sda", 0, 0, 0 },
        { "scsi", "sdh", 7, 1, 0 },       { "scsi", "sdp", 15, 2, 1 },
        { "sata", "sdf", 5, 0, 5 },       { "sata", "sdg", 6, 1, 0 },
        { "virtio", "vdab1", 27, 0, 27 }, { "virtio", "v", 0, 0, 0 },
        { "virtio", "xvdb", 1, 0, 1 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cvm_disk disk = { 0 };
        struct cvm_disk_place place;

        TEXT(disk.bus, cases[i].bus);
        TEXT(disk.target, cases[i].target);
        place = cvm_disk_place(&disk);
        ck_assert_msg(cvm_disk_number(&disk) == cases[i].number &&
                          place.controller == cases[i].controller && place.unit == cases[i].unit,
                      "%s: %u, %u/%u", cases[i].target, cvm_disk_number(&disk), place.controller,
                      place.unit);
    }
}
END_TEST

/* A name may ask for billions of controllers. */
START_TEST(test_hostile_names)
{
    static const char *const buses[] = { "sata", "scsi", "virtio", "usb" };

    for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
        struct cvm_disk *disk = add_disks(domain, 1, buses[i], "sd");
        CVM_AUTO(layout) *layout = NULL;

        TEXT(disk->target, "sdzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz");
        layout = cvm_layout_new(domain);
        ck_assert_uint_lt(layout->controllers->len, 2000);
    }
}
END_TEST

/* Four ports of the controller, one of them for a hub of eight. */
START_TEST(test_usb)
{
    static const struct {
        unsigned hub, port;
    } expected[] = { { 0, 2 }, { 0, 3 }, { 0, 4 }, { 1, 1 }, { 1, 2 }, { 1, 3 } };
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_input *inputs = LIST(domain, domain->devices.input, cvm_input, 6);
    CVM_AUTO(layout) *layout = NULL;
    struct cvm_usb_port port;

    for (unsigned i = 0; i < 6; i++) {
        TEXT(inputs[i].type, "tablet");
        TEXT(inputs[i].bus, "usb");
    }
    layout = cvm_layout_new(domain);
    ck_assert_uint_eq(layout->usb_hubs, 1);
    for (unsigned i = 0; i < 6; i++) {
        ck_assert(cvm_layout_usb_port(layout, &inputs[i], &port));
        ck_assert_uint_eq(port.hub, expected[i].hub);
        ck_assert_uint_eq(port.port, expected[i].port);
    }
    ck_assert(!cvm_layout_usb_port(layout, domain, &port));
}
END_TEST

UNIT_MAIN("layout", test_small_guest, test_many_ports, test_bridge, test_second_bridge, test_given,
          test_given_controllers, test_problems, test_full, test_unsupported, test_disk_places,
          test_hostile_names, test_usb)
