/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the public opaque types are made of. A handle is the internal struct under its public name:
 * the casts between the two are here, once. */
#ifndef CVM_LIB_H
#define CVM_LIB_H

#include <glib.h>

#include "cvmdom/cvmdom.h"
#include "harden/harden.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

#define CVM_LIB_HANDLE(noun, public_type, internal_type)                                           \
    static inline internal_type *noun##_of(const public_type *handle)                              \
    {                                                                                              \
        return (internal_type *)handle;                                                            \
    }                                                                                              \
    static inline public_type *noun##_handle(internal_type *internal)                              \
    {                                                                                              \
        return (public_type *)internal;                                                            \
    }

CVM_LIB_HANDLE(error, cvmdom_error, GError)
CVM_LIB_HANDLE(host, cvmdom_host, struct cvm_host)
CVM_LIB_HANDLE(findings, cvmdom_findings, struct cvm_findings)
CVM_LIB_HANDLE(domain, cvmdom_domain, struct cvm_domain)
CVM_LIB_HANDLE(hardening, cvmdom_hardening, struct cvm_hardening)
CVM_LIB_HANDLE(domains, cvmdom_domains, GPtrArray) /* of struct cvm_domain */

/* lib_config.c: what holds for an input; borrowed until the next call. */
const struct cvm_control *
config_control(cvmdom_config *config, const char *input);

/* Hands a failure to the caller, who may not want it. */
static inline void
give_error(cvmdom_error **to, GError *cause)
{
    if (to) {
        *to = error_handle(cause);
    } else {
        g_clear_error(&cause);
    }
}

#endif
