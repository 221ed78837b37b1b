/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A place in a text that is followed from its beginning: lines and columns count from 1, in
 * characters. Inline, since readers take every byte through it. */
#ifndef CVM_READ_CURSOR_H
#define CVM_READ_CURSOR_H

#include <string.h>

#include "model/node.h"

#define CVM_BYTE_ORDER_MARK "\xef\xbb\xbf"

struct cvm_cursor {
    const char *at, *end;
    const char *line_end; /* the next line feed; end without one */
    unsigned line, column;
    gboolean ascii; /* the text is: a byte is a character */
};

static inline gboolean
cvm_starts_with(const char *at, const char *end, const char *mark)
{
    size_t length = strlen(mark);

    return (size_t)(end - at) >= length && memcmp(at, mark, length) == 0;
}

/* Behind the byte order mark that a text may begin with. */
static inline const char *
cvm_skip_byte_order_mark(const char *text, const char *end)
{
    gboolean marked = cvm_starts_with(text, end, CVM_BYTE_ORDER_MARK);

    return text + (marked ? strlen(CVM_BYTE_ORDER_MARK) : 0);
}

/* Behind the next mark, end when there is none. */
static inline const char *
cvm_skip_past(const char *at, const char *end, const char *mark)
{
    const char *found = g_strstr_len(at, end - at, mark);

    return found ? found + strlen(mark) : end;
}

static inline const char *
cvm_line_end(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));

    return found ? found : end;
}

/* Behind the next such character, end when there is none. */
static inline const char *
cvm_skip_past_char(const char *at, const char *end, char c)
{
    const char *found = memchr(at, c, (size_t)(end - at));

    return found ? found + 1 : end;
}

/* Behind a byte order mark. */
static inline struct cvm_cursor
cvm_cursor_begin(const struct cvm_source *source)
{
    const char *end = source->data + source->size;
    const char *at = cvm_skip_byte_order_mark(source->data, end);

    return (struct cvm_cursor){
        .at = at, .end = end, .line_end = cvm_line_end(at, end), .line = 1, .column = 1
    };
}

static inline void
cvm_cursor_advance(struct cvm_cursor *cursor, const char *to)
{
    while (cursor->line_end < to) {
        cursor->line++;
        cursor->column = 1;
        cursor->at = cursor->line_end + 1;
        cursor->line_end = cvm_line_end(cursor->at, cursor->end);
    }
    if (cursor->ascii && cursor->at < to) {
        cursor->column += (unsigned)(to - cursor->at);
        cursor->at = to;
    }
    for (; cursor->at < to; cursor->at++) {
        cursor->column += (*cursor->at & 0xc0) != 0x80;
    }
}

#endif
