/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host record in the making: what a machine's files and its libvirt tell, in the model's terms
 * where that has one, and word for word where the record keeps words. */
#ifndef CVM_CAPTURE_CAPTURE_H
#define CVM_CAPTURE_CAPTURE_H

#include "model/domain.h"
#include "model/host.h"

/* What libvirt printed, reduced to what the record holds. */
struct cvm_capture_text {
    char *xml; /* NULL: none */
    size_t size;
};

/* A file that goes into the record as it is. */
struct cvm_capture_file {
    const char *path; /* below the root, from "/" on */
    const char *text; /* "" masks */
};

/* A parameter of a loaded module. */
struct cvm_capture_parameter {
    const char *module, *name, *value;
};

struct cvm_record {
    struct cvm_host *host; /* facts that the model has; its arena owns every text of the record */
    const char *kernel_release;
    unsigned long libvirt_version, qemu_version; /* as libvirt counts; 0 unknown */
    GArray *parameters;                          /* of struct cvm_capture_parameter */
    GArray *descriptors;                         /* of struct cvm_capture_file, in search order */
    struct cvm_capture_text domcaps, caps;
    const char *pdh, *cert_chain, *cpu0_id; /* base64; NULL unknown */
    GArray *free_pages;                     /* of struct cvm_free_pages */
};

struct cvm_free_pages {
    unsigned node;
    uint64_t size, count;
};

struct cvm_record *
cvm_record_new(const char *name);
void
cvm_record_free(struct cvm_record *record);
CVM_DEFINE_AUTO(record)

/* files.c: what the files below a root tell. Fails only when root is no folder to be read. */
int
cvm_record_add_files(struct cvm_record *record, const char *root, GError **error);
/* libvirt.c: <domainCapabilities> or <capabilities>. */
int
cvm_record_add_capabilities(struct cvm_record *record, const char *xml, size_t size,
                            GError **error);
/* libvirt.c: one more running guest; NULL: guests are counted. */
void
cvm_record_count_guest(struct cvm_record *record, const struct cvm_domain *domain);

/* write.c: the whole document, the caller's to g_free(). */
char *
cvm_record_write(const struct cvm_record *record, gboolean full);

#endif
