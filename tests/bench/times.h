/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times, and what is told of many of them. */
#ifndef CVM_TESTS_BENCH_TIMES_H
#define CVM_TESTS_BENCH_TIMES_H

#include <time.h>

static inline double
clock_ms(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Of doubles, for qsort(). */
static inline int
compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Of sorted values; the nearest one, not interpolated. */
static inline double
quantile(const double *sorted, int count, double fraction)
{
    return sorted[(int)(fraction * (count - 1) + 0.5)];
}

#endif
