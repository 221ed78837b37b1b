/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/base64.h"

#include <string.h>

guchar *
cvm_base64_decode(const char *text, size_t *size)
{
    size_t length = strlen(text);
    size_t digits =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(text + digits, "=");

    if (length == 0 || length % 4 != 0 || padding > 2 || digits + padding != length) {
        return NULL;
    }
    return g_base64_decode(text, size);
}
