/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host record out: schemas/host.rng, in its order. What is unknown is left out. */
#include <stdlib.h>

#include "capture/capture.h"
#include "util/number.h"

/* ---- attributes ---- */

static void
add_known(struct cvm_xml *xml, const char *name, enum cvm_known known)
{
    if (known != CVM_UNKNOWN) {
        cvm_xml_attribute(xml, name, known == CVM_YES ? "yes" : "no");
    }
}

static void
add_text(struct cvm_xml *xml, const char *name, const char *text)
{
    if (text) {
        cvm_xml_attribute(xml, name, text);
    }
}

static void
add_count(struct cvm_xml *xml, const char *name, unsigned count)
{
    cvm_xml_attribute_uint(xml, name, count);
}

static void
add_count_if(struct cvm_xml *xml, const char *name, unsigned count)
{
    if (count > 0) {
        add_count(xml, name, count);
    }
}

static void
add_long(struct cvm_xml *xml, const char *name, uint64_t number)
{
    cvm_xml_attribute_uint(xml, name, number);
}

static void
add_hex(struct cvm_xml *xml, const char *name, uint64_t number)
{
    cvm_xml_attribute_format(xml, name, "0x%" G_GINT64_MODIFIER "x", number);
}

static void
add_words(struct cvm_xml *xml, const char *name, const struct cvm_strings *words)
{
    g_autofree char *text = words->items ? g_strjoinv(" ", (char **)words->items) : NULL;

    add_text(xml, name, text);
}

static void
write_texts(struct cvm_xml *xml, const char *name, const struct cvm_strings *texts)
{
    for (unsigned i = 0; texts->items && i < texts->count; i++) {
        cvm_xml_element(xml, name, texts->items[i]);
    }
}

static void
write_size(struct cvm_xml *xml, uint64_t bytes)
{
    cvm_xml_attribute(xml, "unit", "KiB");
    add_long(xml, "size", bytes >> 10);
}

/* ---- versions and processor ---- */

static void
write_version(struct cvm_xml *xml, const char *name, unsigned version)
{
    g_autofree char *text = cvm_version_format(version);

    if (version > 0) {
        cvm_xml_element(xml, name, text);
    }
}

/* `uname -r`; a release that begins otherwise is no Linux's. */
static void
write_kernel_version(struct cvm_xml *xml, const struct cvm_record *record)
{
    const char *release = record->kernel_release;

    if (release && g_regex_match_simple("^[0-9]{1,3}\\.[0-9]{1,3}[[:print:]]*\\z", release,
                                        G_REGEX_RAW, (GRegexMatchFlags)0)) {
        cvm_xml_element(xml, "kernel", release);
    } else {
        write_version(xml, "kernel", record->host->kernel_version);
    }
}

static void
write_versions(struct cvm_xml *xml, const struct cvm_record *record)
{
    const struct cvm_host *host = record->host;

    cvm_xml_start(xml, "versions");
    write_version(xml, "libvirt", host->libvirt_version);
    write_version(xml, "qemu", host->qemu_version);
    write_kernel_version(xml, record);
    if (host->has_sev_firmware) {
        cvm_xml_start(xml, "sevFirmware");
        cvm_xml_attribute_format(xml, "api", "%u.%u", host->sev_api_major, host->sev_api_minor);
        add_count_if(xml, "build", host->sev_build);
        cvm_xml_end(xml);
    }
    cvm_xml_end_unless_empty(xml);
}

static void
write_processor(struct cvm_xml *xml, const struct cvm_host *host)
{
    const struct cvm_cpuid *cpuid = &host->cpuid_sev;

    cvm_xml_start(xml, "processor");
    add_count_if(xml, "family", host->cpu_family);
    add_count_if(xml, "model", host->cpu_model);
    if (host->has_cpu_stepping) {
        cvm_xml_attribute_uint(xml, "stepping", host->cpu_stepping);
    }
    add_words(xml, "flags", &host->cpu_flags);
    if (host->cpu_model_name) {
        cvm_xml_text(xml, host->cpu_model_name);
    }
    cvm_xml_end_unless_empty(xml);
    if (cpuid->known) {
        cvm_xml_start(xml, "cpuid");
        cvm_xml_attribute(xml, "leaf", "0x8000001f");
        add_hex(xml, "eax", cpuid->eax);
        add_hex(xml, "ebx", cpuid->ebx);
        add_hex(xml, "ecx", cpuid->ecx);
        add_hex(xml, "edx", cpuid->edx);
        cvm_xml_end(xml);
    }
    for (unsigned i = 0; i < host->n_msrs; i++) {
        cvm_xml_start(xml, "msr");
        cvm_xml_attribute(xml, "name", host->msrs[i].name);
        add_hex(xml, "value", host->msrs[i].value);
        cvm_xml_end(xml);
    }
}

/* ---- kernel ---- */

static void
write_kernel(struct cvm_xml *xml, const struct cvm_host *host)
{
    if (!host->kernel_options.items && !host->kernel_messages.items) {
        return;
    }
    cvm_xml_start(xml, "kernel");
    add_known(xml, "options", host->kernel_options.items ? CVM_UNKNOWN : CVM_NO);
    add_known(xml, "messages", host->kernel_messages.items ? CVM_UNKNOWN : CVM_NO);
    write_texts(xml, "option", &host->kernel_options);
    write_texts(xml, "message", &host->kernel_messages);
    cvm_xml_end(xml);
}

static void
write_module(struct cvm_xml *xml, const struct cvm_record *record, const char *name,
             gboolean loaded)
{
    cvm_xml_start(xml, "module");
    cvm_xml_attribute(xml, "name", name);
    add_known(xml, "loaded", loaded ? CVM_UNKNOWN : CVM_NO);
    for (guint i = 0; i < record->parameters->len; i++) {
        const struct cvm_capture_parameter *parameter =
            &g_array_index(record->parameters, struct cvm_capture_parameter, i);

        if (g_str_equal(parameter->module, name)) {
            cvm_xml_start(xml, "parameter");
            cvm_xml_attribute(xml, "name", parameter->name);
            cvm_xml_text(xml, parameter->value);
            cvm_xml_end(xml);
        }
    }
    cvm_xml_end(xml);
}

static void
write_asids(struct cvm_xml *xml, const char *name, const struct cvm_asids *asids)
{
    if (asids->known) {
        cvm_xml_start(xml, name);
        add_count(xml, "sev", asids->sev);
        add_count(xml, "sev_es", asids->sev_es);
        cvm_xml_end(xml);
    }
}

static void
write_guests(struct cvm_xml *xml, const struct cvm_host *host)
{
    cvm_xml_start(xml, "misc");
    write_asids(xml, "capacity", &host->capacity);
    write_asids(xml, "current", &host->in_use);
    cvm_xml_end_unless_empty(xml);
    if (host->sev_state) {
        cvm_xml_start(xml, "sevPlatform");
        cvm_xml_attribute(xml, "state", host->sev_state);
        add_count(xml, "guests", host->sev_guests);
        cvm_xml_end(xml);
    }
    if (host->running.known) {
        cvm_xml_start(xml, "guests");
        add_count(xml, "sev", host->running.sev);
        add_count(xml, "sev_es", host->running.sev_es);
        add_count(xml, "sev_snp", host->running.sev_snp);
        cvm_xml_end(xml);
    }
}

/* ---- devices, and who may use them ---- */

static void
write_device(struct cvm_xml *xml, const char *path, const struct cvm_device_node *device)
{
    if (device->present == CVM_UNKNOWN) {
        return;
    }
    cvm_xml_start(xml, "device");
    cvm_xml_attribute(xml, "path", path);
    add_known(xml, "present", device->present == CVM_YES ? CVM_UNKNOWN : CVM_NO);
    if (device->mode > 0) {
        cvm_xml_attribute_format(xml, "mode", "%04o", device->mode);
    }
    add_text(xml, "owner", device->owner);
    add_text(xml, "group", device->group);
    cvm_xml_end(xml);
}

static void
write_switches(struct cvm_xml *xml, const struct cvm_host *host)
{
    cvm_xml_start(xml, "smt");
    add_known(xml, "active", host->smt);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "iommu");
    add_known(xml, "enabled", host->iommu_enabled);
    add_known(xml, "passthrough", host->iommu_passthrough);
    cvm_xml_end_unless_empty(xml);
}

static void
write_permissions(struct cvm_xml *xml, const struct cvm_host *host)
{
    write_device(xml, "/dev/kvm", &host->dev_kvm);
    write_device(xml, "/dev/sev", &host->dev_sev);
    if (host->has_memlock) {
        cvm_xml_start(xml, "memlock");
        if (host->memlock == G_MAXUINT64) {
            cvm_xml_attribute(xml, "limit", "infinity");
        } else {
            add_long(xml, "limit", host->memlock);
        }
        cvm_xml_end(xml);
    }
    cvm_xml_start(xml, "qemuUser");
    add_text(xml, "user", host->qemu_user);
    add_text(xml, "group", host->qemu_group);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "apparmor");
    add_known(xml, "enabled", host->apparmor);
    add_known(xml, "devSev", host->apparmor_dev_sev);
    cvm_xml_end_unless_empty(xml);
    cvm_xml_start(xml, "cgroup");
    add_words(xml, "controllers", &host->cgroup_controllers);
    cvm_xml_end_unless_empty(xml);
}

/* ---- memory ---- */

static int
compare_pages(const void *a, const void *b)
{
    const struct cvm_free_pages *left = a, *right = b;

    return left->node != right->node ? (left->node > right->node) - (left->node < right->node)
                                     : (left->size > right->size) - (left->size < right->size);
}

static void
write_free_pages(struct cvm_xml *xml, const GArray *pages)
{
    g_autoptr(GArray) sorted = g_array_copy((GArray *)pages);
    const struct cvm_free_pages *last = NULL;

    g_array_sort(sorted, compare_pages);
    cvm_xml_start(xml, "freePages");
    for (guint i = 0; i < sorted->len; i++) {
        const struct cvm_free_pages *item = &g_array_index(sorted, struct cvm_free_pages, i);

        if (!last || last->node != item->node) {
            if (last) {
                cvm_xml_end(xml);
            }
            cvm_xml_start(xml, "node");
            add_count(xml, "id", item->node);
        }
        cvm_xml_start(xml, "pages");
        write_size(xml, item->size);
        cvm_xml_text_uint(xml, MIN(item->count, G_MAXUINT));
        cvm_xml_end(xml);
        last = item;
    }
    if (last) {
        cvm_xml_end(xml);
    }
    cvm_xml_end_unless_empty(xml);
}

static void
write_memory(struct cvm_xml *xml, const struct cvm_record *record)
{
    const struct cvm_host *host = record->host;

    if (host->has_hugetlbfs) {
        cvm_xml_start(xml, "hugetlbfs");
        for (unsigned i = 0; i < host->n_hugetlbfs; i++) {
            cvm_xml_start(xml, "mount");
            write_size(xml, host->hugetlbfs[i]);
            cvm_xml_end(xml);
        }
        cvm_xml_end(xml);
    }
    write_free_pages(xml, record->free_pages);
    cvm_xml_start(xml, "times");
    if (host->caps_cached > 0) {
        add_long(xml, "capabilitiesCached", host->caps_cached);
    }
    if (host->parameters_changed > 0) {
        add_long(xml, "parametersChanged", host->parameters_changed);
    }
    cvm_xml_end_unless_empty(xml);
}

/* ---- firmware ---- */

static void
write_area(struct cvm_xml *xml, const char *name, gboolean has, uint32_t base, uint32_t size)
{
    if (has) {
        cvm_xml_start(xml, name);
        add_hex(xml, "base", base);
        add_hex(xml, "size", size);
        cvm_xml_end(xml);
    }
}

static void
write_image(struct cvm_xml *xml, const struct cvm_ovmf *image)
{
    cvm_xml_start(xml, "image");
    cvm_xml_attribute(xml, "path", image->path);
    add_long(xml, "size", image->size);
    add_known(xml, "guidTable", image->has_table ? CVM_YES : CVM_NO);
    add_known(xml, "variableStore", image->has_vars ? CVM_YES : CVM_NO);
    if (image->has_reset_block) {
        cvm_xml_start(xml, "resetBlock");
        add_hex(xml, "address", image->reset_address);
        cvm_xml_end(xml);
    }
    write_area(xml, "hashTable", image->has_hash_table, image->hash_base, image->hash_size);
    write_area(xml, "secretArea", image->has_secret_area, image->secret_base, image->secret_size);
    if (image->has_metadata) {
        cvm_xml_start(xml, "metadata");
        for (unsigned i = 0; i < image->n_sections; i++) {
            cvm_xml_start(xml, "section");
            add_count(xml, "type", image->sections[i].type);
            add_hex(xml, "address", image->sections[i].address);
            add_hex(xml, "size", image->sections[i].size);
            cvm_xml_end(xml);
        }
        cvm_xml_end(xml);
    }
    cvm_xml_end(xml);
}

static void
write_firmware(struct cvm_xml *xml, const struct cvm_record *record)
{
    const struct cvm_host *host = record->host;

    if (!host->has_firmware && record->descriptors->len == 0 && host->n_images == 0) {
        return;
    }
    cvm_xml_start(xml, "firmware");
    for (guint i = 0; i < record->descriptors->len; i++) {
        const struct cvm_capture_file *file =
            &g_array_index(record->descriptors, struct cvm_capture_file, i);

        cvm_xml_start(xml, "descriptor");
        cvm_xml_attribute(xml, "path", file->path);
        cvm_xml_text(xml, file->text);
        cvm_xml_end(xml);
    }
    for (unsigned i = 0; i < host->n_images; i++) {
        write_image(xml, &host->images[i]);
    }
    cvm_xml_end(xml);
}

/* ---- the whole ---- */

static void
write_sev_info(struct cvm_xml *xml, const struct cvm_record *record)
{
    const struct {
        const char *name, *text;
    } texts[] = { { "pdh", record->pdh },
                  { "certChain", record->cert_chain },
                  { "cpu0Id", record->cpu0_id } };

    cvm_xml_start(xml, "sevInfo");
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i].text) {
            cvm_xml_element(xml, texts[i].name, texts[i].text);
        }
    }
    cvm_xml_end_unless_empty(xml);
}

static void
write_record(struct cvm_xml *xml, const struct cvm_record *record, gboolean full)
{
    const struct cvm_host *host = record->host;

    write_versions(xml, record);
    write_processor(xml, host);
    write_kernel(xml, host);
    for (unsigned i = 0; i < host->n_modules; i++) {
        write_module(xml, record, host->modules[i].name, host->modules[i].loaded);
    }
    write_guests(xml, host);
    write_switches(xml, host);
    write_permissions(xml, host);
    write_memory(xml, record);
    if (full) {
        write_sev_info(xml, record);
    }
    write_firmware(xml, record);
    if (record->domcaps) {
        cvm_record_write_libvirt(xml, record->domcaps->root, full);
    }
    if (record->caps) {
        cvm_record_write_libvirt(xml, record->caps->root, full);
    }
}

char *
cvm_record_write(const struct cvm_record *record, gboolean full)
{
    GString *out = g_string_new("<?xml version='1.0' encoding='UTF-8'?>\n");
    struct cvm_xml xml;

    cvm_xml_init(&xml, out);
    cvm_xml_start(&xml, "cvmdomHost");
    cvm_xml_attribute(&xml, "version", "1");
    cvm_xml_attribute(&xml, "name", record->host->name);
    cvm_xml_element(&xml, "origin",
                    full ? "Captured by cvmdom, with what names this one machine."
                         : "Captured by cvmdom, without what names this one machine.");
    write_record(&xml, record, full);
    cvm_xml_end(&xml);
    return g_string_free(out, FALSE);
}
