/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "xml_fixture.h"

static struct cvm_domain *domain;
static struct cvm_devices *devices;

static void
parse(const char *text)
{
    g_autofree char *whole = g_strconcat("<domain><devices>", text, "</devices></domain>", NULL);
    g_autoptr(GError) error = NULL;

    cvm_domain_free(domain);
    domain = parse_xml("x.xml", whole, strlen(whole), &error);
    ck_assert_msg(domain != NULL, "%s", error ? error->message : "");
    ck_assert_msg(domain->problem_count == 0, "%s",
                  domain->problems ? domain->problems->message : "");
    devices = &domain->devices;
}

static void
finish(void)
{
    g_clear_pointer(&domain, cvm_domain_free);
}

static void *
first(const struct cvm_list *list)
{
    ck_assert_uint_gt(list->count, 0);
    return list->items;
}
/* The first of a list, which has to have one. */
#define FIRST(type, list) ((struct type *)first(&(list)))
#define ASSERT_TEXT(member, text)                                                                  \
    ck_assert_msg(cvm_text_is((member), (text)), #member " is '%s', not '%s'",                     \
                  (member).value ? (member).value : "", (text))

START_TEST(test_disk)
{
    const struct cvm_disk *disk;

    parse("<disk type='block' device='lun' model='virtio-non-transitional'>"
          "<driver name='qemu' type='raw' cache='none' io='native' discard='unmap' iothread='2' "
          "queues='4' detect_zeroes='on' iommu='on'/>"
          "<source dev='/dev/sdb' index='1'/><backingStore type='file'><source file='/b'/>"
          "</backingStore><target dev='vda' bus='virtio'/><shareable/><serial>X1</serial>"
          "<boot order='2'/><alias name='ua-data'/>"
          "<address type='pci' domain='0x0000' bus='0x04' slot='0x1f' function='0x7'/></disk>");
    disk = FIRST(cvm_disk, devices->disk);
    ASSERT_TEXT(disk->type, "block");
    ASSERT_TEXT(disk->device, "lun");
    ASSERT_TEXT(disk->common.model, "virtio-non-transitional");
    ASSERT_TEXT(disk->format, "raw");
    ASSERT_TEXT(disk->cache, "none");
    ASSERT_TEXT(disk->io, "native");
    ASSERT_TEXT(disk->discard, "unmap");
    ASSERT_TEXT(disk->detect_zeroes, "on");
    ck_assert_uint_eq(disk->iothread.value, 2);
    ck_assert_uint_eq(disk->queues.value, 4);
    ck_assert(cvm_is_on(disk->common.iommu));
    ASSERT_TEXT(disk->source, "/dev/sdb");
    ASSERT_TEXT(disk->target, "vda");
    ck_assert(cvm_is_on(disk->shareable));
    ck_assert(cvm_is_unset(disk->readonly));
    ASSERT_TEXT(disk->serial, "X1");
    ck_assert_uint_eq(disk->common.boot_order.value, 2);
    ASSERT_TEXT(disk->common.alias, "ua-data");
    ASSERT_TEXT(disk->common.address, "0000:04:1f.7");
    finish();
}
END_TEST

START_TEST(test_disk_sources)
{
    static const struct {
        const char *xml, *source;
    } cases[] = {
        { "<source file='/a.img'/>", "/a.img" },
        { "<source pool='p' volume='v'/>", "v" },
        { "<source protocol='rbd' name='pool/image'><host name='h' port='6789'/></source>",
          "pool/image" },
        { "<source dir='/d'/>", "/d" },
        { "<source type='unix' path='/s.sock'/>", "/s.sock" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("<disk>%s</disk>", cases[i].xml);

        parse(text);
        ASSERT_TEXT(FIRST(cvm_disk, devices->disk)->source, cases[i].source);
    }
    parse("<disk device='cdrom'/>");
    ck_assert(cvm_is_unset(FIRST(cvm_disk, devices->disk)->source));
    finish();
}
END_TEST

START_TEST(test_interface)
{
    const struct cvm_interface *interface;

    parse("<interface type='network'><mac address='52:54:00:12:34:56'/>"
          "<source network='default' portid='4c9e' bridge='virbr0'/><vlan><tag id='42'/></vlan>"
          "<target dev='vnet0'/><model type='virtio'/><driver name='vhost' queues='2' iommu='off'/>"
          "<link state='down'/><mtu size='9000'/><boot order='1'/><alias name='net0'/>"
          "<rom enabled='no'/></interface>");
    interface = FIRST(cvm_interface, devices->interface);
    ASSERT_TEXT(interface->type, "network");
    ASSERT_TEXT(interface->source, "default");
    ASSERT_TEXT(interface->mac, "52:54:00:12:34:56");
    ASSERT_TEXT(interface->common.model, "virtio");
    ASSERT_TEXT(interface->driver, "vhost");
    ASSERT_TEXT(interface->link, "down");
    ck_assert_uint_eq(interface->vlan.value, 42);
    ck_assert_uint_eq(interface->queues.value, 2);
    ck_assert_uint_eq(interface->mtu.value, 9000);
    ck_assert(cvm_is_off(interface->common.iommu));
    ck_assert(cvm_is_off(interface->rom));
    ck_assert(cvm_is_unset(interface->target)); /* libvirt's own name */
    ck_assert(cvm_is_unset(interface->common.alias));
    finish();
}
END_TEST

START_TEST(test_interface_sources)
{
    static const struct {
        const char *xml, *source;
    } cases[] = {
        { "<interface type='bridge'><source bridge='br0'/>", "br0" },
        { "<interface type='direct'><source dev='eth0' mode='vepa'/>", "eth0" },
        { "<interface type='vhostuser'><source type='unix' path='/s' mode='client'/>", "/s" },
        { "<interface type='hostdev'><source><address type='pci' domain='0' bus='0xc1' slot='2' "
          "function='3'/></source>",
          "0000:c1:02.3" },
        { "<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/>", "/dev/vhost-vdpa-0" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(cases[i].xml, "</interface>", NULL);

        parse(text);
        ASSERT_TEXT(FIRST(cvm_interface, devices->interface)->source, cases[i].source);
    }
    finish();
}
END_TEST

START_TEST(test_rom)
{
    static const struct {
        const char *xml;
        gboolean on;
    } cases[] = {
        { "<rom enabled='no'/>", FALSE },          { "<rom bar='off'/>", FALSE },
        { "<rom bar='off' file='/r'/>", FALSE },   { "<rom enabled='yes'/>", TRUE },
        { "<rom bar='on' file='/r.bin'/>", TRUE }, { "<rom file='/r.bin'/>", TRUE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("<interface type='user'>%s</interface>"
                                                "<hostdev type='pci'>%s</hostdev>",
                                                cases[i].xml, cases[i].xml);
        const struct cvm_flag *rom;

        parse(text);
        rom = &FIRST(cvm_interface, devices->interface)->rom;
        ck_assert_msg(cvm_is_given(*rom) && rom->value == cases[i].on, "%s", cases[i].xml);
        rom = &FIRST(cvm_hostdev, devices->hostdev)->rom;
        ck_assert_msg(cvm_is_given(*rom) && rom->value == cases[i].on, "%s", cases[i].xml);
    }
    parse("<interface type='user'/>");
    ck_assert(cvm_is_unset(FIRST(cvm_interface, devices->interface)->rom));
    finish();
}
END_TEST

START_TEST(test_chardevs)
{
    const struct cvm_chardev *serial, *channel;

    parse("<serial type='tcp'><source mode='connect' host='::1' service='4444'/>"
          "<protocol type='raw'/><log file='/l.log' append='off'/>"
          "<target type='isa-serial' port='0'><model name='isa-serial'/></target></serial>"
          "<serial type='pty'><source path='/dev/pts/3'/></serial>"
          "<console type='pty' tty='/dev/pts/3'><target type='virtio' port='1'/></console>"
          "<channel type='unix'><source mode='bind' path='/run/x.sock'/>"
          "<target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/></channel>");
    serial = FIRST(cvm_chardev, devices->serial);
    ASSERT_TEXT(serial->type, "tcp");
    ASSERT_TEXT(serial->source, "::1:4444");
    ASSERT_TEXT(serial->mode, "connect");
    ASSERT_TEXT(serial->log, "/l.log");
    ASSERT_TEXT(serial->target, "isa-serial");
    ASSERT_TEXT(serial->common.model, "isa-serial");
    ck_assert(cvm_is_set(serial->port));
    ck_assert(cvm_is_unset(serial[1].source)); /* of the running guest */
    ASSERT_TEXT(FIRST(cvm_chardev, devices->console)->target, "virtio");
    ck_assert_uint_eq(FIRST(cvm_chardev, devices->console)->port.value, 1);
    channel = FIRST(cvm_chardev, devices->channel);
    ASSERT_TEXT(channel->source, "/run/x.sock");
    ASSERT_TEXT(channel->target, "org.qemu.guest_agent.0");
    finish();
}
END_TEST

START_TEST(test_graphics)
{
    static const struct {
        const char *xml, *listen, *socket;
        unsigned port;
    } cases[] = {
        { "<graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0'/>", "0.0.0.0", NULL, 0 },
        { "<graphics type='vnc' port='5900' autoport='yes'/>", NULL, NULL, 0 },
        { "<graphics type='vnc' port='5901'><listen type='address' address='::'/></graphics>",
          "::", NULL, 5901 },
        { "<graphics type='vnc'><listen type='address'/></graphics>", NULL, NULL, 0 },
        { "<graphics type='vnc'><listen type='none'/></graphics>", NULL, NULL, 0 },
        { "<graphics type='vnc'><listen type='network' network='n'/></graphics>", NULL, NULL, 0 },
        { "<graphics type='vnc'><listen type='socket' socket='/s'/></graphics>", NULL, "/s", 0 },
        { "<graphics type='vnc' socket='/t'/>", NULL, "/t", 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cvm_graphics *graphics;

        parse(cases[i].xml);
        graphics = FIRST(cvm_graphics, devices->graphics);
        ASSERT_TEXT(graphics->type, "vnc");
        ck_assert_msg(g_strcmp0(graphics->listen.value, cases[i].listen) == 0, "%s", cases[i].xml);
        ck_assert_msg(g_strcmp0(graphics->socket.value, cases[i].socket) == 0, "%s", cases[i].xml);
        ck_assert_msg(graphics->port.value == cases[i].port, "%s", cases[i].xml);
    }
    parse("<graphics type='spice' passwd='x' defaultMode='secure'/>");
    ck_assert(cvm_is_on(FIRST(cvm_graphics, devices->graphics)->tls));
    ck_assert(cvm_is_set(FIRST(cvm_graphics, devices->graphics)->password));
    parse("<graphics type='spice' tlsPort='5901'/>");
    ck_assert(cvm_is_on(FIRST(cvm_graphics, devices->graphics)->tls));
    parse("<graphics type='spice' tlsPort='5901' port='5900'/>");
    ck_assert(cvm_is_unset(FIRST(cvm_graphics, devices->graphics)->tls));
    parse("<graphics type='spice' tlsPort='-1' autoport='yes'/>");
    ck_assert(cvm_is_unset(FIRST(cvm_graphics, devices->graphics)->tls));
    finish();
}
END_TEST

START_TEST(test_hostdev_sources)
{
    static const struct {
        const char *xml, *source;
    } cases[] = {
        { "<hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/><source>"
          "<address domain='0x0001' bus='0xc1' slot='0x00' function='0x1'/></source>",
          "0001:c1:00.1" },
        { "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
          "<address uuid='8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2'/></source>",
          "8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2" },
        { "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1af4'/>"
          "<product id='0x1000'/></source>",
          "1af4:1000" },
        { "<hostdev mode='subsystem' type='usb'><source><address bus='3' device='12'/></source>",
          "3.12" },
        { "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host2'/>"
          "<address bus='0' target='0' unit='1'/></source>",
          "2:0:0:1" },
        { "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' "
          "wwpn='naa.5001405'/>",
          "naa.5001405" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(cases[i].xml, "</hostdev>", NULL);

        parse(text);
        ASSERT_TEXT(FIRST(cvm_hostdev, devices->hostdev)->source, cases[i].source);
    }
    finish();
}
END_TEST

START_TEST(test_others)
{
    parse("<emulator>/usr/bin/qemu</emulator>"
          "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='2' iommu='on'/>"
          "</controller>"
          "<rng model='virtio'><rate bytes='1024' period='2000'/>"
          "<backend model='random'>/dev/hwrng</backend></rng>"
          "<rng model='virtio'><backend model='builtin'/></rng>"
          "<tpm model='tpm-crb'><backend type='passthrough'><device path='/dev/tpm0'/></backend>"
          "</tpm>"
          "<vsock model='virtio'><cid auto='no' address='7'/></vsock>"
          "<video><driver iommu='on'/><model type='qxl' vram='65536' heads='1'/></video>"
          "<filesystem type='mount' accessmode='mapped'><driver type='virtiofs' queue='8'/>"
          "<source dir='/srv'/><target dir='tag'/><readonly/></filesystem>"
          "<watchdog model='itco' action='reset'/><input type='tablet' bus='usb'/>"
          "<memballoon model='none'/>"
          "<iommu model='intel'><driver intremap='on' eim='on'/></iommu>"
          "<memory model='virtio-mem'><target><size unit='MiB'>512</size></target></memory>"
          "<crypto model='virtio' type='qemu'><driver iommu='off'/></crypto>"
          "<sound model='virtio'/><shmem name='x'><model type='ivshmem-plain'/></shmem>");
    ASSERT_TEXT(devices->emulator, "/usr/bin/qemu");
    ASSERT_TEXT(FIRST(cvm_controller, devices->controller)->common.model, "virtio-scsi");
    ck_assert(cvm_is_on(FIRST(cvm_controller, devices->controller)->common.iommu));
    ASSERT_TEXT(FIRST(cvm_rng, devices->rng)->backend, "/dev/hwrng");
    ck_assert_uint_eq(FIRST(cvm_rng, devices->rng)->rate_bytes.value, 1024);
    ASSERT_TEXT(FIRST(cvm_rng, devices->rng)[1].backend, "builtin");
    ASSERT_TEXT(FIRST(cvm_tpm, devices->tpm)->type, "passthrough");
    ASSERT_TEXT(FIRST(cvm_tpm, devices->tpm)->source, "/dev/tpm0");
    ck_assert_uint_eq(FIRST(cvm_vsock, devices->vsock)->cid.value, 7);
    ASSERT_TEXT(FIRST(cvm_video, devices->video)->common.model, "qxl");
    ck_assert_uint_eq(FIRST(cvm_video, devices->video)->vram.value, 64 << 20);
    ASSERT_TEXT(FIRST(cvm_filesystem, devices->filesystem)->driver, "virtiofs");
    ASSERT_TEXT(FIRST(cvm_filesystem, devices->filesystem)->source, "/srv");
    ASSERT_TEXT(FIRST(cvm_watchdog, devices->watchdog)->action, "reset");
    ASSERT_TEXT(FIRST(cvm_input, devices->input)->bus, "usb");
    ASSERT_TEXT(FIRST(cvm_balloon, devices->memballoon)->common.model, "none");
    ASSERT_TEXT(FIRST(cvm_viommu, devices->viommu)->common.model, "intel");
    ck_assert(cvm_is_on(FIRST(cvm_viommu, devices->viommu)->eim));
    ASSERT_TEXT(FIRST(cvm_memory_device, devices->memory)->common.model, "virtio-mem");
    ck_assert_uint_eq(FIRST(cvm_memory_device, devices->memory)->size.value, 512 << 20);
    ck_assert(cvm_is_off(FIRST(cvm_other, devices->crypto)->common.iommu));
    ASSERT_TEXT(FIRST(cvm_other, devices->sound)->common.model, "virtio");
    ASSERT_TEXT(FIRST(cvm_other, devices->shmem)->common.model, "ivshmem-plain");
    finish();
}
END_TEST

UNIT_MAIN("domain_xml_devices", test_disk, test_disk_sources, test_interface,
          test_interface_sources, test_rom, test_chardevs, test_graphics, test_hostdev_sources,
          test_others)
