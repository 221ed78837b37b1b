/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The launch digest of SEV-SNP: the pages of the firmware, those that its metadata names, and the
 * state of the vCPUs, in the order of QEMU's launch updates (target/i386/sev.c:
 * sev_snp_launch_finish() and snp_populate_metadata_pages()). */
#include <string.h>

#include "attest/digest.h"
#include "util/i18n.h"

/* A run: what is measured, and the digest so far. */
struct run {
    const struct attest_measuring *measuring;
    struct attest_page_chain chain;
    uint8_t hashes[ATTEST_PAGE_SIZE]; /* the page of the kernel hashes, when there is one */
};

/* After a step; step->size is that of one of them. */
static void
tell(struct run *run, struct cvmdom_measure_step *step)
{
    if (run->measuring->visit) {
        step->has_address = TRUE;
        step->size *= step->count;
        attest_page_chain_get(&run->chain, &step->digest);
        run->measuring->visit(step, run->measuring->payload);
    }
}

/* ---- images ---- */

static int
add_image(struct run *run, const struct attest_image *image, const char *kind, const char *title,
          cvmdom_error **error)
{
    size_t size;
    const uint8_t *data = cvmdom_firmware_data(image->firmware, &size);
    struct cvmdom_measure_step step = {
        .kind = kind,
        .title = title,
        .file = image->path,
        .address = image->address,
        .size = size,
        .count = 1,
    };

    if (attest_page_chain_add_data(&run->chain, image->address, data, size, error) < 0) {
        return -1;
    }
    tell(run, &step);
    return 0;
}

/* ---- sections of the metadata ---- */

static int
add_hashes(struct run *run, const struct cvmdom_firmware_section *section, cvmdom_error **error)
{
    uint8_t table[ATTEST_KERNEL_HASHES_SIZE];
    struct cvmdom_measure_step step = {
        .kind = "kernel-hashes",
        .title = _("hashes of kernel, initrd and command line"),
        .address = section->address,
        .size = section->size,
        .count = 1,
    };

    if (attest_kernel_hashes_build(run->measuring, table, error) < 0) {
        return -1;
    }
    memset(run->hashes, 0, sizeof(run->hashes));
    memcpy(run->hashes + run->measuring->image.facts.hashes % ATTEST_PAGE_SIZE, table,
           sizeof(table));
    if (attest_page_chain_add_data(&run->chain, section->address, run->hashes, ATTEST_PAGE_SIZE,
                                   error) < 0) {
        return -1;
    }
    tell(run, &step);
    return 0;
}

static int
add_section(struct run *run, const struct cvmdom_firmware_section *section, cvmdom_error **error)
{
    const struct attest_section_type *type = attest_section_type_find(section->type);
    gboolean gce = run->measuring->launch->vmm == CVMDOM_VMM_GCE;
    struct cvmdom_measure_step step = {
        .kind = type->kind,
        .title = _(type->title),
        .address = section->address,
        .size = section->size,
        .count = 1,
    };

    if (section->type == ATTEST_SECTION_KERNEL_HASHES && run->measuring->kernel_hashes) {
        return add_hashes(run, section, error);
    }
    if (attest_page_chain_add_empty(&run->chain, gce ? type->gce_page : type->page,
                                    section->address, section->size, error) < 0) {
        return -1;
    }
    tell(run, &step);
    return 0;
}

/* Those of the type cpuid alone, or all others. */
static int
add_some_sections(struct run *run, const cvmdom_firmware *firmware, gboolean cpuid,
                  cvmdom_error **error)
{
    struct cvmdom_firmware_section section;

    for (size_t i = 0; cvmdom_firmware_section_at(firmware, i, &section) == 0; i++) {
        if ((section.type == ATTEST_SECTION_CPUID) == cpuid &&
            add_section(run, &section, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_sections(struct run *run, const cvmdom_firmware *firmware, cvmdom_error **error)
{
    struct cvmdom_firmware_section section;

    /* Amazon's VMM adds what it found out of CPUID last. */
    if (run->measuring->launch->vmm == CVMDOM_VMM_EC2) {
        return add_some_sections(run, firmware, FALSE, error) < 0
                   ? -1
                   : add_some_sections(run, firmware, TRUE, error);
    }
    for (size_t i = 0; cvmdom_firmware_section_at(firmware, i, &section) == 0; i++) {
        if (add_section(run, &section, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_vmsas(struct run *run, cvmdom_error **error)
{
    uint8_t page[ATTEST_PAGE_SIZE];
    struct cvmdom_measure_step step;

    for (unsigned i = 0; attest_vmsa_group(run->measuring, i, page, &step); i++) {
        if (attest_page_chain_add_vmsa(&run->chain, page, step.count, error) < 0) {
            return -1;
        }
        step.address = ATTEST_VMSA_ADDRESS;
        tell(run, &step);
    }
    return 0;
}

static int
add_all(struct run *run, cvmdom_error **error)
{
    const struct attest_measuring *measuring = run->measuring;
    const struct attest_image *svsm = &measuring->svsm;

    if (add_image(run, &measuring->image, "firmware", _("firmware"), error) < 0 ||
        (svsm->firmware && add_image(run, svsm, "svsm", _("SVSM"), error) < 0)) {
        return -1;
    }
    /* With an SVSM, only its own metadata counts: the firmware runs above it. */
    if (add_sections(run, svsm->firmware ? svsm->firmware : measuring->image.firmware, error) < 0) {
        return -1;
    }
    return add_vmsas(run, error);
}

int
attest_digest_snp(const struct attest_measuring *measuring, struct cvmdom_digest *digest,
                  cvmdom_error **error)
{
    struct run run = { .measuring = measuring };
    int result = attest_page_chain_begin(&run.chain, error);

    if (result == 0) {
        result = add_all(&run, error);
    }
    if (result == 0) {
        attest_page_chain_get(&run.chain, digest);
    }
    attest_page_chain_end(&run.chain);
    return result;
}
