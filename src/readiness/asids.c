/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ASIDs: every encrypted guest takes one of the processor's address space identifiers. Those from
 * CPUID Fn8000_001F EDX to ECX are plain SEV's; SEV-ES and SEV-SNP share those below EDX, a border
 * that the BIOS sets (Linux, arch/x86/kvm/svm/sev.c). */
#include "readiness/judge.h"
#include "util/i18n.h"

static gboolean
count_by_capabilities(const struct cvm_host *host, gboolean plain, unsigned *asids)
{
    const struct cvm_domcaps *domcaps = &host->domcaps;

    /* libvirt writes 0 and 0 where CPUID 0x8000001f does not tell both limits
     * (src/qemu/qemu_capabilities.c); that says nothing of how many plain ones there are. */
    if (!host->has_domcaps || !domcaps->has_max_guests ||
        (plain && domcaps->max_guests == 0 && domcaps->max_es_guests == 0)) {
        return FALSE;
    }
    *asids = plain ? domcaps->max_guests : domcaps->max_es_guests;
    return TRUE;
}

static gboolean
count_by_cpuid(const struct cvm_host *host, gboolean plain, unsigned *asids)
{
    uint32_t most = host->cpuid_sev.ecx, least = host->cpuid_sev.edx;

    if (!host->cpuid_sev.known || most == 0 || least == 0) {
        return FALSE;
    }
    *asids = !plain ? MIN(least - 1, most) : least <= most ? most - least + 1 : 0;
    return TRUE;
}

gboolean
cvm_host_asids(const struct cvm_host *host, enum cvm_guest guest, unsigned *asids)
{
    gboolean plain = guest == CVM_GUEST_SEV;

    if (host->capacity.known) {
        *asids = plain ? host->capacity.sev : host->capacity.sev_es;
        return TRUE;
    }
    return count_by_capabilities(host, plain, asids) || count_by_cpuid(host, plain, asids);
}

/* ciphertext_hiding_asids=N: 1 to N are SEV-SNP's, the rest SEV-ES's. */
static void
split_pool(const struct cvm_host *host, enum cvm_guest guest, struct cvm_pool *pool)
{
    unsigned hidden = host->has_ciphertext_hiding ? host->ciphertext_hiding_asids : 0;

    if (guest != CVM_GUEST_SEV && hidden > 0) {
        hidden = MIN(hidden, pool->total);
        pool->size = guest == CVM_GUEST_SEV_SNP ? hidden : pool->total - hidden;
        pool->split = TRUE;
    }
}

gboolean
cvm_host_pool(const struct cvm_host *host, enum cvm_guest guest, struct cvm_pool *pool)
{
    const struct cvm_running *running = &host->running;
    gboolean plain = guest == CVM_GUEST_SEV;
    unsigned counted = plain ? running->sev : running->sev_es + running->sev_snp;

    *pool = (struct cvm_pool){ 0 };
    if (!cvm_host_asids(host, guest, &pool->total)) {
        return FALSE;
    }
    pool->size = pool->total;
    split_pool(host, guest, pool);
    pool->has_used = host->in_use.known || running->known;
    pool->used = !host->in_use.known ? counted : plain ? host->in_use.sev : host->in_use.sev_es;
    pool->has_own = running->known && pool->used == counted;
    pool->own = plain                        ? running->sev
                : guest == CVM_GUEST_SEV_SNP ? running->sev_snp
                                             : running->sev_es;
    return TRUE;
}

static unsigned
subtract(unsigned from, unsigned number)
{
    return from > number ? from - number : 0;
}

unsigned
cvm_pool_free(const struct cvm_pool *pool)
{
    unsigned left = subtract(pool->total, pool->used);

    if (!pool->has_used) {
        return 0;
    }
    /* Who is in which part is not known: as if all were in this one. */
    return pool->split ? MIN(left, subtract(pool->size, pool->has_own ? pool->own : pool->used))
                       : left;
}

/* ---- checks ---- */

/* Who says that there is not one. */
static const char *
describe_none(const struct cvm_host *host, gboolean plain)
{
    unsigned asids;

    if (host->capacity.known) {
        return plain ? _("misc.capacity has no 'sev': not one ASID is left to SEV")
                     : _("misc.capacity has no 'sev_es': not one ASID is left to SEV-ES and "
                         "SEV-SNP");
    }
    if (count_by_capabilities(host, plain, &asids)) {
        return plain ? _("its domain capabilities say maxGuests 0")
                     : _("its domain capabilities say maxESGuests 0");
    }
    return plain ? _("CPUID leaves not one ASID to SEV")
                 : _("CPUID leaves not one ASID to SEV-ES and SEV-SNP");
}

static void
judge_asids(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    enum cvm_guest guest = (enum cvm_guest)verdict->types;
    unsigned asids;

    /* With SEV off the kernel counts none; that is for the check of its parameter to say. */
    if (!cvm_host_asids(host, guest, &asids) || (asids == 0 && host->kvm_amd_sev == CVM_NO)) {
        return;
    }
    if (asids > 0) {
        cvm_judge(verdict, CVM_CHECK_PASSED,
                  guest == CVM_GUEST_SEV ? _("it has '%u' ASIDs for SEV guests")
                                         : _("it has '%u' ASIDs for SEV-ES and SEV-SNP guests"),
                  asids);
    } else {
        cvm_judge(verdict, CVM_CHECK_FAILED, "%s", describe_none(host, guest == CVM_GUEST_SEV));
    }
}

static void
judge_hiding(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    struct cvm_pool snp, es;

    if (!host->has_ciphertext_hiding) {
        return;
    }
    if (host->ciphertext_hiding_asids == 0) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s",
                  _("SEV-ES and SEV-SNP guests take their ASIDs from one pool"));
    } else if (!cvm_host_pool(host, CVM_GUEST_SEV_SNP, &snp) ||
               !cvm_host_pool(host, CVM_GUEST_SEV_ES, &es)) {
        cvm_judge(verdict, CVM_CHECK_NOTED,
                  _("'ciphertext_hiding_asids' keeps '%u' ASIDs for SEV-SNP alone"),
                  host->ciphertext_hiding_asids);
    } else if (es.size == 0 && verdict->types & CVM_GUEST_SEV_ES) {
        verdict->types = CVM_GUEST_SEV_ES;
        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("'ciphertext_hiding_asids' gives all '%u' ASIDs to SEV-SNP"), snp.size);
    } else {
        cvm_judge(verdict, CVM_CHECK_NOTED,
                  _("'ciphertext_hiding_asids' gives '%1$u' ASIDs to SEV-SNP and '%2$u' to SEV-ES"),
                  snp.size, es.size);
    }
}

static void
judge_free(struct cvm_verdict *verdict)
{
    struct cvm_pool pool;
    const char *title = cvm_verdict_guest(verdict)->title;

    if (!cvm_host_pool(verdict->host, (enum cvm_guest)verdict->types, &pool) || !pool.has_used ||
        pool.size == 0) {
        return;
    }
    if (pool.used >= pool.total || (pool.split && pool.has_own && pool.own >= pool.size)) {
        cvm_judge(verdict, CVM_CHECK_FAILED,
                  _("no ASID is left for %1$s: '%2$u' of '%3$u' are in use"), title, pool.used,
                  pool.total);
    } else if (cvm_pool_free(&pool) == 0) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("no ASID may be left for %1$s: ciphertext hiding leaves it '%2$u' of '%3$u', "
                    "and '%4$u' of both kinds are in use"),
                  title, pool.size, pool.total, pool.used);
    } else if (cvm_pool_free(&pool) == 1) {
        cvm_judge(verdict, CVM_CHECK_WARNED,
                  _("one ASID is left for %1$s: '%2$u' of '%3$u' are in use"), title, pool.used,
                  pool.total);
    } else {
        cvm_judge(verdict, CVM_CHECK_PASSED, _("'%1$u' of '%2$u' ASIDs are in use"), pool.used,
                  pool.total);
    }
}

static void
judge_cgroup(struct cvm_verdict *verdict)
{
    const struct cvm_host *host = verdict->host;
    enum cvm_known has = cvm_strings_know(&host->cgroup_controllers, "misc");

    if (host->capacity.known || has == CVM_YES) {
        cvm_judge(verdict, CVM_CHECK_PASSED, "%s", _("the cgroup controller 'misc' counts ASIDs"));
    } else if (has == CVM_NO) {
        cvm_judge(verdict, CVM_CHECK_NOTED, "%s",
                  _("there is no cgroup controller 'misc', so that nobody counts the ASIDs in use "
                    "but libvirt its own guests"));
    }
}

#define FIX_LOWER                                                                                  \
    N_("Lower 'SEV-ES ASID Space Limit' in the BIOS: the ASIDs from there on are SEV's.")
#define FIX_RAISE                                                                                  \
    N_("Raise 'SEV-ES ASID Space Limit' (minimum SEV non-ES ASID) in the BIOS above 1.")
#define FIX_FREE                                                                                   \
    N_("Stop guests of this kind, choose another host, or move the border between the kinds "      \
       "('SEV-ES ASID Space Limit' in the BIOS).")

const struct cvm_host_check cvm_checks_asids[] = {
    { .id = "asids-sev",
      .types = CVM_GUEST_SEV,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("ASIDs for SEV guests"),
      .source = "/sys/fs/cgroup/misc.capacity, virsh domcapabilities (maxGuests)",
      .fix = FIX_LOWER,
      .myth =
          N_("There is no fixed number of guests (15, 509): the processor has one, and the BIOS "
             "divides it between SEV and the other two."),
      .judge = judge_asids },
    { .id = "asids-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("ASIDs for SEV-ES guests"),
      .source = "/sys/fs/cgroup/misc.capacity, virsh domcapabilities (maxESGuests)",
      .fix = FIX_RAISE,
      .judge = judge_asids },
    { .id = "asids-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .flags = CVM_CHECK_DECISIVE | CVM_CHECK_UNFIT,
      .title = N_("ASIDs for SEV-SNP guests"),
      .source = "/sys/fs/cgroup/misc.capacity, virsh domcapabilities (maxESGuests)",
      .fix = FIX_RAISE,
      .judge = judge_asids },
    { .id = "ciphertext-hiding",
      .types = CVM_GUEST_STATE,
      .title = N_("ASIDs that ciphertext hiding divides"),
      .source = "/sys/module/kvm_amd/parameters/ciphertext_hiding_asids",
      .fix = N_("Load kvm_amd with a smaller 'ciphertext_hiding_asids'."),
      .judge = judge_hiding },
    { .id = "cgroup-misc",
      .types = CVM_GUEST_AMD,
      .title = N_("Who counts the ASIDs in use"),
      .source = "/sys/fs/cgroup/cgroup.controllers",
      .judge = judge_cgroup },
    { .id = "free-sev",
      .types = CVM_GUEST_SEV,
      .title = N_("Room for one more SEV guest"),
      .source = "/sys/fs/cgroup/misc.current, virsh list",
      .fix = FIX_FREE,
      .judge = judge_free },
    { .id = "free-sev-es",
      .types = CVM_GUEST_SEV_ES,
      .title = N_("Room for one more SEV-ES guest"),
      .source = "/sys/fs/cgroup/misc.current, virsh list",
      .fix = FIX_FREE,
      .judge = judge_free },
    { .id = "free-sev-snp",
      .types = CVM_GUEST_SEV_SNP,
      .title = N_("Room for one more SEV-SNP guest"),
      .source = "/sys/fs/cgroup/misc.current, virsh list",
      .fix = FIX_FREE,
      .judge = judge_free },
    { 0 },
};
