/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/record.h>. */
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "cvmdom/record.h"
#include "lib.h"
#include "util/number.h"

CVM_LIB_HANDLE(record, cvmdom_record, struct cvm_record)

cvmdom_record *
cvmdom_record_new(const char *name)
{
    return record_handle(cvm_record_new(name));
}

void
cvmdom_record_free(cvmdom_record *record)
{
    cvm_record_free(record_of(record));
}

int
cvmdom_record_add_files(cvmdom_record *record, const char *root, cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_record_add_files(record_of(record), root, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

int
cvmdom_record_add_capabilities(cvmdom_record *record, const char *xml, size_t size,
                               cvmdom_error **error)
{
    GError *cause = NULL;

    if (cvm_record_add_capabilities(record_of(record), xml, size, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

/* What is no version, or none that a record could hold, is not told. */
static unsigned
take_version(unsigned long version, unsigned known)
{
    return version > 0 && version < CVM_VERSION(1000, 0, 0) ? (unsigned)version : known;
}

void
cvmdom_record_set_versions(cvmdom_record *record, unsigned long libvirt, unsigned long qemu)
{
    struct cvm_host *host = record_of(record)->host;

    host->libvirt_version = take_version(libvirt, host->libvirt_version);
    host->qemu_version = take_version(qemu, host->qemu_version);
}

void
cvmdom_record_set_free_pages(cvmdom_record *record, unsigned node, uint64_t size, uint64_t count)
{
    const struct cvm_free_pages pages = { .node = node, .size = size, .count = count };

    cvm_record_set_free_pages(record_of(record), &pages);
}

void
cvmdom_record_set_sev_info(cvmdom_record *handle, const struct cvmdom_sev_info *info)
{
    struct cvm_record *record = record_of(handle);
    struct cvm_arena *arena = record->host->arena;

    record->pdh = cvm_arena_strdup(arena, info->pdh);
    record->cert_chain = cvm_arena_strdup(arena, info->cert_chain);
    record->cpu0_id = cvm_arena_strdup(arena, info->cpu0_id);
}

void
cvmdom_record_count_guest(cvmdom_record *record, const cvmdom_domain *domain)
{
    cvm_record_count_guest(record_of(record), domain_of(domain));
}

char *
cvmdom_record_text(const cvmdom_record *record, int full)
{
    return cvm_record_write(record_of(record), full);
}

cvmdom_host *
cvmdom_record_host(const cvmdom_record *record, cvmdom_error **error)
{
    g_autofree char *text = cvmdom_record_text(record, FALSE);

    return cvmdom_host_parse(record_of(record)->host->name, text, strlen(text), error);
}
