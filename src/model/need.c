/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/need.h"

#include "util/i18n.h"

#define MIB (UINT64_C(1) << 20)

/* libvirt gives a video device 16 MiB when nothing is said (formatdomain, "video devices"). */
#define DEFAULT_VRAM (16 * MIB)
/* Flash (at most 8 MiB), option ROMs (up to 512 KiB a device) and small device memory, rounded up.
 */
#define FIRMWARE_AND_ROMS (64 * MIB)
/* QEMU's heap, stacks and vhost buffers: 100 to 300 MiB observed; libvirt's own advice is 256 MiB.
 */
#define PROCESS (256 * MIB)
/* KVM keeps 8 bytes a pinned 4 KiB page (RAM / 512); user and nested page tables take about as much
 * each. */
#define TABLE_DIVISOR 128

static uint64_t
video_memory(const struct cvm_domain *domain)
{
    uint64_t sum = 0;

    cvm_each (struct cvm_video, video, &domain->devices.video) {
        if (!cvm_text_is(video->common.model, "none")) {
            sum += cvm_is_set(video->vram) ? video->vram.value : DEFAULT_VRAM;
        }
    }
    return sum;
}

gboolean
cvm_memory_need(const struct cvm_domain *domain, struct cvm_memory_need *need)
{
    if (!cvm_is_set(domain->memory.size) || domain->memory.size.value > G_MAXUINT64 / 2) {
        return FALSE;
    }
    need->ram = domain->memory.size.value;
    need->video = video_memory(domain);
    need->firmware = FIRMWARE_AND_ROMS;
    need->tables = need->ram / TABLE_DIVISOR;
    need->process = PROCESS;
    need->total = need->ram + need->video + need->firmware + need->tables + need->process;
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
