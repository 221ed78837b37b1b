/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which digest a launch has, and whether it has one at all. cvmdom_launch_validate() says what a
 * platform would refuse; what is checked here is what the calculation rests on, whoever validated:
 * of something half known there is no digest. */
#include <string.h>

#include "attest/digest.h"
#include "util/i18n.h"

#define FOUR_GIB (UINT64_C(1) << 32)
/* Linux, arch/x86/kvm/Kconfig: the most that KVM_MAX_NR_VCPUS can be. */
#define MAX_VCPUS 4096
/* SEV_FEATURES, publication 24593, table B-4. */
#define FEATURE_SNP_ACTIVE UINT64_C(1)

struct guest {
    const char *name;
    gboolean has_vmsas;
    gboolean has_chain; /* pages, metadata: SEV-SNP */
    int (*measure)(const struct attest_measuring *, struct cvmdom_digest *, cvmdom_error **);
};

static const struct guest guests[] = {
    { "sev", FALSE, FALSE, attest_digest_sev },
    { "sev-es", TRUE, FALSE, attest_digest_sev },
    { "sev-snp", TRUE, TRUE, attest_digest_snp },
};

static const struct guest *
find_guest(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(guests); i++) {
        if (g_str_equal(guests[i].name, name)) {
            return &guests[i];
        }
    }
    return NULL;
}

/* ---- what a digest rests on ---- */

static int
check_vcpus(const struct cvmdom_launch *launch, cvmdom_error **error)
{
    if (launch->vcpus == 0 || launch->vcpus > MAX_VCPUS) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("a guest of type '%1$s' has 1 to %2$d vCPUs, of which each is measured, "
              "and this one '%3$llu'; give their number"),
            launch->guest, MAX_VCPUS, (unsigned long long)launch->vcpus);
    }
    return 0;
}

static int
check_cpu(const struct cvmdom_launch *launch, cvmdom_error **error)
{
    gboolean counts = launch->vmm == CVMDOM_VMM_QEMU || launch->vmm == CVMDOM_VMM_SVSM;

    if (counts && launch->signature == 0) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("the signature of the guest's CPU is measured, but not known; give "
              "a CPU model that has one, or the signature"));
    }
    return 0;
}

static int
check_features(const struct cvmdom_launch *launch, const struct guest *guest, cvmdom_error **error)
{
    gboolean active = (launch->features & FEATURE_SNP_ACTIVE) != 0;

    if (active != guest->has_chain) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("SEV_FEATURES of '0x%1$llx' cannot be those of a guest of type '%2$s': "
              "bit 0 is set for SEV-SNP and for nothing else"),
            (unsigned long long)launch->features, launch->guest);
    }
    return 0;
}

/* Who starts which guests, with which of enum cvmdom_vmsa. */
static const struct {
    int vmm;
    gboolean snp_only;
    unsigned vmsas; /* bits */
} vmms[] = {
    { CVMDOM_VMM_QEMU, FALSE,
      1 << CVMDOM_VMSA_DEFAULT | 1 << CVMDOM_VMSA_LEGACY | 1 << CVMDOM_VMSA_FPU },
    { CVMDOM_VMM_EC2, TRUE, 1 << CVMDOM_VMSA_DEFAULT },
    { CVMDOM_VMM_GCE, TRUE, 1 << CVMDOM_VMSA_DEFAULT },
    { CVMDOM_VMM_SVSM, TRUE, 1 << CVMDOM_VMSA_DEFAULT },
};

static int
check_vmm(const struct cvmdom_launch *launch, const struct guest *guest, cvmdom_error **error)
{
    unsigned vmsa = launch->vmsa >= 0 && launch->vmsa <= CVMDOM_VMSA_FPU ? 1U << launch->vmsa : 0;

    for (size_t i = 0; i < G_N_ELEMENTS(vmms); i++) {
        if (vmms[i].vmm == launch->vmm && (vmms[i].vmsas & vmsa) != 0 &&
            (guest->has_chain || !vmms[i].snp_only)) {
            return 0;
        }
    }
    return cvmdom_error_set(
        error, CVMDOM_ERROR_UNSUPPORTED,
        _("nobody is known to start a guest of type '%s' by this VMM with this form of "
          "its vCPUs' first state; leave both at their defaults"),
        launch->guest);
}

static int
check_reset(const struct attest_measuring *measuring, cvmdom_error **error)
{
    if (!measuring->image.facts.has_reset || measuring->image.facts.reset == 0) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("'%1$s' names no reset address for the vCPUs of a guest of type '%2$s', "
              "and QEMU does not start it; use a firmware built for it"),
            cvmdom_firmware_name(measuring->image.firmware), measuring->launch->guest);
    }
    return 0;
}

static int
check_hashes_area(const struct attest_measuring *measuring, const struct guest *guest,
                  cvmdom_error **error)
{
    const struct attest_image *image = &measuring->image;

    if (image->facts.hashes == 0 || image->facts.hashes_size < ATTEST_KERNEL_HASHES_SIZE) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("'%s' has no room for the hashes of kernel, initrd and command line, "
              "and QEMU does not start it; use a firmware built for them "
              "(OvmfPkg/AmdSev), or switch kernelHashes off"),
            cvmdom_firmware_name(image->firmware));
    }
    return guest->has_chain ? attest_sections_check_hashes(image, error) : 0;
}

/* ---- images ---- */

/* Where an image lies that ends at an address. */
static int
place_image(const cvmdom_firmware *firmware, uint64_t end, gboolean in_pages,
            struct attest_image *image, cvmdom_error **error)
{
    size_t size;

    cvmdom_firmware_data(firmware, &size);
    if (size == 0 || size >= end || (in_pages && size % ATTEST_PAGE_SIZE != 0)) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("'%1$s' has '%2$zu' bytes and cannot be measured: an image has whole "
              "pages of '%3$d' bytes for SEV-SNP, and ends below '0x%4$llx'"),
            cvmdom_firmware_name(firmware), size, ATTEST_PAGE_SIZE, (unsigned long long)end);
    }
    image->firmware = firmware;
    image->path = cvmdom_firmware_name(firmware);
    image->size = size;
    image->address = end - size;
    cvmdom_firmware_describe(firmware, &image->facts);
    return 0;
}

static int
place_svsm(struct attest_measuring *measuring, const cvmdom_firmware *svsm, cvmdom_error **error)
{
    uint64_t vars_size = measuring->launch->vars_size;

    if (vars_size % ATTEST_PAGE_SIZE != 0 || vars_size >= measuring->image.address) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("'%1$llu' bytes of variables cannot lie between "
                                  "SVSM and firmware; give the size of the variables' image, whole "
                                  "pages of '%2$d' bytes"),
                                (unsigned long long)vars_size, ATTEST_PAGE_SIZE);
    }
    if (place_image(svsm, measuring->image.address - vars_size, TRUE, &measuring->svsm, error) <
        0) {
        return -1;
    }
    measuring->svsm.path = measuring->launch->svsm; /* the image itself is gone afterwards */
    if (!measuring->svsm.facts.has_svsm ||
        measuring->svsm.facts.svsm_entry >= measuring->svsm.size) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("'%s' does not say where it starts, and so is no SVSM"),
                                cvmdom_firmware_name(svsm));
    }
    measuring->start = (uint32_t)(measuring->svsm.address + measuring->svsm.facts.svsm_entry);
    measuring->others_start = measuring->start;
    return 0;
}

/* ---- kinds of launches ---- */

static int
check_metadata(const struct attest_image *image, cvmdom_error **error)
{
    if (!image->facts.has_metadata) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("'%s' has no SEV metadata, and QEMU does not start a SEV-SNP guest "
              "with it; use a firmware built for SEV-SNP"),
            cvmdom_firmware_name(image->firmware));
    }
    return attest_sections_check(image, error);
}

static int
measure_with_svsm(const struct guest *guest, struct attest_measuring *measuring,
                  struct cvmdom_digest *digest, cvmdom_error **error)
{
    const struct cvmdom_launch *launch = measuring->launch;
    cvmdom_firmware *svsm;
    int result;

    if (!launch->svsm || launch->features != FEATURE_SNP_ACTIVE || launch->kernel_hashes) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("a launch with an SVSM needs the SVSM's image, SEV_FEATURES of '0x1' "
              "and no kernel hashes: of anything else nobody knows the digest"));
    }
    svsm = cvmdom_firmware_read(launch->svsm, error);
    if (!svsm) {
        return -1;
    }
    result = place_svsm(measuring, svsm, error);
    if (result == 0) {
        result = check_metadata(&measuring->svsm, error);
    }
    if (result == 0) {
        result = guest->measure(measuring, digest, error);
    }
    cvmdom_firmware_free(svsm);
    return result;
}

static int
measure_plain(const struct guest *guest, struct attest_measuring *measuring,
              struct cvmdom_digest *digest, cvmdom_error **error)
{
    if (guest->has_vmsas && check_reset(measuring, error) < 0) {
        return -1;
    }
    if (guest->has_chain && check_metadata(&measuring->image, error) < 0) {
        return -1;
    }
    if (measuring->kernel_hashes && check_hashes_area(measuring, guest, error) < 0) {
        return -1;
    }
    measuring->start = ATTEST_RESET_VECTOR;
    measuring->others_start = measuring->image.facts.reset;
    return guest->measure(measuring, digest, error);
}

static int
check_launch(const struct cvmdom_launch *launch, const struct guest *guest, cvmdom_error **error)
{
    if (check_vmm(launch, guest, error) < 0) {
        return -1;
    }
    if (guest->has_vmsas && (check_vcpus(launch, error) < 0 || check_cpu(launch, error) < 0 ||
                             check_features(launch, guest, error) < 0)) {
        return -1;
    }
    if (guest->has_chain && launch->kernel_hashes && !launch->kernel) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("kernelHashes is on without a kernel, and QEMU aborts at the start; "
              "give the kernel, or switch kernelHashes off"));
    }
    if (guest->has_chain && launch->has_nvram) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_UNSUPPORTED,
            _("variables beside the firmware make it a flash device, which QEMU "
              "does not start a SEV-SNP guest with; leave the NVRAM out"));
    }
    return 0;
}

int
attest_launch_digest(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                     cvmdom_measure_fn visit, void *payload, struct cvmdom_digest *digest,
                     cvmdom_error **error)
{
    const struct guest *guest = find_guest(launch->guest);
    struct attest_measuring measuring = {
        .launch = launch,
        .kernel_hashes = launch->kernel_hashes && launch->kernel,
        .visit = visit,
        .payload = payload,
    };
    struct cvmdom_digest result;

    if (!guest || !firmware) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("only SEV, SEV-ES and SEV-SNP guests whose firmware is at hand "
                                  "have a launch digest"));
    }
    if (check_launch(launch, guest, error) < 0 ||
        place_image(firmware, FOUR_GIB, guest->has_chain, &measuring.image, error) < 0) {
        return -1;
    }
    if ((launch->vmm == CVMDOM_VMM_SVSM ? measure_with_svsm(guest, &measuring, &result, error)
                                        : measure_plain(guest, &measuring, &result, error)) < 0) {
        return -1;
    }
    *digest = result;
    return 0;
}

int
cvmdom_launch_digest(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                     cvmdom_measure_fn visit, void *payload, struct cvmdom_digest *digest,
                     cvmdom_error **error)
{
    if (cvmdom_launch_validate(launch, firmware, error) < 0) {
        return -1;
    }
    return attest_launch_digest(launch, firmware, visit, payload, digest, error);
}
