/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several checks, or a check and a rule, ask of a host. */
#include <string.h>

#include "readiness/judge.h"
#include "util/number.h"

/* Firmware versions: the kernel's SNP_MIN_API_MAJOR and _MINOR (drivers/crypto/ccp/sev-dev.h), and
 * AMD's bulletin on CVE-2025-48514. */
enum { API_MAJOR = 1, API_MINOR_SNP = 51, API_MINOR_BARS_ES = 58 };

enum cvm_known
cvm_strings_know(const struct cvm_strings *list, const char *word)
{
    return !list->items ? CVM_UNKNOWN : cvm_strings_contain(list, word) ? CVM_YES : CVM_NO;
}

gboolean
cvm_host_option(const struct cvm_host *host, const char *name, const char *value)
{
    size_t length = strlen(name);

    for (unsigned i = 0; i < host->kernel_options.count; i++) {
        const char *option = host->kernel_options.items[i];

        if (g_str_has_prefix(option, name) && option[length] == '=') {
            g_auto(GStrv) values = g_strsplit(option + length + 1, ",", 0);

            if (g_strv_contains((const char *const *)values, value)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

gboolean
cvm_host_msr(const struct cvm_host *host, const char *name, uint64_t *value)
{
    for (unsigned i = 0; i < host->n_msrs; i++) {
        if (g_str_equal(host->msrs[i].name, name)) {
            *value = host->msrs[i].value;
            return TRUE;
        }
    }
    return FALSE;
}

enum cvm_known
cvm_host_module(const struct cvm_host *host, const char *name)
{
    for (unsigned i = 0; i < host->n_modules; i++) {
        if (g_str_equal(host->modules[i].name, name)) {
            return host->modules[i].loaded ? CVM_YES : CVM_NO;
        }
    }
    return CVM_UNKNOWN;
}

gboolean
cvm_host_probed(const struct cvm_host *host)
{
    return host->has_domcaps && host->domcaps.sev == CVM_YES;
}

gboolean
cvm_host_kernel_shows(const struct cvm_host *host, enum cvm_guest guest)
{
    return (guest == CVM_GUEST_SEV_SNP  ? host->kvm_amd_sev_snp
            : guest == CVM_GUEST_SEV_ES ? host->kvm_amd_sev_es
                                        : host->kvm_amd_sev) == CVM_YES;
}

gboolean
cvm_host_libvirt_shows(const struct cvm_host *host, enum cvm_guest guest)
{
    return host->has_domcaps &&
           (guest == CVM_GUEST_SEV_SNP ? cvm_strings_contain(&host->domcaps.sectypes, "sev-snp")
                                       : host->domcaps.sev == CVM_YES);
}

gboolean
cvm_host_qemu_shows(const struct cvm_host *host, enum cvm_guest guest)
{
    return guest != CVM_GUEST_SEV_ES && cvm_host_libvirt_shows(host, guest);
}

gboolean
cvm_host_is_naples(const struct cvm_host *host)
{
    return host->cpu_family == CVM_FAMILY_ZEN && host->cpu_model < CVM_MODEL_ROME;
}

static gboolean
has_firmware(const struct cvm_host *host, unsigned minor)
{
    return host->sev_api_major > API_MAJOR ||
           (host->sev_api_major == API_MAJOR && host->sev_api_minor >= minor);
}

enum cvm_known
cvm_host_bars_es(const struct cvm_host *host)
{
    if (host->kvm_amd_sev_snp != CVM_YES) {
        return CVM_NO;
    }
    return !host->has_sev_firmware                 ? CVM_UNKNOWN
           : has_firmware(host, API_MINOR_BARS_ES) ? CVM_YES
                                                   : CVM_NO;
}

enum cvm_known
cvm_host_firmware_too_old(const struct cvm_host *host)
{
    return !host->has_sev_firmware             ? CVM_UNKNOWN
           : has_firmware(host, API_MINOR_SNP) ? CVM_NO
                                               : CVM_YES;
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

gboolean
cvm_host_caps_are_stale(const struct cvm_host *host)
{
    return host->caps_cached > 0 && host->parameters_changed > host->caps_cached &&
           !agrees_with_kernel(host);
}

char *
cvm_format_time(uint64_t seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc((gint64)MIN(seconds, G_MAXINT64));

    return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S UTC")
                : g_strdup_printf("%" G_GUINT64_FORMAT, seconds);
}
