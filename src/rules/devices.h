/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the 6xx topic share: devices.c holds the table of CVM607 to CVM617, cpu.c has
 * what CVM614 does. */
#ifndef CVM_RULES_DEVICES_H
#define CVM_RULES_DEVICES_H

#include "rules/rule.h"

/* The host's domain capabilities are about guests like this one. */
gboolean
cvm_speaks_of_guest(const struct cvm_domain *domain, const struct cvm_host *host);

/* Its virtio devices come up in their modern form on an i440fx, too. */
gboolean
cvm_virtio_is_modern(struct cvm_check *check); /* virtio.c */

void
cvm_check_cpu_model(struct cvm_check *check); /* 614 */

#endif
