/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 5xx, the checks of room: what is bound to the host's nodes against their memory and huge page
 * pools. */
#include <string.h>

#include "rules/bindings.h"
#include "rules/memory.h"
#include "util/cpuset.h"
#include "util/i18n.h"
#include "util/number.h"

#define BASE_PAGE 4096

/* ---- huge pages ---- */

static const struct cvm_page_pool *
find_pool(const struct cvm_host_node *node, uint64_t size)
{
    for (unsigned i = 0; i < node->n_pools; i++) {
        if (node->pools[i].size == size) {
            return &node->pools[i];
        }
    }
    return NULL;
}

static gboolean
has_pool(const struct cvm_host *host, uint64_t size)
{
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        if (find_pool(&host->topology.nodes[i], size)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_huge_pages(const struct cvm_host *host)
{
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        const struct cvm_host_node *node = &host->topology.nodes[i];

        for (unsigned j = 0; j < node->n_pools; j++) {
            if (node->pools[j].size > BASE_PAGE) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* "'2MiB', '1GiB'": the huge page sizes of the host. */
static char *
list_sizes(const struct cvm_host *host)
{
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        const struct cvm_host_node *node = &host->topology.nodes[i];

        for (unsigned j = 0; j < node->n_pools; j++) {
            g_autofree char *size = cvm_size_format(node->pools[j].size);
            g_autofree char *quoted = g_strdup_printf("'%s'", size);

            if (node->pools[j].size > BASE_PAGE && !strstr(list->str, quoted)) {
                g_string_append_printf(list, "%s%s", list->len ? ", " : "", quoted);
            }
        }
    }
    return g_string_free(list, FALSE);
}

static gboolean
is_mounted(const struct cvm_host *host, uint64_t size)
{
    for (unsigned i = 0; i < host->n_hugetlbfs; i++) {
        if (host->hugetlbfs[i] == size) {
            return TRUE;
        }
    }
    return !host->has_hugetlbfs; /* not told */
}

static void
report_no_hugetlbfs(struct cvm_check *check)
{
    const struct cvm_from *at = cvm_huge_pages_place(check->domain);

    if (at && check->host->has_hugetlbfs && check->host->n_hugetlbfs == 0) {
        struct cvm_finding *finding = cvm_report(
            check, at,
            _("Host '%s' has no hugetlbfs mounted, through which QEMU gets huge pages: libvirt "
              "answers \"hugetlbfs filesystem is not mounted or disabled by administrator "
              "config\"."),
            cvm_host_title(check->host));

        cvm_fix(finding, _("Mount one (dev-hugepages.mount of systemd does), and restart "
                           "libvirt's daemon."));
    }
}

static void
report_no_pool(struct cvm_check *check, const struct cvm_page_demand *wanted)
{
    g_autofree char *text = cvm_size_format(wanted->size);
    g_autofree char *sizes = list_sizes(check->host);
    struct cvm_finding *finding =
        cvm_report(check, wanted->at,
                   _("The host has no huge pages of '%1$s', only of %2$s: libvirt "
                     "answers \"Unable to find any usable hugetlbfs mount\"."),
                   text, sizes);

    cvm_fix(finding, _("Write one of %1$s, or boot the host with 'hugepagesz=%2$s hugepages=…'."),
            sizes, wanted->size % (UINT64_C(1) << 30) == 0 ? "1G" : "2M");
}

static void
report_no_mount(struct cvm_check *check, const struct cvm_page_demand *wanted)
{
    g_autofree char *text = cvm_size_format(wanted->size);
    struct cvm_finding *finding =
        cvm_report(check, wanted->at,
                   _("Host '%1$s' has no hugetlbfs mounted for huge pages of '%2$s', only for "
                     "others: libvirt answers \"Unable to find any usable hugetlbfs mount\"."),
                   cvm_host_title(check->host), text);

    cvm_fix(finding,
            _("Mount one: 'mount -t hugetlbfs -o pagesize=%1$lluK hugetlbfs /dev/hugepages-%2$s', "
              "and restart libvirt's daemon."),
            (unsigned long long)(wanted->size >> 10), text);
}

/* 506 */
void
cvm_check_hugepage_size_unavailable(struct cvm_check *check)
{
    g_autoptr(GArray) list = cvm_list_page_demands(check->domain);
    gboolean told = has_huge_pages(check->host);

    report_no_hugetlbfs(check);
    for (guint i = 0; i < list->len; i++) {
        const struct cvm_page_demand *wanted = &g_array_index(list, struct cvm_page_demand, i);

        if (told && !has_pool(check->host, wanted->size)) {
            report_no_pool(check, wanted);
        } else if (check->host->n_hugetlbfs > 0 && !is_mounted(check->host, wanted->size)) {
            report_no_mount(check, wanted);
        }
    }
}

/* Pages for a binding; the nodes' free ones where the record tells, all of them where not. */
static uint64_t
count_pages(const struct cvm_host *host, GArray *nodes, uint64_t size, gboolean *all_free)
{
    unsigned pools = 0, free = 0;
    uint64_t sum = 0;

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        const struct cvm_host_node *node = &host->topology.nodes[i];
        const struct cvm_page_pool *pool = find_pool(node, size);

        if (pool && (!nodes || cvm_cpuset_contains(nodes, node->id))) {
            sum += cvm_host_node_room(node, size) / size;
            pools++;
            free += pool->has_free ? 1 : 0;
        }
    }
    *all_free = pools > 0 && free == pools;
    return sum;
}

static void
report_pool(struct cvm_check *check, const struct cvm_binding *binding, uint64_t size,
            uint64_t needed, uint64_t pages, gboolean all_free)
{
    g_autofree char *size_text = cvm_size_format(size);
    g_autofree char *where = cvm_describe_nodes(binding->nodes);
    struct cvm_finding *finding = cvm_report(
        check, binding->at,
        all_free
            ? _("The guest takes %1$llu huge pages of '%2$s' from %3$s, where %4$llu were free "
                "when the host was recorded: QEMU ends with \"preallocating memory failed\".")
            : _("The guest takes %1$llu huge pages of '%2$s' from %3$s, where there are "
                "%4$llu: QEMU ends with \"preallocating memory failed\"."),
        (unsigned long long)needed, size_text, where, (unsigned long long)pages);

    cvm_fix(finding,
            _("Enlarge the pool by at least %1$llu pages "
              "(/sys/devices/system/node/node*/hugepages/hugepages-%2$llukB/nr_hugepages), "
              "bind the memory to more nodes, or give the guest less."),
            (unsigned long long)(needed - pages), (unsigned long long)(size >> 10));
}

static void
check_pool(struct cvm_check *check, const struct cvm_page_demand *wanted)
{
    g_autoptr(GArray) bindings =
        cvm_list_bindings(check->domain, check->host, wanted->at, wanted->size, TRUE);

    for (guint i = 0; i < bindings->len; i++) {
        const struct cvm_binding *binding = &g_array_index(bindings, struct cvm_binding, i);
        uint64_t needed = cvm_sum_bindings(bindings, binding, wanted->size);
        gboolean all_free;
        uint64_t pages = count_pages(check->host, binding->nodes, wanted->size, &all_free);

        if (pages < needed && !cvm_binding_is_repeated(bindings, i)) {
            report_pool(check, binding, wanted->size, needed, pages, all_free);
        }
    }
}

/* 508 */
void
cvm_check_hugepage_pool_too_small(struct cvm_check *check)
{
    g_autoptr(GArray) wanted = cvm_list_page_demands(check->domain);

    for (guint i = 0; i < wanted->len; i++) {
        const struct cvm_page_demand *one = &g_array_index(wanted, struct cvm_page_demand, i);

        if (has_pool(check->host, one->size)) {
            check_pool(check, one);
        }
    }
}

/* ---- ordinary memory ---- */

static uint64_t
sum_room(const struct cvm_host *host, GArray *nodes)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        const struct cvm_host_node *node = &host->topology.nodes[i];

        sum += !nodes || cvm_cpuset_contains(nodes, node->id) ? cvm_host_node_room(node, 0) : 0;
    }
    return sum;
}

static gboolean
tells_memory(const struct cvm_host *host)
{
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        if (host->topology.nodes[i].memory > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
report_room(struct cvm_check *check, const struct cvm_binding *binding, uint64_t needed,
            uint64_t room)
{
    g_autofree char *needed_text = cvm_size_format(needed);
    g_autofree char *room_text = cvm_size_format(room);
    g_autofree char *where = cvm_describe_nodes(binding->nodes);
    struct cvm_finding *finding =
        cvm_report(check, binding->at,
                   check->guest == CVM_GUEST_SEV_SNP
                       ? _("The guest takes '%1$s' on %2$s, where '%3$s' are not set aside as "
                           "huge pages: private memory is never swapped, and the kernel kills "
                           "the guest when it has used up the rest.")
                       : _("The guest takes '%1$s' on %2$s, where '%3$s' are not set aside as "
                           "huge pages: its memory must stay resident, and the start fails "
                           "with \"Cannot allocate memory\"."),
                   needed_text, where, room_text);

    cvm_fix(finding, binding->nodes ? _("Give the guest less memory, or bind it to more nodes.")
                                    : _("Give the guest less memory."));
}

/* 512. Ordinary guests swap and overcommit. Huge pages have pools of their own (CVM508), but the
 * private memory of SEV-SNP does not come from there. */
void
cvm_check_memory_exceeds_host(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    /* guest_memfd of Linux 6.12 knows no memory policy: a cell's nodeset binds the shared half
     * only. */
    gboolean by_cell = check->guest != CVM_GUEST_SEV_SNP;
    g_autoptr(GArray) bindings = NULL;

    if (!tells_memory(check->host)) {
        return;
    }
    bindings = cvm_list_bindings(
        check->domain, check->host, &domain->memory.size.from,
        check->guest == CVM_GUEST_SEV_SNP ? CVM_PAGES_ANY : CVM_PAGES_ORDINARY, by_cell);
    for (guint i = 0; i < bindings->len; i++) {
        const struct cvm_binding *binding = &g_array_index(bindings, struct cvm_binding, i);
        uint64_t needed = cvm_sum_bindings(bindings, binding, 1);
        uint64_t room = sum_room(check->host, binding->nodes);

        if (room < needed && !cvm_binding_is_repeated(bindings, i)) {
            report_room(check, binding, needed, room);
        }
    }
}
