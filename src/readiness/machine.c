/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine: its processor, what the BIOS made of it, and the SEV firmware. Bits as in Linux,
 * arch/x86/kernel/cpu/amd.c (early_detect_mem_encrypt) and arch/x86/virt/svm/sev.c. */
#include <string.h>

#include "readiness/judge.h"
#include "util/i18n.h"

/* CPUID Fn8000_001F EAX. */
enum { CPUID_SEV = 1U << 1, CPUID_SEV_ES = 1U << 3, CPUID_SEV_SNP = 1U << 4 };
#define SYSCFG_SMEE (UINT64_C(1) << 23)
#define SYSCFG_SNP (UINT64_C(1) << 24)
#define HWCR_SMMLOCK (UINT64_C(1) << 0)

/* ---- processor ---- */

static void
judge_virtual_machine(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    enum cvm_known virtual = cvm_strings_know(&host->cpu_flags, "hypervisor");

    if (virtual == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("it is no virtual machine"));
    } else if (virtual == CVM_YES) {
        gboolean shown = cvm_host_probed(host) || cvm_host_kernel_shows(host, CVM_GUEST_SEV);

        cvm_judge(verdict, shown ? CVM_CHECK_NOTED : CVM_CHECK_FAILED, "%s",
                  shown ? _("it is itself a virtual machine, and sees SEV all the same")
                        : _("it is itself a virtual machine, and hypervisors hand no SEV on to "
                            "their guests"));
    }
}

/* "AMD EPYC 9654 (family 25, model 17)" as far as it is known. */
static char *
name_processor(const struct cvm_host *host)
{
    const char *vendor = host->domcaps.host_vendor ? host->domcaps.host_vendor : "CPU";
    const char *name = host->cpu_model_name ? host->cpu_model_name : vendor;

    return host->cpu_family ? g_strdup_printf(_("%1$s (family %2$u, model %3$u)"), name,
                                              host->cpu_family, host->cpu_model)
                            : g_strdup(name);
}

static void
judge_processor(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    const char *vendor = host->has_domcaps ? host->domcaps.host_vendor : NULL;
    gboolean foreign = (vendor && !g_str_equal(vendor, "AMD") && !g_str_equal(vendor, "Hygon")) ||
                       (host->cpu_model_name && g_str_has_prefix(host->cpu_model_name, "Intel"));
    g_autofree char *name = verdict->texts ? name_processor(host) : NULL;

    if (foreign || (host->cpu_family > 0 && host->cpu_family < CVM_FAMILY_ZEN)) {
        cvm_judge(verdict, CVM_CHECK_FAILED, _("its CPU is no AMD EPYC, but '%s'"), name);
    } else if (host->cpu_model_name && g_str_has_prefix(host->cpu_model_name, "AMD ") &&
               !strstr(host->cpu_model_name, "EPYC")) {
        cvm_judge(verdict, CVM_CHECK_WARNED, _("its CPU does not call itself EPYC: '%s'"), name);
    } else if (vendor || host->cpu_family > 0) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("its CPU is '%s'"), name);
    }
}

static void
judge_generation(struct cvm_verdict *verdict)
{
    if (cvm_host_is_naples(verdict->host)) {
        cvm_judge(verdict, CVM_CHECK_WARNED, "%s",
                  _("its CPU is a first-generation EPYC, which runs 15 encrypted guests at most; "
                    "older SEV firmware, from which the keys behind attestation can be read, may "
                    "be put back on it"));
    } else if (verdict->host->cpu_family > 0) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("its CPU is no first-generation EPYC"));
    }
}

static void
judge_cpu(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    gboolean snp = verdict->check->types == CVM_GUEST_SEV_SNP;
    gboolean es = verdict->check->types == CVM_GUEST_SEV_ES;
    uint32_t bit = snp ? CPUID_SEV_SNP : es ? CPUID_SEV_ES : CPUID_SEV;
    const char *flag = snp ? "sev_snp" : es ? "sev_es" : "sev";

    if (snp && host->cpu_family > 0 && host->cpu_family < CVM_FAMILY_SNP) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s", _("its CPU is older than SEV-SNP"));
    } else if (cvm_strings_know(&host->cpu_flags, flag) == CVM_YES ||
               (host->cpuid_sev.known && host->cpuid_sev.eax & bit)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("its CPU has '%s'"), flag);
    } else if (host->cpuid_sev.known) {
        cvm_judge(verdict, CVM_CHECK_FAILED, _("its CPU has no '%s' (CPUID 0x8000001f)"), flag);
    }
}

/* ---- BIOS ---- */

/* KVM has SEV on, or libvirt used it: what that takes is in place. */
static gboolean
pass_by_kvm(struct cvm_verdict *verdict, enum cvm_guest guest)
{
    if (!cvm_host_kernel_shows(verdict->host, guest) &&
        !(guest == CVM_GUEST_SEV && cvm_host_probed(verdict->host))) {
        return FALSE;
    }
    cvm_judge(verdict, CVM_CHECK_PASSED, _("KVM has %s on, which takes it"),
              cvm_guest_info(guest)->title);
    return TRUE;
}

/* The kernel hides the flag 'sev' when either of the two settings is missing. (It hides 'sme' also
 * where SME is merely not used, so that this flag tells nothing.) */
static gboolean
hides_sev(const struct cvm_host *host)
{
    gboolean able = host->cpuid_sev.known ? (host->cpuid_sev.eax & CPUID_SEV) != 0
                                          : host->cpu_family >= CVM_FAMILY_ZEN;

    return able && cvm_strings_know(&host->cpu_flags, "sev") == CVM_NO;
}

static void
judge_smee(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    uint64_t syscfg, hwcr;

    if (cvm_host_msr(host, "SYSCFG", &syscfg)) {
        cvm_judge(verdict, syscfg & SYSCFG_SMEE ? CVM_CHECK_PASSED : CVM_CHECK_FAILED, "%s",
                  syscfg & SYSCFG_SMEE ? _("memory encryption is on in the BIOS")
                                       : _("memory encryption is off in the BIOS (bit 23 of the "
                                           "register SYSCFG)"));
    } else if (pass_by_kvm(verdict, CVM_GUEST_SEV) ||
               cvm_judge_message(verdict, CVM_CHECK_FAILED, "bios-encryption-off")) {
        return;
    } else if (cvm_strings_know(&host->cpu_flags, "sev") == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("the kernel shows the CPU flag 'sev'"));
    } else if (hides_sev(host) && !(cvm_host_msr(host, "HWCR", &hwcr) && !(hwcr & HWCR_SMMLOCK))) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("the kernel does not show the CPU flag 'sev', which it hides while memory "
                    "encryption is off in the BIOS"));
    }
}

static void
judge_smm_lock(struct cvm_verdict *verdict)
{
    uint64_t hwcr;

    if (cvm_host_msr(verdict->host, "HWCR", &hwcr)) {
        cvm_judge(verdict, hwcr & HWCR_SMMLOCK ? CVM_CHECK_PASSED : CVM_CHECK_FAILED, "%s",
                  hwcr & HWCR_SMMLOCK ? _("the BIOS has locked SMM")
                                      : _("the BIOS has not locked SMM (bit 0 of the register "
                                          "HWCR), without which the kernel hides SEV"));
    } else if (!pass_by_kvm(verdict, CVM_GUEST_SEV) &&
               cvm_strings_know(&verdict->host->cpu_flags, "sev") == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("the kernel shows the CPU flag 'sev'"));
    }
}

/* RMP_END is 0 where the table is in segments (Linux, probe_segmented_rmptable_info). */
static void
judge_rmp(struct cvm_verdict *verdict)
{
    uint64_t base, end;

    if (pass_by_kvm(verdict, CVM_GUEST_SEV_SNP) ||
        cvm_judge_message(verdict, CVM_CHECK_FAILED, "rmp-not-reserved")) {
        return;
    }
    if (cvm_host_msr(verdict->host, "RMP_BASE", &base) &&
        cvm_host_msr(verdict->host, "RMP_END", &end)) {
        gboolean reserved = base > 0 && (end == 0 || end > base);

        cvm_judge(verdict, reserved ? CVM_CHECK_PASSED : CVM_CHECK_FAILED, "%s",
                  reserved ? _("the BIOS has reserved memory for SEV-SNP's reverse map table")
                           : _("the BIOS has reserved no memory for SEV-SNP's reverse map table "
                               "(registers RMP_BASE and RMP_END)"));
    }
}

static void
judge_asid_limit(struct cvm_verdict *verdict)
{
    const struct cvm_cpuid *cpuid = &verdict->host->cpuid_sev;

    if (!cpuid->known || cpuid->ecx == 0 || cpuid->edx == 0) {
        return;
    }
    if (cpuid->edx == 1 && verdict->types & CVM_GUEST_STATE) {
        verdict->types &= CVM_GUEST_STATE;
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("SEV's ASIDs begin at 1, so that none is left to SEV-ES and SEV-SNP"));
    } else if (cpuid->edx > cpuid->ecx && verdict->types & CVM_GUEST_SEV) {
        verdict->types = CVM_GUEST_SEV;
        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("SEV's ASIDs begin at '%1$u', beyond the last one '%2$u'"), cpuid->edx,
                  cpuid->ecx);
        cvm_judge_fix(verdict, _("Lower 'SEV-ES ASID Space Limit' in the BIOS: the ASIDs from "
                                 "there on are SEV's."));
    } else {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("SEV has the ASIDs from '%1$u' to '%2$u'"),
                  cpuid->edx, cpuid->ecx);
    }
}

static void
judge_snp_on(struct cvm_verdict *verdict)
{
    uint64_t syscfg;

    if (pass_by_kvm(verdict, CVM_GUEST_SEV_SNP) ||
        !cvm_host_msr(verdict->host, "SYSCFG", &syscfg)) {
        return;
    }
    cvm_judge(verdict, syscfg & SYSCFG_SNP ? CVM_CHECK_PASSED : CVM_CHECK_FAILED, "%s",
              syscfg & SYSCFG_SNP
                  ? _("the kernel has switched SEV-SNP on in the processor")
                  : _("the kernel has not switched SEV-SNP on in the processor (bit 24 of the "
                      "register SYSCFG)"));
}

/* ---- SEV firmware ---- */

static void
judge_firmware(struct cvm_verdict *verdict)
{
    static const char *const troubles[] = { "sev-command-timeout", "sev-firmware-init",
                                            "sev-firmware-command" };
    const struct cvm_host *host = verdict->host;
    gboolean ready = cvm_host_probed(host) || g_strcmp0(host->sev_state, "init") == 0 ||
                     g_strcmp0(host->sev_state, "working") == 0;

    for (size_t i = 0; i < G_N_ELEMENTS(troubles); i++) {
        if (cvm_judge_message(verdict, ready ? CVM_CHECK_NOTED : CVM_CHECK_FAILED, troubles[i])) {
            return;
        }
    }
    if (ready) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("the SEV firmware is initialised"));
    } else if (g_strcmp0(host->sev_state, "uninit") == 0) {
        cvm_judge(verdict, CVM_CHECK_NOTED, "%s",
                  _("the SEV firmware is not initialised yet: the first guest's start does it"));
    }
}

static void
judge_firmware_version(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    enum cvm_known old = cvm_host_firmware_too_old(host);

    if (old == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("the SEV firmware is '%1$u.%2$u', and SEV-SNP wants '1.51'"),
                  host->sev_api_major, host->sev_api_minor);
    } else if (old == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("the SEV firmware is '%1$u.%2$u'"),
                  host->sev_api_major, host->sev_api_minor);
    } else if (!cvm_judge_message(verdict, CVM_CHECK_FAILED, "sev-firmware-too-old") &&
               host->kernel_messages.items && cvm_host_kernel_shows(host, CVM_GUEST_SEV_SNP)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("the kernel does not find the SEV firmware too old"));
    }
}

static void
judge_firmware_es(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;

    switch (cvm_host_bars_es(host)) {
    case CVM_YES:
        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("SEV-SNP is on, and the SEV firmware '%1$u.%2$u' starts no SEV-ES guest then "
                    "(since 1.58, CVE-2025-48514)"),
                  host->sev_api_major, host->sev_api_minor);
        break;
    case CVM_UNKNOWN:
        cvm_judge(verdict, CVM_CHECK_WARNED, "%s",
                  _("SEV-SNP is on, and the SEV firmware's version is not recorded: from 1.58 on "
                    "(CVE-2025-48514) it starts no SEV-ES guest then"));
        break;
    default:
        if (host->kvm_amd_sev_snp != CVM_UNKNOWN) {
            cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                      _("nothing keeps the SEV firmware from starting SEV-ES guests"));
        }
    }
}

static void
judge_es_memory(struct cvm_verdict *verdict)
{
    if (!cvm_judge_message(verdict, CVM_CHECK_FAILED, "es-memory-allocation") &&
        verdict->host->kernel_messages.items) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("the kernel's log has no failure of the firmware's trusted memory region"));
    }
}

static void
judge_firmware_snp(struct cvm_verdict *verdict)
{
    if (!cvm_judge_message(verdict, CVM_CHECK_FAILED, "snp-firmware-init") &&
        verdict->host->kernel_messages.items) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("the kernel's log has no failure of SEV-SNP in the firmware"));
    }
}

#define FIX_CPU N_("Choose a host with AMD EPYC CPUs.")

const struct cvm_host_check cvm_checks_machine[] = {
    { .id = "virtual-machine",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_FINAL | CVM_CHECK_UNFIT,
      .title = N_("A real machine, not a virtual one"),
      .source = "/proc/cpuinfo (hypervisor)",
      .fix = N_("Use the machine itself, or a cloud's bare-metal instance: nested virtualisation "
                "gives a guest KVM, but not SEV."),
      .judge = judge_virtual_machine },
    { .id = "processor",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_FINAL | CVM_CHECK_UNFIT,
      .title = N_("AMD EPYC"),
      .source = "/proc/cpuinfo, virsh domcapabilities",
      .fix = FIX_CPU,
      .judge = judge_processor },
    { .id = "processor-generation",
      .types = CVM_GUEST_AMD,
      .title = N_("Generation of the CPU"),
      .source = "/proc/cpuinfo",
      .fix = N_("Choose a host with EPYC 7002 (Rome) or newer CPUs."),
      .judge = judge_generation },
    { .id = "cpu-sev",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_FINAL | CVM_CHECK_UNFIT,
      .title = N_("SEV in the CPU"),
      .source = "CPUID 0x8000001f, /proc/cpuinfo",
      .fix = FIX_CPU,
      .judge = judge_cpu },
    { .id = "cpu-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .flags = CVM_CHECK_FINAL | CVM_CHECK_UNFIT,
      .title = N_("SEV-ES in the CPU"),
      .source = "CPUID 0x8000001f, /proc/cpuinfo",
      .fix = N_("Choose a host with newer CPUs, or launch security of type 'sev'."),
      .judge = judge_cpu },
    { .id = "cpu-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_FINAL | CVM_CHECK_UNFIT,
      .title = N_("SEV-SNP in the CPU"),
      .source = "CPUID 0x8000001f, /proc/cpuinfo",
      .fix = N_("Choose a host with EPYC 7003 (Milan) or newer CPUs, or launch security of an "
                "older type."),
      .judge = judge_cpu },
    { .id = "bios-smee",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("Memory encryption (SMEE) in the BIOS"),
      .source = "MSR c0010010 (SYSCFG), /proc/cpuinfo, dmesg",
      .fix = N_("Turn on SMEE (secure memory encryption) in the BIOS, and reboot."),
      .myth = N_("'mem_encrypt=on' on the kernel's command line encrypts the host's own memory "
                 "(SME); SEV does not need it."),
      .judge = judge_smee },
    { .id = "bios-smm-lock",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("SMM locked by the BIOS"),
      .source = "MSR c0010015 (HWCR), /proc/cpuinfo",
      .fix = N_("Turn on the SMM lock in the BIOS, or update the BIOS; then reboot."),
      .judge = judge_smm_lock },
    { .id = "bios-rmp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("Memory for SEV-SNP's reverse map table"),
      .source = "MSR c0010132 (RMP_BASE), c0010133 (RMP_END), dmesg",
      .fix = N_("Turn on SEV-SNP and 'SNP Memory (RMP Table) Coverage' for all memory in the BIOS, "
                "and reboot."),
      .judge = judge_rmp },
    { .id = "bios-asid-limit",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("The BIOS's division of the ASIDs"),
      .source = "CPUID 0x8000001f",
      .fix = N_("Raise 'SEV-ES ASID Space Limit' (minimum SEV non-ES ASID) in the BIOS above 1."),
      .judge = judge_asid_limit },
    { .id = "sev-firmware",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("State of the SEV firmware"),
      .source = "/dev/sev (PLATFORM_STATUS), dmesg",
      .myth = N_("There is no unit 'sev-guest' to restart: that is the name of a driver in the "
                 "guest. Stop the SEV guests and load kvm_amd and ccp anew, or reboot. Neither is "
                 "there a file /sys/kernel/debug/kvm/sev_error: look at dmesg and at "
                 "/var/log/libvirt/qemu."),
      .judge = judge_firmware },
    { .id = "sev-firmware-es-memory",
      .types = CVM_GUEST_SEV_ES,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("The SEV firmware's memory for SEV-ES"),
      .source = "dmesg",
      .judge = judge_es_memory },
    { .id = "sev-firmware-es-beside-snp",
      .types = CVM_GUEST_SEV_ES,
      .title = N_("SEV-ES guests while SEV-SNP is on"),
      .source = "/dev/sev (PLATFORM_STATUS)",
      .fix = N_("Run SEV-SNP guests instead, or load kvm_amd with 'sev_snp=0'."),
      .judge = judge_firmware_es },
    { .id = "sev-firmware-version",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("Version of the SEV firmware"),
      .source = "/dev/sev (PLATFORM_STATUS), dmesg",
      .fix = N_("Update the BIOS, and the SEV firmware (amd/amd_sev_*.sbin of linux-firmware or "
                "amd64-microcode); then reboot."),
      .judge = judge_firmware_version },
    { .id = "sev-firmware-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("SEV-SNP in the SEV firmware"),
      .source = "dmesg",
      .judge = judge_firmware_snp },
    { .id = "snp-enabled",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("SEV-SNP switched on by the kernel"),
      .source = "MSR c0010010 (SYSCFG)",
      .fix = N_("See the other lines on SEV-SNP; where there is none, look for 'SEV-SNP' in dmesg, "
                "and turn SEV-SNP on in the BIOS."),
      .judge = judge_snp_on },
    { 0 },
};
