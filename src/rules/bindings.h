/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of a guest's memory may come from which of a host's nodes: what the checks of room judge
 * one guest by, and fleet/ counts many by. */
#ifndef CVM_RULES_BINDINGS_H
#define CVM_RULES_BINDINGS_H

#include "model/domain.h"
#include "model/host.h"

#define CVM_PAGES_ANY G_MAXUINT64

/* A part of the guest's memory. */
struct cvm_binding {
    const struct cvm_from *at;
    GArray *nodes; /* ascending host nodes; NULL when any will do */
    uint64_t bytes;
};

/* Of memory in pages of one size, or in any (CVM_PAGES_ANY); the caller's to g_array_unref(). host
 * NULL: whatever nodes are named are there. at is the place of memory without cells; by_cell: each
 * cell's own nodeset counts. */
GArray *
cvm_list_bindings(const struct cvm_domain *domain, const struct cvm_host *host,
                  const struct cvm_from *at, uint64_t page, gboolean by_cell);
/* Has an earlier binding of the list spoken for these nodes? */
gboolean
cvm_binding_is_repeated(GArray *bindings, guint index);
/* All that can only come from the binding's nodes, or from some of them, in units, each part
 * rounded up. */
uint64_t
cvm_sum_bindings(GArray *bindings, const struct cvm_binding *binding, uint64_t unit);

/* A size of huge pages that the guest asks for, and where it first does. */
struct cvm_page_demand {
    uint64_t size;
    const struct cvm_from *at;
};

/* Each size once, but for the host's own; the caller's to g_array_unref(). */
GArray *
cvm_list_page_demands(const struct cvm_domain *domain);

#endif
