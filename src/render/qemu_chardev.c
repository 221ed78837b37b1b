/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Serial ports, channels, consoles and the TPM on QEMU's command line. */
#include <string.h>

#include "render/qemu_device.h"

enum { SERIAL_PORTS = 30 }; /* as in src/model/layout.c: port 0 is a console's */

/* ---- back ends ---- */

static void
append_socket(GString *out, const struct cvm_chardev *chardev)
{
    if (!cvm_text_is(chardev->mode, "connect")) {
        g_string_append(out, ",server=on,wait=off");
    }
}

/* A socket that nobody gave a place for is where the guest's others are: one called as the
 * monitor's (monitor.sock) would take its place, and the guest would answer there. */
static void
append_unix(struct cvm_qemu *qemu, GString *out, const struct cvm_chardev *chardev, const char *id)
{
    const char *name = cvm_is_set(chardev->target) && !strchr(chardev->target.value, '/') &&
                               !g_str_has_suffix(chardev->target.value, ".sock")
                           ? chardev->target.value
                           : id;
    const char *source =
        cvm_is_set(chardev->source) ? chardev->source.value : cvm_qemu_run_path(qemu, name);
    g_autofree char *path = cvm_qemu_escape(source);

    cvm_qemu_need_folder_of(qemu, source);
    g_string_append_printf(out, "socket,id=char%s,path=%s", id, path);
    append_socket(out, chardev);
}

/* "host:port"; the last colon divides, so that an IPv6 address needs no brackets. */
static void
append_tcp(GString *out, const struct cvm_chardev *chardev, const char *id)
{
    const char *source = cvm_is_set(chardev->source) ? chardev->source.value : "";
    const char *colon = strrchr(source, ':');
    g_autofree char *host = colon ? g_strndup(source, (gsize)(colon - source)) : g_strdup(source);
    g_autofree char *escaped = cvm_qemu_escape(host);
    g_autofree char *port = cvm_qemu_escape(colon ? colon + 1 : "");

    g_string_append_printf(out, "socket,id=char%s,host=%s,port=%s", id, escaped, port);
    append_socket(out, chardev);
}

static void
append_file(struct cvm_qemu *qemu, GString *out, const struct cvm_chardev *chardev, const char *id)
{
    const char *source = cvm_is_set(chardev->source) ? chardev->source.value : "/dev/null";
    g_autofree char *path = cvm_qemu_escape(source);

    cvm_qemu_need_folder_of(qemu, source);
    g_string_append_printf(out, "file,id=char%s,path=%s", id, path);
}

static void
add_backend(struct cvm_qemu *qemu, const struct cvm_chardev *chardev, const char *id)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (cvm_text_is(chardev->type, "unix")) {
        append_unix(qemu, out, chardev, id);
    } else if (cvm_text_is(chardev->type, "tcp")) {
        append_tcp(out, chardev, id);
    } else if (cvm_text_is(chardev->type, "file")) {
        append_file(qemu, out, chardev, id);
    } else if (cvm_text_is(chardev->type, "spicevmc")) {
        g_string_append_printf(out, "spicevmc,id=char%s,name=vdagent", id);
    } else {
        g_string_append_printf(out, "%s,id=char%s",
                               cvm_is_set(chardev->type) ? chardev->type.value : "pty", id);
    }
    if (cvm_is_set(chardev->log)) {
        g_autofree char *log = cvm_qemu_escape(chardev->log.value);

        cvm_qemu_need_folder_of(qemu, chardev->log.value);
        g_string_append_printf(out, ",logfile=%s,logappend=off", log);
    }
    cvm_qemu_add(qemu, "-chardev", "%s", out->str);
}

/* Both halves: json goes on with what the device is. */
static json_t *
new_chardev(struct cvm_qemu *qemu, const struct cvm_chardev *chardev, const char *driver,
            const char *kind, unsigned i)
{
    json_t *json = cvm_qemu_driver(driver);
    json_t *named = json_object();
    const char *id = cvm_qemu_set_id(qemu, named, &chardev->common, "%s%u", kind, i);

    add_backend(qemu, chardev, id);
    cvm_qemu_set_format(json, "chardev", "char%s", id);
    json_object_update(json, named);
    json_decref(named);
    return json;
}

/* ---- devices ---- */

/* libvirt's target types, and the device that each is by default. */
static const struct {
    const char *target, *driver;
} serials[] = {
    { "isa-serial", "isa-serial" },
    { "usb-serial", "usb-serial" },
    { "pci-serial", "pci-serial" },
    { "isa-debug", "isa-debugcon" },
};

static const char *
serial_driver(const struct cvm_chardev *serial)
{
    if (cvm_is_set(serial->common.model)) {
        return serial->common.model.value;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(serials); i++) {
        if (cvm_text_is(serial->target, serials[i].target)) {
            return serials[i].driver;
        }
    }
    return "isa-serial";
}

static void
add_serial(struct cvm_qemu *qemu, const struct cvm_chardev *serial, unsigned i)
{
    const char *driver = serial_driver(serial);
    json_t *json = new_chardev(qemu, serial, driver, "serial", i);

    if (g_str_equal(driver, "usb-serial")) {
        cvm_qemu_set_usb_port(qemu, json, serial);
    } else if (g_str_equal(driver, "isa-serial")) {
        cvm_qemu_set_uint(json, "index", cvm_is_set(serial->port) ? serial->port.value : i);
    }
    cvm_qemu_set_place(qemu, json, serial);
    cvm_qemu_add_json(qemu, "-device", json);
}

/* A console on a serial port is the first serial port itself (virDomainDefAddConsoleCompat). */
static void
add_serials(struct cvm_qemu *qemu)
{
    const struct cvm_devices *devices = &qemu->domain->devices;
    const struct cvm_chardev *console = devices->console.items;
    unsigned i = 0;

    if (devices->serial.count == 0 && devices->console.count > 0 &&
        !cvm_text_is(console->target, "virtio")) {
        struct cvm_chardev serial = *console;

        serial.target = (struct cvm_text){ 0 };
        add_serial(qemu, &serial, 0);
    }
    cvm_each (struct cvm_chardev, serial, &devices->serial) {
        add_serial(qemu, serial, i++);
    }
}

static void
add_channels(struct cvm_qemu *qemu)
{
    unsigned i = 0;

    cvm_each (struct cvm_chardev, channel, &qemu->domain->devices.channel) {
        json_t *json = cvm_qemu_driver("virtserialport");
        json_t *rest = new_chardev(qemu, channel, "virtserialport", "channel", i);

        cvm_qemu_set_format(json, "bus", "virtio-serial%u.0", i / SERIAL_PORTS);
        cvm_qemu_set_uint(json, "nr", i % SERIAL_PORTS + 1);
        json_object_update(json, rest);
        json_decref(rest);
        if (cvm_is_set(channel->target)) {
            cvm_qemu_set_text_value(json, "name", &channel->target);
        } else if (cvm_text_is(channel->type, "spicevmc")) {
            cvm_qemu_set(json, "name", "com.redhat.spice.0");
        }
        cvm_qemu_add_json(qemu, "-device", json);
        i++;
    }
}

static void
add_consoles(struct cvm_qemu *qemu)
{
    unsigned i = 0;

    cvm_each (struct cvm_chardev, console, &qemu->domain->devices.console) {
        if (cvm_text_is(console->target, "virtio")) {
            cvm_qemu_add_json(qemu, "-device",
                              new_chardev(qemu, console, "virtconsole", "console", i));
        }
        i++;
    }
}

/* ---- TPM ---- */

static void
add_tpm(struct cvm_qemu *qemu, const struct cvm_tpm *tpm, unsigned i)
{
    json_t *json =
        cvm_qemu_driver(cvm_is_set(tpm->common.model) ? tpm->common.model.value : "tpm-tis");
    json_t *named = json_object();
    const char *id = cvm_qemu_set_id(qemu, named, &tpm->common, "tpm%u", i);

    if (cvm_text_is(tpm->type, "passthrough")) {
        const char *device = cvm_is_set(tpm->source) ? tpm->source.value : "/dev/tpm0";
        g_autofree char *path = cvm_qemu_escape(device);

        cvm_qemu_add(qemu, "-tpmdev", "passthrough,id=tpm-%s,path=%s", id, path);
        cvm_qemu_need_device(qemu, device, TRUE);
    } else {
        g_autofree char *path =
            cvm_qemu_escape(cvm_text_is(tpm->type, "external") && cvm_is_set(tpm->source)
                                ? tpm->source.value
                                : cvm_qemu_run_swtpm(qemu, tpm));

        cvm_qemu_add(qemu, "-chardev", "socket,id=chrtpm,path=%s", path);
        cvm_qemu_add(qemu, "-tpmdev", "emulator,id=tpm-%s,chardev=chrtpm", id);
    }
    cvm_qemu_set_format(json, "tpmdev", "tpm-%s", id);
    json_object_update(json, named);
    json_decref(named);
    cvm_qemu_add_json(qemu, "-device", json);
}

void
cvm_qemu_chardevs(struct cvm_qemu *qemu)
{
    unsigned i = 0;

    add_serials(qemu);
    add_channels(qemu);
    add_consoles(qemu);
    cvm_each (struct cvm_tpm, tpm, &qemu->domain->devices.tpm) {
        add_tpm(qemu, tpm, i++);
    }
}
