/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of XML text: what is around stays, and what comes in looks like it. */
#include <string.h>

#include "harden/revision.h"
#include "read/read.h"
#include "unit.h"

static struct cvm_arena *arena;
static struct cvm_source *source;
static const struct cvm_node *root;
static struct cvm_edits *edits;

static void
start(const char *text)
{
    g_autoptr(GError) error = NULL;

    arena = cvm_arena_new();
    source = cvm_arena_new0(arena, struct cvm_source);
    source->name = "x.xml";
    source->data = cvm_arena_strdup(arena, text);
    source->size = strlen(text);
    root = cvm_xml_parse(arena, source, &error);
    ck_assert_msg(root != NULL, "%s", error ? error->message : "");
    edits = cvm_edits_new(source);
}

static const struct cvm_node *
at(const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", 0);
    const struct cvm_node *node = root;

    for (char **step = steps; *step; step++) {
        node = **step == '@' ? cvm_node_attribute(node, *step + 1) : cvm_node_child(node, *step);
    }
    ck_assert_msg(node != NULL, "%s", path);
    return node;
}

/* Applies what was edited since start(). */
static void
finish(const char *expected)
{
    CVM_AUTO(revision) *revision = cvm_revision_new(source->data, source->size);

    ck_assert(cvm_edits_settle(edits, 0));
    cvm_revision_apply(revision, edits);
    ck_assert_str_eq(revision->text->str, expected);
    cvm_edits_free(edits);
    cvm_arena_free(arena);
}

START_TEST(test_attributes)
{
    start("<a><b x=\"1\"  y='2'/><c/></a>");
    cvm_edit_set_attribute(edits, at("b"), "y", "it's & <so>");
    cvm_edit_set_attribute(edits, at("b"), "z", "say \"3\"");
    cvm_edit_set_attribute(edits, at("c"), "n", "4");
    finish("<a><b x=\"1\"  y='it&apos;s &amp; &lt;so>' z='say \"3\"'/><c n='4'/></a>");

    start("<a p=\"q\"><b\n   x='1'\n   y='2' ><c/></b></a>");
    cvm_edit_remove_attribute(edits, at("b/@y"));
    cvm_edit_set_attribute(edits, at("b/c"), "n", "4");
    finish("<a p=\"q\"><b\n   x='1' ><c n='4'/></b></a>");

    start("<a p=\"q\"><b/></a>");
    cvm_edit_set_attribute(edits, at("b"), "n", "\"4\"");
    finish("<a p=\"q\"><b n=\"&quot;4&quot;\"/></a>");
}
END_TEST

START_TEST(test_text)
{
    start("<a><b> \n 0x1\n</b><c/><d></d><e> 1 <!-- one --></e><f><!-- t --> 1</f></a>");
    cvm_edit_set_text(edits, at("b"), "0x3");
    cvm_edit_set_text(edits, at("c"), "<");
    cvm_edit_set_text(edits, at("d"), "4");
    cvm_edit_set_text(edits, at("e"), "2");
    cvm_edit_set_text(edits, at("f"), "2");
    finish("<a><b>0x3</b><c>&lt;</c><d>4</d><e>2<!-- one --></e><f><!-- t --> 2</f></a>");
}
END_TEST

START_TEST(test_names)
{
    start("<a><Bad x='1'>t</Bad ><bad/></a>");
    cvm_edit_rename(edits, at("Bad"), "good");
    cvm_edit_rename(edits, at("Bad/@x"), "why");
    cvm_edit_rename(edits, at("bad"), "fine");
    finish("<a><good why='1'>t</good ><fine/></a>");
}
END_TEST

START_TEST(test_insert_between_lines)
{
    start("<a>\n    <b/> <!-- of b -->\n    <c>\n    </c>\n</a>\n");
    cvm_edit_insert(edits, root, at("b"), "<n>\n  <m/>\n</n>");
    cvm_edit_insert(edits, root, at("c"), "<o/>");
    finish("<a>\n    <b/> <!-- of b -->\n    <n>\n        <m/>\n    </n>\n    <c>\n    </c>\n"
           "    <o/>\n</a>\n");

    start("<a> <!-- a -->\r\n\t<b/>\r\n</a>");
    cvm_edit_insert(edits, root, NULL, "<n>\n  <m/>\n</n>");
    finish("<a> <!-- a -->\r\n\t<n>\r\n\t\t<m/>\r\n\t</n>\r\n\t<b/>\r\n</a>");
}
END_TEST

START_TEST(test_insert_on_a_line)
{
    start("<a><b/><c/></a>");
    cvm_edit_insert(edits, root, at("b"), "<n>\n  <m/>\n</n>");
    finish("<a><b/><n><m/></n><c/></a>");

    start("<a>\n  <b/><c/>\n</a>");
    cvm_edit_insert(edits, root, at("b"), "<n/>");
    finish("<a>\n  <b/>\n  <n/><c/>\n</a>");
}
END_TEST

START_TEST(test_insert_into_an_empty_element)
{
    start("<a>\n  <b/>\n</a>");
    cvm_edit_insert(edits, at("b"), NULL, "<n/>");
    finish("<a>\n  <b>\n    <n/>\n  </b>\n</a>");

    start("<a>\n\t<b x='1' />\n</a>");
    cvm_edit_set_attribute(edits, at("b"), "y", "2");
    cvm_edit_insert(edits, at("b"), NULL, "<n/>");
    finish("<a>\n\t<b x='1' y='2'>\n\t\t<n/>\n\t</b>\n</a>");

    start("<a>\n  <b></b>\n  <c>\n  </c>\n</a>");
    cvm_edit_insert(edits, at("b"), NULL, "<n/>");
    cvm_edit_insert(edits, at("c"), NULL, "<m/>");
    finish("<a>\n  <b>\n    <n/>\n  </b>\n  <c>\n    <m/>\n  </c>\n</a>");

    start("<a><b/></a>");
    cvm_edit_insert(edits, at("b"), NULL, "<n/>");
    finish("<a><b><n/></b></a>");
}
END_TEST

START_TEST(test_remove)
{
    start("<a>\r\n  <b/>\r\n  <c/> <!-- of c -->\r\n  <d/><e/>\r\n</a>");
    cvm_edit_remove(edits, at("b"));
    cvm_edit_remove(edits, at("c"));
    cvm_edit_remove(edits, at("d"));
    finish("<a>\r\n   <!-- of c -->\r\n  <e/>\r\n</a>");
}
END_TEST

START_TEST(test_remove_children)
{
    static const char *const names[] = { "c", "d", NULL };

    start("<a>\n  <b x='1'>\n    <c/>\n    <d/>\n  </b>\n</a>");
    cvm_edit_remove_children(edits, at("b"), names);
    finish("<a>\n  <b x='1'/>\n</a>");

    start("<a>\n  <b>\n    <c/>\n    <!-- kept -->\n    <d/>\n  </b>\n</a>");
    cvm_edit_remove_children(edits, at("b"), names);
    finish("<a>\n  <b>\n    <!-- kept -->\n  </b>\n</a>");
}
END_TEST

START_TEST(test_what_is_inside_goes_along)
{
    start("<a>\n  <b>\n    <c x='1'/>\n  </b>\n</a>");
    cvm_edit_set_attribute(edits, at("b/c"), "x", "2");
    cvm_edit_remove(edits, at("b"));
    cvm_edit_remove(edits, at("b/c"));
    finish("<a>\n</a>");
}
END_TEST

START_TEST(test_one_change_at_a_place)
{
    guint mark;

    start("<a>\n  <b/>\n  <c/>\n</a>");
    cvm_edit_insert(edits, root, at("b"), "<n/>");
    ck_assert(cvm_edits_settle(edits, 0));
    mark = edits->items->len;
    cvm_edit_insert(edits, root, at("b"), "<n/>"); /* the same */
    ck_assert(cvm_edits_settle(edits, mark));
    ck_assert_uint_eq(edits->items->len, mark);
    cvm_edit_remove(edits, at("c"));
    cvm_edit_insert(edits, root, at("b"), "<m/>"); /* another one: neither of the two */
    ck_assert(!cvm_edits_settle(edits, mark));
    ck_assert_uint_eq(edits->items->len, mark);
    cvm_edit_remove(edits, at("c"));
    ck_assert(cvm_edits_settle(edits, mark));
    mark = edits->items->len;
    cvm_edit_set_attribute(edits, at("b"), "x", "1");
    ck_assert(cvm_edits_settle(edits, mark));
    finish("<a>\n  <b x='1'/>\n  <n/>\n</a>");
}
END_TEST

/* ---- revisions ---- */

static char *
revise(const char *text, const char *const *paths, struct cvm_revision **revision)
{
    size_t size;

    start(text);
    *revision = cvm_revision_new(source->data, source->size);
    for (; *paths; paths++) {
        cvm_edit_set_text(edits, at(*paths), "new");
    }
    ck_assert(cvm_edits_settle(edits, 0));
    cvm_revision_apply(*revision, edits);
    cvm_edits_free(edits);
    cvm_arena_free(arena);
    return cvm_revision_diff(*revision, "/srv/x.xml", &size);
}

START_TEST(test_diff)
{
    static const char *const none[] = { NULL };
    static const char *const one[] = { "b", NULL };
    static const char *const two[] = { "b", "j", NULL };
    static const char text[] = "<a>\n<b/>\n<c/>\n<d/>\n<e/>\n<f/>\n<g/>\n<h/>\n<i/>\n<j/>\n</a>";
    CVM_AUTO(revision) *first = NULL;
    CVM_AUTO(revision) *second = NULL;
    CVM_AUTO(revision) *third = NULL;
    g_autofree char *diff = revise(text, none, &first);

    ck_assert_str_eq(diff, "");
    g_free(diff);
    diff = revise(text, one, &second);
    ck_assert_str_eq(diff, "--- a/srv/x.xml\n+++ b/srv/x.xml\n@@ -1,5 +1,5 @@\n <a>\n-<b/>\n"
                           "+<b>new</b>\n <c/>\n <d/>\n <e/>\n");
    g_free(diff);
    diff = revise(text, two, &third);
    ck_assert_str_eq(diff, "--- a/srv/x.xml\n+++ b/srv/x.xml\n@@ -1,5 +1,5 @@\n <a>\n-<b/>\n"
                           "+<b>new</b>\n <c/>\n <d/>\n <e/>\n@@ -7,5 +7,5 @@\n <g/>\n <h/>\n"
                           " <i/>\n-<j/>\n+<j>new</j>\n </a>\n\\ No newline at end of file\n");
}
END_TEST

START_TEST(test_lines_of_the_original)
{
    CVM_AUTO(revision) *revision = NULL;
    const char *found;

    start("<a>\n<b/>\n<c/>\n</a>\n");
    revision = cvm_revision_new(source->data, source->size);
    cvm_edit_insert(edits, root, at("b"), "<n/>\n<m/>");
    ck_assert(cvm_edits_settle(edits, 0));
    cvm_revision_apply(revision, edits);
    found = strstr(revision->text->str, "<c/>");
    ck_assert_uint_eq(cvm_revision_line(revision, (size_t)(found - revision->text->str)), 3);
    found = strstr(revision->text->str, "<m/>");
    ck_assert_uint_eq(cvm_revision_line(revision, (size_t)(found - revision->text->str)), 3);
    cvm_edits_free(edits);
    cvm_arena_free(arena);
}
END_TEST

UNIT_MAIN("edit", test_attributes, test_text, test_names, test_insert_between_lines,
          test_insert_on_a_line, test_insert_into_an_empty_element, test_remove,
          test_remove_children, test_what_is_inside_goes_along, test_one_change_at_a_place,
          test_diff, test_lines_of_the_original)
