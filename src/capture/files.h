/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of a machine's files share. Each takes what it finds into the host; what is
 * missing, cannot be read or is no sense leaves its part unknown, so that none of them can fail. */
#ifndef CVM_CAPTURE_FILES_H
#define CVM_CAPTURE_FILES_H

#include "capture/capture.h"
#include "util/tree.h"

struct cvm_files {
    struct cvm_record *record;
    struct cvm_host *host;
    struct cvm_arena *arena; /* the host's */
    const struct cvm_tree *tree;
    gboolean here;          /* the tree is this machine's: its processes and registers are too */
    uint64_t kvm_amd_since; /* when kvm_amd was loaded, by the kernel's log; 0 unknown */
};

enum {
    CVM_FILES_VALUE = 128,           /* bytes of one value */
    CVM_FILES_MANY = 256,            /* files of a folder that are read */
    CVM_FILES_TEXT = 1024 * 1024,    /* of a file that is read whole */
    CVM_FILES_LOG = 8 * 1024 * 1024, /* of a log, from its end */
};

/* files_read.c */

/* A text file as a whole, or NULL; the caller's to g_free(). */
char *
cvm_files_text(const struct cvm_files *files, const char *path);
/* A file's only line if that is a value (below), in the arena; NULL otherwise. */
const char *
cvm_files_value(const struct cvm_files *files, const char *path);
gboolean
cvm_files_number(const struct cvm_files *files, const char *path, uint64_t limit, uint64_t *number);
/* Something that may stand in a record: printable ASCII, at least one and at most CVM_FILES_VALUE
 * characters. */
gboolean
cvm_files_is_value(const char *text);
/* Decimal, at most limit. */
gboolean
cvm_files_parse(const char *text, uint64_t limit, uint64_t *number);
/* Content of a folder whether there is one or not; the caller's to g_ptr_array_unref(). */
GPtrArray *
cvm_files_list(const struct cvm_files *files, const char *path);
gboolean
cvm_files_have(const struct cvm_files *files, const char *path);
/* Names that are PREFIX and a number, in the number's order: an array of unsigned; the caller's. */
GArray *
cvm_files_numbered(const struct cvm_files *files, const char *path, const char *prefix);
/* Takes over the texts of an array of char *, which live in the arena. */
void
cvm_files_set_strings(struct cvm_strings *list, struct cvm_arena *arena, const GPtrArray *texts);
/* The line's beginning is skipped, and its blanks; NULL when it begins otherwise. */
const char *
cvm_files_after(const char *line, const char *start);

/* files_memory.c: "hugepages-2048kB", in bytes. */
gboolean
cvm_files_pool_size(const char *name, uint64_t *size);
/* files_libvirt.c: the value of a key of qemu.conf, without its quotes, in the arena; with fallback
 * what the packager's comment says of it. NULL when there is none. */
const char *
cvm_files_qemu_conf(const struct cvm_files *files, const char *key, gboolean fallback);

/* The parts, in the order that cvm_record_add_files() calls them. */
void
cvm_files_take_processor(struct cvm_files *files);
void
cvm_files_take_kernel(struct cvm_files *files);
void
cvm_files_take_modules(struct cvm_files *files);
void
cvm_files_take_log(struct cvm_files *files);
void
cvm_files_take_cgroup(struct cvm_files *files);
void
cvm_files_take_devices(struct cvm_files *files);
void
cvm_files_take_iommu(struct cvm_files *files);
void
cvm_files_take_memory(struct cvm_files *files);
void
cvm_files_take_topology(struct cvm_files *files);
void
cvm_files_take_memlock(struct cvm_files *files);
void
cvm_files_take_libvirt(struct cvm_files *files);
void
cvm_files_take_apparmor(struct cvm_files *files);
void
cvm_files_take_virsh(struct cvm_files *files);
void
cvm_files_take_packages(struct cvm_files *files);
void
cvm_files_take_firmware(struct cvm_files *files);
void
cvm_files_take_machine(struct cvm_files *files);

#endif
