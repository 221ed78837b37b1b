/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/host.h>. */
#include "lib.h"

#include "read/read.h"
#include "report/host.h"
#include "util/error.h"
#include "util/i18n.h"

cvmdom_host *
cvmdom_host_read(const char *path, cvmdom_error **error)
{
    GError *cause = NULL;
    struct cvm_host *host = cvm_host_read(path, &cause);

    if (!host) {
        give_error(error, cause);
    }
    return host_handle(host);
}

cvmdom_host *
cvmdom_host_parse(const char *name, const char *data, size_t size, cvmdom_error **error)
{
    GError *cause = NULL;
    struct cvm_host *host = cvm_host_parse(name, data ? data : "", size, &cause);

    if (!host) {
        give_error(error, cause);
    }
    return host_handle(host);
}

int
cvmdom_host_add_firmware(cvmdom_host *host, const char *root, cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_host_add_firmware(host_of(host), root, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

const char *
cvmdom_host_name(const cvmdom_host *host)
{
    return host_of(host)->name;
}

int
cvmdom_host_has_firmware(const cvmdom_host *host)
{
    return host_of(host)->has_firmware;
}

const char *
cvmdom_host_image_at(const cvmdom_host *handle, size_t i)
{
    const struct cvm_host *host = host_of(handle);

    if (i < host->n_firmware) {
        return host->firmware[i].executable;
    }
    i -= host->n_firmware;
    return i < host->n_images ? host->images[i].path : NULL;
}

int
cvmdom_host_part_at(const cvmdom_host *host, size_t i, struct cvmdom_host_part *part)
{
    const struct cvm_host_part *row = cvm_host_part(i);

    if (!row) {
        return -1;
    }
    *part = (struct cvmdom_host_part){
        .id = row->id,
        .title = _(row->title),
        .known = row->known(host_of(host)),
    };
    return 0;
}

int
cvmdom_host_describe(const cvmdom_host *host, const char *format, char **text, cvmdom_error **error)
{
    gboolean json = g_str_equal(format, "json");
    GError *cause = NULL;
    GString *out;

    if (!json && !g_str_equal(format, "text")) {
        cvm_error_set(&cause, CVM_ERROR_USAGE, _("there is no report format '%1$s'"), format);
        give_error(error, cause);
        return -1;
    }
    out = g_string_new(NULL);
    if (json) {
        cvm_host_report_json(host_of(host), out);
    } else {
        cvm_host_report_text(host_of(host), out);
    }
    *text = g_string_free(out, FALSE);
    return 0;
}

void
cvmdom_host_free(cvmdom_host *host)
{
    cvm_host_free(host_of(host));
}
