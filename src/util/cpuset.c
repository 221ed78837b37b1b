/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/cpuset.h"

#include <string.h>

#include "util/number.h"

static gboolean
parse_bound(const char *text, guint *bound)
{
    uint64_t value;

    if (!cvm_number_parse_decimal(text, &value) || value >= CVM_CPUSET_MAX) {
        return FALSE;
    }
    *bound = (guint)value;
    return TRUE;
}

/* One term: "5", "0-3" or "^2". members has a byte a number, as far as the highest one goes. */
static gboolean
apply_term(char *term, GArray *members)
{
    gboolean include = *term != '^';
    char *first = include ? term : term + 1;
    char *last = strchr(first, '-');
    guint from, to;

    if (last) {
        *last++ = '\0';
    }
    if (!parse_bound(first, &from) || !parse_bound(last ? last : first, &to) || from > to) {
        return FALSE;
    }
    if (to >= members->len) {
        g_array_set_size(members, to + 1);
    }
    memset(members->data + from, include, to - from + 1);
    return TRUE;
}

/* Makes the set the numbers that have a byte in members. */
static void
take_members(GArray *set, const GArray *members)
{
    guint count = 0;

    g_array_set_size(set, members->len);
    for (guint i = 0; i < members->len; i++) {
        if (members->data[i]) {
            g_array_index(set, guint, count++) = i;
        }
    }
    g_array_set_size(set, count);
}

GArray *
cvm_cpuset_parse(const char *text)
{
    g_autoptr(GArray) members = g_array_new(FALSE, TRUE, 1);
    g_auto(GStrv) terms = g_strsplit(text, ",", 0);
    GArray *numbers;

    for (char **term = terms; *term; term++) {
        if (!apply_term(g_strstrip(*term), members)) {
            return NULL;
        }
    }
    numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    take_members(numbers, members);
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

void
cvm_cpuset_sort(GArray *set)
{
    g_autoptr(GArray) members = g_array_new(FALSE, TRUE, 1);
    guint most = 0;

    for (guint i = 0; i < set->len; i++) {
        most = MAX(most, g_array_index(set, guint, i));
    }
    if (most >= CVM_CPUSET_MAX) { /* no CPU of libvirt's */
        g_array_sort(set, compare_numbers);
        return;
    }
    g_array_set_size(members, most + 1);
    for (guint i = 0; i < set->len; i++) {
        members->data[g_array_index(set, guint, i)] = 1;
    }
    take_members(set, members);
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
    g_autoptr(GArray) rest = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < set->len; i++) {
        guint number = g_array_index(set, guint, i);

        if (!cvm_cpuset_contains(other, number)) {
            g_array_append_val(rest, number);
        }
    }
    return rest->len ? cvm_cpuset_format((const guint *)(gconstpointer)rest->data, rest->len)
                     : NULL;
}

char *
cvm_cpuset_format(const guint *numbers, guint count)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < count;) {
        guint end = i;

        while (end + 1 < count && numbers[end + 1] == numbers[end] + 1) {
            end++;
        }
        g_string_append_printf(text, "%s%u", i ? "," : "", numbers[i]);
        if (end > i) {
            g_string_append_printf(text, "-%u", numbers[end]);
        }
        i = end + 1;
    }
    return g_string_free(text, FALSE);
}
