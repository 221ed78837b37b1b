/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 4648, section 4. GLib's decoder passes over what is no digit, and so takes its time. */
#include "util/base64.h"

#include <string.h>

/* Of a digit its value and DIGIT; of any other character 0. */
enum { DIGIT = 0x40 };

static guchar
value_of(guchar c)
{
    static const guchar values[256] = {
        /* clang-format off */
        ['A'] = 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53,
        0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
        ['a'] = 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
        0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73,
        ['0'] = 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d,
        ['+'] = 0x7e, ['/'] = 0x7f,
        /* clang-format on */
    };

    return values[c];
}

/* The bits of four digits, at most two of which at the end are padding; FALSE for anything else. */
static gboolean
decode_four(const guchar *text, guint padding, guint32 *bits)
{
    guchar a = value_of(text[0]), b = value_of(text[1]);
    guchar c = padding > 1 ? DIGIT : value_of(text[2]);
    guchar d = padding > 0 ? DIGIT : value_of(text[3]);

    *bits = (guint32)(a & 0x3f) << 18 | (guint32)(b & 0x3f) << 12 | (guint32)(c & 0x3f) << 6 |
            (d & 0x3f);
    return (a & b & c & d & DIGIT) != 0;
}

/* Of whole groups of four. to may be text itself, which it never overtakes. */
static gboolean
decode(const char *text, size_t length, guchar *to, size_t *size)
{
    guint padding = text[length - 1] != '=' ? 0 : text[length - 2] != '=' ? 1 : 2;
    guchar *at = to;
    guint32 bits;

    for (size_t i = 0; i < length; i += 4) {
        guint left_out = i + 4 == length ? padding : 0;

        if (!decode_four((const guchar *)text + i, left_out, &bits)) {
            return FALSE;
        }
        *at++ = (guchar)(bits >> 16);
        if (left_out < 2) {
            *at++ = (guchar)(bits >> 8);
        }
        if (left_out < 1) {
            *at++ = (guchar)bits;
        }
    }
    *size = (size_t)(at - to);
    return TRUE;
}

/* Something, and whole groups of four. */
static gboolean
has_length(size_t length)
{
    return length > 0 && length % 4 == 0;
}

guchar *
cvm_base64_decode(const char *text, size_t *size)
{
    size_t length = strlen(text);
    g_autofree guchar *bytes = has_length(length) ? g_malloc(length / 4 * 3) : NULL;

    return bytes && decode(text, length, bytes, size) ? g_steal_pointer(&bytes) : NULL;
}

gboolean
cvm_base64_decode_in_place(char *text, size_t *size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(text), count = strspn(text, digits);

    /* What is malformed stays as it is, so nothing is written before all was seen. */
    return has_length(length) && count + strspn(text + count, "=") == length &&
           length - count <= 2 && decode(text, length, (guchar *)text, size);
}
