/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a domain its launch measures. Nothing is chosen here: what the document does not say is
 * what libvirt and QEMU then do, or unknown. */
#include "launch/launch.h"
#include "model/need.h"
#include "model/policy.h"

/* SEV_FEATURES, bit 0: SNPActive (AMD publication 24593, VMSA). KVM sets no other by itself, but
 * Linux 6.6 and 6.7 do (DebugSwap), which nothing in a domain tells. */
enum { SNP_ACTIVE = 1 };

/* libvirt knows no type "sev-es", and QEMU neither: the policy decides, whatever the profile's type
 * says. */
static enum cvm_guest
kind_of(const struct cvm_domain *domain)
{
    enum cvm_guest guest = cvm_domain_guest(domain);
    const struct cvm_uint *policy = &domain->launch.policy;

    if (!(guest & CVM_GUEST_LEGACY) || !cvm_is_set(*policy)) {
        return guest;
    }
    return policy->value & CVM_SEV_POLICY_ES ? CVM_GUEST_SEV_ES : CVM_GUEST_SEV;
}

static const char *
text_of(const struct cvm_text *text)
{
    return cvm_is_set(*text) ? text->value : NULL;
}

static const char *
blob_of(const struct cvm_blob *blob)
{
    return cvm_is_set(*blob) ? blob->base64 : NULL;
}

/* What is plugged in later is not measured, so those count that are there at the start. libvirt
 * takes one where nothing is said. */
static uint64_t
count_vcpus(const struct cvm_vcpu *vcpu)
{
    if (vcpu->count.from.origin == CVM_INVALID || vcpu->current.from.origin == CVM_INVALID) {
        return 0;
    }
    if (cvm_is_set(vcpu->current)) {
        return vcpu->current.value;
    }
    return cvm_is_set(vcpu->count) ? vcpu->count.value : 1;
}

/* firmware='efi' without a path is libvirt's choice among the host's descriptors. */
static void
gather_firmware(const struct cvm_domain *domain, const struct cvm_host *host,
                struct cvmdom_launch *launch)
{
    const struct cvm_os *os = &domain->os;
    const struct cvm_firmware *match = NULL;

    launch->firmware = text_of(&os->loader);
    launch->has_nvram = cvm_is_set(os->nvram) || cvm_is_set(os->nvram_template) ||
                        (cvm_text_is(os->type, "pflash") && !cvm_is_on(os->stateless));
    if (cvm_is_unset(os->loader) && cvm_is_set(os->firmware) && host && host->has_firmware) {
        match = cvm_firmware_match(domain, host);
    }
    if (match) {
        launch->firmware = match->executable;
        launch->has_nvram |= match->device == CVM_FIRMWARE_FLASH_SPLIT;
    }
}

static uint32_t
signature_of_model(const char *name)
{
    struct cvmdom_cpu cpu;

    return name && cvmdom_cpu_find(name, &cpu) == 0 ? cpu.signature : 0;
}

/* "maximum" is the host's processor, too, where KVM runs it (QEMU, target/i386/host-cpu.c,
 * host_cpu_max_instance_init). */
static uint32_t
signature_of_host(const struct cvm_host *host)
{
    return host && host->cpu_family && host->has_cpu_stepping
               ? cvmdom_cpu_signature(host->cpu_family, host->cpu_model, host->cpu_stepping)
               : 0;
}

/* The model is only the least of what libvirt then gives: the host's, as far as the guest can have
 * it (virCPUx86Update). The attribute means nothing with another mode (virCPUDefParseXML). */
gboolean
cvm_launch_least_cpu(const struct cvm_domain *domain)
{
    const struct cvm_cpu *cpu = &domain->cpu;
    const struct cvm_node *node = domain->form == CVM_FORM_XML ? cpu->from.node : NULL;

    return node && (cvm_is_unset(cpu->mode) || cvm_text_is(cpu->mode, "custom")) &&
           g_strcmp0(cvm_node_attribute_text(node, "match"), "minimum") == 0;
}

/* libvirt's XML has no way to give a guest another family, model or stepping than its model's. */
static void
gather_cpu(const struct cvm_domain *domain, const struct cvm_host *host,
           struct cvmdom_launch *launch)
{
    const struct cvm_cpu *cpu = &domain->cpu;

    launch->cpu_mode = text_of(&cpu->mode);
    launch->cpu = text_of(&cpu->model);
    if (cpu->mode.from.origin == CVM_INVALID || cpu->model.from.origin == CVM_INVALID) {
        return;
    }
    if (cvm_text_is(cpu->mode, "host-model")) {
        launch->cpu = host && host->has_domcaps ? host->domcaps.host_model : NULL;
        launch->signature = signature_of_model(launch->cpu);
    } else if (cvm_text_is(cpu->mode, "host-passthrough") || cvm_text_is(cpu->mode, "maximum")) {
        launch->cpu = NULL;
        launch->signature = signature_of_host(host);
    } else if (!cvm_launch_least_cpu(domain)) {
        launch->signature = signature_of_model(launch->cpu);
    }
}

void
cvm_launch_gather(const struct cvm_domain *domain, const struct cvm_host *host,
                  struct cvmdom_launch *launch)
{
    const struct cvm_launch *security = &domain->launch;
    enum cvm_guest guest = kind_of(domain);

    *launch = (struct cvmdom_launch){
        .guest = cvm_guest_info(guest)->name,
        .has_policy = cvm_is_set(security->policy),
        .policy = cvm_is_set(security->policy) ? security->policy.value : 0,
        .kernel_hashes = cvm_is_on(security->kernel_hashes),
        .kernel = text_of(&domain->os.kernel),
        .initrd = text_of(&domain->os.initrd),
        .cmdline = text_of(&domain->os.cmdline),
        .vcpus = count_vcpus(&domain->vcpu),
        .features = guest == CVM_GUEST_SEV_SNP ? SNP_ACTIVE : 0,
        .dh_cert = blob_of(&security->dh_cert),
        .session = blob_of(&security->session),
        .id_block = blob_of(&security->id_block),
        .id_auth = blob_of(&security->id_auth),
        .host_data = blob_of(&security->host_data),
        .author_key = cvm_is_on(security->author_key),
        .vcek = !cvm_is_off(security->vcek),
    };
    gather_firmware(domain, host, launch);
    gather_cpu(domain, host, launch);
}
