/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as KubeVirt's VirtualMachine (kubevirt.io/v1): what its files share. */
#ifndef CVM_RENDER_KUBEVIRT_H
#define CVM_RENDER_KUBEVIRT_H

#include "model/domain.h"
#include "util/yaml_out.h"

/* Members that are set; nothing for others. */
void
cvm_kubevirt_text(struct cvm_yaml *yaml, const char *key, const struct cvm_text *value);
void
cvm_kubevirt_uint(struct cvm_yaml *yaml, const char *key, const struct cvm_uint *value);
/* "key: {}" */
void
cvm_kubevirt_empty(struct cvm_yaml *yaml, const char *key);

/* spec.template.spec.domain.devices */
void
cvm_kubevirt_devices(struct cvm_yaml *yaml, const struct cvm_domain *domain);
/* Its volumes and networks, which stand beside the domain. */
void
cvm_kubevirt_volumes(struct cvm_yaml *yaml, const struct cvm_domain *domain);
void
cvm_kubevirt_networks(struct cvm_yaml *yaml, const struct cvm_domain *domain);

#endif
