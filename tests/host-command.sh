#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cvmdom host without any libvirt: its commands, their words, and hosts that are files.
# shellcheck source=tests/harness.sh
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99

# ---- commands of a command ----

run "$CVMDOM" host
expect_status 3
expect_err 'a command is missing; there are: capture, show, check$'
expect_err "Try 'cvmdom host --help'"
expect_silent out
run "$CVMDOM" host --help
expect_status 0
expect_out '^Usage: cvmdom host '
expect_out '^  capture  '
for command in capture show check; do
    run "$CVMDOM" host $command --help
    expect_status 0
    expect_out "^Usage: cvmdom host $command "
    expect_out '^  -c, --connect=URI'
    cp out usage
    run "$CVMDOM" help host $command
    expect_status 0
    check "'help host $command' is 'host $command --help'" cmp -s usage out
    run "$CVMDOM" host $command --no-such-option
    expect_status 3
    expect_err "Try 'cvmdom host $command --help'"
    run "$CVMDOM" host $command --connect test:///default --root /
    expect_status 3
    expect_err 'either --connect or --root'
    for timeout in x -1 1.5 99999999999; do
        run "$CVMDOM" host $command --timeout=$timeout --connect test:///default
        expect_status 3
        expect_err "takes seconds, not '$timeout'"
    done
    run "$CVMDOM" host $command --root no-such-folder
    expect_status 2
    expect_silent out
    expect_err "'no-such-folder'"
done
for line in 'host chekc' 'help host chekc'; do
    # shellcheck disable=SC2086
    run "$CVMDOM" $line
    expect_status 3
    expect_err "no command 'host chekc'; did you mean 'host check'"
done
run "$CVMDOM" host nonsense
expect_status 3
expect_err "no command 'host nonsense'; there are: capture, show, check"
run "$CVMDOM" capture
expect_status 3
expect_err "did you mean 'host capture'"
run "$CVMDOM" host capture one
expect_status 3
expect_err "'one' is one argument too many"
run "$CVMDOM" help host check more
expect_status 3
expect_err "'more' is one argument too many"
for command in show check; do
    run "$CVMDOM" host $command epyc-genoa-snp --root /
    expect_status 3
    expect_err "'epyc-genoa-snp' is one argument too many beside --root"
    run "$CVMDOM" host $command epyc-genoa-snq
    expect_status 2
    expect_err "did you mean 'epyc-genoa-snp'"
    run "$CVMDOM" host $command --format xml epyc-genoa-snp
    expect_status 3
    expect_err "'--format' does not take 'xml', but: text, json"
done
run "$CVMDOM" host check --type snp epyc-genoa-snp
expect_status 3
expect_err "'--type' does not take 'snp'"


# A record's name: as told, that of the file, or "host".
name_of()
{
    sed -n "s/^<cvmdomHost version='1' name='\([^']*\)'.*/\1/p" "$1"
}
run "$CVMDOM" host capture --root . -o web1.xml
expect_status 0
expect_silent out
expect_silent err
check "the file's name" test "$(name_of web1.xml)" = web1
run "$CVMDOM" host capture --root . -o web1.xml --name db
check "a name of its own" test "$(name_of web1.xml)" = db
run "$CVMDOM" host capture --root .
check "no name" test "$(name_of out)" = host
run "$CVMDOM" host capture --root . -o .xml
check "no name in the file's" test "$(name_of .xml)" = host
for name in '' "$(printf 'a\033b')" "$(printf '\377')"; do
    run "$CVMDOM" host capture --root . --name="$name"
    expect_status 3
    expect_silent out
done
cp web1.xml kept.xml
run "$CVMDOM" host capture --root no-such-folder -o web1.xml
expect_status 2
check "what is not captured is not written" cmp -s web1.xml kept.xml
run "$CVMDOM" host capture --root . -o no/such/folder.xml
expect_status 2
expect_err "cannot write 'no/such/folder.xml'"
if command -v script >/dev/null; then
    script -qec "'$CVMDOM' host capture --root . -o web1.xml" /dev/null >out 2>err </dev/null
    run_line='host capture on a terminal'
    expect_out "^cvmdom: 'web1' is recorded.* unknown"
fi

# ---- show ----

# shows ARGUMENT…
shows()
{
    run "$CVMDOM" host show "$@"
    expect_status 0
    expect_silent err
}
for host in epyc-genoa-snp epyc-rome-sev xeon-nosev; do
    shows $host
    expect_out "^Host '$host'\$"
    expect_out '^  kernel +[0-9]'
    shows --format json $host
    if command -v python3 >/dev/null; then
        check "JSON" python3 -c 'import json; json.load(open("out"))'
    fi
done
shows --root .
expect_out "^Host '\\.'"
shows --root /
expect_out "^Host 'localhost'"
"$CVMDOM" host show - <"$srcdir/profiles/hosts/xeon-nosev.xml" >out 2>err
status=$? run_line='host show -'
expect_status 0
expect_out "^Host 'xeon-nosev'"

# ---- check ----

# answers STATUS ARGUMENT…
answers()
{
    run "$CVMDOM" host check "${@:2}"
    expect_status "$1"
    expect_silent err
}
answers 0 epyc-genoa-snp
expect_out '^  SEV-SNP  yes, for 97 more guests'
for type in sev sev-es sev-snp; do
    answers 0 --type $type epyc-genoa-snp
    answers 1 --type $type xeon-nosev
    expect_out '^  SEV[-ESNP]* +no, in the way: processor$'
done
answers 0 epyc-rome-sev
answers 0 --type sev-es epyc-rome-sev
answers 1 --type sev-snp epyc-rome-sev
expect_out 'no, in the way: cpu-sev-snp$'
check "the other types are not looked at" test "$(grep -c '^  SEV' out)" -eq 1
answers 1 xeon-nosev
# Nothing is known: that is not enough.
echo '<cvmdomHost version="1" name="unknown"/>' >unknown.xml
answers 1 unknown.xml
expect_out '^  SEV +not known, the host does not tell: '
"$CVMDOM" host check - <unknown.xml >out 2>err
status=$? run_line='host check -'
expect_status 1
run "$CVMDOM" host check unknown.xml --color=always
check "colour, when it is asked for" grep -q "$(printf '\033')" out
answers 1 --root .
expect_out "^Host '\\.' can run"
for host in epyc-genoa-snp xeon-nosev; do
    "$CVMDOM" host check $host >out
    text=$?
    "$CVMDOM" host check --format json $host >out.json
    check "the format does not change the exit status" test $? -eq $text
    if command -v python3 >/dev/null; then
        check "JSON" python3 -c 'import json; json.load(open("out.json"))["types"][2]["state"]'
    fi
done
# The manual's example: what an sosreport tells.
mkdir -p sosreport-web1/proc
printf 'processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: %s\nflags\t\t: fpu svm sme sev sev_es\n\n' \
    'AMD EPYC 9334 32-Core Processor' >sosreport-web1/proc/cpuinfo
echo 'BOOT_IMAGE=/boot/vmlinuz-6.12.48 root=/dev/sda1 iommu=pt quiet' >sosreport-web1/proc/cmdline
answers 1 --type sev-snp --root sosreport-web1
sed -n '/^\$ cvmdom host check .*sosreport-web1/,/^\\&/p' "$srcdir/docs/cvmdom-host.1" | sed '1d;$d' >expected
check "the manual has an example" test -s expected
head -n "$(wc -l <expected)" out >begin
check "it is what is printed" diff expected begin
run "$CVMDOM" host check one.xml two.xml
expect_status 3
echo 'name: x' >profile.yaml
run "$CVMDOM" host check profile.yaml
expect_status 2
expect_silent out
run "$CVMDOM" host check .
expect_status 2
# U+009B begins what ESC [ does: neither it nor ESC reaches the terminal.
printf '<cvmdomHost version="1" name="x"><processor family="2\302\2332J"/></cvmdomHost>' >evil.xml
run "$CVMDOM" host show evil.xml
expect_status 2
expect_err "evil.xml:1:[0-9]*: error: '2[?][?]2J' of 'family' is no number in range"
finish
