/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree into the domain, by the field table. YAML libraries disagree about what "no", "017" or
 * "1e3" mean, so a plain value that one of them would read as another kind is refused, with what to
 * write instead. */
#include <stdarg.h>
#include <string.h>

#include "read/plain.h"
#include "read/profile.h"
#include "util/closest.h"
#include "util/i18n.h"
#include "util/number.h"
#include "util/quote.h"

typedef void (*read_fn)(struct cvm_domain *domain, const struct cvm_field *field, void *to,
                        const struct cvm_node *node);

static void
set_from(struct cvm_from *from, const struct cvm_node *node)
{
    from->origin = CVM_GIVEN;
    from->node = node;
    from->reason = NULL;
}

static void
invalidate(struct cvm_from *from, const struct cvm_node *node)
{
    set_from(from, node);
    from->origin = CVM_INVALID;
}

/* What stands there, for a message: its text, or the kind of thing it is. */
static const char *
describe(const struct cvm_node *node)
{
    switch (node->kind) {
    case CVM_NODE_MAP:
        return _("a map");
    case CVM_NODE_LIST:
        return _("a list");
    default:
        return node->text ? node->text : "";
    }
}

void
cvm_profile_reject(struct cvm_domain *domain, enum cvm_problem_kind kind, struct cvm_from *from,
                   const struct cvm_node *node, const char *format)
{
    g_autofree char *path = NULL;

    invalidate(from, node);
    if (cvm_profile_is_full(domain)) {
        return; /* a path is dear in a long list */
    }
    path = cvm_node_path(node);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    cvm_profile_complain(domain, kind, node, FALSE, NULL, format, path,
                         cvm_quote(domain->arena, describe(node)));
#pragma GCC diagnostic pop
}

static void
reject(struct cvm_domain *domain, struct cvm_from *from, const struct cvm_node *node,
       const char *format)
{
    cvm_profile_reject(domain, CVM_PROBLEM_WRONG_TYPE, from, node, format);
}

static gboolean
has_value(struct cvm_domain *domain, struct cvm_from *from, const struct cvm_node *node)
{
    if (cvm_plain_is_null(node)) {
        reject(domain, from, node, _("'%1$s' has no value; give it one, or remove the key."));
        return FALSE;
    }
    return TRUE;
}

/* Rejects a missing value, and anything but a scalar. */
static gboolean
is_scalar(struct cvm_domain *domain, struct cvm_from *from, const struct cvm_node *node,
          const char *format)
{
    if (!has_value(domain, from, node)) {
        return FALSE;
    }
    if (node->kind != CVM_NODE_SCALAR) {
        reject(domain, from, node, format);
    }
    return node->kind == CVM_NODE_SCALAR;
}

static void
reject_word(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_from *from,
            const struct cvm_node *node)
{
    g_autofree char *path = NULL;
    g_autofree char *list = g_strjoinv("', '", (char **)field->words);
    const char *closest = cvm_closest(node->text, field->words);
    g_autofree char *fix = closest ? g_strdup_printf("%s: %s", field->key, closest) : NULL;

    invalidate(from, node);
    if (cvm_profile_is_full(domain)) {
        return;
    }
    path = cvm_node_path(node);
    if (closest) {
        cvm_profile_complain(
            domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, fix,
            _("'%1$s' cannot be '%2$s'; did you mean '%3$s'? It is one of '%4$s'."), path,
            cvm_quote(domain->arena, node->text), closest, list);
    } else {
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, NULL,
                             _("'%1$s' cannot be '%2$s'; it is one of '%3$s'."), path,
                             cvm_quote(domain->arena, node->text), list);
    }
}

/* A plain word that YAML itself takes for something else. */
static gboolean
is_plain_text(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_from *from,
              const struct cvm_node *node)
{
    uint64_t number;

    if (node->quoted) {
        return TRUE;
    }
    if (cvm_plain_is_boolean(node->text)) {
        reject(domain, from, node,
               _("'%1$s' is a text, but YAML may read %2$s as a truth value; write '%2$s' in "
                 "quotes."));
        return FALSE;
    }
    if (!cvm_plain_is_number(node->text) ||
        ((field->flags & CVM_FIELD_NUMBER) && (cvm_field_has_word(field, node->text) ||
                                               (!field->words && node->text[1] != 'x' &&
                                                cvm_plain_parse_number(node->text, &number))))) {
        return TRUE;
    }
    reject(domain, from, node,
           _("'%1$s' is a text, but YAML reads %2$s as a number; write '%2$s' in quotes."));
    return FALSE;
}

static gboolean
matches_pattern(const char *pattern, const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOLLAR_ENDONLY, 0, NULL);

    g_assert(regex);
    return g_regex_match(regex, text, 0, NULL);
}

static gboolean
matches(const struct cvm_text_format *format, const char *text, char **reason)
{
    if (format->matches ? !format->matches(text)
                        : format->pattern != NULL && !matches_pattern(format->pattern, text)) {
        return FALSE;
    }
    return !format->check || format->check(text, reason);
}

static gboolean
has_format(struct cvm_domain *domain, const struct cvm_text_format *format, struct cvm_from *from,
           const struct cvm_node *node)
{
    g_autofree char *reason = NULL;
    g_autofree char *path = NULL;

    if (matches(format, node->text, &reason)) {
        return TRUE;
    }
    invalidate(from, node);
    if (cvm_profile_is_full(domain)) {
        return FALSE;
    }
    path = cvm_node_path(node);
    if (reason) {
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, NULL,
                             _("'%1$s' must be %2$s: %3$s."), path, _(format->noun), reason);
    } else {
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, NULL,
                             _("'%1$s' must be %2$s, not '%3$s'."), path, _(format->noun),
                             cvm_quote(domain->arena, node->text));
    }
    return FALSE;
}

static void
read_text(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_text *text = to;
    struct cvm_from *from = &text->from;
    gboolean judged = (field->flags & CVM_FIELD_JUDGED) != 0;

    if (!is_scalar(domain, from, node, _("'%1$s' must be a text, not %2$s.")) ||
        !is_plain_text(domain, field, from, node)) {
        return;
    }
    if (field->words && !judged && !cvm_field_has_word(field, node->text)) {
        reject_word(domain, field, from, node);
        return;
    }
    if (field->format && !judged && !has_format(domain, field->format, from, node)) {
        return;
    }
    set_from(from, node);
    text->value = node->text;
}

static void
read_flag(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_flag *flag = to;

    (void)field;
    if (!is_scalar(domain, &flag->from, node, _("'%1$s' must be true or false, not %2$s."))) {
        return;
    }
    if (node->quoted) {
        reject(domain, &flag->from, node,
               _("'%1$s' must be true or false; '%2$s' in quotes is a text."));
    } else if (g_str_equal(node->text, "true") || g_str_equal(node->text, "false")) {
        set_from(&flag->from, node);
        flag->value = node->text[0] == 't';
    } else if (cvm_plain_is_boolean(node->text)) {
        reject(domain, &flag->from, node,
               _("'%1$s' must be true or false; '%2$s' is a truth value to some YAML readers and "
                 "a text to others."));
    } else {
        reject(domain, &flag->from, node, _("'%1$s' must be true or false, not '%2$s'."));
    }
}

static void
check_range(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_uint *number,
            const struct cvm_node *node)
{
    g_autofree char *path = NULL, *least = NULL, *most = NULL;

    if (number->value >= field->least && (field->most == 0 || number->value <= field->most)) {
        return;
    }
    invalidate(&number->from, node);
    if (cvm_profile_is_full(domain)) {
        return;
    }
    path = cvm_node_path(node);
    least = g_strdup_printf("%" G_GUINT64_FORMAT, field->least);
    most = g_strdup_printf("%" G_GUINT64_FORMAT, field->most);
    if (field->most == 0) {
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, NULL,
                             _("'%1$s' must be at least %2$s, not '%3$s'."), path, least,
                             cvm_quote(domain->arena, node->text));
    } else {
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, FALSE, NULL,
                             _("'%1$s' must be between %2$s and %3$s, not '%4$s'."), path, least,
                             most, cvm_quote(domain->arena, node->text));
    }
}

static void
read_uint(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_uint *number = to;

    if (!is_scalar(domain, &number->from, node, _("'%1$s' must be a whole number, not %2$s."))) {
        return;
    }
    if (node->quoted) {
        reject(domain, &number->from, node,
               _("'%1$s' must be a whole number; '%2$s' in quotes is a text."));
    } else if (cvm_plain_parse_number(node->text, &number->value)) {
        set_from(&number->from, node);
        check_range(domain, field, number, node);
    } else if (cvm_plain_is_number(node->text)) {
        reject(domain, &number->from, node,
               _("'%1$s' must be a whole number in decimal, or in hexadecimal after 0x; YAML "
                 "readers disagree about '%2$s'."));
    } else {
        reject(domain, &number->from, node, _("'%1$s' must be a whole number, not '%2$s'."));
    }
}

static void
read_size(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_uint *size = to;

    if (!is_scalar(domain, &size->from, node, _("'%1$s' must be a size like '8GiB', not %2$s."))) {
        return;
    }
    switch (cvm_size_parse(node->text, &size->value)) {
    case CVM_SIZE_OK:
        set_from(&size->from, node);
        check_range(domain, field, size, node);
        break;
    case CVM_SIZE_NO_UNIT:
        reject(domain, &size->from, node,
               _("'%1$s' needs a unit: '%2$s' could be bytes, KiB or MiB; write '%2$sMiB'."));
        break;
    case CVM_SIZE_AMBIGUOUS:
        reject(domain, &size->from, node,
               _("'%1$s' needs a unit with one meaning: '%2$s' could count by 1000 or by 1024; "
                 "write KiB, MiB, GiB or TiB."));
        break;
    case CVM_SIZE_OVERFLOW:
        reject(domain, &size->from, node, _("'%1$s' is too large: '%2$s' exceeds 64 bits."));
        break;
    default:
        reject(domain, &size->from, node,
               _("'%1$s' must be a whole number with a unit B, KiB, MiB, GiB or TiB, not '%2$s'."));
        break;
    }
}

static void
read_pin(struct cvm_domain *domain, struct cvm_pin *pin, const struct cvm_node *node)
{
    const struct cvm_field *cpuset =
        cvm_field_find(cvm_field_find(&cvm_profile_table, "vcpu")->table, "cpuset");

    set_from(&pin->from, node);
    if (cvm_plain_parse_number(node->name, &pin->id.value) && node->name[1] != 'x') {
        set_from(&pin->id.from, node);
    } else {
        invalidate(&pin->id.from, node);
        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, node, TRUE, NULL,
                             _("'%s' must be the number of a virtual CPU or I/O thread."),
                             cvm_quote(domain->arena, node->name));
    }
    read_text(domain, cpuset, &pin->cpuset, node);
}

static gboolean
has_room(struct cvm_domain *domain, struct cvm_from *from, const struct cvm_node *node,
         unsigned limit)
{
    if (cvm_node_count(node) <= limit) {
        return TRUE;
    }
    reject(domain, from, node, _("'%1$s' has too many entries; cvmdom-profile(5) has the limits."));
    return FALSE;
}

static void
read_pins(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_list *list = to;
    struct cvm_pin *pins;

    (void)field;
    if (node->kind != CVM_NODE_MAP) {
        reject(domain, &list->from, node,
               _("'%1$s' must be a map like {0: \"4\", 1: \"5-6\"}, not '%2$s'."));
    }
    if (node->kind != CVM_NODE_MAP || !has_room(domain, &list->from, node, CVM_LIMIT_PINS)) {
        return;
    }
    pins = cvm_arena_array(domain->arena, struct cvm_pin, cvm_node_count(node));
    list->items = pins;
    list->count = 0;
    set_from(&list->from, node);
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        read_pin(domain, &pins[list->count++], child);
    }
}

static void
read_field(struct cvm_domain *domain, const struct cvm_field *field, void *base,
           const struct cvm_node *node);

/* A map, or a scalar that stands for one, into a struct. FALSE when it is neither. */
static gboolean
read_struct(struct cvm_domain *domain, const struct cvm_table *table, struct cvm_from *from,
            void *base, const struct cvm_node *node)
{
    const struct cvm_field *shorthand =
        node->kind == CVM_NODE_SCALAR ? cvm_field_shorthand(table, node->text) : NULL;

    if (node->kind == CVM_NODE_MAP) {
        set_from(from, node);
        cvm_profile_read_map(domain, table, base, node);
        return TRUE;
    }
    if (cvm_plain_is_null(node) || !shorthand) {
        is_scalar(domain, from, node, _("'%1$s' must be a map, not %2$s."));
        if (!cvm_plain_is_null(node) && node->kind == CVM_NODE_SCALAR) {
            reject(domain, from, node, _("'%1$s' must be a map, not '%2$s'."));
        }
        return FALSE;
    }
    set_from(from, node);
    read_field(domain, shorthand, base, node);
    return TRUE;
}

static void
read_map(struct cvm_domain *domain, const struct cvm_field *field, void *to,
         const struct cvm_node *node)
{
    struct cvm_from unused = { .origin = CVM_UNSET };
    struct cvm_from *from = field->flags & CVM_FIELD_FLAT ? &unused : to;

    read_struct(domain, field->table, from, to, node);
}

/* true and false in place of a list. */
static gboolean
read_bare(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_list *list,
          const struct cvm_node *node)
{
    gboolean one = node->kind == CVM_NODE_SCALAR && g_str_equal(node->text, "true");

    if (!(field->flags & CVM_FIELD_BARE) || node->kind != CVM_NODE_SCALAR || node->quoted ||
        !(one || g_str_equal(node->text, "false"))) {
        return FALSE;
    }
    set_from(&list->from, node);
    list->count = one ? 1 : 0;
    list->items = one ? cvm_arena_alloc(domain->arena, field->table->size) : NULL;
    if (one) {
        set_from(list->items, node);
    }
    return TRUE;
}

static void
read_item(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_list *list,
          const struct cvm_node *node)
{
    char *item = (char *)list->items + list->count * field->table->size;

    memset(item, 0, field->table->size);
    if (read_struct(domain, field->table, (struct cvm_from *)item, item, node)) {
        list->count++;
    }
}

static void
read_list(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_list *list = to;
    gboolean many = node->kind == CVM_NODE_LIST;
    unsigned count = many ? cvm_node_count(node) : 1;

    if (read_bare(domain, field, list, node)) {
        return;
    }
    if ((field->flags & CVM_FIELD_BARE) && node->kind == CVM_NODE_SCALAR &&
        !cvm_plain_is_null(node)) {
        reject(domain, &list->from, node,
               _("'%1$s' must be true, false, a map or a list of maps, not '%2$s'."));
        return;
    }
    if (many && !has_room(domain, &list->from, node, CVM_LIMIT_ITEMS)) {
        return;
    }
    set_from(&list->from, node);
    list->items = cvm_arena_alloc(domain->arena, count * field->table->size);
    list->count = 0;
    if (!many) {
        read_item(domain, field, list, node);
    }
    for (const struct cvm_node *child = many ? node->children : NULL; child; child = child->next) {
        read_item(domain, field, list, child);
    }
    if (count > 0 && list->count == 0) {
        list->from.origin = CVM_INVALID;
    }
}

static void
read_policy(struct cvm_domain *domain, const struct cvm_field *field, void *to,
            const struct cvm_node *node)
{
    struct cvm_uint *policy = to;

    if (has_value(domain, &policy->from, node)) {
        cvm_profile_read_policy(domain, field, policy, node);
    }
}

static void
read_blob(struct cvm_domain *domain, const struct cvm_field *field, void *to,
          const struct cvm_node *node)
{
    struct cvm_blob *blob = to;

    if (has_value(domain, &blob->from, node)) {
        cvm_profile_read_blob(domain, field, blob, node);
    }
}

static const read_fn readers[] = {
    [CVM_FIELD_TEXT] = read_text, [CVM_FIELD_FLAG] = read_flag, [CVM_FIELD_UINT] = read_uint,
    [CVM_FIELD_SIZE] = read_size, [CVM_FIELD_BLOB] = read_blob, [CVM_FIELD_POLICY] = read_policy,
    [CVM_FIELD_PINS] = read_pins, [CVM_FIELD_MAP] = read_map,   [CVM_FIELD_LIST] = read_list,
    [CVM_FIELD_EXTENDS] = NULL,
};

static void
read_field(struct cvm_domain *domain, const struct cvm_field *field, void *base,
           const struct cvm_node *node)
{
    if (field->kind == CVM_FIELD_EXTENDS) {
        return;
    }
    if (field->auto_offset && node->kind == CVM_NODE_SCALAR && g_str_equal(node->text, "auto")) {
        struct cvm_flag *flag = (struct cvm_flag *)((char *)base + field->auto_offset);

        set_from(&flag->from, node);
        flag->value = TRUE;
        return;
    }
    readers[field->kind](domain, field, (char *)base + field->offset, node);
}

static void
report_unknown(struct cvm_domain *domain, const struct cvm_table *table,
               const struct cvm_node *node)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    const char *closest;

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        if (!(field->flags & CVM_FIELD_SHORT_ONLY)) {
            g_ptr_array_add(keys, (gpointer)field->key);
        }
    }
    g_ptr_array_add(keys, NULL);
    closest = cvm_closest(node->name, (const char *const *)keys->pdata);
    if (cvm_field_find(table, node->name)) {
        cvm_profile_complain(domain, CVM_PROBLEM_UNKNOWN_KEY, node, TRUE, NULL,
                             _("Unknown key '%1$s': its value stands here alone, without a key."),
                             node->name);
    } else if (closest) {
        cvm_profile_complain(domain, CVM_PROBLEM_UNKNOWN_KEY, node, TRUE, closest,
                             _("Unknown key '%1$s'; did you mean '%2$s'?"),
                             cvm_quote(domain->arena, node->name), closest);
    } else {
        g_autofree char *list = g_strjoinv("', '", (char **)keys->pdata);

        cvm_profile_complain(domain, CVM_PROBLEM_UNKNOWN_KEY, node, TRUE, NULL,
                             _("Unknown key '%1$s'; the keys here are '%2$s'."),
                             cvm_quote(domain->arena, node->name), list);
    }
}

static void
report_missing(struct cvm_domain *domain, const struct cvm_table *table, const struct cvm_node *map)
{
    for (const struct cvm_field *field = table->fields; field->key; field++) {
        if ((field->flags & CVM_FIELD_REQUIRED) && !cvm_node_child(map, field->key) &&
            !cvm_profile_is_full(domain)) {
            g_autofree char *path = cvm_node_path(map);

            cvm_profile_complain(domain, CVM_PROBLEM_MISSING_KEY, map, map->name != NULL, NULL,
                                 _("Key '%1$s%2$s%3$s' is missing."), path, *path ? "." : "",
                                 field->key);
        }
    }
}

void
cvm_profile_read_map(struct cvm_domain *domain, const struct cvm_table *table, void *base,
                     const struct cvm_node *map)
{
    for (const struct cvm_node *child = map->children; child; child = child->next) {
        const struct cvm_field *field = cvm_field_find(table, child->name);

        if (field && !(field->flags & CVM_FIELD_SHORT_ONLY)) {
            read_field(domain, field, base, child);
        } else if (!cvm_profile_is_full(domain)) {
            report_unknown(domain, table, child);
        }
    }
    report_missing(domain, table, map);
}
