/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The firmware image and how it is loaded, from the host's descriptors and from what the images
 * say of themselves. Nothing that fits: all stays unset, and a rule says why. */
#include "model/need.h"
#include "resolve/choose.h"
#include "util/i18n.h"

/* One way to load one image. */
struct candidate {
    const char *loader;
    const char *type; /* pflash | rom */
    const char *format;
    gboolean stateless;
    const char *nvram_template, *nvram_format;
    const char *reason;
};

/* What the user wrote besides holds for every candidate. */
static gboolean
agrees_with_given(const struct cvm_domain *domain, const struct candidate *candidate)
{
    const struct cvm_os *os = &domain->os;
    gboolean wants_store = cvm_is_set(os->nvram) || cvm_is_set(os->nvram_template);

    if (cvm_is_set(os->type) && !g_str_equal(os->type.value, candidate->type)) {
        return FALSE;
    }
    if (cvm_is_set(os->stateless) && os->stateless.value != candidate->stateless) {
        return FALSE;
    }
    return !(wants_store && candidate->stateless);
}

static gboolean
descriptor_fits(const struct cvm_choice *choice, const struct cvm_firmware *firmware)
{
    const struct cvm_domain *domain = choice->domain;

    return cvm_firmware_fits(choice->host, firmware, choice->guest, cvm_domain_wants_smm(domain),
                             cvm_domain_hashes_kernel(domain)) &&
           cvm_firmware_targets(firmware, domain->os.arch.value, domain->os.machine.value);
}

static void
describe(const struct cvm_choice *choice, const struct cvm_firmware *firmware,
         struct candidate *candidate)
{
    gboolean rom = choice->guest == CVM_GUEST_SEV_SNP;

    candidate->loader = firmware->executable;
    candidate->type = rom || firmware->device == CVM_FIRMWARE_MEMORY ? "rom" : "pflash";
    candidate->format = rom ? NULL : firmware->executable_format;
    candidate->reason = _("the first of the host's firmware descriptors that fits this guest");
    if (firmware->device == CVM_FIRMWARE_FLASH_SPLIT) {
        candidate->nvram_template = firmware->nvram_template;
        candidate->nvram_format = firmware->nvram_format;
    } else {
        candidate->stateless = TRUE;
    }
}

static gboolean
find_descriptor(const struct cvm_choice *choice, struct candidate *candidate)
{
    for (unsigned i = 0; i < choice->host->n_firmware; i++) {
        const struct cvm_firmware *firmware = &choice->host->firmware[i];
        struct candidate found = { 0 };

        if (!descriptor_fits(choice, firmware)) {
            continue;
        }
        describe(choice, firmware, &found);
        if (agrees_with_given(choice->domain, &found)) {
            *candidate = found;
            return TRUE;
        }
    }
    return FALSE;
}

/* A complete image that no descriptor names: code and variable store in one file, never written.
 * It must prove that it was built for encryption, so SEV asks for the metadata too. */
static gboolean
find_image(const struct cvm_choice *choice, struct candidate *candidate)
{
    for (unsigned i = 0; i < choice->host->n_images; i++) {
        const struct cvm_ovmf *image = &choice->host->images[i];
        struct candidate found = {
            .loader = image->path,
            .type = choice->guest == CVM_GUEST_SEV_SNP ? "rom" : "pflash",
            .stateless = TRUE,
            .reason = _("an image that is complete and whose own tables prove that it fits"),
        };

        if (cvm_image_is_complete(image) &&
            cvm_image_fits(image, choice->guest, cvm_domain_hashes_kernel(choice->domain)) &&
            !cvm_domain_wants_smm(choice->domain)) {
            if (!agrees_with_given(choice->domain, &found)) {
                found.type = "rom";
            }
            if (agrees_with_given(choice->domain, &found)) {
                *candidate = found;
                return TRUE;
            }
        }
    }
    return FALSE;
}

static void
apply(struct cvm_choice *choice, const struct candidate *candidate)
{
    struct cvm_os *os = &choice->domain->os;
    const char *reason = candidate->reason;
    gboolean raw = !candidate->format || g_str_equal(candidate->format, "raw");

    cvm_choose_text(choice, "firmware.loader", &os->loader, candidate->loader, reason);
    cvm_choose_text(choice, "firmware.type", &os->type, candidate->type,
                    choice->guest == CVM_GUEST_SEV_SNP
                        ? _("KVM has no read-only memory, hence no flash, for a SEV-SNP guest")
                        : reason);
    if (g_str_equal(candidate->type, "pflash")) {
        cvm_choose_flag(choice, "firmware.readonly", &os->readonly, TRUE,
                        _("guests share the image and none may change it"));
    }
    if (candidate->stateless) {
        cvm_choose_flag(choice, "firmware.stateless", &os->stateless, TRUE,
                        _("variables would not be part of the launch measurement"));
    }
    if (!raw) {
        cvm_choose_text(choice, "firmware.format", &os->format, candidate->format, reason);
    }
    if (candidate->nvram_template && !cvm_is_set(os->nvram_template)) {
        cvm_choose_text(choice, "firmware.nvramTemplate", &os->nvram_template,
                        candidate->nvram_template, reason);
        if (candidate->nvram_format && !g_str_equal(candidate->nvram_format, "raw")) {
            cvm_choose_text(choice, "firmware.nvramFormat", &os->nvram_format,
                            candidate->nvram_format, reason);
        }
    }
}

/* The user named the image: how it is loaded follows from the guest, and its variable store from
 * the descriptor that names the same image. */
static void
complete_given(struct cvm_choice *choice)
{
    struct cvm_os *os = &choice->domain->os;
    const struct cvm_host *host = choice->host;
    const struct cvm_ovmf *image = host ? cvm_host_image(host, os->loader.value) : NULL;
    gboolean snp = choice->guest == CVM_GUEST_SEV_SNP;
    gboolean store = cvm_is_set(os->nvram) || cvm_is_set(os->nvram_template);

    cvm_choose_text(choice, "firmware.type", &os->type, snp ? "rom" : "pflash",
                    snp ? _("KVM has no read-only memory, hence no flash, for a SEV-SNP guest")
                        : _("UEFI firmware is loaded as flash"));
    if (cvm_text_is(os->type, "pflash")) {
        cvm_choose_flag(choice, "firmware.readonly", &os->readonly, TRUE,
                        _("guests share the image and none may change it"));
    }
    if (!store && (snp || (image && image->has_vars))) {
        cvm_choose_flag(choice, "firmware.stateless", &os->stateless, TRUE,
                        _("variables would not be part of the launch measurement"));
    }
    for (unsigned i = 0; host && i < host->n_firmware; i++) {
        const struct cvm_firmware *firmware = &host->firmware[i];

        if (firmware->executable && g_str_equal(firmware->executable, os->loader.value) &&
            firmware->nvram_template && !cvm_is_on(os->stateless) &&
            cvm_text_is(os->type, "pflash")) {
            cvm_choose_text(choice, "firmware.nvramTemplate", &os->nvram_template,
                            firmware->nvram_template,
                            _("the variable store that the image's descriptor names"));
            return;
        }
    }
}

void
cvm_resolve_firmware(struct cvm_choice *choice)
{
    struct cvm_os *os = &choice->domain->os;
    struct candidate candidate;

    if (cvm_domain_is_for_kubevirt(choice->domain)) {
        return; /* it has one image for each kind of guest (virtwrap/efi/efi.go) */
    }
    cvm_choose_in(choice, "os", &os->from);
    if (cvm_is_set(os->loader)) {
        complete_given(choice);
    }
    if (os->loader.from.origin != CVM_UNSET) {
        return;
    }
    cvm_choose_text(choice, "firmware", &os->firmware, "auto",
                    _("an image that fits is named, rather than left to libvirt's first match"));
    if (!cvm_text_is(os->firmware, "auto") || !choice->host || !cvm_is_set(os->arch) ||
        !cvm_is_set(os->machine)) {
        return;
    }
    if (find_descriptor(choice, &candidate) || find_image(choice, &candidate)) {
        apply(choice, &candidate);
    }
}
