/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices, volumes and networks. What KubeVirt adds by itself is switched off where the profile has
 * nothing of the kind. */
#include "render/kubevirt.h"

#include <string.h>

#include "model/kubevirt.h"

/* virt-api, validateCacheMode() and validateIOMode(): other words are refused. */
static const char *const cache_modes[] = { "none", "writeback", "writethrough", "directsync",
                                           NULL };
static const char *const io_modes[] = { "native", "threads", NULL };
/* validateInterfaceModel(), validateVideoTypeAmd64(), validateInputDevices(); I6300ESBWatchdog. */
static const char *const card_models[] = { "virtio", "e1000",   "e1000e", "ne2k_pci",
                                           "pcnet",  "rtl8139", NULL };
static const char *const video_models[] = { "vga", "cirrus", "virtio", "ramfb", "bochs", NULL };
static const char *const input_buses[] = { "virtio", "usb", NULL };
static const char *const actions[] = { "reset", "shutdown", "poweroff", NULL };

static void
write_one_of(struct cvm_yaml *yaml, const char *key, const struct cvm_text *value,
             const char *const *words)
{
    if (cvm_is_set(*value) && g_strv_contains(words, value->value)) {
        cvm_yaml_text(yaml, key, value->value);
    }
}

static void
write_on(struct cvm_yaml *yaml, const char *key, const struct cvm_flag *flag)
{
    if (cvm_is_on(*flag)) {
        cvm_yaml_flag(yaml, key, TRUE);
    }
}

/* "01:00.0" is short for "0000:01:00.0", which alone KubeVirt reads (util/hardware,
 * ParsePciAddress()). */
static void
write_address(struct cvm_yaml *yaml, const struct cvm_text *address)
{
    if (cvm_is_set(*address)) {
        gboolean is_short = strlen(address->value) == strlen("01:00.0");
        g_autofree char *whole = g_strconcat(is_short ? "0000:" : "", address->value, NULL);

        cvm_yaml_text(yaml, "pciAddress", whole);
    }
}

/* ---- disks ---- */

static void
write_target(struct cvm_yaml *yaml, const struct cvm_disk *disk)
{
    gboolean cdrom = cvm_text_is(disk->device, "cdrom");
    gboolean lun = cvm_text_is(disk->device, "lun");

    cvm_yaml_map(yaml, cdrom ? "cdrom" : lun ? "lun" : "disk");
    cvm_kubevirt_text(yaml, "bus", &disk->bus);
    if (cdrom && cvm_is_off(disk->readonly)) {
        cvm_yaml_flag(yaml, "readonly", FALSE);
    } else if (!cdrom) {
        write_on(yaml, "readonly", &disk->readonly);
        if (!lun) {
            write_address(yaml, &disk->common.address);
        }
    }
    cvm_yaml_end(yaml);
}

static void
write_disks(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_list *disks = &domain->devices.disk;
    unsigned i = 0;

    cvm_yaml_list(yaml, "disks");
    cvm_each (struct cvm_disk, disk, disks) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(disks, cvm_disk, i++, "disk");

        cvm_yaml_item(yaml);
        cvm_yaml_text(yaml, "name", name);
        write_target(yaml, disk);
        cvm_kubevirt_uint(yaml, "bootOrder", &disk->common.boot_order);
        cvm_kubevirt_text(yaml, "serial", &disk->serial);
        write_one_of(yaml, "cache", &disk->cache, cache_modes);
        write_one_of(yaml, "io", &disk->io, io_modes);
        write_on(yaml, "shareable", &disk->shareable);
        if (cvm_kubevirt_has_own_thread(domain, disk)) {
            cvm_yaml_flag(yaml, "dedicatedIOThread", TRUE);
        }
        cvm_yaml_end(yaml);
    }
    cvm_yaml_end_unless_empty(yaml);
}

static void
write_volume(struct cvm_yaml *yaml, const struct cvm_disk *disk)
{
    if (cvm_is_set(disk->pvc)) {
        cvm_yaml_map(yaml, "persistentVolumeClaim");
        cvm_yaml_text(yaml, "claimName", disk->pvc.value);
        cvm_yaml_end(yaml);
    } else if (cvm_is_set(disk->data_volume)) {
        cvm_yaml_map(yaml, "dataVolume");
        cvm_yaml_text(yaml, "name", disk->data_volume.value);
        cvm_yaml_end(yaml);
    } else {
        cvm_yaml_map(yaml, "containerDisk");
        cvm_yaml_text(yaml, "image", disk->container_disk.value);
        cvm_yaml_end(yaml);
    }
}

/* A disk without one (--force) stands alone, and virt-api refuses it. */
void
cvm_kubevirt_volumes(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_list *disks = &domain->devices.disk;
    unsigned i = 0;

    cvm_yaml_list(yaml, "volumes");
    cvm_each (struct cvm_disk, disk, disks) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(disks, cvm_disk, i++, "disk");

        if (cvm_is_set(*cvm_disk_volume(disk))) {
            cvm_yaml_item(yaml);
            cvm_yaml_text(yaml, "name", name);
            write_volume(yaml, disk);
            cvm_yaml_end(yaml);
        }
    }
    cvm_yaml_end_unless_empty(yaml);
}

/* ---- interfaces ---- */

static void
write_interface(struct cvm_yaml *yaml, const struct cvm_interface *interface)
{
    if (cvm_is_set(interface->multus)) {
        cvm_kubevirt_empty(yaml, "bridge");
    } else if (cvm_is_on(interface->pod)) {
        cvm_kubevirt_empty(yaml, "masquerade");
    }
    write_one_of(yaml, "model", &interface->common.model, card_models);
    cvm_kubevirt_text(yaml, "macAddress", &interface->mac);
    write_address(yaml, &interface->common.address);
    cvm_kubevirt_uint(yaml, "bootOrder", &interface->common.boot_order);
    if (cvm_is_set(interface->link)) {
        cvm_yaml_text(yaml, "state", interface->link.value);
    }
}

static void
write_interfaces(struct cvm_yaml *yaml, const struct cvm_list *interfaces)
{
    unsigned i = 0;

    cvm_yaml_list(yaml, "interfaces");
    cvm_each (struct cvm_interface, interface, interfaces) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(interfaces, cvm_interface, i++, "net");

        cvm_yaml_item(yaml);
        cvm_yaml_text(yaml, "name", name);
        write_interface(yaml, interface);
        cvm_yaml_end(yaml);
    }
    cvm_yaml_end_unless_empty(yaml);
}

void
cvm_kubevirt_networks(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_list *interfaces = &domain->devices.interface;
    unsigned i = 0;

    cvm_yaml_list(yaml, "networks");
    cvm_each (struct cvm_interface, interface, interfaces) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(interfaces, cvm_interface, i++, "net");

        if (!cvm_is_set(interface->multus) && !cvm_is_on(interface->pod)) {
            continue; /* virt-api refuses an interface without a network */
        }
        cvm_yaml_item(yaml);
        cvm_yaml_text(yaml, "name", name);
        if (cvm_is_set(interface->multus)) {
            cvm_yaml_map(yaml, "multus");
            cvm_yaml_text(yaml, "networkName", interface->multus.value);
            cvm_yaml_end(yaml);
        } else {
            cvm_kubevirt_empty(yaml, "pod");
        }
        cvm_yaml_end(yaml);
    }
    cvm_yaml_end_unless_empty(yaml);
}

/* ---- what there is one of ---- */

static gboolean
has_balloon(const struct cvm_devices *devices)
{
    cvm_each (struct cvm_balloon, balloon, &devices->memballoon) {
        if (!cvm_text_is(balloon->common.model, "none")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_screen(const struct cvm_devices *devices)
{
    cvm_each (struct cvm_graphics, graphics, &devices->graphics) {
        if (!cvm_text_is(graphics->type, "none")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_logged(const struct cvm_devices *devices)
{
    cvm_each (struct cvm_chardev, serial, &devices->serial) {
        if (cvm_is_set(serial->log)) {
            return TRUE;
        }
    }
    cvm_each (struct cvm_chardev, console, &devices->console) {
        if (cvm_is_set(console->log)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
write_attached(struct cvm_yaml *yaml, const struct cvm_devices *devices)
{
    gboolean serial = devices->serial.count > 0 || devices->console.count > 0;

    cvm_yaml_flag(yaml, "autoattachGraphicsDevice", has_screen(devices));
    cvm_yaml_flag(yaml, "autoattachMemBalloon", has_balloon(devices));
    if (devices->interface.count == 0) {
        cvm_yaml_flag(yaml, "autoattachPodInterface", FALSE);
    }
    cvm_yaml_flag(yaml, "autoattachSerialConsole", serial);
    if (serial) {
        cvm_yaml_flag(yaml, "logSerialConsole", is_logged(devices));
    }
    if (devices->vsock.count > 0) {
        cvm_yaml_flag(yaml, "autoattachVSOCK", TRUE);
    }
}

static void
write_queues(struct cvm_yaml *yaml, const struct cvm_devices *devices)
{
    gboolean block = FALSE, network = FALSE;

    cvm_each (struct cvm_disk, disk, &devices->disk) {
        block = block || cvm_is_set(disk->queues);
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        network = network || cvm_is_set(interface->queues);
    }
    if (block) {
        cvm_yaml_flag(yaml, "blockMultiQueue", TRUE);
    }
    if (network) {
        cvm_yaml_flag(yaml, "networkInterfaceMultiqueue", TRUE);
    }
}

static void
write_inputs(struct cvm_yaml *yaml, const struct cvm_list *inputs)
{
    unsigned i = 0;

    cvm_yaml_list(yaml, "inputs");
    cvm_each (struct cvm_input, input, inputs) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(inputs, cvm_input, i++, "input");

        if (cvm_text_is(input->type, "tablet")) {
            cvm_yaml_item(yaml);
            cvm_yaml_text(yaml, "name", name);
            cvm_yaml_text(yaml, "type", input->type.value);
            write_one_of(yaml, "bus", &input->bus, input_buses);
            cvm_yaml_end(yaml);
        }
    }
    cvm_yaml_end_unless_empty(yaml);
}

/* Of several the first: KubeVirt has a place for one. Words that it refuses are left out: its own
 * are what the findings speak of. */
static void
write_singles(struct cvm_yaml *yaml, const struct cvm_devices *devices)
{
    const struct cvm_tpm *tpm = devices->tpm.items;
    const struct cvm_video *video = devices->video.items;
    const struct cvm_watchdog *watchdog = devices->watchdog.items;

    if (devices->rng.count > 0) {
        cvm_kubevirt_empty(yaml, "rng");
    }
    if (devices->tpm.count > 0) {
        cvm_yaml_map(yaml, "tpm");
        /* The state outlives the guest's runs, as with libvirt; KubeVirt's model is then tpm-crb
         * (virtwrap/converter/compute/tpm.go). */
        if (cvm_text_is(tpm->common.model, "tpm-crb")) {
            cvm_yaml_flag(yaml, "persistent", TRUE);
        }
        cvm_yaml_end(yaml);
    }
    if (devices->video.count > 0 && has_screen(devices)) {
        cvm_yaml_map(yaml, "video");
        write_one_of(yaml, "type", &video->common.model, video_models);
        cvm_yaml_end_unless_empty(yaml);
    }
    if (devices->watchdog.count > 0) {
        g_autofree char *name = CVM_KUBEVIRT_NAME(&devices->watchdog, cvm_watchdog, 0, "watchdog");

        cvm_yaml_map(yaml, "watchdog");
        cvm_yaml_text(yaml, "name", name);
        cvm_yaml_map(yaml, "i6300esb"); /* no other on amd64: virt-api, validateWatchdogAmd64() */
        write_one_of(yaml, "action", &watchdog->action, actions);
        cvm_yaml_end(yaml);
        cvm_yaml_end(yaml);
    }
}

void
cvm_kubevirt_devices(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_devices *devices = &domain->devices;

    cvm_yaml_map(yaml, "devices");
    write_attached(yaml, devices);
    write_queues(yaml, devices);
    write_disks(yaml, domain);
    write_interfaces(yaml, &devices->interface);
    write_inputs(yaml, &devices->input);
    write_singles(yaml, devices);
    cvm_yaml_end(yaml);
}
