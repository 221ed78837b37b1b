/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Launch digests from the inside: digest.c checks and chooses, digest_sev.c and digest_snp.c
 * measure, of what vmsa.c and kernel_hashes.c lay out. */
#ifndef CVM_ATTEST_DIGEST_H
#define CVM_ATTEST_DIGEST_H

#include "attest/attest.h"

enum { ATTEST_PAGE_SIZE = 4096 };

/* An image as it lies in the guest's memory. */
struct attest_image {
    const cvmdom_firmware *firmware; /* NULL: there is none */
    const char *path;                /* lives as long as the caller's launch and firmware */
    struct cvmdom_firmware_facts facts;
    uint64_t address;
    size_t size;
};

/* One digest in the making. */
struct attest_measuring {
    const struct cvmdom_launch *launch;
    struct attest_image image;    /* of the firmware */
    struct attest_image svsm;     /* of CVMDOM_VMM_SVSM */
    gboolean kernel_hashes;       /* there is a table of them */
    uint32_t start, others_start; /* of the first vCPU, and of the others */
    cvmdom_measure_fn visit;      /* NULL: nobody wants to know */
    void *payload;
};

/* ---- digest.c ---- */

/* cvmdom_launch_digest() of a launch that is validated, or that nobody means to start. */
int
attest_launch_digest(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                     cvmdom_measure_fn visit, void *payload, struct cvmdom_digest *digest,
                     cvmdom_error **error);

/* ---- digest_sev.c, digest_snp.c ---- */

int
attest_digest_sev(const struct attest_measuring *measuring, struct cvmdom_digest *digest,
                  cvmdom_error **error);
int
attest_digest_snp(const struct attest_measuring *measuring, struct cvmdom_digest *digest,
                  cvmdom_error **error);

/* ---- vmsa.c: the initial state of a vCPU, as it is measured ---- */

/* Where the first vCPU of a PC starts: 16 bytes below 4 GiB. */
#define ATTEST_RESET_VECTOR 0xfffffff0U

struct attest_vmsa {
    int vmm;            /* enum cvmdom_vmm */
    gboolean fpu;       /* MXCSR and the x87 control word are in it; of CVMDOM_VMM_QEMU */
    uint32_t start;     /* address of the first instruction */
    uint32_t signature; /* CPUID Fn0000_0001 EAX */
    uint64_t features;  /* SEV_FEATURES */
};

/* Overwrites page. */
void
attest_vmsa_build(const struct attest_vmsa *vmsa, uint8_t page[ATTEST_PAGE_SIZE]);
/* vCPUs that are alike, in the order of measuring: group 0 is the first vCPU, 1 all others. FALSE
 * where there is none; step->size is that of one page. */
gboolean
attest_vmsa_group(const struct attest_measuring *measuring, unsigned group,
                  uint8_t page[ATTEST_PAGE_SIZE], struct cvmdom_measure_step *step);

/* ---- kernel_hashes.c ---- */

/* A table of three entries, padded to a multiple of 16. */
enum { ATTEST_KERNEL_HASHES_SIZE = 176 };

/* Reads kernel and initrd; visits the steps "kernel", "initrd" and "cmdline". */
int
attest_kernel_hashes_build(const struct attest_measuring *measuring,
                           uint8_t table[ATTEST_KERNEL_HASHES_SIZE], cvmdom_error **error);

/* ---- page_chain.c: the digest of SEV-SNP's launch updates ---- */

enum { ATTEST_SHA384_SIZE = 48, ATTEST_PAGE_INFO_SIZE = 112 };

/* What the firmware takes for the address of a VMSA, wherever it is. */
#define ATTEST_VMSA_ADDRESS UINT64_C(0x0000fffffffff000)

/* Page types of PAGE_INFO (publication 56860, "PAGE_TYPE" of SNP_LAUNCH_UPDATE). */
enum attest_page_type {
    ATTEST_PAGE_NORMAL = 1,
    ATTEST_PAGE_VMSA = 2,
    ATTEST_PAGE_ZERO = 3,
    ATTEST_PAGE_UNMEASURED = 4,
    ATTEST_PAGE_SECRETS = 5,
    ATTEST_PAGE_CPUID = 6,
};

struct attest_page_chain {
    EVP_MD *md;
    EVP_MD_CTX *context;
    uint8_t info[ATTEST_PAGE_INFO_SIZE]; /* of the next page; it begins with the digest so far */
};

/* Starts at a digest of zeros. To be ended also where this failed. */
int
attest_page_chain_begin(struct attest_page_chain *chain, cvmdom_error **error);
void
attest_page_chain_end(struct attest_page_chain *chain);
/* Goes on from another digest than the one so far. */
void
attest_page_chain_continue(struct attest_page_chain *chain, const struct cvmdom_digest *digest);
/* Pages with contents, of type ATTEST_PAGE_NORMAL; size is of whole pages. */
int
attest_page_chain_add_data(struct attest_page_chain *chain, uint64_t address, const uint8_t *data,
                           size_t size, cvmdom_error **error);
/* Pages of a type whose contents are not measured. */
int
attest_page_chain_add_empty(struct attest_page_chain *chain, enum attest_page_type type,
                            uint64_t address, uint64_t size, cvmdom_error **error);
/* The state of count vCPUs that are alike. */
int
attest_page_chain_add_vmsa(struct attest_page_chain *chain, const uint8_t page[ATTEST_PAGE_SIZE],
                           uint64_t count, cvmdom_error **error);
/* The digest so far. */
void
attest_page_chain_get(const struct attest_page_chain *chain, struct cvmdom_digest *digest);

/* ---- sections.c: what the metadata of an image asks for ---- */

enum {
    ATTEST_SECTION_MEMORY = 1,
    ATTEST_SECTION_SECRETS = 2,
    ATTEST_SECTION_CPUID = 3,
    ATTEST_SECTION_SVSM_CAA = 4,
    ATTEST_SECTION_KERNEL_HASHES = 16,
};

struct attest_section_type {
    uint32_t type;
    int page, gce_page; /* enum attest_page_type that QEMU, EC2 and SVSM, and GCE make of it */
    gboolean single;    /* it must be one page */
    const char *kind, *title; /* of its step; the title is not translated yet */
};

/* NULL for a type that is not known. */
const struct attest_section_type *
attest_section_type_find(uint32_t type);
/* Fails with CVMDOM_ERROR_UNSUPPORTED for what nobody could measure for sure. */
int
attest_sections_check(const struct attest_image *image, cvmdom_error **error);
/* Whether the table of kernel hashes has its place. */
int
attest_sections_check_hashes(const struct attest_image *image, cvmdom_error **error);

#endif
