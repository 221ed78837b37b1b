/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What domains.c and define.c share. */
#ifndef CVM_VIRT_DOMAINS_H
#define CVM_VIRT_DOMAINS_H

#include "virt/virt.h"

/* 1 and the domain, 0 when there is none of that name, -1 on failure. */
int
virt_domain_lookup(cvmdom_connection *connection, const char *name, virDomainPtr *domain,
                   cvmdom_error **error);
int
virt_domain_describe(cvmdom_connection *connection, virDomainPtr domain,
                     struct cvmdom_known_domain *known, cvmdom_error **error);
/* Frees its texts. */
void
virt_domain_clear(struct cvmdom_known_domain *known);
/* 1 when a managed save image is there, 0 when not, -1 on failure. */
int
virt_domain_is_saved(cvmdom_connection *connection, virDomainPtr domain, cvmdom_error **error);
#endif
