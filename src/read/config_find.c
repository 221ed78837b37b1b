/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nearest .cvmdom.yaml above an input. Ten thousand inputs of a run share a few folders, so
 * what was found for a folder is kept, and an error is an error for all below it. */
#include <string.h>
#include <sys/stat.h>

#include "read/config.h"
#include "util/error.h"
#include "util/i18n.h"

/* What YAML files are called as well. */
static const char other_name[] = ".cvmdom.yml";

/* What holds in one folder. */
struct folder {
    const struct cvm_config *config; /* NULL: none, or error */
    const GError *error;
};

struct cvm_config_folders {
    int (*check)(const struct cvm_config *config, GError **error);
    GHashTable *known;  /* absolute path to struct folder */
    GPtrArray *configs; /* of struct cvm_config, owned */
    GPtrArray *errors;  /* of GError, owned */
    char *current;      /* the working folder when the run began */
};

struct cvm_config_folders *
cvm_config_folders_new(int (*check)(const struct cvm_config *config, GError **error))
{
    struct cvm_config_folders *folders = g_new0(struct cvm_config_folders, 1);

    folders->check = check;
    folders->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    folders->configs = g_ptr_array_new_with_free_func((GDestroyNotify)cvm_config_free);
    folders->errors = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
    folders->current = g_get_current_dir();
    return folders;
}

void
cvm_config_folders_free(struct cvm_config_folders *folders)
{
    if (folders) {
        g_hash_table_unref(folders->known);
        g_ptr_array_unref(folders->configs);
        g_ptr_array_unref(folders->errors);
        g_free(folders->current);
        g_free(folders);
    }
}

/* A link that leads nowhere is there, too: to pass it over would be to ignore a configuration. */
static gboolean
is_there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

/* Below the working folder a path is shown as the user would type it. The caller's to g_free(). */
static char *
shorten(const struct cvm_config_folders *folders, const char *path)
{
    size_t length = strlen(folders->current);

    if (strncmp(path, folders->current, length) == 0 && path[length] == '/') {
        path += length + 1;
    }
    return g_strdup(path);
}

/* Nobody notices that a configuration is not read. */
static void
refuse_other_name(struct cvm_config_folders *folders, const char *path, struct folder *folder)
{
    g_autofree char *name = shorten(folders, path);
    GError *error = NULL;

    cvm_error_set_at(&error, CVM_ERROR_SYNTAX, name, 1, 1,
                     _("a configuration is called '%s': rename this file"), CVM_CONFIG_NAME);
    g_ptr_array_add(folders->errors, error);
    folder->error = error;
}

static void
load(struct cvm_config_folders *folders, const char *path, struct folder *folder)
{
    g_autofree char *name = shorten(folders, path);
    GError *error = NULL;
    struct cvm_config *config = cvm_config_read(name, &error);

    if (config) {
        g_ptr_array_add(folders->configs, config);
    }
    if (!config || folders->check(config, &error) < 0) {
        g_ptr_array_add(folders->errors, error);
        folder->error = error;
    } else {
        folder->config = config;
    }
}

static const struct folder *
look_into(struct cvm_config_folders *folders, const char *path)
{
    struct folder *folder = g_hash_table_lookup(folders->known, path);
    g_autofree char *file = NULL;
    g_autofree char *other = NULL;
    g_autofree char *repository = NULL;
    g_autofree char *parent = NULL;

    if (folder) {
        return folder;
    }
    folder = g_new0(struct folder, 1);
    g_hash_table_insert(folders->known, g_strdup(path), folder);
    file = g_build_filename(path, CVM_CONFIG_NAME, NULL);
    other = g_build_filename(path, other_name, NULL);
    repository = g_build_filename(path, ".git", NULL);
    parent = g_path_get_dirname(path);
    if (is_there(file)) {
        load(folders, file, folder);
    } else if (is_there(other)) {
        refuse_other_name(folders, other, folder);
    } else if (!is_there(repository) && !g_str_equal(parent, path)) {
        *folder = *look_into(folders, parent);
    }
    return folder;
}

int
cvm_config_find(struct cvm_config_folders *folders, const char *input,
                const struct cvm_config **config, GError **error)
{
    g_autofree char *whole = g_canonicalize_filename(input, folders->current);
    g_autofree char *path = g_path_get_dirname(whole);
    const struct folder *folder = look_into(folders, path);

    if (folder->error) {
        if (error) {
            *error = g_error_copy(folder->error);
        }
        return -1;
    }
    *config = folder->config;
    return 0;
}
