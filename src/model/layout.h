/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a guest's devices are on the buses of a q35 machine, as libvirt lays them out: what libvirt
 * adds by itself (controllers, root ports) and the address of each device. Renderers write it, and
 * rules tell where there is none. */
#ifndef CVM_MODEL_LAYOUT_H
#define CVM_MODEL_LAYOUT_H

#include "model/domain.h"

struct cvm_pci_address {
    unsigned bus, slot, function;
    gboolean multifunction; /* function 0, and others of the slot are in use */
};

enum { CVM_PCI_SLOTS = 32, CVM_PCI_FUNCTIONS = 8, CVM_PCI_BUSES = 256 };

enum cvm_pci_kind {
    CVM_PCI_ROOT,        /* pcie-root, which the machine has */
    CVM_PCI_PORT,        /* pcie-root-port: one device */
    CVM_PCI_FROM_PCIE,   /* pcie-to-pci-bridge: devices of conventional PCI */
    CVM_PCI_BRIDGE,      /* pci-bridge, on one of those */
    CVM_PCI_UNSUPPORTED, /* another, which is not laid out here */
};

struct cvm_pci_bus {
    enum cvm_pci_kind kind;
    const struct cvm_controller *given; /* NULL: added */
    struct cvm_pci_address address;     /* of the controller; not of the root */
    unsigned offers, assigns;           /* enum need bits: when asked for by address; otherwise */
    uint8_t used[CVM_PCI_SLOTS];        /* a bit a function */
    uint32_t shared;                    /* slots that root ports share */
};

/* A controller of another kind. */
struct cvm_layout_controller {
    const struct cvm_controller *given; /* NULL: added */
    const char *type;                   /* usb | sata | scsi | virtio-serial */
    const char *model;                  /* NULL: the usual one */
    unsigned index;
};

enum cvm_layout_problem {
    CVM_LAYOUT_SOUND,
    CVM_LAYOUT_MACHINE,    /* no q35 */
    CVM_LAYOUT_CONTROLLER, /* a controller that is not laid out */
    CVM_LAYOUT_SCSI,       /* a disk on a SCSI controller that is not listed */
    CVM_LAYOUT_TAKEN,      /* two at one address */
    CVM_LAYOUT_UNFIT,      /* no device of its kind can be at the address */
    CVM_LAYOUT_FULL,       /* no address is left */
};

struct cvm_layout {
    GArray *buses;          /* struct cvm_pci_bus; [0] is the root */
    GPtrArray *controllers; /* struct cvm_layout_controller *, in libvirt's order */
    GPtrArray *disks;       /* const struct cvm_disk *, in libvirt's order: by bus, then by name */
    GHashTable *places;     /* device, or struct cvm_layout_controller * -> its address */
    GPtrArray *usb;         /* devices of the domain on USB, in the order in which they get ports */
    unsigned usb_hubs;      /* added, on the first ports of the first USB controller */
    enum cvm_layout_problem problem; /* the first: then not all devices have an address */
    const struct cvm_from *at;       /* where it was met */
    char address[sizeof "0000:00:00.0"];
};

/* The caller's to free. The domain is resolved, and outlives it. */
struct cvm_layout *
cvm_layout_new(const struct cvm_domain *domain);
void
cvm_layout_free(struct cvm_layout *layout);
CVM_DEFINE_AUTO(layout)

/* Of a device (struct cvm_disk *, …, struct cvm_layout_controller *); NULL when it is not on a PCI
 * bus. */
const struct cvm_pci_address *
cvm_layout_place(const struct cvm_layout *layout, const void *device);
/* Of a device on USB; FALSE when there is none left. */
struct cvm_usb_port {
    unsigned controller;
    unsigned hub; /* on that port; 0: on the controller itself */
    unsigned port;
};
gboolean
cvm_layout_usb_port(const struct cvm_layout *layout, const void *device,
                    struct cvm_usb_port *result);
/* The number of a disk's name: 0 for "vda", 26 for "sdaa"; 0 for none. */
unsigned
cvm_disk_number(const struct cvm_disk *disk);

/* A disk's place on a bus that is none of PCI. */
struct cvm_disk_place {
    unsigned controller, unit;
};
struct cvm_disk_place
cvm_disk_place(const struct cvm_disk *disk);

#endif
