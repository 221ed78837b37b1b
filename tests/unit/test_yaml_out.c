/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written is read back by libyaml. */
#include "util/yaml_out.h"

#include <string.h>

#include "read/read.h"
#include "unit.h"

START_TEST(test_layout)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_yaml yaml;

    cvm_yaml_init(&yaml, out);
    cvm_yaml_map(&yaml, "gone");
    cvm_yaml_map(&yaml, "with it");
    cvm_yaml_end_unless_empty(&yaml);
    cvm_yaml_end_unless_empty(&yaml);
    cvm_yaml_text(&yaml, "a", "b");
    cvm_yaml_map(&yaml, "map");
    cvm_yaml_map(&yaml, "empty");
    cvm_yaml_end(&yaml);
    cvm_yaml_list(&yaml, "none");
    cvm_yaml_end(&yaml);
    cvm_yaml_list(&yaml, "list");
    cvm_yaml_item(&yaml);
    cvm_yaml_map(&yaml, "first");
    cvm_yaml_uint(&yaml, "number", 7);
    cvm_yaml_end(&yaml);
    cvm_yaml_flag(&yaml, "second", TRUE);
    cvm_yaml_end(&yaml);
    cvm_yaml_item(&yaml);
    cvm_yaml_list(&yaml, "inner");
    cvm_yaml_item(&yaml);
    cvm_yaml_map(&yaml, "gone");
    cvm_yaml_end_unless_empty(&yaml);
    cvm_yaml_map(&yaml, "x");
    cvm_yaml_end(&yaml);
    cvm_yaml_end(&yaml);
    cvm_yaml_end(&yaml);
    cvm_yaml_end(&yaml);
    cvm_yaml_item(&yaml);
    cvm_yaml_end_unless_empty(&yaml);
    cvm_yaml_end(&yaml);
    cvm_yaml_end(&yaml);
    cvm_yaml_flag(&yaml, "last", FALSE);
    ck_assert_str_eq(out->str, "a: b\n"
                               "map:\n"
                               "  empty: {}\n"
                               "  none: []\n"
                               "  list:\n"
                               "  - first:\n"
                               "      number: 7\n"
                               "    second: true\n"
                               "  - inner:\n"
                               "    - x: {}\n"
                               "last: false\n");
}
END_TEST

/* quoted: it would be something else without quotes. */
static const struct {
    const char *text;
    gboolean quoted;
} texts[] = {
    { "virtio", FALSE },
    { "kubevirt.io/v1", FALSE },
    { "4Gi", FALSE },
    { "EPYC-Genoa", FALSE },
    { "aGVsbG8=", FALSE },
    { "4", TRUE },
    { "0x10", TRUE },
    { "1e3", TRUE },
    { "017", TRUE },
    { "4G", TRUE },
    { "4GiB", TRUE },
    { "-", TRUE },
    { "", TRUE },
    { "~", TRUE },
    { "null", TRUE },
    { "Yes", TRUE },
    { "NO", TRUE },
    { "off", TRUE },
    { "true", TRUE },
    { "y", TRUE },
    { ".nan", TRUE },
    { "2001-01-01", TRUE },
    { "52:54:00:12:34:56", TRUE },
    { "a: b", TRUE },
    { "a #b", TRUE },
    { "{}", TRUE },
    { "*x", TRUE },
    { "---", TRUE },
    { " a", TRUE },
    { "a ", TRUE },
    { "two\nlines\n", TRUE },
    { "tab\there", TRUE },
    { "\"quoted\\\"", TRUE },
    { "K\xc3\xa4se \xe2\x82\xac \xf0\x9f\xa7\x80", TRUE },
    { "next\xc2\x85line", TRUE },
    { "line\xe2\x80\xa8separator", TRUE },
    { "\xef\xbb\xbfmark", TRUE },
};

START_TEST(test_texts_come_back)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        CVM_AUTO(arena) *arena = cvm_arena_new();
        g_autoptr(GString) out = g_string_new(NULL);
        struct cvm_source source = { .name = "test.yaml" };
        struct cvm_yaml_documents documents;
        const struct cvm_node *node;
        struct cvm_yaml yaml;

        cvm_yaml_init(&yaml, out);
        cvm_yaml_text(&yaml, "key", texts[i].text);
        source.data = out->str;
        source.size = out->len;
        ck_assert_msg(cvm_yaml_parse(arena, &source, &documents, NULL) == 0, "%s", out->str);
        node = cvm_node_child(documents.roots[0], "key");
        ck_assert_str_eq(node->text, texts[i].text);
        ck_assert_msg(node->quoted == texts[i].quoted, "%s", out->str);
    }
}
END_TEST

START_TEST(test_bytes_that_are_no_text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_yaml yaml;

    cvm_yaml_init(&yaml, out);
    cvm_yaml_text(&yaml, "key",
                  "a\xff"
                  "b");
    cvm_yaml_text(&yaml, "key", "\x01\x1b[31m\x7f");
    ck_assert_str_eq(out->str, "key: \"a\xef\xbf\xbd"
                               "b\"\nkey: \"\\x01\\x1b[31m\\x7f\"\n");
}
END_TEST

UNIT_MAIN("yaml_out", test_layout, test_texts_come_back, test_bytes_that_are_no_text)
