/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk through both trees. */
#include "compare/tree.h"

#include <string.h>

#include "read/read.h"
#include "render/render.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/quote.h"

enum { LEVELS = CVM_LIMIT_DEPTH + 2 }; /* elements, and an attribute */

struct walk {
    struct cvm_comparison *comparison;
    struct cvm_filling filling;
    enum cvm_description where;
    struct cvm_step way[LEVELS];
    unsigned length;
    gboolean counting; /* differences are counted, and not kept */
    unsigned count;
};

struct cvm_comparison *
cvm_comparison_new(const struct cvm_domain *domain, const struct cvm_host *host, const char *name)
{
    struct cvm_comparison *comparison = g_new0(struct cvm_comparison, 1);

    comparison->arena = cvm_arena_new();
    cvm_arena_keep(comparison->arena, domain->arena);
    if (host) {
        cvm_arena_keep(comparison->arena, host->arena);
    }
    comparison->domain = domain;
    comparison->host = host;
    comparison->name = cvm_arena_strdup(comparison->arena, name);
    comparison->differences = g_array_new(FALSE, TRUE, sizeof(struct cvm_difference));
    return comparison;
}

void
cvm_comparison_free(struct cvm_comparison *comparison)
{
    if (comparison) {
        g_array_unref(comparison->differences);
        cvm_arena_free(comparison->arena);
        g_free(comparison);
    }
}

/* ---- keeping differences ---- */

static gboolean
is_same(const struct cvm_difference *one, const struct cvm_difference *other)
{
    return g_str_equal(one->path, other->path) && g_strcmp0(one->wanted, other->wanted) == 0 &&
           g_strcmp0(one->found, other->found) == 0;
}

/* A difference that the other description has, too, is one. */
static gboolean
is_known(struct walk *walk, const struct cvm_difference *difference)
{
    GArray *differences = walk->comparison->differences;

    for (guint i = 0; i < differences->len; i++) {
        struct cvm_difference *known = &g_array_index(differences, struct cvm_difference, i);

        if (!(known->where & walk->where) && is_same(known, difference)) {
            known->where |= walk->where;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_text(const struct cvm_node *element)
{
    return element && element->text && element->text[strspn(element->text, " \t\r\n")];
}

static const char *
show(struct walk *walk, const struct cvm_node *node, gboolean text)
{
    const struct cvm_spot spot = { node, text };

    return node && (!text || has_text(node)) ? cvm_spot_show(walk->comparison->arena, &spot) : NULL;
}

/* What is at the end of the way differs; text: only the characters of the element there. */
static void
keep(struct walk *walk, gboolean text)
{
    struct cvm_comparison *comparison = walk->comparison;
    const struct cvm_step *last = &walk->way[walk->length - 1];
    struct cvm_difference difference = { .where = walk->where };

    walk->count++;
    if (walk->counting) {
        return;
    }
    if (comparison->differences->len == CVM_COMPARE_MOST) {
        comparison->more = TRUE;
        return;
    }
    difference.path = cvm_place_path(comparison->arena, walk->way, walk->length);
    difference.wanted = show(walk, last->wanted, text);
    difference.found = show(walk, last->found, text);
    if (is_known(walk, &difference)) {
        return;
    }
    difference.severity = cvm_place_severity(comparison->domain, walk->way, walk->length);
    difference.node = cvm_place_find(comparison->domain, walk->way, walk->length);
    g_array_append_val(comparison->differences, difference);
}

static void
enter(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    walk->way[walk->length++] = (struct cvm_step){ wanted, found };
}

/* ---- attributes and text ---- */

static void
compare_values(struct walk *walk, const struct cvm_spot *wanted, const struct cvm_spot *found)
{
    struct cvm_arena *arena = walk->comparison->arena;

    if (!cvm_spots_agree(arena, wanted, found) &&
        !cvm_fill_changed(&walk->filling, cvm_spot_text(arena, wanted), found)) {
        keep(walk, wanted->text);
    }
}

/* wanted may be NULL: the element was not asked for. */
static void
compare_attribute(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    const struct cvm_spot one = { wanted, FALSE }, other = { found, FALSE };
    gboolean added = walk->way[walk->length - 1].wanted == NULL; /* with its whole element */

    if (g_str_has_prefix(wanted ? wanted->name : found->name, "xmlns:") ||
        cvm_spot_is_unit(wanted ? &one : &other)) {
        return;
    }
    enter(walk, wanted, found);
    if (wanted && found) {
        compare_values(walk, &one, &other);
    } else if (wanted ? !cvm_fill_dropped(&walk->filling, &one)
                      : cvm_fill_extra(&walk->filling, &other, added) == CVM_FILL_NO) {
        keep(walk, FALSE);
    }
    walk->length--;
}

static void
compare_attributes(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    for (const struct cvm_node *one = wanted ? wanted->attributes : NULL; one; one = one->next) {
        compare_attribute(walk, one, cvm_node_attribute(found, one->name));
    }
    for (const struct cvm_node *other = found->attributes; other; other = other->next) {
        if (!cvm_node_attribute(wanted, other->name)) {
            compare_attribute(walk, NULL, other);
        }
    }
}

/* The way ends with the element. */
static void
compare_text(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    const struct cvm_spot one = { wanted, TRUE }, other = { found, TRUE };

    if (has_text(wanted) && has_text(found)) {
        compare_values(walk, &one, &other);
    } else if (has_text(wanted) ||
               (has_text(found) && cvm_fill_extra(&walk->filling, &other, TRUE) == CVM_FILL_NO)) {
        keep(walk, TRUE);
    }
}

/* ---- elements ---- */

static void
compare_elements(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found);

static unsigned
count_differences(const struct cvm_node *wanted, const struct cvm_node *found, void *payload)
{
    struct walk *walk = payload;

    walk->counting = TRUE;
    walk->count = 0;
    compare_elements(walk, wanted, found);
    walk->counting = FALSE;
    return walk->count;
}

/* An element that was not asked for. */
static void
compare_extra(struct walk *walk, const struct cvm_node *found, gboolean alone)
{
    const struct cvm_spot spot = { found, FALSE };

    if (walk->comparison->more) {
        return;
    }
    switch (cvm_fill_extra(&walk->filling, &spot, alone)) {
    case CVM_FILL_NO:
        enter(walk, NULL, found);
        keep(walk, FALSE);
        walk->length--;
        break;
    case CVM_FILL_YES:
        compare_elements(walk, NULL, found);
        break;
    case CVM_FILL_WHOLE:
        break;
    }
}

static void
compare_missing(struct walk *walk, const struct cvm_node *wanted)
{
    const struct cvm_spot spot = { wanted, FALSE };

    if (!cvm_fill_dropped(&walk->filling, &spot)) {
        enter(walk, wanted, NULL);
        keep(walk, FALSE);
        walk->length--;
    }
}

/* Foreign elements are compared word by word: they are nobody's here. */
static gboolean
is_foreign(const struct cvm_node *element)
{
    return element->parent && element->parent->name &&
           g_str_equal(element->parent->name, "metadata");
}

static void
compare_foreign(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    g_autofree char *one = cvm_element_print(wanted), *other = cvm_element_print(found);

    if (!g_str_equal(one, other)) {
        enter(walk, wanted, found);
        keep(walk, FALSE);
        walk->length--;
    }
}

static void
compare_pair(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    const struct cvm_spot spot = { found, FALSE };

    if (is_foreign(wanted)) {
        compare_foreign(walk, wanted, found);
    } else if (!cvm_fill_repeats(&walk->filling, &spot)) {
        compare_elements(walk, wanted, found);
    }
}

/* Elements of one name: those that belong together, those that are missing, then those that nobody
 * asked for. */
static void
compare_group(struct walk *walk, const GPtrArray *wanted, const GPtrArray *found)
{
    g_autofree int *match = g_new(int, wanted->len);
    g_autofree gboolean *used = g_new0(gboolean, found->len);

    /* Within a count of differences nothing is counted again: that would be without bound. */
    cvm_pairs_find(wanted, found, match, walk->counting ? NULL : count_differences, walk);
    for (guint i = 0; i < wanted->len; i++) {
        const struct cvm_node *one = g_ptr_array_index(wanted, i);
        const struct cvm_node *other = match[i] < 0 ? NULL : g_ptr_array_index(found, match[i]);

        if (other) {
            used[match[i]] = TRUE;
        }
        if (!other) {
            compare_missing(walk, one);
        } else {
            compare_pair(walk, one, other);
        }
    }
    for (guint i = 0; i < found->len; i++) {
        if (!used[i]) {
            compare_extra(walk, g_ptr_array_index(found, i), wanted->len == 0);
        }
    }
}

/* The children of an element that have this one's name. */
static GPtrArray *
collect(const struct cvm_node *parent, const struct cvm_node *name)
{
    GPtrArray *group = g_ptr_array_new();

    for (const struct cvm_node *child = parent ? parent->children : NULL; child;
         child = child->next) {
        if (cvm_same_name(child, name)) {
            g_ptr_array_add(group, (gpointer)child);
        }
    }
    return group;
}

static gboolean
is_first_of_name(const struct cvm_node *element)
{
    const struct cvm_node *before = element->parent->children;

    while (before != element && !cvm_same_name(before, element)) {
        before = before->next;
    }
    return before == element;
}

static gboolean
has_child_of_name(const struct cvm_node *parent, const struct cvm_node *name)
{
    for (const struct cvm_node *child = parent ? parent->children : NULL; child;
         child = child->next) {
        if (cvm_same_name(child, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
compare_children(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    for (const struct cvm_node *one = wanted ? wanted->children : NULL; one; one = one->next) {
        if (is_first_of_name(one)) {
            g_autoptr(GPtrArray) group = collect(wanted, one), others = collect(found, one);

            compare_group(walk, group, others);
        }
    }
    for (const struct cvm_node *other = found->children; other; other = other->next) {
        if (!has_child_of_name(wanted, other)) {
            compare_extra(walk, other, TRUE);
        }
    }
}

/* wanted may be NULL: libvirt may add the element, and what is in it is judged like that, too. */
static void
compare_elements(struct walk *walk, const struct cvm_node *wanted, const struct cvm_node *found)
{
    if (walk->comparison->more) {
        return;
    }
    enter(walk, wanted, found);
    compare_attributes(walk, wanted, found);
    compare_text(walk, wanted, found);
    compare_children(walk, wanted, found);
    walk->length--;
}

/* ---- the trees ---- */

static const struct cvm_node *
parse(struct cvm_arena *arena, const char *name, const char *xml, size_t size, GError **error)
{
    const struct cvm_source *source = cvm_xml_decode(arena, name, xml, size, error);
    const struct cvm_node *root = source ? cvm_xml_parse(arena, source, error) : NULL;

    if (root && !g_str_equal(root->name, "domain")) {
        cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, name, root->name_line, root->name_column,
                         _("'<%s>' is no domain: give what 'virsh dumpxml' prints"),
                         cvm_quote(arena, root->name));
        return NULL;
    }
    return root;
}

/* What was read from XML is what was meant, word for word; a profile is what it renders to. */
static const struct cvm_node *
wanted_root(struct cvm_comparison *comparison, GError **error)
{
    const struct cvm_domain *domain = comparison->domain;
    struct cvm_arena *arena = comparison->arena;
    unsigned budget = CVM_LIMIT_NODES;
    g_autoptr(GString) text = NULL;

    if (comparison->root) {
        return comparison->root;
    }
    if (domain->form == CVM_FORM_XML) {
        comparison->root = cvm_node_copy(arena, domain->root, CVM_LIMIT_DEPTH, &budget);
        return comparison->root;
    }
    text = g_string_new(NULL);
    cvm_renderer_libvirt.render(domain, comparison->host, text);
    comparison->root = parse(arena, comparison->name, text->str, text->len, error);
    return comparison->root;
}

static void
add_absence(struct cvm_comparison *comparison)
{
    struct cvm_difference difference = { .path = "/domain",
                                         .wanted = comparison->domain->name.value,
                                         .where = CVM_DEFINITION,
                                         .severity = CVM_SEVERE,
                                         .node = comparison->domain->from.node };

    if (!difference.wanted) {
        difference.wanted = "";
    }
    g_array_append_val(comparison->differences, difference);
}

int
cvm_comparison_add(struct cvm_comparison *comparison, const char *xml, size_t size, GError **error)
{
    const struct cvm_node *wanted = wanted_root(comparison, error), *found;
    g_autofree struct walk *walk = NULL;
    gboolean live;

    if (!wanted) {
        return -1;
    }
    if (!xml) {
        add_absence(comparison);
        return 0;
    }
    if (size > CVM_LIMIT_XML) {
        return cvm_error_set(error, CVM_ERROR_SYNTAX, _("'%1$s': more than %2$d MiB of XML"),
                             comparison->name, CVM_LIMIT_XML >> 20);
    }
    found = parse(comparison->arena, comparison->name, xml, size, error);
    if (!found) {
        return -1;
    }
    live = cvm_node_attribute(found, "id") != NULL;
    walk = g_new0(struct walk, 1);
    walk->comparison = comparison;
    walk->filling = (struct cvm_filling){ comparison, found, live };
    walk->where = live ? CVM_RUNNING : CVM_DEFINITION;
    compare_elements(walk, wanted, found);
    return 0;
}
