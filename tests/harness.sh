# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the shell tests share; sourced first. Sets $work, a folder that goes away at the end.

: "${srcdir:?run this by make check}" "${builddir:?}" "${CVMDOM:?}"
failures=0
work=$(mktemp -d "${TMPDIR:-/tmp}/cvmdom-test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM

skip()
{
    printf 'SKIP: %s\n' "$*"
    exit 77
}

fail()
{
    printf 'FAIL: %s\n' "$*"
    failures=$((failures + 1))
}

# The last line of a test.
finish()
{
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}

need()
{
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "no $tool"
    done
}
