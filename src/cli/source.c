/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/source.h"

#include <stdlib.h>

#include "cli/hosts.h"
#include "cli/virt.h"
#include "cvmdom/record.h"

enum { DEFAULT_TIMEOUT = 30 };

static gboolean
parse_timeout(const char *word, unsigned *seconds)
{
    guint64 value;

    if (!word) {
        *seconds = DEFAULT_TIMEOUT;
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT / 1000, &value, NULL)) {
        return FALSE;
    }
    *seconds = (unsigned)value;
    return TRUE;
}

int
cli_source_check(const struct cli_command *command, const struct cli_source_options *options,
                 const char *host)
{
    unsigned seconds;

    if (options->connect && options->root) {
        return cli_usage(command, _("use either --connect or --root"));
    }
    if (host && (options->connect || options->root)) {
        return cli_usage(command, _("'%1$s' is one argument too many beside %2$s"), host,
                         options->connect ? "--connect" : "--root");
    }
    if (!parse_timeout(options->timeout, &seconds)) {
        return cli_usage(command, _("option '--timeout' takes whole seconds, not '%1$s'"),
                         options->timeout);
    }
    return CLI_CLEAN;
}

/* Where libvirt is when nobody says it: not its own default, which for users is a daemon of their
 * own, that knows nothing of the host's guests. */
static const char *
default_uri(void)
{
    const char *uri = getenv("LIBVIRT_DEFAULT_URI");

    return uri && *uri ? uri : "qemu:///system";
}

static int
capture(const struct cli_virt *virt, cvmdom_connection *connection, cvmdom_record *record,
        cvmdom_error **error)
{
    if (virt->is_local(connection) && cvmdom_record_add_files(record, "/", error) < 0) {
        return -1;
    }
    return virt->capture(connection, record, error);
}

/* FALSE, and said why, when libvirt does not tell. */
static gboolean
ask_libvirt(const struct cli_source *source, const char *uri, cvmdom_record *record)
{
    const struct cli_virt *virt = cli_virt_load();
    struct cvmdom_connection_options options = { .read_only = !source->full };
    cvmdom_connection *connection;
    cvmdom_error *error = NULL;

    if (!virt) {
        return FALSE;
    }
    parse_timeout(source->options->timeout, &options.timeout);
    connection = virt->open(uri, &options, &error);
    if (connection) {
        capture(virt, connection, record, &error);
        virt->close(connection);
    }
    if (error) {
        cli_fail(error);
        return FALSE;
    }
    return TRUE;
}

static gboolean
read_files(const char *root, cvmdom_record *record)
{
    cvmdom_error *error = NULL;

    if (cvmdom_record_add_files(record, root, &error) < 0) {
        cli_fail(error);
        return FALSE;
    }
    return TRUE;
}

/* Without libvirt as far as that goes, where nobody asked for one. */
static gboolean
look_around(const struct cli_source *source, cvmdom_record *record)
{
    const char *uri = default_uri();

    if (ask_libvirt(source, uri, record)) {
        return TRUE;
    }
    if (!source->files_will_do) {
        cli_say(
            _("nothing is recorded, because '%1$s' does not answer: start libvirt, name another "
              "one with --connect, or record the files of this machine alone with --root /"),
            uri);
        return FALSE;
    }
    cli_say(_("'%1$s' does not answer: this goes by the files of this machine alone, and what "
              "libvirt and QEMU can do here is unknown"),
            uri);
    return read_files("/", record);
}

cvmdom_record *
cli_source_record(const struct cli_source *source)
{
    const struct cli_source_options *options = source->options;
    cvmdom_record *record = cvmdom_record_new(source->name);
    gboolean done;

    if (options->root) {
        done = read_files(options->root, record);
    } else if (options->connect) {
        done = ask_libvirt(source, options->connect, record);
    } else {
        done = look_around(source, record);
    }
    if (!done) {
        cvmdom_record_free(record);
        return NULL;
    }
    return record;
}

cvmdom_host *
cli_source_host(const struct cli_source_options *options, const char *word, int *status)
{
    const struct cli_source source = { .options = options, .files_will_do = TRUE };
    cvmdom_error *error = NULL;
    cvmdom_record *record;
    cvmdom_host *host;

    if (word) {
        return cli_host_read(word, status);
    }
    record = cli_source_record(&source);
    if (!record) {
        cli_worsen(status, CLI_UNREADABLE);
        return NULL;
    }
    host = cvmdom_record_host(record, &error);
    cvmdom_record_free(record);
    if (!host) {
        cli_worsen(status, cli_fail(error));
    }
    return host;
}
