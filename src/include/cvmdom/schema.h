/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * libvirt's own RELAX NG schema of domain XML, which `virsh define --validate` and
 * virt-xml-validate ask: slower than all rules together, so only for who wants it.
 *
 *     cvmdom_schema_read() -> in each thread cvmdom_validator_new() -> for each domain
 *     cvmdom_domain_validate(), then cvmdom_domain_check(), whose rule CVM113 tells what is wrong
 */
#ifndef CVMDOM_SCHEMA_H
#define CVMDOM_SCHEMA_H

#include <cvmdom/domain.h>
#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_schema cvmdom_schema;
typedef struct cvmdom_validator cvmdom_validator;

/**
 * Compiles a schema, which takes about 10 ms. Not to be called by two threads at once, nor while
 * anything else of libxml2 compiles one; what it returns is not changed any more, and threads may
 * share it.
 *
 * @param path a RELAX NG file; NULL: the domain.rng that libvirt installs
 * @return the schema, the caller's to cvmdom_schema_free(); NULL with CVMDOM_ERROR_IO where there
 * is no such file, or CVMDOM_ERROR_SYNTAX where it is no schema
 */
cvmdom_schema *
cvmdom_schema_read(const char *path, cvmdom_error **error);

/** Frees a schema, after all validators of it; NULL is allowed. */
void
cvmdom_schema_free(cvmdom_schema *schema);

/** What one thread validates with; the caller's to cvmdom_validator_free(). */
cvmdom_validator *
cvmdom_validator_new(const cvmdom_schema *schema);

/** NULL is allowed. */
void
cvmdom_validator_free(cvmdom_validator *validator);

/** Holds domain XML against the schema. What is wrong becomes a finding of rule CVM113 of any later
 * check of the domain, at the element or attribute without which it would be valid, where there is
 * one. A profile is left alone. */
void
cvmdom_domain_validate(cvmdom_domain *domain, cvmdom_validator *validator);

#ifdef __cplusplus
}
#endif

#endif
