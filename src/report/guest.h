/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What guests need inside, for people and for programs. */
#ifndef CVM_REPORT_GUEST_H
#define CVM_REPORT_GUEST_H

#include "guest/guest.h"

void
cvm_guest_report_text(const struct cvm_guest_advice *const *advice, size_t count, gboolean colour,
                      GString *out);
void
cvm_guest_report_json(const struct cvm_guest_advice *const *advice, size_t count, GString *out);

/* The JSON Schema (2020-12) of the latter, schemas/guest.schema.json. Static. */
const char *
cvm_guest_schema(void);

#endif
