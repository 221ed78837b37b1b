/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things that the readers of files need. */
#include <string.h>

#include "capture/files.h"
#include "util/number.h"

enum { MAX_LINE = 4096 }; /* a file of sysfs has a page at most */

char *
cvm_files_text(const struct cvm_files *files, const char *path)
{
    return cvm_tree_read(files->tree, path, CVM_FILES_TEXT, CVM_TREE_WHOLE, NULL);
}

gboolean
cvm_files_is_value(const char *text)
{
    size_t length = strnlen(text, CVM_FILES_VALUE + 1);

    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isprint(text[i])) {
            return FALSE;
        }
    }
    return length > 0 && length <= CVM_FILES_VALUE;
}

const char *
cvm_files_value(const struct cvm_files *files, const char *path)
{
    g_autofree char *text = cvm_tree_read(files->tree, path, MAX_LINE, CVM_TREE_WHOLE, NULL);

    return text && cvm_files_is_value(g_strstrip(text)) ? cvm_arena_strdup(files->arena, text)
                                                        : NULL;
}

gboolean
cvm_files_parse(const char *text, uint64_t limit, uint64_t *number)
{
    uint64_t value;

    if (!cvm_number_parse_decimal(text, &value) || value > limit) {
        return FALSE;
    }
    *number = value;
    return TRUE;
}

gboolean
cvm_files_number(const struct cvm_files *files, const char *path, uint64_t limit, uint64_t *number)
{
    const char *value = cvm_files_value(files, path);

    return value && cvm_files_parse(value, limit, number);
}

GPtrArray *
cvm_files_list(const struct cvm_files *files, const char *path)
{
    GPtrArray *names = cvm_tree_list(files->tree, path);

    return names ? names : g_ptr_array_new();
}

gboolean
cvm_files_have(const struct cvm_files *files, const char *path)
{
    struct stat status;

    return cvm_tree_stat(files->tree, path, &status) == 0;
}

static int
compare_numbers(gconstpointer a, gconstpointer b)
{
    const unsigned *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

GArray *
cvm_files_numbered(const struct cvm_files *files, const char *path, const char *prefix)
{
    g_autoptr(GPtrArray) names = cvm_files_list(files, path);
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(unsigned));

    for (guint i = 0; i < names->len; i++) {
        const char *digits = cvm_files_after(names->pdata[i], prefix);
        uint64_t value;

        if (digits && cvm_files_parse(digits, G_MAXUINT16, &value)) {
            unsigned number = (unsigned)value;

            g_array_append_val(numbers, number);
        }
    }
    g_array_sort(numbers, compare_numbers);
    return numbers;
}

void
cvm_files_set_strings(struct cvm_strings *list, struct cvm_arena *arena, const GPtrArray *texts)
{
    list->count = texts->len;
    list->items = cvm_arena_array(arena, const char *, texts->len + 1);
    for (guint i = 0; i < texts->len; i++) {
        list->items[i] = texts->pdata[i];
    }
}

const char *
cvm_files_after(const char *line, const char *start)
{
    return g_str_has_prefix(line, start)
               ? line + strlen(start) + strspn(line + strlen(start), " \t")
               : NULL;
}
