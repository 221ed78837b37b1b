/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tags as the source has them, beside what libxml2 tells of them. */
#ifndef CVM_READ_XML_TAGS_H
#define CVM_READ_XML_TAGS_H

#include <libxml/parser.h>

#include "read/cursor.h"

/* A name as the source has it, once for all nodes: libxml2 tells the same name by the same
 * pointers. text is NULL where nothing is known yet. */
struct cvm_xml_name {
    const xmlChar *local, *prefix;
    const char *text;
    size_t length;
};

/* Names that are remembered; one that falls on the place of another replaces it. */
enum { CVM_XML_NAMES_BITS = 10, CVM_XML_NAMES = 1 << CVM_XML_NAMES_BITS };

struct cvm_xml_names {
    struct cvm_xml_name known[CVM_XML_NAMES];
    struct cvm_arena *arena; /* of their texts */
    unsigned taken;          /* texts in it */
};

/* An attribute in the source. */
struct cvm_xml_token {
    const char *name, *name_end, *value, *value_end;
    const char *known;    /* the name, where it is among the known ones */
    const xmlChar **told; /* libxml2's; NULL for a namespace declaration */
};

/* libxml2's attributes of a tag, five pointers each; namespace declarations are not among them. */
struct cvm_xml_told {
    const struct cvm_xml_names *names;
    const xmlChar **attributes;
    int count, expected;
};

static inline gboolean
cvm_xml_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline const char *
cvm_xml_skip_blanks(const char *at, const char *end)
{
    while (at < end && cvm_xml_is_blank(*at)) {
        at++;
    }
    return at;
}

const char *
cvm_xml_skip_name(const char *at, const char *end);

/* Behind the comment, processing instruction or CDATA section that starts at a '<', NULL when it is
 * none. */
const char *
cvm_xml_skip_other(const char *at, const char *end);

/* The '<' of the next start tag, or end tag; NULL when there is none. */
const char *
cvm_xml_find_tag(const char *at, const char *end, gboolean end_tag);

/* The attribute at or after *at; FALSE at the end of the start tag (or of what is well formed). */
gboolean
cvm_xml_next_attribute(const char **at, const char *end, struct cvm_xml_told *told,
                       struct cvm_xml_token *token);

/* The name that stands at a place, and which libxml2 calls so; local NULL when it does not tell.
 * The arena's of the names. */
const char *
cvm_xml_take_name(struct cvm_xml_names *names, const xmlChar *local, const xmlChar *prefix,
                  const char *at, size_t length);
/* The same, which leads behind it. */
const char *
cvm_xml_next_name(struct cvm_xml_names *names, const xmlChar *local, const xmlChar *prefix,
                  const char **at, const char *end);
const char *
cvm_xml_token_name(struct cvm_xml_names *names, const struct cvm_xml_token *token);

#endif
