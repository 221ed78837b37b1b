/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles and domain XML through their readers, the rules and the reports. */
#include <jansson.h>
#include <string.h>

#include "fuzz.h"
#include "harden/harden.h"
#include "read/read.h"
#include "report/guest.h"
#include "report/report.h"
#include "resolve/resolve.h"
#include "rules/control.h"
#include "util/visible.h"

#define HOST "epyc-genoa-snp"

/* Every rule, with a host and without. */
static struct cvm_findings *
judge(const GPtrArray *domains)
{
    struct cvm_findings *findings = cvm_findings_new();

    for (guint i = 0; i < domains->len; i++) {
        struct cvm_domain *domain = g_ptr_array_index(domains, i);
        const struct cvm_host *host = i % 2 ? NULL : fuzz_bundled_host(HOST);

        if (domain->form == CVM_FORM_PROFILE) {
            cvm_resolve(domain, host);
        }
        cvm_check_run(domain, host, NULL, findings);
    }
    cvm_findings_sort(findings);
    return findings;
}

gboolean
fuzz_profile(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_profile_parse("x", (const char *)data, size, NULL, &error);

    (void)cvm_profile_is_likely((const char *)data, size);
    if (!domains) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    cvm_findings_free(judge(domains));
    return TRUE;
}

gboolean
fuzz_domain(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_domain_xml_parse_all("x", (const char *)data, size, &error);

    if (!domains) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    cvm_findings_free(judge(domains));
    return TRUE;
}

/* One override of the command line, laid over a profile. */
gboolean
fuzz_sets(const uint8_t *data, size_t size)
{
    static const char profile[] = "name: x\n"
                                  "launchSecurity: {type: sev-snp, policy: {smt: true}}\n"
                                  "memory: 1GiB\n"
                                  "devices:\n"
                                  "  disk: [{source: /a}, {source: /b}]\n"
                                  "  interface: {type: user}\n";
    g_autofree char *set = fuzz_text(data, size);
    const char *const sets[] = { set, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains = cvm_profile_parse("x", profile, strlen(profile), sets, &error);

    if (!domains) {
        g_assert_nonnull(error); /* its message repeats the words as they were given, text or not */
        return FALSE;
    }
    cvm_findings_free(judge(domains));
    return TRUE;
}

/* What follows the mark of a comment, in both languages. */
gboolean
fuzz_suppression(const uint8_t *data, size_t size)
{
    g_autofree char *text = fuzz_text(data, size);
    g_autofree char *yaml =
        g_strdup_printf("# cvmdom: %s\nname: x\nvcpu: 1 # cvmdom: %s\n", text, text);
    g_autofree char *xml = g_strdup_printf("<!-- cvmdom: %s --><domain type='kvm'>\n"
                                           "<name>x</name> <!-- cvmdom: %s -->\n"
                                           "<!-- cvmdom: %s\n-->\n<vcpu>1</vcpu></domain>",
                                           text, text, text);
    const char *const forms[] = { yaml, xml };
    unsigned read = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) domains =
            cvm_documents_parse("x", forms[i], strlen(forms[i]), NULL, &error);

        if (domains) {
            const struct cvm_domain *domain = g_ptr_array_index(domains, 0);

            cvm_findings_free(judge(domains));
            read += domain->suppressions != NULL;
        } else {
            fuzz_refuse_own(g_steal_pointer(&error));
        }
    }
    return read == G_N_ELEMENTS(forms);
}

/* ---- reports: well-formed whatever is in the findings ---- */

static void
check_json(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);

    g_assert_nonnull(json);
    json_decref(json);
}

static void
check_xml(const char *text)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    const struct cvm_source source = { .name = "x", .data = text, .size = strlen(text) };
    g_autoptr(GError) error = NULL;

    if (!cvm_xml_parse(arena, &source, &error)) {
        g_error("%s", error->message);
    }
}

/* Nothing that drives a terminal, or is no text. */
static void
check_lines(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text)) {
        g_assert_true(*text == '\n' || *text == '\t' || !cvm_char_is_hidden(g_utf8_get_char(text)));
    }
}

/* Workflow commands, one a line (GitHub's documentation), and the summary. */
static void
check_commands(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = g_strv_length(lines);

    g_assert_cmpuint(count, >=, 2);
    for (guint i = 0; i < count; i++) {
        g_assert_true(g_str_has_prefix(lines[i], "::") == (i + 2 < count));
    }
    g_assert_cmpstr(lines[count - 1], ==, "");
}

static const struct {
    const struct cvm_reporter *reporter;
    void (*check)(const char *text);
} reporters[] = {
    { &cvm_reporter_text, check_lines },      { &cvm_reporter_json, check_json },
    { &cvm_reporter_sarif, check_json },      { &cvm_reporter_junit, check_xml },
    { &cvm_reporter_github, check_commands },
};

static void
report(const struct cvm_findings *findings, unsigned documents, gboolean all)
{
    const struct cvm_report_options options = { .documents = documents, .folder = "/" };

    for (size_t i = 0; i < G_N_ELEMENTS(reporters); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        if (reporters[i].reporter == &cvm_reporter_sarif && !all) {
            continue;
        }
        reporters[i].reporter->report(findings, &options, out);
        g_assert_true(strlen(out->str) == out->len);
        reporters[i].check(out->str);
    }
}

static void
advise(const struct cvm_domain *domain)
{
    CVM_AUTO(guest_advice) *advice = cvm_guest_advice_new(domain);
    const struct cvm_guest_advice *const all[] = { advice };
    g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);

    cvm_guest_report_text(all, 1, FALSE, text);
    check_lines(text->str);
    cvm_guest_report_json(all, 1, json);
    check_json(json->str);
}

gboolean
fuzz_reports(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains =
        cvm_documents_parse("x\033[2J", (const char *)data, size, NULL, &error);
    CVM_AUTO(findings) *findings = NULL;

    if (!domains) {
        return fuzz_refuse_own(g_steal_pointer(&error));
    }
    findings = judge(domains);
    report(findings, domains->len, size % 64 == 0); /* SARIF has all rules in it */
    for (guint i = 0; i < MIN(domains->len, 4); i++) {
        advise(g_ptr_array_index(domains, i));
    }
    return TRUE;
}
