/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve/choose.h"

#include "model/policy.h"
#include "util/number.h"

void
cvm_choose_in(struct cvm_choice *choice, const char *prefix, const struct cvm_from *from)
{
    choice->prefix = prefix;
    choice->node = from->node ? from->node : choice->domain->from.node;
}

static void
record(struct cvm_choice *choice, const char *name, const char *value, const char *reason)
{
    g_autofree char *path =
        *choice->prefix ? g_strconcat(choice->prefix, ".", name, NULL) : g_strdup(name);

    cvm_domain_add_default(choice->domain, path, value, reason);
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

static void
choose_number(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t value,
              char *told, const char *reason)
{
    if (cvm_default_uint(to, value, choice->node, reason)) {
        record(choice, name, told, reason);
    }
    g_free(told);
}

void
cvm_choose_uint(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t value,
                const char *reason)
{
    choose_number(choice, name, to, value, g_strdup_printf("%" G_GUINT64_FORMAT, value), reason);
}

void
cvm_choose_size(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t bytes,
                const char *reason)
{
    choose_number(choice, name, to, bytes, cvm_size_format(bytes), reason);
}

void
cvm_choose_policy(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t policy,
                  const char *reason)
{
    choose_number(choice, name, to, policy, cvm_policy_format(choice->guest, policy), reason);
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
