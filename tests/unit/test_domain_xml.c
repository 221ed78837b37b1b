/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "xml_fixture.h"

static struct cvm_domain *domain;

static void
parse(const char *text)
{
    g_autoptr(GError) error = NULL;

    cvm_domain_free(domain);
    domain = parse_xml("x.xml", text, strlen(text), &error);
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
        "<domain><launchSecurity type='sev' kernelHashes='on'/></domain>",
        "<domain><features><smm state='yes'/></features></domain>",
        "<domain><os firmware='uefi'/></domain>",
        "<domain><on_reboot>reboot</on_reboot></domain>",
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

START_TEST(test_memory)
{
    parse("<domain>\n"
          "<memory dumpCore='off'>8388608</memory><currentMemory unit='GiB'>4</currentMemory>\n"
          "<maxMemory slots='16' unit='GiB'>32</maxMemory>\n"
          "<memtune><hard_limit unit='G'>9</hard_limit></memtune>\n"
          "<memoryBacking><locked>no</locked><nosharepages/><source type='memfd'/>\n"
          "<access mode='shared'/><allocation mode='immediate'/></memoryBacking>\n"
          "</domain>");
    ck_assert_uint_eq(domain->problem_count, 0);
    ck_assert_uint_eq(domain->memory.size.value, UINT64_C(8) << 30);
    ck_assert(cvm_is_off(domain->memory.dump_core));
    ck_assert_uint_eq(domain->memory.current.value, UINT64_C(4) << 30);
    ck_assert_uint_eq(domain->memory.max.value, UINT64_C(32) << 30);
    ck_assert_uint_eq(domain->memory.slots.value, 16);
    ck_assert_uint_eq(domain->memory.hard_limit.value, UINT64_C(9) << 30);
    /* libvirt asks only whether the element is there. */
    ck_assert(cvm_is_on(domain->memory.locked));
    ck_assert(cvm_is_on(domain->memory.nosharepages));
    ck_assert(cvm_text_is(domain->memory.source, "memfd"));
    ck_assert(cvm_text_is(domain->memory.access, "shared"));
    ck_assert(cvm_text_is(domain->memory.allocation, "immediate"));
    ck_assert(cvm_is_unset(domain->memory.hugepages));
    assert_place(domain->memory, 2, 24);
    finish();
}
END_TEST

static const struct cvm_cell *
cell_at(unsigned i)
{
    ck_assert_uint_lt(i, domain->cpu.numa.count);
    return &((struct cvm_cell *)domain->cpu.numa.items)[i];
}

START_TEST(test_hugepages)
{
    parse("<domain><memoryBacking>\n<hugepages/></memoryBacking></domain>");
    ck_assert(cvm_is_given(domain->memory.hugepages));
    ck_assert_uint_eq(domain->memory.hugepages.value, 0);
    assert_place(domain->memory.hugepages, 2, 1);

    parse("<domain><memoryBacking><hugepages><page size='2' unit='M'/></hugepages>"
          "</memoryBacking></domain>");
    ck_assert_uint_eq(domain->memory.hugepages.value, 2 << 20);

    parse("<domain><memoryBacking><hugepages>"
          "<page size='1' unit='GiB' nodeset='1'/><page size='2048' nodeset='0'/>"
          "</hugepages></memoryBacking>\n"
          "<cpu><numa><cell memory='4' unit='GiB'/><cell memory='8' unit='GiB'/></numa></cpu>\n"
          "<numatune><memory mode='strict' nodeset='0-1'/>\n"
          "<memnode cellid='1' mode='preferred' nodeset='3'/></numatune></domain>");
    ck_assert(cvm_is_unset(domain->memory.hugepages));
    ck_assert_uint_eq(cell_at(0)->hugepages.value, 2 << 20);
    ck_assert_uint_eq(cell_at(1)->hugepages.value, 1 << 30);
    ck_assert_uint_eq(cell_at(1)->id.value, 1);
    ck_assert(cvm_is_unset(cell_at(0)->nodeset));
    ck_assert(cvm_text_is(cell_at(1)->nodeset, "3"));
    assert_place(cell_at(1)->nodeset, 4, 47);
    ck_assert(cvm_text_is(cell_at(1)->mode, "preferred"));
    ck_assert(cvm_text_is(domain->numatune.nodeset, "0-1"));
    finish();
}
END_TEST

START_TEST(test_vcpus)
{
    parse("<domain><vcpu placement='auto' current='2' cpuset='0-7'>4</vcpu>\n"
          "<iothreads>1</iothreads><iothreadids><iothread id='4'/><iothread id='6'/>"
          "</iothreadids>\n"
          "<cputune><shares>9</shares><vcpupin vcpu='0' cpuset='4'/><vcpupin vcpu='1' "
          "cpuset='5,^6'/>"
          "<emulatorpin cpuset='1'/><iothreadpin iothread='4' cpuset='2'/></cputune>\n"
          "<cpu mode='host-passthrough' check='none' migratable='off'>"
          "<topology sockets='1' dies='1' clusters='1' cores='2' threads='2'/>"
          "<model>EPYC-v4</model><feature policy='disable' name='svm'/></cpu></domain>");
    ck_assert_uint_eq(domain->problem_count, 0);
    ck_assert_uint_eq(domain->vcpu.count.value, 4);
    ck_assert_uint_eq(domain->vcpu.current.value, 2);
    ck_assert(cvm_text_is(domain->vcpu.placement, "auto"));
    ck_assert_uint_eq(domain->vcpu.iothreads.value, 2);
    ck_assert_uint_eq(domain->vcpu.pin.count, 2);
    ck_assert(cvm_text_is(((struct cvm_pin *)domain->vcpu.pin.items)[1].cpuset, "5,^6"));
    ck_assert_uint_eq(((struct cvm_pin *)domain->vcpu.iothreadpin.items)[0].id.value, 4);
    ck_assert(cvm_text_is(domain->vcpu.emulatorpin, "1"));
    ck_assert_uint_eq(domain->vcpu.cores.value, 2);
    ck_assert(cvm_text_is(domain->cpu.mode, "host-passthrough"));
    ck_assert(cvm_text_is(domain->cpu.migratable, "off"));
    ck_assert(cvm_text_is(((struct cvm_cpu_feature *)domain->cpu.feature.items)[0].name, "svm"));

    parse("<domain><vcpu current='1'>3</vcpu><vcpus><vcpu id='0' enabled='yes'/>"
          "<vcpu id='1' enabled='yes'/><vcpu id='2' enabled='no'/></vcpus></domain>");
    ck_assert_uint_eq(domain->vcpu.current.value, 2);
    finish();
}
END_TEST

START_TEST(test_boot)
{
    parse("<domain type='kvm'>\n"
          "<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type>\n"
          "<firmware><feature enabled='no' name='secure-boot'/></firmware>\n"
          "<loader secure='no' type='pflash'/>\n"
          "<nvram type='file' template='/t.fd'><source file='/n.fd'/></nvram>\n"
          "<boot dev='hd'/><boot dev='cdrom'/><bootmenu enable='yes' timeout='3'/></os>\n"
          "<features><acpi/><smm/><vmcoreinfo state='off'/><ioapic driver='qemu'/></features>\n"
          "<clock offset='utc'/><pm><suspend-to-mem enabled='no'/></pm>\n"
          "<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot>\n"
          "</domain>");
    ck_assert_uint_eq(domain->problem_count, 0);
    ck_assert(cvm_text_is(domain->os.type_name, "hvm"));
    ck_assert(cvm_text_is(domain->os.machine, "q35"));
    ck_assert(cvm_text_is(domain->os.firmware, "efi"));
    ck_assert_uint_eq(domain->os.feature.count, 1);
    ck_assert(cvm_is_unset(domain->os.loader));
    assert_place(domain->os.loader, 4, 1);
    ck_assert(cvm_text_is(domain->os.type, "pflash"));
    ck_assert(cvm_is_off(domain->os.secure));
    ck_assert(cvm_text_is(domain->os.nvram, "/n.fd"));
    ck_assert(cvm_text_is(domain->os.nvram_template, "/t.fd"));
    ck_assert_uint_eq(domain->os.boot.count, 2);
    ck_assert(cvm_is_on(domain->os.bootmenu));
    ck_assert(cvm_is_on(domain->features.acpi));
    ck_assert(cvm_is_on(domain->features.smm));
    ck_assert(cvm_is_off(domain->features.vmcoreinfo));
    ck_assert(cvm_is_unset(domain->features.pmu));
    ck_assert(cvm_text_is(domain->features.ioapic, "qemu"));
    ck_assert(cvm_is_off(domain->pm.suspend_to_mem));
    ck_assert(cvm_is_unset(domain->pm.suspend_to_disk));
    ck_assert(cvm_text_is(domain->on_reboot, "restart"));
    finish();
}
END_TEST

/* As libvirt's XPath finds them. */
START_TEST(test_twins)
{
    parse("<domain><memoryBacking><nosharepages/></memoryBacking>\n"
          "<memoryBacking><locked/></memoryBacking><name>a</name><name>b</name>\n"
          "<metadata><x:y xmlns:x='urn:x'>1</x:y></metadata><title/></domain>");
    ck_assert(cvm_is_on(domain->memory.locked));
    ck_assert(cvm_text_is(domain->name, "a"));
    ck_assert(cvm_text_is(domain->metadata, "<x:y xmlns:x='urn:x'>1</x:y>"));
    ck_assert(cvm_is_unset(domain->title));
    finish();
}
END_TEST

UNIT_MAIN("domain_xml", test_values_and_places, test_sizes, test_what_libvirt_refuses_is_a_problem,
          test_lists, test_memory, test_hugepages, test_vcpus, test_boot, test_twins)
