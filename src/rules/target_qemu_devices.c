/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 855 to 859: devices that QEMU's command line cannot say, or for which libvirt prepares something
 * that nobody prepares without it. */
#include <string.h>

#include "model/layout.h"
#include "rules/rule.h"
#include "util/i18n.h"

/* ---- 855 qemu-network ---- */

static gboolean
is_virtio(const struct cvm_interface *interface)
{
    return !cvm_is_set(interface->common.model) ||
           g_str_has_prefix(interface->common.model.value, "virtio");
}

static void
check_network(struct cvm_check *check, const struct cvm_interface *interface)
{
    if (cvm_text_is(interface->source, "default")) {
        cvm_fix(cvm_report_as(check, CVM_WARNING, &interface->type.from,
                              _("Which bridge libvirt's network 'default' has is not known here: "
                                "QEMU is given 'virbr0', as libvirt ships it. Without such a "
                                "bridge it does not start, and if that is another network's, the "
                                "guest is there.")),
                _("Say 'type: bridge' and the bridge as 'source'."));
    } else {
        cvm_fix(cvm_report(check, &interface->type.from,
                           _("Only libvirt knows what its network '%s' is, and QEMU has no word "
                             "for it: it does not start."),
                           cvm_is_set(interface->source) ? interface->source.value : ""),
                _("Say 'type: bridge' and the bridge as 'source' ('virsh net-info' tells it), or "
                  "name a tap device that is there as 'target'."));
    }
}

/* A bridge's helper makes one tap of one queue, and no more. */
static void
check_helper(struct cvm_check *check, const struct cvm_interface *interface)
{
    gboolean queues = cvm_is_set(interface->queues) && interface->queues.value > 1;

    if (is_virtio(interface) && (queues || cvm_text_is(interface->driver, "vhost"))) {
        cvm_fix(cvm_report_as(check, CVM_WARNING,
                              queues ? &interface->queues.from : &interface->driver.from,
                              _("The helper by which QEMU is connected to a bridge makes a tap "
                                "device of one queue, and without vhost: the card gets no more.")),
                _("Make a tap device that does ('ip tuntap add mode tap multi_queue'), and name it "
                  "as 'target'."));
    }
}

/* Switched through though it was to be off, or in a network that it was to be kept from. */
static void
check_separation(struct cvm_check *check, const struct cvm_interface *interface)
{
    if (cvm_text_is(interface->link, "down")) {
        cvm_fix(cvm_report(check, &interface->link.from,
                           _("QEMU starts with every link up, and only its monitor takes one down: "
                             "the guest is on the network from its start.")),
                _("Leave the card out, or let libvirt start the guest."));
    }
    if (cvm_is_set(interface->vlan)) {
        cvm_fix(cvm_report(check, &interface->vlan.from,
                           _("QEMU does not tag packets: the guest is in the bridge's own network "
                             "instead of VLAN '%llu'."),
                           (unsigned long long)interface->vlan.value),
                _("Use a bridge on that VLAN, or tag the port of a tap device ('bridge vlan')."));
    }
}

static void
check_interface(struct cvm_check *check, const struct cvm_interface *interface)
{
    static const char *const known[] = { "bridge",   "network", "direct",
                                         "ethernet", "user",    "vhostuser" };
    gboolean prepared = cvm_is_set(interface->target);
    gboolean is_known = !cvm_is_set(interface->type);

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        is_known = is_known || cvm_text_is(interface->type, known[i]);
    }
    check_separation(check, interface);
    if (!is_known) {
        cvm_report(check, &interface->type.from,
                   _("How a card of type '%s' is connected is not written for QEMU: it does not "
                     "start."),
                   interface->type.value);
    } else if (cvm_text_is(interface->type, "direct")) {
        cvm_fix(cvm_report(check, &interface->type.from,
                           _("QEMU is handed a macvtap device as an open file, which a command "
                             "line cannot hold: it does not start.")),
                _("Use a bridge, or a tap device that is there, named as 'target' of type "
                  "'ethernet'."));
    } else if (cvm_text_is(interface->type, "ethernet") && !prepared) {
        cvm_fix(cvm_report(check, &interface->type.from,
                           _("Which tap device the card is connected to is not said, and nobody "
                             "makes one: QEMU does not start.")),
                _("Name one that is there as 'target'."));
    } else if (cvm_text_is(interface->type, "network") && !prepared) {
        check_network(check, interface);
        check_helper(check, interface);
    } else if (cvm_text_is(interface->type, "bridge") && !prepared) {
        check_helper(check, interface);
    } else if (prepared && !cvm_text_is(interface->type, "user") &&
               !cvm_text_is(interface->type, "vhostuser")) {
        cvm_report_as(check, CVM_NOTE, &interface->target.from,
                      _("QEMU opens the tap device '%s', and neither makes it nor connects it to "
                        "anything, as libvirt would."),
                      interface->target.value);
    }
}

static void
check_interfaces(struct cvm_check *check)
{
    cvm_each (struct cvm_interface, interface, &check->domain->devices.interface) {
        check_interface(check, interface);
    }
}

/* ---- 856 qemu-disk ---- */

static gboolean
is_one_of(const struct cvm_text *text, const char *const *words)
{
    return cvm_is_set(*text) && g_strv_contains(words, text->value);
}

static void
check_network_disk(struct cvm_check *check, const struct cvm_disk *disk)
{
    static const char *const with_host[] = { "nbd",   "iscsi", "gluster", "http",
                                             "https", "ftp",   "ftps",    NULL };

    if (cvm_text_is(disk->protocol, "rbd")) {
        return;
    }
    if (cvm_is_set(disk->protocol) && !is_one_of(&disk->protocol, with_host)) {
        cvm_fix(cvm_report(check, &disk->protocol.from,
                           _("A disk by '%s' is not written for QEMU: the guest comes up without "
                             "it."),
                           disk->protocol.value),
                _("Use 'rbd', 'nbd', 'iscsi', 'gluster', 'http', 'https', 'ftp' or 'ftps', or a "
                  "file or block device of the host."));
    } else if (!cvm_is_set(disk->host) && cvm_is_unset(disk->host)) {
        cvm_fix(cvm_report(check, &disk->from,
                           _("The server of a network disk is not said: the guest comes up without "
                             "it.")),
                _("Name it as 'host'."));
    }
}

static void
check_disk(struct cvm_check *check, const struct cvm_disk *disk)
{
    static const char *const plain[] = { "file", "block", NULL };
    static const char *const secret[] = { "luks", "cow", NULL };

    if (cvm_text_is(disk->type, "volume")) {
        cvm_fix(cvm_report(check, &disk->type.from,
                           _("Only libvirt knows where a volume of a storage pool is: the guest "
                             "comes up without it.")),
                _("Name its path as 'source' ('virsh vol-path' tells it), without a pool."));
    } else if (cvm_text_is(disk->type, "network")) {
        check_network_disk(check, disk);
    } else if (cvm_is_set(disk->type) && !is_one_of(&disk->type, plain)) {
        cvm_report(check, &disk->type.from,
                   _("A disk of type '%s' is not written for QEMU: the guest comes up without it."),
                   disk->type.value);
    }
    if (is_one_of(&disk->format, secret)) {
        cvm_fix(cvm_report(check, &disk->format.from,
                           _("QEMU does not open an image of format '%s' with what is known here: "
                             "it does not start."),
                           disk->format.value),
                _("Let the guest itself encrypt the disk: the key is then none of the host's."));
    }
}

static void
check_disks(struct cvm_check *check)
{
    cvm_each (struct cvm_disk, disk, &check->domain->devices.disk) {
        check_disk(check, disk);
    }
}

/* ---- 857 qemu-unprepared ---- */

static void
check_hostdev(struct cvm_check *check, const struct cvm_hostdev *hostdev)
{
    if (cvm_text_is(hostdev->type, "scsi")) {
        cvm_fix(cvm_report(check, &hostdev->from,
                           _("QEMU is given a SCSI device by the number of its generic device, "
                             "which changes with each start of the host: the guest comes up "
                             "without it.")),
                _("Pass the disk as one of device 'lun' with its name below /dev/disk/by-id, or "
                  "let libvirt start the guest."));
    } else if (cvm_text_is(hostdev->type, "pci") && cvm_is_on(hostdev->managed)) {
        cvm_fix(
            cvm_report_as(check, CVM_WARNING,
                          cvm_is_given(hostdev->managed) ? &hostdev->managed.from : &hostdev->from,
                          _("Nobody takes the host's device from its driver and gives it back: "
                            "QEMU starts only if 'vfio-pci' has it already.")),
            _("Bind it by hand ('driverctl set-override ADDRESS vfio-pci') and say 'managed: "
              "false'."));
    }
}

/* libvirt keeps a domain's XML, and with it a password, to root. */
static void
check_password(struct cvm_check *check, const struct cvm_text *password)
{
    if (cvm_is_set(*password)) {
        cvm_fix(cvm_report_as(check, CVM_WARNING, &password->from,
                              _("The password is in the script or unit as it is: whoever may read "
                                "the file has it, and systemd tells it to every user of the host "
                                "('systemctl show').")),
                _("Leave it out and listen at a socket or at '127.0.0.1'; or take the script, and "
                  "let no one else read it."));
    }
}

static void
check_screen(struct cvm_check *check, const struct cvm_graphics *graphics)
{
    gboolean socket = cvm_is_set(graphics->socket) ||
                      (cvm_is_set(graphics->listen) && graphics->listen.value[0] == '/');

    if (cvm_is_on(graphics->tls)) {
        cvm_fix(cvm_report(check, &graphics->tls.from,
                           _("The certificates of the host's screens are named in libvirt's own "
                             "configuration: QEMU does not start without, and nothing unencrypted "
                             "is offered instead.")),
                _("Listen at a socket or at 127.0.0.1, and reach it by SSH."));
    } else if (cvm_text_is(graphics->type, "spice") && cvm_is_unset(graphics->port) && !socket) {
        cvm_fix(cvm_report(check, &graphics->from,
                           _("QEMU looks for no free port by itself for SPICE, and does not start "
                             "without one.")),
                _("Say which 'port', or a 'socket'."));
    } else if (cvm_text_is(graphics->type, "vnc") && cvm_is_set(graphics->port) &&
               graphics->port.value < 5900) {
        cvm_fix(cvm_report(check, &graphics->port.from,
                           _("QEMU counts VNC's ports from 5900, and cannot listen at '%llu'."),
                           (unsigned long long)graphics->port.value),
                _("Say a port from 5900 on."));
    }
}

static void
check_unprepared(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    cvm_each (struct cvm_hostdev, hostdev, &devices->hostdev) {
        check_hostdev(check, hostdev);
    }
    cvm_each (struct cvm_graphics, graphics, &devices->graphics) {
        check_screen(check, graphics);
        check_password(check, &graphics->password);
    }
}

/* ---- 858 qemu-address ---- */

static const char *
problem_text(enum cvm_layout_problem problem)
{
    static const char *const texts[] = {
        [CVM_LAYOUT_SOUND] = NULL,
        [CVM_LAYOUT_MACHINE] =
            N_("Only a q35 machine's buses are laid out for QEMU's command line: on another one "
               "the devices have no place, and QEMU does not start."),
        [CVM_LAYOUT_CONTROLLER] = N_(
            "A PCI controller of this model, or at this index or none, is not laid out for QEMU's "
            "command line: devices behind it have no place, and QEMU does not start."),
        [CVM_LAYOUT_SCSI] =
            N_("The SCSI controller that this disk's name belongs to (each has 7) is not among "
               "those that are listed: the disk has no place, and QEMU does not start."),
        [CVM_LAYOUT_TAKEN] = N_("Two devices are at the PCI address '%s': QEMU does not start."),
        [CVM_LAYOUT_UNFIT] = N_("No device of this kind can be at the PCI address '%s': there is "
                                "no such slot, and QEMU does not start."),
        [CVM_LAYOUT_FULL] =
            N_("There are more devices than PCI buses of a q35 machine have room for: from this "
               "one on they have no place, and QEMU does not start."),
    };

    return texts[problem];
}

static void
check_layout(struct cvm_check *check)
{
    CVM_AUTO(layout) *layout = cvm_layout_new(check->domain);
    const struct cvm_from *at = layout->at ? layout->at : &check->domain->devices.from;

    if (layout->problem == CVM_LAYOUT_TAKEN) {
        cvm_fix(cvm_report(check, at, _(problem_text(layout->problem)), layout->address),
                _("Give another address, or none: a free one is chosen."));
    } else if (layout->problem == CVM_LAYOUT_UNFIT) {
        cvm_fix(cvm_report(check, at, _(problem_text(layout->problem)), layout->address),
                _("Bus 00 is the machine's, each root port behind it has slot 00 alone; give no "
                  "address to have one chosen."));
    } else if (layout->problem == CVM_LAYOUT_SCSI) {
        cvm_fix(cvm_report(check, at, "%s", _(problem_text(layout->problem))),
                _("List it below 'controller' with its index, or list none: they are added."));
    } else if (layout->problem != CVM_LAYOUT_SOUND) {
        cvm_report(check, at, "%s", _(problem_text(layout->problem)));
    }
}

/* ---- 859 qemu-device ---- */

static void
report_each(struct cvm_check *check, const struct cvm_from *at, const char *element)
{
    cvm_report_as(check, CVM_WARNING, at,
                  _("'%s' is not written for QEMU: the guest comes up without it."), element);
}

static void
check_others(struct cvm_check *check)
{
    const struct cvm_devices *devices = &check->domain->devices;

    cvm_each (struct cvm_watchdog, watchdog, &devices->watchdog) {
        if (cvm_text_is(watchdog->action, "dump")) {
            cvm_fix(cvm_report(check, &watchdog->action.from,
                               _("It is libvirt that writes a dump when the watchdog strikes: QEMU "
                                 "pauses the guest instead, and waits for somebody.")),
                    _("Say 'pause', or 'poweroff'."));
        }
    }
    cvm_each (struct cvm_viommu, viommu, &devices->viommu) {
        report_each(check, &viommu->from, "iommu");
    }
    cvm_each (struct cvm_memory_device, memory, &devices->memory) {
        report_each(check, &memory->from, "memory");
    }
    cvm_each (struct cvm_other, crypto, &devices->crypto) {
        report_each(check, &crypto->from, "crypto");
    }
    cvm_each (struct cvm_other, sound, &devices->sound) {
        report_each(check, &sound->from, "sound");
    }
    cvm_each (struct cvm_other, shmem, &devices->shmem) {
        report_each(check, &shmem->from, "shmem");
    }
}

const struct cvm_rule cvm_rules_qemu_devices[] = {
    { "CVM855", "qemu-network", CVM_SEVERE, 0, FALSE,
      N_("What a network card is connected to is made by libvirt, and by nobody else."),
      check_interfaces },
    { "CVM856", "qemu-disk", CVM_SEVERE, 0, FALSE,
      N_("A disk is where only libvirt finds it, or needs a secret that only libvirt has."),
      check_disks },
    { "CVM857", "qemu-unprepared", CVM_SEVERE, 0, FALSE,
      N_("Libvirt prepares a device, a port or certificates, and nobody does without it."),
      check_unprepared },
    { "CVM858", "qemu-address", CVM_SEVERE, 0, FALSE,
      N_("There is no place on the PCI buses for a device, or it was given a wrong one."),
      check_layout },
    { "CVM859", "qemu-device", CVM_WARNING, 0, FALSE,
      N_("A device, or what it does, is not written for QEMU."), check_others },
    { 0 },
};
