/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a domain by hand: TEXT(domain->name, "db") is what a reader does with "name: db". */
#ifndef CVM_TESTS_DOMAIN_FIXTURE_H
#define CVM_TESTS_DOMAIN_FIXTURE_H

#include "model/domain.h"

#define TEXT(to, text) ((to).from.origin = CVM_GIVEN, (to).value = (text))
#define NUMBER(to, number) ((to).from.origin = CVM_GIVEN, (to).value = (number))
#define FLAG(to, flag) ((to).from.origin = CVM_GIVEN, (to).value = (flag))
#define BLOB(to, text) ((to).from.origin = CVM_GIVEN, (to).base64 = (text))
#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

/* Makes list an array of n zeroed structs and returns it. */
#define LIST(domain, list, type, n)                                                                \
    ((struct type *)fill_list((domain), &(list), sizeof(struct type), (n)))

static inline void *
fill_list(struct cvm_domain *domain, struct cvm_list *list, size_t size, unsigned count)
{
    list->from.origin = CVM_GIVEN;
    list->items = cvm_arena_alloc(domain->arena, size * count);
    list->count = count;
    return list->items;
}

static inline struct cvm_domain *
new_domain(enum cvm_guest guest)
{
    struct cvm_domain *domain = cvm_domain_new(CVM_FORM_PROFILE);

    TEXT(domain->name, "guest");
    NUMBER(domain->memory.size, 4 * GIB);
    NUMBER(domain->vcpu.count, 2);
    TEXT(domain->launch.type, cvm_guest_info(guest)->name);
    domain->launch.guest = guest;
    return domain;
}

#endif
