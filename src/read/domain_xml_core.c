/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of a domain but for its devices. Names as in libvirt's
 * src/conf/schemas/domaincommon.rng, words and defaults as in the parsers of its
 * src/conf/domain_conf.c, numa_conf.c and cpu_conf.c. */
#include "read/domain_xml.h"

#include <string.h>

#include "read/read.h"
#include "util/cpuset.h"
#include "util/number.h"

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static const struct cvm_xml_row launch_rows[] = {
    XML_TEXT("@type", cvm_launch, type),
    XML_ROW(POLICY, "policy", cvm_launch, policy),
    XML_YESNO("@kernelHashes", cvm_launch, kernel_hashes),
    XML_YESNO("@authorKey", cvm_launch, author_key),
    XML_YESNO("@vcek", cvm_launch, vcek),
    XML_UINT("cbitpos", cvm_launch, cbitpos),
    XML_UINT("reducedPhysBits", cvm_launch, reduced_phys_bits),
    XML_BLOB("dhCert", cvm_launch, dh_cert),
    XML_BLOB("session", cvm_launch, session),
    XML_BLOB("guestVisibleWorkarounds", cvm_launch, guest_visible_workarounds),
    XML_BLOB("idBlock", cvm_launch, id_block),
    XML_BLOB("idAuth", cvm_launch, id_auth),
    XML_BLOB("hostData", cvm_launch, host_data),
    XML_END,
};
static const struct cvm_xml_table launch_table = { sizeof(struct cvm_launch), launch_rows };

static const struct cvm_xml_row page_rows[] = {
    XML_SIZE("@size", cvm_page_size, size),
    XML_TEXT("@nodeset", cvm_page_size, nodeset),
    XML_END,
};
static const struct cvm_xml_table page_table = { sizeof(struct cvm_page_size), page_rows };

static const struct cvm_xml_row vcpupin_rows[] = {
    XML_UINT("@vcpu", cvm_pin, id),
    XML_TEXT("@cpuset", cvm_pin, cpuset),
    XML_END,
};
static const struct cvm_xml_table vcpupin_table = { sizeof(struct cvm_pin), vcpupin_rows };

static const struct cvm_xml_row iothreadpin_rows[] = {
    XML_UINT("@iothread", cvm_pin, id),
    XML_TEXT("@cpuset", cvm_pin, cpuset),
    XML_END,
};
static const struct cvm_xml_table iothreadpin_table = { sizeof(struct cvm_pin), iothreadpin_rows };

static const struct cvm_xml_row cpu_feature_rows[] = {
    XML_TEXT("@name", cvm_cpu_feature, name),
    XML_WORD("@policy", cvm_cpu_feature, policy,
             WORDS("force", "require", "optional", "disable", "forbid")),
    XML_END,
};
static const struct cvm_xml_table cpu_feature_table = { sizeof(struct cvm_cpu_feature),
                                                        cpu_feature_rows };

static const struct cvm_xml_row cell_rows[] = {
    XML_UINT("@id", cvm_cell, id),
    XML_TEXT("@cpus", cvm_cell, cpus),
    XML_SIZE("@memory", cvm_cell, memory),
    XML_WORD("@memAccess", cvm_cell, mem_access, WORDS("shared", "private")),
    XML_END,
};
static const struct cvm_xml_table cell_table = { sizeof(struct cvm_cell), cell_rows };

static const struct cvm_xml_row cpu_rows[] = {
    XML_WORD("@mode", cvm_cpu, mode, WORDS("custom", "host-model", "host-passthrough", "maximum")),
    XML_TEXT("model", cvm_cpu, model),
    XML_WORD("@check", cvm_cpu, check, WORDS("none", "partial", "full")),
    XML_WORD("@migratable", cvm_cpu, migratable, WORDS("on", "off")),
    XML_LIST("feature", cvm_cpu, feature, cpu_feature_table),
    XML_LIST("numa/cell", cvm_cpu, numa, cell_table),
    XML_END,
};
static const struct cvm_xml_table cpu_table = { sizeof(struct cvm_cpu), cpu_rows };

static const char *const numa_modes[] = { "strict", "preferred", "interleave", "restrictive",
                                          NULL };
static const char *const placements[] = { "static", "auto", NULL };

static const struct cvm_xml_row numatune_rows[] = {
    XML_TEXT("memory/@nodeset", cvm_numatune, nodeset),
    XML_WORD("memory/@mode", cvm_numatune, mode, numa_modes),
    XML_WORD("memory/@placement", cvm_numatune, placement, placements),
    XML_END,
};
static const struct cvm_xml_table numatune_table = { sizeof(struct cvm_numatune), numatune_rows };

static const struct cvm_xml_row boot_rows[] = {
    XML_WORD("@dev", cvm_boot, dev, WORDS("fd", "cdrom", "hd", "network")),
    XML_END,
};
static const struct cvm_xml_table boot_table = { sizeof(struct cvm_boot), boot_rows };

static const struct cvm_xml_row firmware_feature_rows[] = {
    XML_WORD("@name", cvm_firmware_feature, name, WORDS("secure-boot", "enrolled-keys")),
    XML_YESNO("@enabled", cvm_firmware_feature, enabled),
    XML_END,
};
static const struct cvm_xml_table firmware_feature_table = { sizeof(struct cvm_firmware_feature),
                                                             firmware_feature_rows };

static const char *const image_formats[] = { "raw", "qcow2", NULL };

static const struct cvm_xml_row os_rows[] = {
    XML_TEXT("type", cvm_os, type_name),
    XML_TEXT("type/@arch", cvm_os, arch),
    XML_TEXT("type/@machine", cvm_os, machine),
    XML_WORD("@firmware", cvm_os, firmware, WORDS("bios", "efi")),
    XML_LIST("firmware/feature", cvm_os, feature, firmware_feature_table),
    XML_TEXT("loader", cvm_os, loader),
    XML_WORD("loader/@type", cvm_os, type, WORDS("rom", "pflash")),
    XML_WORD("loader/@format", cvm_os, format, image_formats),
    XML_YESNO("loader/@readonly", cvm_os, readonly),
    XML_YESNO("loader/@secure", cvm_os, secure),
    XML_YESNO("loader/@stateless", cvm_os, stateless),
    XML_TEXT("nvram", cvm_os, nvram),
    /* since libvirt 8.5: <nvram type='…'><source …/></nvram> */
    XML_TEXT("nvram/source/@name", cvm_os, nvram),
    XML_TEXT("nvram/source/@dev", cvm_os, nvram),
    XML_TEXT("nvram/source/@file", cvm_os, nvram),
    XML_TEXT("nvram/@template", cvm_os, nvram_template),
    XML_WORD("nvram/@format", cvm_os, nvram_format, image_formats),
    XML_TEXT("kernel", cvm_os, kernel),
    XML_TEXT("initrd", cvm_os, initrd),
    XML_TEXT("cmdline", cvm_os, cmdline),
    XML_LIST("boot", cvm_os, boot, boot_table),
    XML_YESNO("bootmenu/@enable", cvm_os, bootmenu),
    XML_END,
};
static const struct cvm_xml_table os_table = { sizeof(struct cvm_os), os_rows };

static const struct cvm_xml_row features_rows[] = {
    XML_PRESENT("acpi", cvm_features, acpi),
    XML_PRESENT("apic", cvm_features, apic),
    XML_PRESENT("pae", cvm_features, pae),
    XML_STATE("smm", cvm_features, smm),
    XML_STATE("vmcoreinfo", cvm_features, vmcoreinfo),
    XML_STATE("pmu", cvm_features, pmu),
    XML_STATE("vmport", cvm_features, vmport),
    XML_WORD("ioapic/@driver", cvm_features, ioapic, WORDS("qemu", "kvm")),
    XML_END,
};
static const struct cvm_xml_table features_table = { sizeof(struct cvm_features), features_rows };

static const struct cvm_xml_row clock_rows[] = {
    XML_WORD("@offset", cvm_clock, offset,
             WORDS("utc", "localtime", "variable", "timezone", "absolute")),
    XML_TEXT("@timezone", cvm_clock, timezone),
    XML_END,
};
static const struct cvm_xml_table clock_table = { sizeof(struct cvm_clock), clock_rows };

static const struct cvm_xml_row pm_rows[] = {
    XML_YESNO("suspend-to-mem/@enabled", cvm_pm, suspend_to_mem),
    XML_YESNO("suspend-to-disk/@enabled", cvm_pm, suspend_to_disk),
    XML_END,
};
static const struct cvm_xml_table pm_table = { sizeof(struct cvm_pm), pm_rows };

/* ---- what rows alone cannot say ---- */

static void
read_metadata(struct cvm_domain *domain, G_GNUC_UNUSED void *at, const struct cvm_node *element)
{
    const char *end;

    if (!element || element->inner == element->end) {
        return;
    }
    end = g_strrstr_len(element->source->data + element->inner, element->end - element->inner, "<");
    domain->metadata.from = (struct cvm_from){ .origin = CVM_GIVEN, .node = element };
    domain->metadata.value =
        cvm_arena_strndup(domain->arena, element->source->data + element->inner,
                          (size_t)(end - element->source->data) - element->inner);
}

/* Where single vCPUs are listed, they say which are there at the start (virDomainVcpuParse). */
static void
read_vcpus(struct cvm_domain *domain, G_GNUC_UNUSED void *at, const struct cvm_node *element)
{
    struct cvm_uint *current = &domain->vcpu.current;
    gboolean listed = FALSE;
    uint64_t enabled = 0;

    for (const struct cvm_node *vcpu = element ? element->children : NULL; vcpu;
         vcpu = vcpu->next) {
        gboolean is_vcpu = g_str_equal(vcpu->name, "vcpu");

        listed |= is_vcpu;
        enabled += is_vcpu && g_strcmp0(cvm_node_attribute_text(vcpu, "enabled"), "yes") == 0;
    }
    if (listed) {
        *current =
            (struct cvm_uint){ .from = { .origin = CVM_GIVEN, .node = element }, .value = enabled };
    }
}

/* virDomainIOThreadIDArrayParse: as many as are named, when these are more. */
static void
read_iothreadids(struct cvm_domain *domain, G_GNUC_UNUSED void *at, const struct cvm_node *element)
{
    struct cvm_uint *iothreads = &domain->vcpu.iothreads;
    uint64_t named = 0;

    for (const struct cvm_node *child = element ? element->children : NULL; child;
         child = child->next) {
        named += g_str_equal(child->name, "iothread");
    }
    if (named > 0 && (!cvm_is_set(*iothreads) || named > iothreads->value)) {
        iothreads->from = (struct cvm_from){ .origin = CVM_GIVEN, .node = element };
        iothreads->value = named;
    }
}

static struct cvm_cell *
find_cell(const struct cvm_domain *domain, uint64_t id)
{
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (cvm_is_set(cell->id) && cell->id.value == id) {
            return cell;
        }
    }
    return NULL;
}

/* A cell without an id has that of its place in the list (virDomainNumaDefParseXML). */
static void
number_cells(struct cvm_domain *domain, G_GNUC_UNUSED void *at,
             G_GNUC_UNUSED const struct cvm_node *element)
{
    uint64_t id = 0;

    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        cvm_default_uint(&cell->id, id++, cell->from.node, NULL);
    }
}

static const struct cvm_xml_row memnode_rows[] = {
    XML_TEXT("@nodeset", cvm_cell, nodeset),
    XML_WORD("@mode", cvm_cell, mode, numa_modes),
    XML_END,
};
static const struct cvm_xml_table memnode_table = { sizeof(struct cvm_cell), memnode_rows };

static void
read_memnodes(struct cvm_domain *domain, G_GNUC_UNUSED void *at, const struct cvm_node *element)
{
    for (const struct cvm_node *node = element ? element->children : NULL; node;
         node = node->next) {
        const char *text = cvm_node_attribute_text(node, "cellid");
        struct cvm_cell *cell;
        uint64_t id;

        if (!g_str_equal(node->name, "memnode") || !text || !cvm_number_parse_decimal(text, &id)) {
            continue;
        }
        cell = find_cell(domain, id);
        if (cell && cvm_is_unset(cell->nodeset)) {
            cell->nodeset.from.node = cell->mode.from.node = NULL;
            cvm_domain_xml_fill(domain, &memnode_table, cell, node);
        }
    }
}

/* The page sizes of the guest's cells. Without any cell a nodeset can only mean the whole guest. */
static void
read_hugepages(struct cvm_domain *domain, G_GNUC_UNUSED void *at, const struct cvm_node *element)
{
    struct cvm_uint *master = &domain->memory.hugepages;

    if (!element) {
        return;
    }
    if (cvm_is_unset(domain->memory.page)) {
        master->from = (struct cvm_from){ .origin = CVM_GIVEN, .node = element };
    }
    cvm_each (struct cvm_page_size, page, &domain->memory.page) {
        g_autoptr(GArray) cells = NULL;

        if (!cvm_is_set(page->nodeset) || domain->cpu.numa.count == 0) {
            *master = page->size;
            continue;
        }
        cells = strlen(page->nodeset.value) > CVM_LIMIT_CPUSET
                    ? NULL
                    : cvm_cpuset_parse(page->nodeset.value);
        for (guint i = 0; cells && i < cells->len; i++) {
            struct cvm_cell *cell = find_cell(domain, g_array_index(cells, unsigned, i));

            if (cell) {
                cell->hugepages = page->size;
            }
        }
    }
}

/* Where a finding about something that is missing goes. */
static void
place_groups(struct cvm_domain *domain, G_GNUC_UNUSED void *at,
             G_GNUC_UNUSED const struct cvm_node *element)
{
    domain->memory.from = domain->memory.size.from;
    domain->vcpu.from = domain->vcpu.count.from;
}

static const char *const lifecycle[] = { "destroy", "restart", "rename-restart", "preserve", NULL };

static const struct cvm_xml_row domain_rows[] = {
    XML_TEXT("@type", cvm_domain, virt_type),
    XML_TEXT("name", cvm_domain, name),
    XML_TEXT("uuid", cvm_domain, uuid),
    XML_TEXT("title", cvm_domain, title),
    XML_TEXT("description", cvm_domain, description),
    XML_CUSTOM("metadata", read_metadata),
    XML_STRUCT("launchSecurity", cvm_domain, launch, launch_table),

    XML_SIZE("memory", cvm_domain, memory.size),
    XML_ONOFF("memory/@dumpCore", cvm_domain, memory.dump_core),
    XML_SIZE("currentMemory", cvm_domain, memory.current),
    XML_SIZE("maxMemory", cvm_domain, memory.max),
    XML_UINT("maxMemory/@slots", cvm_domain, memory.slots),
    XML_SIZE("memtune/hard_limit", cvm_domain, memory.hard_limit),
    XML_PRESENT("memoryBacking/locked", cvm_domain, memory.locked),
    XML_PRESENT("memoryBacking/nosharepages", cvm_domain, memory.nosharepages),
    XML_WORD("memoryBacking/source/@type", cvm_domain, memory.source,
             WORDS("file", "anonymous", "memfd")),
    XML_WORD("memoryBacking/access/@mode", cvm_domain, memory.access, WORDS("shared", "private")),
    XML_WORD("memoryBacking/allocation/@mode", cvm_domain, memory.allocation,
             WORDS("immediate", "ondemand")),
    XML_LIST("memoryBacking/hugepages/page", cvm_domain, memory.page, page_table),

    XML_UINT("vcpu", cvm_domain, vcpu.count),
    XML_UINT("vcpu/@current", cvm_domain, vcpu.current),
    XML_TEXT("vcpu/@cpuset", cvm_domain, vcpu.cpuset),
    XML_WORD("vcpu/@placement", cvm_domain, vcpu.placement, placements),
    XML_CUSTOM("vcpus", read_vcpus),
    XML_ROW(LIST, "cputune/vcpupin", cvm_domain, vcpu.pin, .table = &vcpupin_table,
            .most = CVM_LIMIT_PINS),
    XML_TEXT("cputune/emulatorpin/@cpuset", cvm_domain, vcpu.emulatorpin),
    XML_ROW(LIST, "cputune/iothreadpin", cvm_domain, vcpu.iothreadpin, .table = &iothreadpin_table,
            .most = CVM_LIMIT_PINS),
    XML_UINT("iothreads", cvm_domain, vcpu.iothreads),
    XML_CUSTOM("iothreadids", read_iothreadids),
    XML_UINT("cpu/topology/@sockets", cvm_domain, vcpu.sockets),
    XML_UINT("cpu/topology/@dies", cvm_domain, vcpu.dies),
    XML_UINT("cpu/topology/@clusters", cvm_domain, vcpu.clusters),
    XML_UINT("cpu/topology/@cores", cvm_domain, vcpu.cores),
    XML_UINT("cpu/topology/@threads", cvm_domain, vcpu.threads),

    XML_CUSTOM(".", place_groups),

    XML_STRUCT("cpu", cvm_domain, cpu, cpu_table),
    XML_STRUCT("numatune", cvm_domain, numatune, numatune_table),
    XML_CUSTOM("cpu", number_cells),
    XML_CUSTOM("numatune", read_memnodes),
    XML_CUSTOM("memoryBacking/hugepages", read_hugepages),

    XML_SECTION("os", cvm_domain, os, os_table),
    XML_SECTION("features", cvm_domain, features, features_table),
    XML_STRUCT("clock", cvm_domain, clock, clock_table),
    XML_SECTION("pm", cvm_domain, pm, pm_table),
    XML_WORD("on_poweroff", cvm_domain, on_poweroff, lifecycle),
    XML_WORD("on_reboot", cvm_domain, on_reboot, lifecycle),
    XML_WORD("on_crash", cvm_domain, on_crash,
             WORDS("destroy", "restart", "rename-restart", "preserve", "coredump-destroy",
                   "coredump-restart")),
    XML_SECTION("devices", cvm_domain, devices, cvm_xml_devices_table),
    XML_END,
};
const struct cvm_xml_table cvm_xml_domain_table = { sizeof(struct cvm_domain), domain_rows };
