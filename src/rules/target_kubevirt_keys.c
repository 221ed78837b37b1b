/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys outside of devices, and the list of all sections. What KubeVirt does without being asked is
 * from virtwrap/converter/compute/ and defaults/ below pkg/ of its source; what it refuses from
 * virt-api/webhooks/. */
#include "rules/target_kubevirt.h"

#include <string.h>

#include "model/kubevirt.h"
#include "util/i18n.h"

#define WRITTEN(k, t, m) CVM_KEY_QUIET(WRITTEN, k, t, m)
#define NEEDLESS(k, t, m) CVM_KEY_QUIET(NEEDLESS, k, t, m)
#define COVERED(k, t, m) CVM_KEY_QUIET(COVERED, k, t, m)
#define DOMAIN(how, rule, severity, k, m, why, ...)                                                \
    CVM_KEY(how, rule, severity, k, cvm_domain, m, why, ##__VA_ARGS__)

#define OF(v, type) ((const struct type *)(v)->value)

static const struct cvm_domain *
domain_of(const struct cvm_kubevirt_value *value)
{
    return value->check->domain;
}

static gboolean
is_encrypted(const struct cvm_kubevirt_value *value)
{
    return (value->check->guest & CVM_GUEST_AMD) != 0;
}

/* ---- what can be said ---- */

static gboolean
fits_label(const struct cvm_kubevirt_value *value)
{
    return cvm_kubevirt_is_label(OF(value, cvm_text)->value);
}

static gboolean
fits_current_memory(const struct cvm_kubevirt_value *value)
{
    const struct cvm_uint *size = &domain_of(value)->memory.size;

    return cvm_is_set(*size) && OF(value, cvm_uint)->value == size->value;
}

static gboolean
fits_page(const struct cvm_kubevirt_value *value)
{
    return cvm_kubevirt_page_size(OF(value, cvm_uint)->value) != NULL;
}

/* KVM pins the memory of SEV and SEV-ES guests, and virt-handler lifts the limit. */
static gboolean
fits_locked(const struct cvm_kubevirt_value *value)
{
    return !OF(value, cvm_flag)->value || value->check->guest & CVM_GUEST_LEGACY;
}

/* QEMU merges no pages of a confidential guest (hw/core/machine.c). */
static gboolean
fits_unshared(const struct cvm_kubevirt_value *value)
{
    return !OF(value, cvm_flag)->value || is_encrypted(value);
}

/* Huge pages come by memfd (memory_backing.go), other memory is anonymous. */
static gboolean
fits_source(const struct cvm_kubevirt_value *value)
{
    return g_str_equal(OF(value, cvm_text)->value,
                       cvm_is_set(domain_of(value)->memory.hugepages) ? "memfd" : "anonymous");
}

/* Encrypted memory tells nothing in a dump. */
static gboolean
fits_dump(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_flag)->value || is_encrypted(value);
}

static gboolean
fits_current_vcpus(const struct cvm_kubevirt_value *value)
{
    const struct cvm_uint *count = &domain_of(value)->vcpu.count;

    return cvm_is_set(*count) && OF(value, cvm_uint)->value == count->value;
}

static gboolean
fits_dies(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_uint)->value == 1;
}

/* validateThreadCountOnDedicatedCPUPlacement() */
static gboolean
fits_threads(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_uint)->value <= 2 || !cvm_kubevirt_is_pinned(domain_of(value));
}

static gboolean
fits_iothreads(const struct cvm_kubevirt_value *value)
{
    uint64_t own = 0;

    cvm_each (struct cvm_disk, disk, &domain_of(value)->devices.disk) {
        own += cvm_kubevirt_has_own_thread(domain_of(value), disk);
    }
    return OF(value, cvm_uint)->value == own;
}

static gboolean
fits_model(const struct cvm_kubevirt_value *value)
{
    return cvm_text_is(domain_of(value)->cpu.mode, "custom");
}

/* virt-config: DefaultAMD64EmulatedMachines. */
static gboolean
fits_machine(const struct cvm_kubevirt_value *value)
{
    const char *machine = OF(value, cvm_text)->value;

    return g_str_has_prefix(machine, "q35") || g_str_has_prefix(machine, "pc-q35");
}

/* virtwrap/converter/compute/os.go: configureEFI(). */
static gboolean
fits_loader_type(const struct cvm_kubevirt_value *value)
{
    gboolean rom = value->check->guest == CVM_GUEST_SEV_SNP;

    return g_str_equal(OF(value, cvm_text)->value, rom ? "rom" : "pflash");
}

static gboolean
fits_stateless(const struct cvm_kubevirt_value *value)
{
    return OF(value, cvm_flag)->value == (value->check->guest == CVM_GUEST_SEV_SNP);
}

/* "Always" starts it again after a crash, too. */
static gboolean
fits_crash(const struct cvm_kubevirt_value *value)
{
    const char *word = OF(value, cvm_text)->value;

    return g_str_equal(word, "restart") ||
           (g_str_equal(word, "destroy") && !cvm_text_is(domain_of(value)->on_poweroff, "restart"));
}

/* ---- the keys ---- */

#define LAUNCH(how, k, m, why) DOMAIN(how, "CVM822", CVM_SEVERE, "launchSecurity." k, launch.m, why)
#define MEMORY(how, k, m, why, ...)                                                                \
    DOMAIN(how, "CVM829", CVM_WARNING, "memory." k, memory.m, why, ##__VA_ARGS__)
#define VCPU(how, severity, k, m, why, ...)                                                        \
    DOMAIN(how, "CVM830", severity, k, vcpu.m, why, ##__VA_ARGS__)
#define FIRMWARE(how, k, m, why, ...)                                                              \
    DOMAIN(how, "CVM823", CVM_SEVERE, "os.firmware." k, os.m, why, ##__VA_ARGS__)
#define PLATFORM(how, severity, k, m, why, ...)                                                    \
    DOMAIN(how, "CVM832", severity, k, m, why, ##__VA_ARGS__)

static const char no_variables[] =
    N_("KubeVirt alone chooses where a guest keeps its firmware's variables: it takes no store of "
       "yours.");
static const char own_image[] =
    N_("KubeVirt boots such a guest from the OVMF image that virt-launcher has, whatever you name: "
       "another image is measured, and boots, than the one that you chose.");

static const struct cvm_kubevirt_key domain_keys[] = {
    DOMAIN(
        JUDGED, "CVM820", CVM_SEVERE, "name", name,
        N_("The name cannot be a Kubernetes object's: such names have lower-case letters, digits "
           "and '-' alone, up to 63, and neither begin nor end with '-'."),
        CVM_KEY_FITS(fits_label)),
    WRITTEN("uuid", cvm_domain, uuid),
    DOMAIN(SAID, "CVM836", CVM_NOTE, "title", title, NULL),
    WRITTEN("description", cvm_domain, description),
    DOMAIN(SAID, "CVM836", CVM_WARNING, "metadata", metadata,
           N_("KubeVirt has no place for XML of other programs: what reads it there finds "
              "nothing.")),
    NEEDLESS("host", cvm_domain, host), /* the node that the profile is judged for */
    PLATFORM(WORDS, CVM_WARNING, "virtType", virt_type,
             N_("KubeVirt emulates guests only where a cluster does so with all of them "
                "(useEmulation): a virtual machine cannot ask for it."),
             CVM_KEY_WORDS("kvm")),

    WRITTEN("launchSecurity.type", cvm_domain, launch.type),
    DOMAIN(RULE, "CVM821", CVM_SEVERE, "launchSecurity.policy", launch.policy, NULL),
    LAUNCH(
        ON, "kernelHashes", kernel_hashes,
        N_("KubeVirt cannot have a kernel measured: the host could boot another one unnoticed.")),
    LAUNCH(ON, "authorKey", author_key,
           N_("KubeVirt gives QEMU no ID block, hence no author key either: whoever expects one in "
              "the attestation report finds none.")),
    LAUNCH(OFF, "vcek", vcek,
           N_("KubeVirt cannot keep a guest from asking for reports that the chip's own key signs "
              "(VCEK).")),
    DOMAIN(SAID, "CVM822", CVM_WARNING, "launchSecurity.cbitpos", launch.cbitpos,
           N_("KubeVirt takes the place of the encryption bit from the node: what is written here "
              "has no effect.")),
    DOMAIN(
        SAID, "CVM822", CVM_WARNING, "launchSecurity.reducedPhysBits", launch.reduced_phys_bits,
        N_("KubeVirt takes the cost of encryption in address bits from the node: what is written "
           "here has no effect.")),
    WRITTEN("launchSecurity.dhCert", cvm_domain, launch.dh_cert),
    WRITTEN("launchSecurity.session", cvm_domain, launch.session),
    LAUNCH(SAID, "guestVisibleWorkarounds", guest_visible_workarounds,
           N_("KubeVirt does not pass workarounds on to the firmware, where they are measured.")),
    LAUNCH(SAID, "idBlock", id_block,
           N_("KubeVirt gives QEMU no ID block: the firmware would start any guest in place of the "
              "one that you signed.")),
    LAUNCH(SAID, "idAuth", id_auth,
           N_("KubeVirt gives QEMU no ID authentication: the firmware checks no signature of "
              "yours.")),
    LAUNCH(SAID, "hostData", host_data,
           N_("KubeVirt passes no host data on: attestation reports have zeros in their place.")),

    WRITTEN("memory.size", cvm_domain, memory.size),
    MEMORY(JUDGED, "current", current,
           N_("KubeVirt starts a guest with all of its memory, not with less."),
           CVM_KEY_FITS(fits_current_memory)),
    MEMORY(
        JUDGED, "hugepages", hugepages,
        N_("Nodes of a cluster have huge pages of 2 MiB and 1 GiB alone: the guest comes up with "
           "ordinary pages."),
        CVM_KEY_FITS(fits_page)),
    MEMORY(JUDGED, "locked", locked,
           N_("KubeVirt locks no guest's memory: SEV and SEV-ES guests have theirs pinned in any "
              "case, others may be swapped out."),
           CVM_KEY_FITS(fits_locked)),
    MEMORY(SAID, "hardLimit", hard_limit,
           N_("KubeVirt reckons the memory of a pod by itself and takes no limit for QEMU.")),
    MEMORY(JUDGED, "nosharepages", nosharepages,
           N_("KubeVirt cannot keep a node from merging the pages of a guest that is not "
              "encrypted."),
           CVM_KEY_FITS(fits_unshared)),
    MEMORY(JUDGED, "source", source,
           N_("KubeVirt chooses where memory comes from: memfd for huge pages, anonymous memory "
              "without."),
           CVM_KEY_FITS(fits_source)),
    MEMORY(WORDS, "access", access, NULL, CVM_KEY_WORDS("private")),
    MEMORY(WORDS, "allocation", allocation, NULL, CVM_KEY_WORDS("ondemand")),
    MEMORY(SAID, "max", max,
           N_("KubeVirt plugs no memory into an encrypted guest, and into others as its cluster is "
              "set up: no virtual machine's business here.")),
    COVERED("memory.slots", cvm_domain, memory.slots),
    MEMORY(JUDGED, "dumpCore", dump_core,
           N_("KubeVirt cannot keep memory that is not encrypted out of QEMU's core dumps."),
           CVM_KEY_FITS(fits_dump)),

    WRITTEN("vcpu.count", cvm_domain, vcpu.count),
    VCPU(JUDGED, CVM_WARNING, "vcpu.current", current,
         N_("KubeVirt plugs whole sockets, as its cluster is set up: the guest starts with all of "
            "its vCPUs."),
         CVM_KEY_FITS(fits_current_vcpus)),
    VCPU(SAID, CVM_WARNING, "vcpu.pin", pin,
         N_("Each vCPU gets a CPU of the node for itself (dedicatedCpuPlacement), but which one is "
            "the kubelet's choice: these numbers have no effect.")),
    VCPU(SAID, CVM_WARNING, "vcpu.cpuset", cpuset, NULL),
    VCPU(SAID, CVM_WARNING, "vcpu.emulatorpin", emulatorpin,
         N_("Where vCPUs are pinned QEMU's own threads get a CPU of the node for themselves "
            "(isolateEmulatorThread), but which one is the kubelet's choice: these numbers have no "
            "effect.")),
    WRITTEN("vcpu.topology.sockets", cvm_domain, vcpu.sockets),
    VCPU(JUDGED, CVM_WARNING, "vcpu.topology.dies", dies,
         N_("KubeVirt knows no dies: their cores become the socket's, and the guest's kernel may "
            "place its threads differently."),
         CVM_KEY_FITS(fits_dies)),
    WRITTEN("vcpu.topology.cores", cvm_domain, vcpu.cores),
    VCPU(JUDGED, CVM_SEVERE, "vcpu.topology.threads", threads,
         N_("KubeVirt refuses more than two threads a core where vCPUs are pinned: 'Not more than "
            "two threads must be provided'."),
         CVM_KEY_FITS(fits_threads)),
    VCPU(JUDGED, CVM_WARNING, "vcpu.iothreads", iothreads,
         N_("KubeVirt gives a disk an I/O thread of its own where the disk asks for one, and knows "
            "no other number of them."),
         CVM_KEY_FITS(fits_iothreads)),
    VCPU(SAID, CVM_WARNING, "vcpu.iothreadpin", iothreadpin, NULL),

    DOMAIN(WORDS, "CVM830", CVM_WARNING, "cpu.mode", cpu.mode, NULL,
           CVM_KEY_WORDS("custom", "host-model", "host-passthrough")),
    DOMAIN(JUDGED, "CVM830", CVM_WARNING, "cpu.model", cpu.model,
           N_("KubeVirt takes either a model or a mode, and the mode comes first here."),
           CVM_KEY_FITS(fits_model)),
    DOMAIN(SAID, "CVM830", CVM_WARNING, "cpu.check", cpu.check, NULL),
    DOMAIN(SAID, "CVM830", CVM_WARNING, "cpu.migratable", cpu.migratable, NULL),

    DOMAIN(RULE, "CVM831", CVM_WARNING, "numatune.nodeset", numatune.nodeset, NULL),
    DOMAIN(WORDS, "CVM831", CVM_WARNING, "numatune.mode", numatune.mode, NULL,
           CVM_KEY_WORDS("strict")),

    PLATFORM(WORDS, CVM_SEVERE, "os.arch", os.arch, NULL, CVM_KEY_WORDS("x86_64")),
    PLATFORM(JUDGED, CVM_SEVERE, "os.machine", os.machine,
             N_("KubeVirt refuses machines other than 'q35' and its versions ('pc-q35-…'), unless "
                "a cluster's own list has more (emulatedMachines)."),
             CVM_KEY_FITS(fits_machine)),
    FIRMWARE(WORDS, "firmware", firmware, NULL, CVM_KEY_WORDS("auto", "efi")),
    FIRMWARE(SAID, "loader", loader, own_image),
    FIRMWARE(JUDGED, "type", type,
             N_("KubeVirt loads the firmware of SEV-SNP guests as 'rom', and of others as "
                "'pflash'."),
             CVM_KEY_FITS(fits_loader_type)),
    FIRMWARE(WORDS, "format", format, NULL, CVM_KEY_WORDS("raw")),
    FIRMWARE(OFF, "readonly", readonly, N_("KubeVirt has firmware images read-only at all times.")),
    FIRMWARE(ON, "secure", secure,
             N_("KubeVirt refuses encrypted guests with Secure Boot ('SEV does not work along with "
                "SecureBoot'), and this guest is written without.")),
    FIRMWARE(
        JUDGED, "stateless", stateless,
        N_("KubeVirt gives SEV-SNP guests no store for variables, and all others one, which no "
           "launch measurement covers: that is not what is asked for here."),
        CVM_KEY_FITS(fits_stateless)),
    FIRMWARE(SAID, "nvram", nvram, no_variables),
    FIRMWARE(SAID, "nvramTemplate", nvram_template, no_variables),
    FIRMWARE(SAID, "nvramFormat", nvram_format, no_variables),
    DOMAIN(SAID, "CVM824", CVM_SEVERE, "os.kernel", os.kernel,
           N_("KubeVirt boots a kernel out of a container image, not from a file of the node, and "
              "cannot have it measured: the guest would boot from its disk.")),
    COVERED("os.initrd", cvm_domain, os.initrd),
    COVERED("os.cmdline", cvm_domain, os.cmdline),
    PLATFORM(SAID, CVM_WARNING, "os.boot", os.boot,
             N_("KubeVirt knows an order of devices, not of their kinds: write 'bootOrder' to "
                "disks.")),
    PLATFORM(SAID, CVM_WARNING, "os.bootmenu", os.bootmenu, NULL),

    PLATFORM(OFF, CVM_SEVERE, "features.acpi", features.acpi,
             N_("KubeVirt boots such a guest with UEFI firmware, which needs ACPI: libvirt refuses "
                "it in the pod.")),
    WRITTEN("features.apic", cvm_domain, features.apic),
    PLATFORM(SAID, CVM_WARNING, "features.pae", features.pae, NULL),
    WRITTEN("features.smm", cvm_domain, features.smm),
    PLATFORM(ON, CVM_WARNING, "features.vmcoreinfo", features.vmcoreinfo, NULL),
    PLATFORM(OFF, CVM_WARNING, "features.pmu", features.pmu,
             N_("KubeVirt leaves performance counters on, as libvirt does by itself.")),
    PLATFORM(ON, CVM_WARNING, "features.vmport", features.vmport,
             N_("KubeVirt turns VMware's I/O port off in each guest.")),
    PLATFORM(SAID, CVM_WARNING, "features.ioapic", features.ioapic, NULL),
    PLATFORM(WORDS, CVM_WARNING, "clock.offset", clock.offset, NULL, CVM_KEY_WORDS("utc")),
    WRITTEN("clock.timezone", cvm_domain, clock.timezone),

    DOMAIN(WORDS, "CVM833", CVM_WARNING, "onPoweroff", on_poweroff, NULL,
           CVM_KEY_WORDS("destroy", "restart")),
    DOMAIN(WORDS, "CVM833", CVM_WARNING, "onReboot", on_reboot, NULL,
           CVM_KEY_WORDS("destroy", "restart")),
    DOMAIN(JUDGED, "CVM833", CVM_WARNING, "onCrash", on_crash,
           N_("KubeVirt starts a guest again after a crash or leaves it off: nothing else can be "
              "asked "
              "for, and leaving it off not where it is to start again after being shut down."),
           CVM_KEY_FITS(fits_crash)),
    PLATFORM(OFF, CVM_WARNING, "pm.suspendToMem", pm.suspend_to_mem, NULL),
    PLATFORM(OFF, CVM_WARNING, "pm.suspendToDisk", pm.suspend_to_disk, NULL),
    PLATFORM(SAID, CVM_WARNING, "devices.emulator", devices.emulator,
             N_("KubeVirt runs the QEMU that virt-launcher has.")),
    { 0 },
};

static const struct cvm_kubevirt_key feature_keys[] = {
    WRITTEN("name", cvm_cpu_feature, name),
    WRITTEN("policy", cvm_cpu_feature, policy),
    { 0 },
};

static const struct cvm_kubevirt_key cell_keys[] = {
    CVM_KEY(SAID, "CVM831", CVM_WARNING, "", cvm_cell, from,
            N_("KubeVirt takes no NUMA cells for the guest: it mirrors those of the node, where "
               "vCPUs are pinned and memory is in huge pages.")),
    COVERED("id", cvm_cell, id),
    COVERED("cpus", cvm_cell, cpus),
    COVERED("memory", cvm_cell, memory),
    COVERED("memAccess", cvm_cell, mem_access),
    COVERED("nodeset", cvm_cell, nodeset),
    { 0 },
};

static const struct cvm_kubevirt_key boot_keys[] = {
    COVERED("dev", cvm_boot, dev),
    { 0 },
};

#define LIST(path, member, type, keys)                                                             \
    {                                                                                              \
        path, offsetof(struct cvm_domain, member), sizeof(struct type), keys                       \
    }
#define DEVICES(member, type) LIST("devices." #member, devices.member, type, cvm_kubevirt_##member)

const struct cvm_kubevirt_section cvm_kubevirt_sections[] = {
    { "", 0, 0, domain_keys },
    LIST("cpu.feature", cpu.feature, cvm_cpu_feature, feature_keys),
    LIST("cpu.numa", cpu.numa, cvm_cell, cell_keys),
    LIST("os.boot", os.boot, cvm_boot, boot_keys),
    DEVICES(disk, cvm_disk),
    DEVICES(controller, cvm_controller),
    DEVICES(interface, cvm_interface),
    DEVICES(serial, cvm_chardev),
    DEVICES(console, cvm_chardev),
    DEVICES(channel, cvm_chardev),
    DEVICES(rng, cvm_rng),
    DEVICES(tpm, cvm_tpm),
    DEVICES(vsock, cvm_vsock),
    DEVICES(graphics, cvm_graphics),
    DEVICES(video, cvm_video),
    DEVICES(filesystem, cvm_filesystem),
    DEVICES(hostdev, cvm_hostdev),
    DEVICES(watchdog, cvm_watchdog),
    DEVICES(input, cvm_input),
    DEVICES(memballoon, cvm_balloon),
    { 0 },
};
