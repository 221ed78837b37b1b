/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Hosts: what is known of the machine a domain is to run on.
 */
#ifndef CVMDOM_HOST_H
#define CVMDOM_HOST_H

#include <stddef.h>

#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_host cvmdom_host;

/**
 * Reads a recorded host: a host record (root element cvmdomHost, schemas/host.rng), or what
 * `virsh domcapabilities --virttype kvm --machine q35` or `virsh capabilities` printed (libvirt 9.0
 * or later).
 *
 * @param path  a file of at most 10 MiB; "-" for standard input
 * @param error see <cvmdom/error.h>: CVMDOM_ERROR_IO, _SYNTAX or _UNSUPPORTED
 * @return the caller's to cvmdom_host_free(); NULL on failure. A host is never changed by the
 * functions that take it const, and may be shared by threads.
 */
cvmdom_host *
cvmdom_host_read(const char *path, cvmdom_error **error);

/**
 * The same from memory.
 *
 * @param name what to call it in messages
 * @param data the text, need not end in NUL; not kept; NULL when size is 0
 * @param size bytes of data, at most 10 MiB
 */
cvmdom_host *
cvmdom_host_parse(const char *name, const char *data, size_t size, cvmdom_error **error);

/**
 * Adds the firmware found below a folder: QEMU's firmware descriptors in usr/share/qemu/firmware
 * and etc/qemu/firmware, searched, masked and ordered as libvirt's system daemon does it, and what
 * the images they name say of themselves. Replaces what the record held of firmware.
 *
 * @param root "/" for this machine, else another system's tree
 * @return 0, or -1 with CVMDOM_ERROR_IO
 */
int
cvmdom_host_add_firmware(cvmdom_host *host, const char *root, cvmdom_error **error);

/** @return the record's name, or the file's; borrowed. */
const char *
cvmdom_host_name(const cvmdom_host *host);

/** @return nonzero when the host's record holds firmware descriptors or images. */
int
cvmdom_host_has_firmware(const cvmdom_host *host);

/** @return the path, on that host, of the firmware image that its descriptor i names, or of image i
 * beyond these; borrowed; NULL beyond the last. Several may name the same. */
const char *
cvmdom_host_image_at(const cvmdom_host *host, size_t i);

/** A part of what may be known of a host. */
struct cvmdom_host_part {
    const char *id;    /**< "domain-capabilities": stable */
    const char *title; /**< in the language of the locale, for the middle of a sentence; static */
    int known;         /**< nonzero when the host tells */
};

/** @return 0 and part i of what may be known of a host, or -1 beyond the last. */
int
cvmdom_host_part_at(const cvmdom_host *host, size_t i, struct cvmdom_host_part *part);

/**
 * What is known of a host, as a text for people or programs.
 *
 * Text has a section each for versions, processor, kernel and SEV, ASIDs, QEMU's rights, memory,
 * guest firmware and the kernel's log; only what is known has a line, and the last section names
 * what is not.
 *
 * JSON is one object. Every key is always there, null where nothing is known; a later release may
 * add keys. Sizes are bytes, registers texts ("0x1fd"), "known" below is true, false or null:
 *
 *     version     1, the format's
 *     host        the record's name
 *     versions    {libvirt, qemu, kernel: "11.3.0", sevFirmware: {api: "1.55", build} or null}
 *     processor   {name, family, model, stepping, flags: [text], smt: known,
 *                  cpuid: {eax, ebx, ecx, edx} of leaf 0x8000001f or null,
 *                  registers: {NAME: value}}
 *     kernel      {options: [text], messages: [text], modules: {NAME: whether it is loaded},
 *                  iommu: {enabled: known, passthrough: known}}
 *     sev         {kvmAmd: {sev, sev_es, sev_snp: known, ciphertext_hiding_asids},
 *                  devices: {"/dev/sev", "/dev/kvm": {present: known, mode: "0660", owner, group}},
 *                  platform: {state: "uninit", "init" or "working", guests} or null,
 *                  libvirt: {sev: known, types: ["sev-snp"], cbitpos, reducedPhysBits}}
 *     asids       {sev, sevEsAndSnp: {total, inUse}}
 *     guests      {sev, sevEs, sevSnp} that libvirt runs, or null
 *     rights      {user, group, memlock: bytes or "unlimited", cgroupControllers: [text],
 *                  apparmor: {enabled: known, devSev: known}}
 *     memory      {hugetlbfs: [page size], nodes: [{id, memory, cpus, hugepages: [{size, count,
 *                  free}]}]}
 *     firmware    [{path, size, types: launch security types whose guests may get it,
 *                  measuresKernel: known, descriptor: path, needsSmm: known}]
 *
 * @param format "text" or "json"
 * @param text   the caller's to free()
 * @return 0, or -1 with CVMDOM_ERROR_USAGE
 */
int
cvmdom_host_describe(const cvmdom_host *host, const char *format, char **text,
                     cvmdom_error **error);

/** Frees a host; NULL is allowed. */
void
cvmdom_host_free(cvmdom_host *host);

#ifdef __cplusplus
}
#endif

#endif
