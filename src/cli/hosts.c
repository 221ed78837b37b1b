/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/virt.h"
#include "util/closest.h"

/* Where bundled hosts are: the folder that the environment names, then the installed one. NULL for
 * none; the caller's to g_free(). */
static char *
bundled_folder(int i)
{
    const char *data = getenv("CVMDOM_DATA_DIR");

    if (i == 0) {
        return data && *data ? g_build_filename(data, "hosts", NULL) : g_strdup("");
    }
    return i == 1 ? g_strdup(PKGDATADIR "/hosts") : NULL;
}

/* The file of a bundled host; NULL when there is none of that name. The caller's to g_free(). */
static char *
find_bundled(const char *name)
{
    char *folder;

    if (strchr(name, '/')) {
        return NULL;
    }
    for (int i = 0; (folder = bundled_folder(i)); i++) {
        g_autofree char *file = g_strdup_printf("%s/%s.xml", folder, name);
        gboolean there = *folder && g_file_test(file, G_FILE_TEST_IS_REGULAR);

        g_free(folder);
        if (there) {
            return g_steal_pointer(&file);
        }
    }
    return NULL;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
list_bundled(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    char *folder;

    for (int i = 0; (folder = bundled_folder(i)); i++) {
        g_autoptr(GDir) listing = g_dir_open(folder, 0, NULL);
        const char *file;

        while (listing && (file = g_dir_read_name(listing))) {
            if (g_str_has_suffix(file, ".xml")) {
                g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".xml")));
            }
        }
        g_free(folder);
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* "/home/me/data/hosts', '/usr/share/cvmdom/hosts": where bundled hosts are looked for. */
static char *
name_folders(void)
{
    GString *names = g_string_new(NULL);
    char *folder;

    for (int i = 0; (folder = bundled_folder(i)); i++) {
        if (*folder) {
            g_string_append_printf(names, "%s%s", names->len ? "', '" : "", folder);
        }
        g_free(folder);
    }
    return g_string_free(names, FALSE);
}

static void
explain_unknown(const char *word)
{
    g_autoptr(GPtrArray) names = list_bundled();
    g_autofree char *list = NULL;
    const char *near;

    g_ptr_array_add(names, NULL);
    near = cvm_closest(word, (const char *const *)names->pdata);
    list = g_strjoinv(", ", (char **)names->pdata);
    if (near) {
        cli_say(_("there is no file and no bundled host '%1$s'; did you mean '%2$s'?"), word, near);
    } else if (*list) {
        cli_say(_("there is no file and no bundled host '%1$s'; bundled are: %2$s"), word, list);
    } else {
        g_autofree char *folders = name_folders();

        cli_say(_("there is no file '%1$s', and not one bundled host in '%2$s'; set "
                  "CVMDOM_DATA_DIR to the folder whose 'hosts' they are in"),
                word, folders);
    }
}

gboolean
cli_host_is_connection(const char *word)
{
    return strstr(word, "://") && !g_str_has_prefix(word, "./");
}

static cvmdom_host *
ask_host(struct cli_hosts *hosts, const char *uri)
{
    struct cli_connection connection;
    cvmdom_error *error = NULL;
    cvmdom_host *host = NULL;
    /* not read-only: libvirt tells the domain capabilities to those who may change something */
    int status = cli_virt_connect(&cli_program, uri, FALSE, NULL, &connection);

    if (status == CLI_CLEAN) {
        host = cli_virt_host(&connection, &error);
        status = host ? CLI_CLEAN : cli_virt_fail(error);
        cli_virt_disconnect(&connection);
    }
    cli_worsen(&hosts->status, status);
    return host;
}

cvmdom_host *
cli_host_read(const char *word, int *status)
{
    g_autofree char *bundled = find_bundled(word);
    cvmdom_error *error = NULL;
    cvmdom_host *host;

    if (!bundled && !g_str_equal(word, "-") && !g_file_test(word, G_FILE_TEST_EXISTS)) {
        explain_unknown(word);
        cli_worsen(status, CLI_UNREADABLE);
        return NULL;
    }
    host = cvmdom_host_read(bundled ? bundled : word, &error);
    if (!host) {
        cli_worsen(status, cli_fail(error));
    }
    return host;
}

/* For guests: they need firmware. */
static cvmdom_host *
read_host(struct cli_hosts *hosts, const char *word)
{
    cvmdom_host *host =
        cli_host_is_connection(word) ? ask_host(hosts, word) : cli_host_read(word, &hosts->status);
    cvmdom_error *error = NULL;

    if (host && hosts->firmware_root &&
        cvmdom_host_add_firmware(host, hosts->firmware_root, &error) < 0) {
        cvmdom_host_free(host);
        host = NULL;
    }
    if (error) {
        cli_worsen(&hosts->status, cli_fail(error));
    } else if (host && !cvmdom_host_has_firmware(host)) {
        cli_say(_("host '%1$s' is recorded without firmware: --firmware-root / adds that of this "
                  "machine"),
                cvmdom_host_name(host));
    }
    return host;
}

struct known_host {
    cvmdom_host *host; /* NULL: it could not be read */
    char *said;        /* while it was read: lines */
    gboolean refused;
};

static void
free_known(gpointer data)
{
    struct known_host *known = data;

    cvmdom_host_free(known->host);
    g_free(known->said);
    g_free(known);
}

int
cli_hosts_init(struct cli_hosts *hosts, const char *given, const char *firmware_root)
{
    *hosts = (struct cli_hosts){
        .given = given,
        .firmware_root = firmware_root,
        .read = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_known),
        .status = CLI_CLEAN,
    };
    pthread_mutex_init(&hosts->mutex, NULL);
    if (given) {
        hosts->host = read_host(hosts, given);
    }
    return hosts->status;
}

void
cli_hosts_clear(struct cli_hosts *hosts)
{
    cvmdom_host_free(hosts->host);
    g_hash_table_unref(hosts->read);
    pthread_mutex_destroy(&hosts->mutex);
}

/* Whoever wrote a profile or a configuration file must not decide whom its reader connects to, and
 * with whose keys. Once said, such a host counts as one that could not be read. */
static gboolean
refuse_connection(struct cli_hosts *hosts, const char *word)
{
    const char *uri = strstr(word, "://");

    if (!uri) {
        return FALSE;
    }
    while (uri > word && uri[-1] != '/') { /* behind the folder that it was joined to */
        uri--;
    }
    cli_say(_("the host '%1$s' is a connection to libvirt, which only the command line may ask "
              "for: write --host %1$s if you trust it, or name a recorded host there"),
            uri);
    cli_worsen(&hosts->status, CLI_UNREADABLE);
    return TRUE;
}

/* Reads it for the first who asks, keeping what is said. */
static struct known_host *
read_named(struct cli_hosts *hosts, const char *word)
{
    struct known_host *known = g_new0(struct known_host, 1);
    g_autoptr(GArray) messages = cli_messages_new();
    GArray *before = cli_messages_keep(messages);

    known->refused = refuse_connection(hosts, word);
    if (!known->refused) {
        known->host = read_host(hosts, word);
    }
    cli_messages_keep(before);
    known->said = cli_messages_join(messages);
    return known;
}

static const struct known_host *
get_host(struct cli_hosts *hosts, const char *word, gboolean *is_new)
{
    struct known_host *known;

    pthread_mutex_lock(&hosts->mutex);
    known = g_hash_table_lookup(hosts->read, word);
    *is_new = !known;
    if (!known) {
        known = read_named(hosts, word);
        g_hash_table_insert(hosts->read, g_strdup(word), known);
    }
    pthread_mutex_unlock(&hosts->mutex);
    return known;
}

/* That a host is taken which nobody gave, and what there was to say when it was read. Beside others
 * a thread does not know who comes first: each says it, and one is printed. */
static void
say_taken(const struct known_host *known, const char *named, const char *fallback,
          const char *config)
{
    g_autoptr(GArray) messages = cli_messages_new();
    GArray *before = cli_messages_keep(messages);
    g_autofree char *text = NULL;

    if (!known->refused && named) {
        cli_say(_("no --host given: using '%1$s', which the profile names"), named);
    } else if (!known->refused && config) {
        cli_say(_("no --host given: using '%1$s', which '%2$s' names"), fallback, config);
    } else if (!known->refused) {
        cli_say(_("no --host given: using the bundled '%1$s'"), fallback);
    }
    cli_say_again(known->said, NULL);
    cli_messages_keep(before);
    text = cli_messages_join(messages);
    cli_say_again(text, known);
}

const cvmdom_host *
cli_hosts_for(struct cli_hosts *hosts, const cvmdom_domain *domain, const char *fallback,
              const char *config)
{
    const struct known_host *known;
    const char *named, *word;
    gboolean is_new;

    if (hosts->given) {
        return hosts->host;
    }
    named = domain ? cvmdom_domain_host(domain) : NULL;
    word = named ? named : fallback;
    if (!word) {
        return NULL;
    }
    known = get_host(hosts, word, &is_new);
    if (is_new || cli_messages_are_kept()) {
        say_taken(known, named, fallback, config);
    }
    return known->host;
}
