/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 7xx: can this host run this kind of guest? */
#include "rules/host.h"

#include "util/i18n.h"
#include "util/number.h"

/* Families of the CPUID: 23 is EPYC 7001 (models below 48) and 7002, 25 the first with SEV-SNP. */
#define FAMILY_ZEN 23
#define MODEL_ROME 48
#define FAMILY_SNP 25

const char *
cvm_host_title(const struct cvm_host *host)
{
    return host->name ? host->name : host->file ? host->file : "?";
}

const struct cvm_from *
cvm_launch_place(const struct cvm_domain *domain)
{
    return domain->launch.type.from.node ? &domain->launch.type.from : &domain->launch.from;
}

gboolean
cvm_host_asids(const struct cvm_host *host, enum cvm_guest guest, unsigned *asids)
{
    gboolean plain = guest == CVM_GUEST_SEV;

    if (host->capacity.known) {
        *asids = plain ? host->capacity.sev : host->capacity.sev_es;
        return TRUE;
    }
    if (!host->has_domcaps || !host->domcaps.has_max_guests) {
        return FALSE;
    }
    /* libvirt writes 0 and 0 where CPUID 0x8000001f does not tell both limits
     * (src/qemu/qemu_capabilities.c); that says nothing of how many plain ones there are. */
    if (plain && host->domcaps.max_guests == 0 && host->domcaps.max_es_guests == 0) {
        return FALSE;
    }
    *asids = plain ? host->domcaps.max_guests : host->domcaps.max_es_guests;
    return TRUE;
}

static struct cvm_lack
find_sev_lack(const struct cvm_host *host)
{
    const struct cvm_domcaps *domcaps = &host->domcaps;
    const char *vendor = domcaps->host_vendor;

    if ((vendor && !g_str_equal(vendor, "AMD") && !g_str_equal(vendor, "Hygon")) ||
        (host->cpu_family > 0 && host->cpu_family < FAMILY_ZEN)) {
        return (struct cvm_lack){ _("its CPU is no AMD EPYC"),
                                  _("Choose a host with AMD EPYC CPUs."), TRUE };
    }
    if (host->has_domcaps && domcaps->sev != CVM_YES && domcaps->virt_type &&
        !g_str_equal(domcaps->virt_type, "kvm")) {
        return (struct cvm_lack){
            _("its capabilities were recorded without KVM, where libvirt reports no SEV"),
            _("Record it again with 'virsh domcapabilities --virttype kvm --machine q35'; when "
              "that fails, /dev/kvm is missing."),
            FALSE
        };
    }
    if (host->kvm_amd_sev == CVM_NO) {
        return (struct cvm_lack){
            _("kvm_amd's parameter 'sev' is N"),
            _("Turn on SMEE (secure memory encryption) in the BIOS and load kvm_amd with 'sev=1'."),
            FALSE
        };
    }
    if (host->has_domcaps && domcaps->sev == CVM_NO) {
        return host->dev_sev.present == CVM_NO
                   ? (struct cvm_lack){ _("its domain capabilities say sev supported='no', and "
                                          "/dev/sev is missing"),
                                        _("Turn on SEV in the BIOS and load the module ccp "
                                          "before kvm_amd."),
                                        FALSE }
                   : (struct cvm_lack){ _("its domain capabilities say sev supported='no'"),
                                        _("Turn on SEV in the BIOS, see that kvm_amd's "
                                          "parameter 'sev' is Y and that /dev/sev exists, then "
                                          "restart libvirt's daemon."),
                                        FALSE };
    }
    return (struct cvm_lack){ NULL, NULL, FALSE };
}

/* SEV-ES and SEV-SNP live on the ASIDs below the first plain one, which the BIOS sets. */
static struct cvm_lack
find_asid_lack(const struct cvm_host *host, enum cvm_guest guest)
{
    unsigned asids;

    if (!cvm_host_asids(host, guest, &asids) || asids > 0) {
        return (struct cvm_lack){ NULL, NULL, FALSE };
    }
    if (guest == CVM_GUEST_SEV) {
        return (struct cvm_lack){
            host->capacity.known ? _("misc.capacity has no 'sev': not one ASID is left to SEV")
                                 : _("its domain capabilities say maxGuests 0"),
            _("Lower 'SEV-ES ASID Space Limit' in the BIOS: the ASIDs from there on are SEV's."),
            FALSE
        };
    }
    return (struct cvm_lack){
        host->capacity.known
            ? _("misc.capacity has no 'sev_es': not one ASID is left to SEV-ES and SEV-SNP")
            : _("its domain capabilities say maxESGuests 0"),
        _("Raise 'SEV-ES ASID Space Limit' (minimum SEV non-ES ASID) in the BIOS above 1."), FALSE
    };
}

static struct cvm_lack
find_snp_lack(const struct cvm_host *host)
{
    const struct cvm_domcaps *domcaps = &host->domcaps;

    if (host->kvm_amd_sev_snp == CVM_NO) {
        return (struct cvm_lack){
            host->iommu_passthrough == CVM_YES
                ? _("kvm_amd's parameter 'sev_snp' is N, and its IOMMU passes everything "
                    "through, which alone rules SEV-SNP out")
                : _("kvm_amd's parameter 'sev_snp' is N"),
            host->iommu_passthrough == CVM_YES
                ? _("Remove 'iommu=pt' and 'amd_iommu=off' from the kernel's command line.")
                : _("Turn on SEV-SNP and its RMP table in the BIOS, leave 'iommu=pt' out of "
                    "the kernel's command line and load kvm_amd with 'sev_snp=1'."),
            FALSE
        };
    }
    if (host->iommu_passthrough == CVM_YES && host->kvm_amd_sev_snp == CVM_UNKNOWN) {
        return (struct cvm_lack){
            _("its IOMMU passes everything through, which rules SEV-SNP out"),
            _("Remove 'iommu=pt' and 'amd_iommu=off' from the kernel's command line."), FALSE
        };
    }
    /* A QEMU or libvirt known to be too old is CVM706's. */
    if (host->has_domcaps && domcaps->has_sectypes &&
        !cvm_strings_contain(&domcaps->sectypes, "sev-snp") &&
        (host->qemu_version == 0 ||
         host->qemu_version >= cvm_guest_info(CVM_GUEST_SEV_SNP)->min_qemu)) {
        return (struct cvm_lack){
            _("its domain capabilities list no launch security type 'sev-snp'"),
            _("Install a QEMU that has 'sev-snp-guest' (9.1 or newer), and restart libvirt's "
              "daemon."),
            FALSE
        };
    }
    if (host->has_domcaps && !domcaps->has_sectypes && domcaps->sev != CVM_UNKNOWN &&
        host->libvirt_version == 0) {
        return (struct cvm_lack){
            _("its domain capabilities list no launch security types: a libvirt before 10.5 "
              "wrote them"),
            _("Install libvirt 10.5 or newer."), FALSE
        };
    }
    return (struct cvm_lack){ NULL, NULL, FALSE };
}

struct cvm_lack
cvm_host_lack(const struct cvm_host *host, enum cvm_guest guest)
{
    struct cvm_lack lack = find_sev_lack(host);

    if (!lack.fact && guest == CVM_GUEST_SEV_SNP && host->cpu_family > 0 &&
        host->cpu_family < FAMILY_SNP) {
        lack = (struct cvm_lack){ _("its CPU is older than SEV-SNP"),
                                  _("Choose a host with EPYC 7003 (Milan) or newer CPUs, or "
                                    "launch security of an older type."),
                                  TRUE };
    }
    if (!lack.fact && guest == CVM_GUEST_SEV_ES && host->kvm_amd_sev_es == CVM_NO) {
        lack = (struct cvm_lack){ _("kvm_amd's parameter 'sev_es' is N"),
                                  _("Raise 'SEV-ES ASID Space Limit' in the BIOS above 1 and "
                                    "load kvm_amd with 'sev_es=1'."),
                                  FALSE };
    }
    if (!lack.fact && guest == CVM_GUEST_SEV_SNP) {
        lack = find_snp_lack(host);
    }
    return lack.fact ? lack : find_asid_lack(host, guest);
}

/* 701, 702, 703: what the guest's start (or definition) says when the host is left as it is. */
static void
report_lack(struct cvm_check *check, const char *consequence)
{
    struct cvm_lack lack = cvm_host_lack(check->host, check->guest);

    if (lack.fact) {
        struct cvm_finding *finding =
            cvm_report(check, cvm_launch_place(check->domain),
                       _("Host '%1$s' cannot run a guest with %2$s: %3$s. The answer is \"%4$s\"."),
                       cvm_host_title(check->host), cvm_guest_info(check->guest)->title, lack.fact,
                       consequence);

        cvm_fix(finding, "%s", lack.fix);
    }
}

static gboolean
has_sev(const struct cvm_host *host)
{
    return find_sev_lack(host).fact == NULL;
}

/* 701 */
static void
check_host_no_sev(struct cvm_check *check)
{
    report_lack(check, has_sev(check->host)
                           ? "failed to initialize ret=-25 fw_error=0"
                           : "SEV launch security is not supported with this QEMU binary");
}

/* 702 */
static void
check_host_no_es(struct cvm_check *check)
{
    report_lack(check, has_sev(check->host)
                           ? "guest policy requires SEV-ES, but host SEV-ES support unavailable"
                           : "SEV launch security is not supported with this QEMU binary");
}

/* 703 */
static void
check_host_no_snp(struct cvm_check *check)
{
    const struct cvm_domcaps *domcaps = &check->host->domcaps;
    gboolean offered = has_sev(check->host) && cvm_strings_contain(&domcaps->sectypes, "sev-snp");

    /* libvirt offers sev-snp on the word of the QEMU binary alone. */
    report_lack(check, offered || !check->host->has_domcaps ? "vm-type SEV-SNP not supported by KVM"
                       : domcaps->has_sectypes
                           ? "'sev-snp' launch security is not supported with this QEMU binary"
                           : "Invalid value for attribute 'type' in element 'launchSecurity': "
                             "'sev-snp'");
}

/* 704 */
static void
check_es_on_snp_host(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;
    gboolean fixed_firmware =
        host->sev_api_major > 1 || (host->sev_api_major == 1 && host->sev_api_minor >= 58);
    struct cvm_finding *finding;

    if (host->kvm_amd_sev_snp != CVM_YES || (host->has_sev_firmware && !fixed_firmware) ||
        cvm_host_lack(host, check->guest).fact) {
        return;
    }
    if (host->has_sev_firmware) {
        finding = cvm_report(check, cvm_launch_place(check->domain),
                             _("Host '%1$s' runs with SEV-SNP on, and its SEV firmware "
                               "%2$u.%3$u starts no SEV-ES guest then (since 1.58, "
                               "CVE-2025-48514)."),
                             cvm_host_title(host), host->sev_api_major, host->sev_api_minor);
    } else {
        finding = cvm_report_as(check, CVM_WARNING, cvm_launch_place(check->domain),
                                _("Host '%1$s' runs with SEV-SNP on, and its record names no SEV "
                                  "firmware version: from 1.58 on (CVE-2025-48514) the firmware "
                                  "starts no SEV-ES guest then."),
                                cvm_host_title(host));
    }
    cvm_fix(finding, _("Make it a SEV-SNP guest, or load the host's kvm_amd with 'sev_snp=0'."));
}

/* 707 */
static void
check_naples(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;

    if (host->cpu_family == FAMILY_ZEN && host->cpu_model < MODEL_ROME &&
        !cvm_host_lack(host, check->guest).for_good) {
        struct cvm_finding *finding = cvm_report(
            check, cvm_launch_place(check->domain),
            _("Host '%1$s' has first-generation EPYC CPUs: they run 15 encrypted guests at "
              "most, and older SEV firmware, from which the keys behind attestation can be "
              "read, may be put back on them."),
            cvm_host_title(host));

        cvm_fix(finding, _("Choose a host with EPYC 7002 (Rome) or newer CPUs."));
    }
}

/* 708. Mode 0600 of root is as it should be: libvirt gives the guest's QEMU a node of its own. */
static void
check_sev_device(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;

    if (cvm_host_lack(host, check->guest).fact) {
        return;
    }
    if (host->dev_sev.present == CVM_NO) {
        struct cvm_finding *finding = cvm_report(
            check, cvm_launch_place(check->domain),
            _("Host '%1$s' has no /dev/sev: QEMU ends with \"Failed to open /dev/sev 'No such "
              "file or directory'\"."),
            cvm_host_title(host));

        cvm_fix(finding, _("Load the module ccp; where that gives no /dev/sev, look into the "
                           "kernel's log for the reason."));
    } else if (host->dev_sev.present == CVM_YES && host->dev_sev.mode & 0006) {
        struct cvm_finding *finding = cvm_report_as(
            check, CVM_WARNING, cvm_launch_place(check->domain),
            _("/dev/sev of host '%1$s' has mode '%2$04o': every local user may talk to the SEV "
              "firmware, and with write permission reset the platform or replace its keys."),
            cvm_host_title(host), host->dev_sev.mode & 07777);

        cvm_fix(finding, _("Set mode 0600, or 0660 with the group of QEMU, in a udev rule."));
    }
}

const struct cvm_rule cvm_rules_host[] = {
    { "CVM701", "host-no-sev", CVM_SEVERE, CVM_GUEST_SEV, TRUE,
      N_("The host cannot run SEV guests."), check_host_no_sev },
    { "CVM702", "host-no-es", CVM_SEVERE, CVM_GUEST_SEV_ES, TRUE,
      N_("The host cannot run SEV-ES guests."), check_host_no_es },
    { "CVM703", "host-no-snp", CVM_SEVERE, CVM_GUEST_SEV_SNP, TRUE,
      N_("The host cannot run SEV-SNP guests."), check_host_no_snp },
    { "CVM704", "es-on-snp-host", CVM_SEVERE, CVM_GUEST_SEV_ES, TRUE,
      N_("The host's SEV firmware starts no SEV-ES guests while SEV-SNP is on."),
      check_es_on_snp_host },
    { "CVM705", "asid-exhausted", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("No ASID is left on the host for one more guest."), cvm_check_asid_exhausted },
    { "CVM706", "version-too-old", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("The host's QEMU, libvirt, kernel or SEV firmware is too old for this kind of guest."),
      cvm_check_version_too_old },
    { "CVM707", "naples", CVM_WARNING, CVM_GUEST_AMD, TRUE,
      N_("The host has first-generation EPYC CPUs."), check_naples },
    { "CVM708", "sev-device", CVM_SEVERE, CVM_GUEST_AMD, TRUE,
      N_("The host's /dev/sev is missing, or open to everybody."), check_sev_device },
    { "CVM709", "memlock-limit", CVM_WARNING, CVM_GUEST_LEGACY, TRUE,
      N_("The daemon's limit of locked memory hardly holds the guest."), cvm_check_memlock_limit },
    { "CVM710", "vcpu-limit", CVM_SEVERE, 0, TRUE,
      N_("The guest has more vCPUs than the host's machine offers."), cvm_check_vcpu_limit },
    { "CVM711", "caps-stale", CVM_WARNING, CVM_GUEST_AMD, TRUE,
      N_("libvirt's cached capabilities are older than the kvm_amd parameters."),
      cvm_check_caps_stale },
    { 0 },
};
