/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Comparing a domain as it was meant with the one that libvirt has: what libvirt fills in by itself
 * (addresses, aliases, controllers, labels) is no difference.
 */
#ifndef CVMDOM_COMPARE_H
#define CVMDOM_COMPARE_H

#include <stddef.h>

#include <cvmdom/config.h>
#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_comparison cvmdom_comparison;

/**
 * Compares a resolved domain with libvirt's description of one. Of a domain read from XML it is its
 * text that is compared, word for word.
 *
 * What libvirt adds by itself is known for 9.0 to 11.3.
 *
 * @param host what the domain was resolved for; NULL: less is known of what libvirt may add
 * @param name what to call the description in messages: "qemu:///system: db"
 * @param xml  what virDomainGetXMLDesc() gave, of a running domain or of its definition, with
 *             security-relevant data (passwords that it leaves out are differences); at most 10
 * MiB; NULL: there is no such domain, which is a difference, too
 * @return the caller's to cvmdom_comparison_free(); NULL with CVMDOM_ERROR_SYNTAX or _UNSUPPORTED
 */
cvmdom_comparison *
cvmdom_domain_compare(const cvmdom_domain *domain, const cvmdom_host *host, const char *name,
                      const char *xml, size_t size, cvmdom_error **error);

/**
 * Compares with the other description of the same domain, too: with what it runs as after its
 * definition, or the reverse; which of them a text is shows its id attribute. A difference that
 * both have is one, and says so.
 *
 * @return 0, or -1 with the comparison as it was
 */
int
cvmdom_comparison_add(cvmdom_comparison *comparison, const char *xml, size_t size,
                      cvmdom_error **error);

/** Frees it; NULL is allowed. */
void
cvmdom_comparison_free(cvmdom_comparison *comparison);

/** Which of libvirt's descriptions of a domain; bits, their numbers are stable. */
enum cvmdom_description {
    CVMDOM_IN_DEFINITION = 1, /**< what it will start as */
    CVMDOM_IN_RUNNING = 2     /**< what it runs as */
};

/** One difference. Texts are short, for people, and passwords are not in them; they are borrowed
 * and live as long as the comparison. */
struct cvmdom_difference {
    const char *path;   /**< "/domain/devices/disk[vda]/driver/@cache" */
    const char *wanted; /**< what the domain has; NULL: nothing */
    const char *found;  /**< what libvirt's has; NULL: nothing */
    int where;          /**< enum cvmdom_description bits */
};

/** @return 0 and difference i, in the order of the rendered document, or -1 beyond the last. */
int
cvmdom_comparison_at(const cvmdom_comparison *comparison, size_t i,
                     struct cvmdom_difference *difference);

/** The differences as findings, of rules CVM901 to CVM903, at the places of the domain's file.
 * Warnings among them count as failures, too. */
void
cvmdom_comparison_report(const cvmdom_comparison *comparison, cvmdom_findings *findings);

/** The same, as a configuration asks for. */
void
cvmdom_config_report(cvmdom_config *config, const cvmdom_comparison *comparison,
                     cvmdom_findings *findings);

/** @return the differences as lines "- path: found" and "+ path: wanted", the caller's to free();
 * empty without any. */
char *
cvmdom_comparison_diff(const cvmdom_comparison *comparison);

#ifdef __cplusplus
}
#endif

#endif
