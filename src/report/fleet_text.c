/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet for people at a terminal. */
#include "report/fleet.h"

static const char *const states[] = { "cannot", "full", "warned", "runs" };

void
cvm_fleet_report_text(const struct cvm_fleet *fleet, gboolean colour, GString *out)
{
    (void)colour;
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        for (unsigned j = 0; j < fleet->n_hosts; j++) {
            const struct cvm_fleet_cell *cell = cvm_fleet_cell(fleet, i, j);

            g_string_append_printf(out, "%s\t%s\t%s\t%u\t%u%s\n", fleet->profiles[i].name,
                                   fleet->hosts[j].name, states[cell->state], cell->guests,
                                   cell->pool, cell->assumed ? "\tassumed" : "");
        }
    }
}
