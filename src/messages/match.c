/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the row for a line. Patterns are the programs' own format strings instead of regular
 * expressions: they can be held against the sources, and no line makes them backtrack. */
#include <stdlib.h>
#include <string.h>

#include "messages/messages.h"
#include "util/i18n.h"
#include "util/number.h"
#include "util/quote.h"

static gboolean
is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* "LAUNCH_START" is not in "SNP_LAUNCH_START". */
static gboolean
begins_word(const char *line, const char *at)
{
    return at == line || !is_word(at[0]) || !is_word(at[-1]);
}

static size_t
number_length(const char *at, gboolean hex)
{
    size_t sign = at[0] == '-';
    size_t digits;

    if (hex) {
        sign = at[0] == '0' && (at[1] | 0x20) == 'x' ? 2 : 0;
    }
    digits = strspn(at + sign, hex ? "0123456789abcdefABCDEF" : "0123456789");
    return digits ? sign + digits : 0;
}

static gboolean
is_value(const char *pattern)
{
    return pattern[0] == '%' && strchr("dxs", pattern[1]) && pattern[1];
}

static void
keep(struct cvm_match *match, const char *at, size_t length)
{
    if (match->count < CVM_MATCH_VALUES) {
        match->values[match->count].at = at;
        match->values[match->count].length = length;
        match->count++;
    }
}

/* The piece of a pattern before the next %s, at this place: its end in the line, NULL when it does
 * not match. */
static const char *
match_piece(const char *piece, const char *at, struct cvm_match *match)
{
    while (*piece && !(is_value(piece) && piece[1] == 's')) {
        if (is_value(piece)) {
            size_t length = number_length(at, piece[1] == 'x');

            if (!length) {
                return NULL;
            }
            keep(match, at, length);
            at += length;
            piece += 2;
        } else if (*piece++ != *at++) {
            return NULL;
        }
    }
    /* "fw_error=1" is not in "fw_error=11". */
    return *piece || !is_word(piece[-1]) || !is_word(*at) ? at : NULL;
}

static const char *
skip_piece(const char *piece)
{
    while (*piece && !(is_value(piece) && piece[1] == 's')) {
        piece += is_value(piece) ? 2 : 1;
    }
    return piece;
}

/* The first place at or behind from where a piece matches. A piece that begins with a number has no
 * letter to look for, and is tried everywhere. */
static const char *
find_piece(const char *piece, const char *line, const char *from, gboolean first,
           struct cvm_match *match, const char **end)
{
    unsigned count = match->count;

    for (const char *at = from;; at++) {
        if (!is_value(piece) && *piece) {
            at = strchr(at, *piece);
        }
        if (!at) {
            return NULL;
        }
        match->count = count;
        *end = !first || begins_word(line, at) ? match_piece(piece, at, match) : NULL;
        if (*end) {
            return at;
        }
        if (!*at) {
            return NULL;
        }
    }
}

gboolean
cvm_match(const char *pattern, const char *line, struct cvm_match *match)
{
    const char *rest = line;
    const char *at;

    match->count = 0;
    at = find_piece(pattern, line, line, TRUE, match, &rest);
    if (!at) {
        return FALSE;
    }
    match->start = (size_t)(at - line);
    for (pattern = skip_piece(pattern); *pattern; pattern = skip_piece(pattern)) {
        unsigned value = match->count;
        const char *text = rest;

        pattern += strlen("%s");
        keep(match, text, 0);
        if (!*pattern) {
            at = text + strlen(text);
        } else if (!(at = find_piece(pattern, line, text, FALSE, match, &rest))) {
            return FALSE;
        }
        if (value < CVM_MATCH_VALUES) {
            match->values[value].length = (size_t)(at - text);
        }
    }
    return TRUE;
}

gboolean
cvm_match_number(const struct cvm_match *match, unsigned i, int *number)
{
    g_autofree char *text = NULL;
    gboolean negative;
    guint64 value;

    if (i == 0 || i > match->count) {
        return FALSE;
    }
    text = g_strndup(match->values[i - 1].at, match->values[i - 1].length);
    negative = text[0] == '-';
    if (!(g_str_has_prefix(text, "0x") ? cvm_number_parse_hex(text, &value)
                                       : cvm_number_parse_decimal(text + negative, &value)) ||
        value > G_MAXINT) {
        return FALSE;
    }
    *number = negative ? -(int)value : (int)value;
    return TRUE;
}

const struct cvm_message *const cvm_message_tables[] = {
    cvm_messages_launch,  cvm_messages_firmware, cvm_messages_memory,
    cvm_messages_devices, cvm_messages_host,     cvm_messages_kernel,
    cvm_messages_tdx,     cvm_messages_general,  NULL,
};

const struct cvm_message *
cvm_message_at(unsigned i)
{
    for (const struct cvm_message *const *table = cvm_message_tables; *table; table++) {
        for (const struct cvm_message *row = *table; row->id; row++) {
            if (i-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}

const struct cvm_message *
cvm_message_find(const char *id)
{
    const struct cvm_message *row;

    for (unsigned i = 0; (row = cvm_message_at(i)); i++) {
        if (g_ascii_strcasecmp(row->id, id) == 0) {
            return row;
        }
    }
    return NULL;
}

/* Which pairs of bytes a line has, by a hash: most lines have not those that most patterns begin
 * with, and a log of millions of lines is not worth trying each pattern on each. */
struct pairs {
    guint64 bits[64];
};

static unsigned
hash_pair(const char *at)
{
    return ((unsigned char)at[0] * 61U + (unsigned char)at[1]) % 4096;
}

static void
collect_pairs(struct pairs *pairs, const char *line)
{
    *pairs = (struct pairs){ 0 };
    for (; line[0] && line[1]; line++) {
        unsigned pair = hash_pair(line);

        pairs->bits[pair / 64] |= UINT64_C(1) << pair % 64;
    }
}

/* FALSE when the pattern's beginning is not in the line. */
static gboolean
may_match(const char *pattern, const struct pairs *pairs)
{
    for (; pattern[0] && pattern[1] && pattern[0] != '%' && pattern[1] != '%'; pattern++) {
        unsigned pair = hash_pair(pattern);

        if (!(pairs->bits[pair / 64] >> pair % 64 & 1)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
match_row(const struct cvm_message *row, const char *line, const struct pairs *pairs,
          struct cvm_match *match)
{
    for (unsigned i = 0; i < CVM_MESSAGE_PATTERNS && row->patterns[i]; i++) {
        if (may_match(row->patterns[i], pairs) && cvm_match(row->patterns[i], line, match)) {
            return TRUE;
        }
    }
    return FALSE;
}

const struct cvm_message *
cvm_message_match(const char *line, struct cvm_match *match)
{
    const struct cvm_message *follows = NULL;
    struct pairs pairs;

    collect_pairs(&pairs, line);
    for (const struct cvm_message *const *table = cvm_message_tables; *table; table++) {
        for (const struct cvm_message *row = *table; row->id; row++) {
            struct cvm_match here;

            if ((row->rank == CVM_RANK_FOLLOWS && follows) ||
                !match_row(row, line, &pairs, &here)) {
                continue;
            }
            *match = here;
            if (row->rank > CVM_RANK_FOLLOWS) {
                return row;
            }
            follows = row;
        }
    }
    return follows;
}

/* ---- texts with values ---- */

static void
append_named(GString *out, const struct cvm_message *row, const char *name,
             const struct cvm_match *match)
{
    const struct cvm_firmware_code *code = NULL;
    const struct cvm_errno *error = NULL;
    int ret = 0, fw = 0;

    /* The launch of SEV and SEV-ES guests prints QEMU's own 1 there. */
    if (cvm_match_number(match, row->ret, &ret) && ret < 0) {
        error = cvm_errno_by_number(ret);
    }
    if (cvm_match_number(match, row->fw, &fw)) {
        code = cvm_firmware_code_by_number(fw);
    }
    if (g_str_equal(name, "errno") && error) {
        g_string_append_printf(out, "%s (%d)", error->name, ret);
    } else if (g_str_equal(name, "errno")) {
        g_string_append_printf(out, "%d", ret);
    } else if (g_str_equal(name, "code") && code) {
        g_string_append_printf(out, "%s (%d)", code->name, fw);
    } else if (g_str_equal(name, "code")) {
        g_string_append_printf(out, "%d", fw);
    } else if (g_str_equal(name, "meaning")) {
        g_string_append(out, fw && code     ? _(code->meaning)
                             : !fw && error ? _(error->meaning)
                                            : _("No table tells what that number means."));
    } else if (g_str_equal(name, "do")) {
        g_string_append(out, fw && code     ? _(code->remedy)
                             : !fw && error ? _(error->remedy)
                                            : _("Look at the host's kernel log."));
    }
}

static void
append_value(GString *out, const struct cvm_message *row, const char *name,
             const struct cvm_match *match)
{
    unsigned i = (unsigned)(name[0] - '1');

    if (name[1] != '\0' || i >= CVM_MATCH_VALUES) {
        append_named(out, row, name, match);
    } else if (i < match->count) {
        g_autofree char *value = g_strndup(match->values[i].at, match->values[i].length);
        int length = cvm_quote_length(value);

        g_string_append_len(out, value, length);
        g_string_append(out, value[length] ? "…" : "");
    }
}

char *
cvm_message_fill(const struct cvm_message *row, const char *text, const struct cvm_match *match)
{
    GString *out = g_string_new(NULL);
    const char *open, *close;

    while ((open = strchr(text, '{')) && (close = strchr(open, '}'))) {
        g_autofree char *name = g_strndup(open + 1, (size_t)(close - open - 1));

        g_string_append_len(out, text, open - text);
        append_value(out, row, name, match);
        text = close + 1;
    }
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}
