/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locked memory, its limit, and the backing that shared-memory devices need. */
#include "model/need.h"
#include "resolve/choose.h"
#include "util/i18n.h"

/* KVM pins all memory of a SEV and SEV-ES guest and charges it to RLIMIT_MEMLOCK; libvirt raises
 * that limit for <locked/> and for a hard_limit. SEV-SNP's private memory is never pinned so, and
 * locking doubles it. */
static void
choose_locking(struct cvm_choice *choice)
{
    struct cvm_memory *memory = &choice->domain->memory;
    struct cvm_memory_need need;

    if (cvm_is_on(memory->hard_limit_auto) && choice->guest & CVM_GUEST_LEGACY &&
        cvm_memory_need(choice->domain, &need)) {
        cvm_choose_size(choice, "hardLimit", &memory->hard_limit, need.total,
                        _("the guest's memory and what QEMU and KVM need besides"));
    }
    if (choice->guest & CVM_GUEST_LEGACY && !cvm_is_on(memory->hard_limit_auto) &&
        memory->hard_limit.from.origin == CVM_UNSET) {
        cvm_choose_flag(choice, "locked", &memory->locked, TRUE,
                        _("KVM pins all memory of such a guest, beyond the usual limit"));
    }
}

static gboolean
shares_memory(const struct cvm_devices *devices)
{
    cvm_each (struct cvm_filesystem, filesystem, &devices->filesystem) {
        if (cvm_text_is(filesystem->driver, "virtiofs")) {
            return TRUE;
        }
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        if (cvm_text_is(interface->type, "vhostuser")) {
            return TRUE;
        }
    }
    return FALSE;
}

void
cvm_resolve_memory(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;
    struct cvm_memory *memory = &domain->memory;

    cvm_choose_in(choice, "memory", &memory->from);
    choose_locking(choice);
    if (shares_memory(&domain->devices)) {
        /* libvirt refuses memfd together with hugepages, which are a shareable file already. */
        if (!cvm_is_set(memory->hugepages)) {
            cvm_choose_text(choice, "source", &memory->source, "memfd",
                            _("a device in another process maps the guest's memory"));
        }
        cvm_choose_text(choice, "access", &memory->access, "shared",
                        _("a device in another process maps the guest's memory"));
    }
    if (cvm_is_set(memory->max)) {
        cvm_choose_uint(choice, "slots", &memory->slots, 16,
                        _("room for a few memory modules to be plugged"));
    }
}
