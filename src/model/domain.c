/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain.h"

#include "model/policy.h"

struct cvm_domain *
cvm_domain_new(enum cvm_form form)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_domain *domain = cvm_arena_new0(arena, struct cvm_domain);

    domain->arena = arena;
    domain->form = form;
    domain->launch.guest = CVM_GUEST_NONE;
    return domain;
}

void
cvm_domain_free(struct cvm_domain *domain)
{
    if (domain) {
        cvm_arena_free(domain->arena);
    }
}

enum cvm_guest
cvm_domain_guest(const struct cvm_domain *domain)
{
    const struct cvm_launch *launch = &domain->launch;

    if (domain->form == CVM_FORM_XML && launch->guest == CVM_GUEST_SEV &&
        cvm_is_set(launch->policy) && (launch->policy.value & CVM_SEV_POLICY_ES)) {
        return CVM_GUEST_SEV_ES;
    }
    return launch->guest;
}

gboolean
cvm_domain_is_qemu(const struct cvm_domain *domain)
{
    return cvm_text_is(domain->virt_type, "kvm") || cvm_text_is(domain->virt_type, "qemu") ||
           cvm_text_is(domain->virt_type, "hvf");
}

gboolean
cvm_domain_is_reference(const struct cvm_domain *domain)
{
    const struct cvm_node *node = domain->from.node;

    return domain->form == CVM_FORM_XML && node && node->parent && node->children &&
           !node->children->next && g_str_equal(node->children->name, "uuid");
}

void
cvm_domain_add_problem(struct cvm_domain *domain, enum cvm_problem_kind kind,
                       const struct cvm_node *node, gboolean at_key, const char *message,
                       const char *fix)
{
    struct cvm_problem *problem = cvm_arena_new0(domain->arena, struct cvm_problem);
    struct cvm_problem **end = &domain->problems;

    problem->kind = kind;
    problem->node = node;
    problem->at_key = at_key;
    problem->message = cvm_arena_strdup(domain->arena, message);
    problem->fix = cvm_arena_strdup(domain->arena, fix);
    while (*end) {
        end = &(*end)->next;
    }
    *end = problem;
    domain->problem_count++;
}

char *
cvm_default_path(const struct cvm_default *chosen)
{
    g_autofree char *item = chosen->is_item ? g_strdup_printf("[%u]", chosen->index) : NULL;

    return g_strconcat(chosen->prefix, item ? item : "", *chosen->prefix ? "." : "", chosen->key,
                       NULL);
}

struct cvm_default *
cvm_domain_add_default(struct cvm_domain *domain, const char *prefix, const char *key,
                       const char *value, const char *reason)
{
    struct cvm_default *added = cvm_arena_new0(domain->arena, struct cvm_default);

    added->prefix = prefix;
    added->key = key;
    added->value = cvm_arena_strdup(domain->arena, value);
    added->reason = reason;
    if (domain->last_default) {
        domain->last_default->next = added;
    } else {
        domain->defaults = added;
    }
    domain->last_default = added;
    return added;
}

void
cvm_domain_add_suppressions(struct cvm_domain *domain, struct cvm_suppressions *suppressions,
                            gboolean base)
{
    struct cvm_suppression_link *link;

    if (suppressions) {
        link = cvm_arena_new0(domain->arena, struct cvm_suppression_link);
        *link = (struct cvm_suppression_link){ domain->suppressions, suppressions, base };
        domain->suppressions = link;
    }
}

static gboolean
mark_default(struct cvm_from *from, const struct cvm_node *node, const char *reason)
{
    if (from->origin != CVM_UNSET) {
        return FALSE;
    }
    from->origin = CVM_DEFAULTED;
    from->node = node;
    from->reason = reason;
    return TRUE;
}

gboolean
cvm_default_uint(struct cvm_uint *to, uint64_t value, const struct cvm_node *node,
                 const char *reason)
{
    if (!mark_default(&to->from, node, reason)) {
        return FALSE;
    }
    to->value = value;
    return TRUE;
}

gboolean
cvm_default_flag(struct cvm_flag *to, gboolean value, const struct cvm_node *node,
                 const char *reason)
{
    if (!mark_default(&to->from, node, reason)) {
        return FALSE;
    }
    to->value = value;
    return TRUE;
}

gboolean
cvm_default_text(struct cvm_text *to, const char *value, const struct cvm_node *node,
                 const char *reason)
{
    if (!mark_default(&to->from, node, reason)) {
        return FALSE;
    }
    to->value = value;
    return TRUE;
}

gboolean
cvm_domain_is_for_kubevirt(const struct cvm_domain *domain)
{
    return g_strcmp0(domain->target, "kubevirt") == 0;
}

const struct cvm_text *
cvm_disk_volume(const struct cvm_disk *disk)
{
    return !cvm_is_unset(disk->pvc)           ? &disk->pvc
           : !cvm_is_unset(disk->data_volume) ? &disk->data_volume
                                              : &disk->container_disk;
}
