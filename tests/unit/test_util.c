/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "util/arena.h"
#include "util/closest.h"
#include "util/cpuset.h"
#include "util/error.h"
#include "util/file.h"
#include "util/number.h"
#include "util/quote.h"
#include "util/visible.h"

START_TEST(test_arena_keeps_objects_apart_and_zeroed)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    char *first = cvm_arena_alloc(arena, 3);
    char *large = cvm_arena_alloc(arena, 1 << 20);
    char *last;

    memset(first, 'x', 3);
    memset(large, 'y', 1 << 20);
    for (int i = 0; i < 10000; i++) {
        last = cvm_arena_alloc(arena, 24);
        ck_assert_uint_eq((guintptr)last % _Alignof(max_align_t), 0);
        ck_assert_int_eq(last[0] | last[23], 0);
        memset(last, 'z', 24);
    }
    ck_assert_mem_eq(first, "xxx", 3);
    ck_assert_int_eq(large[0], 'y');
    ck_assert_int_eq(large[(1 << 20) - 1], 'y');
}
END_TEST

START_TEST(test_arena_copies_text)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();

    ck_assert_str_eq(cvm_arena_strdup(arena, "text"), "text");
    ck_assert_str_eq(cvm_arena_strndup(arena, "text", 2), "te");
    ck_assert_str_eq(cvm_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    ck_assert_ptr_null(cvm_arena_strdup(arena, NULL));
}
END_TEST

START_TEST(test_long_quotes_end_between_characters)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    GString *text = g_string_new(NULL);
    g_autofree char *cut = NULL;

    for (int i = 0; i < CVM_QUOTE_MAX; i++) {
        g_string_append(text, "ü");
    }
    ck_assert_str_eq(cvm_quote(arena, ""), "");
    ck_assert_str_eq(cvm_quote(arena, text->str), text->str);
    cut = g_strconcat(text->str, "…", NULL);
    g_string_append(text, "€x");
    ck_assert_str_eq(cvm_quote(arena, text->str), cut);
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_closest_word)
{
    static const char *const words[] = { "policy", "kernelHashes", "hostData", "cbitpos", NULL };

    ck_assert_str_eq(cvm_closest("polcy", words), "policy");
    ck_assert_str_eq(cvm_closest("ploicy", words), "policy");
    ck_assert_str_eq(cvm_closest("kernelhashes", words), "kernelHashes");
    ck_assert_str_eq(cvm_closest("hostdate", words), "hostData");
    ck_assert_ptr_null(cvm_closest("memory", words));
    ck_assert_ptr_null(cvm_closest("", words));
}
END_TEST

START_TEST(test_closest_survives_long_words)
{
    static const char *const words[] = { "policy", NULL };
    g_autofree char *word = g_strnfill(100000, 'p');

    ck_assert_ptr_null(cvm_closest(word, words));
}
END_TEST

START_TEST(test_cpuset_first)
{
    static const char *const texts[] = { "0,64",   "64,0",  "7",       "3-5,9",       "5,3-4",
                                         "0-3,^0", "",      "x",       "5,",          ",5",
                                         "1,,2",   "16384", "1,16384", "99999999999", " 4,2 ",
                                         "^1",     "1,^1" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GArray) numbers = cvm_cpuset_parse(texts[i]);
        guint first = 0;

        ck_assert_msg(cvm_cpuset_first(texts[i], &first) == (numbers != NULL), "'%s'", texts[i]);
        ck_assert_msg(!numbers || first == g_array_index(numbers, guint, 0), "'%s'", texts[i]);
    }
}
END_TEST

START_TEST(test_cpuset_relations)
{
    g_autoptr(GArray) small = cvm_cpuset_parse("2,5");
    g_autoptr(GArray) large = cvm_cpuset_parse("0-3,5");
    g_autofree char *rest = cvm_cpuset_format_rest(large, small);

    ck_assert(cvm_cpuset_contains(large, 3));
    ck_assert(!cvm_cpuset_contains(large, 4));
    ck_assert(cvm_cpuset_is_subset(small, large));
    ck_assert(!cvm_cpuset_is_subset(large, small));
    ck_assert_str_eq(rest, "0-1,3");
    ck_assert_ptr_null(cvm_cpuset_format_rest(small, large));
    g_array_index(small, guint, 0) = 9;
    cvm_cpuset_sort(small);
    ck_assert_uint_eq(g_array_index(small, guint, 0), 5);
}
END_TEST

START_TEST(test_cpusets)
{
    static const struct {
        const char *text;
        const char *normal; /* NULL: refused */
    } cases[] = {
        { "0-3,^2,8", "0-1,3,8" },
        { "5", "5" },
        { "1,0", "0-1" },
        { "0-3, 6", "0-3,6" },
        { "^0,0", "0" },
        { "0,^0", NULL },
        { "3-1", NULL },
        { "", NULL },
        { "0-", NULL },
        { "a", NULL },
        { "0,,1", NULL },
        { "16384", NULL },
        { "0--1", NULL },
        { " 1 ,\t3-4\n", "1,3-4" },
        { "0 - 3", NULL },
        { "^ 1", NULL },
        { "1,", NULL },
        { "1-2-3", NULL },
        { "1;2", NULL },
        { "007-16383,^8-16382", "7,16383" },
        { "4294967297", NULL },
        { "18446744073709551617", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) set = cvm_cpuset_parse(cases[i].text);

        ck_assert_msg((set != NULL) == (cases[i].normal != NULL), "'%s'", cases[i].text);
        if (set) {
            g_autofree char *normal =
                cvm_cpuset_format((const guint *)(gconstpointer)set->data, set->len);

            ck_assert_str_eq(normal, cases[i].normal);
        }
    }
}
END_TEST

START_TEST(test_cpuset_sort)
{
    static const guint unsorted[] = { 7, 3, 3, 40000, 5 };
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(guint));

    g_array_append_vals(set, unsorted, 3);
    cvm_cpuset_sort(set);
    ck_assert_uint_eq(set->len, 2);
    ck_assert_uint_eq(g_array_index(set, guint, 0), 3);
    ck_assert_uint_eq(g_array_index(set, guint, 1), 7);
    g_array_append_vals(set, unsorted + 3, 2);
    cvm_cpuset_sort(set);
    ck_assert_uint_eq(set->len, 4);
    ck_assert_uint_eq(g_array_index(set, guint, 1), 5);
    ck_assert_uint_eq(g_array_index(set, guint, 3), 40000);
}
END_TEST

START_TEST(test_numbers_as_text)
{
    static const uint64_t numbers[] = { 0, 9, 10, 4294967296, G_MAXUINT64 };
    char digits[CVM_NUMBER_SIZE];

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *same = g_strdup_printf("%" G_GUINT64_FORMAT, numbers[i]);

        ck_assert_str_eq(cvm_number_format(digits, numbers[i]), same);
        g_free(same);
        same = g_strdup_printf("%04" G_GINT64_MODIFIER "x", numbers[i]);
        ck_assert_str_eq(cvm_number_format_hex(digits, numbers[i], 4), same);
    }
}
END_TEST

static char *
scratch_folder(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("cvmdom-test.XXXXXX", &error);

    ck_assert_ptr_nonnull(folder);
    return folder;
}

START_TEST(test_file_is_written_whole_and_read_back)
{
    g_autofree char *folder = scratch_folder();
    g_autofree char *path = g_build_filename(folder, "out.xml", NULL);
    g_autofree char *data = NULL;
    struct stat status;
    size_t size = 0;

    ck_assert_int_eq(cvm_file_write(path, "one", 3, NULL), 0);
    ck_assert_int_eq(g_chmod(path, 0640), 0);
    ck_assert_int_eq(cvm_file_write(path, "second", 6, NULL), 0);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0640);
    ck_assert_int_eq(cvm_file_read(path, 6, &data, &size, NULL), 0);
    ck_assert_uint_eq(size, 6);
    ck_assert_str_eq(data, "second");
    ck_assert_int_eq(g_remove(path), 0);
    ck_assert_int_eq(g_rmdir(folder), 0);
}
END_TEST

START_TEST(test_only_a_regular_file_is_replaced)
{
    g_autofree char *folder = scratch_folder();
    g_autofree char *file = g_build_filename(folder, "file", NULL);
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
    struct stat status;
    char got[8] = "";
    int reader;

    ck_assert_int_eq(cvm_file_write(file, "one", 3, NULL), 0);
    ck_assert_int_eq(symlink("file", link), 0);
    ck_assert_int_eq(cvm_file_write(link, "second", 6, NULL), 0);
    ck_assert(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
    ck_assert(stat(file, &status) == 0 && status.st_size == 6);

    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    reader = open(pipe, O_RDWR);
    ck_assert_int_ge(reader, 0);
    ck_assert_int_eq(cvm_file_write(pipe, "third", 5, NULL), 0);
    ck_assert_int_eq(read(reader, got, sizeof(got)), 5);
    ck_assert_str_eq(got, "third");
    close(reader);
    ck_assert(lstat(pipe, &status) == 0 && S_ISFIFO(status.st_mode));

    ck_assert_int_eq(g_remove(pipe), 0);
    ck_assert_int_eq(g_remove(link), 0);
    ck_assert_int_eq(g_remove(file), 0);
    ck_assert_int_eq(g_rmdir(folder), 0);
}
END_TEST

START_TEST(test_file_failures_leave_outputs_alone)
{
    g_autofree char *folder = scratch_folder();
    g_autofree char *path = g_build_filename(folder, "big", NULL);
    g_autoptr(GError) large = NULL;
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) is_folder = NULL;
    g_autoptr(GError) nowhere = NULL;
    char *data = NULL;
    size_t size = 42;

    ck_assert_int_eq(cvm_file_write(path, "1234567", 7, NULL), 0);
    ck_assert_int_eq(cvm_file_read(path, 6, &data, &size, &large), -1);
    ck_assert(g_error_matches(large, CVM_ERROR, CVM_ERROR_SYNTAX));
    ck_assert_str_eq(cvm_error_place(large)->file, path);
    ck_assert_int_eq(g_remove(path), 0);
    ck_assert_int_eq(cvm_file_read(path, 6, &data, &size, &missing), -1);
    ck_assert(g_error_matches(missing, CVM_ERROR, CVM_ERROR_IO));
    ck_assert_int_eq(cvm_file_read(folder, 6, &data, &size, &is_folder), -1);
    ck_assert(g_error_matches(is_folder, CVM_ERROR, CVM_ERROR_IO));
    ck_assert_int_eq(g_rmdir(folder), 0);
    ck_assert_int_eq(cvm_file_write(path, "x", 1, &nowhere), -1);
    ck_assert(g_error_matches(nowhere, CVM_ERROR, CVM_ERROR_IO));
    ck_assert_ptr_null(data);
    ck_assert_uint_eq(size, 42);
}
END_TEST

static gpointer
write_later(gpointer path)
{
    int fd = open(path, O_WRONLY);

    g_usleep(50000);
    ck_assert_int_eq(write(fd, "sec", 3), 3);
    g_usleep(50000);
    ck_assert_int_eq(write(fd, "ret", 3), 3);
    close(fd);
    return NULL;
}

/* Nothing beyond the buffer, and nothing of a file that is too large. */
START_TEST(test_secrets_are_read_into_place)
{
    static const char zeros[6];
    g_autofree char *folder = scratch_folder();
    g_autofree char *path = g_build_filename(folder, "file", NULL);
    g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
    g_autoptr(GError) large = NULL;
    g_autoptr(GError) shorter = NULL;
    g_autoptr(GError) missing = NULL;
    char buffer[8] = "........";
    size_t size = 42;
    GThread *writer;

    ck_assert_int_eq(cvm_file_write(path, "s\0cret", 6, NULL), 0);
    ck_assert_int_eq(cvm_file_read_into(path, buffer, 6, &size, NULL), 0);
    ck_assert_uint_eq(size, 6);
    ck_assert_mem_eq(buffer, "s\0cret..", 8);
    ck_assert_int_eq(cvm_file_read_into(path, buffer, 5, &size, &large), -1);
    ck_assert(g_error_matches(large, CVM_ERROR, CVM_ERROR_SYNTAX));
    ck_assert_mem_eq(buffer, zeros, 5);
    ck_assert_int_eq(cvm_file_read_exactly(path, buffer, 7, &shorter), -1);
    ck_assert(g_error_matches(shorter, CVM_ERROR, CVM_ERROR_SYNTAX));
    ck_assert_int_eq(cvm_file_read_into(folder, buffer, 6, &size, &missing), -1);
    ck_assert(g_error_matches(missing, CVM_ERROR, CVM_ERROR_IO));
    ck_assert_uint_eq(size, 6);

    /* as a shell gives it: <(command that takes its time) */
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    writer = g_thread_new("writer", write_later, pipe);
    ck_assert_int_eq(cvm_file_read_exactly(pipe, buffer, 6, NULL), 0);
    ck_assert_mem_eq(buffer, "secret", 6);
    g_thread_join(writer);
    ck_assert_int_eq(g_remove(pipe), 0);
    ck_assert_int_eq(g_remove(path), 0);
    ck_assert_int_eq(g_rmdir(folder), 0);
}
END_TEST

/* Whole, with its mode whatever the umask, over nothing that is there, and nothing left beside it.
 */
START_TEST(test_new_files)
{
    g_autofree char *folder = g_dir_make_tmp("cvm-util-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "key.bin", NULL);
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    g_autofree char *below = g_build_filename(folder, "none", "key.bin", NULL);
    const char *const taken[] = { path, link, folder, below };
    g_autoptr(GError) error = NULL;
    g_autofree char *content = NULL;
    mode_t mask = umask(0277);
    struct stat status;
    gsize size;

    ck_assert_int_eq(cvm_file_write_new(path, "a\0b", 3, 0600, &error), 0);
    umask(0);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
    ck_assert_uint_eq(status.st_nlink, 1);
    ck_assert_int_eq(symlink("nowhere", link), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        ck_assert_int_eq(cvm_file_write_new(taken[i], "new", 3, 0600, &error), -1);
        ck_assert(g_error_matches(error, CVM_ERROR, CVM_ERROR_IO));
        g_clear_error(&error);
    }
    umask(mask);
    ck_assert(g_file_get_contents(path, &content, &size, NULL));
    ck_assert_uint_eq(size, 3);
    ck_assert_mem_eq(content, "a\0b", 3);
    ck_assert(!g_file_test(link, G_FILE_TEST_EXISTS));
    ck_assert_int_eq(g_remove(path) | g_remove(link), 0);
    ck_assert_int_eq(g_rmdir(folder), 0); /* nothing else is in it */
}
END_TEST

START_TEST(test_hidden_characters)
{
    static const gunichar hidden[] = { 0,      '\t',   '\n',   '\r',   0x1b,   0x7f,   0x85,
                                       0x9b,   0x61c,  0x200b, 0x200e, 0x200f, 0x2028, 0x2029,
                                       0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xe0041 };
    static const gunichar seen[] = { ' ', '~', 0xa0, 0xad, 0xc4, 0x5d0, 0x200d, 0xfffd, 0x1f600 };
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
        ck_assert_msg(cvm_char_is_hidden(hidden[i]), "U+%04X", hidden[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(seen); i++) {
        ck_assert_msg(!cvm_char_is_hidden(seen[i]), "U+%04X", seen[i]);
    }
    cvm_visible_append(out, "a\033b\302\233\xff\xe2\x80\xaeä", '?');
    ck_assert_str_eq(out->str, "a?b???ä");
}
END_TEST

/* sh turns each back into the word. */
START_TEST(test_shell_words)
{
    static const char *const words[] = { "",           "plain",
                                         "it's",       "\xe2\x80\xae",
                                         "a\033[31mb", "a\nb\tc\xc2\x9b'\xe2\x80\xae\xef\xbb\xbf",
                                         "$(x)`y`\"" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *quoted = cvm_shell_quote(words[i]);
        g_autofree char *script = g_strdup_printf("printf %%s %s", quoted);
        const char *const argv[] = { "sh", "-c", script, NULL };
        g_autofree char *out = NULL;

        for (const char *at = quoted; *at; at = g_utf8_next_char(at)) {
            ck_assert(*at == '\n' || !cvm_char_is_hidden(g_utf8_get_char(at)));
        }
        ck_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
                               NULL, NULL, NULL));
        ck_assert_str_eq(out, words[i]);
    }
}
END_TEST

START_TEST(test_paths_that_begin_a_line)
{
    ck_assert_str_eq(cvm_path_prefix("a:b"), "");
    ck_assert_str_eq(cvm_path_prefix("/::x::"), "");
    ck_assert_str_eq(cvm_path_prefix("::x::"), "./");
    ck_assert_str_eq(cvm_path_prefix(" \t::x::"), "./");
}
END_TEST

UNIT_MAIN("util", test_arena_keeps_objects_apart_and_zeroed, test_arena_copies_text,
          test_long_quotes_end_between_characters, test_closest_word,
          test_closest_survives_long_words, test_cpusets, test_cpuset_first, test_cpuset_relations,
          test_cpuset_sort, test_numbers_as_text, test_file_is_written_whole_and_read_back,
          test_only_a_regular_file_is_replaced, test_file_failures_leave_outputs_alone,
          test_secrets_are_read_into_place, test_new_files, test_hidden_characters,
          test_shell_words, test_paths_that_begin_a_line)
