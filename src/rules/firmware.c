/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM401 to CVM407: machine and firmware. */
#include <string.h>

#include "model/need.h"
#include "rules/devices.h"
#include "rules/rule.h"
#include "util/i18n.h"
#include "util/number.h"

static void
check_q35(struct cvm_check *check)
{
    const struct cvm_text *machine = &check->domain->os.machine;
    const char *name = cvm_is_set(*machine) ? machine->value : NULL;
    struct cvm_from place = name ? machine->from : check->domain->os.from;
    const struct cvm_node *type = cvm_node_child(place.node, "type"); /* of XML */
    gboolean modern;

    if (machine->from.origin == CVM_INVALID ||
        (name && strstr(name, "q35"))) { /* "q35", "pc-q35-9.2", "ubuntu-q35" */
        return;
    }
    if (!name && type) {
        place.node = type;
    }
    /* libvirt's default machine of x86 is 'pc', in whatever version QEMU has. Its guide to SEV
     * discourages from it, and shows how it works: docs/kbase/launch_security_sev.rst. */
    modern = check->guest != CVM_GUEST_SEV_SNP &&
             (!name || g_str_equal(name, "pc") || strstr(name, "i440fx")) &&
             cvm_virtio_is_modern(check);
    cvm_fix(
        cvm_report_as(
            check, modern ? CVM_WARNING : CVM_SEVERE, &place,
            modern
                ? _("The machine is '%1$s', but a %2$s guest wants 'q35': its devices work "
                    "here, too, but firmware with Secure Boot or System Management Mode does not, "
                    "and hardly anybody tests it.")
                : _("The machine is '%1$s', but a %2$s guest wants 'q35': elsewhere virtio devices "
                    "come up in their legacy form, which cannot reach encrypted memory, and the "
                    "guest finds no disk."),
            name ? name : "pc", cvm_guest_info(check->guest)->title),
        check->domain->form == CVM_FORM_XML
            ? _("Write '<type arch='x86_64' machine='q35'>hvm</type>'.")
            : _("Set the machine to 'q35'."));
}

/* "pc-q35-9.2" -> 9002000; FALSE for a distribution's own names ("pc-q35-rhel9.4.0"). */
static gboolean
parse_machine(const char *machine, unsigned *version)
{
    const char *number = machine + strlen("pc-q35-");

    return g_str_has_prefix(machine, "pc-q35-") && cvm_version_parse(number, version) &&
           strspn(number, "0123456789.") == strlen(number);
}

static void
check_machine(struct cvm_check *check)
{
    const struct cvm_text *machine = &check->domain->os.machine;
    const struct cvm_host *host = check->host;
    unsigned wanted, newest;

    if (!cvm_is_given(*machine) || !parse_machine(machine->value, &wanted) ||
        cvm_domain_is_for_kubevirt(check->domain)) { /* which has a QEMU of its own */
        return;
    }
    if (host->qemu_version) {
        if (wanted > host->qemu_version) {
            g_autofree char *qemu = cvm_version_format(host->qemu_version);

            cvm_fix(cvm_report(
                        check, &machine->from,
                        _("Machine '%1$s' is newer than the host's QEMU %2$s, which does not offer "
                          "it: libvirt refuses the domain."),
                        machine->value, qemu),
                    _("Write 'q35', which is the newest one that the host has."));
        }
    } else if (host->has_domcaps && host->domcaps.machine &&
               parse_machine(host->domcaps.machine, &newest) && wanted > newest) {
        cvm_fix(cvm_report_as(
                    check, CVM_WARNING, &machine->from,
                    _("Machine '%1$s' is newer than '%2$s', which the host's capabilities speak "
                      "of: the host has it only if its 'q35' is newer than that."),
                    machine->value, host->domcaps.machine),
                _("Write 'q35', which is the newest one that the host has."));
    }
}

static const char *
host_name(const struct cvm_host *host)
{
    return host->name ? host->name : host->file;
}

/* The first descriptor of an image, NULL when none names it. */
static const struct cvm_firmware *
find_descriptor(const struct cvm_host *host, const char *executable)
{
    for (unsigned i = 0; host && i < host->n_firmware; i++) {
        if (g_strcmp0(host->firmware[i].executable, executable) == 0) {
            return &host->firmware[i];
        }
    }
    return NULL;
}

/* SeaBIOS by its usual names (bios.bin, bios-256k.bin), or a descriptor that says so. */
static gboolean
is_bios(const struct cvm_host *host, const char *loader)
{
    g_autofree char *base = g_path_get_basename(loader);
    const struct cvm_firmware *firmware = find_descriptor(host, loader);

    if (firmware) {
        return cvm_strings_contain(&firmware->interfaces, "bios") &&
               !cvm_strings_contain(&firmware->interfaces, "uefi");
    }
    /* SeaBIOS is bios.bin, bios-256k.bin and the like; what ends in .fd was built by edk2. */
    return (g_str_has_prefix(base, "bios") && !g_str_has_suffix(base, ".fd")) ||
           g_str_has_prefix(base, "seabios");
}

static const struct cvm_node *
type_attribute(const struct cvm_check *check)
{
    gboolean xml = check->domain->form == CVM_FORM_XML && !cvm_is_unset(check->domain->os);

    return xml ? cvm_node_attribute(check->domain->os.from.node, "type") : NULL;
}

static void
check_uefi(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_from *place = NULL;
    const char *name = "SeaBIOS";

    if (cvm_is_set(os->loader)) {
        if (is_bios(check->host, os->loader.value)) {
            place = &os->loader.from;
            name = os->loader.value;
        }
    } else if (cvm_text_is(os->firmware, "bios")) {
        place = &os->firmware.from;
    } else if (check->domain->form == CVM_FORM_XML && cvm_is_unset(os->loader) &&
               cvm_is_unset(os->firmware) && !type_attribute(check) &&
               !cvm_node_child(os->from.node, "loader") &&
               !cvm_node_child(os->from.node, "nvram") && os->feature.count == 0) {
        /* libvirt refuses a loader without a path, CVM415 */
        place = &os->from; /* QEMU's default */
    }
    if (place) {
        cvm_fix(
            cvm_report(
                check, place,
                _("The guest boots with a BIOS ('%1$s'), which knows nothing of memory encryption: "
                  "a %2$s guest hangs before it shows anything, and libvirt reports no error."),
                name, cvm_guest_info(check->guest)->title),
            check->domain->form == CVM_FORM_XML
                ? _("Name an OVMF image in '<loader>', or write '<os firmware='efi'>' to let "
                    "libvirt choose one.")
                : _("Use UEFI firmware: an OVMF image, or firmware 'efi' to let libvirt choose "
                    "one."));
    }
}

/* <os type='efi'>, as a page of libvirt's own knowledge base has it. */
static void
check_type_attribute(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_node *attribute = type_attribute(check);
    const struct cvm_from place = { .node = attribute };
    gboolean lost = cvm_is_unset(os->firmware) && cvm_is_unset(os->loader);
    struct cvm_finding *finding;

    if (!attribute) {
        return;
    }
    finding = cvm_report_as(
        check, lost ? CVM_SEVERE : CVM_WARNING, &place,
        lost ? _("libvirt knows no attribute 'type' of 'os' and drops it without a word: '%s' is "
                 "not what the guest boots with, but a BIOS.")
             : _("libvirt knows no attribute 'type' of 'os' and drops it without a word: '%s' has "
                 "no effect."),
        attribute->text);
    if (lost) {
        cvm_fix(finding, _("Write '<os firmware='efi'>'."));
    } else {
        cvm_fix(finding, _("Remove it."));
    }
}

/* What the image itself lacks, NULL when nothing does or the record does not have the image. */
static const char *
image_lacks(const struct cvm_check *check, const char *path)
{
    const struct cvm_ovmf *image = path ? cvm_host_image(check->host, path) : NULL;

    return image ? cvm_firmware_lacks(image, check->guest, cvm_domain_hashes_kernel(check->domain))
                 : NULL;
}

/* Why a descriptor was not chosen, in words that follow a list of its like; name is the file's. */
static void
explain_descriptor(const struct cvm_check *check, const struct cvm_firmware *firmware,
                   const char *name, GString *text)
{
    const struct cvm_os *os = &check->domain->os;
    const char *feature = cvm_guest_info(check->guest)->firmware_feature;
    const char *lack = image_lacks(check, firmware->executable);
    gboolean split = firmware->device == CVM_FIRMWARE_FLASH_SPLIT;
    /* libvirt turns SMM on for an image that needs it, unless it is off. */
    gboolean no_smm =
        !cvm_domain_wants_smm(check->domain) &&
        (!cvm_text_is(os->firmware, "efi") || cvm_is_off(check->domain->features.smm));

    if (!cvm_firmware_targets(firmware, cvm_is_set(os->arch) ? os->arch.value : "x86_64",
                              cvm_is_set(os->machine) ? os->machine.value : "q35")) {
        g_string_append_printf(text, _("'%s' is for other machines"), name);
    } else if (cvm_is_set(os->loader) && g_strcmp0(os->loader.value, firmware->executable) != 0) {
        g_string_append_printf(text, _("'%s' names another image"), name);
    } else if (feature && !cvm_firmware_has(firmware, feature)) {
        g_string_append_printf(text, _("'%1$s' lacks the feature '%2$s'"), name, feature);
    } else if (cvm_firmware_has(firmware, "requires-smm") && no_smm) {
        g_string_append_printf(text, _("'%s' needs System Management Mode"), name);
    } else if (cvm_domain_wants_smm(check->domain) && !cvm_firmware_has(firmware, "requires-smm")) {
        g_string_append_printf(text, _("'%s' does without System Management Mode"), name);
    } else if (lack) {
        g_string_append_printf(text, _("'%1$s' names an image that lacks %2$s"), name, lack);
    } else if (split && (cvm_is_on(os->stateless) || check->guest == CVM_GUEST_SEV_SNP)) {
        g_string_append_printf(text, _("'%s' needs flash memory with a variable store"), name);
    } else {
        g_string_append_printf(text, _("'%s' is not of the type asked for"), name);
    }
}

static void
explain_image(const struct cvm_check *check, const struct cvm_ovmf *image, const char *name,
              GString *text)
{
    const char *lack =
        cvm_firmware_lacks(image, check->guest, cvm_domain_hashes_kernel(check->domain));

    if (lack) {
        g_string_append_printf(text, _("'%1$s' lacks %2$s"), name, lack);
    } else if (!image->has_metadata) {
        g_string_append_printf(text, _("'%s' lacks SEV metadata"), name);
    } else if (!image->has_vars) {
        g_string_append_printf(text, _("'%s' lacks room for variables, which are another file"),
                               name);
    } else if (cvm_domain_wants_smm(check->domain)) {
        g_string_append_printf(text, _("'%s' does without System Management Mode"), name);
    } else {
        g_string_append_printf(text, _("'%s' is not of the type asked for"), name);
    }
}

/* What stands against each of the host's descriptors, and images where cvmdom chooses. */
static char *
explain_candidates(const struct cvm_check *check, gboolean images)
{
    const struct cvm_host *host = check->host;
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < host->n_firmware; i++) {
        const struct cvm_firmware *firmware = &host->firmware[i];
        g_autofree char *name = g_path_get_basename(firmware->path);

        if (cvm_strings_contain(&firmware->interfaces, "uefi")) {
            g_string_append(text, text->len ? "; " : "");
            explain_descriptor(check, firmware, name, text);
        }
    }
    for (unsigned i = 0; images && i < host->n_images; i++) {
        if (!find_descriptor(host, host->images[i].path)) {
            g_string_append(text, text->len ? "; " : "");
            explain_image(check, &host->images[i], host->images[i].path, text);
        }
    }
    if (text->len == 0) {
        g_string_append(text, host->has_firmware ? _("it has no UEFI firmware")
                                                 : _("its record tells nothing of firmware"));
    }
    return g_string_free(text, FALSE);
}

static void
fix_firmware(const struct cvm_check *check, struct cvm_finding *finding)
{
    cvm_fix(finding,
            _("Install an OVMF image that has it and record the host again, or name one as %s."),
            cvm_in_form(check, "'os.firmware.loader'", "'<loader>' in '<os>'"));
}

/* The first libvirt that looks for firmware when a domain is defined, not when it starts. */
#define FIRMWARE_AT_DEFINE CVM_VERSION(9, 2, 0)
/* As model/firmware_match.c has it. */
#define SKIPS_MALFORMED CVM_VERSION(10, 0, 0)

/* Up to 9.1 libvirt looks at SMM only after it has taken its first match: what that was. */
static const struct cvm_firmware *
match_without_smm(const struct cvm_check *check)
{
    struct cvm_domain domain = *check->domain;
    const struct cvm_firmware *match;

    if (!cvm_is_off(domain.features.smm)) {
        return NULL;
    }
    domain.features.smm = (struct cvm_flag){ 0 };
    match = cvm_firmware_match(&domain, check->host);
    return match && cvm_firmware_has(match, "requires-smm") ? match : NULL;
}

static void
report_said_too_much(struct cvm_check *check)
{
    g_autofree char *version = cvm_version_format(check->host->libvirt_version);

    cvm_fix(cvm_report(check, &check->domain->os.firmware.from,
                       _("Firmware is left to libvirt, but the loader says something of its own as "
                         "well ('%1$s'): the host's libvirt %2$s refuses that with '… cannot be "
                         "specified when firmware autoselection is enabled'."),
                       cvm_firmware_said_too_much(check->domain, check->host), version),
            _("Remove that, or name the image and leave 'firmware' out."));
}

static void
check_libvirt_choice(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_host *host = check->host;
    const struct cvm_firmware *match = cvm_firmware_match(check->domain, host);
    gboolean early = host->libvirt_version && host->libvirt_version < FIRMWARE_AT_DEFINE;
    g_autofree char *reasons = NULL;

    if (match) {
        return;
    }
    if (cvm_firmware_said_too_much(check->domain, host)) {
        report_said_too_much(check);
        return;
    }
    match = early ? match_without_smm(check) : NULL;
    if (match) {
        cvm_fix(
            cvm_report(
                check, &os->firmware.from,
                _("The host's libvirt chooses firmware '%s', which needs System Management Mode, "
                  "and that is off: the start fails with 'domain has SMM turned off but chosen "
                  "firmware requires it'."),
                match->path),
            check->domain->form == CVM_FORM_XML
                ? _("Name an image that does without in '<loader>'.")
                : _("Name an image that does without, as 'os.firmware.loader', or write 'firmware: "
                    "auto'."));
        return;
    }
    if (host->malformed_firmware && host->libvirt_version &&
        host->libvirt_version < SKIPS_MALFORMED) {
        cvm_fix(
            cvm_report(check, &os->firmware.from,
                       _("The host's libvirt finds no firmware at all, because descriptor '%s' is "
                         "malformed and it does not pass over such files."),
                       host->malformed_firmware),
            _("Repair that file, or hide it by an empty file of its name in /etc/qemu/firmware."));
        return;
    }
    reasons = explain_candidates(check, FALSE);
    fix_firmware(
        check,
        cvm_report(
            check, &os->firmware.from,
            early ? _("The libvirt of host '%1$s' finds no firmware for this guest and refuses to "
                      "start it ('Unable to find any firmware to satisfy 'efi''): %2$s.")
                  : _("The libvirt of host '%1$s' finds no firmware for this guest and refuses it "
                      "('Unable to find 'efi' firmware that is compatible with the current "
                      "configuration'): %2$s."),
            host_name(host), reasons));
}

static void
report_no_image(struct cvm_check *check)
{
    const struct cvm_from *place = &check->domain->os.firmware.from;
    const char *title = cvm_guest_info(check->guest)->title;
    g_autofree char *reasons = explain_candidates(check, TRUE);

    if (check->guest & CVM_GUEST_AMD) {
        fix_firmware(check,
                     cvm_report(check, place,
                                _("No firmware image of host '%1$s' fits this %2$s guest: %3$s."),
                                host_name(check->host), title, reasons));
    } else {
        fix_firmware(
            check,
            cvm_report_as(check, CVM_WARNING, place,
                          _("No UEFI image of host '%1$s' fits this guest, so it boots with QEMU's "
                            "BIOS: %2$s."),
                          host_name(check->host), reasons));
    }
}

static void
check_autoselect(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_host *host = check->host;

    if (cvm_domain_is_for_kubevirt(check->domain)) {
        return; /* it does not boot from the host's */
    }
    if (cvm_text_is(os->firmware, "efi") || cvm_text_is(os->firmware, "bios")) {
        if (host->has_firmware) {
            check_libvirt_choice(check);
        }
    } else if (check->domain->form == CVM_FORM_PROFILE && cvm_is_unset(os->loader) &&
               cvm_text_is(os->firmware, "auto")) {
        report_no_image(check);
    }
}

static void
report_incapable(struct cvm_check *check, const struct cvm_from *place, const char *path,
                 const char *lack)
{
    const char *title = cvm_guest_info(check->guest)->title;
    const struct cvm_ovmf *image = cvm_host_image(check->host, path);
    const char *message;

    if (check->guest & CVM_GUEST_STATE && (!image->has_reset_block || image->reset_address == 0)) {
        message = _("Firmware image '%1$s' lacks %2$s, which a %3$s guest starts by: QEMU ends "
                    "with 'failed to locate and/or save reset vector'.");
    } else if (check->guest == CVM_GUEST_SEV_SNP && !image->has_metadata) {
        message = _("Firmware image '%1$s' lacks %2$s, which a %3$s guest starts by: QEMU ends "
                    "with 'Failed to locate SEV metadata header'.");
    } else {
        message =
            _("Firmware image '%1$s' lacks %2$s, but this %3$s guest asks for them: QEMU ends with "
              "'guest firmware hashes table area is invalid'.");
    }
    fix_firmware(check, cvm_report(check, place, message, path, lack, title));
}

static void
check_capable(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const char *feature = cvm_guest_info(check->guest)->firmware_feature;
    const struct cvm_firmware *firmware = NULL;
    const struct cvm_from *place = &os->loader.from;
    const struct cvm_ovmf *image;
    const char *path, *lack;

    if (cvm_domain_is_for_kubevirt(check->domain)) {
        return;
    }
    if (cvm_is_set(os->loader)) {
        path = os->loader.value;
        firmware = find_descriptor(check->host, path);
    } else if (cvm_text_is(os->firmware, "efi")) {
        const struct cvm_firmware *match = cvm_firmware_match(check->domain, check->host);

        path = match ? match->executable : NULL;
        place = &os->firmware.from;
    } else {
        return;
    }
    if (!path || is_bios(check->host, path)) {
        return;
    }
    lack = image_lacks(check, path);
    image = cvm_host_image(check->host, path);
    if (lack) {
        report_incapable(check, place, path, lack);
    } else if (check->guest == CVM_GUEST_SEV_ES && image && !image->has_metadata) {
        fix_firmware(check,
                     cvm_report_as(
                         check, CVM_WARNING, place,
                         _("Firmware image '%s' has no SEV metadata: a build that starts in 32-bit "
                           "mode, like "
                           "the 4 MiB images of Debian 12, has none, and hangs in a SEV-ES guest."),
                         path));
    } else if (firmware && !cvm_firmware_has(firmware, feature) && !image) {
        fix_firmware(
            check,
            cvm_report_as(check, CVM_WARNING, place,
                          _("The descriptor '%1$s' of firmware image '%2$s' does not say '%3$s', "
                            "and the host's record does not hold what the image says of itself: it "
                            "may not carry a %4$s guest."),
                          firmware->path, path, feature, cvm_guest_info(check->guest)->title));
    }
}

static gboolean
in_same_package(const char *path, const char *other)
{
    size_t share = strlen("/usr/share/");
    const char *end = strchr(path + share, '/');

    return other && end && strncmp(path, other, (size_t)(end - path) + 1) == 0;
}

/* Whether anything that the host's record names lies in the same folder below /usr/share. */
static gboolean
has_package_of(const struct cvm_host *host, const char *path)
{
    for (unsigned i = 0; i < host->n_images; i++) {
        if (in_same_package(path, host->images[i].path)) {
            return TRUE;
        }
    }
    for (unsigned i = 0; i < host->n_firmware; i++) {
        if (in_same_package(path, host->firmware[i].executable)) {
            return TRUE;
        }
    }
    for (unsigned i = 0; i < host->domcaps.loaders.count; i++) {
        if (in_same_package(path, host->domcaps.loaders.items[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
check_present(struct cvm_check *check)
{
    const struct cvm_text *loader = &check->domain->os.loader;
    const struct cvm_host *host = check->host;
    const char *path = loader->value;
    struct cvm_finding *finding;

    if (!cvm_is_given(*loader) || !host->has_firmware || host->n_images == 0 ||
        cvm_host_image(host, path) || find_descriptor(host, path) ||
        cvm_strings_contain(&host->domcaps.loaders, path) ||
        cvm_domain_is_for_kubevirt(check->domain)) {
        return;
    }
    if (g_str_has_prefix(path, "/usr/share/") && !g_str_has_prefix(path, "/usr/share/qemu/") &&
        !has_package_of(host, path)) {
        finding = cvm_report(
            check, &loader->from,
            _("Host '%1$s' has no firmware image '%2$s', nor any other in that folder: the start "
              "fails with 'Cannot access storage file'."),
            host_name(host), path);
    } else {
        finding = cvm_report_as(
            check, g_str_has_prefix(path, "/usr/share/") ? CVM_WARNING : CVM_NOTE, &loader->from,
            _("The record of host '%1$s' does not hold firmware image '%2$s', so what it can carry "
              "could not be looked at."),
            host_name(host), path);
    }
    cvm_fix(finding,
            _("Name an image that the host has, or install this one and record the host again."));
}

const struct cvm_rule cvm_rules_firmware[] = {
    { "CVM401", "machine-not-q35", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The machine is not a q35."), check_q35 },
    { "CVM402", "machine-unknown", CVM_SEVERE, 0, TRUE,
      N_("The host's QEMU does not offer the machine."), check_machine },
    { "CVM403", "not-uefi", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The guest boots with a BIOS, which knows nothing of memory encryption."), check_uefi },
    { "CVM404", "os-type-attribute", CVM_SEVERE, 0, FALSE,
      N_("'<os type='efi'>' is meant to choose UEFI firmware, and chooses nothing."),
      check_type_attribute },
    { "CVM405", "firmware-autoselect-fails", CVM_SEVERE, 0, TRUE,
      N_("None of the host's firmware images fits the guest."), check_autoselect },
    { "CVM406", "firmware-not-capable", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("The firmware image lacks something that this kind of guest starts by."), check_capable },
    { "CVM407", "firmware-missing", CVM_SEVERE, 0, TRUE, N_("The host has no such firmware image."),
      check_present },
    { 0 },
};
