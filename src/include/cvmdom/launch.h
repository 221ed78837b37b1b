/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Launches: what of a domain the platform measures when the guest starts, gathered from the same
 * profile or XML that is deployed. <cvmdom/attest.h> computes with it.
 *
 *     cvmdom_domain_launch() -> overrides, by assigning -> cvmdom_firmware_read() ->
 *     cvmdom_launch_check() -> cvmdom_launch_digest() of <cvmdom/attest.h>
 */
#ifndef CVMDOM_LAUNCH_H
#define CVMDOM_LAUNCH_H

#include <stddef.h>
#include <stdint.h>

#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/firmware.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Who starts the guest: they lay out what is measured of a SEV-SNP guest differently. */
enum cvmdom_vmm {
    CVMDOM_VMM_QEMU = 0,
    CVMDOM_VMM_EC2 = 1,
    CVMDOM_VMM_GCE = 2,
    CVMDOM_VMM_SVSM = 3 /**< QEMU, with a Secure VM Service Module below the firmware */
};

/** Whether the initial state of a vCPU has MXCSR and the x87 control word in it. */
enum cvmdom_vmsa {
    CVMDOM_VMSA_DEFAULT = 0, /**< legacy for SEV-ES, FPU for SEV-SNP, as QEMU 9.1 to 10.0 start them
                                  under libvirt */
    CVMDOM_VMSA_LEGACY = 1,  /**< both are zero: KVM's default type of VM */
    CVMDOM_VMSA_FPU = 2      /**< 0x1f80 and 0x37f: KVM's SEV-ES and SEV-SNP types of VM */
};

/** What is measured; one of zeros knows nothing. Texts are borrowed from whoever assigned them. */
struct cvmdom_launch {
    const char *guest;    /**< "sev", "sev-es", "sev-snp"; anything else, and NULL, is measured by
                               nobody */
    int has_policy;       /**< nonzero: policy is known */
    uint64_t policy;      /**< 32 bits for SEV and SEV-ES */
    const char *firmware; /**< path of the image; NULL: not known */
    int has_nvram;        /**< nonzero: variables lie beside the image, which nobody measures */
    int kernel_hashes;    /**< nonzero: kernel, initrd and command line are measured */
    const char *kernel;   /**< path; NULL: none */
    const char *initrd;   /**< path; NULL: none */
    const char *cmdline;  /**< NULL: none, which is measured as an empty one */
    uint64_t vcpus;       /**< 0: not known */
    const char *cpu_mode; /**< libvirt's: "custom", "host-model", "host-passthrough", "maximum";
                               NULL: not given */
    const char *cpu;      /**< QEMU's model: "EPYC-Milan"; NULL: none is named */
    uint32_t signature;   /**< CPUID Fn0000_0001 EAX as the guest sees it; 0: not known */
    uint64_t features;    /**< SEV_FEATURES: 1 for SEV-SNP, 0 for SEV-ES, unless the host's kernel
                               adds some */
    int vmsa;             /**< enum cvmdom_vmsa */
    int vmm;              /**< enum cvmdom_vmm */
    const char *svsm;     /**< path of the SVSM's image, of CVMDOM_VMM_SVSM */
    uint64_t vars_size;   /**< bytes between SVSM and firmware, of CVMDOM_VMM_SVSM */
    /** @name What a guest owner puts beside it; base64 as the document has it; NULL: none. @{ */
    const char *dh_cert, *session;
    const char *id_block, *id_auth, *host_data;
    /** @} */
    int author_key; /**< nonzero: authorKey is on */
    int vcek;       /**< 0: authorised by a VLEK only; 1: VCEK or not said */
};

/**
 * Gathers what a domain's launch measures.
 *
 * @param domain resolved when it is a profile; of XML what it says, and libvirt's defaults
 * @param host   what "host-passthrough" and "host-model" mean; NULL: not known
 * @param launch overwritten; its texts live as long as domain and host
 */
void
cvmdom_domain_launch(const cvmdom_domain *domain, const cvmdom_host *host,
                     struct cvmdom_launch *launch);

/**
 * Adds a finding for whatever the platform would refuse or measure differently than a digest of
 * this launch would say: a digest for which this finds something of severity error is worth
 * nothing. These are the rules CVM8nn; those of cvmdom_domain_check() are not run again.
 *
 * @param domain where the findings are placed; the one that launch was gathered from
 * @param firmware the image that launch names; NULL: it is not at hand
 */
void
cvmdom_launch_check(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                    const cvmdom_domain *domain, const cvmdom_host *host,
                    cvmdom_findings *findings);

/**
 * The same of a launch that comes from no domain: the first thing of severity error is an error.
 *
 * @return 0, or -1 with CVMDOM_ERROR_UNSUPPORTED
 */
int
cvmdom_launch_validate(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                       cvmdom_error **error);

/** @return the JSON Schema (2020-12) of what 'cvmdom measure --format json' writes; static. */
const char *
cvmdom_measurement_schema(void);

/** A CPU model of QEMU's whose signature is known. */
struct cvmdom_cpu {
    const char *name; /**< without its version: "EPYC-Milan"; static */
    unsigned family, model, stepping;
    uint32_t signature;
};

/** @return 0 and model i, or -1 beyond the last. */
int
cvmdom_cpu_at(size_t i, struct cvmdom_cpu *cpu);

/** By name, "EPYC-Milan" or any version of it, "EPYC-Milan-v2". @return 0, or -1 for a model that
 * is not known */
int
cvmdom_cpu_find(const char *name, struct cvmdom_cpu *cpu);

/** @return CPUID Fn0000_0001 EAX of a processor (AMD publication 24594, "Processor and Processor
 * Feature Identifiers"); 0 when a number is out of range (family 15 + 255, model 255, stepping 15).
 */
uint32_t
cvmdom_cpu_signature(unsigned family, unsigned model, unsigned stepping);

#ifdef __cplusplus
}
#endif

#endif
