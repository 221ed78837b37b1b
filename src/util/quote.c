/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/quote.h"

int
cvm_quote_length(const char *text)
{
    const char *at = text;

    for (int i = 0; i < CVM_QUOTE_MAX && *at; i++) {
        do {
            at++;
        } while (((unsigned char)*at & 0xc0) == 0x80); /* RFC 3629, section 3: 10xxxxxx goes on */
    }
    return (int)(at - text);
}

const char *
cvm_quote(struct cvm_arena *arena, const char *text)
{
    int length = cvm_quote_length(text);

    return text[length] ? cvm_arena_printf(arena, "%.*s…", length, text) : text;
}
