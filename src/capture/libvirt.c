/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt tells. */
#include "capture/capture.h"
#include "util/error.h"

int
cvm_record_add_capabilities(struct cvm_record *record, const char *xml, size_t size,
                            GError **error G_GNUC_UNUSED)
{
    g_free(record->domcaps.xml);
    record->domcaps.xml = g_strndup(xml, size);
    record->domcaps.size = size;
    return 0;
}

void
cvm_record_count_guest(struct cvm_record *record, const struct cvm_domain *domain G_GNUC_UNUSED)
{
    record->host->running.known = TRUE;
}
