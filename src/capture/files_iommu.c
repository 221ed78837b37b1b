/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The IOMMU: whether there is one in use, and whether devices bypass it by default, which SEV-SNP
 * does not allow (iommu_snp_enable() of Linux's drivers/iommu/amd/init.c). */
#include "capture/files.h"

/* "iommu: Default domain type: Translated (set via kernel command line)" */
static enum cvm_known
passthrough_by_log(const struct cvm_host *host)
{
    enum cvm_known known = CVM_UNKNOWN;

    for (unsigned i = 0; i < host->kernel_messages.count; i++) {
        const char *type =
            cvm_files_after(host->kernel_messages.items[i], "iommu: Default domain type:");

        if (type) {
            known = g_str_has_prefix(type, "Passthrough")  ? CVM_YES
                    : g_str_has_prefix(type, "Translated") ? CVM_NO
                                                           : CVM_UNKNOWN;
        }
    }
    return known;
}

/* Single devices may be "identity" where the default is another; the other way round needs somebody
 * who asks for it. */
static enum cvm_known
passthrough_by_groups(const struct cvm_files *files)
{
    g_autoptr(GArray) groups = cvm_files_numbered(files, "/sys/kernel/iommu_groups", "");
    enum cvm_known known = CVM_UNKNOWN;

    for (guint i = 0; i < groups->len; i++) {
        g_autofree char *path =
            g_strdup_printf("/sys/kernel/iommu_groups/%u/type", g_array_index(groups, unsigned, i));
        const char *type = cvm_files_value(files, path);

        if (type && g_str_has_prefix(type, "DMA")) {
            return CVM_NO;
        }
        known = g_strcmp0(type, "identity") == 0 ? CVM_YES : known;
    }
    return known;
}

/* Without any of these the kernel's configuration decides, which we do not know. */
static enum cvm_known
passthrough_by_options(const struct cvm_strings *options)
{
    static const struct {
        const char *option;
        enum cvm_known known;
    } rows[] = { { "iommu=pt", CVM_YES },
                 { "iommu=nopt", CVM_NO },
                 { "iommu.passthrough=1", CVM_YES },
                 { "iommu.passthrough=0", CVM_NO } };
    enum cvm_known known = CVM_UNKNOWN;

    for (unsigned i = 0; i < options->count; i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(rows); j++) {
            known = g_str_equal(options->items[i], rows[j].option) ? rows[j].known : known;
        }
    }
    return known;
}

static gboolean
is_switched_off(const struct cvm_strings *options)
{
    return cvm_strings_contain(options, "iommu=off") ||
           cvm_strings_contain(options, "amd_iommu=off");
}

/* The folder of units is there wherever the kernel knows of IOMMUs at all; groups there are only
 * with one. */
static enum cvm_known
enabled(const struct cvm_files *files)
{
    g_autoptr(GPtrArray) units = cvm_tree_list(files->tree, "/sys/class/iommu");
    g_autoptr(GPtrArray) groups = cvm_files_list(files, "/sys/kernel/iommu_groups");

    if (groups->len > 0) {
        return CVM_YES;
    }
    if (units) {
        return units->len > 0 ? CVM_YES : CVM_NO;
    }
    return is_switched_off(&files->host->kernel_options) ? CVM_NO : CVM_UNKNOWN;
}

void
cvm_files_take_iommu(struct cvm_files *files)
{
    struct cvm_host *host = files->host;

    host->iommu_enabled = enabled(files);
    host->iommu_passthrough = passthrough_by_log(host);
    if (!host->iommu_passthrough) {
        host->iommu_passthrough = passthrough_by_groups(files);
    }
    if (!host->iommu_passthrough) {
        host->iommu_passthrough = passthrough_by_options(&host->kernel_options);
    }
}
