/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/schema.h>. */
#include "lib.h"

#include "read/schema.h"

CVM_LIB_HANDLE(schema, cvmdom_schema, struct cvm_schema)
CVM_LIB_HANDLE(validator, cvmdom_validator, struct cvm_validator)

cvmdom_schema *
cvmdom_schema_read(const char *path, cvmdom_error **error)
{
    GError *cause = NULL;
    struct cvm_schema *schema = cvm_schema_read(path, &cause);

    if (!schema) {
        give_error(error, cause);
    }
    return schema_handle(schema);
}

void
cvmdom_schema_free(cvmdom_schema *schema)
{
    cvm_schema_free(schema_of(schema));
}

cvmdom_validator *
cvmdom_validator_new(const cvmdom_schema *schema)
{
    return validator_handle(cvm_validator_new(schema_of(schema)));
}

void
cvmdom_validator_free(cvmdom_validator *validator)
{
    cvm_validator_free(validator_of(validator));
}

void
cvmdom_domain_validate(cvmdom_domain *domain, cvmdom_validator *validator)
{
    cvm_schema_validate(validator_of(validator), domain_of(domain));
}
