/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/xml_tags.h"

#include <stdint.h>

static const gboolean ends_name[256] = {
    [' '] = TRUE, ['\t'] = TRUE, ['\n'] = TRUE, ['\r'] = TRUE, ['='] = TRUE,
    ['/'] = TRUE, ['>'] = TRUE,  ['<'] = TRUE,  ['"'] = TRUE,  ['\''] = TRUE,
};

/* ---- names ---- */

/* Knuth's multiplicative hash: libxml2 lays names one behind the other. */
static inline size_t
place_of(const xmlChar *local, const xmlChar *prefix)
{
    const uint64_t key = (uint64_t)(uintptr_t)local + (uint64_t)(uintptr_t)prefix;

    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - CVM_XML_NAMES_BITS));
}

static inline const struct cvm_xml_name *
find_name(const struct cvm_xml_names *names, const xmlChar *local, const xmlChar *prefix)
{
    const struct cvm_xml_name *name = &names->known[place_of(local, prefix)];

    return name->local == local && name->prefix == prefix ? name : NULL;
}

const char *
cvm_xml_take_name(struct cvm_xml_names *names, const xmlChar *local, const xmlChar *prefix,
                  const char *at, size_t length)
{
    struct cvm_xml_name *name = &names->known[place_of(local, prefix)];

    if (name->local != local || name->prefix != prefix || name->length != length ||
        memcmp(name->text, at, length) != 0) {
        *name = (struct cvm_xml_name){ local, prefix, cvm_arena_strndup(names->arena, at, length),
                                       length };
        names->taken++;
    }
    return name->text;
}

const char *
cvm_xml_next_name(struct cvm_xml_names *names, const xmlChar *local, const xmlChar *prefix,
                  const char **at, const char *end)
{
    const struct cvm_xml_name *known = find_name(names, local, prefix);
    const char *start = *at;

    if (known && known->length < (size_t)(end - start) && ends_name[(guchar)start[known->length]] &&
        memcmp(start, known->text, known->length) == 0) {
        *at = start + known->length;
        return known->text;
    }
    *at = cvm_xml_skip_name(start, end);
    return cvm_xml_take_name(names, local, prefix, start, (size_t)(*at - start));
}

const char *
cvm_xml_token_name(struct cvm_xml_names *names, const struct cvm_xml_token *token)
{
    const xmlChar **told = token->told;

    return token->known ? token->known
                        : cvm_xml_take_name(names, told ? told[0] : NULL, told ? told[1] : NULL,
                                            token->name, (size_t)(token->name_end - token->name));
}

/* ---- tags ---- */

const char *
cvm_xml_skip_other(const char *at, const char *end)
{
    static const struct {
        const char *open, *close;
    } kinds[] = { { "<!--", "-->" }, { "<?", "?>" }, { "<![CDATA[", "]]>" } };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && at < end && *at == '<'; i++) {
        if (cvm_starts_with(at, end, kinds[i].open)) {
            return cvm_skip_past(at + strlen(kinds[i].open), end, kinds[i].close);
        }
    }
    return NULL;
}

const char *
cvm_xml_find_tag(const char *at, const char *end, gboolean end_tag)
{
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        gboolean other = at + 1 < end && (at[1] == '!' || at[1] == '?'); /* most are tags */
        const char *behind = other ? cvm_xml_skip_other(at, end) : NULL;

        if (behind) {
            at = behind;
        } else if (at + 1 < end && (at[1] == '/') == end_tag && at[1] != '!') {
            return at;
        } else {
            at++;
        }
    }
    return NULL;
}

const char *
cvm_xml_skip_name(const char *at, const char *end)
{
    while (at < end && !ends_name[(unsigned char)*at]) {
        at++;
    }
    return at;
}

static gboolean
is_named(const xmlChar **attribute, const struct cvm_xml_token *token)
{
    const char *local = (const char *)attribute[0], *prefix = (const char *)attribute[1];
    size_t length = (size_t)(token->name_end - token->name);
    size_t prefix_length = prefix ? strlen(prefix) + 1 : 0;

    return length == prefix_length + strlen(local) &&
           (!prefix || (memcmp(token->name, prefix, prefix_length - 1) == 0 &&
                        token->name[prefix_length - 1] == ':')) &&
           memcmp(token->name + prefix_length, local, length - prefix_length) == 0;
}

static const xmlChar **
find_told(struct cvm_xml_told *told, const struct cvm_xml_token *token)
{
    for (int i = 0; i < told->count; i++) {
        int turn = (told->expected + i) % told->count;
        const xmlChar **attribute = told->attributes + (ptrdiff_t)turn * 5;

        if (is_named(attribute, token)) {
            told->expected = turn + 1;
            return attribute;
        }
    }
    return NULL;
}

/* As nearly all attributes are: the next one that libxml2 tells, by a name that is known, its value
 * where the text has it, and nothing around the '='. */
static gboolean
take_expected(struct cvm_xml_token *token, struct cvm_xml_told *told)
{
    const struct cvm_xml_name *name;
    const xmlChar **attribute;

    if (told->expected == told->count) {
        return FALSE;
    }
    attribute = told->attributes + (ptrdiff_t)told->expected * 5;
    token->value = (const char *)attribute[3];
    token->value_end = (const char *)attribute[4];
    name = find_name(told->names, attribute[0], attribute[1]);
    if (!name || token->value != token->name + name->length + strlen("='") ||
        token->name[name->length] != '=') {
        return FALSE;
    }
    token->name_end = token->name + name->length;
    token->known = name->text;
    token->told = attribute;
    told->expected++;
    return TRUE;
}

/* The name that stands here, and what libxml2 tells of it. */
static void
take_attribute_name(struct cvm_xml_token *token, const char *end, struct cvm_xml_told *told)
{
    token->name_end = cvm_xml_skip_name(token->name, end);
    token->known = NULL;
    token->told = token->name_end > token->name ? find_told(told, token) : NULL;
}

gboolean
cvm_xml_next_attribute(const char **at, const char *end, struct cvm_xml_told *told,
                       struct cvm_xml_token *token)
{
    token->name = cvm_xml_skip_blanks(*at, end);
    if (take_expected(token, told)) {
        *at = token->value_end + 1;
        return TRUE;
    }
    take_attribute_name(token, end, told);
    *at = cvm_xml_skip_blanks(token->name_end, end);
    if (token->name == token->name_end || *at == end || **at != '=') {
        return FALSE;
    }
    *at = cvm_xml_skip_blanks(*at + 1, end);
    if (*at == end || (**at != '"' && **at != '\'')) {
        return FALSE;
    }
    token->value = *at + 1;
    token->value_end = memchr(token->value, **at, (size_t)(end - token->value));
    if (!token->value_end) {
        return FALSE;
    }
    *at = token->value_end + 1;
    return TRUE;
}
