/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM614: the CPU model against the host's, and against what SEV-SNP takes. */
#include "rules/devices.h"
#include "rules/host.h"
#include "util/closest.h"
#include "util/i18n.h"

gboolean
cvm_speaks_of_guest(const struct cvm_domain *domain, const struct cvm_host *host)
{
    const struct cvm_domcaps *caps = &host->domcaps;

    return host->has_domcaps &&
           (!caps->virt_type || !cvm_is_set(domain->virt_type) ||
            g_str_equal(caps->virt_type, domain->virt_type.value)) &&
           (!caps->arch || !cvm_is_set(domain->os.arch) ||
            g_str_equal(caps->arch, domain->os.arch.value));
}

static const char *
closest_model(const struct cvm_domcaps *caps, const char *name)
{
    g_autofree const char **names = g_new0(const char *, caps->n_models + 1);
    unsigned count = 0;
    const char *closest;

    for (unsigned i = 0; i < caps->n_models; i++) {
        if (caps->models[i].usable == CVM_YES) {
            names[count++] = caps->models[i].name;
        }
    }
    closest = cvm_closest(name, names);
    return closest ? closest : caps->host_model;
}

static void
fix_model(struct cvm_check *check, struct cvm_finding *finding)
{
    const char *closest = closest_model(&check->host->domcaps, check->domain->cpu.model.value);

    if (closest) {
        cvm_fix(finding, _("Name a model that the host can run, as '%s' is."), closest);
    } else {
        cvm_fix(finding, _("Name a model that the host can run."));
    }
}

/* A model less some features may run where the model does not. */
static gboolean
leaves_features_out(const struct cvm_cpu *cpu)
{
    cvm_each (struct cvm_cpu_feature, feature, &cpu->feature) {
        if (cvm_text_is(feature->policy, "disable") || cvm_text_is(feature->policy, "forbid") ||
            cvm_text_is(feature->policy, "optional")) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
report_unusable_model(struct cvm_check *check)
{
    const struct cvm_cpu *cpu = &check->domain->cpu;
    const struct cvm_cpu_model *model = cvm_host_cpu_model(check->host, cpu->model.value);
    const char *title = cvm_host_title(check->host);
    struct cvm_finding *finding;

    if (check->host->domcaps.n_models == 0) {
        return FALSE;
    }
    if (!model) {
        finding = cvm_report(check, &cpu->model.from,
                             _("Host '%1$s' does not offer CPU model '%2$s': libvirt ends with "
                               "\"Unknown CPU model %2$s\", or takes another one where only its "
                               "QEMU lacks it."),
                             title, cpu->model.value);
    } else if (model->usable != CVM_NO || leaves_features_out(cpu)) {
        return FALSE;
    } else if (cvm_text_is(cpu->check, "none")) {
        finding = cvm_report_as(check, CVM_WARNING, &cpu->model.from,
                                _("Host '%1$s' cannot run CPU model '%2$s' as it is: without a "
                                  "'check' the guest silently goes without what is missing."),
                                title, cpu->model.value);
    } else {
        finding = cvm_report(check, &cpu->model.from,
                             _("Host '%1$s' cannot run CPU model '%2$s': libvirt ends with %3$s."),
                             title, cpu->model.value,
                             cvm_text_is(cpu->check, "full")
                                 ? "\"guest CPU doesn't match specification\""
                                 : "\"the CPU is incompatible with host CPU\"");
    }
    fix_model(check, finding);
    return TRUE;
}

static void
report_mode(struct cvm_check *check)
{
    const struct cvm_domcaps *caps = &check->host->domcaps;
    const struct cvm_text *mode = &check->domain->cpu.mode;
    enum cvm_known offered = cvm_text_is(*mode, "host-passthrough") ? caps->host_passthrough
                             : cvm_text_is(*mode, "host-model")     ? caps->host_model_supported
                             : cvm_text_is(*mode, "maximum")        ? caps->maximum
                                                                    : CVM_UNKNOWN;

    if (offered == CVM_NO) {
        cvm_fix(cvm_report(check, &mode->from,
                           _("Host '%1$s' does not offer CPU mode '%2$s': libvirt ends with "
                             "\"CPU mode '%2$s' … is not supported by hypervisor\"."),
                           cvm_host_title(check->host), mode->value),
                _("Name a model that the host can run."));
    }
}

/* QEMU's models before EPYC-v4, the oldest that AMD's launch script for SEV-SNP guests takes
 * (AMDSEV, launch-qemu.sh). Later families are newer in all their versions. */
static gboolean
is_old_model(const char *name)
{
    static const char *const old[] = {
        "EPYC",     "EPYC-v1", "EPYC-v2", "EPYC-v3",    "EPYC-IBPB",  "Opteron_G1",
        "athlon",   "phenom",  "kvm32",   "kvm64",      "qemu32",     "qemu64",
        "Dhyana",   "pentium", "486",     "Opteron_G2", "Opteron_G3", "Opteron_G4",
        "core2duo", "coreduo", "n270",    "Opteron_G5", NULL,
    };

    return g_strv_contains(old, name);
}

static void
report_old_model(struct cvm_check *check)
{
    const struct cvm_cpu *cpu = &check->domain->cpu;
    gboolean none = cvm_is_unset(cpu->mode) && cvm_is_unset(cpu->model);
    const char *name = none ? "qemu64" : cvm_is_set(cpu->model) ? cpu->model.value : "";

    if (is_old_model(name)) {
        cvm_fix(cvm_report_as(
                    check, CVM_WARNING, none ? &cpu->from : &cpu->model.from,
                    none ? _("No CPU model is named, so that the guest gets '%s', which is older "
                             "than EPYC-v4: the SEV firmware may refuse its CPUID values "
                             "(\"SEV-SNP: CPUID validation failed\").")
                         : _("CPU model '%s' is older than EPYC-v4: the SEV firmware may refuse "
                             "its CPUID values (\"SEV-SNP: CPUID validation failed\")."),
                    name),
                _("Name 'EPYC-v4' or a newer model."));
    }
}

/* 614 */
void
cvm_check_cpu_model(struct cvm_check *check)
{
    const struct cvm_cpu *cpu = &check->domain->cpu;
    gboolean named =
        cvm_is_set(cpu->model) && (cvm_is_unset(cpu->mode) || cvm_text_is(cpu->mode, "custom"));

    if (check->host && cvm_speaks_of_guest(check->domain, check->host)) {
        if (named && report_unusable_model(check)) {
            return;
        }
        report_mode(check);
    }
    if (check->guest == CVM_GUEST_SEV_SNP &&
        (named || (check->domain->form == CVM_FORM_XML && cvm_is_unset(cpu->mode)))) {
        report_old_model(check);
    }
}
