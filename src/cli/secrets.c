/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/secrets.h"

#include <string.h>

#include "util/base64.h"
#include "util/file.h"

/* Text of a secret that takes all the room, with a line break behind every few digits. */
enum { MOST_BASE64 = 2 * CVMDOM_SECRET_MAX };

static struct cli_secrets *
new_secrets(void)
{
    struct cli_secrets *secrets = g_new0(struct cli_secrets, 1);

    secrets->list = g_array_new(FALSE, FALSE, sizeof(struct cvmdom_secret));
    secrets->names = g_array_new(FALSE, FALSE, sizeof(char *));
    return secrets;
}

void
cli_secrets_free(struct cli_secrets *secrets)
{
    if (!secrets) {
        return;
    }
    for (guint i = 0; i < secrets->names->len; i++) {
        g_free(g_array_index(secrets->names, char *, i));
    }
    g_array_unref(secrets->names);
    g_array_unref(secrets->list);
    explicit_bzero(secrets->plain, sizeof(secrets->plain));
    g_free(secrets);
}

static int
fail(GError *cause)
{
    cli_say("%s", cause->message);
    g_error_free(cause);
    return CLI_UNREADABLE;
}

/* ---- files ---- */

static int
read_raw(struct cli_secrets *secrets, const char *name, const char *path, size_t *size)
{
    unsigned char *at = secrets->plain + secrets->used;
    GError *cause = NULL;

    if (cvm_file_read_into(path, at, sizeof(secrets->plain) - secrets->used, size, &cause) < 0) {
        return fail(cause);
    }
    if (*size > 0 && at[*size - 1] == '\n') {
        cli_say(_("warning: the file of '%1$s' ends with a newline, which becomes part of the "
                  "secret; where that is not meant, write the file without one (printf %%s)"),
                name);
    }
    return CLI_CLEAN;
}

/* Removes spaces and line breaks; returns how much is left. */
static size_t
join_lines(char *text, size_t size)
{
    size_t kept = 0;

    for (size_t i = 0; i < size; i++) {
        if (!g_ascii_isspace(text[i])) {
            text[kept++] = text[i];
        }
    }
    explicit_bzero(text + kept, size - kept);
    return kept;
}

static int
decode(struct cli_secrets *secrets, const char *path, char *text, size_t length, size_t *size)
{
    length = join_lines(text, length);
    if (strlen(text) != length || !cvm_base64_decode_in_place(text, size)) {
        cli_say(_("'%1$s' is not base64"), path);
        return CLI_UNREADABLE;
    }
    if (*size > sizeof(secrets->plain) - secrets->used) {
        cli_say(_("the secrets do not fit: LAUNCH_SECRET takes %1$d bytes, table and padding "
                  "included; inject fewer or shorter ones"),
                CVMDOM_SECRET_MAX);
        return CLI_UNREADABLE;
    }
    memcpy(secrets->plain + secrets->used, text, *size);
    return CLI_CLEAN;
}

static int
read_base64(struct cli_secrets *secrets, const char *path, size_t *size)
{
    char text[MOST_BASE64 + 1] = "";
    GError *cause = NULL;
    size_t length = 0;
    int status = cvm_file_read_into(path, text, MOST_BASE64, &length, &cause) < 0
                     ? fail(cause)
                     : decode(secrets, path, text, length, size);

    explicit_bzero(text, sizeof(text));
    return status;
}

/* ---- options ---- */

/* A word that is no such thing may be the secret itself, and is not repeated. */
static int
add(struct cli_secrets *secrets, const struct cli_command *command, const char *word,
    gboolean base64)
{
    const char *path = strchr(word, ':');
    struct cvmdom_secret secret = { .data = secrets->plain + secrets->used };
    char *name;
    int status;

    if (!path || path == word || !path[1]) {
        return cli_usage(command,
                         _("option '--%1$s' takes the secret's name or GUID, a colon and the file "
                           "that it is in: luks-key:FILE"),
                         base64 ? "base64-secret" : "secret");
    }
    name = g_strndup(word, (gsize)(path - word));
    path++;
    g_array_append_val(secrets->names, name);
    status = base64 ? read_base64(secrets, path, &secret.size)
                    : read_raw(secrets, name, path, &secret.size);
    if (status == CLI_CLEAN) {
        secret.guid = name;
        secrets->used += secret.size;
        g_array_append_val(secrets->list, secret);
    }
    return status;
}

struct cli_secrets *
cli_secrets_read(const struct cli_command *command, const char *const *raw,
                 const char *const *base64, int *status)
{
    struct cli_secrets *secrets = new_secrets();
    int worst = CLI_CLEAN;

    for (; raw && *raw && worst == CLI_CLEAN; raw++) {
        worst = add(secrets, command, *raw, FALSE);
    }
    for (; base64 && *base64 && worst == CLI_CLEAN; base64++) {
        worst = add(secrets, command, *base64, TRUE);
    }
    cli_worsen(status, worst);
    if (worst != CLI_CLEAN) {
        cli_secrets_free(secrets);
        return NULL;
    }
    return secrets;
}
