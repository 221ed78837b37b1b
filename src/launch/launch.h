/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the launch of a guest measures: gathered from its domain, and what makes it unmeasurable. */
#ifndef CVM_LAUNCH_LAUNCH_H
#define CVM_LAUNCH_LAUNCH_H

#include "cvmdom/launch.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

/* gather.c */
void
cvm_launch_gather(const struct cvm_domain *domain, const struct cvm_host *host,
                  struct cvmdom_launch *launch);
/* The CPU's model is the least that the guest gets, and not what it gets. */
gboolean
cvm_launch_least_cpu(const struct cvm_domain *domain);

/* The JSON Schema (2020-12) of what 'cvmdom measure --format json' writes,
 * schemas/measurement.schema.json. Static. */
const char *
cvm_measurement_schema(void);

/* check.c: what the platform would refuse or measure differently, as findings of CVM8nn. host may
 * be NULL. */
void
cvm_launch_check(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                 const struct cvm_domain *domain, const struct cvm_host *host,
                 struct cvm_findings *findings);
/* The first of severity error as CVM_ERROR_UNSUPPORTED. */
int
cvm_launch_validate(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                    GError **error);

#endif
