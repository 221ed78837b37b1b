/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML as libvirt and people write it: elements, attributes, text and comments. That is read here at
 * a quarter of what libxml2 takes, which made up most of a lint. It knows no references, CDATA
 * sections, processing instructions, document types or other encodings, and has no errors: whatever
 * is not plain, or not well-formed, is libxml2's, from the beginning. So all that has to hold is
 * that nothing is accepted which libxml2 refuses, and that the tree is the same:
 * tests/unit/test_xml_plain.c compares. */
#include "read/xml_plain.h"

#include <string.h>

#include "read/read.h"

enum {
    SIZE_MAX_PLAIN = 1 << 20,
    NAMES = 256,          /* remembered, so that nodes share them */
    NAME_MAX_PLAIN = 100, /* characters */
    MOST_NAMES = 1000,    /* different ones, the same forgotten again, and namespaces */
    MOST_ATTRIBUTES = 64, /* of an element: they are compared in pairs */
};

/* What a character may be a part of. Of other ones, as of any byte beyond ASCII, nothing. */
enum {
    BLANK = 1,   /* CR, which ends a line as LF, is not plain */
    INITIAL = 2, /* of a name, or of what is behind its colon */
    NAME = 4,
    VALUE = 8,    /* in an attribute: no reference, no blank that would become a space */
    TEXT = 16,    /* between tags: without ']', three characters of which may not stand there */
    COMMENT = 32, /* without '-', which is looked at */
};

enum {
    ANYWHERE = VALUE | TEXT | COMMENT,
    LETTER = INITIAL | NAME | ANYWHERE,
    DIGIT = NAME | ANYWHERE,
};

static const unsigned char classes[256] = {
    /* clang-format off */
    ['\t'] = BLANK | TEXT | COMMENT, ['\n'] = BLANK | TEXT | COMMENT, [' '] = BLANK | ANYWHERE,
    ['!'] = ANYWHERE, ['"'] = ANYWHERE, ['#'] = ANYWHERE, ['$'] = ANYWHERE, ['%'] = ANYWHERE, ['&'] = COMMENT, ['\''] = ANYWHERE,
    ['('] = ANYWHERE, [')'] = ANYWHERE, ['*'] = ANYWHERE, ['+'] = ANYWHERE, [','] = ANYWHERE, ['-'] = NAME | VALUE | TEXT,
    ['.'] = NAME | ANYWHERE, ['/'] = ANYWHERE,
    ['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT, ['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT,
    ['9'] = DIGIT, [':'] = ANYWHERE, [';'] = ANYWHERE, ['<'] = COMMENT, ['='] = ANYWHERE, ['>'] = ANYWHERE, ['?'] = ANYWHERE, ['@'] = ANYWHERE,
    ['A'] = LETTER, ['B'] = LETTER, ['C'] = LETTER, ['D'] = LETTER, ['E'] = LETTER, ['F'] = LETTER, ['G'] = LETTER, ['H'] = LETTER,
    ['I'] = LETTER, ['J'] = LETTER, ['K'] = LETTER, ['L'] = LETTER, ['M'] = LETTER, ['N'] = LETTER, ['O'] = LETTER, ['P'] = LETTER,
    ['Q'] = LETTER, ['R'] = LETTER, ['S'] = LETTER, ['T'] = LETTER, ['U'] = LETTER, ['V'] = LETTER, ['W'] = LETTER, ['X'] = LETTER,
    ['Y'] = LETTER, ['Z'] = LETTER, ['['] = ANYWHERE, ['\\'] = ANYWHERE, [']'] = VALUE | COMMENT, ['^'] = ANYWHERE, ['_'] = LETTER,
    ['`'] = ANYWHERE,
    ['a'] = LETTER, ['b'] = LETTER, ['c'] = LETTER, ['d'] = LETTER, ['e'] = LETTER, ['f'] = LETTER, ['g'] = LETTER, ['h'] = LETTER,
    ['i'] = LETTER, ['j'] = LETTER, ['k'] = LETTER, ['l'] = LETTER, ['m'] = LETTER, ['n'] = LETTER, ['o'] = LETTER, ['p'] = LETTER,
    ['q'] = LETTER, ['r'] = LETTER, ['s'] = LETTER, ['t'] = LETTER, ['u'] = LETTER, ['v'] = LETTER, ['w'] = LETTER, ['x'] = LETTER,
    ['y'] = LETTER, ['z'] = LETTER, ['{'] = ANYWHERE, ['|'] = ANYWHERE, ['}'] = ANYWHERE, ['~'] = ANYWHERE,
    /* clang-format on */
};

struct name {
    const char *text;
    size_t length;
};

/* The NUL behind the text is of no class, and so ends whatever is read. */
struct plain {
    struct cvm_arena *arena;
    const struct cvm_source *source;
    const char *at;
    const char *line_start;
    unsigned line, depth, n_nodes, n_names;
    struct cvm_node *root, *open; /* open: the innermost element that has no end yet */
    struct name names[NAMES];
};

static gboolean
is(char c, unsigned class)
{
    return (classes[(unsigned char)c] & class) != 0;
}

static void
skip(struct plain *plain, unsigned class)
{
    const char *at = plain->at;

    for (; is(*at, class); at++) {
        if (*at == '\n') {
            plain->line++;
            plain->line_start = at + 1;
        }
    }
    plain->at = at;
}

static unsigned
column_of(const struct plain *plain, const char *at)
{
    return (unsigned)(at - plain->line_start) + 1;
}

static unsigned
offset_of(const struct plain *plain, const char *at)
{
    return (unsigned)(at - plain->source->data);
}

/* ---- names ---- */

static const char *
share_name(struct plain *plain, const char *at, size_t length, unsigned hash)
{
    struct name *name = &plain->names[hash % NAMES];

    if (name->length != length || memcmp(name->text, at, length) != 0) {
        if (++plain->n_names > MOST_NAMES) {
            return NULL;
        }
        *name = (struct name){ cvm_arena_strndup(plain->arena, at, length), length };
    }
    return name->text;
}

/* A name, with one prefix or none; NULL for anything else. */
static const char *
take_name(struct plain *plain)
{
    const char *start = plain->at, *at = start;
    unsigned hash = 0;

    for (gboolean prefixed = FALSE;; prefixed = TRUE, at++) {
        if (!is(*at, INITIAL)) {
            return NULL;
        }
        for (; is(*at, NAME); at++) {
            hash = hash * 31 + (unsigned char)*at;
        }
        if (*at != ':') {
            break;
        }
        if (prefixed) {
            return NULL;
        }
    }
    plain->at = at;
    return at - start <= NAME_MAX_PLAIN ? share_name(plain, start, (size_t)(at - start), hash)
                                        : NULL;
}

static gboolean
begins_xml(const char *name)
{
    return strncmp(name, "xml", 3) == 0;
}

/* ---- tags ---- */

static struct cvm_node *
new_node(struct plain *plain, enum cvm_node_kind kind)
{
    struct cvm_node *node = cvm_arena_take(plain->arena, sizeof *node);
    unsigned column = column_of(plain, plain->at);

    plain->n_nodes++;
    *node = (struct cvm_node){
        .kind = kind,
        .source = plain->source,
        .line = plain->line,
        .column = column,
        .name_line = plain->line,
        .name_column = column,
        .start = offset_of(plain, plain->at),
    };
    return node;
}

/* Of two attributes with prefixes these may stand for the same namespace, which libxml2 knows. Of
 * names that begin with "xml" only declarations of namespaces are plain. */
static gboolean
may_follow(const struct cvm_node *element, const char *name, unsigned *count)
{
    gboolean prefixed = strchr(name, ':') != NULL;
    gboolean declares = g_str_equal(name, "xmlns") || g_str_has_prefix(name, "xmlns:");

    if ((begins_xml(name) && (!declares || begins_xml(name + MIN(strlen(name), 6)))) ||
        ++*count > MOST_ATTRIBUTES) {
        return FALSE;
    }
    for (const struct cvm_node *other = element->attributes; other; other = other->next) {
        if (other->name == name || g_str_equal(other->name, name) ||
            (prefixed && !declares && strchr(other->name, ':') && !begins_xml(other->name))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* NULL where it is not plain. */
static struct cvm_node *
take_attribute(struct plain *plain, struct cvm_node *element, unsigned *count)
{
    struct cvm_node *node = new_node(plain, CVM_NODE_ATTRIBUTE);
    const char *start, *at;
    char quote;

    node->parent = element;
    node->name = take_name(plain);
    if (!node->name || !may_follow(element, node->name, count) ||
        (begins_xml(node->name) && ++plain->n_names > MOST_NAMES)) {
        return NULL;
    }
    skip(plain, BLANK);
    if (*plain->at != '=') {
        return NULL;
    }
    plain->at++;
    skip(plain, BLANK);
    quote = *plain->at;
    if (quote != '"' && quote != '\'') {
        return NULL;
    }
    start = at = plain->at + 1;
    while (*at != quote && is(*at, VALUE)) {
        at++;
    }
    if (*at != quote || (at == start && begins_xml(node->name))) {
        return NULL;
    }
    node->line = plain->line;
    node->column = column_of(plain, start);
    node->inner = offset_of(plain, start);
    node->end = offset_of(plain, at + 1);
    node->text = cvm_arena_strndup(plain->arena, start, (size_t)(at - start));
    plain->at = at + 1;
    return node;
}

static gboolean
take_attributes(struct plain *plain, struct cvm_node *element)
{
    struct cvm_node **link = &element->attributes;
    unsigned count = 0;

    for (;;) {
        const char *before = plain->at;

        skip(plain, BLANK);
        if (*plain->at == '>' || *plain->at == '/') {
            return TRUE;
        }
        *link = plain->at > before ? take_attribute(plain, element, &count) : NULL;
        if (!*link) {
            return FALSE;
        }
        link = &(*link)->next;
    }
}

static gboolean
take_start(struct plain *plain)
{
    struct cvm_node *element = new_node(plain, CVM_NODE_ELEMENT);
    gboolean empty;

    plain->at++;
    element->name = take_name(plain);
    if (!element->name || begins_xml(element->name) || (plain->root && !plain->open) ||
        plain->depth == CVM_LIMIT_DEPTH || !take_attributes(plain, element)) {
        return FALSE;
    }
    empty = *plain->at == '/';
    plain->at += empty;
    if (*plain->at != '>') {
        return FALSE;
    }
    plain->at++;
    element->inner = element->end = offset_of(plain, plain->at);
    if (plain->open) {
        cvm_node_append(plain->open, element);
    } else {
        plain->root = element;
    }
    if (!empty) {
        plain->open = element;
        plain->depth++;
    }
    return TRUE;
}

static gboolean
take_end(struct plain *plain)
{
    struct cvm_node *element = plain->open;
    size_t length = element ? strlen(element->name) : 0;

    plain->at += strlen("</");
    if (!element || strncmp(plain->at, element->name, length) != 0) {
        return FALSE;
    }
    plain->at += length;
    skip(plain, BLANK);
    if (*plain->at != '>') {
        return FALSE;
    }
    plain->at++;
    element->end = offset_of(plain, plain->at);
    element->blank = element->blank && !element->text && !element->children;
    plain->open = element->parent;
    plain->depth--;
    return TRUE;
}

/* ---- between tags ---- */

static gboolean
take_comment(struct plain *plain)
{
    if (strncmp(plain->at, "<!--", 4) != 0) {
        return FALSE;
    }
    plain->at += 4;
    for (;;) {
        skip(plain, COMMENT);
        if (plain->at[0] != '-') {
            return FALSE;
        }
        if (plain->at[1] == '-') {
            break;
        }
        plain->at++;
    }
    plain->at += 3;
    return plain->at[-1] == '>';
}

/* Blanks, or all that an element holds: text beside elements and comments is not plain. */
static gboolean
take_text(struct plain *plain)
{
    struct cvm_node *element = plain->open;
    const char *start = plain->at;

    skip(plain, BLANK);
    if (*plain->at == '<' || *plain->at == '\0') {
        if (element) {
            element->blank = TRUE; /* unless more comes */
        }
        return TRUE;
    }
    if (!element || offset_of(plain, start) != element->inner) {
        return FALSE;
    }
    element->line = plain->line;
    element->column = column_of(plain, plain->at);
    skip(plain, TEXT);
    element->text = cvm_arena_strndup(plain->arena, start, (size_t)(plain->at - start));
    return plain->at[0] == '<' && plain->at[1] == '/';
}

static gboolean
take_next(struct plain *plain)
{
    if (*plain->at != '<') {
        return take_text(plain);
    }
    switch (plain->at[1]) {
    case '/':
        return take_end(plain);
    case '!':
        return take_comment(plain);
    default:
        return take_start(plain);
    }
}

static void
skip_declaration(struct plain *plain)
{
    static const char *const declarations[] = {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<?xml version='1.0' encoding='UTF-8'?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version='1.0' encoding='utf-8'?>",
        "<?xml version=\"1.0\"?>",
        "<?xml version='1.0'?>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(declarations); i++) {
        if (g_str_has_prefix(plain->at, declarations[i])) {
            plain->at += strlen(declarations[i]);
            return;
        }
    }
}

struct cvm_node *
cvm_xml_plain_parse(struct cvm_arena *arena, const struct cvm_source *source)
{
    struct plain plain = {
        .arena = arena,
        .source = source,
        .at = source->data,
        .line_start = source->data,
        .line = 1,
    };
    const char *end = source->data + source->size;

    if (source->size > SIZE_MAX_PLAIN) {
        return NULL;
    }
    skip_declaration(&plain);
    while (plain.at < end) {
        if (!take_next(&plain) || plain.n_nodes > CVM_LIMIT_NODES) {
            return NULL;
        }
    }
    return plain.open ? NULL : plain.root;
}
