/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sub-options of virt-install 4.1 (virt-install --disk help; virtinst/cli.py, the classes
 * Parser…): what has no row here is said by its path in the XML. */
#include "render/virt_install.h"

#include <stddef.h>

#define SAME(path)                                                                                 \
    {                                                                                              \
        path, path                                                                                 \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }
/* What _add_common_device_args() gives an option. */
#define COMMON                                                                                     \
    { "alias/@name", "alias.name" }, { "address/@type", "address.type" },                          \
        { "address/@domain", "address.domain" }, { "address/@bus", "address.bus" },                \
        { "address/@slot", "address.slot" },                                                       \
    {                                                                                              \
        "address/@function", "address.function"                                                    \
    }
#define VIRTIO                                                                                     \
    {                                                                                              \
        "driver/@iommu", "driver.iommu"                                                            \
    }

static const struct cvm_vi_word memtune_words[] = {
    { "hard_limit", "hard_limit" },
    END,
};

static const struct cvm_vi_word memory_backing_words[] = {
    { "hugepages/page/@size", "hugepages.page#.size" },
    { "hugepages/page/@unit", "hugepages.page#.unit" },
    SAME("nosharepages"),
    SAME("locked"),
    { "source/@type", "source.type" },
    { "access/@mode", "access.mode" },
    { "allocation/@mode", "allocation.mode" },
    END,
};

static const struct cvm_vi_word numatune_words[] = {
    { "memory/@mode", "memory.mode" },          { "memory/@nodeset", "memory.nodeset" },
    { "memnode/@cellid", "memnode#.cellid" },   { "memnode/@mode", "memnode#.mode" },
    { "memnode/@nodeset", "memnode#.nodeset" }, END,
};

static const struct cvm_vi_word vcpu_words[] = {
    { ".", "vcpu" },
    { "@placement", "vcpu.placement" },
    { "@cpuset", "vcpu.cpuset" },
    { "@current", "vcpu.current" },
    END,
};

static const struct cvm_vi_word iothreads_words[] = { { ".", "iothreads" }, END };

static const struct cvm_vi_word cputune_words[] = {
    { "vcpupin/@vcpu", "vcpupin#.vcpu" },
    { "vcpupin/@cpuset", "vcpupin#.cpuset" },
    { "emulatorpin/@cpuset", "emulatorpin.cpuset" },
    { "iothreadpin/@iothread", "iothreadpin#.iothread" },
    { "iothreadpin/@cpuset", "iothreadpin#.cpuset" },
    END,
};

/* A feature is written by its policy ("require=avx2"), and behind a model stands secure=off, or
 * virt-install would add the features that the host's mitigations need, which are measured at
 * launch (ParserCPU, domain/cpu.py): virt_install.c. */
static const struct cvm_vi_word cpu_words[] = {
    SAME("model"),
    { "model/@fallback", "model.fallback" },
    { "@mode", "mode" },
    { "@match", "match" },
    { "@check", "check" },
    { "@migratable", "migratable" },
    { "topology/@sockets", "topology.sockets" },
    { "topology/@dies", "topology.dies" },
    { "topology/@cores", "topology.cores" },
    { "topology/@threads", "topology.threads" },
    { "numa/cell/@id", "numa.cell#.id" },
    { "numa/cell/@cpus", "numa.cell#.cpus" },
    { "numa/cell/@memory", "numa.cell#.memory" },
    { "numa/cell/@unit", "numa.cell#.unit" },
    { "numa/cell/@memAccess", "numa.cell#.memAccess" },
    END,
};

static const struct cvm_vi_word os_words[] = {
    { "@firmware", "firmware" },
    { "type/@arch", "arch" },
    { "type/@machine", "machine" },
    { "type", "os_type" },
    SAME("loader"),
    { "loader/@readonly", "loader.readonly" },
    { "loader/@secure", "loader.secure" },
    { "loader/@type", "loader.type" },
    SAME("nvram"),
    { "nvram/@template", "nvram.template" },
    SAME("kernel"),
    SAME("initrd"),
    SAME("cmdline"),
    { "boot/@dev", "boot#.dev" },
    { "bootmenu/@enable", "bootmenu.enable" },
    END,
};

static const struct cvm_vi_word features_words[] = {
    SAME("acpi"),
    SAME("apic"),
    SAME("pae"),
    { "pmu/@state", "pmu.state" },
    { "vmport/@state", "vmport.state" },
    { "smm/@state", "smm.state" },
    { "ioapic/@driver", "ioapic.driver" },
    { "vmcoreinfo/@state", "vmcoreinfo.state" },
    END,
};

static const struct cvm_vi_word clock_words[] = { { "@offset", "offset" }, END };

static const struct cvm_vi_word pm_words[] = {
    { "suspend-to-mem/@enabled", "suspend_to_mem.enabled" },
    { "suspend-to-disk/@enabled", "suspend_to_disk.enabled" },
    END,
};

/* The type sev-snp is said by its path all the same: has_no_word(). What only SEV-SNP has got words
 * with 5.0. */
static const struct cvm_vi_word launch_security_words[] = {
    { "@type", "type" }, { "@kernelHashes", "kernelHashes" },
    SAME("cbitpos"),     SAME("reducedPhysBits"),
    SAME("policy"),      SAME("session"),
    SAME("dhCert"),      END,
};

static const struct cvm_vi_word disk_words[] = {
    { "@type", "type" },
    { "@device", "device" },
    { "driver/@name", "driver.name" },
    { "driver/@type", "driver.type" },
    { "driver/@cache", "driver.cache" },
    { "driver/@io", "driver.io" },
    { "driver/@discard", "driver.discard" },
    { "driver/@detect_zeroes", "driver.detect_zeroes" },
    { "driver/@iothread", "driver.iothread" },
    { "driver/@queues", "driver.queues" },
    VIRTIO,
    { "source/@file", "source.file" },
    { "source/@dev", "source.dev" },
    { "source/@pool", "source.pool" },
    { "source/@volume", "source.volume" },
    { "source/@protocol", "source.protocol" },
    { "source/@name", "source.name" },
    { "source/host/@name", "source.host#.name" },
    { "source/host/@port", "source.host#.port" },
    { "target/@dev", "target.dev" },
    { "target/@bus", "target.bus" },
    SAME("readonly"),
    SAME("shareable"),
    SAME("serial"),
    { "boot/@order", "boot.order" },
    COMMON,
    END,
};

static const struct cvm_vi_word controller_words[] = {
    { "@type", "type" },
    { "@index", "index" },
    { "@model", "model" },
    { "driver/@queues", "driver.queues" },
    VIRTIO,
    COMMON,
    END,
};

static const struct cvm_vi_word filesystem_words[] = {
    { "@type", "type" },
    { "@accessmode", "accessmode" },
    { "@model", "model" },
    { "driver/@type", "driver.type" },
    { "driver/@queue", "driver.queue" },
    VIRTIO,
    { "source/@dir", "source.dir" },
    { "target/@dir", "target.dir" },
    SAME("readonly"),
    COMMON,
    END,
};

static const struct cvm_vi_word interface_words[] = {
    { "@type", "type" },
    { "mac/@address", "mac.address" },
    { "source/@bridge", "source" },
    { "source/@network", "source" },
    { "source/@dev", "source" },
    { "source/@type", "source.type" },
    { "source/@path", "source.path" },
    { "source/@mode", "source.mode" },
    { "target/@dev", "target.dev" },
    { "model/@type", "model.type" },
    { "driver/@name", "driver.name" },
    { "driver/@queues", "driver.queues" },
    VIRTIO,
    { "link/@state", "link.state" },
    { "mtu/@size", "mtu.size" },
    { "boot/@order", "boot.order" },
    COMMON,
    END,
};

/* Host and service have sub-options, which divide "host:port" by themselves, and IPv6 addresses
 * with it. */
static const struct cvm_vi_word chardev_words[] = {
    { "@type", "type" },
    { "source/@path", "source.path" },
    { "source/@mode", "source.mode" },
    { "protocol/@type", "protocol.type" },
    { "log/@file", "log.file" },
    { "log/@append", "log.append" },
    { "target/@type", "target.type" },
    { "target/@name", "target.name" },
    { "target/@port", "target.port" },
    { "target/model/@name", "target.model.name" },
    COMMON,
    END,
};

static const struct cvm_vi_word input_words[] = {
    { "@type", "type" }, { "@bus", "bus" }, { "@model", "model" }, VIRTIO, COMMON, END,
};

static const struct cvm_vi_word tpm_words[] = {
    { "@model", "model" },
    { "backend/@type", "backend.type" },
    { "backend/@version", "backend.version" },
    { "backend/device/@path", "backend.device.path" },
    COMMON,
    END,
};

static const struct cvm_vi_word graphics_words[] = {
    { "@type", "type" },
    { "@port", "port" },
    { "@passwd", "password" },
    { "@defaultMode", "defaultMode" },
    { "listen/@type", "listens#.type" },
    { "listen/@address", "listens#.address" },
    { "listen/@socket", "listens#.socket" },
    COMMON,
    END,
};

static const struct cvm_vi_word video_words[] = {
    { "model/@type", "model.type" },
    { "model/@vram", "model.vram" },
    { "model/@heads", "model.heads" },
    VIRTIO,
    COMMON,
    END,
};

/* A device by its name is looked up on the host, and what virt-install finds there is taken over:
 * the address itself is as the profile has it. */
static const struct cvm_vi_word hostdev_words[] = {
    { "@type", "type" },
    { "boot/@order", "boot.order" },
    COMMON,
    END,
};

static const struct cvm_vi_word watchdog_words[] = {
    { "@model", "model" },
    { "@action", "action" },
    COMMON,
    END,
};

static const struct cvm_vi_word memballoon_words[] = { { "@model", "model" }, VIRTIO, COMMON, END };

static const struct cvm_vi_word rng_words[] = {
    { "@model", "model" },
    { "rate/@bytes", "rate.bytes" },
    { "rate/@period", "rate.period" },
    { "backend/@model", "backend.model" },
    { "backend", "backend" },
    VIRTIO,
    COMMON,
    END,
};

static const struct cvm_vi_word vsock_words[] = {
    { "@model", "model" },
    { "cid/@auto", "cid.auto" },
    { "cid/@address", "cid.address" },
    VIRTIO,
    COMMON,
    END,
};

/* os, boot: virt-install starts from the first disk unless told. */
static const struct cvm_vi_unwanted os_unwanted[] = { { "boot", NULL, NULL },
                                                      { NULL, NULL, NULL } };
/* domain/clock.py: rtc, pit and hpet, unless a timer is given. */
static const struct cvm_vi_unwanted clock_unwanted[] = {
    { "timer", NULL, NULL }, { "timer", NULL, NULL }, { "timer", NULL, NULL }, { NULL, NULL, NULL }
};
static const struct cvm_vi_unwanted pm_unwanted[] = { { "suspend-to-mem", NULL, NULL },
                                                      { "suspend-to-disk", NULL, NULL },
                                                      { NULL, NULL, NULL } };
/* devices/disk.py, set_defaults() */
static const struct cvm_vi_unwanted disk_unwanted[] = {
    { "driver/@name", NULL, NULL },          { "driver/@type", NULL, NULL },
    { "driver/@cache", "@type", "block" },   { "driver/@io", "@type", "block" },
    { "driver/@discard", "@type", "block" }, { NULL, NULL, NULL },
};
/* devices/filesystem.py */
static const struct cvm_vi_unwanted filesystem_unwanted[] = { { "@accessmode", NULL, NULL },
                                                              { NULL, NULL, NULL } };
/* devices/char.py */
static const struct cvm_vi_unwanted chardev_unwanted[] = { { "source/@mode", "@type", "unix" },
                                                           { "source/@mode", "@type", "tcp" },
                                                           { NULL, NULL, NULL } };
/* devices/graphics.py: what a viewer on the same machine would like */
static const struct cvm_vi_unwanted graphics_unwanted[] = { { "image", "@type", "spice" },
                                                            { NULL, NULL, NULL } };

/* devices/hostdev.py */
static const struct cvm_vi_unwanted hostdev_unwanted[] = { { "@managed", NULL, NULL },
                                                           { NULL, NULL, NULL } };

const struct cvm_vi_option cvm_vi_options[] = {
    { "memtune", "--memtune", memtune_words, NULL },
    { "memoryBacking", "--memorybacking", memory_backing_words, NULL },
    { "numatune", "--numatune", numatune_words, NULL },
    { "vcpu", "--vcpus", vcpu_words, NULL },
    { "iothreads", "--iothreads", iothreads_words, NULL },
    { "cputune", "--cputune", cputune_words, NULL },
    { "cpu", "--cpu", cpu_words, NULL },
    { "os", "--boot", os_words, os_unwanted },
    { "features", "--features", features_words, NULL },
    { "clock", "--clock", clock_words, clock_unwanted },
    { "pm", "--pm", pm_words, pm_unwanted },
    { "devices/controller", "--controller", controller_words, NULL },
    { "devices/disk", "--disk", disk_words, disk_unwanted },
    { "devices/filesystem", "--filesystem", filesystem_words, filesystem_unwanted },
    { "devices/interface", "--network", interface_words, NULL },
    { "devices/serial", "--serial", chardev_words, chardev_unwanted },
    { "devices/console", "--console", chardev_words, chardev_unwanted },
    { "devices/channel", "--channel", chardev_words, chardev_unwanted },
    { "devices/input", "--input", input_words, NULL },
    { "devices/tpm", "--tpm", tpm_words, NULL },
    { "devices/graphics", "--graphics", graphics_words, graphics_unwanted },
    { "devices/video", "--video", video_words, NULL },
    { "devices/hostdev", "--hostdev", hostdev_words, hostdev_unwanted },
    { "devices/watchdog", "--watchdog", watchdog_words, NULL },
    { "devices/memballoon", "--memballoon", memballoon_words, NULL },
    { "devices/rng", "--rng", rng_words, NULL },
    { "devices/vsock", "--vsock", vsock_words, NULL },
    { "launchSecurity", "--launchSecurity", launch_security_words, NULL },
    { NULL, NULL, NULL, NULL },
};

/* guest.py, set_defaults(), and installer.py. `none` is each option's own word for it; where there
 * is none, what was added is taken out at the end. */
const struct cvm_vi_absent cvm_vi_absent[] = {
    { "features/acpi", NULL, NULL, { "--features", "acpi=off" } },
    { "features/apic", NULL, NULL, { "--features", "apic=off" } },
    { "cpu", NULL, NULL, { "--cpu", "none" } },
    { "clock", NULL, NULL, { "--xml", "xpath.delete=./clock" } },
    { "pm", NULL, NULL, { "--xml", "xpath.delete=./pm" } },
    { "devices/disk", NULL, NULL, { "--disk", "none" } },
    { "devices/interface", NULL, NULL, { "--network", "none" } },
    { "devices/console", "devices/serial", NULL, { "--console", "none" } },
    { "devices/channel", NULL, NULL, { "--channel", "none" } },
    { "devices/graphics", NULL, NULL, { "--graphics", "none" } },
    { "devices/rng", NULL, NULL, { "--rng", "none" } },
    { "devices/tpm", NULL, NULL, { "--tpm", "none" } },
    { "devices/sound", NULL, "devices/graphics", { "--sound", "none" } },
    { "devices/redirdev", NULL, "devices/graphics", { "--redirdev", "none" } },
    { "devices/controller=usb",
      NULL,
      NULL,
      { "--controller", "type=usb,model=qemu-xhci", "--xml",
        "xpath.delete=./devices/controller[@type=\\\"usb\\\"]" } },
    { "devices/controller=pci", NULL, NULL, { "--controller", "num_pcie_root_ports=0" } },
    { "devices/input", NULL, "devices/graphics", { "--xml", "xpath.delete=./devices/input" } },
    { "devices/video", NULL, "devices/graphics", { "--xml", "xpath.delete=./devices/video" } },
    { "devices/memballoon", NULL, NULL, { "--xml", "xpath.delete=./devices/memballoon" } },
    { "features/vmport", NULL, "devices/graphics", { "--xml", "./features/vmport/@state=" } },
    { NULL, NULL, NULL, { NULL } },
};
