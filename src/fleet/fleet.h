/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a struct cvm_fleet: reads, judges by kinds, counts, places. */
#ifndef CVM_FLEET_FLEET_H
#define CVM_FLEET_FLEET_H

#include "model/fleet.h"

struct cvm_fleet *
cvm_fleet_new(void);
void
cvm_fleet_free(struct cvm_fleet *fleet);
CVM_DEFINE_AUTO(fleet)

#endif
