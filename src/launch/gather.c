/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch/launch.h"

/* STUB */
void
cvm_launch_gather(const struct cvm_domain *domain, const struct cvm_host *host G_GNUC_UNUSED,
                  struct cvmdom_launch *launch)
{
    *launch = (struct cvmdom_launch){ .guest = cvm_guest_info(cvm_domain_guest(domain))->name };
}
