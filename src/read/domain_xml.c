/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fills the model from domain XML, row by row. */
#include "read/domain_xml.h"

#include <string.h>

#include "read/profile.h"
#include "read/read.h"
#include "util/file.h"
#include "util/i18n.h"
#include "util/number.h"

/* The element or attribute at the end of a path. Where it is missing NULL, and *nearest is the last
 * step that was there. */
static const struct cvm_node *
walk(const struct cvm_node *element, const char *path, const struct cvm_node **nearest)
{
    char step[64];

    *nearest = element;
    while (element && *path && !g_str_equal(path, ".")) {
        size_t length = strcspn(path, "/");

        g_assert(length < sizeof step);
        memcpy(step, path, length);
        step[length] = '\0';
        element =
            step[0] == '@' ? cvm_node_attribute(element, step + 1) : cvm_node_child(element, step);
        *nearest = element ? element : *nearest;
        path += length + (path[length] == '/');
    }
    return element;
}

/* ---- one value ---- */

/* libvirt's tristates: virTristateBool and virTristateSwitch (src/util/virenum.c). */
static gboolean
parse_flag(const char *text, gboolean *value)
{
    gboolean on = g_str_equal(text, "yes") || g_str_equal(text, "on");

    *value = on;
    return on || g_str_equal(text, "no") || g_str_equal(text, "off");
}

/* libvirt reads numbers with strtoull: white space before them is skipped, nothing may follow. */
static const char *
skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

/* virScaleInteger (src/util/virutil.c): case is ignored, "K" and "KiB" are 1024, "KB" is 1000. */
static gboolean
parse_unit(const char *unit, uint64_t *factor)
{
    static const char letters[] = "kmgtpe";
    const char *letter = strchr(letters, g_ascii_tolower(unit[0]));
    uint64_t base;

    *factor = 1;
    if (g_ascii_strcasecmp(unit, "b") == 0 || g_ascii_strcasecmp(unit, "byte") == 0 ||
        g_ascii_strcasecmp(unit, "bytes") == 0) {
        return TRUE;
    }
    if (unit[0] == '\0' || !letter) {
        return FALSE;
    }
    if (unit[1] == '\0' || g_ascii_strcasecmp(unit + 1, "ib") == 0) {
        base = 1024;
    } else if (g_ascii_strcasecmp(unit + 1, "b") == 0) {
        base = 1000;
    } else {
        return FALSE;
    }
    for (const char *at = letters; at <= letter; at++) {
        *factor *= base;
    }
    return TRUE;
}

static gboolean
parse_size(const struct cvm_node *node, uint64_t *bytes)
{
    const struct cvm_node *element = node->kind == CVM_NODE_ATTRIBUTE ? node->parent : node;
    const char *unit = cvm_node_attribute_text(element, "unit");
    uint64_t number, factor;

    if (!node->text || !cvm_number_parse_decimal(skip_blanks(node->text), &number) ||
        !parse_unit(unit ? unit : "KiB", &factor)) {
        return FALSE;
    }
    return !__builtin_mul_overflow(number, factor, bytes);
}

static void
set_given(struct cvm_from *from)
{
    from->origin = CVM_GIVEN;
}

static void
read_text(struct cvm_text *to, const struct cvm_node *node)
{
    to->value = node->text ? node->text : "";
    set_given(&to->from);
}

static void
read_flag(struct cvm_domain *domain, struct cvm_flag *to, const struct cvm_node *node)
{
    if (parse_flag(node->text ? node->text : "", &to->value)) {
        set_given(&to->from);
    } else {
        cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, &to->from, node,
                           _("'%1$s' is '%2$s': libvirt takes 'yes' or 'no', or in some places "
                             "'on' or 'off'."));
    }
}

static void
read_present(struct cvm_flag *to, const struct cvm_node *node)
{
    const char *state = cvm_node_attribute_text(node, "state");

    state = state ? state : cvm_node_attribute_text(node, "enabled");
    set_given(&to->from);
    if (!state || !parse_flag(state, &to->value)) {
        to->value = TRUE;
    }
}

static void
read_uint(struct cvm_domain *domain, struct cvm_uint *to, const struct cvm_node *node)
{
    if (node->text && cvm_number_parse_decimal(skip_blanks(node->text), &to->value)) {
        set_given(&to->from);
    } else {
        cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, &to->from, node,
                           _("'%1$s' is '%2$s', which is no whole decimal number: libvirt refuses "
                             "the domain."));
    }
}

static void
read_size(struct cvm_domain *domain, struct cvm_uint *to, const struct cvm_node *node)
{
    if (parse_size(node, &to->value)) {
        set_given(&to->from);
    } else {
        cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, &to->from, node,
                           _("'%1$s' is '%2$s', which with its unit is no size: libvirt refuses "
                             "the domain."));
    }
}

static void
read_policy(struct cvm_domain *domain, struct cvm_uint *to, const struct cvm_node *node)
{
    if (node->text && cvm_number_parse_hex(skip_blanks(node->text), &to->value)) {
        set_given(&to->from);
    } else {
        cvm_profile_reject(domain, CVM_PROBLEM_POLICY, &to->from, node,
                           _("'%1$s' is '%2$s', which is no hexadecimal number: libvirt refuses "
                             "the domain with 'failed to get launch security policy'."));
    }
}

/* White space in base64 means nothing (RFC 2045, section 6.8). */
static void
read_blob(struct cvm_domain *domain, struct cvm_blob *to, const struct cvm_node *node)
{
    const char *text = node->text ? node->text : "";
    char *packed = cvm_arena_strdup(domain->arena, text);
    char *end = packed;

    for (; *text; text++) {
        if (!g_ascii_isspace(*text)) {
            *end++ = *text;
        }
    }
    *end = '\0';
    to->base64 = packed;
    set_given(&to->from);
}

/* ---- rows ---- */

static void
read_list(struct cvm_domain *domain, struct cvm_list *to, const struct cvm_xml_table *table,
          const struct cvm_node *first)
{
    unsigned count = 0;
    char *item;

    for (const struct cvm_node *node = first; node; node = node->next) {
        count += g_str_equal(node->name, first->name);
    }
    if (count > CVM_LIMIT_ITEMS) {
        cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, &to->from, first,
                           _("There are more of '%1$s' than the 512 that cvmdom compares."));
        return;
    }
    set_given(&to->from);
    to->items = item = cvm_arena_alloc(domain->arena, count * table->size);
    to->count = count;
    for (const struct cvm_node *node = first; node; node = node->next) {
        if (g_str_equal(node->name, first->name)) {
            *(struct cvm_from *)(void *)item =
                (struct cvm_from){ .origin = CVM_GIVEN, .node = node };
            cvm_domain_xml_fill(domain, table, item, node);
            item += table->size;
        }
    }
}

static void
read_row(struct cvm_domain *domain, const struct cvm_xml_row *row, void *base,
         const struct cvm_node *element)
{
    const struct cvm_node *nearest, *node = walk(element, row->path, &nearest);
    void *member = (char *)base + row->offset;

    if (row->kind == CVM_XML_CUSTOM) {
        row->read(domain, member, node);
        return;
    }
    if (((struct cvm_from *)member)->origin != CVM_UNSET) {
        return;
    }
    ((struct cvm_from *)member)->node = nearest;
    if (!node) {
        return;
    }
    switch (row->kind) {
    case CVM_XML_TEXT:
        read_text(member, node);
        break;
    case CVM_XML_FLAG:
        read_flag(domain, member, node);
        break;
    case CVM_XML_PRESENT:
        read_present(member, node);
        break;
    case CVM_XML_UINT:
        read_uint(domain, member, node);
        break;
    case CVM_XML_SIZE:
        read_size(domain, member, node);
        break;
    case CVM_XML_POLICY:
        read_policy(domain, member, node);
        break;
    case CVM_XML_BLOB:
        read_blob(domain, member, node);
        break;
    case CVM_XML_STRUCT:
        set_given(member);
        cvm_domain_xml_fill(domain, row->table, member, node);
        break;
    case CVM_XML_LIST:
        read_list(domain, member, row->table, node);
        break;
    case CVM_XML_CUSTOM:
        break;
    }
}

void
cvm_domain_xml_fill(struct cvm_domain *domain, const struct cvm_xml_table *table, void *base,
                    const struct cvm_node *element)
{
    for (const struct cvm_xml_row *row = table->rows; row->path; row++) {
        read_row(domain, row, base, element);
    }
}

/* ---- documents ---- */

struct cvm_domain *
cvm_domain_xml_parse(const char *name, const char *data, size_t size, GError **error)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_XML);
    struct cvm_source *source = cvm_arena_new0(domain->arena, struct cvm_source);
    const struct cvm_guest_info *guest;
    const struct cvm_node *root;

    source->name = cvm_arena_strdup(domain->arena, name);
    source->data = cvm_arena_strndup(domain->arena, data, size);
    source->size = size;
    root = cvm_xml_parse(domain->arena, source, error);
    if (!root) {
        return NULL;
    }
    domain->root = root;
    domain->from = (struct cvm_from){ .origin = CVM_GIVEN, .node = root };
    cvm_domain_xml_fill(domain, &cvm_xml_domain_table, domain, root);
    guest = cvm_is_given(domain->launch.type) ? cvm_guest_by_name(domain->launch.type.value) : NULL;
    domain->launch.guest = domain->launch.from.origin == CVM_UNSET ? CVM_GUEST_NONE
                           : guest                                 ? guest->guest
                                                                   : CVM_GUEST_OTHER;
    return g_steal_pointer(&domain);
}
