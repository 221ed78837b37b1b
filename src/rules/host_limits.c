/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 7xx: what runs out on a host, is too old, or is not what libvirt believes. */
#include "model/need.h"
#include "rules/host.h"
#include "rules/memory.h"
#include "util/i18n.h"
#include "util/number.h"

/* What libvirt prints as the most vCPUs when KVM did not answer it. */
#define VCPUS_UNKNOWN 4

/* ---- ASIDs ---- */

enum cvm_asids_left
cvm_judge_asids(const struct cvm_host *host, enum cvm_guest guest, struct cvm_pool *pool)
{
    if (!cvm_host_pool(host, guest, pool) || !pool->has_used || pool->total == 0 ||
        cvm_host_lack(host, guest)) {
        return CVM_ASIDS_FINE;
    }
    return pool->size == 0                            ? CVM_ASIDS_NONE
           : pool->used >= pool->total                ? CVM_ASIDS_USED
           : pool->has_own && pool->own >= pool->size ? CVM_ASIDS_OWN_USED
           : cvm_pool_free(pool) == 0                 ? CVM_ASIDS_DOUBTFUL
           : pool->total - pool->used == 1            ? CVM_ASIDS_LAST
                                                      : CVM_ASIDS_FINE;
}

/* 705 */
void
cvm_check_asid_exhausted(struct cvm_check *check)
{
    const struct cvm_from *at = cvm_launch_place(check->domain);
    const char *title = cvm_host_title(check->host);
    const char *guest = cvm_guest_info(check->guest)->title;
    const char *shared = check->guest == CVM_GUEST_SEV ? "SEV" : "SEV-ES/SEV-SNP";
    struct cvm_finding *finding = NULL;
    struct cvm_pool pool;

    switch (cvm_judge_asids(check->host, check->guest, &pool)) {
    case CVM_ASIDS_FINE:
        break;
    case CVM_ASIDS_NONE:
        finding =
            cvm_report(check, at,
                       _("Host '%1$s' leaves no ASID to %2$s: 'ciphertext_hiding_asids' gives "
                         "all '%3$u' to the other kind. QEMU ends with \"failed to initialize "
                         "ret=-16\"."),
                       title, guest, pool.total);
        break;
    case CVM_ASIDS_USED:
        finding =
            cvm_report(check, at,
                       _("Host '%1$s' has no %2$s ASID left: '%3$u' of '%4$u' were in use when "
                         "it was recorded. QEMU ends with \"failed to initialize ret=-16\"."),
                       title, shared, pool.used, pool.total);
        break;
    case CVM_ASIDS_OWN_USED:
        finding =
            cvm_report(check, at,
                       _("Host '%1$s' has no %2$s ASID left: '%3$u' of '%4$u' were in use when "
                         "it was recorded. QEMU ends with \"failed to initialize ret=-16\"."),
                       title, guest, pool.own, pool.size);
        break;
    case CVM_ASIDS_DOUBTFUL:
        finding = cvm_report_as(
            check, CVM_WARNING, at,
            _("Host '%1$s' may have no ASID left for %2$s: ciphertext hiding leaves it '%3$u' "
              "of '%4$u', and '%5$u' of both kinds were in use when it was recorded."),
            title, guest, pool.size, pool.total, pool.used);
        break;
    case CVM_ASIDS_LAST:
        finding = cvm_report_as(
            check, CVM_WARNING, at,
            _("Host '%1$s' has one %2$s ASID left: '%3$u' of '%4$u' were in use when it was "
              "recorded, so that this guest is the last that starts."),
            title, shared, pool.used, pool.total);
        break;
    }
    if (finding) {
        cvm_fix(finding, _("Stop guests of this kind, choose another host, or move the border "
                           "between the kinds ('SEV-ES ASID Space Limit' in the BIOS)."));
    }
}

/* ---- versions ---- */

static void
append_old(GString *list, const char *what, const char *has, const char *needs)
{
    g_autofree char *item =
        g_strdup_printf(_("%1$s is '%2$s' and must be '%3$s'"), what, has, needs);

    g_string_append_printf(list, "%s%s", list->len ? ", " : "", item);
}

static gboolean
add_if_old(GString *list, const char *what, unsigned has, unsigned needs)
{
    g_autofree char *has_text = NULL, *needs_text = NULL;

    if (has == 0 || has >= needs) {
        return FALSE;
    }
    has_text = cvm_version_format(has);
    needs_text = cvm_version_format(needs);
    append_old(list, what, has_text, needs_text);
    return TRUE;
}

/* 706 */
void
cvm_check_version_too_old(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;
    const struct cvm_guest_info *info = cvm_guest_info(check->guest);
    g_autoptr(GString) list = g_string_new(NULL);
    const char *answer = NULL;

    /* From the last to speak to the first, so that the answer is the one that is heard. */
    if (check->guest == CVM_GUEST_SEV_SNP && cvm_host_firmware_too_old(host) == CVM_YES) {
        g_autofree char *firmware =
            g_strdup_printf("%u.%u", host->sev_api_major, host->sev_api_minor);

        append_old(list, _("the SEV firmware"), firmware, "1.51");
        answer = "SEV-SNP support requires firmware version >= 1:51";
    }
    if (!cvm_host_kernel_shows(host, check->guest) &&
        add_if_old(list, _("the kernel"), host->kernel_version, info->min_kernel)) {
        answer = check->guest == CVM_GUEST_SEV_SNP ? "vm-type SEV-SNP not supported by KVM"
                                                   : "failed to initialize ret=-25";
    }
    if (!cvm_host_qemu_shows(host, check->guest) &&
        add_if_old(list, "QEMU", host->qemu_version, info->min_qemu)) {
        answer = "launch security is not supported with this QEMU binary";
    }
    if (!cvm_host_libvirt_shows(host, check->guest) &&
        add_if_old(list, "libvirt", host->libvirt_version, info->min_libvirt)) {
        answer = "Invalid value for attribute 'type' in element 'launchSecurity'";
    }
    if (answer && !cvm_host_is_hopeless(host, check->guest)) {
        struct cvm_finding *finding =
            cvm_report(check, cvm_launch_place(check->domain),
                       _("Host '%1$s' is too old for %2$s: %3$s at least. The answer is \"%4$s\"."),
                       cvm_host_title(host), info->title, list->str, answer);

        cvm_fix(finding, _("Update the host, or choose another."));
    }
}

/* ---- the rest ---- */

/* 709. Below the guest's memory it is CVM501's. */
void
cvm_check_memlock_limit(struct cvm_check *check)
{
    struct cvm_memory_need need;

    if (!check->host->has_memlock || !cvm_relies_on_memlock(check->domain) ||
        !cvm_memory_need(check->domain, &need)) {
        return;
    }
    if (check->host->memlock >= need.ram &&
        check->host->memlock < need.ram + need.video + need.firmware) {
        g_autofree char *limit = cvm_size_format(check->host->memlock);
        g_autofree char *ram = cvm_size_format(need.ram);
        g_autofree char *video = cvm_size_format(need.video);
        g_autofree char *firmware = cvm_size_format(need.firmware);
        struct cvm_finding *finding = cvm_report(
            check, cvm_memlock_place(check->domain),
            _("The daemon of host '%1$s' lets QEMU lock '%2$s', and the domain does not raise "
              "that: the guest's memory '%3$s' fits, but with up to '%4$s' for video and "
              "'%5$s' for firmware and ROMs the start may fail with \"failed to register "
              "region … error 'Cannot allocate memory'\"."),
            cvm_host_title(check->host), limit, ram, video, firmware);

        cvm_fix(finding, _("Write %s."), cvm_locked_words(check->domain));
    }
}

/* 710 */
void
cvm_check_vcpu_limit(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;
    const struct cvm_uint *count = &check->domain->vcpu.count;
    const char *virt_type = host->domcaps.virt_type;
    unsigned most = host->has_domcaps ? host->domcaps.vcpu_max : 0;
    gboolean same_type = !virt_type || !cvm_is_set(check->domain->virt_type) ||
                         g_str_equal(virt_type, check->domain->virt_type.value);
    gboolean wants_iommu = check->guest & CVM_GUEST_AMD && host->libvirt_version > 0 &&
                           host->libvirt_version < CVM_LIBVIRT_NO_IOMMU &&
                           check->domain->devices.viommu.count == 0; /* else CVM613 says it */
    struct cvm_finding *finding;

    if (!cvm_is_set(*count)) {
        return;
    }
    if (most > 0 && most != VCPUS_UNKNOWN && same_type && count->value > most) {
        finding = cvm_report(check, &count->from,
                             _("The guest has '%1$llu' vCPUs, but the machine '%2$s' offers "
                               "'%3$u' on host '%4$s': libvirt answers \"Maximum CPUs greater "
                               "than specified machine type limit %3$u\"."),
                             (unsigned long long)count->value,
                             host->domcaps.machine ? host->domcaps.machine : "q35", most,
                             cvm_host_title(host));
        cvm_fix(finding, _("Write '%u' or less."),
                wants_iommu ? MIN(most, CVM_VCPUS_WITHOUT_IOMMU) : most);
    } else if (wants_iommu && count->value > CVM_VCPUS_WITHOUT_IOMMU) {
        g_autofree char *libvirt = cvm_version_format(host->libvirt_version);

        finding = cvm_report(check, &count->from,
                             _("The guest has '%1$llu' vCPUs, and libvirt '%2$s' of host "
                               "'%3$s' wants an emulated IOMMU beyond 255, or adds it by itself "
                               "(\"more than 255 vCPUs require extended interrupt mode enabled "
                               "on the iommu device\"), which cannot read the tables of an "
                               "encrypted guest."),
                             (unsigned long long)count->value, libvirt, cvm_host_title(host));
        cvm_fix(finding, _("Write '255' or less, or choose a host with libvirt 11.5 or newer."));
    }
}

/* 711 */
void
cvm_check_caps_stale(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;

    if (cvm_host_caps_are_stale(host) && !cvm_host_lack(host, check->guest)) {
        g_autofree char *cached = cvm_format_time(host->caps_cached);
        g_autofree char *changed = cvm_format_time(host->parameters_changed);
        struct cvm_finding *finding = cvm_report(
            check, cvm_launch_place(check->domain),
            _("libvirt cached the capabilities of host '%1$s' at %2$s, and kvm_amd's "
              "parameters are of %3$s: libvirt probes anew when 'sev' or /dev/sev changes, but "
              "not for 'sev_es' and 'sev_snp', so that what it says of this host may be out of "
              "date."),
            cvm_host_title(host), cached, changed);

        cvm_fix(finding, _("Remove /var/cache/libvirt/qemu/capabilities/*.xml, restart "
                           "libvirt's daemon and record the host again."));
    }
}
