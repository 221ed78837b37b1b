/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch/launch.h"

/* STUB */
void
cvm_launch_check(const struct cvmdom_launch *launch G_GNUC_UNUSED,
                 const cvmdom_firmware *firmware G_GNUC_UNUSED,
                 const struct cvm_domain *domain G_GNUC_UNUSED,
                 const struct cvm_host *host G_GNUC_UNUSED,
                 struct cvm_findings *findings G_GNUC_UNUSED)
{
}

/* STUB */
int
cvm_launch_validate(const struct cvmdom_launch *launch G_GNUC_UNUSED,
                    const cvmdom_firmware *firmware G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    return 0;
}
