/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every unit test program shares: a main() around one suite, and the folder of the sources. */
#ifndef CVM_TESTS_UNIT_H
#define CVM_TESTS_UNIT_H

#include <check.h>
#include <glib.h>
#include <stdlib.h>

/* UNIT_MAIN("number", test_a, test_b): runs the tests as one suite; the summary line is Check's. */
#define UNIT_MAIN(name, ...) UNIT_RUNNER(main, name, __VA_ARGS__)

/* The same with a function before and one behind every test. */
#define UNIT_MAIN_WITH(setup, teardown, name, ...)                                                 \
    UNIT_RUNNER_WITH(main, setup, teardown, name, __VA_ARGS__)

/* The same as a function of another name, for a program that may have a reason to skip them. */
#define UNIT_RUNNER(function, name, ...) UNIT_RUNNER_WITH(function, NULL, NULL, name, __VA_ARGS__)

#define UNIT_RUNNER_WITH(function, setup, teardown, name, ...)                                     \
    int function(void)                                                                             \
    {                                                                                              \
        const TTest *const tests[] = { __VA_ARGS__ };                                              \
        Suite *suite = suite_create(name);                                                         \
        TCase *cases = tcase_create(name);                                                         \
        SRunner *runner = srunner_create(suite);                                                   \
        int failed;                                                                                \
                                                                                                   \
        for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {                                         \
            tcase_add_test(cases, tests[i]);                                                       \
        }                                                                                          \
        tcase_add_checked_fixture(cases, setup, teardown);                                         \
        tcase_set_timeout(cases, 60);                                                              \
        suite_add_tcase(suite, cases);                                                             \
        srunner_run_all(runner, CK_NORMAL);                                                        \
        failed = srunner_ntests_failed(runner);                                                    \
        srunner_free(runner);                                                                      \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                               \
    }

/* Path of a file in the source tree, the caller's to g_free(). */
static inline char *
unit_source_path(const char *relative)
{
    const char *srcdir = g_getenv("srcdir");

    return g_build_filename(srcdir ? srcdir : ".", relative, NULL);
}

#endif
