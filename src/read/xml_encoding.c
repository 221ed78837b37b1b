/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML in any encoding to UTF-8 and back, before a parser sees it: places are then characters of the
 * file, and excerpts come from one kind of text. How the encoding is known is XML 1.0's appendix F;
 * it is converted by iconv, which is what libxml2 asks for nearly all of them too. */
#include <string.h>

#include "read/cursor.h"
#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/quote.h"

enum { DECLARATION_MAX = 1024 /* bytes in which "?>" has to stand */ };

/* First bytes, a mark or '<', and what they tell. */
static const struct family {
    const char *bytes;
    size_t length;
    const char *encoding; /* NULL: UTF-8, or what it takes to read the declaration */
    const char *name;     /* as the declaration may say it; NULL: the declaration decides */
    const char *alias;    /* the same, for "ISO-10646-UCS-2" too */
} families[] = {
    { "\x00\x00\xfe\xff", 4, "UTF-32BE", "UTF-32", "UCS-4" },
    { "\xff\xfe\x00\x00", 4, "UTF-32LE", "UTF-32", "UCS-4" },
    { "\xfe\xff", 2, "UTF-16BE", "UTF-16", "UCS-2" },
    { "\xff\xfe", 2, "UTF-16LE", "UTF-16", "UCS-2" },
    { CVM_BYTE_ORDER_MARK, 3, NULL, "UTF-8", NULL },
    { "\x00\x00\x00<", 4, "UTF-32BE", "UTF-32", "UCS-4" },
    { "<\x00\x00\x00", 4, "UTF-32LE", "UTF-32", "UCS-4" },
    { "\x00<", 2, "UTF-16BE", "UTF-16", "UCS-2" },
    { "<\x00", 2, "UTF-16LE", "UTF-16", "UCS-2" },
    { "\x4c\x6f\xa7\x94", 4, "IBM037", NULL, NULL }, /* "<?xm" in EBCDIC */
    { "", 0, NULL, NULL, NULL },
};

static const struct family *
find_family(const char *data, size_t size)
{
    const struct family *family = families;

    while (size < family->length || memcmp(data, family->bytes, family->length) != 0) {
        family++;
    }
    return family;
}

gboolean
cvm_xml_is_likely(const char *data, size_t size)
{
    static const char before[] = CVM_BYTE_ORDER_MARK "\xfe\xff \t\r\n"; /* and the NUL at its end */
    const char *end = data + size;

    if (g_strcmp0(find_family(data, size)->encoding, "IBM037") == 0) {
        return TRUE;
    }
    while (data < end && memchr(before, *data, sizeof before)) {
        data++;
    }
    return data < end && *data == '<';
}

/* ---- the declaration ---- */

struct span {
    const char *start; /* NULL: there is none */
    size_t length;
};

/* The value of encoding="…" in the declaration that text may begin with. */
static struct span
find_declared(const char *text, size_t size)
{
    struct span none = { NULL, 0 };
    const char *at = cvm_skip_byte_order_mark(text, text + size), *end, *close;

    if (!g_str_has_prefix(at, "<?xml") || !g_ascii_isspace(at[strlen("<?xml")])) {
        return none;
    }
    end = g_strstr_len(at, (gssize)MIN(size - (size_t)(at - text), DECLARATION_MAX), "?>");
    at = end ? g_strstr_len(at, end - at, "encoding") : NULL;
    if (!at) {
        return none;
    }
    at += strlen("encoding");
    at += strspn(at, " \t\r\n");
    at += *at == '=';
    at += strspn(at, " \t\r\n");
    close = *at == '"' || *at == '\'' ? strchr(at + 1, *at) : NULL;
    return close && close < end ? (struct span){ at + 1, (size_t)(close - at - 1) } : none;
}

static gboolean
is_name(const struct span *declared, const char *name)
{
    return declared->length == strlen(name) &&
           g_ascii_strncasecmp(declared->start, name, declared->length) == 0;
}

/* Whether the declaration may stand in such a file. libxml2 also takes UTF-8 there, which is what a
 * declaration still says after an editor or a shell has converted the file. */
static gboolean
is_confirmed(const struct family *family, struct span declared)
{
    static const char iso[] = "ISO-10646-";

    if (is_name(&declared, "UTF-8") || is_name(&declared, family->name) ||
        (family->encoding && is_name(&declared, family->encoding))) {
        return TRUE;
    }
    if (declared.length > strlen(iso) &&
        g_ascii_strncasecmp(declared.start, iso, strlen(iso)) == 0) {
        declared.start += strlen(iso);
        declared.length -= strlen(iso);
    }
    return family->encoding && is_name(&declared, family->alias);
}

/* As EncName has it (XML 1.0, rule 81), so that no option of iconv's ("//TRANSLIT") gets there. */
static gboolean
is_known(const char *encoding)
{
    g_autofree char *nothing = NULL;
    static const char letters[] =
        "-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    if (!g_ascii_isalpha(encoding[0]) || strspn(encoding, letters) != strlen(encoding)) {
        return FALSE;
    }
    nothing = g_convert("", 0, "UTF-8", encoding, NULL, NULL, NULL);
    return nothing != NULL;
}

/* ---- decoding ---- */

/* At a byte of the decoded text. */
static int
fail_at(GError **error, const struct cvm_source *source, const char *at, const char *message)
{
    const char *c = cvm_skip_byte_order_mark(source->data, source->data + source->size);
    unsigned line = 1, column = 1;

    for (; c < at; c++) {
        if (*c == '\n') {
            line++;
            column = 1;
        } else if ((*c & 0xc0) != 0x80) {
            column++;
        }
    }
    return cvm_error_set_at(error, CVM_ERROR_SYNTAX, source->name, line, column, "%s", message);
}

/* The decoded text into the source; where it ends early, that and the error. */
static int
take_text(struct cvm_arena *arena, struct cvm_source *source, const char *data, size_t size,
          GError **error)
{
    g_autofree char *text = NULL, *message = NULL;
    gsize good = 0, length = 0;

    if (!source->encoding) {
        source->data = cvm_arena_strndup(arena, data, size);
        source->size = size;
        return 0;
    }
    text = g_convert(data, (gssize)size, "UTF-8", source->encoding, &good, &length, NULL);
    if (!text) {
        text = g_convert(data, (gssize)good, "UTF-8", source->encoding, NULL, &length, NULL);
        length = text ? length : 0;
    }
    source->data = cvm_arena_strndup(arena, text ? text : "", length);
    source->size = length;
    if (text && good == size) {
        return 0;
    }
    message = g_strdup_printf(_("what stands here is not in the encoding of the file, '%s'; save "
                                "it in UTF-8"),
                              source->encoding);
    return fail_at(error, source, source->data + length, message);
}

/* As messages repeat it, which are text whatever the file is; the caller's to g_free(). */
static char *
show_declared(struct span declared)
{
    return g_utf8_make_valid(declared.start, (gssize)MIN(declared.length, CVM_QUOTE_MAX));
}

static int
refuse_declared(GError **error, const struct cvm_source *source, struct span declared)
{
    g_autofree char *word = show_declared(declared);
    g_autofree char *message =
        g_strdup_printf(_("the declaration says '%s', but the file is written in another "
                          "encoding: correct the declaration, or save the file in UTF-8"),
                        word);

    return fail_at(error, source, declared.start, message);
}

/* What the declaration of a file that no mark tells anything about says. */
static int
take_declared(struct cvm_arena *arena, struct cvm_source *source, const char *data, size_t size,
              GError **error)
{
    struct cvm_source head = *source, again = *source;
    struct span declared;
    char *encoding;

    size = MIN(size, DECLARATION_MAX);
    take_text(arena, &head, data, size, NULL);
    declared = find_declared(head.data, head.size);
    if (!declared.start || is_name(&declared, "UTF-8") || is_name(&declared, "UTF8")) {
        return 0;
    }
    encoding = cvm_arena_strndup(arena, declared.start, declared.length);
    if (!is_known(encoding)) {
        g_autofree char *word = show_declared(declared);
        g_autofree char *message =
            g_strdup_printf(_("the encoding '%s' is unknown here; save the file in UTF-8"), word);

        return fail_at(error, &head, declared.start, message);
    }
    again.encoding = encoding;
    take_text(arena, &again, data, size, NULL);
    if (!find_declared(again.data, again.size).start) {
        return refuse_declared(error, &head, declared);
    }
    source->encoding = encoding;
    return 0;
}

struct cvm_source *
cvm_xml_decode(struct cvm_arena *arena, const char *name, const char *data, size_t size,
               GError **error)
{
    struct cvm_source *source = cvm_arena_new0(arena, struct cvm_source);
    const struct family *family = find_family(data, size);
    struct span declared;

    source->name = cvm_arena_strdup(arena, name);
    source->encoding = family->encoding;
    if (size > CVM_LIMIT_XML) {
        cvm_error_set_at(error, CVM_ERROR_SYNTAX, name, 0, 0,
                         _("the file is larger than 10 MiB, the limit for XML"));
        return NULL;
    }
    if ((!family->name && take_declared(arena, source, data, size, error) < 0) ||
        take_text(arena, source, data, size, error) < 0) {
        return NULL;
    }
    if (source->size >= DECLARATION_MAX && g_str_has_prefix(source->data, "<?xml ") &&
        !g_strstr_len(source->data, DECLARATION_MAX, "?>")) {
        fail_at(error, source, source->data, _("the XML declaration is longer than 1024 bytes"));
        return NULL;
    }
    /* Also where it decodes to ASCII alone: in UTF-7-IMAP "&ADw-" is '<', to libvirt text. */
    source->recoded =
        source->encoding && (source->size != size || memcmp(source->data, data, size) != 0);
    declared = find_declared(source->data, source->size);
    if (family->name && declared.start && !is_confirmed(family, declared)) {
        refuse_declared(error, source, declared);
        return NULL;
    }
    return source;
}

/* ---- encoding ---- */

int
cvm_xml_encode(const struct cvm_source *source, const char *text, size_t length, char **data,
               size_t *size, GError **error)
{
    g_autofree char *bytes = NULL;

    if (!source->encoding) {
        *data = g_strndup(text, length);
        *size = length;
        return 0;
    }
    bytes = g_convert(text, (gssize)length, source->encoding, "UTF-8", NULL, size, NULL);
    if (!bytes) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, source->name, 0, 0,
                                _("the result cannot be written in '%s', the encoding of the file; "
                                  "save the file in UTF-8"),
                                source->encoding);
    }
    *data = g_steal_pointer(&bytes);
    return 0;
}
