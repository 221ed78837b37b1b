/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unified control group hierarchy: its controllers, and the ASIDs that the misc controller
 * counts. Where version 1 is in use, or only another group than the root is seen, all is unknown.
 */
#include <string.h>

#include "capture/files.h"

#define CGROUP "/sys/fs/cgroup/"

enum { MAX_CONTROLLERS = 32 };

/* "sev 410\nsev_es 99\n": a key without capacity is not printed (Linux's kernel/cgroup/misc.c). */
static void
take_asids(struct cvm_files *files, const char *path, struct cvm_asids *asids)
{
    g_autofree char *text = cvm_files_text(files, path);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    struct cvm_asids found = { .known = TRUE };

    if (!text) {
        return;
    }
    for (char **line = lines; *line; line++) {
        char *blank = strchr(*line, ' ');
        uint64_t number;

        if (!**line && !line[1]) {
            break;
        }
        if (!blank || !cvm_files_parse(blank + 1, G_MAXUINT64, &number)) {
            return;
        }
        *blank = '\0';
        if (g_str_equal(*line, "sev")) {
            found.sev = (unsigned)MIN(number, G_MAXUINT);
        } else if (g_str_equal(*line, "sev_es")) {
            found.sev_es = (unsigned)MIN(number, G_MAXUINT);
        }
    }
    *asids = found;
}

static void
take_controllers(struct cvm_files *files)
{
    g_autofree char *text = cvm_files_text(files, CGROUP "cgroup.controllers");
    g_auto(GStrv) words = text ? g_strsplit_set(g_strchomp(text), " ", MAX_CONTROLLERS) : NULL;
    g_autoptr(GPtrArray) controllers = g_ptr_array_new();

    for (char **word = words; word && *word; word++) {
        if (strspn(*word, "abcdefghijklmnopqrstuvwxyz_") != strlen(*word)) {
            return;
        }
        if (**word) {
            g_ptr_array_add(controllers, cvm_arena_strdup(files->arena, *word));
        }
    }
    if (words) {
        cvm_files_set_strings(&files->host->cgroup_controllers, files->arena, controllers);
    }
}

void
cvm_files_take_cgroup(struct cvm_files *files)
{
    /* Every group has it but the root, and in another one the numbers are that one's. */
    if (cvm_files_have(files, CGROUP "cgroup.type")) {
        return;
    }
    take_controllers(files);
    take_asids(files, CGROUP "misc.capacity", &files->host->capacity);
    if (files->host->capacity.known) {
        take_asids(files, CGROUP "misc.current", &files->host->in_use);
    }
}
