/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the three parts of the 5xx topic share: memory.c holds its table, numa.c the checks of what
 * is pinned and bound where, room.c those of what fits there. */
#ifndef CVM_RULES_MEMORY_H
#define CVM_RULES_MEMORY_H

#include "rules/rule.h"

/* A message's place: the value where it has one, else the element that would hold it. */
static inline const struct cvm_from *
cvm_place(const struct cvm_from *value, const struct cvm_from *container)
{
    return value->node ? value : container;
}

/* The guest's memory is pinned against the limit that libvirt's daemon hands down, since the domain
 * asks for no other. */
gboolean
cvm_relies_on_memlock(const struct cvm_domain *domain);
/* What to write so that it does not, in the words of the input. */
const char *
cvm_locked_words(const struct cvm_domain *domain);
/* Where to say that it does so. */
const struct cvm_from *
cvm_memlock_place(const struct cvm_domain *domain);

/* Bytes of a huge page; ordinary pages; the host's size of huge pages, which is not known. */
enum { CVM_PAGES_ORDINARY = 0, CVM_PAGES_OF_HOST = 1 };
/* Of a guest NUMA cell, or (NULL) of all that have no pages of their own. */
uint64_t
cvm_page_size(const struct cvm_domain *domain, const struct cvm_cell *cell);
/* The place of the first huge pages in the domain, NULL when it has none. */
const struct cvm_from *
cvm_huge_pages_place(const struct cvm_domain *domain);

/* numa.c: ascending numbers, the caller's to g_array_unref(). */
GArray *
cvm_list_host_nodes(const struct cvm_host *host);
/* "host nodes '0-1'", for messages (NULL: all of them); the caller's to g_free(). */
char *
cvm_describe_nodes(GArray *nodes);

void
cvm_check_hugepage_size_unavailable(struct cvm_check *check); /* 506 */
void
cvm_check_hugepage_pool_too_small(struct cvm_check *check); /* 508 */
void
cvm_check_numa_node_unknown(struct cvm_check *check); /* 509 */
void
cvm_check_numa_spread(struct cvm_check *check); /* 510 */
void
cvm_check_memory_exceeds_host(struct cvm_check *check); /* 512 */

#endif
