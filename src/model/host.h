/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a host, reduced to numbers and lists. Every part may be missing: has_… says what
 * was there, and a rule that needs a missing part keeps silent. Sizes are in bytes unless named
 * otherwise. */
#ifndef CVM_MODEL_HOST_H
#define CVM_MODEL_HOST_H

#include <stdint.h>

#include "model/node.h"
#include "util/auto.h"

/* Unknown is 0, so that a struct of zeros knows nothing. */
enum cvm_known { CVM_UNKNOWN = 0, CVM_NO, CVM_YES };

struct cvm_strings {
    const char **items; /* NULL-terminated; NULL itself when the list is absent */
    unsigned count;
};
gboolean
cvm_strings_contain(const struct cvm_strings *list, const char *text);

/* ---- domain capabilities ---- */

struct cvm_cpu_model {
    const char *name;
    enum cvm_known usable;
    const char *vendor;
    const char *canonical; /* "EPYC-v1" of "EPYC"; NULL unless told */
    gboolean deprecated;
};

/* <enum name='bus'> below <disk>, and so on: which values an element's attribute may take. */
struct cvm_device_enum {
    const char
        *device; /* disk, graphics, video, hostdev, rng, filesystem, tpm, redirdev, channel, … */
    const char *name; /* bus, modelType, … */
    struct cvm_strings values;
};

struct cvm_domcaps {
    const char *emulator;
    const char *virt_type; /* kvm | qemu */
    const char *machine;   /* canonical: pc-q35-10.0 */
    const char *arch;
    unsigned vcpu_max;               /* 0: not told */
    struct cvm_strings firmware;     /* bios, efi */
    struct cvm_strings loaders;      /* paths */
    struct cvm_strings loader_types; /* rom, pflash */
    enum cvm_known loader_secure;    /* secure='yes' on offer */
    enum cvm_known host_passthrough, host_model_supported, maximum;
    const char *host_model;  /* NULL unless told */
    const char *host_vendor; /* AMD, Intel */
    struct cvm_cpu_model *models;
    unsigned n_models;
    struct cvm_device_enum *device_enums;
    unsigned n_device_enums;
    enum cvm_known sev;
    unsigned cbitpos, reduced_phys_bits; /* valid when sev is CVM_YES */
    gboolean has_max_guests;
    unsigned max_guests, max_es_guests;
    gboolean has_sectypes;       /* libvirt 10.5 and later */
    struct cvm_strings sectypes; /* sev, sev-snp */
};

/* ---- host capabilities ---- */

struct cvm_page_pool {
    uint64_t size; /* bytes */
    uint64_t count;
    uint64_t free; /* valid when has_free */
    gboolean has_free;
};

struct cvm_host_cpu {
    unsigned id, socket, die, core;
    const char *siblings; /* "0,64": threads of the same core, this one included */
};

struct cvm_host_node {
    unsigned id;
    uint64_t memory;
    struct cvm_page_pool *pools; /* of huge pages only */
    unsigned n_pools;
    struct cvm_host_cpu *cpus;
    unsigned n_cpus;
    unsigned *distances; /* by index into nodes; NULL when not told */
};

/* A CPU as vCPUs are given one. */
struct cvm_host_place {
    unsigned cpu;
    unsigned node; /* by index */
    unsigned core; /* its first sibling */
    unsigned socket, die;
};

struct cvm_topology {
    struct cvm_host_node *nodes; /* ascending ids */
    unsigned n_nodes;
    struct cvm_host_place *places; /* every CPU, by node, socket, die and core; the threads of a
                                      core side by side */
    unsigned n_places;
    unsigned *cpus; /* every CPU's id, ascending, each once */
    unsigned n_cpus;
};

/* ---- firmware ---- */

/* Sections of the SEV metadata (OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm). */
enum cvm_ovmf_section_type {
    CVM_OVMF_SEC_MEM = 1,
    CVM_OVMF_SECRETS = 2,
    CVM_OVMF_CPUID = 3,
    CVM_OVMF_SVSM_CAA = 4,
    CVM_OVMF_KERNEL_HASHES = 0x10,
};

struct cvm_ovmf_section {
    uint32_t address, size, type;
};

/* What an OVMF image says of itself: its GUID table, EOF - 32 (QEMU hw/i386/pc_sysfw_ovmf.c). */
struct cvm_ovmf {
    const char *path;
    uint64_t size;
    gboolean has_table;
    gboolean has_vars; /* starts with a variable store: a complete image, fit for stateless use */
    gboolean has_reset_block;
    uint32_t reset_address;
    gboolean has_hash_table;
    uint32_t hash_base, hash_size; /* base 0: not supported */
    gboolean has_secret_area;
    uint32_t secret_base, secret_size;
    gboolean has_metadata; /* "ASEV" block: built for SNP */
    struct cvm_ovmf_section *sections;
    unsigned n_sections;
    gboolean has_svsm;   /* a Secure VM Service Module */
    uint32_t svsm_entry; /* from where it is loaded */
    const char *broken;  /* what is wrong with its tables, a sentence; NULL: nothing */
};

enum cvm_firmware_device {
    CVM_FIRMWARE_FLASH_SPLIT,
    CVM_FIRMWARE_FLASH_COMBINED,
    CVM_FIRMWARE_FLASH_STATELESS,
    CVM_FIRMWARE_MEMORY,
    CVM_FIRMWARE_KERNEL,
    CVM_FIRMWARE_IGVM,
};

/* A QEMU firmware descriptor (docs/interop/firmware.json). */
struct cvm_firmware {
    const char *path; /* of the descriptor */
    const char *description;
    struct cvm_strings interfaces; /* uefi, bios */
    enum cvm_firmware_device device;
    const char *executable, *executable_format;
    const char *nvram_template, *nvram_format;
    struct cvm_strings targets; /* "x86_64 pc-q35-*": architecture, space, glob */
    struct cvm_strings features;
};

/* ---- the rest of the record ---- */

struct cvm_asids {
    gboolean known;
    unsigned sev, sev_es; /* SNP guests count as sev_es */
};

/* A device node or another file whose mode decides who may use it. */
struct cvm_device_node {
    enum cvm_known present;
    unsigned mode; /* 0 unknown */
    const char *owner, *group;
};

/* Guests that run on a connection, by what they are; others are not counted. */
struct cvm_running {
    gboolean known;
    unsigned sev, sev_es, sev_snp;
};

/* CPUID Fn8000_001F. */
struct cvm_cpuid {
    gboolean known;
    uint32_t eax, ebx, ecx, edx;
};

/* A model-specific register of processor 0. */
struct cvm_msr {
    const char *name; /* SYSCFG, HWCR, RMP_BASE, RMP_END: as AMD's manual calls them */
    uint64_t value;
};

/* A kernel module that somebody looked for; parameters are beside. */
struct cvm_module {
    const char *name;
    gboolean loaded;
};

struct cvm_host {
    struct cvm_arena *arena;
    const struct cvm_node *root;
    const char *file; /* as the user named it */
    const char *name; /* of the record; the file's name without one */

    gboolean has_domcaps;
    struct cvm_domcaps domcaps;
    gboolean has_topology;
    struct cvm_topology topology;
    enum cvm_known smt; /* more than one thread a core in use */
    enum cvm_known iommu_passthrough;

    gboolean has_firmware;
    struct cvm_firmware *firmware; /* in libvirt's order: masked ones gone, first match wins */
    unsigned n_firmware;
    const char
        *malformed_firmware; /* a descriptor that libvirt cannot read; NULL when there is none */
    struct cvm_ovmf *images;
    unsigned n_images;

    unsigned libvirt_version, qemu_version, kernel_version; /* CVM_VERSION; 0 unknown */
    gboolean has_sev_firmware;
    unsigned sev_api_major, sev_api_minor, sev_build;

    /* /sys/module/kvm_amd/parameters */
    enum cvm_known kvm_amd_sev, kvm_amd_sev_es, kvm_amd_sev_snp;
    gboolean has_ciphertext_hiding;
    unsigned ciphertext_hiding_asids;

    struct cvm_asids capacity, in_use; /* misc.capacity, misc.current */
    struct cvm_running running;        /* of libvirt's active domains */

    struct cvm_device_node dev_sev, dev_kvm;

    gboolean has_memlock;
    uint64_t memlock; /* the daemon's limit, bytes; G_MAXUINT64 for infinity */
    uint64_t caps_cached, parameters_changed; /* seconds since the epoch; 0 unknown */
    const char *cpu_model_name;               /* /proc/cpuinfo; NULL unknown */
    unsigned cpu_family,
        cpu_model; /* 0 unknown; family 23 model below 48 is first-generation EPYC */
    gboolean has_cpu_stepping;
    unsigned cpu_stepping;

    struct cvm_strings cpu_flags; /* of /proc/cpuinfo those that matter here; items NULL unknown */
    struct cvm_cpuid cpuid_sev;
    struct cvm_msr *msrs;
    unsigned n_msrs;
    struct cvm_module *modules;
    unsigned n_modules;
    enum cvm_known iommu_enabled;
    /* Options of the kernel's command line that matter here, and lines of its log, without times;
     * items NULL unknown. */
    struct cvm_strings kernel_options, kernel_messages;
    struct cvm_strings cgroup_controllers; /* of the unified hierarchy's root */
    gboolean has_hugetlbfs;
    uint64_t *hugetlbfs; /* page sizes, bytes, that are mounted */
    unsigned n_hugetlbfs;
    const char *qemu_user, *qemu_group; /* qemu.conf's; NULL unknown */
    enum cvm_known apparmor;            /* in force */
    enum cvm_known apparmor_dev_sev;    /* its profile for guests lets QEMU open /dev/sev */
    /* /dev/sev's PLATFORM_STATUS; state NULL unknown */
    const char *sev_state; /* uninit, init, working */
    unsigned sev_guests;   /* valid with sev_state */
};

struct cvm_host *
cvm_host_new(void);
void
cvm_host_free(struct cvm_host *host);
CVM_DEFINE_AUTO(host)

/* As a message names it. */
const char *
cvm_host_title(const struct cvm_host *host);
/* NULL when the host does not tell; borrowed. */
const struct cvm_ovmf *
cvm_host_image(const struct cvm_host *host, const char *path);
const struct cvm_device_enum *
cvm_host_device_enum(const struct cvm_host *host, const char *device, const char *name);
const struct cvm_host_node *
cvm_host_node(const struct cvm_host *host, unsigned id);
/* Bytes that a guest with pages of this size finds on a node: the pool's free pages where the
 * record tells, all of them where not. With ordinary pages (page 0, or 4096) what no huge page pool
 * holds. */
uint64_t
cvm_host_node_room(const struct cvm_host_node *node, uint64_t page);
const struct cvm_cpu_model *
cvm_host_cpu_model(const struct cvm_host *host, const char *name);

/* A part of what may be known of a host. */
struct cvm_host_part {
    const char *id;    /* "domain-capabilities" */
    const char *title; /* for the middle of a sentence; to be translated */
    gboolean (*known)(const struct cvm_host *host);
};

/* NULL beyond the last. */
const struct cvm_host_part *
cvm_host_part(size_t i);

#endif
