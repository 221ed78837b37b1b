/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/host.h"

#define BASE_PAGE 4096

gboolean
cvm_strings_contain(const struct cvm_strings *list, const char *text)
{
    return list->items && g_strv_contains(list->items, text);
}

struct cvm_host *
cvm_host_new(void)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_host *host = cvm_arena_new0(arena, struct cvm_host);

    host->arena = arena;
    return host;
}

void
cvm_host_free(struct cvm_host *host)
{
    if (host) {
        cvm_arena_free(host->arena);
    }
}

const char *
cvm_host_title(const struct cvm_host *host)
{
    return host->name ? host->name : host->file ? host->file : "?";
}

const struct cvm_ovmf *
cvm_host_image(const struct cvm_host *host, const char *path)
{
    for (unsigned i = 0; i < host->n_images; i++) {
        if (g_str_equal(host->images[i].path, path)) {
            return &host->images[i];
        }
    }
    return NULL;
}

const struct cvm_device_enum *
cvm_host_device_enum(const struct cvm_host *host, const char *device, const char *name)
{
    for (unsigned i = 0; i < host->domcaps.n_device_enums; i++) {
        const struct cvm_device_enum *list = &host->domcaps.device_enums[i];

        if (g_str_equal(list->device, device) && g_str_equal(list->name, name)) {
            return list;
        }
    }
    return NULL;
}

const struct cvm_host_node *
cvm_host_node(const struct cvm_host *host, unsigned id)
{
    for (unsigned i = 0; i < host->topology.n_nodes; i++) {
        if (host->topology.nodes[i].id == id) {
            return &host->topology.nodes[i];
        }
    }
    return NULL;
}

uint64_t
cvm_host_node_room(const struct cvm_host_node *node, uint64_t page)
{
    uint64_t pooled = 0;

    for (unsigned i = 0; i < node->n_pools; i++) {
        const struct cvm_page_pool *pool = &node->pools[i];

        if (page > BASE_PAGE && pool->size == page) {
            return (pool->has_free ? pool->free : pool->count) * page;
        }
        pooled += pool->size > BASE_PAGE ? pool->size * pool->count : 0;
    }
    return page > BASE_PAGE ? 0 : node->memory - MIN(pooled, node->memory);
}

const struct cvm_cpu_model *
cvm_host_cpu_model(const struct cvm_host *host, const char *name)
{
    for (unsigned i = 0; i < host->domcaps.n_models; i++) {
        if (g_str_equal(host->domcaps.models[i].name, name)) {
            return &host->domcaps.models[i];
        }
    }
    return NULL;
}
