/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host record in the making: what a machine's files and its libvirt tell, in the model's terms
 * where that has one, and word for word where the record keeps words. */
#ifndef CVM_CAPTURE_CAPTURE_H
#define CVM_CAPTURE_CAPTURE_H

#include "model/domain.h"
#include "model/host.h"
#include "util/xml_out.h"

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
    GArray *parameters;                     /* of struct cvm_capture_parameter, by module */
    GArray *descriptors;                    /* of struct cvm_capture_file, in search order */
    struct cvm_host *domcaps, *caps;        /* what libvirt printed, as it is read; NULL: none */
    const char *pdh, *cert_chain, *cpu0_id; /* base64; NULL unknown */
    GArray *free_pages;                     /* of struct cvm_free_pages, in any order */
};

/* Huge pages that nobody uses. */
struct cvm_free_pages {
    unsigned node;
    uint64_t size, count; /* size in bytes */
};

struct cvm_record *
cvm_record_new(const char *name);
void
cvm_record_free(struct cvm_record *record);
CVM_DEFINE_AUTO(record)

/* files.c: what the files below a root tell. Fails only when root is no folder to be read. */
int
cvm_record_add_files(struct cvm_record *record, const char *root, GError **error);
/* record.c: takes the place of what is known of that node and size; what is no huge page is none.
 */
void
cvm_record_set_free_pages(struct cvm_record *record, const struct cvm_free_pages *pages);

/* libvirt.c: <domainCapabilities> or <capabilities>; what they tell is in record->host, too. */
int
cvm_record_add_capabilities(struct cvm_record *record, const char *xml, size_t size,
                            GError **error);
/* libvirt.c: one more running guest; NULL: guests are counted. */
void
cvm_record_count_guest(struct cvm_record *record, const struct cvm_domain *domain);

/* libvirt.c: what libvirt printed, without what names one machine unless full. */
void
cvm_record_write_libvirt(struct cvm_xml *xml, const struct cvm_node *node, gboolean full);

/* write.c: the whole document, the caller's to g_free(). */
char *
cvm_record_write(const struct cvm_record *record, gboolean full);

#endif
