/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SEV metadata of an image: which pages each section becomes, and what of it nobody could
 * measure for sure. QEMU takes what it does not know for memory, others refuse it: so do we. */
#include <stdlib.h>

#include "attest/digest.h"
#include "util/i18n.h"

#define FOUR_GIB (UINT64_C(1) << 32)

/* EDK II, OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm; QEMU, include/hw/i386/pc.h. */
static const struct attest_section_type types[] = {
    { ATTEST_SECTION_MEMORY, ATTEST_PAGE_ZERO, ATTEST_PAGE_UNMEASURED, FALSE, "memory",
      N_("memory that the firmware starts with") },
    { ATTEST_SECTION_SECRETS, ATTEST_PAGE_SECRETS, ATTEST_PAGE_SECRETS, TRUE, "secrets",
      N_("secrets page") },
    { ATTEST_SECTION_CPUID, ATTEST_PAGE_CPUID, ATTEST_PAGE_CPUID, TRUE, "cpuid", N_("CPUID page") },
    { ATTEST_SECTION_SVSM_CAA, ATTEST_PAGE_ZERO, ATTEST_PAGE_ZERO, FALSE, "svsm-caa",
      N_("calling area of an SVSM") },
    { ATTEST_SECTION_KERNEL_HASHES, ATTEST_PAGE_ZERO, ATTEST_PAGE_ZERO, FALSE, "kernel-hashes-area",
      N_("area for kernel hashes, empty") },
};

const struct attest_section_type *
attest_section_type_find(uint32_t type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (types[i].type == type) {
            return &types[i];
        }
    }
    return NULL;
}

static int
check_section(const char *name, const struct cvmdom_firmware_section *section, cvmdom_error **error)
{
    const struct attest_section_type *type = attest_section_type_find(section->type);

    if (!type) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("the SEV metadata of '%1$s' has a section of the unknown type "
              "'%2$u', which platforms do not measure alike; use another firmware"),
            name, section->type);
    }
    if (section->size == 0 || section->address % ATTEST_PAGE_SIZE != 0 ||
        section->size % ATTEST_PAGE_SIZE != 0 ||
        (uint64_t)section->address + section->size > FOUR_GIB ||
        (type->single && section->size != ATTEST_PAGE_SIZE)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("the SEV metadata of '%1$s' has a section '%2$s' that cannot be "
                                  "measured: '0x%3$x' bytes at '0x%4$x'; use another firmware"),
                                name, type->kind, section->size, section->address);
    }
    return 0;
}

struct range {
    uint64_t start, end;
};

static int
compare_ranges(const void *a, const void *b)
{
    const struct range *one = a, *other = b;

    return (one->start > other->start) - (one->start < other->start);
}

/* A page that is measured twice is refused by the platform. */
static gboolean
have_overlap(struct range *ranges, size_t count)
{
    qsort(ranges, count, sizeof(*ranges), compare_ranges);
    for (size_t i = 1; i < count; i++) {
        if (ranges[i].start < ranges[i - 1].end) {
            return TRUE;
        }
    }
    return FALSE;
}

int
attest_sections_check(const struct attest_image *image, cvmdom_error **error)
{
    const char *name = cvmdom_firmware_name(image->firmware);
    g_autofree struct range *ranges = g_new(struct range, image->facts.sections + 1);
    struct cvmdom_firmware_section section;
    size_t count = 0;

    ranges[count++] = (struct range){ image->address, image->address + image->size };
    for (size_t i = 0; i < image->facts.sections; i++) {
        if (cvmdom_firmware_section_at(image->firmware, i, &section) < 0 ||
            check_section(name, &section, error) < 0) {
            return -1;
        }
        ranges[count++] =
            (struct range){ section.address, (uint64_t)section.address + section.size };
    }
    if (have_overlap(ranges, count)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("sections of the SEV metadata of '%s' overlap each other or the "
                                  "image, so that no platform starts it; use another firmware"),
                                name);
    }
    return 0;
}

/* The section that has the area's page: one page, and the only section of its type. */
static gboolean
has_section_for(const struct attest_image *image)
{
    uint32_t page = image->facts.hashes - image->facts.hashes % ATTEST_PAGE_SIZE;
    struct cvmdom_firmware_section section;
    unsigned count = 0, right = 0;

    for (size_t i = 0; cvmdom_firmware_section_at(image->firmware, i, &section) == 0; i++) {
        if (section.type == ATTEST_SECTION_KERNEL_HASHES) {
            count++;
            right += section.address == page && section.size == ATTEST_PAGE_SIZE;
        }
    }
    return count == 1 && right == 1;
}

int
attest_sections_check_hashes(const struct attest_image *image, cvmdom_error **error)
{
    if (image->facts.hashes % ATTEST_PAGE_SIZE > ATTEST_PAGE_SIZE - ATTEST_KERNEL_HASHES_SIZE ||
        !has_section_for(image)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("the SEV metadata of '%s' has no section of one page for the kernel "
              "hashes; use a firmware built for them (OvmfPkg/AmdSev)"),
            cvmdom_firmware_name(image->firmware));
    }
    return 0;
}
