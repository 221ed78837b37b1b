/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config.h"

#include <string.h>

#include "util/glob.h"

struct cvm_config *
cvm_config_new(const char *name, const char *folder)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_config *config = cvm_arena_new0(arena, struct cvm_config);

    config->arena = arena;
    config->name = name ? cvm_arena_strdup(arena, name) : NULL;
    config->folder = folder ? cvm_arena_strdup(arena, folder) : NULL;
    config->entries = g_array_new(FALSE, FALSE, sizeof(struct cvm_config_entry));
    return config;
}

void
cvm_config_free(struct cvm_config *config)
{
    if (config) {
        g_array_unref(config->entries);
        cvm_arena_free(config->arena);
    }
}

gboolean
cvm_config_add(struct cvm_config *config, struct cvm_config_entry entry, const char *patterns)
{
    g_auto(GStrv) words = g_strsplit(patterns, ",", -1);

    for (char **word = words; *word; word++) {
        if (*g_strstrip(*word) == '\0') {
            return FALSE;
        }
    }
    for (char **word = words; *word; word++) {
        entry.pattern = cvm_arena_strdup(config->arena, *word);
        g_array_append_val(config->entries, entry);
    }
    return words[0] != NULL;
}

gboolean
cvm_config_entry_applies(const struct cvm_config *config, const struct cvm_config_entry *entry,
                         const char *path)
{
    size_t length = config->folder ? strlen(config->folder) : 0;

    if (!entry->files) {
        return TRUE;
    }
    if (config->folder && strncmp(path, config->folder, length) != 0) {
        return FALSE;
    }
    path += length;
    return cvm_glob_match(entry->files, path + strspn(path, "/"));
}
