/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Huge pages: mounts, and pages that nobody uses. */
#include <string.h>

#include "capture/files.h"

enum { MAX_MOUNTS = 4 * 1024 * 1024, MAX_SIZES = 16, MAX_NODES = 1024 };

#define MAX_PAGE (UINT64_C(1) << 40) /* bytes; the largest of any architecture is 16 GiB */

/* "2M", "1024M", "64K", "1G" (hugetlbfs_show_options() of Linux's fs/hugetlbfs/inode.c) */
static gboolean
parse_page_size(const char *text, uint64_t *size)
{
    g_autofree char *digits = g_strndup(text, strspn(text, "0123456789"));
    const char *unit = text + strlen(digits);
    unsigned shift = *unit == 'K' ? 10 : *unit == 'M' ? 20 : *unit == 'G' ? 30 : 0;

    if (!shift || unit[1] || !cvm_files_parse(digits, MAX_PAGE >> shift, size)) {
        return FALSE;
    }
    *size <<= shift;
    return *size > 0;
}

/* "Hugepagesize:       2048 kB" */
static uint64_t
default_page_size(const struct cvm_files *files)
{
    g_autofree char *text = cvm_files_text(files, "/proc/meminfo");
    char *line = text ? strstr(text, "\nHugepagesize:") : NULL;
    const char *value = line ? cvm_files_after(line, "\nHugepagesize:") : NULL;
    g_autofree char *digits = value ? g_strndup(value, strspn(value, "0123456789")) : NULL;
    uint64_t size = 0;

    return digits && g_str_has_prefix(value + strlen(digits), " kB") &&
                   cvm_files_parse(digits, MAX_PAGE >> 10, &size)
               ? size << 10
               : 0;
}

/* 0 when it cannot be told. */
static uint64_t
page_size_of(const struct cvm_files *files, const char *options)
{
    g_auto(GStrv) words = g_strsplit(options, ",", -1);
    uint64_t size = 0;

    for (char **word = words; *word; word++) {
        const char *value = cvm_files_after(*word, "pagesize=");

        if (value) {
            return parse_page_size(value, &size) ? size : 0;
        }
    }
    return default_page_size(files);
}

static int
compare_sizes(gconstpointer a, gconstpointer b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static gboolean
add_size(GArray *sizes, uint64_t size)
{
    for (guint i = 0; i < sizes->len; i++) {
        if (g_array_index(sizes, uint64_t, i) == size) {
            return TRUE;
        }
    }
    if (size == 0 || sizes->len == MAX_SIZES) {
        return FALSE;
    }
    g_array_append_val(sizes, size);
    return TRUE;
}

/* The mounts that the first process sees are the host's; our own, where that is not told. */
static char *
read_mounts(const struct cvm_files *files)
{
    static const char *const paths[] = { "/proc/1/mounts", "/proc/mounts" };
    char *text = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(paths) && !text; i++) {
        text = cvm_tree_read(files->tree, paths[i], MAX_MOUNTS, CVM_TREE_WHOLE, NULL);
    }
    return text;
}

/* A size that cannot be told leaves all of them unknown. */
static void
take_hugetlbfs(struct cvm_files *files)
{
    struct cvm_host *host = files->host;
    g_autofree char *text = read_mounts(files);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    gboolean known = FALSE;

    for (char **line = lines; line && *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, " ", 5);

        if (g_strv_length(fields) == 5) {
            known = TRUE;
            if (g_str_equal(fields[2], "hugetlbfs") &&
                !add_size(sizes, page_size_of(files, fields[3]))) {
                return;
            }
        }
    }
    g_array_sort(sizes, compare_sizes);
    host->has_hugetlbfs = known;
    host->n_hugetlbfs = sizes->len;
    host->hugetlbfs = cvm_arena_array(files->arena, uint64_t, sizes->len);
    if (sizes->len > 0) {
        memcpy(host->hugetlbfs, sizes->data, sizes->len * sizeof *host->hugetlbfs);
    }
}

static void
take_free_pages(struct cvm_files *files, unsigned node)
{
    g_autofree char *folder = g_strdup_printf("/sys/devices/system/node/node%u/hugepages", node);
    g_autoptr(GPtrArray) names = cvm_files_list(files, folder);

    for (guint i = 0; i < MIN(names->len, MAX_SIZES); i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], "free_hugepages", NULL);
        struct cvm_free_pages pages = { .node = node };

        if (cvm_files_pool_size(names->pdata[i], &pages.size) &&
            cvm_files_number(files, path, G_MAXUINT, &pages.count)) {
            cvm_record_set_free_pages(files->record, &pages);
        }
    }
}

gboolean
cvm_files_pool_size(const char *name, uint64_t *size)
{
    const char *value = cvm_files_after(name, "hugepages-");
    g_autofree char *digits = value ? g_strndup(value, strspn(value, "0123456789")) : NULL;

    if (!digits || !g_str_equal(value + strlen(digits), "kB") ||
        !cvm_files_parse(digits, MAX_PAGE >> 10, size)) {
        return FALSE;
    }
    *size <<= 10;
    return *size > 0;
}

void
cvm_files_take_memory(struct cvm_files *files)
{
    g_autoptr(GArray) nodes = cvm_files_numbered(files, "/sys/devices/system/node", "node");

    take_hugetlbfs(files);
    if (files->record->free_pages->len == 0) {
        for (guint i = 0; i < MIN(nodes->len, MAX_NODES); i++) {
            take_free_pages(files, g_array_index(nodes, unsigned, i));
        }
    }
}
