/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcvmdom-virt, loaded when a connection is asked for: linking it, and with it libvirt, would
 * cost every start of the command some 11 ms. */
#ifndef CVM_CLI_VIRT_H
#define CVM_CLI_VIRT_H

#include "cli/cmd.h"
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
    X(each_launch_parameter)                                                                       \
    X(inject)

struct cli_virt {
#define CLI_VIRT_MEMBER(name) __typeof__(cvmdom_connection_##name) *name;
    CLI_VIRT_FUNCTIONS(CLI_VIRT_MEMBER)
#undef CLI_VIRT_MEMBER
};

/* NULL, and said what to install, when it or libvirt is missing. Loaded once. */
const struct cli_virt *
cli_virt_load(void);

/* The options of commands that connect. */
struct cli_connect_options {
    const char *uri;     /* of --connect; NULL */
    const char *timeout; /* of --timeout; NULL */
};

/* Their rows, for the member of a command's options that is a struct cli_connect_options. */
#define CLI_CONNECT_ROWS(type, member)                                                             \
    { .name = "connect",                                                                           \
      .letter = 'c',                                                                               \
      .argument = "URI",                                                                           \
      .offset = offsetof(type, member.uri),                                                        \
      .help = N_("the libvirt to ask: qemu:///system, qemu+ssh://host/system") },                  \
    {                                                                                              \
        .name = "timeout", .argument = "SECONDS", .offset = offsetof(type, member.timeout),        \
        .help = N_("how long libvirt may be silent before that is an error; by default 30, 0 is "  \
                   "for ever")                                                                     \
    }

/* A connection, and the functions to use it with: virt->define(connection, …). */
struct cli_connection {
    const struct cli_virt *virt;
    cvmdom_connection *connection;
};

/* Connects. Returns an enum cli_status, and says what is wrong; else the connection is to be given
 * to cli_virt_disconnect(). timeout is the argument of --timeout or NULL, uri NULL for libvirt's
 * default. */
int
cli_virt_connect(const struct cli_command *command, const char *uri, gboolean read_only,
                 const char *timeout, struct cli_connection *connection);
void
cli_virt_disconnect(struct cli_connection *connection);
/* cvmdom_connection_host() and _capture(), with a line for people who wait for it. */
cvmdom_host *
cli_virt_host(const struct cli_connection *connection, cvmdom_error **error);
int
cli_virt_capture(const struct cli_connection *connection, cvmdom_record *record,
                 cvmdom_error **error);
/* cli_fail() for an error of libvirt's: all lines of it, then what 'explain' knows of its cause. */
int
cli_virt_fail(cvmdom_error *error);

#endif
