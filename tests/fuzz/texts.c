/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configurations, logs, and the small values that all inputs are made of. */
#include <string.h>

#include "fuzz.h"
#include "messages/messages.h"
#include "read/config.h"
#include "read/plain.h"
#include "read/read.h"
#include "rules/control.h"
#include "util/base64.h"
#include "util/closest.h"
#include "util/cpuset.h"
#include "util/glob.h"
#include "util/guid.h"
#include "util/number.h"
#include "util/quote.h"
#include "util/xml_out.h"
#include "util/yaml_out.h"

/* ---- .cvmdom.yaml ---- */

gboolean
fuzz_config(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(config) *config =
        cvm_config_parse("/a/.cvmdom.yaml", (const char *)data, size, &error);
    CVM_AUTO(control) *control = NULL;

    if (!config || cvm_config_check(config, &error) < 0) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    control = cvm_control_new(NULL, config, "/a/b/c.yaml");
    g_assert_nonnull(control);
    return TRUE;
}

/* ---- logs ---- */

static void
check_text(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text++) {
        g_assert_false(g_ascii_iscntrl(*text));
    }
}

gboolean
fuzz_log(const uint8_t *data, size_t size)
{
    CVM_AUTO(diagnosis) *diagnosis = cvm_log_diagnose((const char *)data, size);

    for (guint i = 0; i < diagnosis->lines->len; i++) {
        const struct cvm_log_line *line = &g_array_index(diagnosis->lines, struct cvm_log_line, i);

        g_assert_true(line->number > 0 && line->number <= diagnosis->log_lines);
        check_text(line->text);
    }
    if (!diagnosis->message) {
        return FALSE;
    }
    g_assert_cmpuint(diagnosis->chosen, <, diagnosis->lines->len);
    check_text(diagnosis->cause);
    check_text(diagnosis->remedy);
    g_assert_true(!strstr(diagnosis->cause, "{1}") ||
                  g_strstr_len((const char *)data, (gssize)size, "{1}"));
    return TRUE;
}

/* ---- values: what is read and written is read as the same ---- */

static gboolean
try_cpuset(const char *text)
{
    g_autoptr(GArray) set = cvm_cpuset_parse(text);
    g_autoptr(GArray) again = NULL;
    g_autofree char *short_form = NULL;
    guint first;

    g_assert_cmpint(cvm_cpuset_first(text, &first), ==, set != NULL);
    if (!set) {
        return FALSE;
    }
    g_assert_cmpuint(first, ==, g_array_index(set, guint, 0));
    short_form = cvm_cpuset_format((const guint *)(void *)set->data, set->len);
    again = cvm_cpuset_parse(short_form);
    g_assert_true(again && again->len == set->len);
    g_assert_cmpmem(again->data, again->len, set->data, set->len);
    return TRUE;
}

static gboolean
try_numbers(const char *text)
{
    uint64_t size, again, number;
    unsigned version, same;
    gboolean read = FALSE;

    if (cvm_size_parse(text, &size) == CVM_SIZE_OK) {
        g_autofree char *written = cvm_size_format(size);

        g_assert_cmpint(cvm_size_parse(written, &again), ==, CVM_SIZE_OK);
        g_assert_cmpuint(again, ==, size);
        g_assert_cmpuint(cvm_kib(size), >=, size / 1024);
        read = TRUE;
    }
    if (cvm_version_parse(text, &version)) {
        g_autofree char *written = cvm_version_format(version);

        g_assert_true(cvm_version_parse(written, &same) && same == version);
        read = TRUE;
    }
    read |= cvm_number_parse_decimal(text, &number);
    read |= cvm_number_parse_hex(text, &number);
    read |= cvm_plain_parse_number(text, &number);
    g_assert_true(!cvm_plain_parse_number(text, &number) || cvm_plain_is_number(text));
    (void)cvm_plain_is_boolean(text);
    return read;
}

static gboolean
try_base64(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    size_t size, size_of_copy;
    g_autofree guchar *bytes = cvm_base64_decode(text, &size);
    gboolean in_place = cvm_base64_decode_in_place(copy, &size_of_copy);

    g_assert_cmpint(in_place, ==, bytes != NULL);
    if (!bytes) {
        g_assert_cmpstr(copy, ==, text);
        return FALSE;
    }
    g_assert_cmpmem(bytes, size, copy, size_of_copy);
    return TRUE;
}

/* What the reader of profiles lets into a model. */
static gboolean
is_readable(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL)) {
        return FALSE;
    }
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gunichar one = g_utf8_get_char(c);

        if (one == 0xfffe || one == 0xffff ||
            (g_unichar_iscntrl(one) && one != '\t' && one != '\n')) {
            return FALSE;
        }
    }
    return TRUE;
}

/* It comes back. */
static void
try_yaml(const char *text)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_yaml yaml;
    struct cvm_source source = { .name = "x" };
    struct cvm_yaml_documents documents;
    g_autoptr(GError) error = NULL;

    cvm_yaml_init(&yaml, out);
    cvm_yaml_text(&yaml, "k", text);
    source.data = out->str;
    source.size = out->len;
    if (cvm_yaml_parse(arena, &source, &documents, &error) < 0) {
        g_error("%s in %s", error->message, out->str);
    }
    g_assert_cmpuint(documents.count, ==, 1);
    g_assert_cmpstr(cvm_node_child_text(documents.roots[0], "k"), ==, text);
}

/* Any bytes. */
static void
try_xml(const char *text)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_xml xml;
    struct cvm_source source = { .name = "x" };
    const struct cvm_node *node;
    g_autoptr(GError) error = NULL;

    cvm_xml_init(&xml, out);
    cvm_xml_start(&xml, "a");
    cvm_xml_attribute(&xml, "b", text);
    cvm_xml_element(&xml, "c", text);
    cvm_xml_end(&xml);
    source.data = out->str;
    source.size = out->len;
    node = cvm_xml_parse(arena, &source, &error);
    if (!node) {
        g_error("%s", error->message);
    }
    if (is_readable(text)) {
        g_assert_cmpstr(cvm_node_attribute_text(node, "b"), ==, text);
    }
}

gboolean
fuzz_values(const uint8_t *data, size_t size)
{
    static const char *const candidates[] = { "launchSecurity", "policy", "memory", NULL };
    g_autofree char *text = fuzz_text(data, size);
    CVM_AUTO(arena) *arena = cvm_arena_new();
    size_t length = strlen(text), half = length / 2;
    g_autofree char *pattern = g_strndup(text, half);
    uint8_t guid[CVM_GUID_SIZE];
    gboolean read = FALSE;

    read |= try_cpuset(text);
    read |= try_numbers(text);
    read |= try_base64(text);
    read |= cvm_guid_parse(text, guid);
    (void)cvm_glob_match(pattern, text + half);
    if (g_utf8_validate(text, -1, NULL)) {
        (void)cvm_closest(text, candidates);
        g_assert_true(g_utf8_validate(cvm_quote(arena, text), -1, NULL));
    }
    try_xml(text);
    if (is_readable(text)) {
        try_yaml(text);
    }
    return read;
}
