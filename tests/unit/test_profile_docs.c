/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is printed from the field table and kept in the tree: the JSON Schema and the manual page's
 * list of keys. CVM_TEST_UPDATE=1 writes both anew. */
#include "profile_fixture.h"
#include "read/profile_fields.h"

static const char begin_mark[] =
    ".\\\" The keys, from the field table: CVM_TEST_UPDATE=1 make check\n";
static const char end_mark[] = ".\\\" End of the keys.\n";

static void
check_file(const char *relative, const char *expected)
{
    g_autofree char *path = unit_source_path(relative);
    g_autofree char *text = NULL;

    if (g_getenv("CVM_TEST_UPDATE")) {
        ck_assert(g_file_set_contents(path, expected, -1, NULL));
    }
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s is missing", relative);
    ck_assert_msg(g_str_equal(text, expected),
                  "%s differs from the field table; run CVM_TEST_UPDATE=1 make check", relative);
}

START_TEST(test_schema_file_is_the_schema)
{
    g_autofree char *schema = cvm_profile_schema();

    check_file("schemas/profile.schema.json", schema);
}
END_TEST

/* A minus sign is a hyphen to roff. */
static char *
roff(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);

    return g_strjoinv("\\-", parts);
}

static const char *
kind_of(const struct cvm_field *field)
{
    switch (field->kind) {
    case CVM_FIELD_FLAG:
        return "true or false";
    case CVM_FIELD_UINT:
        return "number";
    case CVM_FIELD_SIZE:
        return "size";
    case CVM_FIELD_BLOB:
        return "base64, or {file: PATH}";
    case CVM_FIELD_POLICY:
        return "number, or map of bits";
    case CVM_FIELD_PINS:
        return "map of numbers to CPU sets";
    case CVM_FIELD_MAP:
        return field->table->shorthand ? "map, or one value" : "map";
    case CVM_FIELD_LIST:
        return field->flags & CVM_FIELD_BARE ? "list of maps, one map, true or false"
                                             : "list of maps, or one map";
    default:
        return "text";
    }
}

static void
append_range(GString *page, const struct cvm_field *field)
{
    if (field->kind == CVM_FIELD_UINT && field->most > 0) {
        g_string_append_printf(page, " from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                               field->least, field->most);
    }
}

static void
append_kind(GString *page, const struct cvm_field *field)
{
    g_string_append(page, " (");
    if (field->words) {
        g_autofree char *words = g_strjoinv(" | ", (char **)field->words);
        g_autofree char *escaped = roff(words);

        g_string_append(page, escaped);
    } else {
        g_string_append(page, kind_of(field));
        append_range(page, field);
    }
    g_string_append(page, field->auto_offset ? ", or auto" : "");
    g_string_append(page, field->flags & CVM_FIELD_REQUIRED ? "; required)\n" : ")\n");
}

static void
append_table(GString *page, const char *path, const struct cvm_table *table)
{
    for (const struct cvm_field *field = table->fields; field->key; field++) {
        g_autofree char *full = g_strdup_printf("%s%s%s", path, *path ? "." : "", field->key);
        g_autofree char *help = roff(field->help);

        if (field->flags & CVM_FIELD_SHORT_ONLY) {
            continue;
        }
        g_string_append_printf(page, ".TP\n\\fB%s\\fR", full);
        append_kind(page, field);
        g_string_append_printf(page, "%s\n", help);
        if (field->table) {
            append_table(page, full, field->table);
        }
    }
}

START_TEST(test_manual_page_lists_the_keys)
{
    g_autofree char *path = unit_source_path("docs/cvmdom-profile.5");
    g_autofree char *text = NULL;
    g_autoptr(GString) keys = g_string_new(NULL);
    g_autofree char *expected = NULL;
    char *begin, *end;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    begin = strstr(text, begin_mark);
    end = strstr(text, end_mark);
    ck_assert(begin && end && begin < end);
    append_table(keys, "", &cvm_profile_table);
    begin[strlen(begin_mark)] = '\0';
    expected = g_strconcat(text, keys->str, end_mark, end + strlen(end_mark), NULL);
    check_file("docs/cvmdom-profile.5", expected);
}
END_TEST

/* Each of them is refused by a JSON Schema validator too: tests/schema.sh. */
START_TEST(test_broken_profiles_have_findings)
{
    g_autofree char *folder = unit_source_path("tests/profiles/broken");
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned count = 0;

    ck_assert_ptr_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(GPtrArray) domains = cvm_documents_read(path, NULL, NULL);

        ck_assert_msg(domains != NULL, "%s", path);
        /* These two are for rules to see: CVM105 and CVM211. */
        if (!g_str_equal(name, "name-with-slash.yaml") && !g_str_equal(name, "unknown-type.yaml")) {
            ck_assert_msg(first(domains)->problems != NULL, "%s is taken", path);
        }
        count++;
    }
    g_dir_close(dir);
    ck_assert_uint_gt(count, 20);
}
END_TEST

/* A key that is not in this file is a key that no test reads. */
static void
check_all_keys(const struct cvm_node *map, const struct cvm_table *table)
{
    for (const struct cvm_field *field = table->fields; field->key; field++) {
        const struct cvm_node *child = cvm_node_child(map, field->key);

        if (field->flags & CVM_FIELD_SHORT_ONLY || field->kind == CVM_FIELD_EXTENDS ||
            g_str_equal(table->name, "chardev")) {
            continue;
        }
        ck_assert_msg(child, "tests/profiles/everything.yaml has no %s.%s", table->name,
                      field->key);
        child = child->kind == CVM_NODE_LIST ? child->children : child;
        if (field->table && child->kind == CVM_NODE_MAP) {
            check_all_keys(child, field->table);
        }
    }
}

START_TEST(test_every_key_is_taken)
{
    g_autofree char *path = unit_source_path("tests/profiles/everything.yaml");
    g_autoptr(GPtrArray) domains = cvm_documents_read(path, NULL, NULL);

    ck_assert_ptr_nonnull(domains);
    ck_assert_uint_eq(domains->len, 2);
    check_sound(g_ptr_array_index(domains, 0));
    check_sound(g_ptr_array_index(domains, 1));
    check_all_keys(first(domains)->root, &cvm_profile_table);
}
END_TEST

UNIT_MAIN("profile_docs", test_schema_file_is_the_schema, test_manual_page_lists_the_keys,
          test_broken_profiles_have_findings, test_every_key_is_taken)
