#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom lint --jobs`: whatever the number of threads, streams, reports and exit status are the same bytes.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
srcdir=$(realpath "$srcdir")
cd "$work" || exit 99

# ---- a tree of everything ----

mkdir -p tree/corpus tree/profiles tree/strict tree/lax/deep tree/broken tree/odd
cp "$srcdir"/tests/corpus/wrong/*.xml tree/corpus
cp "$srcdir"/tests/corpus/right/[a-m]*.xml tree/lax
cp -r "$srcdir"/profiles/*.yaml tree/profiles
set -- tree/corpus/*.xml
cp "$1" "$2" "$3" "$4" tree/strict
cp "$5" "$6" "$7" "$8" tree/lax
cp "$9" tree/lax/deep
cp "$3" "$4" tree/odd
printf 'ignore: [CVM2]\nhost: epyc-rome-sev\n' >tree/lax/.cvmdom.yaml
printf 'severity: {CVM4: error}\nfailOn: note\n' >tree/strict/.cvmdom.yaml
printf 'no-such-key: 1\n' >tree/odd/.cvmdom.yaml
printf '<domain><name>x</name>\n' >tree/broken/open.xml
printf '<domain>\0</domain>\n' >tree/broken/nul.xml
printf 'name: [\n' >tree/broken/list.yaml
ln -s nowhere tree/broken/link.xml
printf '<network><name>x</name></network>\n' >tree/broken/net.xml
for i in 1 2 3 4 5 6; do
    printf 'name: guest%s\nhost: %s\nlaunchSecurity: {type: sev-snp}\nmemory: 4GiB\nvcpu: 2\n' \
        "$i" "$([ $((i % 2)) -eq 0 ] && echo epyc-genoa-snp || echo ./nothing-here.xml)" >"tree/profiles/host$i.yaml"
    printf '<domain type="kvm">\n<!-- cvmdom: ignore-file=CVM2: a test of many -->\n<name>s%s</name>\n<launchSecurity type="sev"/>\n</domain>\n' \
        "$i" >"tree/corpus/suppressed$i.xml"
done

# same JOBS OPERAND…: run with 1 thread and with so many; $status, out, err are those of the latter
same()
{
    jobs=$1
    shift
    "$CVMDOM" lint -j1 "$@" >one.out 2>one.err <tree/corpus/suppressed1.xml
    one=$?
    run_line="lint -j$jobs $*"
    status=0
    "$CVMDOM" lint --jobs "$jobs" "$@" >out 2>err <tree/corpus/suppressed1.xml || status=$?
    expect_status "$one"
    check "-j$jobs $*: standard output" cmp one.out out
    check "-j$jobs $*: standard error" cmp one.err err
}

for jobs in 2 8; do
    for format in text json sarif junit github; do
        same $jobs --format $format tree
    done
done
same 8 --list-files tree
same 8 --color always tree/strict - tree/profiles tree/none.xml
same 2 --host epyc-rome-sev --skip-others --fail-on warning tree/broken tree/lax tree/strict
same 8 --to kubevirt --no-config --set vcpu=3 tree/profiles tree/lax
same 8 tree/odd
same 2 --no-suppressions --select CVM2,CVM5 tree/corpus
same 8 tree
check 'something was found' grep -q 'CVM2' out
check 'a host is named once' test "$(grep -c "using 'epyc-genoa-snp'" err)" -eq 1
check 'a configuration fails once' test "$(grep -c 'no-such-key' err)" -eq 1
check 'what cannot be read is said' grep -q 'open.xml:2:' err
for jobs in 1 8; do
    "$CVMDOM" lint -j$jobs --output "sarif=$jobs.sarif" --output "junit=$jobs.junit" tree >/dev/null 2>&1
done
check 'reports to files' cmp 1.sarif 8.sarif
check 'reports to files, too' cmp 1.junit 8.junit
"$CVMDOM" lint -j1 --output json=whole.json tree >whole 2>/dev/null
"$CVMDOM" lint -j1 tree >parts 2>/dev/null
check 'what is written as it is found is what is written at the end' cmp whole parts

# ---- numbers ----

for bad in 0 -1 257 2x '' 99999999999999999999; do
    run "$CVMDOM" lint "--jobs=$bad" tree
    expect_status 3
    expect_err 'no number from 1 to 256'
    expect_silent out
done
run "$CVMDOM" lint -j 256 tree/strict
check 'more threads than files' test "$status" -le 1

finish
