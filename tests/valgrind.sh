#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Not a test: make check-valgrind runs the given unit test programs and the commands of valgrind.txt below Valgrind, as many at
# a time as there are processors.
#   tests/valgrind.sh PROGRAM…
#   tests/valgrind.sh --one STATUS WORD…    one of them: an error of memory, or another exit status than STATUS, fails
set -u
: "${srcdir:?run this by make check-valgrind}" "${builddir:?}"
# CK_FORK=no: Valgrind would count what the children of a failed test leave behind.
export CK_FORK=no CK_DEFAULT_TIMEOUT=600 G_SLICE=always-malloc
cd "$builddir" || exit 99

run_one()
{
    expected=$1
    shift
    log=$(mktemp) status=0
    ./libtool --quiet --mode=execute "${VALGRIND:-valgrind}" --quiet --error-exitcode=99 --leak-check=full \
        --errors-for-leak-kinds=definite "$@" >/dev/null 2>"$log" </dev/null || status=$?
    case $status in
    "$expected") echo "PASS: $*" ;;
    77) echo "SKIP: $*" ;;
    *)
        cat "$log"
        echo "FAIL: $*: exit status $status, not $expected"
        ;;
    esac
    rm -f "$log"
    [ "$status" -eq "$expected" ] || [ "$status" -eq 77 ]
}

if [ "${1-}" = --one ]; then
    shift
    run_one "$@"
    exit
fi

work=$builddir/valgrind.files
"$srcdir/tests/valgrind-files.sh" "$work" || exit
{
    printf '0 %s\n' "$@"
    sed -e "s|%SRCDIR%|$srcdir|g" -e "s|%WORK%|$work|g" -e 's|^\([0-9]*\) |\1 src/cvmdom |' "$srcdir/tests/valgrind.txt"
} | xargs -P "$(getconf _NPROCESSORS_ONLN)" -L 1 "$0" --one
