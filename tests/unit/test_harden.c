/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done about each rule, and what is left. The corpus is tests/harden.sh's. */
#include <string.h>

#include "harden/harden.h"
#include "harden/repair.h"
#include "rules/rule.h"
#include "unit.h"

static struct cvm_hardening *
harden(const char *text, enum cvm_guest type)
{
    g_autoptr(GError) error = NULL;
    struct cvm_hardening *hardening =
        cvm_harden("x.xml", text, strlen(text), type, NULL, NULL, &error);

    ck_assert_msg(hardening != NULL, "%s", error ? error->message : "");
    return hardening;
}

/* A guest that nothing is to be said of but for what is put in. */
static char *
guest(const char *type, const char *policy, const char *in_domain, const char *in_devices)
{
    gboolean snp = g_str_equal(type, "sev-snp");

    return g_strdup_printf("<domain type='kvm'>\n"
                           "  <name>db</name>\n"
                           "  <memory unit='GiB' dumpCore='off'>4</memory>\n"
                           "%s"
                           "  <vcpu>2</vcpu>\n"
                           "%s"
                           "  <os firmware='efi'>\n"
                           "    <type arch='x86_64' machine='q35'>hvm</type>\n"
                           "  </os>\n"
                           "  <features>\n"
                           "    <acpi/>\n"
                           "  </features>\n"
                           "  <cpu mode='host-passthrough'/>\n"
                           "  <on_reboot>destroy</on_reboot>\n"
                           "  <devices>\n"
                           "%s"
                           "    <memballoon model='none'/>\n"
                           "  </devices>\n"
                           "  <launchSecurity type='%s'>\n"
                           "    %s\n"
                           "  </launchSecurity>\n"
                           "</domain>\n",
                           snp ? "" : "  <memoryBacking>\n    <locked/>\n  </memoryBacking>\n",
                           in_domain, in_devices, type, policy);
}

static void
assert_same(const struct cvm_hardening *hardening, const char *expected)
{
    size_t size;
    g_autofree char *diff = cvm_revision_diff(hardening->revision, "x", &size);

    ck_assert_msg(g_str_equal(hardening->revision->text->str, expected), "%s\ninstead of:\n%s",
                  diff, expected);
}

/* What is put into a guest, before and after. */
struct pair {
    const char *type;
    const char *policy, *policy_after;
    const char *in_domain, *domain_after;
    const char *in_devices, *devices_after;
};

#define LEGACY "<policy>0x0003</policy>"
#define ES "<policy>0x0007</policy>"
#define SNP "<policy>0x00030000</policy>"

static const struct pair pairs[] = {
    { "sev", LEGACY, LEGACY, "", "", "", "" },
    { "sev-snp", SNP, SNP, "", "", "", "" },
    /* policy */
    { "sev", "<policy>0x2</policy>", LEGACY, "", "", "", "" },
    { "sev", "<policy>0x1</policy>", LEGACY, "", "", "", "" },
    { "sev", "<policy>0X3</policy>", LEGACY, "", "", "", "" },
    { "sev", "<policy>0x00C7</policy>", ES, "", "", "", "" },
    { "sev-snp", "<policy> 0xb0000 </policy>", SNP, "", "", "", "" },
    { "sev-snp", "<policy>0x7</policy>", SNP, "", "", "", "" },
    /* memory */
    { "sev-snp", SNP, SNP, "  <memoryBacking>\n    <locked/>\n  </memoryBacking>\n", "", "", "" },
    { "sev-snp", SNP, SNP,
      "  <memoryBacking>\n    <!-- why -->\n    <locked/>\n  </memoryBacking>\n",
      "  <memoryBacking>\n    <!-- why -->\n  </memoryBacking>\n", "", "" },
    { "sev", LEGACY, LEGACY, "  <currentMemory unit='GiB'>2</currentMemory>\n", "", "", "" },
    /* devices */
    { "sev", LEGACY, LEGACY, "", "",
      "    <disk type='file' device='cdrom'>\n"
      "      <target dev='hda' bus='ide'/>\n"
      "      <address type='drive' controller='0' bus='1' target='0' unit='0'/>\n"
      "    </disk>\n"
      "    <disk type='file'><target dev='sda' bus='sata'/></disk>\n"
      "    <disk type=\"file\"><target dev=\"hdc\"/></disk>\n"
      "    <controller type='ide' index='0'/>\n",
      "    <disk type='file' device='cdrom'>\n"
      "      <target dev='sdb' bus='sata'/>\n"
      "    </disk>\n"
      "    <disk type='file'><target dev='sda' bus='sata'/></disk>\n"
      "    <disk type=\"file\"><target dev=\"sdc\" bus=\"sata\"/></disk>\n" },
    { "sev", LEGACY, LEGACY, "", "",
      "    <interface type='network'>\n"
      "      <source network='default'/>\n"
      "      <model type='virtio'/> <!-- fast -->\n"
      "      <link state='up'/>\n"
      "      <address type='pci' bus='1'/>\n"
      "    </interface>\n"
      "    <interface type='network'>\n"
      "      <source network='default'/>\n"
      "      <model type='virtio'/>\n"
      "      <rom bar='on' enable='no' file='/x'/>\n"
      "    </interface>\n",
      "    <interface type='network'>\n"
      "      <source network='default'/>\n"
      "      <model type='virtio'/> <!-- fast -->\n"
      "      <link state='up'/>\n"
      "      <rom enabled='no'/>\n"
      "      <address type='pci' bus='1'/>\n"
      "    </interface>\n"
      "    <interface type='network'>\n"
      "      <source network='default'/>\n"
      "      <model type='virtio'/>\n"
      "      <rom enabled='no'/>\n"
      "    </interface>\n" },
    { "sev", LEGACY, LEGACY, "", "",
      "    <disk type='file'><driver name='qemu' iommu='off'/><target dev='vda'/></disk>\n"
      "    <rng model='virtio-transitional'><backend model='random'>/dev/urandom</backend></rng>\n",
      "    <disk type='file'><driver name='qemu'/><target dev='vda'/></disk>\n"
      "    <rng model='virtio-non-transitional'><backend "
      "model='random'>/dev/urandom</backend></rng>\n" },
};

START_TEST(test_pairs)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        const struct pair *pair = &pairs[i];
        g_autofree char *before =
            guest(pair->type, pair->policy, pair->in_domain, pair->in_devices);
        g_autofree char *after =
            guest(pair->type, pair->policy_after, pair->domain_after, pair->devices_after);
        CVM_AUTO(hardening) *first = harden(before, 0);
        CVM_AUTO(hardening) *again = harden(after, 0);

        assert_same(first, after);
        ck_assert_uint_eq(cvm_findings_count(first->left, CVM_WARNING), 0);
        ck_assert_uint_eq(again->changes->len, 0);
        assert_same(again, after);
    }
}
END_TEST

/* Blobs and policies that somebody signed, types that contradict, names that nobody knows. */
START_TEST(test_what_is_left)
{
    static const struct {
        const char *type, *policy, *rule;
    } cases[] = {
        { "sev", "<policy>0x30000</policy>", "CVM206" },
        { "sev", "<policy>12</policy>", "CVM203" },
        { "sev", "<polcy>0x3</polcy>", "CVM201" },
        { "sev", "<policy>0x2</policy><session>AAAA</session>", "CVM207" },
        { "sev", "<policy>0x3</policy><dhCert>AAAA</dhCert>", "CVM214" },
        { "sev-snp", "<policy>0x30000</policy><hostData>AAAA</hostData>", "CVM213" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = guest(cases[i].type, cases[i].policy, "", "");
        CVM_AUTO(hardening) *hardening = harden(text, 0);
        gboolean found = FALSE;

        for (guint j = 0; j < hardening->left->items->len; j++) {
            const struct cvm_finding *finding = g_ptr_array_index(hardening->left->items, j);

            if (g_str_equal(finding->rule, cases[i].rule)) {
                found = TRUE;
                ck_assert(g_ptr_array_index(hardening->reasons, j) != NULL);
            }
        }
        ck_assert_msg(found, "%s: %s is not left: %s", cases[i].policy, cases[i].rule,
                      hardening->revision->text->str);
    }
}
END_TEST

START_TEST(test_every_rule_has_an_answer)
{
    const struct cvm_rule *rule;

    for (unsigned i = 0; (rule = cvm_rule_at(i)); i++) {
        const struct cvm_repair_row *row = cvm_repair_find(rule->id);

        ck_assert_msg(row != NULL, "%s is not in the table of src/harden/repairs.c", rule->id);
        ck_assert_msg(row->repair || row->undecided, "%s: neither repaired nor left", rule->id);
    }
    for (const struct cvm_repair_row *row = cvm_repairs; row->rule; row++) {
        ck_assert_msg(!row[1].rule || strcmp(row->rule, row[1].rule) < 0, "%s is out of order",
                      row->rule);
    }
}
END_TEST

START_TEST(test_types)
{
    static const enum cvm_guest types[] = { CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };
    static const char plain[] = "<domain type='qemu'><name>db</name><memory>1048576</memory>"
                                "<vcpu>1</vcpu><os><type>hvm</type></os></domain>";

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        CVM_AUTO(hardening) *first = harden(plain, types[i]);
        CVM_AUTO(hardening) *again = harden(first->revision->text->str, types[i]);

        ck_assert_uint_eq(cvm_findings_count(first->left, CVM_SEVERE), 0);
        ck_assert_uint_gt(first->changes->len, 3);
        ck_assert_uint_eq(again->changes->len, 0);
        for (size_t j = 0; j < G_N_ELEMENTS(types); j++) {
            CVM_AUTO(hardening) *other = harden(first->revision->text->str, types[j]);

            ck_assert_uint_eq(cvm_findings_count(other->left, CVM_SEVERE), 0);
            ck_assert_uint_eq(other->changes->len > 0, i != j);
        }
    }
}
END_TEST

START_TEST(test_what_cannot_be_hardened)
{
    static const struct {
        const char *text;
        enum cvm_guest type;
    } cases[] = {
        { "name: db\n", 0 },
        { "<domain>", 0 },
        { "<domain><launchSecurity type='sev'><policy>0x3</policy><session>AA</session>"
          "</launchSecurity></domain>",
          CVM_GUEST_SEV_SNP },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(cvm_harden("x.xml", cases[i].text, strlen(cases[i].text), cases[i].type,
                                      NULL, NULL, &error));
        ck_assert(error != NULL);
    }
}
END_TEST

UNIT_MAIN("harden", test_pairs, test_what_is_left, test_every_rule_has_an_answer, test_types,
          test_what_cannot_be_hardened)
