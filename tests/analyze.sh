#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make check-analyze: reads the sources with clang-tidy, cppcheck, scan-build and gcc's analyser, on all processors, and says what each
# found and how long it took. One that is not installed fails. ANALYZE='cppcheck gcc' names those that are to run.
#   CPPFLAGS, CFLAGS: of the build; srcdir, builddir
# shellcheck disable=SC2016,SC2086 # commands for another shell; flags are words
set -u
: "${srcdir:?run this by make check-analyze}" "${builddir:?}" "${CPPFLAGS:?}" "${CFLAGS:?}"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
work=$builddir/analyze
export CPPFLAGS CFLAGS work
mkdir -p "$work" && cd "$builddir" || exit 99
find "$srcdir/src" -name '*.c' ! -name pages.c | LC_ALL=C sort >"$work/sources"

# Whose findings count; another version finds other things, which are shown all the same.
tools='clang-tidy 14
cppcheck 2.10
scan-build 14
gcc 12'

version_of()
{
    case $1 in
    scan-build) clang --version ;;
    *) "$1" --version ;;
    esac 2>/dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1
}

# each COMMAND: sh's, of every file, which is its $1
each()
{
    xargs -a "$work/sources" -P "$jobs" -n 1 sh -c "$1" sh
}

# What each leaves to others: clang-tidy has no clang-analyzer-*, which is what scan-build runs. There unix.Malloc is off: it knows
# GLib's functions and does not see what g_autofree frees (LLVM 14); leaks are LeakSanitizer's and Valgrind's. For scan-build
# `true` compiles: what is compiled the build has shown.
analyze()
{
    case $1 in
    clang-tidy)
        each 'clang-tidy --quiet "$1" -- $CPPFLAGS $CFLAGS 2>/dev/null'
        ;;
    cppcheck)
        # shellcheck disable=SC2046
        cppcheck --quiet -j "$jobs" --std=c11 --enable=warning,style,performance,portability --inline-suppr --library=gtk \
            --suppressions-list="$srcdir/tests/cppcheck.supp" --template=gcc '-DG_GNUC_PRINTF(a,b)=' \
            '-DG_DEFINE_AUTOPTR_CLEANUP_FUNC(t,f)=' "-I$srcdir/src" "-I$srcdir/src/include" $(cat "$work/sources")
        ;;
    scan-build)
        rm -rf "$work/scan-build"
        scan-build -o "$work/scan-build" --use-cc=true -disable-checker unix.Malloc \
            xargs -a "$work/sources" -P "$jobs" -n 1 sh -c '$CC $CPPFLAGS $CFLAGS -c -o /dev/null "$1"' sh
        ;;
    gcc)
        each 'gcc $CPPFLAGS $CFLAGS -O0 -fanalyzer -c -o /dev/null "$1"'
        ;;
    esac >"$work/$1.log" 2>&1
}

failed=0
printf '%s\n' "$tools" >"$work/tools"
while read -r tool pinned; do
    case " ${ANALYZE:-$tool} " in
    *" $tool "*) ;;
    *) continue ;;
    esac
    version=$(version_of "$tool")
    if [ -z "$version" ]; then
        printf 'FAIL: there is no %s (./autogen.sh tools installs it)\n' "$tool"
        failed=1
        continue
    fi
    start=$(date +%s)
    analyze "$tool"
    findings=$(grep -cE '(warning|error|style|performance|portability): ' "$work/$tool.log")
    printf '%s %s: %d findings in %d files, %d s\n' "$tool" "$version" "$findings" "$(wc -l <"$work/sources")" $(($(date +%s) - start))
    [ "$findings" -eq 0 ] || grep -vE '^scan-build: |^[0-9]+ warnings? ' "$work/$tool.log"
    case $version. in
    "$pinned".*) [ "$findings" -eq 0 ] || failed=1 ;;
    *) [ "$findings" -eq 0 ] || echo "they do not count: this is pinned to version $pinned" ;;
    esac
done <"$work/tools"
exit "$failed"
