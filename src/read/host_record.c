/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host record (schemas/host.rng): what one host told, each part optional. */
#include <string.h>

#include "read/host.h"
#include "util/error.h"
#include "util/file.h"
#include "util/i18n.h"
#include "util/number.h"

/* ---- the parts ---- */

static int
take_version(const struct cvm_node *node, unsigned *version, GError **error)
{
    if (node && (!node->text || !cvm_version_parse(node->text, version))) {
        return cvm_host_refuse(error, node);
    }
    return 0;
}

/* "1.55" */
static int
take_sev_firmware(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    const struct cvm_node *api = cvm_node_attribute(node, "api");
    unsigned version = 0;

    if (!api) {
        return 0;
    }
    if (take_version(api, &version, error) < 0) {
        return -1;
    }
    host->has_sev_firmware = TRUE;
    host->sev_api_major = version / CVM_VERSION(1, 0, 0);
    host->sev_api_minor = version / CVM_VERSION(0, 1, 0) % 1000;
    return cvm_host_number(cvm_node_attribute(node, "build"), &host->sev_build, error);
}

static int
take_versions(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *versions = cvm_node_child(root, "versions");

    if (take_version(cvm_node_child(versions, "libvirt"), &host->libvirt_version, error) < 0 ||
        take_version(cvm_node_child(versions, "qemu"), &host->qemu_version, error) < 0 ||
        take_version(cvm_node_child(versions, "kernel"), &host->kernel_version, error) < 0) {
        return -1;
    }
    return take_sev_firmware(host, cvm_node_child(versions, "sevFirmware"), error);
}

static int
take_asids(struct cvm_asids *asids, const struct cvm_node *node, GError **error)
{
    if (!node) {
        return 0;
    }
    asids->known = TRUE;
    if (cvm_host_number(cvm_node_attribute(node, "sev"), &asids->sev, error) < 0) {
        return -1;
    }
    return cvm_host_number(cvm_node_attribute(node, "sev_es"), &asids->sev_es, error);
}

static int
take_memlock(struct cvm_host *host, const struct cvm_node *node, GError **error)
{
    const struct cvm_node *limit = cvm_node_attribute(node, "limit");

    if (!limit) {
        return 0;
    }
    host->has_memlock = TRUE;
    if (g_str_equal(limit->text, "infinity")) {
        host->memlock = G_MAXUINT64;
    } else if (!cvm_number_parse_decimal(limit->text, &host->memlock)) {
        return cvm_host_refuse(error, limit);
    }
    return 0;
}

static int
take_time(const struct cvm_node *node, uint64_t *seconds, GError **error)
{
    if (node && !cvm_number_parse_decimal(node->text, seconds)) {
        return cvm_host_refuse(error, node);
    }
    return 0;
}

static int
take_facts(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *misc = cvm_node_child(root, "misc");
    const struct cvm_node *times = cvm_node_child(root, "times");

    if (take_versions(host, root, error) < 0 || cvm_host_take_machine(host, root, error) < 0 ||
        take_asids(&host->capacity, cvm_node_child(misc, "capacity"), error) < 0 ||
        take_asids(&host->in_use, cvm_node_child(misc, "current"), error) < 0 ||
        cvm_host_known(cvm_node_attribute(cvm_node_child(root, "smt"), "active"), &host->smt,
                       error) < 0 ||
        take_memlock(host, cvm_node_child(root, "memlock"), error) < 0 ||
        take_time(cvm_node_attribute(times, "capabilitiesCached"), &host->caps_cached, error) < 0) {
        return -1;
    }
    return take_time(cvm_node_attribute(times, "parametersChanged"), &host->parameters_changed,
                     error);
}

static int
take_free_node(struct cvm_host *host, const struct cvm_node *from, GError **error)
{
    unsigned id = 0, count = 0;
    const struct cvm_host_node *node;

    if (cvm_host_number(cvm_node_attribute(from, "id"), &id, error) < 0) {
        return -1;
    }
    node = cvm_host_node(host, id);
    for (const struct cvm_node *pages = from->children; pages; pages = pages->next) {
        uint64_t size = 0;

        if (cvm_host_size(cvm_node_attribute(pages, "size"), pages, &size, error) < 0 ||
            cvm_host_number(pages, &count, error) < 0) {
            return -1;
        }
        for (unsigned i = 0; node && i < node->n_pools; i++) {
            if (node->pools[i].size == size) {
                node->pools[i].free = count;
                node->pools[i].has_free = TRUE;
            }
        }
    }
    return 0;
}

static int
take_free_pages(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *part = cvm_node_child(root, "freePages");

    for (const struct cvm_node *node = part ? part->children : NULL; node; node = node->next) {
        if (take_free_node(host, node, error) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- firmware ---- */

static int
take_area(const struct cvm_node *node, const char *first, gboolean *has, uint32_t *base,
          uint32_t *size, GError **error)
{
    *has = node != NULL;
    if (cvm_host_number(cvm_node_attribute(node, first), base, error) < 0) {
        return -1;
    }
    return size ? cvm_host_number(cvm_node_attribute(node, "size"), size, error) : 0;
}

static int
take_sections(struct cvm_host *host, const struct cvm_node *metadata, struct cvm_ovmf *image,
              GError **error)
{
    image->has_metadata = metadata != NULL;
    image->sections =
        cvm_arena_array(host->arena, struct cvm_ovmf_section, cvm_node_count(metadata));
    for (const struct cvm_node *node = metadata ? metadata->children : NULL; node;
         node = node->next) {
        struct cvm_ovmf_section *section = &image->sections[image->n_sections++];

        if (cvm_host_number(cvm_node_attribute(node, "type"), &section->type, error) < 0 ||
            cvm_host_number(cvm_node_attribute(node, "address"), &section->address, error) < 0 ||
            cvm_host_number(cvm_node_attribute(node, "size"), &section->size, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
take_image(struct cvm_host *host, const struct cvm_node *node, struct cvm_ovmf *image,
           GError **error)
{
    const struct cvm_node *size = cvm_node_attribute(node, "size");
    enum cvm_known table = CVM_NO, vars = CVM_NO;

    image->path = cvm_node_attribute_text(node, "path");
    if (!cvm_number_parse_decimal(size->text, &image->size)) {
        return cvm_host_refuse(error, size);
    }
    if (cvm_host_known(cvm_node_attribute(node, "guidTable"), &table, error) < 0 ||
        cvm_host_known(cvm_node_attribute(node, "variableStore"), &vars, error) < 0 ||
        take_area(cvm_node_child(node, "resetBlock"), "address", &image->has_reset_block,
                  &image->reset_address, NULL, error) < 0 ||
        take_area(cvm_node_child(node, "hashTable"), "base", &image->has_hash_table,
                  &image->hash_base, &image->hash_size, error) < 0 ||
        take_area(cvm_node_child(node, "secretArea"), "base", &image->has_secret_area,
                  &image->secret_base, &image->secret_size, error) < 0) {
        return -1;
    }
    image->has_table = table == CVM_YES;
    image->has_vars = vars == CVM_YES;
    return take_sections(host, cvm_node_child(node, "metadata"), image, error);
}

static int
take_firmware(struct cvm_host *host, const struct cvm_node *part, GError **error)
{
    unsigned count = cvm_node_count(part), n_found = 0;
    struct cvm_descriptor *found;

    if (!part) {
        return 0;
    }
    host->has_firmware = TRUE;
    found = cvm_arena_array(host->arena, struct cvm_descriptor, count);
    host->images = cvm_arena_array(host->arena, struct cvm_ovmf, count);
    for (const struct cvm_node *node = part->children; node; node = node->next) {
        if (g_str_equal(node->name, "descriptor")) {
            found[n_found++] = (struct cvm_descriptor){
                .path = cvm_node_attribute_text(node, "path"),
                .text = node->text ? node->text : "",
                .size = node->text ? strlen(node->text) : 0,
            };
        } else if (take_image(host, node, &host->images[host->n_images++], error) < 0) {
            return -1;
        }
    }
    cvm_host_take_descriptors(host, found, n_found);
    return 0;
}

/* ---- the whole ---- */

static int
take_record(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    const struct cvm_node *version = cvm_node_attribute(root, "version");
    const struct cvm_node *domcaps = cvm_node_child(root, "domainCapabilities");
    const struct cvm_node *caps = cvm_node_child(root, "capabilities");

    if (version && !g_str_equal(version->text, "1")) {
        return cvm_error_set_at(
            error, CVM_ERROR_UNSUPPORTED, root->source->name, version->line, version->column,
            _("host records of version '%s' are not known to this cvmdom, it reads version 1"),
            version->text);
    }
    if (cvm_host_check_record(root, error) < 0 ||
        (domcaps && cvm_host_take_domcaps(host, domcaps, error) < 0) ||
        (caps && cvm_host_take_caps(host, caps, error) < 0) || take_facts(host, root, error) < 0 ||
        take_free_pages(host, root, error) < 0 ||
        take_firmware(host, cvm_node_child(root, "firmware"), error) < 0) {
        return -1;
    }
    host->name = cvm_node_attribute_text(root, "name");
    return 0;
}

static const struct {
    const char *name;
    int (*take)(struct cvm_host *, const struct cvm_node *, GError **);
} kinds[] = {
    { "cvmdomHost", take_record },
    { "domainCapabilities", cvm_host_take_domcaps },
    { "capabilities", cvm_host_take_caps },
};

gboolean
cvm_host_is_likely(const char *data, size_t size)
{
    if (!cvm_xml_is_likely(data, size)) {
        return FALSE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *tag = g_strconcat("<", kinds[i].name, NULL);

        if (g_strstr_len(data, (gssize)size, tag)) {
            return TRUE;
        }
    }
    /* In another encoding only a parser can tell. */
    return memchr(data, '\0', size) != NULL;
}

static int
take_root(struct cvm_host *host, const struct cvm_node *root, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(root->name, kinds[i].name)) {
            return kinds[i].take(host, root, error);
        }
    }
    return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, root->source->name, root->line,
                            root->column,
                            _("a host is a host record or what 'virsh domcapabilities' or 'virsh "
                              "capabilities' prints; '%s' is none of them"),
                            root->name);
}

static char *
default_name(const char *file)
{
    char *name = g_path_get_basename(file);

    if (g_str_has_suffix(name, ".xml")) {
        name[strlen(name) - strlen(".xml")] = '\0';
    }
    return name;
}

struct cvm_host *
cvm_host_parse(const char *name, const char *data, size_t size, GError **error)
{
    CVM_AUTO(host) *host = cvm_host_new();
    const struct cvm_source *source;
    g_autofree char *short_name = default_name(name);

    host->file = cvm_arena_strdup(host->arena, name);
    host->name = cvm_arena_strdup(host->arena, short_name);
    /* A YAML profile or a JSON file given as host deserves a better answer than what XML it lacks.
     */
    if (!cvm_xml_is_likely(data, size)) {
        cvm_error_set_at(
            error, CVM_ERROR_UNSUPPORTED, name, 1, 1,
            _("this is no XML; a host is a host record or what 'virsh domcapabilities' "
              "or 'virsh capabilities' prints"));
        return NULL;
    }
    source = cvm_xml_decode(host->arena, name, data, size, error);
    host->root = source ? cvm_xml_parse(host->arena, source, error) : NULL;
    if (!host->root || take_root(host, host->root, error) < 0) {
        return NULL;
    }
    return g_steal_pointer(&host);
}

struct cvm_host *
cvm_host_read(const char *path, GError **error)
{
    g_autofree char *data = NULL;
    size_t size;

    if (cvm_file_read(path, CVM_LIMIT_XML, &data, &size, error) < 0) {
        return NULL;
    }
    return cvm_host_parse(path, data, size, error);
}
