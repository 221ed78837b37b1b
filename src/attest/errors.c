/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libcrypto and util/ say, as errors of ours. */
#include <openssl/err.h>
#include <stdarg.h>

#include "attest/attest.h"
#include "util/i18n.h"

int
attest_error(cvmdom_error **error, enum cvmdom_error_code code, const char *format, ...)
{
    va_list args;

    if (error) {
        g_autofree char *message = NULL;

        va_start(args, format);
        message = g_strdup_vprintf(format, args);
        va_end(args);
        *error = cvmdom_error_new(code, message);
    }
    return -1;
}

int
attest_crypto_error(cvmdom_error **error)
{
    char said[256] = "";
    unsigned long code = ERR_get_error();

    if (code) {
        ERR_error_string_n(code, said, sizeof(said));
    }
    ERR_clear_error();
    return attest_error(error, CVMDOM_ERROR_UNSUPPORTED,
                        _("libcrypto cannot do what is asked of it: %s"), said);
}

int
attest_give_error(cvmdom_error **error, GError *cause)
{
    int code = cause->code;

    attest_error(error, (enum cvmdom_error_code)code, "%s", cause->message);
    g_error_free(cause);
    return -1;
}
