/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "util/error.h"

struct parsed {
    struct cvm_arena *arena;
    struct cvm_source source;
    struct cvm_yaml_documents documents;
    GError *error;
    int result;
};

static struct parsed *
parse_bytes(const char *data, size_t size)
{
    struct parsed *parsed = g_new0(struct parsed, 1);

    parsed->arena = cvm_arena_new();
    parsed->source.name = "test.yaml";
    parsed->source.data = cvm_arena_strndup(parsed->arena, data, size);
    parsed->source.size = size;
    parsed->result =
        cvm_yaml_parse(parsed->arena, &parsed->source, &parsed->documents, &parsed->error);
    return parsed;
}

static struct parsed *
parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void
release(struct parsed *parsed)
{
    g_clear_error(&parsed->error);
    cvm_arena_free(parsed->arena);
    g_free(parsed);
}

static const struct cvm_node *
root(const struct parsed *parsed)
{
    ck_assert_msg(parsed->result == 0, "%s", parsed->error ? parsed->error->message : "");
    ck_assert_uint_ge(parsed->documents.count, 1);
    return parsed->documents.roots[0];
}

/* Refused, at this place, with words that the message must hold. */
static void
check_refused_bytes(const char *data, size_t size, unsigned line, unsigned column,
                    const char *words)
{
    struct parsed *parsed = parse_bytes(data, size);
    const CvmErrorPrivate *place;

    ck_assert_msg(parsed->result < 0, "'%s' was accepted", data);
    ck_assert(g_error_matches(parsed->error, CVM_ERROR, CVM_ERROR_SYNTAX));
    place = cvm_error_place(parsed->error);
    ck_assert_msg(place->line == line && place->column == column, "'%s': %u:%u, expected %u:%u",
                  data, place->line, place->column, line, column);
    ck_assert_str_eq(place->file, "test.yaml");
    ck_assert_msg(strstr(parsed->error->message, words) != NULL, "'%s': %s", data,
                  parsed->error->message);
    release(parsed);
}

static void
check_refused(const char *text, unsigned line, unsigned column, const char *words)
{
    check_refused_bytes(text, strlen(text), line, column, words);
}

static void
check_place(const struct cvm_node *node, unsigned line, unsigned column)
{
    ck_assert_ptr_nonnull(node);
    ck_assert_msg(node->line == line && node->column == column, "'%s' at %u:%u, expected %u:%u",
                  node->name ? node->name : "?", node->line, node->column, line, column);
}

START_TEST(test_places_are_characters)
{
    struct parsed *parsed = parse("name: db\n"
                                  "größe: \"ß\"   # ü\n"
                                  "ключ: {ä: x, ö: y}\n"
                                  "list:\n"
                                  "  - a\n"
                                  "  - b: c\n");
    const struct cvm_node *map = root(parsed);
    const struct cvm_node *node = cvm_node_child(map, "größe");

    ck_assert_int_eq(map->kind, CVM_NODE_MAP);
    check_place(map, 1, 1);
    check_place(node, 2, 8);
    ck_assert_uint_eq(node->name_line, 2);
    ck_assert_uint_eq(node->name_column, 1);
    ck_assert(node->quoted);
    node = cvm_node_child(map, "ключ");
    check_place(node, 3, 7);
    check_place(cvm_node_child(node, "ö"), 3, 17);
    ck_assert_uint_eq(cvm_node_child(node, "ö")->name_column, 14);
    node = cvm_node_child(map, "list");
    ck_assert_int_eq(node->kind, CVM_NODE_LIST);
    check_place(node->children, 5, 5);
    check_place(cvm_node_child(node->children->next, "b"), 6, 8);
    release(parsed);
}
END_TEST

START_TEST(test_styles_keep_their_text)
{
    struct parsed *parsed = parse("plain: no\n"
                                  "single: 'no'\n"
                                  "double: \"a\\tb\"\n"
                                  "block: |\n"
                                  "  one\n"
                                  "  two\n"
                                  "folded: >-\n"
                                  "  one\n"
                                  "  two\n"
                                  "empty:\n");
    const struct cvm_node *map = root(parsed);

    ck_assert_str_eq(cvm_node_child_text(map, "plain"), "no");
    ck_assert(!cvm_node_child(map, "plain")->quoted);
    ck_assert(cvm_node_child(map, "single")->quoted);
    ck_assert_str_eq(cvm_node_child_text(map, "double"), "a\tb");
    ck_assert_str_eq(cvm_node_child_text(map, "block"), "one\ntwo\n");
    ck_assert(cvm_node_child(map, "block")->quoted);
    ck_assert_str_eq(cvm_node_child_text(map, "folded"), "one two");
    ck_assert_str_eq(cvm_node_child_text(map, "empty"), "");
    ck_assert(!cvm_node_child(map, "empty")->quoted);
    ck_assert_uint_eq(cvm_node_child(map, "empty")->line, 10);
    release(parsed);
}
END_TEST

START_TEST(test_documents)
{
    struct parsed *parsed = parse("---\nname: a\n---\nname: b\n...\n");

    ck_assert_uint_eq(parsed->documents.count, 2);
    ck_assert_str_eq(cvm_node_child_text(parsed->documents.roots[1], "name"), "b");
    check_place(parsed->documents.roots[1], 4, 1);
    release(parsed);
    parsed = parse("");
    ck_assert_int_eq(parsed->result, 0);
    ck_assert_uint_eq(parsed->documents.count, 0);
    release(parsed);
    parsed = parse("# nothing\n");
    ck_assert_uint_eq(parsed->documents.count, 0);
    release(parsed);
    parsed = parse("---\n---\na: 1\n");
    ck_assert_uint_eq(parsed->documents.count, 2);
    ck_assert_int_eq(parsed->documents.roots[0]->kind, CVM_NODE_SCALAR);
    ck_assert_str_eq(parsed->documents.roots[0]->text, "");
    release(parsed);
    parsed = parse("%YAML 1.2\n---\na: 1\n");
    ck_assert_str_eq(cvm_node_child_text(root(parsed), "a"), "1");
    release(parsed);
}
END_TEST

START_TEST(test_too_many_documents)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < CVM_LIMIT_DOCUMENTS + 1; i++) {
        g_string_append(text, "--- a\n");
    }
    check_refused(text->str, CVM_LIMIT_DOCUMENTS + 1, 1, "documents");
}
END_TEST

START_TEST(test_too_many_directives)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < CVM_LIMIT_DIRECTIVES + 1; i++) {
        g_string_append_printf(text, "%%TAG !a%u! tag:x,2000:\n", i);
    }
    g_string_append(text, "---\na: b\n");
    check_refused(text->str, CVM_LIMIT_DIRECTIVES + 1, 1, "directives");
}
END_TEST

START_TEST(test_duplicates_are_kept)
{
    struct parsed *parsed = parse("a: 1\na: 2\n");

    ck_assert_uint_eq(cvm_node_count(root(parsed)), 2);
    ck_assert_uint_eq(root(parsed)->children->next->name_line, 2);
    release(parsed);
}
END_TEST

START_TEST(test_crlf_and_byte_order_mark)
{
    struct parsed *parsed = parse("\xef\xbb\xbfname: a\r\nkey:\r\n  sub: b\r\n");
    const struct cvm_node *map = root(parsed);

    check_place(cvm_node_child(map, "name"), 1, 7);
    ck_assert_str_eq(cvm_node_child_text(map, "name"), "a");
    check_place(cvm_node_child(cvm_node_child(map, "key"), "sub"), 3, 8);
    release(parsed);
}
END_TEST

START_TEST(test_encodings)
{
    check_refused_bytes("\xff\xfe"
                        "n\0a\0",
                        6, 1, 1, "UTF-16");
    check_refused_bytes("\xfe\xff\0n\0a", 6, 1, 1, "UTF-16");
    check_refused_bytes("n\0a\0", 4, 1, 2, "U+0000");
    check_refused("name: a\nb: \xe9\n", 2, 4, "UTF-8");
    check_refused("b: \xed\xa0\x80\n", 1, 4, "UTF-8");
    check_refused("b: ä\xc3", 1, 5, "UTF-8");
}
END_TEST

START_TEST(test_control_characters)
{
    check_refused_bytes("a: b\nc: d\0e\n", 12, 2, 5, "U+0000");
    check_refused("a: \x01\n", 1, 4, "U+0001");
    check_refused("# \x1b[31m\n", 1, 3, "U+001B");
    check_refused("ä: \x7f\n", 1, 4, "U+007F");
    check_refused("a: \xc2\x85\n", 1, 4, "U+0085");
    check_refused("a: \xe2\x80\xa8\n", 1, 4, "U+2028");
    check_refused("a: \xef\xbb\xbf\n", 1, 4, "U+FEFF");
    check_refused("a: \xef\xbf\xbf\n", 1, 4, "U+FFFF");
    check_refused("a: b\rc: d\n", 1, 5, "carriage return");
}
END_TEST

/* U+FFFE and U+FFFF are no characters, but the last two of the other planes are (XML 1.0, §2.2). */
START_TEST(test_last_characters)
{
    struct parsed *parsed = parse("a: \xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf\n");

    ck_assert_str_eq(cvm_node_child_text(root(parsed), "a"), "\xf0\x9f\xbf\xbe\xf4\x8f\xbf\xbf");
    release(parsed);
}
END_TEST

START_TEST(test_escapes)
{
    struct parsed *parsed = parse("a: \"\\u00e4\\n\\N\"\n");

    ck_assert_str_eq(cvm_node_child_text(root(parsed), "a"), "ä\n\xc2\x85");
    release(parsed);
    check_refused("a: \"x\\0y\"\n", 1, 4, "U+0000");
    check_refused("a: b\nc: \"\\a\"\n", 2, 4, "U+0007");
    check_refused("a: \"\\uffff\"\n", 1, 4, "U+FFFF");
    check_refused("\"\\0\": b\n", 1, 1, "U+0000");
}
END_TEST

START_TEST(test_tabs)
{
    struct parsed *parsed = parse("a:\tb\t# c\n");

    ck_assert_str_eq(cvm_node_child_text(root(parsed), "a"), "b");
    release(parsed);
    check_refused("a:\n\tb: c\n", 2, 1, "tab");
    check_refused("a:\n  b: c\n  \td: e\n", 3, 3, "tab");
}
END_TEST

START_TEST(test_broken)
{
    check_refused("a: [1, 2\nb: 3\n", 2, 2, "not valid YAML");
    check_refused("a: b: c\n", 1, 5, "not valid YAML");
    check_refused("a: 'b\n", 2, 1, "not valid YAML");
    check_refused("a: b\n c: d\n", 2, 3, "not valid YAML");
    check_refused("a: @b\n", 1, 4, "not valid YAML");
    check_refused("a: b\n}\n", 2, 1, "not valid YAML");
    check_refused("%YAML 3.0\n---\na: b\n", 1, 1, "not valid YAML");
}
END_TEST

START_TEST(test_keys)
{
    struct parsed *parsed = parse("\"quoted\": a\n? long\n: b\n");

    ck_assert_str_eq(cvm_node_child_text(root(parsed), "quoted"), "a");
    ck_assert_str_eq(cvm_node_child_text(root(parsed), "long"), "b");
    release(parsed);
    check_refused("[a]: b\n", 1, 1, "a key must be a word");
    check_refused("? {a: b}\n: c\n", 1, 3, "a key must be a word");
    check_refused("a: &x y\n*x : b\n", 2, 1, "a key must be a word");
    check_refused("\"\": c\n", 1, 1, "a key is missing");
    check_refused("!t a: b\n", 1, 1, "a key cannot have a tag");
}
END_TEST

START_TEST(test_tags)
{
    check_refused("a: !env HOME\n", 1, 4, "'!env'");
    check_refused("a: !!str 1\n", 1, 4, "tag:yaml.org,2002:str");
    check_refused("a: b\nc: !x {d: e}\n", 2, 4, "'!x'");
    check_refused("a: [!x 1]\n", 1, 5, "'!x'");
}
END_TEST

START_TEST(test_anchors)
{
    struct parsed *parsed = parse("a: &x {k: v}\n"
                                  "b: *x\n"
                                  "c: [*x, *x]\n");
    const struct cvm_node *map = root(parsed);
    const struct cvm_node *copy = cvm_node_child(cvm_node_child(map, "b"), "k");
    g_autofree char *path = cvm_node_path(copy);

    ck_assert_str_eq(copy->text, "v");
    check_place(copy, 1, 11);
    ck_assert_uint_eq(cvm_node_child(map, "b")->name_line, 2);
    ck_assert_str_eq(path, "b.k");
    ck_assert_uint_eq(cvm_node_count(cvm_node_child(map, "c")), 2);
    release(parsed);
    check_refused("a: *x\n", 1, 4, "'*x' stands for nothing");
    check_refused("a: &x [*x]\n", 1, 8, "'*x' contains itself");
    check_refused("a: &x 1\n---\nb: *x\n", 3, 4, "'*x' stands for nothing");
}
END_TEST

START_TEST(test_merge_keys)
{
    struct parsed *parsed = parse("base: &b {x: 1, y: 2}\n"
                                  "more: &m {y: 3, z: 4}\n"
                                  "one: {<<: *b, x: 9}\n"
                                  "two:\n"
                                  "  <<: [*b, *m]\n"
                                  "text: {'<<': 5}\n");
    const struct cvm_node *map = root(parsed);
    const struct cvm_node *one = cvm_node_child(map, "one"), *two = cvm_node_child(map, "two");

    ck_assert_uint_eq(cvm_node_count(one), 2);
    ck_assert_str_eq(cvm_node_child_text(one, "x"), "9");
    ck_assert_str_eq(cvm_node_child_text(one, "y"), "2");
    check_place(cvm_node_child(one, "y"), 1, 20);
    ck_assert_uint_eq(cvm_node_child(one, "y")->name_column, 17);
    ck_assert_uint_eq(cvm_node_count(two), 3);
    ck_assert_str_eq(cvm_node_child_text(two, "y"), "2");
    ck_assert_str_eq(cvm_node_child_text(two, "z"), "4");
    ck_assert_str_eq(cvm_node_child_text(cvm_node_child(map, "text"), "<<"), "5");
    release(parsed);
    check_refused("a: {<<: 5}\n", 1, 9, "'<<' takes a map");
    check_refused("a: {<<: {b: 1}, <<: {c: 2}}\n", 1, 17, "'<<' is given twice");
}
END_TEST

START_TEST(test_depth)
{
    g_autofree char *deepest = g_strnfill(CVM_LIMIT_DEPTH - 1, '[');
    g_autofree char *closing = g_strnfill(CVM_LIMIT_DEPTH - 1, ']');
    g_autofree char *good = g_strconcat(deepest, "x", closing, NULL);
    g_autofree char *bad = g_strconcat(deepest, "[x]", closing, NULL);
    struct parsed *parsed = parse(good);

    ck_assert_int_eq(parsed->result, 0);
    release(parsed);
    check_refused(bad, 1, CVM_LIMIT_DEPTH + 1, "levels deep");
}
END_TEST

/* libyaml itself takes about a minute for this, unless it is stopped on the way. */
START_TEST(test_brackets_are_refused)
{
    g_autofree char *brackets = g_strnfill(200 * 1024, '[');

    check_refused(brackets, 1, CVM_LIMIT_DEPTH + 1, "levels deep");
}
END_TEST

/* Nine lines of nine aliases each: a billion nodes when expanded without a limit. */
START_TEST(test_alias_bomb)
{
    g_autoptr(GString) text = g_string_new("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    struct parsed *parsed;

    for (unsigned i = 1; i < 10; i++) {
        g_string_append_printf(text, "a%u: &a%u [", i, i);
        for (unsigned j = 0; j < 9; j++) {
            g_string_append_printf(text, "*a%u, ", i - 1);
        }
        g_string_append(text, "]\n");
    }
    parsed = parse(text->str);
    ck_assert_int_lt(parsed->result, 0);
    ck_assert_ptr_nonnull(strstr(parsed->error->message, "too large or too deep"));
    release(parsed);
}
END_TEST

START_TEST(test_alias_limits)
{
    g_autoptr(GString) many = g_string_new("a: &x 1\nb: [");
    g_autoptr(GString) deep = g_string_new("a0: &a0 [x]\n");
    struct parsed *parsed;

    for (unsigned i = 0; i < CVM_LIMIT_ALIASES + 1; i++) {
        g_string_append(many, "*x,\n");
    }
    g_string_append(many, "]\n");
    check_refused(many->str, CVM_LIMIT_ALIASES + 2, 1, "aliases");
    for (unsigned i = 1; i < CVM_LIMIT_DEPTH + 1; i++) {
        g_string_append_printf(deep, "a%u: &a%u [*a%u]\n", i, i, i - 1);
    }
    parsed = parse(deep->str);
    ck_assert_int_lt(parsed->result, 0);
    ck_assert_ptr_nonnull(strstr(parsed->error->message, "too large or too deep"));
    release(parsed);
}
END_TEST

/* Within Check's time limit. */
START_TEST(test_long_lists_are_linear)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct parsed *parsed;

    for (unsigned i = 0; i < 250000; i++) {
        g_string_append(text, "- a\n");
    }
    parsed = parse(text->str);
    ck_assert_uint_eq(cvm_node_count(root(parsed)), 250000);
    release(parsed);
}
END_TEST

UNIT_MAIN("yaml_tree", test_places_are_characters, test_styles_keep_their_text, test_documents,
          test_too_many_documents, test_too_many_directives, test_duplicates_are_kept,
          test_crlf_and_byte_order_mark, test_encodings, test_control_characters,
          test_last_characters, test_escapes, test_tabs, test_broken, test_keys, test_tags,
          test_anchors, test_merge_keys, test_depth, test_brackets_are_refused, test_alias_bomb,
          test_alias_limits, test_long_lists_are_linear)
