/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each device may have mapped for DMA at once. The numbers are those of Linux's drivers
 * (6.12.107) and of QEMU's devices (defaults of 7.2 to 10.0); rings themselves are allocated as
 * shared memory and take nothing of the pool (drivers/virtio/virtio_ring.c, dma_alloc_coherent()).
 */
#include "guest/swiotlb.h"
#include "util/i18n.h"

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define PAGE (4 * KIB)

/* include/linux/pagemap.h: VM_READAHEAD_PAGES: what the page cache reads at once. */
#define ORDINARY_REQUEST (128 * KIB)
/* include/linux/blkdev.h (6.12): BLK_DEF_MAX_SECTORS_CAP, 2560 sectors. */
#define LARGEST_REQUEST (1280 * KIB)

/* QEMU's defaults, as `qemu-system-x86_64 -device NAME,help` prints them (7.2). */
#define BLK_RING                                                                                   \
    UINT64_C(256)                /* virtio-blk-pci queue-size; drivers/block/virtio_blk.c: as many \
                                    requests, since each has its descriptors elsewhere */
#define SCSI_DEPTH UINT64_C(128) /* virtio-scsi-pci cmd_per_lun */
#define NET_RING UINT64_C(256)   /* virtio-net-pci rx_queue_size, tx_queue_size */
#define FS_RING UINT64_C(128)    /* vhost-user-fs-pci queue-size */
#define SCREEN (1280 * 800 * UINT64_C(4)) /* virtio-gpu-pci xres, yres */

/* Rings whose size QEMU's sources fix. */
#define PORT_RING UINT64_C(128)   /* hw/char/virtio-serial-bus.c: ports */
#define CONTROL_RING UINT64_C(32) /* the same: control queue */
#define P9_RING UINT64_C(128)     /* hw/9pfs/9p.h: MAX_REQ */
#define VSOCK_RING UINT64_C(128)  /* include/hw/virtio/vhost-vsock-common.h */
#define INPUT_RING UINT64_C(64)   /* hw/input/virtio-input.c */
#define VIRTIO_QUEUES                                                                              \
    UINT64_C(1024) /* include/hw/virtio/virtio.h: VIRTIO_QUEUE_MAX, and                            \
                      VIRTQUEUE_MAX_SIZE */

/* The largest that drivers send in one piece. */
#define P9_LARGEST (500 * KIB)     /* net/9p/trans_virtio.c: maxsize, 125 pages */
#define FUSE_LARGEST (256 * PAGE)  /* fs/fuse/fuse_i.h: FUSE_MAX_MAX_PAGES */
#define PACKET_LARGEST (64 * KIB)  /* include/linux/netdevice.h: GSO_LEGACY_MAX_SIZE */
#define PACKET_PIECES UINT64_C(19) /* MAX_SKB_FRAGS (17), the head, and the descriptors */
#define EVENTS UINT64_C(8)         /* VIRTIO_SCSI_EVENT_LEN; virtio_vsock's event_list */

#define SATA_DEPTH UINT64_C(32)            /* include/linux/libata.h: ATA_MAX_QUEUE */
#define USB_LARGEST (2048 * UINT64_C(512)) /* drivers/usb/storage/scsiglue.c: USB 3 */

#define MOST_VCPUS UINT64_C(65536) /* no machine has more; keeps sums from overflowing */

static uint64_t
whole_slots(uint64_t size)
{
    return (size + CVM_SWIOTLB_SLOT - 1) / CVM_SWIOTLB_SLOT * CVM_SWIOTLB_SLOT;
}

/* Data in pages, a header, a status, and a table of 16 bytes for each of all these pieces, at most
 * 256 (QEMU's seg_max is the queue's size less 2): vring_map_one_sg(), virtqueue_add_split(). */
uint64_t
cvm_swiotlb_request(uint64_t data)
{
    uint64_t pieces = MIN((data + PAGE - 1) / PAGE, 254) + 2;

    return whole_slots(data) + 2 * CVM_SWIOTLB_SLOT + whole_slots(16 * pieces);
}

/* Takes over device, which is translated. */
static void
add_use(GArray *uses, char *device, struct cvm_swiotlb_use use)
{
    use.device = device;
    g_array_append_val(uses, use);
}

static uint64_t
count_vcpus(const struct cvm_domain *domain)
{
    return cvm_is_set(domain->vcpu.count) ? CLAMP(domain->vcpu.count.value, 1, MOST_VCPUS) : 1;
}

/* Linux uses no more queues than it has CPUs. */
static uint64_t
count_queues(const struct cvm_domain *domain, const struct cvm_uint *given, uint64_t unsaid)
{
    uint64_t queues = cvm_is_set(*given) ? MAX(given->value, 1) : unsaid;

    return MIN(MIN(queues, count_vcpus(domain)), VIRTIO_QUEUES);
}

/* ---- disks ---- */

static const char *
name_of(const struct cvm_text *text)
{
    return cvm_is_set(*text) ? text->value : "?";
}

/* Where the number of queues is left open, QEMU makes one for each vCPU (5.2 and later,
 * virtio_pci_optimal_num_queues()). */
static void
add_virtio_disk(GArray *uses, const struct cvm_domain *domain, const struct cvm_disk *disk)
{
    uint64_t queues = count_queues(domain, &disk->queues, count_vcpus(domain));

    add_use(uses,
            g_strdup_printf(_("disk %1$s (virtio), %2$u x %3$u requests"), name_of(&disk->target),
                            (unsigned)queues, (unsigned)BLK_RING),
            (struct cvm_swiotlb_use){
                .usual = queues * BLK_RING * cvm_swiotlb_request(ORDINARY_REQUEST),
                .most = queues * BLK_RING * cvm_swiotlb_request(LARGEST_REQUEST),
                .source = "drivers/block/virtio_blk.c virtblk_probe(); QEMU virtio-blk-pci: "
                          "queue-size",
            });
}

static void
add_scsi_disk(GArray *uses, const char *target)
{
    add_use(
        uses,
        g_strdup_printf(_("disk %1$s (virtio-scsi), %2$u requests"), target, (unsigned)SCSI_DEPTH),
        (struct cvm_swiotlb_use){
            .usual = SCSI_DEPTH * cvm_swiotlb_request(ORDINARY_REQUEST),
            .most = SCSI_DEPTH * cvm_swiotlb_request(LARGEST_REQUEST),
            .source = "drivers/scsi/virtio_scsi.c virtscsi_probe(); QEMU virtio-scsi-pci: "
                      "cmd_per_lun",
        });
}

static void
add_usb_storage(GArray *uses, const char *name)
{
    add_use(uses, g_strdup_printf(_("%1$s (USB), one request"), name),
            (struct cvm_swiotlb_use){
                .usual = ORDINARY_REQUEST,
                .most = USB_LARGEST,
                .source = "drivers/usb/storage/scsiglue.c",
            });
}

/* SATA, and what else is emulated; a drive for discs does one thing at a time. */
static void
add_emulated_disk(GArray *uses, const struct cvm_disk *disk)
{
    gboolean many = cvm_text_is(disk->bus, "sata") &&
                    !(cvm_text_is(disk->device, "cdrom") || cvm_text_is(disk->device, "floppy"));
    uint64_t depth = many ? SATA_DEPTH : 1;

    add_use(uses,
            g_strdup_printf(_("disk %1$s (%2$s), 1 x %3$u requests"), name_of(&disk->target),
                            name_of(&disk->bus), (unsigned)depth),
            (struct cvm_swiotlb_use){
                .usual = depth * ORDINARY_REQUEST,
                .most = depth * LARGEST_REQUEST,
                .source = "include/linux/libata.h: ATA_MAX_QUEUE",
            });
}

static void
add_disk(GArray *uses, const struct cvm_domain *domain, const struct cvm_disk *disk)
{
    if (cvm_text_is(disk->bus, "virtio")) {
        add_virtio_disk(uses, domain, disk);
    } else if (cvm_text_is(disk->bus, "scsi")) {
        add_scsi_disk(uses, name_of(&disk->target));
    } else if (cvm_text_is(disk->bus, "usb")) {
        add_usb_storage(uses, name_of(&disk->target));
    } else {
        add_emulated_disk(uses, disk);
    }
}

static void
add_controller(GArray *uses, const struct cvm_controller *controller)
{
    if (cvm_text_is(controller->type, "scsi")) {
        add_use(uses, g_strdup(_("SCSI controller, its events")),
                (struct cvm_swiotlb_use){
                    .held = EVENTS * CVM_SWIOTLB_SLOT,
                    .source = "drivers/scsi/virtio_scsi.c: VIRTIO_SCSI_EVENT_LEN",
                });
    }
}

/* ---- network ---- */

/* Received: a page for each place in the ring, as long as the interface is up
 * (get_mergeable_buf_len()). Sent: a packet for each, of at most 64 KiB in at most 19 pieces, each
 * of which may waste most of a slot. */
static void
add_interface(GArray *uses, const struct cvm_domain *domain, const struct cvm_interface *interface,
              unsigned number)
{
    gboolean virtio = cvm_is_unset(interface->common.model) ||
                      g_str_has_prefix(name_of(&interface->common.model), "virtio");
    uint64_t pairs = virtio ? count_queues(domain, &interface->queues, 1) : 1;
    uint64_t sent = NET_RING * (PACKET_LARGEST + PACKET_PIECES * CVM_SWIOTLB_SLOT);

    add_use(uses,
            g_strdup_printf(_("interface %1$u (%2$s), %3$u x %4$u packets each way"), number,
                            virtio ? "virtio" : name_of(&interface->common.model), (unsigned)pairs,
                            (unsigned)NET_RING),
            (struct cvm_swiotlb_use){
                .held = pairs * NET_RING * PAGE,
                .usual = pairs * sent,
                .most = pairs * sent,
                .source = virtio ? "drivers/net/virtio_net.c; QEMU virtio-net-pci: rx_queue_size, "
                                   "tx_queue_size"
                                 : "derived: counted as a virtio interface",
            });
}

/* ---- shared folders ---- */

static void
add_filesystem(GArray *uses, const struct cvm_filesystem *filesystem)
{
    gboolean fuse = cvm_text_is(filesystem->driver, "virtiofs");
    uint64_t ring = fuse ? FS_RING : P9_RING; /* NOLINT(bugprone-branch-clone): equal by chance */

    if (fuse && cvm_is_set(filesystem->queue)) {
        ring = CLAMP(filesystem->queue.value, 1, VIRTIO_QUEUES);
    }
    add_use(uses,
            g_strdup_printf(_("shared folder %1$s (%2$s), %3$u requests"),
                            name_of(&filesystem->target), fuse ? "virtiofs" : "9p", (unsigned)ring),
            (struct cvm_swiotlb_use){
                .usual = ring * cvm_swiotlb_request(ORDINARY_REQUEST),
                .most = ring * cvm_swiotlb_request(fuse ? FUSE_LARGEST : P9_LARGEST),
                .source = fuse ? "fs/fuse/virtio_fs.c, fuse_i.h: FUSE_MAX_MAX_PAGES; QEMU "
                                 "vhost-user-fs-pci: queue-size"
                               : "net/9p/trans_virtio.c: maxsize, client.c: DEFAULT_MSIZE; QEMU "
                                 "hw/9pfs/9p.h: MAX_REQ",
            });
}

/* ---- consoles and channels ---- */

static unsigned
count_ports(const struct cvm_domain *domain)
{
    unsigned ports = domain->devices.channel.count;

    cvm_each (struct cvm_chardev, console, &domain->devices.console) {
        ports += cvm_text_is(console->target, "virtio") ? 1 : 0;
    }
    return ports;
}

/* fill_queue() of drivers/char/virtio_console.c fills each port's ring, and the control queue's,
 * with pages to receive in. What is sent is a page at a time. */
static void
add_ports(GArray *uses, const struct cvm_domain *domain)
{
    uint64_t ports = count_ports(domain);

    if (ports > 0) {
        add_use(uses,
                g_strdup_printf(ngettext_("consoles and channels (virtio), %u port",
                                          "consoles and channels (virtio), %u ports", ports),
                                (unsigned)ports),
                (struct cvm_swiotlb_use){
                    .held = (ports * PORT_RING + CONTROL_RING) * PAGE,
                    .usual = ports * PAGE,
                    .most = ports * PAGE,
                    .source = "drivers/char/virtio_console.c fill_queue(); QEMU "
                              "hw/char/virtio-serial-bus.c",
                });
    }
}

/* ---- the rest ---- */

static void
add_vsock(GArray *uses)
{
    uint64_t sent = VSOCK_RING * (PACKET_LARGEST + PACKET_PIECES * CVM_SWIOTLB_SLOT);

    add_use(uses, g_strdup(_("vsock")),
            (struct cvm_swiotlb_use){
                .held = VSOCK_RING * PAGE + EVENTS * CVM_SWIOTLB_SLOT,
                .usual = sent,
                .most = sent,
                .source = "net/vmw_vsock/virtio_transport.c, include/linux/virtio_vsock.h; QEMU "
                          "vhost-vsock-common.h",
            });
}

static void
add_input(GArray *uses, const struct cvm_input *input)
{
    if (cvm_text_is(input->bus, "virtio")) {
        add_use(uses, g_strdup_printf(_("%1$s (virtio)"), name_of(&input->type)),
                (struct cvm_swiotlb_use){
                    .held = INPUT_RING * CVM_SWIOTLB_SLOT,
                    .source = "drivers/virtio/virtio_input.c: evts",
                });
    } else {
        add_use(uses, g_strdup_printf(_("%1$s (USB)"), name_of(&input->type)),
                (struct cvm_swiotlb_use){
                    .held = CVM_SWIOTLB_SLOT,
                    .source = "derived: one small transfer",
                });
    }
}

/* virtio_gpu_object_shmem_init() maps a picture for as long as it is there; a desktop has two. */
static void
add_video(GArray *uses, const struct cvm_video *video)
{
    uint64_t heads = cvm_is_set(video->heads) ? CLAMP(video->heads.value, 1, 16) : 1;

    if (cvm_text_is(video->common.model, "virtio")) {
        add_use(
            uses,
            g_strdup_printf(_("video (virtio), %1$u pictures of 1280x800"), (unsigned)(2 * heads)),
            (struct cvm_swiotlb_use){
                .held = 2 * heads * whole_slots(SCREEN),
                .source = "drivers/gpu/drm/virtio/virtgpu_object.c; QEMU virtio-gpu-pci: xres, "
                          "yres; derived: two of them",
            });
    }
}

/* Nobody knows the device: NVMe disks and network cards alike make a queue for each CPU, so it is
 * counted as a virtio disk. */
static void
add_hostdev(GArray *uses, const struct cvm_domain *domain, const struct cvm_hostdev *hostdev)
{
    uint64_t queues = count_vcpus(domain);

    if (cvm_text_is(hostdev->type, "usb")) {
        add_usb_storage(uses, name_of(&hostdev->source));
    } else if (cvm_text_is(hostdev->type, "scsi")) {
        add_scsi_disk(uses, name_of(&hostdev->source));
    } else {
        add_use(uses,
                g_strdup_printf(_("passed-through device %1$s, counted as a disk with %2$u queues"),
                                name_of(&hostdev->source), (unsigned)queues),
                (struct cvm_swiotlb_use){
                    .usual = queues * BLK_RING * cvm_swiotlb_request(ORDINARY_REQUEST),
                    .most = queues * BLK_RING * cvm_swiotlb_request(LARGEST_REQUEST),
                    .source = "derived: its driver decides; measure it in the guest",
                });
    }
}

static void
add_rng(GArray *uses)
{
    add_use(uses, g_strdup(_("random number generator")),
            (struct cvm_swiotlb_use){
                .held = CVM_SWIOTLB_SLOT,
                .source = "drivers/char/hw_random/virtio-rng.c",
            });
}

void
cvm_swiotlb_add_devices(GArray *uses, const struct cvm_domain *domain)
{
    const struct cvm_devices *devices = &domain->devices;
    unsigned number = 0;

    cvm_each (struct cvm_disk, disk, &devices->disk) {
        add_disk(uses, domain, disk);
    }
    cvm_each (struct cvm_controller, controller, &devices->controller) {
        add_controller(uses, controller);
    }
    cvm_each (struct cvm_interface, interface, &devices->interface) {
        add_interface(uses, domain, interface, ++number);
    }
    cvm_each (struct cvm_filesystem, filesystem, &devices->filesystem) {
        add_filesystem(uses, filesystem);
    }
    cvm_each (struct cvm_hostdev, hostdev, &devices->hostdev) {
        add_hostdev(uses, domain, hostdev);
    }
    add_ports(uses, domain);
    cvm_each (struct cvm_vsock, vsock, &devices->vsock) {
        add_vsock(uses);
    }
    cvm_each (struct cvm_input, input, &devices->input) {
        add_input(uses, input);
    }
    cvm_each (struct cvm_video, video, &devices->video) {
        add_video(uses, video);
    }
    cvm_each (struct cvm_rng, rng, &devices->rng) {
        add_rng(uses);
    }
}
