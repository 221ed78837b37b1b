/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/harden.h>. */
#include "lib.h"

#include <string.h>

#include "harden/harden.h"
#include "read/read.h"
#include "util/error.h"
#include "util/file.h"
#include "util/i18n.h"

/* 0 for none. */
static int
parse_type(const char *type, enum cvm_guest *guest, GError **error)
{
    const struct cvm_guest_info *info = type ? cvm_guest_by_name(type) : NULL;

    if (type && !(info && info->guest & CVM_GUEST_AMD)) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%s' is no type of guest: use 'sev', 'sev-es' or 'sev-snp'"), type);
    }
    *guest = info ? info->guest : 0;
    return 0;
}

static struct cvm_hardening *
harden(const char *name, const char *data, size_t size, const char *type, const cvmdom_host *host,
       cvmdom_config *config, GError **error)
{
    enum cvm_guest guest = 0;

    if (parse_type(type, &guest, error) < 0) {
        return NULL;
    }
    return cvm_harden(name, data ? data : "", size, guest, host_of(host),
                      config ? config_control(config, name) : NULL, error);
}

cvmdom_hardening *
cvmdom_hardening_parse(const char *name, const char *data, size_t size, const char *type,
                       const cvmdom_host *host, cvmdom_config *config, cvmdom_error **error)
{
    GError *cause = NULL;
    struct cvm_hardening *hardening = harden(name, data, size, type, host, config, &cause);

    if (!hardening) {
        give_error(error, cause);
    }
    return hardening_handle(hardening);
}

cvmdom_hardening *
cvmdom_hardening_read(const char *path, const char *type, const cvmdom_host *host,
                      cvmdom_config *config, cvmdom_error **error)
{
    GError *cause = NULL;
    g_autofree char *data = NULL;
    size_t size;

    if (cvm_file_read(path, CVM_LIMIT_XML, &data, &size, &cause) < 0) {
        give_error(error, cause);
        return NULL;
    }
    return cvmdom_hardening_parse(path, data, size, type, host, config, error);
}

void
cvmdom_hardening_free(cvmdom_hardening *hardening)
{
    cvm_hardening_free(hardening_of(hardening));
}

const char *
cvmdom_hardening_text(const cvmdom_hardening *hardening, size_t *size)
{
    *size = hardening_of(hardening)->size;
    return hardening_of(hardening)->data;
}

char *
cvmdom_hardening_diff(const cvmdom_hardening *hardening, size_t *size)
{
    return cvm_hardening_diff(hardening_of(hardening), size);
}

int
cvmdom_hardening_change_at(const cvmdom_hardening *hardening, size_t i,
                           struct cvmdom_change *change)
{
    const GPtrArray *changes = hardening_of(hardening)->changes;
    const struct cvm_change *made;

    if (i >= changes->len) {
        return -1;
    }
    made = g_ptr_array_index(changes, i);
    *change = (struct cvmdom_change){
        .rule = made->rule,
        .name = made->name,
        .severity = (int)made->severity,
        .line = made->line,
        .why = made->why,
        .done = made->done,
    };
    return 0;
}

const cvmdom_findings *
cvmdom_hardening_left(const cvmdom_hardening *hardening)
{
    return findings_handle(hardening_of(hardening)->left);
}

const char *
cvmdom_hardening_reason(const cvmdom_hardening *hardening, size_t i)
{
    const GPtrArray *reasons = hardening_of(hardening)->reasons;

    return i < reasons->len ? g_ptr_array_index(reasons, i) : NULL;
}
