/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/choose.h"

#include "model/policy.h"
#include "util/number.h"

void
cvm_choose_in(struct cvm_choice *choice, const char *prefix, const struct cvm_from *from)
{
    choice->prefix = prefix;
    choice->is_item = FALSE;
    choice->node = from->node ? from->node : choice->domain->from.node;
}

void
cvm_choose_in_item(struct cvm_choice *choice, const char *prefix, unsigned index,
                   const struct cvm_from *from)
{
    cvm_choose_in(choice, prefix, from);
    choice->is_item = TRUE;
    choice->index = index;
}

static void
record(const struct cvm_choice *choice, const char *name, const char *value, const char *reason)
{
    struct cvm_default *added =
        cvm_domain_add_default(choice->domain, choice->prefix, name, value, reason);

    added->is_item = choice->is_item;
    added->index = choice->index;
}

void
cvm_choose_text(struct cvm_choice *choice, const char *name, struct cvm_text *to, const char *value,
                const char *reason)
{
    if (value && cvm_default_text(to, value, choice->node, reason)) {
        record(choice, name, value, reason);
    }
}

void
cvm_choose_flag(struct cvm_choice *choice, const char *name, struct cvm_flag *to, gboolean value,
                const char *reason)
{
    if (cvm_default_flag(to, value, choice->node, reason)) {
        record(choice, name, value ? "true" : "false", reason);
    }
}

void
cvm_choose_uint(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t value,
                const char *reason)
{
    char digits[CVM_NUMBER_SIZE];

    if (cvm_default_uint(to, value, choice->node, reason)) {
        record(choice, name, cvm_number_format(digits, value), reason);
    }
}

void
cvm_choose_size(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t bytes,
                const char *reason)
{
    if (cvm_default_uint(to, bytes, choice->node, reason)) {
        g_autofree char *told = cvm_size_format(bytes);

        record(choice, name, told, reason);
    }
}

void
cvm_choose_policy(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t policy,
                  const char *reason)
{
    if (cvm_default_uint(to, policy, choice->node, reason)) {
        g_autofree char *told = cvm_policy_format(choice->guest, policy);

        record(choice, name, told, reason);
    }
}

void *
cvm_choose_list(struct cvm_choice *choice, const char *name, struct cvm_list *to, size_t size,
                unsigned count, const char *value, const char *reason)
{
    if (to->from.origin != CVM_UNSET) {
        return NULL;
    }
    to->from.origin = CVM_DEFAULTED;
    to->from.node = choice->node;
    to->from.reason = reason;
    to->items = cvm_arena_alloc(choice->domain->arena, size * count);
    to->count = count;
    for (unsigned i = 0; i < count; i++) {
        *(struct cvm_from *)((char *)to->items + i * size) = to->from;
    }
    record(choice, name, value, reason);
    return to->items;
}
