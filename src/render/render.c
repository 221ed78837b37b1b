/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/render.h"

static const struct cvm_renderer *const renderers[] = {
    &cvm_renderer_libvirt,      &cvm_renderer_qemu,     &cvm_renderer_systemd,
    &cvm_renderer_virt_install, &cvm_renderer_kubevirt,
};

const struct cvm_renderer *
cvm_renderer_at(unsigned i)
{
    return i < G_N_ELEMENTS(renderers) ? renderers[i] : NULL;
}

const struct cvm_renderer *
cvm_renderer_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(renderers); i++) {
        if (g_str_equal(renderers[i]->name, name)) {
            return renderers[i];
        }
    }
    return NULL;
}
