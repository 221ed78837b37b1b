/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a host, for people: sections of aligned lines. What is not known has no line;
 * the last paragraph names it. */
#include "report/host.h"

#include <string.h>

#include "readiness/readiness.h"
#include "report/parts.h"
#include "util/i18n.h"
#include "util/number.h"

static const enum cvm_guest kinds[] = { CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };

/* ---- values: NULL when unknown, else the caller's to g_free() ---- */

static char *
say_version(unsigned version)
{
    return version ? cvm_version_format(version) : NULL;
}

static char *
say_known(enum cvm_known known)
{
    return known == CVM_UNKNOWN ? NULL : g_strdup(known == CVM_YES ? _("yes") : _("no"));
}

/* An empty list is a fact. */
static char *
say_strings(const struct cvm_strings *list)
{
    if (!list->items) {
        return NULL;
    }
    return list->count ? g_strjoinv(", ", (char **)list->items) : g_strdup(_("none"));
}

static char *
say_libvirt(const struct cvm_host *host)
{
    return say_version(host->libvirt_version);
}

static char *
say_qemu(const struct cvm_host *host)
{
    return say_version(host->qemu_version);
}

static char *
say_machine(const struct cvm_host *host)
{
    return g_strdup(host->domcaps.machine);
}

static char *
say_kernel(const struct cvm_host *host)
{
    return say_version(host->kernel_version);
}

static char *
say_sev_firmware(const struct cvm_host *host)
{
    if (!host->has_sev_firmware) {
        return NULL;
    }
    return host->sev_build ? g_strdup_printf(_("%1$u.%2$u, build %3$u"), host->sev_api_major,
                                             host->sev_api_minor, host->sev_build)
                           : g_strdup_printf("%u.%u", host->sev_api_major, host->sev_api_minor);
}

static char *
say_cpu(const struct cvm_host *host)
{
    return g_strdup(host->cpu_model_name);
}

static char *
say_family(const struct cvm_host *host)
{
    return host->cpu_family ? g_strdup_printf("%u/%u", host->cpu_family, host->cpu_model) : NULL;
}

static char *
say_stepping(const struct cvm_host *host)
{
    return host->has_cpu_stepping ? g_strdup_printf("%u", host->cpu_stepping) : NULL;
}

static char *
say_flags(const struct cvm_host *host)
{
    return say_strings(&host->cpu_flags);
}

static char *
say_smt(const struct cvm_host *host)
{
    return say_known(host->smt);
}

static char *
say_iommu(const struct cvm_host *host)
{
    const char *text = host->iommu_enabled == CVM_NO        ? _("off")
                       : host->iommu_passthrough == CVM_YES ? _("in passthrough mode")
                       : host->iommu_passthrough == CVM_NO  ? _("not in passthrough mode")
                       : host->iommu_enabled == CVM_YES     ? _("on")
                                                            : NULL;

    return g_strdup(text);
}

static char *
say_cpuid(const struct cvm_host *host)
{
    const struct cvm_cpuid *cpuid = &host->cpuid_sev;

    return cpuid->known ? g_strdup_printf("eax 0x%x, ebx 0x%x, ecx 0x%x, edx 0x%x", cpuid->eax,
                                          cpuid->ebx, cpuid->ecx, cpuid->edx)
                        : NULL;
}

static char *
say_registers(const struct cvm_host *host)
{
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < host->n_msrs; i++) {
        g_string_append_printf(list, "%s%s 0x%" G_GINT64_MODIFIER "x", list->len ? ", " : "",
                               host->msrs[i].name, host->msrs[i].value);
    }
    return g_string_free(list, list->len == 0);
}

static char *
say_options(const struct cvm_host *host)
{
    return say_strings(&host->kernel_options);
}

static gboolean
is_missing(const struct cvm_host *host, const char *module)
{
    for (unsigned i = 0; i < host->n_modules; i++) {
        if (g_str_equal(host->modules[i].name, module)) {
            return !host->modules[i].loaded;
        }
    }
    return FALSE;
}

/* "sev yes, sev_es yes, sev_snp no" */
static char *
say_kvm_amd(const struct cvm_host *host)
{
    const enum cvm_known values[] = { host->kvm_amd_sev, host->kvm_amd_sev_es,
                                      host->kvm_amd_sev_snp };
    GString *list = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *value = say_known(values[i]);

        if (value) {
            g_string_append_printf(list, "%s%s %s", list->len ? ", " : "",
                                   cvm_guest_info(kinds[i])->module_parameter, value);
        }
    }
    if (list->len == 0 && is_missing(host, "kvm_amd")) {
        g_string_append(list, _("not loaded"));
    }
    return g_string_free(list, list->len == 0);
}

static char *
say_device(const struct cvm_device_node *device)
{
    g_autofree char *mode = device->mode ? g_strdup_printf("%04o", device->mode) : NULL;

    if (device->present != CVM_YES) {
        return device->present == CVM_NO ? g_strdup(_("missing")) : NULL;
    }
    return mode ? g_strdup_printf("%s %s:%s", mode, device->owner ? device->owner : "?",
                                  device->group ? device->group : "?")
                : g_strdup(_("there"));
}

static char *
say_dev_sev(const struct cvm_host *host)
{
    return say_device(&host->dev_sev);
}

static char *
say_dev_kvm(const struct cvm_host *host)
{
    return say_device(&host->dev_kvm);
}

static char *
say_platform(const struct cvm_host *host)
{
    return host->sev_state ? g_strdup_printf(ngettext_("%1$s, %2$u guest", "%1$s, %2$u guests",
                                                       host->sev_guests),
                                             host->sev_state, host->sev_guests)
                           : NULL;
}

/* What libvirt would start; before 10.5 it does not tell types apart. */
static char *
say_offered(const struct cvm_host *host)
{
    const struct cvm_domcaps *caps = &host->domcaps;

    return caps->has_sectypes     ? say_strings(&caps->sectypes)
           : caps->sev == CVM_YES ? g_strdup("sev")
                                  : (caps->sev == CVM_NO ? g_strdup(_("none")) : NULL);
}

static char *
say_asids(const struct cvm_host *host, enum cvm_guest guest)
{
    struct cvm_pool pool;

    if (!cvm_host_pool(host, guest, &pool)) {
        return NULL;
    }
    return pool.has_used ? g_strdup_printf(_("%1$u, %2$u in use"), pool.total, pool.used)
                         : g_strdup_printf("%u", pool.total);
}

static char *
say_sev_asids(const struct cvm_host *host)
{
    return say_asids(host, CVM_GUEST_SEV);
}

static char *
say_es_asids(const struct cvm_host *host)
{
    return say_asids(host, CVM_GUEST_SEV_ES);
}

static char *
say_running(const struct cvm_host *host)
{
    const struct cvm_running *running = &host->running;

    return running->known ? g_strdup_printf("SEV %u, SEV-ES %u, SEV-SNP %u", running->sev,
                                            running->sev_es, running->sev_snp)
                          : NULL;
}

static char *
say_memlock(const struct cvm_host *host)
{
    return !host->has_memlock             ? NULL
           : host->memlock == G_MAXUINT64 ? g_strdup(_("unlimited"))
                                          : cvm_size_format(host->memlock);
}

static char *
say_hugetlbfs(const struct cvm_host *host)
{
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < host->n_hugetlbfs; i++) {
        g_autofree char *size = cvm_size_format(host->hugetlbfs[i]);

        g_string_append_printf(list, "%s%s", list->len ? ", " : "", size);
    }
    if (host->has_hugetlbfs && list->len == 0) {
        g_string_append(list, _("none"));
    }
    return g_string_free(list, list->len == 0);
}

static char *
say_user(const struct cvm_host *host)
{
    return host->qemu_user || host->qemu_group
               ? g_strdup_printf("%s:%s", host->qemu_user ? host->qemu_user : "?",
                                 host->qemu_group ? host->qemu_group : "?")
               : NULL;
}

static char *
say_apparmor(const struct cvm_host *host)
{
    const char *text = host->apparmor == CVM_NO            ? _("off")
                       : host->apparmor_dev_sev == CVM_YES ? _("lets QEMU open /dev/sev")
                       : host->apparmor_dev_sev == CVM_NO  ? _("does not let QEMU open /dev/sev")
                       : host->apparmor == CVM_YES         ? _("on")
                                                           : NULL;

    return g_strdup(text);
}

static char *
say_cgroup(const struct cvm_host *host)
{
    return say_strings(&host->cgroup_controllers);
}

/* ---- lines ---- */

struct row {
    const char *section; /* N_("…"), the same as the row's before it to go on */
    const char *label;   /* N_("…") or what nobody translates */
    char *(*say)(const struct cvm_host *host);
};

static const struct row rows[] = {
    { N_("Versions"), "libvirt", say_libvirt },
    { N_("Versions"), "QEMU", say_qemu },
    { N_("Versions"), N_("machine"), say_machine },
    { N_("Versions"), N_("kernel"), say_kernel },
    { N_("Versions"), N_("SEV firmware"), say_sev_firmware },
    { N_("Processor"), N_("name"), say_cpu },
    { N_("Processor"), N_("family/model"), say_family },
    { N_("Processor"), N_("stepping"), say_stepping },
    { N_("Processor"), N_("flags"), say_flags },
    { N_("Processor"), "CPUID 0x8000001f", say_cpuid },
    { N_("Processor"), N_("registers"), say_registers },
    { N_("Processor"), "SMT", say_smt },
    { N_("Processor"), "IOMMU", say_iommu },
    { N_("Kernel and SEV"), N_("options"), say_options },
    { N_("Kernel and SEV"), "kvm_amd", say_kvm_amd },
    { N_("Kernel and SEV"), "/dev/sev", say_dev_sev },
    { N_("Kernel and SEV"), "/dev/kvm", say_dev_kvm },
    { N_("Kernel and SEV"), N_("SEV firmware's state"), say_platform },
    { N_("Kernel and SEV"), N_("libvirt offers"), say_offered },
    { "ASIDs", "SEV", say_sev_asids },
    { "ASIDs", N_("SEV-ES and SEV-SNP"), say_es_asids },
    { "ASIDs", N_("guests of libvirt"), say_running },
    { N_("QEMU's rights"), N_("user and group"), say_user },
    { N_("QEMU's rights"), N_("memory to lock"), say_memlock },
    { N_("QEMU's rights"), N_("cgroup controllers"), say_cgroup },
    { N_("QEMU's rights"), "AppArmor", say_apparmor },
    { N_("Memory"), "hugetlbfs", say_hugetlbfs },
};

struct page {
    const struct cvm_host *host;
    GString *out;
    GString *unknown;            /* lines of labels, a section each */
    const char *unknown_section; /* of the last one */
    const char *section;         /* that is open */
    unsigned width;              /* of labels */
};

static void
open_section(struct page *page, const char *section)
{
    if (g_strcmp0(page->section, section) != 0) {
        g_string_append_printf(page->out, "\n%s\n", _(section));
        page->section = section;
    }
}

static void
append_line(struct page *page, const char *section, const char *label, const char *value)
{
    unsigned width = cvm_report_width(label, strlen(label));
    unsigned column = MAX(page->width, width) + 4;

    open_section(page, section);
    g_string_append_printf(page->out, "  %s%*s", label, (int)(column - width - 2), "");
    cvm_report_wrap(page->out, value, column, page->width + 4);
}

static void
note_unknown(struct page *page, const char *section, const char *label)
{
    gboolean same = g_strcmp0(page->unknown_section, section) == 0;

    g_string_append(page->unknown, !page->unknown->len ? "" : same ? ", " : "\n");
    if (!same) {
        g_string_append_printf(page->unknown, "%s: ", _(section));
    }
    g_string_append(page->unknown, label);
    page->unknown_section = section;
}

static void
append_rows(struct page *page)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = rows[i].say(page->host);

        if (value) {
            append_line(page, rows[i].section, _(rows[i].label), value);
        } else {
            note_unknown(page, rows[i].section, _(rows[i].label));
        }
    }
}

static void
append_messages(struct page *page)
{
    const struct cvm_strings *messages = &page->host->kernel_messages;

    for (unsigned i = 0; i < messages->count; i++) {
        open_section(page, N_("Kernel log"));
        g_string_append(page->out, "  ");
        cvm_report_wrap(page->out, messages->items[i], 2, 4);
    }
    if (!messages->items) {
        note_unknown(page, N_("Kernel log"), _("all"));
    }
}

/* ---- NUMA nodes ---- */

/* "188.4GiB": a node is never a round number of GiB. Whole numbers only, since a decimal point is
 * the locale's. */
static char *
say_size(uint64_t bytes)
{
    uint64_t tenths =
        bytes / (UINT64_C(1) << 30) * 10 + bytes % (UINT64_C(1) << 30) * 10 / (UINT64_C(1) << 30);

    return tenths == 0 || bytes % (UINT64_C(1) << 30) == 0
               ? cvm_size_format(bytes)
               : g_strdup_printf("%" G_GUINT64_FORMAT ".%uGiB", tenths / 10,
                                 (unsigned)(tenths % 10));
}

/* "; 16384 pages of 2MiB (16000 free)" */
static gboolean
append_pool(GString *text, const struct cvm_page_pool *pool)
{
    g_autofree char *size = cvm_size_format(pool->size);

    if (pool->count == 0) {
        return FALSE;
    }
    g_string_append(text, "; ");
    if (pool->has_free) {
        g_string_append_printf(text, _("%1$llu pages of %2$s (%3$llu free)"),
                               (unsigned long long)pool->count, size,
                               (unsigned long long)pool->free);
    } else {
        g_string_append_printf(text, _("%1$llu pages of %2$s"), (unsigned long long)pool->count,
                               size);
    }
    return TRUE;
}

static void
append_node(struct page *page, const struct cvm_host_node *node)
{
    g_autofree char *label = g_strdup_printf(_("NUMA node %u"), node->id);
    g_autofree char *memory = say_size(node->memory);
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean has_pages = FALSE;

    g_string_append_printf(text, ngettext_("%1$s, %2$u CPU", "%1$s, %2$u CPUs", node->n_cpus),
                           memory, node->n_cpus);
    for (unsigned i = 0; i < node->n_pools; i++) {
        has_pages |= append_pool(text, &node->pools[i]);
    }
    if (!has_pages) {
        g_string_append_printf(text, "; %s", _("no huge pages"));
    }
    append_line(page, N_("Memory"), label, text->str);
}

static void
append_nodes(struct page *page)
{
    for (unsigned i = 0; i < page->host->topology.n_nodes; i++) {
        append_node(page, &page->host->topology.nodes[i]);
    }
    if (!page->host->has_topology) {
        note_unknown(page, "Memory", _("NUMA nodes"));
    }
}

/* ---- firmware ---- */

static void
append_word(GString *list, const char *separator, const char *word)
{
    g_string_append_printf(list, "%s%s", list->len ? separator : "", word);
}

static void
append_firmware_item(struct page *page, const struct cvm_report_firmware *item)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *path = cvm_report_line(item->path);

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (cvm_report_firmware_carries(page->host, item, kinds[i])) {
            append_word(text, ", ", cvm_guest_info(kinds[i])->title);
        }
    }
    if (text->len == 0) {
        append_word(text, "", _("not for SEV"));
    }
    if (!item->image) {
        append_word(text, "; ", _("by its descriptor alone"));
    } else if (item->image->has_hash_table && item->image->hash_base > 0) {
        append_word(text, "; ", _("measures a kernel"));
    }
    if (item->descriptor && cvm_firmware_has(item->descriptor, "requires-smm")) {
        append_word(text, "; ", _("needs SMM"));
    }
    append_line(page, N_("Guest firmware"), path, text->str);
}

static void
append_firmware(struct page *page)
{
    g_autoptr(GArray) list = cvm_report_list_firmware(page->host);

    for (guint i = 0; i < list->len; i++) {
        g_autofree char *path =
            cvm_report_line(g_array_index(list, struct cvm_report_firmware, i).path);

        page->width = MAX(page->width, cvm_report_width(path, strlen(path)));
    }
    page->width = MIN(page->width, CVM_REPORT_WIDTH / 2); /* leaves room for what is said */
    for (guint i = 0; i < list->len; i++) {
        append_firmware_item(page, &g_array_index(list, struct cvm_report_firmware, i));
    }
    if (!page->host->has_firmware) {
        note_unknown(page, "Guest firmware", _("all"));
    } else if (list->len == 0) {
        append_line(page, N_("Guest firmware"), _("none"), "");
    }
}

static void
append_unknown(struct page *page)
{
    g_auto(GStrv) lines = g_strsplit(page->unknown->str, "\n", -1);

    for (char **line = lines; *line; line++) {
        open_section(page, N_("Not known"));
        g_string_append(page->out, "  ");
        cvm_report_wrap(page->out, *line, 2, 4);
    }
}

void
cvm_host_report_text(const struct cvm_host *host, GString *out)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    struct page page = { .host = host, .out = out, .unknown = unknown };
    g_autofree char *title = g_strdup_printf(_("Host '%s'"), host->name);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *label = _(rows[i].label);

        page.width = MAX(page.width, cvm_report_width(label, strlen(label)));
    }
    cvm_report_wrap(out, title, 0, 2);
    append_rows(&page);
    append_nodes(&page);
    append_firmware(&page);
    append_messages(&page);
    append_unknown(&page);
}
