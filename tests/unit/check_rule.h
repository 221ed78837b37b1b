/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of single rules on domains and hosts that are filled in by hand. */
#ifndef CVM_TESTS_CHECK_RULE_H
#define CVM_TESTS_CHECK_RULE_H

#include "rules/rule.h"
#include "unit.h"

/* cvm_uint, cvm_flag or cvm_text, as if the user had written it. */
#define GIVE(member, v) ((member).from.origin = CVM_GIVEN, (member).value = (v))
/* GIVE_LIST(domain->cpu.numa, cells): an array as a list. */
#define GIVE_LIST(list, array)                                                                     \
    ((list).from.origin = CVM_GIVEN, (list).items = (array), (list).count = G_N_ELEMENTS(array))

#define MIB(n) (UINT64_C(n) << 20)
#define GIB(n) (UINT64_C(n) << 30)

/* Runs one rule and checks that it finds this: "" nothing, else the severities in order, "E" "W"
 * "N". What the first finding says stays for check_says(). */
static G_GNUC_UNUSED char check_message[4096], check_fix[4096];

static inline void
check_rule(const char *id, const struct cvm_domain *domain, const struct cvm_host *host,
           const char *severities, const char *file, int line)
{
    const struct cvm_rule *rule = cvm_rule_find(id);
    CVM_AUTO(findings) *findings = cvm_findings_new();
    g_autoptr(GString) found = g_string_new(NULL);

    ck_assert_msg(rule, "%s:%d: no rule %s", file, line, id);
    cvm_rule_run(rule, domain, host, findings);
    check_message[0] = check_fix[0] = '\0';
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        g_string_append_c(found, "NWE"[finding->severity]);
        ck_assert_msg(finding->fix && *finding->fix, "%s:%d: %s names no remedy", file, line, id);
        if (i == 0) {
            g_strlcpy(check_message, finding->message, sizeof(check_message));
            g_strlcpy(check_fix, finding->fix, sizeof(check_fix));
        }
    }
    ck_assert_msg(g_str_equal(found->str, severities), "%s:%d: %s finds '%s', not '%s': %s", file,
                  line, id, found->str, severities, check_message);
}
#define CHECK_RULE(id, domain, host, severities)                                                   \
    check_rule((id), (domain), (host), (severities), __FILE__, __LINE__)
#define CHECK_SAYS(part)                                                                           \
    ck_assert_msg(strstr(check_message, (part)), "'%s' is not in: %s", (part), check_message)
#define CHECK_FIX(part)                                                                            \
    ck_assert_msg(strstr(check_fix, (part)), "'%s' is not in: %s", (part), check_fix)

#endif
