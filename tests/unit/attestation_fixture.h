/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A made-up platform: certificates in the place of AMD's, a chip's key, and reports signed with it.
 * Offsets and encodings are written out here a second time, so that a mistake in the library's is
 * not repeated. */
#ifndef CVM_TESTS_ATTESTATION_FIXTURE_H
#define CVM_TESTS_ATTESTATION_FIXTURE_H

#include <glib.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

/* How a certificate is made. Texts in the order of AMD's: what is NULL is left out. */
struct fixture_certificate {
    const char *subject, *issuer; /* common names */
    EVP_PKEY *key, *signer;       /* borrowed */
    const EVP_MD *md, *mgf1;      /* of the signature */
    int padding;                  /* RSA_PKCS1_PSS_PADDING */
    int salt;                     /* bytes */
    gboolean authority;
    long days;                                /* it is valid for, from 2020 on */
    int fmc, bootloader, tee, snp, microcode; /* extensions; -1: none */
    const unsigned char *hwid;                /* likewise */
    size_t hwid_size;
    const char *csp;
    const char *twice; /* OID of an extension that is there two times */
};

struct fixture {
    EVP_PKEY *ark_key, *ask_key, *leaf_key;
    struct fixture_certificate ark, ask, leaf;
    unsigned char report[1184];
};

static inline EVP_PKEY *
fixture_read_key(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    BIO *in = BIO_new_file(path, "r");
    EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) : NULL;

    BIO_free(in);
    g_assert_nonnull(key);
    return key;
}

static inline void
fixture_put(unsigned char *at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        at[i] = (unsigned char)(value >> (8 * i));
    }
}

/* A report of version 3 from a Milan, of a guest with policy 0x30000 and nothing else. */
static inline void
fixture_fill_report(unsigned char *report)
{
    memset(report, 0, 1184);
    fixture_put(report + 0x000, 3, 4);
    fixture_put(report + 0x008, 0x30000, 8);
    fixture_put(report + 0x034, 1, 4);
    memcpy(report + 0x038, "\x03\x00\x00\x00\x00\x00\x08\x73", 8);
    fixture_put(report + 0x040, 0x25, 8);
    memset(report + 0x090, 0xab, 48);
    memset(report + 0x140, 0x14, 32);
    memset(report + 0x160, 0xff, 32);
    memcpy(report + 0x180, "\x03\x00\x00\x00\x00\x00\x08\x73", 8);
    memcpy(report + 0x188, "\x19\x01\x01", 3);
    for (unsigned i = 0; i < 64; i++) {
        report[0x1a0 + i] = (unsigned char)(0x80 + i);
    }
    memcpy(report + 0x1e0, "\x03\x00\x00\x00\x00\x00\x08\x73", 8);
    memcpy(report + 0x1e8, "\x1d\x37\x01\x00\x1d\x37\x01\x00", 8);
    memcpy(report + 0x1f0, "\x03\x00\x00\x00\x00\x00\x08\x73", 8);
}

static inline void
fixture_init(struct fixture *fixture, const char *folder)
{
    const struct fixture_certificate common = { .md = EVP_sha384(),
                                                .mgf1 = EVP_sha384(),
                                                .padding = RSA_PKCS1_PSS_PADDING,
                                                .salt = 48,
                                                .days = 10000,
                                                .fmc = -1,
                                                .bootloader = -1,
                                                .tee = -1,
                                                .snp = -1,
                                                .microcode = -1 };

    fixture->ark_key = fixture_read_key(folder, "ark.key.pem");
    fixture->ask_key = fixture_read_key(folder, "ask.key.pem");
    fixture->leaf_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    fixture_fill_report(fixture->report);

    fixture->ark = fixture->ask = fixture->leaf = common;
    fixture->ark.subject = fixture->ark.issuer = fixture->ask.issuer = "ARK-Milan";
    fixture->ark.key = fixture->ark.signer = fixture->ask.signer = fixture->ark_key;
    fixture->ask.subject = fixture->leaf.issuer = "SEV-Milan";
    fixture->ask.key = fixture->leaf.signer = fixture->ask_key;
    fixture->ark.authority = fixture->ask.authority = TRUE;
    fixture->leaf.subject = "SEV-VCEK";
    fixture->leaf.key = fixture->leaf_key;
    fixture->leaf.bootloader = 3;
    fixture->leaf.tee = 0;
    fixture->leaf.snp = 8;
    fixture->leaf.microcode = 0x73;
    fixture->leaf.hwid = fixture->report + 0x1a0;
    fixture->leaf.hwid_size = 64;
}

/* Another kind of platform: family 1Ah, with its order of the TCB's parts and its short CHIP_ID. */
static inline void
fixture_make_turin(struct fixture *fixture)
{
    fixture->ark.subject = fixture->ark.issuer = fixture->ask.issuer = "ARK-Turin";
    fixture->ask.subject = fixture->leaf.issuer = "SEV-Turin";
    fixture->leaf.fmc = 1;
    fixture->leaf.hwid_size = 8;
    fixture_put(fixture->report, 5, 4);
    memcpy(fixture->report + 0x180, "\x01\x03\x00\x08\x00\x00\x00\x73", 8);
    memcpy(fixture->report + 0x188, "\x1a\x02\x01", 3);
    memset(fixture->report + 0x1a8, 0, 56);
}

/* A report that a VLEK signed, and its chain. */
static inline void
fixture_make_vlek(struct fixture *fixture)
{
    fixture->ask.subject = fixture->leaf.issuer = "SEV-VLEK-Milan";
    fixture->leaf.subject = "SEV-VLEK";
    fixture->leaf.hwid = NULL;
    fixture->leaf.csp = "CN=made.up";
    fixture_put(fixture->report + 0x48, 1 << 2, 4);
}

static inline void
fixture_clear(struct fixture *fixture)
{
    EVP_PKEY_free(fixture->ark_key);
    EVP_PKEY_free(fixture->ask_key);
    EVP_PKEY_free(fixture->leaf_key);
}

static inline X509_NAME *
fixture_name(const char *common_name)
{
    X509_NAME *name = X509_NAME_new();

    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"made up", -1, -1,
                               0);
    if (common_name) {
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1,
                                   -1, 0);
    }
    return name;
}

/* Takes what is the extension's content as it is: AMD's HWID has no tag of its own either. */
static inline void
fixture_add_extension(X509 *certificate, const char *oid, const unsigned char *content, size_t size)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *string = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension;

    ASN1_OCTET_STRING_set(string, content, (int)size);
    extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, string);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(string);
    ASN1_OBJECT_free(object);
}

static inline void
fixture_add_level(X509 *certificate, const struct fixture_certificate *how, const char *oid,
                  int level)
{
    unsigned char content[4] = { 0x02, 0x01, (unsigned char)level };
    size_t size = 3;

    if (level < 0) {
        return;
    }
    if (level > 127) { /* an INTEGER has a sign */
        content[1] = 2;
        content[2] = (unsigned char)(level >> 8);
        content[3] = (unsigned char)level;
        size = 4;
    }
    fixture_add_extension(certificate, oid, content, size);
    if (g_strcmp0(how->twice, oid) == 0) {
        fixture_add_extension(certificate, oid, content, size);
    }
}

static inline void
fixture_add_amd(X509 *certificate, const struct fixture_certificate *how)
{
    fixture_add_level(certificate, how, "1.3.6.1.4.1.3704.1.3.1", how->bootloader);
    fixture_add_level(certificate, how, "1.3.6.1.4.1.3704.1.3.2", how->tee);
    fixture_add_level(certificate, how, "1.3.6.1.4.1.3704.1.3.3", how->snp);
    fixture_add_level(certificate, how, "1.3.6.1.4.1.3704.1.3.8", how->microcode);
    fixture_add_level(certificate, how, "1.3.6.1.4.1.3704.1.3.9", how->fmc);
    if (how->hwid) {
        fixture_add_extension(certificate, "1.3.6.1.4.1.3704.1.4", how->hwid, how->hwid_size);
    }
    if (how->csp) {
        g_autofree char *text = g_strdup_printf("\x16%c%s", (int)strlen(how->csp), how->csp);

        fixture_add_extension(certificate, "1.3.6.1.4.1.3704.1.5", (const unsigned char *)text,
                              strlen(text));
    }
}

static inline void
fixture_sign(X509 *certificate, const struct fixture_certificate *how)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;

    g_assert_cmpint(EVP_DigestSignInit(context, &parameters, how->md, NULL, how->signer), ==, 1);
    if (EVP_PKEY_is_a(how->signer, "RSA")) {
        g_assert_cmpint(EVP_PKEY_CTX_set_rsa_padding(parameters, how->padding), ==, 1);
    }
    if (EVP_PKEY_is_a(how->signer, "RSA") && how->padding == RSA_PKCS1_PSS_PADDING) {
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, how->salt);
        EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, how->mgf1);
    }
    g_assert_cmpint(X509_sign_ctx(certificate, context), >, 0);
    EVP_MD_CTX_free(context);
}

/* The caller's to X509_free(). */
static inline X509 *
fixture_issue(const struct fixture_certificate *how)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = fixture_name(how->subject), *issuer = fixture_name(how->issuer);

    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), how->authority ? 0x10000 : 0);
    ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20200101000000Z");
    X509_time_adj_ex(X509_getm_notAfter(certificate), (int)how->days, 0,
                     &(time_t){ 1577836800 }); /* 2020 */
    X509_set_subject_name(certificate, subject);
    X509_set_issuer_name(certificate, issuer);
    X509_set_pubkey(certificate, how->key);
    if (how->authority) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    fixture_add_amd(certificate, how);
    fixture_sign(certificate, how);
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
    return certificate;
}

/* Appends one in PEM or DER. */
static inline void
fixture_write(GByteArray *file, X509 *certificate, gboolean pem)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *data;
    long size;

    g_assert_cmpint(pem ? PEM_write_bio_X509(out, certificate) : i2d_X509_bio(out, certificate), ==,
                    1);
    size = BIO_get_mem_data(out, &data);
    g_byte_array_append(file, (const guint8 *)data, (guint)size);
    BIO_free(out);
}

/* The same of one that is made for it. */
static inline void
fixture_append(GByteArray *file, const struct fixture_certificate *how, gboolean pem)
{
    X509 *certificate = fixture_issue(how);

    fixture_write(file, certificate, pem);
    X509_free(certificate);
}

/* SHA-256 of a certificate in hexadecimal; the caller's to g_free(). Equal descriptions need not
 * give equal certificates: the signature is another one each time. */
static inline char *
fixture_fingerprint(const guint8 *der, size_t size)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der, size);
}

/* Signs what is in the report, until r or s, whichever is wanted, has at most so many bytes. */
static inline void
fixture_sign_report(struct fixture *fixture, const char *short_one, int bytes)
{
    unsigned char der[256];
    const unsigned char *at;
    ECDSA_SIG *pair = NULL;

    do {
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        size_t size = sizeof(der);

        ECDSA_SIG_free(pair);
        EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, fixture->leaf_key);
        g_assert_cmpint(EVP_DigestSign(context, der, &size, fixture->report, 0x2a0), ==, 1);
        EVP_MD_CTX_free(context);
        at = der;
        pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
    } while ((g_strcmp0(short_one, "r") == 0 && BN_num_bytes(ECDSA_SIG_get0_r(pair)) > bytes) ||
             (g_strcmp0(short_one, "s") == 0 && BN_num_bytes(ECDSA_SIG_get0_s(pair)) > bytes));
    memset(fixture->report + 0x2a0, 0, 512);
    BN_bn2lebinpad(ECDSA_SIG_get0_r(pair), fixture->report + 0x2a0, 72);
    BN_bn2lebinpad(ECDSA_SIG_get0_s(pair), fixture->report + 0x2a0 + 72, 72);
    ECDSA_SIG_free(pair);
}

#endif
