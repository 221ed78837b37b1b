/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a host, for people and for programs. */
#ifndef CVM_REPORT_HOST_H
#define CVM_REPORT_HOST_H

#include "model/host.h"
#include "model/need.h"

/* What is known by section, and in the last line what is not. */
void
cvm_host_report_text(const struct cvm_host *host, GString *out);
/* As <cvmdom/readiness.h> describes it. */
void
cvm_host_report_json(const struct cvm_host *host, GString *out);

/* host.c: a firmware image, as it says itself or as a descriptor says. */
struct cvm_report_firmware {
    const char *path;
    const struct cvm_ovmf *image;          /* NULL: nobody looked into it */
    const struct cvm_firmware *descriptor; /* NULL: none names it */
};
/* Those that were looked into, then what else descriptors name; the caller's to g_array_unref(). */
GArray *
cvm_report_list_firmware(const struct cvm_host *host);
/* A profile of such a guest may get it: a descriptor offers it and it does not say otherwise
 * itself, or it is complete and proves itself to be for them. */
gboolean
cvm_report_firmware_carries(const struct cvm_host *host, const struct cvm_report_firmware *firmware,
                            enum cvm_guest guest);

#endif
