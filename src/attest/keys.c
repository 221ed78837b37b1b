/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transport keys of a guest, from files. */
#include <openssl/crypto.h>
#include <string.h>

#include "attest/attest.h"
#include "util/file.h"
#include "util/i18n.h"

/* A file of both has the TEK first: AMD's sev-tool writes tmp_tk.bin so, and virt-qemu-sev-validate
 * reads it. */
enum {
    TK_TEK = 0,
    TK_TIK = TK_TEK + CVMDOM_KEY_SIZE,
    TK_SIZE = TK_TIK + CVMDOM_KEY_SIZE,
};

void
cvmdom_launch_keys_clear(struct cvmdom_launch_keys *keys)
{
    OPENSSL_cleanse(keys, sizeof(*keys));
}

static int
read_both(const char *path, struct cvmdom_launch_keys *keys, GError **error)
{
    unsigned char tk[TK_SIZE];
    int status = cvm_file_read_exactly(path, tk, sizeof(tk), error);

    if (status == 0) {
        memcpy(keys->tek, tk + TK_TEK, CVMDOM_KEY_SIZE);
        memcpy(keys->tik, tk + TK_TIK, CVMDOM_KEY_SIZE);
    }
    OPENSSL_cleanse(tk, sizeof(tk));
    return status;
}

static int
read_each(const char *tik, const char *tek, struct cvmdom_launch_keys *keys, GError **error)
{
    return cvm_file_read_exactly(tik, keys->tik, CVMDOM_KEY_SIZE, error) < 0 ||
                   cvm_file_read_exactly(tek, keys->tek, CVMDOM_KEY_SIZE, error) < 0
               ? -1
               : 0;
}

int
cvmdom_launch_keys_read(const char *tik, const char *tek, const char *tk,
                        struct cvmdom_launch_keys *keys, cvmdom_error **error)
{
    struct cvmdom_launch_keys read;
    GError *cause = NULL;
    int status;

    if ((tik || tek) ? (!tik || !tek || tk) : !tk) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("the keys of a guest are in a file each, TIK and TEK, or in one "
                                  "together; name both, or the one"));
    }
    status = tk ? read_both(tk, &read, &cause) : read_each(tik, tek, &read, &cause);
    if (status == 0) {
        *keys = read;
    }
    cvmdom_launch_keys_clear(&read);
    return status == 0 ? 0 : attest_give_error(error, cause);
}
