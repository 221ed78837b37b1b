/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's kernel: its version, modules, options and devices. */
#include "readiness/judge.h"
#include "util/i18n.h"
#include "util/number.h"

static void
judge_version(struct cvm_verdict *verdict)
{
    const struct cvm_guest_info *info = cvm_verdict_guest(verdict);
    unsigned has = verdict->host->kernel_version;
    g_autofree char *has_text = cvm_version_format(has);
    g_autofree char *needs = cvm_version_format(info->min_kernel);

    if (cvm_host_kernel_shows(verdict->host, info->guest)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("KVM has %s"), info->title);
    } else if (has >= info->min_kernel) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("the kernel is '%s'"), has_text);
    } else if (has > 0) {
        cvm_judge(verdict, CVM_CHECK_FAILED, _("the kernel is '%1$s', and %2$s wants '%3$s'"),
                  has_text, info->title, needs);
    }
}

/* ---- modules ---- */

static void
judge_module(struct cvm_verdict *verdict, const char *name)
{
    const struct cvm_host *host = verdict->host;
    enum cvm_known loaded = cvm_host_module(host, name);

    /* libvirt's capabilities are cached, and may be of when it still was. */
    if (loaded == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, _("the module '%s' is not loaded"), name);
    } else if (loaded == CVM_YES || cvm_host_probed(host) ||
               cvm_host_kernel_shows(host, CVM_GUEST_SEV)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("the module '%s' is loaded"), name);
    }
}

static void
judge_ccp(struct cvm_verdict *verdict)
{
    judge_module(verdict, "ccp");
}

static void
judge_kvm_amd(struct cvm_verdict *verdict)
{
    judge_module(verdict, "kvm_amd");
}

/* The option that turns a parameter of kvm_amd off, when it is on the kernel's command line. The
 * caller's to g_free(). */
static char *
find_off(const struct cvm_host *host, const char *parameter)
{
    static const char *const off[] = { "0", "N", "n", "off" };
    g_autofree char *name = g_strdup_printf("kvm_amd.%s", parameter);

    for (size_t i = 0; i < G_N_ELEMENTS(off); i++) {
        if (cvm_host_option(host, name, off[i])) {
            return g_strdup_printf("%s=%s", name, off[i]);
        }
    }
    return NULL;
}

static void
judge_parameter(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    gboolean snp = verdict->check->types == CVM_GUEST_SEV_SNP;
    gboolean es = verdict->check->types == CVM_GUEST_SEV_ES;
    const struct cvm_guest_info *info = cvm_guest_info(snp  ? CVM_GUEST_SEV_SNP
                                                       : es ? CVM_GUEST_SEV_ES
                                                            : CVM_GUEST_SEV);
    enum cvm_known on = snp ? host->kvm_amd_sev_snp : es ? host->kvm_amd_sev_es : host->kvm_amd_sev;
    g_autofree char *option = on == CVM_YES ? NULL : find_off(host, info->module_parameter);

    if (on == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("kvm_amd's parameter '%s' is Y"),
                  info->module_parameter);
    } else if (on == CVM_NO || option) {
        cvm_judge(verdict, CVM_CHECK_FAILED, _("kvm_amd's parameter '%s' is N"),
                  info->module_parameter);
        if (option) {
            g_autofree char *fix = g_strdup_printf(
                _("Remove '%s' from the kernel's command line, and reboot."), option);

            cvm_judge_fix(verdict, verdict->texts ? fix : NULL);
        }
    } else if (info->guest == CVM_GUEST_SEV && cvm_host_probed(host)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("its domain capabilities say that SEV is on"));
    }
}

/* ---- options ---- */

/* Linux, drivers/iommu/amd/init.c (iommu_snp_enable): SEV-SNP takes an IOMMU that translates, with
 * page tables of version 1. */
static const char *
find_iommu_option(const struct cvm_host *host)
{
    static const struct {
        const char *name, *value, *option;
    } wrong[] = {
        { "iommu", "pt", "iommu=pt" },
        { "iommu.passthrough", "1", "iommu.passthrough=1" },
        { "iommu", "off", "iommu=off" },
        { "amd_iommu", "off", "amd_iommu=off" },
        { "amd_iommu", "pgtbl_v2", "amd_iommu=pgtbl_v2" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        if (cvm_host_option(host, wrong[i].name, wrong[i].value)) {
            return wrong[i].option;
        }
    }
    return NULL;
}

static void
judge_iommu(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    const char *option = find_iommu_option(host);

    if (cvm_host_kernel_shows(host, CVM_GUEST_SEV_SNP)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("KVM has SEV-SNP on, which takes it"));
    } else if (option) {
        g_autofree char *fix =
            g_strdup_printf(_("Remove '%s' from the kernel's command line, and reboot."), option);

        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("'%s' is on the kernel's command line, which rules SEV-SNP out"), option);
        cvm_judge_fix(verdict, verdict->texts ? fix : NULL);
    } else if (host->iommu_passthrough == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("its IOMMU passes everything through, which rules SEV-SNP out"));
    } else if (host->iommu_enabled == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s", _("its IOMMU is off, which rules SEV-SNP out"));
    } else if (!cvm_judge_message(verdict, CVM_CHECK_FAILED, "iommu-passthrough") &&
               !cvm_judge_message(verdict, CVM_CHECK_FAILED, "iommu-page-tables") &&
               !cvm_judge_message(verdict, CVM_CHECK_FAILED, "iommu-without-snp") &&
               host->iommu_passthrough == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("its IOMMU translates"));
    }
}

static void
judge_sme(struct cvm_verdict *verdict)
{
    enum cvm_known on = cvm_strings_know(&verdict->host->kernel_options, "mem_encrypt=on");

    if (on == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_NOTED, "%s",
                  _("'mem_encrypt=on' is on the kernel's command line"));
    } else if (on == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("'mem_encrypt=on' is not on the kernel's command line"));
    }
}

/* ---- devices ---- */

/* The mode leaves it to further groups of QEMU's user whether QEMU may open the device. */
static gboolean
shuts_out(const struct cvm_device_node *node, const char *user, const char *group)
{
    gboolean own = g_strcmp0(node->owner, user) == 0 && (node->mode & 0600) == 0600;
    gboolean shared = g_strcmp0(node->group, group) == 0 && (node->mode & 0060) == 0060;

    return node->mode > 0 && node->owner && node->group && user && group &&
           !g_str_equal(user, "root") && !own && !shared && (node->mode & 0006) != 0006;
}

static void
judge_kvm(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    const struct cvm_device_node *node = &host->dev_kvm;

    if (node->present == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s", _("there is no /dev/kvm"));
    } else if (node->present == CVM_YES && shuts_out(node, host->qemu_user, host->qemu_group)) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("/dev/kvm is for '%1$s:%2$s' with mode '%3$04o', and QEMU runs as "
                    "'%4$s:%5$s'"),
                  node->owner, node->group, node->mode & 07777, host->qemu_user, host->qemu_group);
        cvm_judge_fix(verdict, _("Give QEMU's user the device's group, or the device QEMU's group "
                                 "in a udev rule: KERNEL==\"kvm\", GROUP=\"kvm\", "
                                 "MODE=\"0660\"."));
    } else if (host->dev_kvm.present == CVM_YES || cvm_host_probed(host)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("there is /dev/kvm"));
    }
}

/* Mode 0600 of root is as it should be: libvirt gives the guest's QEMU a node of its own. */
static void
judge_sev(struct cvm_verdict *verdict)
{
    const struct cvm_device_node *node = &verdict->host->dev_sev;

    if (node->present == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s", _("there is no /dev/sev"));
    } else if (node->present == CVM_YES && node->mode & 0006) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("/dev/sev has mode '%04o': every local user may talk to the SEV firmware, and "
                    "with write permission reset the platform or replace its keys"),
                  node->mode & 07777);
        cvm_judge_fix(verdict, _("Set mode 0600, or 0660 with the group of QEMU, in a udev rule: "
                                 "KERNEL==\"sev\", MODE=\"0660\", GROUP=\"kvm\"."));
    } else if (node->present == CVM_YES || cvm_host_probed(verdict->host)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("there is /dev/sev"));
    }
}

static void
judge_apparmor(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;

    if (host->apparmor == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("AppArmor is not in force"));
    } else if (host->apparmor_dev_sev == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("AppArmor's profile for guests lets QEMU open /dev/sev"));
    } else if (host->apparmor == CVM_YES && host->apparmor_dev_sev == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("AppArmor's profile for guests does not let QEMU open /dev/sev"));
    }
}

const struct cvm_host_check cvm_checks_kernel[] = {
    { .id = "kernel-sev",
      .types = CVM_GUEST_SEV,
      .title = N_("A kernel with SEV (4.16)"),
      .source = "uname -r",
      .fix = N_("Install a newer kernel."),
      .judge = judge_version },
    { .id = "kernel-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .title = N_("A kernel with SEV-ES (5.11)"),
      .source = "uname -r",
      .fix = N_("Install a newer kernel."),
      .judge = judge_version },
    { .id = "kernel-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .title = N_("A kernel with SEV-SNP (6.11)"),
      .source = "uname -r",
      .fix = N_("Install a newer kernel."),
      .judge = judge_version },
    { .id = "module-ccp",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("The driver of the SEV firmware"),
      .source = "/sys/module/ccp",
      .fix = N_("Run 'modprobe ccp', and load kvm_amd after it; where ccp finds no device, the "
                "BIOS hides the processor (PSP) that runs the SEV firmware."),
      .judge = judge_ccp },
    { .id = "module-kvm-amd",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("KVM for AMD"),
      .source = "/sys/module/kvm_amd",
      .fix = N_("Turn on SVM in the BIOS, and run 'modprobe kvm_amd'."),
      .judge = judge_kvm_amd },
    { .id = "iommu",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("An IOMMU that translates"),
      .source = "/sys/class/iommu, /proc/cmdline, dmesg",
      .fix = N_("Remove 'iommu=pt' and 'amd_iommu=off' from the kernel's command line, and turn "
                "the IOMMU on in the BIOS."),
      .myth = N_("'iommu=pt', which guides to passthrough advise, is what SEV-SNP cannot bear."),
      .judge = judge_iommu },
    { .id = "kvm-amd-sev",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("SEV in KVM"),
      .source = "/sys/module/kvm_amd/parameters/sev",
      .fix = N_("Turn on SMEE (secure memory encryption) in the BIOS and load kvm_amd with "
                "'sev=1'."),
      .myth = N_("'kvm_amd.sev=1' on the kernel's command line is the default, and turns on "
                 "nothing that BIOS or firmware keep off."),
      .judge = judge_parameter },
    { .id = "kvm-amd-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("SEV-ES in KVM"),
      .source = "/sys/module/kvm_amd/parameters/sev_es",
      .fix = N_("Raise 'SEV-ES ASID Space Limit' in the BIOS above 1 and load kvm_amd with "
                "'sev_es=1'."),
      .myth = N_("Policy 0x3 makes no SEV-ES guest: bit 2 does, as in 0x7."),
      .judge = judge_parameter },
    { .id = "kvm-amd-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("SEV-SNP in KVM"),
      .source = "/sys/module/kvm_amd/parameters/sev_snp",
      .fix = N_("Turn on SEV-SNP and its RMP table in the BIOS, leave 'iommu=pt' out of the "
                "kernel's command line and load kvm_amd with 'sev_snp=1'."),
      .myth = N_("Policy 0x5 makes no SEV-SNP guest: that is a type of its own, with policies like "
                 "0x30000."),
      .judge = judge_parameter },
    { .id = "sme",
      .types = CVM_GUEST_AMD,
      .title = N_("Encryption of the host's own memory"),
      .source = "/proc/cmdline",
      .myth = N_("'mem_encrypt=on' on the kernel's command line encrypts the host's own memory "
                 "(SME); SEV does not need it."),
      .judge = judge_sme },
    { .id = "dev-kvm",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("KVM's device"),
      .source = "/dev/kvm",
      .fix = N_("Turn on SVM in the BIOS, and run 'modprobe kvm_amd'; in a container, have "
                "/dev/kvm passed into it."),
      .judge = judge_kvm },
    { .id = "dev-sev",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("The SEV firmware's device"),
      .source = "/dev/sev",
      .fix = N_("Load the module ccp; where that gives no /dev/sev, look into the kernel's log for "
                "the reason."),
      .myth = N_("'chmod o+rw /dev/sev' is not needed: libvirt gives the QEMU of each SEV guest a "
                 "node of its own."),
      .judge = judge_sev },
    { .id = "apparmor",
      .types = CVM_GUEST_AMD,
      .title = N_("AppArmor and the SEV firmware's device"),
      .source = "/etc/apparmor.d/abstractions/libvirt-qemu",
      .fix = N_("Write '/dev/sev rw,' into the host's "
                "/etc/apparmor.d/abstractions/libvirt-qemu, or into the file below "
                "/etc/apparmor.d/local that it includes."),
      .judge = judge_apparmor },
    { 0 },
};
