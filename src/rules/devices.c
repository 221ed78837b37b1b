/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM607 to CVM617: what devices take from the guest, give away of it, or cannot do with it. */
#include "rules/devices.h"

#include "rules/host.h"
#include "rules/memory.h"
#include "util/i18n.h"
#include "util/number.h"

/* QEMU may assign devices to a SEV-SNP guest from here on (system/physmem.c,
 * ram_block_coordinated_discard_require). */
#define QEMU_SNP_VFIO CVM_VERSION(10, 1, 0)

/* ---- 607 hostdev-snp, 608 hostdev-untrusted ---- */

static void
report_vfio(struct cvm_check *check, const struct cvm_from *at)
{
    unsigned qemu = check->host ? check->host->qemu_version : 0;
    g_autofree char *version = cvm_version_format(qemu);
    struct cvm_finding *finding;

    if (qemu >= QEMU_SNP_VFIO) {
        return;
    }
    finding =
        qemu ? cvm_report(check, at,
                          _("QEMU '%1$s' of host '%2$s' cannot assign a device to a SEV-SNP "
                            "guest: it ends with \"Cannot set discarding of RAM broken\"."),
                          version, cvm_host_title(check->host))
             : cvm_report_as(check, CVM_WARNING, at,
                             _("Before 10.1 QEMU cannot assign a device to a SEV-SNP guest, and "
                               "ends with \"Cannot set discarding of RAM broken\": the QEMU of "
                               "the host is not known."));
    cvm_fix(finding, _("Use a host with QEMU 10.1 or newer, or an emulated virtio device."));
}

static void
check_hostdev_snp(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    cvm_each (struct cvm_hostdev, hostdev, &devices->hostdev) {
        if (cvm_text_is(hostdev->type, "pci") || cvm_text_is(hostdev->type, "mdev")) {
            report_vfio(check, &hostdev->from);
        }
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        if (cvm_text_is(interface->type, "hostdev")) {
            report_vfio(check, &interface->from);
        }
    }
}

/* The first: what is to be done is the same for all of them. */
static const struct cvm_from *
find_host_device(const struct cvm_devices *devices)
{
    const struct cvm_hostdev *first = devices->hostdev.items;

    if (devices->hostdev.count > 0) {
        return &first->from;
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        if (cvm_text_is(interface->type, "hostdev")) {
            return &interface->from;
        }
    }
    return NULL;
}

static void
check_hostdev_untrusted(struct cvm_check *check)
{
    const struct cvm_from *at = find_host_device(&check->domain->devices);

    if (at) {
        cvm_fix(
            cvm_report(check, at,
                       _("A device of the host is passed through: it is outside of what is "
                         "encrypted and attested, and sees all that the guest shares with it.")),
            _("Let the guest encrypt what it stores and sends there (dm-crypt, TLS)."));
    }
}

/* ---- 609 vhost-user-unshared ---- */

/* An unusable value counts as shared: its own finding is enough. */
static gboolean
is_private(const struct cvm_text *access, gboolean otherwise)
{
    return cvm_is_set(*access) ? !g_str_equal(access->value, "shared")
                               : cvm_is_unset(*access) && otherwise;
}

/* As libvirt sees it (qemuValidateDomainDefVhostUserRequireSharedMemory). */
static gboolean
has_private_memory(const struct cvm_domain *domain)
{
    gboolean by_default = is_private(&domain->memory.access, TRUE);

    if (domain->cpu.numa.count == 0) {
        return by_default;
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (is_private(&cell->mem_access, by_default)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* libvirt refuses memfd together with huge pages, which can be shared as they are. */
static const char *
shared_memory(const struct cvm_check *check)
{
    if (cvm_huge_pages_place(check->domain)) {
        return cvm_in_form(check, _("'access: shared' below 'memory'"),
                           _("'<access mode='shared'/>' below '<memoryBacking>'"));
    }
    return cvm_in_form(
        check, _("'source: memfd' and 'access: shared' below 'memory'"),
        _("'<source type='memfd'/><access mode='shared'/>' below '<memoryBacking>'"));
}

/* What another process serves: what is said where it cannot map the memory, and what helps. */
struct served {
    const char *is_private, *instead;
};
static const struct served folder = {
    N_("Another process serves this shared folder and cannot map the guest's memory, which is "
       "private: libvirt answers \"'virtiofs' requires shared memory\"."),
    N_("Share the folder by 9p ('path'), or over the network."),
};
static const struct served card = {
    N_("Another process serves this network card and cannot map the guest's memory, which is "
       "private: libvirt 11.2 and newer answers \"… requires shared memory\", and before that no "
       "packet gets through."),
    N_("Connect the card to a bridge or a network."),
};
static const struct served image = {
    N_("Another process serves this disk and cannot map the guest's memory, which is private: "
       "libvirt answers \"'vhostuser' requires shared memory\"."),
    N_("Let QEMU itself open the disk."),
};

static void
report_vhost_user(struct cvm_check *check, const struct cvm_from *at, const struct served *served)
{
    if (has_private_memory(check->domain)) {
        cvm_fix(cvm_report(check, at, "%s", _(served->is_private)), _("Write %s."),
                shared_memory(check));
    } else if (check->guest == CVM_GUEST_SEV_SNP) {
        cvm_fix(cvm_report_as(check, CVM_WARNING, at,
                              _("Another process serves this device. With SEV-SNP that is "
                                "reported not to work: QEMU ends with \"iommu_platform=true is "
                                "not supported by the device\" unless that process offers "
                                "VIRTIO_F_ACCESS_PLATFORM.")),
                "%s", _(served->instead));
    }
}

static void
check_vhost_user(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    cvm_each (struct cvm_disk, disk, &devices->disk) {
        if (cvm_text_is(disk->type, "vhostuser")) {
            report_vhost_user(check, &disk->type.from, &image);
        }
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        if (cvm_text_is(interface->type, "vhostuser")) {
            report_vhost_user(check, cvm_place(&interface->type.from, &interface->from), &card);
        }
    }
    cvm_each (struct cvm_filesystem, filesystem, &devices->filesystem) {
        if (cvm_text_is(filesystem->driver, "virtiofs")) {
            report_vhost_user(check, cvm_place(&filesystem->driver.from, &filesystem->from),
                              &folder);
        }
    }
}

/* ---- 610 balloon, 611 vcpu-hotplug, 612 vmcoreinfo ---- */

static void
report_balloon(struct cvm_check *check, const struct cvm_from *at, const char *format)
{
    struct cvm_finding *finding =
        cvm_report(check, at, format, cvm_guest_info(check->guest)->title);

    cvm_fix(finding, _("Write %s."),
            cvm_in_form(check, "'memballoon: none'", "'<memballoon model='none'/>'"));
}

static void
check_balloon(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    cvm_each (struct cvm_balloon, balloon, &devices->memballoon) {
        if (cvm_is_set(balloon->common.model) && !cvm_text_is(balloon->common.model, "none")) {
            report_balloon(check, cvm_place(&balloon->common.model.from, &balloon->from),
                           _("The guest has a memory balloon, but the memory of a %s guest "
                             "cannot be given back: QEMU does not let it inflate, and the "
                             "guest's driver refuses it."));
        }
    }
    if (check->domain->form == CVM_FORM_XML && cvm_is_unset(devices->memballoon)) {
        report_balloon(check, &devices->from,
                       _("No '<memballoon>' is written, so that libvirt adds a virtio one, "
                         "but the memory of a %s guest cannot be given back: QEMU does not "
                         "let it inflate, and the guest's driver refuses it."));
    }
}

static void
check_vcpu_hotplug(struct cvm_check *check)
{
    const struct cvm_vcpu *vcpu = &check->domain->vcpu;

    if (cvm_is_set(vcpu->current) && cvm_is_set(vcpu->count) &&
        vcpu->current.value < vcpu->count.value) {
        cvm_fix(cvm_report(check, &vcpu->current.from,
                           _("The guest starts with '%1$llu' of '%2$llu' vCPUs, but a %3$s guest "
                             "gets no more of them later: the registers of each are encrypted "
                             "and measured at the start."),
                           (unsigned long long)vcpu->current.value,
                           (unsigned long long)vcpu->count.value,
                           cvm_guest_info(check->guest)->title),
                _("Write the number that the guest is to have, and no 'current'."));
    }
}

static void
check_vmcoreinfo(struct cvm_check *check)
{
    const struct cvm_flag *vmcoreinfo = &check->domain->features.vmcoreinfo;

    if (cvm_is_on(*vmcoreinfo)) {
        cvm_fix(cvm_report(check, &vmcoreinfo->from,
                           _("'vmcoreinfo' asks the guest to tell the host where its crash notes "
                             "are: the kernel of a %s guest crashes over it, and "
                             "a dump of encrypted memory would tell nothing."),
                           cvm_guest_info(check->guest)->title),
                _("Remove %s, and let the guest write its own dump (kdump)."),
                cvm_in_form(check, "'vmcoreinfo'", "'<vmcoreinfo>'"));
    }
}

/* ---- 613 viommu ---- */

/* Above this many vCPUs, before this libvirt, there is no leaving it out. */
static gboolean
cannot_go(const struct cvm_check *check)
{
    const struct cvm_uint *count = &check->domain->vcpu.count;

    return cvm_is_set(*count) && count->value > CVM_VCPUS_WITHOUT_IOMMU && check->host &&
           check->host->libvirt_version > 0 && check->host->libvirt_version < CVM_LIBVIRT_NO_IOMMU;
}

static void
check_viommu(struct cvm_check *check)
{
    cvm_each (struct cvm_viommu, viommu, &check->domain->devices.viommu) {
        const struct cvm_text *model = &viommu->common.model;
        const char *name = cvm_is_set(*model) ? model->value : "?";
        g_autofree char *version =
            cvm_version_format(check->host ? check->host->libvirt_version : 0);
        struct cvm_finding *finding;

        if (cannot_go(check)) {
            finding = cvm_report_as(
                check, CVM_SEVERE, cvm_place(&model->from, &viommu->from),
                _("An emulated IOMMU ('%1$s') works on tables in the guest's memory, which is "
                  "encrypted, and libvirt '%2$s' of host '%3$s' insists on one for '%4$llu' vCPUs "
                  "(\"more than 255 vCPUs require extended interrupt mode enabled on the iommu "
                  "device\")."),
                name, version, cvm_host_title(check->host),
                (unsigned long long)check->domain->vcpu.count.value);
            cvm_fix(finding, _("Remove it and write '255' vCPUs or less, or choose a host with "
                               "libvirt 11.5 or newer."));
        } else {
            finding =
                cvm_report(check, cvm_place(&model->from, &viommu->from),
                           _("An emulated IOMMU ('%s') works on tables in the guest's memory, "
                             "which is encrypted: where the guest turns it on, interrupts and "
                             "DMA of its devices may be lost."),
                           name);
            cvm_fix(finding,
                    _("Remove %s: encryption is what keeps devices off the guest's memory."),
                    "'<iommu>'");
        }
    }
}

/* ---- 615 vtpm-host-controlled, 616 graphics-exposed ---- */

static void
check_vtpm(struct cvm_check *check)
{
    cvm_each (struct cvm_tpm, tpm, &check->domain->devices.tpm) {
        if (cvm_text_is(tpm->type, "emulator") || cvm_text_is(tpm->type, "external")) {
            cvm_fix(cvm_report(check, cvm_place(&tpm->type.from, &tpm->from),
                               _("The TPM is a program of the host, which sees and can change "
                                 "all that the guest keeps in it: its measurements prove nothing "
                                 "against the host.")),
                    _("Attest the guest by its launch measurement, and keep no secret in this "
                      "TPM that the host may not know."));
        }
    }
}

static gboolean
is_loopback(const char *address)
{
    return g_str_has_prefix(address, "127.") || g_str_equal(address, "::1") ||
           g_ascii_strcasecmp(address, "localhost") == 0;
}

static void
check_graphics(struct cvm_check *check)
{
    cvm_each (struct cvm_graphics, graphics, &check->domain->devices.graphics) {
        gboolean viewer =
            cvm_text_is(graphics->type, "vnc") || cvm_text_is(graphics->type, "spice");
        const struct cvm_text *listen = &graphics->listen;

        if (viewer && cvm_is_set(*listen) && cvm_is_unset(graphics->socket) &&
            listen->value[0] != '/' && !is_loopback(listen->value) &&
            cvm_is_unset(graphics->password) &&
            !(cvm_text_is(graphics->type, "spice") && cvm_is_on(graphics->tls))) {
            cvm_fix(cvm_report(check, &listen->from,
                               _("The guest's screen is offered at '%s' without a password and "
                                 "without TLS: whoever reaches that address sees it and types."),
                               listen->value),
                    check->domain->form == CVM_FORM_XML
                        ? _("Listen at '127.0.0.1' and come through a tunnel, or set a password or "
                            "TLS. ('virsh dumpxml' leaves a password out that is set, unless it is "
                            "asked for with '--security-info'.)")
                        : _("Listen at '127.0.0.1' and come through a tunnel, or set a password or "
                            "TLS."));
        }
    }
}

/* ---- 617 device-unsupported ---- */

/* answer: libvirt's, where it is always the same. */
static void
hold_to_list(struct cvm_check *check, const struct cvm_text *value, const char *word,
             const char *device, const char *name, const char *answer)
{
    const struct cvm_device_enum *list = cvm_host_device_enum(check->host, device, name);

    if (cvm_is_set(*value) && list && list->values.count > 0 &&
        !cvm_strings_contain(&list->values, word)) {
        g_autofree char *offered = g_strjoinv("', '", (char **)list->values.items);
        struct cvm_finding *finding =
            answer ? cvm_report(check, &value->from,
                                _("Host '%1$s' does not offer '%2$s' for '%3$s': libvirt answers "
                                  "\"%4$s\"."),
                                cvm_host_title(check->host), word, device, answer)
                   : cvm_report(check, &value->from,
                                _("Host '%1$s' does not offer '%2$s' for '%3$s': libvirt refuses "
                                  "the domain."),
                                cvm_host_title(check->host), word, device);

        cvm_fix(finding, _("Use what it offers: '%s'."), offered);
    }
}

/* Buses depend on the machine. IDE is CVM601's. */
static void
hold_disks_to_lists(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const char *machine = check->host->domcaps.machine;
    gboolean same_machine = machine && cvm_is_set(domain->os.machine) &&
                            (g_str_equal(machine, domain->os.machine.value) ||
                             (g_str_has_prefix(machine, "pc-q35-") &&
                              (g_str_equal(domain->os.machine.value, "q35") ||
                               g_str_has_prefix(domain->os.machine.value, "pc-q35-"))));

    cvm_each (struct cvm_disk, disk, &domain->devices.disk) {
        hold_to_list(check, &disk->device, disk->device.value, "disk", "diskDevice", NULL);
        if (same_machine && !cvm_text_is(disk->bus, "ide")) {
            hold_to_list(check, &disk->bus, disk->bus.value, "disk", "bus", NULL);
        }
    }
}

/* Not looked at: host devices (mediated ones are never listed) and other channels than SPICE's,
 * because libvirt takes more than it lists; an external TPM, which old versions do not list. */
static void
check_unsupported(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    if (!cvm_speaks_of_guest(check->domain, check->host)) {
        return;
    }
    hold_disks_to_lists(check);
    cvm_each (struct cvm_filesystem, filesystem, &devices->filesystem) {
        if (cvm_text_is(filesystem->driver, "virtiofs")) {
            hold_to_list(check, &filesystem->driver, "virtiofs", "filesystem", "driverType",
                         "virtiofs is not supported with this QEMU binary");
        }
    }
    cvm_each (struct cvm_chardev, channel, &devices->channel) {
        if (cvm_text_is(channel->type, "spicevmc")) {
            hold_to_list(check, &channel->type, "spicevmc", "channel", "type", NULL);
        }
    }
    cvm_each (struct cvm_tpm, tpm, &devices->tpm) {
        hold_to_list(check, &tpm->common.model, tpm->common.model.value, "tpm", "model", NULL);
        if (cvm_text_is(tpm->type, "emulator")) {
            g_autofree char *answer =
                g_strconcat("TPM version '", cvm_is_set(tpm->version) ? tpm->version.value : "2.0",
                            "' is not supported", NULL);

            hold_to_list(check, &tpm->type, "emulator", "tpm", "backendModel", answer);
        } else if (cvm_text_is(tpm->type, "passthrough")) {
            hold_to_list(check, &tpm->type, "passthrough", "tpm", "backendModel", NULL);
        }
    }
    cvm_each (struct cvm_graphics, graphics, &devices->graphics) {
        if (!cvm_text_is(graphics->type, "none")) {
            hold_to_list(check, &graphics->type, graphics->type.value, "graphics", "type", NULL);
        }
    }
    cvm_each (struct cvm_video, video, &devices->video) {
        hold_to_list(check, &video->common.model, video->common.model.value, "video", "modelType",
                     NULL);
    }
    cvm_each (struct cvm_rng, rng, &devices->rng) {
        hold_to_list(check, &rng->common.model, rng->common.model.value, "rng", "model", NULL);
        hold_to_list(check, &rng->backend,
                     cvm_text_is(rng->backend, "builtin") ? "builtin" : "random", "rng",
                     "backendModel", NULL);
    }
}

const struct cvm_rule cvm_rules_devices[] = {
    { "CVM607", "hostdev-snp", CVM_SEVERE, CVM_GUEST_SEV_SNP, FALSE,
      N_("A device is assigned to a SEV-SNP guest, which QEMU before 10.1 cannot do."),
      check_hostdev_snp },
    { "CVM608", "hostdev-untrusted", CVM_NOTE, CVM_GUEST_AMD, FALSE,
      N_("A device of the host is passed through, and is not to be trusted."),
      check_hostdev_untrusted },
    { "CVM609", "vhost-user-unshared", CVM_SEVERE, 0, FALSE,
      N_("A device in another process cannot map the guest's memory."), check_vhost_user },
    { "CVM610", "balloon", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("A memory balloon, with which an encrypted guest can do nothing."), check_balloon },
    { "CVM611", "vcpu-hotplug", CVM_WARNING, CVM_GUEST_STATE, FALSE,
      N_("vCPUs are kept back for later, when a guest with encrypted registers cannot get them."),
      check_vcpu_hotplug },
    { "CVM612", "vmcoreinfo", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("'vmcoreinfo' is on, over which the kernel of an encrypted guest crashes."),
      check_vmcoreinfo },
    { "CVM613", "viommu", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("An emulated IOMMU, which cannot read the tables of an encrypted guest."), check_viommu },
    { "CVM614", "cpu-model-snp", CVM_SEVERE, 0, FALSE,
      N_("The host cannot run the CPU model, or SEV-SNP wants a newer one."), cvm_check_cpu_model },
    { "CVM615", "vtpm-host-controlled", CVM_NOTE, CVM_GUEST_AMD, FALSE,
      N_("The TPM is a program of the host, and proves nothing against it."), check_vtpm },
    { "CVM616", "graphics-exposed", CVM_WARNING, 0, FALSE,
      N_("The guest's screen can be reached over the network without a password or TLS."),
      check_graphics },
    { "CVM617", "device-unsupported", CVM_SEVERE, 0, TRUE,
      N_("The host does not offer a bus, model, type or backend of a device."), check_unsupported },
    { 0 },
};
