/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and hosts in, each read once. */
#include <string.h>

#include "fleet/fleet.h"
#include "read/read.h"
#include "util/error.h"
#include "util/file.h"
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

/* Takes the domain over. */
static unsigned
find_kind(struct cvm_fleet_detail *detail, struct cvm_domain *domain)
{
    struct cvm_fleet_profile_kind kind = { domain, cvm_profile_sight(domain) };
    GBytes *key = cvm_profile_key(domain);
    unsigned known = key ? GPOINTER_TO_UINT(g_hash_table_lookup(detail->kind_keys, key)) : 0;

    if (known) {
        g_bytes_unref(key);
        cvm_domain_free(domain);
        return known - 1;
    }
    g_array_append_val(detail->kinds, kind);
    if (key) {
        g_hash_table_insert(detail->kind_keys, key, GUINT_TO_POINTER(detail->kinds->len));
    }
    return detail->kinds->len - 1;
}

/* The first profile of that kind and demand. */
static unsigned
find_twin(struct cvm_fleet_detail *detail, unsigned kind, const struct cvm_fleet_demand *demand)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GBytes) key = NULL;
    unsigned known;

    g_string_printf(text, "%u %d %u %d %d %d %d %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, kind,
                    (int)demand->asid, demand->vcpus, demand->uncounted, demand->chooses,
                    demand->pins, demand->bound, demand->memory, demand->page);
    for (unsigned i = 0; i < demand->n_claims; i++) {
        const struct cvm_fleet_claim *claim = &demand->claims[i];

        g_string_append_printf(text,
                               "|%d %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                               " %" G_GUINT64_FORMAT,
                               (int)claim->resource, claim->page, claim->nodes, claim->bytes,
                               claim->beside);
    }
    key = g_string_free_to_bytes(text);
    known = GPOINTER_TO_UINT(g_hash_table_lookup(detail->twin_keys, key));
    if (known == 0) {
        known = detail->profiles->len + 1;
        g_hash_table_insert(detail->twin_keys, g_bytes_ref(key), GUINT_TO_POINTER(known));
    }
    return known - 1;
}

static void
add_profile(struct cvm_fleet *fleet, struct cvm_domain *domain, const char *path)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    struct cvm_fleet_demand demand;
    unsigned twin;
    struct cvm_fleet_profile profile = {
        .name = cvm_arena_strdup(fleet->arena, domain->name.value),
        .file = cvm_arena_strdup(fleet->arena, path),
        .guest = cvm_domain_guest(domain),
        .memory = domain->memory.size.value,
        .hugepages = domain->memory.hugepages.value,
    };

    cvm_fleet_demand_init(fleet->arena, domain, &demand);
    profile.vcpus = demand.vcpus;
    profile.kind = find_kind(detail, domain);
    twin = find_twin(detail, profile.kind, &demand);
    g_array_append_val(detail->twins, twin);
    g_array_append_val(detail->demands, demand);
    g_array_append_val(detail->profiles, profile);
    fleet->profiles = (void *)detail->profiles->data; /* of a fleet that is judged already */
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

/* ---- hosts ---- */

static const struct cvm_fleet_profile_kind *
kind_at(const struct cvm_fleet_detail *detail, guint i)
{
    return &g_array_index(detail->kinds, struct cvm_fleet_profile_kind, i);
}

/* What the rules say of all profiles that see so much of a host. */
static const struct cvm_fleet_reasons *
ask_rules(struct cvm_fleet *fleet, const struct cvm_host *host, enum cvm_fleet_sight sight,
          GBytes *key)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    struct cvm_fleet_reasons *said = g_hash_table_lookup(detail->said, key);
    CVM_AUTO(arena) *arena = cvm_arena_new();
    struct cvm_host plenty;

    if (said) {
        return said;
    }
    said = g_new0(struct cvm_fleet_reasons, detail->kinds->len);
    g_hash_table_insert(detail->said, g_bytes_ref(key), said);
    plenty = cvm_host_with_plenty(arena, host);
    for (guint i = 0; i < detail->kinds->len; i++) {
        const struct cvm_fleet_profile_kind *kind = kind_at(detail, i);

        if (kind->sight == sight) {
            said[i] = cvm_fleet_run_rules(fleet->arena, kind->domain, &plenty);
        }
    }
    return said;
}

static enum cvm_fleet_sight
find_sight(const struct cvm_fleet_detail *detail)
{
    enum cvm_fleet_sight most = CVM_FLEET_BASE;

    for (guint i = 0; i < detail->kinds->len; i++) {
        most = MAX(most, kind_at(detail, i)->sight);
    }
    return most;
}

static void
fill_column(struct cvm_fleet *fleet, const struct cvm_host *host, enum cvm_fleet_sight sight,
            GBytes *key, struct cvm_fleet_reasons *column)
{
    const struct cvm_fleet_reasons *said = ask_rules(fleet, host, sight, key);

    for (guint i = 0; i < fleet->detail->kinds->len; i++) {
        if (kind_at(fleet->detail, i)->sight == sight) {
            column[i] = said[i];
        }
    }
}

/* Of profiles that see amounts: they are asked for each host, which is of the same kind as another
 * when these were told the same. The key with that is the caller's to g_bytes_unref(). */
static GBytes *
ask_rules_of_one(struct cvm_fleet *fleet, const struct cvm_host *host,
                 struct cvm_fleet_reasons *column, GBytes *key)
{
    GString *told = g_string_new_len(g_bytes_get_data(key, NULL), (gssize)g_bytes_get_size(key));

    for (guint i = 0; i < fleet->detail->kinds->len; i++) {
        const struct cvm_fleet_profile_kind *kind = kind_at(fleet->detail, i);

        if (kind->sight != CVM_FLEET_WHOLE) {
            continue;
        }
        column[i] = cvm_fleet_run_rules(fleet->arena, kind->domain, host);
        g_string_append_c(told, '#');
        for (unsigned j = 0; j < column[i].count; j++) {
            g_string_append_printf(told, "%s%d", column[i].items[j].rule,
                                   (int)column[i].items[j].severity);
        }
    }
    return g_string_free_to_bytes(told);
}

static unsigned
find_host_kind(struct cvm_fleet *fleet, const struct cvm_host *host)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    enum cvm_fleet_sight most = find_sight(detail), layout = MIN(most, CVM_FLEET_LAYOUT);
    g_autofree struct cvm_fleet_reasons *column =
        g_new0(struct cvm_fleet_reasons, detail->kinds->len);
    g_autoptr(GBytes) key = cvm_host_key(host, layout);
    g_autoptr(GBytes) all =
        most == CVM_FLEET_WHOLE ? ask_rules_of_one(fleet, host, column, key) : g_bytes_ref(key);
    unsigned known;

    known = GPOINTER_TO_UINT(g_hash_table_lookup(detail->column_keys, all));
    if (known) {
        return known - 1;
    }
    for (enum cvm_fleet_sight sight = CVM_FLEET_BASE; sight < layout; sight++) {
        g_autoptr(GBytes) less = cvm_host_key(host, sight);

        fill_column(fleet, host, sight, less, column);
    }
    fill_column(fleet, host, layout, key, column);
    g_ptr_array_add(detail->columns, g_steal_pointer(&column));
    g_hash_table_insert(detail->column_keys, g_bytes_ref(all),
                        GUINT_TO_POINTER(detail->columns->len));
    return detail->columns->len - 1;
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

static struct cvm_fleet_rest
keep_rest(struct cvm_arena *arena, const struct cvm_host *host)
{
    struct cvm_fleet_rest rest = { .topology = keep_topology(arena, &host->topology) };
    struct cvm_pool pool;

    rest.asids[0] = cvm_judge_asids(host, CVM_GUEST_SEV, &pool);
    rest.asids[1] = cvm_judge_asids(host, CVM_GUEST_SEV_ES, &pool);
    rest.asids[2] = cvm_judge_asids(host, CVM_GUEST_SEV_SNP, &pool);
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        unsigned id = host->topology.nodes[i].id;

        rest.nodes |= id < 64 ? UINT64_C(1) << id : 0;
    }
    return rest;
}

int
cvm_fleet_add_host(struct cvm_fleet *fleet, const char *path, gboolean *is_host, GError **error)
{
    struct cvm_fleet_detail *detail = fleet->detail;
    g_autofree char *data = NULL;
    CVM_AUTO(host) *host = NULL;
    struct cvm_fleet_host added = { 0 };
    struct cvm_fleet_rest rest;
    size_t size;

    if (cvm_file_read(path, CVM_LIMIT_XML, &data, &size, error) < 0) {
        return -1;
    }
    if (is_host) {
        *is_host = cvm_host_is_likely(data, size);
        if (!*is_host) {
            return 0;
        }
    }
    host = cvm_host_parse(path, data, size, error);
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
    cvm_fleet_pools_init(fleet->arena, host, fleet->vcpus_per_cpu, detail, &added);
    rest = keep_rest(fleet->arena, host);
    added.kind = find_host_kind(fleet, host);
    g_array_append_val(detail->hosts, added);
    fleet->hosts = (void *)detail->hosts->data;
    g_array_append_val(detail->rests, rest);
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
