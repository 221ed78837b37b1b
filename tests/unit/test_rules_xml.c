/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules on domain XML as it is read: what is too odd for their pages. Each case is a document and
 * the findings of one rule, "LINE:SEVERITY" in order. */
#include <string.h>

#include "read/read.h"
#include "rules/rule.h"
#include "unit.h"

#define QEMU "http://libvirt.org/schemas/domain/qemu/1.0"

struct xml_case {
    const char *rule, *text, *expected;
};

static char *
run_case(const struct xml_case *c)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();
    GString *found = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) domains =
        cvm_documents_parse("x.xml", c->text, strlen(c->text), NULL, &error);

    ck_assert_msg(domains != NULL, "%s: %s", c->text, error ? error->message : "?");
    for (guint i = 0; i < domains->len; i++) {
        cvm_rule_run(cvm_rule_find(c->rule), g_ptr_array_index(domains, i), NULL, findings);
    }
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        g_string_append_printf(found, "%s%u:%c", i > 0 ? " " : "", finding->line,
                               "NWE"[finding->severity]);
    }
    return g_string_free(found, FALSE);
}

static void
run_cases(const struct xml_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *found = run_case(&cases[i]);

        ck_assert_msg(g_str_equal(found, cases[i].expected), "%s on %s: '%s', not '%s'",
                      cases[i].rule, cases[i].text, found, cases[i].expected);
    }
}

START_TEST(test_names)
{
    static const struct xml_case cases[] = {
        { "CVM103", "<domain>\n<numatune/>\n<numatune/></domain>", "3:E" },
        { "CVM103", "<domain><features/><features/><devices><name/><name/></devices></domain>",
          "" },
        { "CVM103", "<domain><os><boot dev='hd'/><boot dev='cdrom'/></os></domain>", "" },
        /* A snapshot may name its domain only. */
        { "CVM104", "<domainsnapshot><domain><uuid>1</uuid></domain></domainsnapshot>", "" },
        { "CVM107", "<domainsnapshot><domain><uuid>1</uuid></domain></domainsnapshot>", "" },
        { "CVM104", "<domain type='openvz'><name>a</name><os><type>exe</type></os></domain>", "" },
        { "CVM104",
          "<domain type='kvm'><name>a</name><memory>0</memory><os><type>hvm</type></os></domain>",
          "1:E" },
        { "CVM104",
          "<domain type='kvm'\n "
          "xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name></domain>",
          "2:E" },
        { "CVM104",
          "<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>\n"
          "<rng model='virtio'/>\n<rng model='virtio'><backend model='random'/></rng></devices>"
          "</domain>",
          "2:E" },
        { "CVM104", "<domain type='kvm'>\n...\n<name>a</name><memory>1</memory></domain>", "1:E" },
        { "CVM105", "<domain>\n<name>\na\n</name></domain>", "3:E" },
        { "CVM111", "<domain>\n<locked/>\n<hardLimit/>\n<seclable/></domain>", "2:W 4:W" },
        { "CVM111", "<domain>\n<memtune><hardlimit>1</hardlimit></memtune></domain>", "2:W" },
        { "CVM111",
          "<domain><features><acpi/>\n<tdx/><x:y/></features><features>\n<iommu/></features></"
          "domain>",
          "2:W 3:W" },
        { "CVM111", "<domain><features>\n<asynch-teardown/></features></domain>", "2:E" },
        { "CVM111", "<domain><launchsecurity/><memory x:unti='MiB'/><x:nam/></domain>", "" },
        { "CVM111", "<domain><metadata><locked/></metadata><devices><locked/></devices></domain>",
          "" },
    };

    run_cases(cases, G_N_ELEMENTS(cases));
}
END_TEST

START_TEST(test_launch_security)
{
    static const struct xml_case cases[] = {
        /* One rule speaks of it, not two. */
        { "CVM212", "<domain><features>\n<launchSecurity type='sev'/></features></domain>", "2:E" },
        { "CVM111", "<domain><features>\n<launchSecurity type='sev'/></features></domain>", "" },
        { "CVM202",
          "<domain><launchSecurity type='sev'>\n<policy>0x3 </policy></launchSecurity>"
          "</domain>",
          "2:E" },
        { "CVM202",
          "<domain><launchSecurity type='sev'>\n<policy> 0x3</policy></launchSecurity>"
          "</domain>",
          "2:W" },
        { "CVM203",
          "<domain><launchSecurity type='sev'>\n<policy> 39</policy></launchSecurity>"
          "</domain>",
          "2:E" },
        { "CVM212", "<domain>\n<launchSecurity xmlns='urn:x' type='sev'/></domain>", "2:E" },
        { "CVM212", "<domain>\n<devices>\n<launch-security/></devices></domain>", "3:E" },
        { "CVM212", "<domain><launchSecurity type='sev'>\n<idBlock/></launchSecurity></domain>",
          "2:E" },
        { "CVM212", "<domain><launchSecurity type='sev-snp'>\n<idBlock/></launchSecurity></domain>",
          "" },
        { "CVM212", "<domain><metadata><launchSecurity/></metadata></domain>", "" },
        { "CVM212", "<domain><launchSecurity type='sev'\npolicy='0x3'/></domain>", "2:E" },
        { "CVM212",
          "<domain><launchSecurity type='tdx'><quoteGenerationService/>"
          "</launchSecurity></domain>",
          "" },
        /* libvirt takes an empty element for none. */
        { "CVM213",
          "<domain><launchSecurity type='sev-snp'><idBlock/><idAuth></idAuth>\n<hostData> "
          "</hostData>"
          "</launchSecurity></domain>",
          "" },
        { "CVM215",
          "<domain><launchSecurity type='sev-snp'><idBlock/>\n<idAuth>AAAA</idAuth>"
          "</launchSecurity></domain>",
          "2:E" },
        { "CVM220",
          "<domain><launchSecurity type='sev'>\n"
          "<reducedPhysBits>4294967297</reducedPhysBits></launchSecurity></domain>",
          "2:E" },
        { "CVM222", "<domain type='hvf'><launchSecurity type='sev'/></domain>", "1:E" },
    };

    run_cases(cases, G_N_ELEMENTS(cases));
}
END_TEST

START_TEST(test_command_line)
{
    static const struct xml_case cases[] = {
        /* Whatever the prefix, and wherever it is declared. */
        { "CVM221",
          "<domain type='kvm' xmlns:q='" QEMU "'><q:commandline>\n<q:arg value='-pflash'/>"
          "</q:commandline></domain>",
          "2:W" },
        { "CVM221",
          "<domain type='kvm'><commandline xmlns='" QEMU "'>\n<arg value='-drive'/>\n"
          "<arg value='if=pflash,file=/x.fd'/></commandline></domain>",
          "3:W" },
        { "CVM221", "<domain type='kvm' xmlns:qemu='" QEMU "x'>\n<qemu:commandline/></domain>",
          "2:W" },
        { "CVM221",
          "<domain type='kvm' xmlns:qemu='" QEMU "'><qemu:commandline><qemu:arg value='-object'/>"
          "<qemu:arg value='rng-random,id=sev-guest'/></qemu:commandline></domain>",
          "" },
        { "CVM221",
          "<domain type='kvm' xmlns:qemu='" QEMU "'><qemu:commandline><qemu:arg value='-append'/>"
          "<qemu:arg value='sev-guest'/><qemu:env name='A' value='-bios'/></qemu:commandline>"
          "</domain>",
          "" },
        { "CVM107",
          "<domain type='kvm' xmlns:qemu='" QEMU "'><qemu:commandline><qemu:arg value='-object'/>"
          "<qemu:arg value='sev-snp-guest,id=sev0'/></qemu:commandline></domain>",
          "" },
        { "CVM107",
          "<domain type='kvm' xmlns:qemu='" QEMU "'><qemu:commandline>"
          "<qemu:arg value='-pflash'/></qemu:commandline></domain>",
          "1:N" },
        { "CVM221",
          "<domain type='bhyve' xmlns:bhyve='http://libvirt.org/schemas/domain/bhyve/1.0'>"
          "<bhyve:commandline/></domain>",
          "" },
    };

    run_cases(cases, G_N_ELEMENTS(cases));
}
END_TEST

#define SEV "<launchSecurity type='sev'><policy>3</policy></launchSecurity></domain>"

START_TEST(test_firmware)
{
    static const struct xml_case cases[] = {
        { "CVM401", "<domain><os>\n<type machine='ubuntu-q35'>hvm</type></os>" SEV, "" },
        /* As libvirt's guide has it, see CVM401's page. */
        { "CVM401",
          "<domain><os>\n<type machine='pc-i440fx-3.0'>hvm</type></os><devices>"
          "<rng model='virtio-non-transitional'/></devices>" SEV,
          "2:W" },
        { "CVM401",
          "<domain><os>\n<type machine='pc'>hvm</type></os><devices>"
          "<rng model='virtio-non-transitional'/><rng model='virtio'/></devices>" SEV,
          "2:E" },
        { "CVM401",
          "<domain><os>\n<type machine='microvm'>hvm</type></os><devices>"
          "<rng model='virtio-non-transitional'/></devices>" SEV,
          "2:E" },
        { "CVM403", "<domain>\n<os><loader>/opt/bios.fd</loader></os>" SEV, "" },
        { "CVM403", "<domain>\n<os>\n<loader>/opt/bios-256k.bin</loader></os>" SEV, "3:E" },
        /* libvirt finds elements in a second <os> and <features>, too. */
        { "CVM403", "<domain><os/><os><loader type='rom'>/x.fd</loader></os>" SEV, "" },
        { "CVM411",
          "<domain><features><acpi/></features><features>\n<smm/></features>"
          "<launchSecurity type='sev-snp'/></domain>",
          "2:E" },
        { "CVM602",
          "<domain><devices>\n<interface><model type='virtio'/></interface></devices><devices>"
          "\n<interface><model type='virtio'/></interface></devices>" SEV,
          "2:W 3:W" },
        { "CVM403", "<domain>\n<os type='efi'/>" SEV, "" },
        { "CVM404", "<domain>\n<os type='efi'/>" SEV, "2:E" },
        { "CVM403", "<domain>\n<os><loader type='pflash'/></os>" SEV, "" },
        { "CVM415", "<domain type='kvm'><os>\n<loader type='pflash'/></os>" SEV, "2:E" },
        { "CVM415", "<domain type='kvm'><os>\n<nvram>/n.fd</nvram></os>" SEV, "2:E" },
        { "CVM415", "<domain type='kvm'><os firmware='efi'><loader secure='no'/></os></domain>",
          "" },
        { "CVM415",
          "<domain type='kvm'><os firmware='efi'>\n<type machine='pc'/>"
          "<loader secure='yes'/></os></domain>",
          "2:E" },
        /* From 9.2 on libvirt turns SMM on for an image whose descriptor wants it. */
        { "CVM415",
          "<domain type='kvm'><os><type machine='q35'/><loader secure='yes'>/x</loader></os>"
          "</domain>",
          "" },
        { "CVM414", "<domain type='bhyve'><os><loader type='pflash'>/x</loader></os></domain>",
          "" },
        { "CVM414",
          "<domain type='kvm'><os firmware='efi'><type arch='aarch64'>hvm</type></os></domain>",
          "" },
        { "CVM408",
          "<domain><os><loader type='rom'>/x</loader>\n<nvram type='file'><source file='/n.fd'/>"
          "</nvram></os><launchSecurity type='sev-snp'/></domain>",
          "2:E" },
    };

    run_cases(cases, G_N_ELEMENTS(cases));
}
END_TEST

UNIT_MAIN("rules-xml", test_names, test_launch_security, test_command_line, test_firmware)
