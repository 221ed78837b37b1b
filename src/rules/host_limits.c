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

struct pool {
    const char *title; /* of the kinds that share it */
    unsigned size;     /* of this kind's part */
    unsigned used;     /* in the whole pool */
    unsigned total;
    gboolean split; /* SEV-SNP and SEV-ES have parts of their own, and used counts both */
};

/* FALSE when the record does not say how many there are and how many are in use. */
static gboolean
find_pool(const struct cvm_check *check, struct pool *pool)
{
    const struct cvm_host *host = check->host;
    unsigned hidden = host->has_ciphertext_hiding ? host->ciphertext_hiding_asids : 0;

    if (!host->in_use.known || !cvm_host_asids(host, check->guest, &pool->total) ||
        pool->total == 0) {
        return FALSE;
    }
    pool->size = pool->total;
    pool->split = FALSE;
    if (check->guest == CVM_GUEST_SEV) {
        pool->title = "SEV";
        pool->used = host->in_use.sev;
        return TRUE;
    }
    pool->title = "SEV-ES/SEV-SNP";
    pool->used = host->in_use.sev_es;
    /* ciphertext_hiding_asids=N: 1 to N are SEV-SNP's, the rest SEV-ES's. */
    if (hidden > 0) {
        hidden = MIN(hidden, pool->total);
        pool->size = check->guest == CVM_GUEST_SEV_SNP ? hidden : pool->total - hidden;
        pool->title = cvm_guest_info(check->guest)->title;
        pool->split = TRUE;
    }
    return TRUE;
}

/* 705 */
void
cvm_check_asid_exhausted(struct cvm_check *check)
{
    const struct cvm_from *at = cvm_launch_place(check->domain);
    const char *title = cvm_host_title(check->host);
    struct cvm_finding *finding = NULL;
    struct pool pool;

    if (!find_pool(check, &pool) || cvm_host_lack(check->host, check->guest).fact) {
        return;
    }
    if (pool.size == 0) {
        finding =
            cvm_report(check, at,
                       _("Host '%1$s' leaves no ASID to %2$s: 'ciphertext_hiding_asids' gives "
                         "all '%3$u' to the other kind. QEMU ends with \"failed to initialize "
                         "ret=-16\"."),
                       title, pool.title, pool.total);
    } else if (pool.used >= pool.total) {
        finding =
            cvm_report(check, at,
                       _("Host '%1$s' has no %2$s ASID left: '%3$u' of '%4$u' were in use when "
                         "it was recorded. QEMU ends with \"failed to initialize ret=-16\"."),
                       title, pool.split ? "SEV-ES/SEV-SNP" : pool.title, pool.used, pool.total);
    } else if (pool.split && pool.used >= pool.size) {
        finding = cvm_report_as(
            check, CVM_WARNING, at,
            _("Host '%1$s' may have no ASID left for %2$s: ciphertext hiding leaves it '%3$u' "
              "of '%4$u', and '%5$u' of both kinds were in use when it was recorded."),
            title, pool.title, pool.size, pool.total, pool.used);
    } else if (pool.total - pool.used == 1) {
        finding = cvm_report_as(
            check, CVM_WARNING, at,
            _("Host '%1$s' has one %2$s ASID left: '%3$u' of '%4$u' were in use when it was "
              "recorded, so that this guest is the last that starts."),
            title, pool.split ? "SEV-ES/SEV-SNP" : pool.title, pool.used, pool.total);
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
    g_autofree char *has_text = cvm_version_format(has);
    g_autofree char *needs_text = cvm_version_format(needs);

    if (has == 0 || has >= needs) {
        return FALSE;
    }
    append_old(list, what, has_text, needs_text);
    return TRUE;
}

/* Distributions carry features back to older version numbers: where the host shows the feature
 * itself, the number does not count. */
static gboolean
shows_in_libvirt(const struct cvm_host *host, enum cvm_guest guest)
{
    return host->has_domcaps &&
           (guest == CVM_GUEST_SEV_SNP ? cvm_strings_contain(&host->domcaps.sectypes, "sev-snp")
                                       : host->domcaps.sev == CVM_YES);
}

static gboolean
shows_in_qemu(const struct cvm_host *host, enum cvm_guest guest)
{
    return guest != CVM_GUEST_SEV_ES && shows_in_libvirt(host, guest);
}

static gboolean
shows_in_kernel(const struct cvm_host *host, enum cvm_guest guest)
{
    return (guest == CVM_GUEST_SEV_SNP  ? host->kvm_amd_sev_snp
            : guest == CVM_GUEST_SEV_ES ? host->kvm_amd_sev_es
                                        : host->kvm_amd_sev) == CVM_YES;
}

/* 706 */
void
cvm_check_version_too_old(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;
    const struct cvm_guest_info *info = cvm_guest_info(check->guest);
    g_autofree char *firmware = g_strdup_printf("%u.%u", host->sev_api_major, host->sev_api_minor);
    g_autoptr(GString) list = g_string_new(NULL);
    const char *answer = NULL;

    if (cvm_host_lack(host, check->guest).for_good) {
        return;
    }
    /* From the last to speak to the first, so that the answer is the one that is heard. */
    if (check->guest == CVM_GUEST_SEV_SNP && host->has_sev_firmware &&
        (host->sev_api_major < 1 || (host->sev_api_major == 1 && host->sev_api_minor < 51))) {
        append_old(list, _("the SEV firmware"), firmware, "1.51");
        answer = "SEV-SNP support requires firmware version >= 1:51";
    }
    if (!shows_in_kernel(host, check->guest) &&
        add_if_old(list, _("the kernel"), host->kernel_version, info->min_kernel)) {
        answer = check->guest == CVM_GUEST_SEV_SNP ? "vm-type SEV-SNP not supported by KVM"
                                                   : "failed to initialize ret=-25";
    }
    if (!shows_in_qemu(host, check->guest) &&
        add_if_old(list, "QEMU", host->qemu_version, info->min_qemu)) {
        answer = "launch security is not supported with this QEMU binary";
    }
    if (!shows_in_libvirt(host, check->guest) &&
        add_if_old(list, "libvirt", host->libvirt_version, info->min_libvirt)) {
        answer = "Invalid value for attribute 'type' in element 'launchSecurity'";
    }
    if (answer) {
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

static char *
format_time(uint64_t seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc((gint64)MIN(seconds, G_MAXINT64));

    return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S UTC")
                : g_strdup_printf("%" G_GUINT64_FORMAT, seconds);
}

/* After an ordinary reboot the parameters are younger than the cache, which is still right: the
 * kernel's own numbers tell. */
static gboolean
agrees_with_kernel(const struct cvm_host *host)
{
    return host->capacity.known && host->domcaps.has_max_guests &&
           host->capacity.sev == host->domcaps.max_guests &&
           host->capacity.sev_es == host->domcaps.max_es_guests;
}

/* 711 */
void
cvm_check_caps_stale(struct cvm_check *check)
{
    const struct cvm_host *host = check->host;

    if (host->caps_cached > 0 && host->parameters_changed > host->caps_cached &&
        !agrees_with_kernel(host) && !cvm_host_lack(host, check->guest).fact) {
        g_autofree char *cached = format_time(host->caps_cached);
        g_autofree char *changed = format_time(host->parameters_changed);
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
