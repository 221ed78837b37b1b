/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All of QEMU's command line but the devices, in libvirt's order (qemuBuildCommandLine). */
#include "render/qemu.h"

static void
add_name(struct cvm_qemu *qemu)
{
    const struct cvm_text *name = &qemu->domain->name;

    if (cvm_is_set(*name)) {
        g_autofree char *escaped = cvm_qemu_escape(name->value);

        cvm_qemu_add(qemu, "-name", "guest=%s,debug-threads=on", escaped);
    }
}

void
cvm_qemu_frame(struct cvm_qemu *qemu)
{
    add_name(qemu);
    cvm_qemu_add_flag(qemu, "-no-user-config");
    cvm_qemu_add_flag(qemu, "-nodefaults");
}

void
cvm_qemu_frame_end(struct cvm_qemu *qemu)
{
    cvm_qemu_add(qemu, "-msg", "timestamp=on");
}
