/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which findings count, through the public interface: patterns, files, where files are found. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cvmdom/cvmdom.h"
#include "unit.h"
#include "util/glob.h"

/* CVM207 (error) and CVM412 (warning), and with that nothing. */
static const char profile[] = "name: db\n"
                              "launchSecurity: {type: sev-snp, policy: 0xb0000}\n"
                              "memory: 4GiB\n"
                              "vcpu: 2\n"
                              "onReboot: restart\n";

static char *root; /* of the test's files, absolute */

static void
setup(void)
{
    root = g_dir_make_tmp("cvmdom-test-XXXXXX", NULL);
    ck_assert_ptr_nonnull(root);
}

static void
remove_tree(const char *path)
{
    GDir *folder = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        remove_tree(child);
    }
    if (folder) {
        g_dir_close(folder);
    }
    ck_assert_int_eq(g_remove(path), 0);
}

static void
teardown(void)
{
    remove_tree(root);
    g_free(root);
}

/* A path below root, the caller's to g_free(). */
static char *
below(const char *name)
{
    return g_build_filename(root, name, NULL);
}

static void
put(const char *name, const char *text)
{
    g_autofree char *path = below(name);
    g_autofree char *folder = g_path_get_dirname(path);

    ck_assert_int_eq(g_mkdir_with_parents(folder, 0777), 0);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
}

/* "CVM207e CVM412w" of the profile by that name below root; an error is "error:LINE:COLUMN". The
 * caller's to g_free(). */
static char *
lint(cvmdom_config *config, const char *name)
{
    g_autofree char *path = below(name);
    cvmdom_findings *findings = cvmdom_findings_new();
    cvmdom_error *error = NULL;
    GString *out = g_string_new(NULL);

    if (cvmdom_config_find(config, path, &error) < 0) {
        g_string_append_printf(out, "error:%u:%u", cvmdom_error_line(error),
                               cvmdom_error_column(error));
        cvmdom_error_free(error);
    } else {
        cvmdom_domains *domains =
            cvmdom_domains_parse(path, profile, sizeof(profile) - 1, NULL, NULL);

        cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
        cvmdom_config_check(config, cvmdom_domains_get(domains, 0), NULL, findings);
        cvmdom_domains_free(domains);
    }
    for (size_t i = 0; i < cvmdom_findings_count(findings); i++) {
        g_string_append_printf(out, "%s%s%c", i ? " " : "", cvmdom_finding_rule(findings, i),
                               "nwe"[cvmdom_finding_severity(findings, i)]);
    }
    if (cvmdom_findings_failing(findings) > 0) {
        g_string_append_printf(out, " fails %zu", cvmdom_findings_failing(findings));
    }
    cvmdom_findings_free(findings);
    return g_string_free(out, FALSE);
}

#define CHECK_LINT(config, name, expected)                                                         \
    do {                                                                                           \
        g_autofree char *linted = lint((config), (name));                                          \
        ck_assert_msg(g_str_equal(linted, (expected)), "line %d: '%s', not '%s'", __LINE__,        \
                      linted, (expected));                                                         \
    } while (0)

/* ---- the caller's words ---- */

struct words {
    const char *select, *ignore, *severity, *expected;
};

static void
say(cvmdom_config *config, const struct words *words)
{
    if (words->select) {
        ck_assert_int_eq(cvmdom_config_select(config, words->select, NULL), 0);
    }
    if (words->ignore) {
        ck_assert_int_eq(cvmdom_config_ignore(config, words->ignore, NULL), 0);
    }
    if (words->severity) {
        ck_assert_int_eq(cvmdom_config_set_severity(config, words->severity, NULL), 0);
    }
}

START_TEST(test_words)
{
    static const struct words samples[] = {
        { NULL, NULL, NULL, "CVM207e CVM412w fails 1" },
        { "CVM207", NULL, NULL, "CVM207e fails 1" },
        { "policy-debug-allowed", NULL, NULL, "CVM207e fails 1" },
        { "cvm2", NULL, NULL, "CVM207e fails 1" },
        { "CVM2, CVM41", NULL, NULL, "CVM207e CVM412w fails 1" },
        { "CVM5", NULL, NULL, "" },
        { NULL, "CVM207", NULL, "CVM412w" },
        { "CVM", "CVM2,reboot-restarts", NULL, "" },
        /* The more exact counts, and of equals the one that ignores. */
        { "CVM2", "CVM207", NULL, "" },
        { "CVM207", "CVM2", NULL, "CVM207e fails 1" },
        { "CVM207", "CVM207", NULL, "" },
        { "CVM207", "policy-debug-allowed", NULL, "" },
        { NULL, NULL, "CVM207=note", "CVM207n CVM412w" },
        { NULL, NULL, "CVM2=note, CVM4=error", "CVM207n CVM412e fails 1" },
        { NULL, NULL, "CVM207=warning,CVM2=note", "CVM207w CVM412w" },
        { NULL, NULL, "CVM207=warning,CVM207=note", "CVM207n CVM412w" },
        { NULL, "CVM412", "CVM412=error", "CVM207e fails 1" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        cvmdom_config *config = cvmdom_config_new();

        say(config, &samples[i]);
        CHECK_LINT(config, "a.yaml", samples[i].expected);
        cvmdom_config_free(config);
    }
}
END_TEST

START_TEST(test_words_that_say_nothing_are_refused)
{
    static const struct {
        int (*function)(cvmdom_config *, const char *, cvmdom_error **);
        const char *words, *part;
    } samples[] = {
        { cvmdom_config_select, "CVM999", "'CVM999'" },
        { cvmdom_config_select, "CVM3", "'CVM3'" },
        { cvmdom_config_select, "", "''" },
        { cvmdom_config_ignore, "CVM207,", "names no rule" },
        { cvmdom_config_ignore, "CVM207,CVM20x", "did you mean" },
        { cvmdom_config_ignore, "policy-debug-alowed", "'policy-debug-allowed'" },
        { cvmdom_config_ignore, "CVM*", "'CVM*'" },
        { cvmdom_config_ignore, "CVM", "'CVM' is every rule" },
        { cvmdom_config_set_severity, "", "RULE=SEVERITY" },
        { cvmdom_config_set_severity, "CVM207", "RULE=SEVERITY" },
        { cvmdom_config_set_severity, "=note", "names no rule" },
        { cvmdom_config_set_severity, "CVM207=", "there is no severity" },
        { cvmdom_config_set_severity, "CVM207=off", "ignore it" },
        { cvmdom_config_set_severity, "CVM412=error,CVM207=eror", "'error'" },
        { cvmdom_config_set_severity, "CVM412=error,CVM999=error", "'CVM999'" },
    };
    cvmdom_config *config = cvmdom_config_new();

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        cvmdom_error *error = NULL;

        ck_assert_int_eq(samples[i].function(config, samples[i].words, &error), -1);
        ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
        ck_assert_msg(strstr(cvmdom_error_message(error), samples[i].part), "'%s': %s",
                      samples[i].words, cvmdom_error_message(error));
        cvmdom_error_free(error);
        ck_assert_int_eq(samples[i].function(config, samples[i].words, NULL), -1);
    }
    /* Nothing of them has stayed. */
    CHECK_LINT(config, "a.yaml", "CVM207e CVM412w fails 1");
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_fail_on)
{
    cvmdom_config *config = cvmdom_config_new();

    put(".cvmdom.yaml", "failOn: warning\n");
    CHECK_LINT(config, "a.yaml", "CVM207e CVM412w fails 2");
    cvmdom_config_set_fail_on(config, CVMDOM_SEVERE);
    CHECK_LINT(config, "a.yaml", "CVM207e CVM412w fails 1");
    cvmdom_config_free(config);
}
END_TEST

/* ---- words and file ---- */

START_TEST(test_words_go_above_the_file)
{
    static const struct {
        const char *file;
        struct words words;
    } samples[] = {
        { "ignore: CVM207", { .expected = "CVM412w" } },
        { "ignore: [CVM2, CVM4]", { .expected = "" } },
        { "select: [CVM2]", { .expected = "CVM207e fails 1" } },
        { "select: [CVM2]\nignore: [CVM207]", { .expected = "" } },
        { "severity: {CVM2: note, CVM412: error}", { .expected = "CVM207n CVM412e fails 1" } },
        { "severity: {CVM207: warning, CVM2: note}", { .expected = "CVM207w CVM412w" } },
        { "severity: {CVM2: note, CVM207: warning}", { .expected = "CVM207w CVM412w" } },
        /* Selecting starts over, ignoring adds to what the file ignores. */
        { "ignore: [CVM207]", { "CVM207", NULL, NULL, "CVM207e fails 1" } },
        { "select: [CVM4]", { "CVM2", NULL, NULL, "CVM207e fails 1" } },
        { "ignore: [CVM207]", { NULL, "CVM412", NULL, "" } },
        { "select: [CVM2]", { NULL, "CVM207", NULL, "" } },
        { "severity: {CVM207: note}", { NULL, NULL, "CVM2=warning", "CVM207w CVM412w" } },
        { "# nothing\n", { .expected = "CVM207e CVM412w fails 1" } },
        { "", { .expected = "CVM207e CVM412w fails 1" } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        cvmdom_config *config = cvmdom_config_new();

        put(".cvmdom.yaml", samples[i].file);
        say(config, &samples[i].words);
        CHECK_LINT(config, "a.yaml", samples[i].words.expected);
        cvmdom_config_free(config);
    }
}
END_TEST

START_TEST(test_what_is_for_some_files)
{
    cvmdom_config *config = cvmdom_config_new();

    put(".cvmdom.yaml", "select: [CVM207, CVM412]\n"
                        "perFile:\n"
                        "  - {files: 'legacy/*.yaml', ignore: CVM2}\n"
                        "  - {files: 'b?.yaml', severity: {CVM: note}}\n"
                        "  - {files: '**/deep/**', ignore: [CVM412]}\n");
    CHECK_LINT(config, "a.yaml", "CVM207e CVM412w fails 1");
    CHECK_LINT(config, "legacy/a.yaml", "CVM412w");
    CHECK_LINT(config, "legacy/x/a.yaml", "CVM207e CVM412w fails 1");
    CHECK_LINT(config, "x/legacy/a.yaml", "CVM207e CVM412w fails 1");
    CHECK_LINT(config, "legacy/b1.yaml", "CVM412n");
    CHECK_LINT(config, "x/b1.yaml", "CVM207n CVM412n");
    CHECK_LINT(config, "x/deep/y/a.yaml", "CVM207e fails 1");
    CHECK_LINT(config, "a.yaml", "CVM207e CVM412w fails 1");
    ck_assert_int_eq(cvmdom_config_select(config, "CVM2", NULL), 0);
    CHECK_LINT(config, "legacy/a.yaml", "CVM207e fails 1");
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_globs)
{
    static const struct {
        const char *pattern, *path;
        gboolean matches;
    } samples[] = {
        { "*.xml", "a.xml", TRUE },
        { "*.xml", "x/y/a.xml", TRUE },
        { "*.xml", "a.xmlx", FALSE },
        { "x/*.xml", "x/a.xml", TRUE },
        { "x/*.xml", "x/y/a.xml", FALSE },
        { "x/*.xml", "a.xml", FALSE },
        { "**/*.xml", "a.xml", TRUE },
        { "**/*.xml", "x/y/a.xml", TRUE },
        { "x/**", "x/y/a.xml", TRUE },
        { "x/**/a", "x/a", TRUE },
        { "x/**/a", "x/y/z/a", TRUE },
        { "x/**/a", "x/y/z/b", FALSE },
        { "x/**/y/**/a", "x/y/b/y/a", TRUE },
        { "**", "a", TRUE },
        { "a*b*c", "aXbYc", TRUE },
        { "a*b*c", "aXbY", FALSE },
        { "?", "ab", FALSE },
        { "x/?", "x/a", TRUE },
        { "x/", "x/a", FALSE },
        { "***", "a", TRUE },
    };
    g_autoptr(GString) pattern = g_string_new(NULL), path = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        ck_assert_msg(cvm_glob_match(samples[i].pattern, samples[i].path) == samples[i].matches,
                      "%s %s", samples[i].pattern, samples[i].path);
    }
    /* What takes exponential time where stars are tried one by one. */
    for (int i = 0; i < 200; i++) {
        g_string_append(pattern, i % 2 ? "**/" : "*a*a*a*a*a*a*a*a*a*a*c/");
        g_string_append(path, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab/");
    }
    ck_assert(!cvm_glob_match(pattern->str, path->str));
}
END_TEST

/* ---- files ---- */

START_TEST(test_mistakes_in_a_file)
{
    static const struct {
        const char *text, *expected;
    } samples[] = {
        { "ignor: [CVM207]", "error:1:1" },
        { "select: []", "error:1:9" },
        { "ignore:", "error:1:8" },
        { "ignore: [CVM207, CVM999]", "error:1:18" },
        { "ignore: 'CVM2,,CVM4'", "error:1:9" },
        { "ignore: {CVM2: x}", "error:1:9" },
        { "ignore: [[CVM2]]", "error:1:10" },
        { "ignore: CVM2\nignore: CVM4", "error:2:1" },
        { "severity: [CVM2]", "error:1:11" },
        { "severity: {CVM2: eror}", "error:1:18" },
        { "severity: {CVM2: off}", "error:1:18" },
        { "severity: {CVM99: error}", "error:1:12" },
        { "severity: {CVM2: note, CVM2: error}", "error:1:24" },
        { "failOn: 2", "error:1:9" },
        { "host: [a]", "error:1:7" },
        { "host: ''", "error:1:7" },
        { "perFile: [CVM2]", "error:1:11" },
        { "perFile: [{ignore: CVM2}]", "error:1:11" },
        { "perFile: {files: '../a', ignore: CVM2}", "error:1:18" },
        { "perFile: {files: '[ab].xml', ignore: CVM2}", "error:1:18" },
        { "perFile: {files: a, ignore: CVM999}", "error:1:29" },
        { "perFile: {files: a, failOn: note}", "error:1:21" },
        { "perFile: {files: a, files: b}", "error:1:21" },
        { "- ignore", "error:1:1" },
        { "a: 1\n---\nb: 2", "error:3:1" },
        { "ignore: [CVM2", "error:2:1" },
        { "ignore: !!str CVM2", "error:1:9" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        cvmdom_config *config = cvmdom_config_new();
        g_autofree char *found = NULL;

        put(".cvmdom.yaml", samples[i].text);
        found = lint(config, "a.yaml");
        ck_assert_msg(g_str_equal(found, samples[i].expected), "%s\n'%s', not '%s'",
                      samples[i].text, found, samples[i].expected);
        /* Not only the first time. */
        CHECK_LINT(config, "x/a.yaml", samples[i].expected);
        cvmdom_config_free(config);
    }
}
END_TEST

START_TEST(test_hostile_files)
{
    static const struct {
        const char *start, *part;
        size_t size;
    } samples[] = {
        { "", "# nothing but comments\n", 1000000 },
        { "ignore: [", "CVM207, ", 60000 },
        { "perFile: [", "{files: a}, ", 60000 },
        { "ignore: ", "[", 60000 },
        { "", "{a: ", 60000 },
        { "", "- ", 60000 },
        { "", "\"", 60000 },
        { "ignore: ", "CVM207,", 60000 },
        { "severity:", "\n  CVM207: note", 60000 },
        { "a: &a [b, b]\nc: ", "*a ", 60000 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        cvmdom_config *config = cvmdom_config_new();
        g_autoptr(GString) text = g_string_new(samples[i].start);
        g_autofree char *path = below("a.yaml");
        cvmdom_error *error = NULL;

        while (text->len < samples[i].size) {
            g_string_append(text, samples[i].part);
        }
        put(".cvmdom.yaml", text->str);
        ck_assert_msg(cvmdom_config_find(config, path, &error) < 0, "%s", samples[i].part);
        ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_SYNTAX);
        ck_assert_ptr_nonnull(strstr(cvmdom_error_file(error), ".cvmdom.yaml"));
        ck_assert_uint_lt(strlen(cvmdom_error_message(error)), 400);
        cvmdom_error_free(error);
        cvmdom_config_free(config);
    }
}
END_TEST

START_TEST(test_the_nearest_file_is_found)
{
    cvmdom_config *config = cvmdom_config_new();

    put(".cvmdom.yaml", "ignore: CVM412\n");
    put("near/.cvmdom.yaml", "ignore: CVM207\n");
    put("empty/.cvmdom.yaml", "");
    put("repository/.git", "gitdir: elsewhere\n");
    CHECK_LINT(config, "a.yaml", "CVM207e fails 1");
    CHECK_LINT(config, "x/y/z/a.yaml", "CVM207e fails 1");
    CHECK_LINT(config, "near/a.yaml", "CVM412w");
    CHECK_LINT(config, "near/x/../y/a.yaml", "CVM412w");
    CHECK_LINT(config, "near/../x/a.yaml", "CVM207e fails 1");
    CHECK_LINT(config, "empty/x/a.yaml", "CVM207e CVM412w fails 1");
    CHECK_LINT(config, "repository/x/a.yaml", "CVM207e CVM412w fails 1");
    ck_assert_ptr_null(cvmdom_config_file(config));
    CHECK_LINT(config, "a.yaml", "CVM207e fails 1");
    ck_assert(g_str_has_suffix(cvmdom_config_file(config), "/.cvmdom.yaml"));
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_a_file_that_cannot_be_read_is_no_missing_one)
{
    g_autofree char *dangling = below("dangling/.cvmdom.yaml");
    g_autofree char *pipe_file = below("pipe/.cvmdom.yaml");
    g_autofree char *folder = below("folder/.cvmdom.yaml");
    cvmdom_config *config = cvmdom_config_new();

    put("dangling/x", "");
    put("pipe/x", "");
    ck_assert_int_eq(symlink("nowhere", dangling), 0);
    ck_assert_int_eq(mkfifo(pipe_file, 0600), 0);
    ck_assert_int_eq(g_mkdir_with_parents(folder, 0777), 0);
    CHECK_LINT(config, "dangling/a.yaml", "error:0:0");
    CHECK_LINT(config, "pipe/a.yaml", "error:0:0");
    CHECK_LINT(config, "folder/a.yaml", "error:0:0");
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_a_file_of_another_name_is_not_passed_over)
{
    cvmdom_config *config = cvmdom_config_new();

    put("yml/.cvmdom.yml", "failOn: warning\n");
    put("both/.cvmdom.yml", "failOn: warning\n");
    put("both/.cvmdom.yaml", "ignore: CVM207\n");
    CHECK_LINT(config, "yml/deep/a.yaml", "error:1:1");
    CHECK_LINT(config, "both/a.yaml", "CVM412w");
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_a_named_file_holds_for_all)
{
    g_autofree char *path = below("strict.yaml");
    g_autofree char *host = below("hosts/a.xml");
    cvmdom_config *config = cvmdom_config_new();

    put(".cvmdom.yaml", "ignore: CVM207\n");
    put("strict.yaml", "severity: {CVM412: error}\nhost: hosts/a.xml\n"
                       "perFile: {files: x/*, ignore: CVM207}\n");
    ck_assert_int_eq(cvmdom_config_read(config, path, NULL), 0);
    CHECK_LINT(config, "a.yaml", "CVM207e CVM412e fails 2");
    CHECK_LINT(config, "x/a.yaml", "CVM412e fails 1");
    ck_assert_str_eq(cvmdom_config_file(config), path);
    ck_assert_str_eq(cvmdom_config_host(config), host);
    put("strict.yaml", "ignore: nonsense\n");
    ck_assert_int_eq(cvmdom_config_read(config, path, NULL), -1);
    ck_assert_int_eq(cvmdom_config_read(config, "/no/such/file", NULL), -1);
    CHECK_LINT(config, "x/a.yaml", "CVM412e fails 1");
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_a_bundled_host_stays_a_name)
{
    g_autofree char *path = below("a.yaml");
    cvmdom_config *config = cvmdom_config_new();

    put(".cvmdom.yaml", "host: epyc-genoa-snp\n");
    ck_assert_ptr_null(cvmdom_config_host(config));
    ck_assert_int_eq(cvmdom_config_find(config, path, NULL), 0);
    ck_assert_str_eq(cvmdom_config_host(config), "epyc-genoa-snp");
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_the_summary_names_the_file)
{
    cvmdom_config *config = cvmdom_config_new();
    cvmdom_findings *findings = cvmdom_findings_new();
    g_autofree char *path = below("a.yaml");
    struct cvmdom_report_options options = { .documents = 1 };
    cvmdom_domains *domains = cvmdom_domains_parse(path, profile, sizeof(profile) - 1, NULL, NULL);
    char *text = NULL;

    put(".cvmdom.yaml", "ignore: [CVM412, CVM611]\nseverity: {CVM207: note}\n");
    ck_assert_int_eq(cvmdom_config_find(config, path, NULL), 0);
    cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
    cvmdom_config_check(config, cvmdom_domains_get(domains, 0), NULL, findings);
    ck_assert_int_eq(cvmdom_findings_report(findings, "text", &options, &text, NULL), 0);
    ck_assert_ptr_nonnull(strstr(text, ".cvmdom.yaml' switches off 2 rules"));
    ck_assert_ptr_nonnull(strstr(text, ".cvmdom.yaml' lowers 1 finding"));
    free(text);
    cvmdom_domains_free(domains);
    cvmdom_findings_free(findings);
    cvmdom_config_free(config);
}
END_TEST

START_TEST(test_the_shipped_schema_is_what_is_printed)
{
    g_autofree char *path = unit_source_path("schemas/config.schema.json");
    g_autofree char *shipped = NULL;
    char *schema = cvmdom_config_schema();

    ck_assert(g_file_get_contents(path, &shipped, NULL, NULL));
    ck_assert_msg(g_str_equal(schema, shipped),
                  "write it anew: cvmdom schema config >schemas/config.schema.json");
    free(schema);
}
END_TEST

START_TEST(test_null_is_freed)
{
    cvmdom_config_free(NULL);
}
END_TEST

int
main(void)
{
    const TTest *const tests[] = {
        test_words,
        test_words_that_say_nothing_are_refused,
        test_fail_on,
        test_words_go_above_the_file,
        test_what_is_for_some_files,
        test_globs,
        test_mistakes_in_a_file,
        test_hostile_files,
        test_the_nearest_file_is_found,
        test_a_file_that_cannot_be_read_is_no_missing_one,
        test_a_file_of_another_name_is_not_passed_over,
        test_a_named_file_holds_for_all,
        test_a_bundled_host_stays_a_name,
        test_the_summary_names_the_file,
        test_the_shipped_schema_is_what_is_printed,
        test_null_is_freed,
    };
    Suite *suite = suite_create("config");
    TCase *with_files = tcase_create("config");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(with_files, setup, teardown);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        tcase_add_test(with_files, tests[i]);
    }
    suite_add_tcase(suite, with_files);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
