/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "capture/capture.h"

struct cvm_record *
cvm_record_new(const char *name)
{
    struct cvm_record *record = g_new0(struct cvm_record, 1);

    record->host = cvm_host_new();
    record->host->name = cvm_arena_strdup(record->host->arena, name ? name : "host");
    record->parameters = g_array_new(FALSE, FALSE, sizeof(struct cvm_capture_parameter));
    record->descriptors = g_array_new(FALSE, FALSE, sizeof(struct cvm_capture_file));
    record->free_pages = g_array_new(FALSE, FALSE, sizeof(struct cvm_free_pages));
    return record;
}

void
cvm_record_free(struct cvm_record *record)
{
    if (record) {
        g_array_unref(record->parameters);
        g_array_unref(record->descriptors);
        g_array_unref(record->free_pages);
        g_free(record->domcaps.xml);
        g_free(record->caps.xml);
        cvm_host_free(record->host);
        g_free(record);
    }
}
