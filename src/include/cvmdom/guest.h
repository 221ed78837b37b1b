/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The guest's side: what the system inside a guest needs for a domain, how to see there that it is
 * protected, and what such a guest cannot do; and whether Linux's bounce buffers (swiotlb), through
 * which all goes that devices read and write, are large enough for the domain's devices.
 */
#ifndef CVMDOM_GUEST_H
#define CVMDOM_GUEST_H

#include <stddef.h>
#include <stdint.h>

#include <cvmdom/domain.h>
#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_guest_advice cvmdom_guest_advice;

/** A piece of advice. Texts live as long as what they were asked of; text is in the language of the
 * locale. */
struct cvmdom_advice {
    const char *id;      /**< "kernel-sev-snp": stable */
    const char *group;   /**< "kernel", "cmdline", "check", "attest" or "limit" */
    const char *text;    /**< whole sentences */
    const char *command; /**< for a shell, lines ended by line feeds; in group cmdline an option of
                              the kernel; NULL */
    const char *prints;  /**< what the command prints when all is well; NULL */
    const char *source;  /**< where that is known from; "derived": what follows from several */
};

/** Sizes in bytes. What is counted how is in docs of 'cvmdom explain --guest', cvmdom(1). */
struct cvmdom_swiotlb {
    uint64_t by_default; /**< what Linux makes of its own accord; 0: the memory is not known */
    uint64_t given;      /**< what the domain's own kernel command line asks for; 0: nothing */
    uint64_t held;       /**< in use by the devices all the time */
    uint64_t usual;      /**< with all their queues full of ordinary requests */
    uint64_t most;       /**< with all of them full of the largest ones */
    uint64_t advised;    /**< what to make it; 0: leave it as it is */
    uint64_t slots;      /**< the same for swiotlb= of the command line */
};

/**
 * What a domain's guest needs. Of another than a SEV, SEV-ES or SEV-SNP guest there is no advice.
 *
 * @param domain resolved, or read from libvirt's XML; not needed any more afterwards
 * @return the caller's to cvmdom_guest_advice_free()
 */
cvmdom_guest_advice *
cvmdom_domain_guest_advice(const cvmdom_domain *domain);

/** Frees it; NULL is allowed. */
void
cvmdom_guest_advice_free(cvmdom_guest_advice *advice);

/** @return 0 and piece i, in the order of the groups, or -1 beyond the last. */
int
cvmdom_guest_advice_at(const cvmdom_guest_advice *advice, size_t i, struct cvmdom_advice *piece);

/** @return 0 and the bounce buffers, or -1 for a guest that needs none. */
int
cvmdom_guest_advice_swiotlb(const cvmdom_guest_advice *advice, struct cvmdom_swiotlb *swiotlb);

/**
 * Advice for several guests as one text.
 *
 * @param advice one after the other; count of them
 * @param format "text", or "json" (cvmdom_guest_advice_schema() describes it)
 * @param colour nonzero for ANSI colours in text
 * @param text   the caller's to free()
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for another format
 */
int
cvmdom_guest_advice_report(const cvmdom_guest_advice *const *advice, size_t count,
                           const char *format, int colour, char **text, cvmdom_error **error);

/** @return the JSON Schema of format "json"; static */
const char *
cvmdom_guest_advice_schema(void);

#ifdef __cplusplus
}
#endif

#endif
