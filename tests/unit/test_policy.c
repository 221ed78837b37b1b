/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/policy.h"
#include "unit.h"

static const struct {
    enum cvm_guest guest;
    uint64_t policy;
    const char *names;
} pairs[] = {
    { CVM_GUEST_SEV, 0x3, "nodbg,noks" },
    { CVM_GUEST_SEV_ES, 0x7, "nodbg,noks,es" },
    { CVM_GUEST_SEV, 0x33, "nodbg,noks,domain,sev" },
    { CVM_GUEST_SEV, 0x41, "nodbg,bit6" },
    { CVM_GUEST_SEV, 0x33010003, "nodbg,noks,api=1.51" },
    { CVM_GUEST_SEV_SNP, 0x30000, "smt,reserved" },
    { CVM_GUEST_SEV_SNP, 0xb0000, "smt,reserved,debug" },
    { CVM_GUEST_SEV_SNP, 0x3011f, "smt,reserved,abi=1.31" },
    { CVM_GUEST_SEV_SNP, UINT64_C(1) << 63, "bit63" },
    { CVM_GUEST_SEV, 0, "" },
};

START_TEST(test_names_there_and_back)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *names = cvm_policy_names(pairs[i].guest, pairs[i].policy);
        g_autofree char *bad = NULL;
        uint64_t policy = 0;

        ck_assert_str_eq(names, pairs[i].names);
        ck_assert(cvm_policy_parse_names(pairs[i].guest, names, &policy, &bad) || *names == '\0');
        ck_assert_uint_eq(policy, pairs[i].policy);
    }
}
END_TEST

START_TEST(test_unknown_name_is_told)
{
    g_autofree char *bad = NULL;
    uint64_t policy = 99;

    ck_assert(!cvm_policy_parse_names(CVM_GUEST_SEV, "nodbg,smt", &policy, &bad));
    ck_assert_str_eq(bad, "smt");
    ck_assert_uint_eq(policy, 99);
}
END_TEST

START_TEST(test_defaults)
{
    ck_assert_uint_eq(cvm_policy_default(CVM_GUEST_SEV), 0x3);
    ck_assert_uint_eq(cvm_policy_default(CVM_GUEST_SEV_ES), 0x7);
    ck_assert_uint_eq(cvm_policy_default(CVM_GUEST_SEV_SNP), 0x30000);
}
END_TEST

UNIT_MAIN("policy", test_names_there_and_back, test_unknown_name_is_told, test_defaults)
