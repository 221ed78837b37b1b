/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two files of the layout share. */
#ifndef CVM_MODEL_LAYOUT_PCI_H
#define CVM_MODEL_LAYOUT_PCI_H

#include "model/layout.h"

/* What something wants to be plugged into; bits. */
enum cvm_pci_need {
    CVM_PCI_NEEDS_NOTHING = 0,
    CVM_PCI_NEEDS_PCIE = 1 << 0,
    CVM_PCI_NEEDS_PCI = 1 << 1,
    CVM_PCI_NEEDS_ROOT = 1 << 2, /* a root port */
    CVM_PCI_NEEDS_PORT = 1 << 3, /* a bridge from PCI Express to PCI */
    CVM_PCI_NEEDS_PLUG = 1 << 4, /* a bridge from PCI to PCI */
    CVM_PCI_NEEDS_DEVICE = CVM_PCI_NEEDS_PCIE | CVM_PCI_NEEDS_PCI,
};

struct cvm_pci_device {
    const void *device;              /* its key among the places */
    const struct cvm_device *common; /* NULL: added */
    const struct cvm_from *from;     /* NULL: added */
    enum cvm_pci_need need;
    gboolean primary; /* the machine's own screen */
};

/* Gives buses and places to struct cvm_pci_device in the order in which libvirt does. */
void
cvm_layout_pci(struct cvm_layout *layout, const struct cvm_domain *domain, const GArray *devices);

#endif
