/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Suppression comments: what is one, what it reaches, and what becomes of findings and comments. */
#include <stdio.h>
#include <string.h>

#include "read/read.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "unit.h"

/* ---- reading ---- */

/* What a text's comments come to: "first-last:rules:reason", or a word for a mistake, each followed
 * by a blank. The caller's to g_free(). */
static char *
describe(const char *text, enum cvm_form form)
{
    static const char *const mistakes[] = {
        [CVM_SUPPRESSION_NO_REASON] = "unreasoned",
        [CVM_SUPPRESSION_MALFORMED] = "malformed",
        [CVM_SUPPRESSION_MISPLACED] = "misplaced",
        [CVM_SUPPRESSION_TOO_MANY] = "too-many",
    };
    CVM_AUTO(arena) *arena = cvm_arena_new();
    const struct cvm_source source = { .name = "a", .data = text, .size = strlen(text) };
    struct cvm_node root = { .line = 1 }, *roots[] = { &root };
    const struct cvm_suppressions *all = cvm_suppressions_read(arena, &source, form, roots, 1);
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; all && i < all->count; i++) {
        const struct cvm_suppression *one = &all->items[i];

        if (one->mistake != CVM_SUPPRESSION_FINE) {
            g_string_append(out, mistakes[one->mistake]);
        } else if (one->whole_file) {
            g_string_append_printf(out, "file:%s", one->rules[0].name);
        } else {
            g_string_append_printf(out, "%u-%u:%s", one->first, one->last, one->rules[0].name);
        }
        for (unsigned j = 1; j < one->count; j++) {
            g_string_append_printf(out, ",%s", one->rules[j].name);
        }
        if (one->reason) {
            g_string_append_printf(out, ":%s", one->reason);
        }
        g_string_append_c(out, ' ');
    }
    return g_string_free(out, FALSE);
}

struct sample {
    const char *text, *expected;
};

static void
compare(const struct sample *samples, size_t count, enum cvm_form form)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *found = describe(samples[i].text, form);

        ck_assert_msg(g_str_equal(found, samples[i].expected), "%s\nhas '%s', not '%s'",
                      samples[i].text, found, samples[i].expected);
    }
}

START_TEST(test_what_a_comment_says)
{
    static const struct sample samples[] = {
        { "a: 1 # cvmdom: ignore=CVM207: why", "1-1:CVM207:why " },
        { "a: 1 # cvmdom: ignore=CVM207 -- why", "1-1:CVM207:why " },
        { "a: 1 #cvmdom:ignore=policy-debug-allowed:why", "1-1:policy-debug-allowed:why " },
        { "a: 1 # cvmdom: ignore = CVM207 , CVM208 : a  b\tc ", "1-1:CVM207,CVM208:a b c " },
        { "a: 1 # cvmdom: ignore=CVM207: see https://bugs/1: -- x",
          "1-1:CVM207:see https://bugs/1: "
          "-- x " },
        { "a: 1 # cvmdom: ignore=CVM207: warum nicht: Größe", "1-1:CVM207:warum nicht: Größe " },
        { "a: 1 # cvmdom: ignore=CVM207", "unreasoned " },
        { "a: 1 # cvmdom: ignore=CVM207:", "unreasoned " },
        { "a: 1 # cvmdom: ignore=CVM207: \xc2\xa0\xe2\x80\x8b", "unreasoned " },
        { "a: 1 # cvmdom: ignore=CVM207: ...", "unreasoned " },
        { "a: 1 # cvmdom: ignore=CVM207 --  ", "unreasoned " },
        { "a: 1 # cvmdom: ignore=CVM207 because", "unreasoned " },
        { "a: 1 # cvmdom: ignore=", "malformed " },
        { "a: 1 # cvmdom: ignore=: why", "malformed " },
        { "a: 1 # cvmdom: ignore=CVM207,: why", "malformed " },
        { "a: 1 # cvmdom: ignore=,CVM207: why", "malformed " },
        { "a: 1 # cvmdom: ignore CVM207: why", "malformed " },
        { "a: 1 # cvmdom: ignore", "malformed " },
        { "a: 1 # cvmdom: disable=CVM207: why", "malformed " },
        { "a: 1 # cvmdom: Ignore=CVM207: why", "malformed " },
        /* No directives at all. */
        { "a: 1 # cvmdom: the tool that reads this", "" },
        { "a: 1 # cvmdom:", "" },
        { "a: 1 # cvmdom ignore=CVM207: why", "" },
        { "a: 1 # see cvmdom: ignore=CVM207: why", "" },
        { "a: 1#cvmdom: ignore=CVM207: why", "" },
    };

    compare(samples, G_N_ELEMENTS(samples), CVM_FORM_PROFILE);
}
END_TEST

START_TEST(test_reach_in_yaml)
{
    static const struct sample samples[] = {
        { "# cvmdom: ignore=CVM207: x\na: 1", "2-2:CVM207:x " },
        { "a: 1\n  # cvmdom: ignore=CVM207: x\n  # more\n\n# cvmdom: ignore=CVM208: y\nb: 2",
          "4-4:CVM207:x 6-6:CVM208:y " },
        { "# cvmdom: ignore=CVM207: x\n# cvmdom: ignore=CVM208: y\na: 1",
          "3-3:CVM207:x 3-3:CVM208:y " },
        { "a: 1\n# cvmdom: ignore=CVM207: at the end", "3-3:CVM207:at the end " },
        { "\xef\xbb\xbf# cvmdom: ignore=CVM207: x\r\na: 1\r\n", "2-2:CVM207:x " },
        { "größe: 1 # cvmdom: ignore=CVM207: x", "1-1:CVM207:x " },
        /* The head of the file. */
        { "# cvmdom: ignore-file=CVM207: x\na: 1", "file:CVM207:x " },
        { "%YAML 1.1\n---\n# cvmdom: ignore-file=CVM207: x\na: 1", "file:CVM207:x " },
        { "a: 1 # cvmdom: ignore-file=CVM207: x", "misplaced:x " },
        { "a: 1\n---\n# cvmdom: ignore-file=CVM207: x\nb: 1", "misplaced:x " },
        { "# cvmdom: ignore-file=CVM207\na: 1", "unreasoned " },
    };

    compare(samples, G_N_ELEMENTS(samples), CVM_FORM_PROFILE);
}
END_TEST

START_TEST(test_text_is_no_comment_in_yaml)
{
    static const struct sample samples[] = {
        { "a: '# cvmdom: ignore=CVM207: x'", "" },
        { "a: \"b # cvmdom: ignore=CVM207: x\"", "" },
        { "a: \"b\n  # cvmdom: ignore=CVM207: x\n  c\"", "" },
        { "a: |\n  b\n  # cvmdom: ignore=CVM207: x\n", "" },
        { "a: >-\n  # cvmdom: ignore=CVM207: x\nb: 1", "" },
        { "a: |\n  b\n# cvmdom: ignore=CVM207: x\nc: 1", "4-4:CVM207:x " },
        { "a: |  # cvmdom: ignore=CVM207: x\n  # cvmdom: ignore=CVM208: y\n", "1-1:CVM207:x " },
        { "a: b # cvmdom: ignore=CVM207: x\nc: 1", "1-1:CVM207:x " },
        { "a: [b, # cvmdom: ignore=CVM207: x\n c]", "1-1:CVM207:x " },
        { "? '# cvmdom: ignore=CVM207: x'\n: 1", "" },
        /* A comment that quotes one. */
        { "# Write # cvmdom: ignore=CVM207: x\na: 1", "" },
        { "a: 1 # old: # cvmdom: ignore=CVM207: x", "" },
        { "a: 1 # cvmdom: ignore=CVM207: x # cvmdom: ignore=CVM208: y",
          "1-1:CVM207:x # cvmdom: ignore=CVM208: y " },
        { "a: '#' # cvmdom: ignore=CVM207: x", "1-1:CVM207:x " },
        { "ä: 'ö # ö' # cvmdom: ignore=CVM207: x", "1-1:CVM207:x " },
    };

    compare(samples, G_N_ELEMENTS(samples), CVM_FORM_PROFILE);
}
END_TEST

START_TEST(test_reach_in_xml)
{
    static const struct sample samples[] = {
        { "<a>\n<b/> <!-- cvmdom: ignore=CVM207: x -->\n</a>", "2-2:CVM207:x " },
        { "<a>\n<!-- cvmdom: ignore=CVM207: x -->\n<b/>\n</a>", "3-3:CVM207:x " },
        { "<a>\n<!-- cvmdom: ignore=CVM207: x --> <b/>\n</a>", "2-2:CVM207:x " },
        { "<a>\n<!--cvmdom:ignore=CVM207:x-->\n<!-- more -->\n\n<b/>\n</a>", "5-5:CVM207:x " },
        /* The start tag behind it, and the text at which its findings are. */
        { "<a>\n<!-- cvmdom: ignore=CVM207: x -->\n<b\n c='>'\n d='e'>\n<f/></b>\n</a>",
          "3-5:CVM207:x " },
        { "<a>\n<!-- cvmdom: ignore=CVM207: x -->\n<b>\n  0x3\n</b>\n</a>", "3-4:CVM207:x " },
        { "<a>\n<b\n c='1'/> <!-- cvmdom: ignore=CVM207: x -->\n</a>", "2-3:CVM207:x " },
        { "<a>\n<b>\n 0x3 <!-- cvmdom: ignore=CVM207: x -->\n</b>\n</a>", "2-3:CVM207:x " },
        { "<a>\n<b>\n<!-- cvmdom: ignore=CVM207: x -->\n0x3</b>\n</a>", "4-4:CVM207:x " },
        { "<a>\n<b/>\n<!-- cvmdom: ignore=CVM207: x -->\n</a>", "4-4:CVM207:x " },
        { "<a>\n<!-- cvmdom: ignore=CVM207:\n  two\n  lines -->\n<b/></a>",
          "5-5:CVM207:two lines " },
        { "<!-- cvmdom: ignore=CVM207: x -->\n<a/>", "2-2:CVM207:x " },
        { "<a/>\n<!-- cvmdom: ignore=CVM207: x -->", "2-2:CVM207:x " },
        /* The head of the file, or of its domain. */
        { "<?xml version='1.0'?>\n<!-- cvmdom: ignore-file=CVM207: x -->\n<a/>", "file:CVM207:x " },
        { "<a>\n<!-- cvmdom: ignore-file=CVM207: x -->\n<b/></a>", "file:CVM207:x " },
        { "<a>\n<b/><!-- cvmdom: ignore-file=CVM207: x -->\n</a>", "misplaced:x " },
        { "<a>\n<b><!-- cvmdom: ignore-file=CVM207: x --></b>\n</a>", "misplaced:x " },
        { "<a>\n<domain><!-- cvmdom: ignore-file=CVM207: x --></domain>\n</a>", "file:CVM207:x " },
        { "<a>\n<domains><!-- cvmdom: ignore-file=CVM207: x --></domains>\n</a>", "misplaced:x " },
        { "<a/>\n<!-- cvmdom: ignore-file=CVM207: x -->", "misplaced:x " },
    };

    compare(samples, G_N_ELEMENTS(samples), CVM_FORM_XML);
}
END_TEST

START_TEST(test_text_is_no_comment_in_xml)
{
    static const struct sample samples[] = {
        { "<a b='# cvmdom: ignore=CVM207: x'/>", "" },
        { "<a><![CDATA[<!-- cvmdom: ignore=CVM207: x -->]]></a>", "" },
        { "<a><?pi <!-- cvmdom: ignore=CVM207: x -->?></a>", "" },
        { "<a b='&lt;!-- cvmdom: ignore=CVM207: x -->'/>", "" },
        { "<a>cvmdom: ignore=CVM207: x</a>", "" },
        { "<a><!-- see cvmdom: ignore=CVM207: x --></a>", "" },
        { "<a b='>' c=\"'>\"><!-- cvmdom: ignore=CVM207: x --></a>", "1-1:CVM207:x " },
    };

    compare(samples, G_N_ELEMENTS(samples), CVM_FORM_XML);
}
END_TEST

START_TEST(test_limits)
{
    g_autoptr(GString) many = g_string_new(NULL), names = g_string_new("a: 1 # cvmdom: ignore=C");
    g_autofree char *found = NULL;
    g_autofree char *refused = NULL;

    for (int i = 0; i < 20000; i++) {
        g_string_append(many, "# cvmdom: ignore=CVM207: x\n");
        g_string_append(names, ",CVM207");
    }
    g_string_append(names, ": x");
    found = describe(many->str, CVM_FORM_PROFILE);
    ck_assert(g_str_has_suffix(found, " 20001-20001:CVM207:x too-many:x "));
    refused = describe(names->str, CVM_FORM_PROFILE);
    ck_assert_str_eq(refused, "malformed ");
}
END_TEST

/* ---- what becomes of findings ---- */

/* "CVM207@4=reason", "CVM109@3": the findings of these rules in all documents, in order, each
 * followed by a blank. The caller's to g_free(). */
static char *
check(const char *text, const struct cvm_control *control, const struct cvm_host *host)
{
    static const char *const rules[] = { "CVM107", "CVM109", "CVM110", "CVM207", "CVM412", NULL };
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autoptr(GPtrArray) domains = cvm_documents_parse("a.yaml", text, strlen(text), NULL, NULL);
    GString *out = g_string_new(NULL);

    ck_assert_ptr_nonnull(domains);
    for (guint i = 0; i < domains->len; i++) {
        cvm_resolve(g_ptr_array_index(domains, i), host);
        cvm_check_run(g_ptr_array_index(domains, i), host, control, findings);
    }
    cvm_findings_sort(findings);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        if (g_strv_contains(rules, finding->rule)) {
            g_string_append_printf(out, "%s@%u%s%s ", finding->rule, finding->line,
                                   finding->suppression ? "=" : "",
                                   finding->suppression ? finding->suppression : "");
        }
    }
    return g_string_free(out, FALSE);
}

#define HEAD "name: db\nmemory: 4GiB\nvcpu: 2\n" /* three lines */
#define OPEN "launchSecurity: {type: sev-snp, policy: 0xb0000}"

static void
check_samples(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *found = check(samples[i].text, NULL, NULL);

        ck_assert_msg(g_str_equal(found, samples[i].expected), "%s\ngives '%s', not '%s'",
                      samples[i].text, found, samples[i].expected);
    }
}

START_TEST(test_findings_are_suppressed)
{
    static const struct sample samples[] = {
        { HEAD OPEN, "CVM207@4 " },
        { HEAD OPEN " # cvmdom: ignore=CVM207: lab", "CVM207@4=lab " },
        { HEAD OPEN " # cvmdom: ignore=policy-debug-allowed: lab", "CVM207@4=lab " },
        { HEAD OPEN " # cvmdom: ignore=CVM207", "CVM207@4 CVM110@4 " },
        { HEAD "# cvmdom: ignore=CVM207: lab\n" OPEN, "CVM207@5=lab " },
        { HEAD "# cvmdom: ignore=CVM207: lab\n\n" OPEN, "CVM109@4 CVM207@6 " },
        { "# cvmdom: ignore-file=CVM207: lab\n" HEAD OPEN, "CVM207@5=lab " },
        { HEAD OPEN " # cvmdom: ignore=CVM207,CVM412: lab", "CVM207@4=lab CVM109@4 " },
        { HEAD OPEN " # cvmdom: ignore=CVM206: lab", "CVM207@4 CVM109@4 " },
        { HEAD OPEN " # cvmdom: ignore=CVM2: lab", "CVM207@4 CVM109@4 " },
        /* A rule on comments cannot be suppressed by one. */
        { HEAD OPEN " # cvmdom: ignore=CVM207,CVM109: lab", "CVM207@4=lab CVM109@4 " },
        { "# cvmdom: ignore-file=CVM109,CVM110: x\n" HEAD OPEN " # cvmdom: ignore=CVM207",
          "CVM109@1 CVM109@1 CVM207@5 CVM110@5 " },
        /* Twice is not unused. */
        { "# cvmdom: ignore-file=CVM207: lab\n" HEAD OPEN " # cvmdom: ignore=CVM207: here",
          "CVM207@5=lab " },
        { "<domain>\n  <name>db</name>\n</domain>", "CVM107@1 " },
        { "<!-- cvmdom: ignore=CVM107: not yet -->\n<domain>\n  <name>db</name>\n</domain>",
          "CVM107@2=not yet " },
    };

    check_samples(samples, G_N_ELEMENTS(samples));
}
END_TEST

static guint
count_failing(const GString *text, guint *all)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autoptr(GPtrArray) domains = cvm_documents_parse("a.xml", text->str, text->len, NULL, NULL);
    guint count = 0;

    ck_assert_ptr_nonnull(domains);
    cvm_check_run(g_ptr_array_index(domains, 0), NULL, NULL, findings);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        count += finding->fails;
    }
    *all = findings->items->len;
    return count;
}

/* What is not listed any more is not suppressed with what is. */
START_TEST(test_limits_are_not_suppressed)
{
    static const struct {
        const char *head, *part;
        unsigned count, least;
    } samples[] = {
        { "<!-- cvmdom: ignore-file=CVM212,CVM104: x -->\n<domain><features>", "<launchSecurity/>",
          1000, 0 },
        { "<!-- cvmdom: ignore-file=CVM212,CVM104: x -->\n<domain><features>", "<launchSecurity/>",
          1001, 1 },
        { "<!-- cvmdom: ignore-file=CVM102,CVM104: x -->\n<domain><devices>",
          "<disk><driver iommu='x'/></disk>", 199, 0 },
        { "<!-- cvmdom: ignore-file=CVM102,CVM104: x -->\n<domain><devices>",
          "<disk><driver iommu='x'/></disk>", 200, 1 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(GString) text = g_string_new(samples[i].head);
        guint all;

        for (unsigned j = 0; j < samples[i].count; j++) {
            g_string_append(text, samples[i].part);
        }
        g_string_append(text, strstr(text->str, "<features>") ? "</features></domain>"
                                                              : "</devices></domain>");
        ck_assert_uint_eq(count_failing(text, &all), samples[i].least);
        ck_assert_uint_ge(all, 199);
    }
}
END_TEST

START_TEST(test_documents_of_a_file)
{
    static const struct sample samples[] = {
        /* Lines belong to one document. */
        { HEAD OPEN " # cvmdom: ignore=CVM207: a\n---\n" HEAD OPEN, "CVM207@4=a CVM207@9 " },
        { HEAD OPEN "\n---\n" HEAD OPEN " # cvmdom: ignore=CVM207: b", "CVM207@4 CVM207@9=b " },
        { HEAD OPEN "\n---\n# cvmdom: ignore=CVM412: b\n" HEAD OPEN,
          "CVM207@4 CVM109@6 CVM207@10 " },
        /* The head belongs to all, and one use is enough. */
        { "# cvmdom: ignore-file=CVM207: c\n" HEAD OPEN "\n---\n" HEAD OPEN,
          "CVM207@5=c CVM207@10=c " },
        { "# cvmdom: ignore-file=CVM207: c\n" HEAD OPEN "\n---\n" HEAD
          "launchSecurity: {type: sev-snp}",
          "CVM207@5=c " },
        { "# cvmdom: ignore-file=CVM207: c\n" HEAD "launchSecurity: {type: sev-snp}\n---\n" HEAD
          "launchSecurity: {type: sev-snp}",
          "CVM109@1 " },
        { "<domainsnapshot>\n<domain/> <!-- cvmdom: ignore=CVM107: d -->\n<inactiveDomain/>\n"
          "<!-- cvmdom: ignore=CVM107: e -->\n</domainsnapshot>",
          "CVM107@2=d CVM107@3 CVM109@4 " },
        { "# cvmdom: ignore-file=CVM999: c\n" HEAD OPEN "\n---\n" HEAD OPEN,
          "CVM109@1 CVM207@5 CVM207@10 " },
    };

    check_samples(samples, G_N_ELEMENTS(samples));
}
END_TEST

START_TEST(test_what_did_not_run_is_not_called_unused)
{
    static const char text[] = HEAD "launchSecurity: {type: sev-snp} # cvmdom: ignore=CVM703: soon";
    static const char unused[] =
        HEAD "launchSecurity: {type: sev-snp} # cvmdom: ignore=CVM207: lab";
    g_autofree char *path = unit_source_path("profiles/hosts/epyc-genoa-snp.xml");
    CVM_AUTO(host) *host = cvm_host_read(path, NULL);
    CVM_AUTO(config) *words = cvm_config_new(NULL, NULL);
    CVM_AUTO(control) *control = NULL;
    g_autofree char *without = check(text, NULL, NULL);
    g_autofree char *with = check(text, NULL, host);
    g_autofree char *all = check(unused, NULL, NULL);
    g_autofree char *some = NULL;

    ck_assert_str_eq(without, "");
    ck_assert_str_eq(with, "CVM109@4 ");
    ck_assert_str_eq(all, "CVM109@4 ");
    cvm_config_add(words, (struct cvm_config_entry){ .verb = CVM_CONFIG_IGNORE }, "CVM207");
    control = cvm_control_new(words, NULL, "/a.yaml");
    some = check(unused, control, NULL);
    ck_assert_str_eq(some, "");
}
END_TEST

START_TEST(test_suppressions_switched_off)
{
    CVM_AUTO(control) *control = cvm_control_new(NULL, NULL, "/a.yaml");
    g_autofree char *found = NULL;

    control->no_suppressions = TRUE;
    found = check(HEAD OPEN " # cvmdom: ignore=CVM207,CVM412: lab\n# cvmdom: ignore=CVM1", control,
                  NULL);
    ck_assert_str_eq(found, "CVM207@4 ");
}
END_TEST

static void
write(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static void
remove_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    ck_assert_int_eq(remove(path), 0);
}

START_TEST(test_comments_of_a_base_count)
{
    g_autofree char *folder = g_dir_make_tmp("cvmdom-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.yaml", NULL);
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autoptr(GPtrArray) domains = NULL;
    const struct cvm_finding *finding;

    write(folder, "base.yaml",
          OPEN " # cvmdom: ignore=CVM207: lab\nvcpu: 2 # cvmdom: ignore=CVM611: others need it\n");
    write(folder, "a.yaml", "extends: base.yaml\nname: db\nmemory: 4GiB\n");
    domains = cvm_documents_read(path, NULL, NULL);
    ck_assert_ptr_nonnull(domains);
    cvm_resolve(g_ptr_array_index(domains, 0), NULL);
    cvm_check_run(g_ptr_array_index(domains, 0), NULL, NULL, findings);
    ck_assert_uint_eq(findings->items->len, 1);
    finding = g_ptr_array_index(findings->items, 0);
    ck_assert_str_eq(finding->rule, "CVM207");
    ck_assert(g_str_has_suffix(finding->file, "base.yaml"));
    ck_assert_str_eq(finding->suppression, "lab");
    ck_assert(!finding->fails);
    remove_file(folder, "a.yaml");
    remove_file(folder, "base.yaml");
    ck_assert_int_eq(remove(folder), 0);
}
END_TEST

UNIT_MAIN("suppression", test_what_a_comment_says, test_reach_in_yaml,
          test_text_is_no_comment_in_yaml, test_reach_in_xml, test_text_is_no_comment_in_xml,
          test_limits, test_findings_are_suppressed, test_limits_are_not_suppressed,
          test_documents_of_a_file, test_what_did_not_run_is_not_called_unused,
          test_suppressions_switched_off, test_comments_of_a_base_count)
