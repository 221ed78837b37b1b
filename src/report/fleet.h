/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet out, one file a format. */
#ifndef CVM_REPORT_FLEET_H
#define CVM_REPORT_FLEET_H

#include "model/fleet.h"

void
cvm_fleet_report_text(const struct cvm_fleet *fleet, gboolean colour, GString *out);
void
cvm_fleet_report_json(const struct cvm_fleet *fleet, GString *out);
/* The JSON Schema of that: schemas/fleet.schema.json; static. */
const char *
cvm_fleet_schema(void);
/* A page that needs nothing beside itself: HTML that is well-formed XML, too, without a script.
 * What a thousand profiles on a thousand hosts would make too long is left out, which the page
 * says. */
void
cvm_fleet_report_html(const struct cvm_fleet *fleet, GString *out);

#endif
