/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/place.h"

#include <stddef.h>

#include "cli/library.h"

#define SONAME "libcvmdom-place.so.0"

static const struct cli_symbol symbols[] = {
    { "cvmdom_place_solve", offsetof(struct cvmdom_place_solver, solve) },
    { "cvmdom_place_conflict", offsetof(struct cvmdom_place_solver, conflict) },
};

static void
explain_missing(const char *said)
{
    if (g_str_has_prefix(said, "libglpk.so")) {
        cli_say(
            _("to place these guests, or to prove that they do not fit, takes GLPK, which is not "
              "installed: install the package libglpk40 (Debian) or glpk (Fedora); %1$s"),
            said);
    } else if (g_str_has_prefix(said, SONAME)) {
        cli_say(
            _("to place these guests, or to prove that they do not fit, takes the library '%1$s', "
              "which is a part of cvmdom, but is not installed here: install it beside the "
              "command; %2$s"),
            SONAME, said);
    } else {
        cli_say(
            _("to place these guests, or to prove that they do not fit, takes the library '%1$s', "
              "which cannot be loaded: %2$s"),
            SONAME, said);
    }
}

/* Takes its time. */
static int
ask_solver(cvmdom_fleet *fleet, const struct cvmdom_place_solver *solver, unsigned seconds,
           struct cvmdom_place_result *result, cvmdom_error **error)
{
    int status;

    cli_progress_wait(_("placing the guests"));
    status = cvmdom_fleet_place(fleet, solver, seconds * 1000, result, error);
    cli_progress_end();
    return status;
}

/* said: the loader's words when it is missing. */
static const struct cvmdom_place_solver *
load(const char **said)
{
    static struct cvmdom_place_solver solver;

    return cli_library_load(SONAME, symbols, G_N_ELEMENTS(symbols), &solver, said) ? &solver : NULL;
}

int
cli_place_guests(cvmdom_fleet *fleet, unsigned seconds)
{
    struct cvmdom_place_result result;
    const struct cvmdom_place_solver *solver;
    cvmdom_error *error = NULL;
    const char *said;

    if (cvmdom_fleet_place(fleet, NULL, 0, &result, &error) < 0) {
        return cli_fail(error);
    }
    if (result.answer != CVMDOM_PLACE_PLACED || !result.optimal) {
        solver = load(&said);
        if (solver && ask_solver(fleet, solver, seconds, &result, &error) < 0) {
            return cli_fail(error);
        }
        if (!solver && result.answer != CVMDOM_PLACE_PLACED) {
            explain_missing(said);
        }
    }
    return result.answer == CVMDOM_PLACE_PLACED ? CLI_CLEAN : CLI_FINDINGS;
}
