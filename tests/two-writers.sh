#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two commands that write one output at the same time: it is what one of them wrote, whole, at every moment, and nothing
# else is left. Where a file may not be there before, one of them is refused.
. "${srcdir:?}/tests/harness.sh"
need cmp
mkdir "$work/here" "$work/here/out" && cd "$work/here" || exit 99
host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
snp=$srcdir/profiles/snp-minimal.yaml

# both ARGUMENTS ARGUMENTS: at once; $first and $second are the exit statuses.
both()
{
    first=0 second=0
    # shellcheck disable=SC2086 # words are wanted
    "$CVMDOM" $1 >one.log 2>&1 </dev/null &
    other=$!
    # shellcheck disable=SC2086
    "$CVMDOM" $2 >two.log 2>&1 </dev/null || second=$?
    wait "$other" || first=$?
}

# ---- the last one wins ----

# race NAME FILE ARGUMENTS ARGUMENTS: twice by itself, to know what each writes, then at the same time.
race()
{
    "$CVMDOM" $3 >one.log 2>&1 </dev/null
    usual=$?
    cp "out/$2" one
    "$CVMDOM" $4 >two.log 2>&1 </dev/null
    cp "out/$2" two
    check "$1: the two write the same" not cmp -s one two
    ones=0 twos=0
    for round in $(seq 15); do
        both "$3" "$4"
        check "$1, round $round: statuses $first and $second; $(cat one.log two.log)" test "$first/$second" = "$usual/$usual"
        if cmp -s "out/$2" one; then
            ones=$((ones + 1))
        elif cmp -s "out/$2" two; then
            twos=$((twos + 1))
        else
            fail "$1, round $round: the file is neither"
        fi
    done
    printf '%s: the first one %s times, the second one %s times\n' "$1" "$ones" "$twos"
    check "$1: there is more: $(ls out)" test "$(ls out)" = "$2"
    rm "out/$2"
}

not()
{
    ! "$@"
}

race render a.xml "render $snp --host $host -o out/a.xml" "render $snp --host $host --set memory=3GiB -o out/a.xml"
race lint a.json "lint $snp --host $host -o json=out/a.json" "lint $srcdir/profiles/snp-web.yaml --host $host -o json=out/a.json"
race fleet a.html "fleet $snp --host $host -f html -o out/a.html" "fleet $srcdir/profiles/snp-web.yaml --host $host -f html -o out/a.html"

# A reader beside them never sees a part: of each round what it read last.
"$CVMDOM" render "$snp" --host "$host" -o out/a.xml 2>one.log
cp out/a.xml one
"$CVMDOM" render "$snp" --host "$host" --set memory=3GiB -o out/a.xml 2>two.log
cp out/a.xml two
for round in $(seq 10); do
    "$CVMDOM" render "$snp" --host "$host" -o out/a.xml 2>one.log &
    writer=$!
    while kill -0 "$writer" 2>/dev/null; do
        cat out/a.xml >seen
        cmp -s seen one || cmp -s seen two || fail "round $round: a reader saw neither file"
    done
    wait "$writer" || fail "round $round: the writer fails"
    cmp -s out/a.xml one || fail "round $round: the file is not the new one"
    pass
done
rm out/a.xml

# ---- the first one wins ----

cat >sev.yaml <<'YAML'
name: guest
launchSecurity: {type: sev, policy: 3}
memory: 1GiB
vcpu: 2
YAML
for round in $(seq 10); do
    both "session sev.yaml --pdh $srcdir/tests/platform/one.chain --name out/g" \
        "session sev.yaml --pdh $srcdir/tests/platform/two.chain --name out/g"
    case $first/$second in
    0/2) loser=two.log ;;
    2/0) loser=one.log ;;
    *) loser= ;;
    esac
    check "session, round $round: statuses $first and $second; $(cat one.log two.log)" test -n "$loser"
    [ -z "$loser" ] || check "session, round $round: the other one is not told why" grep -qE 'exists' "$loser"
    check "session, round $round: $(ls out)" test "$(echo out/*)" = 'out/g_godh.b64 out/g_session.b64 out/g_tek.bin out/g_tik.bin'
    rm -f out/*
done
finish
