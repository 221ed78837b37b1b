/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What targets begin with, and what they share. */
#define _GNU_SOURCE /* memfd_create() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "read/read.h"
#include "util/error.h"
#include "util/file.h"

enum { LIMIT_SEED = 1 << 22 };

GPtrArray *fuzz_seeds;
static const struct fuzz_target *current;
static GHashTable *hosts;

/* ---- files ---- */

char *
fuzz_path(const char *relative)
{
    const char *source = g_getenv("srcdir");

    return g_build_filename(source ? source : ".", relative, NULL);
}

static uint8_t *
read_whole(const char *path, size_t *size)
{
    g_autoptr(GError) error = NULL;
    char *data;

    if (cvm_file_read(path, LIMIT_SEED, &data, size, &error) < 0) {
        fprintf(stderr, "%s\n", error->message);
        exit(EXIT_FAILURE);
    }
    return (uint8_t *)data;
}

uint8_t *
fuzz_read(const char *relative, size_t *size)
{
    g_autofree char *path = fuzz_path(relative);

    return read_whole(path, size);
}

static void
free_host(void *host)
{
    cvm_host_free(host);
}

const struct cvm_host *
fuzz_bundled_host(const char *name)
{
    struct cvm_host *host;

    if (!hosts) {
        hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_host);
    }
    host = g_hash_table_lookup(hosts, name);
    if (!host) {
        g_autofree char *relative = g_strdup_printf("profiles/hosts/%s.xml", name);
        g_autofree char *path = fuzz_path(relative);

        host = cvm_host_read(path, NULL);
        g_assert_nonnull(host);
        g_hash_table_insert(hosts, g_strdup(name), host);
    }
    return host;
}

/* In memory, and gone with the process. */
const char *
fuzz_file(unsigned slot, const uint8_t *data, size_t size)
{
    static char paths[2][32];
    static int files[2] = { -1, -1 };

    g_assert(slot < G_N_ELEMENTS(files));
    if (files[slot] < 0) {
        files[slot] = memfd_create("fuzz", MFD_CLOEXEC);
        g_assert_cmpint(files[slot], >=, 0);
        g_snprintf(paths[slot], sizeof(paths[slot]), "/proc/self/fd/%d", files[slot]);
    }
    g_assert_cmpint(ftruncate(files[slot], 0), ==, 0);
    g_assert_cmpint(pwrite(files[slot], data, size, 0), ==, (ssize_t)size);
    return paths[slot];
}

char *
fuzz_text(const uint8_t *data, size_t size)
{
    return size > 0 ? g_strndup((const char *)data, size) : g_strdup("");
}

/* ---- seeds ---- */

struct fuzz_seed *
fuzz_add(const char *name, const void *data, size_t size)
{
    struct fuzz_seed *seed = g_new0(struct fuzz_seed, 1);

    seed->name = g_strdup(name);
    seed->data = g_memdup2(data, size);
    seed->size = size;
    seed->verdict = FUZZ_ACCEPTED;
    g_ptr_array_add(fuzz_seeds, seed);
    return seed;
}

static void
free_seed(void *data)
{
    struct fuzz_seed *seed = data;

    g_free(seed->name);
    g_free(seed->data);
    g_free(seed);
}

static int
compare_names(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The files of a folder that match, sorted: the same seeds in the same order everywhere. */
static void
add_folder(const char *folder, const char *pattern)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_pattern_match_simple(pattern, name) && !g_file_test(path, G_FILE_TEST_IS_DIR)) {
            g_ptr_array_add(names, g_steal_pointer(&path));
        }
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        size_t size;
        g_autofree uint8_t *data = read_whole(g_ptr_array_index(names, i), &size);

        fuzz_add(g_ptr_array_index(names, i), data, size)->verdict = FUZZ_EITHER;
    }
}

static void
add_files(const char *pattern)
{
    g_autofree char *path = fuzz_path(pattern);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    guint before = fuzz_seeds->len;

    add_folder(folder, name);
    if (fuzz_seeds->len == before) {
        fprintf(stderr, "there is no file '%s'\n", path);
        exit(EXIT_FAILURE);
    }
}

void
fuzz_begin(const struct fuzz_target *target)
{
    g_autofree char *kept = g_build_filename("tests/fuzz/kept", target->name, NULL);
    g_autofree char *folder = fuzz_path(kept);

    current = target;
    fuzz_seeds = g_ptr_array_new_with_free_func(free_seed);
    fuzz_repeat_random();
    if (target->set_up) {
        target->set_up();
    }
    for (const char *const *pattern = target->seeds; pattern && *pattern; pattern++) {
        add_files(*pattern);
    }
    for (const char *const *text = target->texts; text && *text; text++) {
        fuzz_add(*text, *text, strlen(*text))->verdict = FUZZ_EITHER;
    }
    add_folder(folder, "*");
}

void
fuzz_end(void)
{
    if (current->tear_down) {
        current->tear_down();
    }
    g_clear_pointer(&fuzz_seeds, g_ptr_array_unref);
    g_clear_pointer(&hosts, g_hash_table_unref);
}

gboolean
fuzz_attempt(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *exact = g_malloc(MAX(size, 1));

    memcpy(exact, data ? data : exact, size);
    fuzz_repeat_random();
    return current->run(exact, size);
}

const struct fuzz_target *
fuzz_find(const char *name)
{
    for (const struct fuzz_target *target = fuzz_targets; target->name; target++) {
        if (g_str_equal(target->name, name)) {
            return target;
        }
    }
    return NULL;
}

/* ---- what must hold ---- */

static gboolean
is_same(const struct fuzz_seed *seed, const uint8_t *data, size_t size,
        const struct fuzz_range *ranges)
{
    if (!ranges) {
        return size == seed->size && memcmp(data, seed->data, size) == 0;
    }
    for (; ranges->end; ranges++) {
        if (ranges->end > size || ranges->end > seed->size ||
            memcmp(data + ranges->start, seed->data + ranges->start, ranges->end - ranges->start) !=
                0) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
fuzz_is_known(const uint8_t *data, size_t size, const struct fuzz_range *ranges)
{
    for (guint i = 0; i < fuzz_seeds->len; i++) {
        const struct fuzz_seed *seed = g_ptr_array_index(fuzz_seeds, i);

        if (seed->verdict == FUZZ_ACCEPTED && is_same(seed, data, size, ranges)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
fuzz_refuse(cvmdom_error *error)
{
    g_assert_nonnull(error);
    g_assert_cmpstr(cvmdom_error_message(error), !=, "");
    cvmdom_error_free(error);
    return FALSE;
}

gboolean
fuzz_refuse_own(GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(error->domain == CVM_ERROR && error->message[0] != '\0');
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    /* Only what is too large, or empty, has no line. */
    g_assert_true(cvm_error_place(error)->line > 0 || error->code != CVM_ERROR_SYNTAX ||
                  strstr(error->message, "larger"));
    g_error_free(error);
    return FALSE;
}
