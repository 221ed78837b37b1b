/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as programs and people may print it. Compiled into libcvm-core and into the command, and not
 * part of libcvm-util: the other libraries need no jansson. */
#ifndef CVM_UTIL_JSON_H
#define CVM_UTIL_JSON_H

#include <glib.h>
#include <jansson.h>

/* Text as JSON can hold it (what is no UTF-8 becomes U+FFFD); null for NULL. */
json_t *
cvm_json_text(const char *text);
/* Writes value, indented and with a line end, and frees it. No control character of a text is
 * written as such. */
void
cvm_json_write(json_t *value, GString *out);

/* The same in one line, without a line end. */
void
cvm_json_append(json_t *value, GString *out);

#endif
