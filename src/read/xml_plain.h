/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CVM_READ_XML_PLAIN_H
#define CVM_READ_XML_PLAIN_H

#include "model/node.h"

/* The tree of cvm_xml_parse(), for text that is ASCII without NUL and written as most is; NULL
 * where libxml2 has to be asked: it may be well-formed, or not. What is taken from the arena then
 * stays there unused. */
struct cvm_node *
cvm_xml_plain_parse(struct cvm_arena *arena, const struct cvm_source *source);

#endif
