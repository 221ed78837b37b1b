/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cvmdom/attest.h"

#include <glib/gstdio.h>
#include <string.h>

#include "unit.h"

static const char bytes[] = "0123456789abcdefABCDEFGHIJKLMNOP"
                            "!";

/* A file of the first size bytes behind skip; the caller's to g_free(). */
static char *
make_file(const char *folder, const char *name, size_t skip, size_t size)
{
    char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, bytes + skip, (gssize)size, NULL));
    return path;
}

static void
remove_file(char *path)
{
    g_unlink(path);
    g_free(path);
}

static void
check_fails(const char *tik, const char *tek, const char *tk, int code)
{
    struct cvmdom_launch_keys keys, before;
    cvmdom_error *error = NULL;

    memset(&keys, 0x5a, sizeof(keys));
    before = keys;
    ck_assert_int_eq(cvmdom_launch_keys_read(tik, tek, tk, &keys, &error), -1);
    ck_assert_int_eq(cvmdom_error_code(error), code);
    cvmdom_error_free(error);
    ck_assert_mem_eq(&keys, &before, sizeof(keys));
}

START_TEST(test_each)
{
    g_autofree char *folder = g_dir_make_tmp("cvmdom-XXXXXX", NULL);
    char *tik = make_file(folder, "tik", 0, 16);
    char *tek = make_file(folder, "tek", 16, 16);
    char *longer = make_file(folder, "longer", 16, 17);
    char *shorter = make_file(folder, "shorter", 16, 15);
    struct cvmdom_launch_keys keys;

    ck_assert_int_eq(cvmdom_launch_keys_read(tik, tek, NULL, &keys, NULL), 0);
    ck_assert_mem_eq(keys.tik, bytes, 16);
    ck_assert_mem_eq(keys.tek, bytes + 16, 16);
    check_fails(tik, longer, NULL, CVMDOM_ERROR_SYNTAX);
    check_fails(shorter, tek, NULL, CVMDOM_ERROR_SYNTAX);
    check_fails(tik, folder, NULL, CVMDOM_ERROR_IO);
    check_fails(tik, "/nonexistent/tek", NULL, CVMDOM_ERROR_IO);
    check_fails(tik, NULL, NULL, CVMDOM_ERROR_USAGE);
    check_fails(NULL, tek, NULL, CVMDOM_ERROR_USAGE);
    check_fails(NULL, NULL, NULL, CVMDOM_ERROR_USAGE);
    check_fails(tik, tek, tik, CVMDOM_ERROR_USAGE);
    remove_file(tik);
    remove_file(tek);
    remove_file(longer);
    remove_file(shorter);
    g_rmdir(folder);
}
END_TEST

START_TEST(test_both)
{
    g_autofree char *folder = g_dir_make_tmp("cvmdom-XXXXXX", NULL);
    char *tk = make_file(folder, "tk", 0, 32);
    char *longer = make_file(folder, "longer", 0, 33);
    char *tik = make_file(folder, "tik", 0, 16);
    struct cvmdom_launch_keys keys;

    ck_assert_int_eq(cvmdom_launch_keys_read(NULL, NULL, tk, &keys, NULL), 0);
    ck_assert_mem_eq(keys.tek, bytes, 16);
    ck_assert_mem_eq(keys.tik, bytes + 16, 16);
    check_fails(NULL, NULL, longer, CVMDOM_ERROR_SYNTAX);
    check_fails(NULL, NULL, tik, CVMDOM_ERROR_SYNTAX);
    check_fails(tik, NULL, tk, CVMDOM_ERROR_USAGE);
    remove_file(tk);
    remove_file(longer);
    remove_file(tik);
    g_rmdir(folder);
}
END_TEST

START_TEST(test_clear)
{
    struct cvmdom_launch_keys keys;
    static const struct cvmdom_launch_keys none;

    memset(&keys, 0x5a, sizeof(keys));
    cvmdom_launch_keys_clear(&keys);
    ck_assert_mem_eq(&keys, &none, sizeof(keys));
}
END_TEST

UNIT_MAIN("keys", test_each, test_both, test_clear)
