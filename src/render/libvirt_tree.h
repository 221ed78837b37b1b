/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CVM_RENDER_LIBVIRT_TREE_H
#define CVM_RENDER_LIBVIRT_TREE_H

#include "model/domain.h"
#include "model/host.h"

/* The <domain> that `render --to libvirt` writes, in the arena, without the metadata, which may be
 * any XML. host may be NULL. */
struct cvm_node *
cvm_libvirt_tree(struct cvm_arena *arena, const struct cvm_domain *domain,
                 const struct cvm_host *host);

#endif
