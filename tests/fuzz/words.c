/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dictionaries, out of the tables that the readers themselves go by, so that they are never old. */
#include <string.h>

#include "fuzz.h"
#include "messages/messages.h"
#include "read/domain_xml.h"
#include "read/profile_fields.h"
#include "read/read.h"
#include "rules/rule.h"

/* ---- what the languages are made of ---- */

static const char *const yaml[] = {
    "[",
    "]",
    "{",
    "}",
    "*a",
    "&a ",
    "<<: ",
    "- ",
    "? ",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "# ",
    "!x ",
    "%YAML 1.2\n",
    "\t",
    "\n",
    "\r",
    ": ",
    "auto",
    "true",
    "false",
    "null",
    "~",
    "'",
    "\"",
    "{file: x}",
    "0x",
    "KiB",
    "18446744073709551616",
    "-1",
    "0-16383",
    "^0",
    "extends: ",
    ", ",
    "\\x00",
    "\xef\xbb\xbf",
    "\xff\xfe",
    "\xc3",
    "\xed\xa0\x80",
    NULL,
};
static const char *const xml[] = {
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "&lt;",
    "&#0;",
    "&#x10ffff;",
    "&x;",
    "<!DOCTYPE domain [",
    "='",
    "\"",
    "'",
    "xmlns:qemu='x'",
    "unit='EiB'",
    "18446744073709551616",
    "-1",
    "0-16383",
    "^0",
    "yes",
    "no",
    "on",
    "off",
    "0x",
    "encoding='UTF-16'",
    "encoding='latin1'",
    "\xef\xbb\xbf",
    "\xff\xfe",
    "\xc3",
    "\xed\xa0\x80",
    "<!-- cvmdom: ignore=CVM207 -- x -->",
    "<domain type='kvm'>",
    "<launchSecurity type='sev-snp'>",
    "<launchSecurity type='sev'>",
    NULL,
};
static const char *const comments[] = {
    "ignore=", "ignore-file=", "select",           "ignore",      "severity", "fail-on",
    "files",   "host",         "until=2026-01-01", " -- because", "error",    "warning",
    "note",    "CVM2",         "cvmdom: ",         "**/*.xml",    NULL,
};
static const char *const json[] = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "1e999",
    "\"description\"",
    "\"interface-types\"",
    "\"uefi\"",
    "\"bios\"",
    "\"mapping\"",
    "\"device\"",
    "\"flash\"",
    "\"memory\"",
    "\"kernel\"",
    "\"mode\"",
    "\"split\"",
    "\"combined\"",
    "\"stateless\"",
    "\"executable\"",
    "\"filename\"",
    "\"format\"",
    "\"raw\"",
    "\"qcow2\"",
    "\"nvram-template\"",
    "\"targets\"",
    "\"architecture\"",
    "\"x86_64\"",
    "\"machines\"",
    "\"pc-q35-*\"",
    "\"features\"",
    "\"amd-sev\"",
    "\"amd-sev-es\"",
    "\"amd-sev-snp\"",
    "\"secure-boot\"",
    "\"enrolled-keys\"",
    "\"requires-smm\"",
    "\"tags\"",
    NULL,
};
static const char *const logs[] = {
    ": starting up libvirt version: ",
    "qemu version: ",
    "kernel: ",
    "-object ",
    "sev-guest",
    "sev-snp-guest",
    "policy=",
    "ret=",
    "fw_error=",
    "shutting down, reason=failed",
    "-machine ",
    NULL,
};

static void
add(GPtrArray *words, const char *word)
{
    if (word && *word && strlen(word) <= 64 &&
        !g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL)) {
        g_ptr_array_add(words, g_strdup(word));
    }
}

static void
add_all(GPtrArray *words, const char *const *list)
{
    for (; list && *list; list++) {
        add(words, *list);
    }
}

/* ---- tables ---- */

static void
add_fields(GPtrArray *words, const struct cvm_table *table, unsigned depth)
{
    for (const struct cvm_field *field = table ? table->fields : NULL; field && field->key;
         field++) {
        g_autofree char *key = g_strdup_printf("%s: ", field->key);

        add(words, key);
        add_all(words, field->words);
        if (depth < CVM_LIMIT_DEPTH) {
            add_fields(words, field->table, depth + 1);
        }
    }
}

static void
add_rows(GPtrArray *words, const struct cvm_xml_table *table)
{
    for (const struct cvm_xml_row *row = table ? table->rows : NULL; row && row->path; row++) {
        g_auto(GStrv) steps = g_strsplit(row->path, "/", -1);

        for (char **step = steps; *step; step++) {
            g_autofree char *word =
                **step == '@' ? g_strdup_printf("%s='", *step + 1) : g_strdup_printf("<%s>", *step);

            add(words, word);
        }
        add_all(words, row->words);
        add_rows(words, row->table);
    }
}

/* Names and values of a schema. */
static void
add_schema(GPtrArray *words, const struct cvm_node *node)
{
    const char *name = cvm_node_attribute_text(node, "name");

    if (name && (g_str_equal(node->name, "element") || g_str_equal(node->name, "attribute"))) {
        g_autofree char *word =
            *node->name == 'e' ? g_strdup_printf("<%s>", name) : g_strdup_printf("%s='", name);

        add(words, word);
    } else if (g_str_equal(node->name, "value")) {
        add(words, node->text);
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        add_schema(words, child);
    }
}

static void
add_host(GPtrArray *words)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    size_t size;
    g_autofree char *text = (char *)fuzz_read("schemas/host.rng", &size);
    const struct cvm_source source = { .name = "host.rng", .data = text, .size = size };
    const struct cvm_node *root = cvm_xml_parse(arena, &source, NULL);

    g_assert_nonnull(root);
    add_schema(words, root);
}

static void
add_messages(GPtrArray *words)
{
    const struct cvm_message *message;

    for (unsigned i = 0; (message = cvm_message_at(i)); i++) {
        for (size_t k = 0; k < CVM_MESSAGE_PATTERNS && message->patterns[k]; k++) {
            g_auto(GStrv) parts = g_strsplit(message->patterns[k], "%", -1);

            for (char **part = parts; *part; part++) { /* but its first letter is the conversion */
                add(words, part == parts || !**part ? *part : *part + 1);
            }
        }
    }
}

static void
add_rules(GPtrArray *words)
{
    const struct cvm_rule *rule;

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        add(words, rule->id);
        add(words, rule->name);
    }
}

GPtrArray *
fuzz_list_words(enum fuzz_words which)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    switch (which) {
    case FUZZ_WORDS_YAML:
        add_all(words, yaml);
        add_fields(words, &cvm_profile_table, 0);
        break;
    case FUZZ_WORDS_XML:
        add_all(words, xml);
        add_rows(words, &cvm_xml_domain_table);
        add_rows(words, &cvm_xml_devices_table);
        break;
    case FUZZ_WORDS_HOST:
        add_all(words, xml);
        add_host(words);
        break;
    case FUZZ_WORDS_CONFIG:
        add_all(words, yaml);
        add_all(words, comments);
        add_rules(words);
        break;
    case FUZZ_WORDS_JSON:
        add_all(words, json);
        break;
    case FUZZ_WORDS_LOG:
        add_all(words, logs);
        add_messages(words);
        break;
    case FUZZ_WORDS_TREE:
        fuzz_tree_words(words);
        break;
    case FUZZ_WORDS_NONE:
        break;
    }
    return words;
}
