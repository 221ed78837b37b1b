/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 4648, section 4. GLib's decoder passes over what is no digit, and so takes its time. */
#include "util/base64.h"

#include <string.h>

/* Of a digit its value and DIGIT; of any other character 0. */
enum { DIGIT = 0x40 };

static inline guchar
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

/* The bits of four digits; FALSE where one is none. */
static inline gboolean
decode_four(const guchar *text, guint32 *bits)
{
    guchar a = value_of(text[0]), b = value_of(text[1]);
    guchar c = value_of(text[2]), d = value_of(text[3]);

    *bits = (guint32)(a & 0x3f) << 18 | (guint32)(b & 0x3f) << 12 | (guint32)(c & 0x3f) << 6 |
            (d & 0x3f);
    return (a & b & c & d & DIGIT) != 0;
}

/* The last four, at most two of which are padding. Returns how many bytes, 0 where one is no digit.
 */
static size_t
decode_last(const char *text, guchar *to)
{
    guchar group[4] = { (guchar)text[0], (guchar)text[1], (guchar)text[2], (guchar)text[3] };
    size_t count = text[3] != '=' ? 3 : text[2] != '=' ? 2 : 1;
    guint32 bits;

    for (size_t i = count + 1; i < 4; i++) {
        group[i] = 'A';
    }
    if (!decode_four(group, &bits)) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        to[i] = (guchar)(bits >> (16 - 8 * i));
    }
    return count;
}

/* Of whole groups of four. to may be text itself, which it never overtakes. */
static gboolean
decode(const char *text, size_t length, guchar *to, size_t *size)
{
    const char *last = text + length - 4;
    guchar *at = to;
    guint32 bits;
    size_t count;

    for (; text < last; text += 4, at += 3) {
        if (!decode_four((const guchar *)text, &bits)) {
            return FALSE;
        }
        at[0] = (guchar)(bits >> 16);
        at[1] = (guchar)(bits >> 8);
        at[2] = (guchar)bits;
    }
    count = decode_last(last, at);
    *size = (size_t)(at - to) + count;
    return count > 0;
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
