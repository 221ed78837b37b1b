/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt left on the disk: qemu.conf, and the age of its cache of QEMU's capabilities. */
#include <string.h>

#include "capture/files.h"

/* ---- qemu.conf ---- */

/* key = "value", in libvirt's own syntax (virconf.c); the last one counts. */
static const char *
find_value(const struct cvm_files *files, const char *text, const char *start)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *found = NULL;

    for (char **line = lines; *line; line++) {
        const char *value = cvm_files_after(g_strstrip(*line), start);
        char quote;
        g_autofree char *inner = NULL;

        value = value ? cvm_files_after(value, "=") : NULL;
        if (!value) {
            continue;
        }
        quote = *value == '\'' ? '\'' : '"';
        inner = *value == quote ? g_strndup(value + 1, strcspn(value + 1, (char[]){ quote, '\0' }))
                                : g_strndup(value, strcspn(value, " \t#"));
        if (!*inner || cvm_files_is_value(inner)) {
            found = cvm_arena_strdup(files->arena, inner);
        }
    }
    return found;
}

const char *
cvm_files_qemu_conf(const struct cvm_files *files, const char *key, gboolean fallback)
{
    g_autofree char *text = cvm_files_text(files, "/etc/libvirt/qemu.conf");
    g_autofree char *comment = g_strconcat("#", key, NULL);
    const char *value = text ? find_value(files, text, key) : NULL;

    return value || !text || !fallback ? value : find_value(files, text, comment);
}

/* libvirt's build writes its own defaults into qemu.conf as comments (Debian's says
 * #user = "libvirt-qemu"); before it did so all packages said "root" there. */
static const char *
read_account(const struct cvm_files *files, const char *key)
{
    const char *value = cvm_files_qemu_conf(files, key, FALSE);

    if (!value) {
        value = cvm_files_qemu_conf(files, key, TRUE);
        if (g_strcmp0(value, "root") == 0) {
            return NULL;
        }
    }
    return value && *value ? value : NULL;
}

/* ---- times ---- */

static uint64_t
changed(const struct cvm_files *files, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat status;

    return cvm_tree_stat(files->tree, path, &status) == 0 && S_ISREG(status.st_mode) &&
                   status.st_mtime > 0
               ? (uint64_t)status.st_mtime
               : 0;
}

/* Of several emulators' the newest. */
static void
take_cache(struct cvm_files *files)
{
    static const char *const folder = "/var/cache/libvirt/qemu/capabilities";
    g_autoptr(GPtrArray) names = cvm_files_list(files, folder);

    for (guint i = 0; i < names->len; i++) {
        if (g_str_has_suffix(names->pdata[i], ".xml")) {
            files->host->caps_cached =
                MAX(files->host->caps_cached, changed(files, folder, names->pdata[i]));
        }
    }
}

/* "btime 1732183200": seconds since the epoch. */
static uint64_t
boot_time(const struct cvm_files *files)
{
    g_autofree char *text = cvm_files_text(files, "/proc/stat");
    const char *mark = text ? strstr(text, "\nbtime ") : NULL;
    const char *value = mark ? cvm_files_after(mark, "\nbtime ") : NULL;
    g_autofree char *digits = value ? g_strndup(value, strspn(value, "0123456789")) : NULL;
    uint64_t seconds = 0;

    return digits && cvm_files_parse(digits, G_MAXINT64, &seconds) ? seconds : 0;
}

static uint64_t
configuration_changed(const struct cvm_files *files)
{
    static const char *const folder = "/etc/modprobe.d";
    g_autoptr(GPtrArray) names = cvm_files_list(files, folder);
    uint64_t latest = 0;

    for (guint i = 0; i < MIN(names->len, CVM_FILES_MANY); i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *text = cvm_files_text(files, path);

        if (text && (strstr(text, "kvm_amd") || strstr(text, "kvm-amd"))) {
            latest = MAX(latest, changed(files, folder, names->pdata[i]));
        }
    }
    return latest;
}

/* When kvm_amd last may have got other parameters. At each boot it is loaded anew, mostly with the
 * same ones, and libvirt's cache is not out of date for that: then it is when somebody configured
 * it, if that was before. Times of files in sysfs would not do: they are made up at the first look.
 */
static void
take_parameters_changed(struct cvm_files *files)
{
    enum { BOOTING = 600 }; /* seconds */
    uint64_t boot = boot_time(files), after = files->kvm_amd_since;
    uint64_t configured = configuration_changed(files);

    if (boot > 0 && after > BOOTING) {
        files->host->parameters_changed = boot + after;
    } else if (boot > 0 && configured > 0 && configured < boot + MAX(after, 1)) {
        files->host->parameters_changed = configured;
    }
}

void
cvm_files_take_libvirt(struct cvm_files *files)
{
    files->host->qemu_user = read_account(files, "user");
    files->host->qemu_group = read_account(files, "group");
    take_cache(files);
    take_parameters_changed(files);
}
