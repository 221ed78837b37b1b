/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "rules/control.h"
#include "unit.h"

START_TEST(test_ids_ascend_within_their_block)
{
    unsigned last_block = 0;
    const char *last = "";

    for (const struct cvm_topic *topic = cvm_topics; topic->rules; topic++) {
        ck_assert_uint_ge(topic->block, last_block);
        last_block = topic->block;
        ck_assert_ptr_nonnull(topic->rules->id);
        for (const struct cvm_rule *rule = topic->rules; rule->id; rule++) {
            ck_assert_uint_eq(strlen(rule->id), strlen("CVM000"));
            ck_assert(g_str_has_prefix(rule->id, "CVM"));
            ck_assert_msg((unsigned)g_ascii_digit_value(rule->id[3]) == topic->block,
                          "%s is outside its topic's block", rule->id);
            ck_assert_msg(strcmp(last, rule->id) < 0, "%s follows %s", rule->id, last);
            last = rule->id;
        }
    }
}
END_TEST

START_TEST(test_rows_are_complete_and_names_unique)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    const struct cvm_rule *rule;

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        ck_assert_msg(g_hash_table_add(names, (gpointer)rule->name), "two rules are named '%s'",
                      rule->name);
        ck_assert_msg(strspn(rule->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
                          strlen(rule->name),
                      "'%s'", rule->name);
        ck_assert_msg(rule->summary && g_str_has_suffix(rule->summary, "."),
                      "the summary of %s is no sentence", rule->id);
        ck_assert_msg(rule->check || g_str_has_prefix(rule->id, "CVM8") ||
                          g_str_has_prefix(rule->id, "CVM9"),
                      "%s finds nothing", rule->id);
    }
}
END_TEST

START_TEST(test_every_rule_has_a_page_and_every_page_a_rule)
{
    const struct cvm_rule *rule;

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        g_autofree char *heading = g_strdup_printf("# %s: %s\n", rule->id, rule->name);
        const char *page = cvm_rule_page(rule->id);

        ck_assert_msg(page, "docs/rules/%s.md is missing", rule->id);
        ck_assert_msg(g_str_has_prefix(page, heading), "docs/rules/%s.md must start with '%s'",
                      rule->id, heading);
        ck_assert_ptr_eq(cvm_rule_page(rule->name), page);
    }
    for (const struct cvm_page *page = cvm_pages; page->id; page++) {
        ck_assert_msg(cvm_rule_find(page->id), "docs/rules/%s.md has no rule", page->id);
    }
}
END_TEST

START_TEST(test_find)
{
    const struct cvm_rule *rule = cvm_rule_find("CVM207");

    ck_assert_ptr_nonnull(rule);
    ck_assert_ptr_eq(cvm_rule_find("cvm207"), rule);
    ck_assert_ptr_eq(cvm_rule_find("Policy-Debug-Allowed"), rule);
    ck_assert_ptr_null(cvm_rule_find("CVM999"));
    ck_assert_ptr_null(cvm_rule_find(""));
    ck_assert_ptr_null(cvm_rule_page("CVM999"));
}
END_TEST

START_TEST(test_embedded_page_is_the_file)
{
    g_autofree char *path = unit_source_path("docs/rules/CVM207.md");
    g_autofree char *text = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(cvm_rule_page("CVM207"), text);
}
END_TEST

static void
report_always(struct cvm_check *check)
{
    struct cvm_finding *finding = cvm_report(check, NULL, "The value is '%d'.", 7);

    cvm_fix(finding, "Use '%d'.", 8);
    cvm_fix(finding, "Use '%d'.", 9);
    cvm_report_as(check, CVM_NOTE, &check->domain->name.from, "The name is '%s'.", "x");
}

static const struct cvm_rule snp_only = {
    .id = "CVM000",
    .name = "test",
    .severity = CVM_WARNING,
    .guests = CVM_GUEST_SEV_SNP,
    .check = report_always,
};
static const struct cvm_rule host_only = {
    .id = "CVM001",
    .name = "host-test",
    .needs_host = TRUE,
    .check = report_always,
};

START_TEST(test_guest_kinds)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    CVM_AUTO(findings) *findings = cvm_findings_new();

    domain->launch.guest = CVM_GUEST_SEV_ES;
    cvm_rule_run(&snp_only, domain, NULL, findings);
    ck_assert_uint_eq(findings->items->len, 0);
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    cvm_rule_run(&snp_only, domain, NULL, findings);
    ck_assert_uint_eq(findings->items->len, 2);
    ck_assert_uint_eq(findings->not_run->len, 0);
}
END_TEST

START_TEST(test_want_of_a_host_is_counted_once)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    CVM_AUTO(host) *host = cvm_host_new();
    CVM_AUTO(findings) *findings = cvm_findings_new();

    cvm_rule_run(&host_only, domain, NULL, findings);
    cvm_rule_run(&host_only, domain, NULL, findings);
    ck_assert_uint_eq(findings->items->len, 0);
    ck_assert_uint_eq(findings->not_run->len, 1);
    ck_assert_str_eq(g_ptr_array_index(findings->not_run, 0), "CVM001");
    cvm_rule_run(&host_only, domain, host, findings);
    ck_assert_uint_eq(findings->items->len, 2);
    ck_assert_uint_eq(findings->not_run->len, 1);
}
END_TEST

START_TEST(test_report)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    CVM_AUTO(findings) *findings = cvm_findings_new();
    struct cvm_node *root = cvm_node_new(domain->arena, CVM_NODE_MAP, NULL, NULL);
    struct cvm_node *name = cvm_node_new(domain->arena, CVM_NODE_SCALAR, root, "name");
    const struct cvm_finding *finding;

    root->line = 1;
    name->line = 3;
    name->column = 7;
    domain->from.node = root;
    domain->name.from.node = name;
    domain->launch.guest = CVM_GUEST_SEV_SNP;
    cvm_rule_run(&snp_only, domain, NULL, findings);

    finding = g_ptr_array_index(findings->items, 0);
    ck_assert_str_eq(finding->rule, "CVM000");
    ck_assert_str_eq(finding->name, "test");
    ck_assert_int_eq(finding->severity, CVM_WARNING);
    ck_assert_str_eq(finding->message, "The value is '7'.");
    ck_assert_str_eq(finding->fix, "Use '9'.");
    ck_assert_uint_eq(finding->line, 1);

    finding = g_ptr_array_index(findings->items, 1);
    ck_assert_int_eq(finding->severity, CVM_NOTE);
    ck_assert_ptr_null(finding->fix);
    ck_assert_uint_eq(finding->line, 3);
    ck_assert_uint_eq(finding->column, 7);
}
END_TEST

START_TEST(test_nothing_said_is_no_confidential_finding)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    CVM_AUTO(findings) *findings = cvm_findings_new();

    cvm_check_run(domain, NULL, NULL, findings);
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        ck_assert_msg(finding->rule[3] == '1', "%s: %s", finding->rule, finding->message);
    }
}
END_TEST

UNIT_MAIN("rules", test_ids_ascend_within_their_block, test_rows_are_complete_and_names_unique,
          test_every_rule_has_a_page_and_every_page_a_rule, test_find,
          test_embedded_page_is_the_file, test_guest_kinds, test_want_of_a_host_is_counted_once,
          test_report, test_nothing_said_is_no_confidential_finding)
