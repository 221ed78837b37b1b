/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/attest.h"

#include <pthread.h>
#include <stddef.h>

#include "cli/library.h"

#define SONAME "libcvmdom-attest.so.0"

static const struct cli_symbol symbols[] = {
#define CLI_ATTEST_ROW(function) { "cvmdom_" #function, offsetof(struct cli_attest, function) },
    CLI_ATTEST_FUNCTIONS(CLI_ATTEST_ROW)
#undef CLI_ATTEST_ROW
};

static void
explain_missing(const char *said)
{
    if (g_str_has_prefix(said, "libcrypto.so")) {
        cli_say(_("attestation needs libcrypto, which is not installed: install the package "
                  "libssl3 (Debian) or openssl-libs (Fedora); %1$s"),
                said);
    } else if (g_str_has_prefix(said, SONAME)) {
        cli_say(_("attestation needs the library '%1$s', which is a part of cvmdom, but is not "
                  "installed here: install it beside the command; %2$s"),
                SONAME, said);
    } else {
        cli_say(_("attestation needs the library '%1$s', which cannot be loaded: %2$s"), SONAME,
                said);
    }
}

/* said: the loader's words when it is missing. */
static const struct cli_attest *
load(const char **said)
{
    static struct cli_attest attest;
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static gboolean loaded;
    gboolean found;

    pthread_mutex_lock(&mutex);
    if (!loaded) {
        loaded = cli_library_load(SONAME, symbols, G_N_ELEMENTS(symbols), &attest, said);
    }
    found = loaded;
    pthread_mutex_unlock(&mutex);
    return found ? &attest : NULL;
}

const struct cli_attest *
cli_attest_load(void)
{
    const char *said;
    const struct cli_attest *attest = load(&said);

    if (!attest) {
        explain_missing(said);
    }
    return attest;
}

const struct cli_attest *
cli_attest_find(void)
{
    const char *said;

    return load(&said);
}
