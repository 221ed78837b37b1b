/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of a host: each fails, passes and stays unknown, and what follows for the types. */
#include <jansson.h>
#include <string.h>

#include "cvmdom/readiness.h"
#include "host_fixture.h"
#include "lib.h"
#include "read/read.h"
#include "readiness/readiness.h"
#include "unit.h"

static struct cvm_host *
read_bundled(const char *name)
{
    g_autofree char *file = g_strdup_printf("profiles/hosts/%s.xml", name);
    g_autofree char *path = unit_source_path(file);
    struct cvm_host *host = cvm_host_read(path, NULL);

    ck_assert_msg(host, "%s", path);
    return host;
}

static void
check_prospect(const cvmdom_readiness *readiness, const char *type, int state, int capacity,
               int room)
{
    struct cvmdom_prospect prospect;

    ck_assert_int_eq(cvmdom_readiness_type(readiness, type, &prospect, NULL), 0);
    ck_assert_str_eq(prospect.type, type);
    ck_assert_int_eq(prospect.state, state);
    ck_assert_int_eq(prospect.has_capacity ? (int)prospect.capacity : -1, capacity);
    ck_assert_int_eq(prospect.has_free ? (int)prospect.free : -1, room);
}

START_TEST(test_bundled_hosts)
{
    CVM_AUTO(host) *genoa = read_bundled("epyc-genoa-snp");
    CVM_AUTO(host) *xeon = read_bundled("xeon-nosev");
    cvmdom_readiness *readiness = cvmdom_host_check(host_handle(genoa));

    check_prospect(readiness, "sev", CVMDOM_CHECK_PASSED, 907, 906);
    check_prospect(readiness, "sev-es", CVMDOM_CHECK_PASSED, 99, 97);
    check_prospect(readiness, "sev-snp", CVMDOM_CHECK_PASSED, 99, 97);
    cvmdom_readiness_free(readiness);
    readiness = cvmdom_host_check(host_handle(xeon));
    check_prospect(readiness, "sev", CVMDOM_CHECK_FAILED, -1, -1);
    check_prospect(readiness, "sev-snp", CVMDOM_CHECK_FAILED, -1, -1);
    cvmdom_readiness_free(readiness);
}
END_TEST

UNIT_MAIN("readiness", test_bundled_hosts)
