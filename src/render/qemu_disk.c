/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks on QEMU's command line: a node for the storage, one for the format unless it is raw, and
 * the device (qemuBuildDisksCommandLine). Nodes are counted from the last disk, as libvirt does. */
#include <string.h>

#include "render/qemu_device.h"

/* ---- what is cached, and how it is written ---- */

/* libvirt's words, and the three things that they stand for (qemu's "Cache modes"). */
static const struct {
    const char *cache;
    gboolean direct, no_flush, write_cache;
} caches[] = {
    { "none", TRUE, FALSE, TRUE },           { "writeback", FALSE, FALSE, TRUE },
    { "writethrough", FALSE, FALSE, FALSE }, { "directsync", TRUE, FALSE, FALSE },
    { "unsafe", FALSE, TRUE, TRUE },
};

static int
find_cache(const struct cvm_disk *disk)
{
    for (size_t i = 0; i < G_N_ELEMENTS(caches); i++) {
        if (cvm_text_is(disk->cache, caches[i].cache)) {
            return (int)i;
        }
    }
    return -1;
}

static void
set_cache(json_t *json, const struct cvm_disk *disk)
{
    int i = find_cache(disk);
    json_t *cache;

    if (i < 0) {
        return;
    }
    cache = json_object();
    cvm_qemu_set_flag(cache, "direct", caches[i].direct);
    cvm_qemu_set_flag(cache, "no-flush", caches[i].no_flush);
    json_object_set_new(json, "cache", cache);
}

/* ---- storage ---- */

static json_t *
file_storage(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    gboolean block = cvm_text_is(disk->type, "block");
    json_t *json = cvm_qemu_driver(block ? "host_device" : "file");

    cvm_qemu_set(json, "filename", disk->source.value);
    cvm_qemu_set_text_value(json, "aio", &disk->io);
    if (block) {
        cvm_qemu_need_device(qemu, disk->source.value, !cvm_is_on(disk->readonly));
    } else {
        cvm_qemu_need_file(qemu, disk->source.value, !cvm_is_on(disk->readonly));
    }
    return json;
}

static json_t *
new_server(const struct cvm_disk *disk, const char *type, const char *port)
{
    json_t *server = json_object();

    cvm_qemu_set(server, "type", type);
    cvm_qemu_set_text_value(server, "host", &disk->host);
    cvm_qemu_set(server, "port", cvm_is_set(disk->port) ? disk->port.value : port);
    return server;
}

static json_t *
new_servers(const struct cvm_disk *disk, const char *type, const char *port)
{
    json_t *servers = json_array();

    json_array_append_new(servers, new_server(disk, type, port));
    return servers;
}

/* "pool/image", as what is before the first slash and behind it. */
static void
set_halves(json_t *json, const char *source, const char *first, const char *second)
{
    const char *slash = strchr(source, '/');
    g_autofree char *before = slash ? g_strndup(source, (gsize)(slash - source)) : NULL;

    cvm_qemu_set(json, first, before);
    cvm_qemu_set(json, second, slash ? slash + 1 : source);
}

static void
set_rbd(json_t *json, const struct cvm_disk *disk)
{
    set_halves(json, disk->source.value, "pool", "image");
    /* 0 is Ceph's own choice of ports; without a host /etc/ceph/ceph.conf tells. */
    if (cvm_is_set(disk->host)) {
        json_object_set_new(json, "server", new_servers(disk, NULL, "0"));
    }
}

static void
set_gluster(json_t *json, const struct cvm_disk *disk)
{
    set_halves(json, disk->source.value, "volume", "path");
    json_object_set_new(json, "server", new_servers(disk, "inet", "24007"));
}

static void
set_nbd(json_t *json, const struct cvm_disk *disk)
{
    json_object_set_new(json, "server", new_server(disk, "inet", "10809"));
    cvm_qemu_set_text_value(json, "export", &disk->source);
}

/* "target/lun" */
static void
set_iscsi(json_t *json, const struct cvm_disk *disk)
{
    const char *slash = strrchr(disk->source.value, '/');
    g_autofree char *target =
        slash ? g_strndup(disk->source.value, (gsize)(slash - disk->source.value))
              : g_strdup(disk->source.value);
    gboolean bare_ipv6 = strchr(disk->host.value, ':') && disk->host.value[0] != '[';

    cvm_qemu_set_format(json, "portal", bare_ipv6 ? "[%s]:%s" : "%s:%s", disk->host.value,
                        cvm_is_set(disk->port) ? disk->port.value : "3260");
    cvm_qemu_set(json, "target", target);
    cvm_qemu_set_uint(json, "lun", slash ? g_ascii_strtoull(slash + 1, NULL, 10) : 0);
    cvm_qemu_set(json, "transport", "tcp");
}

static void
set_url(json_t *json, const struct cvm_disk *disk)
{
    static const struct {
        const char *protocol, *port;
    } ports[] = { { "http", "80" }, { "https", "443" }, { "ftp", "21" }, { "ftps", "990" } };
    const char *port = cvm_is_set(disk->port) ? disk->port.value : NULL;
    const char *source = disk->source.value;

    for (size_t i = 0; !port && i < G_N_ELEMENTS(ports); i++) {
        port = cvm_text_is(disk->protocol, ports[i].protocol) ? ports[i].port : NULL;
    }
    cvm_qemu_set_format(json, "url", "%s://%s:%s%s%s", disk->protocol.value, disk->host.value, port,
                        source[0] == '/' ? "" : "/", source);
}

static json_t *
network_storage(const struct cvm_disk *disk)
{
    static const struct {
        const char *protocol;
        void (*set)(json_t *json, const struct cvm_disk *disk);
        gboolean needs_host;
    } protocols[] = {
        { "rbd", set_rbd, FALSE },        { "nbd", set_nbd, TRUE },  { "iscsi", set_iscsi, TRUE },
        { "gluster", set_gluster, TRUE }, { "http", set_url, TRUE }, { "https", set_url, TRUE },
        { "ftp", set_url, TRUE },         { "ftps", set_url, TRUE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (cvm_text_is(disk->protocol, protocols[i].protocol) &&
            (cvm_is_set(disk->host) || !protocols[i].needs_host)) {
            json_t *json = cvm_qemu_driver(protocols[i].protocol);

            protocols[i].set(json, disk);
            return json;
        }
    }
    return NULL; /* CVM856 tells */
}

/* NULL for a drive without a medium, and for what a command line cannot say. */
static json_t *
new_storage(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    if (!cvm_is_set(disk->source)) {
        return NULL;
    }
    if (cvm_text_is(disk->type, "network")) {
        return network_storage(disk);
    }
    return cvm_text_is(disk->type, "volume") ? NULL : file_storage(qemu, disk);
}

/* ---- format ---- */

static const char *
format_driver(const struct cvm_disk *disk)
{
    static const struct {
        const char *format, *driver;
    } drivers[] = { { "vhd", "vpc" }, { "ploop", "parallels" }, { "iso", "raw" } };

    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (cvm_text_is(disk->format, drivers[i].format)) {
            return drivers[i].driver;
        }
    }
    return cvm_is_set(disk->format) ? disk->format.value : "raw";
}

static void
set_access(json_t *json, const struct cvm_disk *disk)
{
    cvm_qemu_set_flag(json, "read-only", cvm_is_on(disk->readonly));
    cvm_qemu_set_text_value(json, "discard", &disk->discard);
    cvm_qemu_set_text_value(json, "detect-zeroes", &disk->detect_zeroes);
    set_cache(json, disk);
}

/* The node that the device uses, borrowed; NULL for none. Where a format is between, the storage
 * below passes on whatever that asks for. */
static const char *
add_nodes(struct cvm_qemu *qemu, const struct cvm_disk *disk, unsigned number)
{
    json_t *storage = new_storage(qemu, disk);
    gboolean raw = g_str_equal(format_driver(disk), "raw");
    char *node = g_strdup_printf("libvirt-%u-%s", number, raw ? "storage" : "format");
    json_t *format;

    g_ptr_array_add(qemu->texts, node);
    if (!storage) {
        return NULL;
    }
    cvm_qemu_set_format(storage, "node-name", "libvirt-%u-storage", number);
    if (raw) {
        set_access(storage, disk);
        cvm_qemu_add_json(qemu, "-blockdev", storage);
        return node;
    }
    cvm_qemu_set_flag(storage, "auto-read-only", TRUE);
    cvm_qemu_set(storage, "discard", "unmap");
    set_cache(storage, disk);
    cvm_qemu_add_json(qemu, "-blockdev", storage);
    format = json_object();
    cvm_qemu_set(format, "node-name", node);
    set_access(format, disk);
    cvm_qemu_set(format, "driver", format_driver(disk));
    cvm_qemu_set_format(format, "file", "libvirt-%u-storage", number);
    cvm_qemu_add_json(qemu, "-blockdev", format);
    return node;
}

/* ---- devices ---- */

static json_t *
virtio_device(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    json_t *json = cvm_qemu_virtio("virtio-blk-pci", &disk->common);

    if (cvm_is_set(disk->iothread)) {
        cvm_qemu_set_format(json, "iothread", "iothread%" G_GUINT64_FORMAT, disk->iothread.value);
    }
    cvm_qemu_set_uint_value(json, "num-queues", &disk->queues);
    cvm_qemu_set_place(qemu, json, disk);
    return json;
}

/* Whether what a controller is called is from the domain: its alias. */
static const char *
controller_id(const struct cvm_qemu *qemu, const char *type, unsigned index)
{
    for (guint i = 0; i < qemu->layout->controllers->len; i++) {
        const struct cvm_layout_controller *controller =
            g_ptr_array_index(qemu->layout->controllers, i);

        if (g_str_equal(controller->type, type) && controller->index == index &&
            controller->given && cvm_is_set(controller->given->common.alias)) {
            return controller->given->common.alias.value;
        }
    }
    return NULL;
}

static void
set_controller(struct cvm_qemu *qemu, json_t *json, const char *type, unsigned index, unsigned unit)
{
    const char *id = controller_id(qemu, type, index);

    if (id) {
        cvm_qemu_set_format(json, "bus", "%s.%u", id, unit);
    } else {
        cvm_qemu_set_format(json, "bus", "%s%u.%u", type, index, unit);
    }
}

static json_t *
scsi_device(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    struct cvm_disk_place place = cvm_disk_place(disk);
    gboolean lun = cvm_text_is(disk->device, "lun");
    json_t *json = cvm_qemu_driver(lun                                  ? "scsi-block"
                                   : cvm_text_is(disk->device, "cdrom") ? "scsi-cd"
                                                                        : "scsi-hd");

    set_controller(qemu, json, "scsi", place.controller, 0);
    cvm_qemu_set_uint(json, "channel", 0);
    cvm_qemu_set_uint(json, "scsi-id", 0);
    cvm_qemu_set_uint(json, "lun", place.unit);
    if (lun) {
        return json;
    }
    /* What the guest finds in page 0x83; without it QEMU would show the id of the node. */
    if (cvm_is_set(disk->serial)) {
        cvm_qemu_set(json, "device_id", disk->serial.value);
    } else {
        cvm_qemu_set_format(json, "device_id", "drive-scsi%u-0-0-%u", place.controller, place.unit);
    }
    return json;
}

static json_t *
sata_device(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    struct cvm_disk_place place = cvm_disk_place(disk);
    json_t *json = cvm_qemu_driver(cvm_text_is(disk->device, "cdrom") ? "ide-cd" : "ide-hd");

    if (place.controller == 0) { /* the machine's own */
        cvm_qemu_set_format(json, "bus", "ide.%u", place.unit);
    } else {
        set_controller(qemu, json, "sata", place.controller, place.unit);
    }
    return json;
}

static json_t *
usb_device(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    json_t *json = cvm_qemu_driver("usb-storage");

    cvm_qemu_set_usb_port(qemu, json, disk);
    return json;
}

static json_t *
floppy_device(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    json_t *json;

    if (!qemu->has_floppies) { /* q35 has no controller for them */
        cvm_qemu_add_json(qemu, "-device", cvm_qemu_driver("isa-fdc"));
        qemu->has_floppies = TRUE;
    }
    json = cvm_qemu_driver("floppy");
    cvm_qemu_set_uint(json, "unit", cvm_disk_place(disk).unit);
    return json;
}

static json_t *
ide_device(struct cvm_qemu *qemu, const struct cvm_disk *disk)
{
    unsigned number = cvm_disk_number(disk);
    json_t *json = cvm_qemu_driver(cvm_text_is(disk->device, "cdrom") ? "ide-cd" : "ide-hd");

    (void)qemu;
    cvm_qemu_set_format(json, "bus", "ide.%u", number / 2);
    cvm_qemu_set_uint(json, "unit", number % 2);
    return json;
}

static const struct bus {
    const char *bus;
    json_t *(*new_device)(struct cvm_qemu *qemu, const struct cvm_disk *disk);
} buses[] = {
    { "virtio", virtio_device }, { "scsi", scsi_device },  { "sata", sata_device },
    { "usb", usb_device },       { "fdc", floppy_device }, { "ide", ide_device },
};

static const struct bus *
find_bus(const struct cvm_disk *disk)
{
    for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
        if (cvm_text_is(disk->bus, buses[i].bus)) {
            return &buses[i];
        }
    }
    return NULL;
}

static void
set_disk_id(struct cvm_qemu *qemu, json_t *json, const struct cvm_disk *disk)
{
    struct cvm_disk_place place = cvm_disk_place(disk);

    if (cvm_text_is(disk->bus, "scsi")) {
        cvm_qemu_set_id(qemu, json, &disk->common, "scsi%u-0-0-%u", place.controller, place.unit);
    } else if (cvm_text_is(disk->bus, "sata") || cvm_text_is(disk->bus, "fdc")) {
        cvm_qemu_set_id(qemu, json, &disk->common, "%s%u-0-%u", disk->bus.value, place.controller,
                        place.unit);
    } else {
        cvm_qemu_set_id(qemu, json, &disk->common, "%s-disk%u", disk->bus.value,
                        cvm_disk_number(disk));
    }
}

static void
add_disk(struct cvm_qemu *qemu, const struct cvm_disk *disk, unsigned number)
{
    const struct bus *bus = find_bus(disk);
    const char *node = add_nodes(qemu, disk, number);
    int cache = find_cache(disk);
    json_t *json;

    if (!bus) {
        return; /* the reader told */
    }
    json = bus->new_device(qemu, disk);
    if (cvm_is_on(disk->shareable)) {
        cvm_qemu_set_flag(json, "share-rw", TRUE);
    }
    cvm_qemu_set(json, "drive", node);
    set_disk_id(qemu, json, disk);
    if (cvm_text_is(disk->bus, "usb")) {
        cvm_qemu_set_flag(json, "removable", FALSE);
    }
    cvm_qemu_set_boot_index(qemu, json, disk, &disk->common);
    if (cache >= 0) {
        cvm_qemu_set(json, "write-cache", caches[cache].write_cache ? "on" : "off");
    }
    cvm_qemu_set_text_value(json, "serial", &disk->serial);
    cvm_qemu_add_json(qemu, "-device", json);
}

void
cvm_qemu_disks(struct cvm_qemu *qemu)
{
    guint count = qemu->layout->disks->len;

    for (guint i = 0; i < count; i++) {
        add_disk(qemu, g_ptr_array_index(qemu->layout->disks, i), count - i);
    }
}
