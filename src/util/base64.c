/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/base64.h"

#include <string.h>

static gboolean
is_base64(const char *text)
{
    size_t length = strlen(text);
    size_t digits =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(text + digits, "=");

    return length > 0 && length % 4 == 0 && padding <= 2 && digits + padding == length;
}

guchar *
cvm_base64_decode(const char *text, size_t *size)
{
    return is_base64(text) ? g_base64_decode(text, size) : NULL;
}

gboolean
cvm_base64_decode_in_place(char *text, size_t *size)
{
    return is_base64(text) && g_base64_decode_inplace(text, size);
}
