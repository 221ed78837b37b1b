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
    return cvmdom_fleet_add_host_found(fleet, path, NULL, error);
}

int
cvmdom_fleet_add_host_found(cvmdom_fleet *fleet, const char *path, int *is_host,
                            cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_fleet_add_host(fleet_of(fleet), path, is_host, &cause) < 0) {
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

/* ---- what came of it ---- */

int
cvmdom_fleet_profile_at(const cvmdom_fleet *handle, size_t i, struct cvmdom_fleet_profile *profile)
{
    const struct cvm_fleet *fleet = fleet_of(handle);

    if (i >= fleet->n_profiles) {
        return -1;
    }
    *profile = (struct cvmdom_fleet_profile){
        .name = fleet->profiles[i].name,
        .file = fleet->profiles[i].file,
        .wanted = fleet->profiles[i].wanted,
        .placed = fleet->profiles[i].placed,
    };
    for (unsigned j = 0; j < fleet->n_hosts; j++) {
        profile->hosts += cvm_fleet_cell(fleet, (unsigned)i, j)->state >= CVM_FLEET_WARNED;
    }
    return 0;
}

const char *
cvmdom_fleet_host_name(const cvmdom_fleet *handle, size_t i)
{
    const struct cvm_fleet *fleet = fleet_of(handle);

    return i < fleet->n_hosts ? fleet->hosts[i].name : NULL;
}

int
cvmdom_fleet_pair_at(const cvmdom_fleet *handle, size_t profile, size_t host,
                     struct cvmdom_fleet_pair *pair)
{
    const struct cvm_fleet *fleet = fleet_of(handle);
    const struct cvm_fleet_cell *cell;

    if (profile >= fleet->n_profiles || host >= fleet->n_hosts) {
        return -1;
    }
    cell = cvm_fleet_cell(fleet, (unsigned)profile, (unsigned)host);
    *pair = (struct cvmdom_fleet_pair){
        .state = cell->state,
        .unlimited = cell->guests == CVM_FLEET_NO_LIMIT,
        .guests = cell->guests == CVM_FLEET_NO_LIMIT ? 0 : cell->guests,
        .assumed = cell->assumed,
        .limit = cell->pool == G_MAXUINT16
                     ? NULL
                     : cvm_fleet_resource_id(fleet->hosts[host].pools[cell->pool].resource),
    };
    return 0;
}

int
cvmdom_fleet_share_at(const cvmdom_fleet *handle, size_t i, struct cvmdom_fleet_share *share)
{
    const struct cvm_fleet *fleet = fleet_of(handle);

    if (i >= fleet->n_shares) {
        return -1;
    }
    *share = (struct cvmdom_fleet_share){
        .profile = fleet->shares[i].profile,
        .host = fleet->shares[i].host,
        .guests = fleet->shares[i].guests,
    };
    return 0;
}

static void
report_text(const struct cvm_fleet *fleet, gboolean colour, GString *out)
{
    cvm_fleet_report_text(fleet, colour, out);
}

static void
report_json(const struct cvm_fleet *fleet, gboolean colour, GString *out)
{
    (void)colour;
    cvm_fleet_report_json(fleet, out);
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
    { "json", report_json },
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

const char *
cvmdom_fleet_schema(void)
{
    return cvm_fleet_schema();
}
