/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fills the model from domain XML, row by row. */
#include "read/domain_xml.h"

#include <string.h>

#include "read/profile.h"
#include "read/read.h"
#include "util/closest.h"
#include "util/i18n.h"
#include "util/number.h"
#include "util/quote.h"

/* What of a path is behind its first step, when that is the name; else NULL, as most are from their
 * first character on. */
static inline const char *
skip_step(const char *path, const char *name)
{
    if (*name != *path) {
        return NULL;
    }
    while (*name && *name == *path) {
        name++;
        path++;
    }
    return *name ? NULL : *path == '/' ? path + 1 : *path == '\0' ? path : NULL;
}

static const struct cvm_node *
walk(const struct cvm_node *element, const char *path, const struct cvm_node **nearest);

/* The same from some of its children, up to the one behind them. */
static const struct cvm_node *
walk_among(const struct cvm_node *child, const struct cvm_node *behind, const char *path,
           const struct cvm_node **nearest)
{
    const struct cvm_node *first = NULL;

    for (; child != behind; child = child->next) {
        const char *rest = skip_step(path, child->name);

        if (rest) {
            const struct cvm_node *deepest = child;
            const struct cvm_node *found = walk(child, rest, &deepest);

            if (found) {
                return found;
            }
            *nearest = first ? *nearest : deepest;
            first = first ? first : child;
        }
    }
    return NULL;
}

/* The element or attribute at the end of a path, wherever it is in document order: libvirt's XPath
 * "./os/nvram/source" finds it in a second <os> too. Where there is none NULL, and *nearest is the
 * deepest step that was there. */
static const struct cvm_node *
walk(const struct cvm_node *element, const char *path, const struct cvm_node **nearest)
{
    if (*path == '\0' || (path[0] == '.' && path[1] == '\0')) {
        return element;
    }
    return *path == '@' ? cvm_node_attribute(element, path + 1)
                        : walk_among(element->children, NULL, path, nearest);
}

/* ---- one value ---- */

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

gboolean
cvm_domain_xml_size(const struct cvm_node *node, uint64_t *bytes)
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

/* virXPathString() makes no difference between an element without text and none at all. */
static void
read_text(struct cvm_text *to, const struct cvm_node *node)
{
    to->from.node = node;
    if (node->text || node->kind == CVM_NODE_ATTRIBUTE) {
        to->value = node->text ? node->text : "";
        set_given(&to->from);
    }
}

static void
read_word(struct cvm_domain *domain, struct cvm_text *to, const struct cvm_node *node,
          const char *const *words)
{
    g_autofree char *path = NULL, *list = NULL, *fix = NULL;
    const char *closest;

    if (!node->text || g_strv_contains(words, node->text)) {
        read_text(to, node);
        return;
    }
    to->from = (struct cvm_from){ .origin = CVM_INVALID, .node = node };
    if (cvm_profile_is_full(domain)) {
        return;
    }
    closest = cvm_closest(node->text, words);
    path = cvm_node_path(node);
    list = g_strjoinv("', '", (char **)words);
    fix = closest ? g_strdup_printf(_("Did you mean '%s'?"), closest)
                  : g_strdup_printf(_("Use one of '%s'."), list);
    cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, fix,
                         _("'%1$s' is '%2$s', which libvirt does not know there: it refuses the "
                           "domain."),
                         path, cvm_quote(domain->arena, node->text));
}

/* libvirt's tristates, which know one pair of words each: virTristateBool and virTristateSwitch
 * (src/util/virenum.c). Attributes that are one in some places and the other in others take both.
 */
static void
read_flag(struct cvm_domain *domain, struct cvm_flag *to, const struct cvm_node *node,
          enum cvm_xml_kind kind)
{
    const char *text = node->text ? node->text : "";
    gboolean yes = g_str_equal(text, "yes"), no = g_str_equal(text, "no");
    gboolean on = g_str_equal(text, "on"), off = g_str_equal(text, "off");

    if ((kind != CVM_XML_ONOFF && (yes || no)) || (kind != CVM_XML_YESNO && (on || off))) {
        to->from.node = node;
        to->value = yes || on;
        set_given(&to->from);
    } else {
        cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, &to->from, node,
                           kind == CVM_XML_ONOFF
                               ? _("'%1$s' is '%2$s', but libvirt takes 'on' or 'off' there: it "
                                   "refuses the domain.")
                           : kind == CVM_XML_YESNO
                               ? _("'%1$s' is '%2$s', but libvirt takes 'yes' or 'no' there: it "
                                   "refuses the domain.")
                               : _("'%1$s' is '%2$s': libvirt takes 'yes' or 'no', or in some "
                                   "places 'on' or 'off'."));
    }
}

/* virDomainFeaturesDefParse(): <smm/> is as good as <smm state='on'/>. */
static void
read_state(struct cvm_domain *domain, struct cvm_flag *to, const struct cvm_node *node)
{
    const struct cvm_node *state = cvm_node_attribute(node, "state");

    if (state) {
        read_flag(domain, to, state, CVM_XML_ONOFF);
    } else {
        to->value = TRUE;
        set_given(&to->from);
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
    const struct cvm_node *element = node->kind == CVM_NODE_ATTRIBUTE ? node->parent : node;
    const char *unit = cvm_node_attribute_text(element, "unit");
    g_autofree char *path = NULL;

    if (cvm_domain_xml_size(node, &to->value)) {
        set_given(&to->from);
        return;
    }
    to->from = (struct cvm_from){ .origin = CVM_INVALID, .node = node };
    if (cvm_profile_is_full(domain)) {
        return;
    }
    path = cvm_node_path(node);
    cvm_profile_complain(
        domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE,
        _("Write a whole number, and a unit like 'MiB' or 'GiB' into the attribute 'unit'; without "
          "one it is KiB."),
        _("'%1$s' is '%2$s' with the unit '%3$s', which is no size: libvirt refuses the domain."),
        path, cvm_quote(domain->arena, node->text ? node->text : ""),
        cvm_quote(domain->arena, unit ? unit : "KiB"));
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

/* The text itself where there are none. */
static const char *
without_blanks(struct cvm_arena *arena, const char *text)
{
    char *packed, *end;

    if (!strpbrk(text, " \t\n\f\r")) {
        return text;
    }
    packed = end = cvm_arena_strdup(arena, text);
    for (; *text; text++) {
        if (!g_ascii_isspace(*text)) {
            *end++ = *text;
        }
    }
    *end = '\0';
    return packed;
}

/* White space in base64 means nothing (RFC 2045, section 6.8). <idBlock/> is as good as none, since
 * virXPathString() makes no difference. */
static void
read_blob(struct cvm_domain *domain, struct cvm_blob *to, const struct cvm_node *node)
{
    const char *text = node->text;

    if (text) {
        to->base64 = without_blanks(domain->arena, text);
        set_given(&to->from);
    }
}

/* ---- rows ---- */

static void
read_row(struct cvm_domain *domain, const struct cvm_xml_row *row, void *base,
         const struct cvm_node *node);

/* Of the nodes of a document most that have the same name share its text. */
static gboolean
have_same_name(const struct cvm_node *a, const struct cvm_node *b)
{
    return a->name == b->name || (a->name[0] == b->name[0] && g_str_equal(a->name, b->name));
}

static void
read_list(struct cvm_domain *domain, struct cvm_list *to, const struct cvm_xml_row *row,
          const struct cvm_node *first)
{
    const struct cvm_xml_table *table = row->table;
    const size_t had = to->count; /* of another <devices> */
    size_t count = had;
    char *item;

    for (const struct cvm_node *node = first; node; node = node->next) {
        count += have_same_name(node, first);
    }
    if (count > (row->most ? row->most : CVM_LIMIT_ITEMS)) {
        cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, &to->from, first,
                           _("There are more of '%1$s' than cvmdom compares."));
        return;
    }
    set_given(&to->from);
    item = cvm_arena_alloc(domain->arena, count * table->size);
    if (had > 0) {
        memcpy(item, to->items, had * table->size);
    }
    to->items = item;
    to->count = count;
    item += had * table->size;
    for (const struct cvm_node *node = first; node; node = node->next) {
        if (have_same_name(node, first)) {
            *(struct cvm_from *)(void *)item =
                (struct cvm_from){ .origin = CVM_GIVEN, .node = node };
            cvm_domain_xml_fill(domain, table, item, node);
            item += table->size;
        }
    }
}

/* libvirt's XPath "./devices/disk" finds the disks of every <devices>, and "./os/loader" the first
 * loader in any <os>. */
static void
read_section(struct cvm_domain *domain, const struct cvm_xml_table *table, void *base,
             const struct cvm_node *first)
{
    cvm_domain_xml_fill(domain, table, base, first);
    for (const struct cvm_node *element = first->next; element; element = element->next) {
        if (!have_same_name(element, first)) {
            continue;
        }
        for (const struct cvm_xml_row *row = table->rows; row->path; row++) {
            struct cvm_from *member = (void *)((char *)base + row->offset);
            const struct cvm_node *nearest = element, *node = walk(element, row->path, &nearest);

            if (node && row->kind == CVM_XML_LIST && member->origin == CVM_GIVEN) {
                read_list(domain, (void *)member, row, node);
            } else if (node) {
                read_row(domain, row, base, node);
            }
        }
    }
}

static void
read_value(struct cvm_domain *domain, const struct cvm_xml_row *row, void *member,
           const struct cvm_node *node)
{
    switch (row->kind) {
    case CVM_XML_TEXT:
        read_text(member, node);
        break;
    case CVM_XML_WORD:
        read_word(domain, member, node, row->words);
        break;
    case CVM_XML_FLAG:
    case CVM_XML_YESNO:
    case CVM_XML_ONOFF:
        read_flag(domain, member, node, row->kind);
        break;
    case CVM_XML_PRESENT:
        ((struct cvm_flag *)member)->value = TRUE;
        set_given(member);
        break;
    case CVM_XML_STATE:
        read_state(domain, member, node);
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
    case CVM_XML_SECTION:
        set_given(member);
        read_section(domain, row->table, member, node);
        break;
    case CVM_XML_LIST:
        read_list(domain, member, row, node);
        break;
    case CVM_XML_CUSTOM:
        break;
    }
}

/* node: what the row's path leads to; for a row of its own kind NULL when that is nothing. */
static void
read_row(struct cvm_domain *domain, const struct cvm_xml_row *row, void *base,
         const struct cvm_node *node)
{
    struct cvm_from *member = (void *)((char *)base + row->offset);

    if (row->kind == CVM_XML_CUSTOM) {
        row->read(domain, member, node);
    } else if (member->origin == CVM_UNSET) {
        member->node = node;
        read_value(domain, row, member, node);
    }
}

/* Of a value that is not there: how far its path leads. */
static inline void
note_absence(const struct cvm_xml_row *row, void *base, const struct cvm_node *nearest)
{
    struct cvm_from *member = (void *)((char *)base + row->offset);

    if (member->origin == CVM_UNSET && !member->node) {
        member->node = nearest;
    }
}

/* What an element holds, by the first characters of the names: most rows have nothing to look for,
 * and the others have few places. */
struct initials {
    uint32_t children, attributes;               /* a bit each */
    const struct cvm_node *first[32], *last[32]; /* of children with that bit, which others may
                                                    stand between; the rest is undefined */
};

static unsigned
initial_of(const char *name)
{
    return *name & 31;
}

static void
find_initials(const struct cvm_node *element, struct initials *initials)
{
    initials->children = initials->attributes = 0;
    for (const struct cvm_node *node = element->children; node; node = node->next) {
        unsigned initial = initial_of(node->name);

        if (!(initials->children & 1U << initial)) {
            initials->children |= 1U << initial;
            initials->first[initial] = node;
        }
        initials->last[initial] = node;
    }
    for (const struct cvm_node *node = element->attributes; node; node = node->next) {
        initials->attributes |= 1U << initial_of(node->name);
    }
}

static const struct cvm_node *
walk_by_initials(const struct cvm_node *element, const struct initials *initials, const char *path,
                 const struct cvm_node **nearest)
{
    unsigned initial = initial_of(path);

    if (*path == '.' || *path == '\0') {
        return walk(element, path, nearest);
    }
    if (*path == '@') {
        return initials->attributes & 1U << initial_of(path + 1)
                   ? cvm_node_attribute(element, path + 1)
                   : NULL;
    }
    return initials->children & 1U << initial
               ? walk_among(initials->first[initial], initials->last[initial]->next, path, nearest)
               : NULL;
}

void
cvm_domain_xml_fill(struct cvm_domain *domain, const struct cvm_xml_table *table, void *base,
                    const struct cvm_node *element)
{
    struct initials initials;

    find_initials(element, &initials);
    for (const struct cvm_xml_row *row = table->rows; row->path; row++) {
        const struct cvm_node *nearest = element;
        const struct cvm_node *node = walk_by_initials(element, &initials, row->path, &nearest);

        if (node || row->kind == CVM_XML_CUSTOM) {
            read_row(domain, row, base, node);
        } else {
            note_absence(row, base, nearest);
        }
    }
}

/* ---- the domain ---- */

void
cvm_domain_xml_take(struct cvm_domain *domain, const struct cvm_node *element)
{
    const struct cvm_guest_info *guest;

    domain->root = element;
    domain->from = (struct cvm_from){ .origin = CVM_GIVEN, .node = element };
    cvm_domain_xml_fill(domain, &cvm_xml_domain_table, domain, element);
    guest = cvm_is_given(domain->launch.type) ? cvm_guest_by_name(domain->launch.type.value) : NULL;
    domain->launch.guest = domain->launch.from.origin == CVM_UNSET ? CVM_GUEST_NONE
                           : guest                                 ? guest->guest
                                                                   : CVM_GUEST_OTHER;
}
