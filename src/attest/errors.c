/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libcrypto and util/ say, as errors of ours. */
#include <openssl/err.h>

#include "attest/attest.h"
#include "util/i18n.h"

int
attest_crypto_error(cvmdom_error **error)
{
    char said[256] = "";
    unsigned long code = ERR_get_error();

    if (code) {
        ERR_error_string_n(code, said, sizeof(said));
    }
    ERR_clear_error();
    return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                            _("libcrypto cannot do what is asked of it: %s"), said);
}

int
attest_give_error(cvmdom_error **error, GError *cause)
{
    int code = cause->code;

    cvmdom_error_set(error, (enum cvmdom_error_code)code, "%s", cause->message);
    g_error_free(cause);
    return -1;
}
