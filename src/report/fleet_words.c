/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/fleet_words.h"

#include "report/board.h"
#include "util/cpuset.h"
#include "util/i18n.h"

/* Where nothing divides them, SEV-SNP guests take those of SEV-ES. */
static gboolean
divides_asids(const struct cvm_fleet_host *host)
{
    for (unsigned i = 0; i < host->n_pools; i++) {
        if (host->pools[i].resource == CVM_FLEET_ASIDS_SNP) {
            return TRUE;
        }
    }
    return FALSE;
}

/* "0-1"; the caller's to g_free(). */
static char *
list_nodes(uint64_t nodes)
{
    guint numbers[64], count = 0;

    for (guint i = 0; i < 64; i++) {
        if (nodes & UINT64_C(1) << i) {
            numbers[count++] = i;
        }
    }
    return cvm_cpuset_format(numbers, count);
}

/* "memory of node 0", for the middle of a sentence. The caller's to g_free(). */
static char *
name_pool(const struct cvm_fleet_host *host, const struct cvm_fleet_pool *pool)
{
    static const char *const names[] = {
        [CVM_FLEET_ASIDS_SEV] = N_("ASIDs for SEV"),
        [CVM_FLEET_ASIDS_ES] = N_("ASIDs for SEV-ES"),
        [CVM_FLEET_ASIDS_SNP] = N_("ASIDs for SEV-SNP"),
        [CVM_FLEET_MEMORY] = N_("memory"),
        [CVM_FLEET_VCPUS] = N_("vCPUs"),
    };
    g_autofree char *page = cvm_board_size(pool->page);
    g_autofree char *name = pool->resource == CVM_FLEET_HUGEPAGES
                                ? g_strdup_printf(_("%s pages"), page)
                            : pool->resource == CVM_FLEET_ASIDS_ES && !divides_asids(host)
                                ? g_strdup(_("ASIDs for SEV-ES and SEV-SNP"))
                                : g_strdup(_(names[pool->resource]));

    g_autofree char *nodes = list_nodes(pool->nodes);

    return pool->nodes == CVM_FLEET_ALL_NODES ? g_steal_pointer(&name)
           : pool->node == CVM_FLEET_ANY_NODE
               ? g_strdup_printf(_("%1$s of nodes %2$s"), name, nodes)
               : g_strdup_printf(_("%1$s of node %2$s"), name, nodes);
}

void
cvm_words_add(GPtrArray *words, const char *word)
{
    for (guint i = 0; i < words->len; i++) {
        if (g_str_equal(g_ptr_array_index(words, i), word)) {
            return;
        }
    }
    g_ptr_array_add(words, g_strdup(word));
}

char *
cvm_words_join(GPtrArray *words)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < words->len; i++) {
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(words, i));
    }
    return g_string_free(text, FALSE);
}

void
cvm_limits_add(GArray *limits, const struct cvm_fleet_host *host, const struct cvm_fleet_pool *pool)
{
    const struct cvm_limit limit = { host, pool,
                                     pool->resource == CVM_FLEET_ASIDS_ES && divides_asids(host) };

    for (guint i = 0; i < limits->len; i++) {
        const struct cvm_limit *known = &g_array_index(limits, struct cvm_limit, i);

        if (known->pool->resource == pool->resource && known->pool->page == pool->page &&
            known->pool->node == pool->node && known->pool->nodes == pool->nodes &&
            known->divided == limit.divided) {
            return;
        }
    }
    g_array_append_val(limits, limit);
}

char *
cvm_limits_join(const GArray *limits)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < limits->len; i++) {
        const struct cvm_limit *limit = &g_array_index(limits, struct cvm_limit, i);
        g_autofree char *name = name_pool(limit->host, limit->pool);

        cvm_words_add(words, name);
    }
    return cvm_words_join(words);
}
