/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the pages of CVM2nn and CVM4nn cannot show: domain XML, and hosts of every version. */
#include <string.h>

#include "check_rule.h"
#include "host_fixture.h"

static struct cvm_domain *
new_domain(enum cvm_form form, enum cvm_guest guest)
{
    struct cvm_domain *domain = cvm_domain_new(form);

    domain->launch.guest = guest;
    GIVE(domain->launch.type, cvm_guest_info(guest)->libvirt_type);
    return domain;
}

static struct cvm_domain *
new_xml(enum cvm_guest guest)
{
    return new_domain(CVM_FORM_XML, guest);
}

static struct cvm_node *
add_node(struct cvm_domain *domain, enum cvm_node_kind kind, struct cvm_node *parent,
         const char *name, const char *text)
{
    struct cvm_node *node = cvm_node_new(domain->arena, kind, parent, name);

    node->text = text;
    return node;
}

/* <policy>TEXT</policy>, read as libvirt does. */
static void
give_xml_policy(struct cvm_domain *domain, const char *text)
{
    struct cvm_uint *policy = &domain->launch.policy;

    policy->from.origin = CVM_GIVEN;
    policy->from.node = add_node(domain, CVM_NODE_ELEMENT, NULL, "policy", text);
    policy->value = g_ascii_strtoull(text, NULL, 16);
}

START_TEST(test_xml_needs_a_policy)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);

    CHECK_RULE("CVM201", domain, NULL, "E");
    CHECK_FIX("0x0003");
    domain->launch.policy.from.origin = CVM_INVALID;
    CHECK_RULE("CVM201", domain, NULL, "");
    GIVE(domain->launch.policy, 3);
    CHECK_RULE("CVM201", domain, NULL, "");
}
END_TEST

START_TEST(test_xml_policy_text)
{
    static const struct {
        const char *text, *malformed, *radix;
    } cases[] = {
        { "0x0003", "", "" },       { "3", "", "" },      { "0003", "", "" },
        { "0x003F", "W", "" },      { "0X3", "W", "" },   { " 0x3 ", "W", "" },
        { "0x100000003", "E", "" }, { "33", "", "W" },    { "39", "", "E" },
        { "3f", "", "" },           { "196608", "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);

        give_xml_policy(domain, cases[i].text);
        CHECK_RULE("CVM202", domain, NULL, cases[i].malformed);
        if (!g_str_equal(cases[i].text, "196608")) {
            CHECK_RULE("CVM203", domain, NULL, cases[i].radix);
        }
    }
}
END_TEST

START_TEST(test_xml_radix_says_both_readings)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV_SNP);

    give_xml_policy(domain, "196608");
    CHECK_RULE("CVM203", domain, NULL, "W");
    CHECK_SAYS("libvirt takes it as '0x00196608'");
    CHECK_SAYS("'0x00030000'");
}
END_TEST

START_TEST(test_xml_policy_decides_the_kind)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);

    give_xml_policy(domain, "0x7");
    ck_assert_int_eq(cvm_domain_guest(domain), CVM_GUEST_SEV_ES);
    CHECK_RULE("CVM209", domain, NULL, "");
    CHECK_RULE("CVM412", domain, NULL, "W");
    CHECK_SAYS("'restart'");
    give_xml_policy(domain, "0x3");
    CHECK_RULE("CVM412", domain, NULL, "");
}
END_TEST

START_TEST(test_kernel_versions)
{
    static const struct {
        uint64_t policy;
        unsigned kernel;
        const char *severities;
    } cases[] = {
        { 0x30000, CVM_VERSION(6, 11, 0), "" },
        { 0x20000, CVM_VERSION(6, 16, 12), "E" },
        { 0x20000, CVM_VERSION(6, 17, 0), "" },
        { 0x20000, 0, "N" },
        { 0x70000, 0, "E" },
        { 0x70000, CVM_VERSION(6, 19, 0), "E" },
        { 0x130000, CVM_VERSION(6, 12, 0), "E" },
        { 0x130000, CVM_VERSION(6, 17, 0), "" },
        { 0x3e30000, CVM_VERSION(6, 17, 0), "EEEEE" },
        { 0x3e30000, CVM_VERSION(6, 19, 0), "" },
        { 0xb0000, CVM_VERSION(6, 12, 0), "" },
        { 0x7, CVM_VERSION(6, 12, 0), "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_FORM_PROFILE, CVM_GUEST_SEV_SNP);
        CVM_AUTO(host) *host = cvm_host_new();

        GIVE(domain->launch.policy, cases[i].policy);
        host->kernel_version = cases[i].kernel;
        CHECK_RULE("CVM205", domain, host, cases[i].severities);
        if (cases[i].kernel == 0) {
            CHECK_RULE("CVM205", domain, NULL, cases[i].severities);
        }
    }
}
END_TEST

START_TEST(test_smt_needs_to_be_known)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_FORM_PROFILE, CVM_GUEST_SEV_SNP);
    CVM_AUTO(host) *host = cvm_host_new();

    GIVE(domain->launch.policy, 0x20000);
    CHECK_RULE("CVM210", domain, host, "");
    host->smt = CVM_NO;
    CHECK_RULE("CVM210", domain, host, "");
    host->smt = CVM_YES;
    CHECK_RULE("CVM210", domain, host, "E");
}
END_TEST

START_TEST(test_advice_on_one_bit_is_right_for_the_other)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);

    GIVE(domain->launch.policy, 0);
    CHECK_RULE("CVM207", domain, NULL, "E");
    CHECK_FIX("<policy>0x0003</policy>");
    CHECK_RULE("CVM208", domain, NULL, "W");
    CHECK_FIX("<policy>0x0003</policy>");
}
END_TEST

START_TEST(test_xml_types)
{
    static const struct {
        const char *type, *severities, *fix;
    } cases[] = {
        { "sev", "", "" },       { "tdx", "", "" },           { "sev-es", "E", "policy bit 2" },
        { "SEV", "E", "'sev'" }, { "snp", "E", "'sev-snp'" }, { "enigma", "E", "'s390-pv'" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_OTHER);

        GIVE(domain->launch.type, cases[i].type);
        CHECK_RULE("CVM211", domain, NULL, cases[i].severities);
        CHECK_FIX(cases[i].fix);
    }
}
END_TEST

START_TEST(test_xml_elements_that_libvirt_drops)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);
    struct cvm_node *root = add_node(domain, CVM_NODE_ELEMENT, NULL, "domain", NULL);
    struct cvm_node *launch = add_node(domain, CVM_NODE_ELEMENT, root, "launchSecurity", NULL);

    domain->from.node = root;
    domain->launch.from.node = launch;
    add_node(domain, CVM_NODE_ATTRIBUTE, launch, "type", "sev");
    add_node(domain, CVM_NODE_ELEMENT, launch, "policy", "0x3");
    CHECK_RULE("CVM212", domain, NULL, "");
    add_node(domain, CVM_NODE_ELEMENT, launch, "handle", "1");
    CHECK_RULE("CVM212", domain, NULL, "E");
    CHECK_SAYS("'handle'");
    add_node(domain, CVM_NODE_ATTRIBUTE, launch, "kernelhashes", "yes");
    CHECK_RULE("CVM212", domain, NULL, "EE");
    add_node(domain, CVM_NODE_ELEMENT, root, "launchsecurity", NULL);
    add_node(domain, CVM_NODE_ELEMENT, root, "launchSecurity", NULL);
    CHECK_RULE("CVM212", domain, NULL, "EEEE");
    CHECK_SAYS("without protection");
}
END_TEST

START_TEST(test_xml_elements_that_are_attributes)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);
    struct cvm_node *launch = add_node(domain, CVM_NODE_ELEMENT, NULL, "launchSecurity", NULL);

    domain->launch.from.node = launch;
    add_node(domain, CVM_NODE_ATTRIBUTE, launch, "type", "sev");
    add_node(domain, CVM_NODE_ELEMENT, launch, "kernelHashes", "yes");
    CHECK_RULE("CVM212", domain, NULL, "E");
    CHECK_FIX("kernelHashes='yes'");
    launch->children = launch->last_child = NULL;
    add_node(domain, CVM_NODE_ATTRIBUTE, launch, "policy", "0x3");
    CHECK_RULE("CVM212", domain, NULL, "E");
    CHECK_SAYS("as an attribute");
    CHECK_FIX("<policy>0x3</policy>");
}
END_TEST

/* What QEMU 10.0's sev-snp-guest takes as host-data, and what it answers "Base64 data contains
 * invalid characters" to (run). */
START_TEST(test_xml_blobs_with_blanks)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "AAAAAAAAAAAAAAAAAAAAAA==", "" },      { "\nAAAAAAAAAAAAAAAA\nAAAAAA==\n", "" },
        { " AAAAAAAAAAAAAAAAAAAAAA==", "E" },    { "AAAAAAAAAAAAAAAAAAAAAA== ", "E" },
        { "AAAAAAAAAAAAAAAA\n\tAAAAAA==", "E" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV_SNP);
        struct cvm_blob *blob = &domain->launch.guest_visible_workarounds;

        blob->from.origin = CVM_GIVEN;
        blob->from.node =
            add_node(domain, CVM_NODE_ELEMENT, NULL, "guestVisibleWorkarounds", cases[i].text);
        blob->base64 = "AAAAAAAAAAAAAAAAAAAAAA==";
        CHECK_RULE("CVM213", domain, NULL, cases[i].expected);
    }
}
END_TEST

START_TEST(test_xml_blobs)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "/etc/sev/session.b64", "looks like a path" },
        { "session.bin", "looks like a path" },
        { "AA-A", "no base64" },
        { "AAA", "no base64" },
        { "A===", "no base64" },
        { "", "no base64" },
        { "AAAA", "3 bytes instead of 128" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);

        domain->launch.session.from.origin = CVM_GIVEN;
        domain->launch.session.base64 = cases[i].text;
        CHECK_RULE("CVM213", domain, NULL, "E");
        CHECK_SAYS(cases[i].says);
    }
}
END_TEST

START_TEST(test_cbitpos_needs_a_host_with_sev)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = new_host();

    GIVE(domain->launch.cbitpos, 47);
    CHECK_RULE("CVM219", domain, host, "E");
    CHECK_SAYS("host '51' requested '47'");
    GIVE(domain->launch.cbitpos, 51);
    CHECK_RULE("CVM219", domain, host, "");
    GIVE(domain->launch.cbitpos, 47);
    host->domcaps.sev = CVM_UNKNOWN;
    CHECK_RULE("CVM219", domain, host, "");
    host->domcaps.sev = CVM_YES;
    host->has_domcaps = FALSE;
    CHECK_RULE("CVM219", domain, host, "");
}
END_TEST

START_TEST(test_xml_defaults_of_libvirt)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);

    CHECK_RULE("CVM401", domain, NULL, "E");
    CHECK_SAYS("'pc'");
    CHECK_RULE("CVM403", domain, NULL, "E");
    CHECK_SAYS("SeaBIOS");
    GIVE(domain->os.machine, "pc-q35-9.2");
    GIVE(domain->os.firmware, "efi");
    CHECK_RULE("CVM401", domain, NULL, "");
    CHECK_RULE("CVM403", domain, NULL, "");
    GIVE(domain->os.firmware, "bios");
    CHECK_RULE("CVM403", domain, NULL, "E");
}
END_TEST

START_TEST(test_machine_versions)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = new_host();

    GIVE(domain->os.machine, "pc-q35-8.0");
    CHECK_RULE("CVM402", domain, host, "E");
    host->qemu_version = 0;
    CHECK_RULE("CVM402", domain, host, "W");
    host->domcaps.machine = "pc-q35-noble";
    CHECK_RULE("CVM402", domain, host, "");
    host->qemu_version = CVM_VERSION(8, 0, 2);
    CHECK_RULE("CVM402", domain, host, "");
}
END_TEST

static void
name_descriptors(struct cvm_host *host)
{
    for (unsigned i = 0; i < host->n_firmware; i++) {
        host->firmware[i].path =
            cvm_arena_printf(host->arena, "/usr/share/qemu/firmware/%u.json", i);
    }
    host->name = "test";
}

START_TEST(test_libvirt_chooses)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV);
    CVM_AUTO(host) *host = new_host();

    name_descriptors(host);
    GIVE(domain->os.machine, "q35");
    GIVE(domain->os.arch, "x86_64");
    GIVE(domain->os.firmware, "efi");
    CHECK_RULE("CVM405", domain, host, "");
    GIVE(domain->features.smm, FALSE);
    CHECK_RULE("CVM405", domain, host, "E");
    CHECK_SAYS("domain has SMM turned off but chosen firmware requires it");
    host->libvirt_version = CVM_VERSION(11, 3, 0);
    CHECK_RULE("CVM405", domain, host, "");

    give_xml_policy(domain, "0x7");
    CHECK_RULE("CVM405", domain, host, "E");
    CHECK_SAYS("'1.json' lacks the feature 'amd-sev-es'");
    CHECK_SAYS("compatible with the current configuration");
    host->libvirt_version = CVM_VERSION(9, 0, 0);
    CHECK_RULE("CVM405", domain, host, "E");
    CHECK_SAYS("Unable to find any firmware to satisfy");
    host->malformed_firmware = "/etc/qemu/firmware/10-mine.json";
    CHECK_RULE("CVM405", domain, host, "E");
    CHECK_SAYS("10-mine.json");
    host->has_firmware = FALSE;
    CHECK_RULE("CVM405", domain, host, "");
}
END_TEST

START_TEST(test_descriptor_alone_is_a_warning)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = new_host();

    name_descriptors(host);
    GIVE(domain->os.loader, "/CODE_4M.fd");
    CHECK_RULE("CVM406", domain, host, "W");
    CHECK_SAYS("no SEV metadata");
    host->n_images = 0;
    CHECK_RULE("CVM406", domain, host, "W");
    CHECK_SAYS("'amd-sev-es'");
    domain->launch.guest = CVM_GUEST_SEV;
    CHECK_RULE("CVM406", domain, host, "");
}
END_TEST

START_TEST(test_image_without_reset_block)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV_ES);
    CVM_AUTO(host) *host = new_host();

    name_descriptors(host);
    add_image(host, "/old.fd", "v");
    GIVE(domain->os.loader, "/old.fd");
    CHECK_RULE("CVM406", domain, host, "E");
    CHECK_SAYS("failed to locate and/or save reset vector");
    domain->launch.guest = CVM_GUEST_SEV;
    CHECK_RULE("CVM406", domain, host, "");
}
END_TEST

START_TEST(test_silent_on_invalid_values)
{
    CVM_AUTO(domain) *domain = new_xml(CVM_GUEST_SEV_SNP);
    static const char *const rules[] = { "CVM201", "CVM203", "CVM204", "CVM205", "CVM206",
                                         "CVM207", "CVM215", "CVM217", "CVM218", "CVM401",
                                         "CVM403", "CVM408", "CVM411", "CVM412" };

    domain->launch.policy.from.origin = CVM_INVALID;
    domain->launch.author_key.from.origin = CVM_INVALID;
    domain->launch.kernel_hashes.from.origin = CVM_INVALID;
    domain->launch.id_auth.from.origin = CVM_INVALID;
    GIVE(domain->os.kernel, "/boot/vmlinuz");
    domain->os.machine.from.origin = CVM_INVALID;
    domain->os.loader.from.origin = CVM_INVALID;
    domain->os.type.from.origin = CVM_INVALID;
    domain->os.secure.from.origin = CVM_INVALID;
    domain->on_reboot.from.origin = CVM_INVALID;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        CHECK_RULE(rules[i], domain, NULL, "");
    }
}
END_TEST

UNIT_MAIN("rules-launch", test_xml_needs_a_policy, test_xml_policy_text,
          test_xml_radix_says_both_readings, test_xml_policy_decides_the_kind, test_kernel_versions,
          test_smt_needs_to_be_known, test_advice_on_one_bit_is_right_for_the_other, test_xml_types,
          test_xml_elements_that_libvirt_drops, test_xml_elements_that_are_attributes,
          test_xml_blobs_with_blanks, test_xml_blobs, test_cbitpos_needs_a_host_with_sev,
          test_xml_defaults_of_libvirt, test_machine_versions, test_libvirt_chooses,
          test_descriptor_alone_is_a_warning, test_image_without_reset_block,
          test_silent_on_invalid_values)
