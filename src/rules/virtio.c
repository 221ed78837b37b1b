/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM601 to CVM606: how emulated devices reach the memory of an encrypted guest. */
#include <string.h>

#include "model/need.h"
#include "rules/devices.h"
#include "rules/memory.h"
#include "util/i18n.h"
#include "util/number.h"

/* From here on QEMU gives every virtio device of a confidential guest iommu_platform=on
 * (hw/core/machine.c). */
#define QEMU_SETS_IOMMU CVM_VERSION(6, 0, 0)
/* The first libvirt that runs no QEMU older than that (QEMU_MIN of qemu_capabilities.c is 6.2). */
#define LIBVIRT_WANTS_NEW_QEMU CVM_VERSION(11, 3, 0)

/* What an 'iommu' on a device comes to. */
enum carrier {
    CARRIER_UNKNOWN, /* libvirt chooses what the device is */
    CARRIER_VIRTIO,
    CARRIER_REFUSES, /* libvirt does not define the domain */
    CARRIER_IGNORES, /* libvirt takes it, and does nothing */
};

/* One of any kind that may be a virtio device. */
struct device {
    const char *kind; /* the element's name */
    const struct cvm_from *from;
    const struct cvm_device *common;
    enum carrier carrier;
};

/* TRUE: that is enough. */
typedef gboolean (*visit_device)(struct cvm_check *check, const struct device *device);

static gboolean
has_prefix(const struct cvm_text *text, const char *prefix)
{
    return cvm_is_set(*text) && g_str_has_prefix(text->value, prefix);
}

static gboolean
is_q35(const struct cvm_domain *domain)
{
    return cvm_text_is(domain->os.machine, "q35") || has_prefix(&domain->os.machine, "pc-q35-");
}

/* Domain XML may leave the bus to the target's name (virDomainDiskDefParseXML). */
static const char *
disk_bus(const struct cvm_disk *disk)
{
    if (cvm_is_set(disk->bus)) {
        return disk->bus.value;
    }
    if (!cvm_is_unset(disk->bus)) {
        return NULL;
    }
    return has_prefix(&disk->target, "vd")   ? "virtio"
           : has_prefix(&disk->target, "hd") ? "ide"
           : has_prefix(&disk->target, "sd") ? "scsi"
                                             : NULL;
}

static enum carrier
carrier_of_bus(const char *bus, enum carrier otherwise)
{
    return !bus ? CARRIER_UNKNOWN : g_str_equal(bus, "virtio") ? CARRIER_VIRTIO : otherwise;
}

static enum carrier
carrier_of_model(const struct cvm_text *model, enum carrier otherwise)
{
    return !cvm_is_set(*model)           ? CARRIER_UNKNOWN
           : has_prefix(model, "virtio") ? CARRIER_VIRTIO
                                         : otherwise;
}

/* A card or screen whose model domain XML leaves to libvirt becomes none of virtio. */
static enum carrier
carrier_of_card(const struct cvm_check *check, const struct cvm_text *model)
{
    return check->domain->form == CVM_FORM_XML && cvm_is_unset(*model)
               ? CARRIER_REFUSES
               : carrier_of_model(model, CARRIER_REFUSES);
}

static enum carrier
carrier_of_controller(const struct cvm_controller *controller)
{
    if (cvm_text_is(controller->type, "virtio-serial")) {
        return CARRIER_VIRTIO;
    }
    if (cvm_text_is(controller->type, "scsi")) {
        return carrier_of_model(&controller->common.model, CARRIER_IGNORES);
    }
    return cvm_is_set(controller->type) ? CARRIER_IGNORES : CARRIER_UNKNOWN;
}

/* The virtio kinds of memory have it since libvirt 11.9, and never need it. */
static enum carrier
carrier_of_memory(const struct cvm_device *memory)
{
    return cvm_is_unset(memory->iommu) ? CARRIER_UNKNOWN
                                       : carrier_of_model(&memory->model, CARRIER_IGNORES);
}

#define VISIT_EACH(type, list, is) VISIT_EACH_AS(#list, type, list, is)
#define VISIT_EACH_AS(element, type, list, is)                                                     \
    cvm_each (struct type, item, &devices->list) {                                                 \
        if (visit(check, &(struct device){ element, &item->from, &item->common, (is) })) {         \
            return TRUE;                                                                           \
        }                                                                                          \
    }

/* Whether some visit was enough. */
static gboolean
each_device(struct cvm_check *check, visit_device visit)
{
    const struct cvm_devices *devices = &check->domain->devices;

    VISIT_EACH(cvm_disk, disk, carrier_of_bus(disk_bus(item), CARRIER_REFUSES))
    VISIT_EACH(cvm_controller, controller, carrier_of_controller(item))
    VISIT_EACH(cvm_filesystem, filesystem, CARRIER_VIRTIO)
    VISIT_EACH(cvm_interface, interface, carrier_of_card(check, &item->common.model))
    VISIT_EACH(cvm_input, input,
               carrier_of_bus(cvm_is_set(item->bus) ? item->bus.value : NULL, CARRIER_IGNORES))
    VISIT_EACH(cvm_video, video, carrier_of_card(check, &item->common.model))
    VISIT_EACH(cvm_balloon, memballoon, carrier_of_model(&item->common.model, CARRIER_IGNORES))
    VISIT_EACH(cvm_rng, rng, CARRIER_VIRTIO)
    VISIT_EACH(cvm_vsock, vsock, CARRIER_VIRTIO)
    VISIT_EACH(cvm_other, crypto, CARRIER_VIRTIO)
    VISIT_EACH(cvm_other, sound, carrier_of_model(&item->common.model, CARRIER_IGNORES))
    VISIT_EACH(cvm_memory_device, memory, carrier_of_memory(&item->common))
    VISIT_EACH(cvm_hostdev, hostdev, CARRIER_IGNORES)
    VISIT_EACH(cvm_tpm, tpm, CARRIER_IGNORES)
    VISIT_EACH(cvm_watchdog, watchdog, CARRIER_IGNORES)
    VISIT_EACH(cvm_other, shmem, CARRIER_IGNORES)
    VISIT_EACH_AS("iommu", cvm_viommu, viommu, CARRIER_IGNORES)
    return FALSE;
}

/* ---- 601 ide-on-q35 ---- */

static void
report_ide(struct cvm_check *check, const struct cvm_from *at, const char *what)
{
    cvm_fix(cvm_report(
                check, at,
                _("This device ('%s') is an IDE one, and a q35 machine has no IDE: libvirt answers "
                  "\"IDE controllers are unsupported for this QEMU binary or machine "
                  "type\"."),
                what),
            _("Use 'sata' for a CD-ROM, and 'virtio' for a disk."));
}

static void
check_ide(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    if (!is_q35(check->domain)) {
        return;
    }
    cvm_each (struct cvm_disk, disk, &devices->disk) {
        if (g_strcmp0(disk_bus(disk), "ide") == 0) {
            report_ide(check,
                       cvm_place(cvm_is_set(disk->bus) ? &disk->bus.from : &disk->target.from,
                                 &disk->from),
                       "disk");
        }
    }
    cvm_each (struct cvm_controller, controller, &devices->controller) {
        if (cvm_text_is(controller->type, "ide")) {
            report_ide(check, cvm_place(&controller->type.from, &controller->from), "controller");
        }
    }
}

/* ---- 602 net-option-rom ---- */

/* The image that is named, or that libvirt chooses on this host. */
static const struct cvm_ovmf *
find_image(const struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_firmware *match;

    if (!check->host || cvm_is_set(os->loader)) {
        return check->host ? cvm_host_image(check->host, os->loader.value) : NULL;
    }
    match =
        cvm_text_is(os->firmware, "efi") ? cvm_firmware_match(check->domain, check->host) : NULL;
    return match && match->executable ? cvm_host_image(check->host, match->executable) : NULL;
}

/* The image's SEV metadata has a section that OVMF got after 2022.11, when it learnt to leave
 * option ROMs of an encrypted guest alone (OvmfPkg/IncompatiblePciDeviceSupportDxe). */
static gboolean
leaves_roms_alone(const struct cvm_check *check)
{
    const struct cvm_ovmf *image = find_image(check);

    for (unsigned i = 0; image && i < image->n_sections; i++) {
        if (image->sections[i].type == CVM_OVMF_SVSM_CAA) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
boots_from(const struct cvm_domain *domain, const struct cvm_interface *interface)
{
    if (cvm_is_set(interface->common.boot_order)) {
        return TRUE;
    }
    cvm_each (struct cvm_boot, boot, &domain->os.boot) {
        if (cvm_text_is(boot->dev, "network")) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
report_rom(struct cvm_check *check, const struct cvm_interface *interface)
{
    const struct cvm_from *at = cvm_place(&interface->rom.from, &interface->from);
    struct cvm_finding *finding;

    if (leaves_roms_alone(check)) {
        finding = cvm_report_as(
            check, CVM_WARNING, at,
            _("The card's option ROM is offered to the guest: this firmware image does not run "
              "it in an encrypted guest, so that it is only more code from the host."));
    } else if (boots_from(check->domain, interface)) {
        finding = cvm_report_as(
            check, CVM_SEVERE, at,
            _("The guest boots from a card with an option ROM, and nothing shows that the "
              "firmware is of edk2 2022.11 or newer: older firmware runs the ROM, which knows "
              "nothing of encrypted memory, and hangs."));
    } else {
        finding = cvm_report_as(
            check, CVM_WARNING, at,
            _("The card's option ROM is offered to the guest: it is code from the host, it knows "
              "nothing of encrypted memory, and firmware older than edk2 2022.11 runs it."));
    }
    cvm_fix(finding, _("Write %s; the firmware boots from a virtio card by itself."),
            cvm_in_form(check, "'rom: false'", "'<rom enabled='no'/>'"));
}

static void
check_option_rom(struct cvm_check *check)
{
    cvm_each (struct cvm_interface, interface, &check->domain->devices.interface) {
        gboolean by_default = check->domain->form == CVM_FORM_XML && cvm_is_unset(interface->rom);

        if (has_prefix(&interface->common.model, "virtio") &&
            (cvm_is_on(interface->rom) || by_default)) {
            report_rom(check, interface);
        }
    }
}

/* ---- 603 to 605: iommu ---- */

static gboolean
visit_off(struct cvm_check *check, const struct device *device)
{
    if (device->carrier == CARRIER_VIRTIO && cvm_is_off(device->common->iommu)) {
        cvm_fix(cvm_report(
                    check, cvm_place(&device->common->iommu.from, device->from),
                    _("'iommu' is off on this virtio device ('%s'), which then takes the "
                      "guest's encrypted memory for ordinary memory: Linux ends with \"device must "
                      "provide VIRTIO_F_ACCESS_PLATFORM\", and does not use it."),
                    device->kind),
                _("Remove 'iommu': QEMU 6.0 and newer turns it on by itself."));
    }
    return FALSE;
}

static void
check_iommu_off(struct cvm_check *check)
{
    each_device(check, visit_off);
}

static gboolean
misses_iommu(const struct device *device)
{
    return device->carrier == CARRIER_VIRTIO && cvm_is_unset(device->common->iommu);
}

static gboolean
visit_needed(struct cvm_check *check, const struct device *device)
{
    if (misses_iommu(device)) {
        g_autofree char *version = cvm_version_format(check->host->qemu_version);

        cvm_fix(cvm_report(check, device->from,
                           _("This virtio device ('%1$s') has no 'iommu', which QEMU '%2$s' of "
                             "the host does not turn on by itself: Linux ends with \"device must "
                             "provide VIRTIO_F_ACCESS_PLATFORM\", and does not use it."),
                           device->kind, version),
                _("Write %s, or use QEMU 6.0 or newer."),
                cvm_in_form(check, "'iommu: true'", "'<driver iommu='on'/>'"));
    }
    return FALSE;
}

/* Once is enough. */
static gboolean
visit_assumed(struct cvm_check *check, const struct device *device)
{
    if (misses_iommu(device)) {
        cvm_fix(cvm_report_as(check, CVM_NOTE, device->from,
                              _("Virtio devices, this one ('%s') the first of them, have no "
                                "'iommu'. That is right for QEMU 6.0 and newer, which turns it on "
                                "by itself, and which is assumed here: the QEMU of the host is not "
                                "known."),
                              device->kind),
                _("Name the host; for an older QEMU, write %s on each of them."),
                cvm_in_form(check, "'iommu: true'", "'<driver iommu='on'/>'"));
        return TRUE;
    }
    return FALSE;
}

/* SEV alone: SEV-ES and SEV-SNP need a QEMU that is newer than this anyway. */
static void
check_iommu_needed(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;

    if (host && host->qemu_version) {
        if (host->qemu_version < QEMU_SETS_IOMMU) {
            each_device(check, visit_needed);
        }
    } else if (!host || host->libvirt_version < LIBVIRT_WANTS_NEW_QEMU) {
        each_device(check, visit_assumed);
    }
}

/* Kinds of which libvirt ignores it, and that come as a virtio device, too. */
static gboolean
can_be_virtio(const char *kind)
{
    static const char *const kinds[] = { "controller", "input", "sound", NULL };

    return g_strv_contains(kinds, kind);
}

static gboolean
visit_misplaced(struct cvm_check *check, const struct device *device)
{
    const struct cvm_flag *iommu = &device->common->iommu;
    const struct cvm_from *at = cvm_place(&iommu->from, device->from);
    struct cvm_finding *finding = NULL;

    if (device->carrier == CARRIER_REFUSES && cvm_is_set(*iommu)) {
        finding = cvm_report(check, at,
                             _("'iommu' is set on a device ('%s') that is not a virtio one: "
                               "libvirt answers \"iommu driver option is only supported for "
                               "virtio devices\"."),
                             device->kind);
    } else if (device->carrier == CARRIER_IGNORES && cvm_is_on(*iommu)) {
        finding = cvm_report_as(check, CVM_WARNING, at,
                                _("'iommu' is set on a device ('%s') that is not a virtio one: "
                                  "libvirt takes it, and nothing comes of it."),
                                device->kind);
    }
    if (finding && (device->carrier == CARRIER_REFUSES || can_be_virtio(device->kind))) {
        cvm_fix(finding, _("Remove 'iommu', or make it a virtio device."));
    } else if (finding) {
        cvm_fix(finding, _("Remove 'iommu'."));
    }
    return FALSE;
}

static void
check_iommu_misplaced(struct cvm_check *check)
{
    each_device(check, visit_misplaced);
}

/* ---- 606 transitional-virtio ---- */

static gboolean
visit_transitional(struct cvm_check *check, const struct device *device)
{
    const struct cvm_text *model = &device->common->model;

    if (cvm_text_is(*model, "virtio-transitional")) {
        cvm_fix(cvm_report(check, cvm_place(&model->from, device->from),
                           _("A transitional virtio device ('%s') can also be what it was before "
                             "virtio 1.0, and cannot reach encrypted memory so: QEMU ends with "
                             "\"VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor "
                             "transitional device\", and before 6.0 the guest does not use it."),
                           device->kind),
                _("Write 'virtio-non-transitional'."));
    }
    return FALSE;
}

static gboolean
visit_modern(G_GNUC_UNUSED struct cvm_check *check, const struct device *device)
{
    return cvm_text_is(device->common->model, "virtio-non-transitional");
}

static gboolean
visit_legacy(G_GNUC_UNUSED struct cvm_check *check, const struct device *device)
{
    return device->carrier == CARRIER_VIRTIO &&
           !cvm_text_is(device->common->model, "virtio-non-transitional");
}

/* QEMU makes no difference before 6.0, and outside PCIe a virtio device is a transitional one. */
gboolean
cvm_virtio_is_modern(struct cvm_check *check)
{
    return (check->host && check->host->qemu_version >= QEMU_SETS_IOMMU) ||
           (each_device(check, visit_modern) && !each_device(check, visit_legacy));
}

static void
check_transitional(struct cvm_check *check)
{
    each_device(check, visit_transitional);
}

const struct cvm_rule cvm_rules_virtio[] = {
    { "CVM601", "ide-on-q35", CVM_SEVERE, 0, FALSE,
      N_("A disk or controller is an IDE one, which a q35 machine does not have."), check_ide },
    { "CVM602", "net-option-rom", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("A network card offers an option ROM, which knows nothing of encrypted memory."),
      check_option_rom },
    { "CVM603", "iommu-off", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("A virtio device is told to take encrypted memory for ordinary memory."),
      check_iommu_off },
    { "CVM604", "iommu-needed", CVM_SEVERE, CVM_GUEST_SEV, FALSE,
      N_("A virtio device lacks 'iommu', which QEMU before 6.0 does not turn on by itself."),
      check_iommu_needed },
    { "CVM605", "iommu-misplaced", CVM_SEVERE, 0, FALSE,
      N_("'iommu' stands on a device that is not a virtio one."), check_iommu_misplaced },
    { "CVM606", "transitional-virtio", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("A transitional virtio device cannot reach encrypted memory."), check_transitional },
    { 0 },
};
