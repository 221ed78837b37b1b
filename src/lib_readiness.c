/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/readiness.h>. */
#include <stdlib.h>
#include <string.h>

#include "cvmdom/readiness.h"
#include "lib.h"
#include "readiness/readiness.h"
#include "report/readiness.h"
#include "util/error.h"
#include "util/i18n.h"

CVM_LIB_HANDLE(readiness, cvmdom_readiness, struct cvm_readiness)

static const struct {
    enum cvm_guest guest;
    enum cvmdom_type_bit bit;
} types[] = {
    { CVM_GUEST_SEV, CVMDOM_TYPE_SEV },
    { CVM_GUEST_SEV_ES, CVMDOM_TYPE_SEV_ES },
    { CVM_GUEST_SEV_SNP, CVMDOM_TYPE_SEV_SNP },
};

/* The bits for others. */
static unsigned
export_types(unsigned guests)
{
    unsigned bits = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        bits |= guests & types[i].guest ? (unsigned)types[i].bit : 0;
    }
    return bits;
}

/* 0, with the error set, for what is no type of confidential guest. */
static unsigned
import_type(const char *name, GError **error)
{
    const struct cvm_guest_info *info = cvm_guest_by_name(name);

    if (!info || !(info->guest & CVM_GUEST_AMD)) {
        cvm_error_set(error, CVM_ERROR_USAGE,
                      _("there is no type '%s' of confidential guests: it is 'sev', 'sev-es' or "
                        "'sev-snp'"),
                      name);
        return 0;
    }
    return info->guest;
}

cvmdom_readiness *
cvmdom_host_check(const cvmdom_host *host)
{
    return readiness_handle(cvm_readiness_new(host_of(host)));
}

void
cvmdom_readiness_free(cvmdom_readiness *readiness)
{
    cvm_readiness_free(readiness_of(readiness));
}

int
cvmdom_readiness_at(const cvmdom_readiness *handle, size_t i, struct cvmdom_check *check)
{
    const struct cvm_readiness *readiness = readiness_of(handle);
    const struct cvm_verdict *verdict;

    if (i >= readiness->n_verdicts) {
        return -1;
    }
    verdict = &readiness->verdicts[i];
    *check = (struct cvmdom_check){
        .id = verdict->check->id,
        .state = (int)verdict->state,
        .types = export_types(verdict->types),
        .title = _(verdict->check->title),
        .fact = verdict->fact,
        .fix = verdict->fix,
        .myth = verdict->check->myth ? _(verdict->check->myth) : NULL,
    };
    return 0;
}

int
cvmdom_check_info_at(size_t i, struct cvmdom_check_info *info)
{
    const struct cvm_host_check *check = i <= G_MAXUINT ? cvm_host_check_at((unsigned)i) : NULL;

    if (!check) {
        return -1;
    }
    *info = (struct cvmdom_check_info){
        .id = check->id,
        .types = export_types(check->types),
        .title = _(check->title),
        .source = check->source,
        .fix = check->fix ? _(check->fix) : NULL,
        .myth = check->myth ? _(check->myth) : NULL,
    };
    return 0;
}

int
cvmdom_readiness_type(const cvmdom_readiness *handle, const char *type,
                      struct cvmdom_prospect *prospect, cvmdom_error **error)
{
    const struct cvm_readiness *readiness = readiness_of(handle);
    GError *cause = NULL;
    unsigned guest = import_type(type, &cause);

    for (unsigned i = 0; i < CVM_READINESS_TYPES; i++) {
        const struct cvm_prospect *found = &readiness->prospects[i];

        if (found->guest == guest) {
            *prospect = (struct cvmdom_prospect){
                .type = cvm_guest_info(found->guest)->name,
                .state = (int)found->state,
                .has_capacity = found->has_capacity,
                .capacity = found->capacity,
                .has_free = found->has_free,
                .free = found->free,
            };
            return 0;
        }
    }
    give_error(error, cause);
    return -1;
}

static int
report(const struct cvm_readiness *readiness, const char *format, const char *type, gboolean colour,
       char **text, GError **error)
{
    unsigned guests = type ? import_type(type, error) : CVM_GUEST_AMD;
    GString *out;

    if (guests == 0) {
        return -1;
    }
    if (!g_str_equal(format, "text") && !g_str_equal(format, "json")) {
        return cvm_error_set(error, CVM_ERROR_USAGE, _("there is no report format '%1$s'"), format);
    }
    out = g_string_new(NULL);
    if (g_str_equal(format, "json")) {
        cvm_readiness_report_json(readiness, guests, out);
    } else {
        cvm_readiness_report_text(readiness, guests, colour, out);
    }
    *text = g_string_free(out, FALSE);
    return 0;
}

int
cvmdom_readiness_report(const cvmdom_readiness *readiness, const char *format, const char *type,
                        int colour, char **text, cvmdom_error **error)
{
    GError *cause = NULL;

    if (report(readiness_of(readiness), format, type, colour != 0, text, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

const char *
cvmdom_readiness_schema(void)
{
    return cvm_readiness_schema();
}
