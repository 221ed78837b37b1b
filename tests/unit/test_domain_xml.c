/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "read/read.h"
#include "unit.h"

static struct cvm_domain *domain;

static void
parse(const char *text)
{
    g_autoptr(GError) error = NULL;

    cvm_domain_free(domain);
    domain = cvm_domain_xml_parse("x.xml", text, strlen(text), &error);
    ck_assert_msg(domain != NULL, "%s", error ? error->message : "");
}

static void
finish(void)
{
    g_clear_pointer(&domain, cvm_domain_free);
}

#define assert_place(value, l, c)                                                                  \
    do {                                                                                           \
        ck_assert_uint_eq((value).from.node->line, l);                                             \
        ck_assert_uint_eq((value).from.node->column, c);                                           \
    } while (0)

START_TEST(test_values_and_places)
{
    parse("<domain type='kvm'>\n"
          "  <name>db</name>\n"
          "  <memory unit='GiB'>4</memory>\n"
          "  <launchSecurity type='sev' kernelHashes='yes'>\n"
          "    <policy>0x0007</policy>\n"
          "    <dhCert>\n  AQ\n  ID </dhCert>\n"
          "  </launchSecurity>\n"
          "</domain>\n");
    ck_assert_int_eq(domain->form, CVM_FORM_XML);
    ck_assert(cvm_text_is(domain->name, "db"));
    ck_assert_uint_eq(domain->memory.size.value, UINT64_C(4) << 30);
    assert_place(domain->memory.size, 3, 22);
    ck_assert(cvm_is_on(domain->launch.kernel_hashes));
    ck_assert_uint_eq(domain->launch.policy.value, 7);
    assert_place(domain->launch.policy, 5, 13);
    ck_assert_int_eq(cvm_domain_guest(domain), CVM_GUEST_SEV_ES);
    ck_assert_str_eq(domain->launch.dh_cert.base64, "AQID");
    ck_assert(cvm_is_unset(domain->launch.session));
    ck_assert_ptr_eq(domain->launch.session.from.node, domain->launch.from.node);
    finish();
}
END_TEST

START_TEST(test_sizes)
{
    static const struct {
        const char *unit;
        uint64_t bytes;
    } cases[] = {
        { "", 3 << 10 },
        { " unit='b'", 3 },
        { " unit='bytes'", 3 },
        { " unit='K'", 3 << 10 },
        { " unit='KB'", 3000 },
        { " unit='mib'", 3 << 20 },
        { " unit='MB'", 3000000 },
        { " unit='G'", UINT64_C(3) << 30 },
        { " unit='TiB'", UINT64_C(3) << 40 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("<domain><memory%s> 3</memory></domain>", cases[i].unit);

        parse(text);
        ck_assert_uint_eq(domain->memory.size.value, cases[i].bytes);
        ck_assert_uint_eq(domain->problem_count, 0);
    }
    finish();
}
END_TEST

START_TEST(test_what_libvirt_refuses_is_a_problem)
{
    static const char *const cases[] = {
        "<domain><memory>4G</memory></domain>",
        "<domain><memory unit='gigs'>4</memory></domain>",
        "<domain><memory unit='EiB'>99</memory></domain>",
        "<domain><memory/></domain>",
        "<domain><launchSecurity type='sev'><policy>debug</policy></launchSecurity></domain>",
        "<domain><launchSecurity type='sev'><cbitpos>0x33</cbitpos></launchSecurity></domain>",
        "<domain><launchSecurity type='sev' kernelHashes='true'/></domain>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        parse(cases[i]);
        ck_assert_msg(domain->problem_count == 1, "%s: %u problems", cases[i],
                      domain->problem_count);
    }
    finish();
}
END_TEST

START_TEST(test_lists)
{
    parse("<domain>\n<devices>\n<disk device='cdrom'><target dev='sda' "
          "bus='sata'/><readonly/></disk>\n"
          "<other/>\n<disk type='file'><driver iommu='on'/><driver iommu='off'/></disk>\n"
          "</devices>\n</domain>");
    ck_assert_uint_eq(domain->devices.disk.count, 2);
    ck_assert(cvm_text_is(((struct cvm_disk *)domain->devices.disk.items)[0].bus, "sata"));
    ck_assert(cvm_is_on(((struct cvm_disk *)domain->devices.disk.items)[0].readonly));
    ck_assert(cvm_is_on(((struct cvm_disk *)domain->devices.disk.items)[1].common.iommu));
    assert_place(((struct cvm_disk *)domain->devices.disk.items)[1], 5, 1);
    finish();
}
END_TEST

UNIT_MAIN("domain_xml", test_values_and_places, test_sizes, test_what_libvirt_refuses_is_a_problem,
          test_lists)
