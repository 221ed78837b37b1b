/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a domain its launch measures, as it is gathered from profiles and from XML. */
#include <string.h>

#include "launch/launch.h"
#include "resolve/resolve.h"
#include "unit.h"
#include "xml_fixture.h"

/* A document, its host and what was gathered; all of it of this test. */
static struct cvm_domain *domain;
static struct cvm_host *host;
static struct cvmdom_launch launch;

static void
take_host(const char *text)
{
    g_autoptr(GError) error = NULL;

    host = cvm_host_parse("host.xml", text, strlen(text), &error);
    ck_assert_msg(host != NULL, "%s", error ? error->message : "");
}

static void
take_bundled(const char *name)
{
    g_autofree char *file = g_strdup_printf("profiles/hosts/%s.xml", name);
    g_autofree char *path = unit_source_path(file);

    host = cvm_host_read(path, NULL);
    ck_assert_ptr_nonnull(host);
}

static void
gather_xml(const char *text)
{
    g_autoptr(GError) error = NULL;

    domain = parse_xml("guest.xml", text, strlen(text), &error);
    ck_assert_msg(domain != NULL, "%s", error ? error->message : "");
    cvm_launch_gather(domain, host, &launch);
}

static void
gather_profile(const char *text)
{
    g_autoptr(GPtrArray) domains = cvm_profile_parse("guest.yaml", text, strlen(text), NULL, NULL);

    ck_assert_ptr_nonnull(domains);
    domain = g_ptr_array_steal_index(domains, 0);
    cvm_resolve(domain, host);
    cvm_launch_gather(domain, host, &launch);
}

static void
drop(void)
{
    g_clear_pointer(&domain, cvm_domain_free);
    g_clear_pointer(&host, cvm_host_free);
}

#define XML(security, os, cpu)                                                                     \
    "<domain type='kvm'><name>a</name><memory>1048576</memory><vcpu>4</vcpu><os>" os               \
    "<type arch='x86_64' machine='q35'>hvm</type></os>" cpu security "</domain>"
#define SNP "<launchSecurity type='sev-snp'><policy>0x30000</policy></launchSecurity>"
#define SEV(policy) "<launchSecurity type='sev'><policy>" policy "</policy></launchSecurity>"
#define ROM "<loader type='rom' stateless='yes'>/fw/OVMF.fd</loader>"
#define MODEL(name) "<cpu mode='custom'><model>" name "</model></cpu>"

START_TEST(test_everything)
{
    gather_xml(XML("<launchSecurity type='sev-snp' kernelHashes='yes' authorKey='yes' vcek='no'>"
                   "<policy>0x30000</policy><idBlock>QUFBQQ==</idBlock><idAuth>QkJC</idAuth>"
                   "<hostData>Q0ND</hostData></launchSecurity>",
                   ROM "<kernel>/k</kernel><initrd>/i</initrd><cmdline>a  b </cmdline>",
                   MODEL("EPYC-Milan-v2")));
    ck_assert_str_eq(launch.guest, "sev-snp");
    ck_assert(launch.has_policy);
    ck_assert_uint_eq(launch.policy, 0x30000);
    ck_assert_str_eq(launch.firmware, "/fw/OVMF.fd");
    ck_assert(!launch.has_nvram);
    ck_assert(launch.kernel_hashes);
    ck_assert_str_eq(launch.kernel, "/k");
    ck_assert_str_eq(launch.initrd, "/i");
    ck_assert_str_eq(launch.cmdline, "a  b ");
    ck_assert_uint_eq(launch.vcpus, 4);
    ck_assert_str_eq(launch.cpu, "EPYC-Milan-v2");
    ck_assert_uint_eq(launch.signature, 0x00a00f11);
    ck_assert_uint_eq(launch.features, 1);
    ck_assert_int_eq(launch.vmsa, CVMDOM_VMSA_DEFAULT);
    ck_assert_int_eq(launch.vmm, CVMDOM_VMM_QEMU);
    ck_assert_str_eq(launch.id_block, "QUFBQQ==");
    ck_assert_str_eq(launch.id_auth, "QkJC");
    ck_assert_str_eq(launch.host_data, "Q0ND");
    ck_assert(launch.author_key);
    ck_assert(!launch.vcek);
    drop();
}
END_TEST

START_TEST(test_nothing)
{
    gather_xml("<domain type='kvm'><name>a</name></domain>");
    ck_assert_str_eq(launch.guest, "none");
    ck_assert(!launch.has_policy && !launch.has_nvram && !launch.kernel_hashes);
    ck_assert_ptr_null(launch.firmware);
    ck_assert_ptr_null(launch.cpu);
    ck_assert_uint_eq(launch.vcpus, 1);
    ck_assert_uint_eq(launch.signature, 0);
    ck_assert_uint_eq(launch.features, 0);
    ck_assert(launch.vcek && !launch.author_key);
    drop();
}
END_TEST

/* libvirt's type "sev" is both; a profile's two types are the policy's bit, too. */
START_TEST(test_kind)
{
    static const struct {
        const char *xml, *guest;
    } cases[] = {
        { XML(SEV("0x0003"), ROM, ""), "sev" },
        { XML(SEV("0x0007"), ROM, ""), "sev-es" },
        { XML("<launchSecurity type='sev'/>", ROM, ""), "sev" },
        { XML("<launchSecurity type='s390-pv'/>", ROM, ""), "other" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gather_xml(cases[i].xml);
        ck_assert_str_eq(launch.guest, cases[i].guest);
        ck_assert_uint_eq(launch.features, 0);
        drop();
    }
    gather_profile("{name: a, memory: 1GiB, launchSecurity: {type: sev, policy: 7}}");
    ck_assert_str_eq(launch.guest, "sev-es");
    drop();
    gather_profile("{name: a, memory: 1GiB, launchSecurity: {type: sev-es, policy: 3}}");
    ck_assert_str_eq(launch.guest, "sev");
    drop();
}
END_TEST

START_TEST(test_vcpus)
{
    static const struct {
        const char *xml;
        unsigned vcpus;
    } cases[] = {
        { "", 1 },
        { "<vcpu>512</vcpu>", 512 },
        { "<vcpu current='2'>8</vcpu>", 2 },
        { "<vcpu>3</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"
          "<vcpu id='1' enabled='no' hotpluggable='yes'/>"
          "<vcpu id='2' enabled='yes' hotpluggable='no'/></vcpus>",
          2 },
        { "<vcpu>many</vcpu>", 0 },
        { "<vcpu>0</vcpu>", 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml =
            g_strdup_printf("<domain type='kvm'><name>a</name>%s</domain>", cases[i].xml);

        gather_xml(xml);
        ck_assert_msg(launch.vcpus == cases[i].vcpus, "%s: %u", cases[i].xml,
                      (unsigned)launch.vcpus);
        drop();
    }
}
END_TEST

START_TEST(test_nvram)
{
    static const struct {
        const char *xml;
        int has_nvram;
    } cases[] = {
        { XML(SNP, ROM, ""), 0 },
        { XML(SNP, "<loader type='pflash'>/a</loader>", ""), 1 },
        { XML(SNP, "<loader type='pflash' stateless='yes'>/a</loader>", ""), 0 },
        { XML(SNP, "<loader type='rom'>/a</loader><nvram>/v</nvram>", ""), 1 },
        { XML(SNP, "<loader type='rom'>/a</loader><nvram template='/t'/>", ""), 1 },
        { XML(SNP, "<loader>/a</loader>", ""), 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gather_xml(cases[i].xml);
        ck_assert_msg(launch.has_nvram == cases[i].has_nvram, "%s", cases[i].xml);
        drop();
    }
}
END_TEST

#define HOST(inside) "<cvmdomHost version='1' name='h'>" inside "</cvmdomHost>"
#define DOMCAPS(model)                                                                             \
    "<domainCapabilities><path>/q</path><domain>kvm</domain><machine>q35</machine>"                \
    "<arch>x86_64</arch><cpu><mode name='host-model' supported='yes'>" model                       \
    "</mode></cpu></domainCapabilities>"
#define MODE(mode) "<cpu mode='" mode "'/>"

START_TEST(test_cpu)
{
    static const struct {
        const char *host, *cpu, *name;
        unsigned signature;
    } cases[] = {
        { NULL, MODEL("EPYC"), "EPYC", 0x00800f12 },
        { NULL, "<cpu><model>EPYC-Rome-v4</model></cpu>", "EPYC-Rome-v4", 0x00830f10 },
        { NULL, MODEL("Opteron_G5"), "Opteron_G5", 0 },
        { NULL, "", NULL, 0 },
        { NULL, MODE("host-passthrough"), NULL, 0 },
        { NULL, MODE("host-model"), NULL, 0 },
        { HOST("<processor family='25' model='17' stepping='1'/>"), MODE("host-passthrough"), NULL,
          0x00a10f11 },
        { HOST("<processor family='25' model='17' stepping='1'/>"), MODE("maximum"), NULL,
          0x00a10f11 },
        { HOST("<processor family='25' model='17' stepping='0'/>"), MODE("host-passthrough"), NULL,
          0x00a10f10 },
        { HOST("<processor family='25' model='17'/>"), MODE("host-passthrough"), NULL, 0 },
        { HOST("<processor stepping='1'/>"), MODE("host-passthrough"), NULL, 0 },
        { HOST("<processor family='25' model='17' stepping='1'/>"), MODE("host-model"), NULL, 0 },
        { DOMCAPS("<model>EPYC-Milan</model>"), MODE("host-model"), "EPYC-Milan", 0x00a00f11 },
        { DOMCAPS("<model>Skylake-Server</model>"), MODE("host-model"), "Skylake-Server", 0 },
        { DOMCAPS("<model>EPYC-Milan</model>"), MODE("host-passthrough"), NULL, 0 },
        /* as 'virsh capabilities' prints it */
        { "<capabilities><host><cpu><arch>x86_64</arch><model>EPYC-Milan</model>"
          "<vendor>AMD</vendor><signature family='25' model='1' stepping='2'/></cpu></host>"
          "</capabilities>",
          MODE("host-passthrough"), NULL, 0x00a00f12 },
        { HOST("<processor family='25' model='17' stepping='1'/><capabilities><host><cpu>"
               "<signature family='25' model='1' stepping='2'/></cpu></host></capabilities>"),
          MODE("host-passthrough"), NULL, 0x00a10f11 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml =
            g_strdup_printf("<domain type='kvm'><name>a</name>%s</domain>", cases[i].cpu);

        if (cases[i].host) {
            take_host(cases[i].host);
        }
        gather_xml(xml);
        ck_assert_msg(launch.signature == cases[i].signature, "case %zu: 0x%08x", i,
                      launch.signature);
        ck_assert_msg(g_strcmp0(launch.cpu, cases[i].name) == 0, "case %zu: %s", i, launch.cpu);
        drop();
    }
}
END_TEST

/* What libvirt would choose for firmware='efi' is known with a host alone. */
START_TEST(test_chosen_firmware)
{
    static const char xml[] =
        "<domain type='kvm'><name>a</name><os firmware='efi'>"
        "<type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>" SEV(
            "0x0003") "</domain>";

    gather_xml(xml);
    ck_assert_ptr_null(launch.firmware);
    drop();
    take_bundled("epyc-rome-sev");
    gather_xml(xml);
    ck_assert_ptr_nonnull(launch.firmware);
    ck_assert(launch.has_nvram);
    drop();
}
END_TEST

START_TEST(test_profile)
{
    take_bundled("epyc-genoa-snp");
    gather_profile("{name: a, memory: 1GiB, vcpu: 2, launchSecurity: {type: sev-snp}}");
    ck_assert_str_eq(launch.guest, "sev-snp");
    ck_assert_uint_eq(launch.policy, 0x30000);
    ck_assert_uint_eq(launch.vcpus, 2);
    ck_assert_ptr_nonnull(launch.firmware);
    ck_assert_str_eq(launch.cpu, "EPYC-Genoa");
    ck_assert_uint_eq(launch.signature, 0x00a10f10);
    ck_assert(!launch.kernel_hashes);
    drop();
}
END_TEST

UNIT_MAIN("launch", test_everything, test_nothing, test_kind, test_vcpus, test_nvram, test_cpu,
          test_chosen_firmware, test_profile)
