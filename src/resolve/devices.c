/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All devices but disks. */
#include "resolve/choose.h"

#include <string.h>

#include "util/i18n.h"
#include "util/number.h"

/* Addresses that a guest can have: vsock(7). */
#define CID_FIRST 3u
#define CID_LAST (G_MAXUINT32 - 1)

static void
resolve_controller(struct cvm_choice *choice, struct cvm_controller *controller)
{
    if (cvm_text_is(controller->type, "scsi")) {
        cvm_choose_text(choice, "model", &controller->common.model, "virtio-scsi",
                        _("OVMF and Linux drive it in an encrypted guest"));
    } else if (cvm_text_is(controller->type, "usb")) {
        cvm_choose_text(choice, "model", &controller->common.model, "qemu-xhci",
                        _("the USB controller made for virtual machines"));
    }
}

/* Of libvirt's networks the default one is like the pod's: translated, and everywhere. What any
 * other is like, nobody knows. */
static void
choose_cluster_network(struct cvm_choice *choice, struct cvm_interface *interface)
{
    gboolean is_network = cvm_is_unset(interface->type) || cvm_text_is(interface->type, "network");
    gboolean is_default =
        cvm_is_unset(interface->source) || cvm_text_is(interface->source, "default");

    if (is_network && is_default && cvm_is_unset(interface->multus)) {
        cvm_choose_flag(choice, "pod", &interface->pod, TRUE,
                        _("the pod's network, translated, is what comes next to libvirt's "
                          "'default'"));
    }
}

/* What libvirt would make up and remember: for QEMU's command line it has to be the same each time,
 * so it is taken from a sum of the guest's name. */
static gboolean
is_for_qemu(const struct cvm_choice *choice)
{
    return g_strcmp0(choice->domain->target, "qemu") == 0;
}

static uint32_t
sum_name(const struct cvm_choice *choice, const char *kind, unsigned i)
{
    const struct cvm_text *name = &choice->domain->name;
    g_autofree char *text =
        g_strdup_printf("%s/%s/%u", cvm_is_set(*name) ? name->value : "", kind, i);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    sum[8] = '\0';
    return (uint32_t)g_ascii_strtoull(sum, NULL, 16);
}

/* 52:54:00 is what QEMU and libvirt begin with: a local address of one card. */
static void
choose_mac(struct cvm_choice *choice, struct cvm_interface *interface, unsigned i)
{
    if (is_for_qemu(choice)) {
        uint32_t sum = sum_name(choice, "interface", i);

        cvm_choose_text(choice, "mac", &interface->mac,
                        cvm_arena_printf(choice->domain->arena, "52:54:00:%02x:%02x:%02x",
                                         sum >> 24, sum >> 16 & 0xff, sum >> 8 & 0xff),
                        _("made of the guest's name: QEMU by itself gives all guests the same"));
    }
}

static void
choose_libvirt_network(struct cvm_choice *choice, struct cvm_interface *interface)
{
    if (interface->source.from.origin == CVM_UNSET) {
        cvm_choose_text(choice, "type", &interface->type, "network",
                        _("libvirt's own networks are the usual way out"));
    }
    if (cvm_text_is(interface->type, "network")) {
        cvm_choose_text(choice, "source", &interface->source, "default",
                        _("the network that every libvirt comes with"));
    } else if (cvm_text_is(interface->type, "direct")) {
        cvm_choose_text(choice, "mode", &interface->mode, "bridge",
                        _("guests on the same link reach each other"));
    } else if (cvm_text_is(interface->type, "vhostuser")) {
        cvm_choose_text(choice, "mode", &interface->mode, "server",
                        _("a switch that restarts can then connect again"));
    }
}

static void
resolve_interface(struct cvm_choice *choice, struct cvm_interface *interface, unsigned i)
{
    choose_mac(choice, interface, i);
    if (cvm_domain_is_for_kubevirt(choice->domain)) {
        choose_cluster_network(choice, interface);
    } else {
        choose_libvirt_network(choice, interface);
    }
    cvm_choose_text(choice, "model", &interface->common.model, "virtio",
                    _("the fastest, and the guest's drivers know how to share memory with it"));
    cvm_choose_flag(choice, "rom", &interface->rom, FALSE,
                    _("an option ROM is host code that runs in the guest before its system"));
}

static void
resolve_chardev(struct cvm_choice *choice, struct cvm_chardev *chardev, const char *target)
{
    cvm_choose_text(choice, "type", &chardev->type, "pty", _("what 'virsh console' connects to"));
    if (target) {
        cvm_choose_text(choice, "target", &chardev->target, target,
                        _("firmware and kernel speak to a serial port from the first line on"));
    }
    if (cvm_is_set(chardev->source) &&
        (cvm_text_is(chardev->type, "unix") || cvm_text_is(chardev->type, "tcp"))) {
        cvm_choose_text(choice, "mode", &chardev->mode, "bind",
                        _("QEMU waits for others to connect"));
    }
}

static void
resolve_serial(struct cvm_choice *choice, struct cvm_chardev *serial, unsigned i)
{
    resolve_chardev(choice, serial, "isa-serial");
    cvm_choose_uint(choice, "port", &serial->port, i, _("ports are numbered as they are listed"));
}

static void
resolve_console(struct cvm_choice *choice, struct cvm_chardev *console, unsigned i)
{
    resolve_chardev(choice, console, "serial");
    cvm_choose_uint(choice, "port", &console->port, i, _("ports are numbered as they are listed"));
}

static void
resolve_channel(struct cvm_choice *choice, struct cvm_chardev *channel)
{
    cvm_choose_text(choice, "type", &channel->type, "unix",
                    _("a socket, which libvirt puts where the guest's other files are"));
    resolve_chardev(choice, channel, NULL);
}

static void
resolve_rng(struct cvm_choice *choice, struct cvm_rng *rng)
{
    cvm_choose_text(choice, "model", &rng->common.model, "virtio",
                    _("the model that every guest system knows"));
    cvm_choose_text(choice, "backend", &rng->backend, "/dev/urandom",
                    _("never blocks; the guest mixes it with its processor's own source"));
}

static void
resolve_tpm(struct cvm_choice *choice, struct cvm_tpm *tpm)
{
    cvm_choose_text(choice, "type", &tpm->type, "emulator",
                    _("one TPM a guest, without hardware of its own"));
    if (!cvm_text_is(tpm->type, "external")) {
        cvm_choose_text(choice, "model", &tpm->common.model, "tpm-crb",
                        _("the interface of TPM 2.0"));
    }
    if (cvm_text_is(tpm->type, "emulator")) {
        cvm_choose_text(choice, "version", &tpm->version, "2.0", _("what systems ask for today"));
    }
}

static void
resolve_vsock(struct cvm_choice *choice, struct cvm_vsock *vsock)
{
    cvm_choose_text(choice, "model", &vsock->common.model, "virtio",
                    _("the model that every guest system knows"));
    if (vsock->cid.from.origin == CVM_UNSET) {
        cvm_choose_flag(choice, "auto", &vsock->cid_auto, TRUE,
                        _("libvirt takes an address that no other guest has"));
    }
    if (is_for_qemu(choice) && cvm_is_on(vsock->cid_auto)) {
        cvm_choose_uint(choice, "cid", &vsock->cid,
                        CID_FIRST + sum_name(choice, "vsock", 0) % (CID_LAST - CID_FIRST + 1),
                        _("made of the guest's name: QEMU does not start where another guest has "
                          "it"));
    }
}

static void
resolve_graphics(struct cvm_choice *choice, struct cvm_graphics *graphics)
{
    cvm_choose_text(choice, "type", &graphics->type, "vnc", _("every QEMU has it"));
    if (!cvm_text_is(graphics->type, "none") && graphics->socket.from.origin == CVM_UNSET) {
        cvm_choose_text(choice, "listen", &graphics->listen, "127.0.0.1",
                        _("the guest's screen is not for the network"));
    }
}

static void
resolve_video(struct cvm_choice *choice, struct cvm_video *video)
{
    cvm_choose_text(choice, "model", &video->common.model, "virtio",
                    _("the guest's drivers know how to share memory with it"));
}

static void
resolve_filesystem(struct cvm_choice *choice, struct cvm_filesystem *filesystem)
{
    cvm_choose_text(
        choice, "driver", &filesystem->driver, "path",
        _("9p runs in QEMU itself; a virtiofs daemon must offer what encrypted memory asks for"));
    if (cvm_text_is(filesystem->driver, "virtiofs")) {
        cvm_choose_text(choice, "accessmode", &filesystem->accessmode, "passthrough",
                        _("the only mode of virtiofs"));
    } else {
        cvm_choose_text(choice, "accessmode", &filesystem->accessmode, "mapped",
                        _("owners and modes are kept although QEMU is not root"));
    }
}

static void
resolve_hostdev(struct cvm_choice *choice, struct cvm_hostdev *hostdev)
{
    cvm_choose_text(choice, "type", &hostdev->type, "pci", _("the usual kind"));
    if (cvm_text_is(hostdev->type, "pci")) {
        cvm_choose_flag(choice, "managed", &hostdev->managed, TRUE,
                        _("libvirt takes the device from its driver and gives it back"));
    } else if (cvm_text_is(hostdev->type, "mdev")) {
        cvm_choose_text(choice, "model", &hostdev->common.model, "vfio-pci",
                        _("what mediated devices are on x86"));
    }
}

static void
resolve_watchdog(struct cvm_choice *choice, struct cvm_watchdog *watchdog)
{
    cvm_choose_text(choice, "model", &watchdog->common.model, "i6300esb",
                    _("every libvirt knows it"));
    cvm_choose_text(choice, "action", &watchdog->action,
                    choice->guest & CVM_GUEST_STATE ? "poweroff" : "reset",
                    choice->guest & CVM_GUEST_STATE
                        ? _("a guest whose vCPU state is encrypted cannot be reset in place")
                        : _("a guest that hangs starts again"));
}

static void
resolve_input(struct cvm_choice *choice, struct cvm_input *input)
{
    cvm_choose_text(choice, "type", &input->type, "tablet",
                    _("its pointer is where the viewer's is"));
    cvm_choose_text(choice, "bus", &input->bus, "usb", _("the bus that every guest system knows"));
}

/* What a guest has although nobody asked: a serial port, so that it can be reached, a screen for a
 * viewer that was asked for, and no balloon, which an encrypted guest cannot fill. */
static void
add_devices(struct cvm_choice *choice)
{
    struct cvm_devices *devices = &choice->domain->devices;
    gboolean screen = FALSE;
    struct cvm_balloon *balloon;

    cvm_choose_in(choice, "devices", &devices->from);
    if (devices->console.from.origin == CVM_UNSET) {
        cvm_choose_list(choice, "serial", &devices->serial, sizeof(struct cvm_chardev), 1, "pty",
                        _("without a serial port a guest without a screen could not be reached"));
    }
    cvm_each (struct cvm_graphics, graphics, &devices->graphics) {
        screen = screen || !cvm_text_is(graphics->type, "none");
    }
    if (screen && !cvm_domain_is_for_kubevirt(choice->domain)) { /* which adds its own */
        cvm_choose_list(choice, "video", &devices->video, sizeof(struct cvm_video), 1, "virtio",
                        _("a viewer needs a screen to show"));
    }
    balloon = cvm_choose_list(choice, "memballoon", &devices->memballoon, sizeof *balloon, 1,
                              "none", _("the memory of an encrypted guest cannot be given back"));
    if (balloon) {
        cvm_default_text(&balloon->common.model, "none", choice->node, balloon->from.reason);
    }
}

/* Before 6.0 QEMU did not do this by itself for a confidential guest. */
static gboolean
needs_iommu(const struct cvm_choice *choice)
{
    return choice->guest & CVM_GUEST_AMD && choice->host && choice->host->qemu_version &&
           choice->host->qemu_version < CVM_VERSION(6, 0, 0);
}

static void
choose_iommu(struct cvm_choice *choice, const char *list, unsigned i, const struct cvm_from *from,
             struct cvm_device *device)
{
    cvm_choose_in_item(choice, list, i, from);
    cvm_choose_flag(choice, "iommu", &device->iommu, TRUE,
                    _("before QEMU 6.0 a virtio device must be told that memory is encrypted"));
}

static gboolean
is_virtio(const struct cvm_device *device)
{
    return cvm_is_set(device->model) && g_str_has_prefix(device->model.value, "virtio");
}

#define IOMMU_EACH(type, list, condition)                                                          \
    index = 0;                                                                                     \
    cvm_each (struct type, item, &devices->list) {                                                 \
        if (condition) {                                                                           \
            choose_iommu(choice, "devices." #list, index, &item->from, &item->common);             \
        }                                                                                          \
        index++;                                                                                   \
    }

static void
choose_iommus(struct cvm_choice *choice)
{
    struct cvm_devices *devices = &choice->domain->devices;
    unsigned index;

    IOMMU_EACH(cvm_disk, disk, cvm_text_is(item->bus, "virtio"))
    IOMMU_EACH(cvm_controller, controller,
               is_virtio(&item->common) || cvm_text_is(item->type, "virtio-serial"))
    IOMMU_EACH(cvm_interface, interface, is_virtio(&item->common))
    IOMMU_EACH(cvm_rng, rng, is_virtio(&item->common))
    IOMMU_EACH(cvm_vsock, vsock, is_virtio(&item->common))
    IOMMU_EACH(cvm_video, video, is_virtio(&item->common))
    IOMMU_EACH(cvm_filesystem, filesystem, TRUE)
    IOMMU_EACH(cvm_input, input, cvm_text_is(item->bus, "virtio"))
    IOMMU_EACH(cvm_balloon, memballoon, is_virtio(&item->common))
}

#define RESOLVE_EACH(type, list, ...)                                                              \
    index = 0;                                                                                     \
    cvm_each (struct type, item, &devices->list) {                                                 \
        cvm_choose_in_item(choice, "devices." #list, index, &item->from);                          \
        __VA_ARGS__;                                                                               \
        index++;                                                                                   \
    }

void
cvm_resolve_devices(struct cvm_choice *choice)
{
    struct cvm_devices *devices = &choice->domain->devices;
    unsigned index;

    add_devices(choice);
    RESOLVE_EACH(cvm_controller, controller, resolve_controller(choice, item))
    RESOLVE_EACH(cvm_interface, interface, resolve_interface(choice, item, index))
    RESOLVE_EACH(cvm_chardev, serial, resolve_serial(choice, item, index))
    RESOLVE_EACH(cvm_chardev, console, resolve_console(choice, item, index))
    RESOLVE_EACH(cvm_chardev, channel, resolve_channel(choice, item))
    RESOLVE_EACH(cvm_rng, rng, resolve_rng(choice, item))
    RESOLVE_EACH(cvm_tpm, tpm, resolve_tpm(choice, item))
    RESOLVE_EACH(cvm_vsock, vsock, resolve_vsock(choice, item))
    RESOLVE_EACH(cvm_graphics, graphics, resolve_graphics(choice, item))
    RESOLVE_EACH(cvm_video, video, resolve_video(choice, item))
    RESOLVE_EACH(cvm_filesystem, filesystem, resolve_filesystem(choice, item))
    RESOLVE_EACH(cvm_hostdev, hostdev, resolve_hostdev(choice, item))
    RESOLVE_EACH(cvm_watchdog, watchdog, resolve_watchdog(choice, item))
    RESOLVE_EACH(cvm_input, input, resolve_input(choice, item))
    if (needs_iommu(choice)) {
        choose_iommus(choice);
    }
}
