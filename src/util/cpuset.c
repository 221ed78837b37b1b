/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/cpuset.h"

#include <string.h>

#include "util/number.h"

/* Digits, and steps behind them. */
static gboolean
take_bound(const char **at, guint *bound)
{
    const char *from = *at;
    guint number = 0;

    while (g_ascii_isdigit(**at) && number < CVM_CPUSET_MAX) {
        number = number * 10 + (guint)(*(*at)++ - '0');
    }
    *bound = number;
    return *at > from && number < CVM_CPUSET_MAX;
}

static void
skip_space(const char **at)
{
    while (g_ascii_isspace(**at)) {
        ++*at;
    }
}

/* A byte a number, as far as the highest one goes; what is behind is never touched. None below
 * first is one. */
struct members {
    guint first, count;
    guint8 in[CVM_CPUSET_MAX];
};

static void
begin_members(struct members *members)
{
    members->first = CVM_CPUSET_MAX;
    members->count = 0;
}

/* To hold these numbers. */
static void
extend(struct members *members, guint from, guint to)
{
    members->first = MIN(members->first, from);
    if (to >= members->count) {
        memset(members->in + members->count, 0, to + 1 - members->count);
        members->count = to + 1;
    }
}

/* One term: "5", "0-3" or "^2", with spaces around. */
static gboolean
take_term(const char **at, struct members *members)
{
    gboolean include;
    guint from, to;

    skip_space(at);
    include = **at != '^';
    *at += !include;
    if (!take_bound(at, &from)) {
        return FALSE;
    }
    to = from;
    if (**at == '-') {
        ++*at;
        if (!take_bound(at, &to) || from > to) {
            return FALSE;
        }
    }
    skip_space(at);
    extend(members, from, to);
    memset(members->in + from, include, to - from + 1);
    return TRUE;
}

/* Makes the set the numbers that have a byte in members. */
static void
take_members(GArray *set, const struct members *members)
{
    guint count = 0;

    g_array_set_size(set, members->count - members->first);
    for (guint i = members->first; i < members->count; i++) {
        if (members->in[i]) {
            g_array_index(set, guint, count++) = i;
        }
    }
    g_array_set_size(set, count);
}

GArray *
cvm_cpuset_parse(const char *text)
{
    struct members members;
    GArray *numbers;

    begin_members(&members);
    do {
        if (!take_term(&text, &members)) {
            return NULL;
        }
    } while (*text++ == ',');
    if (text[-1] != '\0') {
        return NULL;
    }
    numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    take_members(numbers, &members);
    if (numbers->len == 0) {
        g_array_unref(numbers);
        return NULL;
    }
    return numbers;
}

/* libvirt writes CPUs that are siblings as "0,64", and hosts have hundreds: no array is made of
 * numbers with commas between. */
gboolean
cvm_cpuset_first(const char *text, guint *first)
{
    g_autoptr(GArray) numbers = NULL;
    guint lowest = CVM_CPUSET_MAX, number = 0;

    for (const char *at = text; number < CVM_CPUSET_MAX; at++) {
        if (g_ascii_isdigit(*at)) {
            number = number * 10 + (guint)(*at - '0');
        } else if ((*at == ',' || *at == '\0') && at > text && g_ascii_isdigit(at[-1])) {
            lowest = MIN(lowest, number);
            number = 0;
            if (*at == '\0') {
                *first = lowest;
                return TRUE;
            }
        } else {
            break;
        }
    }
    numbers = cvm_cpuset_parse(text);
    if (numbers) {
        *first = g_array_index(numbers, guint, 0);
    }
    return numbers != NULL;
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a, right = *(const guint *)b;

    return left < right ? -1 : left > right;
}

static gboolean
is_ascending(const GArray *set)
{
    for (guint i = 1; i < set->len; i++) {
        if (g_array_index(set, guint, i - 1) >= g_array_index(set, guint, i)) {
            return FALSE;
        }
    }
    return TRUE;
}

void
cvm_cpuset_sort(GArray *set)
{
    struct members members;

    if (is_ascending(set)) {
        return;
    }
    begin_members(&members);
    for (guint i = 0; i < set->len; i++) {
        guint number = g_array_index(set, guint, i);

        if (number >= CVM_CPUSET_MAX) { /* no CPU of libvirt's */
            g_array_sort(set, compare_numbers);
            return;
        }
        extend(&members, number, number);
        members.in[number] = 1;
    }
    take_members(set, &members);
}

gboolean
cvm_cpuset_contains(GArray *set, guint number)
{
    return g_array_binary_search(set, &number, compare_numbers, NULL);
}

gboolean
cvm_cpuset_is_subset(GArray *set, GArray *of)
{
    for (guint i = 0; i < set->len; i++) {
        if (!cvm_cpuset_contains(of, g_array_index(set, guint, i))) {
            return FALSE;
        }
    }
    return TRUE;
}

char *
cvm_cpuset_format_rest(GArray *set, GArray *other)
{
    g_autoptr(GArray) rest = NULL;

    if (cvm_cpuset_is_subset(set, other)) { /* nearly always */
        return NULL;
    }
    rest = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < set->len; i++) {
        guint number = g_array_index(set, guint, i);

        if (!cvm_cpuset_contains(other, number)) {
            g_array_append_val(rest, number);
        }
    }
    return cvm_cpuset_format((const guint *)(gconstpointer)rest->data, rest->len);
}

char *
cvm_cpuset_format(const guint *numbers, guint count)
{
    GString *text = g_string_new(NULL);
    char digits[CVM_NUMBER_SIZE];

    for (guint i = 0; i < count;) {
        guint end = i;

        while (end + 1 < count && numbers[end + 1] == numbers[end] + 1) {
            end++;
        }
        g_string_append(text, i ? "," : "");
        g_string_append(text, cvm_number_format(digits, numbers[i]));
        if (end > i) {
            g_string_append_c(text, '-');
            g_string_append(text, cvm_number_format(digits, numbers[end]));
        }
        i = end + 1;
    }
    return g_string_free(text, FALSE);
}
