/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the platform would refuse, or measure differently than a digest of the launch says: the
 * findings of the rules CVM8nn, from one table, and the first of them as an error. */
#include "launch/check.h"

#include <string.h>

#include "model/policy.h"
#include "rules/control.h"
#include "rules/launch.h"
#include "util/error.h"
#include "util/i18n.h"

enum {
    MAX_VCPUS = 4096, /* of a q35: QEMU, hw/i386/pc_q35.c, max_cpus */
    PAGE = 4096,
};

/* SEV_FEATURES (AMD publication 24593, table "SEV_FEATURES"): bits 0 to 10, 12, 14 and 15. */
#define FEATURES_KNOWN UINT64_C(0xd7ff)
#define FEATURE_SNP_ACTIVE UINT64_C(1)

/* ---- vCPUs ---- */

static void
check_vcpus(struct cvm_launch_check *check)
{
    const struct cvm_vcpu *vcpu = &check->check.domain->vcpu;
    const struct cvm_from *place = cvm_is_set(vcpu->current) ? &vcpu->current.from
                                   : cvm_is_set(vcpu->count) ? &vcpu->count.from
                                                             : &vcpu->from;
    unsigned long long count = check->launch->vcpus;

    if (count == 0) {
        cvm_fix(cvm_report(&check->check, place,
                           _("The first state of each vCPU of a %s guest is measured, but how many "
                             "there are is not known, or none."),
                           cvm_guest_info(check->guest)->title),
                _("Say how many there are when the guest starts."));
    } else if (count > MAX_VCPUS) {
        cvm_fix(cvm_report(&check->check, place,
                           _("The guest is to have %llu vCPUs: QEMU starts at most 4096."), count),
                _("Give the guest fewer vCPUs."));
    }
}

static struct cvm_finding *
report_no_signature(struct cvm_launch_check *check, const struct cvm_from *place)
{
    const struct cvmdom_launch *launch = check->launch;
    const char *mode = launch->cpu_mode;

    if (g_strcmp0(mode, "host-passthrough") == 0 || g_strcmp0(mode, "maximum") == 0) {
        return cvm_report(&check->check, place,
                          _("With CPU mode '%s' the host's own family, model and stepping are "
                            "measured, and they are not known."),
                          mode);
    }
    if (g_strcmp0(mode, "host-model") == 0 && !launch->cpu) {
        return cvm_report(&check->check, place,
                          _("With CPU mode 'host-model' libvirt takes the model that fits the "
                            "host, whose family, model and stepping are measured; no host that "
                            "tells it is known."));
    }
    if (cvm_launch_least_cpu(check->check.domain)) {
        return cvm_report(&check->check, place,
                          _("'%s' changes what is measured in a way that this program does not "
                            "follow."),
                          "cpu/@match");
    }
    if (launch->cpu) {
        return cvm_report(&check->check, place,
                          _("The family, model and stepping of CPU model '%s' are measured, and "
                            "not known to this program."),
                          launch->cpu);
    }
    return cvm_report(&check->check, place,
                      _("The CPU's family, model and stepping are measured, but no model is named: "
                        "it is QEMU's default, which is no EPYC."));
}

/* Only QEMU shows the guest a CPU of one's choice. */
static void
check_signature(struct cvm_launch_check *check)
{
    const struct cvm_cpu *cpu = &check->check.domain->cpu;
    const struct cvm_from *place = cvm_is_set(cpu->model)  ? &cpu->model.from
                                   : cvm_is_set(cpu->mode) ? &cpu->mode.from
                                                           : &cpu->from;

    if (check->launch->signature == 0 && check->launch->vmm == CVMDOM_VMM_QEMU) {
        cvm_fix(report_no_signature(check, place),
                _("Name a model like EPYC-Milan, or the host (--host) with a record that tells "
                  "them, or give them by --cpu-signature."));
    }
}

static void
check_features(struct cvm_launch_check *check)
{
    unsigned long long features = check->launch->features;
    gboolean snp = check->guest == CVM_GUEST_SEV_SNP;
    struct cvm_finding *finding = NULL;

    if (snp && !(features & FEATURE_SNP_ACTIVE)) {
        finding = cvm_report(&check->check, NULL,
                             _("SEV_FEATURES of 0x%llx lacks bit 0 (SNPActive), which each vCPU of "
                               "a SEV-SNP guest has."),
                             features);
    } else if (!snp && features & FEATURE_SNP_ACTIVE) {
        finding = cvm_report(&check->check, NULL,
                             _("SEV_FEATURES of 0x%llx has bit 0 (SNPActive), which no vCPU of a "
                               "SEV-ES guest has."),
                             features);
    } else if (features & ~FEATURES_KNOWN) {
        finding = cvm_report(&check->check, NULL,
                             _("SEV_FEATURES of 0x%llx has bits that are reserved."), features);
    }
    cvm_fix(finding, snp ? _("It is 0x1 unless the host's kernel adds something: 0x21 with "
                             "DebugSwap.")
                         : _("It is 0 unless the host's kernel adds something: 0x20 with "
                             "DebugSwap."));
}

/* ---- what is started, and by whom ---- */

static void
check_kind(struct cvm_launch_check *check)
{
    const struct cvm_launch *security = &check->check.domain->launch;

    if (!(check->guest & CVM_GUEST_AMD)) {
        cvm_fix(cvm_report(&check->check,
                           cvm_is_set(security->type) ? &security->type.from : &security->from,
                           _("A guest of type '%s' has no launch that AMD's firmware measures."),
                           check->launch->guest ? check->launch->guest : "none"),
                _("Measure a guest of type sev, sev-es or sev-snp."));
    }
}

/* Why nobody starts such a guest; NULL when somebody does. */
static const char *
say_unfit(const struct cvm_launch_check *check)
{
    const struct cvmdom_launch *launch = check->launch;

    if (launch->vmm < CVMDOM_VMM_QEMU || launch->vmm > CVMDOM_VMM_SVSM ||
        launch->vmsa < CVMDOM_VMSA_DEFAULT || launch->vmsa > CVMDOM_VMSA_FPU) {
        return _("Who starts the guest, or the form of its vCPUs' state, is none that is known.");
    }
    if (launch->vmm == CVMDOM_VMM_QEMU) {
        return NULL;
    }
    if (check->guest != CVM_GUEST_SEV_SNP) {
        return _("Of other VMMs than QEMU, and of launches with an SVSM, it is known only what "
                 "they measure of SEV-SNP guests.");
    }
    if (launch->vmsa == CVMDOM_VMSA_LEGACY) {
        return _("The legacy form of a vCPU's state is known of QEMU alone.");
    }
    if (launch->vmm != CVMDOM_VMM_SVSM) {
        return NULL;
    }
    if (!launch->svsm) {
        return _("A launch with an SVSM needs the SVSM's image.");
    }
    if (launch->kernel_hashes) {
        return _("What is measured of a kernel below an SVSM is not known.");
    }
    return launch->vars_size % PAGE != 0
               ? _("The room for variables between SVSM and firmware is no multiple of 4096.")
               : NULL;
}

static void
check_vmm(struct cvm_launch_check *check)
{
    const char *why = say_unfit(check);

    if (why) {
        cvm_fix(cvm_report(&check->check, NULL, "%s", why),
                _("Leave --vmm, --vmsa and --svsm at their defaults."));
    }
}

static void
check_policy(struct cvm_launch_check *check)
{
    const struct cvmdom_launch *launch = check->launch;
    const struct cvm_launch *security = &check->check.domain->launch;
    const struct cvm_from *place =
        cvm_is_set(security->policy) ? &security->policy.from : &security->from;
    gboolean legacy = check->guest & CVM_GUEST_LEGACY;
    unsigned long long policy = launch->policy;
    struct cvm_finding *finding = NULL;

    if (!launch->has_policy) {
        finding = cvm_report(&check->check, place,
                             _("The guest policy is not known, without which no guest starts."));
    } else if (legacy && policy > UINT32_MAX) {
        finding = cvm_report(&check->check, place,
                             _("Policy 0x%1$llx has more than the 32 bits of a %2$s guest."),
                             policy, cvm_guest_info(check->guest)->title);
    } else if (legacy && !(policy & CVM_SEV_POLICY_ES) != (check->guest == CVM_GUEST_SEV)) {
        finding = cvm_report(&check->check, place,
                             _("Policy 0x%1$llx is not one of a %2$s guest: bit 2 decides whether "
                               "it is SEV-ES."),
                             policy, cvm_guest_info(check->guest)->title);
    }
    cvm_fix(finding, _("Give the guest's own policy."));
}

/* ---- what is measured by nobody ---- */

static const struct cvm_from *
variables_place(const struct cvm_os *os)
{
    return cvm_is_set(os->nvram)            ? &os->nvram.from
           : cvm_is_set(os->nvram_template) ? &os->nvram_template.from
           : cvm_is_set(os->type)           ? &os->type.from
                                            : &os->from;
}

/* Of a SEV-SNP guest it cannot be; of the others CVM410 speaks where the guest has a session. */
static void
check_variables(struct cvm_launch_check *check)
{
    const struct cvmdom_launch *launch = check->launch;
    gboolean snp = check->guest == CVM_GUEST_SEV_SNP;

    if (!launch->has_nvram || (!snp && check->has_domain && (launch->session || launch->dh_cert))) {
        return;
    }
    cvm_fix(cvm_report_as(&check->check, snp ? CVM_SEVERE : CVM_WARNING,
                          variables_place(&check->check.domain->os),
                          snp ? _("The firmware has variables in flash memory beside it, with "
                                  "which KVM starts no SEV-SNP guest.")
                              : _("Of the firmware the image is measured, but not the variables "
                                  "beside it: the host may change boot order and Secure Boot "
                                  "keys, and the digest stays the same.")),
            _("Use a stateless firmware image."));
}

static void
report_hidden(struct cvm_launch_check *check, const struct cvm_node *node, const char *what)
{
    const struct cvm_from place = { .origin = CVM_GIVEN, .node = node };

    cvm_fix(cvm_report(&check->check, &place,
                       _("'%s' changes what is measured in a way that this program does not "
                         "follow."),
                       what),
            _("Say it in libvirt's own elements, or remove it."));
}

/* What libvirt and QEMU read of an element, and this program does not: nothing but white space,
 * which virXPathString() keeps; the text of elements within it, likewise; a carriage return, which
 * is a line feed once libvirt has written the domain down and read it again. Not where an option
 * says it instead. */
static gboolean
is_read_otherwise(const struct cvm_text *value, const char *name, const char *measured)
{
    const struct cvm_node *node = value->from.node;
    const char *text = cvm_is_set(*value) ? value->value : NULL;

    if (!node || measured != text || g_strcmp0(node->name, name) != 0) {
        return FALSE;
    }
    return node->blank || (node->kind == CVM_NODE_ELEMENT && node->children) ||
           (text && strchr(text, '\r'));
}

static void
check_texts(struct cvm_launch_check *check)
{
    const struct cvm_os *os = &check->check.domain->os;
    const struct cvmdom_launch *launch = check->launch;
    const struct {
        const struct cvm_text *value;
        const char *name, *measured;
    } texts[] = {
        { &os->kernel, "kernel", launch->kernel },
        { &os->initrd, "initrd", launch->initrd },
        { &os->cmdline, "cmdline", launch->cmdline },
    };

    for (size_t i = 0; launch->kernel_hashes && i < G_N_ELEMENTS(texts); i++) {
        if (is_read_otherwise(texts[i].value, texts[i].name, texts[i].measured)) {
            report_hidden(check, texts[i].value->from.node, texts[i].name);
        }
    }
}

/* QEMU puts a device tree behind the kernel, and a shim before it, once they are hashed or not:
 * nobody wrote down what comes of it. */
static void
check_hidden(struct cvm_launch_check *check)
{
    static const char *const beside_kernel[] = { "dtb", "shim" };
    const struct cvm_domain *domain = check->check.domain;
    const struct cvm_node *os =
        domain->form == CVM_FORM_XML ? cvm_node_child(domain->from.node, "os") : NULL;
    const struct cvm_node *argument = cvm_commandline_measured(domain);

    for (size_t i = 0; check->launch->kernel_hashes && i < G_N_ELEMENTS(beside_kernel); i++) {
        const struct cvm_node *node = cvm_node_child(os, beside_kernel[i]);

        if (node) {
            report_hidden(check, node, beside_kernel[i]);
        }
    }
    check_texts(check);
    if (argument) {
        report_hidden(check, argument, argument->text);
    }
}

/* ---- all of them ---- */

/* In the order of the ids, but for the kind of guest, without which the others say nothing. */
static const struct {
    const char *id;
    void (*check)(struct cvm_launch_check *check);
} checks[] = {
    { "CVM813", check_kind },
    { "CVM801", cvm_launch_check_files },
    { "CVM802", cvm_launch_check_size },
    { "CVM803", cvm_launch_check_metadata },
    { "CVM804", cvm_launch_check_sections },
    { "CVM805", cvm_launch_check_reset },
    { "CVM806", cvm_launch_check_hashes },
    { "CVM807", check_vcpus },
    { "CVM808", check_signature },
    { "CVM810", check_variables },
    { "CVM811", cvm_launch_check_format },
    { "CVM812", check_hidden },
    { "CVM814", check_vmm },
    { "CVM815", check_features },
    { "CVM816", check_policy },
};

static enum cvm_guest
guest_of(const struct cvmdom_launch *launch)
{
    const struct cvm_guest_info *info = launch->guest ? cvm_guest_by_name(launch->guest) : NULL;

    return info ? info->guest : CVM_GUEST_OTHER;
}

/* Appends to found. domain is one without values where there is none. */
static void
run_checks(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
           const struct cvm_domain *domain, gboolean has_domain, struct cvm_findings *found)
{
    struct cvm_launch_check check = {
        .check = { .domain = domain, .findings = found },
        .launch = launch,
        .guest = guest_of(launch),
        .firmware = firmware,
        .has_domain = has_domain,
    };

    check.check.guest = check.guest;
    if (firmware) {
        cvmdom_firmware_describe(firmware, &check.facts);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
        const struct cvm_rule *rule = cvm_rule_find(checks[i].id);

        check.check.rule = rule;
        check.check.count = 0;
        if (!rule->guests || rule->guests & check.guest) {
            checks[i].check(&check);
        }
    }
}

/* A digest that a comment asks for would be a wrong one all the same. */
static void
restore_errors(struct cvm_findings *found)
{
    for (guint i = 0; i < found->items->len; i++) {
        struct cvm_finding *finding = g_ptr_array_index(found->items, i);

        if (finding->severity == CVM_SEVERE) {
            g_clear_pointer(&finding->suppression, g_free);
            finding->fails = TRUE;
        }
    }
}

void
cvm_launch_check(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                 const struct cvm_domain *domain, const struct cvm_host *host,
                 struct cvm_findings *findings)
{
    struct cvm_findings *found = cvm_findings_new();

    run_checks(launch, firmware, domain, TRUE, found);
    cvm_suppressions_apply(domain, host, NULL, TRUE, found);
    restore_errors(found);
    cvm_findings_sort(found);
    cvm_findings_take(findings, found);
}

int
cvm_launch_validate(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                    GError **error)
{
    CVM_AUTO(domain) *nothing = cvm_domain_new(CVM_FORM_PROFILE);
    CVM_AUTO(findings) *found = cvm_findings_new();

    run_checks(launch, firmware, nothing, FALSE, found);
    for (guint i = 0; i < found->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(found->items, i);

        if (finding->severity == CVM_SEVERE) {
            return cvm_error_set(error, CVM_ERROR_UNSUPPORTED, "%s", finding->message);
        }
    }
    return 0;
}
