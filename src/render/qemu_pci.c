/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where each device is on the guest's PCI buses, as libvirt lays them out. */
#include "render/qemu.h"

void
cvm_qemu_layout(struct cvm_qemu *qemu)
{
    (void)qemu;
}

void
cvm_qemu_layout_free(struct cvm_qemu_pci *pci)
{
    (void)pci;
}
