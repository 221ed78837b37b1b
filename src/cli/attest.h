/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcvmdom-attest, loaded when something is to be attested: linking it, and with it libcrypto,
 * would cost every start of the command some 1 ms. */
#ifndef CVM_CLI_ATTEST_H
#define CVM_CLI_ATTEST_H

#include "cli/cmd.h"
#include "cvmdom/attest.h"

/* Its functions, without their prefix cvmdom_. */
#define CLI_ATTEST_FUNCTIONS(X)                                                                    \
    X(launch_digest)                                                                               \
    X(launch_keys_clear)                                                                           \
    X(launch_keys_read)                                                                            \
    X(session_make)                                                                                \
    X(session_clear)                                                                               \
    X(chain_verify)                                                                                \
    X(measurement_parse)                                                                           \
    X(measurement_verify)                                                                          \
    X(measurement_explain)                                                                         \
    X(secret_name_at)                                                                              \
    X(secret_pack)                                                                                 \
    X(id_key_read)                                                                                 \
    X(id_key_free)                                                                                 \
    X(id_key_digest)                                                                               \
    X(id_block_make)                                                                               \
    X(id_block_check)                                                                              \
    X(report_parse)                                                                                \
    X(report_free)                                                                                 \
    X(report_verify)                                                                               \
    X(report_compare)                                                                              \
    X(report_explain)

struct cli_attest {
#define CLI_ATTEST_MEMBER(name) __typeof__(cvmdom_##name) *name;
    CLI_ATTEST_FUNCTIONS(CLI_ATTEST_MEMBER)
#undef CLI_ATTEST_MEMBER
};

/* NULL, and said what to install, when it or libcrypto is missing. Loaded once. */
const struct cli_attest *
cli_attest_load(void);
/* The same, and nothing said: for what can do without. */
const struct cli_attest *
cli_attest_find(void);

#endif
