/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/compare.h>. */
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "cvmdom/compare.h"
#include "lib.h"

/* STUB of the whole file: everything is equal */
cvmdom_comparison *
cvmdom_domain_compare(const cvmdom_domain *domain G_GNUC_UNUSED,
                      const cvmdom_host *host G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
                      const char *xml G_GNUC_UNUSED, size_t size G_GNUC_UNUSED,
                      cvmdom_error **error G_GNUC_UNUSED)
{
    return (cvmdom_comparison *)g_new0(char, 1);
}

void
cvmdom_comparison_free(cvmdom_comparison *comparison)
{
    g_free(comparison);
}

int
cvmdom_comparison_at(const cvmdom_comparison *comparison G_GNUC_UNUSED, size_t i G_GNUC_UNUSED,
                     struct cvmdom_difference *difference G_GNUC_UNUSED)
{
    return -1;
}

void
cvmdom_comparison_report(const cvmdom_comparison *comparison G_GNUC_UNUSED,
                         cvmdom_findings *findings G_GNUC_UNUSED)
{
}

char *
cvmdom_comparison_diff(const cvmdom_comparison *comparison G_GNUC_UNUSED)
{
    return g_strdup("");
}
