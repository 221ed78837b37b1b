#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a render, a lint, and a further file of each cost has not grown: instructions, counted by callgrind, at most 5 % above
# those recorded in tests/instructions.txt for this system and compiler. Unlike a time they are the same on a busy machine.
# CVM_TEST_UPDATE=1 records them anew.
. "${srcdir:?}/tests/harness.sh"
need valgrind "${BUILT_WITH%% *}"

case $BUILT_WITH in
*-fsanitize* | *--coverage* | *-O[013sg]*) skip "counts are recorded for -O2, and this was built with '$BUILT_WITH'" ;;
*-O2*) ;;
*) skip "counts are recorded for -O2, and this was built with '$BUILT_WITH'" ;;
esac
# shellcheck source=/dev/null
system=$(. /etc/os-release && echo "$ID-${VERSION_ID-}")-$(uname -m)-$(${BUILT_WITH%% -*} -dumpversion)
record=$srcdir/tests/instructions.txt

# count NAME ARGUMENT…: the instructions of a run of the command that may have findings, into $count
count()
{
    count_name=$1
    shift
    run "$builddir/libtool" --silent --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null "$CVMDOM" "$@"
    count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/err")
    if [ -z "$count" ] || [ "$status" -gt 1 ]; then
        show_streams
        fail "$count_name: no count, exit status $status"
        finish
    fi
}

# hold NAME COUNT: at most 5 % more than recorded
hold()
{
    printf '%s %s %s\n' "$system" "$1" "$2" >>"$work/now"
    recorded=$(sed -n "s/^$system $1 //p" "$record")
    [ -n "$recorded" ] && [ -z "${CVM_TEST_UPDATE-}" ] || return 0
    printf '%-10s %9d instructions, %9d recorded\n' "$1" "$2" "$recorded"
    check "$1: $2 instructions, more than 5 % above the $recorded that are recorded in tests/instructions.txt" \
        [ "$2" -le $((recorded + recorded / 20)) ]
    [ "$2" -ge $((recorded - recorded / 20)) ] || echo "  less than recorded: CVM_TEST_UPDATE=1 keeps it so"
}

"$srcdir/tests/bench/generate" 120 "$work/files" || fail 'no files to lint'
mkdir "$work/few"
cp "$work"/files/vm0000[0-9].xml "$work"/files/vm0001[0-9].xml "$work/few"

count render render "$srcdir/tests/bench/guest.yaml" --host epyc-rome-sev
hold render "$count"
count lint lint "$work/files/vm00000.xml"
hold lint "$count"
count few lint --jobs 1 "$work/few"
few=$count
count many lint --jobs 1 "$work/files"
hold each $(((count - few) / 100))

"$srcdir/tests/bench/generate-profiles" 120 "$work/profiles" || fail 'no profiles to render'
set -- render --null --jobs 1 --force --host epyc-rome-sev
count few "$@" "$work"/profiles/vm0000[0-9].yaml "$work"/profiles/vm0001[0-9].yaml
few=$count
count many "$@" "$work"/profiles/*.yaml
hold profile $(((count - few) / 100))

if [ -n "${CVM_TEST_UPDATE-}" ]; then
    { grep -v "^$system " "$record" && cat "$work/now"; } | LC_ALL=C sort -o "$work/record"
    cp "$work/record" "$record"
elif ! grep -q "^$system " "$record"; then
    cat "$work/now"
    skip "nothing is recorded for $system: CVM_TEST_UPDATE=1 make check TESTS=tests/instructions.sh does"
fi
finish
