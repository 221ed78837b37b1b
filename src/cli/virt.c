/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/virt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "cli/library.h"
#include "util/number.h"

#define SONAME "libcvmdom-virt.so.0"
#define DEFAULT_TIMEOUT 30

/* ---- the library ---- */

#ifdef HAVE_LIBVIRT
static const struct cli_symbol symbols[] = {
#define CLI_VIRT_ROW(function)                                                                     \
    { "cvmdom_connection_" #function, offsetof(struct cli_virt, function) },
    CLI_VIRT_FUNCTIONS(CLI_VIRT_ROW)
#undef CLI_VIRT_ROW
};

/* What the loader says begins with the name of the library that it did not find, which may be one
 * that the library itself needs. */
static void
explain_missing(const char *said)
{
    if (g_str_has_prefix(said, "libvirt.so")) {
        cli_say(_("a connection needs libvirt's own library, which is not installed: install the "
                  "package libvirt0 (Debian) or libvirt-libs (Fedora); %1$s"),
                said);
    } else if (g_str_has_prefix(said, SONAME)) {
        cli_say(_("a connection needs the library '%1$s', which is a part of cvmdom, but is not "
                  "installed here: install it beside the command; %2$s"),
                SONAME, said);
    } else {
        cli_say(_("a connection needs the library '%1$s', which cannot be loaded: %2$s"), SONAME,
                said);
    }
}

static gboolean
load(struct cli_virt *virt)
{
    const char *said;
    gboolean loaded = cli_library_load(SONAME, symbols, G_N_ELEMENTS(symbols), virt, &said);

    if (!loaded) {
        explain_missing(said);
    }
    return loaded;
}
#else
static gboolean
load(struct cli_virt *virt G_GNUC_UNUSED)
{
    cli_say(_("this cvmdom cannot connect to libvirt: it was built with --without-libvirt; install "
              "or build one with libcvmdom-virt"));
    return FALSE;
}
#endif

const struct cli_virt *
cli_virt_load(void)
{
    static struct cli_virt virt;
    static gboolean loaded;

    loaded = loaded || load(&virt);
    return loaded ? &virt : NULL;
}

/* ---- connections ---- */

static gboolean
parse_timeout(const char *word, unsigned *seconds)
{
    uint64_t number = DEFAULT_TIMEOUT;
    gboolean valid = !word || (cvm_number_parse_decimal(word, &number) && number <= G_MAXINT);

    *seconds = (unsigned)number;
    return valid;
}

int
cli_virt_connect(const struct cli_command *command, const char *uri, gboolean read_only,
                 const char *timeout, struct cli_connection *connection)
{
    struct cvmdom_connection_options options = { .read_only = read_only };
    cvmdom_error *error = NULL;

    *connection = (struct cli_connection){ 0 };
    if (!parse_timeout(timeout, &options.timeout)) {
        return cli_usage(command, _("option '--%1$s' takes seconds, not '%2$s'"), "timeout",
                         timeout);
    }
    connection->virt = cli_virt_load();
    if (!connection->virt) {
        return CLI_UNREADABLE;
    }
    /* libvirt may write to a connection that is just being lost: that is to fail, not to kill. */
    signal(SIGPIPE, SIG_IGN);
    connection->connection = connection->virt->open(uri, &options, &error);
    return connection->connection ? CLI_CLEAN : cli_virt_fail(error);
}

void
cli_virt_disconnect(struct cli_connection *connection)
{
    if (connection->connection) {
        connection->virt->close(connection->connection);
        connection->connection = NULL;
    }
}

/* libvirt starts QEMU to learn what it can do, when it does not know yet. Nobody is asked for a
 * password any more, which a line over it would hide. */
cvmdom_host *
cli_virt_host(const struct cli_connection *connection, cvmdom_error **error)
{
    cvmdom_host *host;

    cli_progress_wait(_("asking libvirt"));
    host = connection->virt->host(connection->connection, error);
    cli_progress_end();
    return host;
}

int
cli_virt_capture(const struct cli_connection *connection, cvmdom_record *record,
                 cvmdom_error **error)
{
    int status;

    cli_progress_wait(_("asking libvirt"));
    status = connection->virt->capture(connection->connection, record, error);
    cli_progress_end();
    return status;
}

/* ---- errors ---- */

/* On standard error, as every other word with the user. */
static void
print_labelled(const char *label, const char *text)
{
    g_autofree char *line = g_strdup_printf("  %s %s", label, text);

    cli_print(line);
}

static void
explain(const char *said)
{
    cvmdom_diagnosis *diagnosis = cvmdom_log_diagnose(said, strlen(said));
    const char *id = cvmdom_diagnosis_message(diagnosis);
    struct cvmdom_message message;
    const char *note;

    if (id && cvmdom_message_find(id, &message) == 0 && message.rank != CVMDOM_MESSAGE_FOLLOWS) {
        print_labelled(_("Cause:"), cvmdom_diagnosis_cause(diagnosis));
        print_labelled(_("Change:"), cvmdom_diagnosis_remedy(diagnosis));
        for (size_t i = 0; (note = cvmdom_diagnosis_note(diagnosis, i)); i++) {
            print_labelled("-", note);
        }
    }
    cvmdom_diagnosis_free(diagnosis);
}

int
cli_virt_fail(cvmdom_error *error)
{
    int code = cvmdom_error_code(error);
    g_auto(GStrv) lines = NULL;

    if (code != CVMDOM_ERROR_CONNECTION && code != CVMDOM_ERROR_REFUSED) {
        return cli_fail(error);
    }
    /* QEMU's last words can be several lines. */
    lines = g_strsplit(cvmdom_error_message(error), "\n", 0);
    for (size_t i = 0; lines[i]; i++) {
        if (i == 0) {
            cli_say("%s", lines[i]);
        } else if (*lines[i]) {
            print_labelled("|", lines[i]);
        }
    }
    explain(cvmdom_error_message(error));
    cvmdom_error_free(error);
    return CLI_UNREADABLE;
}
