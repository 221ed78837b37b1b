/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts filled by hand, as a record would. */
#ifndef CVM_TESTS_HOST_FIXTURE_H
#define CVM_TESTS_HOST_FIXTURE_H

#include <string.h>

#include "model/host.h"
#include "read/host.h"
#include "util/number.h"

static inline struct cvm_strings
new_strings(struct cvm_host *host, const char *words)
{
    g_auto(GStrv) split = g_strsplit(words, ";", 0);
    struct cvm_strings list = { .count = g_strv_length(split) };

    list.items = cvm_arena_array(host->arena, const char *, list.count + 1);
    for (unsigned i = 0; i < list.count; i++) {
        list.items[i] = cvm_arena_strdup(host->arena, split[i]);
    }
    return list;
}

/* Models as "EPYC EPYC-Rome -EPYC-Genoa": a minus before what is not usable. */
static inline void
set_models(struct cvm_host *host, const char *host_model, const char *models)
{
    g_auto(GStrv) names = g_strsplit(models, " ", 0);
    struct cvm_domcaps *caps = &host->domcaps;

    caps->host_model = host_model;
    caps->n_models = g_strv_length(names);
    caps->models = cvm_arena_array(host->arena, struct cvm_cpu_model, caps->n_models);
    for (unsigned i = 0; i < caps->n_models; i++) {
        gboolean usable = names[i][0] != '-';

        caps->models[i].name = cvm_arena_strdup(host->arena, names[i] + !usable);
        caps->models[i].usable = usable ? CVM_YES : CVM_NO;
    }
}

static inline struct cvm_firmware *
add_descriptor(struct cvm_host *host, enum cvm_firmware_device device, const char *executable,
               const char *nvram_template, const char *features)
{
    struct cvm_firmware *all =
        cvm_arena_array(host->arena, struct cvm_firmware, host->n_firmware + 1);
    struct cvm_firmware *added = &all[host->n_firmware];

    for (unsigned i = 0; i < host->n_firmware; i++) {
        all[i] = host->firmware[i];
    }
    added->interfaces = new_strings(host, "uefi");
    added->device = device;
    added->executable = executable;
    added->executable_format = "raw";
    added->nvram_template = nvram_template;
    added->nvram_format = "raw";
    added->targets = new_strings(host, "x86_64 pc-q35-*");
    added->features = new_strings(host, features);
    host->has_firmware = TRUE;
    host->firmware = all;
    host->n_firmware++;
    return added;
}

/* contents: v variable store, r reset block, m metadata, h area for kernel hashes. */
static inline void
add_image(struct cvm_host *host, const char *path, const char *contents)
{
    struct cvm_ovmf *all = cvm_arena_array(host->arena, struct cvm_ovmf, host->n_images + 1);
    struct cvm_ovmf *added = &all[host->n_images];

    for (unsigned i = 0; i < host->n_images; i++) {
        all[i] = host->images[i];
    }
    added->path = path;
    added->size = 2 << 20;
    added->has_table = TRUE;
    added->has_vars = strchr(contents, 'v') != NULL;
    added->has_reset_block = strchr(contents, 'r') != NULL;
    added->reset_address = 0xfffff0b0;
    added->has_metadata = strchr(contents, 'm') != NULL;
    added->has_hash_table = TRUE;
    added->hash_base = strchr(contents, 'h') ? 0x810c00 : 0;
    host->images = all;
    host->n_images++;
}

/* Nodes alike: cores of two threads each, siblings apart by the number of cores of the host, as
 * Linux counts them. */
static inline void
set_topology(struct cvm_host *host, unsigned nodes, unsigned cores, unsigned threads,
             uint64_t memory, uint64_t page, uint64_t pages)
{
    struct cvm_topology *topology = &host->topology;

    host->has_topology = TRUE;
    topology->n_nodes = nodes;
    topology->nodes = cvm_arena_array(host->arena, struct cvm_host_node, nodes);
    for (unsigned n = 0; n < nodes; n++) {
        struct cvm_host_node *node = &topology->nodes[n];

        node->id = n;
        node->memory = memory;
        node->n_pools = 1;
        node->pools = cvm_arena_new0(host->arena, struct cvm_page_pool);
        node->pools->size = page;
        node->pools->count = pages;
        node->n_cpus = cores * threads;
        node->cpus = cvm_arena_array(host->arena, struct cvm_host_cpu, node->n_cpus);
        node->distances = cvm_arena_array(host->arena, unsigned, nodes);
        for (unsigned i = 0; i < nodes; i++) {
            node->distances[i] = i == n ? 10 : i / 2 == n / 2 ? 12 : 32;
        }
        for (unsigned i = 0; i < node->n_cpus; i++) {
            unsigned core = n * cores + i % cores;

            node->cpus[i].id = core + i / cores * nodes * cores;
            node->cpus[i].core = core;
            node->cpus[i].siblings =
                threads > 1 ? cvm_arena_printf(host->arena, "%u,%u", core, core + nodes * cores)
                            : cvm_arena_printf(host->arena, "%u", core);
        }
    }
    cvm_host_order_places(host);
}

/* A Debian 12 host with SEV and SEV-ES, and its firmware as that ships it. */
static inline struct cvm_host *
new_host(void)
{
    struct cvm_host *host = cvm_host_new();

    host->libvirt_version = CVM_VERSION(9, 0, 0);
    host->qemu_version = CVM_VERSION(7, 2, 0);
    host->has_domcaps = TRUE;
    host->domcaps.emulator = "/usr/bin/qemu-system-x86_64";
    host->domcaps.machine = "pc-q35-7.2";
    host->domcaps.sev = CVM_YES;
    host->domcaps.cbitpos = 51;
    host->domcaps.reduced_phys_bits = 1;
    set_models(host, "EPYC-Rome", "EPYC EPYC-IBPB EPYC-Rome -EPYC-Milan qemu64");
    add_descriptor(host, CVM_FIRMWARE_FLASH_SPLIT, "/CODE_4M.ms.fd", "/VARS_4M.ms.fd",
                   "acpi-s3;amd-sev;enrolled-keys;requires-smm;secure-boot");
    add_descriptor(host, CVM_FIRMWARE_FLASH_SPLIT, "/CODE_4M.fd", "/VARS_4M.fd", "acpi-s3;amd-sev");
    add_image(host, "/CODE_4M.ms.fd", "r");
    add_image(host, "/CODE_4M.fd", "r");
    add_image(host, "/OVMF.fd", "vrm");
    return host;
}

#endif
