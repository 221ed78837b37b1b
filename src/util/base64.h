/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CVM_UTIL_BASE64_H
#define CVM_UTIL_BASE64_H

#include <glib.h>
#include <stddef.h>

/* Base64 as QEMU's qbase64_decode() takes it, with all its padding and nothing between; GLib's
 * decoder by itself skips what it does not know. The caller's to g_free(); NULL when malformed or
 * empty. g_base64_encode() writes it. */
guchar *
cvm_base64_decode(const char *text, size_t *size);
/* How many bytes that would be; 0 when malformed or empty. */
size_t
cvm_base64_size(const char *text);
/* The same in the text's own place, so that there is no copy of a secret; FALSE, and the text as it
 * was, when malformed or empty. */
gboolean
cvm_base64_decode_in_place(char *text, size_t *size);

#endif
