/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder with files in it, made for one test: tests run in processes of their own, so that one
 * tree at a time is enough. */
#ifndef CVM_TESTS_TREE_FIXTURE_H
#define CVM_TESTS_TREE_FIXTURE_H

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static char *tree_root;

static inline void
tree_make(void)
{
    tree_root = g_dir_make_tmp("cvm-tree-XXXXXX", NULL);
    ck_assert_ptr_nonnull(tree_root);
}

static inline char *
tree_path(const char *path)
{
    char *real = g_build_filename(tree_root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(real);

    ck_assert_int_eq(g_mkdir_with_parents(folder, 0755), 0);
    return real;
}

static inline void
tree_put(const char *path, const char *text)
{
    g_autofree char *real = tree_path(path);

    ck_assert(g_file_set_contents(real, text, -1, NULL));
}

static inline void
tree_put_link(const char *path, const char *target)
{
    g_autofree char *real = tree_path(path);

    ck_assert_int_eq(symlink(target, real), 0);
}

static inline void
tree_put_folder(const char *path)
{
    g_autofree char *inside = g_build_filename(path, "x", NULL);

    g_free(tree_path(inside));
}

static inline void
tree_remove(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        tree_remove(below);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_remove(path);
}

static inline void
tree_drop(void)
{
    tree_remove(tree_root);
    g_clear_pointer(&tree_root, g_free);
}

#endif
