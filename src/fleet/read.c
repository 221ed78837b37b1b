/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and hosts in, each read once. */
#include <string.h>

#include "fleet/fleet.h"
#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"

enum { VCPUS_PER_CPU_MAX = 1000 };

/* The name that others may not have; FALSE, with the error set, where one has. */
static gboolean
is_new(const struct cvm_fleet *fleet, const struct cvm_domain *domain, const char *path,
       GHashTable *own, GError **error)
{
    const char *name = domain->name.value;

    if (domain->form != CVM_FORM_PROFILE) {
        return cvm_error_set(error, CVM_ERROR_UNSUPPORTED,
                             _("'%s' is domain XML: a fleet is judged for profiles"), path) == 0;
    }
    if (!name) {
        return cvm_error_set(error, CVM_ERROR_UNSUPPORTED,
                             _("a profile of '%s' has no name: nobody could say which one runs "
                               "where"),
                             path) == 0;
    }
    if (g_hash_table_contains(fleet->detail->names, name) || !g_hash_table_add(own, (char *)name)) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("two profiles are called '%s': nobody could say which one runs "
                               "where"),
                             name) == 0;
    }
    return TRUE;
}

static void
add_profile(struct cvm_fleet *fleet, struct cvm_domain *domain, const char *path)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    struct cvm_fleet_demand demand;
    struct cvm_fleet_profile profile = {
        .name = cvm_arena_strdup(fleet->arena, domain->name.value),
        .file = cvm_arena_strdup(fleet->arena, path),
        .guest = cvm_domain_guest(domain),
        .memory = domain->memory.size.value,
        .hugepages = domain->memory.hugepages.value,
        .kind = detail->domains->len,
    };

    cvm_fleet_demand_init(fleet->arena, domain, &demand);
    profile.vcpus = demand.vcpus;
    g_array_append_val(detail->demands, demand);
    g_array_append_val(detail->profiles, profile);
    g_ptr_array_add(detail->domains, domain);
    g_hash_table_insert(detail->names, (char *)profile.name,
                        GUINT_TO_POINTER(detail->profiles->len));
}

int
cvm_fleet_add_profiles(struct cvm_fleet *fleet, const char *path, const char *const *sets,
                       GError **error)
{
    g_autoptr(GPtrArray) domains = NULL;
    g_autoptr(GHashTable) own = g_hash_table_new(g_str_hash, g_str_equal);

    if (fleet->detail->hosts->len > 0) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("profiles are added to a fleet before its hosts"));
    }
    domains = cvm_documents_read(path, sets, error);
    for (guint i = 0; domains && i < domains->len; i++) {
        if (!is_new(fleet, g_ptr_array_index(domains, i), path, own, error)) {
            return -1;
        }
    }
    while (domains && domains->len > 0) {
        add_profile(fleet, g_ptr_array_steal_index(domains, 0), path);
    }
    return domains ? 0 : -1;
}

/* What the rules say of every kind of profile on it. */
static void
add_host_kind(struct cvm_fleet *fleet, const struct cvm_host *host)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    struct cvm_fleet_reasons *column = g_new0(struct cvm_fleet_reasons, detail->domains->len);

    for (guint i = 0; i < detail->domains->len; i++) {
        column[i] = cvm_fleet_run_rules(fleet->arena, g_ptr_array_index(detail->domains, i), host);
    }
    g_ptr_array_add(detail->columns, column);
}

/* What 'auto' looks at beside the pools. */
static struct cvm_topology
keep_topology(struct cvm_arena *arena, const struct cvm_topology *topology)
{
    struct cvm_topology kept = { .n_nodes = topology->n_nodes };

    kept.nodes = cvm_arena_array(arena, struct cvm_host_node, topology->n_nodes);
    for (unsigned i = 0; i < topology->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];

        kept.nodes[i].id = node->id;
        kept.nodes[i].n_cpus = node->n_cpus;
        if (node->distances) {
            kept.nodes[i].distances = cvm_arena_array(arena, unsigned, topology->n_nodes);
            memcpy(kept.nodes[i].distances, node->distances,
                   topology->n_nodes * sizeof *node->distances);
        }
    }
    return kept;
}

int
cvm_fleet_add_host(struct cvm_fleet *fleet, const char *path, GError **error)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    CVM_AUTO(host) *host = cvm_host_read(path, error);
    struct cvm_fleet_host added = { .kind = detail->columns->len };
    struct cvm_topology topology;

    if (!host) {
        return -1;
    }
    if (g_hash_table_contains(detail->host_names, host->name)) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("two hosts are called '%s': nobody could say which one is meant"),
                             host->name);
    }
    added.name = cvm_arena_strdup(fleet->arena, host->name);
    added.file = cvm_arena_strdup(fleet->arena, path);
    added.processor =
        host->cpu_model_name ? cvm_arena_strdup(fleet->arena, host->cpu_model_name) : NULL;
    cvm_fleet_pools_init(fleet->arena, host, fleet->vcpus_per_cpu, detail->demands, &added);
    topology = keep_topology(fleet->arena, &host->topology);
    add_host_kind(fleet, host);
    g_array_append_val(detail->hosts, added);
    g_array_append_val(detail->topologies, topology);
    g_hash_table_add(detail->host_names, (char *)added.name);
    return 0;
}

int
cvm_fleet_set_vcpus_per_cpu(struct cvm_fleet *fleet, double vcpus, GError **error)
{
    if (!(vcpus > 0 && vcpus <= VCPUS_PER_CPU_MAX) || fleet->detail->hosts->len > 0) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("the vCPUs of a CPU are a number above 0 and up to %d, said before "
                               "there are hosts"),
                             VCPUS_PER_CPU_MAX);
    }
    fleet->vcpus_per_cpu = vcpus;
    return 0;
}

int
cvm_fleet_want(struct cvm_fleet *fleet, const char *name, unsigned guests, GError **error)
{
    struct cvm_fleet_profile *profiles = (void *)fleet->detail->profiles->data;
    unsigned place = name ? GPOINTER_TO_UINT(g_hash_table_lookup(fleet->detail->names, name)) : 0;

    if (name && place == 0) {
        return cvm_error_set(error, CVM_ERROR_USAGE, _("no profile is called '%s'"), name);
    }
    for (guint i = 0; i < fleet->detail->profiles->len; i++) {
        if (!name || i == place - 1) {
            profiles[i].wanted = guests;
        }
    }
    return 0;
}
