/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xml_plain.c takes libxml2 takes, too, and both make the same tree of it: of whole files of
 * the project, of pieces that are easily taken wrongly, and of both with something changed. */
#include "read/xml_plain.h"

#include <string.h>

#include "read/read.h"
#include "unit.h"

static unsigned taken, passed_on;

static void
assert_same_text(const char *a, const char *b, const char *text)
{
    ck_assert_msg(g_strcmp0(a, b) == 0, "'%s' instead of '%s' in '%.300s'", a, b, text);
}

#define assert_same(member)                                                                        \
    ck_assert_msg(a->member == b->member, #member " of '%s' is %u instead of %u in '%.300s'",      \
                  a->name, (unsigned)a->member, (unsigned)b->member, text)

static void
assert_same_nodes(const struct cvm_node *a, const struct cvm_node *b, const char *text)
{
    for (; a && b; a = a->next, b = b->next) {
        assert_same_text(a->name, b->name, text);
        assert_same_text(a->text, b->text, text);
        assert_same(kind);
        assert_same(quoted);
        assert_same(blank);
        assert_same(line);
        assert_same(column);
        assert_same(name_line);
        assert_same(name_column);
        assert_same(start);
        assert_same(inner);
        assert_same(end);
        ck_assert_ptr_eq(a->source, b->source);
        ck_assert((a->parent == NULL) == (b->parent == NULL));
        ck_assert((a->last_child == NULL) == (b->last_child == NULL));
        assert_same_nodes(a->attributes, b->attributes, text);
        assert_same_nodes(a->children, b->children, text);
    }
    ck_assert_msg(!a && !b, "there are more nodes in one tree of '%.300s'", text);
}

static gboolean
compare(const char *text)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    const struct cvm_source source = { .name = "x.xml", .data = text, .size = strlen(text) };
    const struct cvm_node *plain = cvm_xml_plain_parse(arena, &source), *whole;
    g_autoptr(GError) error = NULL;

    if (!plain) {
        passed_on++;
        return FALSE;
    }
    taken++;
    whole = cvm_xml_parse_all(arena, &source, &error);
    ck_assert_msg(whole, "libxml2 refuses '%.300s': %s", text, error ? error->message : "?");
    assert_same_nodes(plain, whole, text);
    return TRUE;
}

/* ---- files ---- */

static GPtrArray *
read_files(const char *folder)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = unit_source_path(folder);
    g_autoptr(GDir) listing = g_dir_open(path, 0, NULL);
    const char *name;

    ck_assert_ptr_nonnull(listing);
    while ((name = g_dir_read_name(listing))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        char *text;
        gsize size;

        if (g_str_has_suffix(name, ".xml") && g_file_get_contents(file, &text, &size, NULL)) {
            g_ptr_array_add(texts, text);
        }
    }
    return texts;
}

static gboolean
is_ascii(const char *text)
{
    while (*text && !(*text & 0x80)) {
        text++;
    }
    return *text == '\0';
}

static const char *const folders[] = { "tests/corpus/wrong", "tests/corpus/right", "tests/compare",
                                       "profiles/hosts" };

START_TEST(test_files)
{
    unsigned ascii = 0;

    taken = passed_on = 0;
    for (size_t f = 0; f < G_N_ELEMENTS(folders); f++) {
        g_autoptr(GPtrArray) texts = read_files(folders[f]);

        for (guint i = 0; i < texts->len; i++) {
            const char *text = g_ptr_array_index(texts, i);

            if (is_ascii(text)) {
                ascii++;
                compare(text);
            }
        }
    }
    ck_assert_msg(ascii > 100 && taken * 10 > ascii * 8, "%u of %u are plain", taken, ascii);
}
END_TEST

/* A step of a multiplicative generator (Park and Miller): the same on every machine. */
static unsigned
next_random(unsigned *state)
{
    *state = (unsigned)((guint64)*state * 48271 % 2147483647);
    return *state;
}

/* What makes a difference to a parser of XML. */
static const char *const pieces[] = {
    "<",    ">",      "/",      "</",        "/>",           "<!--",
    "-->",  "--",     "-",      "&",         "&amp;",        "&#65;",
    "\"",   "'",      "=",      " ",         "\n",           "\t",
    "\r",   "]",      "]]>",    "<![CDATA[", "]]",           "<?",
    "?>",   ":",      "x:",     "xmlns",     "xml:a",        "a",
    "b",    "1",      ".",      "!",         "<a>",          "</a>",
    "<a/>", " a='1'", " a='1'", " p:a='1'",  " xmlns:p='u'", " xmlns=''",
    "\x01", "\x7f",   "%",      ";",
};

/* One to three places changed: something put in, taken out, or taken from elsewhere. */
static char *
change(const char *text, unsigned *state)
{
    GString *changed = g_string_new(text);

    for (unsigned count = 1 + next_random(state) % 3; count > 0 && changed->len > 0; count--) {
        gssize at = (gssize)(next_random(state) % changed->len);
        gssize length = 1 + (gssize)(next_random(state) % 6);

        switch (next_random(state) % 3) {
        case 0:
            g_string_insert(changed, at, pieces[next_random(state) % G_N_ELEMENTS(pieces)]);
            break;
        case 1:
            g_string_erase(changed, at, MIN(length, (gssize)changed->len - at));
            break;
        default:
            changed->str[at] = changed->str[next_random(state) % changed->len];
        }
    }
    return g_string_free(changed, FALSE);
}

START_TEST(test_changed_files)
{
    g_autoptr(GPtrArray) texts = read_files("tests/corpus/right");
    unsigned state = 20261121;

    taken = passed_on = 0;
    for (unsigned round = 0; round < 2000; round++) {
        const char *text = g_ptr_array_index(texts, next_random(&state) % texts->len);
        g_autofree char *changed = is_ascii(text) ? change(text, &state) : NULL;

        if (changed) {
            compare(changed);
        }
    }
    ck_assert_msg(taken > 200 && passed_on > 200, "%u taken, %u passed on", taken, passed_on);
}
END_TEST

START_TEST(test_pieces)
{
    static const char start[] = "<a b='1' p:c=\"2\" xmlns:p='u'> <!-- c --> <d>t</d><e/> </a>\n";
    unsigned state = 7;

    taken = passed_on = 0;
    for (unsigned round = 0; round < 25000; round++) {
        g_autofree char *once = change(start, &state);
        g_autofree char *twice = change(once, &state);

        compare(once);
        compare(twice);
    }
    ck_assert_msg(taken > 1000 && passed_on > 1000, "%u taken, %u passed on", taken, passed_on);
}
END_TEST

/* ---- what is plain ---- */

START_TEST(test_plain)
{
    static const char *const texts[] = {
        "<a/>",
        " <a />\n",
        "<?xml version='1.0'?><a></a>",
        "<!-- - --><a b='' c = \"'>]]\" \n d='x y'/><!--<&-->",
        "<a>\n text > \"text\n</a >",
        "<a>\n\t<b>1</b>\n\t<b/>\n</a>",
        "<p:a xmlns:p='urn:x' xmlns='urn:y' p:b='1' c='2'><p:d.e-f/></p:a>",
        "<a><!-- c --></a>",
        "<a> <!-- c --> </a>",
        "<a><b><c>x</c></b> <b> </b></a>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_msg(compare(texts[i]), "'%s' is not taken", texts[i]);
    }
}
END_TEST

START_TEST(test_not_plain)
{
    static const char *const texts[] = {
        "",
        " ",
        "a",
        "<a",
        "<a>",
        "</a>",
        "<a></b>",
        "<a></a",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a b/>",
        "<a b=1/>",
        "<a b='1'c='2'/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b='&lt;'/>",
        "<a b='1\n2'/>",
        "<a>&lt;</a>",
        "<a>]]></a>",
        "<a><![CDATA[x]]></a>",
        "<a><?x?></a>",
        "<!DOCTYPE a><a/>",
        "<a><!-- -- --></a>",
        "<a><!-- --->/a>",
        "<a><!-</a>",
        "<a><!--",
        "<!---",
        "<a>x<b/></a>",
        "<a><b/>x</a>",
        "<a><!-- -->x</a>",
        "<a>\r</a>",
        "<a>\x01</a>",
        "<1a/>",
        "<a:/>",
        "<:a/>",
        "<a:b:c/>",
        "<a:1/>",
        "<a xml:b='1'/>",
        "<a xmlns:p=''/>",
        "<xmla/>",
        "<a p:b='1' q:b='2' xmlns:p='u' xmlns:q='u'/>",
        "<a/ >",
        "< a/>",
        "<a\f/>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_msg(!compare(texts[i]), "'%s' is taken", texts[i]);
    }
}
END_TEST

/* The limits are those of the other parser, or narrower. */
START_TEST(test_limits)
{
    GString *deep = g_string_new(NULL), *wide = g_string_new("<a"), *long_name = g_string_new("<");

    for (int i = 0; i <= CVM_LIMIT_DEPTH; i++) {
        g_string_append(deep, "<a>");
    }
    for (int i = 0; i <= CVM_LIMIT_DEPTH; i++) {
        g_string_append(deep, "</a>");
    }
    ck_assert(!compare(deep->str));
    ck_assert(compare("<a><b><c/></b></a>"));
    for (int i = 0; i < 65; i++) {
        g_string_append_printf(wide, " b%d=''", i);
    }
    g_string_append(wide, "/>");
    ck_assert(!compare(wide->str));
    for (int i = 0; i < 101; i++) {
        g_string_append_c(long_name, 'n');
    }
    g_string_append(long_name, "/>");
    ck_assert(!compare(long_name->str));
    g_string_free(deep, TRUE);
    g_string_free(wide, TRUE);
    g_string_free(long_name, TRUE);
}
END_TEST

UNIT_MAIN("xml_plain", test_files, test_changed_files, test_pieces, test_plain, test_not_plain,
          test_limits)
