/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt, QEMU, the firmware images, and what a guest finds of memory and threads. */
#include "model/need.h"
#include "readiness/judge.h"
#include "util/i18n.h"
#include "util/number.h"

/* CPUID Fn8000_001F EBX, bits 0 to 5. */
#define CBITPOS(ebx) ((ebx)&0x3f)

/* ---- versions ---- */

static void
judge_version(struct cvm_verdict *verdict, const char *program, unsigned has, unsigned needs,
              gboolean shown)
{
    const char *title = cvm_verdict_guest(verdict)->title;
    g_autofree char *has_text = cvm_version_format(has);
    g_autofree char *needs_text = cvm_version_format(needs);

    if (shown) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("its domain capabilities show %s"), title);
    } else if (has >= needs) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("%1$s is '%2$s'"), program, has_text);
    } else if (has > 0) {
        cvm_judge(verdict, CVM_CHECK_FAILED, _("%1$s is '%2$s', and %3$s wants '%4$s'"), program,
                  has_text, title, needs_text);
    }
}

static void
judge_libvirt(struct cvm_verdict *verdict)
{
    const struct cvm_guest_info *info = cvm_verdict_guest(verdict);
    const struct cvm_host *host = verdict->host;

    judge_version(verdict, "libvirt", host->libvirt_version, info->min_libvirt,
                  cvm_host_libvirt_shows(host, info->guest));
}

static void
judge_qemu(struct cvm_verdict *verdict)
{
    const struct cvm_guest_info *info = cvm_verdict_guest(verdict);
    const struct cvm_host *host = verdict->host;

    judge_version(verdict, "QEMU", host->qemu_version, info->min_qemu,
                  cvm_host_qemu_shows(host, info->guest));
}

/* ---- what libvirt says ---- */

static gboolean
speaks_of_kvm(const struct cvm_domcaps *domcaps)
{
    return domcaps->sev == CVM_YES || !domcaps->virt_type || g_str_equal(domcaps->virt_type, "kvm");
}

static void
judge_kvm_capabilities(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;

    if (!host->has_domcaps) {
        return;
    }
    if (speaks_of_kvm(&host->domcaps)) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("its domain capabilities speak of KVM"));
    } else {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("its capabilities were recorded without KVM, where libvirt reports no SEV"));
    }
}

static void
judge_offer(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;

    if (!host->has_domcaps || !speaks_of_kvm(&host->domcaps)) {
        return;
    }
    if (host->domcaps.sev == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("its domain capabilities say sev supported='yes'"));
    } else if (host->domcaps.sev == CVM_NO && host->dev_sev.present == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("its domain capabilities say sev supported='no', and /dev/sev is missing"));
        cvm_judge_fix(verdict, _("Turn on SEV in the BIOS and load the module ccp before "
                                 "kvm_amd."));
    } else if (host->domcaps.sev == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("its domain capabilities say sev supported='no'"));
    }
}

static void
judge_offer_snp(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    const struct cvm_domcaps *domcaps = &host->domcaps;

    if (!host->has_domcaps || domcaps->sev != CVM_YES) {
        return;
    }
    if (cvm_strings_contain(&domcaps->sectypes, "sev-snp")) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("its domain capabilities list the launch security type 'sev-snp'"));
    } else if (domcaps->has_sectypes) {
        /* A QEMU known to be too old says it by its version. */
        if (host->qemu_version == 0 ||
            host->qemu_version >= cvm_guest_info(CVM_GUEST_SEV_SNP)->min_qemu) {
            cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                      _("its domain capabilities list no launch security type 'sev-snp'"));
        }
    } else if (host->libvirt_version == 0 ||
               host->libvirt_version >= cvm_guest_info(CVM_GUEST_SEV_SNP)->min_libvirt) {
        /* That a libvirt is too old, too, its version says. */
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s",
                  _("its domain capabilities list no launch security types: a libvirt before 10.5 "
                    "wrote them"));
        if (host->libvirt_version == 0) {
            cvm_judge_fix(verdict, _("Install libvirt 10.5 or newer."));
        }
    }
}

static void
judge_cache(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    g_autofree char *cached = cvm_format_time(host->caps_cached);
    g_autofree char *changed = cvm_format_time(host->parameters_changed);

    if (cvm_host_caps_are_stale(host)) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("libvirt cached its capabilities at %1$s, and kvm_amd's parameters are of "
                    "%2$s: libvirt probes anew when 'sev' or /dev/sev changes, but not for "
                    "'sev_es' and 'sev_snp', so that what it says may be out of date"),
                  cached, changed);
    } else if (host->caps_cached > 0 && host->parameters_changed > 0) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("libvirt's capabilities are as new as kvm_amd's parameters"));
    }
}

static void
judge_cbitpos(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    unsigned told = CBITPOS(host->cpuid_sev.ebx);

    if (!cvm_host_probed(host)) {
        return;
    }
    if (host->cpuid_sev.known && told != host->domcaps.cbitpos) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("its domain capabilities say cbitpos '%1$u', and CPUID says '%2$u'"),
                  host->domcaps.cbitpos, told);
    } else {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("the C-bit is '%u'"), host->domcaps.cbitpos);
    }
}

/* ---- firmware ---- */

static const char *
find_firmware(const struct cvm_host *host, enum cvm_guest guest)
{
    const char *machine = host->domcaps.machine ? host->domcaps.machine : "q35";

    for (unsigned i = 0; i < host->n_firmware; i++) {
        if (cvm_firmware_fits(host, &host->firmware[i], guest, FALSE, FALSE) &&
            cvm_firmware_targets(&host->firmware[i], "x86_64", machine)) {
            return host->firmware[i].executable;
        }
    }
    for (unsigned i = 0; i < host->n_images; i++) {
        if (cvm_image_is_complete(&host->images[i]) &&
            cvm_image_fits(&host->images[i], guest, FALSE)) {
            return host->images[i].path;
        }
    }
    return NULL;
}

static void
judge_ovmf(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    const struct cvm_guest_info *info = cvm_verdict_guest(verdict);
    const char *path = find_firmware(host, info->guest);

    if (path) {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("'%1$s' is fit for %2$s"), path, info->title);
    } else if (host->has_firmware || host->n_images > 0) {
        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("none of its firmware descriptors and images is fit for %s"), info->title);
    }
}

/* ---- memory and threads ---- */

static void
judge_memlock(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    g_autofree char *limit = cvm_size_format(host->memlock);

    if (host->has_memlock && host->memlock == G_MAXUINT64) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("libvirt's daemon lets QEMU lock all the memory it wants"));
    } else if (host->has_memlock) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("libvirt's daemon lets QEMU lock '%s', and the kernel locks all memory of SEV "
                    "and SEV-ES guests"),
                  limit);
    }
}

static gboolean
is_mounted(const struct cvm_host *host, uint64_t size)
{
    for (unsigned i = 0; i < host->n_hugetlbfs; i++) {
        if (host->hugetlbfs[i] == size) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The size of huge pages that are reserved and not mounted; 0: none. */
static uint64_t
find_unmounted(const struct cvm_host *host)
{
    for (unsigned n = 0; n < host->topology.n_nodes; n++) {
        const struct cvm_host_node *node = &host->topology.nodes[n];

        for (unsigned p = 0; p < node->n_pools; p++) {
            if (node->pools[p].count > 0 && !is_mounted(host, node->pools[p].size)) {
                return node->pools[p].size;
            }
        }
    }
    return 0;
}

static void
judge_hugepages(struct cvm_verdict *verdict)
{
    uint64_t unmounted = find_unmounted(verdict->host);

    if (!verdict->host->has_hugetlbfs) {
        return;
    }
    if (unmounted > 0) {
        g_autofree char *size = cvm_size_format(unmounted);

        cvm_judge(verdict, CVM_CHECK_NOTED,
                  _("huge pages of '%s' are reserved, and no hugetlbfs is mounted for them"), size);
        cvm_judge_fix(verdict, _("Mount a hugetlbfs with that 'pagesize', and restart libvirt's "
                                 "daemon."));
    } else {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("all huge pages that are reserved can be used"));
    }
}

static void
judge_smt(struct cvm_verdict *verdict)
{
    if (verdict->host->smt == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_NOTED, "%s",
                  _("SMT is on, so that SEV-SNP guests need bit 16 of their policy (0x30000)"));
    } else if (verdict->host->smt == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("SMT is off"));
    }
}

#define SOURCE_OVMF "/usr/share/qemu/firmware, /usr/share/OVMF"
#define FIX_LIBVIRT N_("Install a newer libvirt.")
#define FIX_QEMU N_("Install a newer QEMU, and restart libvirt's daemon.")
#define FIX_OVMF                                                                                   \
    N_("Install the package 'ovmf' ('edk2-ovmf'), or describe an image of your own in a file "     \
       "below /etc/qemu/firmware.")

const struct cvm_host_check cvm_checks_software[] = {
    { .id = "memlock",
      .types = CVM_GUEST_LEGACY,
      .title = N_("Memory that guests may lock"),
      .source = "LimitMEMLOCK= of libvirt's daemon",
      .fix = N_("Have <locked/> or a hard_limit in each such guest ('cvmdom render' writes it), or "
                "raise LimitMEMLOCK of libvirt's daemon."),
      .myth = N_("libvirt does not raise the limit for SEV by itself."),
      .judge = judge_memlock },
    { .id = "libvirt-sev",
      .types = CVM_GUEST_SEV,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("A libvirt with SEV (4.5)"),
      .source = "virsh version, virsh domcapabilities",
      .fix = FIX_LIBVIRT,
      .judge = judge_libvirt },
    { .id = "libvirt-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("A libvirt with SEV-ES (4.5)"),
      .source = "virsh version, virsh domcapabilities",
      .fix = FIX_LIBVIRT,
      .judge = judge_libvirt },
    { .id = "libvirt-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("A libvirt with SEV-SNP (10.5)"),
      .source = "virsh version, virsh domcapabilities",
      .fix = FIX_LIBVIRT,
      .judge = judge_libvirt },
    { .id = "qemu-sev",
      .types = CVM_GUEST_SEV,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("A QEMU with SEV (2.12)"),
      .source = "virsh version, virsh domcapabilities",
      .fix = FIX_QEMU,
      .judge = judge_qemu },
    { .id = "qemu-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("A QEMU with SEV-ES (6.0)"),
      .source = "virsh version",
      .fix = FIX_QEMU,
      .judge = judge_qemu },
    { .id = "qemu-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_DECISIVE,
      .title = N_("A QEMU with SEV-SNP (9.1)"),
      .source = "virsh version, virsh domcapabilities",
      .fix = FIX_QEMU,
      .myth = N_("PCI passthrough is possible: with SEV and SEV-ES always, with SEV-SNP from QEMU "
                 "10.1 on."),
      .judge = judge_qemu },
    { .id = "libvirt-kvm",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("Domain capabilities of KVM"),
      .source = "virsh domcapabilities",
      .fix = N_("Record it again with 'virsh domcapabilities --virttype kvm --machine q35'; when "
                "that fails, /dev/kvm is missing."),
      .judge = judge_kvm_capabilities },
    { .id = "libvirt-offer",
      .types = CVM_GUEST_AMD,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("SEV in libvirt's capabilities"),
      .source = "virsh domcapabilities (sev)",
      .fix = N_("Turn on SEV in the BIOS, see that kvm_amd's parameter 'sev' is Y and that "
                "/dev/sev exists, then restart libvirt's daemon."),
      .judge = judge_offer },
    { .id = "libvirt-offer-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_UNFIT,
      .title = N_("SEV-SNP in libvirt's capabilities"),
      .source = "virsh domcapabilities (sectype)",
      .fix = N_("Install a QEMU that has 'sev-snp-guest' (9.1 or newer), and restart libvirt's "
                "daemon."),
      .judge = judge_offer_snp },
    { .id = "libvirt-cache",
      .types = CVM_GUEST_AMD,
      .title = N_("Age of libvirt's capabilities"),
      .source = "/var/cache/libvirt/qemu/capabilities",
      .fix = N_("Remove /var/cache/libvirt/qemu/capabilities/*.xml, restart libvirt's daemon and "
                "record the host again."),
      .judge = judge_cache },
    { .id = "cbitpos",
      .types = CVM_GUEST_AMD,
      .title = N_("The C-bit"),
      .source = "virsh domcapabilities, CPUID 0x8000001f",
      .fix = N_("Remove /var/cache/libvirt/qemu/capabilities/*.xml, restart libvirt's daemon and "
                "record the host again."),
      .myth = N_("The C-bit is not 47 or 51 for good: leave cbitpos out of a profile, and it comes "
                 "from the host. reducedPhysBits is 1 for QEMU, whatever CPUID says."),
      .judge = judge_cbitpos },
    { .id = "ovmf-sev",
      .types = CVM_GUEST_SEV,
      .title = N_("Firmware for SEV guests"),
      .source = SOURCE_OVMF,
      .fix = FIX_OVMF,
      .judge = judge_ovmf },
    { .id = "ovmf-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .title = N_("Firmware for SEV-ES guests"),
      .source = SOURCE_OVMF,
      .fix = FIX_OVMF,
      .myth = N_("Secure Boot is not impossible: only firmware that takes SMM for it is."),
      .judge = judge_ovmf },
    { .id = "ovmf-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .title = N_("Firmware for SEV-SNP guests"),
      .source = SOURCE_OVMF,
      .fix = FIX_OVMF,
      .myth = N_("Secure Boot is not impossible: only firmware that takes SMM for it is."),
      .judge = judge_ovmf },
    { .id = "hugepages",
      .types = CVM_GUEST_LEGACY,
      .title = N_("Huge pages"),
      .source = "/proc/mounts, virsh capabilities",
      .myth = N_("Huge pages are no advice for SEV-SNP guests: they would take their memory "
                 "twice."),
      .judge = judge_hugepages },
    { .id = "smt",
      .types = CVM_GUEST_SEV_SNP,
      .title = N_("Threads that share a core"),
      .source = "/sys/devices/system/cpu/smt/active",
      .judge = judge_smt },
    { 0 },
};
