/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as programs and people may print it. */
#include "util/json.h"

#include "util/visible.h"

json_t *
cvm_json_text(const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

    return valid ? json_string(valid) : json_null();
}

/* A character in JSON's form, which has sixteen bits: those above are two (RFC 8259, section 7). */
static void
append_number(GString *out, gunichar c)
{
    if (c < 0x10000) {
        g_string_append_printf(out, "\\u%04x", c);
    } else {
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
    }
}

/* jansson escapes what JSON demands, which is what is below U+0020; what else nobody would see, or
 * drives the terminal where a report may end, is left. In JSON that can only be part of a string,
 * and of a string jansson passes on whole characters. */
static int
append_escaped(const char *buffer, size_t size, void *to)
{
    GString *out = to;
    const char *plain = buffer, *end = buffer + size;

    for (const char *at = buffer; at < end;) {
        gunichar c = (guchar)*at < 0x7f ? 0 : g_utf8_get_char_validated(at, end - at);
        const char *next = at + 1;

        if (c != 0 && c < (gunichar)-2) {
            next = g_utf8_next_char(at);
            if (cvm_char_is_hidden(c)) {
                g_string_append_len(out, plain, at - plain);
                append_number(out, c);
                plain = next;
            }
        }
        at = next;
    }
    g_string_append_len(out, plain, end - plain);
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
