/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One tree for what libyaml and libxml2 read. Every value of the model points back into it, so a
 * rule that is written once finds the line of a YAML profile and of somebody's XML alike. */
#ifndef CVM_MODEL_NODE_H
#define CVM_MODEL_NODE_H

#include <glib.h>

#include "util/arena.h"

/* Where bytes came from: a file, standard input, or an override of the command line. */
struct cvm_source {
    const char
        *name; /* as the user would type it; "-" for standard input, "--set" for an override */
    const char *data; /* the whole text as UTF-8, NUL-terminated, for the line under a finding */
    size_t size;
    const char *encoding; /* what the file itself is written in, "UTF-16LE"; NULL: UTF-8 */
    gboolean recoded;     /* its bytes are not those of data: read as UTF-8 it says other things */
};

enum cvm_node_kind {
    CVM_NODE_MAP,       /* YAML mapping; children carry names */
    CVM_NODE_LIST,      /* YAML sequence; children have no names */
    CVM_NODE_SCALAR,    /* YAML scalar; text is its value */
    CVM_NODE_ELEMENT,   /* XML element; text is its own character data, NULL when it has none */
    CVM_NODE_ATTRIBUTE, /* XML attribute; text is its value */
};

struct cvm_node {
    enum cvm_node_kind kind;
    const char
        *name; /* key, element or attribute name; NULL for the root and for items of a list */
    const char *text;
    gboolean
        quoted; /* YAML: written in quotes or as a block, hence a string whatever it looks like */
    gboolean blank; /* XML: an element with white space and nothing else, of which text is NULL */
    const struct cvm_source *source;
    unsigned line, column; /* of the value, from 1, in characters; 0 when it has no place */
    unsigned name_line, name_column; /* of the key */
    /* XML: bytes from the start of source->data. An element reaches from its '<' (start) to behind
     * its end tag (end), and its content begins at inner, which is end for <a/>; an attribute from
     * its name to behind its closing quote, and its value begins at inner. */
    unsigned start, inner, end;
    struct cvm_node *parent;
    struct cvm_node *next;       /* sibling */
    struct cvm_node *children;   /* first child: member, item or element */
    struct cvm_node *last_child; /* so that appending is cheap however long the list is */
    struct cvm_node *attributes; /* first attribute, a list of its own */
};

/* Appends to parent (which may be NULL); an attribute goes to the attributes. */
struct cvm_node *
cvm_node_new(struct cvm_arena *arena, enum cvm_node_kind kind, struct cvm_node *parent,
             const char *name);

/* Appends a node without a parent to the children of one. */
void
cvm_node_append(struct cvm_node *parent, struct cvm_node *node);

/* A deep copy without a parent, keeping its places; NULL when it is deeper than depth levels or
 * would take more than *budget nodes, which it counts down. */
struct cvm_node *
cvm_node_copy(struct cvm_arena *arena, const struct cvm_node *node, unsigned depth,
              unsigned *budget);

/* Borrowed; NULL when there is none. Children and attributes are looked up by exact name. */
struct cvm_node *
cvm_node_child(const struct cvm_node *node, const char *name);
struct cvm_node *
cvm_node_attribute(const struct cvm_node *node, const char *name);
/* Text of the child or attribute, NULL when there is none. */
const char *
cvm_node_child_text(const struct cvm_node *node, const char *name);
const char *
cvm_node_attribute_text(const struct cvm_node *node, const char *name);
unsigned
cvm_node_count(const struct cvm_node *node);

/* The element or attribute of XML that starts at a byte of the source, at or below root. */
const struct cvm_node *
cvm_node_find_start(const struct cvm_node *root, unsigned start);

/* "devices.disk[1].source" in YAML (what --set takes), "/domain/devices/disk[2]/source/@file" in
 * XML; a key that is overlong is cut as in messages. The caller's to g_free(). */
char *
cvm_node_path(const struct cvm_node *node);

/* Which of how many siblings of its name a node is. */
struct cvm_node_twin {
    const struct cvm_node *node; /* NULL: nothing known */
    unsigned index, total;
};

enum { CVM_NODE_TWINS = 16 }; /* levels whose last node is remembered; domain XML has less */

/* The same, for many nodes of a tree: twins has CVM_NODE_TWINS, zero at first, and keeps what one
 * call finds for the next. */
char *
cvm_node_path_among(const struct cvm_node *node, struct cvm_node_twin *twins);

#endif
