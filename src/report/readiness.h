/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host can run, for people and for programs. */
#ifndef CVM_REPORT_READINESS_H
#define CVM_REPORT_READINESS_H

#include "readiness/readiness.h"

/* types: bits of CVM_GUEST_AMD; what concerns none of them is left out. */
void
cvm_readiness_report_text(const struct cvm_readiness *readiness, unsigned types, gboolean colour,
                          GString *out);
void
cvm_readiness_report_json(const struct cvm_readiness *readiness, unsigned types, GString *out);

/* The JSON Schema (2020-12) of the latter, schemas/readiness.schema.json. Static. */
const char *
cvm_readiness_schema(void);

#endif
