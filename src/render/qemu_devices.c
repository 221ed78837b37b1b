/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's devices on QEMU's command line, in libvirt's order; those with little to say are
 * here. */
#include <stdio.h>
#include <string.h>

#include "render/qemu_device.h"

/* ---- what the guest starts from ---- */

#define ANY_ORDER(type, list)                                                                      \
    cvm_each (struct type, item, &devices->list) {                                                 \
        if (cvm_is_set(item->common.boot_order)) {                                                 \
            return TRUE;                                                                           \
        }                                                                                          \
    }

static gboolean
has_orders(const struct cvm_devices *devices)
{
    ANY_ORDER(cvm_disk, disk)
    ANY_ORDER(cvm_interface, interface)
    ANY_ORDER(cvm_hostdev, hostdev)
    return FALSE;
}

/* The first device of a kind that os/boot names (virDomainDeviceDefBootOrder of old). */
static const void *
first_of(const struct cvm_qemu *qemu, const char *kind)
{
    if (g_str_equal(kind, "network")) {
        return qemu->domain->devices.interface.items;
    }
    for (guint i = 0; i < qemu->layout->disks->len; i++) {
        const struct cvm_disk *disk = g_ptr_array_index(qemu->layout->disks, i);
        const char *is = cvm_text_is(disk->device, "cdrom")    ? "cdrom"
                         : cvm_text_is(disk->device, "floppy") ? "fd"
                                                               : "hd";

        if (g_str_equal(is, kind)) {
            return disk;
        }
    }
    return NULL;
}

void
cvm_qemu_set_boot_index(const struct cvm_qemu *qemu, json_t *json, const void *item,
                        const struct cvm_device *device)
{
    const struct cvm_list *boot = &qemu->domain->os.boot;
    unsigned i = 1;

    if (cvm_is_set(device->boot_order)) {
        cvm_qemu_set_uint_value(json, "bootindex", &device->boot_order);
    } else if (has_orders(&qemu->domain->devices)) {
        return;
    } else if (boot->count == 0 && first_of(qemu, "hd") == item) {
        cvm_qemu_set_uint(json, "bootindex", 1);
    }
    cvm_each (struct cvm_boot, entry, boot) {
        if (cvm_is_set(entry->dev) && first_of(qemu, entry->dev.value) == item) {
            cvm_qemu_set_uint(json, "bootindex", i);
            return;
        }
        i++;
    }
}

/* ---- shared folders ---- */

static void
add_9p(struct cvm_qemu *qemu, const struct cvm_filesystem *filesystem, const char *id)
{
    g_autofree char *path = cvm_qemu_escape(filesystem->source.value);
    const char *model = cvm_text_is(filesystem->accessmode, "passthrough") ? "passthrough"
                        : cvm_text_is(filesystem->accessmode, "squash")    ? "none"
                                                                           : "mapped";

    cvm_qemu_add(qemu, "-fsdev", "local,security_model=%s,id=fsdev-%s,path=%s%s", model, id, path,
                 cvm_is_on(filesystem->readonly) ? ",readonly=on" : "");
    cvm_qemu_need_file(qemu, filesystem->source.value, !cvm_is_on(filesystem->readonly));
}

/* The daemon of Debian 13 and others; it refuses options that it does not know. */
static void
add_virtiofs(struct cvm_qemu *qemu, const struct cvm_filesystem *filesystem, const char *id)
{
    g_autofree char *name = g_strdup_printf("%s-virtiofs.sock", id);
    const char *path = cvm_qemu_run_path(qemu, name);
    const char *const command[] = {
        "/usr/libexec/virtiofsd",
        "--socket-path",
        path,
        "--shared-dir",
        filesystem->source.value,
        cvm_is_on(filesystem->readonly) ? "--readonly" : NULL,
        NULL,
    };
    g_autofree char *escaped = cvm_qemu_escape(path);

    cvm_qemu_run_beside(qemu, path, command);
    cvm_qemu_add(qemu, "-chardev", "socket,id=chr-vu-%s,path=%s", id, escaped);
}

static void
add_filesystem(struct cvm_qemu *qemu, const struct cvm_filesystem *filesystem, unsigned i)
{
    gboolean virtiofs = cvm_text_is(filesystem->driver, "virtiofs");
    json_t *json =
        cvm_qemu_virtio(virtiofs ? "vhost-user-fs-pci" : "virtio-9p-pci", &filesystem->common);
    const char *id = cvm_qemu_set_id(qemu, json, &filesystem->common, "fs%u", i);

    if (!cvm_is_set(filesystem->source)) {
        json_decref(json);
        return;
    }
    if (virtiofs) {
        add_virtiofs(qemu, filesystem, id);
        cvm_qemu_set_format(json, "chardev", "chr-vu-%s", id);
        cvm_qemu_set_uint_value(json, "queue-size", &filesystem->queue);
        cvm_qemu_set_text_value(json, "tag", &filesystem->target);
    } else {
        add_9p(qemu, filesystem, id);
        cvm_qemu_set_format(json, "fsdev", "fsdev-%s", id);
        cvm_qemu_set_text_value(json, "mount_tag", &filesystem->target);
    }
    cvm_qemu_set_place(qemu, json, filesystem);
    cvm_qemu_add_json(qemu, "-device", json);
}

/* ---- devices of the host ---- */

/* "1af4:1000": vendor and product; "3.12": bus and device, which change when it is plugged in
 * again. */
static json_t *
usb_hostdev(struct cvm_qemu *qemu, const struct cvm_hostdev *hostdev)
{
    json_t *json = cvm_qemu_driver("usb-host");
    unsigned first, second;

    if (sscanf(hostdev->source.value, "%4x:%4x", &first, &second) == 2) {
        cvm_qemu_set_uint(json, "vendorid", first);
        cvm_qemu_set_uint(json, "productid", second);
    } else if (sscanf(hostdev->source.value, "%3u.%3u", &first, &second) == 2) {
        g_autofree char *path = g_strdup_printf("/dev/bus/usb/%03u/%03u", first, second);

        cvm_qemu_set(json, "hostdevice", path);
        cvm_qemu_need_device(qemu, path, TRUE);
    }
    return json;
}

static json_t *
vfio_hostdev(struct cvm_qemu *qemu, const struct cvm_hostdev *hostdev)
{
    json_t *json = cvm_qemu_driver("vfio-pci");

    if (cvm_text_is(hostdev->type, "mdev")) {
        cvm_qemu_set_format(json, "sysfsdev", "/sys/bus/mdev/devices/%s", hostdev->source.value);
        cvm_qemu_set(json, "display", "off");
    } else {
        gboolean is_short =
            strchr(hostdev->source.value, ':') == strrchr(hostdev->source.value, ':');

        cvm_qemu_set_format(json, "host", is_short ? "0000:%s" : "%s", hostdev->source.value);
    }
    cvm_qemu_need_device(qemu, "/dev/vfio/vfio", TRUE);
    return json;
}

/* A SCSI device needs the number of a generic device that only the running host knows: CVM857. */
static void
add_hostdev(struct cvm_qemu *qemu, const struct cvm_hostdev *hostdev, unsigned i)
{
    gboolean usb = cvm_text_is(hostdev->type, "usb");
    json_t *json;

    if (!cvm_is_set(hostdev->source) || cvm_text_is(hostdev->type, "scsi")) {
        return;
    }
    json = usb ? usb_hostdev(qemu, hostdev) : vfio_hostdev(qemu, hostdev);
    cvm_qemu_set_id(qemu, json, &hostdev->common, "hostdev%u", i);
    cvm_qemu_set_boot_index(qemu, json, hostdev, &hostdev->common);
    if (usb) {
        cvm_qemu_set_usb_port(qemu, json, hostdev);
    } else {
        cvm_qemu_set_place(qemu, json, hostdev);
        cvm_qemu_set_rom(json, &hostdev->rom);
    }
    cvm_qemu_add_json(qemu, "-device", json);
}

/* ---- the rest ---- */

/* ICH9 has a watchdog that is strapped off. "dump" is libvirt's work: the guest waits for it. */
static void
add_watchdog(struct cvm_qemu *qemu, const struct cvm_watchdog *watchdog, unsigned i)
{
    if (cvm_text_is(watchdog->common.model, "itco")) {
        cvm_qemu_add(qemu, "-global", "ICH9-LPC.noreboot=off");
    } else {
        json_t *json = cvm_qemu_driver(
            cvm_is_set(watchdog->common.model) ? watchdog->common.model.value : "i6300esb");

        cvm_qemu_set_id(qemu, json, &watchdog->common, "watchdog%u", i);
        cvm_qemu_set_place(qemu, json, watchdog);
        cvm_qemu_add_json(qemu, "-device", json);
    }
    if (i == 0) { /* there is one action for all */
        cvm_qemu_add(qemu, "-watchdog-action", "%s",
                     cvm_text_is(watchdog->action, "dump") ? "pause"
                     : cvm_is_set(watchdog->action)        ? watchdog->action.value
                                                           : "reset");
    }
}

static void
add_balloon(struct cvm_qemu *qemu, const struct cvm_balloon *balloon, unsigned i)
{
    json_t *json;

    if (!cvm_is_set(balloon->common.model) || cvm_text_is(balloon->common.model, "none")) {
        return;
    }
    json = cvm_qemu_virtio("virtio-balloon-pci", &balloon->common);
    cvm_qemu_set_id(qemu, json, &balloon->common, "balloon%u", i);
    cvm_qemu_set_place(qemu, json, balloon);
    cvm_qemu_add_json(qemu, "-device", json);
}

static void
add_rng(struct cvm_qemu *qemu, const struct cvm_rng *rng, unsigned i)
{
    json_t *json = cvm_qemu_virtio("virtio-rng-pci", &rng->common);
    json_t *named = json_object();
    const char *id = cvm_qemu_set_id(qemu, named, &rng->common, "rng%u", i);
    gboolean builtin = cvm_text_is(rng->backend, "builtin");
    json_t *source = cvm_qemu_object(builtin ? "rng-builtin" : "rng-random", "obj%s", id);

    if (!builtin && cvm_is_set(rng->backend)) {
        cvm_qemu_set_text_value(source, "filename", &rng->backend);
        cvm_qemu_need_device(qemu, rng->backend.value, FALSE);
    }
    cvm_qemu_add_json(qemu, "-object", source);
    cvm_qemu_set_format(json, "rng", "obj%s", id);
    json_object_update(json, named);
    json_decref(named);
    if (cvm_is_set(rng->rate_bytes)) {
        cvm_qemu_set_uint_value(json, "max-bytes", &rng->rate_bytes);
        cvm_qemu_set_uint(json, "period",
                          cvm_is_set(rng->rate_period) ? rng->rate_period.value : 1000);
    }
    cvm_qemu_set_place(qemu, json, rng);
    cvm_qemu_add_json(qemu, "-device", json);
}

static void
add_vsock(struct cvm_qemu *qemu, const struct cvm_vsock *vsock, unsigned i)
{
    json_t *json = cvm_qemu_virtio("vhost-vsock-pci", &vsock->common);

    cvm_qemu_set_id(qemu, json, &vsock->common, "vsock%u", i);
    cvm_qemu_set_uint_value(json, "guest-cid", &vsock->cid);
    cvm_qemu_set_place(qemu, json, vsock);
    cvm_qemu_need_device(qemu, "/dev/vhost-vsock", TRUE);
    cvm_qemu_add_json(qemu, "-device", json);
}

#define ADD_EACH(type, list, add)                                                                  \
    i = 0;                                                                                         \
    cvm_each (struct type, item, &devices->list) {                                                 \
        add(qemu, item, i++);                                                                      \
    }

void
cvm_qemu_devices(struct cvm_qemu *qemu)
{
    const struct cvm_devices *devices = &qemu->domain->devices;
    unsigned i;

    cvm_qemu_controllers(qemu);
    cvm_qemu_disks(qemu);
    ADD_EACH(cvm_filesystem, filesystem, add_filesystem)
    cvm_qemu_interfaces(qemu);
    cvm_qemu_chardevs(qemu);
    cvm_qemu_inputs(qemu);
    cvm_qemu_displays(qemu);
    ADD_EACH(cvm_watchdog, watchdog, add_watchdog)
    ADD_EACH(cvm_hostdev, hostdev, add_hostdev)
    ADD_EACH(cvm_balloon, memballoon, add_balloon)
    ADD_EACH(cvm_rng, rng, add_rng)
    ADD_EACH(cvm_vsock, vsock, add_vsock)
}
