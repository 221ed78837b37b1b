/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a host, for programs; <cvmdom/readiness.h> describes it. Every key is always
 * there, null where nothing is known. */
#include "readiness/readiness.h"
#include "report/host.h"
#include "report/parts.h"
#include "util/number.h"

enum { FORMAT_VERSION = 1 }; /* another one where a reader of this one would go wrong */

/* ---- values ---- */

static json_t *
known_or_null(enum cvm_known known)
{
    return known == CVM_UNKNOWN ? json_null() : json_boolean(known == CVM_YES);
}

/* Sizes and counts stay below 2^63 on any machine; jansson has no larger integer. */
static json_t *
number_if(gboolean known, uint64_t number)
{
    return known ? json_integer((json_int_t)MIN(number, G_MAXINT64)) : json_null();
}

static json_t *
version_or_null(unsigned version)
{
    g_autofree char *text = version ? cvm_version_format(version) : NULL;

    return cvm_json_text(text);
}

static json_t *
strings_or_null(const struct cvm_strings *list)
{
    json_t *array;

    if (!list->items) {
        return json_null();
    }
    array = json_array();
    for (unsigned i = 0; i < list->count; i++) {
        json_array_append_new(array, cvm_json_text(list->items[i]));
    }
    return array;
}

/* A register, as text: JSON has no hexadecimal numbers, and many programs none of 64 bits. */
static json_t *
hex(uint64_t value)
{
    return json_sprintf("0x%" G_GINT64_MODIFIER "x", value);
}

/* ---- parts ---- */

static json_t *
describe_versions(const struct cvm_host *host)
{
    json_t *firmware =
        host->has_sev_firmware
            ? json_pack("{s:o, s:o}", "api",
                        json_sprintf("%u.%u", host->sev_api_major, host->sev_api_minor), "build",
                        number_if(host->sev_build > 0, host->sev_build))
            : json_null();

    return json_pack("{s:o, s:o, s:o, s:o}", "libvirt", version_or_null(host->libvirt_version),
                     "qemu", version_or_null(host->qemu_version), "kernel",
                     version_or_null(host->kernel_version), "sevFirmware", firmware);
}

static json_t *
describe_cpuid(const struct cvm_cpuid *cpuid)
{
    return cpuid->known ? json_pack("{s:o, s:o, s:o, s:o}", "eax", hex(cpuid->eax), "ebx",
                                    hex(cpuid->ebx), "ecx", hex(cpuid->ecx), "edx", hex(cpuid->edx))
                        : json_null();
}

static json_t *
describe_processor(const struct cvm_host *host)
{
    json_t *registers = json_object();

    for (unsigned i = 0; i < host->n_msrs; i++) {
        json_object_set_new(registers, host->msrs[i].name, hex(host->msrs[i].value));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
                     cvm_json_text(host->cpu_model_name), "family",
                     number_if(host->cpu_family > 0, host->cpu_family), "model",
                     number_if(host->cpu_family > 0, host->cpu_model), "stepping",
                     number_if(host->has_cpu_stepping, host->cpu_stepping), "flags",
                     strings_or_null(&host->cpu_flags), "smt", known_or_null(host->smt), "cpuid",
                     describe_cpuid(&host->cpuid_sev), "registers", registers);
}

static json_t *
describe_kernel(const struct cvm_host *host)
{
    json_t *modules = json_object();

    for (unsigned i = 0; i < host->n_modules; i++) {
        json_object_set_new(modules, host->modules[i].name, json_boolean(host->modules[i].loaded));
    }
    return json_pack(
        "{s:o, s:o, s:o, s:{s:o, s:o}}", "options", strings_or_null(&host->kernel_options),
        "messages", strings_or_null(&host->kernel_messages), "modules", modules, "iommu", "enabled",
        known_or_null(host->iommu_enabled), "passthrough", known_or_null(host->iommu_passthrough));
}

static json_t *
describe_device(const struct cvm_device_node *device)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "present", known_or_null(device->present), "mode",
                     device->mode ? json_sprintf("%04o", device->mode) : json_null(), "owner",
                     cvm_json_text(device->owner), "group", cvm_json_text(device->group));
}

static json_t *
describe_offer(const struct cvm_host *host)
{
    const struct cvm_domcaps *caps = &host->domcaps;
    gboolean sev = caps->sev == CVM_YES;

    return json_pack("{s:o, s:o, s:o, s:o}", "sev", known_or_null(caps->sev), "types",
                     strings_or_null(&caps->sectypes), "cbitpos", number_if(sev, caps->cbitpos),
                     "reducedPhysBits", number_if(sev, caps->reduced_phys_bits));
}

static json_t *
describe_sev(const struct cvm_host *host)
{
    json_t *platform = host->sev_state ? json_pack("{s:s, s:o}", "state", host->sev_state, "guests",
                                                   number_if(TRUE, host->sev_guests))
                                       : json_null();

    return json_pack(
        "{s:{s:o, s:o, s:o, s:o}, s:{s:o, s:o}, s:o, s:o}", "kvmAmd", "sev",
        known_or_null(host->kvm_amd_sev), "sev_es", known_or_null(host->kvm_amd_sev_es), "sev_snp",
        known_or_null(host->kvm_amd_sev_snp), "ciphertext_hiding_asids",
        number_if(host->has_ciphertext_hiding, host->ciphertext_hiding_asids), "devices",
        "/dev/sev", describe_device(&host->dev_sev), "/dev/kvm", describe_device(&host->dev_kvm),
        "platform", platform, "libvirt", describe_offer(host));
}

static json_t *
describe_pool(const struct cvm_host *host, enum cvm_guest guest)
{
    struct cvm_pool pool;
    gboolean known = cvm_host_pool(host, guest, &pool);

    return json_pack("{s:o, s:o}", "total", number_if(known, pool.total), "inUse",
                     number_if(known && pool.has_used, pool.used));
}

static json_t *
describe_guests(const struct cvm_running *running)
{
    return running->known ? json_pack("{s:o, s:o, s:o}", "sev", number_if(TRUE, running->sev),
                                      "sevEs", number_if(TRUE, running->sev_es), "sevSnp",
                                      number_if(TRUE, running->sev_snp))
                          : json_null();
}

static json_t *
describe_rights(const struct cvm_host *host)
{
    json_t *limit = host->has_memlock && host->memlock == G_MAXUINT64
                        ? json_string("unlimited")
                        : number_if(host->has_memlock, host->memlock);

    return json_pack("{s:o, s:o, s:o, s:o, s:{s:o, s:o}}", "user", cvm_json_text(host->qemu_user),
                     "group", cvm_json_text(host->qemu_group), "memlock", limit,
                     "cgroupControllers", strings_or_null(&host->cgroup_controllers), "apparmor",
                     "enabled", known_or_null(host->apparmor), "devSev",
                     known_or_null(host->apparmor_dev_sev));
}

/* ---- memory ---- */

static json_t *
describe_node(const struct cvm_host_node *node)
{
    json_t *pools = json_array();

    for (unsigned i = 0; i < node->n_pools; i++) {
        const struct cvm_page_pool *pool = &node->pools[i];

        json_array_append_new(pools,
                              json_pack("{s:o, s:o, s:o}", "size", number_if(TRUE, pool->size),
                                        "count", number_if(TRUE, pool->count), "free",
                                        number_if(pool->has_free, pool->free)));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "id", number_if(TRUE, node->id), "memory",
                     number_if(TRUE, node->memory), "cpus", number_if(TRUE, node->n_cpus),
                     "hugepages", pools);
}

static json_t *
describe_memory(const struct cvm_host *host)
{
    json_t *mounts = host->has_hugetlbfs ? json_array() : json_null();
    json_t *nodes = host->has_topology ? json_array() : json_null();

    for (unsigned i = 0; i < host->n_hugetlbfs; i++) {
        json_array_append_new(mounts, number_if(TRUE, host->hugetlbfs[i]));
    }
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        json_array_append_new(nodes, describe_node(&host->topology.nodes[i]));
    }
    return json_pack("{s:o, s:o}", "hugetlbfs", mounts, "nodes", nodes);
}

/* ---- firmware ---- */

static json_t *
describe_firmware(const struct cvm_host *host, const struct cvm_report_firmware *item)
{
    static const enum cvm_guest kinds[] = { CVM_GUEST_SEV, CVM_GUEST_SEV_ES, CVM_GUEST_SEV_SNP };
    const struct cvm_ovmf *image = item->image;
    json_t *types = json_array();

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (cvm_report_firmware_carries(host, item, kinds[i])) {
            json_array_append_new(types, json_string(cvm_guest_info(kinds[i])->name));
        }
    }
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o}", "path", cvm_json_text(item->path), "size",
        number_if(image != NULL, image ? image->size : 0), "types", types, "measuresKernel",
        image ? json_boolean(image->has_hash_table && image->hash_base > 0) : json_null(),
        "descriptor", cvm_json_text(item->descriptor ? item->descriptor->path : NULL), "needsSmm",
        item->descriptor ? json_boolean(cvm_firmware_has(item->descriptor, "requires-smm"))
                         : json_null());
}

static json_t *
list_firmware(const struct cvm_host *host)
{
    g_autoptr(GArray) list = cvm_report_list_firmware(host);
    json_t *array = host->has_firmware ? json_array() : json_null();

    for (guint i = 0; host->has_firmware && i < list->len; i++) {
        json_array_append_new(
            array, describe_firmware(host, &g_array_index(list, struct cvm_report_firmware, i)));
    }
    return array;
}

void
cvm_host_report_json(const struct cvm_host *host, GString *out)
{
    cvm_json_write(json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o, s:o}",
                             "version", FORMAT_VERSION, "host", cvm_json_text(host->name),
                             "versions", describe_versions(host), "processor",
                             describe_processor(host), "kernel", describe_kernel(host), "sev",
                             describe_sev(host), "asids", "sev", describe_pool(host, CVM_GUEST_SEV),
                             "sevEsAndSnp", describe_pool(host, CVM_GUEST_SEV_ES), "guests",
                             describe_guests(&host->running), "rights", describe_rights(host),
                             "memory", describe_memory(host), "firmware", list_firmware(host)),
                   out);
}
