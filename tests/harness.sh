# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the shell tests share; sourced first. Sets $work, a folder that goes away at the end; "finish" is a test's last
# line.

: "${srcdir:?run this by make check}" "${builddir:?}" "${CVMDOM:?}"
passed=0
failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/cvmdom-test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM

# libtool's script before each start takes three times as long as the command, and there are thousands of starts.
if [ "$CVMDOM" = "$builddir/src/cvmdom" ] && [ -x "$builddir/src/.libs/cvmdom" ]; then
    CVMDOM=$builddir/src/.libs/cvmdom
    LD_LIBRARY_PATH=$builddir/src/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export CVMDOM LD_LIBRARY_PATH
fi

# The whole test cannot run here: automake's status for that.
skip()
{
    printf 'SKIP: %s\n' "$*"
    exit 77
}

need()
{
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "no $tool"
    done
}

# Each assertion counts once.
pass()
{
    passed=$((passed + 1))
}

fail()
{
    printf 'FAIL: %s\n' "$*"
    failed=$((failed + 1))
}

# check TEXT COMMAND…: the command succeeds.
check()
{
    check_text=$1
    shift
    if "$@"; then pass; else fail "$check_text"; fi
}

# run COMMAND…: keeps $status, and the streams in $work/out and $work/err.
run()
{
    run_line="$*"
    status=0
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

show_streams()
{
    sed 's/^/    out: /' "$work/out"
    sed 's/^/    err: /' "$work/err"
}

# expect_status N: of the last run.
expect_status()
{
    if [ "$status" -eq "$1" ]; then
        pass
    else
        fail "'$run_line' exited with $status, not $1"
        show_streams
    fi
}

# expect_out PATTERN, expect_err PATTERN: a line of the last run's stream matches (grep -E).
expect_out()
{
    expect_line out "$1"
}

expect_err()
{
    expect_line err "$1"
}

expect_line()
{
    if grep -Eq -e "$2" "$work/$1"; then
        pass
    else
        fail "'$run_line' printed no line like '$2' on std$1"
        show_streams
    fi
}

# expect_silent out|err: nothing was printed there.
expect_silent()
{
    if [ ! -s "$work/$1" ]; then
        pass
    else
        fail "'$run_line' printed on std$1"
        show_streams
    fi
}

finish()
{
    printf '%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] || exit 1
    exit 0
}
