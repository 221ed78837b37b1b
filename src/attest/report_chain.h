/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The three certificates that vouch for a report. */
#ifndef CVM_ATTEST_REPORT_CHAIN_H
#define CVM_ATTEST_REPORT_CHAIN_H

#include <openssl/x509.h>

#include "attest/report.h"

struct report_chain {
    X509 *leaf, *ask, *ark; /* borrowed */
    const char *leaf_name;  /* "VCEK" or "VLEK" */
    const char *ask_name;   /* "ASK" or "ASVK" */
};

/* Which kind of chain must have signed this report, and whether these certificates bear its names.
 */
int
attest_report_chain_name(const cvmdom_report *report, struct report_chain *chain,
                         cvmdom_error **error);
/* Whether the leaf is one for what the report says of chip and TCB. To be called when the
 * signatures hold: before, nobody has said that. */
int
attest_report_chain_match(const cvmdom_report *report, const struct report_chain *chain,
                          cvmdom_error **error);

#endif
