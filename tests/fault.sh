# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the tests of faults share; sourced after harness.sh. tests/tools/fault.c lets calls fail.

fault=$builddir/tests/tools/.libs/fault.so
[ -e "$fault" ] || fault=$builddir/tests/tools/fault.so
[ -e "$fault" ] || skip 'no fault.so: shared libraries are not built'
[ -z "${ASAN_OPTIONS:-}${TSAN_OPTIONS:-}" ] || skip 'a sanitizer has these calls for itself'
need timeout
ulimit -c 0

command=$CVMDOM

# with_fault FAULT ARGUMENT…: runs the command with it, like run of harness.sh. 124 would be a command that hangs.
with_fault()
{
    run_line="$*"
    shift
    status=0
    CVM_FAULT=${run_line%% *} CVM_FAULT_FIRED=$work/fired LD_PRELOAD=$fault \
        timeout 20 "$command" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    runs=$((runs + 1))
}
runs=0

has_fired()
{
    [ -s "$work/fired" ]
}

# Says what is wrong: of the program itself, or with the place in a file.
has_message()
{
    grep -qE '^cvmdom: |: error: ' "$work/err"
}

# 128 and the signal's number, as shells have it (and timeout, but for SIGKILL, by which it dies itself).
status_of_signal()
{
    case $1 in
    SIGHUP) echo 129 ;;
    SIGINT) echo 130 ;;
    SIGKILL) echo 137 ;;
    SIGTERM) echo 143 ;;
    esac
}
