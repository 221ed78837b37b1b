/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which drivers a domain's devices need, by their symbols in Linux's configuration (6.12). */
#include <string.h>

#include "guest/guest.h"

static void
add(GPtrArray *symbols, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, " ", 0);

    for (char **word = words; *word; word++) {
        if (!g_ptr_array_find_with_equal_func(symbols, *word, g_str_equal, NULL)) {
            g_ptr_array_add(symbols, g_strdup(*word));
        }
    }
}

/* A word of a device (its bus, its model) and what drives it. Devices that every kernel has a
 * driver for (a keyboard, a VGA text screen) and those that need none are not here. */
struct driver {
    const char *word, *symbols;
};

static const struct driver disk_drivers[] = {
    { "virtio", "VIRTIO_PCI VIRTIO_BLK" },
    { "scsi", "VIRTIO_PCI SCSI_VIRTIO BLK_DEV_SD" },
    { "sata", "SATA_AHCI BLK_DEV_SD" },
    { "usb", "USB_XHCI_HCD USB_STORAGE BLK_DEV_SD" },
};
static const struct driver interface_drivers[] = {
    { "virtio", "VIRTIO_PCI VIRTIO_NET" },
    { "virtio-non-transitional", "VIRTIO_PCI VIRTIO_NET" },
    { "e1000e", "E1000E" },
    { "e1000", "E1000" },
    { "rtl8139", "8139CP" },
};
static const struct driver filesystem_drivers[] = {
    { "virtiofs", "VIRTIO_PCI VIRTIO_FS" },
    { "path", "VIRTIO_PCI NET_9P_VIRTIO 9P_FS" },
};
static const struct driver console_drivers[] = { { "virtio", "VIRTIO_PCI VIRTIO_CONSOLE" } };
static const struct driver tpm_drivers[] = { { "tpm-crb", "TCG_CRB" }, { "tpm-tis", "TCG_TIS" } };
static const struct driver watchdog_drivers[] = {
    { "itco", "ITCO_WDT" },
    { "i6300esb", "I6300ESB_WDT" },
    { "ib700", "IB700_WDT" },
};
static const struct driver video_drivers[] = {
    { "virtio", "VIRTIO_PCI DRM_VIRTIO_GPU" },
    { "vga", "DRM_BOCHS" },
    { "bochs", "DRM_BOCHS" },
};
static const struct driver input_drivers[] = {
    { "virtio", "VIRTIO_PCI VIRTIO_INPUT" },
    { "usb", "USB_XHCI_HCD USB_HID" },
};

static void
add_for(GPtrArray *symbols, const struct driver *drivers, size_t count, const struct cvm_text *word)
{
    for (size_t i = 0; i < count; i++) {
        if (cvm_text_is(*word, drivers[i].word)) {
            add(symbols, drivers[i].symbols);
        }
    }
}

#define ADD_FOR(drivers, word) add_for(symbols, drivers, G_N_ELEMENTS(drivers), &(word))

static void
add_storage(GPtrArray *symbols, const struct cvm_devices *devices)
{
    cvm_each (struct cvm_disk, disk, &devices->disk) {
        ADD_FOR(disk_drivers, disk->bus);
        if (cvm_text_is(disk->device, "cdrom")) {
            add(symbols, "BLK_DEV_SR");
        }
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        ADD_FOR(interface_drivers, interface->common.model);
    }
    cvm_each (struct cvm_filesystem, filesystem, &devices->filesystem) {
        ADD_FOR(filesystem_drivers, filesystem->driver);
    }
}

static void
add_consoles(GPtrArray *symbols, const struct cvm_devices *devices)
{
    if (devices->serial.count > 0) {
        add(symbols, "SERIAL_8250_CONSOLE");
    }
    cvm_each (struct cvm_chardev, console, &devices->console) {
        ADD_FOR(console_drivers, console->target);
    }
    if (devices->channel.count > 0) {
        add(symbols, "VIRTIO_PCI VIRTIO_CONSOLE");
    }
    cvm_each (struct cvm_video, video, &devices->video) {
        ADD_FOR(video_drivers, video->common.model);
    }
    cvm_each (struct cvm_input, input, &devices->input) {
        ADD_FOR(input_drivers, input->bus);
    }
}

static void
add_rest(GPtrArray *symbols, const struct cvm_devices *devices)
{
    if (devices->rng.count > 0) {
        add(symbols, "VIRTIO_PCI HW_RANDOM_VIRTIO");
    }
    if (devices->vsock.count > 0) {
        add(symbols, "VIRTIO_PCI VIRTIO_VSOCKETS");
    }
    cvm_each (struct cvm_tpm, tpm, &devices->tpm) {
        ADD_FOR(tpm_drivers, tpm->common.model);
    }
    cvm_each (struct cvm_watchdog, watchdog, &devices->watchdog) {
        ADD_FOR(watchdog_drivers, watchdog->common.model);
    }
}

char *
cvm_guest_drivers(const struct cvm_domain *domain)
{
    g_autoptr(GPtrArray) symbols = g_ptr_array_new_with_free_func(g_free);

    add_storage(symbols, &domain->devices);
    add_consoles(symbols, &domain->devices);
    add_rest(symbols, &domain->devices);
    if (symbols->len == 0) {
        return NULL;
    }
    g_ptr_array_add(symbols, NULL);
    return g_strjoinv(" ", (char **)symbols->pdata);
}
