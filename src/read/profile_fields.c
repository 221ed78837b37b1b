/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read/profile_fields.h"

#include <stddef.h>
#include <string.h>

#include "read/profile.h"
#include "read/profile_rows.h"
#include "util/cpuset.h"
#include "util/i18n.h"

static gboolean
check_cpuset(const char *text, char **reason)
{
    g_autoptr(GArray) numbers = strlen(text) > CVM_LIMIT_CPUSET ? NULL : cvm_cpuset_parse(text);

    (void)reason;
    return numbers != NULL;
}

static const struct cvm_text_format uuid_format = {
    .noun = N_("a UUID like '8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2'"),
    .pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    .matches = g_uuid_string_is_valid,
};
static const struct cvm_text_format cpuset_format = {
    .noun = N_("a set of numbers like '0-3,^2,8'"),
    .pattern = "^[0-9,^-]+$",
    .matches = cvm_text_is_cpus,
    .check = check_cpuset,
};
const struct cvm_text_format cvm_filled_format = {
    .noun = N_("one line of text"),
    .pattern = "^[^\\n\\r]+$",
    .matches = cvm_text_is_line,
};
/* libvirt's schema has no other paths (basictypes.rng, absFilePath and absDirPath). */
const struct cvm_text_format cvm_path_format = {
    .noun = N_("an absolute path like '/srv/db.img'"),
    .pattern = "^/[^\\n\\r]*$",
    .matches = cvm_text_is_path,
};
/* CPU features and machine types in libvirt's schema (cputypes.rng, domaincommon.rng). */
static const struct cvm_text_format word_format = {
    .noun = N_("a word of letters, digits, '_', '-' and '.'"),
    .pattern = "^[a-zA-Z0-9_.-]+$",
    .matches = cvm_text_is_word,
};
static const struct cvm_text_format timezone_format = {
    .noun = N_("a time zone like 'Europe/Berlin' or 'UTC'"),
    .pattern = "^[a-zA-Z0-9_.+/-]+$",
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
         .flags = CVM_FIELD_REQUIRED, .format = &word_format),
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
    TEXT("model", cvm_cpu, model, "CPU model, as in EPYC-Milan.", .format = &cvm_filled_format),
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
    TEXT("loader", cvm_os, loader, "Firmware image.", .format = &cvm_path_format),
    WORD("type", cvm_os, type, WORDS("pflash", "rom"), "How the image is mapped."),
    WORD("format", cvm_os, format, image_formats, "Format of the image."),
    FLAG("readonly", cvm_os, readonly, "Keep the guest from writing to the image."),
    FLAG("secure", cvm_os, secure, "The image enforces Secure Boot with SMM."),
    FLAG("stateless", cvm_os, stateless, "No variable store."),
    TEXT("nvram", cvm_os, nvram, "Variable store of this guest.", .format = &cvm_filled_format),
    TEXT("nvramTemplate", cvm_os, nvram_template, "What a new variable store is copied from.",
         .format = &cvm_path_format),
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
    WORD("arch", cvm_os, arch, WORDS("x86_64"), "Architecture."),
    TEXT("machine", cvm_os, machine, "Machine type: q35, or one of its versions.",
         .format = &word_format),
    { .key = "firmware",
      .kind = CVM_FIELD_MAP,
      .flags = CVM_FIELD_FLAT,
      .table = &firmware_table,
      .help = "Firmware: auto, efi, or a named image." },
    TEXT("kernel", cvm_os, kernel, "Kernel to boot directly.", .format = &cvm_filled_format),
    TEXT("initrd", cvm_os, initrd, "Its initial RAM disk.", .format = &cvm_filled_format),
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
         .format = &timezone_format),
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

static const struct cvm_field profile_fields[] = {
    TEXT("name", cvm_domain, name, "Name of the domain.",
         .flags = CVM_FIELD_REQUIRED | CVM_FIELD_JUDGED, .format = &name_format),
    TEXT("uuid", cvm_domain, uuid, "UUID; libvirt makes one up by default.",
         .format = &uuid_format),
    TEXT("title", cvm_domain, title, "One line for people.", .format = &cvm_filled_format),
    TEXT("description", cvm_domain, description, "Text for people."),
    TEXT("metadata", cvm_domain, metadata,
         "XML of other programs: elements that are each in a namespace.",
         .format = &metadata_format),
    { .key = "extends",
      .kind = CVM_FIELD_EXTENDS,
      .format = &cvm_filled_format,
      .help = "Profile that this one adds to, relative to this file; maps merge, anything else "
              "replaces." },
    TEXT("host", cvm_domain, host,
         "Recorded host to render for: a bundled one's name, or a file relative to this one.",
         .format = &cvm_filled_format),
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
    MAP("devices", cvm_domain, devices, cvm_devices_table, "Devices."),
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
        if (*field->key == *key && g_str_equal(field->key, key)) {
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

        if (mode && cvm_field_has_word(mode, scalar)) {
            return mode;
        }
    }
    return table->shorthand ? cvm_field_find(table, table->shorthand) : NULL;
}
