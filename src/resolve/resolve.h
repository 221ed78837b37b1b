/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only place where a default is chosen, each with its reason. What the user gave is never
 * changed; what cannot be chosen stays unset, and a rule says why. */
#ifndef CVM_RESOLVE_RESOLVE_H
#define CVM_RESOLVE_RESOLVE_H

#include "model/domain.h"
#include "model/host.h"

/* host may be NULL: what depends on it stays unset. Of a domain read from XML nothing is chosen:
 * what it leaves out is libvirt's default. */
void
cvm_resolve(struct cvm_domain *domain, const struct cvm_host *host);

/* Takes over from the domain of that name that libvirt knows what this one leaves open and libvirt
 * would make up anew: UUID, path of the variable store, MAC addresses. Fails with
 * CVM_ERROR_UNSUPPORTED when that store is none that a profile can name. */
int
cvm_resolve_adopt(struct cvm_domain *domain, const struct cvm_domain *known, GError **error);

/* id_block.c: an ID block that was made for this domain, 96 bytes, with its authentication, 4096;
 * fails with CVM_ERROR_USAGE where there is one already. */
int
cvm_resolve_id_block(struct cvm_domain *domain, const guchar *block, const guchar *auth,
                     gboolean has_author, GError **error);
/* Takes out what the document says of one, and what the reader said of that; FALSE: nothing. */
gboolean
cvm_resolve_drop_id_block(struct cvm_domain *domain);

#endif
