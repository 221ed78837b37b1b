/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/base64.h"

#include <string.h>

size_t
cvm_base64_size(const char *text)
{
    size_t length = strlen(text);
    size_t digits =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(text + digits, "=");

    return length % 4 == 0 && padding <= 2 && digits + padding == length ? length / 4 * 3 - padding
                                                                         : 0;
}

guchar *
cvm_base64_decode(const char *text, size_t *size)
{
    return cvm_base64_size(text) > 0 ? g_base64_decode(text, size) : NULL;
}

gboolean
cvm_base64_decode_in_place(char *text, size_t *size)
{
    return cvm_base64_size(text) > 0 && g_base64_decode_inplace(text, size);
}
