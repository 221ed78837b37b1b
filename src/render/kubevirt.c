/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain as KubeVirt's VirtualMachine, kubevirt.io/v1 (staging/src/kubevirt.io/api/core/v1 in
 * kubevirt/kubevirt, as of 1.9). Policy, firmware image, IOMMU of virtio devices, option ROMs and
 * the limit of locked memory are KubeVirt's own and have no member: rules CVM820 to CVM837 hold the
 * profile against them. */
#include "render/kubevirt.h"

#include <string.h>

#include "model/kubevirt.h"
#include "render/render.h"
#include "util/i18n.h"
#include "util/number.h"

void
cvm_kubevirt_text(struct cvm_yaml *yaml, const char *key, const struct cvm_text *value)
{
    if (cvm_is_set(*value)) {
        cvm_yaml_text(yaml, key, value->value);
    }
}

void
cvm_kubevirt_uint(struct cvm_yaml *yaml, const char *key, const struct cvm_uint *value)
{
    if (cvm_is_set(*value)) {
        cvm_yaml_uint(yaml, key, value->value);
    }
}

void
cvm_kubevirt_empty(struct cvm_yaml *yaml, const char *key)
{
    cvm_yaml_map(yaml, key);
    cvm_yaml_end(yaml);
}

/* A quantity of Kubernetes: "4GiB" is its 4Gi. */
static void
write_size(struct cvm_yaml *yaml, const char *key, const struct cvm_uint *bytes)
{
    if (cvm_is_set(*bytes)) {
        g_autofree char *size = cvm_size_format(bytes->value);

        size[strlen(size) - 1] = '\0';
        cvm_yaml_text(yaml, key, size);
    }
}

static void
write_label(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    cvm_yaml_map(yaml, "labels");
    cvm_kubevirt_text(yaml, "app.kubernetes.io/name", &domain->name);
    cvm_yaml_end_unless_empty(yaml);
}

static void
write_metadata(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    cvm_yaml_map(yaml, "metadata");
    cvm_kubevirt_text(yaml, "name", &domain->name);
    write_label(yaml, domain);
    cvm_yaml_map(yaml, "annotations");
    /* Kubernetes, "Well-Known Labels, Annotations and Taints". */
    cvm_kubevirt_text(yaml, "kubernetes.io/description", &domain->description);
    cvm_yaml_end_unless_empty(yaml);
    cvm_yaml_end(yaml);
}

static void
write_sev(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_launch *launch = &domain->launch;

    cvm_yaml_map(yaml, "sev");
    if (cvm_domain_guest(domain) == CVM_GUEST_SEV_ES) {
        cvm_yaml_map(yaml, "policy");
        cvm_yaml_flag(yaml, "encryptedState", TRUE);
        cvm_yaml_end(yaml);
    }
    if (cvm_kubevirt_is_attested(domain)) {
        cvm_kubevirt_empty(yaml, "attestation");
    }
    if (cvm_is_set(launch->dh_cert)) {
        cvm_yaml_text(yaml, "dhCert", launch->dh_cert.base64);
    }
    if (cvm_is_set(launch->session)) {
        cvm_yaml_text(yaml, "session", launch->session.base64);
    }
    cvm_yaml_end(yaml);
}

/* A type that was not understood but asked for (--force) stays a launchSecurity without any, which
 * virt-api refuses ("One and only one launchSecurity type can be set"): left out, the guest would
 * start unencrypted. */
static void
write_launch(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_launch *launch = &domain->launch;

    if (cvm_is_unset(*launch) || cvm_text_is(launch->type, "none")) {
        return;
    }
    cvm_yaml_map(yaml, "launchSecurity");
    if (launch->guest & CVM_GUEST_LEGACY) {
        write_sev(yaml, domain);
    } else if (launch->guest == CVM_GUEST_SEV_SNP) {
        cvm_kubevirt_empty(yaml, "snp");
    }
    cvm_yaml_end(yaml);
}

/* secureBoot is on unless it is off; persistent would be a variable store. */
static void
write_firmware(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    cvm_yaml_map(yaml, "firmware");
    cvm_kubevirt_text(yaml, "uuid", &domain->uuid);
    cvm_yaml_map(yaml, "bootloader");
    cvm_yaml_map(yaml, "efi");
    cvm_yaml_flag(yaml, "secureBoot", FALSE);
    cvm_yaml_end(yaml);
    cvm_yaml_end(yaml);
    cvm_yaml_end(yaml);
}

/* Without a topology libvirt makes each vCPU a socket. Dies have no member: their cores are the
 * socket's. */
static void
write_topology(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_vcpu *vcpu = &domain->vcpu;
    gboolean given = cvm_is_set(vcpu->sockets) && cvm_is_set(vcpu->cores);
    uint64_t dies = cvm_is_set(vcpu->dies) ? vcpu->dies.value : 1;
    uint64_t sockets = given                     ? vcpu->sockets.value
                       : cvm_is_set(vcpu->count) ? vcpu->count.value
                                                 : 1;

    cvm_yaml_uint(yaml, "sockets", sockets);
    cvm_yaml_uint(yaml, "cores", given ? vcpu->cores.value * dies : 1);
    cvm_yaml_uint(yaml, "threads", cvm_is_set(vcpu->threads) ? vcpu->threads.value : 1);
    /* Where the cluster plugs CPUs it would add empty sockets for later (defaults/defaults.go,
     * setupCPUHotplug()); vCPUs of an encrypted guest are measured at its start. */
    if (cvm_domain_guest(domain) & CVM_GUEST_AMD) {
        cvm_yaml_uint(yaml, "maxSockets", sockets);
    }
}

static void
write_cpu(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_cpu *cpu = &domain->cpu;

    cvm_yaml_map(yaml, "cpu");
    write_topology(yaml, domain);
    if (cvm_text_is(cpu->mode, "host-passthrough") || cvm_text_is(cpu->mode, "host-model")) {
        cvm_yaml_text(yaml, "model", cpu->mode.value);
    } else {
        cvm_kubevirt_text(yaml, "model", &cpu->model);
    }
    cvm_yaml_list(yaml, "features");
    cvm_each (struct cvm_cpu_feature, feature, &cpu->feature) {
        cvm_yaml_item(yaml);
        cvm_kubevirt_text(yaml, "name", &feature->name);
        cvm_kubevirt_text(yaml, "policy", &feature->policy);
        cvm_yaml_end_unless_empty(yaml);
    }
    cvm_yaml_end_unless_empty(yaml);
    if (cvm_kubevirt_is_pinned(domain)) {
        cvm_yaml_flag(yaml, "dedicatedCpuPlacement", TRUE);
        if (cvm_is_set(domain->vcpu.emulatorpin)) {
            cvm_yaml_flag(yaml, "isolateEmulatorThread", TRUE);
        }
    }
    if (cvm_kubevirt_binds_nodes(domain)) {
        cvm_yaml_map(yaml, "numa");
        cvm_kubevirt_empty(yaml, "guestMappingPassthrough");
        cvm_yaml_end(yaml);
    }
    cvm_yaml_end(yaml);
}

static void
write_memory(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    const struct cvm_memory *memory = &domain->memory;
    const char *page =
        cvm_is_set(memory->hugepages) ? cvm_kubevirt_page_size(memory->hugepages.value) : NULL;

    cvm_yaml_map(yaml, "memory");
    write_size(yaml, "guest", &memory->size);
    if (page) {
        cvm_yaml_map(yaml, "hugepages");
        cvm_yaml_text(yaml, "pageSize", page);
        cvm_yaml_end(yaml);
    }
    cvm_yaml_end_unless_empty(yaml);
    /* virt-api wants the request spelt out then: validateMemoryLimitAndRequestProvided(),
     * validateHugepagesMemoryRequests(). */
    if (page || cvm_kubevirt_is_pinned(domain)) {
        cvm_yaml_map(yaml, "resources");
        cvm_yaml_map(yaml, "requests");
        write_size(yaml, "memory", &memory->size);
        cvm_yaml_end(yaml);
        cvm_yaml_end(yaml);
    }
}

static void
write_state(struct cvm_yaml *yaml, const char *key, const struct cvm_flag *flag)
{
    if (cvm_is_set(*flag)) {
        cvm_yaml_map(yaml, key);
        cvm_yaml_flag(yaml, "enabled", flag->value);
        cvm_yaml_end(yaml);
    }
}

static void
write_features(struct cvm_yaml *yaml, const struct cvm_features *features)
{
    cvm_yaml_map(yaml, "features");
    write_state(yaml, "acpi", &features->acpi);
    write_state(yaml, "apic", &features->apic);
    write_state(yaml, "smm", &features->smm);
    cvm_yaml_end_unless_empty(yaml);
}

static void
write_clock(struct cvm_yaml *yaml, const struct cvm_clock *clock)
{
    cvm_yaml_map(yaml, "clock");
    if (cvm_is_set(clock->timezone)) {
        cvm_yaml_text(yaml, "timezone", clock->timezone.value);
    } else if (cvm_text_is(clock->offset, "utc")) {
        cvm_kubevirt_empty(yaml, "utc");
    }
    cvm_yaml_end_unless_empty(yaml);
}

static void
write_domain(struct cvm_yaml *yaml, const struct cvm_domain *domain)
{
    cvm_yaml_map(yaml, "domain");
    write_launch(yaml, domain);
    write_firmware(yaml, domain);
    cvm_yaml_map(yaml, "machine");
    cvm_kubevirt_text(yaml, "type", &domain->os.machine);
    cvm_yaml_end_unless_empty(yaml);
    write_cpu(yaml, domain);
    write_memory(yaml, domain);
    write_features(yaml, &domain->features);
    write_clock(yaml, &domain->clock);
    /* Needs the feature gate RebootPolicy before it is a matter of course: written where somebody
     * asked for it. */
    if (cvm_is_given(domain->on_reboot) && cvm_text_is(domain->on_reboot, "destroy")) {
        cvm_yaml_text(yaml, "rebootPolicy", "Terminate");
    }
    cvm_kubevirt_devices(yaml, domain);
    cvm_yaml_end(yaml);
}

static void
render_kubevirt(const struct cvm_domain *domain, const struct cvm_host *host, GString *out)
{
    struct cvm_yaml yaml;

    (void)host;
    cvm_yaml_init(&yaml, out);
    cvm_yaml_text(&yaml, "apiVersion", "kubevirt.io/v1");
    cvm_yaml_text(&yaml, "kind", "VirtualMachine");
    write_metadata(&yaml, domain);
    cvm_yaml_map(&yaml, "spec");
    cvm_yaml_text(&yaml, "runStrategy", cvm_kubevirt_run_strategy(domain));
    cvm_yaml_map(&yaml, "template");
    cvm_yaml_map(&yaml, "metadata");
    write_label(&yaml, domain);
    cvm_yaml_end_unless_empty(&yaml);
    cvm_yaml_map(&yaml, "spec");
    if (cvm_text_is(domain->os.arch, "x86_64")) {
        cvm_yaml_text(&yaml, "architecture", "amd64");
    }
    if (cvm_kubevirt_is_attested(domain)) {
        cvm_yaml_text(&yaml, "startStrategy", "Paused");
    }
    write_domain(&yaml, domain);
    cvm_kubevirt_networks(&yaml, domain);
    cvm_kubevirt_volumes(&yaml, domain);
    cvm_yaml_end(&yaml);
    cvm_yaml_end(&yaml);
    cvm_yaml_end(&yaml);
}

const struct cvm_renderer cvm_renderer_kubevirt = {
    .name = "kubevirt",
    .suffix = ".yaml",
    .summary = N_("VirtualMachine of a KubeVirt cluster"),
    .rules = "kubevirt",
    .render = render_kubevirt,
};
