#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The prohibitions of docs/HACKING.md, and the layout by clang-format where it is the version the layout is pinned to:
# other versions lay out some lines otherwise.
set -eu
pinned=14
cd "${srcdir:-$(dirname "$0")/..}"
failed=0

# forbid REGEX ADVICE FILE…: no line of these files, comments left out, may match.
forbid()
{
    regex=$1
    advice=$2
    shift 2
    [ $# -gt 0 ] || return 0
    hits=$(awk -v regex="(^|[^A-Za-z0-9_>.])($regex)" '
        {
            line = $0
            sub(/\/\*.*/, "", line)
            if (line ~ /^ ?\*/) line = ""
            gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
            if (line ~ regex) printf "%s:%d: %s\n", FILENAME, FNR, $0
        }' "$@")
    [ -z "$hits" ] || {
        printf '%s\n    %s\n' "$hits" "$advice"
        failed=1
    }
}

# sources DIR… [! -path PATTERN]…: C files, one a word; no name has white space. Not those that are generated.
sources()
{
    find "$@" -name '*.[ch]' ! -name pages.c ! -name findings_schema.c ! -name guest_schema.c ! -name readiness_schema.c ! -name fleet_schema.c ! -name measurement_schema.c ! -name board_style.c | LC_ALL=C sort
}

# shellcheck disable=SC2046 # words are wanted
{
    all=$(sources src tests)
    ours=$(sources src)
    library=$(sources src ! -path 'src/cli/*')
    above_util=$(sources src ! -path 'src/util/*')
    inside=$(sources src ! -path 'src/cli/*' ! -path src/lib.c ! -path 'src/lib_*' ! -path 'src/util/*')
}
# shellcheck disable=SC2086 # words are wanted
{
    forbid '(v?sprintf|strcpy|strcat|strncpy|strncat|gets|strtok|alloca) ?\(' \
        'use g_strdup_printf, GString or cvm_arena_printf: they cannot overflow' $all
    forbid '(atoi|atol|atoll|atof|strtol|strtoul|strtoll|strtoull|strtod) ?\(' \
        'use util/number.h: it refuses signs, white space and what does not fit' $above_util
    forbid '(fopen|openat|creat|mkstemp|tmpfile|g_file_get_contents|g_file_set_contents) ?\(' \
        'use util/file.h: reads are capped, writes are whole or not at all' $above_util
    forbid '(malloc|calloc|realloc|strdup|strndup) ?\(' \
        'use the arena or g_new; only what the public functions return is for free()' $inside
    forbid '(printf|puts|putchar|fprintf|fputs|perror|g_print|g_printerr|g_warning|g_message|g_critical) ?\(' \
        'the library neither prints nor logs: return an error, or add a finding' $library
    forbid '(exit|_exit|abort) ?\(' \
        'the library never ends the process: return an error' $library
    forbid '(getenv|setenv|setlocale|chdir|umask|signal|srand|rand|random) ?\(' \
        'the library reads and changes no state of the process' $library
    forbid '(time|localtime|gmtime|ctime|asctime|g_date_time_new_now[a-z_]*|g_get_real_time) ?\(' \
        'the same input gives the same output: nothing depends on the clock' $library
    forbid '(xmlReadFile|xmlParseFile|xmlParseMemory|xmlCtxtReadFile|yaml_parser_set_input_file) ?\(' \
        'read the file with util/file.h and parse the memory: size caps, no network, no entities' $ours
    forbid '(strerror|strsignal) ?\(' 'use g_strerror: UTF-8, and safe in threads' $library
    forbid 'goto ' 'use g_autofree, g_autoptr or CVM_AUTO' $ours
    forbid 'typedef struct cvm_' 'internal structs have no typedef' $ours
}

# shellcheck disable=SC2086
if grep -nE '(TODO|FIXME)' $all; then
    echo '    finish it, or write it into an issue'
    failed=1
fi
# shellcheck disable=SC2086
if grep -nE "[[:blank:]]\$|$(printf '\t')" $all; then
    echo '    no tab, no blank at the end of a line'
    failed=1
fi
[ "$failed" -eq 0 ] || exit 1

version=$(clang-format --version 2>/dev/null | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
[ "$version" = "$pinned" ] || {
    echo "the prohibitions hold; skipped the layout: it is pinned to clang-format $pinned, and this is '${version:-none}'"
    exit 77
}
# shellcheck disable=SC2086
clang-format --dry-run --Werror $all
