/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML against libvirt's RELAX NG. The one place with a libxml2 document, which its validator
 * needs. */
#ifndef CVM_READ_SCHEMA_H
#define CVM_READ_SCHEMA_H

#include "model/domain.h"

/* Where libvirt installs it (src/conf/schemas/meson.build). */
#define CVM_SCHEMA_INSTALLED "/usr/share/libvirt/schemas/domain.rng"

struct cvm_schema;
struct cvm_validator; /* of one thread */

/* Not by two threads at once: libxml2 fills tables of its own when the first schema is compiled
 * (xmlRelaxNGInitTypes()). */
struct cvm_schema *
cvm_schema_read(const char *path, GError **error);
void
cvm_schema_free(struct cvm_schema *schema);
struct cvm_validator *
cvm_validator_new(const struct cvm_schema *schema);
void
cvm_validator_free(struct cvm_validator *validator);
/* What is wrong becomes a problem of the domain. */
void
cvm_schema_validate(struct cvm_validator *validator, struct cvm_domain *domain);

#endif
