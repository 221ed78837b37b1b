/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that keys are in. */
#ifndef CVM_TESTS_ID_KEY_FIXTURE_H
#define CVM_TESTS_ID_KEY_FIXTURE_H

#include <glib/gstdio.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "attest/id_key.h"
#include "unit.h"

/* ECPrivateKey (RFC 5915) without a public key, on P-384: of a number whose last byte is given. */
enum { SMALL_KEY_SIZE = 7 + 48 + 9 };

static inline void
make_small_key(unsigned char der[SMALL_KEY_SIZE], unsigned char number)
{
    static const unsigned char head[7] = { 0x30, SMALL_KEY_SIZE - 2, 2, 1, 1, 4, 48 };
    static const unsigned char curve[9] = { 0xa0, 7, 6, 5, 0x2b, 0x81, 4, 0, 0x22 };

    memset(der, 0, SMALL_KEY_SIZE);
    memcpy(der, head, sizeof(head));
    der[7 + 47] = number;
    memcpy(der + 7 + 48, curve, sizeof(curve));
}

/* A file of this test's own; the caller's to remove_file(). */
static inline char *
make_file(const void *bytes, size_t size)
{
    char *path = NULL;
    int fd = g_file_open_tmp("cvmdom-XXXXXX", &path, NULL);

    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert(g_file_set_contents(path, bytes, (gssize)size, NULL));
    return path;
}

static inline void
remove_file(char *path)
{
    g_unlink(path);
    g_free(path);
}

#endif
