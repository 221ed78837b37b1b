/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's choice among the firmware descriptors (qemu_firmware.c, qemuFirmwareMatchDomain and
 * qemuFirmwareFillDomain), in the three forms it has had since 9.0. A host whose libvirt version is
 * unknown is taken for a new one. */
#include <string.h>

#include "model/need.h"
#include "util/number.h"

/* 9.2 chooses when a domain is defined: by paths too, and passes over what it could not use. */
#define CHOOSES_AT_DEFINE CVM_VERSION(9, 2, 0)
/* Up to 9.10 one malformed descriptor makes the choice fail; 10.7 is known to skip it. Between them
 * it is taken to be skipped: no alarm without a proof. */
#define SKIPS_MALFORMED CVM_VERSION(10, 0, 0)
/* 11.8 takes stateless and combined flash where nothing speaks against it. */
#define ANY_FLASH_MODE CVM_VERSION(11, 8, 0)

/* What libvirt stands for when the machine is not versioned, and no host says more. */
static const struct {
    const char *alias, *canonical;
} aliases[] = { { "q35", "pc-q35-0" }, { "pc", "pc-i440fx-0" } };

struct choice {
    const struct cvm_domain *domain;
    const char *arch, *machine;
    unsigned libvirt;
};

gboolean
cvm_firmware_targets(const struct cvm_firmware *firmware, const char *arch, const char *machine)
{
    for (size_t i = 0; i < G_N_ELEMENTS(aliases); i++) {
        if (g_str_equal(machine, aliases[i].alias)) {
            machine = aliases[i].canonical;
        }
    }
    for (unsigned i = 0; i < firmware->targets.count; i++) {
        const char *target = firmware->targets.items[i];
        size_t length = strlen(arch);

        if (g_str_has_prefix(target, arch) && target[length] == ' ' &&
            g_pattern_match_simple(target + length + 1, machine)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
cvm_firmware_has(const struct cvm_firmware *firmware, const char *feature)
{
    return feature && cvm_strings_contain(&firmware->features, feature);
}

static gboolean
is_flash(const struct cvm_firmware *firmware)
{
    return firmware->device == CVM_FIRMWARE_FLASH_SPLIT ||
           firmware->device == CVM_FIRMWARE_FLASH_COMBINED ||
           firmware->device == CVM_FIRMWARE_FLASH_STATELESS;
}

static gboolean
asks_for_interface(const struct cvm_os *os)
{
    return cvm_is_set(os->firmware);
}

/* firmware='efi' wants UEFI; else the loader's type tells. */
static gboolean
matches_interface(const struct cvm_firmware *firmware, const struct cvm_os *os)
{
    gboolean uefi = cvm_strings_contain(&firmware->interfaces, "uefi");
    gboolean bios = cvm_strings_contain(&firmware->interfaces, "bios");

    if (asks_for_interface(os)) {
        return cvm_text_is(os->firmware, "bios") ? bios : uefi;
    }
    return cvm_text_is(os->type, "rom") ? uefi || bios : uefi;
}

static gboolean
same_path(const struct cvm_text *wanted, const char *path)
{
    return !cvm_is_set(*wanted) || g_strcmp0(wanted->value, path) == 0;
}

static gboolean
matches_paths(const struct cvm_firmware *firmware, const struct cvm_os *os)
{
    return same_path(&os->loader, firmware->executable) &&
           (!is_flash(firmware) || same_path(&os->nvram_template, firmware->nvram_template));
}

static gboolean
matches_smm(const struct cvm_firmware *firmware, const struct choice *choice)
{
    const struct cvm_domain *domain = choice->domain;

    if (!cvm_firmware_has(firmware, "requires-smm")) {
        return !cvm_is_on(domain->os.secure);
    }
    return choice->libvirt < CHOOSES_AT_DEFINE ||
           (!cvm_is_off(domain->features.smm) && !cvm_is_off(domain->os.secure));
}

static gboolean
is_usable_format(const char *format, const struct cvm_text *wanted)
{
    return (g_str_equal(format, "raw") || g_str_equal(format, "qcow2")) &&
           same_path(wanted, format);
}

static gboolean
matches_mode(const struct cvm_firmware *firmware, const struct choice *choice)
{
    const struct cvm_os *os = &choice->domain->os;
    gboolean stateless = firmware->device == CVM_FIRMWARE_FLASH_STATELESS;
    gboolean combined = firmware->device == CVM_FIRMWARE_FLASH_COMBINED;

    if (choice->libvirt < ANY_FLASH_MODE) {
        return (cvm_is_on(os->stateless) ? stateless
                                         : firmware->device == CVM_FIRMWARE_FLASH_SPLIT) &&
               (choice->libvirt < CHOOSES_AT_DEFINE || !cvm_is_off(os->readonly) || combined);
    }
    if (firmware->device != CVM_FIRMWARE_FLASH_SPLIT &&
        (cvm_is_set(os->nvram) || cvm_is_set(os->nvram_template) || cvm_is_set(os->nvram_format))) {
        return FALSE;
    }
    return !(cvm_is_on(os->stateless) && !stateless) && !(cvm_is_off(os->stateless) && stateless) &&
           !(cvm_is_on(os->readonly) && combined) && !(cvm_is_off(os->readonly) && !combined);
}

static gboolean
matches_flash(const struct cvm_firmware *firmware, const struct choice *choice)
{
    const struct cvm_os *os = &choice->domain->os;

    if (!matches_mode(firmware, choice)) {
        return FALSE;
    }
    if (choice->libvirt < CHOOSES_AT_DEFINE) {
        return TRUE;
    }
    return !cvm_text_is(os->type, "rom") &&
           is_usable_format(firmware->executable_format, &os->format) &&
           (firmware->device != CVM_FIRMWARE_FLASH_SPLIT ||
            is_usable_format(firmware->nvram_format, &os->nvram_format));
}

static gboolean
matches_memory(const struct choice *choice)
{
    const struct cvm_os *os = &choice->domain->os;

    if (choice->libvirt < CHOOSES_AT_DEFINE) {
        return TRUE;
    }
    if (cvm_text_is(os->type, "pflash")) {
        return FALSE;
    }
    return choice->libvirt < ANY_FLASH_MODE ||
           !(cvm_is_off(os->stateless) || cvm_is_off(os->readonly) || cvm_is_set(os->nvram) ||
             cvm_is_set(os->nvram_template) || cvm_is_set(os->nvram_format));
}

static gboolean
matches_device(const struct cvm_firmware *firmware, const struct choice *choice)
{
    if (is_flash(firmware)) {
        return matches_flash(firmware, choice);
    }
    return firmware->device == CVM_FIRMWARE_MEMORY ? matches_memory(choice)
                                                   : firmware->device == CVM_FIRMWARE_KERNEL;
}

/* SEV-ES wants both features: libvirt sees a SEV guest whose policy has bit 2. */
static gboolean
matches_guest(const struct cvm_firmware *firmware, enum cvm_guest guest)
{
    switch (guest) {
    case CVM_GUEST_SEV:
        return cvm_firmware_has(firmware, "amd-sev");
    case CVM_GUEST_SEV_ES:
        return cvm_firmware_has(firmware, "amd-sev") && cvm_firmware_has(firmware, "amd-sev-es");
    case CVM_GUEST_SEV_SNP:
        return cvm_firmware_has(firmware, "amd-sev-snp");
    default:
        return TRUE;
    }
}

/* os/firmware/feature: what is asked for must be there, what is declined must not. */
static gboolean
matches_features(const struct cvm_firmware *firmware, const struct cvm_os *os)
{
    cvm_each (struct cvm_firmware_feature, feature, &os->feature) {
        if (cvm_is_set(feature->name) && cvm_is_set(feature->enabled) &&
            cvm_firmware_has(firmware, feature->name.value) != !!feature->enabled.value) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
matches(const struct cvm_firmware *firmware, const struct choice *choice)
{
    const struct cvm_domain *domain = choice->domain;

    return matches_interface(firmware, &domain->os) &&
           (choice->libvirt < CHOOSES_AT_DEFINE || matches_paths(firmware, &domain->os)) &&
           cvm_firmware_targets(firmware, choice->arch, choice->machine) &&
           matches_features(firmware, &domain->os) &&
           (!cvm_is_on(domain->pm.suspend_to_mem) || cvm_firmware_has(firmware, "acpi-s3")) &&
           (!cvm_is_on(domain->pm.suspend_to_disk) || cvm_firmware_has(firmware, "acpi-s4")) &&
           matches_smm(firmware, choice) && matches_device(firmware, choice) &&
           matches_guest(firmware, cvm_domain_guest(domain));
}

/* Before 9.2 libvirt takes the first match and only then finds that it cannot be: "domain has SMM
 * turned off but chosen firmware requires it", "unsupported flash format". */
static gboolean
fails_once_chosen(const struct cvm_firmware *firmware, const struct choice *choice)
{
    if (choice->libvirt >= CHOOSES_AT_DEFINE) {
        return FALSE;
    }
    if (cvm_firmware_has(firmware, "requires-smm") && cvm_is_off(choice->domain->features.smm)) {
        return TRUE;
    }
    return is_flash(firmware) &&
           (!g_str_equal(firmware->executable_format, "raw") ||
            (firmware->nvram_format && !g_str_equal(firmware->nvram_format, "raw")));
}

/* Before 9.2 a domain that says firmware='efi' may not say what libvirt chooses (of
 * virDomainDefOSValidate(), in its order). */
const char *
cvm_firmware_said_too_much(const struct cvm_domain *domain, const struct cvm_host *host)
{
    const struct cvm_os *os = &domain->os;

    if (!host->libvirt_version || host->libvirt_version >= CHOOSES_AT_DEFINE ||
        !asks_for_interface(os)) {
        return NULL;
    }
    return cvm_is_set(os->readonly)         ? "readonly"
           : cvm_is_set(os->type)           ? "type"
           : cvm_is_set(os->loader)         ? "path"
           : cvm_is_set(os->nvram_template) ? "template"
           : cvm_is_off(os->secure)         ? "secure"
                                            : NULL;
}

/* "q35" is the newest version the host's QEMU has, which its capabilities name. */
static const char *
canonical_machine(const struct cvm_host *host, const char *machine)
{
    const char *known = host->domcaps.machine;

    for (size_t i = 0; known && i < G_N_ELEMENTS(aliases); i++) {
        g_autofree char *family = g_strndup(aliases[i].canonical, strlen(aliases[i].canonical) - 1);

        if (g_str_equal(machine, aliases[i].alias) && g_str_has_prefix(known, family)) {
            return known;
        }
    }
    return machine;
}

const struct cvm_firmware *
cvm_firmware_match(const struct cvm_domain *domain, const struct cvm_host *host)
{
    const char *machine = cvm_is_set(domain->os.machine) ? domain->os.machine.value : "pc";
    struct choice choice = {
        .domain = domain,
        .arch = cvm_is_set(domain->os.arch) ? domain->os.arch.value : "x86_64",
        .machine = canonical_machine(host, machine),
        .libvirt = host->libvirt_version ? host->libvirt_version : G_MAXUINT,
    };

    if ((host->malformed_firmware && choice.libvirt < SKIPS_MALFORMED) ||
        cvm_firmware_said_too_much(domain, host)) {
        return NULL;
    }
    for (unsigned i = 0; i < host->n_firmware; i++) {
        if (matches(&host->firmware[i], &choice)) {
            return fails_once_chosen(&host->firmware[i], &choice) ? NULL : &host->firmware[i];
        }
    }
    return NULL;
}
