/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libcvmdom-virt share. The only user of libvirt; of cvmdom it knows the public
 * headers. */
#ifndef CVM_VIRT_VIRT_H
#define CVM_VIRT_VIRT_H

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "cvmdom/cvmdom.h"
#include "cvmdom/virt.h"

struct cvmdom_connection {
    virConnectPtr libvirt;
    char *uri;
    gboolean local;
};

/* errors.c */

/* What was attempted ("'qemu:///system' does not start 'db'"), then what libvirt last said in this
 * thread. CVMDOM_ERROR_CONNECTION when that is about the connection or permission, else _REFUSED.
 * Returns -1. */
int
virt_fail(cvmdom_connection *connection, cvmdom_error **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* The same only when that means that the connection is gone; else 0. */
int
virt_fail_if_lost(cvmdom_connection *connection, cvmdom_error **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Keeps a new connection from printing its errors to standard error. */
void
virt_silence(virConnectPtr libvirt);

/* events.c */

/* Sees to an event loop for libvirt, which keep-alive and the embedded driver need: the program's,
 * or one in a thread of its own. Once a process. Returns FALSE when there can be none. */
gboolean
virt_start_events(void);
/* Starts a thread that takes no signals: those are for the program's own. FALSE when there can be
 * none. */
gboolean
virt_start_thread(const char *name, GThreadFunc run, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(virDomain, virDomainFree)

#endif
