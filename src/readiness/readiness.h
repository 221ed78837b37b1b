/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opinions on a host alone: a table of checks, each with what it speaks of. */
#ifndef CVM_READINESS_READINESS_H
#define CVM_READINESS_READINESS_H

#include "model/guest.h"
#include "model/host.h"

/* In step with enum cvmdom_check_state of <cvmdom/readiness.h>. */
enum cvm_check_state {
    CVM_CHECK_UNKNOWN = 0,
    CVM_CHECK_PASSED,
    CVM_CHECK_NOTED,
    CVM_CHECK_WARNED,
    CVM_CHECK_FAILED,
};

/* What a check is to others. */
enum {
    /* Its types run only where it is known not to fail. */
    CVM_CHECK_DECISIVE = 1 << 0,
    /* No setting and no version mends it: what would come after it does not matter. */
    CVM_CHECK_FINAL = 1 << 1,
    /* Its failure is what CVM701 to CVM703 report. Not those of other rules: too old a version
     * (CVM706), no ASID left (CVM705), and so on. */
    CVM_CHECK_UNFIT = 1 << 2,
};

struct cvm_verdict;

struct cvm_host_check {
    const char *id; /* stable: "kvm-amd-sev-snp" */
    unsigned types; /* of CVM_GUEST_AMD: those it speaks of */
    unsigned flags;
    const char *title;  /* N_("…"): what is looked at */
    const char *source; /* where a host tells it; not translated */
    const char *fix;    /* N_("…"): how to mend it; NULL */
    const char *myth;   /* N_("…"): what guides wrongly advise here, and why not; NULL */
    void (*judge)(struct cvm_verdict *verdict);
};

/* What a check came to on a host. */
struct cvm_verdict {
    const struct cvm_host_check *check;
    const struct cvm_host *host;
    struct cvm_arena *texts; /* of fact and fix; NULL: only the state is asked for */
    enum cvm_check_state state;
    unsigned types;       /* that it holds for: the check's, or fewer */
    const char *fact;     /* a clause, without a full stop at its end */
    const char *fix;      /* a sentence; NULL where there is nothing to mend */
    gboolean passed_over; /* not made, because a final check failed for all of its types */
};

/* The topics, each ended by a row without an id, in the order in which one would mend them. */
extern const struct cvm_host_check cvm_checks_machine[];
extern const struct cvm_host_check cvm_checks_kernel[];
extern const struct cvm_host_check cvm_checks_asids[];
extern const struct cvm_host_check cvm_checks_software[];

/* Row i of all topics; NULL beyond the last. */
const struct cvm_host_check *
cvm_host_check_at(unsigned i);
/* Judges a host by one check, for some of its types. texts NULL: only the state. */
struct cvm_verdict
cvm_host_judge(const struct cvm_host *host, const struct cvm_host_check *check, unsigned types,
               struct cvm_arena *texts);
/* The one reason, the most basic, why a host cannot run a type of guest at all; NULL when nothing
 * is known to be missing. */
const struct cvm_host_check *
cvm_host_lack(const struct cvm_host *host, enum cvm_guest guest);
/* It cannot, and nothing mends that. */
gboolean
cvm_host_is_hopeless(const struct cvm_host *host, enum cvm_guest guest);

/* ---- all of it ---- */

/* What one type may expect. */
struct cvm_prospect {
    enum cvm_guest guest;
    enum cvm_check_state state; /* PASSED: it can run now; FAILED: it cannot; UNKNOWN */
    gboolean has_capacity, has_free;
    unsigned capacity, free;
};

enum { CVM_READINESS_TYPES = 3 };

struct cvm_readiness {
    struct cvm_arena *arena;
    const char *name;             /* of the host */
    struct cvm_verdict *verdicts; /* as the table has them */
    unsigned n_verdicts;
    struct cvm_prospect prospects[CVM_READINESS_TYPES]; /* SEV, SEV-ES, SEV-SNP */
};

struct cvm_readiness *
cvm_readiness_new(const struct cvm_host *host);
void
cvm_readiness_free(struct cvm_readiness *readiness);
CVM_DEFINE_AUTO(readiness)

/* "passed", "failed": never translated. */
const char *
cvm_check_state_name(enum cvm_check_state state);

/* ---- ASIDs (asids.c) ---- */

/* The ASIDs that a type of guest draws on. */
struct cvm_pool {
    unsigned total; /* in the pool: SEV-ES and SEV-SNP share one */
    unsigned size;  /* that this type may use */
    gboolean split; /* ciphertext hiding gives SEV-ES and SEV-SNP parts of their own */
    gboolean has_used;
    unsigned used;    /* in the whole pool: the kernel's count, or libvirt's running guests */
    gboolean has_own; /* libvirt's guests are all there are, so that the type's own are known */
    unsigned own;
};

/* FALSE when nothing tells how many there are. */
gboolean
cvm_host_pool(const struct cvm_host *host, enum cvm_guest guest, struct cvm_pool *pool);
/* How many more guests there is room for, at least; 0 without has_used. */
unsigned
cvm_pool_free(const struct cvm_pool *pool);
/* The total alone. */
gboolean
cvm_host_asids(const struct cvm_host *host, enum cvm_guest guest, unsigned *asids);

/* ---- facts that rules share (facts.c) ---- */

/* The kernel, libvirt or QEMU shows that it has the type, whatever its version says: distributions
 * carry features back to older numbers. */
gboolean
cvm_host_kernel_shows(const struct cvm_host *host, enum cvm_guest guest);
gboolean
cvm_host_libvirt_shows(const struct cvm_host *host, enum cvm_guest guest);
gboolean
cvm_host_qemu_shows(const struct cvm_host *host, enum cvm_guest guest);
/* EPYC 7001. */
gboolean
cvm_host_is_naples(const struct cvm_host *host);
/* SEV-SNP is on, and the SEV firmware starts no SEV-ES guest then (since 1.58, CVE-2025-48514);
 * unknown where SEV-SNP is on and the record has no version. */
enum cvm_known
cvm_host_bars_es(const struct cvm_host *host);
/* Too old for SEV-SNP, which wants 1.51; unknown without a version. */
enum cvm_known
cvm_host_firmware_too_old(const struct cvm_host *host);
/* libvirt's cached capabilities are older than kvm_amd's parameters, and do not agree with the
 * kernel. */
gboolean
cvm_host_caps_are_stale(const struct cvm_host *host);
/* "2026-11-21 12:00:00 UTC"; the caller's to g_free(). */
char *
cvm_format_time(uint64_t seconds);

#endif
