/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What KubeVirt makes of a domain: render/ writes by it and rules/ judge by it. "virt-api" and
 * "virt-launcher" in comments are KubeVirt's programs, with paths below pkg/ of its source
 * (kubevirt/kubevirt, as of 1.9). */
#ifndef CVM_MODEL_KUBEVIRT_H
#define CVM_MODEL_KUBEVIRT_H

#include "model/domain.h"

/* The policy that it starts such a guest with, which its API cannot change; 0 where there is none.
 */
uint64_t
cvm_kubevirt_policy(enum cvm_guest guest);

/* Session and certificate of a guest owner: it starts paused and waits to be attested. */
gboolean
cvm_kubevirt_is_attested(const struct cvm_domain *domain);

/* Each vCPU gets a CPU of its own, as pins do; which one is the kubelet's choice. */
gboolean
cvm_kubevirt_is_pinned(const struct cvm_domain *domain);

/* Memory is bound to host nodes, and what KubeVirt wants for that is there: pinned vCPUs and huge
 * pages. The first alone is cvm_kubevirt_wants_nodes(). */
gboolean
cvm_kubevirt_wants_nodes(const struct cvm_domain *domain);
gboolean
cvm_kubevirt_binds_nodes(const struct cvm_domain *domain);

/* The size of huge pages in Kubernetes' words, NULL for one that x86 nodes do not have. */
const char *
cvm_kubevirt_page_size(uint64_t bytes);

/* A disk whose I/O thread serves nothing else. */
gboolean
cvm_kubevirt_has_own_thread(const struct cvm_domain *domain, const struct cvm_disk *disk);

/* "Manual", "RerunOnFailure" or "Always": who starts the guest again, and when. */
const char *
cvm_kubevirt_run_strategy(const struct cvm_domain *domain);

/* Queues that each virtio disk and card gets once any asks for several: one a vCPU. */
uint64_t
cvm_kubevirt_queues(const struct cvm_domain *domain);

/* The name of item i of a list of devices: its alias without "ua-", from which KubeVirt makes that
 * alias again, or prefix and a number that no alias takes; the caller's to g_free(). */
char *
cvm_kubevirt_device_name(const struct cvm_list *list, size_t size, size_t common, unsigned i,
                         const char *prefix);
#define CVM_KUBEVIRT_NAME(list, type, i, prefix)                                                   \
    cvm_kubevirt_device_name((list), sizeof(struct type), offsetof(struct type, common), (i),      \
                             (prefix))

/* A label of DNS: lower-case letters, digits and '-', at most 63 of them (RFC 1123; IsDNS1123Label
 * of k8s.io/apimachinery). */
gboolean
cvm_kubevirt_is_label(const char *text);

#endif
