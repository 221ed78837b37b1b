/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms that private keys come in. */
#ifndef CVM_TESTS_KEY_FORMS_H
#define CVM_TESTS_KEY_FORMS_H

#include <glib.h>
#include <openssl/pem.h>

enum form { SEC1_PEM, SEC1_DER, PKCS8_PEM, PKCS8_DER, FORMS };

static inline void
write_form(BIO *out, EVP_PKEY *key, enum form form)
{
    int done = 0;

    switch (form) {
    case SEC1_PEM:
        done = PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL, NULL);
        break;
    case SEC1_DER:
        done = i2d_PrivateKey_bio(out, key);
        break;
    case PKCS8_PEM:
        done = PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
        break;
    default:
        done = i2d_PKCS8PrivateKey_bio(out, key, NULL, NULL, 0, NULL, NULL);
        break;
    }
    g_assert_cmpint(done, ==, 1);
}

#endif
