/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How large the pool is, and whether that is enough. */
#include "guest/swiotlb.h"

#include <string.h>

#include "util/number.h"

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (KIB * MIB)

/* include/linux/swiotlb.h (6.1, 6.12). */
#define SLOTS_A_SEGMENT UINT64_C(128) /* IO_TLB_SEGSIZE */
#define DEFAULT_SIZE (64 * MIB)       /* IO_TLB_DEFAULT_SIZE */

/* arch/x86/mm/mem_encrypt.c (6.12; 6.1: mem_encrypt_amd.c), mem_encrypt_setup_arch(). */
#define PERCENT 6
#define MOST_BY_DEFAULT GIB

/* The pool is one piece of memory below 4 GiB (swiotlb_memblock_alloc(); x86 does not set
 * SWIOTLB_ANY, arch/x86/kernel/pci-dma.c), of which a q35 machine with much memory has 2 GiB
 * (QEMU, hw/i386/pc_q35.c: pc_q35_init(), lowmem). The next power of two does not fit: Linux
 * 6.1.192 in 4 GiB under TCG, told to make it 2 GiB, "Failed to allocate 2147483648 bytes tlb
 * structure", and makes it 1 GiB. */
#define MOST_IN_LOW_MEMORY GIB
/* What is in the pool is lost to all else: more than this part of the memory is not advised. */
#define MOST_OF_MEMORY 4

static uint64_t
round_up_to_power(uint64_t value)
{
    uint64_t power = 1;

    while (power < value && power < UINT64_C(1) << 62) {
        power <<= 1;
    }
    return power;
}

static uint64_t
round_down_to_power(uint64_t value)
{
    uint64_t power = round_up_to_power(value);

    return power > value ? power / 2 : power;
}

/* kernel/dma/swiotlb.c (6.1.192, 6.12): swiotlb_init_remap() makes an area for each possible CPU,
 * and then rounds the pool up: round_up_default_nslabs(). */
uint64_t
cvm_swiotlb_of_slots(uint64_t slots, uint64_t vcpus)
{
    uint64_t areas = round_up_to_power(MAX(vcpus, 1));

    slots = MIN(slots, UINT64_C(1) << 40);
    areas = MIN(areas, UINT64_C(1) << 16);
    return round_up_to_power(MAX(slots, SLOTS_A_SEGMENT * areas)) * CVM_SWIOTLB_SLOT;
}

uint64_t
cvm_swiotlb_default(uint64_t memory, uint64_t vcpus)
{
    uint64_t size = MIN(memory, UINT64_C(1) << 50) * PERCENT / 100;

    size = CLAMP(size, DEFAULT_SIZE, MOST_BY_DEFAULT);
    return cvm_swiotlb_of_slots((size + CVM_SWIOTLB_SLOT - 1) / CVM_SWIOTLB_SLOT, vcpus);
}

/* "524288", "0x80000". 64 MiB are what Linux starts from: it takes them for nothing said
 * (swiotlb_adjust_size()). */
static gboolean
parse_slots(const char *text, uint64_t *slots)
{
    gboolean hex = g_ascii_strncasecmp(text, "0x", 2) == 0;

    return (hex ? cvm_number_parse_hex(text, slots) : cvm_number_parse_decimal(text, slots)) &&
           *slots > 0 && *slots != DEFAULT_SIZE / CVM_SWIOTLB_SLOT;
}

/* What "swiotlb=524288,4,force" says (setup_io_tlb_npages()); the last one counts. */
static void
read_option(struct cvm_swiotlb *swiotlb, const char *option, uint64_t vcpus)
{
    g_auto(GStrv) parts = g_strsplit(option, ",", 0);

    for (char **part = parts; *part; part++) {
        uint64_t slots;

        if (part == parts && parse_slots(*part, &slots)) {
            swiotlb->given = cvm_swiotlb_of_slots(slots, vcpus);
        } else if (g_str_equal(*part, "noforce")) {
            swiotlb->verdict = CVM_SWIOTLB_NONE;
        }
    }
}

static void
read_cmdline(struct cvm_swiotlb *swiotlb, const struct cvm_domain *domain, uint64_t vcpus)
{
    g_auto(GStrv) options = NULL;

    if (!cvm_is_set(domain->os.cmdline)) {
        return;
    }
    options = g_strsplit_set(domain->os.cmdline.value, " \t\n", 0);
    for (char **option = options; *option; option++) {
        if (g_str_has_prefix(*option, "swiotlb=")) {
            read_option(swiotlb, *option + strlen("swiotlb="), vcpus);
        }
    }
}

static void
judge(struct cvm_swiotlb *swiotlb)
{
    uint64_t size = swiotlb->given ? swiotlb->given : swiotlb->by_default;
    uint64_t limit = MIN(round_down_to_power(swiotlb->memory / MOST_OF_MEMORY), MOST_IN_LOW_MEMORY);

    if (swiotlb->verdict == CVM_SWIOTLB_NONE || !swiotlb->memory) {
        return;
    }
    if (size >= swiotlb->usual) {
        swiotlb->verdict = size >= swiotlb->most ? CVM_SWIOTLB_ENOUGH : CVM_SWIOTLB_ORDINARY;
        return;
    }
    swiotlb->verdict = CVM_SWIOTLB_SMALL;
    limit = MIN(round_up_to_power(swiotlb->usual), limit);
    swiotlb->advised = limit > size ? limit : 0;
}

void
cvm_swiotlb_fill(struct cvm_swiotlb *swiotlb, const struct cvm_domain *domain)
{
    uint64_t vcpus = cvm_is_set(domain->vcpu.count) ? domain->vcpu.count.value : 1;

    *swiotlb = (struct cvm_swiotlb){
        .uses = g_array_new(FALSE, FALSE, sizeof(struct cvm_swiotlb_use)),
        .memory = cvm_is_set(domain->memory.size) ? domain->memory.size.value : 0,
    };
    if (swiotlb->memory) {
        swiotlb->by_default = cvm_swiotlb_default(swiotlb->memory, vcpus);
    }
    cvm_swiotlb_add_devices(swiotlb->uses, domain);
    for (guint i = 0; i < swiotlb->uses->len; i++) {
        const struct cvm_swiotlb_use *use =
            &g_array_index(swiotlb->uses, struct cvm_swiotlb_use, i);

        swiotlb->held += use->held;
        swiotlb->usual += use->held + use->usual;
        swiotlb->most += use->held + use->most;
    }
    read_cmdline(swiotlb, domain, vcpus);
    judge(swiotlb);
}

void
cvm_swiotlb_clear(struct cvm_swiotlb *swiotlb)
{
    for (guint i = 0; swiotlb->uses && i < swiotlb->uses->len; i++) {
        g_free(g_array_index(swiotlb->uses, struct cvm_swiotlb_use, i).device);
    }
    g_clear_pointer(&swiotlb->uses, g_array_unref);
}
