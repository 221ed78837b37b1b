/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host into a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/host.h"
#include "cvmdom/record.h"
#include "util/file.h"

struct capture_options {
    struct cli_source_options source;
    const char *output;
    const char *name;
    gboolean full;
};

static const struct cli_option options_table[] = {
    CLI_SOURCE_ROWS(struct capture_options, source),
    { .name = "output",
      .letter = 'o',
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct capture_options, output),
      .help = N_("write to FILE, whole or not at all") },
    { .name = "name",
      .letter = 'n',
      .argument = "NAME",
      .offset = offsetof(struct capture_options, name),
      .help = N_("what to call the host; by default what FILE is called, else 'host'") },
    { .name = "full",
      .offset = offsetof(struct capture_options, full),
      .help = N_("record what identifies the machine, too: serial numbers, UUID, certificates, "
                 "processor id") },
    { 0 },
};

static gboolean
to_stdout(const struct capture_options *options)
{
    return !options->output || g_str_equal(options->output, "-");
}

/* Whether the record can hold it, and a message quote it. */
static gboolean
is_name(const char *name)
{
    const char *at = name;

    if (!g_utf8_validate(name, -1, NULL)) {
        return FALSE;
    }
    while (*at && g_unichar_isprint(g_utf8_get_char(at))) {
        at = g_utf8_next_char(at);
    }
    return at > name && *at == '\0';
}

/* "web1" of "hosts/web1.xml"; the caller's to g_free(). */
static char *
make_name(const struct capture_options *options)
{
    g_autofree char *base = NULL;

    if (options->name || to_stdout(options)) {
        return g_strdup(options->name ? options->name : "host");
    }
    base = g_path_get_basename(options->output);
    if (g_str_has_suffix(base, ".xml")) {
        base[strlen(base) - strlen(".xml")] = '\0';
    }
    return is_name(base) ? g_steal_pointer(&base) : g_strdup("host");
}

static int
write_text(const struct capture_options *options, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (to_stdout(options)) {
        fputs(text, stdout);
        return CLI_CLEAN;
    }
    if (cvm_file_write(options->output, text, strlen(text), &error) < 0) {
        cli_say("%s", error->message);
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

/* "kernel, libvirt's version" of the parts that are known, or of those that are not; the caller's
 * to g_free(). */
static char *
list_parts(const cvmdom_host *host, gboolean known)
{
    GString *list = g_string_new(NULL);
    struct cvmdom_host_part part;

    for (size_t i = 0; cvmdom_host_part_at(host, i, &part) == 0; i++) {
        if (!part.known == !known) {
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", part.title);
        }
    }
    return g_string_free(list, FALSE);
}

/* For whoever is there to read it. */
static void
print_summary(const cvmdom_host *host)
{
    g_autofree char *known = list_parts(host, TRUE);
    g_autofree char *unknown = list_parts(host, FALSE);

    if (!isatty(STDERR_FILENO)) {
        return;
    }
    if (!*unknown) {
        cli_say(_("'%1$s' is recorded, and nothing is missing"), cvmdom_host_name(host));
    } else if (!*known) {
        cli_say(_("'%1$s' is recorded, but everything about it is unknown"),
                cvmdom_host_name(host));
    } else {
        cli_say(_("'%1$s' is recorded: %2$s; unknown are: %3$s"), cvmdom_host_name(host), known,
                unknown);
    }
}

/* What cannot be read again is not written. */
static int
write_record(const struct capture_options *options, const cvmdom_record *record)
{
    g_autofree char *text = cvmdom_record_text(record, options->full);
    cvmdom_error *error = NULL;
    cvmdom_host *host = cvmdom_host_parse(to_stdout(options) ? "host" : options->output, text,
                                          strlen(text), &error);

    int status;

    if (!host) {
        return cli_fail(error);
    }
    status = write_text(options, text);
    if (status == CLI_CLEAN) {
        print_summary(host);
    }
    cvmdom_host_free(host);
    return status;
}

static int
run(const void *data, const char *const *operands G_GNUC_UNUSED)
{
    const struct capture_options *options = data;
    g_autofree char *name = make_name(options);
    const struct cli_source source = {
        .command = &cli_host_capture,
        .options = &options->source,
        .name = name,
    };
    int status = cli_source_check(&cli_host_capture, &options->source, NULL);
    cvmdom_record *record;

    if (status == CLI_CLEAN && !is_name(name)) {
        return cli_usage(&cli_host_capture,
                         _("'%1$s' cannot be a host's name: write one of visible characters"),
                         name);
    }
    if (status != CLI_CLEAN) {
        return status;
    }
    record = cli_source_record(&source, &status);
    if (!record) {
        return status;
    }
    status = write_record(options, record);
    cvmdom_record_free(record);
    return status;
}

const struct cli_command cli_host_capture = {
    .name = "capture",
    .parent = &cli_host,
    .summary = N_("Record a host: what its libvirt and its files tell, in one file."),
    .description = N_(
        "Without --connect and --root the libvirt of this machine is asked, and the machine's "
        "files are read. The record is what --host takes. What could not be learnt is left out "
        "of it, and is unknown to those who read it. Serial numbers and whatever else identifies "
        "one machine is left out, too, unless --full asks for it."),
    .options = options_table,
    .size = sizeof(struct capture_options),
    .run = run,
};
