/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the page of a made fleet: print_fleet PROFILES KINDS HOSTS KINDS [placed|impossible]. */
#include <stdio.h>
#include <string.h>

#include "../unit/fleet_fixture.h"
#include "report/fleet.h"
#include "util/number.h"

int
main(int count, char **arguments)
{
    uint64_t numbers[4];
    struct cvm_fleet *fleet;
    g_autoptr(GString) page = g_string_new(NULL);

    for (int i = 0; i < 4; i++) {
        if (i + 1 >= count || !cvm_number_parse_decimal(arguments[i + 1], &numbers[i])) {
            fprintf(stderr, "usage: print_fleet PROFILES KINDS HOSTS KINDS [placed|impossible]\n");
            return 3;
        }
    }
    fleet = make_fleet((unsigned)numbers[0], (unsigned)numbers[1], (unsigned)numbers[2],
                       (unsigned)numbers[3]);
    if (count > 5) {
        (strcmp(arguments[5], "placed") == 0 ? place_guests : refuse_guests)(fleet);
    }
    cvm_fleet_report_html(fleet, page);
    cvm_fleet_free(fleet);
    return fwrite(page->str, 1, page->len, stdout) == page->len ? 0 : 1;
}
