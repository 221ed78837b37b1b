/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree is read as a process sees it that has it as its root. */
#include <errno.h>
#include <sys/stat.h>

#include "tree_fixture.h"
#include "util/tree.h"

/* The content, or the errno in words. */
static const char *
read_text(const char *path)
{
    static char text[4096];
    struct cvm_tree *tree = cvm_tree_open(tree_root, NULL);
    g_autofree char *data = NULL;
    size_t size = 0;

    ck_assert_ptr_nonnull(tree);
    data = cvm_tree_read(tree, path, sizeof text - 1, CVM_TREE_WHOLE, &size);
    g_strlcpy(text, data ? data : g_strerror(errno), sizeof text);
    ck_assert(!data || strlen(data) == size);
    cvm_tree_free(tree);
    return text;
}

START_TEST(test_plain_paths)
{
    tree_make();
    tree_put("a/b/c", "text");
    ck_assert_str_eq(read_text("/a/b/c"), "text");
    ck_assert_str_eq(read_text("a//./b/../b/c"), "text");
    ck_assert_str_eq(read_text("/a/b/none"), g_strerror(ENOENT));
    ck_assert_str_eq(read_text("/a/b/c/d"), g_strerror(ENOTDIR));
    ck_assert_str_eq(read_text("/a/b"), g_strerror(EISDIR));
    ck_assert_str_eq(read_text("/"), g_strerror(EISDIR));
    ck_assert_str_eq(read_text(""), g_strerror(EISDIR));
    tree_drop();
}
END_TEST

/* Whatever links say, the file is the tree's own. */
START_TEST(test_links_stay_inside)
{
    static const char *const targets[] = { "/etc/passwd",
                                           "../../../../../../../../etc/passwd",
                                           "/../etc/passwd",
                                           "inner/../../../../etc/passwd",
                                           "/link-to-root/etc/passwd",
                                           "/up/up/etc/passwd" };

    tree_make();
    tree_put("etc/passwd", "ours");
    tree_put_folder("a/inner");
    tree_put_link("link-to-root", "/");
    tree_put_link("up", "..");
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autofree char *name = g_strdup_printf("a/link%zu", i);

        tree_put_link(name, targets[i]);
        ck_assert_msg(g_str_equal(read_text(name), "ours"), "%s: %s", targets[i], read_text(name));
    }
    ck_assert_str_eq(read_text("/../../../../../../etc/passwd"), "ours");
    tree_drop();
}
END_TEST

START_TEST(test_links_out_find_nothing)
{
    tree_make();
    tree_put_link("a/absolute", "/etc/passwd");
    tree_put_link("a/relative", "../../../../../../../../../etc/passwd");
    tree_put_link("proc", "/proc/self/root");
    ck_assert_str_eq(read_text("/a/absolute"), g_strerror(ENOENT));
    ck_assert_str_eq(read_text("/a/relative"), g_strerror(ENOENT));
    ck_assert_str_eq(read_text("/proc/etc/passwd"), g_strerror(ELOOP));
    tree_drop();
}
END_TEST

START_TEST(test_loops_end)
{
    tree_make();
    tree_put_link("self", "self");
    tree_put_link("ping", "pong");
    tree_put_link("pong", "ping");
    tree_put_link("deeper", "deeper/deeper/deeper/deeper");
    tree_put_link("down/up", "../down/up/x");
    ck_assert_str_eq(read_text("self"), g_strerror(ELOOP));
    ck_assert_str_eq(read_text("ping"), g_strerror(ELOOP));
    ck_assert_str_eq(read_text("deeper"), g_strerror(ELOOP));
    ck_assert_str_eq(read_text("down/up"), g_strerror(ELOOP));
    tree_drop();
}
END_TEST

START_TEST(test_long_and_deep_paths_end)
{
    g_autofree char *name = g_strnfill(300, 'n');
    g_autofree char *cut = g_strnfill(255, 'n');
    g_autoptr(GString) deep = g_string_new(NULL), steps = g_string_new(NULL);

    tree_make();
    tree_put_folder(cut);
    ck_assert_str_eq(read_text(cut), g_strerror(EISDIR));
    ck_assert_str_eq(read_text(name), g_strerror(ENAMETOOLONG));
    for (int i = 0; i < 100; i++) {
        g_string_append(deep, "d/");
    }
    tree_put_folder(deep->str);
    ck_assert_str_eq(read_text(deep->str), g_strerror(ENAMETOOLONG));
    for (int i = 0; i < 3000; i++) {
        g_string_append(steps, "./");
    }
    ck_assert_str_eq(read_text(steps->str), g_strerror(ELOOP));
    tree_drop();
}
END_TEST

/* Neither waited for nor opened. */
START_TEST(test_no_regular_file)
{
    g_autofree char *fifo = NULL;

    tree_make();
    fifo = tree_path("fifo");
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    tree_put_link("link", "fifo");
    ck_assert_str_eq(read_text("fifo"), g_strerror(EINVAL));
    ck_assert_str_eq(read_text("link"), g_strerror(EINVAL));
    tree_drop();
}
END_TEST

START_TEST(test_limits)
{
    struct cvm_tree *tree;
    g_autofree char *whole = NULL, *start = NULL, *end = NULL, *exact = NULL;
    size_t size;

    tree_make();
    tree_put("file", "0123456789");
    tree = cvm_tree_open(tree_root, NULL);
    whole = cvm_tree_read(tree, "file", 9, CVM_TREE_WHOLE, &size);
    ck_assert_ptr_null(whole);
    ck_assert_int_eq(errno, EFBIG);
    exact = cvm_tree_read(tree, "file", 10, CVM_TREE_WHOLE, &size);
    ck_assert_str_eq(exact, "0123456789");
    start = cvm_tree_read(tree, "file", 4, CVM_TREE_START, &size);
    ck_assert_str_eq(start, "0123");
    end = cvm_tree_read(tree, "file", 4, CVM_TREE_END, &size);
    ck_assert_str_eq(end, "6789");
    ck_assert_uint_eq(size, 4);
    cvm_tree_free(tree);
    tree_drop();
}
END_TEST

START_TEST(test_folders)
{
    g_autoptr(GPtrArray) names = NULL;
    struct cvm_tree *tree;
    struct stat status;

    tree_make();
    tree_put("folder/b", "");
    tree_put("folder/a", "");
    tree_put("folder/.hidden", "");
    tree_put_link("link", "/folder");
    tree = cvm_tree_open(tree_root, NULL);
    names = cvm_tree_list(tree, "/link");
    ck_assert_uint_eq(names->len, 2);
    ck_assert_str_eq(names->pdata[0], "a");
    ck_assert_str_eq(names->pdata[1], "b");
    ck_assert_ptr_null(cvm_tree_list(tree, "/link/a"));
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert_ptr_null(cvm_tree_list(tree, "/none"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(cvm_tree_stat(tree, "/link", &status), 0);
    ck_assert(S_ISDIR(status.st_mode));
    cvm_tree_free(tree);
    tree_drop();
}
END_TEST

START_TEST(test_root)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = NULL, *data = NULL;
    struct cvm_tree *tree;

    tree_make();
    tree_put("file", "");
    file = tree_path("file");
    ck_assert_ptr_null(cvm_tree_open(file, &error));
    ck_assert_ptr_nonnull(strstr(error->message, file));
    tree = cvm_tree_open("", NULL);
    data = cvm_tree_read(tree, "/proc/self/status", 65536, CVM_TREE_START, NULL);
    ck_assert(g_str_has_prefix(data, "Name:"));
    cvm_tree_free(tree);
    tree_drop();
}
END_TEST

UNIT_MAIN("tree", test_plain_paths, test_links_stay_inside, test_links_out_find_nothing,
          test_loops_end, test_long_and_deep_paths_end, test_no_regular_file, test_limits,
          test_folders, test_root)
