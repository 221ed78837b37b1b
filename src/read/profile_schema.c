/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON Schema (2020-12) of a profile, printed from the field table. It says less than the
 * reader (a schema cannot compare two values), but refuses nothing that the reader takes. What is
 * required is demanded only of a profile that extends none: it may come from the other one. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "model/policy.h"
#include "read/plain.h"
#include "read/profile_fields.h"
#include "read/read.h"

static const char size_pattern[] = "^[0-9]+ ?(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)$";
static const char number_pattern[] = "^(0|[1-9][0-9]*|0x[0-9a-fA-F]+)$";
static const char base64_pattern[] = "^[A-Za-z0-9+/\\s]+[=\\s]*$";
static const char version_pattern[] = "^[0-9]{1,3}\\.[0-9]{1,3}$";
static const char index_pattern[] = "^(0|[1-9][0-9]*)$";

/* Tables that are referred to, each once, in the order they are met. */
struct schema {
    GPtrArray *tables;
};

static json_t *
schema_of(struct schema *schema, const struct cvm_field *field);

static json_t *
reference(const char *name)
{
    g_autofree char *path = g_strdup_printf("#/$defs/%s", name);

    return json_pack("{s:s}", "$ref", path);
}

static json_t *
table_reference(struct schema *schema, const struct cvm_table *table)
{
    if (!g_ptr_array_find(schema->tables, table, NULL)) {
        g_ptr_array_add(schema->tables, (gpointer)table);
    }
    return reference(table->name);
}

static json_t *
words_of(const struct cvm_field *field)
{
    json_t *words = json_array();

    for (const char *const *word = field->words; *word; word++) {
        json_array_append_new(words, json_string(*word));
        /* version: 2.0 is a number to YAML. */
        if ((field->flags & CVM_FIELD_NUMBER) && cvm_plain_is_number(*word)) {
            json_array_append_new(words, json_real(g_ascii_strtod(*word, NULL)));
        }
    }
    return json_pack("{s:o}", "enum", words);
}

static json_t *
schema_of_text(const struct cvm_field *field)
{
    json_t *text;

    if (field->words) {
        return words_of(field);
    }
    text = field->flags & CVM_FIELD_NUMBER
               ? json_pack("{s:[s,s], s:i}", "type", "string", "integer", "minimum", 0)
               : json_pack("{s:s}", "type", "string");
    if (field->format && field->format->pattern) {
        json_object_set_new(text, "pattern", json_string(field->format->pattern));
    }
    return text;
}

static json_t *
schema_of_number(const struct cvm_field *field)
{
    json_t *number =
        json_pack("{s:s, s:I}", "type", "integer", "minimum", (json_int_t)field->least);

    if (field->most > 0) {
        json_object_set_new(number, "maximum", json_integer((json_int_t)field->most));
    }
    return number;
}

/* The map, or what may stand for it. */
static json_t *
schema_of_map(struct schema *schema, const struct cvm_table *table)
{
    json_t *map = table_reference(schema, table);

    if (!table->shorthand) {
        return map;
    }
    return json_pack("{s:[o,o]}", "anyOf",
                     schema_of(schema, cvm_field_find(table, table->shorthand)), map);
}

static json_t *
schema_of_list(struct schema *schema, const struct cvm_field *field)
{
    json_t *item = schema_of_map(schema, field->table);
    json_t *list = json_pack("{s:s, s:O}", "type", "array", "items", item);

    if (field->flags & CVM_FIELD_BARE) {
        return json_pack("{s:[{s:s},o,o]}", "anyOf", "type", "boolean", item, list);
    }
    return json_pack("{s:[o,o]}", "anyOf", item, list);
}

static json_t *
schema_of_value(struct schema *schema, const struct cvm_field *field)
{
    switch (field->kind) {
    case CVM_FIELD_TEXT:
    case CVM_FIELD_EXTENDS:
        return schema_of_text(field);
    case CVM_FIELD_FLAG:
        return json_pack("{s:s}", "type", "boolean");
    case CVM_FIELD_UINT:
        return schema_of_number(field);
    case CVM_FIELD_SIZE:
        return reference("size");
    case CVM_FIELD_BLOB:
        return reference("blob");
    case CVM_FIELD_POLICY:
        return reference("policy");
    case CVM_FIELD_PINS:
        return reference("pins");
    case CVM_FIELD_MAP:
        return schema_of_map(schema, field->table);
    case CVM_FIELD_LIST:
        return schema_of_list(schema, field);
    }
    g_assert_not_reached();
}

static json_t *
schema_of(struct schema *schema, const struct cvm_field *field)
{
    json_t *value = schema_of_value(schema, field);

    if (field->auto_offset) {
        value = json_pack("{s:[{s:s},o]}", "anyOf", "const", "auto", value);
    }
    return value;
}

/* The description stands first, so that a reader of the file meets it first. */
static json_t *
property_of(struct schema *schema, const struct cvm_field *field)
{
    json_t *property = json_pack("{s:s}", "description", field->help);
    json_t *value = schema_of(schema, field);

    json_object_update(property, value);
    json_decref(value);
    return property;
}

static json_t *
required_keys(const struct cvm_table *table)
{
    json_t *keys = json_array();

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        if (field->flags & CVM_FIELD_REQUIRED) {
            json_array_append_new(keys, json_string(field->key));
        }
    }
    return keys;
}

/* Members of a list are never merged, so what they require is required at once. */
static json_t *
object_of(struct schema *schema, const struct cvm_table *table, gboolean merged)
{
    json_t *properties = json_object();
    json_t *object = json_pack("{s:s, s:o}", "type", "object", "properties", properties);
    json_t *required = required_keys(table);

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        if (!(field->flags & CVM_FIELD_SHORT_ONLY)) {
            json_object_set_new(properties, field->key, property_of(schema, field));
        }
    }
    json_object_set_new(object, "additionalProperties", json_false());
    if (!merged && json_array_size(required) > 0) {
        json_object_set(object, "required", required);
    }
    json_decref(required);
    return object;
}

/* Is the table a map's, which another profile may complete? */
static gboolean
is_merged(const struct cvm_table *table, const struct cvm_table *in)
{
    for (const struct cvm_field *field = in->fields; field->key; field++) {
        if (field->kind == CVM_FIELD_MAP &&
            (field->table == table || is_merged(table, field->table))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What a profile must have that extends none. */
static json_t *
completeness_of(const struct cvm_table *table)
{
    json_t *required = required_keys(table);
    json_t *properties = json_object();
    json_t *complete = json_object();

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        json_t *part = field->kind == CVM_FIELD_MAP ? completeness_of(field->table) : NULL;

        if (part && json_object_size(part) > 0) {
            json_object_set(properties, field->key, part);
        }
        json_decref(part);
    }
    if (json_array_size(required) > 0) {
        json_object_set(complete, "required", required);
    }
    if (json_object_size(properties) > 0) {
        json_object_set(complete, "properties", properties);
    }
    json_decref(required);
    json_decref(properties);
    return complete;
}

static void
add_policy_bits(json_t *properties, enum cvm_guest guest)
{
    unsigned count;
    const struct cvm_policy_bit *bits = cvm_policy_bits(guest, &count);

    for (unsigned i = 0; i < count; i++) {
        if (!g_str_equal(bits[i].key, "reserved")) {
            json_object_set_new(properties, bits[i].key, json_pack("{s:s}", "type", "boolean"));
        }
    }
}

static json_t *
policy_schema(void)
{
    json_t *properties = json_object();

    add_policy_bits(properties, CVM_GUEST_SEV);
    add_policy_bits(properties, CVM_GUEST_SEV_SNP);
    json_object_set_new(properties, "api",
                        json_pack("{s:s, s:s}", "type", "string", "pattern", version_pattern));
    json_object_set_new(properties, "abi",
                        json_pack("{s:s, s:s}", "type", "string", "pattern", version_pattern));
    return json_pack("{s:[{s:s, s:i}, {s:s, s:s}, {s:s, s:o, s:b}]}", "anyOf", "type", "integer",
                     "minimum", 0, "type", "string", "pattern", number_pattern, "type", "object",
                     "properties", properties, "additionalProperties", 0);
}

static json_t *
blob_schema(void)
{
    return json_pack("{s:[{s:s, s:s}, {s:s, s:{s:{s:s, s:i}}, s:[s], s:b}]}", "anyOf", "type",
                     "string", "pattern", base64_pattern, "type", "object", "properties", "file",
                     "type", "string", "minLength", 1, "required", "file", "additionalProperties",
                     0);
}

static json_t *
pins_schema(void)
{
    const struct cvm_table *vcpu = cvm_field_find(&cvm_profile_table, "vcpu")->table;

    return json_pack("{s:s, s:{s:o}, s:b}", "type", "object", "patternProperties", index_pattern,
                     schema_of_text(cvm_field_find(vcpu, "cpuset")), "additionalProperties", 0);
}

static json_t *
definitions(struct schema *schema)
{
    json_t *all = json_object();

    /* Tables that are met on the way come to the end of the list. */
    for (guint i = 0; i < schema->tables->len; i++) {
        const struct cvm_table *table = g_ptr_array_index(schema->tables, i);

        json_object_set_new(all, table->name,
                            object_of(schema, table, is_merged(table, &cvm_profile_table)));
    }
    json_object_set_new(all, "size",
                        json_pack("{s:s, s:s}", "type", "string", "pattern", size_pattern));
    json_object_set_new(all, "blob", blob_schema());
    json_object_set_new(all, "policy", policy_schema());
    json_object_set_new(all, "pins", pins_schema());
    return all;
}

char *
cvm_profile_schema(void)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    struct schema schema = { tables };
    json_t *root = json_pack(
        "{s:s, s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema", "title",
        "cvmdom profile", "description", "A confidential virtual machine; see cvmdom-profile(5).");
    json_t *object = object_of(&schema, &cvm_profile_table, TRUE);
    char *text, *copy;

    json_object_update(root, object);
    json_decref(object);
    json_object_set_new(root, "if", json_pack("{s:{s:[s]}}", "not", "required", "extends"));
    json_object_set_new(root, "then", completeness_of(&cvm_profile_table));
    json_object_set_new(root, "$defs", definitions(&schema));
    text = json_dumps(root, JSON_INDENT(2));
    copy = g_strconcat(text, "\n", NULL);
    free(text);
    json_decref(root);
    return copy;
}
