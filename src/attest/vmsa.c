/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMSAs: the initial state of a vCPU as SEV-ES and SEV-SNP measure it (publication 24593, table
 * B-4; Linux, struct sev_es_save_area). What is in it is KVM's reset state (arch/x86/kvm/svm) and,
 * for Amazon's and Google's VMMs, what those were seen to write. */
#include <string.h>

#include "attest/digest.h"
#include "util/bytes.h"
#include "util/i18n.h"

enum {
    VMSA_ES = 0x000,
    VMSA_CS = 0x010,
    VMSA_SS = 0x020,
    VMSA_DS = 0x030,
    VMSA_FS = 0x040,
    VMSA_GS = 0x050,
    VMSA_GDTR = 0x060,
    VMSA_LDTR = 0x070,
    VMSA_IDTR = 0x080,
    VMSA_TR = 0x090,
    VMSA_EFER = 0x0d0,
    VMSA_CR4 = 0x148,
    VMSA_CR0 = 0x158,
    VMSA_DR7 = 0x160,
    VMSA_DR6 = 0x168,
    VMSA_RFLAGS = 0x170,
    VMSA_RIP = 0x178,
    VMSA_G_PAT = 0x268,
    VMSA_RDX = 0x310,
    VMSA_SEV_FEATURES = 0x3b0,
    VMSA_XCR0 = 0x3e8,
    VMSA_MXCSR = 0x408,
    VMSA_X87_FCW = 0x410,
    /* of a segment */
    SEGMENT_SELECTOR = 0x0,
    SEGMENT_ATTRIBUTES = 0x2,
    SEGMENT_LIMIT = 0x4,
    SEGMENT_BASE = 0x8,
};

struct segment {
    uint16_t at, selector, attributes;
    uint32_t limit;
};

struct field {
    uint16_t at, size;
    uint64_t value;
};

/* Real mode, as after a reset (publication 24593, table 14-1). */
static const struct segment reset_segments[] = {
    { VMSA_ES, 0, 0x93, 0xffff }, { VMSA_CS, 0xf000, 0x9b, 0xffff }, { VMSA_SS, 0, 0x93, 0xffff },
    { VMSA_DS, 0, 0x93, 0xffff }, { VMSA_FS, 0, 0x93, 0xffff },      { VMSA_GS, 0, 0x93, 0xffff },
    { VMSA_GDTR, 0, 0, 0xffff },  { VMSA_LDTR, 0, 0x82, 0xffff },    { VMSA_IDTR, 0, 0, 0xffff },
    { VMSA_TR, 0, 0x8b, 0xffff },
};

static const struct field reset_fields[] = {
    { VMSA_EFER, 8, 0x1000 }, /* SVME, which KVM sets */
    { VMSA_CR4, 8, 0x40 },    /* MCE, likewise */
    { VMSA_CR0, 8, 0x10 },
    { VMSA_DR7, 8, 0x400 },
    { VMSA_DR6, 8, 0xffff0ff0 },
    { VMSA_RFLAGS, 8, 0x2 },
    { VMSA_G_PAT, 8, 0x0007040600070406 },
    { VMSA_XCR0, 8, 0x1 },
};

static const struct field fpu_fields[] = {
    { VMSA_MXCSR, 4, 0x1f80 },
    { VMSA_X87_FCW, 2, 0x37f },
};

/* RDX, which has the processor's signature after a reset, is 0x600 whatever the processor. */
static const struct field ec2_fields[] = {
    { VMSA_SS + SEGMENT_ATTRIBUTES, 2, 0x92 },
    { VMSA_TR + SEGMENT_ATTRIBUTES, 2, 0x83 },
    { VMSA_RDX, 8, 0x600 },
};

static const struct field gce_fields[] = {
    { VMSA_G_PAT, 8, 0x00070106 },
    { VMSA_RDX, 8, 0x600 },
};

/* An SVSM starts in protected mode, with flat segments. The x87 control word is zero, as
 * sev-snp-measure, whose digests are the published ones, has it. */
static const struct segment svsm_segments[] = {
    { VMSA_ES, 0x10, 0xc93, 0xffffffff }, { VMSA_CS, 0x8, 0xc9b, 0xffffffff },
    { VMSA_SS, 0x10, 0xc93, 0xffffffff }, { VMSA_DS, 0x10, 0xc93, 0xffffffff },
    { VMSA_FS, 0x10, 0xc93, 0xffffffff },
};

static const struct field svsm_fields[] = {
    { VMSA_CR0, 8, 0x11 },
    { VMSA_MXCSR, 4, 0x1f80 },
};

static void
put_field(uint8_t *page, const struct field *field)
{
    for (unsigned i = 0; i < field->size; i++) {
        page[field->at + i] = (uint8_t)(field->value >> 8 * i);
    }
}

static void
put_fields(uint8_t *page, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_field(page, &fields[i]);
    }
}

static void
put_segments(uint8_t *page, const struct segment *segments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = page + segments[i].at;

        cvm_put_u16(at + SEGMENT_SELECTOR, segments[i].selector);
        cvm_put_u16(at + SEGMENT_ATTRIBUTES, segments[i].attributes);
        cvm_put_u32(at + SEGMENT_LIMIT, segments[i].limit);
    }
}

static void
put_vmm(uint8_t *page, const struct attest_vmsa *vmsa)
{
    switch (vmsa->vmm) {
    case CVMDOM_VMM_EC2:
        put_fields(page, ec2_fields, G_N_ELEMENTS(ec2_fields));
        if (vmsa->start == ATTEST_RESET_VECTOR) {
            cvm_put_u16(page + VMSA_CS + SEGMENT_ATTRIBUTES, 0x9a);
        }
        break;
    case CVMDOM_VMM_GCE:
        put_fields(page, gce_fields, G_N_ELEMENTS(gce_fields));
        break;
    case CVMDOM_VMM_SVSM:
        put_segments(page, svsm_segments, G_N_ELEMENTS(svsm_segments));
        put_fields(page, svsm_fields, G_N_ELEMENTS(svsm_fields));
        break;
    default:
        if (vmsa->fpu) {
            put_fields(page, fpu_fields, G_N_ELEMENTS(fpu_fields));
        }
    }
}

void
attest_vmsa_build(const struct attest_vmsa *vmsa, uint8_t page[ATTEST_PAGE_SIZE])
{
    gboolean real_mode = vmsa->vmm != CVMDOM_VMM_SVSM;

    memset(page, 0, ATTEST_PAGE_SIZE);
    put_segments(page, reset_segments, G_N_ELEMENTS(reset_segments));
    put_fields(page, reset_fields, G_N_ELEMENTS(reset_fields));
    cvm_put_u64(page + VMSA_RDX, vmsa->signature);
    cvm_put_u64(page + VMSA_SEV_FEATURES, vmsa->features);
    /* Real mode has 16 bits of address; the rest is in the segment's base. */
    cvm_put_u64(page + VMSA_CS + SEGMENT_BASE, real_mode ? vmsa->start & 0xffff0000 : 0);
    cvm_put_u64(page + VMSA_RIP, real_mode ? vmsa->start & 0xffff : vmsa->start);
    put_vmm(page, vmsa);
}

static gboolean
has_fpu(const struct cvmdom_launch *launch)
{
    return launch->vmsa == CVMDOM_VMSA_DEFAULT ? g_str_equal(launch->guest, "sev-snp")
                                               : launch->vmsa == CVMDOM_VMSA_FPU;
}

gboolean
attest_vmsa_group(const struct attest_measuring *measuring, unsigned group,
                  uint8_t page[ATTEST_PAGE_SIZE], struct cvmdom_measure_step *step)
{
    const struct cvmdom_launch *launch = measuring->launch;
    struct attest_vmsa vmsa = {
        .vmm = launch->vmm,
        .fpu = has_fpu(launch),
        .start = group == 0 ? measuring->start : measuring->others_start,
        .signature = launch->signature,
        .features = launch->features,
    };

    *step = (struct cvmdom_measure_step){
        .kind = "vmsa",
        .title = group == 0 ? _("state of the first vCPU") : _("state of each other vCPU"),
        .size = ATTEST_PAGE_SIZE,
        .count = group == 0 ? 1 : launch->vcpus - 1,
    };
    if (group > 1 || step->count == 0) {
        return FALSE;
    }
    attest_vmsa_build(&vmsa, page);
    return TRUE;
}
