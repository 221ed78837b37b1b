/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as programs and people may print it. */
#include "util/json.h"

json_t *
cvm_json_text(const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

    return valid ? json_string(valid) : json_null();
}

/* jansson escapes what JSON demands (RFC 8259, section 7: below U+0020); U+007F to U+009F drive a
 * terminal as well, which is where a report may end. In JSON they can only be part of a string,
 * and of a string jansson passes on whole characters. */
static int
append_escaped(const char *buffer, size_t size, void *to)
{
    GString *out = to;

    for (size_t i = 0; i < size; i++) {
        const unsigned char *at = (const unsigned char *)buffer + i;

        if (at[0] == 0x7f) {
            g_string_append(out, "\\u007f");
        } else if (at[0] == 0xc2 && i + 1 < size && at[1] >= 0x80 && at[1] <= 0x9f) {
            g_string_append_printf(out, "\\u%04x", at[1]);
            i++;
        } else {
            g_string_append_c(out, (char)at[0]);
        }
    }
    return 0;
}

void
cvm_json_write(json_t *value, GString *out)
{
    json_dump_callback(value, append_escaped, out, JSON_INDENT(2));
    g_string_append_c(out, '\n');
    json_decref(value);
}

void
cvm_json_append(json_t *value, GString *out)
{
    json_dump_callback(value, append_escaped, out, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
}
