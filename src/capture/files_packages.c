/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Versions of libvirt and QEMU by what is installed, for where libvirt itself was not asked. */
#include <string.h>

#include "capture/files.h"
#include "util/number.h"

enum { MAX_LIST = 32 * 1024 * 1024 };

/* The package that has the program itself, first of Debian, then of Fedora and its kin. */
static const char *const libvirt_packages[] = { "libvirt-daemon-driver-qemu", "libvirt-daemon",
                                                NULL };
static const char *const qemu_packages[] = { "qemu-system-x86", "qemu-system-x86-core",
                                             "qemu-kvm-core", NULL };

/* "1:7.2+dfsg-7" without the epoch. */
static gboolean
take_version(const char *text, unsigned *version)
{
    const char *colon = strchr(text, ':');
    const char *start =
        colon && strspn(text, "0123456789") == (size_t)(colon - text) ? colon + 1 : text;

    return cvm_version_parse(start, version);
}

/* A paragraph of /var/lib/dpkg/status. */
static gboolean
find_in_status(const char *list, const char *package, unsigned *version)
{
    g_autofree char *start = g_strdup_printf("\nPackage: %s\n", package);
    const char *found = strstr(list, start);
    const char *end = found ? strstr(found, "\n\n") : NULL;
    g_autofree char *paragraph =
        found ? g_strndup(found, end ? (gsize)(end - found) : strlen(found)) : NULL;
    const char *value = paragraph ? strstr(paragraph, "\nVersion: ") : NULL;

    return value && strstr(paragraph, "\nStatus: install ok installed\n") &&
           take_version(value + strlen("\nVersion: "), version);
}

/* "ii  qemu-system-x86  1:7.2+dfsg-7  amd64  …", and "qemu-system-x86:amd64". */
static gboolean
find_in_dpkg(const char *list, const char *package, unsigned *version)
{
    for (const char *line = list; line; line = strchr(line, '\n')) {
        const char *name, *value;

        line += *line == '\n';
        name = cvm_files_after(line, "ii ");
        value = name && g_str_has_prefix(name, package) ? name + strlen(package) : "";
        if (*value == ' ' || *value == ':') {
            value += strcspn(value, " ");
            return take_version(value + strspn(value, " "), version);
        }
    }
    return FALSE;
}

/* "qemu-kvm-core-8.2.0-11.el9.x86_64   Tue …" */
static gboolean
find_in_rpms(const char *list, const char *package, unsigned *version)
{
    g_autofree char *start = g_strconcat(package, "-", NULL);

    for (const char *line = list; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (g_str_has_prefix(line, start) && take_version(line + strlen(start), version)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
find_first(gboolean (*find)(const char *, const char *, unsigned *), const char *list,
           const char *const *packages, unsigned *version)
{
    for (; *packages && *version == 0; packages++) {
        (void)find(list, *packages, version);
    }
}

void
cvm_files_take_packages(struct cvm_files *files)
{
    static const struct {
        const char *path;
        gboolean (*find)(const char *list, const char *package, unsigned *version);
    } lists[] = { { "/var/lib/dpkg/status", find_in_status },
                  { "/sos_commands/dpkg/dpkg_-l", find_in_dpkg },
                  { "/installed-rpms", find_in_rpms } };
    struct cvm_host *host = files->host;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *list =
            cvm_tree_read(files->tree, lists[i].path, MAX_LIST, CVM_TREE_WHOLE, NULL);

        if (list) {
            find_first(lists[i].find, list, libvirt_packages, &host->libvirt_version);
            find_first(lists[i].find, list, qemu_packages, &host->qemu_version);
        }
    }
}
