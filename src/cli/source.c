/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/source.h"

#include <stdlib.h>

#include "cli/hosts.h"
#include "cvmdom/record.h"

int
cli_source_check(const struct cli_command *command, const struct cli_source_options *options,
                 const char *host)
{
    const char *uri = options->connect.uri;

    if (uri && options->root) {
        return cli_usage(command, _("use either --connect or --root"));
    }
    if (host && (uri || options->root)) {
        return cli_usage(command, _("'%1$s' is one argument too many beside %2$s"), host,
                         uri ? "--connect" : "--root");
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

/* With the files, where libvirt is this machine's: last, because what libvirt fails at leaves the
 * record as it was. */
static int
capture(const struct cli_connection *connection, cvmdom_record *record, cvmdom_error **error)
{
    if (cli_virt_capture(connection, record, error) < 0) {
        return -1;
    }
    return connection->virt->is_local(connection->connection)
               ? cvmdom_record_add_files(record, "/", error)
               : 0;
}

/* Returns an enum cli_status; what is wrong is told. */
static int
ask_libvirt(const struct cli_source *source, const char *uri, cvmdom_record *record)
{
    struct cli_connection connection;
    cvmdom_error *error = NULL;
    /* Not read-only: such a connection is not told the domain capabilities, since libvirt starts
     * emulators to find them out. */
    int status = cli_virt_connect(source->command, uri, FALSE, source->options->connect.timeout,
                                  &connection);

    if (status != CLI_CLEAN) {
        return status;
    }
    if (capture(&connection, record, &error) < 0) {
        status = cli_virt_fail(error);
    }
    cli_virt_disconnect(&connection);
    return status;
}

static int
read_files(const char *root, cvmdom_record *record)
{
    cvmdom_error *error = NULL;

    return cvmdom_record_add_files(record, root, &error) < 0 ? cli_fail(error) : CLI_CLEAN;
}

/* Without libvirt as far as that goes, where nobody asked for one. */
static int
look_around(const struct cli_source *source, cvmdom_record *record)
{
    const char *uri = default_uri();
    int status = ask_libvirt(source, uri, record);

    if (status != CLI_UNREADABLE) {
        return status;
    }
    if (!source->files_will_do) {
        cli_say(_("nothing is recorded, because '%1$s' does not answer: start libvirt, name "
                  "another one with --connect, or record the files of this machine alone with "
                  "--root /"),
                uri);
        return status;
    }
    cli_say(_("'%1$s' does not answer: this goes by the files of this machine alone, and what "
              "libvirt and QEMU can do here is unknown"),
            uri);
    return read_files("/", record);
}

cvmdom_record *
cli_source_record(const struct cli_source *source, int *status)
{
    const char *uri = source->options->connect.uri;
    const char *root = source->options->root;
    cvmdom_record *record = cvmdom_record_new(source->name);
    int own_status = root  ? read_files(root, record)
                     : uri ? ask_libvirt(source, uri, record)
                           : look_around(source, record);

    cli_worsen(status, own_status);
    if (own_status != CLI_CLEAN) {
        cvmdom_record_free(record);
        return NULL;
    }
    return record;
}

/* What to call a host that nobody named: as it was asked for. */
static const char *
name_host(const struct cli_source_options *options)
{
    if (options->root && !g_str_equal(options->root, "/")) {
        return options->root;
    }
    return options->connect.uri ? options->connect.uri : "localhost";
}

cvmdom_host *
cli_source_host(const struct cli_command *command, const struct cli_source_options *options,
                const char *word, int *status)
{
    struct cli_source_options found = *options;
    struct cli_source source = {
        .command = command,
        .options = &found,
        .files_will_do = TRUE,
    };
    cvmdom_error *error = NULL;
    cvmdom_record *record;
    cvmdom_host *host;

    if (word && !cli_host_is_connection(word)) {
        return cli_host_read(word, status);
    }
    if (word) {
        found.connect.uri = word;
    }
    source.name = name_host(&found);
    record = cli_source_record(&source, status);
    if (!record) {
        return NULL;
    }
    host = cvmdom_record_host(record, &error);
    cvmdom_record_free(record);
    if (!host) {
        cli_worsen(status, cli_fail(error));
    }
    return host;
}
