/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be known of a host, part by part: one table, for whoever says what is missing. */
#include "model/host.h"
#include "util/i18n.h"

static gboolean
has_processor(const struct cvm_host *host)
{
    return host->cpu_model_name || host->cpu_family || host->cpu_flags.items;
}

static gboolean
has_cpuid(const struct cvm_host *host)
{
    return host->cpuid_sev.known;
}

static gboolean
has_kernel(const struct cvm_host *host)
{
    return host->kernel_version > 0;
}

static gboolean
has_kernel_messages(const struct cvm_host *host)
{
    return host->kernel_messages.items != NULL;
}

static gboolean
has_kvm_amd(const struct cvm_host *host)
{
    gboolean looked_for = FALSE;

    for (unsigned i = 0; i < host->n_modules; i++) {
        looked_for |= g_str_equal(host->modules[i].name, "kvm_amd");
    }
    return looked_for || host->kvm_amd_sev || host->kvm_amd_sev_es || host->kvm_amd_sev_snp;
}

static gboolean
has_asids(const struct cvm_host *host)
{
    return host->capacity.known;
}

static gboolean
has_devices(const struct cvm_host *host)
{
    return host->dev_sev.present && host->dev_kvm.present;
}

static gboolean
has_sev_firmware(const struct cvm_host *host)
{
    return host->has_sev_firmware;
}

static gboolean
has_libvirt(const struct cvm_host *host)
{
    return host->libvirt_version > 0;
}

static gboolean
has_qemu(const struct cvm_host *host)
{
    return host->qemu_version > 0;
}

static gboolean
has_domcaps(const struct cvm_host *host)
{
    return host->has_domcaps;
}

static gboolean
has_topology(const struct cvm_host *host)
{
    return host->has_topology;
}

static gboolean
has_running(const struct cvm_host *host)
{
    return host->running.known;
}

static gboolean
has_firmware(const struct cvm_host *host)
{
    return host->has_firmware;
}

static gboolean
has_memlock(const struct cvm_host *host)
{
    return host->has_memlock;
}

static const struct cvm_host_part parts[] = {
    { "processor", N_("processor"), has_processor },
    { "cpuid", N_("CPUID"), has_cpuid },
    { "kernel", N_("kernel"), has_kernel },
    { "kernel-log", N_("kernel log"), has_kernel_messages },
    { "kvm-amd", N_("kvm_amd"), has_kvm_amd },
    { "asids", N_("ASIDs"), has_asids },
    { "devices", N_("/dev/sev and /dev/kvm"), has_devices },
    { "sev-firmware", N_("SEV firmware"), has_sev_firmware },
    { "libvirt", N_("libvirt's version"), has_libvirt },
    { "qemu", N_("QEMU's version"), has_qemu },
    { "domain-capabilities", N_("domain capabilities"), has_domcaps },
    { "topology", N_("NUMA topology"), has_topology },
    { "guests", N_("running guests"), has_running },
    { "firmware", N_("guest firmware"), has_firmware },
    { "memlock", N_("limit of locked memory"), has_memlock },
};

const struct cvm_host_part *
cvm_host_part(size_t i)
{
    return i < G_N_ELEMENTS(parts) ? &parts[i] : NULL;
}
