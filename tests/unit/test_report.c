/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/finding.h"
#include "report/report.h"
#include "unit.h"

/* One finding at line 1 of text, reported; the caller's to g_free(). */
static char *
report_at(const char *text, unsigned column, const char *message, const char *fix)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_source source = { .name = "a.yaml", .data = text, .size = strlen(text) };
    const struct cvm_node node = { .source = &source, .line = 1, .column = column };
    const struct cvm_report_options options = { .documents = 1 };
    struct cvm_finding *finding =
        cvm_findings_add(findings, "CVM207", "x", CVM_SEVERE, &node, g_strdup(message));
    GString *out = g_string_new(NULL);

    finding->fix = g_strdup(fix);
    cvm_reporter_text.report(findings, &options, out);
    return g_string_free(out, FALSE);
}

START_TEST(test_shape)
{
    g_autofree char *text = report_at("policy: 0x0\nrest", 9, "Bad policy.", "write 0x3");

    ck_assert_str_eq(text, "a.yaml:1:9: error: Bad policy. [CVM207]\n"
                           "    1 | policy: 0x0\n"
                           "      |         ^\n"
                           "  fix: write 0x3\n"
                           "1 error in 1 document\n");
}
END_TEST

START_TEST(test_caret_below_its_character)
{
    static const struct {
        const char *line;
        unsigned column;
        const char *caret;
    } cases[] = {
        { "\tx: y", 5, "\n      | \t   ^\n" },
        { "ü: é", 4, "\n      |    ^\n" },
        { "漢字: y", 5, "\n      |       ^\n" },   /* two columns each */
        { "e\xcc\x81: y", 5, "\n      |    ^\n" }, /* a combining accent takes none */
        { "ab", 3, "\n      |   ^\n" },            /* behind the end */
        { "ab", 99, "\n      |   ^\n" },
        { "ab", 0, "\n      | ^\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = report_at(cases[i].line, cases[i].column, "m", NULL);

        ck_assert_msg(strstr(text, cases[i].caret) != NULL, "'%s'", text);
    }
}
END_TEST

START_TEST(test_input_cannot_drive_the_terminal)
{
    g_autofree char *text = report_at("a: \033[2J\xff", 4, "value '\033]0;x\007\n'", NULL);

    ck_assert(strchr(text, '\033') == NULL);
    ck_assert(strchr(text, '\007') == NULL);
    ck_assert(g_utf8_validate(text, -1, NULL));
    ck_assert(strstr(text, "value '\uFFFD]0;x\uFFFD '") != NULL);
}
END_TEST

START_TEST(test_long_line_is_cut)
{
    g_autofree char *blob = g_strnfill(100000, 'A');
    g_autofree char *line = g_strdup_printf("session: %s!%s", blob, blob);
    g_autofree char *text = report_at(line, 9 + 100000 + 1, "m", NULL);
    char **lines = g_strsplit(text, "\n", 0);

    ck_assert_uint_lt(strlen(text), 500);
    /* The caret still stands below the mark: "…" is three bytes but one column. */
    ck_assert_int_eq(strchr(lines[1], '!') - lines[1] - 2, strchr(lines[2], '^') - lines[2]);
    g_strfreev(lines);
}
END_TEST

START_TEST(test_summary)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { .documents = 3 };
    g_autoptr(GString) out = g_string_new(NULL);

    cvm_reporter_text.report(findings, &options, out);
    ck_assert_str_eq(out->str, "no findings in 3 documents\n");

    g_string_truncate(out, 0);
    g_ptr_array_add(findings->not_run, (gpointer) "CVM701");
    cvm_findings_add(findings, "CVM207", "x", CVM_WARNING, NULL, g_strdup("m"));
    cvm_findings_add(findings, "CVM207", "x", CVM_SEVERE, NULL, g_strdup("n"));
    cvm_findings_add(findings, "CVM207", "x", CVM_SEVERE, NULL, g_strdup("o"));
    cvm_reporter_text.report(findings, &options, out);
    ck_assert_str_eq(out->str, "cvmdom: warning: m [CVM207]\n"
                               "cvmdom: error: n [CVM207]\n"
                               "cvmdom: error: o [CVM207]\n"
                               "2 errors, 1 warning in 3 documents; "
                               "1 host rule not run (no host given): CVM701\n");
}
END_TEST

START_TEST(test_summary_names_what_does_not_count)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { .documents = 2 };
    g_autoptr(GString) out = g_string_new(NULL);
    static const char *const ids[] = { "CVM711", "CVM205", "CVM703", "CVM704",
                                       "CVM705", "CVM708", "CVM710" };

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_ptr_array_add(findings->not_run, (gpointer)ids[i]);
    }
    cvm_findings_add(findings, "CVM207", "x", CVM_SEVERE, NULL, g_strdup("m"))->suppression =
        g_strdup("reason");
    cvm_findings_add_failure(findings, "cannot read it", "b.yaml", 0, 0);
    cvm_reporter_text.report(findings, &options, out);
    ck_assert_str_eq(out->str, "no findings in 2 documents; 1 suppressed; 1 input not read; "
                               "6 host rules not run (no host given): "
                               "CVM703-CVM705, CVM708, CVM710, CVM711; "
                               "1 rule not run (libcvmdom-attest is not installed): CVM205\n");
}
END_TEST

START_TEST(test_nothing_is_said_of_nothing)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { 0 };
    g_autoptr(GString) out = g_string_new(NULL);

    cvm_findings_add_failure(findings, "cannot read it", "b.yaml", 0, 0);
    cvm_reporter_text.report(findings, &options, out);
    ck_assert_str_eq(out->str, "");
}
END_TEST

START_TEST(test_colour_only_when_asked)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { .documents = 1, .colour = TRUE };
    g_autoptr(GString) out = g_string_new(NULL);

    cvm_findings_add(findings, "CVM207", "x", CVM_SEVERE, NULL, g_strdup("m"));
    cvm_reporter_text.report(findings, &options, out);
    ck_assert(strstr(out->str, "\033[1;31merror:\033[0m m") != NULL);
}
END_TEST

START_TEST(test_formats)
{
    ck_assert_ptr_eq(cvm_reporter_find("text"), &cvm_reporter_text);
    ck_assert_ptr_eq(cvm_reporter_at(0), &cvm_reporter_text);
    ck_assert_ptr_null(cvm_reporter_find("yaml"));
    ck_assert_ptr_null(cvm_reporter_at(99));
}
END_TEST

UNIT_MAIN("report", test_shape, test_caret_below_its_character,
          test_input_cannot_drive_the_terminal, test_long_line_is_cut, test_summary,
          test_summary_names_what_does_not_count, test_nothing_is_said_of_nothing,
          test_colour_only_when_asked, test_formats)
