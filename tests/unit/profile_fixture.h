/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the profile reader share. */
#ifndef CVM_TESTS_PROFILE_FIXTURE_H
#define CVM_TESTS_PROFILE_FIXTURE_H

#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "util/error.h"

#define HEAD "name: db\nlaunchSecurity: {type: sev-snp}\n"
#define SOUND HEAD "memory: 8GiB\nvcpu: 4\n"

/* The domains of a text; fails the test when it cannot be read. */
static inline GPtrArray *
read_sets(const char *text, const char *const *sets)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *domains = cvm_profile_parse("test.yaml", text, strlen(text), sets, &error);

    ck_assert_msg(domains != NULL, "'%s': %s", text, error ? error->message : "");
    return domains;
}

static inline const struct cvm_domain *
first(const GPtrArray *domains)
{
    return g_ptr_array_index(domains, 0);
}

static inline unsigned
problem_line(const struct cvm_problem *problem)
{
    return problem->at_key ? problem->node->name_line : problem->node->line;
}

static inline unsigned
problem_column(const struct cvm_problem *problem)
{
    return problem->at_key ? problem->node->name_column : problem->node->column;
}

/* The problems of a domain, one a line: "2:7 message". */
static inline char *
list_problems(const struct cvm_domain *domain)
{
    GString *list = g_string_new(NULL);

    for (const struct cvm_problem *problem = domain->problems; problem; problem = problem->next) {
        g_string_append_printf(list, "%u:%u %s\n", problem_line(problem), problem_column(problem),
                               problem->message);
    }
    return g_string_free(list, FALSE);
}

static inline void
check_sound(const struct cvm_domain *domain)
{
    g_autofree char *problems = list_problems(domain);

    ck_assert_msg(*problems == '\0', "%s", problems);
}

/* A text with exactly one problem, of this kind, at this place, with these words in its message. */
static inline void
check_problem(const char *text, enum cvm_problem_kind kind, unsigned line, unsigned column,
              const char *words)
{
    g_autoptr(GPtrArray) domains = read_sets(text, NULL);
    const struct cvm_problem *problem = first(domains)->problems;
    g_autofree char *problems = list_problems(first(domains));

    ck_assert_msg(problem && !problem->next, "not one problem in:\n%s%s", text, problems);
    ck_assert_msg(problem->kind == kind && problem_line(problem) == line &&
                      problem_column(problem) == column,
                  "expected %u:%u, kind %d, in:\n%s%s", line, column, (int)kind, text, problems);
    ck_assert_msg(strstr(problem->message, words) != NULL, "expected '%s': %s", words, problems);
}

/* One wrong value in line 5 of an otherwise sound profile. */
static inline void
check_value(const char *line, unsigned column, const char *words)
{
    g_autofree char *text = g_strdup_printf(SOUND "%s\n", line);

    check_problem(text, CVM_PROBLEM_WRONG_TYPE, 5, column, words);
}

static inline GPtrArray *
read_sound(const char *line)
{
    g_autofree char *text = g_strdup_printf(SOUND "%s\n", line);
    GPtrArray *domains = read_sets(text, NULL);

    check_sound(first(domains));
    return domains;
}

#endif
