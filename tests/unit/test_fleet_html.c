/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page of a fleet, read back by an XML parser. What it looks like is for tests/fleet-html.py.
 */
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <string.h>

#include "fleet_fixture.h"
#include "report/board.h"
#include "report/fleet.h"
#include "unit.h"

static GString *
print_page(const struct cvm_fleet *fleet)
{
    GString *page = g_string_new(NULL);

    cvm_fleet_report_html(fleet, page);
    return page;
}

static xmlDoc *
parse_page(const GString *page)
{
    xmlDoc *document =
        xmlReadMemory(page->str, (int)page->len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);

    ck_assert_ptr_nonnull(document);
    return document;
}

/* What the expression is, as text. */
static char *
ask(xmlDoc *document, const char *expression)
{
    xmlXPathContext *context = xmlXPathNewContext(document);
    xmlXPathObject *object = xmlXPathEvalExpression((const xmlChar *)expression, context);
    xmlChar *text;
    char *answer;

    ck_assert_msg(object, "%s", expression);
    text = xmlXPathCastToString(object);
    answer = g_strdup((const char *)text);
    xmlFree(text);
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    return answer;
}

static void
expect(xmlDoc *document, const char *expression, const char *answer)
{
    g_autofree char *text = ask(document, expression);

    ck_assert_msg(strcmp(text, answer) == 0, "%s: '%s', not '%s'", expression, text, answer);
}

/* Each id is there once, and each place that something refers to. */
static void
expect_ids(xmlDoc *document)
{
    static const char *const references[] = { "//@href[starts-with(., '#')]", "//@aria-describedby",
                                              "//@aria-labelledby" };
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    xmlXPathContext *context = xmlXPathNewContext(document);
    xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)"//@id", context);

    for (int i = 0; i < found->nodesetval->nodeNr; i++) {
        const xmlNode *id = found->nodesetval->nodeTab[i]->children;

        ck_assert_msg(g_hash_table_add(ids, g_strdup((const char *)id->content)), "%s twice",
                      id->content);
    }
    xmlXPathFreeObject(found);
    for (size_t r = 0; r < G_N_ELEMENTS(references); r++) {
        found = xmlXPathEvalExpression((const xmlChar *)references[r], context);
        ck_assert_int_ge(found->nodesetval->nodeNr, r == 0);
        for (int i = 0; i < found->nodesetval->nodeNr; i++) {
            const char *to = (const char *)found->nodesetval->nodeTab[i]->children->content;

            ck_assert_msg(g_hash_table_contains(ids, to + (*to == '#')), "no %s", to);
        }
        xmlXPathFreeObject(found);
    }
    xmlXPathFreeContext(context);
}

START_TEST(test_cells_say_what_there_is)
{
    CVM_AUTO(fleet) *fleet = make_fleet(3, 3, 7, 4);
    g_autoptr(GString) page = NULL;
    xmlDoc *document;

    place_guests(fleet);
    page = print_page(fleet);
    document = parse_page(page);
    expect(document, "count(//table[@class='grid']/tbody)", "7");
    expect(document, "count(//table[@class='grid']//td)", "21");
    expect(document, "string(//h1)", "3 profiles on 7 hosts");
    expect(document, "string((//td)[1]//a)", "runs 872 placed");
    expect(document, "string((//td)[1]//a/@href)", "#host-0");
    expect(document, "string((//td)[4]/@class)", "cannot");
    expect(document, "starts-with((//td)[4]//a/@href, '#why-')", "true");
    expect(document, "contains((//td)[4]/div, 'KVM was loaded without')", "true");
    expect(document, "contains((//td)[9]/div, 'there may be room for fewer')", "true");
    expect(document, "count(//section[@class='placement']//tbody/tr)", "6");
    expect(document, "string((//section[@class='placement']//li)[1])", "2 × snp-web");
    expect(document, "count(//script) + count(//@style) + count(//@onclick)", "0");
    expect_ids(document);
    xmlFreeDoc(document);
}
END_TEST

/* 200 hosts of 8 kinds are 8 rows, and each is there below. */
START_TEST(test_hosts_of_a_kind_share_a_row)
{
    CVM_AUTO(fleet) *fleet = make_fleet(6, 6, 200, 8);
    g_autoptr(GString) page = NULL;
    xmlDoc *document;

    refuse_guests(fleet);
    page = print_page(fleet);
    document = parse_page(page);
    expect(document, "count(//table[@class='grid']/tbody)", "8");
    expect(document, "count(//table[@class='grid']/tbody/tr[@class='member'])", "200");
    expect(document, "string(//table[@class='grid']/tbody[1]/tr[1]/th//summary)",
           "rack1-node01 and 24 more");
    expect(document, "string(//table[@class='grid']/tbody[1]/tr[1]/td[1]//a)",
           "runs 17405 of 25 full");
    expect(document, "string(//table[@class='grid']/tbody[1]/tr[2]/td[1]//span[@class='number'])",
           "87");
    expect(document, "string(//p[@class='notice']//bdi)", "snp-huge-memory");
    expect(document, "count(//section[contains(@class, 'answer cannot')]/ul/li)", "2");
    expect_ids(document);
    xmlFreeDoc(document);
}
END_TEST

/* As many kinds as there are hosts: those that the same rules speak of share a row. */
START_TEST(test_kinds_that_are_too_many_share_rows)
{
    CVM_AUTO(fleet) *fleet = make_fleet(600, 600, 600, 600);
    g_autoptr(GString) page = print_page(fleet);
    xmlDoc *document = parse_page(page);

    ck_assert_uint_lt(page->len, 8 << 20);
    expect(document, "count(//table[@class='grid']/tbody)", "5");
    expect(document, "count(//table[@class='grid']/tbody[1]/tr[1]/td)", "5");
    expect(document, "count(//table[@class='grid']/tbody/tr[@class='member'])", "600");
    expect(document, "count(//p[@class='left-out'])", "0");
    expect_ids(document);
    xmlFreeDoc(document);
}
END_TEST

/* What is left out is said. */
START_TEST(test_large_fleets_are_cut)
{
    CVM_AUTO(fleet) *fleet = make_fleet(300, 300, 300, 300);
    struct cvm_fleet_reason reason = { "CVM999", "unlike-others", CVM_NOTE, "Unlike others.",
                                       NULL };
    g_autoptr(GString) page = NULL;
    xmlDoc *document;

    for (unsigned i = 0; i < 300; i++) { /* no two are alike */
        fleet->reasons[i * 300 + i] = (struct cvm_fleet_reasons){ &reason, 1 };
    }
    page = print_page(fleet);
    document = parse_page(page);
    ck_assert_uint_lt(page->len, 8 << 20);
    expect(document, "count(//table[@class='grid dense']/tbody)", "60");
    expect(document, "count(//table[@class='grid dense']/tbody[1]/tr[1]/td)", "40");
    expect(document, "contains(//p[@class='left-out'], '240 of 300 hosts, 260 of 300 profiles')",
           "true");
    expect(document, "contains(//p[@class='left-out'], '--format json')", "true");
    expect_ids(document);
    xmlFreeDoc(document);
}
END_TEST

/* Rows that nobody could scroll through are not written, and their sum is. */
START_TEST(test_a_large_kind_has_no_rows_of_its_own)
{
    CVM_AUTO(fleet) *fleet = make_fleet(10, 10, 4000, 4);
    g_autoptr(GString) page = print_page(fleet);
    xmlDoc *document = parse_page(page);

    ck_assert_uint_lt(page->len, 8 << 20);
    expect(document, "count(//table[@class='grid']/tbody)", "4");
    expect(document, "string(//table[@class='grid']/tbody[1]/tr[1]/th/bdi)", "rack1-node01");
    expect(document, "contains(//table[@class='grid']/tbody[1]/tr[1]/th, 'and 999 more')", "true");
    expect_ids(document);
    xmlFreeDoc(document);
}
END_TEST

START_TEST(test_names_cannot_leave_their_place)
{
    static const struct {
        const char *name, *shown;
    } cases[] = {
        { "<script>alert(1)</script>", "<script>alert(1)</script>" },
        { "a & b \" c ' d ]]>", "a & b \" c ' d ]]>" },
        { "' onclick='x", "' onclick='x" },
        { "bell\a esc\x1b line\n del\x7f csi\xc2\x9b",
          "bell\xef\xbf\xbd esc\xef\xbf\xbd line  del\xef\xbf\xbd csi\xef\xbf\xbd" },
        { "exe\xe2\x80\xaetxt.cod", "exe\xef\xbf\xbdtxt.cod" },
        { "\xe2\x81\xa6isolated\xe2\x81\xa9\xd8\x9c",
          "\xef\xbf\xbdisolated\xef\xbf\xbd\xef\xbf\xbd" },
        { "bad \xff\xfe utf-8 \xe6\x9d", NULL },
        { "noncharacter \xef\xbf\xbf", "noncharacter \xef\xbf\xbd" },
        { "שלום", "שלום" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(fleet) *fleet = make_fleet(1, 1, 2, 2);
        g_autoptr(GString) page = NULL;
        xmlDoc *document;
        struct cvm_fleet_reason reason = { cases[i].name, cases[i].name, CVM_SEVERE, cases[i].name,
                                           cases[i].name };

        fleet->profiles[0].name = fleet->hosts[0].name = fleet->hosts[0].processor = cases[i].name;
        fleet->cells[0].state = CVM_FLEET_CANNOT;
        fleet->reasons[0] = (struct cvm_fleet_reasons){ &reason, 1 };
        page = print_page(fleet);
        document = parse_page(page);
        if (cases[i].shown) {
            expect(document, "string(//tbody[1]/tr/th/bdi)", cases[i].shown);
            expect(document, "string(//thead//bdi)", cases[i].shown);
            expect(document, "string(//tbody[1]/tr/td[1]/div/ul/li/b)", cases[i].shown);
        }
        expect(document, "count(//script) + count(//@onclick)", "0");
        expect_ids(document);
        xmlFreeDoc(document);
    }
}
END_TEST

/* A name of a megabyte is cut wherever it stands. */
START_TEST(test_long_names_are_cut)
{
    CVM_AUTO(fleet) *fleet = make_fleet(2, 2, 3, 3);
    g_autofree char *name = g_strnfill(1 << 20, 'x');
    g_autoptr(GString) page = NULL;

    fleet->profiles[0].name = fleet->hosts[0].name = name;
    page = print_page(fleet);
    ck_assert_uint_lt(page->len, 200000);
}
END_TEST

START_TEST(test_an_empty_fleet_is_a_page)
{
    CVM_AUTO(fleet) *fleet = make_fleet(0, 0, 0, 0);
    g_autoptr(GString) page = print_page(fleet);
    xmlDoc *document = parse_page(page);

    expect(document, "string(//h1)", "0 profiles on 0 hosts");
    xmlFreeDoc(document);
}
END_TEST

START_TEST(test_the_same_fleet_is_the_same_page)
{
    CVM_AUTO(fleet) *fleet = make_fleet(6, 6, 40, 8);
    g_autoptr(GString) one = print_page(fleet);
    g_autoptr(GString) other = print_page(fleet);

    ck_assert_str_eq(one->str, other->str);
}
END_TEST

/* HTML takes a style sheet as it is, XML would read markup in it. */
START_TEST(test_the_style_is_the_same_in_html_and_xml)
{
    const char *style = cvm_board_style();

    ck_assert_ptr_null(strpbrk(style, "<&"));
    ck_assert_ptr_null(strstr(style, "]]>"));
    ck_assert_ptr_null(strstr(style, "@import"));
    ck_assert_ptr_null(strstr(style, "//"));
}
END_TEST

START_TEST(test_sizes_are_readable)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        { 0, "0 B" },
        { 1023, "1023 B" },
        { 2 << 20, "2 MiB" },
        { GIB + GIB / 2, "1.5 GiB" },
        { 384 * GIB + 12345678, "384 GiB" },
        { 2048 * GIB, "2048 GiB" },
        { 19251 * GIB, "18.7 TiB" },
        { G_MAXUINT64, "16777215.9 TiB" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = cvm_board_size(cases[i].bytes);

        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

UNIT_MAIN("fleet page", test_cells_say_what_there_is, test_hosts_of_a_kind_share_a_row,
          test_kinds_that_are_too_many_share_rows, test_large_fleets_are_cut,
          test_a_large_kind_has_no_rows_of_its_own, test_names_cannot_leave_their_place,
          test_long_names_are_cut, test_an_empty_fleet_is_a_page,
          test_the_same_fleet_is_the_same_page, test_the_style_is_the_same_in_html_and_xml,
          test_sizes_are_readable)
