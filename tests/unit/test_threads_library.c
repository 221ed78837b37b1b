/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Eight threads, each with objects of its own, and one host that all of them share: what each of
 * them is told is what one thread alone is told. The threads come first, so that whatever is made
 * ready by the first call is made ready by several at once. */
#include <string.h>

#include "cvmdom/attest.h"
#include "cvmdom/cvmdom.h"
#include "image_fixture.h"

enum { THREADS = 8 };

static const char *const profiles[] = { "profiles/snp-minimal.yaml", "profiles/sev-database.yaml",
                                        "profiles/sev-es-minimal.yaml", "profiles/snp-web.yaml" };
static const char *const domains[] = { "tests/domains/defined.xml", "tests/domains/running.xml" };

/* What one job says; all it is told ends up here, so that nothing is left uncompared. */
struct told {
    GString *text;
    const cvmdom_host *host;
    size_t reports; /* so far */
};

/* Takes text over, which came from the library. */
static void
tell(struct told *told, char *text)
{
    g_string_append(told->text, text ? text : "(nothing)\n");
    free(text);
}

static void
tell_error(struct told *told, cvmdom_error *error)
{
    g_string_append_printf(told->text, "%s:%u:%u: %s\n", cvmdom_error_file(error),
                           cvmdom_error_line(error), cvmdom_error_column(error),
                           cvmdom_error_message(error));
    cvmdom_error_free(error);
}

/* In the next format: all of them each time would be megabytes. */
static void
tell_findings(struct told *told, cvmdom_findings *findings)
{
    static const char *const formats[] = { "text", "json", "sarif", "junit", "github" };
    const struct cvmdom_report_options options = { .documents = 1 };
    const char *format = formats[told->reports++ % G_N_ELEMENTS(formats)];
    char *text = NULL;

    g_assert_cmpint(cvmdom_findings_report(findings, format, &options, &text, NULL), ==, 0);
    tell(told, text);
    cvmdom_findings_free(findings);
}

static cvmdom_domains *
read_domains(const char *relative)
{
    g_autofree char *path = unit_source_path(relative);
    cvmdom_domains *list = cvmdom_domains_read(path, NULL, NULL);

    g_assert_nonnull(list);
    return list;
}

/* ---- the jobs ---- */

static void
tell_default(const char *path, const char *value, const char *reason, void *payload)
{
    struct told *told = payload;

    g_string_append_printf(told->text, "%s: %s (%s)\n", path, value, reason);
}

/* For every target, and what libvirt has beside it: the same. */
static void
render_targets(struct told *told, const cvmdom_domain *domain)
{
    const char *target;

    for (size_t i = 0; (target = cvmdom_target_name(i, NULL, NULL)); i++) {
        cvmdom_error *error = NULL;
        char *text = NULL;

        if (cvmdom_domain_render(domain, told->host, target, &text, &error) < 0) {
            tell_error(told, error);
        } else if (g_str_equal(target, "libvirt")) {
            cvmdom_comparison *comparison = cvmdom_domain_compare(
                domain, told->host, cvmdom_domain_name(domain), text, strlen(text), NULL);

            g_assert_nonnull(comparison);
            tell(told, cvmdom_comparison_diff(comparison));
            cvmdom_comparison_free(comparison);
        }
        tell(told, text);
    }
}

static void
render(struct told *told)
{
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        cvmdom_domains *list = read_domains(profiles[i]);
        cvmdom_domain *domain = cvmdom_domains_get(list, 0);
        cvmdom_findings *findings = cvmdom_findings_new();
        cvmdom_guest_advice *advice;
        char *text = NULL;

        cvmdom_domain_resolve(domain, told->host);
        cvmdom_domain_check(domain, told->host, findings);
        tell_findings(told, findings);
        cvmdom_domain_each_default(domain, tell_default, told);
        render_targets(told, domain);
        advice = cvmdom_domain_guest_advice(domain);
        g_assert_cmpint(cvmdom_guest_advice_report((const cvmdom_guest_advice *const *)&advice, 1,
                                                   "json", 0, &text, NULL),
                        ==, 0);
        tell(told, text);
        cvmdom_guest_advice_free(advice);
        cvmdom_domains_free(list);
    }
}

static void
lint(struct told *told)
{
    cvmdom_config *config = cvmdom_config_new();

    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        cvmdom_domains *list = read_domains(domains[i]);
        cvmdom_findings *findings = cvmdom_findings_new();

        g_assert_cmpint(cvmdom_config_find(config, domains[i], NULL), ==, 0);
        cvmdom_config_check(config, cvmdom_domains_get(list, 0), told->host, findings);
        tell_findings(told, findings);
        cvmdom_domains_free(list);
    }
    cvmdom_config_free(config);
}

static void
harden(struct told *told)
{
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        g_autofree char *path = unit_source_path(domains[i]);
        cvmdom_config *config = cvmdom_config_new();
        cvmdom_hardening *hardening =
            cvmdom_hardening_read(path, "sev-snp", told->host, config, NULL);
        size_t size;

        g_assert_nonnull(hardening);
        g_string_append(told->text, cvmdom_hardening_text(hardening, &size));
        tell(told, cvmdom_hardening_diff(hardening, &size));
        cvmdom_hardening_free(hardening);
        cvmdom_config_free(config);
    }
}

static void
plan_fleet(struct told *told)
{
    static const char *const hosts[] = { "profiles/hosts/epyc-genoa-snp.xml",
                                         "profiles/hosts/epyc-rome-sev.xml" };
    cvmdom_fleet *fleet = cvmdom_fleet_new();
    char *text = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        g_autofree char *path = unit_source_path(profiles[i]);

        g_assert_cmpint(cvmdom_fleet_add_profiles(fleet, path, NULL, NULL), ==, 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *path = unit_source_path(hosts[i]);

        g_assert_cmpint(cvmdom_fleet_add_host(fleet, path, NULL), ==, 0);
    }
    cvmdom_fleet_judge(fleet);
    g_assert_cmpint(cvmdom_fleet_report(fleet, "html", 0, &text, NULL), ==, 0);
    tell(told, text);
    cvmdom_fleet_free(fleet);
}

static void
measure(struct told *told)
{
    const struct image_parts parts = { .reset = 0x80b004, .sections = { { 0x800000, 0x1000, 1 } } };
    cvmdom_firmware *firmware = image_parse(&parts);
    cvmdom_domains *list = read_domains(profiles[0]);
    cvmdom_domain *domain = cvmdom_domains_get(list, 0);
    cvmdom_findings *findings = cvmdom_findings_new();
    struct cvmdom_digest digest = { 0 };
    struct cvmdom_launch launch;

    cvmdom_domain_resolve(domain, told->host);
    cvmdom_domain_launch(domain, told->host, &launch);
    launch.firmware = "image";
    launch.cpu_mode = "custom";
    launch.cpu = "EPYC-Milan";
    launch.signature = 0xa00f11;
    cvmdom_launch_check(&launch, firmware, domain, told->host, findings);
    tell_findings(told, findings);
    g_assert_cmpint(cvmdom_launch_digest(&launch, firmware, NULL, NULL, &digest, NULL), ==, 0);
    for (size_t i = 0; i < sizeof(digest.bytes); i++) {
        g_string_append_printf(told->text, "%02x", digest.bytes[i]);
    }
    cvmdom_domains_free(list);
    cvmdom_firmware_free(firmware);
}

static void
judge_host(struct told *told)
{
    cvmdom_readiness *readiness = cvmdom_host_check(told->host);
    char *text = NULL;

    g_assert_cmpint(cvmdom_readiness_report(readiness, "json", NULL, 0, &text, NULL), ==, 0);
    tell(told, text);
    cvmdom_readiness_free(readiness);
    g_assert_cmpint(cvmdom_host_describe(told->host, "json", &text, NULL), ==, 0);
    tell(told, text);
}

static void
explain(struct told *told)
{
    static const char log[] = "x: SNP_LAUNCH_START ret=-5 fw_error=7 'Policy is not allowed'\n";
    cvmdom_diagnosis *diagnosis = cvmdom_log_diagnose(log, sizeof(log) - 1);

    g_string_append_printf(told->text, "%s\n%s\n", cvmdom_diagnosis_cause(diagnosis),
                           cvmdom_diagnosis_remedy(diagnosis));
    cvmdom_diagnosis_free(diagnosis);
}

static void
go_wrong(struct told *told)
{
    static const char *const broken[][2] = {
        { "a.yaml", "name: [" },
        { "b.yaml", "nmae: db\n" },
        { "c.xml", "<domain><name>x</domain>" },
        { "d.xml", "<domain type='kvm'><name>\xff</name></domain>" },
    };
    g_autofree char *missing = unit_source_path("tests/no such file.xml");
    cvmdom_error *error = NULL;
    uint64_t policy;

    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        cvmdom_domains *list =
            cvmdom_domains_parse(broken[i][0], broken[i][1], strlen(broken[i][1]), NULL, &error);

        if (!list) {
            tell_error(told, error);
        }
        cvmdom_domains_free(list);
    }
    g_assert_null(cvmdom_domains_read(missing, NULL, &error));
    tell_error(told, error);
    g_assert_null(cvmdom_host_parse("h.xml", "<a/>", 4, &error));
    tell_error(told, error);
    g_assert_cmpint(cvmdom_policy_parse("sev", "07", &policy, &error), ==, -1);
    tell_error(told, error);
}

static void (*const jobs[])(struct told *) = { render,  lint,       harden,  plan_fleet,
                                               measure, judge_host, explain, go_wrong };

/* ---- the threads ---- */

static char *
run_job(const cvmdom_host *host, size_t job)
{
    struct told told = { .text = g_string_new(NULL), .host = host };

    jobs[job](&told);
    return g_string_free(told.text, FALSE);
}

struct thread {
    const cvmdom_host *host;
    size_t first; /* job, so that they are at different ones */
    char *texts[G_N_ELEMENTS(jobs)];
};

static gpointer
run_thread(gpointer data)
{
    struct thread *thread = data;

    for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++) {
        size_t job = (thread->first + i) % G_N_ELEMENTS(jobs);

        thread->texts[job] = run_job(thread->host, job);
    }
    return NULL;
}

/* stride: how many jobs later each thread begins; 0: all are at the same one. */
static void
run_threads(size_t stride)
{
    static struct thread all[THREADS];
    g_autofree char *path = unit_source_path("profiles/hosts/epyc-genoa-snp.xml");
    cvmdom_host *host = cvmdom_host_read(path, NULL);
    GThread *threads[THREADS];

    ck_assert_ptr_nonnull(host);
    for (size_t i = 0; i < THREADS; i++) {
        all[i] = (struct thread){ .host = host, .first = i * stride };
        threads[i] = g_thread_new("library", run_thread, &all[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        g_thread_join(threads[i]);
    }
    for (size_t job = 0; job < G_N_ELEMENTS(jobs); job++) {
        g_autofree char *expected = run_job(host, job);

        ck_assert_uint_gt(strlen(expected), 80);
        for (size_t i = 0; i < THREADS; i++) {
            ck_assert_str_eq(all[i].texts[job], expected);
            g_free(all[i].texts[job]);
        }
    }
    cvmdom_host_free(host);
}

START_TEST(test_different_jobs)
{
    run_threads(1);
}
END_TEST

START_TEST(test_the_same_job)
{
    run_threads(0);
}
END_TEST

UNIT_MAIN("threads_library", test_different_jobs, test_the_same_job)
