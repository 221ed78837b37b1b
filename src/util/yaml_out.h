/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes YAML into a buffer: block style, indented by two spaces, balanced by construction. By hand
 * and not by libyaml's emitter, whose line breaks and document marks differ between its versions.
 * Keys are the program's own. Part of libcvm-core. */
#ifndef CVM_UTIL_YAML_OUT_H
#define CVM_UTIL_YAML_OUT_H

#include <glib.h>
#include <stdint.h>

enum { CVM_YAML_DEPTH = 16 }; /* of what is written, not of any input */

struct cvm_yaml_level {
    const char *key;  /* NULL: an item, or the outermost map */
    gboolean list;    /* its members are items */
    gboolean written; /* its key is; it waits for the first member */
};

struct cvm_yaml {
    GString *out;
    struct cvm_yaml_level level[CVM_YAML_DEPTH];
    unsigned depth;
    gboolean dash; /* the next key is the first of an item */
};

/* What follows are members of a map without a key. */
void
cvm_yaml_init(struct cvm_yaml *yaml, GString *out);
/* Open a map, or a list, as a member; and a map as an item of the open list. */
void
cvm_yaml_map(struct cvm_yaml *yaml, const char *key);
void
cvm_yaml_list(struct cvm_yaml *yaml, const char *key);
void
cvm_yaml_item(struct cvm_yaml *yaml);
/* Closes what was opened last. Without content it becomes {} or [], or leaves no trace; an item has
 * some. */
void
cvm_yaml_end(struct cvm_yaml *yaml);
void
cvm_yaml_end_unless_empty(struct cvm_yaml *yaml);

/* Members. A text is quoted wherever a reader of YAML 1.1 or 1.2 might take it for something else.
 */
void
cvm_yaml_text(struct cvm_yaml *yaml, const char *key, const char *text);
void
cvm_yaml_uint(struct cvm_yaml *yaml, const char *key, uint64_t number);
void
cvm_yaml_flag(struct cvm_yaml *yaml, const char *key, gboolean flag);

#endif
