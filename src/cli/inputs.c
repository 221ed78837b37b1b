/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util/file.h"
#include "util/tree.h"

enum { LIST_MAX = 64 << 20 /* bytes of a list: a million names */ };

static const char *const suffixes[] = { ".xml", ".yaml", ".yml" };

void
cli_inputs_init(struct cli_inputs *inputs)
{
    *inputs = (struct cli_inputs){
        .files = g_ptr_array_new_with_free_func(g_free),
        .status = CLI_CLEAN,
    };
}

void
cli_inputs_clear(struct cli_inputs *inputs)
{
    g_clear_pointer(&inputs->known, g_hash_table_unref);
    g_ptr_array_unref(inputs->files);
}

/* What follows may name a file that is there. One folder alone does not, and may be large. */
static void
know_files(struct cli_inputs *inputs)
{
    if (inputs->known || inputs->files->len == 0) {
        return;
    }
    inputs->known = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < inputs->files->len; i++) {
        struct cli_input *input = g_ptr_array_index(inputs->files, i);

        g_hash_table_add(inputs->known, input->path);
    }
}

static void
append_file(struct cli_inputs *inputs, const char *path, gboolean found)
{
    size_t size = strlen(path) + 1;
    struct cli_input *input = g_malloc(sizeof *input + size);

    input->found = found;
    memcpy(input->path, path, size);
    g_ptr_array_add(inputs->files, input);
    if (inputs->known) {
        g_hash_table_add(inputs->known, input->path);
    }
}

static void
add_file(struct cli_inputs *inputs, const char *path, gboolean found)
{
    inputs->seen++;
    if (!inputs->known || !g_hash_table_contains(inputs->known, path)) {
        append_file(inputs, path, found);
    }
}

void
cli_inputs_add_file(struct cli_inputs *inputs, const char *path)
{
    append_file(inputs, path, FALSE);
}

static gboolean
has_suffix(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        if (g_str_has_suffix(name, suffixes[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* NULL, and said why, when the folder cannot be read. It is closed again before anything below it
 * is opened. */
static GPtrArray *
list_folder(struct cli_inputs *inputs, const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    GPtrArray *names = fd >= 0 ? cvm_folder_list(fd, G_MAXUINT) : NULL;

    if (!names) {
        cli_say(_("cannot read folder '%1$s': %2$s"), folder, g_strerror(errno));
        cli_worsen(&inputs->status, CLI_UNREADABLE);
    }
    return names;
}

/* 0, or errno: what has gone since its folder was listed needs no word. */
static int
look_at(struct cli_inputs *inputs, const char *path, struct stat *status)
{
    int failure = lstat(path, status) == 0 ? 0 : errno;

    if (failure != 0 && failure != ENOENT) {
        cli_say(_("cannot read '%1$s': %2$s"), path, g_strerror(failure));
        cli_worsen(&inputs->status, CLI_UNREADABLE);
    }
    return failure;
}

/* Symbolic links to files are read, those to folders are not followed, so there are no loops. */
static void
walk(struct cli_inputs *inputs, const char *folder)
{
    g_autoptr(GPtrArray) names = list_folder(inputs, folder);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path =
            g_str_equal(folder, ".") ? g_strdup(name) : g_build_filename(folder, name, NULL);
        struct stat status, target;
        int failure = look_at(inputs, path, &status);

        if (failure == EACCES) {
            return; /* a folder with r and without x: all in it is like that */
        }
        if (failure != 0) {
            continue;
        }
        if (S_ISDIR(status.st_mode)) {
            walk(inputs, path);
        } else if (has_suffix(name) && !(S_ISLNK(status.st_mode) && stat(path, &target) == 0 &&
                                         S_ISDIR(target.st_mode))) {
            add_file(inputs, path, TRUE);
        }
    }
}

static void
add(struct cli_inputs *inputs, const char *name, gboolean found)
{
    struct stat status;
    guint before = inputs->seen;
    int before_status = inputs->status;

    know_files(inputs);
    if (g_str_equal(name, "-") || stat(name, &status) < 0 || !S_ISDIR(status.st_mode)) {
        add_file(inputs, name, found);
        return;
    }
    inputs->folders |= !found;
    walk(inputs, name);
    if (inputs->seen == before && inputs->status == before_status && !found) {
        cli_say(_("there is no *.xml, *.yaml or *.yml in folder '%s'"), name);
        cli_worsen(&inputs->status, CLI_UNREADABLE);
    }
}

void
cli_inputs_add(struct cli_inputs *inputs, const char *operand)
{
    add(inputs, operand, FALSE);
}

void
cli_inputs_add_list(struct cli_inputs *inputs, const char *list, gboolean null)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    size_t size;

    if (cvm_file_read(list, LIST_MAX, &data, &size, &error) < 0) {
        cli_say("%s", error->message);
        cli_worsen(&inputs->status, CLI_UNREADABLE);
        return;
    }
    if (!null && memchr(data, '\0', size)) {
        cli_say(_("the names in '%s' end in NUL characters: read the list with --null"), list);
        cli_worsen(&inputs->status, CLI_UNREADABLE);
        return;
    }
    for (char *name = data, *end = data + size; name < end;) {
        char *stop = memchr(name, null ? '\0' : '\n', (size_t)(end - name));

        stop = stop ? stop : end;
        *stop = '\0'; /* there is room for one behind the end */
        if (*name) {
            add(inputs, name, TRUE);
        }
        name = stop + 1;
    }
}

gboolean
cli_is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}
