/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public interface as an embedder sees it: ownership, failures, threads. */
#include <string.h>

#include "config.h"
#include "cvmdom/cvmdom.h"
#include "unit.h"

static const char profile[] = "name: db\n"
                              "launchSecurity: {type: sev-snp}\n"
                              "memory: 4GiB\n"
                              "vcpu: 2\n"
                              "---\n"
                              "name: web\n"
                              "launchSecurity: {type: sev-snp, policy: 0xb0000}\n"
                              "memory: 4GiB\n"
                              "vcpu: 2\n";

static cvmdom_host *
read_host(void)
{
    g_autofree char *path = unit_source_path("profiles/hosts/epyc-genoa-snp.xml");
    cvmdom_error *error = NULL;
    cvmdom_host *host = cvmdom_host_read(path, &error);

    ck_assert_msg(host != NULL, "%s", error ? cvmdom_error_message(error) : "no error");
    return host;
}

static cvmdom_domains *
parse_profile(void)
{
    cvmdom_domains *domains =
        cvmdom_domains_parse("a.yaml", profile, sizeof(profile) - 1, NULL, NULL);

    ck_assert_ptr_nonnull(domains);
    ck_assert_uint_eq(cvmdom_domains_count(domains), 2);
    return domains;
}

/* The first domain of the profile for a host, the caller's to free(). */
static char *
render_first(const cvmdom_host *host)
{
    cvmdom_domains *domains = parse_profile();
    char *text = NULL;

    cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), host);
    ck_assert_int_eq(
        cvmdom_domain_render(cvmdom_domains_get(domains, 0), host, "libvirt", &text, NULL), 0);
    cvmdom_domains_free(domains);
    return text;
}

START_TEST(test_from_profile_to_domain)
{
    cvmdom_host *host = read_host();
    char *text = render_first(host);

    ck_assert_str_eq(cvmdom_host_name(host), "epyc-genoa-snp");
    ck_assert(cvmdom_host_has_firmware(host));
    ck_assert(g_str_has_prefix(text, "<domain "));
    free(text);
    cvmdom_host_free(host);
}
END_TEST

START_TEST(test_parts_of_a_host)
{
    cvmdom_host *recorded = read_host();
    cvmdom_host *empty = cvmdom_host_parse("empty", "<cvmdomHost version='1' name='x'/>", 34, NULL);
    struct cvmdom_host_part part;
    size_t count = 0;

    for (; cvmdom_host_part_at(empty, count, &part) == 0; count++) {
        ck_assert_str_ne(part.title, "");
        ck_assert(!part.known);
        ck_assert_int_eq(cvmdom_host_part_at(recorded, count, &part), 0);
        ck_assert(part.known || !g_str_equal(part.id, "domain-capabilities"));
    }
    ck_assert_int_gt(count, 0);
    ck_assert_int_eq(cvmdom_host_part_at(recorded, count, &part), -1);
    cvmdom_host_free(recorded);
    cvmdom_host_free(empty);
}
END_TEST

START_TEST(test_findings_of_all_domains)
{
    cvmdom_host *host = read_host();
    cvmdom_domains *domains = parse_profile();
    cvmdom_findings *findings = cvmdom_findings_new();
    const struct cvmdom_report_options options = { .documents = 2 };
    char *report = NULL;
    size_t i = 0;

    ck_assert_str_eq(cvmdom_domain_name(cvmdom_domains_get(domains, 1)), "web");
    ck_assert_ptr_null(cvmdom_domains_get(domains, 2));
    ck_assert_ptr_null(cvmdom_domain_host(cvmdom_domains_get(domains, 0)));
    for (size_t d = 0; d < cvmdom_domains_count(domains); d++) {
        cvmdom_domain_resolve(cvmdom_domains_get(domains, d), host);
        cvmdom_domain_check(cvmdom_domains_get(domains, d), host, findings);
    }
    ck_assert_uint_eq(cvmdom_findings_count_from(findings, CVMDOM_SEVERE), 1);
    while (cvmdom_finding_severity(findings, i) != CVMDOM_SEVERE) {
        i++;
    }
    ck_assert_str_eq(cvmdom_finding_rule(findings, i), "CVM207");
    ck_assert_str_eq(cvmdom_finding_name(findings, i), "policy-debug-allowed");
    ck_assert_str_eq(cvmdom_finding_file(findings, i), "a.yaml");
    ck_assert_uint_eq(cvmdom_finding_line(findings, i), 7);
    ck_assert_uint_eq(cvmdom_finding_column(findings, i), 41);
    ck_assert_str_eq(cvmdom_finding_path(findings, i), "launchSecurity.policy");
    ck_assert(g_str_has_prefix(cvmdom_finding_excerpt(findings, i), "launchSecurity: {"));
    ck_assert_uint_eq(cvmdom_finding_excerpt_column(findings, i), 41);
    ck_assert_ptr_nonnull(cvmdom_finding_message(findings, i));
    ck_assert_ptr_nonnull(cvmdom_finding_fix(findings, i));
    ck_assert_ptr_null(cvmdom_finding_rule(findings, cvmdom_findings_count(findings)));
    ck_assert_ptr_null(cvmdom_finding_suppression(findings, i));
    ck_assert_str_eq(cvmdom_findings_input(findings, 0), "a.yaml");
    ck_assert_ptr_null(cvmdom_findings_input(findings, 1));
    ck_assert_ptr_null(cvmdom_findings_not_run(findings, 0));
    ck_assert_int_eq(cvmdom_findings_report(findings, "text", &options, &report, NULL), 0);
    ck_assert_ptr_nonnull(strstr(report, "a.yaml:7:41: error: "));
    free(report);
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
    cvmdom_host_free(host);
}
END_TEST

START_TEST(test_a_document_that_is_no_map_has_one_finding)
{
    static const char *const texts[] = { "just text", "[a, b]", "~" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        cvmdom_domains *domains =
            cvmdom_domains_parse("a.yaml", texts[i], strlen(texts[i]), NULL, NULL);
        cvmdom_findings *findings = cvmdom_findings_new();

        ck_assert_uint_eq(cvmdom_domains_count(domains), 1);
        cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
        cvmdom_domain_check(cvmdom_domains_get(domains, 0), NULL, findings);
        ck_assert_uint_eq(cvmdom_findings_count(findings), 1);
        ck_assert_str_eq(cvmdom_finding_rule(findings, 0), "CVM102");
        cvmdom_findings_free(findings);
        cvmdom_domains_free(domains);
    }
}
END_TEST

START_TEST(test_rules_without_a_host_are_counted)
{
    cvmdom_domains *domains = parse_profile();
    cvmdom_findings *findings = cvmdom_findings_new();
    struct cvmdom_rule rule;
    size_t count = 0, needing = 0;

    cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
    cvmdom_domain_check(cvmdom_domains_get(domains, 0), NULL, findings);
    cvmdom_domain_check(cvmdom_domains_get(domains, 0), NULL, findings);
    while (cvmdom_findings_not_run(findings, count)) {
        count++;
    }
    for (size_t i = 0; cvmdom_rule_at(i, &rule) == 0; i++) {
        needing += rule.needs_host != 0;
        ck_assert_ptr_nonnull(cvmdom_rule_page(rule.id));
        ck_assert_ptr_eq(cvmdom_rule_page(rule.name), cvmdom_rule_page(rule.id));
    }
    ck_assert_uint_gt(count, 0);
    ck_assert_uint_le(count, needing);
    ck_assert_ptr_null(cvmdom_rule_page("CVM999"));
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
}
END_TEST

/* An error of the expected kind, freed. */
static void
expect_error(cvmdom_error *error, int code)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(cvmdom_error_code(error), code);
    ck_assert_ptr_nonnull(cvmdom_error_message(error));
    cvmdom_error_free(error);
}

START_TEST(test_failures_tell_and_leave_outputs_alone)
{
    const char *sets[] = { "no equals sign", NULL };
    cvmdom_domains *domains = parse_profile();
    cvmdom_findings *findings = cvmdom_findings_new();
    const struct cvmdom_report_options zeros = { 0 }, relative = { .folder = "here" };
    char *text = (char *)"untouched";
    uint64_t policy = 42;
    cvmdom_error *error = NULL;

    ck_assert_ptr_null(cvmdom_domains_read("/no/such/file", NULL, &error));
    ck_assert_str_eq(cvmdom_error_file(error), "/no/such/file");
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_IO);
    ck_assert_ptr_null(cvmdom_domains_parse("x", "a: [", 4, NULL, &error));
    ck_assert_uint_gt(cvmdom_error_line(error), 0);
    ck_assert_uint_gt(cvmdom_error_column(error), 0);
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_SYNTAX);
    ck_assert_ptr_null(cvmdom_domains_parse("x", profile, sizeof(profile) - 1, sets, &error));
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_USAGE);
    ck_assert_ptr_null(cvmdom_host_parse("x", "<html/>", 7, &error));
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_UNSUPPORTED);
    ck_assert_int_eq(cvmdom_domain_render(cvmdom_domains_get(domains, 0), NULL, "x", &text, &error),
                     -1);
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_USAGE);
    ck_assert_int_eq(cvmdom_findings_report(findings, "x", &zeros, &text, &error), -1);
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_USAGE);
    ck_assert_int_eq(cvmdom_findings_report(findings, "sarif", &relative, &text, &error), -1);
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_USAGE);
    ck_assert_int_eq(cvmdom_policy_parse("none", "0x3", &policy, &error), -1);
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_USAGE);
    ck_assert_ptr_null(cvmdom_policy_names("tdx", 0, &error));
    expect_error(g_steal_pointer(&error), CVMDOM_ERROR_USAGE);

    /* Nobody has to listen. */
    ck_assert_ptr_null(cvmdom_domains_read("/no/such/file", NULL, NULL));
    ck_assert_int_eq(cvmdom_policy_parse("sev", "x", &policy, NULL), -1);

    ck_assert_str_eq(text, "untouched");
    ck_assert_uint_eq(policy, 42);
    cvmdom_findings_free(findings);
    cvmdom_domains_free(domains);
}
END_TEST

START_TEST(test_an_error_is_reported)
{
    const struct cvmdom_report_options options = { 0 };
    cvmdom_findings *findings = cvmdom_findings_new();
    cvmdom_error *error = NULL;
    char *report = NULL;

    ck_assert_ptr_null(cvmdom_domains_parse("x.yaml", "a: [", 4, NULL, &error));
    cvmdom_findings_add_error(findings, error);
    cvmdom_error_free(error);
    ck_assert_int_eq(cvmdom_findings_report(findings, "github", &options, &report, NULL), 0);
    ck_assert(
        g_str_has_prefix(report, "::error file=x.yaml,line=2,col=1,title=cvmdom::this is not"));
    free(report);
    cvmdom_findings_free(findings);
}
END_TEST

START_TEST(test_null_is_freed)
{
    cvmdom_error_free(NULL);
    cvmdom_host_free(NULL);
    cvmdom_domains_free(NULL);
    cvmdom_findings_free(NULL);
}
END_TEST

/* As an empty buffer often is; a sanitizer looks at what becomes of it. */
START_TEST(test_nothing_may_be_null)
{
    cvmdom_error *error = NULL;
    cvmdom_diagnosis *diagnosis = cvmdom_log_diagnose(NULL, 0);

    ck_assert_uint_eq(cvmdom_diagnosis_line(diagnosis), 0);
    cvmdom_diagnosis_free(diagnosis);
    ck_assert_ptr_null(cvmdom_domains_parse("x", NULL, 0, NULL, &error));
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_SYNTAX);
    cvmdom_error_free(error);
    ck_assert_ptr_null(cvmdom_host_parse("x", NULL, 0, NULL));
    ck_assert_ptr_null(cvmdom_hardening_parse("x", NULL, 0, NULL, NULL, NULL, NULL));
}
END_TEST

START_TEST(test_lists_end)
{
    const char *suffix = NULL, *summary = NULL;

    ck_assert_str_eq(cvmdom_target_name(0, &suffix, &summary), "libvirt");
    ck_assert_str_eq(suffix, ".xml");
    ck_assert_ptr_nonnull(summary);
    ck_assert_str_eq(cvmdom_format_name(0, &summary), "text");
    ck_assert(strstr(cvmdom_findings_schema(), "\"$schema\"") != NULL);
    ck_assert_ptr_null(cvmdom_target_name(99, NULL, NULL));
    ck_assert_ptr_null(cvmdom_target_name(SIZE_MAX, NULL, NULL));
    ck_assert_ptr_null(cvmdom_format_name(99, NULL));
    ck_assert_int_eq(cvmdom_rule_at(SIZE_MAX, NULL), -1);
    ck_assert_str_eq(cvmdom_version(), PACKAGE_VERSION);
}
END_TEST

/* A thread has domains of its own, and shares the host. */
static gpointer
render_often(gpointer data)
{
    const cvmdom_host *host = data;
    char *first = render_first(host);

    for (int i = 0; i < 50; i++) {
        char *text = render_first(host);

        ck_assert_str_eq(text, first);
        free(text);
    }
    return first;
}

START_TEST(test_threads)
{
    cvmdom_host *host = read_host();
    char *expected = render_first(host);
    GThread *threads[4];

    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("render", render_often, host);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        char *text = g_thread_join(threads[i]);

        ck_assert_str_eq(text, expected);
        free(text);
    }
    free(expected);
    cvmdom_host_free(host);
}
END_TEST

START_TEST(test_explanations)
{
    static const char text[] = "x: SNP_LAUNCH_START ret=-5 fw_error=7 'Policy is not allowed'\n"
                               "y: failed to create encryption context";
    cvmdom_diagnosis *diagnosis = cvmdom_log_diagnose(text, sizeof(text) - 1);
    struct cvmdom_firmware_code code;
    struct cvmdom_message message;
    struct cvmdom_log_line line;
    struct cvmdom_errno errno_row;
    size_t count = 0;

    ck_assert_int_eq(cvmdom_message_find(cvmdom_diagnosis_message(diagnosis), &message), 0);
    ck_assert_int_eq(message.rank, CVMDOM_MESSAGE_CAUSE);
    ck_assert_uint_eq(cvmdom_diagnosis_line(diagnosis), 1);
    ck_assert_ptr_nonnull(cvmdom_diagnosis_remedy(diagnosis));
    ck_assert_int_eq(cvmdom_diagnosis_known(diagnosis, 1, &line), 0);
    ck_assert_uint_eq(line.number, 2);
    ck_assert_int_eq(cvmdom_diagnosis_known(diagnosis, 2, &line), -1);
    cvmdom_diagnosis_free(diagnosis);

    diagnosis = cvmdom_log_diagnose("", 0);
    ck_assert_ptr_null(cvmdom_diagnosis_message(diagnosis));
    ck_assert_ptr_null(cvmdom_diagnosis_cause(diagnosis));
    ck_assert_uint_eq(cvmdom_diagnosis_line(diagnosis), 0);
    cvmdom_diagnosis_free(diagnosis);
    cvmdom_diagnosis_free(NULL);

    while (cvmdom_message_at(count, &message) == 0) {
        count++;
    }
    ck_assert_uint_gt(count, 100);
    ck_assert_int_eq(cvmdom_message_at(G_MAXSIZE, &message), -1);
    ck_assert_int_eq(cvmdom_firmware_code_at(G_MAXSIZE, &code), -1);
    ck_assert_int_eq(cvmdom_errno_at(G_MAXSIZE, &errno_row), -1);
    ck_assert_int_eq(cvmdom_firmware_code_at(0, &code), 0);
    ck_assert_int_eq(code.code, -1);
    ck_assert_int_eq(cvmdom_firmware_code_by_name("sev_ret_policy_failure", &code), 0);
    ck_assert_int_eq(code.code, 7);
    ck_assert_ptr_null(cvmdom_log_read("no-such.log", NULL));
}
END_TEST

/* A record by hand, as cvmdom_connection_capture() fills it. */
START_TEST(test_records)
{
    static const char capabilities[] =
        "<capabilities><host><uuid>4c4c</uuid><topology><cells><cell id='0'><memory>9</memory>"
        "<pages unit='KiB' size='2048'>7</pages></cell></cells></topology></host></capabilities>";
    const struct cvmdom_sev_info info = { .pdh = "cGRo" };
    cvmdom_record *record = cvmdom_record_new("mine");
    g_autofree char *stripped = NULL, *full = NULL, *described = NULL;
    cvmdom_error *error = NULL;
    cvmdom_host *host;

    cvmdom_record_set_versions(record, 11003000, 0);
    cvmdom_record_set_versions(record, 0, 10000013);
    cvmdom_record_set_sev_info(record, &info);
    cvmdom_record_set_free_pages(record, 0, 2048 * 1024, 3);
    cvmdom_record_count_guest(record, NULL);
    ck_assert_int_eq(
        cvmdom_record_add_capabilities(record, capabilities, strlen(capabilities), &error), 0);
    ck_assert_int_eq(cvmdom_record_add_capabilities(record, "<domain/>", 9, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_UNSUPPORTED);
    cvmdom_error_free(error);
    error = NULL;
    ck_assert_int_eq(cvmdom_record_add_files(record, "no-such-folder", &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_IO);
    cvmdom_error_free(error);
    error = NULL;

    stripped = cvmdom_record_text(record, 0);
    full = cvmdom_record_text(record, 1);
    ck_assert(!strstr(stripped, "4c4c") && !strstr(stripped, "cGRo"));
    ck_assert(strstr(full, "4c4c") && strstr(full, "cGRo"));
    host = cvmdom_record_host(record, &error);
    ck_assert_ptr_nonnull(host);
    ck_assert_str_eq(cvmdom_host_name(host), "mine");
    ck_assert_int_eq(cvmdom_host_describe(host, "text", &described, &error), 0);
    ck_assert(strstr(described, "11.3.0") && strstr(described, "10.0.13"));
    ck_assert(strstr(described, "7 pages of 2MiB (3 free)"));
    ck_assert_int_eq(cvmdom_host_describe(host, "xml", &described, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_USAGE);
    cvmdom_error_free(error);
    cvmdom_host_free(host);
    cvmdom_record_free(record);
}
END_TEST

UNIT_MAIN("lib", test_from_profile_to_domain, test_parts_of_a_host, test_findings_of_all_domains,
          test_a_document_that_is_no_map_has_one_finding, test_rules_without_a_host_are_counted,
          test_failures_tell_and_leave_outputs_alone, test_an_error_is_reported, test_null_is_freed,
          test_nothing_may_be_null, test_lists_end, test_threads, test_explanations, test_records)
