/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/guid.h"

#include <string.h>

/* Where each byte's two digits stand in the text. */
static const unsigned char digits_at[CVM_GUID_SIZE] = { 6,  4,  2,  0,  11, 9,  16, 14,
                                                        19, 21, 24, 26, 28, 30, 32, 34 };

static gboolean
is_hyphen(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static gboolean
is_text(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        if (is_hyphen(i) ? text[i] != '-' : !g_ascii_isxdigit(text[i])) {
            return FALSE;
        }
    }
    return text[36] == '\0';
}

gboolean
cvm_guid_parse(const char *text, uint8_t guid[CVM_GUID_SIZE])
{
    if (!is_text(text)) {
        return FALSE;
    }
    for (size_t i = 0; i < CVM_GUID_SIZE; i++) {
        const char *digits = text + digits_at[i];

        guid[i] = (uint8_t)(g_ascii_xdigit_value(digits[0]) << 4 | g_ascii_xdigit_value(digits[1]));
    }
    return TRUE;
}

gboolean
cvm_guid_is(const uint8_t *at, const char *text)
{
    uint8_t guid[CVM_GUID_SIZE];

    return cvm_guid_parse(text, guid) && memcmp(at, guid, CVM_GUID_SIZE) == 0;
}
