/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/glob.h"

#include <string.h>

/* fnmatch(3) knows no '**', and glibc's takes exponential time for some patterns. Of several stars
 * only the last has ever to be tried again, since it can take over what an earlier one would. */
static gboolean
match_step(const char *pattern, size_t pattern_length, const char *step, size_t length)
{
    const char *end = pattern + pattern_length, *step_end = step + length;
    const char *star = NULL, *taken = NULL;

    while (step < step_end) {
        if (pattern < end && *pattern == '*') {
            star = ++pattern;
            taken = step;
        } else if (pattern < end && (*pattern == '?' || *pattern == *step)) {
            pattern++;
            step++;
        } else if (star) {
            pattern = star;
            step = ++taken;
        } else {
            return FALSE;
        }
    }
    while (pattern < end && *pattern == '*') {
        pattern++;
    }
    return pattern == end;
}

static const char *
next_step(const char *step)
{
    step += strcspn(step, "/");
    return step + strspn(step, "/");
}

static gboolean
is_any_steps(const char *step)
{
    return strcspn(step, "/") == 2 && strncmp(step, "**", 2) == 0;
}

/* The same over steps as match_step() over characters. */
static gboolean
match_path(const char *pattern, const char *path)
{
    const char *star = NULL, *taken = NULL;

    while (*path) {
        if (*pattern && is_any_steps(pattern)) {
            star = pattern = next_step(pattern);
            taken = path;
        } else if (*pattern &&
                   match_step(pattern, strcspn(pattern, "/"), path, strcspn(path, "/"))) {
            pattern = next_step(pattern);
            path = next_step(path);
        } else if (star) {
            pattern = star;
            path = taken = next_step(taken);
        } else {
            return FALSE;
        }
    }
    while (*pattern && is_any_steps(pattern)) {
        pattern = next_step(pattern);
    }
    return *pattern == '\0';
}

gboolean
cvm_glob_match(const char *pattern, const char *path)
{
    const char *last = strrchr(path, '/');

    return match_path(pattern, strchr(pattern, '/') || !last ? path : last + 1);
}
