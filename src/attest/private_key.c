/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private keys on P-384 from DER. libcrypto's own decoders leave copies of what they read in freed
 * memory, so only its reader of single tags is used here. */
#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "attest/id_key.h"
#include "util/i18n.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_OBJECT, ASN1_OBJECT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EC_GROUP, EC_GROUP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EC_POINT, EC_POINT_clear_free)

enum {
    NUMBER_SIZE = 48,
    POINT_SIZE = 1 + 2 * NUMBER_SIZE,
    PARAMETERS = V_ASN1_CONTEXT_SPECIFIC | 0, /* of RFC 5915 */
    PUBLIC_KEY = V_ASN1_CONTEXT_SPECIFIC | 1,
};

/* ---- DER ---- */

/* Where a reader is. */
struct der {
    const unsigned char *at;
    long left;
};

/* The tag that follows, with its class; -1 for none. Its content is what inner becomes, and from is
 * behind it. */
static int
take_any(struct der *from, struct der *inner)
{
    const unsigned char *at = from->at;
    int tag, class, flags;
    long length;

    if (from->left <= 0) {
        return -1;
    }
    flags = ASN1_get_object(&at, &length, &tag, &class, from->left);
    if (flags & 0x81) { /* broken, or of a length that is not said */
        return -1;
    }
    *inner = (struct der){ at, length };
    from->left -= at - from->at + length;
    from->at = at + length;
    return class | tag;
}

/* from stays where another tag follows. */
static gboolean
take(struct der *from, int tag, struct der *inner)
{
    struct der rest = *from, content;

    if (take_any(&rest, &content) != tag) {
        return FALSE;
    }
    *from = rest;
    *inner = content;
    return TRUE;
}

/* libcrypto's number of the object identifier that follows; -1 when none does. */
static int
take_nid(struct der *from)
{
    const unsigned char *at = from->at;
    g_autoptr(ASN1_OBJECT) object = NULL;
    struct der content;

    if (!take(from, V_ASN1_OBJECT, &content)) {
        return -1;
    }
    object = d2i_ASN1_OBJECT(NULL, &at, from->at - at);
    return object ? OBJ_obj2nid(object) : -1;
}

/* ---- what a file is ---- */

/* What DER has of a private key on an elliptic curve. */
struct parts {
    int curve; /* libcrypto's number; NID_undef: none that it knows */
    struct der secret;
    struct der public; /* at NULL: not given */
};

static int
refuse(const char *name, const char *found, cvmdom_error **error)
{
    return cvmdom_error_set(
        error, CVMDOM_ERROR_UNSUPPORTED,
        _("'%1$s' is %2$s; ID blocks are signed by a private key on the elliptic curve P-384, "
          "which 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out KEY.pem' "
          "makes"),
        name, found);
}

static int
refuse_broken(const char *name, cvmdom_error **error)
{
    return cvmdom_error_set(error, CVMDOM_ERROR_SYNTAX,
                            _("'%s' is no private key in SEC 1 or PKCS #8 that can be read"), name);
}

int
attest_private_key_refuse_encrypted(const char *name, cvmdom_error **error)
{
    return cvmdom_error_set(
        error, CVMDOM_ERROR_UNSUPPORTED,
        _("the key in '%1$s' is encrypted, and no passphrase is asked for: give it "
          "decrypted, without a copy on the disk, as <(openssl pkey -in '%1$s') "
          "does in a shell"),
        name);
}

/* What begins with a sequence is no private key, or an encrypted one. */
static int
refuse_structure(const char *name, struct der body, cvmdom_error **error)
{
    struct der inner;
    int tag;

    take_any(&body, &inner);
    tag = take_any(&body, &inner);
    switch (tag) {
    case V_ASN1_OCTET_STRING:
        return attest_private_key_refuse_encrypted(name, error);
    case V_ASN1_BIT_STRING:
        return refuse(name, _("a public key"), error);
    case V_ASN1_SEQUENCE:
        return refuse(name, _("a certificate"), error);
    default:
        return refuse_broken(name, error);
    }
}

/* ECPrivateKey of RFC 5915, behind its version. curve is known from outside, or NID_undef. */
static gboolean
parse_sec1(struct der body, int curve, struct parts *parts)
{
    struct der inner;

    *parts = (struct parts){ .curve = curve };
    if (!take(&body, V_ASN1_OCTET_STRING, &parts->secret)) {
        return FALSE;
    }
    if (take(&body, PARAMETERS, &inner)) {
        int inside = take_nid(&inner);

        if (curve != NID_undef && inside != curve) {
            return FALSE;
        }
        parts->curve = inside < 0 ? NID_undef : inside;
    }
    if (take(&body, PUBLIC_KEY, &inner) && (!take(&inner, V_ASN1_BIT_STRING, &parts->public) ||
                                            parts->public.left < 1 || *parts->public.at != 0)) {
        return FALSE;
    }
    return body.left == 0;
}

/* PrivateKeyInfo of RFC 5208, behind its version. */
static int
parse_pkcs8(const char *name, struct der body, struct parts *parts, cvmdom_error **error)
{
    struct der algorithm, octets, key, version;
    int type, curve;

    if (!take(&body, V_ASN1_SEQUENCE, &algorithm) || !take(&body, V_ASN1_OCTET_STRING, &octets)) {
        return refuse_broken(name, error);
    }
    type = take_nid(&algorithm);
    if (type != NID_X9_62_id_ecPublicKey) {
        g_autofree char *found =
            g_strdup_printf(_("a key of type %s"), type > 0 ? OBJ_nid2sn(type) : "?");

        return refuse(name, found, error);
    }
    curve = take_nid(&algorithm);
    if (!take(&octets, V_ASN1_SEQUENCE, &key) || !take(&key, V_ASN1_INTEGER, &version) ||
        !parse_sec1(key, MAX(curve, NID_undef), parts)) {
        return refuse_broken(name, error);
    }
    return 0;
}

/* As the content says, whatever was written around it. */
static int
parse_parts(const char *name, struct der file, struct parts *parts, cvmdom_error **error)
{
    struct der body, version, next;

    if (!take(&file, V_ASN1_SEQUENCE, &body)) {
        return refuse_broken(name, error);
    }
    if (!take(&body, V_ASN1_INTEGER, &version)) {
        return refuse_structure(name, body, error);
    }
    next = body;
    switch (take_any(&next, &version)) {
    case V_ASN1_SEQUENCE:
        return parse_pkcs8(name, body, parts, error);
    case V_ASN1_OCTET_STRING:
        return parse_sec1(body, NID_undef, parts) ? 0 : refuse_broken(name, error);
    case V_ASN1_INTEGER:
        return refuse(name, _("an RSA or DSA key"), error);
    default:
        return refuse_broken(name, error);
    }
}

static int
check_curve(const char *name, int curve, cvmdom_error **error)
{
    const char *nist = EC_curve_nid2nist(curve);
    g_autofree char *found = NULL;

    if (curve == NID_secp384r1) {
        return 0;
    }
    found = curve == NID_undef ? g_strdup(_("a key on an elliptic curve that it does not name"))
                               : g_strdup_printf(_("a key on the elliptic curve %s"),
                                                 nist ? nist : OBJ_nid2sn(curve));
    return refuse(name, found, error);
}

/* ---- what libcrypto makes of it ---- */

static EVP_PKEY *
make_key(const BIGNUM *secret, unsigned char point[POINT_SIZE])
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    char curve[] = SN_secp384r1;
    unsigned char number[NUMBER_SIZE]; /* in the machine's order */
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, POINT_SIZE),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, sizeof(number)),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = NULL;

    if (context && BN_bn2nativepad(secret, number, sizeof(number)) == NUMBER_SIZE &&
        EVP_PKEY_fromdata_init(context) == 1) {
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters);
    }
    OPENSSL_cleanse(number, sizeof(number));
    return key;
}

/* NULL with nothing said when libcrypto cannot, and when the number is no private key or its public
 * key is another one. */
static EVP_PKEY *
compute_key(const struct parts *parts)
{
    g_autoptr(BIGNUM) secret = BN_secure_new();
    g_autoptr(EC_GROUP) group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    g_autoptr(EC_POINT) computed = group ? EC_POINT_new(group) : NULL;
    g_autoptr(EC_POINT) given = group ? EC_POINT_new(group) : NULL;
    const struct der *public = &parts->public;
    unsigned char point[POINT_SIZE];

    if (!secret || !computed || !given ||
        !BN_bin2bn(parts->secret.at, (int)parts->secret.left, secret)) {
        return NULL;
    }
    BN_set_flags(secret, BN_FLG_CONSTTIME);
    if (BN_is_zero(secret) || BN_cmp(secret, EC_GROUP_get0_order(group)) >= 0 ||
        EC_POINT_mul(group, computed, secret, NULL, NULL, NULL) != 1 ||
        EC_POINT_point2oct(group, computed, POINT_CONVERSION_UNCOMPRESSED, point, POINT_SIZE,
                           NULL) != POINT_SIZE) {
        return NULL;
    }
    if (public->at &&
        (EC_POINT_oct2point(group, given, public->at + 1, (size_t) public->left - 1, NULL) != 1 ||
         EC_POINT_cmp(group, computed, given, NULL) != 0)) {
        return NULL;
    }
    return make_key(secret, point);
}

EVP_PKEY *
attest_private_key_parse(const char *name, const unsigned char *der, size_t size,
                         cvmdom_error **error)
{
    struct parts parts = { 0 };
    EVP_PKEY *key = NULL;
    int status = parse_parts(name, (struct der){ der, (long)size }, &parts, error);

    if (status == 0) {
        status = check_curve(name, parts.curve, error);
    }
    if (status == 0) {
        key = parts.secret.left <= NUMBER_SIZE ? compute_key(&parts) : NULL;
        if (!key) {
            cvmdom_error_set(
                error, CVMDOM_ERROR_SYNTAX,
                _("'%s' holds no private key of P-384, or another public key beside it"), name);
        }
    }
    ERR_clear_error();
    return key;
}
