/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Comparing a domain as it was meant with the one that libvirt has: what libvirt fills in by itself
 * (addresses, aliases, controllers, labels) is no difference.
 */
#ifndef CVMDOM_COMPARE_H
#define CVMDOM_COMPARE_H

#include <stddef.h>

#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_comparison cvmdom_comparison;

/**
 * Compares a resolved domain with libvirt's description of one.
 *
 * @param host what the domain was resolved for
 * @param name what to call the description in messages: "qemu:///system: db"
 * @param xml  what virDomainGetXMLDesc() gave, of a running domain or of its definition; at most 10
 *             MiB
 * @return the caller's to cvmdom_comparison_free(); NULL with CVMDOM_ERROR_SYNTAX or _UNSUPPORTED
 */
cvmdom_comparison *
cvmdom_domain_compare(const cvmdom_domain *domain, const cvmdom_host *host, const char *name,
                      const char *xml, size_t size, cvmdom_error **error);

/** Frees it; NULL is allowed. */
void
cvmdom_comparison_free(cvmdom_comparison *comparison);

/** One difference. Texts are borrowed and live as long as the comparison. */
struct cvmdom_difference {
    const char *path;   /**< "/domain/devices/disk[vda]/driver/@cache" */
    const char *wanted; /**< what the domain has; NULL: nothing */
    const char *found;  /**< what libvirt's has; NULL: nothing */
};

/** @return 0 and difference i, in the order of the rendered document, or -1 beyond the last. */
int
cvmdom_comparison_at(const cvmdom_comparison *comparison, size_t i,
                     struct cvmdom_difference *difference);

/** The differences as findings, of rules CVM901 to CVM903, at the places of the domain's file. */
void
cvmdom_comparison_report(const cvmdom_comparison *comparison, cvmdom_findings *findings);

/** @return the differences as lines "- path: found" and "+ path: wanted", the caller's to free();
 * empty without any. */
char *
cvmdom_comparison_diff(const cvmdom_comparison *comparison);

#ifdef __cplusplus
}
#endif

#endif
