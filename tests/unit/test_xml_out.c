/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/xml_out.h"

#include <libxml/parser.h>
#include <string.h>

#include "unit.h"

START_TEST(test_indents_and_closes)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_xml xml;

    cvm_xml_init(&xml, out);
    cvm_xml_start(&xml, "a");
    cvm_xml_attribute(&xml, "x", "1");
    cvm_xml_start(&xml, "b");
    cvm_xml_end(&xml);
    cvm_xml_element(&xml, "c", "text");
    cvm_xml_end(&xml);
    ck_assert_str_eq(out->str, "<a x='1'>\n  <b/>\n  <c>text</c>\n</a>\n");
}
END_TEST

START_TEST(test_empty_elements_leave_no_trace)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct cvm_xml xml;

    cvm_xml_init(&xml, out);
    cvm_xml_start(&xml, "a");
    cvm_xml_start(&xml, "outer");
    cvm_xml_start(&xml, "inner");
    cvm_xml_end_unless_empty(&xml);
    cvm_xml_end_unless_empty(&xml);
    cvm_xml_attribute(&xml, "still", "open");
    cvm_xml_start(&xml, "outer");
    cvm_xml_attribute(&xml, "k", "v");
    cvm_xml_start(&xml, "inner");
    cvm_xml_end_unless_empty(&xml);
    cvm_xml_end_unless_empty(&xml);
    cvm_xml_start(&xml, "last");
    cvm_xml_end_unless_empty(&xml);
    cvm_xml_end(&xml);
    ck_assert_str_eq(out->str, "<a still='open'>\n  <outer k='v'/>\n</a>\n");
}
END_TEST

/* What comes back from a parser is what went in, but for bytes that XML cannot hold. */
START_TEST(test_any_bytes_are_well_formed)
{
    static const struct {
        const char *in, *back;
    } cases[] = {
        { "plain", "plain" },
        { "a & b < c > d \" e ' f ]]> g", "a & b < c > d \" e ' f ]]> g" },
        { "tab\tline\nreturn\r.", "tab\tline\nreturn\r." },
        { "Köln 東京 \xf0\x9f\x98\x80", "Köln 東京 \xf0\x9f\x98\x80" },
        { "bell\a escape\x1b del\x7f", "bell\xef\xbf\xbd escape\xef\xbf\xbd del\x7f" },
        { "CSI \xc2\x9b", "CSI \xc2\x9b" },
        { "\xff\xfe.", "\xef\xbf\xbd\xef\xbf\xbd." },
        { "cut \xe6\x9d", "cut \xef\xbf\xbd\xef\xbf\xbd" },
        { "surrogate \xed\xa0\x80.", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd." },
        { "noncharacter \xef\xbf\xbf.", "noncharacter \xef\xbf\xbd." },
        { "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        struct cvm_xml xml;
        xmlDoc *document;
        xmlChar *text, *attribute;

        cvm_xml_init(&xml, out);
        cvm_xml_start(&xml, "a");
        cvm_xml_attribute(&xml, "x", cases[i].in);
        cvm_xml_text(&xml, cases[i].in);
        cvm_xml_end(&xml);
        document = xmlReadMemory(out->str, (int)out->len, NULL, NULL, XML_PARSE_NONET);
        ck_assert_msg(document != NULL, "%s", out->str);
        ck_assert(strchr(out->str, '\x7f') == NULL && strstr(out->str, "\xc2\x9b") == NULL);
        text = xmlNodeGetContent(xmlDocGetRootElement(document));
        attribute = xmlGetProp(xmlDocGetRootElement(document), (const xmlChar *)"x");
        ck_assert_str_eq((const char *)text, cases[i].back);
        ck_assert_str_eq((const char *)attribute, cases[i].back);
        xmlFree(text);
        xmlFree(attribute);
        xmlFreeDoc(document);
    }
}
END_TEST

/* Whatever is left in the buffer. */
START_TEST(test_pieces_of_any_length)
{
    for (size_t room = 1; room < 80; room++) {
        g_autoptr(GString) out = g_string_sized_new(room);
        struct cvm_xml xml;

        cvm_xml_init(&xml, out);
        cvm_xml_start(&xml, "domain");
        cvm_xml_attribute_uint(&xml, "id", G_MAXUINT64);
        cvm_xml_start(&xml, "memory");
        cvm_xml_text_uint(&xml, 0);
        cvm_xml_end(&xml);
        cvm_xml_end(&xml);
        ck_assert_str_eq(out->str, "<domain id='18446744073709551615'>\n"
                                   "  <memory>0</memory>\n"
                                   "</domain>\n");
        ck_assert_uint_eq(out->len, strlen(out->str));
    }
}
END_TEST

UNIT_MAIN("xml_out", test_indents_and_closes, test_empty_elements_leave_no_trace,
          test_any_bytes_are_well_formed, test_pieces_of_any_length)
