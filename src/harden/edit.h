/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes to a text that was read as XML: a list of byte ranges and what comes in their place. All
 * else stays as it is, byte for byte; what comes in looks like what is around it. */
#ifndef CVM_HARDEN_EDIT_H
#define CVM_HARDEN_EDIT_H

#include "model/node.h"

struct cvm_edit {
    size_t start, end; /* bytes of the source; the same for what is put between two */
    char *text;
    guint order;
};

struct cvm_edits {
    const struct cvm_source *source;
    GArray *items; /* of struct cvm_edit */
};

struct cvm_edits *
cvm_edits_new(const struct cvm_source *source);
void
cvm_edits_free(struct cvm_edits *edits);
CVM_DEFINE_AUTO(edits)

/* Those from number mark on belong together; the ones before are settled. Where one of them touches
 * what a settled one changes, all of them are dropped and FALSE is returned. What is settled
 * already is not kept twice, and nothing inside of what goes as a whole. Settled edits are sorted.
 */
gboolean
cvm_edits_settle(struct cvm_edits *edits, guint mark);
/* Whether one of them changes or removes the whole element. */
gboolean
cvm_edits_cover(const struct cvm_edits *edits, const struct cvm_node *element);

/* Bytes in place of others; text is taken over. */
void
cvm_edit_replace(struct cvm_edits *edits, size_t start, size_t end, char *text);

/* edit_xml.c */

/* The start tag keeps its quotes and white space. */
void
cvm_edit_set_attribute(struct cvm_edits *edits, const struct cvm_node *element, const char *name,
                       const char *value);
void
cvm_edit_remove_attribute(struct cvm_edits *edits, const struct cvm_node *attribute);
/* An element (both its tags) or an attribute gets another name. */
void
cvm_edit_rename(struct cvm_edits *edits, const struct cvm_node *node, const char *name);
/* Text in place of what an element holds; comments before and behind it stay. */
void
cvm_edit_set_text(struct cvm_edits *edits, const struct cvm_node *element, const char *text);
/* A fragment behind one of the children, or before all of them (NULL). It is indented by two spaces
 * a level and its lines end in "\n"; what is written follows the document. */
void
cvm_edit_insert(struct cvm_edits *edits, const struct cvm_node *parent,
                const struct cvm_node *after, const char *fragment);
/* The element, with its line when it stands alone there. */
void
cvm_edit_remove(struct cvm_edits *edits, const struct cvm_node *element);
/* The children of these names; where nothing is left, the element is written as <a/>. */
void
cvm_edit_remove_children(struct cvm_edits *edits, const struct cvm_node *element,
                         const char *const *names);
/* Whether an element holds nothing but one child and white space. */
gboolean
cvm_edit_is_alone(const struct cvm_source *source, const struct cvm_node *child);

#endif
