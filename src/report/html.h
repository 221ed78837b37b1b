/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes HTML into a buffer, such that an XML parser reads the same from it: balanced by
 * construction, void elements closed, all other elements with an end tag of their own. Names of
 * elements and attributes are the program's own; texts may be any bytes. */
#ifndef CVM_REPORT_HTML_H
#define CVM_REPORT_HTML_H

#include <glib.h>

enum { CVM_HTML_DEPTH = 24 }; /* of what is written, not of any input */

struct cvm_html {
    GString *out;
    const char *open[CVM_HTML_DEPTH];
    unsigned depth;
    gboolean bare; /* the start tag is open: attributes may follow */
};

/* kind: its class; NULL for none. */
void
cvm_html_start(struct cvm_html *html, const char *name, const char *kind);
void
cvm_html_end(struct cvm_html *html);
void
cvm_html_end_many(struct cvm_html *html, unsigned count);

/* Attributes of the element started last, before its content. */
void
cvm_html_attribute(struct cvm_html *html, const char *name, const char *value);
void
cvm_html_attribute_format(struct cvm_html *html, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Control characters and those that change the direction of writing are U+FFFD: a name cannot make
 * its surroundings read as something else. */
void
cvm_html_text(struct cvm_html *html, const char *text);
void
cvm_html_text_format(struct cvm_html *html, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* An element of text. */
void
cvm_html_element(struct cvm_html *html, const char *name, const char *kind, const char *text);
/* Text from an input, whose own direction of writing ends with it. */
void
cvm_html_name(struct cvm_html *html, const char *name);
/* As it is: well-formed in HTML and in XML. */
void
cvm_html_raw(struct cvm_html *html, const char *markup);

#endif
