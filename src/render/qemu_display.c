/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keyboards, pointers, screens and who shows them on QEMU's command line. */
#include <string.h>

#include "render/qemu_device.h"

enum { VNC_PORT = 5900, VNC_DISPLAYS = 99, MIB = 1024 * 1024, VGA_MEMORY = 16 };

/* ---- input ---- */

static const struct {
    const char *type, *usb, *virtio;
} inputs[] = {
    { "tablet", "usb-tablet", "virtio-tablet-pci" },
    { "mouse", "usb-mouse", "virtio-mouse-pci" },
    { "keyboard", "usb-kbd", "virtio-keyboard-pci" },
};

/* PS/2 is the machine's own. */
static void
add_input(struct cvm_qemu *qemu, const struct cvm_input *input, unsigned i)
{
    gboolean virtio = cvm_text_is(input->bus, "virtio");
    json_t *json = NULL;

    for (size_t j = 0; j < G_N_ELEMENTS(inputs); j++) {
        if (cvm_text_is(input->type, inputs[j].type)) {
            json = virtio ? cvm_qemu_virtio(inputs[j].virtio, &input->common)
                          : cvm_qemu_driver(inputs[j].usb);
        }
    }
    if (!json) {
        return; /* the reader told */
    }
    cvm_qemu_set_id(qemu, json, &input->common, "input%u", i);
    if (virtio) {
        cvm_qemu_set_place(qemu, json, input);
    } else {
        cvm_qemu_set_usb_port(qemu, json, input);
    }
    cvm_qemu_add_json(qemu, "-device", json);
}

void
cvm_qemu_inputs(struct cvm_qemu *qemu)
{
    unsigned i = 0;

    cvm_each (struct cvm_input, input, &qemu->domain->devices.input) {
        if (cvm_text_is(input->bus, "virtio") || cvm_text_is(input->bus, "usb")) {
            add_input(qemu, input, i);
        }
        i++;
    }
}

/* ---- who shows the screen ---- */

/* A password is in a file that only the user can read: everybody sees a command line. */
static void
append_password(struct cvm_qemu *qemu, GString *out, const struct cvm_graphics *graphics)
{
    g_autofree char *id = NULL;
    g_autofree char *name = NULL;
    json_t *json;

    if (!cvm_is_set(graphics->password)) {
        return;
    }
    id = g_strdup_printf("%s-password", graphics->type.value);
    name = g_strdup_printf("%s.password", graphics->type.value);
    json = cvm_qemu_object("secret", "%s", id);
    cvm_qemu_set(json, "file", cvm_qemu_run_path(qemu, name));
    cvm_qemu_make_file(qemu, cvm_qemu_run_path(qemu, name), graphics->password.value);
    cvm_qemu_add_json(qemu, "-object", json);
    g_string_append_printf(out, ",password-secret=%s", id);
}

static const char *
socket_path(const struct cvm_graphics *graphics)
{
    if (cvm_is_set(graphics->socket)) {
        return graphics->socket.value;
    }
    return cvm_is_set(graphics->listen) && graphics->listen.value[0] == '/' ? graphics->listen.value
                                                                            : NULL;
}

/* libvirt takes the first port that is free; so does QEMU, when it is told how far to look. */
static void
add_vnc(struct cvm_qemu *qemu, const struct cvm_graphics *graphics)
{
    const char *listen = cvm_is_set(graphics->listen) ? graphics->listen.value : "127.0.0.1";
    g_autofree char *address =
        cvm_qemu_escape(socket_path(graphics) ? socket_path(graphics) : listen);
    g_autoptr(GString) out = g_string_new(NULL);

    if (socket_path(graphics)) {
        g_string_append_printf(out, "vnc=unix:%s", address);
    } else {
        gboolean bare_ipv6 = strchr(address, ':') && address[0] != '[';
        uint64_t port = cvm_is_set(graphics->port) ? graphics->port.value : VNC_PORT;

        g_string_append_printf(out, bare_ipv6 ? "[%s]" : "%s", address);
        g_string_append_printf(out, ":%" G_GUINT64_FORMAT, port - MIN(port, VNC_PORT));
        if (!cvm_is_set(graphics->port)) {
            g_string_append_printf(out, ",to=%d", VNC_DISPLAYS);
        }
    }
    append_password(qemu, out, graphics);
    g_string_append(out, ",audiodev=audio1");
    cvm_qemu_add(qemu, "-vnc", "%s", out->str);
}

static void
add_spice(struct cvm_qemu *qemu, const struct cvm_graphics *graphics)
{
    g_autofree char *address = cvm_qemu_escape(
        socket_path(graphics)
            ? socket_path(graphics)
            : (cvm_is_set(graphics->listen) ? graphics->listen.value : "127.0.0.1"));
    g_autoptr(GString) out = g_string_new(NULL);

    if (socket_path(graphics)) {
        g_string_append_printf(out, "unix=on,addr=%s", address);
    } else {
        g_string_append_printf(out, "%s=%" G_GUINT64_FORMAT ",addr=%s",
                               cvm_is_on(graphics->tls) ? "tls-port" : "port",
                               cvm_is_set(graphics->port) ? graphics->port.value : 0, address);
    }
    if (cvm_is_set(graphics->password)) {
        append_password(qemu, out, graphics);
    } else {
        g_string_append(out, ",disable-ticketing=on");
    }
    g_string_append(out, ",seamless-migration=on");
    cvm_qemu_add(qemu, "-spice", "%s", out->str);
}

/* ---- screens ---- */

static unsigned
vga_memory(const struct cvm_video *video)
{
    return cvm_is_set(video->vram) && video->vram.value >= MIB ? (unsigned)(video->vram.value / MIB)
                                                               : VGA_MEMORY;
}

static json_t *
new_screen(const struct cvm_video *video, gboolean primary)
{
    const char *model = cvm_is_set(video->common.model) ? video->common.model.value : "virtio";
    unsigned heads = cvm_is_set(video->heads) ? (unsigned)video->heads.value : 1;
    json_t *json;

    if (g_str_equal(model, "virtio")) {
        json = cvm_qemu_virtio(primary ? "virtio-vga" : "virtio-gpu-pci", &video->common);
        cvm_qemu_set_uint(json, "max_outputs", heads);
    } else if (g_str_equal(model, "qxl")) {
        json = cvm_qemu_driver(primary ? "qxl-vga" : "qxl");
        cvm_qemu_set_uint(json, "max_outputs", heads);
    } else if (g_str_equal(model, "vga")) {
        json = cvm_qemu_driver(primary ? "VGA" : "secondary-vga");
        cvm_qemu_set_uint(json, "vgamem_mb", vga_memory(video));
    } else if (g_str_equal(model, "bochs")) {
        json = cvm_qemu_driver("bochs-display");
        cvm_qemu_set_uint(json, "vgamem", (uint64_t)vga_memory(video) * MIB);
    } else if (g_str_equal(model, "cirrus")) {
        json = cvm_qemu_driver("cirrus-vga");
    } else {
        json = cvm_qemu_driver(model);
    }
    return json;
}

void
cvm_qemu_displays(struct cvm_qemu *qemu)
{
    const struct cvm_devices *devices = &qemu->domain->devices;
    json_t *audio = json_object();
    unsigned i = 0;

    /* nobody listens, and no program of the host is looked for */
    cvm_qemu_set(audio, "id", "audio1");
    cvm_qemu_set(audio, "driver", "none");
    cvm_qemu_add_json(qemu, "-audiodev", audio);
    cvm_each (struct cvm_graphics, graphics, &devices->graphics) {
        if (cvm_text_is(graphics->type, "vnc")) {
            add_vnc(qemu, graphics);
        } else if (cvm_text_is(graphics->type, "spice")) {
            add_spice(qemu, graphics);
        }
    }
    cvm_each (struct cvm_video, video, &devices->video) {
        if (!cvm_text_is(video->common.model, "none")) {
            json_t *json = new_screen(video, i == 0);

            cvm_qemu_set_id(qemu, json, &video->common, "video%u", i);
            cvm_qemu_set_place(qemu, json, video);
            cvm_qemu_add_json(qemu, "-device", json);
        }
        i++;
    }
}
