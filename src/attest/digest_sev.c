/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The launch digest of SEV and SEV-ES: one SHA-256 over all that is encrypted into the guest, in
 * the order of QEMU's LAUNCH_UPDATE_DATA and KVM's LAUNCH_UPDATE_VMSA commands. */
#include <string.h>

#include "attest/digest.h"
#include "util/i18n.h"

enum { SHA256_SIZE = 32 };

/* The digest so far, without ending it. */
static int
peek(const EVP_MD_CTX *context, struct cvmdom_digest *digest, cvmdom_error **error)
{
    g_autoptr(EVP_MD_CTX) copy = EVP_MD_CTX_new();

    digest->size = SHA256_SIZE;
    if (!copy || EVP_MD_CTX_copy_ex(copy, context) != 1 ||
        EVP_DigestFinal_ex(copy, digest->bytes, NULL) != 1) {
        return attest_crypto_error(error);
    }
    return 0;
}

/* Hashes data count times. */
static int
add(const struct attest_measuring *measuring, EVP_MD_CTX *context, const void *data,
    struct cvmdom_measure_step *step, cvmdom_error **error)
{
    for (uint64_t i = 0; i < step->count; i++) {
        if (EVP_DigestUpdate(context, data, step->size) != 1) {
            return attest_crypto_error(error);
        }
    }
    if (measuring->visit) {
        if (peek(context, &step->digest, error) < 0) {
            return -1;
        }
        step->size *= step->count;
        measuring->visit(step, measuring->payload);
    }
    return 0;
}

static int
add_firmware(const struct attest_measuring *measuring, EVP_MD_CTX *context, cvmdom_error **error)
{
    size_t size;
    const void *data = cvmdom_firmware_data(measuring->image.firmware, &size);
    struct cvmdom_measure_step step = {
        .kind = "firmware",
        .title = _("firmware"),
        .file = measuring->image.path,
        .size = size,
        .count = 1,
    };

    return add(measuring, context, data, &step, error);
}

static int
add_kernel_hashes(const struct attest_measuring *measuring, EVP_MD_CTX *context,
                  cvmdom_error **error)
{
    uint8_t table[ATTEST_KERNEL_HASHES_SIZE];
    struct cvmdom_measure_step step = {
        .kind = "kernel-hashes",
        .title = _("hashes of kernel, initrd and command line"),
        .size = sizeof(table),
        .count = 1,
    };

    return attest_kernel_hashes_build(measuring, table, error) < 0
               ? -1
               : add(measuring, context, table, &step, error);
}

static int
add_vmsas(const struct attest_measuring *measuring, EVP_MD_CTX *context, cvmdom_error **error)
{
    uint8_t page[ATTEST_PAGE_SIZE];
    struct cvmdom_measure_step step;

    for (unsigned i = 0; attest_vmsa_group(measuring, i, page, &step); i++) {
        if (add(measuring, context, page, &step, error) < 0) {
            return -1;
        }
    }
    return 0;
}

int
attest_digest_sev(const struct attest_measuring *measuring, struct cvmdom_digest *digest,
                  cvmdom_error **error)
{
    gboolean with_vmsas = g_str_equal(measuring->launch->guest, "sev-es");
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();

    if (!context || EVP_DigestInit_ex2(context, EVP_sha256(), NULL) != 1) {
        return attest_crypto_error(error);
    }
    if (add_firmware(measuring, context, error) < 0 ||
        (measuring->kernel_hashes && add_kernel_hashes(measuring, context, error) < 0) ||
        (with_vmsas && add_vmsas(measuring, context, error) < 0)) {
        return -1;
    }
    *digest = (struct cvmdom_digest){ .size = SHA256_SIZE };
    return EVP_DigestFinal_ex(context, digest->bytes, NULL) == 1 ? 0 : attest_crypto_error(error);
}
