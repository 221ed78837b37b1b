/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates of a SEV platform, in the two formats that AMD has for them. What is parsed
 * borrows from the bytes it was parsed from. */
#ifndef CVM_ATTEST_CERT_H
#define CVM_ATTEST_CERT_H

#include "attest/attest.h"

/* Whose certificate it is; in the order of a full chain. */
enum attest_role {
    ATTEST_PDH, /* platform Diffie-Hellman key */
    ATTEST_PEK, /* platform endorsement key */
    ATTEST_OCA, /* owner's certificate authority */
    ATTEST_CEK, /* chip endorsement key */
    ATTEST_ASK, /* AMD's SEV signing key */
    ATTEST_ARK, /* AMD's root key */
    ATTEST_ROLES,
};

#define ATTEST_SIGNATURES 2

/* cert.c: the tables that both formats share. */
struct attest_role_info {
    const char *name;
    uint32_t usage;         /* number of the key's usage */
    uint32_t key_algorithm; /* of PDH, PEK, OCA and CEK */
    gboolean rsa;           /* it signs with RSA, not on P-384 */
    enum attest_role signers[ATTEST_SIGNATURES];
    unsigned n_signers;
    gboolean may_be_unsigned; /* a platform exports it so */
};
extern const struct attest_role_info attest_roles[ATTEST_ROLES];

struct attest_algorithm {
    uint32_t number;
    const char *name;
    const EVP_MD *(*md)(void);
    int rsa_bits; /* 0: it is ECDSA on P-384 */
    size_t size;  /* of a signature */
};
/* NULL: none of a signature. */
const struct attest_algorithm *
attest_algorithm_find(uint32_t number);
/* What a key of RSA of this size signs with; NULL: no such size. */
const struct attest_algorithm *
attest_algorithm_of_rsa(uint32_t bits);

struct attest_signature {
    enum attest_role signer;
    const struct attest_algorithm *algorithm;
    const unsigned char *bytes;
};

#define ATTEST_KEY_ID_SIZE 16

struct attest_cert {
    enum attest_role role;
    const unsigned char *bytes;
    size_t size;
    size_t signed_size; /* the signatures are over these first bytes */
    EVP_PKEY *key;
    struct attest_signature signatures[ATTEST_SIGNATURES];
    unsigned n_signatures; /* as many as the role has signers; or none where that may be */
    const unsigned char *key_id, *certifying_id; /* of ASK and ARK */
};

/* Harmless for one that was never parsed, if it is all zeros. */
void
attest_cert_clear(struct attest_cert *cert);
/* Whether version and usage, which both formats have, are this role's. */
int
attest_cert_check_head(enum attest_role role, uint32_t version, uint32_t usage,
                       cvmdom_error **error);
/* 1: the signature holds, 0: not, -1: libcrypto could not tell. */
int
attest_cert_verify(const struct attest_cert *cert, const struct attest_signature *signature,
                   const struct attest_cert *signer, cvmdom_error **error);

/* sev_cert.c: PDH, PEK, OCA or CEK, from CVMDOM_SEV_CERT_SIZE bytes. Fails with CVMDOM_ERROR_SYNTAX
 * for what is none of this role; cert is untouched then. */
int
attest_sev_cert_parse(const unsigned char *at, enum attest_role role, struct attest_cert *cert,
                      cvmdom_error **error);
/* A Diffie-Hellman certificate for a key that nobody vouches for, as the guest owner's. */
int
attest_sev_cert_write_unsigned(const EVP_PKEY *key, unsigned char at[CVMDOM_SEV_CERT_SIZE],
                               cvmdom_error **error);

/* amd_cert.c: ASK or ARK, from the beginning of size bytes; cert->size is what it takes. */
int
attest_amd_cert_parse(const unsigned char *at, size_t size, enum attest_role role,
                      struct attest_cert *cert, cvmdom_error **error);

#endif
