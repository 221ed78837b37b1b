/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/render.h"

#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <string.h>

#include "domain_fixture.h"
#include "unit.h"
#include "util/number.h"

#define SCHEMA "/usr/share/libvirt/schemas/domain.rng"

static GString *
render(const struct cvm_domain *domain, const struct cvm_host *host)
{
    GString *out = g_string_new(NULL);

    cvm_renderer_libvirt.render(domain, host, out);
    return out;
}

static void
assert_parses(const GString *text)
{
    xmlDoc *document = xmlReadMemory(text->str, (int)text->len, NULL, NULL, XML_PARSE_NONET);

    ck_assert_msg(document != NULL, "%s", text->str);
    xmlFreeDoc(document);
}

/* libvirt's own schema, where it is installed. */
static void
assert_valid(const GString *text)
{
    g_autofree char *xmllint = g_find_program_in_path("xmllint");
    const char *argv[] = { xmllint, "--noout", "--relaxng", SCHEMA, NULL, NULL };
    g_autofree char *path = NULL;
    g_autofree char *errors = NULL;
    int fd, status;

    assert_parses(text);
    if (!xmllint || !g_file_test(SCHEMA, G_FILE_TEST_EXISTS)) {
        return;
    }
    fd = g_file_open_tmp("cvmdom-XXXXXX.xml", &path, NULL);
    ck_assert_int_ge(fd, 0);
    g_close(fd, NULL);
    ck_assert(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
    argv[4] = path;
    ck_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                           &errors, &status, NULL));
    remove(path);
    ck_assert_msg(status == 0, "%s\n%s", errors, text->str);
}

static void
fill_machine(struct cvm_domain *domain)
{
    struct cvm_memory *memory = &domain->memory;

    TEXT(domain->virt_type, "kvm");
    TEXT(domain->uuid, "6f9a7a1e-4a4a-4d8f-9a60-0f6f2f6f1c11");
    TEXT(domain->title, "Payments & co");
    TEXT(domain->description, "a < b");
    TEXT(domain->metadata, "<app:owner xmlns:app='http://example.org/app'>db team</app:owner>");
    NUMBER(memory->current, 4 * GIB);
    FLAG(memory->locked, TRUE);
    NUMBER(memory->hard_limit, 5 * GIB + 1);
    NUMBER(memory->hugepages, 2 * MIB);
    FLAG(memory->nosharepages, TRUE);
    TEXT(memory->access, "private");
    TEXT(memory->allocation, "immediate");
    NUMBER(memory->max, 8 * GIB);
    NUMBER(memory->slots, 4);
    FLAG(memory->dump_core, FALSE);
    TEXT(domain->clock.offset, "utc");
    TEXT(domain->clock.timezone, "Europe/Berlin");
    TEXT(domain->on_poweroff, "destroy");
    TEXT(domain->on_reboot, "destroy");
    TEXT(domain->on_crash, "destroy");
    FLAG(domain->pm.suspend_to_mem, FALSE);
    FLAG(domain->pm.suspend_to_disk, FALSE);
}

static void
fill_vcpu(struct cvm_domain *domain)
{
    struct cvm_vcpu *vcpu = &domain->vcpu;
    struct cvm_pin *pin = LIST(domain, vcpu->pin, cvm_pin, 2);
    struct cvm_cpu_feature *feature = LIST(domain, domain->cpu.feature, cvm_cpu_feature, 1);
    struct cvm_cell *cell = LIST(domain, domain->cpu.numa, cvm_cell, 1);

    NUMBER(pin[0].id, 0);
    TEXT(pin[0].cpuset, "4");
    NUMBER(pin[1].id, 1);
    TEXT(pin[1].cpuset, "5-6,^6");
    NUMBER(vcpu->current, 1);
    TEXT(vcpu->cpuset, "0-7");
    TEXT(vcpu->emulatorpin, "0");
    NUMBER(vcpu->sockets, 1);
    NUMBER(vcpu->dies, 1);
    NUMBER(vcpu->cores, 1);
    NUMBER(vcpu->threads, 2);
    NUMBER(vcpu->iothreads, 1);
    pin = LIST(domain, vcpu->iothreadpin, cvm_pin, 1);
    NUMBER(pin[0].id, 1);
    TEXT(pin[0].cpuset, "1");
    TEXT(domain->cpu.mode, "custom");
    TEXT(domain->cpu.model, "EPYC-Rome");
    TEXT(domain->cpu.check, "full");
    TEXT(feature->name, "x2apic");
    TEXT(feature->policy, "require");
    NUMBER(cell->id, 0);
    TEXT(cell->cpus, "0-1");
    NUMBER(cell->memory, 4 * GIB);
    TEXT(cell->mem_access, "private");
    TEXT(cell->nodeset, "0");
    TEXT(domain->numatune.nodeset, "0-1");
    TEXT(domain->numatune.mode, "strict");
}

static void
fill_os(struct cvm_domain *domain)
{
    struct cvm_os *os = &domain->os;
    struct cvm_features *features = &domain->features;

    TEXT(os->arch, "x86_64");
    TEXT(os->machine, "q35");
    TEXT(os->loader, "/usr/share/OVMF/OVMF_CODE_4M.fd");
    TEXT(os->type, "pflash");
    FLAG(os->readonly, TRUE);
    FLAG(os->secure, FALSE);
    TEXT(os->nvram, "/var/lib/libvirt/qemu/nvram/guest_VARS.fd");
    TEXT(os->nvram_template, "/usr/share/OVMF/OVMF_VARS_4M.fd");
    TEXT(os->kernel, "/boot/vmlinuz");
    TEXT(os->initrd, "/boot/initrd.img");
    TEXT(os->cmdline, "console=ttyS0 \"quoted\"");
    FLAG(os->bootmenu, FALSE);
    FLAG(features->acpi, TRUE);
    FLAG(features->apic, TRUE);
    FLAG(features->pae, TRUE);
    FLAG(features->smm, FALSE);
    FLAG(features->vmcoreinfo, FALSE);
    FLAG(features->pmu, FALSE);
    FLAG(features->vmport, FALSE);
    TEXT(features->ioapic, "qemu");
}

static void
fill_common(struct cvm_device *common, const char *model)
{
    TEXT(common->model, model);
    FLAG(common->iommu, TRUE);
}

static void
fill_disks(struct cvm_domain *domain)
{
    static const struct {
        const char *device, *type, *source, *target, *bus;
    } rows[] = {
        { "disk", "file", "/images/a.qcow2", "vda", "virtio" },
        { "disk", "block", "/dev/vg/b", "sda", "scsi" },
        { "disk", "volume", "c", "vdc", "virtio" },
        { "disk", "network", "rbd-pool/d", "vdd", "virtio" },
        { "cdrom", "file", "/images/e.iso", "sde", "sata" },
        { "disk", "file", "/images/f.raw", "sdf", "usb" },
        { "floppy", "file", "/images/g.img", "fda", "fdc" },
    };
    struct cvm_disk *disk =
        LIST(domain, domain->devices.disk, cvm_disk, (unsigned)G_N_ELEMENTS(rows));

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        TEXT(disk[i].device, rows[i].device);
        TEXT(disk[i].type, rows[i].type);
        TEXT(disk[i].source, rows[i].source);
        TEXT(disk[i].target, rows[i].target);
        TEXT(disk[i].bus, rows[i].bus);
        TEXT(disk[i].format, "raw");
    }
    FLAG(disk[0].common.iommu, TRUE);
    NUMBER(disk[0].common.boot_order, 1);
    TEXT(disk[0].common.address, "0000:01:00.0");
    TEXT(disk[0].common.alias, "ua-root");
    TEXT(disk[0].cache, "none");
    TEXT(disk[0].io, "native");
    TEXT(disk[0].discard, "unmap");
    TEXT(disk[0].detect_zeroes, "unmap");
    TEXT(disk[0].serial, "ROOT1");
    NUMBER(disk[0].queues, 2);
    NUMBER(disk[0].iothread, 1);
    FLAG(disk[1].shareable, TRUE);
    TEXT(disk[2].pool, "default");
    TEXT(disk[3].protocol, "rbd");
    TEXT(disk[3].host, "ceph.example.org");
    TEXT(disk[3].port, "6789");
    FLAG(disk[4].readonly, TRUE);
}

static void
fill_interfaces(struct cvm_domain *domain)
{
    static const struct {
        const char *type, *source, *mode;
    } rows[] = {
        { "bridge", "br0", NULL },      { "network", "default", NULL },
        { "direct", "eth0", "bridge" }, { "ethernet", NULL, NULL },
        { "user", NULL, NULL },         { "vhostuser", "/run/v.sock", "server" },
    };
    struct cvm_interface *nic =
        LIST(domain, domain->devices.interface, cvm_interface, (unsigned)G_N_ELEMENTS(rows));

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        TEXT(nic[i].type, rows[i].type);
        TEXT(nic[i].common.model, "virtio");
        FLAG(nic[i].rom, FALSE);
        if (rows[i].source) {
            TEXT(nic[i].source, rows[i].source);
        }
        if (rows[i].mode) {
            TEXT(nic[i].mode, rows[i].mode);
        }
    }
    FLAG(nic[0].common.iommu, TRUE);
    TEXT(nic[0].mac, "52:54:00:12:34:56");
    TEXT(nic[0].target, "tap0");
    NUMBER(nic[0].mtu, 9000);
    NUMBER(nic[0].queues, 2);
    NUMBER(nic[0].vlan, 42);
    TEXT(nic[0].driver, "vhost");
    TEXT(nic[0].link, "up");
    NUMBER(nic[0].common.boot_order, 2);
}

static void
fill_chardevs(struct cvm_domain *domain)
{
    static const struct {
        const char *type, *source, *mode;
    } rows[] = {
        { "pty", NULL, NULL },
        { "file", "/var/log/guest.log", NULL },
        { "unix", "/run/guest.sock", "bind" },
        { "tcp", "::1:4444", "bind" },
    };
    struct cvm_chardev *serial =
        LIST(domain, domain->devices.serial, cvm_chardev, (unsigned)G_N_ELEMENTS(rows));
    struct cvm_chardev *console = LIST(domain, domain->devices.console, cvm_chardev, 1);
    struct cvm_chardev *channel = LIST(domain, domain->devices.channel, cvm_chardev, 1);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        TEXT(serial[i].type, rows[i].type);
        TEXT(serial[i].target, "isa-serial");
        NUMBER(serial[i].port, i);
        if (rows[i].source) {
            TEXT(serial[i].source, rows[i].source);
        }
        if (rows[i].mode) {
            TEXT(serial[i].mode, rows[i].mode);
        }
    }
    TEXT(serial[0].common.model, "isa-serial");
    TEXT(serial[0].log, "/var/log/serial.log");
    TEXT(console->type, "pty");
    TEXT(console->target, "serial");
    NUMBER(console->port, 0);
    TEXT(channel->type, "unix");
    TEXT(channel->target, "org.qemu.guest_agent.0");
}

static void
fill_hostdevs(struct cvm_domain *domain)
{
    static const struct {
        const char *type, *source, *model;
    } rows[] = {
        { "pci", "0000:c1:00.0", NULL },
        { "mdev", "c2177883-f1bb-47f0-914d-32a22e3a8804", "vfio-pci" },
        { "usb", "1af4:1000", NULL },
        { "usb", "3.12", NULL },
        { "pci", "c2:1f.7", NULL },
        { "scsi", "2:0:0:1", NULL },
    };
    struct cvm_hostdev *hostdev =
        LIST(domain, domain->devices.hostdev, cvm_hostdev, (unsigned)G_N_ELEMENTS(rows));

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        TEXT(hostdev[i].type, rows[i].type);
        TEXT(hostdev[i].source, rows[i].source);
        if (rows[i].model) {
            TEXT(hostdev[i].common.model, rows[i].model);
        }
    }
    FLAG(hostdev[0].managed, TRUE);
    FLAG(hostdev[0].rom, FALSE);
}

static void
fill_graphics(struct cvm_domain *domain)
{
    struct cvm_graphics *graphics = LIST(domain, domain->devices.graphics, cvm_graphics, 4);
    struct cvm_video *video = LIST(domain, domain->devices.video, cvm_video, 1);

    TEXT(graphics[0].type, "vnc");
    TEXT(graphics[0].listen, "127.0.0.1");
    NUMBER(graphics[0].port, 5901);
    TEXT(graphics[0].password, "s3cret");
    TEXT(graphics[1].type, "spice");
    FLAG(graphics[1].tls, TRUE);
    TEXT(graphics[2].type, "vnc");
    TEXT(graphics[2].socket, "/run/vnc.sock");
    TEXT(graphics[3].type, "none");
    fill_common(&video->common, "virtio");
    NUMBER(video->vram, 16 * MIB);
    NUMBER(video->heads, 1);
}

static void
fill_tpms_and_filesystems(struct cvm_domain *domain)
{
    struct cvm_tpm *tpm = LIST(domain, domain->devices.tpm, cvm_tpm, 3);
    struct cvm_filesystem *filesystem = LIST(domain, domain->devices.filesystem, cvm_filesystem, 2);

    TEXT(tpm[0].common.model, "tpm-crb");
    TEXT(tpm[0].type, "emulator");
    TEXT(tpm[0].version, "2.0");
    TEXT(tpm[1].common.model, "tpm-tis");
    TEXT(tpm[1].type, "passthrough");
    TEXT(tpm[1].source, "/dev/tpm0");
    TEXT(tpm[2].type, "external");
    TEXT(tpm[2].source, "/run/swtpm.sock");
    TEXT(filesystem[0].driver, "virtiofs");
    TEXT(filesystem[0].source, "/srv/a");
    TEXT(filesystem[0].target, "a");
    TEXT(filesystem[0].accessmode, "passthrough");
    NUMBER(filesystem[0].queue, 1024);
    TEXT(filesystem[1].driver, "path");
    TEXT(filesystem[1].source, "/srv/b");
    TEXT(filesystem[1].target, "b");
    TEXT(filesystem[1].accessmode, "mapped");
    FLAG(filesystem[1].readonly, TRUE);
    FLAG(filesystem[1].common.iommu, TRUE);
}

static void
fill_small_devices(struct cvm_domain *domain)
{
    struct cvm_devices *devices = &domain->devices;
    struct cvm_controller *controller = LIST(domain, devices->controller, cvm_controller, 1);
    struct cvm_rng *rng = LIST(domain, devices->rng, cvm_rng, 2);
    struct cvm_vsock *vsock = LIST(domain, devices->vsock, cvm_vsock, 1);
    struct cvm_watchdog *watchdog = LIST(domain, devices->watchdog, cvm_watchdog, 1);
    struct cvm_input *input = LIST(domain, devices->input, cvm_input, 2);
    struct cvm_balloon *balloon = LIST(domain, devices->memballoon, cvm_balloon, 1);

    TEXT(devices->emulator, "/usr/bin/qemu-system-x86_64");
    fill_common(&controller->common, "virtio-scsi");
    TEXT(controller->type, "scsi");
    NUMBER(controller->index, 0);
    NUMBER(controller->queues, 4);
    fill_common(&rng[0].common, "virtio");
    TEXT(rng[0].backend, "/dev/urandom");
    NUMBER(rng[0].rate_bytes, 1024);
    NUMBER(rng[0].rate_period, 1000);
    TEXT(rng[1].common.model, "virtio");
    TEXT(rng[1].backend, "builtin");
    fill_common(&vsock->common, "virtio");
    FLAG(vsock->cid_auto, FALSE);
    NUMBER(vsock->cid, 7);
    TEXT(watchdog->common.model, "i6300esb");
    TEXT(watchdog->action, "reset");
    TEXT(input[0].type, "keyboard");
    TEXT(input[0].bus, "virtio");
    FLAG(input[0].common.iommu, TRUE);
    TEXT(input[1].type, "tablet");
    TEXT(input[1].bus, "usb");
    TEXT(balloon->common.model, "none");
}

static void
fill_everything(struct cvm_domain *domain)
{
    fill_machine(domain);
    fill_vcpu(domain);
    fill_os(domain);
    fill_disks(domain);
    fill_interfaces(domain);
    fill_chardevs(domain);
    fill_hostdevs(domain);
    fill_graphics(domain);
    fill_tpms_and_filesystems(domain);
    fill_small_devices(domain);
    NUMBER(domain->launch.policy, 7);
    FLAG(domain->launch.kernel_hashes, TRUE);
    NUMBER(domain->launch.cbitpos, 51);
    NUMBER(domain->launch.reduced_phys_bits, 1);
    BLOB(domain->launch.dh_cert, "AAAA");
    BLOB(domain->launch.session, "AAAA");
}

START_TEST(test_everything_is_valid)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_ES);
    g_autoptr(GString) first = NULL;
    g_autoptr(GString) second = NULL;

    fill_everything(domain);
    first = render(domain, NULL);
    second = render(domain, NULL);
    ck_assert_str_eq(first->str, second->str);
    assert_valid(first);
    if (g_getenv("CVM_TEST_SHOW")) {
        g_print("%s", first->str);
    }
}
END_TEST

/* Each value stands where libvirt looks for it. */
START_TEST(test_values_are_written)
{
    static const char *const lines[] = {
        "<domain type='kvm'>",
        "<title>Payments &amp; co</title>",
        "<memory dumpCore='off' unit='KiB'>4194304</memory>",
        "<hard_limit unit='KiB'>5242881</hard_limit>",
        "<page size='2048' unit='KiB'/>",
        "<vcpu placement='static' cpuset='0-7' current='1'>2</vcpu>",
        "<vcpupin vcpu='1' cpuset='5-6,^6'/>",
        "<iothreadpin iothread='1' cpuset='1'/>",
        "<memnode cellid='0' mode='strict' nodeset='0'/>",
        "<type arch='x86_64' machine='q35'>hvm</type>",
        "<loader readonly='yes' secure='no' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>",
        "<cmdline>console=ttyS0 &quot;quoted&quot;</cmdline>",
        "<smm state='off'/>",
        "<model fallback='forbid'>EPYC-Rome</model>",
        "<topology sockets='1' dies='1' cores='1' threads='2'/>",
        "<cell id='0' cpus='0-1' memory='4194304' unit='KiB' memAccess='private'/>",
        "<clock offset='timezone' timezone='Europe/Berlin'/>",
        "<suspend-to-mem enabled='no'/>",
        "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>",
        "<source protocol='rbd' name='rbd-pool/d'>",
        "<source dev='eth0' mode='bridge'/>",
        "<rom enabled='no'/>",
        "<source mode='bind' host='::1' service='4444'/>",
        "<target type='virtio' name='org.qemu.guest_agent.0'/>",
        "<address domain='0x0000' bus='0xc1' slot='0x00' function='0x0'/>",
        "<address bus='3' device='12'/>",
        "<address domain='0x0000' bus='0xc2' slot='0x1f' function='0x7'/>",
        "<adapter name='scsi_host2'/>",
        "<listen type='socket' socket='/run/vnc.sock'/>",
        "<backend model='random'>/dev/urandom</backend>",
        "<cid auto='no' address='7'/>",
        "<memballoon model='none'/>",
        "<launchSecurity type='sev' kernelHashes='yes'>",
        "<policy>0x0007</policy>",
    };
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_ES);
    g_autoptr(GString) text = NULL;

    fill_everything(domain);
    text = render(domain, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        ck_assert_msg(strstr(text->str, lines[i]) != NULL, "'%s' is missing", lines[i]);
    }
}
END_TEST

START_TEST(test_snp)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV_SNP);
    struct cvm_launch *launch = &domain->launch;
    g_autoptr(GString) text = NULL;

    TEXT(domain->virt_type, "kvm");
    NUMBER(launch->policy, 0x30000);
    FLAG(launch->author_key, TRUE);
    FLAG(launch->vcek, FALSE);
    BLOB(launch->guest_visible_workarounds, "Zw==");
    BLOB(launch->id_block, "aQ==");
    BLOB(launch->id_auth, "YQ==");
    BLOB(launch->host_data, "aA==");
    text = render(domain, NULL);
    ck_assert_ptr_nonnull(strstr(text->str,
                                 "  <launchSecurity type='sev-snp' authorKey='yes' vcek='no'>\n"
                                 "    <policy>0x00030000</policy>\n"
                                 "    <guestVisibleWorkarounds>Zw==</guestVisibleWorkarounds>\n"
                                 "    <idBlock>aQ==</idBlock>\n"
                                 "    <idAuth>YQ==</idAuth>\n"
                                 "    <hostData>aA==</hostData>\n"
                                 "  </launchSecurity>\n"
                                 "</domain>\n"));
}
END_TEST

/* libvirt 9.0's schema has no loader/@format; what it says is what its absence says. */
START_TEST(test_raw_format_is_left_out_for_old_libvirt)
{
    static const struct {
        unsigned version;
        const char *format;
        gboolean written;
    } cases[] = {
        { 0, "raw", TRUE },
        { CVM_VERSION(9, 0, 0), "raw", FALSE },
        { CVM_VERSION(9, 0, 0), "qcow2", TRUE },
        { CVM_VERSION(9, 2, 0), "raw", TRUE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_NONE);
        CVM_AUTO(host) *host = cvm_host_new();
        g_autoptr(GString) text = NULL;

        host->libvirt_version = cases[i].version;
        TEXT(domain->os.loader, "/a.fd");
        TEXT(domain->os.format, cases[i].format);
        text = render(domain, host);
        ck_assert_int_eq(strstr(text->str, " format='") != NULL, cases[i].written);
    }
}
END_TEST

START_TEST(test_hostile_text_stays_well_formed)
{
    CVM_AUTO(domain) *domain = new_domain(CVM_GUEST_SEV);
    struct cvm_hostdev *hostdev = LIST(domain, domain->devices.hostdev, cvm_hostdev, 1);
    g_autoptr(GString) text = NULL;

    TEXT(domain->name, "</name><x>\x01\xff&");
    TEXT(domain->os.machine, "q35' foo='bar");
    TEXT(domain->os.cmdline, "]]>\r\n<!-- -->");
    TEXT(hostdev->type, "pci");
    TEXT(hostdev->source, "not an address");
    text = render(domain, NULL);
    assert_parses(text);
}
END_TEST

START_TEST(test_table)
{
    ck_assert_ptr_eq(cvm_renderer_at(0), &cvm_renderer_libvirt);
    ck_assert_ptr_eq(cvm_renderer_find("libvirt"), &cvm_renderer_libvirt);
    ck_assert_ptr_null(cvm_renderer_find("libvirtd"));
    for (unsigned i = 0; cvm_renderer_at(i); i++) {
        ck_assert_ptr_eq(cvm_renderer_find(cvm_renderer_at(i)->name), cvm_renderer_at(i));
    }
}
END_TEST

UNIT_MAIN("render", test_everything_is_valid, test_values_are_written, test_snp,
          test_raw_format_is_left_out_for_old_libvirt, test_hostile_text_stays_well_formed,
          test_table)
