/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/need.h"

#include "util/i18n.h"

#define MIB (UINT64_C(1) << 20)

/* libvirt gives a video device 16 MiB when nothing is said (formatdomain, "video devices"). */
#define DEFAULT_VRAM (16 * MIB)
/* QXL has three regions; QEMU makes vram and ram 64 MiB each, vgamem 16 MiB. */
#define QXL_VRAM (64 * MIB)
#define QXL_RAM (64 * MIB)
/* Flash (at most 8 MiB), option ROMs (up to 512 KiB a device) and small device memory, rounded up.
 */
#define FIRMWARE_AND_ROMS (64 * MIB)
/* QEMU's heap, stacks and vhost buffers: 100 to 300 MiB observed; libvirt's own advice is 256 MiB.
 */
#define PROCESS (256 * MIB)
/* KVM keeps 8 bytes a pinned 4 KiB page (RAM / 512); user and nested page tables take about as much
 * each. */
#define TABLE_DIVISOR 128

/* QEMU loads -bios images in such units (x86_bios_rom_init). */
enum { ROM_UNIT = 64 * 1024 };

/* Saturates, so that the caller looks for an overflow once. */
static void
add(uint64_t *sum, uint64_t part)
{
    *sum = part > G_MAXUINT64 - *sum ? G_MAXUINT64 : *sum + part;
}

static uint64_t
video_memory(const struct cvm_domain *domain)
{
    uint64_t sum = 0;

    cvm_each (struct cvm_video, video, &domain->devices.video) {
        gboolean qxl = cvm_text_is(video->common.model, "qxl");

        if (!cvm_text_is(video->common.model, "none")) {
            add(&sum, cvm_is_set(video->vram) ? video->vram.value : qxl ? QXL_VRAM : DEFAULT_VRAM);
            add(&sum, qxl ? QXL_RAM + DEFAULT_VRAM : 0);
        }
    }
    /* libvirt adds a screen for a viewer (virDomainDefAddImplicitVideo). */
    if (domain->form == CVM_FORM_XML && domain->devices.video.count == 0 &&
        domain->devices.graphics.count > 0) {
        add(&sum, DEFAULT_VRAM);
    }
    return sum;
}

/* Where the guest has NUMA cells, libvirt puts their sum, and memory devices, in the place of
 * <memory> (virDomainDefPostParseMemory). */
static gboolean
sum_memory(const struct cvm_domain *domain, uint64_t *sum)
{
    gboolean cells = domain->cpu.numa.count > 0;

    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        cells = cells && cvm_is_set(cell->memory);
    }
    if (!cells) {
        *sum = domain->memory.size.value;
        return cvm_is_set(domain->memory.size);
    }
    *sum = 0;
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        add(sum, cell->memory.value);
    }
    cvm_each (struct cvm_memory_device, device, &domain->devices.memory) {
        add(sum, cvm_is_set(device->size) ? device->size.value : 0);
    }
    return TRUE;
}

gboolean
cvm_memory_need(const struct cvm_domain *domain, struct cvm_memory_need *need)
{
    struct cvm_memory_need sum = { .firmware = FIRMWARE_AND_ROMS, .process = PROCESS };

    if (!sum_memory(domain, &sum.ram)) {
        return FALSE;
    }
    sum.video = video_memory(domain);
    sum.tables = sum.ram / TABLE_DIVISOR;
    add(&sum.total, sum.ram);
    add(&sum.total, sum.video);
    add(&sum.total, sum.firmware);
    add(&sum.total, sum.tables);
    add(&sum.total, sum.process);
    if (sum.total == G_MAXUINT64) {
        return FALSE;
    }
    *need = sum;
    return TRUE;
}

const char *
cvm_firmware_lacks(const struct cvm_ovmf *image, enum cvm_guest guest, gboolean kernel_hashes)
{
    if (guest & CVM_GUEST_STATE && (!image->has_reset_block || image->reset_address == 0)) {
        return _("a SEV-ES reset block");
    }
    if (guest == CVM_GUEST_SEV_SNP && !image->has_metadata) {
        return _("SEV metadata");
    }
    if (kernel_hashes && (!image->has_hash_table || image->hash_base == 0)) {
        return _("an area for kernel hashes");
    }
    return NULL;
}

gboolean
cvm_image_fits(const struct cvm_ovmf *image, enum cvm_guest guest, gboolean kernel_hashes)
{
    return !cvm_firmware_lacks(image, guest, kernel_hashes) &&
           (guest != CVM_GUEST_SEV_ES || image->has_metadata);
}

gboolean
cvm_image_is_complete(const struct cvm_ovmf *image)
{
    return image->has_vars && image->size % ROM_UNIT == 0 && image->has_metadata;
}

/* KVM has no read-only memory, hence no flash, for a SEV-SNP guest. */
static gboolean
can_be_loaded(const struct cvm_firmware *firmware, enum cvm_guest guest)
{
    switch (firmware->device) {
    case CVM_FIRMWARE_FLASH_SPLIT:
        return guest != CVM_GUEST_SEV_SNP && firmware->nvram_template;
    case CVM_FIRMWARE_FLASH_STATELESS:
    case CVM_FIRMWARE_MEMORY:
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean
cvm_firmware_fits(const struct cvm_host *host, const struct cvm_firmware *firmware,
                  enum cvm_guest guest, gboolean smm, gboolean kernel_hashes)
{
    const char *wanted = cvm_guest_info(guest)->firmware_feature;
    const struct cvm_ovmf *image =
        firmware->executable ? cvm_host_image(host, firmware->executable) : NULL;
    gboolean told = !wanted || cvm_firmware_has(firmware, wanted);

    if (!firmware->executable || !cvm_strings_contain(&firmware->interfaces, "uefi") ||
        cvm_firmware_has(firmware, "requires-smm") != smm || !can_be_loaded(firmware, guest)) {
        return FALSE;
    }
    if (image) {
        return cvm_image_fits(image, guest, kernel_hashes) &&
               (told || (guest == CVM_GUEST_SEV_ES && cvm_firmware_has(firmware, "amd-sev")));
    }
    return told && !kernel_hashes;
}

gboolean
cvm_domain_hashes_kernel(const struct cvm_domain *domain)
{
    return cvm_domain_guest(domain) & CVM_GUEST_AMD && cvm_is_on(domain->launch.kernel_hashes) &&
           cvm_is_set(domain->os.kernel);
}

gboolean
cvm_domain_wants_smm(const struct cvm_domain *domain)
{
    return cvm_is_on(domain->os.secure) || cvm_is_on(domain->features.smm);
}
