/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/platform.h"

#include <stdio.h>
#include <string.h>

#include "util/base64.h"
#include "util/file.h"

enum {
    FILE_LIMIT = 64 * 1024,
    /* of PDH, PEK, OCA and CEK */
    CHAIN_SIZE = 4 * CVMDOM_SEV_CERT_SIZE,
    CEK_OFFSET = 3 * CVMDOM_SEV_CERT_SIZE,
};

/* ---- reading ---- */

/* Base64 may be broken into lines. NULL: that is not what it is; certificates begin with a byte
 * that no base64 has. */
static guchar *
decode(const char *data, size_t size, size_t *decoded_size)
{
    g_autofree char *text = g_malloc(size + 1);
    size_t length = 0;

    for (size_t i = 0; i < size; i++) {
        if (!g_ascii_isspace(data[i])) {
            text[length++] = data[i];
        }
    }
    text[length] = '\0';
    return strlen(text) == length ? cvm_base64_decode(text, decoded_size) : NULL;
}

/* NULL, said why, and *status worse, when it cannot be read. */
static GByteArray *
read_certificates(const char *path, int *status)
{
    g_autoptr(GError) error = NULL;
    char *data;
    guchar *decoded;
    size_t size, decoded_size;

    if (cvm_file_read(path, FILE_LIMIT, &data, &size, &error) < 0) {
        cli_say("%s", error->message);
        cli_worsen(status, CLI_UNREADABLE);
        return NULL;
    }
    decoded = decode(data, size, &decoded_size);
    if (decoded) {
        g_free(data);
        return g_byte_array_new_take(decoded, decoded_size);
    }
    return g_byte_array_new_take((guint8 *)data, size);
}

static gboolean
begins_with(const GByteArray *bytes, const GByteArray *beginning)
{
    return bytes->len >= beginning->len &&
           memcmp(bytes->data, beginning->data, beginning->len) == 0;
}

/* The chain may have the PDH at its head, or begin behind it. */
static int
append_chain(const struct cli_command *command, const char *path, struct cli_platform *platform)
{
    int status = CLI_CLEAN;
    g_autoptr(GByteArray) chain = NULL;
    guint skip;

    if (platform->chain->len != CVMDOM_SEV_CERT_SIZE) {
        return cli_usage(command,
                         _("--chain is for a --pdh that is a PDH alone, and that one is "
                           "not: it has %1$u bytes, not %2$d"),
                         platform->chain->len, CVMDOM_SEV_CERT_SIZE);
    }
    chain = read_certificates(path, &status);
    if (chain) {
        skip = begins_with(chain, platform->chain) ? platform->chain->len : 0;
        g_byte_array_append(platform->chain, chain->data + skip, chain->len - skip);
    }
    return status;
}

static int
replace_cek(const struct cli_command *command, const char *path, struct cli_platform *platform)
{
    int status = CLI_CLEAN;
    g_autoptr(GByteArray) cek = NULL;

    if (!platform->chain || platform->chain->len < CHAIN_SIZE) {
        return cli_usage(command, _("--cek takes the place of a chain's CEK, and there is no "
                                    "chain: give it with --pdh or --chain"));
    }
    cek = read_certificates(path, &status);
    if (cek && cek->len != CVMDOM_SEV_CERT_SIZE) {
        cli_say(_("'%1$s' is no CEK: a certificate of one has %2$d bytes"), path,
                CVMDOM_SEV_CERT_SIZE);
        return CLI_UNREADABLE;
    }
    if (cek) {
        memcpy(platform->chain->data + CEK_OFFSET, cek->data, cek->len);
    }
    return status;
}

int
cli_platform_read(const struct cli_command *command, const struct cli_platform_options *options,
                  struct cli_platform *platform)
{
    int status = CLI_CLEAN;

    platform->chain = read_certificates(options->pdh, &status);
    if (platform->chain && platform->chain->len < CVMDOM_SEV_CERT_SIZE) {
        cli_say(_("'%1$s' is no certificate of a platform: it has %2$u bytes, and one of them has "
                  "%3$d"),
                options->pdh, platform->chain->len, CVMDOM_SEV_CERT_SIZE);
        return CLI_UNREADABLE;
    }
    if (platform->chain && options->chain) {
        cli_worsen(&status, append_chain(command, options->chain, platform));
    }
    if (status == CLI_CLEAN && options->cek) {
        status = replace_cek(command, options->cek, platform);
    }
    if (status == CLI_CLEAN && options->ca) {
        platform->ca = read_certificates(options->ca, &status);
    }
    return status;
}

void
cli_platform_clear(struct cli_platform *platform)
{
    g_clear_pointer(&platform->chain, g_byte_array_unref);
    g_clear_pointer(&platform->ca, g_byte_array_unref);
}

/* ---- judging ---- */

struct verified {
    gboolean any;
    char ark[sizeof(((struct cvmdom_chain_link *)0)->fingerprint)];
};

static void
print_link(const struct cvmdom_chain_link *link, void *payload)
{
    struct verified *verified = payload;

    if (!verified->any) {
        printf("%s\n", _("Signatures that hold, with the SHA-256 of each certificate:"));
    }
    verified->any = TRUE;
    printf("  %s < %s  %-12s  %s\n", link->subject, link->signer, link->algorithm,
           link->fingerprint);
    if (g_str_equal(link->subject, "ARK")) {
        g_strlcpy(verified->ark, link->fingerprint, sizeof(verified->ark));
    }
}

static void
tell_reach(int reach, const char *ark)
{
    switch (reach) {
    case CVMDOM_CHAIN_PINNED:
        printf("%s\n\n", _("The chain ends in the ARK that --ark names."));
        break;
    case CVMDOM_CHAIN_ANY_ARK:
        printf("\n");
        cli_say(_("warning: the platform is not verified: its chain ends in an ARK that anybody "
                  "could have made. Compare its SHA-256 with that of AMD's, and name it: "
                  "--ark %s"),
                ark);
        break;
    default:
        printf("\n");
        cli_say(_("warning: the platform is not verified: its chain ends in the CEK, and anybody "
                  "could have made it. Give AMD's certificates with --ca, and the SHA-256 of "
                  "the ARK with --ark"));
    }
}

static int
fail(cvmdom_error *error)
{
    gboolean untrusted = cvmdom_error_code(error) == CVMDOM_ERROR_UNTRUSTED;
    int status = cli_fail(error);

    return untrusted ? CLI_FINDINGS : status;
}

int
cli_platform_verify(const struct cli_attest *attest, const struct cli_platform_options *options,
                    const struct cli_platform *platform)
{
    const struct cvmdom_chain_options chain_options = { .ark = options->ark };
    const GByteArray *chain = platform->chain, *ca = platform->ca;
    struct verified verified = { 0 };
    cvmdom_error *error = NULL;
    int reach;

    if (chain->len == CVMDOM_SEV_CERT_SIZE && !ca && !options->ark) {
        cli_say(_("warning: the PDH is taken on trust: whoever made it can read the keys of this "
                  "session. Give the platform's chain with --chain, AMD's certificates with --ca, "
                  "and the SHA-256 of the ARK with --ark"));
        return CLI_CLEAN;
    }
    reach = attest->chain_verify(chain->data, chain->len, ca ? ca->data : NULL, ca ? ca->len : 0,
                                 &chain_options, print_link, &verified, &error);
    if (reach < 0) {
        return fail(error);
    }
    tell_reach(reach, verified.ark);
    return CLI_CLEAN;
}
