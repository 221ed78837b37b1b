/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A profile's file to domains: its documents, what they extend, and the overrides of the command
 * line are put together as trees first, so that whoever reads the tree need not know of them. */
#include "read/profile.h"

#include <stdlib.h>
#include <string.h>

#include "read/plain.h"
#include "util/error.h"
#include "util/file.h"
#include "util/i18n.h"
#include "util/quote.h"

/* Nodes that merging may copy for all documents of a file together. */
enum { MERGE_BUDGET = 1000000 };

struct loading {
    struct cvm_arena *arena; /* all trees; every domain keeps it */
    struct cvm_profile_set *sets;
    unsigned set_count;
    GHashTable *bases;    /* absolute path to tree of what is extended */
    GHashTable *comments; /* struct cvm_source to the struct cvm_suppressions in it */
    unsigned budget;
};

gboolean
cvm_profile_is_full(const struct cvm_domain *domain)
{
    return domain->problem_count >= CVM_LIMIT_PROBLEMS;
}

void
cvm_profile_complain(struct cvm_domain *domain, enum cvm_problem_kind kind,
                     const struct cvm_node *node, gboolean at_key, const char *fix,
                     const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    if (cvm_profile_is_full(domain)) {
        return;
    }
    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    cvm_domain_add_problem(domain, kind, node, at_key, message, fix);
}

char *
cvm_profile_path(const struct cvm_node *node, const char *path)
{
    const char *from = node->source ? node->source->name : "-";
    g_autofree char *folder = NULL;

    if (g_path_is_absolute(path) || !strchr(from, '/')) {
        return g_strdup(path);
    }
    folder = g_path_get_dirname(from);
    return g_build_filename(folder, path, NULL);
}

enum { FEW_KEYS = 16 /* of a map: a table of them would take longer to make than to do without */ };

/* The tree of a map once more, for keys that stand in it twice. */
static void
report_duplicates(struct cvm_domain *domain, const struct cvm_node *node)
{
    g_autoptr(GHashTable) seen = NULL;
    gboolean map = node->kind == CVM_NODE_MAP;

    if (map && cvm_node_count(node) > FEW_KEYS) {
        seen = g_hash_table_new(g_str_hash, g_str_equal);
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        const struct cvm_node *first = seen  ? g_hash_table_lookup(seen, child->name)
                                       : map ? cvm_node_child(node, child->name)
                                             : NULL;

        if (first && first != child) {
            cvm_profile_complain(domain, CVM_PROBLEM_DUPLICATE_KEY, child, TRUE, NULL,
                                 _("Key '%1$s' is given twice; the first is in line %2$u."),
                                 cvm_quote(domain->arena, child->name), first->name_line);
        } else if (seen) {
            g_hash_table_insert(seen, (gpointer)child->name, (gpointer)child);
        }
        report_duplicates(domain, child);
    }
}

static int
parse_source(struct loading *loading, const char *name, const char *data, size_t size,
             struct cvm_yaml_documents *documents, GError **error)
{
    struct cvm_arena *arena = loading->arena;
    struct cvm_source *source = cvm_arena_new0(arena, struct cvm_source);

    source->name = cvm_arena_strdup(arena, name);
    source->data = cvm_arena_strndup(arena, data, size);
    source->size = size;
    if (cvm_yaml_parse(arena, source, documents, error) < 0) {
        return -1;
    }
    g_hash_table_insert(
        loading->comments, source,
        cvm_suppressions_read(arena, source, CVM_FORM_PROFILE, documents->roots, documents->count));
    return 0;
}

static void
add_comments(struct loading *loading, struct cvm_domain *domain, const struct cvm_node *root,
             gboolean base)
{
    cvm_domain_add_suppressions(domain, g_hash_table_lookup(loading->comments, root->source), base);
}

static void
reject_base(struct cvm_domain *domain, const struct cvm_node *extends, const char *message)
{
    cvm_profile_complain(domain, CVM_PROBLEM_EXTENDS, extends, FALSE, NULL, "%s", message);
}

static void
reject_unreadable(struct cvm_domain *domain, const struct cvm_node *extends, const GError *error)
{
    const CvmErrorPrivate *place = cvm_error_place(error);

    if (place->line > 0) {
        cvm_profile_complain(domain, CVM_PROBLEM_EXTENDS, extends, FALSE, NULL,
                             _("'%1$s', line %2$u, column %3$u: %4$s."), place->file, place->line,
                             place->column, error->message);
    } else {
        reject_base(domain, extends, error->message);
    }
}

/* The tree of a file that is extended; read once however many documents extend it. */
static const struct cvm_node *
load_base(struct loading *loading, struct cvm_domain *domain, const struct cvm_node *extends,
          const char *path)
{
    const struct cvm_node *known = g_hash_table_lookup(loading->bases, path);
    struct cvm_yaml_documents documents = { NULL, 0 };
    g_autofree char *data = NULL;
    g_autoptr(GError) error = NULL;
    size_t size;

    if (known) {
        return known;
    }
    if (cvm_file_read_regular(path, CVM_LIMIT_PROFILE, &data, &size, &error) < 0 ||
        parse_source(loading, path, data, size, &documents, &error) < 0) {
        reject_unreadable(domain, extends, error);
        return NULL;
    }
    if (documents.count != 1 || documents.roots[0]->kind != CVM_NODE_MAP) {
        reject_base(domain, extends, _("A profile that is extended must be one document, a map."));
        return NULL;
    }
    g_hash_table_insert(loading->bases, g_strdup(path), documents.roots[0]);
    return documents.roots[0];
}

/* Files that extend each other, from the first on. */
struct chain {
    const struct chain *up;
    const char *path; /* canonical, so that every way to write it is the same file */
    const char *name;
    unsigned length;
};

static char *
canonical(const char *path)
{
    char *real = realpath(path, NULL);
    char *result = g_strdup(real ? real : path);

    free(real);
    return result;
}

static gboolean
is_cycle(const struct chain *chain, const char *path)
{
    for (; chain; chain = chain->up) {
        if (g_str_equal(chain->path, path)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* "a.yaml -> b.yaml -> " */
static void
append_chain(GString *text, const struct chain *chain)
{
    if (chain) {
        append_chain(text, chain->up);
        g_string_append_printf(text, "%s -> ", chain->name);
    }
}

static gboolean
check_chain(struct cvm_domain *domain, const struct cvm_node *extends, const struct chain *chain,
            const char *real, const char *path)
{
    g_autoptr(GString) text = NULL;

    if (is_cycle(chain, real)) {
        text = g_string_new(NULL);
        append_chain(text, chain);
        g_string_append(text, path);
        cvm_profile_complain(domain, CVM_PROBLEM_EXTENDS, extends, FALSE, NULL,
                             _("This profile extends itself: '%s'."), text->str);
        return FALSE;
    }
    if (chain->length > CVM_LIMIT_EXTENDS) {
        cvm_profile_complain(domain, CVM_PROBLEM_EXTENDS, extends, FALSE, NULL,
                             _("More than %d profiles extend each other here."), CVM_LIMIT_EXTENDS);
        return FALSE;
    }
    return TRUE;
}

/* The document with all that it extends below it; the document itself when that cannot be had,
 * which is a problem then. */
static const struct cvm_node *
extend(struct loading *loading, struct cvm_domain *domain, const struct cvm_node *root,
       const struct chain *chain)
{
    const struct cvm_node *extends = cvm_node_child(root, "extends");
    const struct cvm_node *base, *whole, *merged;
    g_autofree char *path = NULL;
    g_autofree char *real = NULL;

    if (!extends) {
        return root;
    }
    if (extends->kind != CVM_NODE_SCALAR || cvm_plain_is_null(extends) || *extends->text == '\0' ||
        g_str_equal(extends->text, "-")) {
        reject_base(domain, extends, _("'extends' must be the path of one profile."));
        return root;
    }
    path = cvm_profile_path(extends, extends->text);
    real = canonical(path);
    if (!check_chain(domain, extends, chain, real, path)) {
        return root;
    }
    base = loading->budget > 0 ? load_base(loading, domain, extends, path) : NULL;
    if (!base) {
        if (loading->budget == 0) {
            reject_base(domain, extends, _("The profiles are too large to be put together."));
        }
        return root;
    }
    add_comments(loading, domain, base, TRUE);
    whole = extend(loading, domain, base, &(struct chain){ chain, real, path, chain->length + 1 });
    merged = cvm_profile_merge(loading->arena, whole, root, &loading->budget);
    if (!merged) {
        reject_base(domain, extends, _("The profiles are too large to be put together."));
        return root;
    }
    /* Only now: what the budget stops is not walked for every document again. */
    report_duplicates(domain, base);
    return merged;
}

/* A path costs a system call a part, so it is asked for only where something is extended. */
static const struct cvm_node *
extend_root(struct loading *loading, struct cvm_domain *domain, const struct cvm_node *root)
{
    g_autofree char *real = cvm_node_child(root, "extends") ? canonical(root->source->name) : NULL;

    return extend(loading, domain, root, &(struct chain){ NULL, real, root->source->name, 1 });
}

static int
apply_sets(struct loading *loading, struct cvm_node *root, GError **error)
{
    for (unsigned i = 0; i < loading->set_count; i++) {
        if (cvm_profile_set_apply(loading->arena, &loading->sets[i], root, &loading->budget,
                                  error) < 0) {
            return -1;
        }
    }
    return 0;
}

/* A recorded host is a bundled one's name, or a file beside the profile. */
static void
locate_host(struct cvm_domain *domain)
{
    struct cvm_text *host = &domain->host;

    if (cvm_is_given(*host) &&
        (strchr(host->value, '/') || g_str_has_suffix(host->value, ".xml"))) {
        g_autofree char *path = cvm_profile_path(host->from.node, host->value);

        host->value = cvm_arena_strdup(domain->arena, path);
    }
}

static void
read_root(struct cvm_domain *domain, const struct cvm_node *root)
{
    domain->root = root;
    domain->from.origin = CVM_GIVEN;
    domain->from.node = root;
    domain->launch.guest = cvm_profile_guest(root);
    cvm_profile_read_map(domain, &cvm_profile_table, domain, root);
    locate_host(domain);
}

static struct cvm_domain *
read_document(struct loading *loading, struct cvm_node *root, GError **error)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    const struct cvm_node *whole;

    cvm_arena_keep(domain->arena, loading->arena);
    add_comments(loading, domain, root, FALSE);
    report_duplicates(domain, root);
    if (root->kind != CVM_NODE_MAP) {
        domain->root = root;
        domain->from = (struct cvm_from){ .origin = CVM_INVALID, .node = root };
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, root, FALSE, NULL,
                             cvm_plain_is_null(root)
                                 ? _("This document is empty; a profile is a map of keys.")
                                 : _("A profile is a map of keys, like 'name: db'."));
        return g_steal_pointer(&domain);
    }
    whole = extend_root(loading, domain, root);
    /* Trees in this arena are this file's alone until they are handed out. */
    if (apply_sets(loading, (struct cvm_node *)whole, error) < 0) {
        return NULL;
    }
    domain->tree_problems = domain->problem_count;
    read_root(domain, whole);
    return g_steal_pointer(&domain);
}

struct cvm_domain *
cvm_profile_again(const struct cvm_domain *profile)
{
    struct cvm_domain *domain = cvm_domain_new(CVM_FORM_PROFILE);

    cvm_arena_keep(domain->arena, profile->arena);
    domain->document = profile->document;
    domain->target = profile->target;
    domain->suppressions = profile->suppressions;
    domain->before = profile;
    if (profile->root->kind == CVM_NODE_MAP) {
        /* Its problems are met once more, and dropped: what is read depends on how many there are.
         */
        domain->problem_count = profile->tree_problems;
        read_root(domain, profile->root);
    } else {
        domain->root = profile->root;
        domain->from = profile->from;
    }
    domain->problems = profile->problems;
    domain->problem_count = profile->problem_count;
    domain->tree_problems = profile->tree_problems;
    return domain;
}

static int
parse_sets(struct loading *loading, const char *const *sets, GError **error)
{
    unsigned count = sets ? g_strv_length((char **)sets) : 0;

    loading->sets = cvm_arena_array(loading->arena, struct cvm_profile_set, count);
    for (unsigned i = 0; i < count; i++) {
        if (cvm_profile_set_parse(loading->arena, sets[i], &loading->sets[i], error) < 0) {
            return -1;
        }
    }
    loading->set_count = count;
    return 0;
}

static GPtrArray *
read_documents(struct loading *loading, const struct cvm_yaml_documents *documents, GError **error)
{
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func((GDestroyNotify)cvm_domain_free);

    for (unsigned i = 0; i < documents->count; i++) {
        struct cvm_domain *domain = read_document(loading, documents->roots[i], error);

        if (!domain) {
            return NULL;
        }
        domain->document = i;
        g_ptr_array_add(domains, domain);
    }
    return g_steal_pointer(&domains);
}

GPtrArray *
cvm_profile_parse(const char *name, const char *data, size_t size, const char *const *sets,
                  GError **error)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    g_autoptr(GHashTable) bases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) comments = g_hash_table_new(NULL, NULL);
    struct loading loading = {
        .arena = arena, .bases = bases, .comments = comments, .budget = MERGE_BUDGET
    };
    struct cvm_yaml_documents documents;

    if (size > CVM_LIMIT_PROFILE) {
        cvm_error_set_at(error, CVM_ERROR_SYNTAX, name, 0, 0,
                         _("'%1$s' is larger than %2$d bytes, the limit for a profile"), name,
                         CVM_LIMIT_PROFILE);
        return NULL;
    }
    if (parse_sets(&loading, sets, error) < 0 ||
        parse_source(&loading, name, data, size, &documents, error) < 0) {
        return NULL;
    }
    if (documents.count == 0) {
        cvm_error_set_at(error, CVM_ERROR_SYNTAX, name, 1, 1,
                         _("there is no profile in '%s': it is empty, or holds only comments"),
                         name);
        return NULL;
    }
    return read_documents(&loading, &documents, error);
}
