/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the libvirt renderer writes, as a tree: for a target that says in its own words what
 * libvirt's XML says. The text is this program's own, so that GLib's parser of a part of XML
 * will do. */
#include "render/libvirt_tree.h"

#include <string.h>

#include "render/render.h"

struct tree {
    struct cvm_arena *arena;
    struct cvm_node *root;
    struct cvm_node *open;
};

static void
start_element(GMarkupParseContext *context, const char *name, const char **names,
              const char **values, gpointer data, GError **error)
{
    struct tree *tree = data;
    struct cvm_node *node = cvm_node_new(tree->arena, CVM_NODE_ELEMENT, tree->open,
                                         cvm_arena_strdup(tree->arena, name));

    (void)context;
    (void)error;
    for (; *names; names++, values++) {
        cvm_node_new(tree->arena, CVM_NODE_ATTRIBUTE, node, cvm_arena_strdup(tree->arena, *names))
            ->text = cvm_arena_strdup(tree->arena, *values);
    }
    tree->open = node;
    if (!tree->root) {
        tree->root = node;
    }
}

static void
end_element(GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
    struct tree *tree = data;

    (void)context;
    (void)name;
    (void)error;
    tree->open = tree->open->parent;
}

/* Text stands in elements without children alone; the rest is indentation. */
static void
take_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data,
          GError **error)
{
    struct tree *tree = data;
    struct cvm_node *node = tree->open;

    (void)context;
    (void)error;
    if (!node || node->children || strspn(text, " \n") == length) {
        return;
    }
    node->text = node->text ? cvm_arena_printf(tree->arena, "%s%.*s", node->text, (int)length, text)
                            : cvm_arena_strndup(tree->arena, text, length);
}

static const GMarkupParser parser = {
    .start_element = start_element,
    .end_element = end_element,
    .text = take_text,
};

struct cvm_node *
cvm_libvirt_tree(struct cvm_arena *arena, const struct cvm_domain *domain,
                 const struct cvm_host *host)
{
    struct cvm_domain plain = *domain;
    struct tree tree = { .arena = arena };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, &tree, NULL);

    plain.metadata = (struct cvm_text){ 0 };
    cvm_renderer_libvirt.render(&plain, host, text);
    if (!g_markup_parse_context_parse(context, text->str, (gssize)text->len, NULL) ||
        !g_markup_parse_context_end_parse(context, NULL)) {
        g_assert_not_reached(); /* cvm_xml writes nothing else */
    }
    return tree.root;
}
