/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML text to trees, from libyaml's events: its document API copies more, and nests without a
 * limit. Values keep the text they were written with; what it means is the field table's business.
 * Here are decided: encoding, control characters, anchors, merge keys, tags and keys. */
#include <string.h>
#include <yaml.h>

#include "read/cursor.h"
#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/quote.h"

struct parser {
    yaml_parser_t yaml;
    struct cvm_arena *arena;
    const struct cvm_source *source;
    GHashTable *anchors; /* of this document: name to node, NULL while the node is still open */
    unsigned aliases;
    unsigned budget; /* nodes that aliases may still copy */
};

/* A scalar event can be read twice; libyaml leaves clean-up to the caller. */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(yaml_event_t, yaml_event_delete)

/* -1 is what it returns anyway; gcc's analyser cannot see that. */
#define fail_at(parser, error, line, column, ...)                                                  \
    (cvm_error_set_at(error, CVM_ERROR_SYNTAX, (parser)->source->name, line, column, __VA_ARGS__), \
     -1)
#define fail_mark(parser, error, mark, ...)                                                        \
    fail_at(parser, error, (unsigned)(mark).line + 1, (unsigned)(mark).column + 1, __VA_ARGS__)

/* What XML 1.0 (§2.2) and YAML 1.2 (§5.1) both can hold, less DEL and the C1 controls, and less the
 * separators that YAML 1.1 counts as ends of lines and every editor does not. */
static gboolean
is_text(gunichar c)
{
    if (c < 0x20) {
        return c == '\t' || c == '\n' || c == '\r';
    }
    return !(c >= 0x7f && c <= 0x9f) && c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe &&
           c != 0xffff;
}

static int
check_encoding(struct parser *parser, const char *data, size_t size, GError **error)
{
    if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        return fail_at(parser, error, 1, 1, _("the file is UTF-16 or UTF-32; save it as UTF-8"));
    }
    return 0;
}

/* Behind the printable ASCII characters that stand here, of which most text is; '%' may begin a
 * directive. */
static const char *
skip_plain(const char *at, const char *end)
{
    while (at < end && g_ascii_isprint(*at) && *at != '%') {
        at++;
    }
    return at;
}

/* libyaml tells only the byte where such a character stands; this tells the place. */
static int
check_characters(struct parser *parser, const char *data, size_t size, GError **error)
{
    unsigned line = 1, column = 1, directives = 0;

    for (const char *at = data, *end = data + size; at < end; at = g_utf8_next_char(at)) {
        const char *behind = skip_plain(at, end);
        gunichar c;

        column += (unsigned)(behind - at);
        at = behind;
        if (at == end) {
            break;
        }
        c = *at ? g_utf8_get_char_validated(at, end - at) : 0;
        if (c >= (gunichar)-2) {
            return fail_at(parser, error, line, column,
                           _("this is not UTF-8; save the file as UTF-8"));
        }
        if (c == '\r' && !(at + 1 < end && at[1] == '\n')) {
            return fail_at(parser, error, line, column,
                           _("a carriage return stands alone; end lines with a newline"));
        }
        if (!is_text(c)) {
            return fail_at(parser, error, line, column,
                           _("character U+%04X is not allowed; remove it"), (unsigned)c);
        }
        if (c == '%' && column == 1 && ++directives > CVM_LIMIT_DIRECTIVES) {
            return fail_at(parser, error, line, column,
                           _("more than %u lines start with '%%', as YAML's directives do"),
                           (unsigned)CVM_LIMIT_DIRECTIVES);
        }
        column++;
        if (c == '\n') {
            line++;
            column = 1;
        }
    }
    return 0;
}

/* Start of a line, counted from 1; NULL beyond the last. */
static const char *
find_line(const struct cvm_source *source, unsigned line)
{
    const char *start = source->data;

    while (--line > 0 && start) {
        start = strchr(start, '\n');
        start = start ? start + 1 : NULL;
    }
    return start;
}

/* Column of a tab in the line's indentation; 0 when there is none. */
static unsigned
tab_column(const struct cvm_source *source, unsigned line)
{
    const char *start = find_line(source, line);
    size_t spaces = start ? strspn(start, " ") : 0;

    return start && start[spaces] == '\t' ? (unsigned)spaces + 1 : 0;
}

static int
fail_memory(const struct parser *parser, GError **error)
{
    return cvm_error_set_at(error, CVM_ERROR_IO, parser->source->name, 0, 0,
                            _("there is not enough memory to read '%s'"), parser->source->name);
}

static int
fail_scan(struct parser *parser, GError **error)
{
    const yaml_parser_t *yaml = &parser->yaml;
    unsigned line = (unsigned)yaml->problem_mark.line + 1;
    unsigned tab = tab_column(parser->source, line);

    if (yaml->error == YAML_MEMORY_ERROR) {
        return fail_memory(parser, error);
    }
    if (tab > 0) {
        return fail_at(parser, error, line, tab,
                       _("a tab indents this line; YAML allows only spaces there"));
    }
    return fail_mark(parser, error, yaml->problem_mark, _("this is not valid YAML: %s"),
                     yaml->problem ? yaml->problem : "?");
}

static int
next_event(struct parser *parser, yaml_event_t *event, GError **error)
{
    return yaml_parser_parse(&parser->yaml, event) ? 0 : fail_scan(parser, error);
}

static int
parse_node(struct parser *parser, yaml_event_t *event, unsigned depth, struct cvm_node **out,
           GError **error);

static struct cvm_node *
new_node(struct parser *parser, enum cvm_node_kind kind, const yaml_event_t *event)
{
    struct cvm_node *node = cvm_node_new(parser->arena, kind, NULL, NULL);

    node->source = parser->source;
    node->line = (unsigned)event->start_mark.line + 1;
    node->column = (unsigned)event->start_mark.column + 1;
    return node;
}

/* Escapes ("\0", "\x07") bring in what the file itself may not hold; only double quotes have them.
 */
static int
check_value(struct parser *parser, const yaml_event_t *event, GError **error)
{
    const char *text = (const char *)event->data.scalar.value;
    const char *end = text + event->data.scalar.length;

    if (event->data.scalar.style != YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
        return 0;
    }
    for (const char *at = skip_plain(text, end); at < end; at = g_utf8_next_char(at)) {
        gunichar c = *at ? g_utf8_get_char(at) : 0;

        if (!is_text(c) && c != 0x85 && c != 0x2028 && c != 0x2029 && c != 0xfeff) {
            return fail_mark(
                parser, error, event->start_mark,
                _("an escape makes character U+%04X, which no domain can hold; remove it"),
                (unsigned)c);
        }
    }
    return 0;
}

static int
parse_scalar(struct parser *parser, const yaml_event_t *event, struct cvm_node **out,
             GError **error)
{
    struct cvm_node *node;

    if (check_value(parser, event, error) < 0) {
        return -1;
    }
    node = new_node(parser, CVM_NODE_SCALAR, event);
    node->text = cvm_arena_strndup(parser->arena, (const char *)event->data.scalar.value,
                                   event->data.scalar.length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    *out = node;
    return 0;
}

static int
parse_alias(struct parser *parser, const yaml_event_t *event, unsigned depth, struct cvm_node **out,
            GError **error)
{
    const char *name = (const char *)event->data.alias.anchor;
    gpointer anchored = NULL;

    if (!g_hash_table_lookup_extended(parser->anchors, name, NULL, &anchored)) {
        return fail_mark(parser, error, event->start_mark,
                         _("alias '*%s' stands for nothing; anchor a value with '&' before it"),
                         cvm_quote(parser->arena, name));
    }
    if (!anchored) {
        return fail_mark(parser, error, event->start_mark, _("alias '*%s' contains itself"),
                         cvm_quote(parser->arena, name));
    }
    if (++parser->aliases > CVM_LIMIT_ALIASES) {
        return fail_mark(parser, error, event->start_mark,
                         _("more than %d aliases in one document"), CVM_LIMIT_ALIASES);
    }
    *out = cvm_node_copy(parser->arena, anchored, CVM_LIMIT_DEPTH - depth, &parser->budget);
    if (!*out) {
        return fail_mark(parser, error, event->start_mark,
                         _("alias '*%s' makes the document too large or too deep"),
                         cvm_quote(parser->arena, name));
    }
    return 0;
}

static int
parse_list(struct parser *parser, const yaml_event_t *start, unsigned depth, struct cvm_node **out,
           GError **error)
{
    struct cvm_node *list = new_node(parser, CVM_NODE_LIST, start);

    for (;;) {
        g_auto(yaml_event_t) event = { .type = YAML_NO_EVENT };
        struct cvm_node *item = NULL;

        if (next_event(parser, &event, error) < 0) {
            return -1;
        }
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            *out = list;
            return 0;
        }
        if (parse_node(parser, &event, depth, &item, error) < 0) {
            return -1;
        }
        cvm_node_append(list, item);
    }
}

static int
check_key(struct parser *parser, const yaml_event_t *event, GError **error)
{
    if (event->type != YAML_SCALAR_EVENT) {
        return fail_mark(parser, error, event->start_mark,
                         _("a key must be a word, not a list, a map or an alias"));
    }
    if (event->data.scalar.tag || event->data.scalar.anchor) {
        return fail_mark(parser, error, event->start_mark,
                         _("a key cannot have a tag or an anchor"));
    }
    if (event->data.scalar.length == 0) {
        return fail_mark(parser, error, event->start_mark, _("a key is missing before ':'"));
    }
    return check_value(parser, event, error);
}

static void
add_member(struct parser *parser, struct cvm_node *map, const yaml_event_t *key,
           struct cvm_node *value)
{
    value->name = cvm_arena_strndup(parser->arena, (const char *)key->data.scalar.value,
                                    key->data.scalar.length);
    value->name_line = (unsigned)key->start_mark.line + 1;
    value->name_column = (unsigned)key->start_mark.column + 1;
    cvm_node_append(map, value);
}

static gboolean
is_merge_key(const yaml_event_t *key)
{
    return key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           strcmp((const char *)key->data.scalar.value, "<<") == 0;
}

static int
parse_members(struct parser *parser, struct cvm_node *map, struct cvm_node **merge, unsigned depth,
              GError **error)
{
    for (unsigned keys = 1;; keys++) {
        g_auto(yaml_event_t) key = { .type = YAML_NO_EVENT };
        g_auto(yaml_event_t) event = { .type = YAML_NO_EVENT };
        struct cvm_node *value = NULL;

        if (next_event(parser, &key, error) < 0) {
            return -1;
        }
        if (key.type == YAML_MAPPING_END_EVENT) {
            return 0;
        }
        if (keys > CVM_LIMIT_KEYS) {
            return fail_mark(parser, error, key.start_mark, _("more than %d keys in one map"),
                             CVM_LIMIT_KEYS);
        }
        if (check_key(parser, &key, error) < 0 || next_event(parser, &event, error) < 0 ||
            parse_node(parser, &event, depth, &value, error) < 0) {
            return -1;
        }
        if (!is_merge_key(&key)) {
            add_member(parser, map, &key, value);
        } else if (*merge) {
            return fail_mark(parser, error, key.start_mark,
                             _("'<<' is given twice; write '<<: [*a, *b]'"));
        } else {
            *merge = value;
        }
    }
}

/* The maps that '<<' names, moved into map: its own keys win, then those of earlier maps. */
static int
merge_into(struct parser *parser, struct cvm_node *map, struct cvm_node *merge, GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    struct cvm_node *from = merge->kind == CVM_NODE_LIST ? merge->children : merge;

    for (struct cvm_node *child = map->children; child; child = child->next) {
        g_hash_table_add(known, (gpointer)child->name);
    }
    for (; from; from = merge->kind == CVM_NODE_LIST ? from->next : NULL) {
        struct cvm_node *next;

        if (from->kind != CVM_NODE_MAP) {
            return fail_at(parser, error, from->line, from->column,
                           _("'<<' takes a map or a list of maps, usually an alias"));
        }
        for (struct cvm_node *child = from->children; child; child = next) {
            next = child->next;
            child->next = NULL;
            if (g_hash_table_add(known, (gpointer)child->name)) {
                cvm_node_append(map, child);
            }
        }
    }
    return 0;
}

static int
parse_map(struct parser *parser, const yaml_event_t *start, unsigned depth, struct cvm_node **out,
          GError **error)
{
    struct cvm_node *map = new_node(parser, CVM_NODE_MAP, start);
    struct cvm_node *merge = NULL;

    if (parse_members(parser, map, &merge, depth, error) < 0 ||
        (merge && merge_into(parser, map, merge, error) < 0)) {
        return -1;
    }
    *out = map;
    return 0;
}

struct shape {
    const yaml_char_t *anchor, *tag;
};

static struct shape
event_shape(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return (struct shape){ event->data.scalar.anchor, event->data.scalar.tag };
    case YAML_SEQUENCE_START_EVENT:
        return (struct shape){ event->data.sequence_start.anchor, event->data.sequence_start.tag };
    case YAML_MAPPING_START_EVENT:
        return (struct shape){ event->data.mapping_start.anchor, event->data.mapping_start.tag };
    default:
        return (struct shape){ NULL, NULL };
    }
}

static int
parse_content(struct parser *parser, yaml_event_t *event, unsigned depth, struct cvm_node **out,
              GError **error)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return parse_scalar(parser, event, out, error);
    case YAML_SEQUENCE_START_EVENT:
        return parse_list(parser, event, depth + 1, out, error);
    case YAML_MAPPING_START_EVENT:
        return parse_map(parser, event, depth + 1, out, error);
    case YAML_ALIAS_EVENT:
        return parse_alias(parser, event, depth, out, error);
    default:
        return fail_mark(parser, error, event->start_mark, _("a value is missing here"));
    }
}

static int
parse_node(struct parser *parser, yaml_event_t *event, unsigned depth, struct cvm_node **out,
           GError **error)
{
    struct shape shape = event_shape(event);
    char *anchor = NULL;

    /* Before anything below is asked for: libyaml itself takes a minute for 100,000 brackets. */
    if (depth >= CVM_LIMIT_DEPTH) {
        return fail_mark(parser, error, event->start_mark, _("nested more than %d levels deep"),
                         CVM_LIMIT_DEPTH);
    }
    if (shape.tag) {
        return fail_mark(parser, error, event->start_mark,
                         _("tag '%s' is not supported; write the value in quotes if it is a text"),
                         cvm_quote(parser->arena, (const char *)shape.tag));
    }
    if (shape.anchor) {
        anchor = cvm_arena_strdup(parser->arena, (const char *)shape.anchor);
        g_hash_table_insert(parser->anchors, anchor, NULL);
    }
    if (parse_content(parser, event, depth, out, error) < 0) {
        return -1;
    }
    if (anchor) {
        g_hash_table_insert(parser->anchors, anchor, *out);
    }
    return 0;
}

static int
parse_document(struct parser *parser, struct cvm_node **root, GError **error)
{
    g_auto(yaml_event_t) event = { .type = YAML_NO_EVENT };
    g_auto(yaml_event_t) end = { .type = YAML_NO_EVENT };

    g_hash_table_remove_all(parser->anchors);
    parser->aliases = 0;
    if (next_event(parser, &event, error) < 0 || parse_node(parser, &event, 0, root, error) < 0) {
        return -1;
    }
    return next_event(parser, &end, error);
}

static int
parse_stream(struct parser *parser, GPtrArray *roots, GError **error)
{
    for (;;) {
        g_auto(yaml_event_t) event = { .type = YAML_NO_EVENT };
        struct cvm_node *root = NULL;

        if (next_event(parser, &event, error) < 0) {
            return -1;
        }
        if (event.type == YAML_STREAM_END_EVENT) {
            return 0;
        }
        if (event.type != YAML_DOCUMENT_START_EVENT) {
            continue;
        }
        if (roots->len == CVM_LIMIT_DOCUMENTS) {
            return fail_mark(parser, error, event.start_mark,
                             _("more than %d documents in one file"), CVM_LIMIT_DOCUMENTS);
        }
        if (parse_document(parser, &root, error) < 0) {
            return -1;
        }
        g_ptr_array_add(roots, root);
    }
}

static int
parse_text(struct parser *parser, const char *data, size_t size, GPtrArray *roots, GError **error)
{
    int result;

    if (!yaml_parser_initialize(&parser->yaml)) {
        return fail_memory(parser, error);
    }
    yaml_parser_set_encoding(&parser->yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser->yaml, (const unsigned char *)data, size);
    parser->anchors = g_hash_table_new(g_str_hash, g_str_equal);
    result = parse_stream(parser, roots, error);
    g_hash_table_unref(parser->anchors);
    yaml_parser_delete(&parser->yaml);
    return result;
}

int
cvm_yaml_parse(struct cvm_arena *arena, const struct cvm_source *source,
               struct cvm_yaml_documents *documents, GError **error)
{
    struct parser parser = { .arena = arena, .source = source, .budget = CVM_LIMIT_COPIES };
    g_autoptr(GPtrArray) roots = g_ptr_array_new();
    const char *end = source->data + source->size;
    const char *data = cvm_skip_byte_order_mark(source->data, end);
    size_t size = (size_t)(end - data);

    if (check_encoding(&parser, source->data, source->size, error) < 0 ||
        check_characters(&parser, data, size, error) < 0 ||
        parse_text(&parser, data, size, roots, error) < 0) {
        return -1;
    }
    documents->count = roots->len;
    documents->roots = cvm_arena_array(arena, struct cvm_node *, roots->len + 1);
    for (guint i = 0; i < roots->len; i++) {
        documents->roots[i] = g_ptr_array_index(roots, i);
    }
    return 0;
}
