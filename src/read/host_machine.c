/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host record tells of the machine itself: processor, kernel, modules, device nodes, and how
 * its daemon and its confinement are set up. */
#include "read/host.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/number.h"

#define SEV_LEAF 0x8000001fU /* CPUID Fn8000_001F, Encrypted Memory Capabilities */

int
cvm_host_refuse(GError **error, const struct cvm_node *node)
{
    return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, node->source->name, node->line,
                            node->column, _("'%1$s' is no value for '%2$s' of a host record"),
                            node->text ? node->text : "", node->name);
}

int
cvm_host_known(const struct cvm_node *node, enum cvm_known *known, GError **error)
{
    if (node) {
        enum cvm_known told = cvm_host_yes_no(node->text);

        if (told == CVM_UNKNOWN) {
            return cvm_host_refuse(error, node);
        }
        *known = told;
    }
    return 0;
}

static int
take_known_attribute(const struct cvm_node *node, const char *name, enum cvm_known *known,
                     GError **error)
{
    return cvm_host_known(cvm_node_attribute(node, name), known, error);
}

static int
take_number_attribute(const struct cvm_node *node, const char *name, unsigned *value,
                      GError **error)
{
    return cvm_host_number(cvm_node_attribute(node, name), value, error);
}

/* Words of an attribute; an absent one leaves the list absent. */
static void
take_words(struct cvm_host *host, const struct cvm_node *node, const char *name,
           struct cvm_strings *list)
{
    const char *text = cvm_node_attribute_text(node, name);
    g_auto(GStrv) words = text ? g_strsplit_set(text, " \t\n", -1) : NULL;

    if (!words) {
        return;
    }
    list->items = cvm_arena_array(host->arena, const char *, g_strv_length(words) + 1);
    list->count = 0;
    for (unsigned i = 0; words[i]; i++) {
        if (*words[i]) {
            list->items[list->count++] = cvm_arena_strdup(host->arena, words[i]);
        }
    }
}

static unsigned
count_named(const struct cvm_node *parent, const char *name)
{
    unsigned count = 0;

    for (const struct cvm_node *node = parent->children; node; node = node->next) {
        count += g_str_equal(node->name, name);
    }
    return count;
}

/* ---- processor ---- */

static int
take_processor(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *node = cvm_node_child(root, "processor");

    host->cpu_model_name = node ? node->text : NULL;
    take_words(host, node, "flags", &host->cpu_flags);
    host->has_cpu_stepping |= node && cvm_node_attribute(node, "stepping");
    if (take_number_attribute(node, "family", &host->cpu_family, error) < 0 ||
        take_number_attribute(node, "model", &host->cpu_model, error) < 0) {
        return -1;
    }
    return take_number_attribute(node, "stepping", &host->cpu_stepping, error);
}

static int
take_cpuid(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    struct cvm_cpuid *registers = &host->cpuid_sev;
    unsigned leaf = 0;

    if (take_number_attribute(node, "leaf", &leaf, error) < 0) {
        return -1;
    }
    if (leaf != SEV_LEAF) {
        return 0;
    }
    registers->known = TRUE;
    if (take_number_attribute(node, "eax", &registers->eax, error) < 0 ||
        take_number_attribute(node, "ebx", &registers->ebx, error) < 0 ||
        take_number_attribute(node, "ecx", &registers->ecx, error) < 0) {
        return -1;
    }
    return take_number_attribute(node, "edx", &registers->edx, error);
}

static int
take_msr(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    const struct cvm_node *value = cvm_node_attribute(node, "value");
    struct cvm_msr *msr = &host->msrs[host->n_msrs];

    if (!g_str_has_prefix(value->text, "0x") || !cvm_number_parse_hex(value->text, &msr->value)) {
        return cvm_host_refuse(error, value);
    }
    msr->name = cvm_node_attribute_text(node, "name");
    host->n_msrs++;
    return 0;
}

/* ---- modules and device nodes ---- */

static int
take_kvm_amd(struct cvm_host *host, const struct cvm_node *module, GError **error)
{
    for (const struct cvm_node *node = module->children; node; node = node->next) {
        const char *name = cvm_node_attribute_text(node, "name");
        enum cvm_known *known = g_str_equal(name, "sev")       ? &host->kvm_amd_sev
                                : g_str_equal(name, "sev_es")  ? &host->kvm_amd_sev_es
                                : g_str_equal(name, "sev_snp") ? &host->kvm_amd_sev_snp
                                                               : NULL;

        if (known && cvm_host_known(node, known, error) < 0) {
            return -1;
        }
        if (g_str_equal(name, "ciphertext_hiding_asids")) {
            host->has_ciphertext_hiding = TRUE;
            if (cvm_host_number(node, &host->ciphertext_hiding_asids, error) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int
take_module(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    struct cvm_module *module = &host->modules[host->n_modules];
    enum cvm_known loaded = CVM_YES;

    if (take_known_attribute(node, "loaded", &loaded, error) < 0) {
        return -1;
    }
    module->name = cvm_node_attribute_text(node, "name");
    module->loaded = loaded == CVM_YES;
    host->n_modules++;
    return g_str_equal(module->name, "kvm_amd") ? take_kvm_amd(host, node, error) : 0;
}

static int
take_device(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    const char *path = cvm_node_attribute_text(node, "path");
    struct cvm_device_node *device = g_str_equal(path, "/dev/sev")   ? &host->dev_sev
                                     : g_str_equal(path, "/dev/kvm") ? &host->dev_kvm
                                                                     : NULL;
    const struct cvm_node *mode = cvm_node_attribute(node, "mode");
    guint64 bits;

    if (!device) {
        return 0;
    }
    device->present = CVM_YES;
    if (take_known_attribute(node, "present", &device->present, error) < 0) {
        return -1;
    }
    if (mode) {
        if (!g_ascii_string_to_unsigned(mode->text, 8, 0, 07777, &bits, NULL)) {
            return cvm_host_refuse(error, mode);
        }
        device->mode = (unsigned)bits;
    }
    device->owner = cvm_node_attribute_text(node, "owner");
    device->group = cvm_node_attribute_text(node, "group");
    return 0;
}

/* Elements that stand more than once. */
static int
take_repeated(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    static const struct {
        const char *name;
        int (*take)(struct cvm_host *, const struct cvm_node *, GError **);
    } kinds[] = {
        { "cpuid", take_cpuid },
        { "device", take_device },
        { "module", take_module },
        { "msr", take_msr },
    };

    host->msrs = cvm_arena_array(host->arena, struct cvm_msr, count_named(root, "msr"));
    host->modules = cvm_arena_array(host->arena, struct cvm_module, count_named(root, "module"));
    for (const struct cvm_node *node = root->children; node; node = node->next) {
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
            if (g_str_equal(node->name, kinds[i].name) && kinds[i].take(host, node, error) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* ---- kernel, firmware's state and guests ---- */

static int
take_kernel(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    enum cvm_known options = CVM_YES, messages = CVM_YES;

    if (!node) {
        return 0;
    }
    if (take_known_attribute(node, "options", &options, error) < 0 ||
        take_known_attribute(node, "messages", &messages, error) < 0) {
        return -1;
    }
    if (options == CVM_YES) {
        cvm_host_take_texts(host->arena, node, "option", &host->kernel_options);
    }
    if (messages == CVM_YES) {
        cvm_host_take_texts(host->arena, node, "message", &host->kernel_messages);
    }
    return 0;
}

static int
take_platform(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    static const char *const states[] = { "uninit", "init", "working", NULL };
    const struct cvm_node *state = cvm_node_attribute(node, "state");

    if (!state) {
        return 0;
    }
    if (!g_strv_contains(states, state->text)) {
        return cvm_host_refuse(error, state);
    }
    host->sev_state = state->text;
    return take_number_attribute(node, "guests", &host->sev_guests, error);
}

static int
take_running(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    struct cvm_running *running = &host->running;

    running->known = node != NULL;
    if (take_number_attribute(node, "sev", &running->sev, error) < 0 ||
        take_number_attribute(node, "sev_es", &running->sev_es, error) < 0) {
        return -1;
    }
    return take_number_attribute(node, "sev_snp", &running->sev_snp, error);
}

static int
take_hugetlbfs(struct cvm_host *host, const struct cvm_node *part, GError **error)
{
    if (!part) {
        return 0;
    }
    host->has_hugetlbfs = TRUE;
    host->hugetlbfs = cvm_arena_array(host->arena, uint64_t, cvm_node_count(part));
    for (const struct cvm_node *node = part->children; node; node = node->next) {
        if (cvm_host_size(cvm_node_attribute(node, "size"), node,
                          &host->hugetlbfs[host->n_hugetlbfs++], error) < 0) {
            return -1;
        }
    }
    return 0;
}

int
cvm_host_take_machine(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *iommu = cvm_node_child(root, "iommu");
    const struct cvm_node *user = cvm_node_child(root, "qemuUser");
    const struct cvm_node *apparmor = cvm_node_child(root, "apparmor");

    take_words(host, cvm_node_child(root, "cgroup"), "controllers", &host->cgroup_controllers);
    host->qemu_user = cvm_node_attribute_text(user, "user");
    host->qemu_group = cvm_node_attribute_text(user, "group");
    if (take_processor(host, root, error) < 0 || take_repeated(host, root, error) < 0 ||
        take_kernel(host, cvm_node_child(root, "kernel"), error) < 0 ||
        take_platform(host, cvm_node_child(root, "sevPlatform"), error) < 0 ||
        take_running(host, cvm_node_child(root, "guests"), error) < 0 ||
        take_hugetlbfs(host, cvm_node_child(root, "hugetlbfs"), error) < 0 ||
        take_known_attribute(iommu, "enabled", &host->iommu_enabled, error) < 0 ||
        take_known_attribute(iommu, "passthrough", &host->iommu_passthrough, error) < 0 ||
        take_known_attribute(apparmor, "enabled", &host->apparmor, error) < 0) {
        return -1;
    }
    return take_known_attribute(apparmor, "devSev", &host->apparmor_dev_sev, error);
}
