/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/sev and /dev/kvm: whether they are there, and who may open them. */
#include <string.h>
#include <sys/sysmacros.h>

#include "capture/files.h"
#include "util/number.h"

/* The name that /etc/passwd or /etc/group has for a number; the number where they have none. */
static const char *
name_of(const struct cvm_files *files, const char *path, unsigned id)
{
    g_autofree char *text = cvm_files_text(files, path);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, ":", 4);
        uint64_t number;

        if (g_strv_length(fields) == 4 && cvm_files_parse(fields[2], G_MAXUINT32, &number) &&
            number == id && cvm_files_is_value(fields[0])) {
            return cvm_arena_strdup(files->arena, fields[0]);
        }
    }
    return cvm_arena_printf(files->arena, "%u", id);
}

static void
take_owner(const struct cvm_files *files, struct cvm_device_node *node, unsigned user,
           unsigned group)
{
    node->owner = name_of(files, "/etc/passwd", user);
    node->group = name_of(files, "/etc/group", group);
}

/* A device file means something where the folder has the others, too: an sosreport, for instance,
 * has none. */
static gboolean
has_devices(const struct cvm_files *files)
{
    struct stat status;

    return cvm_tree_stat(files->tree, "/dev/null", &status) == 0 && S_ISCHR(status.st_mode);
}

/* Something else than a device of that name tells nothing. */
static void
take_node(const struct cvm_files *files, const char *path, struct cvm_device_node *node)
{
    struct stat status;

    if (cvm_tree_stat(files->tree, path, &status) < 0) {
        node->present = CVM_NO;
    } else if (S_ISCHR(status.st_mode)) {
        node->present = CVM_YES;
        node->mode = (unsigned)status.st_mode & 07777;
        take_owner(files, node, status.st_uid, status.st_gid);
    }
}

/* ---- what lists of devices tell ---- */

/* "rw-rw----" as a number, 0 when it is none. */
static unsigned
parse_mode(const char *letters)
{
    unsigned mode = 0;

    for (unsigned i = 0; i < 9; i++) {
        if (letters[i] != '-' && letters[i] != "rwx"[i % 3]) {
            return 0;
        }
        mode = mode << 1 | (letters[i] != '-');
    }
    return mode;
}

/* A line of `ls -lan`: "crw-rw----.  1 0 36  10, 232 Nov 21 06:14 kvm". */
static void
take_listed(const struct cvm_files *files, const char *line, const char *name,
            struct cvm_device_node *node)
{
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    const char *column[4] = { NULL }; /* mode, links, user, group */
    const char *last = "";
    uint64_t user, group;
    unsigned n = 0;

    for (char **word = words; *word; word++) {
        if (**word && n < G_N_ELEMENTS(column)) {
            column[n++] = *word;
        }
        last = **word ? *word : last;
    }
    if (n == G_N_ELEMENTS(column) && column[0][0] == 'c' && strlen(column[0]) >= 10 &&
        g_str_equal(last, name)) {
        node->present = CVM_YES;
        node->mode = parse_mode(column[0] + 1);
        if (cvm_files_parse(column[2], G_MAXUINT32, &user) &&
            cvm_files_parse(column[3], G_MAXUINT32, &group)) {
            take_owner(files, node, (unsigned)user, (unsigned)group);
        }
    }
}

/* `ls -lanR /dev` of an sosreport: the first folder is /dev itself. */
static gboolean
take_from_listing(const struct cvm_files *files, const char *name, struct cvm_device_node *node)
{
    g_autofree char *text = cvm_tree_read(files->tree, "/sos_commands/block/ls_-lanR_.dev",
                                          CVM_FILES_TEXT, CVM_TREE_START, NULL);
    char *end = text ? strstr(text, "\n\n") : NULL;
    g_auto(GStrv) lines = NULL;

    if (!text || !g_str_has_prefix(text, "/dev:\n") || !end) {
        return FALSE;
    }
    *end = '\0';
    node->present = CVM_NO;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        take_listed(files, *line, name, node);
    }
    return TRUE;
}

/* /proc/misc: "124 sev\n232 kvm\n", the drivers' own list. */
static void
take_from_drivers(const struct cvm_files *files, const char *name, struct cvm_device_node *node)
{
    g_autofree char *text = cvm_files_text(files, "/proc/misc");
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    enum cvm_known present = CVM_UNKNOWN;

    for (char **line = lines; *line; line++) {
        const char *driver = *line + strspn(*line, " 0123456789");

        if (*driver && driver > *line) {
            present = g_str_equal(driver, name) ? CVM_YES : MAX(present, CVM_NO);
        }
        if (present == CVM_YES) {
            break;
        }
    }
    node->present = present;
}

void
cvm_files_take_devices(struct cvm_files *files)
{
    const struct {
        const char *path, *name;
        struct cvm_device_node *node;
    } devices[] = { { "/dev/sev", "sev", &files->host->dev_sev },
                    { "/dev/kvm", "kvm", &files->host->dev_kvm } };
    gboolean real = has_devices(files);

    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        if (real) {
            take_node(files, devices[i].path, devices[i].node);
        } else if (!take_from_listing(files, devices[i].name, devices[i].node)) {
            take_from_drivers(files, devices[i].name, devices[i].node);
        }
    }
}
