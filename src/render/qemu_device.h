/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of QEMU's devices share. */
#ifndef CVM_RENDER_QEMU_DEVICE_H
#define CVM_RENDER_QEMU_DEVICE_H

#include "render/qemu.h"

/* {"driver": base} with the suffix of a virtio model ("-non-transitional"), and iommu_platform. */
json_t *
cvm_qemu_virtio(const char *base, const struct cvm_device *device);
/* "id": the alias that was given, or format. Returned for the ids of back ends, borrowed. */
const char *
cvm_qemu_set_id(struct cvm_qemu *qemu, json_t *json, const struct cvm_device *device,
                const char *format, ...) G_GNUC_PRINTF(4, 5);
/* "bus", "multifunction" and "addr" of what the layout has a place for. */
void
cvm_qemu_set_place(const struct cvm_qemu *qemu, json_t *json, const void *device);
/* "bus" and "port" of a device on USB. */
void
cvm_qemu_set_usb_port(const struct cvm_qemu *qemu, json_t *json, const void *device);
/* "bootindex" of what the guest is to start from. */
void
cvm_qemu_set_boot_index(const struct cvm_qemu *qemu, json_t *json, const void *item,
                        const struct cvm_device *device);
/* "romfile": "" where no option ROM is to be offered. */
void
cvm_qemu_set_rom(json_t *json, const struct cvm_flag *rom);

/* qemu_controllers.c */
void
cvm_qemu_controllers(struct cvm_qemu *qemu);
/* qemu_disk.c */
void
cvm_qemu_disks(struct cvm_qemu *qemu);
/* qemu_interface.c */
void
cvm_qemu_interfaces(struct cvm_qemu *qemu);
/* qemu_chardev.c: serial ports, channels, consoles */
void
cvm_qemu_chardevs(struct cvm_qemu *qemu);
/* qemu_display.c: inputs, screens */
void
cvm_qemu_inputs(struct cvm_qemu *qemu);
void
cvm_qemu_displays(struct cvm_qemu *qemu);

#endif
