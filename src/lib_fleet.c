/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/fleet.h>. */
#include "cvmdom/fleet.h"
#include "fleet/fleet.h"
#include "fleet/place.h"
#include "lib.h"
#include "report/fleet.h"
#include "util/error.h"
#include "util/i18n.h"

CVM_LIB_HANDLE(fleet, cvmdom_fleet, struct cvm_fleet)

cvmdom_fleet *
cvmdom_fleet_new(void)
{
    return fleet_handle(cvm_fleet_new());
}

void
cvmdom_fleet_free(cvmdom_fleet *fleet)
{
    cvm_fleet_free(fleet_of(fleet));
}

int
cvmdom_fleet_set_vcpus_per_cpu(cvmdom_fleet *fleet, double vcpus, cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_fleet_set_vcpus_per_cpu(fleet_of(fleet), vcpus, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

int
cvmdom_fleet_add_profiles(cvmdom_fleet *fleet, const char *path, const char *const *sets,
                          cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_fleet_add_profiles(fleet_of(fleet), path, sets, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

int
cvmdom_fleet_add_host(cvmdom_fleet *fleet, const char *path, cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_fleet_add_host(fleet_of(fleet), path, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

int
cvmdom_fleet_want(cvmdom_fleet *fleet, const char *name, unsigned guests, cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_fleet_want(fleet_of(fleet), name, guests, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

void
cvmdom_fleet_judge(cvmdom_fleet *fleet)
{
    cvm_fleet_judge(fleet_of(fleet));
}

int
cvmdom_fleet_place(cvmdom_fleet *fleet, const struct cvmdom_place_solver *solver,
                   unsigned milliseconds, struct cvmdom_place_result *result, cvmdom_error **error)
{
    return cvm_fleet_place(fleet_of(fleet), solver, milliseconds, result, error);
}

static void
report_text(const struct cvm_fleet *fleet, gboolean colour, GString *out)
{
    cvm_fleet_report_text(fleet, colour, out);
}

static void
report_html(const struct cvm_fleet *fleet, gboolean colour, GString *out)
{
    (void)colour;
    cvm_fleet_report_html(fleet, out);
}

static const struct {
    const char *name;
    void (*report)(const struct cvm_fleet *fleet, gboolean colour, GString *out);
} formats[] = {
    { "text", report_text },
    { "html", report_html },
};

int
cvmdom_fleet_report(const cvmdom_fleet *fleet, const char *format, int colour, char **text,
                    cvmdom_error **error)
{
    GError *cause = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (g_str_equal(formats[i].name, format)) {
            GString *out = g_string_new(NULL);

            formats[i].report(fleet_of(fleet), colour != 0, out);
            *text = g_string_free(out, FALSE);
            return 0;
        }
    }
    cvm_error_set(&cause, CVM_ERROR_USAGE, _("there is no report format '%1$s'"), format);
    give_error(error, cause);
    return -1;
}
