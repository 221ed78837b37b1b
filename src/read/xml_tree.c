/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxml2's SAX2 events into a cvm_node tree. libxml2 decides what is well formed and decodes text;
 * the places come from a cursor of our own that follows the events through the source, because
 * libxml2 tells no column of an attribute and its line numbers depend on its release. The same
 * cursor runs once before the parser, to refuse start tags whose attributes libxml2 would compare
 * in pairs (6 s for 1 MB of them). */
#include <libxml/parser.h>
#include <string.h>

#include "read/cursor.h"
#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"

struct level {
    struct cvm_node *node;
    GString *text;
    gboolean has_text; /* anything but white space so far */
    gboolean empty;    /* <a/>: no end tag follows in the source */
};

struct parser {
    struct cvm_arena *arena;
    const struct cvm_source *source;
    xmlParserCtxtPtr context;
    struct cvm_cursor cursor;
    struct level levels[CVM_LIMIT_DEPTH];
    unsigned depth, n_nodes;
    struct cvm_node *root;
    gboolean failed;
    GError **error;
};

/* ---- the cursor ---- */

/* Behind the comment, processing instruction or CDATA section that starts at a '<', NULL when it is
 * none. */
static const char *
skip_other(const char *at, const char *end)
{
    static const struct {
        const char *open, *close;
    } kinds[] = { { "<!--", "-->" }, { "<?", "?>" }, { "<![CDATA[", "]]>" } };

    if (end - at < 2 || (at[1] != '!' && at[1] != '?')) {
        return NULL; /* a tag, as most are */
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (cvm_starts_with(at, end, kinds[i].open)) {
            return cvm_skip_past(at + strlen(kinds[i].open), end, kinds[i].close);
        }
    }
    return NULL;
}

/* The '<' of the next start tag, or end tag; NULL when there is none. */
static const char *
find_tag(const char *at, const char *end, gboolean end_tag)
{
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        const char *behind = skip_other(at, end);

        if (behind) {
            at = behind;
        } else if (at + 1 < end && (at[1] == '/') == end_tag && at[1] != '!') {
            return at;
        } else {
            at++;
        }
    }
    return NULL;
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at;
}

static gboolean
ends_name(char c)
{
    switch (c) {
    case '=':
    case '/':
    case '>':
    case '<':
    case '"':
    case '\'':
        return TRUE;
    default:
        return is_blank(c);
    }
}

static const char *
skip_name(const char *at, const char *end)
{
    while (at < end && !ends_name(*at)) {
        at++;
    }
    return at;
}

struct token {
    const char *name, *name_end, *value, *value_end;
};

/* The attribute at or after *at; FALSE at the end of the start tag (or of what is well formed). */
static gboolean
next_attribute(const char **at, const char *end, struct token *token)
{
    token->name = skip_blanks(*at, end);
    token->name_end = skip_name(token->name, end);
    *at = skip_blanks(token->name_end, end);
    if (token->name == token->name_end || *at == end || **at != '=') {
        return FALSE;
    }
    *at = skip_blanks(*at + 1, end);
    if (*at == end || (**at != '"' && **at != '\'')) {
        return FALSE;
    }
    token->value = *at + 1;
    token->value_end = memchr(token->value, **at, (size_t)(end - token->value));
    if (!token->value_end) {
        return FALSE;
    }
    *at = token->value_end + 1;
    return TRUE;
}

/* ---- building ---- */

static void
fail(struct parser *parser, unsigned line, unsigned column, const char *message)
{
    if (!parser->failed) {
        cvm_error_set_at(parser->error, CVM_ERROR_SYNTAX, parser->source->name, line, column, "%s",
                         message);
        parser->failed = TRUE;
        xmlStopParser(parser->context);
    }
}

static void
fail_here(struct parser *parser, const char *message)
{
    fail(parser, parser->cursor.line, parser->cursor.column, message);
}

static struct cvm_node *
new_node(struct parser *parser, enum cvm_node_kind kind, const char *name, size_t length)
{
    struct cvm_node *node = cvm_arena_new0(parser->arena, struct cvm_node);

    if (++parser->n_nodes > CVM_LIMIT_NODES) {
        fail_here(parser, _("the file has more elements and attributes than cvmdom reads"));
    } else if (xmlDictSize(parser->context->dict) > CVM_LIMIT_NAMES) {
        fail_here(parser, _("the file has more different names than cvmdom reads"));
    }
    node->kind = kind;
    node->name = cvm_arena_strndup(parser->arena, name, length);
    node->source = parser->source;
    node->name_line = node->line = parser->cursor.line;
    node->name_column = node->column = parser->cursor.column;
    return node;
}

static unsigned
offset_of(const struct parser *parser, const char *at)
{
    return (unsigned)(at - parser->source->data);
}

static gboolean
is_named(const xmlChar **attribute, const struct token *token)
{
    const char *local = (const char *)attribute[0], *prefix = (const char *)attribute[1];
    size_t length = (size_t)(token->name_end - token->name);
    size_t prefix_length = prefix ? strlen(prefix) + 1 : 0;

    return length == prefix_length + strlen(local) &&
           (!prefix || (memcmp(token->name, prefix, prefix_length - 1) == 0 &&
                        token->name[prefix_length - 1] == ':')) &&
           memcmp(token->name + prefix_length, local, length - prefix_length) == 0;
}

/* libxml2's decoded value of the attribute that the token names. A namespace declaration is not
 * among its attributes and keeps its raw text. */
static const char *
decoded_value(struct parser *parser, const struct token *token, int count,
              const xmlChar **attributes, int *expected)
{
    for (int i = 0; i < count; i++) {
        int turn = (*expected + i) % count;
        const xmlChar **attribute = attributes + (ptrdiff_t)turn * 5;

        if (is_named(attribute, token)) {
            *expected = turn + 1;
            return cvm_arena_strndup(parser->arena, (const char *)attribute[3],
                                     (size_t)(attribute[4] - attribute[3]));
        }
    }
    return cvm_arena_strndup(parser->arena, token->value,
                             (size_t)(token->value_end - token->value));
}

/* Leaves the cursor behind the start tag. */
static void
add_attributes(struct parser *parser, struct level *level, const char *at, int count,
               const xmlChar **attributes)
{
    struct cvm_cursor *cursor = &parser->cursor;
    struct cvm_node **link = &level->node->attributes;
    struct token token;
    int expected = 0;

    while (next_attribute(&at, cursor->end, &token)) {
        struct cvm_node *node;

        cvm_cursor_advance(cursor, token.name);
        node =
            new_node(parser, CVM_NODE_ATTRIBUTE, token.name, (size_t)(token.name_end - token.name));
        if (parser->failed) {
            return; /* libxml2 was stopped, and the values it told are gone */
        }
        cvm_cursor_advance(cursor, token.value);
        node->line = cursor->line;
        node->column = cursor->column;
        node->start = offset_of(parser, token.name);
        node->inner = offset_of(parser, token.value);
        node->end = offset_of(parser, token.value_end + 1);
        node->parent = level->node;
        node->text = decoded_value(parser, &token, count, attributes, &expected);
        *link = node;
        link = &node->next;
    }
    at = cvm_skip_past(at, cursor->end, ">");
    level->empty = at[-2] == '/';
    level->node->inner = level->node->end = offset_of(parser, at);
    cvm_cursor_advance(cursor, at);
}

static void
start_element(void *data, G_GNUC_UNUSED const xmlChar *local, G_GNUC_UNUSED const xmlChar *prefix,
              G_GNUC_UNUSED const xmlChar *uri, G_GNUC_UNUSED int n_namespaces,
              G_GNUC_UNUSED const xmlChar **namespaces, int n_attributes,
              G_GNUC_UNUSED int n_defaulted, const xmlChar **attributes)
{
    struct parser *parser = data;
    struct cvm_cursor *cursor = &parser->cursor;
    const char *tag = find_tag(cursor->at, cursor->end, FALSE), *name_end;
    struct level *level;
    GString *text;

    if (parser->failed || !tag) {
        return;
    }
    cvm_cursor_advance(cursor, tag);
    if (parser->depth == CVM_LIMIT_DEPTH) {
        fail_here(parser, _("elements are nested deeper than cvmdom reads (64 levels)"));
        return;
    }
    level = &parser->levels[parser->depth];
    text = level->text ? g_string_truncate(level->text, 0) : g_string_new(NULL);
    name_end = skip_name(tag + 1, cursor->end);
    *level = (struct level){
        .node = new_node(parser, CVM_NODE_ELEMENT, tag + 1, (size_t)(name_end - tag - 1)),
        .text = text,
    };
    level->node->start = offset_of(parser, tag);
    if (parser->depth == 0) {
        parser->root = level->node;
    } else {
        cvm_node_append(parser->levels[parser->depth - 1].node, level->node);
    }
    parser->depth++;
    if (!parser->failed) {
        add_attributes(parser, level, name_end, n_attributes, attributes);
    }
}

/* The first character of text that the cursor stands before. */
static void
mark_text(struct parser *parser, struct cvm_node *node)
{
    const char *at = parser->cursor.at, *end = parser->cursor.end;

    for (;;) {
        const char *behind;

        at = skip_blanks(at, end);
        behind = cvm_starts_with(at, end, "<![CDATA[") ? NULL : skip_other(at, end);
        if (!behind) {
            break;
        }
        at = behind;
    }
    cvm_cursor_advance(&parser->cursor, at);
    node->line = parser->cursor.line;
    node->column = parser->cursor.column;
}

static void
add_text(void *data, const xmlChar *text, int length)
{
    struct parser *parser = data;
    struct level *level;
    gboolean blank = TRUE;

    if (parser->failed || parser->depth == 0) {
        return;
    }
    level = &parser->levels[parser->depth - 1];
    for (int i = 0; blank && i < length; i++) {
        blank = is_blank((char)text[i]);
    }
    if (!blank && !level->has_text) {
        mark_text(parser, level->node);
        level->has_text = TRUE;
    }
    g_string_append_len(level->text, (const char *)text, length);
}

static void
end_element(void *data, G_GNUC_UNUSED const xmlChar *local, G_GNUC_UNUSED const xmlChar *prefix,
            G_GNUC_UNUSED const xmlChar *uri)
{
    struct parser *parser = data;
    struct cvm_cursor *cursor = &parser->cursor;
    struct level *level;

    if (parser->failed || parser->depth == 0) {
        return;
    }
    level = &parser->levels[--parser->depth];
    if (level->has_text && level->node->children) { /* "..." between elements is nobody's value */
        level->node->line = level->node->name_line;
        level->node->column = level->node->name_column;
    }
    if (level->has_text) {
        level->node->text = cvm_arena_strndup(parser->arena, level->text->str, level->text->len);
    }
    level->node->blank = !level->has_text && level->text->len > 0 && !level->node->children;
    if (!level->empty) {
        const char *tag = find_tag(cursor->at, cursor->end, TRUE);

        cvm_cursor_advance(cursor, tag ? cvm_skip_past(tag, cursor->end, ">") : cursor->end);
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

static void
take_error(void *data, error_pointer problem)
{
    struct parser *parser = data;

    if (problem->level == XML_ERR_FATAL && !parser->failed) {
        g_autofree char *cause = g_strchomp(g_strdup(problem->message ? problem->message : "?"));
        g_autofree char *message = g_strdup_printf(error_format(parser, problem->code), cause);

        fail(parser, (unsigned)MAX(problem->line, 0), (unsigned)MAX(problem->int2, 0), message);
    }
}

/* ---- before and around the parser ---- */

static int
check_text(const struct cvm_source *source, GError **error)
{
    struct cvm_cursor cursor = cvm_cursor_begin(source);
    const char *at = cursor.at, *bad;

    /* Most files are ASCII, and GLib takes its time to see that. */
    while (at < cursor.end && *at != '\0' && !(*at & 0x80)) {
        at++;
    }
    if (!g_utf8_validate(at, cursor.end - at, &bad)) {
        cvm_cursor_advance(&cursor, bad);
        return cvm_error_set_at(error, CVM_ERROR_SYNTAX, source->name, cursor.line, cursor.column,
                                "%s",
                                bad < cursor.end && *bad == '\0'
                                    ? _("a NUL character stands here, which no XML can hold")
                                    : _("this is no UTF-8 text; save the file in UTF-8, or name "
                                        "its encoding in the XML declaration"));
    }
    return 0;
}

enum { SHORTEST_ATTRIBUTE = 5 /* a blank and a="" */ };

static int
check_attributes(const struct cvm_source *source, GError **error)
{
    struct cvm_cursor cursor = cvm_cursor_begin(source);
    const char *at = cursor.at;

    while ((at = find_tag(at, cursor.end, FALSE))) {
        const char *tag = at;
        const char *next = memchr(tag + 1, '<', (size_t)(cursor.end - tag - 1));
        struct token token;
        unsigned count = 0;

        if ((next ? next : cursor.end) - tag < CVM_LIMIT_ATTRIBUTES * SHORTEST_ATTRIBUTE) {
            at = tag + 1;
            continue;
        }
        at = skip_name(tag + 1, cursor.end);
        while (next_attribute(&at, cursor.end, &token)) {
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
run(struct parser *parser)
{
    static gsize ready;

    if (g_once_init_enter(&ready)) {
        xmlInitParser();
        g_once_init_leave(&ready, 1);
    }
    parser->context = xmlNewParserCtxt();
    if (!parser->context) {
        fail_memory(parser);
        return;
    }
    set_handlers(parser->context->sax);
    parser->context->userData = parser;
    /* The text is known to be UTF-8, whatever its declaration says. */
    xmlCtxtReadMemory(parser->context, parser->cursor.at,
                      (int)(parser->cursor.end - parser->cursor.at), NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOWARNING);
    if (parser->context->errNo == XML_ERR_NO_MEMORY || !parser->context->wellFormed ||
        parser->depth > 0) {
        fail_memory(parser); /* whatever else was wrong take_error() was told */
    }
    xmlFreeParserCtxt(parser->context);
    for (unsigned i = 0; i < CVM_LIMIT_DEPTH && parser->levels[i].text; i++) {
        g_string_free(parser->levels[i].text, TRUE);
    }
}

struct cvm_node *
cvm_xml_parse(struct cvm_arena *arena, const struct cvm_source *source, GError **error)
{
    struct parser parser = {
        .arena = arena,
        .source = source,
        .cursor = cvm_cursor_begin(source),
        .error = error,
    };

    if (check_text(source, error) < 0 || check_attributes(source, error) < 0) {
        return NULL;
    }
    run(&parser);
    if (!parser.failed && !parser.root) {
        fail(&parser, 1, 1, _("the file is empty"));
    }
    return parser.failed ? NULL : parser.root;
}
