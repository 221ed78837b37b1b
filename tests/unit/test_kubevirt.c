/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of a profile has a row that says what becomes of it on KubeVirt; what needs no finding
 * is listed here, too, so that nobody adds to it in passing. */
#include <string.h>

#include "model/kubevirt.h"
#include "profile_fixture.h"
#include "read/profile_fields.h"
#include "rules/target_kubevirt.h"

static const struct cvm_kubevirt_section *
find_section(const char *path)
{
    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections; section->path;
         section++) {
        if (g_str_equal(section->path, path)) {
            return section;
        }
    }
    return NULL;
}

static const struct cvm_kubevirt_key *
find_key(const struct cvm_kubevirt_section *section, const char *key)
{
    for (const struct cvm_kubevirt_key *row = section->keys; row->key; row++) {
        if (g_str_equal(row->key, key)) {
            return row;
        }
    }
    return NULL;
}

/* What the field table has: rows are met at the same key, of the same member. */
static unsigned
check_fields(const struct cvm_table *table, const struct cvm_kubevirt_section *section,
             const char *prefix, size_t offset)
{
    unsigned met = 0;

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        g_autofree char *path = g_strconcat(prefix, field->key, NULL);
        g_autofree char *below = g_strconcat(path, ".", NULL);
        size_t at = field->flags & CVM_FIELD_FLAT ? offset : offset + field->offset;
        const struct cvm_kubevirt_key *row = find_key(section, path);

        if (field->kind == CVM_FIELD_MAP) {
            met += check_fields(field->table, section, below, at);
        } else if (field->kind == CVM_FIELD_LIST) {
            const struct cvm_kubevirt_section *list = find_section(path);

            ck_assert_msg(list != NULL, "no section for the list '%s'", path);
            ck_assert_msg(list->list == at && list->size == field->table->size,
                          "section '%s' is of another list", path);
            met += check_fields(field->table, list, "", 0) + (row != NULL);
        } else if (field->kind != CVM_FIELD_EXTENDS) {
            ck_assert_msg(row != NULL, "section '%s' has no row for '%s'", section->path, path);
            ck_assert_msg(row->offset == at, "row '%s' is of another member", path);
            met++;
        }
    }
    return met;
}

START_TEST(test_every_key_has_a_row)
{
    unsigned rows = 0;
    unsigned met = check_fields(&cvm_profile_table, find_section(""), "", 0);

    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections; section->path;
         section++) {
        for (const struct cvm_kubevirt_key *row = section->keys; row->key; row++) {
            rows += *row->key != '\0'; /* an item is no key */
        }
    }
    ck_assert_uint_gt(rows, 200);
    ck_assert_msg(rows == met, "%u rows, but %u of them are of keys", rows, met);
}
END_TEST

/* A row can be what it says: words have words, a rule to report by exists, and so on. */
START_TEST(test_rows_are_whole)
{
    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections; section->path;
         section++) {
        for (const struct cvm_kubevirt_key *row = section->keys; row->key; row++) {
            gboolean quiet = row->how == CVM_KUBEVIRT_WRITTEN || row->how >= CVM_KUBEVIRT_COVERED;
            const struct cvm_rule *rule = row->rule ? cvm_rule_find(row->rule) : NULL;

            ck_assert_msg(quiet == (rule == NULL), "%s.%s: its rule", section->path, row->key);
            ck_assert_msg((row->how == CVM_KUBEVIRT_WORDS) == (row->words != NULL),
                          "%s.%s: its words", section->path, row->key);
            ck_assert_msg((row->how == CVM_KUBEVIRT_JUDGED) == (row->fits != NULL),
                          "%s.%s: its function", section->path, row->key);
            ck_assert_msg(row->how != CVM_KUBEVIRT_JUDGED || row->why, "%s.%s: its reason",
                          section->path, row->key);
        }
    }
}
END_TEST

START_TEST(test_what_is_passed_over)
{
    static const char expected[] =
        "host memory.slots os.initrd os.cmdline cpu.numa.id cpu.numa.cpus cpu.numa.memory "
        "cpu.numa.memAccess cpu.numa.nodeset os.boot.dev devices.disk.type devices.disk.source "
        "devices.disk.pool devices.disk.protocol devices.disk.host devices.disk.port "
        "devices.disk.target devices.controller.type devices.controller.index "
        "devices.controller.queues devices.controller.model devices.controller.address "
        "devices.controller.alias devices.controller.iommu devices.interface.type "
        "devices.interface.source devices.interface.mode devices.interface.target "
        "devices.channel.target devices.filesystem.driver devices.filesystem.source "
        "devices.filesystem.target devices.filesystem.accessmode devices.filesystem.readonly "
        "devices.filesystem.queue devices.filesystem.model devices.filesystem.address "
        "devices.filesystem.alias devices.filesystem.iommu devices.hostdev.type "
        "devices.hostdev.source devices.hostdev.managed devices.hostdev.rom devices.hostdev.model "
        "devices.hostdev.address devices.hostdev.alias devices.hostdev.bootOrder "
        "devices.input.type";
    g_autoptr(GString) found = g_string_new(NULL);

    for (const struct cvm_kubevirt_section *section = cvm_kubevirt_sections; section->path;
         section++) {
        for (const struct cvm_kubevirt_key *row = section->keys; row->key; row++) {
            if (row->how >= CVM_KUBEVIRT_COVERED) {
                g_string_append_printf(found, "%s%s%s%s", found->len ? " " : "", section->path,
                                       *section->path ? "." : "", row->key);
            }
        }
    }
    ck_assert_str_eq(found->str, expected);
}
END_TEST

START_TEST(test_device_names)
{
    g_autoptr(GPtrArray) domains = read_sets(SOUND "devices:\n"
                                                   "  disk:\n"
                                                   "    - {source: /a}\n"
                                                   "    - {source: /b, alias: ua-disk0}\n"
                                                   "    - {source: /c, alias: ua-Data}\n"
                                                   "    - {source: /d, alias: ua-disk0x}\n"
                                                   "    - {source: /e, alias: ua-db-data}\n",
                                             NULL);
    static const char *const names[] = { "disk0xx", "disk0", "disk2", "disk0x", "db-data" };
    const struct cvm_list *disks = &first(domains)->devices.disk;

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(disks, cvm_disk, i, "disk");

        ck_assert_str_eq(name, names[i]);
    }
}
END_TEST

/* A label of that many letters. */
static gboolean
is_label_of(unsigned length)
{
    g_autofree char *label = g_strnfill(length, 'a');

    return cvm_kubevirt_is_label(label);
}

START_TEST(test_labels)
{
    static const char *const good[] = { "a", "db-1", "0", "0123" };
    static const char *const bad[] = { "", "-a", "a-", "a.b", "A", "a_b", "ä", "a b", "a\n" };

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        ck_assert_msg(cvm_kubevirt_is_label(good[i]), "'%s'", good[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ck_assert_msg(!cvm_kubevirt_is_label(bad[i]), "'%s'", bad[i]);
    }
    ck_assert(is_label_of(63));
    ck_assert(!is_label_of(64));
}
END_TEST

UNIT_MAIN("kubevirt", test_every_key_has_a_row, test_rows_are_whole, test_what_is_passed_over,
          test_device_names, test_labels)
