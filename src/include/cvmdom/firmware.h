/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Guest firmware images: their bytes, which are measured at a launch, and what they say of
 * themselves in the table of GUIDed entries that OVMF images end with (EDK II,
 * OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm; QEMU, hw/i386/pc_sysfw_ovmf.c).
 */
#ifndef CVMDOM_FIRMWARE_H
#define CVMDOM_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_firmware cvmdom_firmware;

/**
 * Reads an image, raw as QEMU maps it.
 *
 * @param path  a regular file of at most 64 MiB
 * @param error CVMDOM_ERROR_IO; CVMDOM_ERROR_SYNTAX for an image whose own tables are broken (a
 *              length that leads out of the file, sections that overlap): nothing is measured by
 *              such tables. An image without tables is none of that.
 * @return the caller's to cvmdom_firmware_free(); never changed afterwards; NULL on failure
 */
cvmdom_firmware *
cvmdom_firmware_read(const char *path, cvmdom_error **error);

/** The same from memory.
 *
 * @param name what to call it in messages
 * @param data copied; NULL when size is 0 */
cvmdom_firmware *
cvmdom_firmware_parse(const char *name, const unsigned char *data, size_t size,
                      cvmdom_error **error);

/** Frees it; NULL is allowed. */
void
cvmdom_firmware_free(cvmdom_firmware *firmware);

/** @return its path or name; borrowed. */
const char *
cvmdom_firmware_name(const cvmdom_firmware *firmware);

/** @return its bytes; borrowed. */
const unsigned char *
cvmdom_firmware_data(const cvmdom_firmware *firmware, size_t *size);

/** What an image says of itself; all of it guest-physical addresses and bytes. */
struct cvmdom_firmware_facts {
    int has_table;   /**< nonzero: it ends with a table */
    int has_reset;   /**< nonzero: the table (or an older image) names a reset address */
    uint32_t reset;  /**< where the other vCPUs of a SEV-ES or SEV-SNP guest start; 0: nowhere */
    uint32_t hashes; /**< area for the hashes of kernel, initrd and command line; 0: none */
    uint32_t hashes_size;
    uint32_t secret; /**< area for an injected secret; 0: none */
    uint32_t secret_size;
    int has_metadata;    /**< nonzero: it has SEV metadata, and so was built for SEV-SNP */
    size_t sections;     /**< of the metadata */
    int has_svsm;        /**< nonzero: it is an SVSM, which starts at */
    uint32_t svsm_entry; /**< bytes from where it is loaded */
};

void
cvmdom_firmware_describe(const cvmdom_firmware *firmware, struct cvmdom_firmware_facts *facts);

/** A section of the SEV metadata (OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm). */
struct cvmdom_firmware_section {
    uint32_t address;
    uint32_t size;
    uint32_t type; /**< 1 memory, 2 secrets, 3 CPUID, 4 SVSM calling area, 16 kernel hashes */
};

/** @return 0 and section i in the order of the metadata, or -1 beyond the last. */
int
cvmdom_firmware_section_at(const cvmdom_firmware *firmware, size_t i,
                           struct cvmdom_firmware_section *section);

#ifdef __cplusplus
}
#endif

#endif
