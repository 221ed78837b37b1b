/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kubevirt.h"

#include <string.h>

#include "model/policy.h"

enum {
    LABEL_MAX = 63,   /* RFC 1123 */
    QUEUES_MAX = 256, /* virtwrap/converter/network: MultiQueueMaxQueues */
};

/* virtwrap/launchsecurity/sev.go: SEVPolicyToBits(), SEVSNPPolicyToBits(). */
uint64_t
cvm_kubevirt_policy(enum cvm_guest guest)
{
    switch (guest) {
    case CVM_GUEST_SEV:
        return CVM_SEV_POLICY_NODBG;
    case CVM_GUEST_SEV_ES:
        return CVM_SEV_POLICY_NODBG | CVM_SEV_POLICY_ES;
    case CVM_GUEST_SEV_SNP:
        return CVM_SNP_POLICY_SMT | CVM_SNP_POLICY_RESERVED_ONE;
    default:
        return 0;
    }
}

gboolean
cvm_kubevirt_is_attested(const struct cvm_domain *domain)
{
    return cvm_domain_guest(domain) & CVM_GUEST_LEGACY &&
           (cvm_is_set(domain->launch.session) || cvm_is_set(domain->launch.dh_cert));
}

gboolean
cvm_kubevirt_is_pinned(const struct cvm_domain *domain)
{
    return domain->vcpu.pin.count > 0 || cvm_is_on(domain->vcpu.pin_auto);
}

gboolean
cvm_kubevirt_wants_nodes(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cvm_is_set(cell->nodeset)) {
            return TRUE;
        }
    }
    return cvm_is_set(domain->numatune.nodeset) || cvm_is_on(domain->numatune.nodeset_auto);
}

/* virt-api, validateNUMA(). */
gboolean
cvm_kubevirt_binds_nodes(const struct cvm_domain *domain)
{
    return cvm_kubevirt_wants_nodes(domain) && cvm_kubevirt_is_pinned(domain) &&
           cvm_is_set(domain->memory.hugepages) &&
           cvm_kubevirt_page_size(domain->memory.hugepages.value);
}

/* Kubernetes, "Manage HugePages": hugepages-2Mi and hugepages-1Gi are those of x86. */
const char *
cvm_kubevirt_page_size(uint64_t bytes)
{
    return bytes == UINT64_C(2) << 20 ? "2Mi" : bytes == UINT64_C(1) << 30 ? "1Gi" : NULL;
}

/* virt-api, validateBusSupport(): only disks on virtio have threads. */
gboolean
cvm_kubevirt_has_own_thread(const struct cvm_domain *domain, const struct cvm_disk *disk)
{
    if (!cvm_is_set(disk->iothread) || !cvm_text_is(disk->bus, "virtio")) {
        return FALSE;
    }
    cvm_each (struct cvm_disk, other, &domain->devices.disk) {
        if (other != disk && cvm_is_set(other->iothread) &&
            other->iothread.value == disk->iothread.value) {
            return FALSE;
        }
    }
    return TRUE;
}

/* As libvirt, KubeVirt with "Manual" starts a guest when it is told to, and leaves it off. */
const char *
cvm_kubevirt_run_strategy(const struct cvm_domain *domain)
{
    return cvm_text_is(domain->on_poweroff, "restart") ? "Always"
           : cvm_text_is(domain->on_crash, "restart")  ? "RerunOnFailure"
                                                       : "Manual";
}

uint64_t
cvm_kubevirt_queues(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->vcpu.count) ? MIN(domain->vcpu.count.value, QUEUES_MAX) : 1;
}

gboolean
cvm_kubevirt_is_label(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= LABEL_MAX && text[0] != '-' && text[length - 1] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static const char *
name_of_alias(const struct cvm_device *device)
{
    const char *alias = cvm_is_set(device->alias) ? device->alias.value : "";

    return g_str_has_prefix(alias, "ua-") && cvm_kubevirt_is_label(alias + strlen("ua-"))
               ? alias + strlen("ua-")
               : NULL;
}

static gboolean
is_taken(const struct cvm_list *list, size_t size, size_t common, const char *name)
{
    for (unsigned i = 0; i < list->count; i++) {
        const char *alias =
            name_of_alias(G_STRUCT_MEMBER_P((const char *)list->items + i * size, common));

        if (g_strcmp0(alias, name) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

char *
cvm_kubevirt_device_name(const struct cvm_list *list, size_t size, size_t common, unsigned i,
                         const char *prefix)
{
    const char *alias =
        name_of_alias(G_STRUCT_MEMBER_P((const char *)list->items + i * size, common));
    char *name = alias ? g_strdup(alias) : g_strdup_printf("%s%u", prefix, i);

    while (!alias && is_taken(list, size, common, name)) {
        char *longer = g_strconcat(name, "x", NULL);

        g_free(name);
        name = longer;
    }
    return name;
}
