/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain out, one file a target; a renderer neither checks nor defaults. */
#ifndef CVM_RENDER_RENDER_H
#define CVM_RENDER_RENDER_H

#include "model/domain.h"
#include "model/host.h"

struct cvm_renderer {
    const char *name;    /* of --to */
    const char *suffix;  /* of files in an output folder: ".xml" */
    const char *summary; /* N_("…") */
    const char *rules;   /* whose rules tell what it cannot say: cvm_topic.target; NULL for none */
    /* The same input gives the same bytes. host may be NULL. */
    void (*render)(const struct cvm_domain *domain, const struct cvm_host *host, GString *out);
};

extern const struct cvm_renderer cvm_renderer_kubevirt;
extern const struct cvm_renderer cvm_renderer_libvirt;
extern const struct cvm_renderer cvm_renderer_qemu;
extern const struct cvm_renderer cvm_renderer_systemd;
extern const struct cvm_renderer cvm_renderer_virt_install;

/* Row i, NULL beyond the last. */
const struct cvm_renderer *
cvm_renderer_at(unsigned i);
const struct cvm_renderer *
cvm_renderer_find(const char *name);

#endif
