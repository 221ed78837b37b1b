/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The formats for programs: everything is read back with a parser, and no text gets out of its
 * place. */
#include <jansson.h>
#include <libxml/parser.h>
#include <string.h>

#include "report/report.h"
#include "rules/rule.h"
#include "unit.h"

/* What an input can put into a message: line ends, escapes, control characters (U+009B drives
 * terminals as ESC [ does), marks of XML, JSON and workflow commands, and what is no UTF-8. */
#define HOSTILE "100%,\n::error::x\r {0} \"q\" <b> ]]> \033[2J \xc2\x9b \x7f \xff \\"
/* The same where it has been made valid. */
#define HOSTILE_VALID "100%,\n::error::x\r {0} \"q\" <b> ]]> \033[2J \xc2\x9b \x7f \uFFFD \\"

static const char text[] = "name: db\n"
                           "policy: \"ü\033]]>&\xff\" # x\n";

static const struct cvm_source source = { .name = "dir/a b%:ü\xff.yaml",
                                          .data = text,
                                          .size = sizeof(text) - 1 };
static struct cvm_node root = { .kind = CVM_NODE_MAP, .source = &source, .line = 1, .column = 1 };

static struct cvm_finding *
add_at(struct cvm_findings *findings, const char *rule, enum cvm_severity severity,
       const char *name, unsigned line, const char *message)
{
    const struct cvm_node node = { .kind = CVM_NODE_SCALAR,
                                   .name = name,
                                   .source = &source,
                                   .line = line,
                                   .column = 9,
                                   .parent = &root };

    return cvm_findings_add(findings, rule, cvm_rule_find(rule)->name, severity, &node,
                            g_strdup(message));
}

/* An error with a fix, a warning, a suppressed error, a note without a place, a failure, a clean
 * file, and a rule that was not run. */
static struct cvm_findings *
make_findings(void)
{
    struct cvm_findings *findings = cvm_findings_new();

    cvm_findings_add_input(findings, source.name);
    cvm_findings_add_input(findings, "clean.xml");
    add_at(findings, "CVM207", CVM_SEVERE, "policy", 2, HOSTILE)->fix = g_strdup("a:b,\n" HOSTILE);
    add_at(findings, "CVM208", CVM_WARNING, "policy", 2, "A warning.");
    add_at(findings, "CVM206", CVM_SEVERE, "other", 2, "Looked past.")->suppression =
        g_strdup("as agreed: " HOSTILE);
    cvm_findings_add(findings, "CVM107", "unconfidential", CVM_NOTE, NULL, g_strdup("A note."));
    cvm_findings_add_failure(findings, "cannot read " HOSTILE, "/else/where:.yaml", 3, 1);
    g_ptr_array_add(findings->not_run, (gpointer) "CVM703");
    return findings;
}

static char *
report(const char *format, const struct cvm_findings *findings,
       const struct cvm_report_options *options)
{
    GString *out = g_string_new(NULL);

    cvm_reporter_find(format)->report(findings, options, out);
    ck_assert(g_utf8_validate(out->str, -1, NULL));
    ck_assert_uint_eq(strlen(out->str), out->len);
    ck_assert_msg(!g_regex_match_simple("[^\\P{Cc}\n]", out->str, 0, 0),
                  "%s: a control character that ends no line", format);
    return g_string_free(out, FALSE);
}

static char *
report_all(const char *format, const char *folder)
{
    CVM_AUTO(findings) *findings = make_findings();
    const struct cvm_report_options options = {
        .documents = 2, .fail_on = CVM_SEVERE, .folder = folder, .colour = TRUE
    };

    return report(format, findings, &options);
}

/* ---- JSON ---- */

static json_t *
parse_json(const char *written)
{
    json_error_t error;
    json_t *value = json_loads(written, JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(value != NULL, "%d:%d: %s", error.line, error.column, error.text);
    return value;
}

/* The value at a path of keys and indices, "runs.0.tool"; NULL when there is none. */
static json_t *
at(json_t *value, const char *path)
{
    g_auto(GStrv) words = g_strsplit(path, ".", 0);

    for (char **word = words; *word && value; word++) {
        value = json_is_array(value) ? json_array_get(value, g_ascii_strtoull(*word, NULL, 10))
                                     : json_object_get(value, *word);
    }
    return value;
}

static void
expect_text(json_t *value, const char *path, const char *expected)
{
    const char *found = json_string_value(at(value, path));

    ck_assert_msg(g_strcmp0(found, expected) == 0, "%s: '%s'", path, found ? found : "(none)");
}

static void
expect_number(json_t *value, const char *path, int expected)
{
    ck_assert_msg(json_is_integer(at(value, path)), "%s", path);
    ck_assert_int_eq(json_integer_value(at(value, path)), expected);
}

START_TEST(test_json)
{
    g_autofree char *written = report_all("json", "/srv");
    json_t *value = parse_json(written);

    expect_number(value, "version", 1);
    expect_text(value, "findings.0.rule", "CVM207");
    expect_text(value, "findings.0.name", "policy-debug-allowed");
    expect_text(value, "findings.0.severity", "error");
    expect_text(value, "findings.0.message", HOSTILE_VALID);
    expect_text(value, "findings.0.file", "dir/a b%:ü\uFFFD.yaml");
    expect_number(value, "findings.0.line", 2);
    expect_number(value, "findings.0.column", 9);
    expect_text(value, "findings.0.path", "policy");
    expect_text(value, "findings.0.fix", "a:b,\n" HOSTILE_VALID);
    ck_assert(json_is_null(at(value, "findings.0.suppression")));
    ck_assert(json_is_null(at(value, "findings.1.fix")));
    expect_text(value, "findings.2.suppression.reason", "as agreed: " HOSTILE_VALID);
    ck_assert(json_is_null(at(value, "findings.3.file")));
    ck_assert(json_is_null(at(value, "findings.3.line")));
    ck_assert_uint_eq(json_array_size(at(value, "findings")), 4);
    expect_text(value, "inputs.1", "clean.xml");
    expect_text(value, "failures.0.message", "cannot read " HOSTILE_VALID);
    expect_number(value, "failures.0.line", 3);
    expect_text(value, "notRun.0.rule", "CVM703");
    expect_text(value, "notRun.0.name", "host-no-snp");
    expect_number(value, "summary.documents", 2);
    expect_number(value, "summary.error", 1);
    expect_number(value, "summary.warning", 1);
    expect_number(value, "summary.note", 1);
    expect_number(value, "summary.suppressed", 1);
    expect_number(value, "summary.failures", 1);
    expect_number(value, "summary.notRun", 1);
    json_decref(value);
}
END_TEST

/* ---- SARIF ---- */

START_TEST(test_sarif_results)
{
    g_autofree char *written = report_all("sarif", "/srv/");
    json_t *value = parse_json(written);
    json_t *run = at(value, "runs.0");

    expect_text(value, "version", "2.1.0");
    expect_text(run, "columnKind", "unicodeCodePoints");
    expect_text(run, "language", "en");
    expect_text(run, "originalUriBaseIds.%SRCROOT%.uri", "file:///srv/");
    expect_text(run, "results.0.level", "error");
    expect_text(run, "results.0.message.text", HOSTILE_VALID "\nfix: a:b,\n" HOSTILE_VALID);
    expect_text(run, "results.0.properties.fix", "a:b,\n" HOSTILE_VALID);
    run = at(run, "results.0.locations.0");
    expect_text(run, "physicalLocation.artifactLocation.uri", "dir/a%20b%25%3A%C3%BC%FF.yaml");
    expect_text(run, "physicalLocation.artifactLocation.uriBaseId", "%SRCROOT%");
    expect_number(run, "physicalLocation.artifactLocation.index", 0);
    expect_number(run, "physicalLocation.region.startLine", 2);
    expect_number(run, "physicalLocation.region.startColumn", 9);
    expect_text(run, "physicalLocation.region.snippet.text", "\"ü\033]]>&\uFFFD\" # x");
    expect_text(run, "physicalLocation.contextRegion.snippet.text",
                "policy: \"ü\033]]>&\uFFFD\" # x");
    expect_text(run, "logicalLocations.0.fullyQualifiedName", "policy");
    run = at(value, "runs.0");
    ck_assert_uint_eq(json_array_size(at(run, "results.0.suppressions")), 0);
    ck_assert(json_is_array(at(run, "results.0.suppressions")));
    expect_text(run, "results.2.suppressions.0.kind", "inSource");
    expect_text(run, "results.2.suppressions.0.justification", "as agreed: " HOSTILE_VALID);
    ck_assert_ptr_null(at(run, "results.3.locations.0.physicalLocation"));
    json_decref(value);
}
END_TEST

/* A snippet is exactly its region, and a context is more than that. */
START_TEST(test_sarif_snippets)
{
    static const struct {
        const char *line;
        unsigned column;
        const char *snippet, *context;
    } cases[] = {
        { "policy: 1", 1, "policy: 1", NULL },
        { "policy: 1", 9, "1", "policy: 1" },
        { "policy:", 8, "", "policy:" },
        { "漢字: é", 5, "é", "漢字: é" },
    };
    g_autofree char *overlong = g_strnfill(500, 'x');

    for (size_t i = 0; i <= G_N_ELEMENTS(cases); i++) {
        gboolean whole = i < G_N_ELEMENTS(cases);
        const char *line = whole ? cases[i].line : overlong;
        const struct cvm_source one = { .name = "a", .data = line, .size = strlen(line) };
        const struct cvm_node node = { .source = &one,
                                       .line = 1,
                                       .column = whole ? cases[i].column : 3 };
        CVM_AUTO(findings) *findings = cvm_findings_new();
        const struct cvm_report_options options = { 0 };
        g_autofree char *written = NULL;
        json_t *value, *physical;

        cvm_findings_add(findings, "CVM207", "x", CVM_NOTE, &node, g_strdup("m"));
        written = report("sarif", findings, &options);
        value = parse_json(written);
        physical = at(value, "runs.0.results.0.locations.0.physicalLocation");
        expect_text(physical, "region.snippet.text", whole ? cases[i].snippet : NULL);
        expect_text(physical, "contextRegion.snippet.text", whole ? cases[i].context : NULL);
        json_decref(value);
    }
}
END_TEST

START_TEST(test_sarif_invocation)
{
    g_autofree char *written = report_all("sarif", "/srv");
    json_t *value = parse_json(written);
    json_t *invocation = at(value, "runs.0.invocations.0");

    ck_assert(json_is_false(at(invocation, "executionSuccessful")));
    expect_text(invocation, "toolExecutionNotifications.0.message.text",
                "cannot read " HOSTILE_VALID);
    expect_text(invocation,
                "toolExecutionNotifications.0.locations.0.physicalLocation.artifactLocation.uri",
                "file:///else/where%3A.yaml");
    expect_text(invocation, "toolConfigurationNotifications.0.associatedRule.id", "CVM703");
    expect_text(value, "runs.0.artifacts.1.location.uri", "clean.xml");
    json_decref(value);
}
END_TEST

/* Every rule, with its page and without what is in it for the tests; indices lead to their ids. */
START_TEST(test_sarif_catalogue)
{
    g_autofree char *written = report_all("sarif", NULL);
    json_t *value = parse_json(written);
    json_t *rules = at(value, "runs.0.tool.driver.rules");
    json_t *results = at(value, "runs.0.results");
    const struct cvm_rule *rule;
    unsigned count = 0;
    size_t i;
    json_t *result;

    for (; (rule = cvm_rule_at(count)); count++) {
        json_t *described = json_array_get(rules, count);
        const char *intro = json_string_value(at(described, "fullDescription.text"));
        const char *markdown = json_string_value(at(described, "help.markdown"));

        expect_text(described, "id", rule->id);
        expect_text(described, "name", rule->name);
        expect_text(described, "shortDescription.text", rule->summary);
        expect_text(described, "defaultConfiguration.level", cvm_severity_name(rule->severity));
        ck_assert_uint_gt(strlen(intro), 20);
        ck_assert_ptr_null(strstr(intro, "## "));
        ck_assert_ptr_null(strchr(intro, '`'));
        ck_assert_ptr_nonnull(strstr(markdown, "\n## Bad\n\n"));
        ck_assert_ptr_null(strstr(markdown, "expect: "));
        ck_assert_ptr_null(strstr(json_string_value(at(described, "help.text")), "```"));
        ck_assert_uint_ge(json_array_size(at(described, "properties.tags")), 1);
    }
    ck_assert_uint_eq(json_array_size(rules), count);
    json_array_foreach(results, i, result)
    {
        json_t *described =
            json_array_get(rules, (size_t)json_integer_value(at(result, "ruleIndex")));

        ck_assert(json_equal(at(described, "id"), at(result, "ruleId")));
    }
    expect_text(value, "runs.0.artifacts.2.location.uri", "file:///else/where%3A.yaml");
    json_decref(value);
}
END_TEST

static char *
fingerprint_of(const struct cvm_findings *findings, unsigned result)
{
    const struct cvm_report_options options = { .documents = 1 };
    g_autofree char *written = report("sarif", findings, &options);
    g_autofree char *path = g_strdup_printf("runs.0.results.%u.partialFingerprints", result);
    json_t *value = parse_json(written);
    char *fingerprint =
        g_strdup(json_string_value(json_object_get(at(value, path), "ruleAndPath/v1")));

    json_decref(value);
    return fingerprint;
}

START_TEST(test_sarif_fingerprints)
{
    CVM_AUTO(findings) *before = cvm_findings_new();
    CVM_AUTO(findings) *after = cvm_findings_new();
    g_autofree char *first = NULL, *second = NULL, *third = NULL, *shifted = NULL;

    add_at(before, "CVM207", CVM_SEVERE, "policy", 1, "Policy '0xb0000'.");
    add_at(before, "CVM207", CVM_SEVERE, "policy", 2, "Policy '0xb0000'.");
    add_at(before, "CVM207", CVM_SEVERE, "other", 2, "Policy '0xb0000'.");
    add_at(after, "CVM208", CVM_WARNING, "policy", 1, "Something new.");
    add_at(after, "CVM207", CVM_SEVERE, "policy", 2, "Richtlinie '0x80000'.");
    first = fingerprint_of(before, 0);
    second = fingerprint_of(before, 1);
    third = fingerprint_of(before, 2);
    shifted = fingerprint_of(after, 1);
    ck_assert_ptr_nonnull(first);
    ck_assert_str_eq(first, shifted);
    ck_assert_str_ne(first, second);
    ck_assert_str_ne(first, third);
    ck_assert_str_ne(second, third);
}
END_TEST

static void
expect_uri(const char *file, const char *folder, const char *expected)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { .folder = folder };
    g_autofree char *written = NULL;
    json_t *value;

    cvm_findings_add_input(findings, file);
    written = report("sarif", findings, &options);
    value = parse_json(written);
    expect_text(value, "runs.0.artifacts.0.location.uri", expected);
    ck_assert((at(value, "runs.0.artifacts.0.location.uriBaseId") != NULL) ==
              !(strchr(expected, ':') || g_str_equal(expected, "stdin") ||
                g_str_equal(expected, "--set")));
    json_decref(value);
}

START_TEST(test_sarif_uris)
{
    expect_uri("a.yaml", "/srv/x", "a.yaml");
    expect_uri("./d/../a.yaml", "/srv/x", "a.yaml");
    expect_uri("/srv/x/d/a.yaml", "/srv/x", "d/a.yaml");
    expect_uri("/srv/x/d/a.yaml", "/srv/x/", "d/a.yaml");
    expect_uri("/srv/xy/a.yaml", "/srv/x", "file:///srv/xy/a.yaml");
    expect_uri("../a.yaml", "/srv/x", "file:///srv/a.yaml");
    expect_uri("/srv/a.yaml", "/", "srv/a.yaml");
    expect_uri("/srv/a.yaml", NULL, "file:///srv/a.yaml");
    expect_uri("d/a.yaml", NULL, "d/a.yaml");
    expect_uri("http://x", "/srv", "http%3A/x");
    expect_uri("-", "/srv", "stdin");
    expect_uri("--set", "/srv", "--set");
}
END_TEST

/* ---- JUnit ---- */

static unsigned
count_elements(const xmlNode *node, const char *name)
{
    unsigned count = 0;

    for (const xmlNode *child = node->children; child; child = child->next) {
        count += xmlStrEqual(child->name, (const xmlChar *)name) + count_elements(child, name);
    }
    return count;
}

static char *
attribute(const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    char *copy = g_strdup((const char *)value);

    xmlFree(value);
    return copy;
}

static void
expect_count(const xmlNode *node, const char *name, const char *element)
{
    g_autofree char *said = attribute(node, name);
    g_autofree char *counted = g_strdup_printf("%u", count_elements(node, element));

    ck_assert_str_eq(said, counted);
}

/* The counts of this element and of all suites below it are true. */
static void
expect_counts(const xmlNode *node)
{
    expect_count(node, "tests", "testcase");
    expect_count(node, "failures", "failure");
    expect_count(node, "errors", "error");
    expect_count(node, "skipped", "skipped");
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (xmlStrEqual(child->name, (const xmlChar *)"testsuite")) {
            expect_counts(child);
        }
    }
}

/* "testcase name: element type message", a line each. */
static void
append_cases(GString *out, const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next) {
        g_autofree char *name = NULL;

        if (child->type != XML_ELEMENT_NODE) {
            continue;
        }
        name = attribute(child, "name");
        g_string_append_printf(out, "%s%s;", (const char *)child->name, name ? name : "");
        append_cases(out, child);
    }
}

static xmlDoc *
parse_xml(const char *written)
{
    xmlDoc *document = xmlReadMemory(written, (int)strlen(written), NULL, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR);

    ck_assert_msg(document != NULL, "%s", written);
    return document;
}

static void
expect_cases(enum cvm_severity fail_on, const char *expected)
{
    CVM_AUTO(findings) *findings = make_findings();
    const struct cvm_report_options options = { .documents = 2, .fail_on = fail_on };
    g_autofree char *written = report("junit", findings, &options);
    g_autoptr(GString) cases = g_string_new(NULL);
    xmlDoc *document = parse_xml(written);

    expect_counts(xmlDocGetRootElement(document));
    append_cases(cases, xmlDocGetRootElement(document));
    ck_assert_str_eq(cases->str, expected);
    xmlFreeDoc(document);
}

#define JUNIT_AROUND(warning, note)                                                                \
    "testsuitedir/a b%:ü\uFFFD.yaml;"                                                             \
    "testcaseCVM207 policy-debug-allowed;failure;"                                                 \
    "testcaseCVM208 policy-key-sharing;" warning ";"                                               \
    "testcaseCVM206 policy-wrong-type;skipped;"                                                    \
    "testsuiteclean.xml;testcaseno findings;"                                                      \
    "testsuitecvmdom;testcaseCVM107 unconfidential;" note ";"                                      \
    "testsuite/else/where:.yaml;testcaseread;error;"                                               \
    "testsuitecvmdom;testcasehost rules;skipped;"

START_TEST(test_junit_failures_are_what_the_exit_status_counts)
{
    expect_cases(CVM_SEVERE, JUNIT_AROUND("system-out", "system-out"));
    expect_cases(CVM_WARNING, JUNIT_AROUND("failure", "system-out"));
    expect_cases(CVM_NOTE, JUNIT_AROUND("failure", "failure"));
}
END_TEST

START_TEST(test_junit_texts)
{
    g_autofree char *written = report_all("junit", "/else");
    xmlDoc *document = parse_xml(written);
    const xmlNode *suite = xmlFirstElementChild(xmlDocGetRootElement(document));
    const xmlNode *failure = xmlFirstElementChild(xmlFirstElementChild((xmlNode *)suite));
    g_autofree char *message = attribute(failure, "message");
    g_autofree char *line = attribute(failure->parent, "line");
    xmlChar *content = xmlNodeGetContent(failure);

    /* What XML cannot hold is U+FFFD. */
    ck_assert_str_eq(message,
                     "100%,\n::error::x\r {0} \"q\" <b> ]]> \uFFFD[2J \xc2\x9b \x7f \uFFFD \\");
    ck_assert_str_eq(line, "2");
    ck_assert_ptr_nonnull(strstr((const char *)content, "yaml:2:9: error: 100%, ::error::x"));
    ck_assert_ptr_nonnull(strstr((const char *)content, "\n  fix: a:b, 100%"));
    ck_assert_ptr_nonnull(strstr(written, "<testsuite name='where:.yaml'"));
    xmlFree(content);
    xmlFreeDoc(document);
}
END_TEST

/* Several findings of one rule are one case, whatever becomes of each. */
START_TEST(test_junit_one_case_a_rule)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { .fail_on = CVM_SEVERE };
    g_autofree char *written = NULL;

    add_at(findings, "CVM207", CVM_WARNING, "a", 1, "First.");
    add_at(findings, "CVM207", CVM_SEVERE, "b", 2, "Second.");
    add_at(findings, "CVM207", CVM_SEVERE, "c", 2, "Third.")->suppression = g_strdup("why not");
    written = report("junit", findings, &options);
    ck_assert_str_eq(strstr(written, "<failure"),
                     "<failure type='error' message='Second.'>"
                     "dir/a b%:ü\uFFFD.yaml:2:9: error: Second. [CVM207]</failure>\n"
                     "      <system-out>dir/a b%:ü\uFFFD.yaml:1:9: warning: First. [CVM207]\n"
                     "dir/a b%:ü\uFFFD.yaml:2:9: error: Third. [CVM207]\n"
                     "  suppressed: why not</system-out>\n"
                     "    </testcase>\n  </testsuite>\n</testsuites>\n");
}
END_TEST

/* ---- GitHub ---- */

START_TEST(test_github)
{
    g_autofree char *written = report_all("github", "/else");
#define ESCAPED "100%25,%0A::error::x%0D {0} \"q\" <b> ]]> \uFFFD[2J \uFFFD \uFFFD \uFFFD \\"

    ck_assert_str_eq(
        written, "::error file=dir/a b%25%3Aü\uFFFD.yaml,line=2,col=9,"
                 "title=CVM207 policy-debug-allowed::" ESCAPED "%0Afix: a:b,%0A" ESCAPED "\n"
                 "::warning file=dir/a b%25%3Aü\uFFFD.yaml,line=2,col=9,"
                 "title=CVM208 policy-key-sharing::A warning.\n"
                 "::notice title=CVM107 unconfidential::A note.\n"
                 "::error file=where%3A.yaml,line=3,col=1,title=cvmdom::cannot read " ESCAPED "\n"
                 "1 error, 1 warning, 1 note in 2 documents; 1 suppressed; "
                 "1 input not read; 1 host rule not run (no host given): CVM703\n");
}
END_TEST

START_TEST(test_github_commas_in_names)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { 0 };
    g_autofree char *written = NULL;

    cvm_findings_add_failure(findings, "m", "a,b\n::error::.yaml", 0, 0);
    cvm_findings_add_failure(findings, "m", "-", 1, 2);
    written = report("github", findings, &options);
    ck_assert_str_eq(written, "::error file=a%2Cb%0A%3A%3Aerror%3A%3A.yaml,title=cvmdom::m\n"
                              "::error title=cvmdom::m\n");
}
END_TEST

/* ---- all ---- */

START_TEST(test_nothing_is_a_document_too)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_report_options options = { .incomplete = TRUE };
    g_autofree char *json = report("json", findings, &options);
    g_autofree char *sarif = report("sarif", findings, &options);
    g_autofree char *junit = report("junit", findings, &options);
    g_autofree char *github = report("github", findings, &options);
    json_t *value = parse_json(json);

    ck_assert_uint_eq(json_array_size(at(value, "findings")), 0);
    json_decref(value);
    value = parse_json(sarif);
    ck_assert(json_is_array(at(value, "runs.0.results")));
    ck_assert(json_is_false(at(value, "runs.0.invocations.0.executionSuccessful")));
    json_decref(value);
    ck_assert_str_eq(junit, "<?xml version='1.0' encoding='UTF-8'?>\n"
                            "<testsuites name='cvmdom' tests='0' failures='0' errors='0' "
                            "skipped='0'/>\n");
    ck_assert_str_eq(github, "");
}
END_TEST

START_TEST(test_the_same_input_gives_the_same_bytes)
{
    const struct cvm_reporter *reporter;

    for (unsigned i = 0; (reporter = cvm_reporter_at(i)); i++) {
        g_autofree char *once = NULL, *again = NULL;

        if (!g_str_equal(reporter->name, "text")) { /* whose colours are control characters */
            once = report_all(reporter->name, "/srv");
            again = report_all(reporter->name, "/srv");
            ck_assert_str_eq(once, again);
        }
    }
}
END_TEST

UNIT_MAIN("report_formats", test_json, test_sarif_results, test_sarif_snippets,
          test_sarif_invocation, test_sarif_catalogue, test_sarif_fingerprints, test_sarif_uris,
          test_junit_failures_are_what_the_exit_status_counts, test_junit_texts,
          test_junit_one_case_a_rule, test_github, test_github_commas_in_names,
          test_nothing_is_a_document_too, test_the_same_input_gives_the_same_bytes)
