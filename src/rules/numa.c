/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 5xx, the checks against the host's nodes and CPUs: what is named, pinned and bound. */
#include "rules/memory.h"
#include "util/cpuset.h"
#include "util/i18n.h"

GArray *
cvm_list_host_nodes(const struct cvm_host *host)
{
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(guint));

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        g_array_append_val(nodes, host->topology.nodes[i].id);
    }
    cvm_cpuset_sort(nodes);
    return nodes;
}

static GArray *
list_all_cpus(const struct cvm_host *host)
{
    const struct cvm_topology *topology = &host->topology;
    GArray *cpus = g_array_new(FALSE, FALSE, sizeof(guint));

    return g_array_append_vals(cpus, topology->cpus, topology->n_cpus);
}

static GArray *
list_cpus_of_nodes(const struct cvm_host *host, GArray *nodes)
{
    const struct cvm_topology *topology = &host->topology;
    GArray *cpus = g_array_new(FALSE, FALSE, sizeof(guint));
    guint count = 0;

    for (unsigned i = 0; i < topology->n_nodes; i++) {
        const struct cvm_host_node *node = &topology->nodes[i];

        if (cvm_cpuset_contains(nodes, node->id)) {
            g_array_set_size(cpus, count + node->n_cpus);
            for (unsigned j = 0; j < node->n_cpus; j++) {
                g_array_index(cpus, guint, count++) = node->cpus[j].id;
            }
        }
    }
    cvm_cpuset_sort(cpus);
    return cpus;
}

char *
cvm_describe_nodes(GArray *nodes)
{
    g_autofree char *text = NULL;

    if (!nodes) {
        return g_strdup(_("all nodes of the host together"));
    }
    text = cvm_cpuset_format((const guint *)nodes->data, nodes->len);
    return g_strdup_printf(ngettext_("host node '%s'", "host nodes '%s'", nodes->len), text);
}

/* ---- nodes and CPUs ---- */

static void
check_nodes_known(struct cvm_check *check, GArray *known, const struct cvm_text *nodeset)
{
    g_autoptr(GArray) named = cvm_is_set(*nodeset) ? cvm_cpuset_parse(nodeset->value) : NULL;
    g_autofree char *unknown = named ? cvm_cpuset_format_rest(named, known) : NULL;

    if (unknown) {
        g_autofree char *all = cvm_cpuset_format((const guint *)known->data, known->len);
        struct cvm_finding *finding =
            cvm_report(check, &nodeset->from,
                       _("The nodeset '%1$s' names node '%2$s', but the host has the nodes '%3$s': "
                         "libvirt answers \"NUMA node … is unavailable\"."),
                       nodeset->value, unknown, all);

        cvm_fix(finding, _("Name nodes out of '%s'."), all);
    }
}

static void
check_cpus_known(struct cvm_check *check, GArray *known, const struct cvm_text *cpuset)
{
    g_autoptr(GArray) named = cvm_is_set(*cpuset) ? cvm_cpuset_parse(cpuset->value) : NULL;
    g_autofree char *unknown = named ? cvm_cpuset_format_rest(named, known) : NULL;

    if (unknown) {
        g_autofree char *all = cvm_cpuset_format((const guint *)known->data, known->len);
        struct cvm_finding *finding =
            cvm_report(check, &cpuset->from,
                       _("The pin '%1$s' names CPU '%2$s', but the host has the CPUs '%3$s': "
                         "libvirt answers \"cannot set CPU affinity\" or \"Unable to write to "
                         "…/cpuset.cpus\"."),
                       cpuset->value, unknown, all);

        cvm_fix(finding, _("Name CPUs out of '%s'."), all);
    }
}

/* 509 */
void
cvm_check_numa_node_unknown(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    g_autoptr(GArray) nodes = cvm_list_host_nodes(check->host);
    g_autoptr(GArray) cpus = list_all_cpus(check->host);

    if (nodes->len > 0) {
        if (!cvm_text_is(domain->numatune.placement, "auto")) {
            check_nodes_known(check, nodes, &domain->numatune.nodeset);
        }
        cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
            check_nodes_known(check, nodes, &cell->nodeset);
        }
    }
    if (cpus->len > 0) {
        if (!cvm_text_is(domain->vcpu.placement, "auto")) {
            check_cpus_known(check, cpus, &domain->vcpu.cpuset);
        }
        check_cpus_known(check, cpus, &domain->vcpu.emulatorpin);
        cvm_each (struct cvm_pin, pin, &domain->vcpu.pin) {
            check_cpus_known(check, cpus, &pin->cpuset);
        }
        cvm_each (struct cvm_pin, pin, &domain->vcpu.iothreadpin) {
            check_cpus_known(check, cpus, &pin->cpuset);
        }
    }
}

/* ---- vCPUs away from their memory ---- */

static void
report_spread(struct cvm_check *check, const struct cvm_from *at, const char *who, GArray *nodes,
              const char *cpus)
{
    g_autoptr(GArray) near = list_cpus_of_nodes(check->host, nodes);
    g_autofree char *near_text = cvm_cpuset_format((const guint *)near->data, near->len);
    g_autofree char *where = cvm_describe_nodes(nodes);
    struct cvm_finding *finding =
        cvm_report(check, at,
                   _("%1$s may run on CPU '%2$s', which is not on %3$s, where the memory is: "
                     "every access crosses the link between the nodes."),
                   who, cpus, where);

    cvm_fix(finding, _("Pin to CPUs out of '%s', or bind the memory to the node of the CPUs."),
            near_text);
}

/* Pins of a group of vCPUs (NULL: all) against the nodes that hold their memory: one finding, at
 * the first that is away. */
static void
check_group(struct cvm_check *check, GArray *vcpus, const struct cvm_text *nodeset)
{
    const struct cvm_vcpu *vcpu = &check->domain->vcpu;
    g_autoptr(GArray) nodes = cvm_is_set(*nodeset) ? cvm_cpuset_parse(nodeset->value) : NULL;
    g_autoptr(GArray) near = nodes ? list_cpus_of_nodes(check->host, nodes) : NULL;
    g_autoptr(GArray) all = nodes ? list_all_cpus(check->host) : NULL;

    if (!nodes || near->len == 0) {
        return;
    }
    cvm_each (struct cvm_pin, pin, &vcpu->pin) {
        g_autoptr(GArray) cpus =
            cvm_is_set(pin->cpuset) && cvm_is_set(pin->id) &&
                    (!vcpus || cvm_cpuset_contains(vcpus, (guint)pin->id.value))
                ? cvm_cpuset_parse(pin->cpuset.value)
                : NULL;
        g_autofree char *away =
            cpus && cvm_cpuset_is_subset(cpus, all) ? cvm_cpuset_format_rest(cpus, near) : NULL;

        if (away) {
            g_autofree char *who =
                g_strdup_printf(_("vCPU %llu"), (unsigned long long)pin->id.value);

            report_spread(check, &pin->cpuset.from, who, nodes, away);
            return;
        }
    }
    if (cvm_is_set(vcpu->cpuset) && vcpu->count.value > vcpu->pin.count &&
        !cvm_text_is(vcpu->placement, "auto")) {
        g_autoptr(GArray) cpus = cvm_cpuset_parse(vcpu->cpuset.value);
        g_autofree char *away =
            cpus && cvm_cpuset_is_subset(cpus, all) ? cvm_cpuset_format_rest(cpus, near) : NULL;

        if (away) {
            report_spread(check, &vcpu->cpuset.from, _("A vCPU"), nodes, away);
        }
    }
}

/* pin: auto, or nodeset: auto, for which resolve/ found no answer. Where memory is what does not
 * fit, CVM508 and CVM512 say so. */
static void
check_unplaced(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const struct cvm_vcpu *vcpu = &domain->vcpu;
    gboolean unpinned = cvm_is_on(vcpu->pin_auto) && vcpu->pin.count == 0;
    gboolean unbound =
        cvm_is_on(domain->numatune.nodeset_auto) && !cvm_is_set(domain->numatune.nodeset);
    g_autoptr(GArray) cpus = NULL;
    struct cvm_finding *finding;

    if (!unpinned && !unbound) {
        return;
    }
    cpus = list_all_cpus(check->host);
    if (cpus->len == 0) {
        finding =
            cvm_report(check, unpinned ? &vcpu->pin_auto.from : &domain->numatune.nodeset_auto.from,
                       _("'auto' pins and binds nothing: the host's NUMA nodes and CPUs are "
                         "not in its record."));
        cvm_fix(finding,
                _("Add 'virsh capabilities' to the host's record, or name CPUs and nodes."));
    } else if (unpinned && vcpu->count.value > cpus->len) {
        finding = cvm_report(check, &vcpu->pin_auto.from,
                             _("'auto' pins nothing: the guest has '%1$llu' vCPUs, and the host "
                               "'%2$u' CPUs to give one to each."),
                             (unsigned long long)vcpu->count.value, cpus->len);
        cvm_fix(finding, _("Give the guest '%u' vCPUs or less, or leave the pins out."), cpus->len);
    }
}

/* 510 */
void
cvm_check_numa_spread(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;

    check_unplaced(check);
    if (domain->cpu.numa.count == 0) {
        check_group(check, NULL, &domain->numatune.nodeset);
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        g_autoptr(GArray) vcpus =
            cvm_is_set(cell->cpus) ? cvm_cpuset_parse(cell->cpus.value) : NULL;

        if (vcpus) {
            check_group(check, vcpus,
                        cvm_is_set(cell->nodeset) ? &cell->nodeset : &domain->numatune.nodeset);
        }
    }
}
