/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .cvmdom.yaml: its keys are one table, which the reader, "did you mean" and the JSON Schema are
 * made from. */
#include "read/config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "read/plain.h"
#include "read/read.h"
#include "util/closest.h"
#include "util/error.h"
#include "util/file.h"
#include "util/i18n.h"
#include "util/quote.h"

struct reading {
    struct cvm_config *config;
    const char *files; /* glob of the part of perFile that is read; NULL outside */
};

struct key {
    const char *name;
    gboolean per_file; /* may stand in an item of perFile, too */
    int (*read)(struct reading *reading, const struct cvm_node *node, GError **error);
    json_t *(*schema)(void);
    const char *help; /* for the schema */
};

#define fail_at(node, error, ...)                                                                  \
    cvm_error_set_at(error, CVM_ERROR_SYNTAX, (node)->source->name, (node)->line, (node)->column,  \
                     __VA_ARGS__)
#define fail_key(node, error, ...)                                                                 \
    cvm_error_set_at(error, CVM_ERROR_SYNTAX, (node)->source->name, (node)->name_line,             \
                     (node)->name_column, __VA_ARGS__)

static const char *const severity_names[] = { "note", "warning", "error", NULL };

static const char *
quote(const struct reading *reading, const char *text)
{
    return cvm_quote(reading->config->arena, text);
}

/* ---- values ---- */

static gboolean
is_text(const struct cvm_node *node)
{
    return node->kind == CVM_NODE_SCALAR && *node->text &&
           (node->quoted || !cvm_plain_is_null(node));
}

static struct cvm_config_entry
entry_at(const struct reading *reading, enum cvm_config_verb verb, unsigned line, unsigned column)
{
    return (struct cvm_config_entry){
        .verb = verb, .files = reading->files, .line = line, .column = column
    };
}

static int
read_pattern(struct reading *reading, enum cvm_config_verb verb, const struct cvm_node *node,
             GError **error)
{
    if (!is_text(node) ||
        !cvm_config_add(reading->config, entry_at(reading, verb, node->line, node->column),
                        node->text)) {
        return fail_at(
            node, error,
            _("this is no rule: write an id like CVM207, a name, or the beginning of ids "
              "like CVM2"));
    }
    return 0;
}

/* One rule, or a list of them. */
static int
read_patterns(struct reading *reading, enum cvm_config_verb verb, const struct cvm_node *node,
              GError **error)
{
    unsigned count = 0;

    if (node->kind != CVM_NODE_LIST) {
        return read_pattern(reading, verb, node, error);
    }
    if (!node->children) {
        return fail_at(node, error,
                       _("this list of rules is empty: name a rule, or remove the key"));
    }
    for (const struct cvm_node *item = node->children; item; item = item->next) {
        if (++count > CVM_LIMIT_ITEMS) {
            return fail_at(item, error, _("the list has more than %d items"), CVM_LIMIT_ITEMS);
        }
        if (read_pattern(reading, verb, item, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
read_select(struct reading *reading, const struct cvm_node *node, GError **error)
{
    return read_patterns(reading, CVM_CONFIG_SELECT, node, error);
}

static int
read_ignore(struct reading *reading, const struct cvm_node *node, GError **error)
{
    return read_patterns(reading, CVM_CONFIG_IGNORE, node, error);
}

static int
parse_severity(const struct reading *reading, const struct cvm_node *node,
               enum cvm_severity *severity, GError **error)
{
    const char *near;

    for (int i = 0; is_text(node) && severity_names[i]; i++) {
        if (g_str_equal(node->text, severity_names[i])) {
            *severity = (enum cvm_severity)i;
            return 0;
        }
    }
    near = is_text(node) ? cvm_closest(node->text, severity_names) : NULL;
    if (near) {
        return fail_at(node, error, _("'%1$s' is no severity; did you mean '%2$s'?"),
                       quote(reading, node->text), near);
    }
    return fail_at(node, error,
                   _("this is no severity: write error, warning or note; 'ignore' switches a rule "
                     "off"));
}

static int
read_severity(struct reading *reading, const struct cvm_node *node, GError **error)
{
    unsigned count = 0;

    if (node->kind != CVM_NODE_MAP) {
        return fail_at(node, error, _("'severity' is a map of rules, like {CVM505: note}"));
    }
    for (const struct cvm_node *item = node->children; item; item = item->next) {
        struct cvm_config_entry entry =
            entry_at(reading, CVM_CONFIG_SEVERITY, item->name_line, item->name_column);

        if (++count > CVM_LIMIT_ITEMS) {
            return fail_at(item, error, _("the list has more than %d items"), CVM_LIMIT_ITEMS);
        }
        if (cvm_node_child(node, item->name) != item) {
            return fail_key(item, error, _("key '%s' is given twice"), quote(reading, item->name));
        }
        if (parse_severity(reading, item, &entry.severity, error) < 0) {
            return -1;
        }
        if (!cvm_config_add(reading->config, entry, item->name)) {
            return fail_key(item, error,
                            _("this is no rule: write an id like CVM207, a name, or the beginning "
                              "of ids like CVM2"));
        }
    }
    return 0;
}

static int
read_fail_on(struct reading *reading, const struct cvm_node *node, GError **error)
{
    reading->config->has_fail_on = TRUE;
    return parse_severity(reading, node, &reading->config->fail_on, error);
}

/* A bundled host's name, or a file beside the configuration: as a profile's host. */
static int
read_host(struct reading *reading, const struct cvm_node *node, GError **error)
{
    struct cvm_config *config = reading->config;
    g_autofree char *folder = g_path_get_dirname(config->name);
    g_autofree char *path = NULL;

    if (!is_text(node)) {
        return fail_at(node, error, _("'host' is the name of a bundled host, or a file's path"));
    }
    if ((strchr(node->text, '/') || g_str_has_suffix(node->text, ".xml")) &&
        !g_path_is_absolute(node->text) && strchr(config->name, '/')) {
        path = g_build_filename(folder, node->text, NULL);
    }
    config->host = cvm_arena_strdup(config->arena, path ? path : node->text);
    return 0;
}

/* ---- maps ---- */

static int
read_map(struct reading *reading, const struct cvm_node *map, GError **error);

/* What cvm_glob_match() does not know is refused: a glob that never matches ignores nothing, but
 * nobody would notice. */
static int
read_files(struct reading *reading, const struct cvm_node *node, GError **error)
{
    if (!is_text(node) || *node->text == '/' || strpbrk(node->text, "[]{}!\\") ||
        strstr(node->text, "//") || g_str_has_prefix(node->text, "./") ||
        g_str_has_prefix(node->text, "../") || strstr(node->text, "/../")) {
        return fail_at(node, error,
                       _("'files' is a path below this file's folder in which * stands for "
                         "anything but /, ? for one character and **/ for any folders, like "
                         "'legacy/*.xml'"));
    }
    reading->files = cvm_arena_strdup(reading->config->arena, node->text);
    return 0;
}

static int
read_part(struct reading *reading, const struct cvm_node *node, GError **error)
{
    const struct cvm_node *files = cvm_node_child(node, "files");
    int result;

    if (node->kind != CVM_NODE_MAP || !files) {
        return fail_at(node, error,
                       _("an item of 'perFile' names the files it is for: {files: 'legacy/*.xml', "
                         "ignore: [CVM401]}"));
    }
    if (read_files(reading, files, error) < 0) {
        return -1;
    }
    result = read_map(reading, node, error);
    reading->files = NULL;
    return result;
}

static int
read_per_file(struct reading *reading, const struct cvm_node *node, GError **error)
{
    unsigned count = 0;

    if (node->kind != CVM_NODE_LIST) {
        return read_part(reading, node, error);
    }
    for (const struct cvm_node *item = node->children; item; item = item->next) {
        if (++count > CVM_LIMIT_ITEMS) {
            return fail_at(item, error, _("the list has more than %d items"), CVM_LIMIT_ITEMS);
        }
        if (read_part(reading, item, error) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- schema of values ---- */

static json_t *
patterns_schema(void)
{
    return json_pack("{s:[{s:s}, {s:s, s:i, s:{s:s}}]}", "anyOf", "type", "string", "type", "array",
                     "minItems", 1, "items", "type", "string");
}

static json_t *
severity_schema(void)
{
    return json_pack("{s:[s, s, s]}", "enum", severity_names[CVM_SEVERE],
                     severity_names[CVM_WARNING], severity_names[CVM_NOTE]);
}

static json_t *
severities_schema(void)
{
    return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", severity_schema());
}

static json_t *
text_schema(void)
{
    return json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
}

static json_t *
per_file_schema(void);

static const struct key keys[] = {
    { "select", FALSE, read_select, patterns_schema, "run these rules, and no others" },
    { "ignore", TRUE, read_ignore, patterns_schema, "do not run these rules" },
    { "severity", TRUE, read_severity, severities_schema,
      "what findings of these rules count as: error, warning or note" },
    { "failOn", FALSE, read_fail_on, severity_schema,
      "fail from this severity on, unless the command line says otherwise" },
    { "host", FALSE, read_host, text_schema,
      "host for profiles that name none: a bundled one's name, or a path relative to this file" },
    { "perFile", FALSE, read_per_file, per_file_schema, "what holds for some files only" },
};

static json_t *
properties_schema(gboolean per_file)
{
    json_t *properties = json_object();

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].per_file || !per_file) {
            json_t *property = json_pack("{s:s}", "description", keys[i].help);
            json_t *value = keys[i].schema();

            json_object_update(property, value);
            json_decref(value);
            json_object_set_new(properties, keys[i].name, property);
        }
    }
    return properties;
}

static json_t *
per_file_schema(void)
{
    json_t *properties = properties_schema(TRUE);
    json_t *item, *schema;

    json_object_set_new(properties, "files", text_schema());
    item = json_pack("{s:s, s:o, s:[s], s:b}", "type", "object", "properties", properties,
                     "required", "files", "additionalProperties", 0);
    schema = json_pack("{s:[O, {s:s, s:O}]}", "anyOf", item, "type", "array", "items", item);
    json_decref(item);
    return schema;
}

char *
cvm_config_schema(void)
{
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:b}", "$schema", "https://json-schema.org/draft/2020-12/schema",
        "title", "cvmdom configuration", "description",
        "What cvmdom lint finds in the files below " CVM_CONFIG_NAME "; see cvmdom-lint(7).",
        "type", "object", "properties", properties_schema(FALSE), "additionalProperties", 0);
    char *text = json_dumps(root, JSON_INDENT(2)), *copy = g_strconcat(text, "\n", NULL);

    free(text);
    json_decref(root);
    return copy;
}

/* ---- the file ---- */

static int
explain_key(const struct reading *reading, const struct cvm_node *node, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *list = NULL;
    const char *name = quote(reading, node->name), *near;

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (keys[i].per_file || !reading->files) {
            g_ptr_array_add(names, (gpointer)keys[i].name);
        }
    }
    g_ptr_array_add(names, NULL);
    near = cvm_closest(node->name, (const char *const *)names->pdata);
    if (near) {
        return fail_key(node, error, _("there is no key '%1$s'; did you mean '%2$s'?"), name, near);
    }
    list = g_strjoinv(", ", (char **)names->pdata);
    return fail_key(node, error, _("there is no key '%1$s' here, but: %2$s"), name, list);
}

static const struct key *
find_key(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(keys[i].name, name) && (keys[i].per_file || !reading->files)) {
            return &keys[i];
        }
    }
    return NULL;
}

static int
read_map(struct reading *reading, const struct cvm_node *map, GError **error)
{
    gboolean seen_files = FALSE;
    guint64 seen = 0;

    for (const struct cvm_node *node = map->children; node; node = node->next) {
        const struct key *key = find_key(reading, node->name);
        gboolean is_files = reading->files && g_str_equal(node->name, "files");
        guint64 bit = key ? G_GUINT64_CONSTANT(1) << (key - keys) : 0;

        if (!key && !is_files) {
            return explain_key(reading, node, error);
        }
        if ((seen & bit) || (is_files && seen_files)) {
            return fail_key(node, error, _("key '%s' is given twice"), node->name);
        }
        seen |= bit;
        seen_files |= is_files;
        if (key && key->read(reading, node, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
read_documents(struct reading *reading, const struct cvm_yaml_documents *documents, GError **error)
{
    const struct cvm_node *root = documents->count ? documents->roots[0] : NULL;

    if (documents->count > 1) {
        return fail_at(documents->roots[1], error, _("a configuration is one document"));
    }
    if (!root || cvm_plain_is_null(root)) {
        return 0;
    }
    if (root->kind != CVM_NODE_MAP) {
        return fail_at(root, error, _("a configuration is a map of keys, like 'ignore: [CVM505]'"));
    }
    return read_map(reading, root, error);
}

static int
read_text(struct reading *reading, const char *data, size_t size, GError **error)
{
    struct cvm_arena *arena = reading->config->arena;
    struct cvm_source *source = cvm_arena_new0(arena, struct cvm_source);
    struct cvm_yaml_documents documents;

    source->name = reading->config->name;
    source->data = cvm_arena_strndup(arena, data, size);
    source->size = size;
    if (cvm_yaml_parse(arena, source, &documents, error) < 0) {
        return -1;
    }
    return read_documents(reading, &documents, error);
}

struct cvm_config *
cvm_config_parse(const char *path, const char *data, size_t size, GError **error)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    g_autofree char *folder = g_path_get_dirname(whole);
    CVM_AUTO(config) *config = cvm_config_new(path, folder);
    struct reading reading = { .config = config };

    return read_text(&reading, data, size, error) < 0 ? NULL : g_steal_pointer(&config);
}

struct cvm_config *
cvm_config_read(const char *path, GError **error)
{
    g_autofree char *data = NULL;
    size_t size;

    return cvm_file_read_regular(path, CVM_LIMIT_CONFIG, &data, &size, error) < 0
               ? NULL
               : cvm_config_parse(path, data, size, error);
}
