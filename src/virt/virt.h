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

/* Sets *error to what libvirt last said in this thread, and returns -1. */
int
virt_fail(cvmdom_error **error);

#endif
