/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/xml_out.h"

#include <string.h>

#include "util/number.h"
#include "util/visible.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* What GLib does since 2.76: its function costs several times as much for a few bytes, and a
 * document is made of a thousand pieces. */
static inline void
append(GString *out, const char *text, gsize length)
{
    if (length < out->allocated_len - out->len) {
        memcpy(out->str + out->len, text, length);
        out->len += length;
        out->str[out->len] = '\0';
    } else {
        g_string_append_len(out, text, (gssize)length);
    }
}

static void
append_text(GString *out, const char *text)
{
    append(out, text, strlen(text));
}

static void
append_number(GString *out, uint64_t number)
{
    char digits[CVM_NUMBER_SIZE];

    append_text(out, cvm_number_format(digits, number));
}

/* XML 1.0 (fifth edition), production 2, Char. */
static gboolean
is_xml_char(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* A parser takes a reference for the same. */
static void
append_visible(GString *out, gunichar c)
{
    if (c != '\n' && c != '\t' && cvm_char_is_hidden(c)) {
        g_string_append_printf(out, "&#%u;", c);
    } else {
        g_string_append_unichar(out, c);
    }
}

/* A reader turns line ends and tabs of an attribute into spaces, and a carriage return anywhere
 * into a line feed (XML 1.0, 2.11 and 3.3.3), so those are written as references. */
static void
append_char(GString *out, gunichar c, gboolean attribute)
{
    switch (c) {
    case '&':
        g_string_append(out, "&amp;");
        break;
    case '<':
        g_string_append(out, "&lt;");
        break;
    case '>':
        g_string_append(out, "&gt;");
        break;
    case '"':
        g_string_append(out, "&quot;");
        break;
    case '\'':
        g_string_append(out, attribute ? "&apos;" : "'");
        break;
    case '\r':
        g_string_append(out, "&#13;");
        break;
    case '\n':
    case '\t':
        if (attribute) {
            g_string_append_printf(out, "&#%u;", c);
            break;
        }
        /* fall through */
    default:
        append_visible(out, c);
    }
}

/* Characters that stand for themselves, of which most text is. */
static size_t
count_plain(const char *text)
{
    static const gboolean special[0x80] = {
        ['&'] = TRUE, ['<'] = TRUE, ['>'] = TRUE, ['"'] = TRUE, ['\''] = TRUE,
    };
    size_t count = 0;

    while (g_ascii_isprint(text[count]) && !special[(unsigned char)text[count]]) {
        count++;
    }
    return count;
}

void
cvm_xml_escape(GString *out, const char *text, gboolean attribute)
{
    for (;;) {
        size_t plain = count_plain(text);
        gunichar c;

        append(out, text, plain);
        text += plain;
        if (*text == '\0') {
            return;
        }
        c = g_utf8_get_char_validated(text, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append(out, REPLACEMENT);
            text++;
            continue;
        }
        if (is_xml_char(c)) {
            append_char(out, c, attribute);
        } else {
            g_string_append(out, REPLACEMENT);
        }
        text = g_utf8_next_char(text);
    }
}

static void
indent(struct cvm_xml *xml)
{
    static const char spaces[] = "                                ";

    G_STATIC_ASSERT(sizeof spaces > 2 * CVM_XML_DEPTH);
    append(xml->out, spaces, 2 * (gsize)xml->depth);
}

static void
close_tag(struct cvm_xml *xml, const char *with)
{
    if (xml->bare) {
        append_text(xml->out, with);
        xml->bare = FALSE;
    }
}

void
cvm_xml_init(struct cvm_xml *xml, GString *out)
{
    memset(xml, 0, sizeof *xml);
    xml->out = out;
}

void
cvm_xml_start(struct cvm_xml *xml, const char *name)
{
    struct cvm_xml_level *level = &xml->level[xml->depth];

    g_assert(xml->depth < CVM_XML_DEPTH && !xml->inlined);
    level->name = name;
    level->start = xml->out->len;
    level->parent_was_bare = xml->bare;
    close_tag(xml, ">\n");
    indent(xml);
    append(xml->out, "<", 1);
    append_text(xml->out, name);
    xml->depth++;
    xml->bare = TRUE;
    level->named = xml->out->len;
}

void
cvm_xml_end(struct cvm_xml *xml)
{
    g_assert(xml->depth > 0);
    xml->depth--;
    if (xml->bare) {
        append_text(xml->out, "/>\n");
    } else {
        if (!xml->inlined) {
            indent(xml);
        }
        append_text(xml->out, "</");
        append_text(xml->out, xml->level[xml->depth].name);
        append_text(xml->out, ">\n");
    }
    xml->bare = FALSE;
    xml->inlined = FALSE;
}

void
cvm_xml_end_unless_empty(struct cvm_xml *xml)
{
    const struct cvm_xml_level *level = &xml->level[xml->depth - 1];

    if (!xml->bare || xml->out->len != level->named) {
        cvm_xml_end(xml);
        return;
    }
    g_string_truncate(xml->out, level->start);
    xml->bare = level->parent_was_bare;
    xml->depth--;
}

static void
start_attribute(struct cvm_xml *xml, const char *name)
{
    g_assert(xml->bare);
    append(xml->out, " ", 1);
    append_text(xml->out, name);
    append(xml->out, "='", 2);
}

void
cvm_xml_attribute(struct cvm_xml *xml, const char *name, const char *value)
{
    start_attribute(xml, name);
    cvm_xml_escape(xml->out, value, TRUE);
    append(xml->out, "'", 1);
}

void
cvm_xml_attribute_uint(struct cvm_xml *xml, const char *name, uint64_t value)
{
    start_attribute(xml, name);
    append_number(xml->out, value);
    append(xml->out, "'", 1);
}

void
cvm_xml_attribute_format(struct cvm_xml *xml, const char *name, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list arguments;

    va_start(arguments, format);
    value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cvm_xml_attribute(xml, name, value);
}

void
cvm_xml_text(struct cvm_xml *xml, const char *text)
{
    close_tag(xml, ">");
    xml->inlined = TRUE;
    cvm_xml_escape(xml->out, text, FALSE);
}

void
cvm_xml_text_uint(struct cvm_xml *xml, uint64_t number)
{
    close_tag(xml, ">");
    xml->inlined = TRUE;
    append_number(xml->out, number);
}

void
cvm_xml_element(struct cvm_xml *xml, const char *name, const char *text)
{
    cvm_xml_start(xml, name);
    cvm_xml_text(xml, text);
    cvm_xml_end(xml);
}

void
cvm_xml_fragment(struct cvm_xml *xml, const char *fragment)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(fragment));

    close_tag(xml, ">\n");
    indent(xml);
    append_text(xml->out, trimmed);
    append(xml->out, "\n", 1);
}
