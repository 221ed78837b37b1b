#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `render --null`: any number of domains to standard output, a NUL behind each; what is wrong with one file, and with the
# stream itself.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99

host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
for name in one two three; do
    printf 'name: %s\nlaunchSecurity: {type: sev-snp}\nmemory: 4GiB\nvcpu: 2\n' "$name" >"$name.yaml"
done
{ cat one.yaml; echo ---; cat two.yaml; } >both.yaml
sed 's/4GiB/4/' two.yaml >refused.yaml
printf 'name: x\n  memory: [4GiB\n' >broken.yaml
: >none.yaml
chmod 0 none.yaml

# names: the domains of the stream, in its order
names()
{
    tr '\0' '\n' <out | sed -n 's/^ *<name>\(.*\)<\/name>/\1/p' | tr '\n' ' '
}

# expect_names COUNT NAME…: so many documents, each as `render` of its file alone writes it
expect_names()
{
    count=$(tr -dc '\0' <out | wc -c)
    check "$count documents, not $1" [ "$count" -eq "$1" ]
    shift
    check "domains '$(names)'" [ "$(names)" = "${*:+$* }" ]
}

run "$CVMDOM" render --null --host "$host" one.yaml both.yaml three.yaml
expect_status 0
expect_names 4 one one two three
for name in one one two three; do
    "$CVMDOM" render --host "$host" "$name.yaml" 2>/dev/null && printf '\0'
done >wanted
check 'a stream is what each file gives alone' cmp out wanted

# one file among others
run "$CVMDOM" render -0 --host "$host" one.yaml gone.yaml broken.yaml refused.yaml three.yaml
expect_status 2
expect_names 2 one three
expect_err "cannot read 'gone.yaml'"
expect_err '^broken.yaml:2'
expect_err "'two' is not rendered while there are errors"
run "$CVMDOM" render -0 --host "$host" refused.yaml three.yaml
expect_status 1
expect_names 1 three
run "$CVMDOM" render -0 --force --host "$host" refused.yaml
expect_names 1 two
if [ ! -r none.yaml ]; then
    run "$CVMDOM" render -0 --host "$host" none.yaml three.yaml
    expect_status 2
    expect_names 1 three
fi
run "$CVMDOM" render -0 --host gone.xml one.yaml
expect_status 2
expect_silent out

# lists
printf '%s\0' two.yaml three.yaml >list
run "$CVMDOM" render -0 --host "$host" --files-from list one.yaml
expect_status 0
expect_names 3 one two three
run sh -c '"$1" render -0 --host "$2" --files-from - <list' sh "$CVMDOM" "$host"
expect_names 2 two three
printf '%s\n' two.yaml three.yaml >list
run "$CVMDOM" render --host "$host" --files-from list -o folder/
expect_status 0
check 'two files' cmp <(ls folder) <(printf 'three.xml\ntwo.xml\n')
run "$CVMDOM" render --host "$host" --files-from list
expect_status 3
expect_err 'several domains need'

# Whatever the number of threads, both streams and the exit status are the same bytes.
for i in $(seq 40); do sed "s/one/vm$i/" one.yaml >"jobs$i.yaml"; done
cp refused.yaml jobs7.yaml
cp broken.yaml jobs23.yaml
cp both.yaml jobs31.yaml
for options in "--host $host" "--host $host --explain" '' '--to qemu --force'; do
    # shellcheck disable=SC2086 # words
    "$CVMDOM" render -0 -j 1 $options gone.yaml jobs*.yaml >one.out 2>one.err
    expected=$?
    check "$options: something is written" test -s one.out
    for jobs in 2 3 8; do
        # shellcheck disable=SC2086
        run "$CVMDOM" render -0 -j $jobs $options gone.yaml jobs*.yaml
        expect_status $expected
        check "-j$jobs $options: standard output" cmp one.out out
        check "-j$jobs $options: standard error" cmp one.err err
    done
done
rm jobs*.yaml

# usage
run "$CVMDOM" render -j 2 one.yaml
expect_status 3
expect_err "'--jobs' is for '--null'"
run "$CVMDOM" render -0 --jobs=0 one.yaml
expect_status 3
expect_err 'no number from 1 to 256'
run "$CVMDOM" render -0
expect_status 3
run "$CVMDOM" render -0 -o out.xml one.yaml
expect_status 3
run "$CVMDOM" render -0 --to qemu --args0 one.yaml
expect_status 3
run "$CVMDOM" render -0 --files-from - -
expect_status 3

# the stream cannot be written
for i in $(seq 300); do sed "s/one/vm$i/" one.yaml >"vm$i.yaml"; done
printf '%s\0' vm*.yaml >many
run "$CVMDOM" render -0 --host "$host" --files-from many
expect_status 0
mapfile -d '' -t all <many
expect_names 300 "${all[@]%.yaml}"
if [ -c /dev/full ]; then
    for jobs in 1 4; do
        "$CVMDOM" render -0 -j $jobs --host "$host" --files-from many >/dev/full 2>err
        status=$?
        expect_status 2
        expect_err 'cannot write to standard output'
    done
fi
"$CVMDOM" render -0 --host "$host" one.yaml >&- 2>err
status=$?
expect_status 2
finish
