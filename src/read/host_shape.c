/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our own elements of a host record are held to the format, so that a typing error does not pass
 * for an absent fact; what libvirt printed is taken as it is. In step with schemas/host.rng. */
#include <string.h>

#include "read/host.h"
#include "util/closest.h"
#include "util/error.h"
#include "util/i18n.h"

struct shape {
    const char *name;
    const char *attributes; /* separated by spaces, a required one with '!' in front */
    const struct shape *children;
    gboolean many; /* may stand more than once */
    gboolean text; /* may hold text */
    gboolean any;  /* libvirt's content, not ours to check */
};

static const struct shape versions_shape[] = {
    { .name = "libvirt", .text = TRUE },
    { .name = "qemu", .text = TRUE },
    { .name = "kernel", .text = TRUE },
    { .name = "sevFirmware", .attributes = "!api build" },
    { .name = NULL },
};
static const struct shape module_shape[] = {
    { .name = "parameter", .attributes = "!name", .many = TRUE, .text = TRUE },
    { .name = NULL },
};
static const struct shape misc_shape[] = {
    { .name = "capacity", .attributes = "sev sev_es" },
    { .name = "current", .attributes = "sev sev_es" },
    { .name = NULL },
};
static const struct shape kernel_shape[] = {
    { .name = "option", .many = TRUE, .text = TRUE },
    { .name = "message", .many = TRUE, .text = TRUE },
    { .name = NULL },
};
static const struct shape hugetlbfs_shape[] = {
    { .name = "mount", .attributes = "!size unit", .many = TRUE },
    { .name = NULL },
};
static const struct shape sev_info_shape[] = {
    { .name = "pdh", .text = TRUE },
    { .name = "certChain", .text = TRUE },
    { .name = "cpu0Id", .text = TRUE },
    { .name = NULL },
};
static const struct shape free_node_shape[] = {
    { .name = "pages", .attributes = "!size unit", .many = TRUE, .text = TRUE },
    { .name = NULL },
};
static const struct shape free_pages_shape[] = {
    { .name = "node", .attributes = "!id", .children = free_node_shape, .many = TRUE },
    { .name = NULL },
};
static const struct shape metadata_shape[] = {
    { .name = "section", .attributes = "!type !address !size", .many = TRUE },
    { .name = NULL },
};
static const struct shape image_shape[] = {
    { .name = "resetBlock", .attributes = "!address" },
    { .name = "hashTable", .attributes = "!base !size" },
    { .name = "secretArea", .attributes = "!base !size" },
    { .name = "metadata", .children = metadata_shape },
    { .name = NULL },
};
static const struct shape firmware_shape[] = {
    { .name = "descriptor", .attributes = "!path", .many = TRUE, .text = TRUE },
    { .name = "image",
      .attributes = "!path !size !guidTable !variableStore",
      .children = image_shape,
      .many = TRUE },
    { .name = NULL },
};
static const struct shape record_children[] = {
    { .name = "description", .text = TRUE },
    { .name = "origin", .text = TRUE },
    { .name = "versions", .children = versions_shape },
    { .name = "processor", .attributes = "family model stepping flags", .text = TRUE },
    { .name = "cpuid", .attributes = "!leaf !eax !ebx !ecx !edx", .many = TRUE },
    { .name = "msr", .attributes = "!name !value", .many = TRUE },
    { .name = "kernel", .attributes = "options messages", .children = kernel_shape },
    { .name = "module", .attributes = "!name loaded", .children = module_shape, .many = TRUE },
    { .name = "misc", .children = misc_shape },
    { .name = "sevPlatform", .attributes = "!state guests" },
    { .name = "guests", .attributes = "sev sev_es sev_snp" },
    { .name = "smt", .attributes = "!active" },
    { .name = "iommu", .attributes = "enabled passthrough" },
    { .name = "device", .attributes = "!path present mode owner group", .many = TRUE },
    { .name = "memlock", .attributes = "!limit" },
    { .name = "qemuUser", .attributes = "user group" },
    { .name = "apparmor", .attributes = "enabled devSev" },
    { .name = "cgroup", .attributes = "controllers" },
    { .name = "hugetlbfs", .children = hugetlbfs_shape },
    { .name = "freePages", .children = free_pages_shape },
    { .name = "times", .attributes = "capabilitiesCached parametersChanged" },
    { .name = "sevInfo", .children = sev_info_shape },
    { .name = "firmware", .children = firmware_shape },
    { .name = "domainCapabilities", .any = TRUE },
    { .name = "capabilities", .any = TRUE },
    { .name = NULL },
};
static const struct shape record_shape = {
    .name = "cvmdomHost",
    .attributes = "!version !name",
    .children = record_children,
};

static int
refuse(GError **error, const struct cvm_node *node, const char *message)
{
    return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, node->source->name, node->name_line,
                            node->name_column, "%s", message);
}

static int
refuse_unknown(GError **error, const struct cvm_node *node, const char *const *known)
{
    const char *closest = cvm_closest(node->name, known);
    g_autofree char *message =
        closest ? g_strdup_printf(_("'%1$s' of '%2$s' is not known in a host record; did you mean "
                                    "'%3$s'?"),
                                  node->name, node->parent->name, closest)
                : g_strdup_printf(_("'%1$s' of '%2$s' is not known in a host record"), node->name,
                                  node->parent->name);

    return refuse(error, node, message);
}

static int
refuse_attribute(GError **error, const struct cvm_node *attribute, const struct shape *shape)
{
    g_autofree char *list = g_strdup(shape->attributes ? shape->attributes : "");
    g_autofree const char **known = g_new0(const char *, strlen(list) + 1);
    unsigned count = 0;

    for (char *rest = list, *word; (word = strsep(&rest, " !"));) {
        if (*word) {
            known[count++] = word;
        }
    }
    return refuse_unknown(error, attribute, known);
}

/* The next word of a shape's attributes, of which *word is the one before; FALSE behind the last.
 */
static gboolean
next_word(const char **word, size_t *length, gboolean *required)
{
    const char *at = *word + *length;

    at += *at == ' ';
    *required = *at == '!';
    *word = at + *required;
    *length = strcspn(*word, " ");
    return *length > 0;
}

static const struct cvm_node *
find_attribute(const struct cvm_node *node, const char *name, size_t length)
{
    const struct cvm_node *attribute = node->attributes;

    while (attribute &&
           (strncmp(attribute->name, name, length) != 0 || attribute->name[length] != '\0')) {
        attribute = attribute->next;
    }
    return attribute;
}

static gboolean
has_word(const char *words, const char *name)
{
    size_t length = 0;
    gboolean required;

    while (words && next_word(&words, &length, &required)) {
        if (strncmp(name, words, length) == 0 && name[length] == '\0') {
            return TRUE;
        }
    }
    return FALSE;
}

static int
check_attributes(const struct cvm_node *node, const struct shape *shape, GError **error)
{
    const char *word = shape->attributes;
    size_t length = 0;
    gboolean required;

    while (word && next_word(&word, &length, &required)) {
        if (required && !find_attribute(node, word, length)) {
            g_autofree char *name = g_strndup(word, length);
            g_autofree char *message =
                g_strdup_printf(_("'%1$s' lacks its attribute '%2$s'"), node->name, name);

            return refuse(error, node, message);
        }
    }
    for (const struct cvm_node *attribute = node->attributes; attribute;
         attribute = attribute->next) {
        if (!has_word(shape->attributes, attribute->name) &&
            !g_str_has_prefix(attribute->name, "xmlns")) {
            return refuse_attribute(error, attribute, shape);
        }
    }
    return 0;
}

static int
refuse_element(GError **error, const struct cvm_node *node, const struct shape *shapes)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (; shapes && shapes->name; shapes++) {
        g_ptr_array_add(names, (gpointer)shapes->name);
    }
    g_ptr_array_add(names, NULL);
    return refuse_unknown(error, node, (const char *const *)names->pdata);
}

static const struct shape *
find_shape(const struct shape *shapes, const char *name)
{
    while (shapes && shapes->name && !g_str_equal(shapes->name, name)) {
        shapes++;
    }
    return shapes && shapes->name ? shapes : NULL;
}

static int
check_shape(const struct cvm_node *node, const struct shape *shape, GError **error)
{
    if (shape->any) {
        return 0;
    }
    if (check_attributes(node, shape, error) < 0) {
        return -1;
    }
    if (node->text && !shape->text) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, node->source->name, node->line,
                                node->column, _("'%s' of a host record holds no text"), node->name);
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        const struct shape *found = find_shape(shape->children, child->name);

        if (!found) {
            return refuse_element(error, child, shape->children);
        }
        if (!found->many && cvm_node_child(node, child->name) != child) {
            g_autofree char *message = g_strdup_printf(_("'%s' may stand only once"), child->name);

            return refuse(error, child, message);
        }
        if (check_shape(child, found, error) < 0) {
            return -1;
        }
    }
    return 0;
}

int
cvm_host_check_record(const struct cvm_node *root, GError **error)
{
    return check_shape(root, &record_shape, error);
}
