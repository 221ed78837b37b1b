/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes XML into a buffer: balanced by construction, indented by two spaces, well-formed for any
 * bytes that it is given as text. Element and attribute names are the program's own. */
#ifndef CVM_UTIL_XML_OUT_H
#define CVM_UTIL_XML_OUT_H

#include <glib.h>
#include <stdint.h>

enum { CVM_XML_DEPTH = 16 }; /* of what is written, not of any input */

struct cvm_xml_level {
    const char *name;
    gsize start; /* of the element in the buffer, the end of its parent's tag included */
    gsize named; /* the buffer's length right after its name */
    gboolean parent_was_bare; /* the parent's start tag was still open */
};

struct cvm_xml {
    GString *out;
    struct cvm_xml_level level[CVM_XML_DEPTH];
    unsigned depth;
    gboolean bare;    /* the start tag is open: attributes may follow */
    gboolean inlined; /* the element holds text: its end tag stays on the line */
};

/* Any bytes as text, or as an attribute's value between either kind of quotes. */
void
cvm_xml_escape(GString *out, const char *text, gboolean attribute);

void
cvm_xml_init(struct cvm_xml *xml, GString *out);
void
cvm_xml_start(struct cvm_xml *xml, const char *name);
void
cvm_xml_end(struct cvm_xml *xml);
/* As cvm_xml_end(), but an element without attribute and content leaves no trace. */
void
cvm_xml_end_unless_empty(struct cvm_xml *xml);

/* Attributes of the element started last, before its content. */
void
cvm_xml_attribute(struct cvm_xml *xml, const char *name, const char *value);
void
cvm_xml_attribute_uint(struct cvm_xml *xml, const char *name, uint64_t value);
void
cvm_xml_attribute_format(struct cvm_xml *xml, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Content of the open element: text, or the text of one more element. */
void
cvm_xml_text(struct cvm_xml *xml, const char *text);
void
cvm_xml_text_uint(struct cvm_xml *xml, uint64_t number);
void
cvm_xml_element(struct cvm_xml *xml, const char *name, const char *text);
/* XML that is known to be well-formed, on lines of its own. */
void
cvm_xml_fragment(struct cvm_xml *xml, const char *fragment);

#endif
