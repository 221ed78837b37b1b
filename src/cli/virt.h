/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcvmdom-virt, loaded when a connection is asked for: linking it, and with it libvirt, would
 * cost every start of the command some 11 ms. */
#ifndef CVM_CLI_VIRT_H
#define CVM_CLI_VIRT_H

#include "cvmdom/virt.h"

/* Its functions, without their prefix cvmdom_connection_. */
#define CLI_VIRT_FUNCTIONS(X)                                                                      \
    X(open)                                                                                        \
    X(close)                                                                                       \
    X(uri)                                                                                         \
    X(is_local)                                                                                    \
    X(capture)                                                                                     \
    X(host)                                                                                        \
    X(find)                                                                                        \
    X(define)                                                                                      \
    X(start)                                                                                       \
    X(stop)                                                                                        \
    X(undefine)                                                                                    \
    X(each_launch_parameter)

struct cli_virt {
#define CLI_VIRT_MEMBER(name) __typeof__(cvmdom_connection_##name) *name;
    CLI_VIRT_FUNCTIONS(CLI_VIRT_MEMBER)
#undef CLI_VIRT_MEMBER
};

/* NULL, and said what to install, when it or libvirt is missing. Loaded once. */
const struct cli_virt *
cli_virt_load(void);

#endif
