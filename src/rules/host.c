/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 7xx: can this host run this kind of guest? */
#include "rules/host.h"

#include "util/i18n.h"

const struct cvm_from *
cvm_launch_place(const struct cvm_domain *domain)
{
    return domain->launch.type.from.node ? &domain->launch.type.from : &domain->launch.from;
}

static void
report_lack(struct cvm_check *check, const struct cvm_host_check *lack, const char *answer)
{
    CVM_AUTO(arena) *texts = cvm_arena_new();
    struct cvm_verdict verdict = cvm_host_judge(check->host, lack, check->guest, texts);
    struct cvm_finding *finding = cvm_report(
        check, cvm_launch_place(check->domain),
        _("Host '%1$s' cannot run a guest with %2$s: %3$s. The answer is \"%4$s\"."),
        cvm_host_title(check->host), cvm_guest_info(check->guest)->title, verdict.fact, answer);

    cvm_fix(finding, "%s", verdict.fix);
}

/* What libvirt says of SEV, or would say if it looked. */
static gboolean
has_sev(const struct cvm_host *host)
{
    const struct cvm_host_check *lack = cvm_host_lack(host, CVM_GUEST_SEV);

    return !lack || g_str_equal(lack->id, "asids-sev");
}

static const char *
answer_to_sev(const struct cvm_host *host)
{
    return has_sev(host) ? "failed to initialize ret=-25 fw_error=0"
                         : "SEV launch security is not supported with this QEMU binary";
}

static const char *
answer_to_es(const struct cvm_host *host)
{
    return has_sev(host) ? "guest policy requires SEV-ES, but host SEV-ES support unavailable"
                         : "SEV launch security is not supported with this QEMU binary";
}

/* libvirt offers sev-snp on the word of the QEMU binary alone. */
static const char *
answer_to_snp(const struct cvm_host *host)
{
    const struct cvm_domcaps *domcaps = &host->domcaps;
    gboolean offered = has_sev(host) && cvm_strings_contain(&domcaps->sectypes, "sev-snp");

    return offered || !host->has_domcaps ? "vm-type SEV-SNP not supported by KVM"
           : domcaps->has_sectypes
               ? "'sev-snp' launch security is not supported with this QEMU binary"
               : "Invalid value for attribute 'type' in element 'launchSecurity': 'sev-snp'";
}

/* 701, 702, 703: what the guest's start (or definition) says when the host is left as it is. */
static void
check_lack(struct cvm_check *check)
{
    const struct cvm_host_check *lack = cvm_host_lack(check->host, check->guest);

    if (lack) {
        report_lack(check, lack,
                    check->guest == CVM_GUEST_SEV      ? answer_to_sev(check->host)
                    : check->guest == CVM_GUEST_SEV_ES ? answer_to_es(check->host)
                                                       : answer_to_snp(check->host));
    }
}

/* 704 */
static void
check_es_on_snp_host(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;
    enum cvm_known barred = cvm_host_bars_es(host);
    struct cvm_finding *finding;

    if (barred == CVM_NO || cvm_host_lack(host, check->guest)) {
        return;
    }
    if (barred == CVM_YES) {
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

    if (cvm_host_is_naples(host) && !cvm_host_is_hopeless(host, check->guest)) {
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
    gboolean missing = host->dev_sev.present == CVM_NO;
    gboolean barred = host->apparmor == CVM_YES && host->apparmor_dev_sev == CVM_NO;
    gboolean open = host->dev_sev.present == CVM_YES && host->dev_sev.mode & 0006;

    if (!(missing || barred || open) || cvm_host_lack(host, check->guest)) {
        return;
    }
    if (missing) {
        struct cvm_finding *finding = cvm_report(
            check, cvm_launch_place(check->domain),
            _("Host '%1$s' has no /dev/sev: QEMU ends with \"Failed to open /dev/sev 'No such "
              "file or directory'\"."),
            cvm_host_title(host));

        cvm_fix(finding, _("Load the module ccp; where that gives no /dev/sev, look into the "
                           "kernel's log for the reason."));
        return;
    }
    if (barred) {
        struct cvm_finding *finding =
            cvm_report(check, cvm_launch_place(check->domain),
                       _("AppArmor's profile for the guests of host '%s' does not let QEMU open "
                         "/dev/sev: it ends with \"Failed to open /dev/sev 'Permission denied'\"."),
                       cvm_host_title(host));

        cvm_fix(finding, _("Write '/dev/sev rw,' into the host's "
                           "/etc/apparmor.d/abstractions/libvirt-qemu, or into the file below "
                           "/etc/apparmor.d/local that it includes."));
    }
    if (open) {
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
      N_("The host cannot run SEV guests."), check_lack },
    { "CVM702", "host-no-es", CVM_SEVERE, CVM_GUEST_SEV_ES, TRUE,
      N_("The host cannot run SEV-ES guests."), check_lack },
    { "CVM703", "host-no-snp", CVM_SEVERE, CVM_GUEST_SEV_SNP, TRUE,
      N_("The host cannot run SEV-SNP guests."), check_lack },
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
