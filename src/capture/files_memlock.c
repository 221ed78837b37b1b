/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory libvirt's daemon, and with it QEMU, may lock: of the process where it runs, else
 * as systemd's units say. */
#include <string.h>

#include "capture/files.h"

static const char *const daemons[] = { "virtqemud", "libvirtd" };

static void
set_limit(struct cvm_host *host, uint64_t bytes)
{
    host->has_memlock = TRUE;
    host->memlock = bytes;
}

/* ---- the process ---- */

/* "Max locked memory         67108864             67108864             bytes": the first is the one
 * that counts. */
static gboolean
take_limits(struct cvm_files *files, const char *path)
{
    g_autofree char *text = cvm_files_text(files, path);
    const char *line = text ? strstr(text, "Max locked memory") : NULL;
    const char *value = line ? cvm_files_after(line, "Max locked memory") : NULL;
    g_autofree char *soft = value ? g_strndup(value, strcspn(value, " \n")) : NULL;
    uint64_t bytes = G_MAXUINT64;

    if (!soft || (!g_str_equal(soft, "unlimited") && !cvm_files_parse(soft, G_MAXUINT64, &bytes))) {
        return FALSE;
    }
    set_limit(files->host, bytes);
    return TRUE;
}

/* Of the system's daemon: a user's own one has his limits, and anybody may call a program so. */
static gboolean
is_daemon(const struct cvm_files *files, unsigned pid, const char *name)
{
    g_autofree char *folder = g_strdup_printf("/proc/%u", pid);
    g_autofree char *path = g_strdup_printf("/proc/%u/comm", pid);
    const char *comm = cvm_files_value(files, path);
    struct stat status;

    return g_strcmp0(comm, name) == 0 && cvm_tree_stat(files->tree, folder, &status) == 0 &&
           status.st_uid == 0;
}

static gboolean
take_process(struct cvm_files *files)
{
    g_autoptr(GPtrArray) names = cvm_files_list(files, "/proc");

    for (size_t i = 0; i < G_N_ELEMENTS(daemons); i++) {
        for (guint j = 0; j < names->len; j++) {
            uint64_t pid;

            if (cvm_files_parse(names->pdata[j], G_MAXINT32, &pid) &&
                is_daemon(files, (unsigned)pid, daemons[i])) {
                g_autofree char *path = g_strdup_printf("/proc/%u/limits", (unsigned)pid);

                return take_limits(files, path);
            }
        }
    }
    return FALSE;
}

/* ---- the units ---- */

/* By falling precedence (systemd.unit(5)). */
static const char *const unit_folders[] = { "/etc/systemd/system", "/run/systemd/system",
                                            "/usr/local/lib/systemd/system",
                                            "/usr/lib/systemd/system", "/lib/systemd/system" };

/* "64M", "infinity", "64M:128M": the soft limit, with units of 1024 (systemd.exec(5)). */
static gboolean
parse_limit(const char *text, uint64_t *bytes)
{
    static const char units[] = "KMGTPE";
    g_autofree char *soft = g_strndup(text, strcspn(text, ":"));
    size_t digits = strspn(soft, "0123456789");
    const char *unit = soft[digits] ? strchr(units, soft[digits]) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

    if (g_str_equal(soft, "infinity")) {
        *bytes = G_MAXUINT64;
        return TRUE;
    }
    if (soft[digits] && (!unit || soft[digits + 1])) {
        return FALSE;
    }
    soft[digits] = '\0';
    if (!cvm_files_parse(soft, G_MAXUINT64 >> shift, bytes)) {
        return FALSE;
    }
    *bytes <<= shift;
    return TRUE;
}

struct unit {
    gboolean known; /* a limit is said, and understood */
    uint64_t bytes;
};

/* The last assignment counts; one that is no limit makes it unknown. */
static void
take_unit_text(char *text, struct unit *unit)
{
    gboolean inside = FALSE, continued = FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        gboolean skip = continued;
        const char *value;

        g_strstrip(*line);
        continued = g_str_has_suffix(*line, "\\") && **line != '#' && **line != ';';
        if (skip) {
            continue;
        }
        if (**line == '[') {
            inside = g_str_equal(*line, "[Service]");
        }
        value = inside ? cvm_files_after(*line, "LimitMEMLOCK") : NULL;
        value = value ? cvm_files_after(value, "=") : NULL;
        if (value) {
            unit->known = parse_limit(value, &unit->bytes);
        }
    }
}

/* Of drop-ins with the same name the one of highest precedence counts, an empty one too. */
static void
find_drop_ins(const struct cvm_files *files, const char *name, GTree *found)
{
    for (size_t i = 0; i < G_N_ELEMENTS(unit_folders); i++) {
        g_autofree char *folder = g_strdup_printf("%s/%s.d", unit_folders[i], name);
        g_autoptr(GPtrArray) names = cvm_files_list(files, folder);

        for (guint j = 0; j < MIN(names->len, CVM_FILES_MANY); j++) {
            if (g_str_has_suffix(names->pdata[j], ".conf") &&
                !g_tree_lookup(found, names->pdata[j])) {
                g_tree_insert(found, g_strdup(names->pdata[j]),
                              g_build_filename(folder, names->pdata[j], NULL));
            }
        }
    }
}

struct drop_in_walk {
    const struct cvm_files *files;
    struct unit *unit;
};

static gboolean
take_drop_in(gpointer name G_GNUC_UNUSED, gpointer path, gpointer data)
{
    struct drop_in_walk *walk = data;
    g_autofree char *text = cvm_files_text(walk->files, path);

    if (text) {
        take_unit_text(text, walk->unit);
    }
    return FALSE;
}

static int
compare_keys(gconstpointer a, gconstpointer b, gpointer data G_GNUC_UNUSED)
{
    return strcmp(a, b);
}

/* FALSE when there is no such unit, or it is masked, which is a link to /dev/null. */
static gboolean
read_unit(const struct cvm_files *files, const char *daemon, struct unit *unit)
{
    g_autofree char *name = g_strconcat(daemon, ".service", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GTree) drop_ins = g_tree_new_full(compare_keys, NULL, g_free, g_free);

    for (size_t i = 0; i < G_N_ELEMENTS(unit_folders) && !text; i++) {
        g_autofree char *path = g_strdup_printf("%s/%s", unit_folders[i], name);
        struct stat status;

        text = cvm_files_text(files, path);
        if (!text && cvm_tree_stat(files->tree, path, &status) == 0) {
            return FALSE;
        }
    }
    if (!text) {
        return FALSE;
    }
    take_unit_text(text, unit);
    find_drop_ins(files, name, drop_ins);
    find_drop_ins(files, "service", drop_ins);
    g_tree_foreach(drop_ins, take_drop_in, &(struct drop_in_walk){ files, unit });
    return TRUE;
}

/* Both daemons may be installed; which one runs does not matter where they agree. */
static void
take_units(struct cvm_files *files)
{
    struct unit found = { 0 };
    unsigned n_found = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(daemons); i++) {
        struct unit unit = { 0 };

        if (read_unit(files, daemons[i], &unit)) {
            if (!unit.known || (n_found > 0 && found.bytes != unit.bytes)) {
                return;
            }
            found = unit;
            n_found++;
        }
    }
    if (n_found > 0) {
        set_limit(files->host, found.bytes);
    }
}

void
cvm_files_take_memlock(struct cvm_files *files)
{
    if (!take_process(files)) {
        take_units(files);
    }
}
