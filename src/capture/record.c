/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "capture/capture.h"

enum { BASE_PAGE = 4096 };

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
        cvm_host_free(record->domcaps);
        cvm_host_free(record->caps);
        cvm_host_free(record->host);
        g_free(record);
    }
}

void
cvm_record_set_free_pages(struct cvm_record *record, const struct cvm_free_pages *pages)
{
    if (pages->size <= BASE_PAGE) {
        return;
    }
    for (guint i = 0; i < record->free_pages->len; i++) {
        struct cvm_free_pages *known = &g_array_index(record->free_pages, struct cvm_free_pages, i);

        if (known->node == pages->node && known->size == pages->size) {
            *known = *pages;
            return;
        }
    }
    g_array_append_val(record->free_pages, *pages);
}
