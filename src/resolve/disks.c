/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks: what a bare path means, which bus, which name in the guest. */
#include <string.h>

#include "model/layout.h"
#include "resolve/choose.h"
#include "util/i18n.h"

/* More disks than a profile can have need no more controllers; a name can ask for millions. */
enum { LETTERS = 26, SCSI_CONTROLLERS = 128 };

static const struct {
    const char *bus, *prefix;
} prefixes[] = {
    { "virtio", "vd" }, { "scsi", "sd" }, { "sata", "sd" },
    { "usb", "sd" },    { "fdc", "fd" },  { "ide", "hd" },
};

static const char *
target_prefix(const char *bus)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_equal(bus, prefixes[i].bus)) {
            return prefixes[i].prefix;
        }
    }
    return "vd";
}

/* 0 -> "vda", 25 -> "vdz", 26 -> "vdaa". */
static char *
format_target(const char *prefix, unsigned index)
{
    char letters[8] = "";
    size_t start = sizeof letters - 1;

    do {
        letters[--start] = (char)('a' + index % LETTERS);
        index = index / LETTERS;
    } while (index-- > 0);
    return g_strconcat(prefix, letters + start, NULL);
}

static const char *
source_type(const struct cvm_disk *disk, const char **reason)
{
    *reason = _("what the source looks like");
    if (cvm_is_set(disk->pool)) {
        return "volume";
    }
    if (cvm_is_set(disk->protocol)) {
        return "network";
    }
    if (cvm_is_set(disk->source) && g_str_has_prefix(disk->source.value, "/dev/")) {
        return "block";
    }
    return "file";
}

static const char *
source_format(const struct cvm_disk *disk, const char **reason)
{
    static const char *const formats[] = { "qcow2", "vmdk", "vdi", "vhdx", "qed" };
    const char *dot = cvm_is_set(disk->source) ? strrchr(disk->source.value, '.') : NULL;

    *reason = _("what the file is called; the image itself is never asked");
    for (size_t i = 0; dot && i < G_N_ELEMENTS(formats); i++) {
        if (g_str_equal(dot + 1, formats[i])) {
            return formats[i];
        }
    }
    return "raw";
}

static const char *
choose_bus(const struct cvm_disk *disk, const char **reason)
{
    const char *target = cvm_is_set(disk->target) ? disk->target.value : "";

    *reason = _("what devices of this kind are attached to on a q35 machine");
    if (cvm_text_is(disk->device, "cdrom")) {
        return "sata";
    }
    if (cvm_text_is(disk->device, "floppy")) {
        return "fdc";
    }
    if (cvm_text_is(disk->device, "lun")) {
        return "scsi";
    }
    *reason = _("what the target is called");
    if (g_str_has_prefix(target, "sd")) {
        return "scsi";
    }
    if (g_str_has_prefix(target, "hd")) {
        return "sata"; /* q35 has no IDE */
    }
    *reason = _("the fastest, and the guest's drivers know how to share memory with it");
    return "virtio";
}

static gboolean
is_taken(const struct cvm_list *disks, const char *target)
{
    cvm_each (struct cvm_disk, disk, disks) {
        if (cvm_text_is(disk->target, target)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
choose_target(struct cvm_choice *choice, struct cvm_disk *disk)
{
    const struct cvm_list *disks = &choice->domain->devices.disk;

    for (unsigned index = 0; disk->target.from.origin == CVM_UNSET; index++) {
        g_autofree char *target = format_target(target_prefix(disk->bus.value), index);

        if (!is_taken(disks, target)) {
            cvm_choose_text(choice, "target", &disk->target,
                            cvm_arena_strdup(choice->domain->arena, target),
                            _("the next name that is free on this bus"));
        }
    }
}

static void
choose_source(struct cvm_choice *choice, struct cvm_disk *disk)
{
    const char *reason;
    const char *value = source_type(disk, &reason);

    cvm_choose_text(choice, "type", &disk->type, value, reason);
    if (cvm_is_set(disk->source) && !cvm_text_is(disk->device, "lun")) {
        value = source_format(disk, &reason);
        cvm_choose_text(choice, "format", &disk->format, value, reason);
    } else {
        cvm_choose_text(choice, "format", &disk->format, "raw", _("the only format of its kind"));
    }
}

static void
resolve_disk(struct cvm_choice *choice, struct cvm_disk *disk)
{
    const char *reason;
    const char *value;

    cvm_choose_text(choice, "device", &disk->device, "disk", _("the usual kind"));
    if (!cvm_domain_is_for_kubevirt(choice->domain)) { /* which has volumes instead */
        choose_source(choice, disk);
    }
    value = choose_bus(disk, &reason);
    cvm_choose_text(choice, "bus", &disk->bus, value, reason);
    if (cvm_is_set(disk->bus)) {
        choose_target(choice, disk);
    }
    if (cvm_text_is(disk->device, "cdrom")) {
        cvm_choose_flag(choice, "readonly", &disk->readonly, TRUE, _("it is a CD-ROM"));
    }
}

/* Left alone, libvirt adds each controller that a disk's name belongs to, an emulated LSI one. */
static void
add_scsi_controllers(struct cvm_choice *choice)
{
    struct cvm_devices *devices = &choice->domain->devices;
    unsigned count = 0;
    struct cvm_controller *controllers;

    cvm_each (struct cvm_disk, disk, &devices->disk) {
        if (cvm_text_is(disk->bus, "scsi")) {
            count = MAX(count, MIN(cvm_disk_place(disk).controller, SCSI_CONTROLLERS - 1) + 1);
        }
    }
    if (count == 0) {
        return;
    }
    cvm_choose_in(choice, "devices", &devices->from);
    controllers = cvm_choose_list(choice, "controller", &devices->controller, sizeof *controllers,
                                  count, "scsi", _("a disk asks for a SCSI bus"));
    for (unsigned i = 0; controllers && i < count; i++) {
        cvm_default_text(&controllers[i].type, "scsi", choice->node, controllers[i].from.reason);
        cvm_default_uint(&controllers[i].index, i, choice->node, controllers[i].from.reason);
    }
}

void
cvm_resolve_disks(struct cvm_choice *choice)
{
    struct cvm_domain *domain = choice->domain;
    uint64_t threads = 0;
    unsigned i = 0;

    cvm_each (struct cvm_disk, disk, &domain->devices.disk) {
        cvm_choose_in_item(choice, "devices.disk", i++, &disk->from);
        resolve_disk(choice, disk);
        if (cvm_is_set(disk->iothread)) {
            threads = MAX(threads, disk->iothread.value);
        }
    }
    cvm_each (struct cvm_pin, pin, &domain->vcpu.iothreadpin) {
        threads = MAX(threads, cvm_is_set(pin->id) ? pin->id.value : 0);
    }
    if (threads) {
        cvm_choose_in(choice, "vcpu", &domain->vcpu.from);
        cvm_choose_uint(choice, "iothreads", &domain->vcpu.iothreads, threads,
                        _("the highest I/O thread that a disk or a pin names"));
    }
    add_scsi_controllers(choice);
}
