/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "util/error.h"

static struct cvm_arena *arena;
static GError *error;

static struct cvm_node *
parse_bytes(const char *text, size_t size)
{
    struct cvm_source *source;

    cvm_arena_free(arena);
    g_clear_error(&error);
    arena = cvm_arena_new();
    source = cvm_arena_new0(arena, struct cvm_source);
    source->name = "x.xml";
    source->data = cvm_arena_strndup(arena, text, size);
    source->size = size;
    return cvm_xml_parse(arena, source, &error);
}

static struct cvm_node *
parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void
finish(void)
{
    g_clear_pointer(&arena, cvm_arena_free);
    g_clear_error(&error);
}

#define assert_place(node, l, c)                                                                   \
    do {                                                                                           \
        ck_assert_uint_eq((node)->line, l);                                                        \
        ck_assert_uint_eq((node)->column, c);                                                      \
    } while (0)

/* column 0: libxml2 found the error, and its columns differ from release to release by one. */
static void
assert_refused(const char *text, unsigned line, unsigned column, const char *words)
{
    const CvmErrorPrivate *place;

    ck_assert_msg(!parse(text), "'%.60s' was accepted", text);
    ck_assert(g_error_matches(error, CVM_ERROR, CVM_ERROR_SYNTAX));
    place = cvm_error_place(error);
    ck_assert_str_eq(place->file, "x.xml");
    ck_assert_msg(place->line == line && (column ? place->column == column : place->column > 0),
                  "'%.60s' at %u:%u: %s", text, place->line, place->column, error->message);
    ck_assert_msg(strstr(error->message, words), "'%s'", error->message);
}

START_TEST(test_tree_and_text)
{
    struct cvm_node *root =
        parse("<a x='1'><b>t</b><!-- <no/> --><b><![CDATA[<]]>&amp;&#65;</b> </a>");
    struct cvm_node *second;

    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(root->name, "a");
    ck_assert_ptr_null(root->text);
    ck_assert_str_eq(cvm_node_attribute_text(root, "x"), "1");
    ck_assert_uint_eq(cvm_node_count(root), 2);
    ck_assert_str_eq(cvm_node_child_text(root, "b"), "t");
    second = root->children->next;
    ck_assert_str_eq(second->text, "<&A");
    ck_assert_ptr_eq(second->parent, root);
    finish();
}
END_TEST

START_TEST(test_references_in_attributes)
{
    struct cvm_node *root = parse("<a x='1&amp;2' y='&#38;lt;' z=\"&lt;&apos;&#65;&#10;&quot;\"/>");

    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(cvm_node_attribute_text(root, "x"), "1&2");
    ck_assert_str_eq(cvm_node_attribute_text(root, "y"), "&lt;");
    ck_assert_str_eq(cvm_node_attribute_text(root, "z"), "<'A\n\"");
    finish();
}
END_TEST

START_TEST(test_places)
{
    struct cvm_node *root = parse("\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?>\r\n"
                                  "<!-- < ' > -->\n"
                                  "<a\n"
                                  "   \xc3\xa9='\xc3\xa9' y = \"p>&lt;q\"\n"
                                  "  >  \n"
                                  "  <!-- c --> text <b/> <c k='1'/>\n"
                                  "<d><![CDATA[z]]></d></a>");
    struct cvm_node *x = root->attributes, *y = x->next, *c;

    assert_place(root, 3, 1); /* text beside elements is nobody's value */
    ck_assert_uint_eq(root->name_line, 3);
    ck_assert_uint_eq(root->name_column, 1);
    ck_assert_uint_eq(x->name_line, 4);
    ck_assert_uint_eq(x->name_column, 4);
    assert_place(x, 4, 7);
    ck_assert_uint_eq(y->name_column, 10);
    assert_place(y, 4, 15);
    ck_assert_str_eq(y->text, "p><q");
    assert_place(root->children, 6, 19);
    c = cvm_node_child(root, "c");
    assert_place(c, 6, 24);
    assert_place(c->attributes, 6, 30);
    assert_place(cvm_node_child(root, "d"), 7, 4);
    finish();
}
END_TEST

START_TEST(test_namespaces)
{
    struct cvm_node *root = parse("<a xmlns:q='urn:q' q:x='1' x='2'><q:b/><r:c y='3'/></a>");
    g_autofree char *path = NULL;

    ck_assert_ptr_nonnull(root);
    ck_assert_str_eq(cvm_node_attribute_text(root, "xmlns:q"), "urn:q");
    ck_assert_str_eq(cvm_node_attribute_text(root, "q:x"), "1");
    ck_assert_str_eq(cvm_node_attribute_text(root, "x"), "2");
    ck_assert_str_eq(cvm_node_attribute_text(cvm_node_child(root, "r:c"), "y"), "3");
    path = cvm_node_path(root->children);
    ck_assert_str_eq(path, "/a/q:b");
    finish();
}
END_TEST

START_TEST(test_broken)
{
    assert_refused("", 1, 1, "empty");
    assert_refused("<a>\n  <b></c>\n</a>", 2, 0, "mismatch");
    assert_refused("<a>\n<b x='1' x='2'/></a>", 2, 0, "redefined");
    assert_refused("<a>&unknown;</a>", 1, 0, "unknown");
    assert_refused("<a/>\n<b/>", 2, 0, "Extra content");
    assert_refused("<a>\n\xc3\xa9\xff</a>", 2, 2, "UTF-8");
    ck_assert_ptr_null(parse_bytes("<a>\0</a>", 8));
    ck_assert_uint_eq(cvm_error_place(error)->column, 4);
    assert_refused("<!DOCTYPE domain [<!ENTITY b 'c'>]>\n<a>&b;</a>", 1, 1, "document type");
    assert_refused("<!-- x -->\n<!DOCTYPE domain SYSTEM 'file:///etc/passwd'>\n<a/>", 2, 1,
                   "document type");
    finish();
}
END_TEST

START_TEST(test_limits)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < CVM_LIMIT_DEPTH; i++) {
        g_string_append(text, "<a>");
    }
    for (int i = 0; i < CVM_LIMIT_DEPTH; i++) {
        g_string_append(text, "</a>");
    }
    ck_assert_ptr_nonnull(parse(text->str));
    g_string_prepend(text, "<a>");
    g_string_append(text, "</a>");
    assert_refused(text->str, 1, 193, "nested");
    finish();
}
END_TEST

START_TEST(test_attribute_limit)
{
    for (int count = CVM_LIMIT_ATTRIBUTES; count <= CVM_LIMIT_ATTRIBUTES + 1; count++) {
        g_autoptr(GString) text = g_string_new("<r>\n <a");

        /* Names of one and two letters: no tag of so many attributes is shorter. */
        for (int i = 0; i < count; i++) {
            g_string_append_printf(text, i < 26 ? " %c=''" : " %c%c=''", 'a' + i % 26,
                                   'a' + i / 26);
        }
        g_string_append(text, "/></r>");
        if (count > CVM_LIMIT_ATTRIBUTES) {
            assert_refused(text->str, 2, 2, "256 attributes");
        } else {
            ck_assert_ptr_nonnull(parse(text->str));
        }
    }
    finish();
}
END_TEST

static void
check_refusal(const GString *text, const char *words)
{
    ck_assert_ptr_null(parse_bytes(text->str, text->len));
    ck_assert_msg(strstr(error->message, words), "'%s'", error->message);
}

/* Each of these takes seconds or gigabytes without its guard. */
START_TEST(test_hostile_is_refused)
{
    g_autoptr(GString) text = g_string_new("<a");

    for (int i = 0; i < 100000; i++) {
        g_string_append_printf(text, " a%d=''", i);
    }
    g_string_append(text, "/>");
    check_refusal(text, "256 attributes");
    g_string_assign(text, "<a>");
    while (text->len < CVM_LIMIT_XML - 10) {
        g_string_append(text, "<b/>");
    }
    g_string_append(text, "</a>");
    check_refusal(text, "more elements");
    finish();
}
END_TEST

/* Every prefix and every single changed byte of a document: an answer, never a crash, and never an
 * error without a place. */
START_TEST(test_damaged)
{
    static const char whole[] = "<?xml version='1.0'?><a xmlns:q='u' b=\"c\"><!--d--><e f='g'/>h<i>"
                                "<![CDATA[j]]></i><?k l?>&lt;<q:m n='&#9;'/></a>";
    static const char bytes[] = "<>/=\"'&;![-?] a\0\xff";
    char damaged[sizeof whole];

    for (size_t i = 0; i < sizeof whole; i++) {
        for (size_t j = 0; j < sizeof bytes; j++) {
            memcpy(damaged, whole, sizeof whole);
            damaged[i] = bytes[j];
            ck_assert(parse_bytes(damaged, sizeof whole - 1) || cvm_error_place(error)->line > 0);
        }
        ck_assert(parse_bytes(whole, i) || cvm_error_place(error)->line > 0);
    }
    finish();
}
END_TEST

/* text from start to inner, and from inner to end. */
static void
assert_span(const char *text, const struct cvm_node *node, const char *head, const char *rest)
{
    g_autofree char *first = g_strndup(text + node->start, node->inner - node->start);
    g_autofree char *second = g_strndup(text + node->inner, node->end - node->inner);

    ck_assert_str_eq(first, head);
    ck_assert_str_eq(second, rest);
}

START_TEST(test_byte_offsets)
{
    static const char text[] = "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <a> -->"
                               "<a é = 'ü'><b/><c>x<!-- </c> --></c ></a>";
    struct cvm_node *root = parse(text);

    ck_assert_ptr_nonnull(root);
    assert_span(text, root, "<a é = 'ü'>", "<b/><c>x<!-- </c> --></c ></a>");
    assert_span(text, root->attributes, "é = '", "ü'");
    assert_span(text, root->children, "<b/>", "");
    assert_span(text, root->children->next, "<c>", "x<!-- </c> --></c >");
    finish();
}
END_TEST

/* So many elements of different names. */
static char *
write_names(const char *letter, unsigned count)
{
    GString *text = g_string_new("<d>");

    for (unsigned i = 0; i < count; i++) {
        g_string_append_printf(text, "<%s%u/>", letter, i);
    }
    return g_string_free(g_string_append(text, "</d>"), FALSE);
}

/* What a thread keeps from one document to the next: its names stay while a document has them, and
 * are nothing that the next one is refused for. */
START_TEST(test_one_after_the_other)
{
    g_autofree char *few = write_names("f", 900), *most = write_names("m", CVM_LIMIT_NAMES - 100);
    g_autofree char *many = write_names("n", CVM_LIMIT_NAMES + 100);
    struct cvm_arena *before;
    const struct cvm_node *root;

    ck_assert_ptr_nonnull(parse("<first one='1'/>"));
    ck_assert_ptr_null(parse("<first one='1'><second></first>"));
    root = parse(few);
    ck_assert_ptr_nonnull(root);
    before = cvm_arena_ref(arena);
    ck_assert_ptr_nonnull(parse(most));
    ck_assert_str_eq(root->children->next->name, "f1");
    cvm_arena_free(before);
    assert_refused(many, 1, 0, "different names");
    ck_assert_ptr_nonnull(parse(most));
    finish();
}
END_TEST

UNIT_MAIN("xml_tree", test_tree_and_text, test_references_in_attributes, test_places,
          test_namespaces, test_broken, test_limits, test_attribute_limit, test_hostile_is_refused,
          test_damaged, test_byte_offsets, test_one_after_the_other)
