/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 5xx, the checks of room: what is bound to the host's nodes against their memory and huge page
 * pools. */
#include <string.h>

#include "rules/memory.h"
#include "util/cpuset.h"
#include "util/i18n.h"
#include "util/number.h"

#define BASE_PAGE 4096
#define ANY_PAGE G_MAXUINT64

/* ---- what is bound where ---- */

/* A part of the guest's memory. */
struct binding {
    const struct cvm_from *at;
    GArray *nodes; /* ascending host nodes; NULL when any will do */
    uint64_t bytes;
};

static void
clear_binding(gpointer data)
{
    struct binding *binding = data;

    g_clear_pointer(&binding->nodes, g_array_unref);
}

/* A nodeset that cannot be read, or names a node that the host has not (CVM509), is left out: it
 * says nothing about room. */
static void
add_binding(const struct cvm_check *check, GArray *bindings, const struct cvm_from *at,
            uint64_t bytes, const struct cvm_text *nodeset)
{
    struct binding binding = { at, NULL, bytes };

    if (nodeset && nodeset->from.origin == CVM_INVALID) {
        return;
    }
    if (nodeset && cvm_is_set(*nodeset)) {
        g_autoptr(GArray) known = cvm_list_host_nodes(check->host);

        binding.nodes = cvm_cpuset_parse(nodeset->value);
        if (!binding.nodes || !cvm_cpuset_is_subset(binding.nodes, known)) {
            clear_binding(&binding);
            return;
        }
    }
    g_array_append_val(bindings, binding);
}

/* With "preferred" the kernel takes pages of other nodes where these have none left; with "auto"
 * numad names the nodes at the start. */
static const struct cvm_text *
find_nodeset(const struct cvm_numatune *numatune, const struct cvm_cell *cell, gboolean by_cell)
{
    const struct cvm_text *own = cell ? &cell->nodeset : NULL;
    gboolean is_own = by_cell && own && !cvm_is_unset(*own);
    const struct cvm_text *mode = is_own && cvm_is_set(cell->mode) ? &cell->mode : &numatune->mode;

    if (cvm_text_is(*mode, "preferred") || (!is_own && cvm_text_is(numatune->placement, "auto"))) {
        return NULL;
    }
    return is_own ? own : &numatune->nodeset;
}

/* Of memory in pages of one size, or in any (ANY_PAGE). at is the place of memory without cells;
 * by_cell: each cell's own nodeset counts. */
static GArray *
list_bindings(const struct cvm_check *check, const struct cvm_from *at, uint64_t page,
              gboolean by_cell)
{
    const struct cvm_domain *domain = check->domain;
    GArray *bindings = g_array_new(FALSE, FALSE, sizeof(struct binding));

    g_array_set_clear_func(bindings, clear_binding);
    if (domain->cpu.numa.count == 0 && cvm_is_set(domain->memory.size) &&
        (page == ANY_PAGE || page == cvm_page_size(domain, NULL))) {
        add_binding(check, bindings, at, domain->memory.size.value,
                    find_nodeset(&domain->numatune, NULL, by_cell));
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cvm_is_set(cell->memory) && (page == ANY_PAGE || page == cvm_page_size(domain, cell))) {
            add_binding(check, bindings, &cell->memory.from, cell->memory.value,
                        find_nodeset(&domain->numatune, cell, by_cell));
        }
    }
    return bindings;
}

/* Everything that can only come from the same nodes as this one, or from some of them. */
static gboolean
shares_room(const struct binding *other, const struct binding *binding)
{
    return !binding->nodes || (other->nodes && cvm_cpuset_is_subset(other->nodes, binding->nodes));
}

static gboolean
has_same_nodes(const struct binding *a, const struct binding *b)
{
    return shares_room(a, b) && shares_room(b, a);
}

/* Has an earlier binding of the list spoken for these nodes? */
static gboolean
is_repeated(GArray *bindings, guint index)
{
    for (guint i = 0; i < index; i++) {
        if (has_same_nodes(&g_array_index(bindings, struct binding, i),
                           &g_array_index(bindings, struct binding, index))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* In units, each part rounded up. */
static uint64_t
sum_demand(GArray *bindings, const struct binding *binding, uint64_t unit)
{
    uint64_t sum = 0;

    for (guint i = 0; i < bindings->len; i++) {
        const struct binding *other = &g_array_index(bindings, struct binding, i);

        if (shares_room(other, binding)) {
            uint64_t units = other->bytes / unit + (other->bytes % unit != 0);

            sum = units > G_MAXUINT64 - sum ? G_MAXUINT64 : sum + units;
        }
    }
    return sum;
}

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

/* "'2MiB', '1GiB'": the huge page sizes of the host, empty when it has none. */
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

/* A size of huge pages that the guest asks for, and where it first does. */
struct wanted {
    uint64_t size;
    const struct cvm_from *at;
};

static void
add_wanted(GArray *list, uint64_t size, const struct cvm_from *at)
{
    const struct wanted wanted = { size, at };

    if (size <= CVM_PAGES_OF_HOST) {
        return;
    }
    for (guint i = 0; i < list->len; i++) {
        if (g_array_index(list, struct wanted, i).size == size) {
            return;
        }
    }
    g_array_append_val(list, wanted);
}

static GArray *
list_wanted(const struct cvm_domain *domain)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct wanted));

    add_wanted(list, cvm_page_size(domain, NULL), &domain->memory.hugepages.from);
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        add_wanted(list, cvm_page_size(domain, cell), &cell->hugepages.from);
    }
    return list;
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
report_no_pool(struct cvm_check *check, const struct wanted *wanted, const char *sizes)
{
    g_autofree char *text = cvm_size_format(wanted->size);
    struct cvm_finding *finding =
        cvm_report(check, wanted->at,
                   _("The host has no huge pages of '%1$s', only of %2$s: libvirt "
                     "answers \"Unable to find any usable hugetlbfs mount\"."),
                   text, sizes);

    cvm_fix(finding, _("Write one of %1$s, or boot the host with 'hugepagesz=%2$s hugepages=…'."),
            sizes, wanted->size % (UINT64_C(1) << 30) == 0 ? "1G" : "2M");
}

static void
report_no_mount(struct cvm_check *check, const struct wanted *wanted)
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
    g_autofree char *sizes = list_sizes(check->host);
    g_autoptr(GArray) list = list_wanted(check->domain);

    report_no_hugetlbfs(check);
    for (guint i = 0; i < list->len; i++) {
        const struct wanted *wanted = &g_array_index(list, struct wanted, i);

        if (*sizes && !has_pool(check->host, wanted->size)) {
            report_no_pool(check, wanted, sizes);
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
report_pool(struct cvm_check *check, const struct binding *binding, uint64_t size, uint64_t needed,
            uint64_t pages, gboolean all_free)
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
check_pool(struct cvm_check *check, const struct wanted *wanted)
{
    g_autoptr(GArray) bindings = list_bindings(check, wanted->at, wanted->size, TRUE);

    for (guint i = 0; i < bindings->len; i++) {
        const struct binding *binding = &g_array_index(bindings, struct binding, i);
        uint64_t needed = sum_demand(bindings, binding, wanted->size);
        gboolean all_free;
        uint64_t pages = count_pages(check->host, binding->nodes, wanted->size, &all_free);

        if (pages < needed && !is_repeated(bindings, i)) {
            report_pool(check, binding, wanted->size, needed, pages, all_free);
        }
    }
}

/* 508 */
void
cvm_check_hugepage_pool_too_small(struct cvm_check *check)
{
    g_autoptr(GArray) wanted = list_wanted(check->domain);

    for (guint i = 0; i < wanted->len; i++) {
        const struct wanted *one = &g_array_index(wanted, struct wanted, i);

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
report_room(struct cvm_check *check, const struct binding *binding, uint64_t needed, uint64_t room)
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
    bindings =
        list_bindings(check, &domain->memory.size.from,
                      check->guest == CVM_GUEST_SEV_SNP ? ANY_PAGE : CVM_PAGES_ORDINARY, by_cell);
    for (guint i = 0; i < bindings->len; i++) {
        const struct binding *binding = &g_array_index(bindings, struct binding, i);
        uint64_t needed = sum_demand(bindings, binding, 1);
        uint64_t room = sum_room(check->host, binding->nodes);

        if (room < needed && !is_repeated(bindings, i)) {
            report_room(check, binding, needed, room);
        }
    }
}
