/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Attestation: libcvmdom-attest, a library of its own, for programs that compute what a guest's
 * launch measures, make what a guest owner gives along, and judge what the platform reports.
 * <cvmdom/cvmdom.h> does not include this header, and libcvmdom needs no libcrypto.
 *
 * Sources of layouts and values: AMD publication 55766 (SEV API), 56860 (SEV-SNP ABI), 24593
 * (APM volume 2: VMSA); QEMU's target/i386/sev.c; Linux' arch/x86/kvm/svm/sev.c. "LE" is little
 * endian. Nothing here was ever run beside SEV hardware.
 *
 * Secrets are in structs of fixed size that the caller owns and clears with the function beside
 * them; the library keeps no copy, and wipes what it needed on the way. Comparisons of secrets and
 * of digests take the same time whatever they find.
 *
 * Functions may be called by several threads at once with separate objects. Errors, beside those
 * of <cvmdom/error.h>: CVMDOM_ERROR_UNTRUSTED for a signature, a certificate or a chain that does
 * not hold.
 */
#ifndef CVMDOM_ATTEST_H
#define CVMDOM_ATTEST_H

#include <stddef.h>
#include <stdint.h>

#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/firmware.h>
#include <cvmdom/launch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- launch digests ---- */

#define CVMDOM_DIGEST_MAX 48

/** A launch digest: SHA-256 for SEV and SEV-ES, a chain of SHA-384 for SEV-SNP. */
struct cvmdom_digest {
    size_t size; /**< 32 or 48 */
    unsigned char bytes[CVMDOM_DIGEST_MAX];
};

/** Something that went into a digest. */
struct cvmdom_measure_step {
    const char *kind;  /**< stable: "firmware", "kernel-hashes", "vmsa", "svsm"; of SEV metadata
                            "memory", "secrets", "cpuid", "svsm-caa" and, for an area that stays
                            empty, "kernel-hashes-area" */
    const char *title; /**< in the language of the locale, for people; borrowed */
    const char *file;  /**< path it came from, of the launch or the firmware; NULL: none */
    int has_address;   /**< nonzero: address counts (SEV-SNP) */
    uint64_t address;  /**< guest-physical, of the first page */
    uint64_t size;     /**< bytes measured */
    uint64_t count;    /**< of vCPUs, for "vmsa"; else 1 */
    struct cvmdom_digest contents; /**< SHA-256 of a file's content or of the command line, in the
                                        steps "kernel", "initrd" and "cmdline", which come before
                                        "kernel-hashes" and are no steps of the chain; size 0: none
                                        */
    struct cvmdom_digest digest;   /**< after this step; size 0: it is no step of the chain */
};

/** Called for each step, in the order of measuring. */
typedef void (*cvmdom_measure_fn)(const struct cvmdom_measure_step *step, void *payload);

/**
 * Computes the digest that a launch must have: what SEV's LAUNCH_MEASURE is computed from, and the
 * MEASUREMENT field of a SEV-SNP attestation report.
 *
 * Kernel and initrd are read piece by piece, whatever their size.
 *
 * @param firmware the image that launch names
 * @param visit    NULL: nobody wants to know
 * @return 0, or -1: as cvmdom_launch_validate(), CVMDOM_ERROR_IO for a kernel, initrd or SVSM that
 *         cannot be read
 */
int
cvmdom_launch_digest(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                     cvmdom_measure_fn visit, void *payload, struct cvmdom_digest *digest,
                     cvmdom_error **error);

/* ---- the guest owner's session (SEV, SEV-ES) ---- */

#define CVMDOM_KEY_SIZE 16
#define CVMDOM_SEV_CERT_SIZE 2084
#define CVMDOM_SESSION_SIZE 128

/** The transport keys of one guest: secrets. */
struct cvmdom_launch_keys {
    unsigned char tik[CVMDOM_KEY_SIZE]; /**< integrity: of the measurement and of secrets */
    unsigned char tek[CVMDOM_KEY_SIZE]; /**< encryption: of secrets */
};

void
cvmdom_launch_keys_clear(struct cvmdom_launch_keys *keys);

/** Reads them from files of 16 bytes each; or, when both are NULL, both from tk, a file of 32: TEK
 * first. @return 0, or -1 with CVMDOM_ERROR_IO, _SYNTAX or, for another choice of files, _USAGE */
int
cvmdom_launch_keys_read(const char *tik, const char *tek, const char *tk,
                        struct cvmdom_launch_keys *keys, cvmdom_error **error);

/** What a guest owner prepares for one launch. */
struct cvmdom_session {
    struct cvmdom_launch_keys keys;
    unsigned char dh_cert[CVMDOM_SEV_CERT_SIZE]; /**< launchSecurity/dhCert, which has it in base64
                                                  */
    unsigned char session[CVMDOM_SESSION_SIZE];  /**< launchSecurity/session, likewise */
};

/**
 * Makes a session for a platform, with fresh keys.
 *
 * @param pdh    the platform's Diffie-Hellman certificate, CVMDOM_SEV_CERT_SIZE bytes, or a chain
 *               that begins with it
 * @param policy exactly the guest's: the firmware compares all 32 bits
 * @param session all zeros when libcrypto fails; the keys are in no other place
 * @return 0, or -1 with CVMDOM_ERROR_SYNTAX for no such certificate
 */
int
cvmdom_session_make(const unsigned char *pdh, size_t size, uint32_t policy,
                    struct cvmdom_session *session, cvmdom_error **error);

void
cvmdom_session_clear(struct cvmdom_session *session);

/** A certificate of a platform's chain, and what became of it. */
struct cvmdom_chain_link {
    const char *subject;   /**< "PDH", "PEK", "OCA", "CEK", "ASK", "ARK"; of an attestation report's
                                chain also "ASVK", "VCEK", "VLEK", and "REPORT" itself */
    const char *signer;    /**< who signed it, from the same list */
    const char *algorithm; /**< of the signature: "ECDSA-SHA256", "RSA-SHA384" */
    char fingerprint[65];  /**< SHA-256 of the certificate (or report), hexadecimal */
};

typedef void (*cvmdom_chain_fn)(const struct cvmdom_chain_link *link, void *payload);

struct cvmdom_chain_options {
    int need_ca;     /**< nonzero: fails unless the chain reaches a root key of AMD's form (ARK) */
    const char *ark; /**< SHA-256 of the ARK's certificate to insist on, hexadecimal; NULL: any,
                          which proves nothing of who made the platform */
};

/** What a chain proves whose signatures hold. Only the first says who made the platform. */
enum cvmdom_chain_reach {
    CVMDOM_CHAIN_PINNED = 0,    /**< it ends in the ARK that was insisted on */
    CVMDOM_CHAIN_ANY_ARK = 1,   /**< it ends in an ARK that may be anybody's */
    CVMDOM_CHAIN_WITHOUT_CA = 2 /**< it ends in a CEK that nobody vouches for: anybody can make
                                     such a chain */
};

/**
 * Verifies a platform's chain: the PDH by the PEK, the PEK by OCA and CEK, the OCA by itself, the
 * CEK by the ASK, the ASK by the ARK, the ARK by itself; and each certificate's version, usage and
 * algorithm.
 *
 * @param chain PDH, PEK, OCA and CEK one after the other, as `sevctl export` writes them, and ASK
 *              and ARK behind them when it is a full one. A CEK that AMD did not sign, as the
 *              platform itself exports it, will do without ASK and ARK only
 * @param ca    ASK and ARK when they are in a file of their own, as AMD publishes them; NULL: none
 * @param visit called for each signature, from the root down, once all of them hold; NULL: nobody
 *              wants to know
 * @return an enum cvmdom_chain_reach (0 only with an ARK that was insisted on), or -1 with
 *         CVMDOM_ERROR_SYNTAX, _UNTRUSTED or, for options->ark that is no fingerprint, _USAGE
 */
int
cvmdom_chain_verify(const unsigned char *chain, size_t size, const unsigned char *ca,
                    size_t ca_size, const struct cvmdom_chain_options *options,
                    cvmdom_chain_fn visit, void *payload, cvmdom_error **error);

/* ---- what LAUNCH_MEASURE reports (SEV, SEV-ES) ---- */

/** What the firmware answered, and which firmware that was. */
struct cvmdom_measurement {
    unsigned char hmac[32];
    unsigned char nonce[16];
    unsigned api_major, api_minor, build_id; /**< of the SEV firmware, 0 to 255 each */
};

/** Takes hmac and nonce from base64, as `virsh domlaunchsecinfo` prints sev-measurement. The other
 * members stay. @return 0, or -1 with CVMDOM_ERROR_SYNTAX */
int
cvmdom_measurement_parse(const char *base64, struct cvmdom_measurement *measurement,
                         cvmdom_error **error);

/** What the firmware would answer for a digest, with this nonce.
 * @param hmac receives 32 bytes */
int
cvmdom_measurement_compute(const struct cvmdom_measurement *measurement, uint32_t policy,
                           const struct cvmdom_digest *digest,
                           const struct cvmdom_launch_keys *keys, unsigned char hmac[32],
                           cvmdom_error **error);

/** @return 1 when the reported HMAC is the one computed, 0 when not, -1 on failure. */
int
cvmdom_measurement_verify(const struct cvmdom_measurement *measurement, uint32_t policy,
                          const struct cvmdom_digest *digest, const struct cvmdom_launch_keys *keys,
                          cvmdom_error **error);

/** Why a measurement differs: a change of the launch by which it would match. */
struct cvmdom_explanation {
    const char *what;     /**< stable: "vcpus", "vmsa", "kernel-hashes", "policy", "firmware",
                               "signature", "type", "keys-swapped", … */
    const char *sentence; /**< in the language of the locale, for people; borrowed */
};

typedef void (*cvmdom_explanation_fn)(const struct cvmdom_explanation *explanation, void *payload);

/**
 * Looks for what would explain a measurement that does not match, by trying other launches.
 *
 * @param firmwares other images to try, NULL-terminated; NULL: none
 * @return the number of explanations found (each was visited), -1 on failure
 */
int
cvmdom_measurement_explain(const struct cvmdom_measurement *measurement,
                           const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
                           const cvmdom_firmware *const *firmwares,
                           const struct cvmdom_launch_keys *keys, cvmdom_explanation_fn visit,
                           void *payload, cvmdom_error **error);

/* ---- secrets for injection (SEV, SEV-ES) ---- */

#define CVMDOM_SECRET_HEADER_SIZE 52
/** Most bytes that the firmware takes in one packet. */
#define CVMDOM_SECRET_MAX 16384

struct cvmdom_secret {
    const char *guid; /**< "736869e5-84f0-4973-92ec-06879ce3da0b", or a name of
                           cvmdom_secret_name_at() */
    const unsigned char *data;
    size_t size;
};

/** @return the well-known name i ("luks-key") and, unless guid is NULL, its GUID; NULL beyond the
 * last. Static. */
const char *
cvmdom_secret_name_at(size_t i, const char **guid);

/** A packet for virDomainSetLaunchSecurityState(), which takes both in base64. It is encrypted, and
 * fits one measurement only. */
struct cvmdom_secret_packet {
    unsigned char header[CVMDOM_SECRET_HEADER_SIZE];
    unsigned char payload[CVMDOM_SECRET_MAX];
    size_t size; /**< of payload */
};

/**
 * Packs secrets for a guest whose measurement was verified.
 *
 * @param room     size of the firmware's secret area, bytes; 0: not known
 * @param packet   overwritten; of zeros on failure
 * @return 0, or -1 with CVMDOM_ERROR_USAGE: no secret, an empty one, an unknown name, the same GUID
 *         twice or one of zeros, or more than fits
 */
int
cvmdom_secret_pack(const struct cvmdom_secret *secrets, size_t count, size_t room,
                   const struct cvmdom_measurement *measurement,
                   const struct cvmdom_launch_keys *keys, struct cvmdom_secret_packet *packet,
                   cvmdom_error **error);

/* ---- ID block and ID authentication (SEV-SNP) ---- */

#define CVMDOM_ID_BLOCK_SIZE 96
#define CVMDOM_ID_AUTH_SIZE 4096
#define CVMDOM_ID_SIZE 16
#define CVMDOM_KEY_DIGEST_SIZE 48

/** A private key that ID blocks are signed by: ECDSA with P-384. */
typedef struct cvmdom_id_key cvmdom_id_key;

/** @param path a file, a FIFO, or "-" for standard input: PEM or DER, SEC 1 or PKCS #8, not
 *             encrypted
 * @return the caller's to cvmdom_id_key_free(); NULL with CVMDOM_ERROR_IO, _SYNTAX, or
 *         _UNSUPPORTED for another kind of key or another curve */
cvmdom_id_key *
cvmdom_id_key_read(const char *path, cvmdom_error **error);

/** Wipes and frees it; NULL is allowed. */
void
cvmdom_id_key_free(cvmdom_id_key *key);

/** @param digest receives SHA-384 of the public key as ID_KEY_DIGEST and AUTHOR_KEY_DIGEST of an
 * attestation report have it */
int
cvmdom_id_key_digest(const cvmdom_id_key *key, unsigned char digest[CVMDOM_KEY_DIGEST_SIZE],
                     cvmdom_error **error);

struct cvmdom_id_block_options {
    unsigned char family_id[CVMDOM_ID_SIZE];
    unsigned char image_id[CVMDOM_ID_SIZE];
    uint32_t svn;
    uint64_t policy; /**< exactly the guest's */
};

struct cvmdom_id_block {
    unsigned char
        block[CVMDOM_ID_BLOCK_SIZE];         /**< launchSecurity/idBlock, which has it in base64 */
    unsigned char auth[CVMDOM_ID_AUTH_SIZE]; /**< launchSecurity/idAuth, likewise */
};

/**
 * Makes and signs an ID block.
 *
 * @param digest of a SEV-SNP launch
 * @param author NULL: no author key
 */
int
cvmdom_id_block_make(const struct cvmdom_digest *digest,
                     const struct cvmdom_id_block_options *options, const cvmdom_id_key *key,
                     const cvmdom_id_key *author, struct cvmdom_id_block *id_block,
                     cvmdom_error **error);

/**
 * Checks the ID block that a launch carries: version, algorithms, keys and both signatures; and
 * with a digest that it is for this launch. Findings are those of rule CVM809 at the domain's
 * values; what is of the wrong size, incomplete, or for another policy is for CVM213 to CVM216 of
 * cvmdom_domain_check() to say.
 *
 * @param digest   of this launch; NULL: not known
 * @param domain   the one that launch was gathered from
 * @param findings receives them, appended; cvmdom_config_apply() is for comments and configurations
 * @return 0; -1 when it could not be done
 */
int
cvmdom_id_block_check(const struct cvmdom_launch *launch, const struct cvmdom_digest *digest,
                      const cvmdom_domain *domain, cvmdom_findings *findings, cvmdom_error **error);

/* ---- attestation reports (SEV-SNP) ---- */

#define CVMDOM_REPORT_SIZE 1184

/** An attestation report: ATTESTATION_REPORT of AMD publication 56860. */
typedef struct cvmdom_report cvmdom_report;

/**
 * Takes versions 2 to 5. Nothing is believed of it yet: anybody can write one.
 *
 * @param data the 1184 bytes as snpguest and the kernel's configfs-tsm save them; or an answer of
 *             /dev/sev-guest (SNP_GET_REPORT), where a header of 32 bytes stands before them,
 *             alone or in its buffer of 4000 bytes
 * @return the caller's to cvmdom_report_free(); NULL with CVMDOM_ERROR_SYNTAX, or _UNSUPPORTED for
 *         a version or a signature algorithm that is not known
 */
cvmdom_report *
cvmdom_report_parse(const unsigned char *data, size_t size, cvmdom_error **error);

/** Frees it; NULL is allowed. */
void
cvmdom_report_free(cvmdom_report *report);

/** Certificates a report is verified by: X.509, PEM or DER, at most 64 KiB. */
struct cvmdom_report_certs {
    const unsigned char *vcek; /**< the VCEK's of the chip, or a VLEK's; with ca NULL the others
                                    stand behind it */
    size_t vcek_size;
    const unsigned char *ca; /**< those of ASK (or ASVK) and ARK, one behind the other; NULL: none
                              */
    size_t ca_size;
    const char *ark; /**< SHA-256 of the ARK certificate to insist on, hexadecimal, with or without
                          colons; NULL: any, which proves nothing of who made the platform */
};

/**
 * Verifies a report's signature and the certificates behind it: VCEK by ASK (or VLEK by ASVK), that
 * one by the ARK, the ARK by itself, all RSA-PSS with SHA-384 and RSA-4096; their names; and that
 * the VCEK is the one of the report's chip and firmware (CHIP_ID and REPORTED_TCB), the VLEK the
 * one of its firmware.
 *
 * The clock is not asked: an expired certificate counts. Nor is a list of revoked ones.
 *
 * @param visit called for each signature when all of them hold; NULL: nobody wants to know
 * @return 0, or -1 with CVMDOM_ERROR_SYNTAX for what is no certificate, _UNSUPPORTED for a
 *         processor that is not known, _UNTRUSTED
 */
int
cvmdom_report_verify(const cvmdom_report *report, const struct cvmdom_report_certs *certs,
                     cvmdom_chain_fn visit, void *payload, cvmdom_error **error);

/** A field of a report beside what was expected of it. */
struct cvmdom_report_field {
    const char *name; /**< AMD's: "MEASUREMENT", "POLICY", "HOST_DATA", "ID_KEY_DIGEST", …; and
                           "POLICY.DEBUG", that bit alone */
    const char *reported; /**< for people: hexadecimal, or a number with its meaning */
    const char *expected; /**< in the same form; NULL: nothing was demanded */
    int matches;          /**< 0: it is not what was expected */
};

typedef void (*cvmdom_report_fn)(const struct cvmdom_report_field *field, void *payload);

/** What a report must show beside what its launch says. */
struct cvmdom_report_demands {
    int vmpl;                         /**< of this VMPL; -1: 0 to 3 */
    const unsigned char *report_data; /**< 64 bytes, what the guest was asked to put into it; NULL:
                                           any, so that it may be an old report of the guest */
    const char *least_tcb; /**< least REPORTED_TCB, "snp=8,microcode=115"; of fmc, bootloader, tee,
                                snp, microcode; NULL: any */
};

/**
 * Compares a report with a launch: measurement, policy (and that it allows no debugging unless the
 * launch does), host data, digests of ID key and author key, family and image id and SVN of the
 * ID block (without one, zeros), VMPL, and which key it says signed it. This alone proves nothing:
 * see cvmdom_report_verify().
 *
 * @param digest  of this launch
 * @param demands NULL: no more than that
 * @param visit   called for each field, in the order of the report; NULL: nobody wants to know
 * @return 1 when all that is demanded matches, 0 when not, -1 on failure: CVMDOM_ERROR_USAGE for a
 *         guest that is none of SEV-SNP or a demand that means nothing, _SYNTAX for a launch whose
 *         host data or ID block are malformed
 */
int
cvmdom_report_compare(const cvmdom_report *report, const struct cvmdom_launch *launch,
                      const struct cvmdom_digest *digest,
                      const struct cvmdom_report_demands *demands, cvmdom_report_fn visit,
                      void *payload, cvmdom_error **error);

/**
 * Looks for what would explain a MEASUREMENT that does not match, by trying other launches, as
 * cvmdom_measurement_explain() does.
 *
 * @param firmwares other images to try, NULL-terminated; NULL: none
 * @return the number of explanations found (each was visited), -1 on failure
 */
int
cvmdom_report_explain(const cvmdom_report *report, const struct cvmdom_launch *launch,
                      const cvmdom_firmware *firmware, const cvmdom_firmware *const *firmwares,
                      cvmdom_explanation_fn visit, void *payload, cvmdom_error **error);

#ifdef __cplusplus
}
#endif

#endif
