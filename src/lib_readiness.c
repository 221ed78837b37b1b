/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/readiness.h>. */
#include <stdlib.h>
#include <string.h>

#include "cvmdom/readiness.h"
#include "lib.h"
#include "readiness/readiness.h"
#include "util/error.h"
#include "util/i18n.h"

/* STUB of the whole file */
static int
refuse(cvmdom_error **error)
{
    GError *cause = NULL;

    cvm_error_set(&cause, CVM_ERROR_UNSUPPORTED, "not built yet");
    give_error(error, cause);
    return -1;
}

cvmdom_readiness *
cvmdom_host_check(const cvmdom_host *host G_GNUC_UNUSED)
{
    return NULL;
}

void
cvmdom_readiness_free(cvmdom_readiness *readiness G_GNUC_UNUSED)
{
}

int
cvmdom_readiness_at(const cvmdom_readiness *readiness G_GNUC_UNUSED, size_t i G_GNUC_UNUSED,
                    struct cvmdom_check *check G_GNUC_UNUSED)
{
    return -1;
}

int
cvmdom_readiness_type(const cvmdom_readiness *readiness G_GNUC_UNUSED,
                      const char *type G_GNUC_UNUSED,
                      struct cvmdom_prospect *prospect G_GNUC_UNUSED, cvmdom_error **error)
{
    return refuse(error);
}

int
cvmdom_readiness_report(const cvmdom_readiness *readiness G_GNUC_UNUSED,
                        const char *format G_GNUC_UNUSED, const char *type G_GNUC_UNUSED,
                        int colour G_GNUC_UNUSED, char **text G_GNUC_UNUSED, cvmdom_error **error)
{
    return refuse(error);
}

int
cvmdom_host_describe(const cvmdom_host *host G_GNUC_UNUSED, const char *format G_GNUC_UNUSED,
                     char **text G_GNUC_UNUSED, cvmdom_error **error)
{
    return refuse(error);
}
