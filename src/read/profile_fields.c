/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/profile_fields.h"

#include <stddef.h>

#include "read/profile.h"
#include "util/cpuset.h"
#include "util/i18n.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Rows: what they hold, the key, the struct, the member; further members by name. */
#define ROW(KIND, k, s, m, h, ...)                                                                 \
    {                                                                                              \
        .key = (k), .kind = CVM_FIELD_##KIND, .offset = offsetof(struct s, m), .help = (h),        \
        ##__VA_ARGS__                                                                              \
    }
#define TEXT(k, s, m, h, ...) ROW(TEXT, k, s, m, h, ##__VA_ARGS__)
#define WORD(k, s, m, w, h, ...) ROW(TEXT, k, s, m, h, .words = (w), ##__VA_ARGS__)
#define FLAG(k, s, m, h) ROW(FLAG, k, s, m, h)
#define UINT(k, s, m, lo, hi, h, ...)                                                              \
    ROW(UINT, k, s, m, h, .least = (lo), .most = (hi), ##__VA_ARGS__)
#define SIZE(k, s, m, h, ...) ROW(SIZE, k, s, m, h, .least = 1, ##__VA_ARGS__)
#define BLOB(k, s, m, h) ROW(BLOB, k, s, m, h)
#define MAP(k, s, m, t, h, ...) ROW(MAP, k, s, m, h, .table = &(t), ##__VA_ARGS__)
#define LIST(k, s, m, t, h, ...) ROW(LIST, k, s, m, h, .table = &(t), ##__VA_ARGS__)
#define END                                                                                        \
    {                                                                                              \
        .key = NULL                                                                                \
    }

static gboolean
check_cpuset(const char *text, char **reason)
{
    g_autoptr(GArray) numbers = cvm_cpuset_parse(text);

    (void)reason;
    return numbers != NULL;
}

static const struct cvm_text_format uuid_format = {
    .noun = N_("a UUID like '8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2'"),
    .pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
};
/* libvirt refuses multicast addresses (bit 0 of the first byte). */
static const struct cvm_text_format mac_format = {
    .noun = N_("a unicast MAC address like '52:54:00:12:34:56'"),
    .pattern = "^[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$",
};
static const struct cvm_text_format cpuset_format = {
    .noun = N_("a set of numbers like '0-3,^2,8'"),
    .pattern = "^[0-9,^-]+$",
    .check = check_cpuset,
};
static const struct cvm_text_format pci_format = {
    .noun = N_("a PCI address like '0000:c1:00.0'"),
    .pattern = "^([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[01][0-9a-fA-F]\\.[0-7]$",
};
/* What libvirt's schema allows as a name of an alias. */
static const struct cvm_text_format alias_format = {
    .noun = N_("letters, digits, '_', '-' and '.', as in 'ua-data'"),
    .pattern = "^[a-zA-Z0-9_.-]+$",
};
static const struct cvm_text_format port_format = {
    .noun = N_("a port number or range like '4444'"),
    .pattern = "^[0-9]+(-[0-9]+)?$",
};
static const struct cvm_text_format filled_format = {
    .noun = N_("a text that is not empty"),
    .pattern = "^[^\\n\\r]+$",
};
static const struct cvm_text_format name_format = {
    .noun = NULL, /* CVM105 judges it */
    .pattern = "^[^/\\n]+$",
};
static const struct cvm_text_format metadata_format = {
    .noun = N_("well-formed XML elements, each in a namespace"),
    .pattern = NULL,
    .check = cvm_profile_check_metadata,
};

static const char *const numa_modes[] = { "strict", "preferred", "interleave", "restrictive",
                                          NULL };
static const char *const lifecycle[] = { "destroy", "restart", "preserve", "rename-restart", NULL };
static const char *const crash_words[] = {
    "destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart", NULL
};
static const char *const image_formats[] = { "raw", "qcow2", NULL };

static const struct cvm_field launch_fields[] = {
    WORD("type", cvm_launch, type, WORDS("sev", "sev-es", "sev-snp", "none"),
         "Kind of confidential guest; none starts it unencrypted.",
         .flags = CVM_FIELD_REQUIRED | CVM_FIELD_JUDGED),
    ROW(POLICY, "policy", cvm_launch, policy,
        "Guest policy: a number (0x30000), or a map of its bits by name, where missing keys keep "
        "the type's default; see `cvmdom policy`."),
    FLAG("kernelHashes", cvm_launch, kernel_hashes,
         "Measure kernel, initrd and command line of a direct boot."),
    FLAG("authorKey", cvm_launch, author_key, "SEV-SNP: idAuth holds an author key."),
    FLAG("vcek", cvm_launch, vcek, "SEV-SNP: the guest may ask for VCEK-signed reports."),
    UINT("cbitpos", cvm_launch, cbitpos, 0, 63,
         "Position of the encryption bit in a page table entry; by default the host's."),
    UINT("reducedPhysBits", cvm_launch, reduced_phys_bits, 0, 63,
         "Physical address bits that encryption takes; by default the host's."),
    BLOB("dhCert", cvm_launch, dh_cert,
         "SEV and SEV-ES: guest owner's Diffie-Hellman certificate."),
    BLOB("session", cvm_launch, session, "SEV and SEV-ES: launch session."),
    BLOB("guestVisibleWorkarounds", cvm_launch, guest_visible_workarounds,
         "SEV-SNP: 16 bytes of hypervisor workarounds."),
    BLOB("idBlock", cvm_launch, id_block, "SEV-SNP: ID block, 96 bytes."),
    BLOB("idAuth", cvm_launch, id_auth, "SEV-SNP: ID authentication information, 4096 bytes."),
    BLOB("hostData", cvm_launch, host_data,
         "SEV-SNP: 32 bytes that appear in attestation reports."),
    END,
};
static const struct cvm_table launch_table = {
    .name = "launchSecurity",
    .size = sizeof(struct cvm_launch),
    .fields = launch_fields,
};

static const struct cvm_field memory_fields[] = {
    SIZE("size", cvm_memory, size, "Guest memory.", .flags = CVM_FIELD_REQUIRED),
    SIZE("current", cvm_memory, current, "Memory at start, with a balloon."),
    SIZE("hugepages", cvm_memory, hugepages, "Back the memory with pages of this size."),
    FLAG("locked", cvm_memory, locked, "Lock the memory in RAM."),
    SIZE("hardLimit", cvm_memory, hard_limit,
         "Most memory that QEMU may use; auto computes what the guest needs.",
         .auto_offset = offsetof(struct cvm_memory, hard_limit_auto)),
    FLAG("nosharepages", cvm_memory, nosharepages, "Keep the host from merging equal pages."),
    WORD("source", cvm_memory, source, WORDS("anonymous", "file", "memfd"),
         "Where the memory comes from."),
    WORD("access", cvm_memory, access, WORDS("private", "shared"),
         "Whether other processes of the host may map the memory."),
    WORD("allocation", cvm_memory, allocation, WORDS("immediate", "ondemand"),
         "When the memory is allocated."),
    SIZE("max", cvm_memory, max, "Most memory with memory hotplug."),
    UINT("slots", cvm_memory, slots, 1, 256, "Slots for memory hotplug."),
    FLAG("dumpCore", cvm_memory, dump_core, "Include guest memory in QEMU's core dumps."),
    END,
};
static const struct cvm_table memory_table = {
    .name = "memory",
    .size = sizeof(struct cvm_memory),
    .fields = memory_fields,
    .shorthand = "size",
};

static const struct cvm_field topology_fields[] = {
    UINT("sockets", cvm_vcpu, sockets, 1, G_MAXUINT16, "Sockets."),
    UINT("dies", cvm_vcpu, dies, 1, G_MAXUINT16, "Dies of a socket."),
    UINT("cores", cvm_vcpu, cores, 1, G_MAXUINT16, "Cores of a die."),
    UINT("threads", cvm_vcpu, threads, 1, G_MAXUINT16, "Threads of a core."),
    END,
};
static const struct cvm_table topology_table = {
    .name = "topology",
    .size = sizeof(struct cvm_vcpu),
    .fields = topology_fields,
};

static const struct cvm_field vcpu_fields[] = {
    UINT("count", cvm_vcpu, count, 1, G_MAXUINT16, "Number of virtual CPUs.",
         .flags = CVM_FIELD_REQUIRED),
    UINT("current", cvm_vcpu, current, 1, G_MAXUINT16, "Virtual CPUs at start, with CPU hotplug."),
    ROW(PINS, "pin", cvm_vcpu, pin,
        "Host CPUs of each virtual CPU; auto chooses them from the host's topology.",
        .auto_offset = offsetof(struct cvm_vcpu, pin_auto)),
    TEXT("cpuset", cvm_vcpu, cpuset, "Host CPUs that the guest may run on.",
         .flags = CVM_FIELD_NUMBER, .format = &cpuset_format),
    TEXT("emulatorpin", cvm_vcpu, emulatorpin, "Host CPUs of QEMU's own threads.",
         .flags = CVM_FIELD_NUMBER, .format = &cpuset_format),
    { .key = "topology",
      .kind = CVM_FIELD_MAP,
      .flags = CVM_FIELD_FLAT,
      .table = &topology_table,
      .help = "How the virtual CPUs are arranged; the product must be their number." },
    UINT("iothreads", cvm_vcpu, iothreads, 0, G_MAXUINT16, "Number of I/O threads."),
    ROW(PINS, "iothreadpin", cvm_vcpu, iothreadpin, "Host CPUs of each I/O thread, from 1."),
    END,
};
static const struct cvm_table vcpu_table = {
    .name = "vcpu",
    .size = sizeof(struct cvm_vcpu),
    .fields = vcpu_fields,
    .shorthand = "count",
};

static const struct cvm_field cpu_feature_fields[] = {
    TEXT("name", cvm_cpu_feature, name, "CPU feature, as libvirt names it.",
         .flags = CVM_FIELD_REQUIRED, .format = &filled_format),
    WORD("policy", cvm_cpu_feature, policy,
         WORDS("force", "require", "optional", "disable", "forbid"),
         "Whether the guest has it; require by default."),
    END,
};
static const struct cvm_table cpu_feature_table = {
    .name = "cpuFeature",
    .size = sizeof(struct cvm_cpu_feature),
    .fields = cpu_feature_fields,
    .shorthand = "name",
};

static const struct cvm_field cell_fields[] = {
    UINT("id", cvm_cell, id, 0, G_MAXUINT16, "Number of the guest NUMA cell."),
    TEXT("cpus", cvm_cell, cpus, "Virtual CPUs of the cell.", .flags = CVM_FIELD_NUMBER,
         .format = &cpuset_format),
    SIZE("memory", cvm_cell, memory, "Memory of the cell.", .flags = CVM_FIELD_REQUIRED),
    WORD("memAccess", cvm_cell, mem_access, WORDS("private", "shared"),
         "Whether other processes of the host may map the cell's memory."),
    TEXT("nodeset", cvm_cell, nodeset, "Host NUMA nodes that the cell's memory comes from.",
         .flags = CVM_FIELD_NUMBER, .format = &cpuset_format),
    END,
};
static const struct cvm_table cell_table = {
    .name = "cell",
    .size = sizeof(struct cvm_cell),
    .fields = cell_fields,
};

static const struct cvm_field cpu_fields[] = {
    WORD("mode", cvm_cpu, mode, WORDS("custom", "host-model", "host-passthrough", "maximum"),
         "Where the CPU model comes from."),
    TEXT("model", cvm_cpu, model, "CPU model, as in EPYC-Milan.", .format = &filled_format),
    WORD("check", cvm_cpu, check, WORDS("none", "partial", "full"),
         "How strictly libvirt compares the CPU with the host's."),
    WORD("migratable", cvm_cpu, migratable, WORDS("on", "off"),
         "Leave out features that block migration."),
    LIST("feature", cvm_cpu, feature, cpu_feature_table, "Features on top of the model."),
    LIST("numa", cvm_cpu, numa, cell_table, "Guest NUMA cells."),
    END,
};
static const struct cvm_table cpu_table = {
    .name = "cpu",
    .size = sizeof(struct cvm_cpu),
    .fields = cpu_fields,
    .shorthand = "model",
    .mode = "mode",
};

static const struct cvm_field numatune_fields[] = {
    TEXT("nodeset", cvm_numatune, nodeset,
         "Host NUMA nodes that the memory comes from; auto takes the fewest that hold it.",
         .flags = CVM_FIELD_NUMBER, .format = &cpuset_format,
         .auto_offset = offsetof(struct cvm_numatune, nodeset_auto)),
    WORD("mode", cvm_numatune, mode, numa_modes, "What happens when they are full."),
    END,
};
static const struct cvm_table numatune_table = {
    .name = "numatune",
    .size = sizeof(struct cvm_numatune),
    .fields = numatune_fields,
    .shorthand = "nodeset",
};

static const struct cvm_field firmware_fields[] = {
    WORD("firmware", cvm_os, firmware, WORDS("auto", "efi"),
         "auto: cvmdom names the image; efi: libvirt chooses.", .flags = CVM_FIELD_SHORT_ONLY),
    TEXT("loader", cvm_os, loader, "Firmware image.", .format = &filled_format),
    WORD("type", cvm_os, type, WORDS("pflash", "rom"), "How the image is mapped."),
    WORD("format", cvm_os, format, image_formats, "Format of the image."),
    FLAG("readonly", cvm_os, readonly, "Keep the guest from writing to the image."),
    FLAG("secure", cvm_os, secure, "The image enforces Secure Boot with SMM."),
    FLAG("stateless", cvm_os, stateless, "No variable store."),
    TEXT("nvram", cvm_os, nvram, "Variable store of this guest.", .format = &filled_format),
    TEXT("nvramTemplate", cvm_os, nvram_template, "What a new variable store is copied from.",
         .format = &filled_format),
    WORD("nvramFormat", cvm_os, nvram_format, image_formats, "Format of the variable store."),
    END,
};
static const struct cvm_table firmware_table = {
    .name = "firmware",
    .size = sizeof(struct cvm_os),
    .fields = firmware_fields,
    .shorthand = "firmware",
};

static const struct cvm_field boot_fields[] = {
    WORD("dev", cvm_boot, dev, WORDS("hd", "cdrom", "network", "fd"), "Kind of boot device.",
         .flags = CVM_FIELD_SHORT_ONLY),
    END,
};
static const struct cvm_table boot_table = {
    .name = "boot",
    .size = sizeof(struct cvm_boot),
    .fields = boot_fields,
    .shorthand = "dev",
};

static const struct cvm_field os_fields[] = {
    TEXT("arch", cvm_os, arch, "Architecture; x86_64 by default.", .format = &filled_format),
    TEXT("machine", cvm_os, machine, "Machine type: q35, or one of its versions.",
         .format = &filled_format),
    { .key = "firmware",
      .kind = CVM_FIELD_MAP,
      .flags = CVM_FIELD_FLAT,
      .table = &firmware_table,
      .help = "Firmware: auto, efi, or a named image." },
    TEXT("kernel", cvm_os, kernel, "Kernel to boot directly.", .format = &filled_format),
    TEXT("initrd", cvm_os, initrd, "Its initial RAM disk.", .format = &filled_format),
    TEXT("cmdline", cvm_os, cmdline, "Its command line."),
    LIST("boot", cvm_os, boot, boot_table,
         "Order of boot devices by kind; devices may carry bootOrder instead."),
    FLAG("bootmenu", cvm_os, bootmenu, "Let the user choose at start."),
    END,
};
static const struct cvm_table os_table = {
    .name = "os",
    .size = sizeof(struct cvm_os),
    .fields = os_fields,
};

static const struct cvm_field features_fields[] = {
    FLAG("acpi", cvm_features, acpi, "ACPI."),
    FLAG("apic", cvm_features, apic, "APIC."),
    FLAG("pae", cvm_features, pae, "Physical address extension."),
    FLAG("smm", cvm_features, smm, "System management mode."),
    FLAG("vmcoreinfo", cvm_features, vmcoreinfo, "Crash information for the host."),
    FLAG("pmu", cvm_features, pmu, "Performance counters."),
    FLAG("vmport", cvm_features, vmport, "VMware I/O port."),
    WORD("ioapic", cvm_features, ioapic, WORDS("kvm", "qemu"), "Who emulates the I/O APIC."),
    END,
};
static const struct cvm_table features_table = {
    .name = "features",
    .size = sizeof(struct cvm_features),
    .fields = features_fields,
};

static const struct cvm_field clock_fields[] = {
    WORD("offset", cvm_clock, offset, WORDS("utc", "localtime"), "What the guest's clock shows."),
    TEXT("timezone", cvm_clock, timezone, "Time zone of the guest's clock, as in Europe/Berlin.",
         .format = &filled_format),
    END,
};
static const struct cvm_table clock_table = {
    .name = "clock",
    .size = sizeof(struct cvm_clock),
    .fields = clock_fields,
    .shorthand = "offset",
};

static const struct cvm_field pm_fields[] = {
    FLAG("suspendToMem", cvm_pm, suspend_to_mem, "Offer suspend to RAM."),
    FLAG("suspendToDisk", cvm_pm, suspend_to_disk, "Offer suspend to disk."),
    END,
};
static const struct cvm_table pm_table = {
    .name = "pm",
    .size = sizeof(struct cvm_pm),
    .fields = pm_fields,
};

/* What devices have in common, as far as libvirt has it for that kind of device. */
#define MODEL(s, ...) TEXT("model", s, common.model, "Model of the emulated device.", ##__VA_ARGS__)
#define ALIAS(s)                                                                                   \
    TEXT("alias", s, common.alias, "Name of the device for libvirt; starts with ua-.",             \
         .format = &alias_format)
#define ADDRESS(s)                                                                                 \
    TEXT("address", s, common.address, "PCI address in the guest.", .format = &pci_format), ALIAS(s)
#define BOOT_ORDER(s)                                                                              \
    UINT("bootOrder", s, common.boot_order, 1, G_MAXUINT16, "Place in the boot order, from 1.")
#define IOMMU(s) FLAG("iommu", s, common.iommu, "DMA goes through the guest's DMA API.")

static const struct cvm_field disk_fields[] = {
    WORD("device", cvm_disk, device, WORDS("disk", "cdrom", "floppy", "lun"),
         "What the guest sees; disk by default."),
    WORD("type", cvm_disk, type, WORDS("file", "block", "volume", "network"),
         "What the source is; by default told by the other keys."),
    TEXT("source", cvm_disk, source, "Image file, block device, volume or network image.",
         .format = &filled_format),
    TEXT("pool", cvm_disk, pool, "Storage pool of a volume.", .format = &filled_format),
    TEXT("protocol", cvm_disk, protocol, "Protocol of a network disk, as in rbd or nbd.",
         .format = &filled_format),
    TEXT("host", cvm_disk, host, "Server of a network disk.", .format = &filled_format),
    TEXT("port", cvm_disk, port, "Port of that server.", .flags = CVM_FIELD_NUMBER,
         .format = &port_format),
    TEXT("format", cvm_disk, format, "Image format, as in raw or qcow2.", .format = &filled_format),
    TEXT("target", cvm_disk, target, "Name hint for the guest, as in vda.",
         .format = &filled_format),
    WORD("bus", cvm_disk, bus, WORDS("virtio", "scsi", "sata", "usb", "ide", "fdc"),
         "How the disk is attached."),
    FLAG("readonly", cvm_disk, readonly, "The guest cannot write."),
    FLAG("shareable", cvm_disk, shareable, "Other guests may use the disk too."),
    TEXT("serial", cvm_disk, serial, "Serial number.", .format = &filled_format),
    WORD("cache", cvm_disk, cache,
         WORDS("default", "none", "writeback", "writethrough", "directsync", "unsafe"),
         "How the host caches the disk."),
    WORD("io", cvm_disk, io, WORDS("threads", "native", "io_uring"), "How QEMU does the I/O."),
    WORD("discard", cvm_disk, discard, WORDS("unmap", "ignore"),
         "What becomes of blocks that the guest frees."),
    WORD("detectZeroes", cvm_disk, detect_zeroes, WORDS("off", "on", "unmap"),
         "What becomes of zeroes that the guest writes."),
    UINT("queues", cvm_disk, queues, 1, G_MAXUINT16, "Number of virtio queues."),
    UINT("iothread", cvm_disk, iothread, 1, G_MAXUINT16, "I/O thread that serves the disk."),
    MODEL(cvm_disk, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_disk),
    BOOT_ORDER(cvm_disk),
    IOMMU(cvm_disk),
    END,
};
static const struct cvm_table disk_table = {
    .name = "disk",
    .size = sizeof(struct cvm_disk),
    .fields = disk_fields,
};

static const struct cvm_field controller_fields[] = {
    WORD("type", cvm_controller, type, WORDS("scsi", "usb", "virtio-serial", "pci", "sata", "ide"),
         "Kind of controller.", .flags = CVM_FIELD_REQUIRED),
    UINT("index", cvm_controller, index, 0, G_MAXUINT16, "Number among controllers of its kind."),
    UINT("queues", cvm_controller, queues, 1, G_MAXUINT16, "Number of virtio queues."),
    MODEL(cvm_controller, .format = &filled_format),
    ADDRESS(cvm_controller),
    IOMMU(cvm_controller),
    END,
};
static const struct cvm_table controller_table = {
    .name = "controller",
    .size = sizeof(struct cvm_controller),
    .fields = controller_fields,
};

static const struct cvm_field interface_fields[] = {
    WORD("type", cvm_interface, type,
         WORDS("bridge", "network", "direct", "ethernet", "user", "vhostuser"),
         "What the guest's network card is connected to."),
    TEXT("source", cvm_interface, source,
         "Bridge, libvirt network, host device, or socket of vhostuser.", .format = &filled_format),
    WORD("mode", cvm_interface, mode,
         WORDS("bridge", "private", "vepa", "passthrough", "client", "server"),
         "Mode of direct; client or server of vhostuser."),
    TEXT("mac", cvm_interface, mac, "Hardware address; libvirt makes one up by default.",
         .format = &mac_format),
    TEXT("target", cvm_interface, target, "Name of the host's tap device.",
         .format = &filled_format),
    UINT("mtu", cvm_interface, mtu, 68, G_MAXUINT16, "Largest packet."),
    UINT("queues", cvm_interface, queues, 1, 256, "Number of virtio queue pairs."),
    UINT("vlan", cvm_interface, vlan, 0, 4095, "VLAN tag."),
    WORD("driver", cvm_interface, driver, WORDS("vhost", "qemu"), "Who moves the packets."),
    FLAG("rom", cvm_interface, rom, "Offer the card's option ROM for network boot."),
    WORD("link", cvm_interface, link, WORDS("up", "down"), "State of the link."),
    MODEL(cvm_interface, .format = &filled_format),
    ADDRESS(cvm_interface),
    BOOT_ORDER(cvm_interface),
    IOMMU(cvm_interface),
    END,
};
static const struct cvm_table interface_table = {
    .name = "interface",
    .size = sizeof(struct cvm_interface),
    .fields = interface_fields,
};

static const struct cvm_field chardev_fields[] = {
    WORD("type", cvm_chardev, type,
         WORDS("pty", "file", "unix", "tcp", "null", "stdio", "spicevmc"),
         "What it is connected to on the host; pty by default."),
    TEXT("source", cvm_chardev, source, "Path, or host:port of tcp.", .format = &filled_format),
    WORD("mode", cvm_chardev, mode, WORDS("bind", "connect"), "Who opens a unix or tcp socket."),
    TEXT("target", cvm_chardev, target,
         "What the guest sees: a serial or console type, or the name of a channel.",
         .format = &filled_format),
    UINT("port", cvm_chardev, port, 0, G_MAXUINT16, "Number among its kind in the guest."),
    TEXT("log", cvm_chardev, log, "File that receives a copy of the output.",
         .format = &filled_format),
    MODEL(cvm_chardev, .format = &filled_format),
    ADDRESS(cvm_chardev),
    END,
};
static const struct cvm_table chardev_table = {
    .name = "chardev",
    .size = sizeof(struct cvm_chardev),
    .fields = chardev_fields,
};

static const struct cvm_field rng_fields[] = {
    TEXT("backend", cvm_rng, backend, "Source of randomness: /dev/urandom, or builtin.",
         .format = &filled_format),
    UINT("rateBytes", cvm_rng, rate_bytes, 1, G_MAXUINT32, "Bytes in a period."),
    UINT("ratePeriod", cvm_rng, rate_period, 1, G_MAXUINT32, "Milliseconds of a period."),
    MODEL(cvm_rng, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_rng),
    IOMMU(cvm_rng),
    END,
};
static const struct cvm_table rng_table = {
    .name = "rng",
    .size = sizeof(struct cvm_rng),
    .fields = rng_fields,
};

static const struct cvm_field tpm_fields[] = {
    WORD("type", cvm_tpm, type, WORDS("emulator", "passthrough", "external"),
         "Who is the TPM; emulator by default."),
    WORD("version", cvm_tpm, version, WORDS("1.2", "2.0"), "TPM specification.",
         .flags = CVM_FIELD_NUMBER),
    TEXT("source", cvm_tpm, source, "Device of passthrough, or socket of external.",
         .format = &filled_format),
    MODEL(cvm_tpm, .words = WORDS("tpm-tis", "tpm-crb")),
    ALIAS(cvm_tpm),
    END,
};
static const struct cvm_table tpm_table = {
    .name = "tpm",
    .size = sizeof(struct cvm_tpm),
    .fields = tpm_fields,
};

static const struct cvm_field vsock_fields[] = {
    /* 0 to 2 and 2^32-1 are reserved: vsock(7). */
    UINT("cid", cvm_vsock, cid, 3, G_MAXUINT32 - 1,
         "Context ID of the guest; auto lets libvirt choose.",
         .auto_offset = offsetof(struct cvm_vsock, cid_auto)),
    MODEL(cvm_vsock, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_vsock),
    IOMMU(cvm_vsock),
    END,
};
static const struct cvm_table vsock_table = {
    .name = "vsock",
    .size = sizeof(struct cvm_vsock),
    .fields = vsock_fields,
    .shorthand = "cid",
};

static const struct cvm_field graphics_fields[] = {
    WORD("type", cvm_graphics, type, WORDS("vnc", "spice", "none"), "Protocol of the screen.",
         .flags = CVM_FIELD_REQUIRED),
    TEXT("listen", cvm_graphics, listen, "Address to listen at.", .format = &filled_format),
    UINT("port", cvm_graphics, port, 1, G_MAXUINT16, "Port; libvirt chooses by default."),
    TEXT("password", cvm_graphics, password, "Password.", .format = &filled_format),
    TEXT("socket", cvm_graphics, socket, "UNIX socket to listen at instead.",
         .format = &filled_format),
    FLAG("tls", cvm_graphics, tls, "Encrypted connections only."),
    END,
};
static const struct cvm_table graphics_table = {
    .name = "graphics",
    .size = sizeof(struct cvm_graphics),
    .fields = graphics_fields,
    .shorthand = "type",
};

static const struct cvm_field video_fields[] = {
    MODEL(cvm_video, .words = WORDS("virtio", "vga", "bochs", "qxl", "cirrus", "ramfb", "none")),
    SIZE("vram", cvm_video, vram, "Video memory."),
    UINT("heads", cvm_video, heads, 1, 16, "Number of screens."),
    ADDRESS(cvm_video),
    IOMMU(cvm_video),
    END,
};
static const struct cvm_table video_table = {
    .name = "video",
    .size = sizeof(struct cvm_video),
    .fields = video_fields,
    .shorthand = "model",
};

static const struct cvm_field filesystem_fields[] = {
    WORD("driver", cvm_filesystem, driver, WORDS("virtiofs", "path"),
         "virtiofs, or path for 9p; virtiofs by default."),
    TEXT("source", cvm_filesystem, source, "Folder of the host.", .flags = CVM_FIELD_REQUIRED,
         .format = &filled_format),
    TEXT("target", cvm_filesystem, target, "Tag that the guest mounts.",
         .flags = CVM_FIELD_REQUIRED, .format = &filled_format),
    WORD("accessmode", cvm_filesystem, accessmode, WORDS("passthrough", "mapped", "squash"),
         "How owners of files are mapped."),
    FLAG("readonly", cvm_filesystem, readonly, "The guest cannot write."),
    UINT("queue", cvm_filesystem, queue, 1, G_MAXUINT16, "Requests in the virtio queue."),
    MODEL(cvm_filesystem,
          .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_filesystem),
    IOMMU(cvm_filesystem),
    END,
};
static const struct cvm_table filesystem_table = {
    .name = "filesystem",
    .size = sizeof(struct cvm_filesystem),
    .fields = filesystem_fields,
};

static const struct cvm_field hostdev_fields[] = {
    WORD("type", cvm_hostdev, type, WORDS("pci", "usb", "mdev", "scsi"),
         "Kind of host device; pci by default."),
    TEXT("source", cvm_hostdev, source,
         "Host PCI address, mdev UUID, USB vendor:product or bus.device.",
         .flags = CVM_FIELD_REQUIRED, .format = &filled_format),
    FLAG("managed", cvm_hostdev, managed, "libvirt detaches the device from the host by itself."),
    FLAG("rom", cvm_hostdev, rom, "Offer the device's option ROM."),
    MODEL(cvm_hostdev, .format = &filled_format),
    ADDRESS(cvm_hostdev),
    BOOT_ORDER(cvm_hostdev),
    END,
};
static const struct cvm_table hostdev_table = {
    .name = "hostdev",
    .size = sizeof(struct cvm_hostdev),
    .fields = hostdev_fields,
};

static const struct cvm_field watchdog_fields[] = {
    WORD("action", cvm_watchdog, action,
         WORDS("reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi"),
         "What happens when the guest hangs; reset by default."),
    MODEL(cvm_watchdog, .words = WORDS("itco", "i6300esb", "ib700", "diag288")),
    ADDRESS(cvm_watchdog),
    END,
};
static const struct cvm_table watchdog_table = {
    .name = "watchdog",
    .size = sizeof(struct cvm_watchdog),
    .fields = watchdog_fields,
    .shorthand = "action",
};

static const struct cvm_field input_fields[] = {
    WORD("type", cvm_input, type, WORDS("tablet", "keyboard", "mouse"), "Kind of input device.",
         .flags = CVM_FIELD_REQUIRED),
    WORD("bus", cvm_input, bus, WORDS("usb", "virtio", "ps2"), "How it is attached."),
    MODEL(cvm_input, .words = WORDS("virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_input),
    IOMMU(cvm_input),
    END,
};
static const struct cvm_table input_table = {
    .name = "input",
    .size = sizeof(struct cvm_input),
    .fields = input_fields,
    .shorthand = "type",
};

static const struct cvm_field balloon_fields[] = {
    MODEL(cvm_balloon,
          .words = WORDS("none", "virtio", "virtio-transitional", "virtio-non-transitional")),
    ADDRESS(cvm_balloon),
    IOMMU(cvm_balloon),
    END,
};
static const struct cvm_table balloon_table = {
    .name = "memballoon",
    .size = sizeof(struct cvm_balloon),
    .fields = balloon_fields,
    .shorthand = "model",
};

static const struct cvm_field devices_fields[] = {
    TEXT("emulator", cvm_devices, emulator, "QEMU program; by default the host's.",
         .format = &filled_format),
    LIST("disk", cvm_devices, disk, disk_table, "Disks."),
    LIST("controller", cvm_devices, controller, controller_table, "Controllers."),
    LIST("interface", cvm_devices, interface, interface_table, "Network cards."),
    LIST("serial", cvm_devices, serial, chardev_table, "Serial ports."),
    LIST("console", cvm_devices, console, chardev_table, "Consoles; true is one on a serial port.",
         .flags = CVM_FIELD_BARE),
    LIST("channel", cvm_devices, channel, chardev_table, "Channels to programs in the guest."),
    LIST("rng", cvm_devices, rng, rng_table, "Random number generators.", .flags = CVM_FIELD_BARE),
    LIST("tpm", cvm_devices, tpm, tpm_table, "Trusted platform module.", .flags = CVM_FIELD_BARE),
    LIST("vsock", cvm_devices, vsock, vsock_table, "Socket between guest and host."),
    LIST("graphics", cvm_devices, graphics, graphics_table, "Screens that the host offers."),
    LIST("video", cvm_devices, video, video_table, "Video cards."),
    LIST("filesystem", cvm_devices, filesystem, filesystem_table, "Shared folders."),
    LIST("hostdev", cvm_devices, hostdev, hostdev_table, "Devices of the host, passed through."),
    LIST("watchdog", cvm_devices, watchdog, watchdog_table, "Watchdog."),
    LIST("input", cvm_devices, input, input_table, "Keyboards and pointers."),
    LIST("memballoon", cvm_devices, memballoon, balloon_table, "Memory balloon: none or virtio."),
    END,
};
static const struct cvm_table devices_table = {
    .name = "devices",
    .size = sizeof(struct cvm_devices),
    .fields = devices_fields,
};

static const struct cvm_field profile_fields[] = {
    TEXT("name", cvm_domain, name, "Name of the domain.",
         .flags = CVM_FIELD_REQUIRED | CVM_FIELD_JUDGED, .format = &name_format),
    TEXT("uuid", cvm_domain, uuid, "UUID; libvirt makes one up by default.",
         .format = &uuid_format),
    TEXT("title", cvm_domain, title, "One line for people.", .format = &filled_format),
    TEXT("description", cvm_domain, description, "Text for people."),
    TEXT("metadata", cvm_domain, metadata,
         "XML of other programs: elements that are each in a namespace.",
         .format = &metadata_format),
    { .key = "extends",
      .kind = CVM_FIELD_EXTENDS,
      .format = &filled_format,
      .help = "Profile that this one adds to, relative to this file; maps merge, anything else "
              "replaces." },
    TEXT("host", cvm_domain, host,
         "Recorded host to render for: a bundled one's name, or a file relative to this one.",
         .format = &filled_format),
    WORD("virtType", cvm_domain, virt_type, WORDS("kvm", "qemu"),
         "Who runs the guest; kvm by default, qemu emulates."),
    MAP("launchSecurity", cvm_domain, launch, launch_table, "Protection of the guest."),
    MAP("memory", cvm_domain, memory, memory_table, "Memory: a size, or a map.",
        .flags = CVM_FIELD_REQUIRED),
    MAP("vcpu", cvm_domain, vcpu, vcpu_table, "Virtual CPUs: a number, or a map.",
        .flags = CVM_FIELD_REQUIRED),
    MAP("cpu", cvm_domain, cpu, cpu_table, "CPU: a model or a mode, or a map."),
    MAP("numatune", cvm_domain, numatune, numatune_table, "Host NUMA nodes for the memory."),
    MAP("os", cvm_domain, os, os_table, "Machine, firmware and boot."),
    MAP("features", cvm_domain, features, features_table, "Features of the platform."),
    MAP("clock", cvm_domain, clock, clock_table, "Clock of the guest."),
    WORD("onPoweroff", cvm_domain, on_poweroff, lifecycle, "What happens when the guest stops."),
    WORD("onReboot", cvm_domain, on_reboot, lifecycle, "What happens when the guest reboots."),
    WORD("onCrash", cvm_domain, on_crash, crash_words, "What happens when the guest crashes."),
    MAP("pm", cvm_domain, pm, pm_table, "Power management."),
    MAP("devices", cvm_domain, devices, devices_table, "Devices."),
    END,
};
const struct cvm_table cvm_profile_table = {
    .name = "profile",
    .size = sizeof(struct cvm_domain),
    .fields = profile_fields,
};

const struct cvm_field *
cvm_field_find(const struct cvm_table *table, const char *key)
{
    for (const struct cvm_field *field = table->fields; field->key; field++) {
        if (g_str_equal(field->key, key)) {
            return field;
        }
    }
    return NULL;
}

gboolean
cvm_field_has_word(const struct cvm_field *field, const char *word)
{
    return field->words && g_strv_contains(field->words, word);
}

const struct cvm_field *
cvm_field_shorthand(const struct cvm_table *table, const char *scalar)
{
    if (table->mode) {
        const struct cvm_field *mode = cvm_field_find(table, table->mode);

        if (cvm_field_has_word(mode, scalar)) {
            return mode;
        }
    }
    return table->shorthand ? cvm_field_find(table, table->shorthand) : NULL;
}
