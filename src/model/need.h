/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain needs of its host: sums and matches that resolve/ chooses by and rules/ judge by.
 */
#ifndef CVM_MODEL_NEED_H
#define CVM_MODEL_NEED_H

#include "model/domain.h"
#include "model/host.h"

/* The parts of the least hard_limit that a SEV or SEV-ES guest starts with, in bytes. */
struct cvm_memory_need {
    uint64_t ram;      /* guest memory: the sum of its NUMA cells where it has any */
    uint64_t video;    /* video memory, pinned with the rest */
    uint64_t firmware; /* flash, option ROMs and small device memory: 64 MiB */
    uint64_t tables;   /* KVM's array of pinned pages and page tables: RAM / 128 */
    uint64_t process;  /* QEMU's own heap and stacks: 256 MiB */
    uint64_t total;
};

/* FALSE when the memory size is unset or the sum overflows. */
gboolean
cvm_memory_need(const struct cvm_domain *domain, struct cvm_memory_need *need);

/* What the image must contain for this guest: the first thing that it lacks as a translated noun
 * phrase ("a SEV-ES reset block"), NULL when nothing is missing. */
const char *
cvm_firmware_lacks(const struct cvm_ovmf *image, enum cvm_guest guest, gboolean kernel_hashes);

/* The image fits this guest, as far as it says itself. A 64-bit build that knows SEV has SEV
 * metadata; Debian 12's 4 MiB images have a reset block without, are 32-bit at start, and hang as
 * SEV-ES guests. */
gboolean
cvm_image_fits(const struct cvm_ovmf *image, enum cvm_guest guest, gboolean kernel_hashes);
/* Code and variable store in one file that QEMU can load as a whole, built for encryption: it needs
 * no descriptor. */
gboolean
cvm_image_is_complete(const struct cvm_ovmf *image);
/* The descriptor's firmware fits this guest. A descriptor's word is enough for an image that the
 * host's record does not have; but what the record has counts more. A descriptor for plain SEV
 * needs the image's proof for SEV-ES. */
gboolean
cvm_firmware_fits(const struct cvm_host *host, const struct cvm_firmware *firmware,
                  enum cvm_guest guest, gboolean smm, gboolean kernel_hashes);

/* The guest's kernel is to be measured, so its image must have room for the hashes. Without a
 * kernel the setting asks nothing of the image. */
gboolean
cvm_domain_hashes_kernel(const struct cvm_domain *domain);

/* System Management Mode was asked for, by itself or by a secure loader. */
gboolean
cvm_domain_wants_smm(const struct cvm_domain *domain);

/* A feature of QEMU's firmware descriptors; NULL is none. */
gboolean
cvm_firmware_has(const struct cvm_firmware *firmware, const char *feature);

/* libvirt's own choice among the host's descriptors for firmware='efi': the first that matches this
 * domain (libvirt's qemuFirmwareMatchDomain of the host's version), NULL when none does. */
const struct cvm_firmware *
cvm_firmware_match(const struct cvm_domain *domain, const struct cvm_host *host);

/* What firmware='efi' may not stand beside in this domain, because the host's libvirt is older than
 * 9.2 and chooses it alone: "path", "type" …; NULL when there is no such thing. */
const char *
cvm_firmware_said_too_much(const struct cvm_domain *domain, const struct cvm_host *host);

/* Does one of the descriptor's targets cover this machine? machine may be an alias ("q35"). */
gboolean
cvm_firmware_targets(const struct cvm_firmware *firmware, const char *arch, const char *machine);

#endif
