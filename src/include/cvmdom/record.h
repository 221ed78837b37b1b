/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Recording a host: what its files and its libvirt tell, gathered into a host record
 * (schemas/host.rng), which cvmdom_host_read() reads.
 *
 *     cvmdom_record_new() -> cvmdom_record_add_files(), or cvmdom_connection_capture() of
 *     <cvmdom/virt.h>, or both -> cvmdom_record_text() or cvmdom_record_host()
 *
 * Whatever was not told stays out of the record, and is unknown to those who read it.
 */
#ifndef CVMDOM_RECORD_H
#define CVMDOM_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_record cvmdom_record;

/**
 * @param name what to call the host; NULL: "host". Copied.
 * @return an empty record, the caller's to cvmdom_record_free()
 */
cvmdom_record *
cvmdom_record_new(const char *name);

/** Frees it; NULL is allowed. */
void
cvmdom_record_free(cvmdom_record *record);

/**
 * Adds what files tell: processor, kernel and its options and messages, parameters of kvm_amd and
 * ccp, misc cgroup, /dev/sev and /dev/kvm, SMT, IOMMU, NUMA nodes and huge pages, limits of
 * libvirt's daemon, firmware descriptors and images. What is missing or may not be read is left
 * out.
 *
 * @param root "/" for this machine, of which CPUID, and where root asks, registers and the SEV
 *             firmware's own status are read too; else another system's tree: an sosreport, a
 *             container's view, a mounted disk. No link leads out of it.
 * @return 0, or -1 with CVMDOM_ERROR_IO when root is no folder that can be read
 */
int
cvmdom_record_add_files(cvmdom_record *record, const char *root, cvmdom_error **error);

/**
 * Adds what libvirt prints: <domainCapabilities> or <capabilities>, told apart by the root element.
 * A second one of a kind takes the first one's place. What names one machine in them (the host's
 * UUID, the processor's serial number) is kept for cvmdom_record_text() with full.
 *
 * cvmdom_record_add_files() afterwards also looks into the firmware images that they name.
 *
 * @param xml  in the encoding it declares, UTF-8 without; at most 10 MiB; copied
 * @return 0, or -1 with CVMDOM_ERROR_SYNTAX, or _UNSUPPORTED for anything else than libvirt prints;
 *         then the record is as it was
 */
int
cvmdom_record_add_capabilities(cvmdom_record *record, const char *xml, size_t size,
                               cvmdom_error **error);

/** Versions as libvirt counts them: 1,000,000 × major + 1,000 × minor + release; 0 leaves one as it
 * is. */
void
cvmdom_record_set_versions(cvmdom_record *record, unsigned long libvirt, unsigned long qemu);

/** Free pages of one size on a NUMA node, instead of what was known of them.
 *
 * @param size bytes of a page; ordinary pages (4096) are not recorded */
void
cvmdom_record_set_free_pages(cvmdom_record *record, unsigned node, uint64_t size, uint64_t count);

/** What virNodeGetSEVInfo() tells. Texts are base64; NULL where it is silent. They name one
 * machine: only cvmdom_record_text() with full writes them. */
struct cvmdom_sev_info {
    const char *pdh;
    const char *cert_chain;
    const char *cpu0_id;
};

void
cvmdom_record_set_sev_info(cvmdom_record *record, const struct cvmdom_sev_info *info);

/** Counts one running guest by the kind of its launch security; the first call, with NULL if there
 * is no guest, says that guests were counted at all.
 *
 * @param domain as libvirt describes it while it runs, or NULL */
void
cvmdom_record_count_guest(cvmdom_record *record, const cvmdom_domain *domain);

/**
 * The record, in the order of its schema; the same facts give the same bytes.
 *
 * @param full nonzero keeps what names one machine (serial numbers, UUID, certificates, processor
 *             id); without it none of that is in the text
 * @return the caller's to free()
 */
char *
cvmdom_record_text(const cvmdom_record *record, int full);

/** @return what cvmdom_host_parse() makes of the text without full, the caller's to
 * cvmdom_host_free(); NULL with an error for a record that is larger than a host may be (10 MiB) */
cvmdom_host *
cvmdom_record_host(const cvmdom_record *record, cvmdom_error **error);

#ifdef __cplusplus
}
#endif

#endif
