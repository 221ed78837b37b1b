/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 5xx: how much memory the guest takes, and how it is held. */
#include "rules/memory.h"

#include "model/need.h"
#include "util/i18n.h"
#include "util/number.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)

/* VIR_DOMAIN_MEMORY_PARAM_UNLIMITED (KiB): from here on virMemoryLimitIsSet() says there is no
 * limit. */
#define UNLIMITED (UINT64_C(9007199254740991) * KIB)
/* LimitMEMLOCK of libvirt's service files. */
#define DAEMON_MEMLOCK (64 * MIB)
/* The smallest OVMF, code and variables together. */
#define LEAST_FIRMWARE (2 * MIB)
/* The small end of what QEMU's heap and stacks take (100 to 300 MiB observed). */
#define LEAST_PROCESS (100 * MIB)
/* The first QEMU whose memory backends refuse a part of a page
 * (host_memory_backend_memory_complete, backends/hostmem.c). */
#define QEMU_WHOLE_PAGES CVM_VERSION(9, 1, 0)

static uint64_t
read_page_size(const struct cvm_uint *size)
{
    return !cvm_is_set(*size) || size->value == 4 * KIB ? CVM_PAGES_ORDINARY
           : size->value == 0                           ? CVM_PAGES_OF_HOST
                                                        : size->value;
}

uint64_t
cvm_page_size(const struct cvm_domain *domain, const struct cvm_cell *cell)
{
    return read_page_size(cell && cvm_is_set(cell->hugepages) ? &cell->hugepages
                                                              : &domain->memory.hugepages);
}

const struct cvm_from *
cvm_huge_pages_place(const struct cvm_domain *domain)
{
    if (read_page_size(&domain->memory.hugepages) != CVM_PAGES_ORDINARY) {
        return &domain->memory.hugepages.from;
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (read_page_size(&cell->hugepages) != CVM_PAGES_ORDINARY) {
            return &cell->hugepages.from;
        }
    }
    return NULL;
}

static gboolean
has_hard_limit(const struct cvm_domain *domain)
{
    const struct cvm_memory *memory = &domain->memory;

    return (cvm_is_set(memory->hard_limit) && memory->hard_limit.value < UNLIMITED) ||
           cvm_is_on(memory->hard_limit_auto);
}

/* libvirt raises the limit of locked memory by itself for what VFIO and vDPA map
 * (qemuDomainGetMemLockLimitBytes). */
static gboolean
has_vfio(const struct cvm_domain *domain)
{
    cvm_each (struct cvm_interface, interface, &domain->devices.interface) {
        if (cvm_text_is(interface->type, "hostdev") || cvm_text_is(interface->type, "vdpa")) {
            return TRUE;
        }
    }
    cvm_each (struct cvm_disk, disk, &domain->devices.disk) {
        if (cvm_text_is(disk->type, "nvme")) {
            return TRUE;
        }
    }
    cvm_each (struct cvm_hostdev, hostdev, &domain->devices.hostdev) {
        if (cvm_text_is(hostdev->type, "pci") || cvm_text_is(hostdev->type, "mdev")) {
            return TRUE;
        }
    }
    return FALSE;
}

/* KubeVirt's virt-handler raises the limit of its libvirt from outside, since memory tuning is
 * refused in session mode (pkg/hypervisor/kvm/runtime.go); its domains say whose they are. */
static gboolean
is_kubevirt(const struct cvm_domain *domain)
{
    return domain->form == CVM_FORM_XML &&
           cvm_node_child(domain->metadata.from.node, "kubevirt") != NULL;
}

/* libvirt's qemuDomainGetMemLockLimitBytes has no case for SEV: without one of the three the
 * daemon's own limit stays. */
gboolean
cvm_relies_on_memlock(const struct cvm_domain *domain)
{
    const struct cvm_memory *memory = &domain->memory;

    return memory->locked.from.origin != CVM_INVALID &&
           memory->hard_limit.from.origin != CVM_INVALID && !cvm_is_on(memory->locked) &&
           !has_hard_limit(domain) && !has_vfio(domain) && !is_kubevirt(domain);
}

/* Domain XML that has no <memoryBacking> has <memory>. */
const struct cvm_from *
cvm_memlock_place(const struct cvm_domain *domain)
{
    const struct cvm_memory *memory = &domain->memory;
    gboolean nowhere = domain->form == CVM_FORM_XML && memory->locked.from.node == domain->root;

    return nowhere ? &memory->from : cvm_place(&memory->locked.from, &memory->from);
}

const char *
cvm_locked_words(const struct cvm_domain *domain)
{
    return domain->form != CVM_FORM_XML ? "'locked: true'"
           : cvm_node_child(domain->root, "memoryBacking")
               ? _("'<locked/>' below '<memoryBacking>'")
               : "'<memoryBacking><locked/></memoryBacking>'";
}

/* 501 */
static void
check_memory_not_pinnable(struct cvm_check *check)
{
    gboolean told = check->host && check->host->has_memlock;
    uint64_t limit = told ? check->host->memlock : DAEMON_MEMLOCK;
    g_autofree char *limit_text = NULL;
    g_autofree char *size = NULL;
    struct cvm_finding *finding;
    struct cvm_memory_need need;

    if (!cvm_relies_on_memlock(check->domain) || !cvm_memory_need(check->domain, &need) ||
        need.ram <= limit) {
        return;
    }
    limit_text = cvm_size_format(limit);
    size = cvm_size_format(need.ram);
    finding = cvm_report(
        check, cvm_memlock_place(check->domain),
        told ? _("The memory of a guest with %1$s is pinned, but nothing allows QEMU to lock "
                 "'%2$s': neither locked memory nor a hard limit is set, and the daemon's "
                 "limit is '%3$s'. The start fails with \"failed to register region … error "
                 "'Cannot allocate memory'\".")
             : _("The memory of a guest with %1$s is pinned, but nothing allows QEMU to lock "
                 "'%2$s': neither locked memory nor a hard limit is set, and libvirt's daemon "
                 "runs with a limit of '%3$s' unless somebody raised it. The start fails with "
                 "\"failed to register region … error 'Cannot allocate memory'\"."),
        cvm_guest_info(check->guest)->title, size, limit_text);
    cvm_fix(finding, _("Write %s."), cvm_locked_words(check->domain));
}

/* What a SEV guest cannot do without: KVM pins RAM, video memory and the flash against the limit.
 * The cgroup counts them too, and beside them KVM's array of pinned pages, 8 bytes for each 4 KiB
 * (sev_pin_memory, arch/x86/kvm/svm/sev.c); huge pages it does not count. */
static uint64_t
least_limit(const struct cvm_domain *domain, const struct cvm_memory_need *need)
{
    uint64_t pinned = need->ram + need->video + LEAST_FIRMWARE;

    return cvm_huge_pages_place(domain) ? pinned : pinned + need->ram / 512;
}

/* With this much it starts, as with the 256 MiB above RAM of libvirt's own guide while the guest is
 * small: the formula of cvm_memory_need() with the low ends of its estimates. */
static uint64_t
tight_limit(const struct cvm_domain *domain, const struct cvm_memory_need *need)
{
    uint64_t least = least_limit(domain, need) + need->firmware;

    return cvm_huge_pages_place(domain) ? least : least + LEAST_PROCESS;
}

static void
report_hard_limit(struct cvm_check *check, enum cvm_severity severity,
                  const struct cvm_memory_need *need)
{
    const struct cvm_uint *limit = &check->domain->memory.hard_limit;
    g_autofree char *given = cvm_size_format(limit->value);
    g_autofree char *total = cvm_size_format(need->total);
    g_autofree char *ram = cvm_size_format(need->ram);
    g_autofree char *video = cvm_size_format(need->video);
    g_autofree char *firmware = cvm_size_format(need->firmware);
    g_autofree char *tables = cvm_size_format(need->tables);
    g_autofree char *process = cvm_size_format(need->process);
    struct cvm_finding *finding = cvm_report_as(
        check, severity, &limit->from,
        severity == CVM_SEVERE
            ? _("The hard limit '%1$s' is too small: %2$s memory + %3$s video + %4$s firmware "
                "and ROMs + %5$s page tables + %6$s for QEMU itself make '%7$s'. The start "
                "fails with \"failed to register region … error 'Cannot allocate memory'\", or "
                "the kernel kills QEMU.")
            : _("The hard limit '%1$s' leaves little room: %2$s memory + %3$s video + %4$s "
                "firmware and ROMs + %5$s page tables + %6$s for QEMU itself make '%7$s'. The "
                "start may fail, and when QEMU grows, the kernel kills the guest with \"Memory "
                "cgroup out of memory\"."),
        given, ram, video, firmware, tables, process, total);

    cvm_fix(finding, _("Write at least '%1$s', or remove it and write %2$s."), total,
            cvm_locked_words(check->domain));
}

/* SEV-SNP pins nothing, but the guest's private pages are charged to QEMU's cgroup as they are
 * used. */
static void
report_snp_hard_limit(struct cvm_check *check, const struct cvm_memory_need *need)
{
    const struct cvm_uint *limit = &check->domain->memory.hard_limit;
    g_autofree char *given = cvm_size_format(limit->value);
    g_autofree char *ram = cvm_size_format(need->ram);
    struct cvm_finding *finding = cvm_report_as(
        check, CVM_WARNING, &limit->from,
        _("The hard limit '%1$s' is below the guest's memory '%2$s': once the guest has used "
          "that much, the kernel kills it with \"Memory cgroup out of memory\"."),
        given, ram);

    cvm_fix(finding, _("Remove %s: SEV-SNP needs no limit."),
            cvm_in_form(check, "'hardLimit'", "'<hard_limit>'"));
}

/* 502 */
static void
check_hard_limit_too_small(struct cvm_check *check)
{
    const struct cvm_uint *limit = &check->domain->memory.hard_limit;
    struct cvm_memory_need need;

    if (!cvm_is_set(*limit) || !cvm_memory_need(check->domain, &need)) {
        return;
    }
    if (check->guest == CVM_GUEST_SEV_SNP) {
        if (limit->value < need.ram) {
            report_snp_hard_limit(check, &need);
        }
    } else if (limit->value < least_limit(check->domain, &need)) {
        report_hard_limit(check, CVM_SEVERE, &need);
    } else if (limit->value < tight_limit(check->domain, &need)) {
        report_hard_limit(check, CVM_WARNING, &need);
    }
}

/* 503 */
static void
check_hard_limit_overrides_locked(struct cvm_check *check)
{
    const struct cvm_memory *memory = &check->domain->memory;
    const struct cvm_from *at =
        cvm_is_given(memory->hard_limit) ? &memory->hard_limit.from : &memory->hard_limit_auto.from;

    if (cvm_is_given(memory->locked) && memory->locked.value && at->origin == CVM_GIVEN &&
        has_hard_limit(check->domain)) {
        struct cvm_finding *finding = cvm_report(
            check, at,
            _("A hard limit and locked memory are both set: libvirt then allows QEMU to lock "
              "as much as the hard limit and no more, while locking counts every mapping of "
              "the process. Where these exceed the limit, the start fails with \"locking "
              "memory failed\"."));

        cvm_fix(finding,
                _("Keep one of the two; %s alone is enough, since KVM pins the guest's memory "
                  "by itself."),
                cvm_in_form(check, "'hardLimit'", "'<hard_limit>'"));
    }
}

/* 504 */
static void
check_snp_memory_locked(struct cvm_check *check)
{
    const struct cvm_memory *memory = &check->domain->memory;
    g_autofree char *size = cvm_size_format(memory->size.value);

    if (cvm_is_on(memory->locked)) {
        struct cvm_finding *finding = cvm_report(
            check, &memory->locked.from,
            _("Locked memory with SEV-SNP: the shared copy of the guest's '%s' is filled and "
              "locked beside the private one, so that the guest takes up to twice its memory, "
              "and pages that it makes private cannot be given back "
              "(\"ram_block_discard_range: Failed to discard range\")."),
            size);

        cvm_fix(finding, _("Remove %s."), cvm_in_form(check, "'locked'", "'<locked/>'"));
    }
}

/* 505 */
static void
check_hugepages_with_snp(struct cvm_check *check)
{
    const struct cvm_from *at = cvm_huge_pages_place(check->domain);
    g_autofree char *size = cvm_size_format(check->domain->memory.size.value);

    if (at) {
        struct cvm_finding *finding =
            cvm_report(check, at,
                       _("Huge pages with SEV-SNP hold only the shared half of memory: private "
                         "memory comes from guest_memfd in pages of 4 KiB, and the huge pages "
                         "stay allocated beside it, so that the guest takes about twice its "
                         "'%s'."),
                       size);

        cvm_fix(finding, _("Remove %s."), cvm_in_form(check, "'hugepages'", "'<hugepages>'"));
    }
}

static void
report_remainder(struct cvm_check *check, const struct cvm_uint *memory, uint64_t page,
                 gboolean bound)
{
    unsigned qemu = check->host ? check->host->qemu_version : 0;
    /* libvirt rounds each size up to whole MiB first (qemuDomainAlignMemorySizes). */
    uint64_t bytes = (memory->value + MIB - 1) / MIB * MIB;
    g_autofree char *size = NULL, *page_text = NULL, *lower = NULL, *upper = NULL;
    struct cvm_finding *finding;

    if (bytes % page == 0) {
        return;
    }
    size = cvm_size_format(memory->value);
    page_text = cvm_size_format(page);
    lower = cvm_size_format(bytes / page * page);
    upper = cvm_size_format((bytes / page + 1) * page);
    if (bytes < page) {
        finding = cvm_report(check, &memory->from,
                             _("The memory '%1$s' is less than one huge page of '%2$s': QEMU "
                               "ends with \"must be equal to or larger than page size\"."),
                             size, page_text);
    } else if (qemu == 0 || qemu >= QEMU_WHOLE_PAGES) {
        finding = cvm_report(check, &memory->from,
                             qemu ? _("The memory '%1$s' is no multiple of the huge page size "
                                      "'%2$s': QEMU ends with \"memory size must be multiple "
                                      "of\".")
                                  : _("The memory '%1$s' is no multiple of the huge page size "
                                      "'%2$s': QEMU (9.1 or newer is assumed) ends with "
                                      "\"memory size must be multiple of\"."),
                             size, page_text);
    } else if (bound) {
        finding =
            cvm_report(check, &memory->from,
                       _("The memory '%1$s' is no multiple of the huge page size '%2$s': QEMU "
                         "ends with \"cannot bind memory to host NUMA nodes: Invalid "
                         "argument\"."),
                       size, page_text);
    } else {
        finding =
            cvm_report_as(check, CVM_WARNING, &memory->from,
                          _("The memory '%1$s' is no multiple of the huge page size '%2$s': "
                            "the rest of the last page is lost, and QEMU 9.1 and newer refuse "
                            "it."),
                          size, page_text);
    }
    if (bytes < page) {
        cvm_fix(finding, _("Write '%s', or choose smaller pages."), upper);
    } else {
        cvm_fix(finding, _("Write '%1$s' or '%2$s', or choose smaller pages."), lower, upper);
    }
}

/* 507 */
static void
check_hugepage_remainder(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    uint64_t page = cvm_page_size(domain, NULL);
    gboolean bound = cvm_is_set(domain->numatune.nodeset);

    if (domain->cpu.numa.count == 0 && page > CVM_PAGES_OF_HOST &&
        cvm_is_set(domain->memory.size) && domain->memory.size.value < UNLIMITED) {
        report_remainder(check, &domain->memory.size, page, bound);
    }
    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        page = cvm_page_size(domain, cell);
        if (page > CVM_PAGES_OF_HOST && cvm_is_set(cell->memory) &&
            cell->memory.value < UNLIMITED) {
            report_remainder(check, &cell->memory, page, bound || cvm_is_set(cell->nodeset));
        }
    }
}

/* 511. libvirt writes <memory> with the memory devices in it, and takes it without them, too. */
static void
check_numa_memory_sum(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    uint64_t size = domain->memory.size.value, sum = 0, devices = 0;
    struct cvm_finding *finding;
    g_autofree char *size_text = NULL, *sum_text = NULL;

    cvm_each (struct cvm_cell, cell, &domain->cpu.numa) {
        if (!cvm_is_set(cell->memory) || cell->memory.value > G_MAXUINT64 - sum) {
            return;
        }
        sum += cell->memory.value;
    }
    cvm_each (struct cvm_memory_device, device, &domain->devices.memory) {
        if (!cvm_is_set(device->size) || device->size.value > G_MAXUINT64 - sum - devices) {
            return;
        }
        devices += device->size.value;
    }
    if (domain->cpu.numa.count == 0 || !cvm_is_set(domain->memory.size) || sum == size ||
        sum + devices == size) {
        return;
    }
    size_text = cvm_size_format(size);
    sum_text = cvm_size_format(sum);
    finding = cvm_report(check, &domain->memory.size.from,
                         _("The memory is '%1$s', but the guest's NUMA cells make '%2$s': "
                           "libvirt takes the sum of the cells and drops the other number "
                           "without a word."),
                         size_text, sum_text);
    cvm_fix(finding, _("Write '%s' here, or change the cells."), sum_text);
}

/* Persistent memory is a file of the host, into which the guest writes through its encryption. */
static void
report_memory_device(struct cvm_check *check, const struct cvm_memory_device *device)
{
    const struct cvm_text *model = &device->common.model;
    const struct cvm_from *at = cvm_place(&model->from, &device->from);
    gboolean snp = check->guest == CVM_GUEST_SEV_SNP;
    struct cvm_finding *finding;

    if (cvm_text_is(*model, "virtio-mem") && !snp) {
        finding = cvm_report_as(check, CVM_SEVERE, at,
                                _("A virtio-mem device gives memory back to the host, which a "
                                  "guest whose memory is pinned cannot do: QEMU ends with "
                                  "\"Discarding RAM is disabled\"."));
    } else if (cvm_text_is(*model, "virtio-mem")) {
        finding =
            cvm_report(check, at,
                       _("A SEV-SNP guest must accept each page of a virtio-mem device before "
                         "it may use it, and give it back before it is taken away: that is "
                         "not known to work."));
    } else if (cvm_text_is(*model, "nvdimm") || cvm_text_is(*model, "virtio-pmem")) {
        finding = cvm_report(check, at,
                             _("What the guest writes to persistent memory ('%s') is encrypted "
                               "with a key that is gone when the guest ends: the next one cannot "
                               "read it."),
                             model->value);
    } else {
        return; /* its slot's limit has been reported */
    }
    cvm_fix(finding, _("Remove the device, and give the guest all its memory at the start."));
}

/* 513 */
static void
check_memory_hotplug(struct cvm_check *check)
{
    const struct cvm_memory *memory = &check->domain->memory;

    if (cvm_is_given(memory->max) && memory->max.value > memory->size.value) {
        g_autofree char *max = cvm_size_format(memory->max.value);
        struct cvm_finding *finding = cvm_report(
            check, &memory->max.from,
            check->guest == CVM_GUEST_SEV_SNP
                ? _("Memory may be plugged up to '%s', but a SEV-SNP guest must accept each "
                    "page before it may use it, which its kernel has to be able to do for "
                    "plugged memory.")
                : _("Memory may be plugged up to '%s': each module is pinned as it arrives, "
                    "and QEMU exits, guest and all, when that fails. A virtio-mem device is "
                    "refused with \"Discarding RAM is disabled\"."),
            max);

        cvm_fix(finding, _("Give the guest all its memory at the start, and remove %s."),
                cvm_in_form(check, _("'max' and 'slots'"), "'<maxMemory>'"));
    }
    cvm_each (struct cvm_memory_device, device, &check->domain->devices.memory) {
        report_memory_device(check, device);
    }
}

/* 514 */
static void
check_current_memory(struct cvm_check *check)
{
    const struct cvm_memory *memory = &check->domain->memory;

    if (cvm_is_given(memory->current) && cvm_is_set(memory->size) &&
        memory->current.value < memory->size.value) {
        g_autofree char *current = cvm_size_format(memory->current.value);
        g_autofree char *size = cvm_size_format(memory->size.value);
        struct cvm_finding *finding =
            cvm_report(check, &memory->current.from,
                       _("The current memory '%1$s' is below the memory '%2$s', but only a "
                         "balloon could take the difference back, and an encrypted guest has "
                         "none: it uses '%2$s'."),
                       current, size);

        cvm_fix(finding, _("Remove %1$s, or write '%2$s' as the memory."),
                cvm_in_form(check, "'current'", "'<currentMemory>'"), current);
    }
}

/* 515. A profile that says nothing gets 'off' in resolve/; a domain XML that says nothing leaves it
 * to dump_guest_core of qemu.conf. */
static void
check_dump_core(struct cvm_check *check)
{
    const struct cvm_memory *memory = &check->domain->memory;
    struct cvm_finding *finding = NULL;

    if (cvm_is_on(memory->dump_core)) {
        finding =
            cvm_report(check, &memory->dump_core.from,
                       _("A core dump of QEMU would hold the guest's memory: encrypted pages, "
                         "of no use to anybody, and shared ones, with whatever the guest "
                         "exchanges with its devices."));
    } else if (check->domain->form == CVM_FORM_XML && cvm_is_unset(memory->dump_core)) {
        finding = cvm_report(check, &memory->from,
                             _("Whether a core dump of QEMU holds the guest's memory is left "
                               "to 'dump_guest_core' of the host's qemu.conf."));
    }
    if (finding) {
        cvm_fix(finding, _("Write %s."),
                cvm_in_form(check, "'dumpCore: false'", "'<memory dumpCore='off'>'"));
    }
}

const struct cvm_rule cvm_rules_memory[] = {
    { "CVM501", "memory-not-pinnable", CVM_SEVERE, CVM_GUEST_LEGACY, FALSE,
      N_("A SEV or SEV-ES guest neither locks its memory nor sets a hard limit."),
      check_memory_not_pinnable },
    { "CVM502", "hard-limit-too-small", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("The hard limit is below what the guest and QEMU take."), check_hard_limit_too_small },
    { "CVM503", "hard-limit-overrides-locked", CVM_WARNING, CVM_GUEST_LEGACY, FALSE,
      N_("A hard limit caps what locked memory may lock."), check_hard_limit_overrides_locked },
    { "CVM504", "snp-memory-locked", CVM_WARNING, CVM_GUEST_SEV_SNP, FALSE,
      N_("Locked memory doubles what a SEV-SNP guest takes."), check_snp_memory_locked },
    { "CVM505", "hugepages-with-snp", CVM_WARNING, CVM_GUEST_SEV_SNP, FALSE,
      N_("Huge pages double what a SEV-SNP guest takes."), check_hugepages_with_snp },
    { "CVM506", "hugepage-size-unavailable", CVM_SEVERE, 0, TRUE,
      N_("The host has no huge pages of this size."), cvm_check_hugepage_size_unavailable },
    { "CVM507", "hugepage-remainder", CVM_SEVERE, 0, FALSE,
      N_("The memory is no multiple of the huge page size."), check_hugepage_remainder },
    { "CVM508", "hugepage-pool-too-small", CVM_SEVERE, 0, TRUE,
      N_("The host's pools hold fewer huge pages than the guest takes."),
      cvm_check_hugepage_pool_too_small },
    { "CVM509", "numa-node-unknown", CVM_SEVERE, 0, TRUE,
      N_("A node or CPU is named that the host does not have."), cvm_check_numa_node_unknown },
    { "CVM510", "numa-spread", CVM_WARNING, 0, TRUE,
      N_("vCPUs run on another NUMA node than the one that holds their memory."),
      cvm_check_numa_spread },
    { "CVM511", "numa-memory-sum", CVM_WARNING, 0, FALSE,
      N_("The memory is not the sum of the guest's NUMA cells."), check_numa_memory_sum },
    { "CVM512", "memory-exceeds-host", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("More memory must stay resident than the host's nodes hold."),
      cvm_check_memory_exceeds_host },
    { "CVM513", "memory-hotplug", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("Memory may be plugged into a confidential guest."), check_memory_hotplug },
    { "CVM514", "current-memory", CVM_WARNING, CVM_GUEST_AMD, FALSE,
      N_("The current memory is below the memory, and nothing can balloon."),
      check_current_memory },
    { "CVM515", "dump-core", CVM_NOTE, CVM_GUEST_AMD, FALSE,
      N_("A core dump of QEMU would hold the guest's memory."), check_dump_core },
    { 0 },
};
