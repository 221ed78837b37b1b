/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/launch.h>. */
#include "lib.h"

#include "launch/launch.h"

void
cvmdom_domain_launch(const cvmdom_domain *domain, const cvmdom_host *host,
                     struct cvmdom_launch *launch)
{
    cvm_launch_gather(domain_of(domain), host_of(host), launch);
}

void
cvmdom_launch_check(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                    const cvmdom_domain *domain, const cvmdom_host *host, cvmdom_findings *findings)
{
    cvm_launch_check(launch, firmware, domain_of(domain), host_of(host), findings_of(findings));
}

int
cvmdom_launch_validate(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                       cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_launch_validate(launch, firmware, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

const char *
cvmdom_measurement_schema(void)
{
    return cvm_measurement_schema();
}
