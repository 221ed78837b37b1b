/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that ID blocks are signed by. */
#include <openssl/crypto.h>
#include <string.h>

#include "attest/id_key.h"
#include "util/file.h"
#include "util/i18n.h"

/* PEM (RFC 7468) may have text around the key, DER of one on P-384 is 185 bytes long. */
enum { MOST_BYTES = 16 * 1024 };

static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char dashes[] = "-----";

/* ---- PEM ---- */

/* A part of a text. */
struct span {
    char *at;
    size_t size;
};

static gboolean
span_is(const struct span *span, const char *text)
{
    return span->size == strlen(text) && memcmp(span->at, text, span->size) == 0;
}

/* The next "-----BEGIN LABEL-----" … "-----END" of a text, which is behind it then. */
static gboolean
take_block(char **text, struct span *label, struct span *body)
{
    char *begin = strstr(*text, begin_mark);
    char *label_end = begin ? strstr(begin + strlen(begin_mark), dashes) : NULL;
    char *end = label_end ? strstr(label_end + strlen(dashes), end_mark) : NULL;

    if (!end) {
        return FALSE;
    }
    *label = (struct span){ begin + strlen(begin_mark), 0 };
    label->size = (size_t)(label_end - label->at);
    *body = (struct span){ label_end + strlen(dashes), 0 };
    body->size = (size_t)(end - body->at);
    *text = end + strlen(end_mark);
    return TRUE;
}

/* In place. What the encoding has nothing to do with is refused, which g_base64_decode_inplace()
 * passes over. */
static EVP_PKEY *
parse_body(const char *path, const struct span *body, cvmdom_error **error)
{
    gsize size;

    body->at[body->size] = '\0';
    if (strstr(body->at, ",ENCRYPTED")) { /* "Proc-Type: 4,ENCRYPTED" of RFC 1421 */
        attest_private_key_refuse_encrypted(path, error);
        return NULL;
    }
    /* Of less than two characters it makes nothing, not even a size. */
    if (strlen(body->at) < 2 ||
        body->at[strspn(body->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "+/= \t\r\n")]) {
        cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX, _("the key in '%s' is no base64"), path);
        return NULL;
    }
    g_base64_decode_inplace(body->at, &size);
    return attest_private_key_parse(path, (const unsigned char *)body->at, size, error);
}

static EVP_PKEY *
parse_pem(const char *path, char *text, cvmdom_error **error)
{
    struct span label, body;

    while (take_block(&text, &label, &body)) {
        if (span_is(&label, "OPENSSH PRIVATE KEY")) {
            cvmdom_error_set(
                error, CVMDOM_ERROR_UNSUPPORTED,
                _("'%1$s' is in OpenSSH's own format: 'ssh-keygen -p -m PKCS8 -f %1$s' "
                  "turns a copy of it into PKCS #8"),
                path);
            return NULL;
        }
        /* 'openssl ecparam -genkey' puts the curve before the key. */
        if (!span_is(&label, "EC PARAMETERS")) {
            return parse_body(path, &body, error);
        }
    }
    cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX, _("'%s' holds no whole key"), path);
    return NULL;
}

/* ---- keys ---- */

enum { STACK_BYTES = 32 * 1024 }; /* several times as deep as libcrypto was seen to go */

G_NO_INLINE void
attest_wipe_stack(void)
{
    unsigned char used[STACK_BYTES];

    OPENSSL_cleanse(used, sizeof(used));
}

/* text is ended by a NUL beyond size. */
static EVP_PKEY *
parse_file(const char *path, char *text, size_t size, cvmdom_error **error)
{
    text[size] = '\0';
    if (strstr(text, begin_mark)) {
        return parse_pem(path, text, error);
    }
    return attest_private_key_parse(path, (const unsigned char *)text, size, error);
}

cvmdom_id_key *
cvmdom_id_key_read(const char *path, cvmdom_error **error)
{
    g_autofree char *text = g_malloc(MOST_BYTES + 1);
    g_autoptr(EVP_PKEY) pkey = NULL;
    cvmdom_id_key *key;
    GError *cause = NULL;
    size_t size;

    if (cvm_file_read_into(path, text, MOST_BYTES, &size, &cause) < 0) {
        attest_give_error(error, cause);
        return NULL;
    }
    pkey = parse_file(path, text, size, error);
    OPENSSL_cleanse(text, MOST_BYTES);
    attest_wipe_stack();
    if (!pkey) {
        return NULL;
    }
    key = g_new0(cvmdom_id_key, 1);
    key->key = g_steal_pointer(&pkey);
    if (attest_ecc_key_write(key->key, key->public, error) < 0) {
        g_clear_pointer(&key, cvmdom_id_key_free);
    }
    return key;
}

void
cvmdom_id_key_free(cvmdom_id_key *key)
{
    if (key) {
        EVP_PKEY_free(key->key); /* which wipes it */
        g_free(key);
    }
}

int
cvmdom_id_key_digest(const cvmdom_id_key *key, unsigned char digest[CVMDOM_KEY_DIGEST_SIZE],
                     cvmdom_error **error)
{
    return attest_hash(EVP_sha384(), key->public, sizeof(key->public), digest, error);
}
