/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxml2's SAX2 events into a cvm_node tree. libxml2 decides what is well formed and decodes text;
 * the places come from a cursor of our own that follows the events through the source, because
 * libxml2 tells no column of an attribute and its line numbers depend on its release. The same
 * cursor runs once before the parser, to refuse start tags whose attributes libxml2 would compare
 * in pairs (6 s for 1 MB of them). */
#include <config.h> /* memrchr() */

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <string.h>

#include "read/cursor.h"
#include "read/read.h"
#include "read/xml_tags.h"
#include "util/error.h"
#include "util/i18n.h"

struct level {
    struct cvm_node *node;
    size_t text;       /* where its own begins in that of the parser */
    gboolean has_text; /* anything but white space so far */
    gboolean empty;    /* <a/>: no end tag follows in the source */
};

/* What a thread keeps from one document to the next: libxml2's context, the names in its
 * dictionary, and room. */
struct tools {
    xmlParserCtxtPtr context; /* NULL: there was no memory for it */
    struct cvm_xml_names names;
    struct level levels[CVM_LIMIT_DEPTH];
    GString *text; /* of all levels, one behind the other */
    gboolean used; /* by an earlier document */
};

struct parser {
    struct cvm_arena *arena;
    const struct cvm_source *source;
    struct tools *tools;
    struct cvm_cursor cursor;
    unsigned depth, n_nodes;
    struct cvm_node *root;
    gboolean failed;
    GError **error;
};

/* ---- building ---- */

static void
fail(struct parser *parser, unsigned line, unsigned column, const char *message)
{
    if (!parser->failed) {
        cvm_error_set_at(parser->error, CVM_ERROR_SYNTAX, parser->source->name, line, column, "%s",
                         message);
        parser->failed = TRUE;
        xmlStopParser(parser->tools->context);
    }
}

static void
fail_here(struct parser *parser, const char *message)
{
    fail(parser, parser->cursor.line, parser->cursor.column, message);
}

static struct cvm_node *
new_node(struct parser *parser, enum cvm_node_kind kind, const char *name)
{
    struct cvm_node *node = cvm_arena_take(parser->arena, sizeof *node);

    if (++parser->n_nodes > CVM_LIMIT_NODES) {
        fail_here(parser, _("the file has more elements and attributes than cvmdom reads"));
    }
    *node = (struct cvm_node){
        .kind = kind,
        .name = name,
        .source = parser->source,
        .line = parser->cursor.line,
        .column = parser->cursor.column,
        .name_line = parser->cursor.line,
        .name_column = parser->cursor.column,
    };
    return node;
}

static unsigned
offset_of(const struct parser *parser, const char *at)
{
    return (unsigned)(at - parser->source->data);
}

/* With libxml2's decoded value; a namespace declaration keeps its raw text. */
static struct cvm_node *
add_attribute(struct parser *parser, struct cvm_node *element, const struct cvm_xml_token *token)
{
    const xmlChar **told = token->told;
    struct cvm_cursor *cursor = &parser->cursor;
    const char *value = told ? (const char *)told[3] : token->value;
    const char *value_end = told ? (const char *)told[4] : token->value_end;
    struct cvm_node *node;

    cvm_cursor_advance(cursor, token->name);
    node = new_node(parser, CVM_NODE_ATTRIBUTE, cvm_xml_token_name(&parser->tools->names, token));
    if (parser->failed) {
        return NULL; /* libxml2 was stopped, and the values it told are gone */
    }
    cvm_cursor_advance(cursor, token->value);
    node->line = cursor->line;
    node->column = cursor->column;
    node->start = offset_of(parser, token->name);
    node->inner = offset_of(parser, token->value);
    node->end = offset_of(parser, token->value_end + 1);
    node->parent = element;
    node->text = cvm_arena_strndup(parser->arena, value, (size_t)(value_end - value));
    return node;
}

/* Leaves the cursor behind the start tag. */
static void
add_attributes(struct parser *parser, struct level *level, const char *at, struct cvm_xml_told told)
{
    struct cvm_cursor *cursor = &parser->cursor;
    struct cvm_node **link = &level->node->attributes;
    struct cvm_xml_token token;

    while (at < cursor->end && *at != '>' && *at != '/' &&
           cvm_xml_next_attribute(&at, cursor->end, &told, &token)) {
        *link = add_attribute(parser, level->node, &token);
        if (!*link) {
            return;
        }
        link = &(*link)->next;
    }
    at = at < cursor->end && *at == '>' ? at + 1 : cvm_skip_past_char(at, cursor->end, '>');
    level->empty = at[-2] == '/';
    level->node->inner = level->node->end = offset_of(parser, at);
    cvm_cursor_advance(cursor, at);
}

static void
start_element(void *data, const xmlChar *local, const xmlChar *prefix,
              G_GNUC_UNUSED const xmlChar *uri, G_GNUC_UNUSED int n_namespaces,
              G_GNUC_UNUSED const xmlChar **namespaces, int n_attributes,
              G_GNUC_UNUSED int n_defaulted, const xmlChar **attributes)
{
    struct parser *parser = data;
    struct cvm_cursor *cursor = &parser->cursor;
    const char *tag = cvm_xml_find_tag(cursor->at, cursor->end, FALSE), *name_end;
    struct level *level;

    if (parser->failed || !tag) {
        return;
    }
    cvm_cursor_advance(cursor, tag);
    if (parser->depth == CVM_LIMIT_DEPTH) {
        fail_here(parser, _("elements are nested deeper than cvmdom reads (64 levels)"));
        return;
    }
    if (xmlDictSize(parser->tools->context->dict) > CVM_LIMIT_NAMES) {
        fail_here(parser, _("the file has more different names than cvmdom reads"));
    }
    level = &parser->tools->levels[parser->depth];
    name_end = tag + 1;
    *level = (struct level){
        .node = new_node(
            parser, CVM_NODE_ELEMENT,
            cvm_xml_next_name(&parser->tools->names, local, prefix, &name_end, cursor->end)),
        .text = parser->tools->text->len,
    };
    level->node->start = offset_of(parser, tag);
    if (parser->depth == 0) {
        parser->root = level->node;
    } else {
        cvm_node_append(parser->tools->levels[parser->depth - 1].node, level->node);
    }
    parser->depth++;
    if (!parser->failed) {
        add_attributes(parser, level, name_end,
                       (struct cvm_xml_told){ &parser->tools->names, attributes, n_attributes, 0 });
    }
}

/* The first character of text that the cursor stands before. */
static void
mark_text(struct parser *parser, struct cvm_node *node)
{
    const char *at = parser->cursor.at, *end = parser->cursor.end;

    for (;;) {
        const char *behind;

        at = cvm_xml_skip_blanks(at, end);
        behind = cvm_starts_with(at, end, "<![CDATA[") ? NULL : cvm_xml_skip_other(at, end);
        if (!behind) {
            break;
        }
        at = behind;
    }
    cvm_cursor_advance(&parser->cursor, at);
    node->line = parser->cursor.line;
    node->column = parser->cursor.column;
}

/* libxml2 lets no other control characters through. */
static gboolean
is_blank_text(const xmlChar *text, int length)
{
    for (int i = 0; i < length; i++) {
        if (text[i] > ' ') {
            return FALSE;
        }
    }
    return TRUE;
}

static void
append_text(GString *to, const char *text, size_t length)
{
    if (length >= to->allocated_len - to->len) {
        g_string_append_len(to, text, (gssize)length);
    } else {
        memcpy(to->str + to->len, text, length); /* most text is short, GLib's way long */
        to->len += length;
    }
}

static void
add_text(void *data, const xmlChar *text, int length)
{
    struct parser *parser = data;
    struct level *level;

    if (parser->failed || parser->depth == 0) {
        return;
    }
    level = &parser->tools->levels[parser->depth - 1];
    if (!level->has_text && !is_blank_text(text, length)) {
        mark_text(parser, level->node);
        level->has_text = TRUE;
    }
    append_text(parser->tools->text, (const char *)text, (size_t)length);
}

static void
end_element(void *data, G_GNUC_UNUSED const xmlChar *local, G_GNUC_UNUSED const xmlChar *prefix,
            G_GNUC_UNUSED const xmlChar *uri)
{
    struct parser *parser = data;
    struct cvm_cursor *cursor = &parser->cursor;
    struct level *level;
    size_t length;

    if (parser->failed || parser->depth == 0) {
        return;
    }
    level = &parser->tools->levels[--parser->depth];
    length = parser->tools->text->len - level->text;
    if (level->has_text && level->node->children) { /* "..." between elements is nobody's value */
        level->node->line = level->node->name_line;
        level->node->column = level->node->name_column;
    }
    if (level->has_text) {
        level->node->text =
            cvm_arena_strndup(parser->arena, parser->tools->text->str + level->text, length);
    }
    level->node->blank = !level->has_text && length > 0 && !level->node->children;
    parser->tools->text->len = level->text;
    if (!level->empty) {
        const char *tag = cvm_xml_find_tag(cursor->at, cursor->end, TRUE);

        cvm_cursor_advance(cursor, tag ? cvm_skip_past_char(tag, cursor->end, '>') : cursor->end);
        level->node->end = offset_of(parser, cursor->at);
    }
}

/* The document type's name is that of the root: a web page is nothing to mend. */
static void
refuse_doctype(void *data, const xmlChar *name, G_GNUC_UNUSED const xmlChar *external,
               G_GNUC_UNUSED const xmlChar *system)
{
    struct parser *parser = data;
    const char *at =
        g_strstr_len(parser->cursor.at, parser->cursor.end - parser->cursor.at, "<!DOCTYPE");

    if (at) {
        cvm_cursor_advance(&parser->cursor, at);
    }
    fail_here(parser, _("the file has a document type declaration; remove it, libvirt's XML needs "
                        "none"));
    if (parser->error && *parser->error && !cvm_domain_xml_is_root((const char *)name)) {
        (*parser->error)->code = CVM_ERROR_UNSUPPORTED;
    }
}

/* libxml2 2.12 made the error const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *error_pointer;
#else
typedef xmlErrorPtr error_pointer;
#endif

char *
cvm_xml_message(const char *message)
{
    char *text = g_utf8_make_valid(message ? message : "?", -1);

    return g_strchomp(g_strdelimit(text, "\n", ' '));
}

/* What leads to a mistake that libxml2 only names. */
static const char *
error_format(const struct parser *parser, int code)
{
    if (code == XML_ERR_DOCUMENT_END && parser->root && parser->depth == 0) {
        return _("a document ends before this place, and a file can hold only one: put each "
                 "domain into a file of its own (%s)");
    }
    if (code == XML_ERR_HYPHEN_IN_COMMENT) {
        return _("this is no well-formed XML: %s; a suppression's reason comes after a colon");
    }
    return _("this is no well-formed XML: %s");
}

/* libxml2 does not always tell that it had no memory, and then a part of the file is missing. */
static void
fail_memory(struct parser *parser)
{
    if (!parser->failed) {
        cvm_error_set_at(parser->error, CVM_ERROR_IO, parser->source->name, 0, 0,
                         _("there is not enough memory to read '%s'"), parser->source->name);
        parser->failed = TRUE;
    }
}

static void
take_error(void *data, error_pointer problem)
{
    struct parser *parser = data;

    if (problem->code == XML_ERR_NO_MEMORY) {
        fail_memory(parser);
    } else if (problem->level == XML_ERR_FATAL && !parser->failed) {
        g_autofree char *cause = cvm_xml_message(problem->message);
        g_autofree char *message = g_strdup_printf(error_format(parser, problem->code), cause);

        fail(parser, (unsigned)MAX(problem->line, 0), (unsigned)MAX(problem->int2, 0), message);
    }
}

/* ---- before and around the parser ---- */

/* Whether the text is ASCII, and has no NUL: most are, and GLib takes its time to see that. */
static gboolean
is_ascii(const char *at, const char *end)
{
    uint64_t bytes[4];

    if (memchr(at, '\0', (size_t)(end - at))) {
        return FALSE;
    }
    for (; (size_t)(end - at) >= sizeof bytes; at += sizeof bytes) {
        memcpy(bytes, at, sizeof bytes);
        if ((bytes[0] | bytes[1] | bytes[2] | bytes[3]) & UINT64_C(0x8080808080808080)) {
            return FALSE;
        }
    }
    while (at < end && !(*at & 0x80)) {
        at++;
    }
    return at == end;
}

/* Begins to follow the source, which has to be UTF-8. */
static int
check_text(const struct cvm_source *source, struct cvm_cursor *cursor, GError **error)
{
    const char *bad;

    *cursor = cvm_cursor_begin(source);
    cursor->ascii = is_ascii(cursor->at, cursor->end);
    if (!cursor->ascii && !g_utf8_validate(cursor->at, cursor->end - cursor->at, &bad)) {
        cvm_cursor_advance(cursor, bad);
        return cvm_error_set_at(error, CVM_ERROR_SYNTAX, source->name, cursor->line, cursor->column,
                                "%s",
                                bad < cursor->end && *bad == '\0'
                                    ? _("a NUL character stands here, which no XML can hold")
                                    : _("this is no UTF-8 text; save the file in UTF-8, or name "
                                        "its encoding in the XML declaration"));
    }
    return 0;
}

static gboolean
has_many(const char *at, const char *end)
{
    unsigned count = 0;

    while (count <= CVM_LIMIT_ATTRIBUTES && (at = memchr(at, '=', (size_t)(end - at)))) {
        count++;
        at++;
    }
    return count > CVM_LIMIT_ATTRIBUTES;
}

/* From no '<' to the next there are too many attributes. Most are so near to each other that there
 * is no room for that. */
static gboolean
has_short_tags(const struct cvm_cursor *cursor)
{
    enum { ROOM = CVM_LIMIT_ATTRIBUTES * 5 /* a blank and a="" */ };
    const char *at = cursor->at, *end = cursor->end;

    while (end - at >= ROOM) {
        const char *last = memrchr(at, '<', ROOM);
        const char *next = last ? last + 1 : cvm_skip_past_char(at + ROOM, end, '<');

        if (!last && has_many(at, next)) {
            return FALSE;
        }
        at = next;
    }
    return TRUE;
}

static int
check_attributes(const struct cvm_source *source, struct cvm_cursor cursor, GError **error)
{
    const char *at = has_short_tags(&cursor) ? cursor.end : cursor.at;

    while ((at = cvm_xml_find_tag(at, cursor.end, FALSE))) {
        const char *tag = at;
        struct cvm_xml_token token;
        struct cvm_xml_told none = { 0 };
        unsigned count = 0;

        at = cvm_xml_skip_name(tag + 1, cursor.end);
        while (cvm_xml_next_attribute(&at, cursor.end, &none, &token)) {
            if (++count > CVM_LIMIT_ATTRIBUTES) {
                cvm_cursor_advance(&cursor, tag);
                return cvm_error_set_at(error, CVM_ERROR_SYNTAX, source->name, cursor.line,
                                        cursor.column,
                                        _("an element has more than 256 attributes"));
            }
        }
    }
    return 0;
}

static void
set_handlers(xmlSAXHandler *sax)
{
    memset(sax, 0, sizeof *sax);
    sax->initialized = XML_SAX2_MAGIC;
    sax->startElementNs = start_element;
    sax->endElementNs = end_element;
    sax->characters = add_text;
    sax->ignorableWhitespace = add_text;
    sax->internalSubset = refuse_doctype;
    sax->serror = take_error;
}

static void
free_tools(gpointer data)
{
    struct tools *tools = data;

    xmlFreeParserCtxt(tools->context);
    cvm_arena_free(tools->names.arena);
    g_string_free(tools->text, TRUE);
    g_free(tools);
}

static GPrivate own = G_PRIVATE_INIT(free_tools);

static struct tools *
take_tools(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct tools *tools = g_private_get(&own);

    if (tools) {
        g_private_set(&own, NULL);
        return tools;
    }
    pthread_once(&once, xmlInitParser);
    tools = g_new0(struct tools, 1);
    tools->context = xmlNewParserCtxt();
    tools->names.arena = cvm_arena_new();
    tools->text = g_string_new(NULL);
    if (tools->context) {
        set_handlers(tools->context->sax);
    }
    return tools;
}

/* What a large or strange document made of them is not kept. */
static void
keep_tools(struct tools *tools)
{
    enum { KEPT_NAMES = 1000, KEPT_BYTES = 64 * 1024 };

    if (!tools->context || xmlDictSize(tools->context->dict) > KEPT_NAMES ||
        xmlDictGetUsage(tools->context->dict) > KEPT_BYTES || tools->names.taken > KEPT_NAMES ||
        tools->text->allocated_len > KEPT_BYTES) {
        free_tools(tools);
        return;
    }
    xmlCtxtReset(tools->context); /* lets go of the document */
    tools->used = TRUE;
    g_private_set(&own, tools);
}

/* Where the text is: what xmlCtxtReadMemory() of older libxml2 reads is a copy, which grows, and so
 * moves, as its end comes near. */
static void
read_in_place(struct parser *parser)
{
    /* The text is known to be UTF-8, whatever its declaration says. NOENT: in an attribute's value
     * '&' would stay a reference; there are no other entities, since no document type is taken. */
    enum {
        OPTIONS = XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOWARNING | XML_PARSE_NOENT
    };
    xmlParserCtxtPtr context = parser->tools->context;
    const char *text = parser->cursor.at;
#if LIBXML_VERSION >= 21100
    xmlCtxtReadMemory(context, text, (int)(parser->cursor.end - text), NULL, NULL, OPTIONS);
#else
    xmlParserInputPtr input = xmlNewStringInputStream(context, (const xmlChar *)text);

    xmlCtxtUseOptions(context, OPTIONS);
    if (input && inputPush(context, input) >= 0) {
        xmlParseDocument(context);
    } else {
        xmlFreeInputStream(input);
        fail_memory(parser);
    }
#endif
}

static void
run(struct parser *parser)
{
    gboolean empty = parser->cursor.at == parser->cursor.end;
    xmlParserCtxtPtr context = parser->tools->context;

    if (!context) {
        fail_memory(parser);
        return;
    }
    context->userData = parser;
    g_string_truncate(parser->tools->text, 0);
    read_in_place(parser);
    /* Whatever else was wrong take_error() was told. */
    if (!context->wellFormed || parser->depth > 0 || (!empty && !parser->root)) {
        fail_memory(parser);
    }
    if (!parser->failed && !parser->root) {
        fail(parser, 1, 1, _("the file is empty"));
    }
}

struct cvm_node *
cvm_xml_parse(struct cvm_arena *arena, const struct cvm_source *source, GError **error)
{
    struct cvm_cursor cursor;
    struct parser parser = { .failed = TRUE };

    if (check_text(source, &cursor, error) < 0 || check_attributes(source, cursor, error) < 0) {
        return NULL;
    }
    /* What is refused is refused by new tools: never for the names of documents before it. */
    for (gboolean used = TRUE; parser.failed && used;) {
        g_clear_error(error);
        parser =
            (struct parser){ .arena = arena, .source = source, .cursor = cursor, .error = error };
        parser.tools = take_tools();
        used = parser.tools->used;
        run(&parser);
        if (parser.failed) {
            free_tools(parser.tools);
        } else {
            cvm_arena_keep(arena, parser.tools->names.arena);
            keep_tools(parser.tools);
        }
    }
    return parser.failed ? NULL : parser.root;
}
