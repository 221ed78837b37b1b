/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What XML files may be written in, and where in them the domains may be. */
#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "util/error.h"

static GPtrArray *domains;
static GError *error;

static gboolean
parse_bytes(const char *data, size_t size)
{
    g_clear_pointer(&domains, g_ptr_array_unref);
    g_clear_error(&error);
    domains = cvm_domain_xml_parse_all("x.xml", data, size, &error);
    return domains != NULL;
}

static gboolean
parse_in(const char *text, const char *encoding)
{
    gsize size;
    g_autofree char *data = g_convert(text, -1, encoding, "UTF-8", NULL, &size, NULL);

    ck_assert_msg(data != NULL, "no %s here", encoding);
    return parse_bytes(data, size);
}

static void
finish(void)
{
    g_clear_pointer(&domains, g_ptr_array_unref);
    g_clear_error(&error);
}

static const struct cvm_domain *
get(guint i)
{
    ck_assert_uint_lt(i, domains->len);
    return g_ptr_array_index(domains, i);
}

#define assert_error(want, l, c, part)                                                             \
    do {                                                                                           \
        ck_assert_ptr_nonnull(error);                                                              \
        ck_assert_int_eq(error->code, want);                                                       \
        ck_assert_msg(strstr(error->message, part) != NULL, "%s", error->message);                 \
        ck_assert_uint_eq(cvm_error_place(error)->line, l);                                        \
        ck_assert_uint_eq(cvm_error_place(error)->column, c);                                      \
    } while (0)

#define BODY "\n<domain>\n <name>M\xc3\xbcller</name><title/></domain>\n"
#define MARK "\xef\xbb\xbf"

/* The same text in each, with its places in characters; writing it back gives the same bytes. */
START_TEST(test_encodings)
{
    static const struct {
        const char *text, *encoding, *kept;
    } cases[] = {
        { "<?xml version='1.0'?>" BODY, "UTF-8", NULL },
        { MARK "<?xml version='1.0' encoding='utf-8'?>" BODY, "UTF-8", NULL },
        { "<?xml version='1.0' encoding='ISO-8859-1'?>" BODY, "ISO-8859-1", "ISO-8859-1" },
        { "<?xml version='1.0' encoding = \"windows-1252\" ?>" BODY, "CP1252", "windows-1252" },
        { MARK "<?xml version='1.0' encoding='UTF-16'?>" BODY, "UTF-16LE", "UTF-16LE" },
        { MARK "<?xml version='1.0' encoding='utf-16be'?>" BODY, "UTF-16BE", "UTF-16BE" },
        { MARK "<?xml version='1.0' encoding='UTF-8'?>" BODY, "UTF-16LE", "UTF-16LE" },
        { MARK BODY, "UTF-16BE", "UTF-16BE" },
        { "<?xml version='1.0' encoding='ISO-10646-UCS-2'?>" BODY, "UTF-16LE", "UTF-16LE" },
        { "<?xml version='1.0'?>" BODY, "UTF-16BE", "UTF-16BE" },
        { MARK "<?xml version='1.0' encoding='UTF-32'?>" BODY, "UTF-32LE", "UTF-32LE" },
        { "<?xml version='1.0' encoding='UCS-4'?>" BODY, "UTF-32BE", "UTF-32BE" },
        { "<?xml version='1.0' encoding='IBM037'?>" BODY, "IBM037", "IBM037" },
        { "<?xml version='1.0' encoding='GB18030'?>" BODY, "GB18030", "GB18030" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cvm_source *source;
        const struct cvm_node *name;
        g_autofree char *back = NULL, *bytes = NULL;
        gsize size, back_size;

        ck_assert_msg(parse_in(cases[i].text, cases[i].encoding), "%zu: %s", i,
                      error ? error->message : "");
        name = get(0)->name.from.node;
        source = name->source;
        ck_assert_str_eq(get(0)->name.value, "M\xc3\xbcller");
        ck_assert_uint_eq(name->line, 3);
        ck_assert_uint_eq(name->column, 8);
        ck_assert_uint_eq(name->next->name_column, 21);
        ck_assert(g_strcmp0(source->encoding, cases[i].kept) == 0);
        ck_assert_str_eq(source->data, cases[i].text);
        bytes = g_convert(cases[i].text, -1, cases[i].encoding, "UTF-8", NULL, &size, NULL);
        ck_assert_int_eq(
            cvm_xml_encode(source, source->data, source->size, &back, &back_size, NULL), 0);
        ck_assert(size == back_size && memcmp(bytes, back, size) == 0);
    }
    finish();
}
END_TEST

START_TEST(test_wrong_encodings)
{
    static const char half[] = "\xff\xfe<\0d";
    static const char surrogate[] = "\xff\xfe<\0a\0>\0\0\xd8<\0/\0a\0>\0";

    parse_in("<?xml version='1.0' encoding='latin-99'?>" BODY, "UTF-8");
    assert_error(CVM_ERROR_SYNTAX, 1, 31, "'latin-99' is unknown");
    parse_in("<?xml version='1.0' encoding='UTF-8//IGNORE'?>" BODY, "UTF-8");
    assert_error(CVM_ERROR_SYNTAX, 1, 31, "is unknown");
    parse_in("<?xml version='1.0' encoding='US-ASCII'?>" BODY, "UTF-8");
    assert_error(CVM_ERROR_SYNTAX, 3, 9, "not in the encoding of the file, 'US-ASCII'");
    parse_in("<?xml version='1.0' encoding='UTF-8'?>" BODY, "ISO-8859-1");
    assert_error(CVM_ERROR_SYNTAX, 3, 9, "no UTF-8");
    parse_in(MARK "<?xml version='1.0' encoding='ISO-8859-1'?>" BODY, "UTF-16LE");
    assert_error(CVM_ERROR_SYNTAX, 1, 31, "another encoding");
    parse_in(MARK "<?xml version='1.0' encoding='UTF-16BE'?>" BODY, "UTF-16LE");
    assert_error(CVM_ERROR_SYNTAX, 1, 31, "another encoding");
    parse_in(MARK "<?xml version='1.0' encoding='ISO-8859-1'?>" BODY, "UTF-8");
    assert_error(CVM_ERROR_SYNTAX, 1, 31, "another encoding");
    parse_in("<?xml version='1.0' encoding='UTF-16'?> <domain/>", "UTF-8");
    assert_error(CVM_ERROR_SYNTAX, 1, 31, "says 'UTF-16'");
    parse_bytes(half, sizeof half - 1);
    assert_error(CVM_ERROR_SYNTAX, 1, 2, "not in the encoding of the file, 'UTF-16LE'");
    parse_bytes(surrogate, sizeof surrogate - 1);
    assert_error(CVM_ERROR_SYNTAX, 1, 4, "not in the encoding of the file, 'UTF-16LE'");
    parse_bytes("<domain>\n\0</domain>", 19);
    assert_error(CVM_ERROR_SYNTAX, 2, 1, "NUL");
    finish();
}
END_TEST

START_TEST(test_what_the_encoding_lacks_cannot_be_written)
{
    g_autofree char *data = NULL;
    gsize size;

    ck_assert(parse_in("<?xml version='1.0' encoding='ISO-8859-1'?>" BODY, "ISO-8859-1"));
    ck_assert_int_lt(cvm_xml_encode(get(0)->root->source, "\xe2\x82\xac", 3, &data, &size, &error),
                     0);
    assert_error(CVM_ERROR_UNSUPPORTED, 0, 0, "'ISO-8859-1'");
    finish();
}
END_TEST

static gboolean
parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

START_TEST(test_wrappers)
{
    g_autofree char *path = NULL;

    ck_assert(parse("<domainsnapshot><name>s</name>\n<domain><name>a</name></domain>\n"
                    "<inactiveDomain><name>b</name></inactiveDomain></domainsnapshot>"));
    ck_assert_uint_eq(domains->len, 2);
    ck_assert_str_eq(get(0)->name.value, "a");
    ck_assert_str_eq(get(1)->name.value, "b");
    ck_assert_uint_eq(get(0)->root->name_line, 2);
    ck_assert_uint_eq(get(1)->name.from.node->line, 3);
    path = cvm_node_path(get(1)->name.from.node);
    ck_assert_str_eq(path, "/domainsnapshot/inactiveDomain/name");
    ck_assert(parse("<domstatus state='running'><monitor/><domain><name>a</name></domain>"
                    "</domstatus>"));
    ck_assert_str_eq(get(0)->name.value, "a");
    ck_assert(parse("<domaincheckpoint><domain><name>a</name></domain></domaincheckpoint>"));
    ck_assert_uint_eq(domains->len, 1);
    finish();
}
END_TEST

/* The second domain outlives the first, which owns the tree. */
START_TEST(test_domains_of_one_file_live_on_their_own)
{
    struct cvm_domain *last;

    ck_assert(parse("<domainsnapshot><domain/><inactiveDomain><name>b</name></inactiveDomain>"
                    "</domainsnapshot>"));
    last = g_ptr_array_steal_index(domains, 1);
    finish();
    ck_assert_str_eq(last->name.from.node->text, "b");
    cvm_domain_free(last);
}
END_TEST

START_TEST(test_other_documents)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "<network/>", "a <network>: a libvirt network" },
        { "<domainCapabilities/>", "--host" },
        { "<capabilities/>", "--host" },
        { "<cvmdomHost/>", "--host" },
        { "<domains><domain/><domain/></domains>", "a file of its own" },
        { "<disk/>", "below <devices>" },
        { "<HTML/>", "web page" },
        { "<!DOCTYPE html><html/>", "document type" },
        { "<domainsnapshot><name/></domainsnapshot>", "has no <domain> inside" },
        { "<domainbackup/>", "backup job" },
        { "<Domain/>", "first element is <domain>" },
        { "<x:domain xmlns:x='y'/>", "first element is <domain>" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ck_assert(!parse(cases[i].text));
        assert_error(CVM_ERROR_UNSUPPORTED, 1, 1, cases[i].says);
    }
    ck_assert(!parse("<!DOCTYPE domain>\n<domain/>"));
    assert_error(CVM_ERROR_SYNTAX, 1, 1, "document type");
    ck_assert(!parse("<domain/>\n<domain/>"));
    assert_error(CVM_ERROR_SYNTAX, 2, 1, "a file of its own");
    finish();
}
END_TEST

START_TEST(test_size)
{
    g_autofree char *data = g_strnfill(CVM_LIMIT_XML + 1, '<');

    ck_assert(!parse_bytes(data, CVM_LIMIT_XML + 1));
    assert_error(CVM_ERROR_SYNTAX, 0, 0, "10 MiB");
    finish();
}
END_TEST

START_TEST(test_xml_is_told_by_its_first_character)
{
    ck_assert(cvm_xml_is_likely(" \n<a", 4));
    ck_assert(cvm_xml_is_likely(MARK "\n<", 5));
    ck_assert(cvm_xml_is_likely("\xfe\xff\0 \0<", 6));
    ck_assert(cvm_xml_is_likely("\x4c\x6f\xa7\x94", 4));
    ck_assert(!cvm_xml_is_likely("name: <", 7));
    ck_assert(!cvm_xml_is_likely("\xff\xfen\0", 4));
    ck_assert(!cvm_xml_is_likely("", 0));
}
END_TEST

/* The rule on encodings needs to know, also of an encoding in which '<' is as in ASCII. */
START_TEST(test_what_reads_otherwise_in_utf8_is_known)
{
    static const struct {
        const char *text;
        gboolean recoded;
    } samples[] = {
        { "<domain/>", FALSE },
        { "<?xml version='1.0' encoding='UTF-8'?><domain/>", FALSE },
        { "<?xml version='1.0' encoding='ISO-8859-1'?><domain/>", FALSE },
        { "<?xml version='1.0' encoding='ISO-8859-1'?><domain a='\xe4'/>", TRUE },
        { "<?xml version='1.0' encoding='UTF-7-IMAP'?><domain>&ADw-a/></domain>", TRUE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        CVM_AUTO(arena) *arena = cvm_arena_new();
        const struct cvm_source *source =
            cvm_xml_decode(arena, "x", samples[i].text, strlen(samples[i].text), NULL);

        ck_assert_ptr_nonnull(source);
        ck_assert_msg(source->recoded == samples[i].recoded, "%s", samples[i].text);
    }
}
END_TEST

/* Values as long as the way to another quote, names that end alike, references, and declarations
 * between: each attribute has its own place and value, in the order of the source. */
START_TEST(test_attribute_places)
{
    static const char text[] =
        "<a b='&lt;1' xmlns:q='u' c=\"'=' d='\"\n"
        " q:b = 'M\xc3\xbcller' d=''><q:b b='12345' q:b='1&#10;' c='x'/></a>";
    static const struct {
        const char *name, *value;
        unsigned line, column;
    } wanted[] = {
        { "b", "<1", 1, 7 },       { "xmlns:q", "u", 1, 23 },
        { "c", "'=' d='", 1, 29 }, { "q:b", "M\xc3\xbcller", 2, 9 },
        { "d", "", 2, 20 },        { "b", "12345", 2, 30 },
        { "q:b", "1\n", 2, 42 },   { "c", "x", 2, 53 },
    };
    CVM_AUTO(arena) *arena = cvm_arena_new();
    const struct cvm_source *source = cvm_xml_decode(arena, "x.xml", text, sizeof text - 1, &error);
    const struct cvm_node *root = cvm_xml_parse(arena, source, &error);
    const struct cvm_node *node;

    ck_assert_ptr_nonnull(root);
    node = root->attributes;
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        ck_assert_ptr_nonnull(node);
        ck_assert_str_eq(node->name, wanted[i].name);
        ck_assert_str_eq(node->text, wanted[i].value);
        ck_assert_uint_eq(node->line, wanted[i].line);
        ck_assert_uint_eq(node->column, wanted[i].column);
        ck_assert_int_eq(memcmp(text + node->start, node->name, strlen(node->name)), 0);
        node = node->next || node->parent != root ? node->next : root->children->attributes;
    }
    ck_assert_ptr_null(node);
}
END_TEST

UNIT_MAIN("xml_input", test_attribute_places, test_what_reads_otherwise_in_utf8_is_known,
          test_encodings, test_wrong_encodings, test_what_the_encoding_lacks_cannot_be_written,
          test_wrappers, test_domains_of_one_file_live_on_their_own, test_other_documents,
          test_size, test_xml_is_told_by_its_first_character)
