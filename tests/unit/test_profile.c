/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "read/read.h"
#include "unit.h"

START_TEST(test_minimal)
{
    static const char text[] = "name: db\n"
                               "launchSecurity: {type: sev-snp, policy: {debug: true}}\n"
                               "memory: 8GiB\n"
                               "vcpu: 4\n";
    g_autoptr(GPtrArray) domains = cvm_profile_parse("db.yaml", text, strlen(text), NULL, NULL);
    const struct cvm_domain *domain;

    ck_assert_ptr_nonnull(domains);
    domain = g_ptr_array_index(domains, 0);
    ck_assert_ptr_null(domain->problems);
    ck_assert_str_eq(domain->name.value, "db");
    ck_assert_uint_eq(domain->memory.size.value, UINT64_C(8) << 30);
    ck_assert_uint_eq(domain->vcpu.count.value, 4);
    ck_assert_int_eq(domain->launch.guest, CVM_GUEST_SEV_SNP);
    ck_assert_uint_eq(domain->launch.policy.value, 0xb0000);
}
END_TEST

UNIT_MAIN("profile", test_minimal)
