/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/need.h"
#include "read/read.h"
#include "unit.h"
#include "util/error.h"
#include "util/number.h"

#define GIB (UINT64_C(1) << 30)

static struct cvm_host *
read_bundled(const char *name)
{
    g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", name);
    g_autofree char *path = unit_source_path(relative);
    g_autoptr(GError) error = NULL;
    struct cvm_host *host = cvm_host_read(path, &error);

    ck_assert_msg(host, "%s: %s", path, error ? error->message : "?");
    ck_assert_str_eq(host->name, name);
    return host;
}

static struct cvm_host *
parse(const char *text, GError **error)
{
    return cvm_host_parse("some/h.xml", text, strlen(text), error);
}

START_TEST(test_rome)
{
    CVM_AUTO(host) *host = read_bundled("epyc-rome-sev");
    const struct cvm_domcaps *caps = &host->domcaps;

    ck_assert(host->has_domcaps && host->has_topology && host->has_firmware);
    ck_assert_str_eq(caps->emulator, "/usr/bin/qemu-system-x86_64");
    ck_assert_str_eq(caps->virt_type, "kvm");
    ck_assert_str_eq(caps->machine, "pc-q35-7.2");
    ck_assert_str_eq(caps->arch, "x86_64");
    ck_assert_uint_eq(caps->vcpu_max, 288);
    ck_assert_int_eq(caps->sev, CVM_YES);
    ck_assert_uint_eq(caps->cbitpos, 47);
    ck_assert_uint_eq(caps->reduced_phys_bits, 1);
    ck_assert(caps->has_max_guests);
    ck_assert_uint_eq(caps->max_guests, 410);
    ck_assert_uint_eq(caps->max_es_guests, 99);
    ck_assert(!caps->has_sectypes);
    ck_assert_str_eq(caps->host_model, "EPYC-Rome");
    ck_assert_str_eq(caps->host_vendor, "AMD");
    ck_assert_int_eq(caps->loader_secure, CVM_YES);
    ck_assert(cvm_strings_contain(&caps->firmware, "efi"));
    ck_assert_uint_eq(host->libvirt_version, CVM_VERSION(9, 0, 0));
    ck_assert_int_eq(host->kvm_amd_sev_es, CVM_YES);
    ck_assert_int_eq(host->kvm_amd_sev_snp, CVM_UNKNOWN);
    ck_assert(host->capacity.known && !host->in_use.known);
    ck_assert_uint_eq(host->dev_sev.mode, 0660);
    ck_assert_uint_eq(host->memlock, 64 << 20);
}
END_TEST

START_TEST(test_genoa)
{
    CVM_AUTO(host) *host = read_bundled("epyc-genoa-snp");
    const struct cvm_domcaps *caps = &host->domcaps;
    const struct cvm_cpu_model *model = cvm_host_cpu_model(host, "EPYC");

    ck_assert_str_eq(caps->machine, "pc-q35-10.0");
    ck_assert_uint_eq(caps->cbitpos, 51);
    ck_assert(caps->has_sectypes);
    ck_assert(cvm_strings_contain(&caps->sectypes, "sev-snp"));
    ck_assert_str_eq(model->canonical, "EPYC-v1");
    ck_assert_int_eq(model->usable, CVM_YES);
    ck_assert_int_eq(cvm_host_cpu_model(host, "EPYC-v4")->usable, CVM_YES);
    ck_assert_int_eq(host->kvm_amd_sev_snp, CVM_YES);
    ck_assert(host->has_sev_firmware);
    ck_assert_uint_eq(host->sev_api_major, 1);
    ck_assert_uint_eq(host->sev_api_minor, 55);
    ck_assert_uint_eq(host->in_use.sev_es, 2);
    ck_assert_int_eq(host->iommu_passthrough, CVM_NO);
    ck_assert_uint_eq(host->cpu_family, 25);
}
END_TEST

START_TEST(test_xeon)
{
    CVM_AUTO(host) *host = read_bundled("xeon-nosev");

    ck_assert_int_eq(host->domcaps.sev, CVM_NO);
    ck_assert_str_eq(host->domcaps.host_vendor, "Intel");
    ck_assert_int_eq(host->dev_sev.present, CVM_NO);
    ck_assert_int_eq(host->kvm_amd_sev, CVM_UNKNOWN);
    ck_assert(!host->has_sev_firmware && !host->capacity.known);
}
END_TEST

START_TEST(test_topology)
{
    CVM_AUTO(host) *host = read_bundled("epyc-genoa-snp");
    const struct cvm_host_node *node = cvm_host_node(host, 1);

    ck_assert_uint_eq(host->topology.n_nodes, 2);
    ck_assert_uint_eq(node->memory, 192 * GIB);
    ck_assert_uint_eq(node->n_cpus, 64);
    ck_assert_uint_eq(node->cpus[0].id, 32);
    ck_assert_uint_eq(node->cpus[0].socket, 1);
    ck_assert_str_eq(node->cpus[0].siblings, "32,96");
    ck_assert_uint_eq(node->distances[0], 32);
    ck_assert_uint_eq(node->distances[1], 10);
    ck_assert_uint_eq(node->n_pools, 2);
    ck_assert_uint_eq(node->pools[0].size, 2 << 20);
    ck_assert_uint_eq(node->pools[0].count, 16384);
    ck_assert(node->pools[0].has_free);
    ck_assert_uint_eq(node->pools[1].size, GIB);
    ck_assert_int_eq(host->smt, CVM_YES);
}
END_TEST

START_TEST(test_places)
{
    CVM_AUTO(host) *host = read_bundled("epyc-genoa-snp");
    const struct cvm_host_place *places = host->topology.places;

    ck_assert_uint_eq(host->topology.n_places, 128);
    ck_assert_uint_eq(places[0].cpu, 0);
    ck_assert_uint_eq(places[1].cpu, 64); /* the other thread of its core */
    ck_assert_uint_eq(places[1].core, 0);
    ck_assert_uint_eq(places[2].cpu, 1);
    ck_assert_uint_eq(places[63].node, 0);
    ck_assert_uint_eq(places[64].node, 1);
    ck_assert_uint_eq(places[64].cpu, 32);
    ck_assert_uint_eq(host->topology.n_cpus, 128);
    for (unsigned i = 0; i < 128; i++) {
        ck_assert_uint_eq(host->topology.cpus[i], i);
    }
    for (unsigned i = 1; i < 128; i++) {
        ck_assert(places[i - 1].core < places[i].core ||
                  (places[i - 1].core == places[i].core && places[i - 1].cpu < places[i].cpu));
    }
}
END_TEST

START_TEST(test_device_enums)
{
    CVM_AUTO(host) *host = read_bundled("epyc-genoa-snp");
    const struct cvm_device_enum *bus = cvm_host_device_enum(host, "disk", "bus");
    const struct cvm_device_enum *empty = cvm_host_device_enum(host, "hostdev", "capsType");

    ck_assert(cvm_strings_contain(&bus->values, "virtio"));
    ck_assert(!cvm_strings_contain(&bus->values, "ide"));
    ck_assert(empty->values.items && empty->values.count == 0);
    ck_assert_ptr_null(cvm_host_device_enum(host, "disk", "nonsense"));
}
END_TEST

/* What the packages' own files say: Debian 12's 4M builds lack SEV metadata, Debian 13's have it.
 */
START_TEST(test_firmware)
{
    CVM_AUTO(host) *rome = read_bundled("epyc-rome-sev");
    CVM_AUTO(host) *genoa = read_bundled("epyc-genoa-snp");
    const struct cvm_ovmf *old = cvm_host_image(rome, "/usr/share/OVMF/OVMF_CODE_4M.fd");
    const struct cvm_ovmf *new = cvm_host_image(genoa, "/usr/share/OVMF/OVMF_CODE_4M.fd");
    const struct cvm_ovmf *whole = cvm_host_image(genoa, "/usr/share/ovmf/OVMF.fd");

    ck_assert_uint_eq(rome->n_firmware, 3);
    ck_assert_str_eq(rome->firmware[2].executable, "/usr/share/OVMF/OVMF_CODE_4M.fd");
    ck_assert(cvm_strings_contain(&rome->firmware[0].features, "requires-smm"));
    ck_assert(old->has_table && old->has_reset_block && !old->has_metadata && !old->has_vars);
    ck_assert(new->has_metadata && !new->has_vars);
    ck_assert(whole->has_metadata && whole->has_vars && whole->has_secret_area);
    ck_assert_uint_eq(whole->n_sections, 6);
    ck_assert_uint_eq(whole->sections[4].type, CVM_OVMF_SVSM_CAA);
    ck_assert_uint_eq(whole->reset_address, 0x80b004);
    ck_assert_ptr_null(cvm_firmware_lacks(whole, CVM_GUEST_SEV_SNP, FALSE));
    ck_assert_ptr_nonnull(cvm_firmware_lacks(whole, CVM_GUEST_SEV_SNP, TRUE));
    ck_assert_ptr_nonnull(cvm_firmware_lacks(old, CVM_GUEST_SEV_SNP, FALSE));
    ck_assert_ptr_null(cvm_firmware_lacks(old, CVM_GUEST_SEV_ES, FALSE));
}
END_TEST

START_TEST(test_bare_domcaps)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host = parse("<domainCapabilities><machine>pc-q35-12.0</machine><news a='1'/>"
                                 "<features><sev supported='no'/><tdx supported='yes'/>"
                                 "<launchSecurity supported='no'/></features>"
                                 "</domainCapabilities>",
                                 &error);

    ck_assert_ptr_nonnull(host);
    ck_assert_str_eq(host->name, "h");
    ck_assert_str_eq(host->file, "some/h.xml");
    ck_assert(host->has_domcaps && !host->has_topology && !host->has_firmware);
    ck_assert_int_eq(host->domcaps.sev, CVM_NO);
    ck_assert(host->domcaps.has_sectypes && host->domcaps.sectypes.count == 0);
    ck_assert(!host->domcaps.has_max_guests);
    ck_assert_uint_eq(host->libvirt_version, 0);
}
END_TEST

START_TEST(test_bare_capabilities)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host =
        parse("<capabilities><host><topology><cells num='2'>"
              "<cell id='4'><memory unit='MiB'>2</memory><distances><sibling id='1' value='20'/>"
              "</distances><cpus><cpu id='9' siblings='9'/></cpus></cell>"
              "<cell id='1'><memory>8</memory><pages unit='KiB' size='4'>2</pages></cell>"
              "</cells></topology></host></capabilities>",
              &error);

    ck_assert_ptr_nonnull(host);
    ck_assert(host->has_topology && !host->has_domcaps);
    ck_assert_uint_eq(host->topology.nodes[0].id, 1);
    ck_assert_uint_eq(host->topology.nodes[0].memory, 8192);
    ck_assert_uint_eq(host->topology.nodes[0].n_pools, 0);
    ck_assert_ptr_null(host->topology.nodes[0].distances);
    ck_assert_uint_eq(host->topology.nodes[1].memory, 2 << 20);
    ck_assert_uint_eq(host->topology.nodes[1].distances[0], 20);
    ck_assert_int_eq(host->smt, CVM_NO);
}
END_TEST

#define RECORD(content) "<cvmdomHost version='1' name='n'>\n" content "</cvmdomHost>"

#define SIGNATURE(vendor)                                                                          \
    "<capabilities><host><cpu><vendor>" vendor "</vendor>"                                         \
    "<signature family='25' model='17' stepping='1'/></cpu></host></capabilities>"

START_TEST(test_signature)
{
    struct cvm_host *amd = parse(SIGNATURE("AMD"), NULL);
    struct cvm_host *intel = parse(SIGNATURE("Intel"), NULL);

    ck_assert_uint_eq(amd->cpu_family, 25);
    ck_assert_uint_eq(amd->cpu_model, 17);
    ck_assert(amd->has_cpu_stepping);
    ck_assert_uint_eq(amd->cpu_stepping, 1);
    ck_assert_uint_eq(intel->cpu_family, 0);
    ck_assert(!intel->has_cpu_stepping);
    cvm_host_free(amd);
    cvm_host_free(intel);
}
END_TEST

START_TEST(test_record_facts)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host =
        parse(RECORD("<versions><kernel>6.18.1-x</kernel></versions>"
                     "<module name='kvm_amd'><parameter name='sev_snp'>N</parameter>"
                     "<parameter name='ciphertext_hiding_asids'>20</parameter>"
                     "<parameter name='debug_swap'>anything</parameter></module>"
                     "<module name='ccp'/><smt active='no'/><memlock limit='infinity'/>"
                     "<times capabilitiesCached='1' parametersChanged='2'/><firmware/>"),
              &error);

    ck_assert_msg(host, "%s", error ? error->message : "?");
    ck_assert_uint_eq(host->kernel_version, CVM_VERSION(6, 18, 1));
    ck_assert_int_eq(host->kvm_amd_sev_snp, CVM_NO);
    ck_assert(host->has_ciphertext_hiding);
    ck_assert_uint_eq(host->ciphertext_hiding_asids, 20);
    ck_assert_int_eq(host->smt, CVM_NO);
    ck_assert(host->has_memlock && host->memlock == G_MAXUINT64);
    ck_assert_uint_eq(host->caps_cached, 1);
    ck_assert_uint_eq(host->parameters_changed, 2);
    ck_assert(host->has_firmware && host->n_firmware == 0 && host->n_images == 0);
    ck_assert_int_eq(host->dev_sev.present, CVM_UNKNOWN);
}
END_TEST

START_TEST(test_machine)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host =
        parse(RECORD("<processor family='25' flags='sev  sev_es'>x</processor>"
                     "<cpuid leaf='1' eax='1' ebx='1' ecx='1' edx='1'/>"
                     "<cpuid leaf='0x8000001f' eax='0x5b' ebx='51' ecx='0x1fd' edx='100'/>"
                     "<msr name='SYSCFG' value='0x3f40000'/>"
                     "<msr name='RMP_END' value='0xffffffffffffffff'/>"
                     "<module name='kvm_amd' loaded='no'/><module name='ccp'/>"
                     "<sevPlatform state='working' guests='3'/><guests sev='1' sev_snp='2'/>"
                     "<iommu enabled='yes'/>"
                     "<device path='/dev/kvm' mode='0660' group='kvm'/>"
                     "<device path='/dev/sev' present='no'/><device path='/dev/tdx' mode='0600'/>"
                     "<qemuUser user='libvirt-qemu' group='kvm'/>"
                     "<apparmor enabled='yes' devSev='no'/>"
                     "<cgroup controllers='cpuset cpu misc'/>"
                     "<hugetlbfs><mount size='2048' unit='KiB'/><mount size='1048576'/></hugetlbfs>"
                     "<sevInfo><pdh>AA==</pdh><certChain/><cpu0Id>BB==</cpu0Id></sevInfo>"),
              &error);

    ck_assert_msg(host, "%s", error ? error->message : "?");
    ck_assert_uint_eq(host->cpu_flags.count, 2);
    ck_assert(cvm_strings_contain(&host->cpu_flags, "sev_es"));
    ck_assert(host->cpuid_sev.known);
    ck_assert_uint_eq(host->cpuid_sev.eax, 0x5b);
    ck_assert_uint_eq(host->cpuid_sev.edx, 100);
    ck_assert_uint_eq(host->n_msrs, 2);
    ck_assert_str_eq(host->msrs[0].name, "SYSCFG");
    ck_assert_uint_eq(host->msrs[0].value, 0x3f40000);
    ck_assert_uint_eq(host->msrs[1].value, G_MAXUINT64);
    ck_assert_uint_eq(host->n_modules, 2);
    ck_assert(!host->modules[0].loaded && host->modules[1].loaded);
    ck_assert_str_eq(host->sev_state, "working");
    ck_assert_uint_eq(host->sev_guests, 3);
    ck_assert(host->running.known);
    ck_assert_uint_eq(host->running.sev, 1);
    ck_assert_uint_eq(host->running.sev_es, 0);
    ck_assert_uint_eq(host->running.sev_snp, 2);
    ck_assert_int_eq(host->iommu_enabled, CVM_YES);
    ck_assert_int_eq(host->iommu_passthrough, CVM_UNKNOWN);
    ck_assert_int_eq(host->dev_kvm.present, CVM_YES);
    ck_assert_uint_eq(host->dev_kvm.mode, 0660);
    ck_assert_int_eq(host->dev_sev.present, CVM_NO);
    ck_assert_uint_eq(host->dev_sev.mode, 0);
    ck_assert_str_eq(host->qemu_group, "kvm");
    ck_assert_int_eq(host->apparmor, CVM_YES);
    ck_assert_int_eq(host->apparmor_dev_sev, CVM_NO);
    ck_assert(cvm_strings_contain(&host->cgroup_controllers, "misc"));
    ck_assert(host->has_hugetlbfs);
    ck_assert_uint_eq(host->n_hugetlbfs, 2);
    ck_assert_uint_eq(host->hugetlbfs[1], GIB);
}
END_TEST

/* That nothing was found and that nobody could look are two things. */
START_TEST(test_kernel)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *silent = parse(RECORD(""), &error);
    CVM_AUTO(host) *options =
        parse(RECORD("<kernel messages='no'><option>iommu=pt</option></kernel>"), &error);
    CVM_AUTO(host) *messages =
        parse(RECORD("<kernel options='no'><message>SEV-SNP: x</message></kernel>"), &error);
    CVM_AUTO(host) *none = parse(RECORD("<kernel/>"), &error);

    ck_assert(!silent->kernel_options.items && !silent->kernel_messages.items);
    ck_assert(cvm_strings_contain(&options->kernel_options, "iommu=pt"));
    ck_assert(!options->kernel_messages.items);
    ck_assert(!messages->kernel_options.items);
    ck_assert_uint_eq(messages->kernel_messages.count, 1);
    ck_assert(none->kernel_options.items && none->kernel_messages.items);
    ck_assert_uint_eq(none->kernel_options.count, 0);
    ck_assert(!silent->cgroup_controllers.items && !silent->cpu_flags.items);
    ck_assert(!silent->running.known && !silent->cpuid_sev.known && !silent->has_hugetlbfs);
    ck_assert_ptr_null(silent->sev_state);
}
END_TEST

START_TEST(test_refused)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *words;
    } cases[] = {
        { "name: a-profile\n", 1, 1, "no XML" },
        { "", 1, 1, "no XML" },
        { "<domain type='kvm'/>", 1, 1, "'domain'" },
        { "<cvmdomHost version='2' name='n'/>", 1, 22, "version '2'" },
        { "<cvmdomHost name='n'/>", 1, 1, "'version'" },
        { "<cvmdomHost version='1' name='n' nam='m'/>", 1, 34, "mean 'name'" },
        { RECORD("<version/>"), 2, 1, "mean 'versions'" },
        { RECORD("<smt active='no'>yes</smt>"), 2, 18, "no text" },
        { RECORD("<smt active='maybe'/>"), 2, 14, "'maybe'" },
        { RECORD("<smt active='no'/><smt active='no'/>"), 2, 19, "only once" },
        { RECORD("<device path='/dev/sev' mode='0999'/>"), 2, 31, "'0999'" },
        { RECORD("<memlock limit='64MiB'/>"), 2, 17, "'64MiB'" },
        { RECORD("<versions><qemu>new</qemu></versions>"), 2, 17, "'new'" },
        { RECORD("<misc><capacity sev='-1' sev_es='0'/></misc>"), 2, 22, "'-1'" },
        { RECORD("<misc><capacity sve='1'/></misc>"), 2, 17, "mean 'sev'" },
        { RECORD("<module name='kvm_amd'><parameter name='sev'/></module>"), 2, 24, "''" },
        { RECORD("<module name='ccp' loaded='maybe'/>"), 2, 28, "'maybe'" },
        { RECORD("<msr name='HWCR' value='12'/>"), 2, 25, "'12'" },
        { RECORD("<msr name='HWCR' value='0x1g'/>"), 2, 25, "'0x1g'" },
        { RECORD("<cpuid leaf='0x8000001f' eax='1' ebx='1' ecx='1'/>"), 2, 1, "'edx'" },
        { RECORD("<sevPlatform state='off'/>"), 2, 21, "'off'" },
        { RECORD("<guests sev='many'/>"), 2, 14, "'many'" },
        { RECORD("<hugetlbfs><mount size='2' unit='K'/></hugetlbfs>"), 2, 25, "'2K'" },
        { RECORD("<kernel><options>a</options></kernel>"), 2, 9, "mean 'option'" },
        { RECORD("<iommu passthru='yes'/>"), 2, 8, "'passthru'" },
        { RECORD("<apparmor devSev='perhaps'/>"), 2, 19, "'perhaps'" },
        { RECORD("<firmware><image path='x' size='0' guidTable='no' variableStore='no'>"
                 "<resetBlock address='0x100000000'/></image></firmware>"),
          2, 91, "0x100000000" },
        { "<domainCapabilities><features><sev supported='yes'>\n<cbitpos> 51</cbitpos>"
          "</sev></features></domainCapabilities>",
          2, 11, "'cbitpos'" },
        { "<capabilities><host><topology><cells><cell id='x'/></cells></topology></host>"
          "</capabilities>",
          1, 48, "'x'" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const CvmErrorPrivate *place;

        ck_assert_msg(!parse(cases[i].text, &error), "'%s' was accepted", cases[i].text);
        ck_assert(g_error_matches(error, CVM_ERROR, CVM_ERROR_UNSUPPORTED));
        place = cvm_error_place(error);
        ck_assert_str_eq(place->file, "some/h.xml");
        ck_assert_msg(place->line == cases[i].line && place->column == cases[i].column,
                      "'%s' at %u:%u", cases[i].text, place->line, place->column);
        ck_assert_msg(strstr(error->message, cases[i].words), "'%s'", error->message);
    }
}
END_TEST

START_TEST(test_missing_file)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(cvm_host_read("/nonexistent/host.xml", &error));
    ck_assert(g_error_matches(error, CVM_ERROR, CVM_ERROR_IO));
}
END_TEST

UNIT_MAIN("host", test_rome, test_genoa, test_xeon, test_topology, test_places, test_device_enums,
          test_firmware, test_bare_domcaps, test_bare_capabilities, test_signature,
          test_record_facts, test_machine, test_kernel, test_refused, test_missing_file)
