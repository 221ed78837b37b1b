/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's devices on QEMU's command line. */
#include "render/qemu.h"

void
cvm_qemu_devices(struct cvm_qemu *qemu)
{
    (void)qemu;
}
