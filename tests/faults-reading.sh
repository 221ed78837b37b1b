#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every command that reads files, with every call failing that it reads them by, one after the other: an error that says so,
# or a result with nothing missing; never a shorter one. And with files that change while they are read.
. "${srcdir:?}/tests/harness.sh"
. "$srcdir/tests/fault.sh"
need python3 cmp
mkdir "$work/here" && cd "$work/here" || exit 99

host=$srcdir/profiles/hosts/epyc-genoa-snp.xml
mkdir many hosts
cp "$srcdir/profiles/snp-minimal.yaml" many/a.yaml
cp "$srcdir/tests/domains/defined.xml" many/b.xml
cp "$host" hosts/a.xml
sed 's/name="epyc-genoa-snp"/name="second"/' "$host" >hosts/b.xml
printf 'failOn: note\n' >many/.cvmdom.yaml
python3 "$srcdir/tests/tools/make_ovmf.py" firmware.fd --like amdsev --size 0x20000 || exit 99
head -c 100000 /dev/zero >kernel
cat >snp.yaml <<YAML
name: guest
launchSecurity: {type: sev-snp, policy: 0x30000, kernelHashes: true}
memory: 1GiB
vcpu: 2
cpu: EPYC-Milan
os:
  firmware: {loader: $work/here/firmware.fd, type: rom, stateless: true}
  kernel: $work/here/kernel
YAML
mkdir -p root/proc root/sys/module/kvm_amd/parameters root/usr/share/qemu/firmware
echo Y >root/sys/module/kvm_amd/parameters/sev_snp
echo 'nokaslr' >root/proc/cmdline
cp "$srcdir"/tests/logs/*.log log 2>/dev/null || cat "$srcdir"/tests/logs/* >log

printf '%s\0' many/a.yaml many/a.yaml >list
cp "$srcdir/tests/any.rng" .

# CALLS|ARGUMENTS. What the machine's own files do not tell is left out of a record (its manual says so), hence no more of it.
cat >rows <<TABLE
open read readdir|lint many --host $host
open read readdir|lint many --host $host -f json
open read|render many/a.yaml --host $host
open read|render --null --files-from list --host $host
open read|lint many/b.xml --host $host --schema-file any.rng
open read|harden many/b.xml --host $host
open read readdir|fleet many/a.yaml --hosts hosts -f json
open read|measure snp.yaml --host $host
open read|host check $host
read|explain --log log
TABLE

judge()
{
    case $status in
    2) has_message || grep -q '"failures"' "$work/out" ;;
    "$usual") cmp -s "$work/out" expected ;;
    *) false ;;
    esac
}

while IFS='|' read -r calls arguments; do
    usual=0
    # shellcheck disable=SC2086 # words are wanted
    "$command" $arguments >expected 2>err </dev/null || usual=$?
    check "$arguments: status $usual: $(cat err)" test "$usual" -le 1 -a -s expected
    for call in $calls; do
        failed_calls=0
        for what in EIO EINTR short; do
            case $call/$what in open/short | readdir/EINTR | readdir/short) continue ;; esac
            at=1
            while
                # shellcheck disable=SC2086
                with_fault "$call:$at:$what" $arguments
                has_fired
            do
                check "$arguments, $call $at with $what: status $status: $(head -c 400 "$work/err")" judge
                # libxml2 reads a schema itself, and takes an interrupted call for an error
                case $call/$what/$arguments in read/EINTR/*any.rng) ;; read/EINTR/* | read/short/*) check "$arguments, $call $at with $what: status $status" test "$status" -eq "$usual" ;; esac
                at=$((at + 1))
                failed_calls=$((failed_calls + 1))
            done
        done
        check "$arguments: no $call was seen" test "$failed_calls" -ge 1
    done
done <rows
printf '%s runs\n' "$runs"

# ---- files that change ----

# fresh: the folder as it was, for the next change.
fresh()
{
    rm -rf now
    mkdir now
    cp many/a.yaml many/b.xml log snp.yaml now
    printf '%s\0' now/a.yaml now/a.yaml >now/list
    cp kernel firmware.fd now
}

# changes WHAT CALL STATUS MESSAGE ARGUMENTS: at the Nth call, for the N at which it is a file of ours.
changes()
{
    hits=0
    for at in $(seq 8); do
        fresh
        # shellcheck disable=SC2086 # words are wanted
        with_fault "$2:$at:$1" $5
        if grep -qE "$4" "$work/err"; then
            hits=$((hits + 1))
            expect_status "$3"
        else
            check "$5, $2 $at with $1: status $status: $(cat "$work/err")" eval 'test $status -le 1 || { test $status -eq 2 && has_message; }'
        fi
    done
    check "$5: nobody noticed that $1 happened" test "$hits" -ge 1
}

sed -i -e "s|$work/here/kernel|$work/here/now/kernel|" -e "s|$work/here/firmware.fd|$work/here/now/firmware.fd|" snp.yaml
changes gone open 2 "cannot read 'now/a.yaml': No such file" "render now/a.yaml --host $host"
changes shrunk read 2 "'now/a.yaml' (changed while it was read|.*empty)|now/a.yaml:1:1: error" "render now/a.yaml --host $host"
changes shrunk read 2 "'now/b.xml' changed while it was read" "harden -i now/b.xml"
changes shrunk read 2 "kernel' changed while it was measured" "measure now/snp.yaml --host $host"
changes grown read 2 "kernel' changed while it was measured" "measure now/snp.yaml --host $host"
changes gone open 2 "cannot read 'now/list': No such file" "render --null --files-from now/list --host $host"
changes shrunk read 2 "'now/list' changed while it was read" "render --null --files-from now/list --host $host"
# libxml2 reads schemas itself
head -c 200 any.rng >cut.rng
run "$command" lint many/b.xml --host "$host" --schema-file cut.rng
expect_status 2
expect_err "^cvmdom: 'cut.rng' is no RELAX NG schema: "
check 'libxml2 prints on its own' test "$(grep -cv '^cvmdom: ' "$work/err")" -eq 0

# A stream that a signal ends: what came is the beginning of what was to come, and nobody waits for more.
mkfifo slow.yaml
"$command" render --null many/a.yaml many/a.yaml --host "$host" >expected 2>err
for signal in INT TERM; do
    # a process in the background would ignore Ctrl-C
    timeout 20 env --default-signal=INT "$command" render --null many/a.yaml slow.yaml --host "$host" >"$work/out" 2>"$work/err" &
    victim=$!
    exec 3>slow.yaml
    kill -s $signal "$victim"
    status=0 run_line="render --null with SIG$signal"
    wait "$victim" || status=$?
    exec 3>&-
    expect_status "$(case $signal in INT) echo 130 ;; *) echo 143 ;; esac)"
    check "$run_line: other bytes than without" cmp -s -n "$(wc -c <"$work/out")" "$work/out" expected
done

# lint gives up the right to change files, so that the test has to: while the first one, a FIFO, is waited for, all are listed.
fresh
mkfifo first.xml
timeout 20 "$command" lint -j1 first.xml now --host "$host" >"$work/out" 2>"$work/err" &
victim=$!
exec 3>first.xml
rm now/a.yaml
cat many/b.xml >&3
exec 3>&-
status=0 run_line='lint of a folder that loses a file'
wait "$victim" || status=$?
expect_status 2
expect_err "cannot read 'now/a.yaml': No such file"
expect_out '^first.xml:'
expect_out '^now/b.xml:'
finish
