/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices on QEMU's command line, where libvirt has no word in it or cannot be asked: most of it is
 * compared with libvirt's by tests/qemu-argv.sh. */
#include <cvmdom/domain.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define BASE "memory: 64MiB\nvcpu: 2\nlaunchSecurity: {type: none}\ndevices:\n"

static cvmdom_domains *domains;
static char **args;

static void
clear(void)
{
    free(args);
    cvmdom_domains_free(domains);
    args = NULL;
    domains = NULL;
}

/* The arguments of a guest with these devices, which stay until the next one's. */
static void
render_as(const char *name, const char *devices)
{
    g_autofree char *profile = g_strdup_printf("name: %s\n" BASE "%s", name, devices);

    clear();
    domains = cvmdom_domains_parse("db.yaml", profile, strlen(profile), NULL, NULL);
    ck_assert_ptr_nonnull(domains);
    cvmdom_domain_set_target(cvmdom_domains_get(domains, 0), "qemu", NULL);
    cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), NULL);
    ck_assert_int_eq(cvmdom_domain_qemu_args(cvmdom_domains_get(domains, 0), NULL, &args, NULL), 0);
}

/* The first value of the option that contains part; "(none)" when there is none. */
static const char *
value_with(const char *option, const char *part)
{
    for (size_t i = 0; args[i] && args[i + 1]; i++) {
        if (g_str_equal(args[i], option) && strstr(args[i + 1], part)) {
            return args[i + 1];
        }
    }
    return "(none)";
}

struct expected {
    const char *devices, *option, *part, *value;
};

static void
assert_all(const struct expected *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        render_as("db", cases[i].devices);
        ck_assert_msg(g_str_equal(value_with(cases[i].option, cases[i].part), cases[i].value),
                      "%s\n%s", cases[i].devices, value_with(cases[i].option, cases[i].part));
    }
}

START_TEST(test_backends)
{
    static const struct expected cases[] = {
        { "  interface: {type: bridge, source: br0}\n", "-netdev", "",
          "{\"type\":\"bridge\",\"br\":\"br0\",\"id\":\"hostnet0\"}" },
        { "  interface: {type: network, source: default}\n", "-netdev", "",
          "{\"type\":\"bridge\",\"br\":\"virbr0\",\"id\":\"hostnet0\"}" },
        { "  interface: {type: user}\n", "-netdev", "", "{\"type\":\"user\",\"id\":\"hostnet0\"}" },
        { "  interface: {type: bridge, source: br0, target: tap9, queues: 2}\n", "-netdev", "",
          "{\"type\":\"tap\",\"ifname\":\"tap9\",\"script\":\"no\",\"downscript\":\"no\","
          "\"queues\":2,\"vhost\":true,\"id\":\"hostnet0\"}" },
        { "  interface: {type: ethernet, target: tap9, driver: vhost}\n", "-netdev", "",
          "{\"type\":\"tap\",\"ifname\":\"tap9\",\"script\":\"no\",\"downscript\":\"no\","
          "\"vhost\":true,\"vhostforce\":true,\"id\":\"hostnet0\"}" },
        { "  interface: {type: ethernet, target: tap9, driver: qemu}\n", "-netdev", "",
          "{\"type\":\"tap\",\"ifname\":\"tap9\",\"script\":\"no\",\"downscript\":\"no\","
          "\"id\":\"hostnet0\"}" },
        /* what cannot be said ends in a name that no device has: QEMU does not start */
        { "  interface: {type: network, source: dmz}\n", "-netdev", "",
          "{\"type\":\"tap\",\"ifname\":\"cvmdom-none\",\"script\":\"no\",\"downscript\":\"no\","
          "\"vhost\":true,\"id\":\"hostnet0\"}" },
        { "  interface: {type: direct, source: eno1}\n", "-netdev", "",
          "{\"type\":\"tap\",\"ifname\":\"cvmdom-none\",\"script\":\"no\",\"downscript\":\"no\","
          "\"vhost\":true,\"id\":\"hostnet0\"}" },
        { "  interface: {type: vhostuser, source: \"/run/a,b\", mode: server}\n", "-chardev",
          "charnet0", "socket,id=charnet0,path=/run/a,,b,server=on" },
    };

    assert_all(cases, G_N_ELEMENTS(cases));
}
END_TEST

/* The same each time, another one for each card and each guest, and what is given stays. */
START_TEST(test_made_up)
{
    static const char cards[] = "  interface: [{type: user}, {type: user}]\n  vsock: auto\n";
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *vsock = NULL;

    render_as("db", cards);
    first = g_strdup(value_with("-device", "\"id\":\"net0\""));
    second = g_strdup(value_with("-device", "\"id\":\"net1\""));
    vsock = g_strdup(value_with("-device", "vsock0"));
    /* SHA-256 of "db/interface/0", "db/interface/1" and "db/vsock/0" */
    ck_assert_ptr_nonnull(strstr(first, "\"mac\":\"52:54:00:60:49:30\""));
    ck_assert_ptr_nonnull(strstr(second, "\"mac\":\"52:54:00:b1:3e:8b\""));
    ck_assert_ptr_nonnull(strstr(vsock, "\"guest-cid\":3902724759,"));
    render_as("other", cards);
    ck_assert_str_ne(value_with("-device", "\"id\":\"net0\""), first);
    ck_assert_str_ne(value_with("-device", "vsock0"), vsock);
    render_as("db", "  interface: {type: user, mac: 52:54:00:6b:3c:01}\n  vsock: 77\n");
    ck_assert_ptr_nonnull(strstr(value_with("-device", "net0"), "52:54:00:6b:3c:01"));
    ck_assert_ptr_nonnull(strstr(value_with("-device", "vsock0"), "\"guest-cid\":77,"));
}
END_TEST

START_TEST(test_disks)
{
    static const struct expected cases[] = {
        { "  disk: {source: \"/a,b \\\"c\\\".qcow2\", readonly: true}\n", "-blockdev", "storage",
          "{\"driver\":\"file\",\"filename\":\"/a,b \\\"c\\\".qcow2\",\"node-name\":\"libvirt-1-"
          "storage\",\"auto-read-only\":true,\"discard\":\"unmap\"}" },
        { "  disk: {source: \"/a.qcow2\", readonly: true}\n", "-blockdev", "format",
          "{\"node-name\":\"libvirt-1-format\",\"read-only\":true,\"driver\":\"qcow2\",\"file\":"
          "\"libvirt-1-storage\"}" },
        { "  disk: {source: /dev/vg0/a, cache: directsync}\n", "-blockdev", "",
          "{\"driver\":\"host_device\",\"filename\":\"/dev/vg0/"
          "a\",\"node-name\":\"libvirt-1-storage\",\"read-only\":false,\"cache\":{\"direct\":true,"
          "\"no-flush\":false}}" },
        { "  disk: {source: a/b/c, protocol: rbd}\n", "-blockdev", "",
          "{\"driver\":\"rbd\",\"pool\":\"a\",\"image\":\"b/c\",\"node-name\":\"libvirt-1-"
          "storage\",\"read-only\":false}" },
        { "  disk: {source: \"iqn.x:y\", protocol: iscsi, host: \"2001:db8::1\"}\n", "-blockdev",
          "",
          "{\"driver\":\"iscsi\",\"portal\":\"[2001:db8::1]:3260\",\"target\":\"iqn.x:y\",\"lun\":"
          "0,\"transport\":\"tcp\",\"node-name\":\"libvirt-1-storage\",\"read-only\":false}" },
        { "  disk: {source: x.iso, protocol: ftps, host: h}\n", "-blockdev", "",
          "{\"driver\":\"ftps\",\"url\":\"ftps://h:990/x.iso\",\"node-name\":\"libvirt-1-"
          "storage\",\"read-only\":false}" },
        { "  disk: {source: v, pool: p}\n", "-blockdev", "", "(none)" },
        { "  disk: {source: v, protocol: ssh, host: h}\n", "-blockdev", "", "(none)" },
        { "  disk: {source: v, protocol: nbd}\n", "-blockdev", "", "(none)" },
        { "  disk: {device: cdrom}\n", "-device", "ide",
          "{\"driver\":\"ide-cd\",\"bus\":\"ide.0\",\"id\":\"sata0-0-0\"}" },
        { "  disk: {device: cdrom, source: /a.iso, bus: scsi}\n", "-device", "scsi-cd",
          "{\"driver\":\"scsi-cd\",\"bus\":\"scsi0.0\",\"channel\":0,\"scsi-id\":0,\"lun\":0,"
          "\"device_id\":\"drive-scsi0-0-0-0\",\"drive\":\"libvirt-1-storage\",\"id\":\"scsi0-0-0-"
          "0\"}" },
        { "  disk: {source: /a.vhd, format: vhd}\n", "-blockdev", "vpc",
          "{\"node-name\":\"libvirt-1-format\",\"read-only\":false,\"driver\":\"vpc\",\"file\":"
          "\"libvirt-1-storage\"}" },
    };

    assert_all(cases, G_N_ELEMENTS(cases));
}
END_TEST

START_TEST(test_host_devices)
{
    static const struct expected cases[] = {
        { "  hostdev: {source: \"c1:00.0\", rom: false}\n", "-device", "vfio",
          "{\"driver\":\"vfio-pci\",\"host\":\"0000:c1:00.0\",\"id\":\"hostdev0\",\"bus\":\"pci."
          "2\","
          "\"addr\":\"0x0\",\"romfile\":\"\"}" },
        { "  hostdev: {type: mdev, source: b0a5f0a0-0000-4000-8000-000000000001}\n", "-device",
          "vfio",
          "{\"driver\":\"vfio-pci\",\"sysfsdev\":\"/sys/bus/mdev/devices/"
          "b0a5f0a0-0000-4000-8000-000000000001\",\"display\":\"off\",\"id\":\"hostdev0\",\"bus\":"
          "\"pci.2\",\"addr\":\"0x0\"}" },
        { "  hostdev: {type: usb, source: \"1af4:1000\"}\n", "-device", "usb-host",
          "{\"driver\":\"usb-host\",\"vendorid\":6900,\"productid\":4096,\"id\":\"hostdev0\","
          "\"bus\":\"usb.0\",\"port\":\"1\"}" },
        { "  hostdev: {type: scsi, source: \"2:0:0:1\"}\n", "-device", "hostdev", "(none)" },
        { "  tpm: {type: passthrough, source: /dev/tpm1, model: tpm-tis}\n", "-tpmdev", "",
          "passthrough,id=tpm-tpm0,path=/dev/tpm1" },
    };

    assert_all(cases, G_N_ELEMENTS(cases));
}
END_TEST

START_TEST(test_screens)
{
    static const struct expected cases[] = {
        { "  graphics: {type: vnc, listen: 0.0.0.0}\n", "-vnc", "",
          "0.0.0.0:0,to=99,audiodev=audio1" },
        { "  graphics: {type: vnc, listen: \"::1\", port: 5907}\n", "-vnc", "",
          "[::1]:7,audiodev=audio1" },
        { "  graphics: {type: spice, port: 5930}\n", "-spice", "",
          "port=5930,addr=127.0.0.1,disable-ticketing=on,seamless-migration=on" },
        { "  graphics: {type: spice, port: 5930, password: geheim}\n", "-spice", "",
          "port=5930,addr=127.0.0.1,password-secret=spice-password,seamless-migration=on" },
        { "  graphics: {type: spice, socket: /run/s, tls: true}\n", "-spice", "",
          "unix=on,addr=/run/s,disable-ticketing=on,seamless-migration=on" },
        /* never offered unencrypted */
        { "  graphics: {type: spice, port: 5930, tls: true}\n", "-spice", "",
          "tls-port=5930,addr=127.0.0.1,disable-ticketing=on,seamless-migration=on" },
        { "  video: qxl\n", "-device", "qxl",
          "{\"driver\":\"qxl-vga\",\"max_outputs\":1,\"id\":\"video0\",\"bus\":\"pcie.0\",\"addr\":"
          "\"0x1\"}" },
        { "  video: ramfb\n", "-device", "ramfb", "{\"driver\":\"ramfb\",\"id\":\"video0\"}" },
    };

    assert_all(cases, G_N_ELEMENTS(cases));
    render_as("db", "  graphics: {type: vnc, password: geheim}\n");
    for (size_t i = 0; args[i]; i++) { /* everybody sees a command line */
        ck_assert_msg(!strstr(args[i], "geheim"), "%s", args[i]);
    }
}
END_TEST

UNIT_MAIN_WITH(NULL, clear, "qemu-devices", test_backends, test_made_up, test_disks,
               test_host_devices, test_screens)
